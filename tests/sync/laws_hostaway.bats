#!/usr/bin/env bats
# rooms: -
# The laws of ha(7) on a small account: however a run is disturbed, the tables
# end as those of one that was not.

load ../helper
load ../laws

# Nothing waits longer than it has to, and a calendar does not follow the day.
QUICK='.auth.settle = "0s" | .waits.default = "20ms"
	| (.resources[] | select(.name == "calendar_days")
	| .each.query) = {startDate: "2026-11-20", endDate: "2026-12-31"}'

setup_file() {
	law_source hostaway "$QUICK"
	pg_up hostaway
	law_account hostaway 59808
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }

teardown() {
	mock_down
	[ -z "${own:-}" ] || pg_down # a server of the test's own
}

small() { # option of ha-mock ...
	mock_up --listings 3 --reservations 45 --messages 3 --photos 4 \
	    --settle 0 --limits none "$@" hostaway
}

sql() { psql -XAtqc "$1"; }

calls_beside() { # families that do not count
	mock_ask /stats | jq --arg not "$1" '[.families | to_entries[]
	    | select(.key | test($not) | not) | .value] | add // 0'
}

@test "a second run writes no row and asks for next to nothing" {
	small
	ha-sync -q hostaway >out
	law_conserved
	law_versions hostaway >before
	mock_ask /reset-stats
	ha-sync -q hostaway >out
	[ "$(calls_beside 'reviews|calendar')" -le 4 ]
	diff before <(law_versions hostaway)
	law_conserved
}

@test "reading everything again writes no row either" {
	small
	ha-sync -q hostaway >out
	law_versions hostaway >before
	ha-sync -q --full hostaway >out
	diff before <(law_versions hostaway)
	ha-sync --reconcile hostaway >out 2>err
	diff before <(law_versions hostaway)
	grep -q ' 0 gone and marked as deleted, 0 new and 0 changed ' err
	law_conserved
}

# What may come in the way of a call; most runs meet some of it.
faults() {
	local kind
	for kind in 500 502 503 429 empty html short cut reset fail-result \
	    fail-message 403 gzip; do
		mock_ask "/fault?to=$kind=0.006"
	done
	mock_ask '/fault?to=slow=0.05,ms=20'
	mock_ask '/fault?to=404=0.003,path=/conversations/'
} >/dev/null

# Who never saw a row cannot tell that it is gone.
alive() {
	law_tables hostaway | grep -v '"gone": true'
}

@test "a first run killed at any moment, among faults, is finished by the next" {
	small
	law_first_run_killed hostaway
}

@test "later runs killed while the account lives end as one that saw it all" {
	local kills took n
	small
	law_measure ha-sync -q hostaway
	faults
	for ((n = 0; n < kills / 2; n++)); do
		mock_ask '/message?n=4&conversations=3'
		mock_ask '/add?n=1'
		mock_ask "/update?reservation=$(sql 'SELECT id
		    FROM hostaway.reservations ORDER BY random() LIMIT 1')"
		mock_ask "/update?listing=$(sql 'SELECT id
		    FROM hostaway.listings ORDER BY random() LIMIT 1')"
		law_kill_some $n $((n + 1)) $((took / 2)) ha-sync -q hostaway
	done >out
	law_ends ha-sync -q hostaway
	law_conserved
	law_truth hostaway messages message_rows
	mock_ask /fault
	ha-sync -q --full hostaway calendar_days >out # else once an hour
	alive >got
	pg_fresh
	ha-sync -q hostaway >out
	diff <(alive) got >differ || { head -n 20 differ; return 1; }
}

