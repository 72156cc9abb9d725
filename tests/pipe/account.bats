#!/usr/bin/env bats
# rooms: account db
# ha-account: what is stored, what is refused, and what never shows.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	export HA_KEY_FILE=$BATS_TEST_TMPDIR/keys/key
	ha-account keygen >/dev/null
}

sql() { psql -XAtqc "$1"; }

add() { ha-account add hostaway "$@" <<<"s3cret-of-hers"; }

@test "keygen: the key file is ours alone, and made once" {
	[ "$(stat -c %a keys/key)" = 600 ]
	[ "$(stat -c %a keys)" = 700 ]
	cp keys/key before
	run -78 --separate-stderr ha-account keygen
	[ -z "$output" ]
	[[ $stderr == "ha-account: key file"*"left alone"* ]]
	cmp keys/key before
	[ "$(ls keys)" = key ]
}

@test "keygen: two at once make one key" {
	rm -r keys
	ha-account keygen >one 2>/dev/null & local a=$!
	ha-account keygen >two 2>/dev/null & local b=$!
	local s t
	wait "$a" && s=0 || s=$?
	wait "$b" && t=0 || t=$?
	[ "$((s + t))" -eq 78 ]
	[ "$(ls keys)" = key ]
}

@test "add: the secret is sealed, and nothing prints it" {
	run -0 --separate-stderr add 59808 --name 'Casa Mar'
	[ -z "$output$stderr" ]
	[ "$(sql "SELECT position('s3cret'::bytea IN secret) FROM ha.accounts")" = 0 ]
	run -0 ha-account show hostaway 59808
	[[ $output == *'Casa Mar'* && $output != *s3cret* ]]
	ha-account list --json >listed
	run -1 grep s3cret listed
	[ "$(jq -c '[.account, .secret, .token, .enabled]' listed)" = \
	    '["59808",true,"none",true]' ]
}

@test "add: a customer is made up once, or taken as given" {
	local id=7f0f7f1c-4a4c-4c1e-9a3e-0d9a0b6c1d2e
	add 1
	add 2 --customer $id
	[[ $(sql "SELECT customer_id FROM ha.accounts WHERE account_id = '1'") =~ ^[0-9a-f-]{36}$ ]]
	[ "$(sql "SELECT customer_id FROM ha.accounts WHERE account_id = '2'")" = $id ]
	run -64 add 3 --customer nobody
}

@test "add: an account that exists is not changed" {
	add 59808 --name one
	run -64 add 59808 --name two
	[[ $output == *"ha-account update hostaway 59808"* ]]
	[ "$(sql 'SELECT name FROM ha.accounts')" = one ]
}

@test "add: an id that the description does not know is refused" {
	run -64 add 59808x
	run -64 add ''
	run -64 add $'5\n8'
	[ "$(sql 'SELECT count(*) FROM ha.accounts')" = 0 ]
}

@test "add: the secret is one line, from stdin or a file" {
	run -65 ha-account add hostaway 1 </dev/null
	run -65 ha-account add hostaway 1 <<<$'two\nlines'
	run -66 ha-account add hostaway 1 --secret-file absent
	printf 'no line end' >secret
	ha-account add hostaway 1 --secret-file secret
	head -c 20000 /dev/zero | tr '\0' x >long
	run -65 ha-account add hostaway 2 --secret-file long
	printf 'a\0b\n' >nul
	run -65 ha-account add hostaway 2 --secret-file nul
	[ "$(sql 'SELECT string_agg(account_id, chr(32)) FROM ha.accounts')" = 1 ]
}

@test "add: at a terminal the secret is asked for without echo" {
	command -v script >/dev/null || skip 'no script(1)'
	cat >typed <<-'END'
		exec 3>&-
		{ until grep -q 'secret of' seen 2>/dev/null; do sleep 0.02; done
		printf 'typed-secret\n'; sleep 0.2; } |
		    script -qefc 'ha-account add --no-check hostaway 59808' seen >/dev/null
	END
	timeout 10 bash typed
	grep 'secret of hostaway account 59808' seen
	run -1 grep typed-secret seen
	[ "$(sql 'SELECT secret IS NOT NULL FROM ha.accounts')" = t ]
}

