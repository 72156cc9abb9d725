#!/usr/bin/env bats
# rooms: upsert table state
# What was derived from rows follows them: fingerprints, whose children are
# complete, positions, the deletion of children.

load ../helper
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	sql "INSERT INTO ha.accounts (source, account_id)
		VALUES ('hostaway', '59808'), ('hostaway', '7')"
}

rows() {
	sql "SELECT to_jsonb(t) - '{fingerprint,updated_at,version}'::text[]
		FROM hostaway.listings t ORDER BY account_id, id"
}

@test "a row that somebody else changed is stored again, by a full run and by any" {
	local mode
	for i in 1 2 3 4 5 6; do listing "$i" "n$i" '' ',"price":1'; done >six
	section listings full <six | ha-upsert
	rows >before
	for mode in full since; do
		sql "UPDATE hostaway.listings SET price = 2 WHERE id = 1;
			UPDATE hostaway.listings SET raw_payload = raw_payload || '{\"name\":\"x\"}' WHERE id = 2;
			UPDATE hostaway.listings SET latest_activity_on = '2026-01-01' WHERE id = 3;
			UPDATE hostaway.listings SET deleted_at = now() WHERE id = 4;
			UPDATE hostaway.listings SET customer_id = '6b1f2a52-0000-4000-8000-000000000001', name = 'y' WHERE id = 5"
		section listings "$mode" <six | ha-upsert
		[ "$(counts)" = '6 0 5 1 0 0 0 0' ]
		diff before <(rows)
	done
	section listings full <six | ha-upsert
	[ "$(counts)" = '6 0 0 6 0 0 0 0' ]
}

@test "what is no change of the record leaves the fingerprint alone" {
	listing 1 a | section listings | ha-upsert
	sql "UPDATE hostaway.listings SET customer_id = '6b1f2a52-0000-4000-8000-000000000001';
		UPDATE hostaway.listings SET name = name"
	[ "$(sql "SELECT fingerprint <> '00000000-0000-0000-0000-000000000000' FROM hostaway.listings")" = t ]
	# changed and changed back: looked at once, written not at all
	sql "UPDATE hostaway.listings SET name = 'b'; UPDATE hostaway.listings SET name = 'a'"
	before=$(sql "SELECT updated_at, version FROM hostaway.listings")
	listing 1 a | section listings | ha-upsert
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
	[ "$before" = "$(sql "SELECT updated_at, version FROM hostaway.listings")" ]
	[ "$(sql "SELECT fingerprint <> '00000000-0000-0000-0000-000000000000' FROM hostaway.listings")" = t ]
}

@test "children that were deleted by hand are due again: those of their parents, all after TRUNCATE" {
	for i in 1 2 3; do listing "$i" "n$i"; done | section listings | ha-upsert
	for i in 1 2 3; do photos "$i" close a b | ha-upsert; done
	sql "UPDATE ha.children SET change_key = fingerprint::text
		FROM hostaway.listings WHERE parent_key = id::text;
		INSERT INTO ha.children (source, resource, account_id, parent_key)
		VALUES ('hostaway', 'listing_photos', '7', '2'), ('hostaway', 'messages', '59808', '2')"
	due() { ha-synclog pending -a 59808 hostaway/listing_photos | grep -c '"@ha":"open"'; }
	run -1 due
	sql "DELETE FROM hostaway.listing_photos WHERE listing_id = 2 AND url ~ 'a'"
	[ "$(due)" -eq 1 ]
	[ "$(sql "SELECT string_agg(account_id || resource, ' ' ORDER BY account_id) FROM ha.children
		WHERE parent_key = '2'")" = '59808messages 7listing_photos' ]
	sql "TRUNCATE hostaway.listing_photos"
	[ "$(due)" -eq 3 ]
	[ "$(sql "SELECT count(*) FROM ha.children")" -eq 1 ]
}

@test "a table that was emptied is read from the beginning; who may do so needs no right on schema ha" {
	{ begin reservations; echo '{"@ha":"at","cursor":{"position":"2025-01-01T00:00:00Z"}}'
	finish 0; } | ha-upsert
	sql "INSERT INTO ha.sync_state (source, resource, account_id, complete)
		VALUES ('hostaway', 'listings', '59808', true);
		CREATE ROLE emptier_$$; GRANT USAGE ON SCHEMA hostaway TO emptier_$$;
		GRANT TRUNCATE ON ALL TABLES IN SCHEMA hostaway TO emptier_$$"
	[ "$(sql "SELECT count(*) FROM ha.sync_state")" -eq 2 ]
	sql "SET ROLE emptier_$$; TRUNCATE hostaway.reservations CASCADE"
	[ "$(sql "SELECT resource FROM ha.sync_state")" = listings ]
	sql "DROP OWNED BY emptier_$$; DROP ROLE emptier_$$"
}

