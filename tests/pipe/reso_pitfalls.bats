#!/usr/bin/env bats
# rooms: page
# The traps of reading a feed by timestamps, and the test that walks into
# each. Unit tests are of tests/unit/page_keyset.c and pagekeyset.c, "page:"
# ones of tests/tools/ha-page-reso.bats, "law:" of laws_reso.bats, "story:"
# of reso_stories.bats; the others are here.
#
#  1 ties                      page: every row once, ties larger than a page;
#                              test_a_tie_larger_than_a_page
#  2 the key in order, select  page: what would be asked is the prescribed
#                              question; a selection without the key is ...
#  3 precision                 test_literals_are_echoed; page: a server that
#                              shows less than it compares is found out;
#                              story: of two forms of a parked child ...
#  4 zones, + as %2B           a time goes back as it came, its + as %2B
#  5 no timestamp              rows without a time are read, and once
#  6 late rows                 story: a row that becomes visible late ...;
#                              test_overlap
#  7 the wrong clock           the position is a time of the data
#  8 position before commit    law: the filter and the store killed ...; law:
#                              a database that is killed ...
#  9 pages of any size         a page that is short is no end, linked or not
# 10 rows that move, $skip     law: rows that move ...; law: a second run ...
# 11 filtered feeds            nothing is asked for by its status or text;
#                              story: a listing that is sold leaves IDX ...
# 12 the server's collation    keys in an order that is none of ours;
#                              test_a_circle_of_keys_ends
# 13 children before parents   story: children come before their listing ...
# 14 volatile fields           law: reading everything again ..., signed URLs
# 15 mass updates              all rows changed at one time, left in the
#                              middle; test_goes_on_in_the_middle_of_a_tie
# 16 doubles in a page         a row twice in a page is stored once
# 17 projection and filter     nothing is asked for by its status or text
# 18 accepted rows counted     a page of refused rows ends nothing

load ../helper
load ../laws

