#!/usr/bin/env bats
# rooms: sql
# The views of schema reso, through the pipeline from ha-mock: what two feeds
# say is one listing, and nothing is shown that may not be.

load ../helper

setup_file() {
	pg_up reso
	psql -Xqc "INSERT INTO ha.accounts (source, account_id) SELECT 'reso', a
	    FROM unnest('{idx,vow,north_idx,north_vow,other}'::text[]) a"
	mock_up --limits none --switch properties=150,media=400,rooms=150 reso
	for feed in idx vow; do
		refresh "$feed" property
	done
	for child in media property_rooms open_house; do
		refresh vow "$child"
	done
	mock_down
	# each test is about these rows, in a database of its own
	pg_template
}
teardown_file() { pg_down; }

setup() {
	pg_fresh
	mock_up --limits none --switch properties=150,media=400,rooms=150 reso
}
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
is() { [ "$(sql "$1")" = "$2" ] || { sql "$1" >&2; return 1; }; }
one() { is "SELECT $3 FROM reso.\"$1\" WHERE \"${K:-ListingKey}\" = '$2'" "$4"; }

refresh() { # feed resource
	HA_TOKEN=mock-$1 ha-page "reso/$2" -a "$1" \
	    --from "$(ha-synclog last "reso/$2" -a "$1")" |
		ha-filter-parents | ha-upsert
}

reconcile() { # feed: what is gone from it is marked
	HA_TOKEN=mock-$1 ha-page reso/property -a "$1" | ha-upsert --prune \
	    --max-delete 50
}

change() { # path?query: prints the key
	mock_ask "/$1" | jq -r '.keys[0]'
}

# A public listing with pictures and rooms, in both feeds.
listing() {
	sql 'SELECT "ListingKey" FROM reso."Property" p WHERE "InIDX" AND
	    "InVOW" AND (SELECT count(*) FROM reso."MediaPublic" WHERE
	    "ResourceRecordKey" = p."ListingKey") > 1 AND "ListingKey" IN
	    (SELECT "ListingKey" FROM reso."PropertyRoomsPublic")
	    ORDER BY 1 LIMIT 1'
}

put() { # account resource record ...
	printf '%s\n' "${@:3}" | ha-upsert -P -a "$1" "reso/$2"
}

# Copies of a listing in both feeds, of which jq makes what is to be said.
copy() { # account jq
	sql "SELECT raw_payload FROM reso.property WHERE account_id = 'vow'
	    AND listing_key = '$(listing)'" | jq -c "$2" |
		ha-upsert -P -a "$1" reso/property
}

