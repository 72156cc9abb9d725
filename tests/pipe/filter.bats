# rooms: stage
load ../helper

# ha-filter-parents with a database: what is known, parked and adopted.

setup_file() {
	pg_up
}

teardown_file() {
	pg_down
}

setup() {
	export PGOPTIONS='-c client_min_messages=warning'
	begin='{"@ha":"begin","v":1,"source":"hostaway","resource":'
}

hostaway() {
	pg_fresh hostaway
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    SELECT '1', i, '{}' FROM generate_series(1, 3) i"
}

library() {
	export HA_SOURCES=$HA_ROOT/tests/data
	pg_fresh library
}

sql() {
	psql -XAtqc "$1"
}

same() { # wanted text is on stdin
	diff -u - <(printf '%s\n' "$output")
}

parked() {
	sql "SELECT key, parent_resource, parent_key, parent, reason, raw
	    FROM ha.parked ORDER BY source, resource, account_id, key"
}

reservations() { # line ...
	echo "$begin"'"reservations","account":"1","mode":"full"}'
	printf '%s\n' "$@"
	printf '{"@ha":"end","records":%d,"complete":true}\n' "$#"
}

@test "filter: the database knows the parents; the others' children are parked" {
	hostaway
	reservations '{"id":1,"listingMapId":1}' '{"id":2,"listingMapId":9}' \
	    '{"id":3}' '{"id":4,"listingMapId":"2","x":1.10}' >in
	run -0 --separate-stderr ha-filter-parents in
	[ -z "$stderr" ]
	same <<-E
	$begin"reservations","account":"1","mode":"full"}
	{"id":1,"listingMapId":1}
	{"id":3}
	{"id":4,"listingMapId":"2","x":1.10}
	{"@ha":"end","records":3,"complete":true,"skipped":1,"parked":1}
	E
	run -0 parked
	same <<<'2|listings|9||unknown listings 9|{"id":2,"listingMapId":9}'
}

@test "filter: other accounts' parents are not ours" {
	hostaway
	reservations '{"id":1,"listingMapId":1}' | sed 's/"1"/"2"/' >in
	run -0 ha-filter-parents -v in
	[[ "$output" == *'0 passed, 1 parked'* ]]
	[ "$(sql 'SELECT account_id FROM ha.parked')" = 2 ]
}

@test "filter: records of a section of keys are passed as they are" {
	hostaway
	reservations '{"id":1,"listingMapId":77}' '{"id":2}' | sed '1s/"mode":"[a-z]*"/"mode":"keys"/' >in
	run -0 ha-filter-parents in
	same <in
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 0 ]
}

@test "filter: what steers is never repaired: it goes on to the store, which sets it aside" {
	hostaway
	reservations '{"id":1,"listingMapId":77,"updatedOn":"2025-01-01\u0000"}' \
	    '{"id":2,"listingMapId":77,"guestName":"a\u0000"}' >in
	run -0 ha-filter-parents in
	same < <(sed -n 1,2p in; echo '{"@ha":"end","records":1,"complete":true,"skipped":1,"parked":1}')
	[ "$(sql 'SELECT key FROM ha.parked')" -eq 2 ]
}

@test "filter: a soft-deleted parent is still a parent" {
	hostaway
	sql 'UPDATE hostaway.listings SET deleted_at = now()'
	reservations '{"id":1,"listingMapId":1}' >in
	run -0 ha-filter-parents -v in
	[[ "$output" == *'1 passed, 0 parked'* ]]
}

@test "filter: parked again, the newer form stays; the same bytes write nothing" {
	hostaway
	reservations '{"id":2,"listingMapId":9}' '{"id":2,"listingMapId":8}' \
	    '{"id":5,"listingMapId":9}' >in
	run -0 ha-filter-parents in
	[ "${lines[1]}" = '{"@ha":"end","records":0,"complete":true,"skipped":3,"parked":3}' ]
	before=$(sql 'SELECT xmin, ctid, key, parent_key FROM ha.parked ORDER BY key')
	[[ "$before" == *'|2|8'*'|5|9' ]]
	run -0 ha-filter-parents < <(reservations '{"id":2,"listingMapId":8}' \
	    '{"id":5,"listingMapId":9}')
	[ "$before" = "$(sql 'SELECT xmin, ctid, key, parent_key FROM ha.parked ORDER BY key')" ]
}

@test "filter: a record that cannot be read goes on to who keeps it" {
	hostaway
	reservations '{"id":1,"listingMapId":1}' '{"id":2,' \
	    '{"id":3,"listingMapId":"abc"}' '{"listingMapId":9}' >in
	run -0 --separate-stderr ha-filter-parents in
	[ -z "$stderr" ]
	same <in
	# a file has a copy of it
	run -1 --separate-stderr ha-filter-parents -r aside in
	same <in
	[ "$(wc -l <aside)" -eq 3 ]
	[ -z "$(parked)" ]
}