setup_file() {
	law_source reso '.waits.default = "20ms" | .resources[].page.size = 50'
	pg_up reso
	law_account reso vow mock-vow
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

board() { # option of ha-mock ...
	mock_up --limits none --switch properties=400,media=200,rooms=100 \
	    --switch open-houses=20,members=3,offices=2,orphans=1,hidden=3 \
	    "$@" reso
}

stages() { # resource, option of ha-page ...
	ha-page -a vow "${@:2}" "reso/$1" | ha-filter-parents | ha-upsert
}

end_of() { tail -n 1 "$1" | jq -c "$2"; }

has_all() { # Resource, table, key
	law_truth reso "$1" "$2" "$3" .key >differ && return
	head differ
	return 1
}

@test "a selection without the key is refused before anything is asked" {
	jq '(.resources[] | select(.name == "media") | .page.select) =
	    "ModificationTimestamp,MediaURL"' "$HA_SOURCES/reso.json" >reso.json
	HA_SOURCES=$PWD run -78 ha-page -n -a vow reso/media
	[[ $output == *'"select" lacks'* ]]
}

@test "a time goes back as it came, its + as %2B" {
	local zone
	for zone in +00:00 -00:00 -06:00 +05:30 Z ''; do
		run -0 ha-page -n -a vow --from \
		    "{\"time\":\"2026-01-01T00:00:00.50$zone\",\"key\":\"K\"}" \
		    reso/property
		[[ $output == *"eq%202026-01-01T00%3A00%3A00.50$(sed 's/+/%2B/
		    s/:/%3A/' <<<"$zone")%20and"* ]]
	done
	# and is one instant in the tables
	{
		echo '{"@ha":"begin","v":1,"source":"reso","account":"vow","resource":"property","mode":"since"}'
		echo '{"ListingKey":"a","ModificationTimestamp":"2026-01-01T00:00:00.5-06:00"}'
		echo '{"ListingKey":"b","ModificationTimestamp":"2026-01-01T06:00:00.50+00:00"}'
		echo '{"@ha":"end","records":2,"complete":true}'
	} | ha-upsert
	[ "$(sql 'SELECT count(DISTINCT modification_timestamp)
	    FROM reso.property')" -eq 1 ]
}

@test "rows without a time are read, and once" {
	board
	stages property
	has_all Property property listing_key
	[ "$(sql 'SELECT count(*) FROM reso.property
	    WHERE modification_timestamp IS NULL')" -eq 1 ]
	# the next run has a position: no null is behind that
	ha-page -a vow --from "$(ha-synclog last -a vow reso/property)" \
	    reso/property >two
	! grep -q '"ModificationTimestamp":null' two || false
	[ "$(end_of two .complete)" = true ]
}

@test "the position is a time of the data" {
	local newest
	board
	stages property
	newest=$(mock_ask /dump/Property | tail -n 1 | jq -r .time)
	[ "$(sql "SELECT cursor ->> 'position' FROM ha.sync_state")" = "$newest" ]
}

@test "a page that is short is no end, linked or not" {
	board --switch short=0.9
	stages property
	has_all Property property listing_key
	# a server that never gives more than 7, whatever is asked for
	mock_down
	pg_fresh
	board --max-page 7 --switch clamp
	stages property
	has_all Property property listing_key
	mock_down
	pg_fresh
	board --max-page 30 --switch clamp,link=absolute,top-page
	stages property
	has_all Property property listing_key
	[ "$(mock_ask /queries | jq .skips)" -eq 0 ]
}

@test "nothing is asked for by its status or text" {
	local r
	for r in property media property_rooms open_house; do
		ha-page -n -a vow "reso/$r" >question
		! grep -qiE 'filter|status|remarks' question || false
		ha-page -n -a vow --from \
		    '{"time":"2026-01-01T00:00:00Z","key":"K"}' "reso/$r" >question
		! grep -qiE 'status|remarks' question || false
	done
	# what a filter takes for null is text in the rows
	board
	stages property
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE raw_payload ->> 'PublicRemarks' IS NOT NULL")" -eq 400 ]
}

page_of() { # path; rows on stdin
	{
		jq -cn --arg p "$1" '{"@tape": 1, source: "reso", account: "vow",
		    method: "GET", path: $p, status: 200, ms: 1,
		    headers: ["content-type: application/json"]}'
		jq -cs '{value: .}'
	} >"tape/$(find tape -type f | wc -l).tape"
}

@test "keys in an order that is none of ours" {
	local key from=''
	mkdir tape
	# one tie; a collation that ignores signs and case; none begins behind "0"
	for key in -5 a B ç 'd e' D2 '!z'; do
		jq -cn --arg k "$key" '{ListingKey: $k,
		    ModificationTimestamp: "2026-01-01T00:00:00Z"}'
	done >rows
	page_of "$(ha-page -n -a vow reso/property | cut -c 5-)" < <(head -n 4 rows)
	from='{"time":"2026-01-01T00:00:00Z","key":"ç"}'
	page_of "$(ha-page -n -a vow --from "$from" reso/property | cut -c 5- |
	    sed 's/&$count=true//')" < <(tail -n 3 rows)
	from='{"time":"2026-01-01T00:00:00Z","key":"!z"}'
	page_of "$(ha-page -n -a vow --from "$from" reso/property | cut -c 5- |
	    sed 's/&$count=true//')" </dev/null
	HA_REPLAY=$PWD/tape HA_TOKEN=any ha-page -P -a vow reso/property |
		cmp - rows
}

@test "all rows changed at one time, left in the middle" {
	local status from n=0
	board
	stages property
	mock_ask '/update?resource=Property&n=399&tie=1' >out
	mock_ask /reset-stats >out
	while :; do
		from=$(ha-synclog last -a vow reso/property)
		ha-page -a vow --max-time 1ms --from "$from" reso/property >leg &&
			status=0 || status=$?
		ha-upsert leg || [ $? -eq 75 ]
		n=$((n + 1))
		[ "$status" -eq 75 ] && [ "$n" -lt 30 ] || break
	done
	[ "$status" -eq 0 ]
	[ "$n" -ge 6 ]
	# no row was read twice: a page more at the end
	[ "$(mock_ask /queries | jq .rows)" -le $((400 + 399 + 2)) ]
	law_truth reso Property property \
	    "listing_key || coalesce(raw_payload ->> 'ModificationTimestamp', '')" \
	    '"\(.key)\(.time // "")"'
}

