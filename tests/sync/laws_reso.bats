#!/usr/bin/env bats
# rooms: -
# The laws of ha(7) on the feed of a small board: however a run is disturbed,
# the tables end as those of one that was not, and as the feed itself.

load ../helper
load ../laws

# Nothing waits longer than it has to; ties and pages are of a like size.
QUICK='.waits.default = "20ms" | .resources[].page.size = 40'

setup_file() {
	law_source reso "$QUICK"
	pg_up reso
	law_account reso vow mock-vow
	# All of a resource that came, stored or parked.
	psql -Xq <<-'SQL'
	CREATE FUNCTION reso.came(resource text, key text)
	RETURNS TABLE (deleted_at timestamptz, came text)
	LANGUAGE plpgsql AS $$ BEGIN
		RETURN QUERY EXECUTE format(
		$q$SELECT NULL::timestamptz, %1$I || ' ' || coalesce(
		raw_payload ->> 'ModificationTimestamp', 'null')
		FROM reso.%2$I UNION ALL
		SELECT NULL, key || ' ' || coalesce(
		raw::jsonb ->> 'ModificationTimestamp', 'null')
		FROM ha.parked WHERE resource = %2$L$q$, key, resource);
	END $$;
	SQL
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }

teardown() {
	mock_down
	[ -z "${own:-}" ] || pg_down # a server of the test's own
}

small() { # option of ha-mock ...
	mock_up --limits none --switch properties=130,media=500,rooms=220 \
	    --switch open-houses=45,members=4,offices=3,orphans=3,hidden=12 \
	    "$@" reso
}

sql() { psql -XAtqc "$1"; }

came() { # resource, table, key
	law_truth reso "$1" "came('$2','$3')" came '"\(.key) \(.time)"' >differ
}

# What the feed has came, in the form it has now; all but orphans is stored.
all_true() {
	came Property property listing_key &&
	    came Media media media_key &&
	    came PropertyRooms property_rooms room_key &&
	    came OpenHouse open_house open_house_key || {
		cut -c 1-300 differ | head -n 20
		return 1
	}
	[ "$(sql "SELECT count(*) FROM ha.parked
	    WHERE parent_key NOT LIKE 'Z%' AND parent_key IN
	    (SELECT listing_key FROM reso.property)")" -eq 0 ]
}

faults() {
	local kind
	for kind in 500 504 429-wait empty html cut reset error 400-html gzip \
	    chunked; do
		mock_ask "/fault?to=$kind=0.01"
	done
	mock_ask '/fault?to=slow=0.1,ms=20'
} >/dev/null

calm() {
	mock_ask /fault
	mock_ask '/set?to=late=0,twice=0,short=0,move=0'
} >/dev/null

@test "a second run writes no row and asks each resource for a page" {
	small
	ha-sync -q reso >out
	all_true
	law_conserved
	law_versions reso >before
	mock_ask /reset-stats
	ha-sync -q reso >out
	[ "$(mock_ask /stats | jq .calls)" -le 8 ]
	diff before <(law_versions reso)
	law_conserved
	[ "$(mock_ask /queries | jq '.skips + .refused')" -eq 0 ]
}

@test "reading everything again writes no row either, signed URLs or not" {
	small --switch volatile
	ha-sync -q reso >out
	law_versions reso | grep -v parked >before
	ha-sync -q --full reso >out
	# what is parked keeps the URL that was read last
	diff before <(law_versions reso | grep -v parked)
	law_conserved
}

@test "a first run killed at any moment, among faults, is finished by the next" {
	small
	law_first_run_killed reso
	calm
	all_true
}

# A picture moves times of its listing, but no time by which that is read;
# and what has no time is not told again when it changes.
all_there() {
	law_tables reso | sed -E 's/"(photos_change_t|media_change_t|PhotosChangeT|MediaChangeT|SystemModificationT)imestamp": ("[^"]*"|null)//g'
}

