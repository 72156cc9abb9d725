#!/usr/bin/env bats
# rooms: upsert state stage json table
# What is set aside or repaired: it costs itself, is kept, and can end.

load ../helper
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('hostaway', '59808')"
}

@test "ha-upsert: a character that jsonb does not hold costs a character" {
	section listings <<-'E' >in
	{"id":1,"name":"a\u0000b","x":[{"n o":"\ud83d!"},"good \ud83d\ude00"]}
	{"id":2,"a\udc00":{"b\u0000":1},"y":"\\u0000"}
	{"id":3,"name":"good"}
	E
	run -0 --separate-stderr ha-upsert -v --emit all in
	diff -u - <(grep -v '^{"@ha"' <<<"$output") <<<"$(sed -n 2,4p in)"
	[[ $stderr == *'hostaway/listings: 2 repaired: '* ]]
	[ "$(tail -n 1 <<<"$output" | jq .repaired)" -eq 2 ]
	[ "$(counts)" = '3 3 0 0 0 0 0 0' ]
	[ "$(sql 'SELECT repaired FROM ha.sync_log')" -eq 2 ]
	[ "$(sql "SELECT name || (raw_payload #>> '{x,0,n o}') || (raw_payload #>> '{x,1}')
	    FROM hostaway.listings WHERE id = 1")" = 'a�b�!good 😀' ]
	[ "$(sql "SELECT raw_payload->>'y' FROM hostaway.listings WHERE id = 2")" = '\u0000' ]
	diff -u - <(sql 'SELECT key, byte_offset, path, original FROM ha.repaired ORDER BY 1, 2') <<-'E'
	1|15|.name|"a\u0000b"
	1|38|.x[0]."n o"|"\ud83d!"
	2|8|.|"a\udc00"
	2|19|."a\ufffd"|"b\u0000"
	E
	before=$(sql 'SELECT string_agg(xmin::text, $$ $$) FROM hostaway.listings')
	ha-upsert in
	[ "$(counts)" = '3 0 0 3 0 0 0 0' ]
	[ "$(sql 'SELECT count(*) FROM ha.repaired')" -eq 4 ]
	[ "$before" = "$(sql 'SELECT string_agg(xmin::text, $$ $$) FROM hostaway.listings')" ]
	# what comes without it has nothing repaired
	echo '{"id":1,"name":"ab"}' | section listings | ha-upsert
	[ "$(sql 'SELECT DISTINCT key FROM ha.repaired')" = 2 ]
}

@test "ha-upsert: what steers a record is never repaired" {
	listing 1 a | section listings | ha-upsert
	section messages each <<-'E' >in
	{"id":"m\u0000","conversationId":5}
	E
	printf '%s\n' '{"id":7,"listingMapId":1,"updatedOn":"2025-01-01\u0000"}' \
	    '{"id":8,"listingMapId":"1\ud800"}' '{"id":9,"listingMapId":1,"guestName":"\ud800"}' |
	    section reservations >rows
	run -1 ha-upsert rows
	[ "$(sql 'SELECT string_agg(id::text, $$ $$) FROM hostaway.reservations')" = 9 ]
	[ "$(sql 'SELECT count(*) FROM ha.rejects')" -eq 2 ]
	run -1 ha-upsert in
	[ "$(sql "SELECT count(*) FROM ha.rejects WHERE resource = 'messages'")" -eq 1 ]
}

@test "ha-upsert: a record set aside is closed when its key is stored" {
	printf '%s\n' '{"id":1,"name":"x","latestActivityOn":"no time"}' \
	    '{"id":2,"latestActivityOn":"no time"}' | section listings >bad
	run -1 ha-upsert bad
	[ "$(sql 'SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL')" -eq 2 ]
	listing 1 good | section listings | ha-upsert
	[ "$(sql 'SELECT key FROM ha.rejects WHERE closed_at IS NULL')" = 2 ]
	# the same bytes again are open again, and an unchanged row closes them
	run -1 ha-upsert bad
	[ "$(sql 'SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL')" -eq 2 ]
	listing 1 good | section listings | ha-upsert
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
	[ "$(sql 'SELECT key FROM ha.rejects WHERE closed_at IS NULL')" = 2 ]
}

@test "a parked record that is refused when it is adopted leaves the parked ones" {
	printf '%s\n' '{"id":7,"listingMapId":1,"updatedOn":"never"}' \
	    '{"id":8,"listingMapId":1,"guestName":"\u0000"}' | section reservations |
	    ha-filter-parents | ha-upsert
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 2 ]
	listing 1 a | section listings | ha-upsert
	run -1 bash -c 'ha-filter-parents --adopt -a 59808 hostaway/reservations | ha-upsert'
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
	[ "$(sql 'SELECT key FROM ha.rejects')" = 7 ]
	[ "$(sql 'SELECT key FROM ha.repaired')" = 8 ]
	run -0 bash -c 'ha-filter-parents --adopt -a 59808 hostaway/reservations | ha-upsert'
}

