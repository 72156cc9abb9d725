#!/usr/bin/env bats
# rooms: table
# Values cut into binary COPY fields arrive as PostgreSQL's own casts give
# them. PostgreSQL makes the values, casts them, and compares.

load ../helper

setup_file() {
	export CUTFILE=${HA_PEERS:-$HA_ROOT/build/release/peer}/cutfile
	[ -x "$CUTFILE" ] || make -s -C "$HA_ROOT" build/release/peer/cutfile
	pg_up
	psql -Xqv ON_ERROR_STOP=1 <<-'SQL'
	SELECT setseed(0.42);
	-- The text's value, or NULL where PostgreSQL refuses it.
	CREATE FUNCTION cast_or_null(t text, type text) RETURNS text
	LANGUAGE plpgsql AS $$
	DECLARE r text;
	BEGIN
		EXECUTE format('SELECT (%L::%s)::text', t, type) INTO r;
		RETURN r;
	EXCEPTION WHEN OTHERS THEN
		RETURN NULL;
	END $$;
	CREATE FUNCTION digits(fewest int, most int) RETURNS text
	LANGUAGE sql VOLATILE AS $$
		SELECT coalesce(string_agg((random() * 9)::int::text, ''), '')
		FROM generate_series(1, fewest + (random() * (most - fewest))::int)
	$$;
	CREATE TABLE sent (n bigserial, t text, raw boolean);
	SQL
}
teardown_file() { pg_down; }

setup() {
	psql -Xqc 'TRUNCATE sent RESTART IDENTITY; DROP TABLE IF EXISTS got' 2>notices
}

# Sends the texts of table sent, as JSON strings or (raw) as they are, and
# compares what arrived with PostgreSQL's cast of the same text.
round_trip() {
	local type=$1
	psql -XAtqc "COPY (SELECT '{\"n\":' || n || ',\"v\":' ||
		CASE WHEN raw THEN t ELSE to_json(t)::text END || '}'
		FROM sent ORDER BY n) TO STDOUT (FORMAT csv, QUOTE E'\x01',
		DELIMITER E'\x02')" >records
	"$CUTFILE" "$type" aside <records >copy
	psql -Xqc "CREATE TABLE got (n bigint, v $type)" \
	    -c '\copy got FROM copy (FORMAT binary)'
	psql -XAtqc "SELECT s.n, s.t, g.v::text, want
		FROM sent s JOIN got g USING (n),
		LATERAL (SELECT cast_or_null(${2:-s.t}, '$type') AS want) w
		WHERE g.v::text IS DISTINCT FROM want LIMIT 9" >differ
	diff -u /dev/null differ
}

# What PostgreSQL prints is what a key says.
keys_alike() {
	"$CUTFILE" -k "$1" <records | LC_ALL=C sort >keys
	psql -XAtqF $'\t' -c 'SET timezone = UTC' -c 'SELECT n, v::text
		FROM got WHERE v IS NOT NULL' | LC_ALL=C sort >want
	diff -u want keys
	[ -s keys ]
}

none_refused() {
	diff -u /dev/null aside
	[ "$(psql -XAtqc 'SELECT count(*) FROM got')" -ge "$1" ]
}

@test "numerics arrive exact, with their scale" {
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT sign || coalesce(nullif(ltrim(whole, '0'), ''), '0')
			|| point || exponent, i % 2 = 0
		FROM generate_series(1, 500) i, LATERAL (SELECT
			CASE WHEN i % 3 = 0 THEN '-' ELSE '' END AS sign,
			digits(1, 30) AS whole,
			CASE WHEN i % 4 > 0 THEN '.' || digits(1, 30) ELSE '' END
				AS point,
			CASE WHEN i % 5 = 0 THEN 'e' || (random() * 60 - 30)::int
				ELSE '' END AS exponent) g"
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, true FROM unnest(ARRAY[
		'0', '-0', '0.0', '-0.00', '1.10', '10000', '9999', '0.0001',
		'0.00010', '100000000', '1e4', '1E+3', '1.5e-3', '12e-1',
		'123456789012345678901234567890', '0e10', '0e-10', '0.1e1',
		'1e131071', '9.9e131071', '1e-16383', '-1e-16383',
		'99999999.99999999', '0.00000000000000000001']) t"
	round_trip numeric
	none_refused 524
	keys_alike numeric
}

@test "numbers beyond numeric's range are refused, as PostgreSQL does" {
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, false FROM unnest(ARRAY[
		'1e131072', '10e131071', '1e-16384', '0.0e-16383',
		'1e99999999999', 'x', '1.2.3', '1e', '--1', '.', 'e5',
		'1 2', '1,5']) t"
	round_trip numeric
	[ "$(wc -l <aside)" -eq 13 ]
	[ "$(psql -XAtqc "SELECT count(*) FROM sent
		WHERE cast_or_null(t, 'numeric') IS NOT NULL")" -eq 0 ]
}

