#!/usr/bin/env bats
# rooms: sql
# The columns of the views of schema reso: all fields of the Data Dictionary,
# whatever a payload has in their place, and found by an index.

load ../helper

DICTIONARY=${HA_SHARED:-$HA_ROOT/../shared}/data/reso/reso-dd20-fields.json

setup_file() {
	pg_up reso
	psql -Xqc "INSERT INTO ha.accounts (source, account_id)
	    VALUES ('reso', 'idx'), ('reso', 'vow')"
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }

sql() { psql -XAtqc "$1"; }

# resource field type, of what the views have
columns() {
	sql "SELECT relname || ' ' || attname || ' ' ||
	    replace(format_type(atttypid, NULL), 'timestamp with time zone',
	    'timestamptz') FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
	    WHERE relnamespace = 'reso'::regnamespace AND relkind = 'v'
	    AND attnum > 0 AND relname = ANY ('$1') AND (attname ~ '^[A-Z]'
	    AND attname NOT IN ('InIDX', 'InVOW'))" | LC_ALL=C sort
}

@test "the views have each field of the Data Dictionary, with its type" {
	[ -f "$DICTIONARY" ] || skip "no $DICTIONARY"
	jq -r '.resources | to_entries[] | .key as $r | .value[]
	    | select($r | IN("Property", "Media", "PropertyRooms", "OpenHouse"))
	    | "\($r) \(.name) \(if .nav then "jsonb"
	    elif .type | test("[.]enums[.]") then
	        if .collection then "text[]" else "text" end
	    else {"Edm.String": "text", "Edm.Decimal": "numeric",
	        "Edm.Boolean": "boolean", "Edm.Date": "date",
	        "Edm.DateTimeOffset": "timestamptz"}[.type] end)"' \
	    "$DICTIONARY" | LC_ALL=C sort >want
	[ "$(wc -l <want)" -eq 745 ]
	diff want <(columns '{Property,Media,PropertyRooms,OpenHouse}')
	diff <(sed -E 's/^(\w+)/\1Public/' want | LC_ALL=C sort) \
	    <(columns '{PropertyPublic,MediaPublic,PropertyRoomsPublic,OpenHousePublic}')
}

# Records of a resource, one for each line of bad.ndjson, that have that value
# in every field but in their keys and what makes them public.
everywhere() { # resource
	sql "SELECT jsonb_object_agg(field, v::jsonb) || CASE resource
	    WHEN 'Property' THEN jsonb_build_object('ListingKey', 'X' || i)
	    WHEN 'Media' THEN jsonb_build_object('MediaKey', i::text,
	        'ResourceName', 'Property', 'ResourceRecordKey', 'X' || i)
	    WHEN 'PropertyRooms' THEN jsonb_build_object('RoomKey', i::text,
	        'ListingKey', 'X' || i)
	    ELSE jsonb_build_object('OpenHouseKey', i::text,
	        'ListingKey', 'X' || i) END
	    || '{\"ModificationTimestamp\":\"2026-01-02T03:04:05Z\",
	        \"InternetEntireListingDisplayYN\":true,
	        \"InternetAddressDisplayYN\":true}'::jsonb
	    FROM reso.standard_fields, regexp_split_to_table(
	        '$(cat bad.ndjson)', '\n') WITH ORDINALITY bad (v, i)
	    WHERE resource = '$1' GROUP BY resource, i"
}

# Columns of a view that have something where they should not; numbers may
# where the value was a number.
filled() { # view resource
	sql "SELECT DISTINCT f.field, f.type, e.value, bad.v
	    FROM reso.\"$1\" p JOIN regexp_split_to_table('$(cat bad.ndjson)',
	        '\n') WITH ORDINALITY bad (v, i)
	    ON 'X' || i = to_jsonb(p) ->> CASE '$2' WHEN 'Media'
	        THEN 'ResourceRecordKey' ELSE 'ListingKey' END,
	    jsonb_each(to_jsonb(p)) e JOIN reso.standard_fields f
	    ON f.field = e.key AND f.resource = '$2'
	    WHERE e.value <> 'null' AND (f.type IN ('boolean', 'date',
	        'timestamptz') OR f.type = 'numeric' AND v !~ '^-?[0-9]')
	    AND f.field NOT IN ('ModificationTimestamp',
	        'InternetEntireListingDisplayYN', 'InternetAddressDisplayYN')"
}

