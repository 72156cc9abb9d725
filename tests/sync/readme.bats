#!/usr/bin/env bats
# rooms: scripts
# README's three users do what it says, command for command, in a setting that
# is not ours: a locale that is not installed, a ~/.pgpass that others can
# read, PG* for another database.

load ../helper

setup_file() {
	pg_up
	psql -Xqc "CREATE DATABASE ${HA_TEST_DB}_mine" -c "CREATE DATABASE ${HA_TEST_DB}_other"
	make -s -C "$HA_ROOT" install PREFIX="$BATS_FILE_TMPDIR/usr" >/dev/null 2>&1
}
teardown_file() { pg_down; }

setup() {
	ROOT=$BATS_FILE_TMPDIR/usr
	export HOME=$BATS_FILE_TMPDIR/home LANG=xx_XX.UTF-8
	export PGDATABASE=${HA_TEST_DB}_other HA_LIMIT=1000/1s
	export PATH=$ROOT/bin:${PATH#"${HA_BIN:-$HA_ROOT/bin}:$HA_ROOT/scripts:"}
	export HA_DATABASE_URL="postgresql:///${HA_TEST_DB}_mine"
	unset LC_ALL HA_SOURCES HA_SYNC_CONFIG
	unset -f ha-account
	mkdir -p "$HOME"
	echo 'db.example.com:*:*:*:x' >"$HOME/.pgpass"
	chmod 644 "$HOME/.pgpass"
}

teardown() {
	mock_down
	[ -z "$(psql -XAtqc "SELECT nspname FROM pg_namespace WHERE nspname IN
		('ha', 'hostaway', 'reso', 'messenger')")" ]
}

# The block of README, as installed, that has this text in it.
block() { # language, text
	awk -v head="\`\`\`$1" -v want="$2" '
	$0 == head { on = 1; text = ""; next }
	/^```/ && on { on = 0; if (index(text, want)) { printf "%s", text; exit } }
	on { text = text $0 "\n" }' "$ROOT/share/doc/ha-tools/README.md"
}

# As a person runs it: secrets are typed, and a failure is looked at.
follow() { # language, text, secret, [for sed]
	block "$1" "$2" | sed -E "s/^ha-account add /echo $3 | &/; ${4:-}" >todo
	[ -s todo ]
	bash -eu todo >out 2>err || { cat out err; return 1; }
}

# Jobs of the crontab: nothing on standard error, or there would be a mail.
crontab_of() { # text
	block crontab "$1" | sed -nE 's/^[0-9*].* (ha-sync .*)/\1/p' >jobs
	[ "$(wc -l <jobs)" -eq 2 ]
	bash -e jobs 2>mail
	cat mail
	[ ! -s mail ]
}

mine() { psql -XAtq -v ON_ERROR_STOP=1 "$HA_DATABASE_URL" "$@"; }

@test "hostaway into an own database, by systemd and by cron" {
	mock_up --listings 2 --reservations 4 --photos 2 --limits none hostaway
	follow sh 'ha-account keygen' mock-secret '/scripts\/dev\/deps/d; /ha-pg env/d'
	run ! grep -i 'warning\|locale\|pgpass' err
	grep -q '^hostaway 12345 may read listings, ' out
	[ "$(mine -c 'SELECT count(*) FROM hostaway.reservations')" = 4 ]
	mine <<<"$(block sql 'hostaway.reservations r')"
	follow sh 'systemctl --user enable --now ha-sync@hostaway' x \
	    '1i systemctl() { :; }; loginctl() { :; }'
	unit=$HOME/.config/systemd/user/ha-sync@.service
	[ -x "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")" ]
	HA_SYNC_WHICH=--all bash -ec "$(sed -n 's/^ExecStart=//p' "$unit" | sed 's/%i/hostaway/')"
	crontab_of hostaway
}

@test "an MLS with two feeds" {
	mock_up --limits none --switch properties=20,media=30,rooms=4,open-houses=4 reso
	follow sh 'ha-account add reso idx' mock-vow 's/mock-vow (.* idx)/mock-idx \1/'
	grep -q '^reso vow may read property, media, property_rooms, open_house$' out
	mine <<<"$(block sql latest_sync_status)" >rows
	crontab_of reso
}

@test "Messenger: a Page" {
	mock_up messenger
	follow sh 'ha-account add messenger' mock-page-1 s/123456789012345/100200300400500/
	grep -q '^messenger 100200300400500 may read conversations' out
	[ "$(mine -c 'SELECT count(*) > 0 FROM messenger.messenger_conversations')" = t ]
}