@test "integers arrive from numbers and from strings of digits" {
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, i = 1
		FROM generate_series(1, 2) i, unnest(ARRAY['0', '-0', '1', '1.0',
		'1e3', '1.5e1', '120e-1', '2147483647', '-2147483648',
		'2147483648', '-2147483649', '9223372036854775807',
		'-9223372036854775808', '9007199254740993']) t"
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT (random() * 1e18 - 5e17)::bigint::text, i % 2 = 0
		FROM generate_series(1, 200) i"
	round_trip bigint 's.t::numeric::bigint::text'
	none_refused 228
	keys_alike bigint
	psql -Xqc 'DROP TABLE got' -c "DELETE FROM sent WHERE
		NOT t::numeric BETWEEN -2147483648 AND 2147483647" \
	    -c 'UPDATE sent SET n = k.row FROM (SELECT n AS was,
		row_number() OVER (ORDER BY n) AS row FROM sent) k
		WHERE n = k.was'
	round_trip integer 's.t::numeric::integer::text'
	none_refused 18
	keys_alike integer
}

@test "integers out of range or broken are refused" {
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, true FROM unnest(ARRAY[
		'9223372036854775808', '1.5', '1e19', '-9223372036854775809',
		'true', '[1]', '{}', '\"1.5\"', '\"12a\"', '\" \"', '\"1 2\"',
		'1e-1']) t"
	round_trip bigint
	[ "$(wc -l <aside)" -eq 12 ]
	run -1 grep 12a aside
}

@test "doubles arrive to the last bit" {
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT ((random() - 0.5) * 10 ^ (random() * 600 - 300))::text,
			i % 2 = 0 FROM generate_series(1, 300) i"
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, true FROM unnest(ARRAY[
		'0', '-0', '0.1', '1e308', '4.9e-324', '123456789012345678901',
		'0.30000000000000004', '1.10']) t"
	round_trip 'double precision'
	none_refused 308
}

@test "times arrive in every usual form" {
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT to_char(at, 'YYYY-MM-DD') ||
			(ARRAY[' ', 'T'])[1 + i % 2] ||
			to_char(at, (ARRAY['HH24:MI:SS', 'HH24:MI:SS.US',
				'HH24:MI:SS.MS', 'HH24:MI'])[1 + i % 4]) ||
			(ARRAY['', 'Z', '+0000', '-06:00', '+05:30', '+14', '-0930'])
				[1 + i % 7], false
		FROM generate_series(1, 600) i, LATERAL (SELECT
			timestamp '0001-01-02' + random() * interval '9990 years'
			AS at) g"
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, false FROM unnest(ARRAY[
		'2024-02-29', '2000-02-29 00:00:00', '1999-12-31 23:59:60',
		'2024-01-01 24:00:00', '2024-01-01T00:00:00.123456789Z',
		'2024-01-01T00:00:00.9999996Z', '2024-01-01T00:00:00.1+00:00',
		'1969-12-31 23:59:59.999999', '0001-01-01 00:00:00',
		'9999-12-31 23:59:59']) t"
	export PGTZ=UTC
	round_trip timestamptz
	none_refused 610
	keys_alike timestamptz
}

@test "times of no calendar are refused, as PostgreSQL does" {
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, false FROM unnest(ARRAY[
		'2023-02-29', '1900-02-29', '2024-13-01', '2024-00-10',
		'2024-04-31', '2024-01-00', '0000-00-00 00:00:00',
		'2024-01-01 25:00:00', '2024-01-01 24:00:01',
		'2024-01-01 10:60:00', '2024-01-01 10:00:61',
		'2024-01-01 10:00:00+16', '2024-01-01T', '2024-01-01T10',
		'2024-01-01 10:00:00 nowhere', '12:00', 'Ann']) t"
	round_trip timestamptz
	[ "$(wc -l <aside)" -ge 16 ]
	[ "$(wc -l <aside)" -eq 17 ]
	run -1 grep Ann aside
	[ "$(head -n 1 aside)" = \
	    $'1\tv: string of 10 bytes is no timestamptz' ]
}

@test "dates arrive, a time behind them is cut off" {
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT to_char(date '0001-01-01' + (random() * 3652058)::int,
			'YYYY-MM-DD') || (ARRAY['', ' 10:20:30',
			'T23:59:59Z', ' 00:00'])[1 + i % 4], false
		FROM generate_series(1, 300) i"
	round_trip date
	none_refused 300
	keys_alike date
}

