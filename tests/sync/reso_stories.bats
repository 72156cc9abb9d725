#!/usr/bin/env bats
# rooms: - stage
# What happens to a listing and what belongs to it, from the feed to the
# tables: nothing is lost, nothing is attached to the wrong one.

load ../helper
load ../laws

setup_file() {
	law_source reso '.waits.default = "20ms" | .resources[].page.size = 50'
	pg_up reso
	law_account reso vow mock-vow
	echo mock-idx | ha-account add reso idx
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

board() { # option of ha-mock ...
	mock_up --limits none --switch properties=40,media=300,rooms=120 \
	    --switch open-houses=40,members=3,offices=2,orphans=0,hidden=3 \
	    "$@" reso
}

# A resource of a feed through its pipeline, as ha-sync does it.
stages() { # feed, resource
	ha-page -a "$1" --from "$(ha-synclog last -a "$1" "reso/$2")" "reso/$2" |
		ha-filter-parents | ha-upsert
}

vow() { # resource ...
	local r
	for r in "${@:-property media property_rooms open_house}"; do
		# shellcheck disable=SC2086 # words
		ha-sync -q -a vow reso $r
	done
}

ask() { mock_ask "$1" >out; }
changed() { # what was changed by the last control: its key
	jq -r '.keys[0]' out
}

# Records of a resource by hand: a whole section.
tell() { # resource; records on stdin
	{
		printf '{"@ha":"begin","v":1,"source":"reso","account":"vow",'
		printf '"resource":"%s","mode":"since"}\n' "$1"
		cat >records
		cat records
		printf '{"@ha":"end","records":%d,"complete":true}\n' \
		    "$(wc -l <records)"
	} | ha-filter-parents | ha-upsert
}
child() { # key, time, more
	printf '{"MediaKey":"%s","ResourceName":"Property","ResourceRecordKey":"C1","ModificationTimestamp":%s%s}\n' \
	    "$1" "$2" "${3:-}"
}
listing() { echo '{"ListingKey":"C1","ModificationTimestamp":"2026-01-01T00:00:00Z"}'; }
adopt() { ha-filter-parents --adopt -a vow reso/media | ha-upsert; }

parked() { # listing: resource and reason of its children
	sql "SELECT DISTINCT resource, reason FROM ha.parked
	    WHERE parent_key = '$1' ORDER BY 1"
}

@test "children come before their listing and return by themselves with it" {
	local key r
	board
	vow
	key=$(sql "SELECT parent_key FROM ha.parked GROUP BY 1
	    HAVING count(DISTINCT resource) > 1 LIMIT 1")
	[ -n "$key" ]
	parked "$key" >reasons
	[ "$(grep -c "|unknown property $key\$" reasons)" -eq "$(wc -l <reasons)" ]
	# years pass: positions are far behind those children's times
	for r in Media PropertyRooms OpenHouse; do
		ask "/update?resource=$r&n=20&tie=1"
	done
	vow
	parked "$key" | diff reasons -
	sql "SELECT DISTINCT resource, key FROM ha.parked
	    WHERE parent_key = '$key' ORDER BY 1, 2" >waiting
	ask "/arrive?resource=Property&key=$key"
	mock_ask /reset-stats
	vow
	[ "$(sql "SELECT count(*) FROM ha.parked WHERE parent_key = '$key'")" -eq 0 ]
	sql "SELECT 'media', media_key FROM reso.media
	    WHERE resource_record_key = '$key' UNION ALL
	    SELECT 'property_rooms', room_key FROM reso.property_rooms
	    WHERE listing_key = '$key' UNION ALL
	    SELECT 'open_house', open_house_key FROM reso.open_house
	    WHERE listing_key = '$key' ORDER BY 1, 2" >stored
	diff waiting stored
	# no call for any of them
	[ "$(mock_ask /stats | jq .calls)" -le 8 ]
	law_conserved
}

@test "killed between the listing's coming and its children's: none is lost" {
	local n key
	board
	vow
	pg_template
	key=$(sql "SELECT parent_key FROM ha.parked WHERE resource = 'media' LIMIT 1")
	ask "/arrive?resource=Property&key=$key"
	vow
	law_want reso
	for n in 0.05 0.1 0.2 0.3 0.5 0.8; do
		pg_fresh
		law_kill $n ha-sync -q -a vow reso
		law_ends ha-sync -q -a vow reso
		law_same reso "killed after $n s"
	done
	# the stages by hand: between the store and the filter's way back
	pg_fresh
	stages vow property
	law_kill 0.01 bash -c 'ha-filter-parents --adopt -a vow reso/media |
	    ha-upsert'
	vow
	law_same reso 'adopted twice'
}

@test "of two forms of a parked child the newer stays, whichever came last" {
	{
		child a '"2026-01-02T00:00:00.5Z"' ',"Order":2'
		child a '"2026-01-02T00:00:00Z"' ',"Order":1'
		child b '"2026-01-02T00:00:00+00:00"' ',"Order":1'
		child c null ',"Order":1'
		child d '"2026-01-02T10:00:00Z"' ',"Order":1'
	} | tell media
	{
		child b '"2025-12-31T23:59:59.9999Z"' ',"Order":0'
		child c '"1999-01-01T00:00:00Z"' ',"Order":2'
		child d '"2026-01-02T05:00:00-06:00"' ',"Order":2'
	} | tell media
	child c null ',"Order":3' | tell media
	[ "$(sql "SELECT string_agg(key || (raw::jsonb ->> 'Order'), ' '
	    ORDER BY key) FROM ha.parked")" = 'a2 b1 c3 d2' ]
	# of the same time the one that came last
	child b '"2026-01-02T00:00:00Z"' ',"Order":7' | tell media
	[ "$(sql "SELECT raw::jsonb ->> 'Order' FROM ha.parked
	    WHERE key = 'b'")" = 7 ]
	# and the same again writes nothing
	law_versions reso >before
	child b '"2026-01-02T00:00:00Z"' ',"Order":7' | tell media
	diff before <(law_versions reso)
	law_conserved
}

@test "an older form that passes takes no newer one out of the waiting" {
	child a '"2026-01-03T00:00:00Z"' ',"Order":3' | tell media
	child b '"2026-01-03T00:00:00Z"' ',"Order":3' | tell media
	listing | tell property
	# from a server behind the others
	child a '"2026-01-02T00:00:00Z"' ',"Order":2' | tell media
	child b '"2026-01-04T00:00:00Z"' ',"Order":4' | tell media
	[ "$(sql 'SELECT key FROM ha.parked')" = a ]
	adopt
	[ "$(sql "SELECT string_agg(media_key || sort_order, ' '
	    ORDER BY media_key) FROM reso.media")" = 'a3 b4' ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	law_conserved
}

@test "a child that changes while it waits comes as it is then" {
	child a '"2026-01-01T00:00:00Z"' ',"ShortDescription":"old"' | tell media
	child b '"2026-01-01T00:00:00Z"' | tell media
	child a '"2026-01-05T00:00:00Z"' ',"ShortDescription":"new"' | tell media
	# and one is deleted upstream
	child b '"2026-01-05T00:00:00Z"' ',"MediaStatus":"Deleted"' | tell media
	listing | tell property
	adopt
	[ "$(sql "SELECT short_description FROM reso.media
	    WHERE media_key = 'a' AND deleted_at IS NULL")" = new ]
	[ "$(sql "SELECT deleted_at IS NOT NULL FROM reso.media
	    WHERE media_key = 'b'")" = t ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
}

@test "an office's logo with the key of a listing is no picture of the listing" {
	local key
	board
	vow
	key=$(sql "SELECT DISTINCT resource_record_key FROM reso.media m
	    JOIN reso.property p ON p.listing_key = m.resource_record_key
	    WHERE m.resource_name = 'Office'")
	[ -n "$key" ]
	# of its own it has only what is of Property
	mock_ask "/dump/Media" | wc -l >all
	sql "SELECT count(*) FROM reso.media WHERE resource_record_key = '$key'
	    AND resource_name = 'Office'" | grep -qx 4
	[ "$(sql "SELECT count(*) FROM ha.parked WHERE resource = 'media'
	    AND raw::jsonb ->> 'ResourceName' <> 'Property'")" -eq 0 ]
	# as of one that no listing has
	echo '{"MediaKey":"x","ResourceName":"Member","ResourceRecordKey":"nobody"}' |
		tell media
	[ "$(sql "SELECT count(*) FROM reso.media WHERE media_key = 'x'")" -eq 1 ]
	# a delete of one leaves the other
	[ "$(sql "SELECT count(*) FROM reso.media WHERE deleted_at IS NULL
	    AND resource_record_key = '$key' AND resource_name = 'Property'")" -eq \
	    "$(sql "SELECT count(*) FROM reso.media
	    WHERE resource_record_key = '$key'
	    AND resource_name = 'Property' AND media_status = 'Active'")" ]
}

@test "pictures and rooms that are deleted are marked, and come back" {
	local media room
	board
	vow
	ask '/delete?resource=Media' && media=$(changed)
	ask '/delete?resource=PropertyRooms' && room=$(changed)
	vow
	[ "$(sql "SELECT deleted_at IS NOT NULL, media_status FROM reso.media
	    WHERE media_key = '$media'")" = 't|Deleted' ]
	[ "$(sql "SELECT deleted_at IS NOT NULL, room_status
	    FROM reso.property_rooms WHERE room_key = '$room'")" = 't|Deleted' ]
	sql "SELECT raw_payload || '{\"MediaStatus\":\"Active\",
	    \"ModificationTimestamp\":\"2099-01-01T00:00:00Z\"}'
	    FROM reso.media WHERE media_key = '$media'" | jq -c . | tell media
	sql "SELECT raw_payload || '{\"RoomStatus\":\"Active\",
	    \"ModificationTimestamp\":\"2099-01-01T00:00:00Z\"}'
	    FROM reso.property_rooms WHERE room_key = '$room'" | jq -c . |
		tell property_rooms
	[ "$(sql "SELECT deleted_at IS NULL, media_status FROM reso.media
	    WHERE media_key = '$media'")" = 't|Active' ]
	[ "$(sql "SELECT deleted_at IS NULL FROM reso.property_rooms
	    WHERE room_key = '$room'")" = t ]
}

@test "an open house that is cancelled is marked, one that is over is not" {
	local key
	board
	vow
	ask '/delete?resource=OpenHouse' && key=$(changed)
	vow
	[ "$(sql "SELECT deleted_at IS NOT NULL, open_house_status
	    FROM reso.open_house WHERE open_house_key = '$key'")" = 't|Canceled' ]
	[ "$(sql "SELECT count(*) > 0 AND bool_and(deleted_at IS NULL)
	    FROM reso.open_house WHERE open_house_status = 'Ended'")" = t ]
}

@test "a listing in both feeds keeps both payloads" {
	board
	ha-sync -q -a idx reso property
	ha-sync -q -a vow reso property
	[ "$(sql "SELECT count(*) FROM reso.property i JOIN reso.property v
	    USING (listing_key) WHERE i.account_id = 'idx'
	    AND v.account_id = 'vow'")" -eq \
	    "$(mock_ask '/dump/Property?feed=idx' | wc -l)" ]
	# the tour without marks is for IDX alone
	[ "$(sql "SELECT count(*) FROM reso.property i JOIN reso.property v
	    USING (listing_key) WHERE i.account_id = 'idx'
	    AND v.account_id = 'vow' AND v.raw_payload ->>
	    'VirtualTourURLUnbranded' IS NULL AND i.raw_payload ->>
	    'VirtualTourURLUnbranded' IS NOT NULL")" -gt 0 ]
	# each has its own position
	[ "$(sql "SELECT count(*) FROM ha.sync_state
	    WHERE resource = 'property'")" -eq 2 ]
}

@test "a listing that is sold leaves IDX, and is told as sold by VOW" {
	local key
	board
	ha-sync -q -a idx reso property
	ha-sync -q -a vow reso property
	ask '/leave?resource=Property' && key=$(changed)
	ha-sync -q -a idx reso property
	ha-sync -q -a vow reso property
	[ "$(sql "SELECT mls_status, deleted_at IS NULL FROM reso.property
	    WHERE listing_key = '$key' AND account_id = 'vow'")" = 'Sold|t' ]
	# IDX says nothing: only a comparison of keys finds it
	[ "$(sql "SELECT mls_status FROM reso.property
	    WHERE listing_key = '$key' AND account_id = 'idx'")" != Sold ]
	ha-sync -q --reconcile -a idx reso property
	[ "$(sql "SELECT account_id FROM reso.property
	    WHERE listing_key = '$key' AND deleted_at IS NOT NULL")" = idx ]
}

@test "a consent that is withdrawn is a flag in VOW, and gone from IDX" {
	local key
	board
	ha-sync -q -a idx reso property
	ha-sync -q -a vow reso property
	ask '/withdraw?resource=Property' && key=$(changed)
	ha-sync -q --reconcile -a idx reso property
	ha-sync -q -a vow reso property
	[ "$(sql "SELECT account_id, internet_entire_listing_display,
	    deleted_at IS NULL FROM reso.property WHERE listing_key = '$key' ORDER BY 1")" = \
	    "idx|true|f
vow|false|t" ]
}

@test "the first picture has Order 0" {
	board
	vow
	[ "$(sql "SELECT count(*) FROM reso.media WHERE sort_order = 0
	    AND raw_payload -> 'Order' = '0' AND preferred_photo")" -gt 20 ]
	[ "$(sql 'SELECT count(*) FROM reso.media WHERE sort_order IS NULL')" -eq 0 ]
}

@test "a row that becomes visible late is found within the overlap" {
	local near far
	board
	ask '/update?resource=Property'
	vow property
	# as if the newest of all had not been there
	sql "SELECT raw_payload FROM reso.property ORDER BY
	    modification_timestamp DESC NULLS LAST LIMIT 1" >newest
	sql "DELETE FROM reso.property WHERE listing_key =
	    '$(jq -r .ListingKey newest)'"
	vow property
	near=$(sql "SELECT count(*) FROM reso.property WHERE listing_key =
	    '$(jq -r .ListingKey newest)'")
	[ "$near" -eq 1 ]
	ask '/late?resource=Property' && far=$(changed)
	vow property
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE listing_key = '$far'")" -eq 0 ]
	# that is what comparing all keys is for
	ha-sync -q --reconcile -a vow reso property
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE listing_key = '$far'")" -eq 1 ]
}
