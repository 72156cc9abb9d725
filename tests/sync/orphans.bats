#!/usr/bin/env bats
# rooms: collect state upsert scripts
# Records whose parents no list tells of: these are asked for by their keys.

load ../helper
load ../laws
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }
teardown() { mock_down; }

hostaway() { # more options of the mock
	pg_fresh hostaway
	mock_up --listings 3 --reservations 30 --messages 2 --photos 1 \
	    --settle 0 --limits none "$@" hostaway
	law_account hostaway 59808 2>/dev/null
}

parked() { sql "SELECT resource, count(*) FROM ha.parked GROUP BY 1 ORDER BY 1"; }

@test "what a listing leaves that was deleted before the first run is stored in one run" {
	hostaway --orphans 4
	run -0 --separate-stderr ha-sync hostaway
	[ -z "$(parked)" ]
	law_conserved
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	# the listings are there, as what is not
	sql "SELECT count(*), count(name), count(fingerprint) FROM hostaway.listings
	    WHERE deleted_at IS NOT NULL AND raw_payload = '{}' AND id >= 99000" >rows
	diff - rows <<<'4|0|0'
	[ "$(sql "SELECT count(*) FROM hostaway.listings WHERE deleted_at IS NULL")" -eq 3 ]
	# and nobody asks for them again, nor writes them
	law_versions hostaway >before
	mock_ask /reset-stats
	run -0 ha-sync -q hostaway
	diff before <(law_versions hostaway)
	[ "$(mock_ask /stats | jq '.families["/listings/{id}"] // 0')" -eq 0 ]
}

@test "parents that are there are fetched by their keys, and those that they wait for" {
	hostaway
	ha-sync -q hostaway >/dev/null
	law_want hostaway
	# a reservation with an old time, of a listing that came late
	id=$(sql "SELECT min(id) FROM hostaway.reservations r WHERE EXISTS (SELECT
	    FROM hostaway.conversations c WHERE c.reservation_id = r.id)")
	sql "DELETE FROM hostaway.message_rows m USING hostaway.conversations c
		WHERE c.id = m.conversation_id AND c.reservation_id = $id;
	    DELETE FROM hostaway.conversations WHERE reservation_id = $id;
	    DELETE FROM hostaway.reservations WHERE id = $id"
	ha-page -a 59808 hostaway/conversations | ha-filter-parents | ha-upsert
	diff - <(parked) <<<'conversations|1'
	run -0 ha-sync -q hostaway
	[ -z "$(parked)" ]
	law_truth hostaway reservations reservations
	law_truth hostaway messages message_rows
	ha-sync -q hostaway >/dev/null # that its conversations were asked for
	law_same hostaway "by its key"
}

# A description whose rows are all asked for where there are none.
lost() {
	mkdir -p s
	sed 's|"/listings/{key}"|"/nowhere/{key}"|' "$HA_SOURCES/hostaway.json" >s/hostaway.json
	HA_SOURCES=$PWD/s "$@"
}

@test "when what is stored is not found either, nothing is taken for gone" {
	hostaway --orphans 1
	run -69 --separate-stderr lost ha-sync hostaway
	[[ $stderr == *'all of 4 parents are gone, it says, also those that are stored; none is taken for gone'* ]]
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 3 ]
	parked | grep -qx 'reservations|1'
	# it was not the end of it
	run -0 ha-sync -q hostaway
	[ -z "$(parked)" ]
}

@test "where no parent is left, a few are asked for in a run" {
	hostaway --orphans 7
	sql "INSERT INTO ha.sync_state (source, resource, account_id, complete,
	    completed_at) VALUES ('hostaway', 'listings', '59808', true, now())"
	ha-page -a 59808 hostaway/reservations | ha-filter-parents | ha-upsert
	sql "DELETE FROM ha.parked WHERE parent_key < '99000'"
	run -0 --separate-stderr ha-synclog wanted -a 59808 hostaway/listings
	[ "$(grep -c '^{"id":990' <<<"$output")" -eq 2 ]
	[[ $stderr == *'hostaway/listings: records wait for 7 that are not known: 2 are asked for now, the others by later runs' ]]
	ha-page --lookup hostaway/listings <<<"$output" 2>/dev/null | ha-upsert
	[ "$(sql "SELECT count(*) FROM hostaway.listings WHERE deleted_at IS NOT NULL")" -eq 2 ]
}

gone() { # id ...: the row of each was asked for, and is no more
	local id
	begin listings lookup
	for id; do
		printf '{"@ha":"open","parent":{"id":%s}}\n{"@ha":"close","records":0,"gone":true}\n' "$id"
	done
	finish 0
}

@test "only a parent that parked records of the account wait for gets a row that is deleted" {
	hostaway
	echo '{"id":7,"listingMapId":4}' | section reservations | ha-filter-parents | ha-upsert
	listing 5 five | section listings | ha-upsert
	sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource,
	    parent_key, reason, raw) VALUES ('hostaway', 'reservations', '1', '8',
	    'listings', '6', 'r', '{}'), ('hostaway', 'reservations', '59808', '9',
	    'listings', '5', 'r', '{}'), ('hostaway', 'messages', '59808', '9',
	    'conversations', '3', 'r', '{}')"
	gone 3 4 5 6 >stream
	run -0 ha-upsert -n stream
	[ "$(grep -c delete <<<"$output")" -eq 1 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.listings')" -eq 1 ]
	run -0 ha-upsert stream
	sql "SELECT id, deleted_at IS NULL, raw_payload = '{}' FROM hostaway.listings ORDER BY 1" >rows
	diff - rows <<<$'4|f|t\n5|t|f'
	[ "$(counts)" = '0 0 0 0 0 0 0 1' ]
	# once more, it changes nothing
	law_versions hostaway >before
	ha-upsert stream
	diff before <(law_versions hostaway)
}