@test "two equal records that are refused are two rejected, whatever goes on" {
	local emit
	listing 1 ok | section listings | ha-upsert
	sql "ALTER TABLE hostaway.listings ADD CHECK (name <> 'bad')"
	for emit in '' '--emit changed' '--emit all'; do
		# shellcheck disable=SC2086 # no word or two
		{ listing 1 bad 2025-02-01; listing 1 bad 2025-02-01; listing 2 bad; listing 3 good
		listing 2 bad; listing 3 good; listing 1 ok; listing 2 bad; } |
		    section listings | run -1 ha-upsert $emit -r aside
		[ "$(counts)" = "8 $([ -z "$emit" ] && echo '1 0 2' || echo '0 0 3') 0 0 5 0" ]
		[ "$(wc -l <aside)" -eq 5 ]
		rm aside
	done
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 2 ]
}

days() { # listing date ...
	local listing=$1 day
	shift
	begin calendar_days each
	printf '{"@ha":"open","parent":{"id":%s,"change":null}}\n' "$listing"
	for day; do printf '{"id":1,"date":"2026-01-%s","isAvailable":1}\n' "$day"; done
	printf '{"@ha":"close","records":%d}\n' $#
	finish $#
}

gone() { # table: what of it is deleted
	sql "SELECT string_agg(listing_id || ':' || $2, ' ' ORDER BY listing_id, $2) FROM hostaway.$1
		WHERE deleted_at IS NOT NULL"
}