# A stream of each kind, with a reservation whose listing is unknown, one that
# is not valid and one that is told twice.
family() {
	local begin='{"@ha":"begin","v":1,"source":"hostaway","account":"59808","resource":'
	cat <<-END
	$begin"listings","mode":"full","whole":true}
	{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"https://img.example.com/1","id":1},{"url":"https://img.example.com/2","id":2}]}
	{"id":2,"name":"b","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"https://img.example.com/3","id":3}]}
	{"@ha":"end","records":2,"complete":true,"cursor":{}}
	$begin"reservations","mode":"since"}
	{"id":7,"listingMapId":1,"updatedOn":"2025-01-02 00:00:00"}
	{"id":8,"listingMapId":9,"updatedOn":"2025-01-03 00:00:00"}
	{"@ha":"at","cursor":{"position":"2025-01-03 00:00:00"}}
	{"id":"nine","listingMapId":2,"updatedOn":"2025-01-03 00:00:00"}
	{"id":7,"listingMapId":2,"updatedOn":"2025-01-04 00:00:00"}
	{"@ha":"end","records":4,"complete":true,"cursor":{"position":"2025-01-04 00:00:00"}}
	$begin"conversations","mode":"full","whole":true}
	{"id":5,"reservationId":7}
	{"id":6,"reservationId":8}
	{"@ha":"end","records":2,"complete":true,"cursor":{}}
	$begin"messages","mode":"each"}
	{"@ha":"open","parent":{"id":5,"reservationId":7,"change":"k1"}}
	{"id":1,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"x"}
	{"id":2,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"y"}
	{"@ha":"close","records":2}
	{"@ha":"open","parent":{"id":6,"reservationId":8,"change":"k2"}}
	{"id":3,"conversationId":6,"reservationId":8,"date":"2025-01-01 10:00:00","body":"z"}
	{"@ha":"close","records":1}
	{"@ha":"end","records":3,"complete":true}
	END
}

# The filter may be ahead of the store: what it parked then is taken up behind
# it, parents first.
filtered() { # file
	local r
	ha-filter-parents "$1" | ha-upsert || [ $? -eq 1 ]
	for r in reservations conversations messages; do
		ha-filter-parents --adopt -a 59808 hostaway/$r | ha-upsert
	done
}

@test "the filter and the store killed after every line end alike" {
	local n
	family >in
	filtered in
	law_want hostaway
	[ "$(grep -c '^parked' want)" -eq 3 ]
	[ "$(grep -c '^rejects' want)" -eq 1 ]
	[ "$(grep -c '^message_rows' want)" -eq 2 ]
	[ "$(sql 'SELECT listing_id FROM hostaway.reservations')" = 2 ]
	mkfifo pipe
	for ((n = 1; n <= $(wc -l <in); n++)); do
		pg_fresh
		law_killed_after $n in 'ha-filter-parents | ha-upsert'
		filtered in
		law_same hostaway "killed after line $n"
	done
}

@test "the children's stage and the store killed after every line end alike" {
	local n
	family >all
	filtered all
	psql -Xqc 'DELETE FROM ha.sync_log'
	pg_template
	pg_fresh
	ha-synclog pending -a 59808 hostaway/listing_photos >in
	ha-unnest hostaway/listing_photos in | ha-upsert
	law_want hostaway
	[ "$(grep -c '^listing_photos' want)" -eq 3 ]
	mkfifo pipe
	for ((n = 1; n <= $(wc -l <in); n++)); do
		pg_fresh
		law_killed_after $n in \
		    'ha-unnest hostaway/listing_photos | ha-upsert'
		ha-unnest hostaway/listing_photos in | ha-upsert
		law_same hostaway "killed after line $n"
	done
}