@test "a row twice in a page is stored once" {
	board --switch twice=1
	stages property
	stages media
	has_all Property property listing_key
	[ "$(sql 'SELECT fetched - inserted FROM ha.sync_log
	    WHERE resource = '\''property'\')" -ge 4 ]
	law_conserved
}

@test "a page of refused rows ends nothing" {
	board --switch nul
	ha-page -a vow reso/property >in
	run -1 ha-upsert --strict in
	# those with a character that no jsonb holds, each with its raw text
	odd=$(sql 'SELECT count(*) FROM ha.rejects')
	[ "$odd" -gt 2 ]
	[ "$(sql 'SELECT count(*) FROM reso.property')" -eq $((400 - odd)) ]
	[ "$(sql "SELECT bool_and(convert_from(raw, 'UTF8') LIKE '%' || chr(92) || 'u0000%'
	    AND reason <> '') FROM ha.rejects")" = t ]
	law_conserved
	# or stored without it, which closes what was set aside
	run -0 ha-upsert in
	[ "$(sql 'SELECT count(*) FROM reso.property')" -eq 400 ]
	[ "$(sql 'SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL')" -eq 0 ]
	[ "$(sql 'SELECT count(DISTINCT key) FROM ha.repaired')" -eq "$odd" ]
	[ "$(sql 'SELECT sum(repaired) FROM ha.sync_log')" -eq "$odd" ]
	law_conserved
}

@test "a child that cannot be stored does not wait for its listing first" {
	{
		echo '{"@ha":"begin","v":1,"source":"reso","account":"vow","resource":"media","mode":"since"}'
		printf '%s\n' '{"MediaKey":"m","ResourceName":"Property","ResourceRecordKey":"C1","ShortDescription":"a\u0000b","Size":1e400000}'
		echo '{"@ha":"end","records":1,"complete":true}'
	} >in
	run -1 bash -c 'ha-filter-parents in | ha-upsert'
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	[ "$(sql "SELECT convert_from(raw, 'UTF8') LIKE '%u0000%' FROM ha.rejects")" = t ]
	law_conserved
}

@test "a count as a text is a number, and compared" {
	board --switch text-count
	ha-page -a vow reso/property >in
	[ "$(end_of in '[.count, .complete]')" = '[400,true]' ]
}

@test "numbers and texts are stored to the last digit" {
	board
	stages property
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE raw_payload ->> 'ListPrice' LIKE '%.0'")" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE raw_payload ->> 'ListPrice' NOT LIKE '%.%'")" -gt 0 ]
	ha-page -P -a vow reso/property >rows
	# 64 bits, 308000.0, quotes, line ends, marks: as they came
	jq -r '[.ListingKey, .PublicRemarks, .UnparsedAddress] | @json' rows |
		sort >came
	sql "SELECT json_build_array(listing_key, raw_payload -> 'PublicRemarks',
	    raw_payload -> 'UnparsedAddress') FROM reso.property" | jq -c . |
		sort | diff came -
	grep -o '"SourceRowVersion":[0-9]*' rows | cut -d : -f 2 | sort >came
	sql "SELECT raw_payload ->> 'SourceRowVersion' FROM reso.property" |
		sort | diff came -
	grep -oE '"ListPrice":[0-9.]+' rows | cut -d : -f 2 | sort >came
	sql "SELECT raw_payload ->> 'ListPrice' FROM reso.property
	    WHERE raw_payload ->> 'ListPrice' IS NOT NULL" | sort | diff came -
	grep -q 🏡 rows
}