@test "later runs killed while the feed lives end as one that saw it all" {
	local kills took n
	small
	law_measure ha-sync -q reso
	faults
	for ((n = 0; n < kills / 2; n++)); do
		mock_ask '/update?resource=Media&n=60&tie=1'
		mock_ask '/update?resource=PropertyRooms&n=5'
		mock_ask '/delete?resource=Media&n=2'
		mock_ask '/delete?resource=OpenHouse'
		mock_ask '/add?resource=Property&n=2'
		mock_ask '/leave?resource=Property'
		mock_ask '/arrive?resource=Property'
		law_kill_some $n $((n + 1)) $((took / 2)) ha-sync -q reso
	done >out
	law_ends ha-sync -q reso
	law_conserved
	all_true
	calm
	all_there >got
	pg_fresh
	ha-sync -q reso >out
	diff <(all_there) got | cut -c 1-300 >differ || true
	diff /dev/null differ
}

@test "rows that move, come late and come twice while they are read" {
	local n
	small --switch move=0.6,late=0.4,twice=0.2,short=0.2
	for n in 1 2 3; do
		ha-sync -q reso >out
		law_conserved
	done
	calm
	# a row whose old time is behind every overlap is not told of
	ha-sync -q reso >out
	came Property property listing_key || true
	cp differ missed
	came Media media media_key || true
	cat differ >>missed
	# nothing that is not, and no old form of anything
	! grep '^>' missed || false
	[ "$(grep -c '^<' missed)" -le 12 ]
	ha-sync -q --full reso >out
	all_true
	law_conserved
}