@test "Property: a listing in both feeds is one row, from VOW, null fields from IDX" {
	is 'SELECT count(*) = count(DISTINCT "ListingKey") AND count(*) =
	    (SELECT count(*) FROM reso.property WHERE account_id = $$vow$$)
	    FROM reso."Property"' t
	k=$(sql "SELECT i.listing_key FROM reso.property i JOIN reso.property v
	    USING (listing_key) WHERE i.account_id = 'idx' AND v.account_id =
	    'vow' AND i.raw_payload ->> 'VirtualTourURLUnbranded' <> ''
	    ORDER BY 1 LIMIT 1")
	one Property "$k" '"InIDX", "InVOW", account_id,
	    raw_payload -> $$VirtualTourURLUnbranded$$,
	    "VirtualTourURLUnbranded" = other_payload ->>
	    $$VirtualTourURLUnbranded$$' 't|t|vow|null|t'
	is "SELECT p.\"City\" = v.city AND p.\"ListPrice\" = v.list_price AND
	    p.\"ModificationTimestamp\" = v.modification_timestamp AND
	    p.raw_payload = v.raw_payload AND p.\"InteriorFeatures\" =
	    ARRAY(SELECT jsonb_array_elements_text(v.raw_payload ->
	    'InteriorFeatures')) FROM reso.\"Property\" p, reso.property v WHERE
	    v.account_id = 'vow' AND v.listing_key = '$k'
	    AND \"ListingKey\" = '$k'" t
	is 'SELECT count(*) FROM reso."Property" WHERE NOT "InIDX" AND NOT
	    "InVOW"' 0
}

@test "Property: VOW's word counts, also an empty one; what it lacks, IDX has" {
	copy vow '.ListingKey = "A1" | .PublicRemarks = "" | .Cooling = [] |
	    .Heating = null | .TaxYear = null | .Sewer = "Septic" |
	    del(.UnparsedAddress) | .ClosePrice = 7 | .ListPrice = null'
	copy idx '.ListingKey = "A1" | .PublicRemarks = "i" | .Cooling = ["i"] |
	    .Heating = ["i"] | .TaxYear = 1999 | .Sewer = ["i"] |
	    .UnparsedAddress = "1 I Street" | .ClosePrice = 8 | .ListPrice = 9'
	one Property A1 '"PublicRemarks", "Cooling", "Heating", "TaxYear",
	    "Sewer", "UnparsedAddress", "ClosePrice", "ListPrice"' \
	    '|{}|{i}|1999|{Septic}|1 I Street|7|'
	# gone from VOW, it is IDX's; gone from both, it is not
	copy vow '.ListingKey = "A1" | .StandardStatus = "Delete"'
	one Property A1 '"InIDX", "InVOW", "ClosePrice", "ListPrice",
	    other_payload' 't|f|8|9|'
	copy idx '.ListingKey = "A1" | .StandardStatus = "Delete"'
	one Property A1 1 ''
}

@test "Property: two boards with the same key are two listings" {
	copy north_vow '.ListingKey = "B1" | .City = "North"'
	copy north_idx '.ListingKey = "B1" | .City = "Idx"'
	copy idx '.ListingKey = "B1" | .City = "South"'
	copy other '.ListingKey = "B1" | .City = "Else"'
	is "SELECT string_agg(concat_ws(' ', board, \"City\", \"InIDX\", \"InVOW\"),
	    ',' ORDER BY board) FROM reso.\"Property\" WHERE \"ListingKey\" = 'B1'" \
	    ' South t f,north North t t,other Else f t'
	# and nothing that is not IDX's is public
	is "SELECT string_agg(board || ' ' || \"City\", ',' ORDER BY board)
	    FROM reso.\"PropertyPublic\" WHERE \"ListingKey\" = 'B1'" \
	    ' South,north Idx'
}

@test "a listing that leaves IDX is no longer public, and VOW tells what it was sold for" {
	k=$(listing)
	[ "$(change "leave?resource=Property&key=$k")" = "$k" ]
	refresh vow property
	reconcile idx
	one Property "$k" '"InIDX", "InVOW", "StandardStatus",
	    "ClosePrice" > 0, "CloseDate" IS NOT NULL' 'f|t|Closed|t|t'
	one PropertyPublic "$k" 1 ''
	for view in Media PropertyRooms; do
		[ $view != Media ] || K=ResourceRecordKey
		is "SELECT count(*) FROM reso.\"${view}Public\"
		    WHERE \"${K:-ListingKey}\" = '$k'" 0
		is "SELECT count(*) > 0 FROM reso.\"$view\"
		    WHERE \"${K:-ListingKey}\" = '$k'" t
		unset K
	done
}

@test "a consent that is withdrawn counts at once, whichever feed says it first" {
	k=$(listing)
	one PropertyPublic "$k" 1 1
	change "withdraw?resource=Property&key=$k" >key
	refresh vow property
	# IDX still has the row: nobody compared its keys yet
	is "SELECT internet_entire_listing_display FROM reso.property WHERE account_id = 'idx'
	    AND listing_key = '$k' AND deleted_at IS NULL" true
	one Property "$k" '"InIDX", "InternetEntireListingDisplayYN"' 't|f'
	one PropertyPublic "$k" 1 ''
	K=ResourceRecordKey one MediaPublic "$k" 'count(*)' 0
	one PropertyRoomsPublic "$k" 'count(*)' 0
	# any word but a yes is a no; no word at all is none against it
	for no in false '"false"' '"N"' 0 '"maybe"' '{}'; do
		copy idx ".ListingKey = \"C1\" | .InternetEntireListingDisplayYN = $no"
		one PropertyPublic C1 1 ''
	done
	for yes in true '"Y"' 1 null; do
		copy idx ".ListingKey = \"C1\" | .InternetEntireListingDisplayYN = $yes"
		one PropertyPublic C1 1 1
	done
}

@test "rows of an older database are not public before they are read again" {
	k=$(listing)
	change "withdraw?resource=Property&key=$k" >key
	refresh vow property
	sql 'UPDATE reso.property SET internet_entire_listing_display = NULL;
	    UPDATE reso.media SET permission = NULL' >out
	ha-schema reso | psql -Xq
	one PropertyPublic "$k" 1 ''
	is 'SELECT count(*) > 0 FROM reso."PropertyPublic"' t
	is 'SELECT count(*) > 0 FROM reso.media WHERE permission =
	    raw_payload -> $$Permission$$' t
}