@test "booleans and uuids arrive" {
	psql -Xqc "INSERT INTO sent (t, raw) SELECT t, i = 1
		FROM generate_series(1, 2) i,
		unnest(ARRAY['true', 'false', '1', '0']) t"
	round_trip boolean
	none_refused 8
	keys_alike boolean
	psql -Xqc 'DROP TABLE got' -c 'TRUNCATE sent RESTART IDENTITY' \
	    -c "INSERT INTO sent (t, raw)
		SELECT CASE i % 3 WHEN 0 THEN u WHEN 1 THEN upper(u)
			ELSE replace(u, '-', '') END, false
		FROM generate_series(1, 60) i, LATERAL
			(SELECT md5(i::text)::uuid::text AS u) g"
	round_trip uuid
	none_refused 60
	keys_alike uuid
	psql -Xqc 'DROP TABLE got' -c 'TRUNCATE sent RESTART IDENTITY' \
	    -c "INSERT INTO sent (t, raw) SELECT t, false FROM unnest(ARRAY[
		'12345678-1234-1234-1234-12345678901', 'x',
		'12345678x1234-1234-1234-123456789012',
		'g2345678-1234-1234-1234-123456789012']) t"
	round_trip uuid
	[ "$(wc -l <aside)" -eq 4 ]
}

@test "texts arrive without their escapes, other values as their text" {
	psql -Xqc "INSERT INTO sent (t, raw)
		SELECT string_agg(chr(CASE WHEN random() < 0.5
			THEN 1 + (random() * 126)::int
			ELSE 160 + (random() * 50000)::int END), ''), false
		FROM generate_series(1, 300) i, generate_series(1, 1 + i % 9) k
		GROUP BY i"
	psql -Xqc "INSERT INTO sent (t, raw) VALUES ('1.10', true),
		('[1, 2]', true), ('', false), ('true', true), ('\\\\', false)"
	round_trip text
	none_refused 305
}

@test "null, nothing and an empty string are NULL, but for a text" {
	printf '%s\n' '{"n":1,"v":null}' '{"n":2}' '{"n":3,"v":""}' >records
	for type in bigint numeric date timestamptz uuid boolean integer \
	    'double precision' jsonb text; do
		"$CUTFILE" "$type" aside <records >copy
		psql -Xqc 'DROP TABLE IF EXISTS got' \
		    -c "CREATE TABLE got (n bigint, v $type)" \
		    -c '\copy got FROM copy (FORMAT binary)'
		run -0 psql -XAtqc 'SELECT count(*), count(v) FROM got'
		[ "$output" = "3|$([ "$type" = text ] && echo 1 || echo 0)" ]
		diff -u /dev/null aside
	done
}

@test "what is taken as JSON is what PostgreSQL takes" {
	cat >records <<-'END'
	{"n":1,"v":{"b":1.10,"a":[1e3,-0,null,true]}}
	{"n":2,"v":"\u00e9\ud83d\ude00 \" \\ \/ \b\f\n\r\t"}
	{"n":3,"v":"\u0000"}
	{"n":4,"v":"\ud83d"}
	{"n":5,"v":"\ude00\ud83d"}
	{"n":6,"v":"\ud83dx"}
	{"n":7,"v":"\ud83d\n"}
	{"n":8,"v":{"\u0000":1}}
	{"n":9,"v":1e131071}
	{"n":10,"v":1e131072}
	{"n":11,"v":-1e-16383}
	{"n":12,"v":1e-16384}
	{"n":13,"v":0e999999}
	{"n":14,"v":0.001e131074}
	{"n":15,"v":10e131071}
	{"n":16,"v":01}
	{"n":17,"v":1.}
	{"n":18,"v":.5}
	{"n":19,"v":+1}
	{"n":20,"v":NaN}
	{"n":21,"v":[1,]}
	{"n":22,"v":{"a":1,}}
	{"n":23,"v":'a'}
	{"n":24,"v":"a	b"}
	{"n":25,"v":"\x"}
	{"n":26,"v":tru}
	{"n":27,"v":1}}
	{"n":28,"v":1} x
	{"n":29,"v":"\\u0000"}
	{"n":30,"v":1e999999999999999999999}
	{"n":31,"v":{"a":1,"a":2}}
	{"n":32,"v":"\uD83D\uDE00"}
	{"n":33,"v":"\u12"}
	{"n":34,"v":123456789012345678901234567890.5}
	{"n":35 "v":1}
	{"n":36,"v":0.0e-16383}
	{"n":37,"v":"\uDBFF\uDFFF\uD800\uDC00"}
	END
	"$CUTFILE" jsonb aside <records >copy
	psql -Xqc 'CREATE TABLE got (n bigint, v jsonb)' \
	    -c '\copy got FROM copy (FORMAT binary)'
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		psql -XAtq -v "line=$line" <<<"SELECT $n
			WHERE cast_or_null(:'line', 'jsonb') IS NOT NULL"
	done <records >want
	diff -u want <(psql -XAtqc 'SELECT n FROM got ORDER BY n')
	[ "$(wc -l <want)" -ge 10 ]
	run -0 psql -XAtqc 'SELECT v FROM got WHERE n = 1'
	[ "$output" = '{"a": [1000, 0, null, true], "b": 1.10}' ] ||
		[ "$output" = '{"a": [1000, -0, null, true], "b": 1.10}' ]
}
