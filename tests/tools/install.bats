# rooms: scripts
load ../helper

# `make install` into a directory of its own, and away from the checkout.
setup_file() {
	make -s -C "$HA_ROOT" install DESTDIR="$BATS_FILE_TMPDIR/root" \
	    PREFIX=/usr >"$BATS_FILE_TMPDIR/log" 2>&1
}

setup() {
	ROOT=$BATS_FILE_TMPDIR/root/usr
	PATH=$ROOT/bin:/usr/bin:/bin
	unset HA_SOURCES
}

@test "install: every tool, both scripts and a page for each" {
	local tool
	for tool in "$HA_ROOT"/bin/ha-*.c "$HA_ROOT"/scripts/ha-{pg,sync}; do
		tool=$(basename "$tool" .c)
		[[ $tool != ha-sync-* ]] || continue # a helper
		[ -x "$ROOT/bin/$tool" ]
		[ -f "$ROOT/share/man/man1/$tool.1" ]
		[ -e "$ROOT/share/bash-completion/completions/$tool" ]
	done
	[ -f "$ROOT/share/zsh/site-functions/_ha-tools" ]
	[ -f "$ROOT/share/doc/ha-tools/examples/ha-sync@.timer" ]
}

@test "install: descriptions and DDL are found from there" {
	run -0 --separate-stderr ha-schema hostaway
	[[ $output == *'CREATE SCHEMA IF NOT EXISTS ha'* ]]
	run -78 --separate-stderr ha-schema nowhere
}

@test "install: more descriptions come as examples, and work from there" {
	local name
	export HA_SOURCES=$ROOT/share/doc/ha-tools/examples/sources
	for name in trestle mlsgrid bridge; do
		ha-schema "$name" | grep -c "CREATE TABLE.*\"$name\"" >tables
		[ "$(cat tables)" -eq 6 ]
	done
	# those that are not there are found where they were
	ha-schema reso >ddl; grep -q "\"reso\"\.\"property\"" ddl
	[ -f "$HA_SOURCES/README.md" ]
}

@test "install: ha-sync finds its parts" {
	run -64 --separate-stderr ha-sync hostaway no_such_resource
	[[ $stderr == *'hostaway/no_such_resource: no such resource; there are: listings '* ]]
	[ -x "$ROOT/libexec/ha-tools/ha-sync-draw" ]
}

@test "install: backfill.mk finds its part and the tools" {
	export HA_STATE_DIR=$PWD/state HA_TOKEN=t HA_BASE_URL=$HA_NOWHERE
	run -2 make -s -f "$ROOT/share/ha-tools/backfill.mk" SOURCE=hostaway \
	    RESOURCE=reservations ACCOUNT=1 FROM=2026-01 TO=2026-01 fetch
	[[ $output == *'hostaway/reservations: is not asked for by time'*'it is had by ha-sync hostaway/reservations'* ]]
}

@test "install: units, crontab, scripts and pages name the prefix" {
	run ! grep -rn /usr/local "$ROOT/share" --exclude=NEWS.md
	grep -q '^ExecStart=/usr/bin/ha-sync ' "$ROOT/share/doc/ha-tools/examples/ha-sync@.service"
	grep -q '^mk=/usr/share/ha-tools/backfill.mk' "$ROOT/share/doc/ha-tools/examples/backfill.sh"
	[ "$(find "$ROOT/share/doc" -name '*.sh' -perm 755 | wc -l)" -eq \
	    "$(find "$HA_ROOT/examples" -name '*.sh' | wc -l)" ]
}

@test "install: uninstall leaves nothing behind" {
	cp -a "$BATS_FILE_TMPDIR/root" copy
	make -s -C "$HA_ROOT" uninstall DESTDIR="$PWD/copy" PREFIX=/usr
	[ -z "$(find copy -type f -o -type l)" ]
}

completed() { # words: what bash has for the last of them
	local COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_ha_tools "$1"
	echo " ${COMPREPLY[*]} "
}

# The options of an installed page, a line each.
options_of() { # tool
	sed -n 's/^\.It Fl/ Fl/; T; s/Fl Fl /--/g; s/Fl /-/g; p' \
	    "$ROOT/share/man/man1/$1.1" | grep -oE -- ' --?[A-Za-z0-9][a-z0-9-]*' |
	    tr -d ' ' | sort
}

tools() {
	basename -a "$ROOT"/bin/ha-*
}

@test "completion: every option of every tool, in bash" {
	local tool bad=0
	. "$ROOT/share/bash-completion/completions/ha-tools"
	for tool in $(tools); do
		complete -p "$tool" | grep -q '_ha_tools'
		completed "$tool" - | tr ' ' '\n' | grep . | sort >got
		options_of "$tool" | diff - got || bad=1
	done
	[ "$bad" -eq 0 ]
}

@test "completion: every option of every tool, in zsh" {
	local tool bad=0 there=$ROOT/share/zsh/site-functions/_ha-tools
	for tool in $(tools); do
		head -n 1 "$there" | grep -q "^#compdef.* $tool\b"
	done
	command -v zsh >/dev/null || skip "zsh is not installed"
	cat >ask <<-'END' # what a completion calls, and what is typed
		compadd() { print -l -- ${(P)2} }
		_files() { :; }
		ask() {
			local -a words=($1 -)
			local CURRENT=2 PREFIX=-
			. $2
		}
		ask $1 $2
	END
	for tool in $(tools); do
		zsh -f ask "$tool" "$there" | sort >got
		options_of "$tool" | diff - got || bad=1
	done
	[ "$bad" -eq 0 ]
}

@test "completion: the words that an option takes, and the commands" {
	. "$ROOT/share/bash-completion/completions/ha-tools"
	[ "$(completed ha-upsert --emit '')" = ' changed all missing ' ]
	[ "$(completed ha-upsert --emit = m)" = ' missing ' ]
	[ "$(completed ha-upsert -r '')" = '  ' ] # a file, by default
	[ "$(completed ha-pg '')" = ' start stop status env psql ' ]
	[[ $(completed ha-synclog '') == *' history stats '*' reso/media '* ]]
	[ "$(completed ha-account dis)" = ' disable ' ]
}

@test "completion: accounts, as the database has them" {
	. "$ROOT/share/bash-completion/completions/ha-tools"
	mkdir fake
	printf '#!/bin/sh\n[ "$1 $2" = "list --json" ] && for s in ${3:-hostaway reso}; do
		echo "{\\"account\\":\\"of-$s\\"}"; done; true\n' >fake/ha-account
	chmod 755 fake/ha-account
	PATH=$PWD/fake:$PATH
	export HA_SOURCES=$ROOT/share/ha-tools/sources
	unset -f ha-account
	[ "$(completed ha-sync -a '')" = ' of-hostaway of-reso ' ]
	[ "$(completed ha-sync reso --account '')" = ' of-reso ' ]
	[ "$(completed ha-page reso/media -a of)" = ' of-reso ' ]
	[ "$(completed ha-account show hostaway '')" = ' of-hostaway ' ]
}

@test "completion: resources and flags of the source on the line" {
	. "$ROOT/share/bash-completion/completions/ha-tools"
	[[ $(completed ha-sync reso --) == *' --rooms --openhouse '* ]]
	[[ $(completed ha-sync --) == *' --reconcile '* ]]
	[[ $(completed ha-sync --) != *--openhouse* ]]
	[[ $(completed ha-sync hostaway --) != *--openhouse* ]]
	[ "$(completed ha-sync reso prop)" = ' property property_rooms ' ]
}