@test "add: a base URL is https, or http to this machine" {
	local url
	for url in http://example.com http://127.0.0.1.example.com/ \
	    https://u:p@example.com ftp://example.com https://; do
		run -64 add 1 --base-url "$url"
	done
	add 1 --base-url http://127.0.0.1:8080/v1
	add 2 --base-url https://api.example.com/v1
}

@test "update: changes what is named, a new secret drops the token" {
	add 59808 --name one
	ha-account token hostaway 59808 <<<tok --expires 1d
	local was
	was=$(sql 'SELECT secret FROM ha.accounts')
	ha-account update hostaway 59808 --name two
	[ "$(sql "SELECT name || token_expires_at::date - current_date FROM ha.accounts")" = two1 ]
	[ "$(sql 'SELECT secret FROM ha.accounts')" = "$was" ]
	ha-account update hostaway 59808 --secret-file - <<<other
	[ "$(sql 'SELECT secret FROM ha.accounts')" != "$was" ]
	[ "$(sql 'SELECT token IS NULL AND token_expires_at IS NULL FROM ha.accounts')" = t ]
	run -64 ha-account update hostaway 59808
	run -78 ha-account update hostaway 1 --name x
}

@test "token: stored sealed with its end, and dropped" {
	add 59808
	run -0 ha-account token hostaway 59808 --expires 2h <<<tok-en
	[ -z "$output" ]
	[ "$(ha-account list --json | jq -r .token)" = stored ]
	sql "UPDATE ha.accounts SET token_expires_at = now() - interval '1s'"
	[ "$(ha-account list --json | jq -r .token)" = expired ]
	ha-account token --drop hostaway 59808
	[ "$(ha-account list --json | jq -r .token)" = none ]
	run -78 ha-account token hostaway 1 <<<x
}

@test "disable, enable: list -q names the enabled ones" {
	add 1
	add 2
	ha-account disable hostaway 1
	run -0 ha-account list -q hostaway
	[ "$output" = 2 ]
	ha-account enable hostaway 1
	run -0 ha-account list -q hostaway
	[ "$output" = $'1\n2' ]
	run -78 ha-account disable hostaway 3
}

@test "remove: the account goes, its rows stay" {
	add 59808
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    VALUES ('59808', 1, '{}')"
	ha-account remove hostaway 59808
	[ "$(sql 'SELECT count(*) FROM ha.accounts')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.listings')" = 1 ]
	run -78 ha-account remove hostaway 59808
}

@test "without a key file no secret is stored, and nothing else either" {
	rm keys/key
	run -78 add 59808
	[[ $output == *'ha-account keygen'* ]]
	[ "$(sql 'SELECT count(*) FROM ha.accounts')" = 0 ]
}

@test "a key file that others can read is refused" {
	chmod 640 keys/key
	run -78 add 59808
	[[ $output == *'can be read by others'* ]]
	chmod 600 keys/key
	add 59808
}

# What uses a stored secret: the account of a tool that fetches.
opens() { HA_BASE_URL=http://127.0.0.1:9 ha-fetch -T 1s hostaway /listings; }

@test "another key file: the tool says which file is wrong, 78" {
	add 59808
	rm keys/key
	ha-account keygen >/dev/null
	run -78 opens
	[[ $output == *"key file $HA_KEY_FILE is not the one that sealed"* ]]
	[[ $output != *s3cret* ]]
}

@test "a secret moved to another account does not open" {
	add 1
	add 2
	sql "UPDATE ha.accounts SET secret = (SELECT secret FROM ha.accounts
	    WHERE account_id = '1') WHERE account_id = '2'"
	run -78 ha-fetch -a 2 hostaway /listings
	[[ $output == *'was moved'* ]]
}