# Long before the end: the mark on stdout proves that the rows are stored.
@test "filter: a position never overtakes a parked record" {
	hostaway
	mkfifo in out
	exec 5<>in 6<>out
	ha-filter-parents in >out 5>&- 6>&- 3>&- &
	pid=$!
	{
		echo "$begin"'"reservations","account":"1","mode":"since"}'
		echo '{"id":2,"listingMapId":9}'
	} >&5
	read -r -t 5 line <&6
	echo '{"@ha":"at","cursor":{"x":1}}' >&5
	read -r -t 5 line <&6
	[ "$line" = '{"@ha":"at","cursor":{"x":1}}' ]
	kill -9 "$pid"
	wait "$pid" 2>/dev/null || true
	exec 5>&- 6>&-
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 1 ]
}

# More keys than are looked up one by one; every third is known.
@test "filter: long streams read all keys at once, with the same outcome" {
	hostaway
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    SELECT '1', i * 3, '{}' FROM generate_series(2, 7000) i"
	{
		echo "$begin"'"reservations","account":"1","mode":"full"}'
		seq 21000 | sed 's/.*/{"id":&,"listingMapId":&}/'
		echo '{"@ha":"end","records":21000,"complete":true}'
	} >in
	ha-filter-parents in >out
	# 1, 2, 3 and the multiples of 3 up to 21000
	[ "$(grep -c '"id"' out)" -eq 7002 ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 13998 ]
	[ "$(tail -n 1 out)" = '{"@ha":"end","records":7002,"complete":true,"skipped":13998,"parked":13998}' ]
	diff <(grep '"id"' in | jq -r 'select(.id < 4 or .id % 3 == 0) | .id') \
	    <(grep '"id"' out | jq -r .id)
}

@test "filter: --adopt gives what has found its parent, in open groups" {
	hostaway
	run -0 ha-filter-parents < <(
		echo "$begin"'"listing_photos","account":"1","mode":"embedded"}'
		echo '{"@ha":"open","parent":{"id":7,"change":"c"}}'
		echo '{"url":"a"}'
		echo '{"url":"b", "w":1.10}'
		echo '{"@ha":"close","records":2}'
		echo '{"@ha":"open","parent":{"id":8,"change":"c"}}'
		echo '{"url":"a"}'
		echo '{"@ha":"close","records":1}'
		echo '{"@ha":"end","records":3,"complete":true}'
	)
	adopt() {
		HA_RUN=11111111-2222-3333-4444-555555555555 run -0 \
		    ha-filter-parents --adopt -a 1 hostaway/listing_photos
	}
	adopt
	same <<-E
	$begin"listing_photos","account":"1","mode":"adopt","run":"11111111-2222-3333-4444-555555555555"}
	{"@ha":"end","records":0,"complete":true}
	E
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    VALUES ('1', 7, '{}')"
	adopt
	same <<-E
	$begin"listing_photos","account":"1","mode":"adopt","run":"11111111-2222-3333-4444-555555555555"}
	{"@ha":"open","parent":{"id": 7, "change": "c"}}
	{"url":"a"}
	{"url":"b", "w":1.10}
	{"@ha":"end","records":2,"complete":true}
	E
	# nothing goes away before it is stored
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 3 ]
}

@test "filter: --adopt reads more than one page, each record once" {
	hostaway
	reservations >/dev/null
	{
		echo "$begin"'"reservations","account":"1","mode":"full"}'
		seq 1700 | sed 's/.*/{"id":&,"listingMapId":77}/'
		echo '{"@ha":"end","records":1700,"complete":true}'
	} | ha-filter-parents >/dev/null
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    VALUES ('1', 77, '{}')"
	ha-filter-parents --adopt -a 1 hostaway/reservations >out
	[ "$(grep '"id"' out | sort -u | wc -l)" -eq 1700 ]
	tail -n 1 out | grep -q '"records":1700,'
}

