#!/usr/bin/env bats
# rooms: account
# ha-account rekey: whatever happens to it, every secret opens, and the same
# command finishes it.

load ../helper

setup_file() { pg_up hostaway; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	export HA_KEY_FILE=$PWD/keys/key
	ha-account keygen >/dev/null
	ha-account add hostaway 1 <<<mock-secret
	ha-account add --base-url http://127.0.0.1:1/v1 hostaway 2 <<<two
	ha-account token hostaway 2 <<<token-of-two
	cp keys/key first
}
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

# 75: it opens, and nobody listens.
opens() { # id ...
	local id
	for id; do
		run -75 env -u HA_BASE_URL HA_LIMIT=1000/1s HA_STATE_DIR="$PWD/state.$RANDOM" \
		    ha-fetch -T 100ms -a "$id" hostaway /v1/listings
	done
}

# How many values are sealed under the key file's key, and how many are not.
sealed() { # wanted: "3 0"
	local id
	id=$(sql "SELECT string_agg(DISTINCT substr(encode(v, 'hex'), 7, 16), ' ')
		FROM ha.accounts, unnest(ARRAY[secret, token]) v")
	[ ! -e "keys/key.$id" ] && [[ $id != *' '* ]]
}

# Rows cannot be sealed anew as long as it is there.
hold() {
	coproc psql -XAtq
	HELD=$COPROC_PID # which is gone once bash has seen its end
	echo "BEGIN; LOCK TABLE ha.accounts IN ROW EXCLUSIVE MODE; SELECT 1;" >&"${COPROC[1]}"
	read -r -u "${COPROC[0]}"
}

release() {
	echo 'COMMIT; \q' >&"${COPROC[1]}"
	wait "$HELD"
}

waits() { # until one waits for the table, or has ended
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE NOT granted
		AND relation = 'ha.accounts'::regclass")" -gt 0 ] ||
	    ! kill -0 "$pid"; do :; done
}

@test "rekey: all is sealed under a new key, and the one of before is kept" {
	run -0 --separate-stderr ha-account rekey
	[ "$output" = "$HA_KEY_FILE 3" ]
	[ -z "$stderr" ]
	run ! cmp keys/key first
	[ "$(ls keys | wc -l)" -eq 2 ]
	cmp keys/key.* first
	[ "$(stat -c %a keys/*)" = $'600\n600' ]
	sealed
	rm keys/key.*
	opens 1 2
	sql "UPDATE ha.accounts SET base_url = 'http://127.0.0.1:2' WHERE account_id = '2'"
	run -78 env -u HA_BASE_URL ha-fetch -a 2 hostaway /v1/listings
	[[ $output == *'for another base URL'* ]]
}

@test "rekey: killed with the new key in place, all opens, and the same finishes it" {
	hold
	env ha-account rekey >out 2>&1 3>&- & local pid=$!
	waits
	kill -KILL "$pid"
	wait "$pid" || :
	release
	run ! cmp keys/key first
	opens 1 2
	ha-account add hostaway 3 <<<three
	cp keys/key second
	run -0 ha-account rekey
	[ "$output" = "$HA_KEY_FILE 3" ]
	cmp keys/key second
	sealed
	rm keys/key.*
	opens 1 2 3
}

@test "rekey: cut off before and after its COMMIT, the same finishes it" {
	local when
	for when in before after; do
		mkdir "$when"
		"${HA_PEERS:-$HA_ROOT/build/release/peer}/cutpg" "$PWD/$when/.s.PGSQL.$PGPORT" \
		    "$PGHOST/.s.PGSQL.$PGPORT" 3 "$when" >ready 3>&- & local pid=$!
		until [ -s ready ]; do :; done
		PGHOST=$PWD/$when run -75 ha-account rekey
		kill "$pid"
		wait "$pid" || :
		opens 1 2
		run -0 ha-account rekey
		sealed
	done
	rm keys/key.*
	opens 1 2
}

@test "rekey: one that does not open stops it before anything is changed" {
	rm keys/key
	ha-account keygen >/dev/null
	cp keys/key other
	run -78 ha-account rekey
	[[ $output == *"key file $HA_KEY_FILE is not the one that sealed the secret of hostaway account 1" ]]
	cmp keys/key other
	[ "$(ls keys)" = key ]
	cp first keys/key
	sql "UPDATE ha.accounts SET token = secret WHERE account_id = '2'"
	run -78 ha-account rekey
	[[ $output == *'the sealed token of hostaway account 2 is damaged, was moved'* ]]
	cmp keys/key first
	[ "$(ls keys)" = key ]
}

@test "rekey: of two at once, one does it and the other is 75" {
	hold
	env ha-account rekey >out 2>&1 3>&- & local pid=$!
	waits
	run -75 ha-account rekey
	[[ $output == "ha-account: key file $HA_KEY_FILE: another process is changing it" ]]
	mkdir elsewhere
	cp first elsewhere/key
	HA_KEY_FILE=$PWD/elsewhere/key run -75 ha-account rekey
	[[ $output == *'another process is changing the key of this database' ]]
	cmp elsewhere/key first
	release
	wait "$pid"
	sealed
}

@test "rekey: a token that is minted meanwhile is sealed under the new key" {
	mock_up --listings 1 --settle 0 hostaway
	hold
	env ha-account rekey >out 2>&1 3>&- & local pid=$!
	waits
	ha-fetch -a 1 hostaway /listings >body 2>err 3>&- & local fetch=$!
	release
	wait "$pid"
	wait "$fetch"
	grep -q '"result"' body
	sealed
	rm keys/key.*
	run -0 ha-fetch -a 1 hostaway /listings
	mock_ask /stats | jq -e '[.calls // .requests] | add == 3'
}

@test "rekey: a sync that runs meanwhile does not notice" {
	mock_up --listings 3 --reservations 30 --settle 0 hostaway
	ha-sync -q -a 1 hostaway listings reservations conversations messages >out 2>err 3>&- &
	local pid=$!
	ha-account rekey
	ha-account rekey
	wait "$pid"
	[ ! -s err ]
	[ "$(sql 'SELECT count(*) FROM hostaway.reservations')" = 30 ]
	sealed
}

@test "rekey: another database under the same key gets the same command" {
	local one=$PGDATABASE
	pg_fresh hostaway
	ha-account add hostaway 7 <<<seven
	run -0 ha-account rekey -d "$one"
	cp keys/key second
	opens 7
	run -0 ha-account rekey
	[ "$output" = "$HA_KEY_FILE 1" ]
	cmp keys/key second
	rm keys/key.*
	opens 7
}

@test "rekey: a key file behind a symbolic link stays behind it" {
	mkdir real
	mv keys/key real/key
	ln -s ../real/key keys/key
	ha-account rekey >/dev/null
	[ -L keys/key ]
	[ "$(ls real | wc -l)" -eq 2 ]
	sealed
	rm keys/key
	run -78 ha-account rekey
	[[ $output == *'is not there'* ]]
}