# A stream of each kind: children before their listing, of an office with the
# key of a listing, one that is not valid, one that is told twice.
family() {
	local begin='{"@ha":"begin","v":1,"source":"reso","account":"vow","resource":'
	local t='"ModificationTimestamp":"2025-01-0'
	cat <<-END
	$begin"property","mode":"since"}
	{"ListingKey":"C1",${t}1T00:00:00Z","ListPrice":308000.0}
	{"ListingKey":"C2",${t}1T00:00:00.5Z","ListPrice":308000}
	{"@ha":"at","cursor":{"time":"2025-01-01T00:00:00.5Z","key":"C2"}}
	{"ListingKey":"C1",${t}2T00:00:00Z","ListPrice":1}
	{"ListingKey":7,${t}2T00:00:00Z"}
	{"@ha":"end","records":4,"complete":true,"cursor":{"position":"2025-01-02T00:00:00Z","key":"C1"}}
	$begin"media","mode":"since"}
	{"MediaKey":"m1","ResourceName":"Property","ResourceRecordKey":"C1",${t}1T00:00:00Z","Order":0}
	{"MediaKey":"m2","ResourceName":"Property","ResourceRecordKey":"C9",${t}1T00:00:00Z","Order":1}
	{"MediaKey":"m3","ResourceName":"Office","ResourceRecordKey":"C9",${t}1T00:00:00Z"}
	{"@ha":"at","cursor":{"time":"2025-01-01T00:00:00Z","key":"m3"}}
	{"MediaKey":"m2","ResourceName":"Property","ResourceRecordKey":"C9",${t}3T00:00:00Z","Order":2}
	{"MediaKey":"m1","ResourceName":"Property","ResourceRecordKey":"C1",${t}3T00:00:00Z","MediaStatus":"Deleted"}
	{"@ha":"end","records":5,"complete":true,"cursor":{"position":"2025-01-03T00:00:00Z","key":"m1"}}
	$begin"property_rooms","mode":"since"}
	{"RoomKey":"r1","ListingKey":"C2",${t}1T00:00:00Z","Order":0}
	{"RoomKey":"r2","ListingKey":"C9",${t}1T00:00:00Z"}
	{"@ha":"end","records":2,"complete":true,"cursor":{"position":"2025-01-01T00:00:00Z","key":"r2"}}
	$begin"open_house","mode":"since"}
	{"OpenHouseKey":"o1","ListingKey":"C9",${t}1T00:00:00Z"}
	{"OpenHouseKey":"o2","ListingKey":"C2",${t}1T00:00:00Z","OpenHouseStatus":"Canceled"}
	{"@ha":"end","records":2,"complete":true,"cursor":{"position":"2025-01-01T00:00:00Z","key":"o2"}}
	END
}

# The filter may be ahead of the store: what it parked then is taken up.
filtered() { # file
	local r
	ha-filter-parents "$1" | ha-upsert || [ $? -eq 1 ]
	for r in media property_rooms open_house; do
		ha-filter-parents --adopt -a vow reso/$r | ha-upsert
	done
}

@test "the filter and the store killed after every line end alike" {
	local n
	family >in
	filtered in
	law_conserved
	law_want reso
	[ "$(grep -c '^parked' want)" -eq 3 ]
	[ "$(grep -c '^rejects' want)" -eq 1 ]
	[ "$(grep -c '^media' want)" -eq 2 ]
	grep '^parked|media' want | grep -q '"Order":2'
	mkfifo pipe
	for ((n = 1; n <= $(wc -l <in); n++)); do
		pg_fresh
		law_killed_after $n in 'ha-filter-parents | ha-upsert'
		filtered in
		law_same reso "killed after line $n"
	done
}

@test "a stream cut at any byte moves no position and deletes nothing" {
	family >in
	sed -n '1,3p' in | sed 's/since/full/' >full
	echo '{"@ha":"end","records":2,"complete":true,"cursor":{"position":"2025-01-01T00:00:00.5Z","key":"C2"}}' >>full
	ha-upsert full
	law_tables reso >before
	{ sed -n '1,2p' full; tail -n 1 full | sed 's/:2,/:1,/; s/01-01/01-09/'; } >less
	law_cut less 1 'ha-upsert --prune --force'
	law_cut less 7 'ha-filter-parents | ha-upsert --prune --force' 2
	diff before <(law_tables reso)
	ha-filter-parents less | ha-upsert --prune --force
	[ "$(sql 'SELECT listing_key FROM reso.property
	    WHERE deleted_at IS NOT NULL')" = C2 ]
	sql "SELECT cursor->>'position' FROM ha.sync_state" | grep -q 01-09
}

@test "what is stored in another order, or children first, is the same" {
	local r
	small
	for r in property media property_rooms open_house; do
		ha-page -a vow reso/$r >$r.in
		ha-filter-parents $r.in | ha-upsert
	done
	all_true
	law_want reso
	pg_fresh
	for r in property media property_rooms open_house; do
		law_turned $r.in | ha-filter-parents | ha-upsert
	done
	law_same reso 'turned round'
	pg_fresh
	for r in open_house property_rooms media; do
		law_turned $r.in | ha-filter-parents | ha-upsert
	done
	# but for those of offices and agents
	[ "$(sql 'SELECT count(*) FROM reso.media')" -eq 16 ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -gt 700 ]
	law_turned property.in | ha-upsert
	for r in media property_rooms open_house; do
		ha-filter-parents --adopt -a vow reso/$r | ha-upsert
	done
	law_same reso 'children first'
	law_conserved
}

@test "two syncs of a feed at once: one works, the other says who" {
	small
	law_two_at_once reso reso/vow
}

@test "four syncs of a feed at once end in the same tables" {
	small
	law_four_at_once reso
	all_true
}

@test "a database that is killed and comes back misses nothing" {
	local kills=2 n sync took
	[ -z "${CI:-}" ] || kills=5
	small
	pg_up own reso
	own=yes
	law_account reso vow mock-vow
	pg_template
	pg_fresh
	HA_LAW_KILLS=$kills law_measure ha-sync -q reso
	law_want reso
	for ((n = 0; n < kills; n++)); do
		pg_fresh
		ha-sync -q reso >out 2>err 3>&- &
		sync=$!
		sleep "$(law_moment "$took")"
		kill -9 "$(pg_pid)"
		ha-pg --data "$HA_TEST_PG" start 3>&-
		wait "$sync" || true
		law_ends ha-sync -q reso
		law_same reso 'database killed'
		law_conserved
	done
}
