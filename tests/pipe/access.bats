#!/usr/bin/env bats
# rooms: access account
# ha-account add, update and check: what the credentials may read.

load ../helper

setup_file() {
	pg_up hostaway
	PGOPTIONS='-c client_min_messages=warning' \
	    psql -Xq < <(ha-schema reso && ha-schema messenger)
	pg_template
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
	command ha-account keygen >/dev/null
}
teardown_file() { pg_down; }
setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
add() { command ha-account add "$@"; }
stored() { [ "$(sql 'SELECT count(*) FROM ha.accounts WHERE secret IS NOT NULL')" = 1 ]; }

hostaway() { # what else ha-mock is told
	mock_up --listings 1 --reservations 2 --settle 0 "$@" hostaway
}

@test "add: says what may be read, by one call for each list and a token" {
	hostaway
	run -0 --separate-stderr add hostaway 59808 <<<mock-secret
	[ "$output" = 'hostaway 59808 may read listings, reservations, conversations, reviews' ]
	[ -z "$stderr" ]
	mock_ask /stats | jq -e '[.calls // .requests] | add == 5'
}

@test "add: a list that is refused is named with its status, the others count" {
	hostaway --fault 401,path=/reviews --fault 404,path=/conversations
	run -0 --separate-stderr add hostaway 59808 <<<mock-secret
	[ "${lines[0]}" = 'hostaway 59808 may read listings, reservations' ]
	[ "${lines[1]}" = 'hostaway 59808 may not read conversations (404), reviews (401)' ]
}

@test "add: refused credentials are 77 with the cause, and stay stored" {
	hostaway
	run -77 --separate-stderr add hostaway 59808 <<<wrong
	[ -z "$output" ]
	[[ $stderr == 'ha-account: hostaway: '*'POST /accessTokens: credentials refused: HTTP 401'* ]]
	[[ $stderr == *'59808 is stored, but reads nothing: `ha-account update --secret-file - hostaway 59808`'* ]]
	[[ $stderr != *wrong* ]]
	stored
	run -0 command ha-account update --secret-file - hostaway 59808 <<<mock-secret
	[[ $output == *'may read listings'* ]]
}

@test "add: a bearer token that is refused is 77; each list says so" {
	mock_up --secret-file <(echo right) reso
	run -77 --separate-stderr add reso idx <<<wrong
	[ "$output" = 'reso idx may not read property (401), media (401), property_rooms (401), open_house (401)' ]
	[[ $stderr == *'is stored, but reads nothing: `ha-account update --secret-file - reso idx`'* ]]
}

@test "add: nobody answers: 75, stored, and said that it was not tried" {
	run -75 --separate-stderr add -T 1s hostaway 59808 <<<mock-secret
	[ -z "$output" ]
	[[ ${stderr_lines[-1]} == *'is stored, but was not tried: `ha-account check hostaway 59808`'* ]]
	stored
	run -75 --separate-stderr command ha-account check -T 1s hostaway 59808
	hostaway
	run -0 command ha-account check hostaway 59808
	[[ $output == 'hostaway 59808 may read listings'* ]]
}

@test "add: another address that answers 404 to all: its status, and what to change" {
	hostaway
	run -69 --separate-stderr env -u HA_BASE_URL ha-account add \
	    --base-url "${HA_BASE_URL%/v1}/v2" hostaway 59808 <<<mock-secret
	[[ $stderr == *'reads nothing: `ha-account update --base-url URL hostaway 59808`'* ]]
	stored
}

@test "nothing is tried: --no-check, no secret, a disabled account, a name" {
	hostaway
	run -0 add --no-check hostaway 1 <<<wrong
	[ -z "$output" ]
	run -0 add --no-secret hostaway 2
	[ -z "$output" ]
	command ha-account disable hostaway 1
	run -0 command ha-account update --secret-file - hostaway 1 <<<other
	run -0 command ha-account update --name Casa hostaway 1
	[ -z "$output" ]
	mock_ask /stats | jq -e '[.calls // .requests] | add == 0'
	run -78 command ha-account check hostaway 3
}