@test "no account, several, an unknown or a disabled one: each says what to do" {
	run -78 opens
	[[ $output == *'ha-account add hostaway'* ]]
	add 1
	add 2
	run -64 opens
	[[ $output == *'name one with -a: 1, 2'* ]]
	run -78 ha-fetch -a 3 hostaway /listings
	[[ $output == *'unknown account 3 of hostaway'* ]]
	ha-account disable hostaway 2
	run -78 ha-fetch -a 2 hostaway /listings
	[[ $output == *'ha-account enable hostaway 2'* ]]
}

@test "no database is 75, no schema is 78 and says how to make it" {
	PGHOST=$BATS_TEST_TMPDIR run -75 add 1
	[[ $output == 'ha-account: database: '* ]]
	sql 'DROP SCHEMA ha CASCADE' 2>/dev/null
	run -78 ha-account list
	[[ $output == *'ha-schema'* ]]
}

@test "names from outside cannot drive the terminal" {
	add 1 --name $'a\e[31mb'
	ha-account list >listed
	run -1 grep -q $'\e' listed
	grep -qF 'a\x1b[31mb' listed
}

# Each column begins at the same place, whatever it looks like in bytes.
@test "list: names of two cells a character keep the columns in line" {
	add 1 --name '東京の家'
	add 2 --name $'Zoe\u0308'
	add 3 --name abcdefgh
	LC_ALL=C ha-account list >listed
	sed -E 's/( *)[0-9a-f]{8}-.*/\1/' listed | tail -n +2 | sed 's/$/|/' |
	    while IFS= read -r line; do wc -L <<<"$line"; done | sort -u >ends
	[ "$(wc -l <ends)" -eq 1 ]
}

@test "wrong commands and operands are 64" {
	run -64 ha-account
	run -64 ha-account steal hostaway 1
	run -64 ha-account add hostaway
	run -64 ha-account show hostaway 1 2
	run -78 ha-account show nosuch 1
}

# 75: the secret is there, and nobody listens; 78: it does not open.
fetch() { env -u HA_BASE_URL ha-fetch -T 1s -a "$1" hostaway /v1/listings; }

@test "a base URL that was put into the database alone gets no secret" {
	add 1 --base-url http://127.0.0.1:1/v1
	run -75 fetch 1
	sql "UPDATE ha.accounts SET base_url = 'http://127.0.0.1:2/v1'"
	run -78 fetch 1
	[[ $output == *"for another base URL"*"ha-account update --base-url"* ]]
	run -78 ha-account update hostaway 1 --base-url http://127.0.0.1:3
	ha-account update hostaway 1 --base-url http://127.0.0.1:1/v2
	run -75 fetch 1
	sql "UPDATE ha.accounts SET base_url = NULL"
	run -78 fetch 1
}

@test "update: a secret that an earlier version sealed is sealed for its base URL" {
	add 1
	sql "UPDATE ha.accounts SET base_url = 'http://127.0.0.1:1'"
	run -78 fetch 1
	ha-account update hostaway 1 --name Casa
	run -78 fetch 1
	ha-account update hostaway 1 --base-url http://127.0.0.1:1
	run -75 fetch 1
	ha-account update hostaway 1 --base-url http://127.0.0.1:4
	run -75 fetch 1
	[[ $output == *"port 4"* ]]
}

@test "HA_TOKEN goes to the account's base URL, and is one line" {
	add 1 --base-url http://127.0.0.1:5
	HA_TOKEN=t run -75 fetch 1
	[[ $output == *"port 5"* ]]
	HA_TOKEN=$'t\r\nX-Evil: 1' run -78 fetch 1
	[[ $output == *"HA_TOKEN holds a control byte"* ]]
	HA_TOKEN=$'t\x7f' HA_BASE_URL=http://127.0.0.1:6 run -78 ha-fetch -a 1 hostaway /v1/listings
}