@test "whatever comes of a row that is only known to be gone replaces it" {
	hostaway
	printf '%s\n' '{"id":7,"listingMapId":4}' '{"id":8,"listingMapId":5}' \
	    '{"id":9,"listingMapId":6}' | section reservations | ha-filter-parents | ha-upsert
	gone 4 5 6 | ha-upsert
	for how in full since window; do
		listing 4 four 2001-01-01\ 00:00:00 | section listings $how | ha-upsert
	done
	listing 5 five | ha-upsert -P -a 59808 hostaway/listings
	listing 6 six | section listings lookup | ha-upsert
	sql "SELECT id, deleted_at, name, raw_payload->>'name' FROM hostaway.listings ORDER BY 1" >rows
	diff - rows <<<$'4||four|four\n5||five|five\n6||six|six'
	# a late word that it is gone does not bring that back
	gone 4 5 6 | ha-upsert
	[ "$(sql 'SELECT count(deleted_at) FROM hostaway.listings')" -eq 0 ]
}

@test "a look-up that was cut anywhere, and another one, end in the same tables" {
	local all n r
	hostaway --orphans 3
	pg_template
	pg_fresh
	ha-sync -q hostaway >/dev/null
	law_want hostaway
	pg_fresh
	for r in listings reservations; do
		ha-page -a 59808 hostaway/$r | ha-filter-parents | ha-upsert
	done
	ha-synclog wanted -a 59808 hostaway/listings | ha-page --lookup hostaway/listings >all 2>/dev/null
	[ "$(grep -c '"gone":true}' all)" -eq 3 ]
	all=$(wc -l <all)
	for ((n = 1; n < all; n++)); do
		run -65 ha-upsert < <(head -n "$n" all)
	done
	ha-sync -q hostaway >/dev/null
	law_same hostaway "cut and whole"
}

@test "so many look-ups in a run, whatever waits" {
	hostaway
	listing 1 one | section listings | ha-upsert
	sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource,
	    parent_key, reason, raw) SELECT 'hostaway', 'reservations', '59808', n, 'listings',
	    n, 'r', '{}' FROM generate_series(2, 700) n"
	run -0 --separate-stderr ha-synclog wanted -a 59808 hostaway/listings
	[[ $stderr == *'records wait for 699 that are not known: 500 are asked for now, the others by later runs' ]]
	grep -qx '{"id":1,"known":true}' <<<"$output"
	[ "$(grep -vc '^{"@ha"' <<<"$output")" -eq 501 ]
	ha-synclog wanted -a 59808 hostaway/listings 2>/dev/null >again
	! diff -q again - <<<"$output" || false
	diff - <(ha-synclog plan --orphans -a 59808 hostaway/reservations) <<<'want listings 699'
}

@test "a description of one's own says how a row is asked for" {
	export HA_SOURCES=$PWD/sources
	mkdir sources
	jq '(.resources[] | select(.name == "owners")).one =
	    {path: "/owner", query: {no: "{key}"}, row: ".owner"}' \
	    "$BATS_TEST_DIRNAME/../data/petshop.json" >sources/petshop.json
	pg_fresh petshop
	export HA_KEY_FILE=$PWD/key HA_STATE_DIR=$PWD/state
	mkdir -m 700 "$HA_STATE_DIR"
	ha-account keygen
	mock_up --rows 20 petshop
	echo mock-secret | ha-account add petshop shop1
	# nobody reads the list of owners
	run -0 ha-sync -q petshop visits
	[ -z "$(parked)" ]
	[ "$(sql 'SELECT count(*) FROM petshop.visits')" -eq 20 ]
	[ "$(sql 'SELECT count(*) FROM petshop.owners WHERE deleted_at IS NULL')" -gt 2 ]
}

@test "what a feed does not have may come yet; what came late is found by its key" {
	pg_fresh reso
	mock_up --switch properties=60,media=30,rooms=20,open-houses=20,orphans=3 \
	    --limits none reso
	law_account reso actris_ref 2>/dev/null
	run -0 ha-sync -q reso
	parked >before
	[ -s before ]
	key=$(sql "SELECT listing_key FROM reso.property WHERE EXISTS (SELECT
	    FROM reso.media WHERE resource_record_key = listing_key) ORDER BY 1 LIMIT 1")
	sql "DELETE FROM reso.open_house WHERE listing_key = '$key';
	    DELETE FROM reso.property_rooms WHERE listing_key = '$key';
	    DELETE FROM reso.media WHERE resource_record_key = '$key';
	    DELETE FROM reso.property WHERE listing_key = '$key'"
	ha-page -a actris_ref reso/media | ha-filter-parents | ha-upsert
	mock_ask /reset-stats
	ha-synclog wanted -a actris_ref reso/property |
	    ha-page --lookup -a actris_ref reso/property | ha-filter-parents | ha-upsert
	mock_ask /stats >calls
	[ "$(jq .calls calls)" -le 2 ]
	ha-filter-parents --adopt -a actris_ref reso/media | ha-upsert
	[ "$(sql "SELECT count(*) FROM reso.media WHERE resource_record_key = '$key'")" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM reso.property WHERE raw_payload = '{}'")" -eq 0 ]
	diff before <(parked)
}
