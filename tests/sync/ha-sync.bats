#!/usr/bin/env bats
# rooms: scripts
# ha-sync as a whole, against a small account of the mock.

load ../helper
load ../laws

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	mock_up --listings 3 --reservations 40 --messages 3 --photos 4 \
	    --settle 0 --limits none hostaway
	law_account hostaway 59808 2>/dev/null
}

teardown() { mock_down; }

count() { # table
	psql -XAtqc "SELECT count(*) FROM hostaway.$1"
}

calls() {
	mock_ask /stats | jq .calls
}

@test "ha-sync: everything arrives, and the summary adds it up" {
	run -0 --separate-stderr ha-sync hostaway
	[[ $output == *total* ]]
	law_conserved
	law_truth hostaway listings listings
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	law_truth hostaway reviews reviews
	[ "$(count listing_photos)" -gt 0 ]
	[ "$(count guests)" -gt 0 ]
	[ "$(count calendar_days)" -gt 900 ]
	# one line a resource, none of them drawn
	[ "$(grep -c '^reservations ' <<<"$stderr")" -eq 1 ]
	[[ $stderr != *$'\e'* ]]
}

@test "ha-sync: again, it writes nothing and makes four calls at most" {
	ha-sync -q hostaway >/dev/null
	law_versions hostaway >before
	mock_ask /reset-stats
	run -0 ha-sync -q --json hostaway
	diff before <(law_versions hostaway)
	mock_ask /stats | jq '[.families | to_entries[]
	    | select(.key | test("reviews|calendar") | not) | .value] | add' >n
	[ "$(<n)" -le 4 ]
}

@test "ha-sync: resources that are named, and no others" {
	run -0 --separate-stderr ha-sync hostaway reservations listings
	# in the order of the description, whatever the command line says
	grep -E '; [0-9.]+ s$' <<<"$stderr" >ends
	[ "$(cut -d ' ' -f 1 ends | xargs)" = 'listings reservations' ]
	! grep -Eq 'conversations|messages' <<<"$stderr" || false
	[ "$(count conversations)" -eq 0 ]
	run -64 --separate-stderr ha-sync hostaway rservations
	[[ $stderr == *'hostaway/rservations: no such resource; there are: listings '* ]]
}

@test "ha-sync: a list that was read in two runs leaves its parents to the next one" {
	pending() {
		ha-synclog pending -a 59808 hostaway/conversations | grep -vc '^{"@ha"'
	}
	mkdir s
	sed '/"name": "conversations"/,/"name": "messages"/s/"size": 100/"size": 10/' \
	    "$HA_SOURCES/hostaway.json" >s/hostaway.json
	export HA_SOURCES=$PWD/s
	ha-schema --apply hostaway
	ha-sync -q hostaway listings reservations >/dev/null
	all=$(pending)
	ha-page -a 59808 --limit 25 hostaway/conversations | ha-filter-parents | ha-upsert
	[ -n "$(ha-synclog last -a 59808 hostaway/conversations)" ]
	ha-sync -q hostaway conversations >/dev/null
	law_truth hostaway conversations conversations
	[ "$(pending)" -eq "$all" ]
	ha-sync -q hostaway conversations >/dev/null
	run ! pending
}

@test "ha-sync: -n says the calls, makes none of them, and is right" {
	local said
	said=$(ha-sync -n --json hostaway | jq -s 'last.calls')
	[ "$(count listings)" -eq 0 ]
	mock_ask /reset-stats
	ha-sync -q hostaway >/dev/null
	# but for the calendars, since it cannot know the listings yet
	mock_ask /stats | jq '.calls - .mints' >made
	[ "$said" -ge $(($(<made) - 1)) ]
	[ "$said" -le $(($(<made) + 1)) ]
	mock_ask /reset-stats
	ha-sync -n hostaway >again
	[ "$(calls)" -eq 0 ]
	grep -Eq '^messages +0 calls$' again
}

@test "ha-sync: --json prints records" {
	ha-sync -q --json hostaway | jq -es 'all(has("fetched"))'
}

@test "ha-sync: one run at a time" {
	ha-lock hostaway/59808 sleep 60 3>&- &
	local holder=$!
	until [ "$(psql -XAtqc 'SELECT count(*) FROM ha.sync_locks')" = 1 ]; do
		sleep 0.02
	done
	run -75 --separate-stderr ha-sync hostaway
	[[ $stderr == *hostaway/59808* ]]
	kill "$holder"
	wait "$holder" || true
}

@test "ha-sync: a resource that fails says so once; the others are done" {
	mock_ask '/fault?to=404,path=/reviews'
	run -69 --separate-stderr ha-sync hostaway
	[ "$(grep -c 'hostaway/reviews: ' <<<"$stderr")" -eq 1 ]
	[[ $stderr == *'reviews'*'stopped (69)'* ]]
	law_truth hostaway messages message_rows
	[ "$(count calendar_days)" -gt 900 ]
	mock_ask /fault
	run -0 ha-sync -q hostaway
	law_truth hostaway reviews reviews
}

@test "ha-sync: what is away twice in a row ends the run" {
	mkdir fake
	printf '#!/bin/sh\necho "ha-page: it is away" >&2\nexit 75\n' >fake/ha-page
	chmod +x fake/ha-page
	PATH=$PWD/fake:$PATH run -75 --separate-stderr ha-sync hostaway
	[ "$(grep -c '^ha-page: hostaway/.*: it is away$' <<<"$stderr")" -eq 2 ]
	run ! grep -Eq '^([0-9]/[0-9] )?reviews' <<<"$stderr"
}