@test "an address that is not to be shown is not in PropertyPublic, nor the payload" {
	copy idx '.ListingKey = "D1" | .InternetAddressDisplayYN = false'
	copy vow '.ListingKey = "D1" | .InternetAddressDisplayYN = false'
	one PropertyPublic D1 '"City" <> $$$$, "UnparsedAddress", "StreetName",
	    "StreetNumber", raw_payload' 't||||'
	one Property D1 '"UnparsedAddress" <> $$$$, raw_payload IS NOT NULL' 't|t'
	copy idx '.ListingKey = "D1" | .InternetAddressDisplayYN = true'
	one PropertyPublic D1 '"UnparsedAddress" <> $$$$, raw_payload IS NOT NULL' 't|t'
}

@test "Media: an office logo with the key of a listing is no picture of it" {
	is "SELECT count(*) > 0 FROM reso.media m JOIN reso.property p
	    ON p.account_id = m.account_id AND listing_key = resource_record_key
	    WHERE resource_name IN ('Office', 'Member')" t
	is 'SELECT count(*), min("ResourceName"), max("ResourceName")
	    FROM reso."Media"' "$(sql "SELECT count(*), 'Property', 'Property'
	    FROM reso.media m JOIN reso.property p ON p.account_id = m.account_id
	    AND listing_key = resource_record_key AND resource_name = 'Property'
	    WHERE m.deleted_at IS NULL AND p.deleted_at IS NULL")"
}

@test "deleted pictures and rooms, cancelled open houses are not shown" {
	k=$(listing)
	m=$(sql "SELECT min(\"MediaKey\") FROM reso.\"MediaPublic\"
	    WHERE \"ResourceRecordKey\" = '$k'")
	r=$(sql "SELECT min(\"RoomKey\") FROM reso.\"PropertyRoomsPublic\"
	    WHERE \"ListingKey\" = '$k'")
	o=$(sql 'SELECT min("OpenHouseKey") FROM reso."OpenHousePublic"')
	change "delete?resource=Media&key=$m" >key
	change "delete?resource=PropertyRooms&key=$r" >key
	change "delete?resource=OpenHouse&key=$o" >key
	for child in property media property_rooms open_house; do
		refresh vow "$child"
	done
	is "SELECT count(*) FROM reso.media WHERE media_key = '$m'
	    AND raw_payload ->> 'MediaStatus' = 'Deleted'" 1
	for view in '' Public; do
		K=MediaKey one "Media$view" "$m" 1 ''
		K=RoomKey one "PropertyRooms$view" "$r" 1 ''
		K=OpenHouseKey one "OpenHouse$view" "$o" 1 ''
	done
	K=ResourceRecordKey one Media "$k" 'count(*) > 0' t
}

@test "children: VOW's copy counts, also a deleted one; none without a live listing" {
	k=$(listing)
	media='{"MediaKey":"M1","ResourceName":"Property","ResourceRecordKey":"'$k'"'
	put idx media "$media,\"ShortDescription\":\"idx\"}"
	K=MediaKey one Media M1 '"ShortDescription"' idx
	put vow media "$media,\"ShortDescription\":\"vow\"}"
	K=MediaKey one Media M1 '"ShortDescription"' vow
	put vow media "$media,\"MediaStatus\":\"Deleted\"}"
	K=MediaKey one Media M1 1 ''
	# not for everybody, though its listing is
	put vow media "$media,\"Permission\":[\"VOW\"]}"
	K=MediaKey one Media M1 '"Permission"' '{VOW}'
	K=MediaKey one MediaPublic M1 1 ''
	put vow media "$media,\"Permission\":[\"VOW\",\"IDX\"]}"
	K=MediaKey one MediaPublic M1 1 1
	put vow open_house "{\"OpenHouseKey\":\"O1\",\"ListingKey\":\"$k\",\"OpenHouseType\":\"Broker\"}"
	K=OpenHouseKey one OpenHouse O1 1 1
	K=OpenHouseKey one OpenHousePublic O1 1 ''
	sql "UPDATE reso.property SET deleted_at = now() WHERE listing_key = '$k'"
	for view in Media:ResourceRecordKey PropertyRooms:ListingKey \
	    OpenHouse:ListingKey; do
		K=${view#*:} one "${view%:*}" "$k" 'count(*)' 0
	done
}