@test "a value that is not of its column's type is NULL, and no query fails" {
	cat >bad.ndjson <<-'END'
	"n/a"
	"2026-02-30"
	"1e99999999"
	"NaN"
	"Infinity"
	"99999999999999999999999999-01-01"
	"0000-01-01"
	"-"
	" "
	"2026-01-01T25:00:00Z"
	"2026-13-01T00:00:00Z"
	"2026-01-01T00:00:00+99:00"
	{"a":1}
	[[1,[2]],{"b":null},null,"c"]
	1e300
	-0.5e-200
	99999999999999999999
	""
	"2100-02-29"
	"yesterday"
	END
	for r in Property:property Media:media PropertyRooms:property_rooms \
	    OpenHouse:open_house; do
		everywhere "${r%:*}" >records
		[ "$(wc -l <records)" -eq 20 ]
		ha-upsert -P -a vow "reso/${r#*:}" records
		ha-upsert -P -a idx "reso/${r#*:}" records
		[ "$(sql "SELECT count(*) FROM (SELECT * FROM
		    reso.\"${r%:*}\" OFFSET 0) x")" -eq 20 ]
		for v in '' Public; do
			run -0 filled "${r%:*}$v" "${r%:*}"
			[ -z "$output" ]
		done
	done
	# the payload has the truth
	[ "$(sql 'SELECT count(*) FROM reso."Property" p, jsonb_each(raw_payload)
	    e WHERE e.key = $$LotSizeArea$$ AND e.value = $$"n/a"$$')" -eq 1 ]
	[ "$(sql 'SELECT "ListPrice" = 1e300, "LotSizeArea" = 1e300,
	    cardinality("Cooling") FROM reso."Property"
	    WHERE "ListingKey" = $$X15$$')" = 't|t|1' ]
	[ "$(sql 'SELECT count(*) FROM ha.rejects')" -eq 0 ]
}

shows() { # function json-text result
	[ "$(sql "SELECT reso.$1('$2')")" = "$3" ] ||
		{ echo "$1($2) = $(sql "SELECT reso.$1('$2')")" >&2; return 1; }
}

@test "values are read in every way that feeds write them" {
	shows as_number 308000.0 308000.0
	shows as_number ' 12 ' 12
	shows as_number -1.5e3 -1500
	shows as_number 9007199254740993 9007199254740993
	shows as_number '1,200' ''
	shows as_boolean TRUE t
	shows as_boolean 0 f
	shows as_boolean N f
	shows as_date 2024-02-29 2024-02-29
	shows as_date 2023-02-29 ''
	shows as_date 2000-02-29T23:59:59.5-06:00 2000-02-29
	shows as_date '2024-01-01 or so' ''
	shows as_date 2024-01-01T25:00Z ''
	shows as_time 2026-01-02T03:04:05.123456789-06:00 \
	    '2026-01-02 09:04:05.123457+00'
	shows as_time 2026-01-02T03:04:05-00:00 '2026-01-02 03:04:05+00'
	PGTZ=America/Toronto shows as_time 2026-01-02T03:04:05.02 \
	    '2026-01-01 22:04:05.02-05'
	PGTZ=America/Toronto shows as_time 2026-01-02 '2026-01-01 19:00:00-05'
	PGOPTIONS='-c datestyle=sql,dmy' shows as_date 2026-02-01 01/02/2026
}

@test "many values: an array, flags between commas, or one with a comma in it" {
	shows as_list '["A","B, C",null]' '{A,"B, C"}'
	shows as_list '"A,B"' '{A,B}'
	shows as_list '"My Company, LLC"' '{"My Company, LLC"}'
	shows as_list '[]' '{}'
	shows as_list '""' '{}'
	shows as_list '7' '{7}'
	shows as_list 'null' ''
	shows as_list '{"a":1}' ''
}

@test "ha-schema reso: again it changes nothing; fields come and go" {
	pg_dump --schema-only | grep -v '^[\]' >before
	run -0 --separate-stderr psql -X <<<"$(ha-schema reso)"
	[ -z "$output$stderr" ]
	pg_dump --schema-only | grep -v '^[\]' | cmp - before
	sql 'DROP VIEW reso."OpenHouse"; CREATE VIEW reso."OpenHouse" AS SELECT 1 AS old'
	ha-schema reso | psql -Xq
	pg_dump --schema-only | grep -v '^[\]' | sort | cmp - <(sort before)
}

many() { # 30,000 listings, two thirds in both feeds; 90,000 pictures
	psql -Xq <<-'END'
	INSERT INTO reso.property (account_id, listing_key, city, list_price,
		standard_status, modification_timestamp, internet_entire_listing_display,
		raw_payload)
	SELECT a, 'K' || g, 'City ' || g % 300, 100000 + g * 50,
		CASE WHEN g % 500 = 0 THEN 'Pending' ELSE 'Active' END,
		'2026-01-01Z'::timestamptz + g * interval '1 min', 'true',
		jsonb_build_object('Cooling', '[]'::jsonb)
	FROM generate_series(1, 30000) g, unnest('{idx,vow}'::text[]) a
	WHERE a = 'vow' OR g % 3 > 0;
	INSERT INTO reso.media (account_id, media_key, resource_name,
		resource_record_key, raw_payload)
	SELECT 'vow', g || '-' || n, 'Property', 'K' || g, '{}'
	FROM generate_series(1, 30000) g, generate_series(1, 3) n;
	INSERT INTO reso.property_rooms (account_id, room_key, listing_key,
		raw_payload)
	SELECT 'vow', 'R' || g, 'K' || g, '{}' FROM generate_series(1, 30000) g;
	INSERT INTO reso.open_house (account_id, open_house_key, listing_key,
		open_house_start_time, raw_payload)
	SELECT 'vow', 'O' || g, 'K' || g, '2026-01-01Z'::timestamptz
		+ g * interval '1 h', '{}' FROM generate_series(1, 30000) g;
	ANALYZE;
	END
}

by_index() { # index query
	sql "EXPLAIN $2" >plan
	if grep 'Seq Scan' plan || ! grep -q "using $1\| on $1" plan; then
		printf '%s\n' "$2" >&2
		cat plan >&2
		return 1
	fi
}

@test "queries that users ask most find their rows by an index" {
	many
	what='"ListingKey", "ListPrice", "Cooling", "InIDX", "BedroomsTotal"'
	for v in Property PropertyPublic; do
		[ $v = Property ] || what=${what/ \"InIDX\",/}
		q="SELECT $what FROM reso.\"$v\""
		by_index property_listing_key_idx "$q WHERE \"ListingKey\" = 'K7'"
		by_index property_city_list_price_idx "$q WHERE \"City\" = 'City 7'
		    AND \"ListPrice\" < 200000"
		by_index property_city_list_price_idx "$q WHERE \"City\" = 'City 7'
		    AND \"StandardStatus\" = 'Active' ORDER BY \"ListPrice\" LIMIT 5"
		by_index property_standard_status_list_price_idx "$q
		    WHERE \"StandardStatus\" = 'Pending'"
		by_index property_list_price_idx "$q
		    WHERE \"ListPrice\" BETWEEN 200000 AND 201000"
		by_index property_modification_timestamp_idx "$q
		    WHERE \"ModificationTimestamp\" > '2026-01-21 19:00Z'"
		by_index property_modification_timestamp_idx "$q
		    ORDER BY \"ModificationTimestamp\" DESC LIMIT 20"
	done
	for v in '' Public; do
		by_index media_resource_record_key_idx "SELECT * FROM
		    reso.\"Media$v\" WHERE \"ResourceRecordKey\" = 'K7'
		    ORDER BY \"Order\""
		by_index property_rooms_listing_key_idx "SELECT * FROM
		    reso.\"PropertyRooms$v\" WHERE \"ListingKey\" = 'K7'"
		by_index open_house_listing_key_idx "SELECT * FROM
		    reso.\"OpenHouse$v\" WHERE \"ListingKey\" = 'K7'"
		by_index open_house_open_house_start_time_idx "SELECT * FROM
		    reso.\"OpenHouse$v\" WHERE \"OpenHouseStartTime\" BETWEEN
		    '2026-03-01Z' AND '2026-03-02Z'"
	done
	by_index media_resource_record_key_idx "SELECT \"City\", \"MediaURL\"
	    FROM reso.\"Property\" JOIN reso.\"Media\"
	    ON \"ResourceRecordKey\" = \"ListingKey\"
	    WHERE \"City\" = 'City 7' AND \"ListPrice\" < 150000"
}