@test "children that follow are deleted with their parent, and there again with it, whoever says so" {
	for i in 1 2; do listing "$i" "n$i"; done >two
	section listings full <two | ha-upsert
	for i in 1 2; do days "$i" 01 02 03; photos "$i" close a b; done >children
	ha-upsert children
	# for itself: that is not undone
	photos 1 close a | ha-upsert
	[ "$(gone listing_photos url)" = 1:https://p.example.com/b ]
	head -n 1 two >one
	section listings full <<<"$(listing 2 n2)" | ha-upsert --prune --force
	[ "$(gone calendar_days "to_char(date, 'DD')")" = '1:01 1:02 1:03' ]
	[ "$(sql "SELECT count(*) FROM hostaway.listing_photos WHERE deleted_at IS NOT NULL")" -eq 2 ]
	[ "$(sql "SELECT DISTINCT version FROM hostaway.calendar_days WHERE listing_id = 2")" = 1 ]
	# the same texts again change nothing: neither is there
	days 1 01 02 03 | ha-upsert
	[ "$(counts)" = '3 0 0 3 0 0 0 0' ]
	section listings full <two | ha-upsert
	[ -z "$(gone calendar_days "to_char(date, 'DD')")" ]
	[ "$(gone listing_photos url)" = 1:https://p.example.com/b ]
	sql "UPDATE hostaway.listings SET deleted_at = now() WHERE id = 2"
	[ "$(gone calendar_days "to_char(date, 'DD')")" = '2:01 2:02 2:03' ]
	section listings full <two | ha-upsert
	[ -z "$(gone calendar_days "to_char(date, 'DD')")" ]
	days 1 01 02 03 | ha-upsert
	[ "$(counts)" = '3 0 0 3 0 0 0 0' ]
}

@test "a child that comes while its parent is deleted is deleted with it: new, changed, many, adopted" {
	for i in 1 2; do listing "$i" "n$i"; done | section listings full | ha-upsert
	days 1 01 02 | ha-upsert
	sql "UPDATE hostaway.listings SET deleted_at = now() WHERE id = 1"
	days 1 01 02 03 | sed 's/"isAvailable":1/"isAvailable":0/' | ha-upsert -j 2
	[ "$(counts)" = '3 1 2 0 0 0 0 0' ]
	days 2 01 | ha-upsert
	[ "$(gone calendar_days "to_char(date, 'DD')")" = '1:01 1:02 1:03' ]
	[ "$(sql "SELECT bool_and(d.deleted_at = l.deleted_at AND d.is_available = false)
		FROM hostaway.calendar_days d JOIN hostaway.listings l ON l.id = d.listing_id
		WHERE l.id = 1")" = t ]
	sql "UPDATE hostaway.listings SET deleted_at = NULL WHERE id = 1"
	[ -z "$(gone calendar_days "to_char(date, 'DD')")" ]
}

reso_feeds() {
	pg_fresh reso
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('reso', 'idx'), ('reso', 'vow')"
	feed() { # resource account end <records
		cat >records.tmp
		printf '{"@ha":"begin","v":1,"source":"reso","resource":"%s","account":"%s","mode":"since"}\n' \
		    "$1" "${2:-idx}"
		cat records.tmp
		finish "$(wc -l <records.tmp)" "${3:-}"
	}
	house() { printf '{"ListingKey":"%s","StandardStatus":"%s","ModificationTimestamp":"%s"}\n' "$@"; }
	picture() { # key of-what status time more
		printf '{"MediaKey":"%s","ResourceName":"%s","ResourceRecordKey":"A","MediaStatus":"%s","ModificationTimestamp":"%s"%s}\n' \
		    "$1" "$2" "$3" "$4" "${5:-}"
	}
	day=2026-01-01T00:00:00Z
}

@test "of reso a listing takes its media, rooms and open houses along, and no office's logo" {
	reso_feeds
	dead() { sql "SELECT string_agg(media_key, '' ORDER BY media_key) FROM reso.media WHERE deleted_at IS NOT NULL"; }
	{ house A Active $day | feed property idx; house A Active $day | feed property vow; } | ha-upsert
	{ picture 1 Property Active $day; picture 2 Office Active $day
	picture 3 Property Deleted $day; } | feed media | ha-upsert
	printf '{"RoomKey":"r","ListingKey":"A","ModificationTimestamp":"%s"}\n' $day | feed property_rooms | ha-upsert
	picture 1 Property Active $day | feed media vow | ha-upsert
	house A Delete 2026-02-01T00:00:00Z | feed property | ha-upsert
	[ "$(dead)" = 13 ]
	[ "$(sql "SELECT deleted_at IS NOT NULL FROM reso.property_rooms")" = t ]
	# meanwhile one more, one that is removed for itself, and a logo
	{ picture 1 Property Deleted 2026-02-02T00:00:00Z; picture 4 Property Active 2026-02-02T00:00:00Z
	picture 5 Office Active 2026-02-02T00:00:00Z; } | feed media | ha-upsert
	[ "$(dead)" = 134 ]
	house A Active 2026-03-01T00:00:00Z | feed property | ha-upsert
	[ "$(dead)" = 13 ]
	[ "$(sql "SELECT deleted_at IS NULL FROM reso.property_rooms")" = t ]
}

@test "ha-schema --apply: children of parents that were deleted before follow them" {
	for i in 1 2; do listing "$i" "n$i"; done | section listings full | ha-upsert
	for i in 1 2; do days "$i" 01; done | ha-upsert
	sql "DROP TRIGGER ha_follow_calendar_days_listing_id ON hostaway.listings;
		UPDATE hostaway.listings SET deleted_at = now() WHERE id = 2"
	before=$(sql "SELECT fingerprint FROM hostaway.calendar_days ORDER BY 1")
	ha-schema --apply hostaway
	[ "$(gone calendar_days "to_char(date, 'DD')")" = 2:01 ]
	[ "$before" = "$(sql "SELECT fingerprint FROM hostaway.calendar_days ORDER BY 1")" ]
	run -0 ha-schema --apply -n hostaway
	[ -z "$output" ]
}

@test "hostaway.messages: what was never sent is in no count and no date, and its thread still whole" {
	family | ha-upsert
	{ for m in '1 sent 10' '2 awaiting 20' '3 cancelled_by_system 05' '4 failed 21' '5 sent 11'; do
		read -r id status day <<<"$m"
		printf '{"id":%s,"conversationId":5,"date":"2026-01-%s 00:00:00","body":"b","status":"%s"}\n' "$id" "$day" "$status"
	done; echo '{"id":6,"conversationId":5,"date":"2026-01-12 00:00:00","body":"c"}'; } | section messages | ha-upsert
	[ "$(sql "SELECT message_count, unsent_count, first_date, last_date, jsonb_array_length(thread)
		FROM hostaway.messages")" = '3|3|2026-01-10 00:00:00+00|2026-01-12 00:00:00+00|6' ]
	# with its conversation a thread goes, and comes again
	sql "UPDATE hostaway.conversations SET deleted_at = now()"
	[ "$(sql "SELECT count(*) FROM hostaway.messages")" -eq 0 ]
	sql "UPDATE hostaway.conversations SET deleted_at = NULL"
	[ "$(sql "SELECT message_count FROM hostaway.messages")" -eq 3 ]
}

@test "the photo and media times of a listing follow its media, when their run is complete" {
	reso_feeds
	at() { printf ',"cursor":{"position":"%s"}' "$1"; }
	times() { sql "SELECT string_agg(concat_ws(' ', account_id, to_char(photos_change_timestamp, 'MM-DD'),
		to_char(media_change_timestamp, 'MM-DD'), version), ', ' ORDER BY account_id) FROM reso.property"; }
	photo=',"MediaCategory":"Photo"' paper=',"MediaCategory":"Document"'
	{ house A Active $day | sed 's/}/,"PhotosChangeTimestamp":"2026-01-02T00:00:00Z"}/' | feed property
	house A Active $day | feed property vow; } | ha-upsert
	picture 1 Property Active 2026-01-05T00:00:00Z "$photo" | feed media vow "$(at 2026-01-05T00:00:00Z)" >first
	sed 's/"complete":true/"complete":false/; s/"position"/"newest"/' first | ha-upsert
	[ "$(times)" = 'idx 01-02 1, vow 1' ]
	ha-upsert first
	[ "$(times)" = 'idx 01-05 01-05 2, vow 01-05 01-05 2' ]
	{ picture 2 Property Active 2026-01-06T00:00:00Z "$paper"; picture 3 Office Active 2026-01-07T00:00:00Z "$photo"
	picture 1 Property Deleted 2026-01-06T12:00:00Z "$photo"
	picture 4 Property Active 2099-01-01T00:00:00Z "$photo"; } | feed media vow "$(at 2026-01-07T00:00:00Z)" >second
	ha-upsert second
	[ "$(times)" = 'idx 01-06 01-06 3, vow 01-06 01-06 3' ]
	# nothing new moves nothing; the listing's own text is what it was
	ha-upsert second
	house A Active $day | feed property vow | ha-upsert
	[ "$(times)" = 'idx 01-06 01-06 3, vow 01-06 01-06 3' ]
	house A Active 2026-02-01T00:00:00Z | feed property vow | ha-upsert
	[ "$(times)" = 'idx 01-06 01-06 3, vow 4' ]
}

@test "a part of a record changes what it brings, and empties nothing" {
	listing 1 a | section listings | ha-upsert
	book() { printf '{"id":7,"listingMapId":1%s}\n' "$1"; }
	all=',"status":"new","arrivalDate":"2026-01-01","departureDate":"2026-01-05","guestName":"n","totalPrice":5,"updatedOn":'
	row() { sql "SELECT concat_ws(' ', status, arrival_date, guest_name, total_price, to_char(updated_on, 'DD'), version,
		raw_payload->>'guestName', deleted_at IS NULL) FROM hostaway.reservations"; }
	book "$all\"2026-01-01 00:00:00\"" >whole
	section reservations <whole | ha-upsert
	[ "$(row)" = 'new 2026-01-01 n 5 01 1 n t' ]
	# newer, with a null that is meant; the same again; an older one
	book ',"status":"cancelled","totalPrice":null,"updatedOn":"2026-01-02 00:00:00"' >part
	section reservations <part | ha-upsert
	[ "$(row)" = 'cancelled 2026-01-01 n 02 2 n t' ]
	section reservations <part | ha-upsert
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
	section reservations <<<"$(book ',"status":"old","updatedOn":"2026-01-01 12:00:00"')" | ha-upsert
	[ "$(counts)" = '1 0 0 0 1 0 0 0' ]
	[ "$(row)" = 'cancelled 2026-01-01 n 02 2 n t' ]
	# whole, in front of two parts of one batch; without a version it is the newest
	{ book "${all/new/modified}\"2026-01-03 00:00:00\""; book ',"guestName":"m"'; book ',"totalPrice":6'; } >three
	section reservations <three | ha-upsert
	[ "$(row)" = 'modified 2026-01-01 m 6 03 5 m t' ]
	[ "$(counts)" = '3 0 3 0 0 0 0 0' ]
	# of one that is not stored: as it comes, whole later
	sql "DELETE FROM hostaway.reservations"
	section reservations <part | ha-upsert
	[ "$(row)" = 'cancelled 02 1 t' ]
	section reservations <<<"$(book "$all\"2026-01-04 00:00:00\"")" | ha-upsert
	[ "$(row)" = 'new 2026-01-01 n 5 04 2 n t' ]
}

@test "ha-schema --check: whole and follow that cannot be kept are told" {
	make() { jq "$1" "$HA_ROOT/lib/sources/hostaway.json" >broken.json; }
	make '(.resources[] | select(.name == "reservations") | .whole) = ["a.b"]'
	run -78 ha-schema --check broken.json
	[[ $output == *'.whole[0]: "a.b" is no member'* ]]
	make '(.resources[] | select(.name == "reservations") | .columns.status[1]) = ".status | ascii_downcase"'
	run -78 ha-schema --check broken.json
	[[ $output == *'with "whole", columns are plain paths'* ]]
	make '(.resources[] | select(.name == "calendar_days") | .parents[0].when) = ".a > 1"'
	run -78 ha-schema --check broken.json
	[[ $output == *'"follow" goes with a condition of the form'* ]]
}