@test "a stream cut at any byte moves no position and deletes nothing" {
	local begin
	begin='{"@ha":"begin","v":1,"source":"hostaway","account":"59808","resource":'
	cat >full <<-END
	$begin"listings","mode":"full"}
	{"id":1,"name":"a"}
	{"id":2,"name":"b"}
	{"id":3,"name":"c"}
	{"@ha":"end","records":3,"complete":true,"cursor":{"position":"old"}}
	$begin"listing_photos","mode":"embedded"}
	{"@ha":"open","parent":{"id":1,"change":"old"}}
	{"url":"https://img.example.com/1","id":1}
	{"url":"https://img.example.com/2","id":2}
	{"@ha":"close","records":2}
	{"@ha":"end","records":2,"complete":true}
	END
	ha-upsert full
	law_tables hostaway >before
	cat >less <<-END
	$begin"listings","mode":"full"}
	{"id":1,"name":"a"}
	{"id":2,"name":"b"}
	{"@ha":"end","records":2,"complete":true,"cursor":{"position":"new"}}
	END
	law_cut less 1 'ha-upsert --prune --force'
	diff before <(law_tables hostaway)
	law_cut less 11 'ha-filter-parents | ha-upsert --prune --force' 2
	diff before <(law_tables hostaway)
	ha-filter-parents less | ha-upsert --prune --force
	[ "$(sql 'SELECT id FROM hostaway.listings
	    WHERE deleted_at IS NOT NULL')" = 3 ]
	sql "SELECT cursor->>'position' FROM ha.sync_state" | grep -qx new
}

@test "a group cut at any byte deletes none of the children it lacks" {
	local begin
	begin='{"@ha":"begin","v":1,"source":"hostaway","account":"59808","resource":'
	cat >full <<-END
	$begin"listings","mode":"since"}
	{"id":1,"name":"a"}
	{"@ha":"end","records":1,"complete":true}
	$begin"listing_photos","mode":"embedded"}
	{"@ha":"open","parent":{"id":1,"change":"old"}}
	{"url":"https://img.example.com/1","id":1}
	{"url":"https://img.example.com/2","id":2}
	{"@ha":"close","records":2}
	{"@ha":"end","records":2,"complete":true}
	END
	ha-upsert full
	law_tables hostaway >before
	cat >less <<-END
	$begin"listing_photos","mode":"embedded"}
	{"@ha":"open","parent":{"id":1,"change":"new"}}
	{"url":"https://img.example.com/1","id":1}
	{"@ha":"close","records":1}
	END
	law_cut less 1 ha-upsert # not with its last byte: it is whole
	diff before <(law_tables hostaway)
	# a group that was closed is complete, whatever comes behind it
	run -65 ha-upsert less
	[ "$(sql 'SELECT change_key FROM ha.children')" = new ]
	[ "$(sql 'SELECT count(*) FROM hostaway.listing_photos
	    WHERE deleted_at IS NULL')" -eq 1 ]
}

@test "two syncs of an account at once: one works, the other says who" {
	small
	law_two_at_once hostaway hostaway/59808
}

@test "four syncs of an account at once end in the same tables" {
	small
	law_four_at_once hostaway
}

@test "a database that is killed and comes back misses nothing" {
	local kills=2 n sync began took
	[ -z "${CI:-}" ] || kills=8
	RANDOM=${HA_LAW_SEED:-$$}
	small --fault slow,path=/conversations/,ms=20
	pg_up own hostaway
	own=yes
	law_account hostaway 59808
	pg_template
	pg_fresh
	began=$(law_now_ms)
	ha-sync -q hostaway >out
	took=$(($(law_now_ms) - began))
	law_want hostaway
	for ((n = 0; n < kills; n++)); do
		pg_fresh
		ha-sync -q hostaway >out 2>err 3>&- &
		sync=$!
		sleep "$(law_moment $took)"
		kill -9 "$(pg_pid)"
		ha-pg --data "$HA_TEST_PG" start 3>&-
		wait "$sync" || true
		law_ends ha-sync -q hostaway
		law_same hostaway "database killed"
		law_conserved
	done
}