@test "ha-upsert: dates and numbers that are none are NULL where nothing hangs on them" {
	listing 1 a | section listings | ha-upsert
	echo '{"id":7,"listingMapId":1,"arrivalDate":"0000-00-00","nights":2.5,"totalPrice":"-"}' |
	    section reservations | ha-upsert
	[ "$(sql 'SELECT arrival_date IS NULL AND nights IS NULL AND total_price IS NULL
	    FROM hostaway.reservations')" = t ]
}

# As of a value that takes more memory than a jsonb may (34 MB of [0,0,...]).
@test "ha-upsert: a row that is an internal error of the database costs itself" {
	psql -Xq <<-'E'
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE 'invalid memory alloc request size' USING ERRCODE = 'XX000'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON hostaway.listings FOR EACH ROW
		WHEN (NEW.id = 2) EXECUTE FUNCTION refuse();
	E
	for i in 1 2 3; do listing $i n; done | section listings >in
	run -1 --separate-stderr ha-upsert in
	[ "$(sql 'SELECT string_agg(id::text, $$ $$ ORDER BY id) FROM hostaway.listings')" = '1 3' ]
	[ "$(sql 'SELECT key FROM ha.rejects')" = 2 ]
}

@test "what every stage sets aside is in ha.rejects before a position goes past it" {
	listing 1 a | section listings | ha-upsert
	echo 1 >keys
	{
		begin reservations since
		printf '{"id":1,"listingMapId":1}\n{"id":2,"listingMapId":9}\n{"id":3,"listingMapId":[]}\n'
		echo '{"@ha":"end","records":3,"complete":true,"cursor":{"position":"2026-01-01 00:00:00"}}'
	} >in
	run -1 bash -o pipefail -c 'ha-filter-parents -K keys -r aside in | ha-upsert -r aside'
	[ "$(counts)" = '3 1 0 0 0 0 2 0' ]
	[ "$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM ha.rejects WHERE resource = 'reservations'")" = '2 3' ]
	# both tools wrote their copies into one file
	[ "$(jq -r .reason aside | grep -c 'unknown listings 9')" -eq 2 ]
	{
		begin listings since
		printf '{"id":1,"listingImages":[]}\n{"id":7,"listingImages":1}\n'
		finish 2
	} >in
	run -1 bash -o pipefail -c 'ha-unnest hostaway/listing_photos in | ha-upsert'
	[ "$(sql "SELECT resource, key, convert_from(raw, 'UTF8') FROM ha.rejects WHERE reason ~ 'array'")" = 'listing_photos||{"id":7,"listingImages":1}' ]
}

@test "a key that no index holds costs its record" {
	listing 1 a | section listings | ha-upsert
	url=$(head -c 6000 /dev/urandom | base64 -w0)
	{
		begin listing_photos embedded
		for id in 1 9; do
			printf '{"@ha":"open","parent":{"id":%d}}\n{"url":"%s"}\n{"url":"b"}\n' "$id" "$url"
			echo '{"@ha":"close","records":2}'
		done
		finish 4
	} >in
	run -1 bash -o pipefail -c 'ha-filter-parents in | ha-upsert'
	[ "$(sql 'SELECT string_agg(url, $$ $$) FROM hostaway.listing_photos')" = b ]
	[ "$(sql 'SELECT key FROM ha.parked')" = '9|b' ]
	# the same bytes twice are one row
	[ "$(sql "SELECT count(*) FROM ha.rejects WHERE resource = 'listing_photos'
	    AND key IS NULL AND length(raw) > 8000")" -eq 1 ]
}

@test "a bad mark goes through the stages into ha.rejects, and is counted" {
	listing 1 a | section listings | ha-upsert
	text=$(printf '{"id":1,"name":"\xff"}' | base64 -w0)
	{
		begin listings full
		printf '{"@ha":"bad","text":"%s","why":"byte 16: not UTF-8"}\n' "$text"
		listing 2 b
		finish 1
	} >in
	run -1 bash -c 'ha-filter-parents in | ha-upsert --prune --max-delete 100'
	[ "$(counts)" = '2 1 0 0 0 0 1 0' ]
	[ "$(sql "SELECT key, reason, encode(raw, 'base64') FROM ha.rejects")" = "1|byte 16: not UTF-8|$text" ]
	# it did come: its row is not gone
	[ "$(sql 'SELECT count(*) FROM hostaway.listings WHERE deleted_at IS NOT NULL')" -eq 0 ]
	listing 1 c | section listings | ha-upsert
	[ "$(sql 'SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL')" -eq 0 ]
}