@test "filter: several parents, conditions, keys of several types" {
	library
	sql "INSERT INTO library.members (account_id, id, raw_payload) VALUES ('1', 5, '{}');
	    INSERT INTO library.shelves (account_id, name, raw_payload) VALUES ('1', 'a \"\\ä', '{}');
	    INSERT INTO library.books (account_id, id, raw_payload)
	    VALUES ('1', 'aaaaaaaa-0000-0000-0000-000000000001', '{}')"
	cat >in <<-'E'
	{"id":1,"member":{"id":5},"shelf":"A \"\\ä","kind":"book","book":"AAAAAAAA-0000-0000-0000-000000000001"}
	{"id":2,"member":{"id":6},"shelf":"A \"\\ä","kind":"book","book":"aaaaaaaa-0000-0000-0000-000000000001"}
	{"id":3,"member":{"id":5},"shelf":"b"}
	{"id":4,"member":{"id":5},"shelf":null,"kind":"map","book":"aaaaaaaa-0000-0000-0000-000000000002"}
	{"id":5,"member":{"id":5},"kind":"book","book":"aaaaaaaa-0000-0000-0000-000000000002"}
	{"id":6,"member":{"id":7},"shelf":"c"}
	{"id":7}
	E
	run -0 --separate-stderr ha-filter-parents -P -a 1 library/loans in
	[ -z "$stderr" ]
	same < <(sed -n '1p;4p;7p' in)
	run -0 sql 'SELECT key, parent_resource, parent_key FROM ha.parked ORDER BY key'
	same <<-'E'
	2|members|6
	3|shelves|b
	5|books|aaaaaaaa-0000-0000-0000-000000000002
	6|members|7
	E
	# only one of them is asked for
	run -0 ha-filter-parents -P -a 1 -p shelves library/loans in
	same < <(sed -n '1,2p;4,5p;7p' in)
	run -64 --separate-stderr ha-filter-parents -P -K /dev/null -r aside \
	    library/loans in
	[[ "${stderr_lines[0]}" == *'library/loans has several parents'* ]]
	# 6 and 8 wait for a shelf as well, when their members are there
	echo '{"id":8,"member":{"id":8},"shelf":"c"}' | ha-filter-parents -P -a 1 library/loans
	sql "INSERT INTO library.members (account_id, id, raw_payload) VALUES ('1', 7, '{}'), ('1', 8, '{}');
	    INSERT INTO library.shelves (account_id, name, raw_payload) VALUES ('1', 'b', '{}');
	    INSERT INTO library.books (account_id, id, raw_payload)
	    VALUES ('1', 'aaaaaaaa-0000-0000-0000-000000000002', '{}')"
	run -0 ha-filter-parents --adopt -a 1 library/loans
	[ "$(grep -o '^{"id":.' <<<"$output" | tr '\n' ' ')" = '{"id":3 {"id":5 ' ]
}

@test "filter: no database 75, no schema 78, no account 65" {
	reservations '{"id":1,"listingMapId":1}' >in
	run -78 --separate-stderr ha-filter-parents in
	[[ "$stderr" == *ha-schema* ]]
	PGHOST=$BATS_TEST_TMPDIR run -75 --separate-stderr ha-filter-parents in
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$output" != *'"end"'* ]]
	sed -i 's/"account":"1",//' in
	run -65 --separate-stderr ha-filter-parents in
	[[ "$stderr" == *'-a says whose'* ]]
}

@test "filter: cut after any line and run again, the same is parked" {
	hostaway
	reservations '{"id":1,"listingMapId":9}' '{"id":2,"listingMapId":2}' \
	    '{"id":3,"listingMapId":8}' '{"id":4,"listingMapId":9}' >in
	ha-filter-parents in >want
	parked >want.parked
	for n in 0 1 2 3 4 5; do
		sql 'TRUNCATE ha.parked'
		head -n "$n" in >part
		run -65 ha-filter-parents part
		ha-filter-parents in | cmp want -
		parked | cmp want.parked -
	done
}

# Parked, adopted, stored: once, whole, and no row of ha.parked is left.
@test "filter: what is adopted is stored, and parked no more" {
	hostaway
	sql "INSERT INTO ha.accounts (source, account_id)
	    VALUES ('hostaway', '1')"
	reservations '{"id":2,"listingMapId":9,"x":1.10}' \
	    '{"id":3,"listingMapId":8}' | ha-filter-parents | ha-upsert
	{
		echo "$begin"'"listing_photos","account":"1","mode":"embedded"}'
		echo '{"@ha":"open","parent":{"id":9,"change":"c"}}'
		echo '{"url":"a"}'
		echo '{"@ha":"close","records":1}'
		echo '{"@ha":"end","records":1,"complete":true}'
	} | ha-filter-parents | ha-upsert
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -eq 3 ]
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    VALUES ('1', 9, '{}')"
	for _ in 1 2; do
		for resource in reservations listing_photos; do
			ha-filter-parents --adopt -a 1 "hostaway/$resource" |
			    ha-upsert
		done
		run -0 sql 'SELECT key FROM ha.parked'
		[ "$output" = 3 ]
		run -0 sql 'SELECT id, listing_id, version,
		    raw_payload FROM hostaway.reservations'
		[ "$output" = '2|9|1|{"x": 1.10, "id": 2, "listingMapId": 9}' ]
		run -0 sql 'SELECT listing_id, url, version
		    FROM hostaway.listing_photos'
		[ "$output" = '9|a|1' ]
	done
	# a position is neither set nor lost
	[ "$(sql 'SELECT count(*) FROM ha.sync_state WHERE cursor IS NOT NULL')" -eq 0 ]
}

# Parked long ago, stored since by another way in a newer form.
@test "filter: a newer form that is stored is not put back by a parked one" {
	hostaway
	sql "INSERT INTO ha.accounts (source, account_id)
	    VALUES ('hostaway', '1')"
	reservations '{"id":2,"listingMapId":9,"x":"old"}' |
	    ha-filter-parents | ha-upsert
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    VALUES ('1', 9, '{}')"
	reservations '{"id":2,"listingMapId":9,"x":"new"}' |
	    ha-filter-parents | ha-upsert
	ha-filter-parents --adopt -a 1 hostaway/reservations | ha-upsert
	[ "$(sql "SELECT raw_payload->>'x' FROM hostaway.reservations")" = new ]
	[ -z "$(parked)" ]
}