# The sections of a whole account, as the stages hand them on: one file each.
record() {
	local r
	for r in listings reservations conversations reviews; do
		ha-page -a 59808 hostaway/$r >$r.in
		ha-filter-parents $r.in | ha-upsert
	done
	for r in listing_photos guests; do
		ha-synclog pending -a 59808 hostaway/$r |
			ha-unnest hostaway/$r >$r.in
		ha-upsert $r.in
	done
	for r in messages calendar_days; do
		ha-synclog pending -a 59808 hostaway/$r |
			ha-page --each -a 59808 hostaway/$r >$r.in
		ha-filter-parents $r.in | ha-upsert
	done
}

# A list that was asked before its parents were stored says nothing of them:
# played back it notes no parent, where the run that asked had noted all.
notes_of_a_list() {
	sql "WITH gone AS (DELETE FROM ha.children
	    WHERE resource = 'conversations' RETURNING 1) SELECT count(*) FROM gone"
}

@test "records and groups in another order end in the same tables" {
	local r
	small
	record
	[ "$(notes_of_a_list)" -gt 0 ]
	law_want hostaway && grep -q '^message_rows' want
	pg_fresh
	for r in listings reservations conversations listing_photos guests \
	    messages reviews calendar_days; do
		law_turned $r.in >$r.turned
		[ "$(wc -l <$r.turned)" -ge 4 ]
		ha-filter-parents $r.turned | ha-upsert
	done
	[ "$(notes_of_a_list)" -eq 0 ]
	law_same hostaway 'groups turned round'
	law_conserved
}

@test "children that come before their parents end in the same tables" {
	local r
	small
	record
	[ "$(notes_of_a_list)" -gt 0 ]
	law_want hostaway
	pg_fresh
	for r in calendar_days reviews messages conversations reservations; do
		law_turned $r.in | ha-filter-parents | ha-upsert
	done
	[ "$(sql 'SELECT count(*) FROM hostaway.message_rows')" -eq 0 ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -gt 300 ]
	ha-upsert listings.in
	for r in reservations conversations messages reviews calendar_days; do
		ha-filter-parents --adopt -a 59808 hostaway/$r | ha-upsert
	done
	for r in listing_photos guests; do
		ha-synclog pending -a 59808 hostaway/$r |
			ha-unnest hostaway/$r | ha-upsert
	done
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	[ "$(notes_of_a_list)" -eq 0 ]
	law_same hostaway 'children first'
	law_conserved
}

all_true() { # the tables hold what the API has, and nothing else
	law_truth hostaway listings listings
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	law_truth hostaway reviews reviews
}

ids() { # resource, from, to: the ids in that place
	mock_ask "/dump/$1" | jq .id | sed -n "$2,$3p"
}