@test "add: HA_TOKEN is not what is tried" {
	hostaway
	HA_TOKEN=mock-token run -77 add hostaway 59808 <<<wrong
}

@test "add: a Page may be read in both its lists" {
	mock_up messenger
	run -0 add messenger 100200300400500 <<<mock-secret
	[[ $output == 'messenger 100200300400500 may read conversations'* ]]
}

# A token as MLS vendors hand them out, which says when it ends.
jwt() { # seconds from now
	local claims
	claims=$(printf '{"sub":"%s","exp":%d}' vow $((EPOCHSECONDS + $1)) | base64 -w 0)
	echo "eyJhbGciOiJSUzI1NiJ9.$(tr '+/' '-_' <<<"${claims%%=*}").c2ln"
}
ends() { # account: days until its secret ends
	sql "SELECT round(extract(epoch FROM secret_expires_at - now()) / 86400) FROM ha.accounts WHERE account_id = '$1'"
}

@test "a secret that ends within two weeks is named once a day, also by -q" {
	export HA_BASE_URL=$HA_NOWHERE HA_STATE_DIR=$PWD/state
	mkdir -m 700 "$HA_STATE_DIR"
	for days in 3 13 20; do jwt $((days * 86400)) | ha-account add reso "b${days}_vow"; done
	run -75 --separate-stderr timeout 20 ha-sync -q --max-time 1s --vow reso
	grep 'secret ends' <<<"$stderr" >said
	[ "$(wc -l <said)" -eq 2 ]
	[[ $(head -n 1 said) == 'ha-sync: reso/b13_vow: its secret ends at '*' UTC: `ha-account update --secret-file - reso b13_vow` takes another' ]]
	# those that were served today have heard it
	sql "INSERT INTO ha.sync_runs (run, source, account_id) VALUES (gen_random_uuid(), 'reso', 'b3_vow') ON CONFLICT DO NOTHING"
	run -0 --separate-stderr ha-synclog parts -a b3_vow reso
	[ -z "$stderr" ]
	# yesterday is not today, and what ended is said so
	sql "UPDATE ha.sync_runs SET started_at = started_at - interval '1 day';
	    UPDATE ha.accounts SET secret_expires_at = now() - interval '1 h' WHERE account_id = 'b3_vow'"
	run -0 --separate-stderr ha-synclog parts -a b3_vow reso
	[[ $stderr == 'ha-synclog: reso/b3_vow: its secret ended at '* ]]
	[[ $stderr != *eyJ* ]]
}

@test "when a secret ends is what it says, what a person says, or not known" {
	jwt 864000 | ha-account add reso idx
	[ "$(ends idx)" = 10 ]
	# other changes leave it, another secret does not
	ha-account update --name x --base-url https://api.example.com reso idx
	[ "$(ends idx)" = 10 ]
	echo opaque | ha-account update --secret-file - reso idx
	[ -z "$(ends idx)" ]
	ha-account update --secret-expires 2037-03-31T12:00+02:00 reso idx
	run -0 command ha-account show --json reso idx
	[[ $output == *'"secret_expires_at":"2037-03-31T10:00:00+00:00"'* ]]
	ha-account update --base-url https://api.example.org reso idx
	[ "$(sql "SELECT secret_expires_at::date FROM ha.accounts")" = 2037-03-31 ]
	jwt 864000 | ha-account update --secret-file - --secret-expires 2036-01-01 reso idx
	[ "$(sql "SELECT secret_expires_at::date FROM ha.accounts")" = 2036-01-01 ]
	run -64 command ha-account update --secret-expires soon reso idx
	[[ $output == *'soon: not a time, as in 2027-03-31T12:00Z'* ]]
}