@test "ha-sync: what stages mention is shown, though nothing failed" {
	mkdir fake
	printf '#!/bin/sh\ncat\necho "ha-filter-parents: one" >&2
	echo "ha-filter-parents: two" >&2\n' >fake/ha-filter-parents
	chmod +x fake/ha-filter-parents
	PATH=$PWD/fake:$PATH run -0 --separate-stderr ha-sync hostaway listings
	[[ $stderr == *'ha-filter-parents: hostaway/listings: two (and 1 more: -v)'* ]]
	PATH=$PWD/fake:$PATH run -0 --separate-stderr ha-sync -v hostaway listings
	[[ $stderr == *'ha-filter-parents: hostaway/listings: one'* ]]
}

@test "ha-sync: Ctrl-C keeps what came, says how to go on, leaves nobody" {
	mock_ask '/fault?to=slow,path=/conversations/,ms=1000'
	mkdir tmp
	# a session of its own, so that all who are left can be found; and a
	# job in the background would have SIGINT ignored
	TMPDIR=$PWD/tmp setsid env --default-signal=INT \
	    ha-sync hostaway >out 2>err 3>&- &
	local sync=$!
	until [ "$(count message_rows)" -gt 3 ]; do sleep 0.05; done
	kill -INT "$sync"
	local got=0
	wait "$sync" || got=$?
	[ "$got" -eq 130 ]
	grep -q 'To go on: ' err
	# the table has what was done until then
	awk '$1 == "messages" { exit !($2 > 0 && $(NF - 1) > 0) }' out
	[ -z "$(ls tmp)" ]
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		pgrep -s "$sync" -a >left || break
		sleep 0.05
	done
	[ ! -s left ] || { cat left; false; }
	[ "$(count message_rows)" -lt "$(mock_ask /dump/messages | wc -l)" ]
	mock_ask /fault
	run -0 ha-sync -q hostaway
	law_truth hostaway messages message_rows
}

@test "ha-sync: out of time it stops at a border, and goes on from there" {
	mock_ask '/fault?to=slow,path=/conversations/,ms=200'
	run -75 --separate-stderr ha-sync --max-time 1s hostaway
	[[ $stderr == *'the time is spent'* ]]
	mock_ask /fault
	run -0 ha-sync -q hostaway
	law_truth hostaway messages message_rows
}

@test "ha-sync: --reconcile finds what vanished and what was missed" {
	ha-sync -q hostaway >/dev/null
	local gone
	gone=$(psql -XAtqc 'SELECT min(id) FROM hostaway.reservations')
	mock_ask "/delete?reservation=$gone"
	psql -Xqc "UPDATE hostaway.listings SET fingerprint = NULL,
	    raw_payload = raw_payload || '{\"name\": \"old\"}'
	    WHERE id = (SELECT min(id) FROM hostaway.listings)"
	run -0 --separate-stderr ha-sync --reconcile hostaway
	[[ $stderr == *'reconcile: '*' gone'* ]]
	[ "$(psql -XAtqc "SELECT deleted_at IS NOT NULL
	    FROM hostaway.reservations WHERE id = $gone")" = t ]
	law_truth hostaway reservations reservations
}

@test "ha-sync: --reconcile refuses to delete more than its share" {
	ha-sync -q hostaway >/dev/null
	local id
	for id in $(psql -XAtqc 'SELECT id FROM hostaway.reservations
	    ORDER BY id LIMIT 10'); do
		mock_ask "/delete?reservation=$id"
	done
	run ha-sync -q --reconcile hostaway
	[ "$status" -ge 64 ]
	[ "$(psql -XAtqc 'SELECT count(*) FROM hostaway.reservations
	    WHERE deleted_at IS NOT NULL')" -eq 0 ]
	run -0 ha-sync -q --reconcile --max-delete 30 hostaway
	law_truth hostaway reservations reservations
}

@test "ha-sync: several accounts, all of them or one that is named" {
	echo mock-secret | ha-account add hostaway 60000
	run -64 --separate-stderr ha-sync hostaway listings
	[[ $stderr == *'59808 60000'* ]]
	run -0 ha-sync -q --all hostaway listings
	[ "$(psql -XAtqc 'SELECT count(DISTINCT account_id)
	    FROM hostaway.listings')" -eq 2 ]
}

@test "ha-sync: without tables it names the command that makes them" {
	psql -XAtqc "DELETE FROM ha.schemas"
	run -78 --separate-stderr ha-sync hostaway
	[[ $stderr == *'ha-schema --apply hostaway'* ]]
	pg_fresh
	run -78 --separate-stderr ha-sync hostaway
	[[ $stderr == *'ha-schema --apply hostaway'* ]]
}

@test "ha-sync: a database that is away is 75" {
	PGHOST=$PWD run -75 --separate-stderr ha-sync hostaway
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "ha-sync: no database named: the private one, with its tables" {
	HA_PG_DATA=$(mktemp -d /tmp/ha-test-pg.XXXXXX)
	export HA_PG_DATA HA_PG_OPTIONS=fsync=off
	unset PGHOST PGPORT PGUSER PGDATABASE
	run -78 --separate-stderr ha-sync hostaway 3>&-
	[[ $stderr == *'the private PostgreSQL of ha-pg'* ]]
	[[ $stderr == *'ha-account add hostaway'* ]]
	eval "$(ha-pg env)"
	echo mock-secret | ha-account add hostaway 59808
	unset PGHOST PGPORT PGUSER PGDATABASE
	run -0 --separate-stderr ha-sync hostaway listings
	ha-pg stop
	rm -rf "$HA_PG_DATA"
}