@test "reconcile finds all that is gone, and what no signal told" {
	local id message
	small
	ha-sync -q hostaway >out
	# a reservation goes with its conversation, messages and reviews
	id=$(ids reservations 20 20)
	mock_ask "/delete?reservation=$id"
	mock_ask "/delete?conversation=$(ids conversations 5 5)"
	mock_ask "/delete?review=$(ids reviews 3 3)"
	# an old message of a conversation that says nothing of it
	message=$(mock_ask /dump/messages | jq -s 'group_by(.conversationId)
	    | map(select(length > 2)) | .[0] | sort_by(.date, .id)
	    | .[0].id')
	mock_ask "/delete?message=$message"
	# and as if a message, a reservation and a listing had been missed
	psql -Xq <<-'SQL'
	DELETE FROM hostaway.message_rows
	WHERE id = (SELECT max(id) FROM hostaway.message_rows);
	UPDATE hostaway.reservations SET fingerprint = NULL,
	    raw_payload = raw_payload || '{"guestName": "old"}'
	WHERE id = (SELECT max(id) FROM hostaway.reservations);
	UPDATE hostaway.listings SET fingerprint = NULL,
	    raw_payload = raw_payload || '{"name": "old"}'
	WHERE id = (SELECT max(id) FROM hostaway.listings);
	SQL
	ha-sync -q hostaway >out
	run ! all_true
	ha-sync --reconcile hostaway >out 2>err
	all_true
	law_conserved
	[ "$(sql "SELECT deleted_at IS NOT NULL FROM hostaway.reservations
	    WHERE id = $id")" = t ]
	[ "$(sql "SELECT deleted_at IS NOT NULL FROM hostaway.message_rows
	    WHERE id = $message")" = t ]
	gone=$(sql "SELECT sum(n) FROM (SELECT count(*) AS n
	    FROM hostaway.reservations WHERE deleted_at IS NOT NULL UNION ALL
	    SELECT count(*) FROM hostaway.conversations
	    WHERE deleted_at IS NOT NULL UNION ALL
	    SELECT count(*) FROM hostaway.message_rows m
	    WHERE deleted_at IS NOT NULL AND NOT EXISTS (SELECT
	        FROM hostaway.conversations c WHERE c.id = m.conversation_id
	        AND c.deleted_at = m.deleted_at) UNION ALL
	    SELECT count(*) FROM hostaway.reviews
	    WHERE deleted_at IS NOT NULL) counts")
	grep "reconcile: $gone gone " err
	# a second one has nothing to say
	law_versions hostaway >before
	ha-sync --reconcile hostaway >out 2>err
	grep -q ' 0 gone and marked as deleted, 0 new and 0 changed ' err
	diff before <(law_versions hostaway)
}

@test "reconcile deletes no more than it may, unless it is forced to" {
	local id
	small
	ha-sync -q hostaway >out
	for id in $(ids reservations 1 9); do
		mock_ask "/delete?reservation=$id"
	done >out
	law_versions hostaway >before
	run -76 --separate-stderr ha-sync -q --reconcile hostaway
	grep 'hostaway/reservations: .*9 of 45 rows.*--force' <<<"$stderr"
	[ "$(sql 'SELECT count(*) FROM hostaway.reservations
	    WHERE deleted_at IS NOT NULL')" -eq 0 ]
	ha-sync -q --reconcile --force hostaway >out
	all_true
	law_conserved
}

# Whole records, not ids alone; of messages all but their signed URLs.
same_records() { # resource, table
	diff <(mock_ask "/dump/$1" | jq -cS 'del(.attachments[]?.url)' |
	    LC_ALL=C sort) <(sql "SELECT raw_payload FROM hostaway.$2
	    WHERE deleted_at IS NULL" | jq -cS 'del(.attachments[]?.url)' |
	    LC_ALL=C sort) >differ && return
	echo "$1:" && head -n 6 differ | cut -c 1-300
	return 1
}

@test "lists that move while they are read are whole in the end" {
	law_source hostaway "$QUICK | (.resources[] | .page?, .each?.page?
	    | select(. != null) | .size) |= (if . then 7 else empty end)"
	small --move 0.3 --vanish 0.03 --relist 0.1
	for _ in 1 2 3; do
		ha-sync -q hostaway >out 2>err || [ $? -eq 75 ] || [ $? -eq 1 ]
		law_conserved
	done
	mock_ask '/knobs?move=0&vanish=0&relist=0'
	ha-sync -q --reconcile --force hostaway >out
	law_conserved
	all_true
	same_records listings listings
	same_records reservations reservations
	same_records conversations conversations
	same_records messages message_rows
	same_records reviews reviews
}

@test "records come before their parents, and those whose parents are no more" {
	small --orphans 4
	# nobody reads a listing, and 4 are no more
	ha-sync -q hostaway reservations conversations messages >out
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.listings
	    WHERE deleted_at IS NOT NULL')" -eq 4 ]
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	law_conserved
	ha-sync -q hostaway >out
	law_truth hostaway reviews reviews
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	diff <(mock_ask /dump/listings | jq .id | sort) <(sql "SELECT id::text
	    FROM hostaway.listings WHERE deleted_at IS NULL" | sort)
	law_conserved
}
