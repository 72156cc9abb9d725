# rooms: -
load ../helper

# The `$` lines of EXAMPLES are run, page by page, against a mock and a fresh
# database with the account 59808 in it.

setup_file() {
	pg_up
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
	ha-account keygen >/dev/null
}

teardown_file() {
	pg_down
}

setup() {
	pg_fresh hostaway
	mock_up --listings 2 --reservations 5 --limits none hostaway
	ha-account add hostaway 59808 >/dev/null <<<mock-secret
	HA_PG_DATA=$(mktemp -d /tmp/ha-test-pg.XXXXXX)
	export HA_PG_DATA
}

teardown() {
	mock_down
	ha-pg stop
	rm -rf "$HA_PG_DATA"
}

# The commands of a page, without the prompt; a line that ends in \ or | goes
# on in the next.
commands() {
	mandoc -T ascii -O width=200 "$1" | sed 's/.\x08//g' |
	    sed -n '/^EXAMPLES/,/^DIAGNOSTICS\|^SEE ALSO/p' |
	    awk '
	{ sub(/^ */, "") }
	here != "" {
		line = line "\n" $0
		if ($0 != here) next
		here = ""
	}
	/^\$ / && here == "" && line == "" { line = substr($0, 3); on = 1 }
	!on { next }
	more { line = line " " $0 }
	match(line, /<<.?[A-Z]+/) && line !~ /\n/ {
		here = substr(line, RSTART + 2, RLENGTH - 2)
		gsub(/[^A-Z]/, "", here)
		next
	}
	{
		more = sub(/\\$/, "", line) || line ~ /\|$/
		if (!more) { printf "%s%c", line, 0; line = ""; on = 0 }
	}'
}

# Runs them in one shell, as a reader would; each must succeed.
examples() { # page
	local command ran=0
	commands "$HA_ROOT/man/$1" >script
	while IFS= read -r -d '' command <&9; do
		eval "$command" >out 2>err </dev/null 9<&- || {
			printf '%s: status %d: %s\n' "$1" $? "$command"
			cat err
			return 1
		}
		ran=$((ran + 1))
	done 9<script
	[ "$ran" -gt 0 ]
}

@test "examples: ha-account(1)" { examples ha-account.1; }
@test "examples: ha-fetch(1)" { examples ha-fetch.1; }
@test "examples: ha-filter-parents(1)" { examples ha-filter-parents.1; }
@test "examples: ha-lock(1)" { examples ha-lock.1; }
@test "examples: ha-mock(1)" { examples ha-mock.1; }
@test "examples: ha-page(1)" { examples ha-page.1; }
@test "examples: ha-pg(1)" { examples ha-pg.1; }
@test "examples: ha-schema(1)" { examples ha-schema.1; }
@test "examples: ha-stream(5)" { examples ha-stream.5; }
@test "examples: ha-sync(1)" { examples ha-sync.1; }
@test "examples: ha-synclog(1)" { examples ha-synclog.1; }
@test "examples: ha-unnest(1)" { examples ha-unnest.1; }
@test "examples: ha-upsert(1)" { examples ha-upsert.1; }
@test "examples: ha-source(5)" { examples ha-source.5; }
@test "examples: ha(7)" { examples ha.7; }
@test "examples: ha-reso(7)" {
	ha-schema reso | psql -Xq
	examples ha-reso.7;
}

@test "examples: ha-messenger(7)" {
	ha-schema messenger | psql -Xq
	examples ha-messenger.7;
}

@test "examples: no page with any is left out" {
	local page
	for page in "$HA_ROOT"/man/*; do
		[ "$(commands "$page" | wc -c)" -eq 0 ] ||
			grep -q "examples $(basename "$page");" \
			    "$BATS_TEST_FILENAME"
	done
}
