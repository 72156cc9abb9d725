# rooms: base
load ../helper

# What every program does the same way, in one loop.
setup_file() {
	TOOLS=$(cd "$HA_ROOT" && printf '%s\n' bin/ha-*.c scripts/ha-pg \
	    scripts/ha-sync | sed 's|.*/||; s|\.c$||')
	export TOOLS
}

for_each() { # function [pattern of those that are not meant]
	local tool bad=0
	for tool in $TOOLS; do
		# shellcheck disable=SC2053 # a pattern
		[[ $tool != ${2:-} ]] || continue
		"$1" "$tool" || {
			echo "$1: $tool" >&2
			bad=1
		}
	done
	[ "$bad" -eq 0 ]
}

helps() {
	"$1" --help >out 2>err && [ ! -s err ] || return
	[[ $(head -n 1 out) == "usage: $1"* ]] || return
	"$1" -h >short && cmp out short
}

@test "every tool: --help and -h print usage and options, status 0" {
	for_each helps
}

has_version() {
	"$1" --version >out && [ "$(<out)" = "$1 $VERSION" ] &&
	    "$1" -V | cmp - out
}

@test "every tool: --version and -V print name and version, that of NEWS.md" {
	news=$(grep -m 1 '^## ' "$HA_ROOT/NEWS.md")
	export VERSION=${news#\#\# }
	for_each has_version
}

refuses() {
	"$1" --no-such-option >out 2>err
	[ $? -eq 64 ] && [ ! -s out ] && grep -q '^usage: ' err
}

@test "every tool: a wrong option is 64, with the usage on stderr" {
	for_each refuses
}

sees_full() {
	"$1" --help >/dev/full 2>err
	[ $? -eq 74 ] && [ "$(wc -l <err)" -eq 1 ]
}

@test "every tool: a full disk is 74" {
	for_each sees_full
}

@test "every tool: a reader that is gone is 141 and no message" {
	gone() {
		local status
		{ sleep 0.05; "$1" --help 2>err; echo $? >status; } | :
		status=$(<status)
		[ "$status" -eq 141 ] && [ ! -s err ]
	}
	for_each gone
}

# "-a, --account account", a line for each option: of --help, of the page.
helped() {
	"$1" --help |
	    sed -nE 's/^  (    )?((-[A-Za-z0-9], )?--[a-z0-9-]+)(( [^ ]+)*)(  .*)?$/\2\L\4/p' |
	    sort
}

paged() {
	{
		printf '.%s\n' 'Dd now' 'Dt X 1' Os 'Sh OPTIONS' \
		    'Bl -tag -width 1n'
		sed -n 's/^\.It Fl .*/&\ntext/p' "$HA_ROOT/man/$1.1"
		echo .El
	} | mandoc -Tascii -Owidth=200 | sed 's/.\x08//g' |
	    sed -nE 's/^ +-/-/; T; s/( [^ ,]+|--[a-z-]+), --/\1\n--/g; p' | sort
}

has_page() {
	local page=$HA_ROOT/man/$1.1
	[ -f "$page" ] && grep -q "^\.Nm $1\$" "$page" || return
	diff <(helped "$1") <(paged "$1")
}

@test "every tool: its page lists the options of --help, and no other" {
	for_each has_page 'ha-sync-*' # helpers
}

one_line() {
	tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

same_synopsis() {
	diff <("$1" --help | sed -n '/^usage: \|^       /!q; s/^usage: //; p' |
	    one_line) <(mandoc -Tascii -Owidth=900 "$HA_ROOT/man/$1.1" |
	    sed 's/.\x08//g' | sed -n '/^SYNOPSIS/,/^DESCRIPTION/ {/^ /p}' |
	    one_line)
}

@test "every tool: the SYNOPSIS of its page is its usage" {
	for_each same_synopsis 'ha-sync-*'
}

statuses() { # page: the numbers under EXIT STATUS
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/s/^\.It \([0-9].*\)/\1/p' \
	    "$HA_ROOT/man/$1" | tr -cs '0-9\n' ' ' | xargs -n 1 | sort -u
}

has_statuses() {
	statuses "$1.1" >own
	grep -qx 64 own && [ -z "$(comm -23 own all)" ]
}

@test "every tool: its page lists statuses, and ha(7) knows each of them" {
	statuses ha.7 >all
	[ "$(wc -l <all)" -gt 10 ]
	for_each has_statuses 'ha-sync-*' # helpers
}
