#!/usr/bin/env bats
# rooms: table
# ha-schema --apply: a database is brought to its description, step by step.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }
setup() { pg_fresh; }

sql() { psql -XAtqc "$1"; }

dump() { pg_dump --schema-only | grep -v '^--\|^[\]\|^$'; }

# The row's place tells whether anybody wrote it.
places() { sql "SELECT xmin, ctid, * FROM t.pets ORDER BY ctid"; }

describe() { # columns of pets [its indexes]
	mkdir -p s
	cat >s/t.json <<-E
	{"v":1,"source":"t","base":"https://api.example.com","envelope":{"rows":".data"},
	"resources":[{"name":"owners","title":"it's theirs","path":"/owners","page":{"style":"none"},
	"key":["id"],"columns":{"id":["bigint",".id"]}},
	{"name":"pets","path":"/pets","page":{"style":"none"},"key":["owner_id","n"],
	"columns":{"owner_id":["bigint",".o"],"n":["text",".n"]$1},
	"parents":[{"resource":"owners","column":"owner_id","key":"id","foreign_key":true}],
	"index":[${2:-}]}]}
	E
	export HA_SOURCES=$PWD/s
}

pets() { # rows
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('t', '1')"
	echo '{"id":1}' | ha-upsert -P -a 1 t/owners
	seq "$1" | jq -c '{o: 1, n: "p\(.)", b: "2020-02-03 04:05:06",
	    w: (. + 0.50), s: "7", k: {kind: "dog"}, tags: [.]}' >pets
	ha-upsert -P -a 1 t/pets pets
}

@test "ha-schema --apply: what it makes is what the script makes, silently; again it writes nothing" {
	for s in hostaway reso messenger; do
		pg_fresh
		ha-schema "$s" | psql -Xq
		want=$(dump)
		pg_fresh
		run -0 --separate-stderr ha-schema --apply "$s"
		[ "$output$stderr" = '' ]
		diff <(echo "$want") <(dump)
		before=$(dump; sql "SELECT xmin, * FROM ha.schemas; SELECT xmin, * FROM ha.cuts ORDER BY 2, 3")
		run -0 --separate-stderr ha-schema --apply -v "$s"
		[ "$output$stderr" = '' ]
		diff <(echo "$before") <(dump; sql "SELECT xmin, * FROM ha.schemas; SELECT xmin, * FROM ha.cuts ORDER BY 2, 3")
		run -0 --separate-stderr ha-schema --apply -n "$s"
		[ "$output$stderr" = '' ]
	done
}

@test "ha-schema --apply: the database is -d's, else HA_DATABASE_URL's, else libpq's" {
	describe ''
	here=$PGDATABASE
	pg_fresh
	HA_DATABASE_URL="host=$PGHOST user=$PGUSER dbname=$here" PGDATABASE=nowhere ha-schema --apply t
	[ "$(sql "SELECT to_regclass('t.pets') IS NULL")" = t ]
	[ "$(PGDATABASE=$here sql "SELECT to_regclass('t.pets')")" = t.pets ]
	there=$PGDATABASE
	PGDATABASE=nowhere ha-schema --apply -d "$there" t
	[ "$(sql "SELECT to_regclass('t.pets')")" = t.pets ]
	run -78 --separate-stderr ha-schema --apply -d nowhere t
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "ha-schema --apply -n: says each step and its lock, and does nothing" {
	describe ',"b":["date",".b"]'
	run -0 --separate-stderr ha-schema --apply -n t
	[[ $output == *'t.pets: makes the table (locks: '* && -z $stderr ]]
	[ -z "$(sql "SELECT 1 FROM pg_namespace WHERE nspname IN ('t', 'ha')")" ]
	ha-schema --apply t
	pets 3
	before=$(dump; places)
	describe ',"b":["timestamptz",".b"],"kind":["text",".k.kind"]' '"kind"'
	run -0 --separate-stderr ha-schema --apply -n t
	[[ $output == *'t.pets: column b becomes timestamptz (locks: ACCESS EXCLUSIVE'* ]]
	[[ $output == *'t.pets: adds column kind (locks: ACCESS EXCLUSIVE'* ]]
	[[ $output == *'t.pets: makes index pets_kind_idx (locks: SHARE'* ]]
	[[ $output == *'t.pets: cuts columns anew'* && -z $stderr ]]
	diff <(echo "$before") <(dump; places)
	run -74 bash -c 'ha-schema --apply -n t >/dev/full'
}

@test "ha-schema --apply: a new column is filled from the stored payloads; updated_at, version, fingerprint stay" {
	describe ',"b":["date",".b"]'
	ha-schema --apply t
	pets 3000
	before=$(sql "SELECT n, b, updated_at, version, fingerprint, raw_payload FROM t.pets ORDER BY n")
	describe ',"b":["date",".b"],"kind":["text",".k.kind"],"w":["numeric",".w"],"s":["integer",".s"],"t":["jsonb",".tags"],"first":["bigint","[.tags[]] | .[0]"]'
	run -0 --separate-stderr ha-schema --apply -v t
	[[ $stderr == *'t.pets: 3000 of 3000 rows changed'* ]]
	diff <(echo "$before") <(sql "SELECT n, b, updated_at, version, fingerprint, raw_payload FROM t.pets ORDER BY n")
	[ "$(sql "SELECT kind, w, s, t, first FROM t.pets WHERE n = 'p2'")" = 'dog|2.5|7|[2]|2' ]
	[ "$(sql "SELECT count(*) FROM t.pets WHERE kind = 'dog' AND n = 'p' || first")" -eq 3000 ]
	# what comes again is compared, and no change is found
	run -0 --separate-stderr ha-upsert -v -P -a 1 t/pets pets
	[[ $stderr == *'3000 unchanged'* && $stderr == *' 0 updated'* ]]
	before=$(places)
	run -0 --separate-stderr ha-upsert -v -P -a 1 t/pets pets
	[[ $stderr == *'3000 unchanged'* ]]
	diff <(echo "$before") <(places)
}

@test "ha-schema --apply: a value that does not fit is told, and leaves its row as it is" {
	describe ''
	ha-schema --apply t
	pets 2
	sed '1s/"s":"7"/"s":"many"/' pets | ha-upsert -P -a 1 t/pets
	describe ',"s":["integer",".s"]'
	run -0 --separate-stderr ha-schema --apply t
	[[ $stderr == *'t.pets: 1 of 2 rows changed; of 1 a value does not fit'* ]]
	[[ $stderr != *many* ]]
	[ "$(sql "SELECT n, s FROM t.pets ORDER BY n")" = $'p1|\np2|7' ]
}

@test "ha-schema --apply: a type is widened where every value stays, and cut anew" {
	describe ',"b":["date",".b"],"s":["integer",".s"]'
	ha-schema --apply t
	pets 10
	describe ',"b":["timestamptz",".b"],"s":["text",".s"]'
	ha-schema --apply t
	[ "$(sql "SELECT DISTINCT b, s, pg_typeof(s) FROM t.pets")" = '2020-02-03 04:05:06+00|7|text' ]
	ha-upsert -P -a 1 t/pets pets
	[ "$(sql "SELECT max(version) FROM t.pets")" -eq 1 ]
}

@test "ha-schema --apply: a type that not every value can become, another key: 78, a sentence, nothing is done" {
	describe ',"b":["timestamptz",".b"]'
	ha-schema --apply t
	pets 3
	before=$(dump; places)
	describe ',"b":["date",".b"],"kind":["text",".k.kind"]' '"kind"'
	run -78 --separate-stderr ha-schema --apply t
	[ "$stderr" = 'ha-schema: t.pets: column b is timestamp with time zone, described as date, and not every value can become one: give the new type a new name, or rename the old column' ]
	describe ''
	sed -i 's/"key":\["owner_id","n"\]/"key":["n"]/' s/t.json
	run -78 --separate-stderr ha-schema --apply t
	[[ $stderr == *'t.pets: its primary key is (account_id,owner_id,n), described as (account_id,n)'* ]]
	diff <(echo "$before") <(dump; places)
}

@test "ha-schema --apply: a parent is described after its children came: none is lost, the key holds for new ones" {
	describe ',"b":["text",".b"]'
	sed -i 's/"foreign_key":true/"foreign_key":false/' s/t.json
	ha-schema --apply t
	pets 3
	echo '{"o":9,"n":"stray"}' | ha-upsert -P -a 1 t/pets
	checked() { sql "SELECT convalidated FROM pg_constraint WHERE conname = 'pets_owner_id_fkey'"; }
	pg_template
	pg_fresh
	describe '' '"n"' # the key and an index come, a column goes
	ha-schema t | psql -Xq -v ON_ERROR_STOP=1
	[ "$(checked)" = f ]
	pg_fresh
	run -0 --separate-stderr ha-schema --apply t
	[ "$stderr" = 'ha-schema: t.pets: rows are there without their parent: foreign key pets_owner_id_fkey holds for new ones alone' ]
	[ "$(sql "SELECT count(*), count(b) FROM t.pets")" = '4|3' ]
	before=$(dump; places)
	run -0 --separate-stderr ha-schema --apply -v t
	[ "$output$stderr" = '' ]
	diff <(echo "$before") <(dump; places)
	{ cat pets; echo '{"o":9,"n":"stray"}'; } | ha-upsert -P -a 1 t/pets
	run ! sql "INSERT INTO t.pets (account_id, owner_id, n, raw_payload) VALUES ('1', 8, 'new', '{}')"
	[[ $output == *pets_owner_id_fkey* ]]
	# once they have their parent, the next change of the description checks them
	echo '{"id":9}' | ha-upsert -P -a 1 t/owners
	describe '' '"n","n, owner_id"'
	run -0 --separate-stderr ha-schema --apply t
	[ "$stderr" = '' ]
	[ "$(checked)" = t ]
}

@test "ha-schema --apply: rows of a table that becomes a shared one are of its first resource" {
	describe ',"kind":["text","\"pet\""]'
	jq '.resources[1].columns |= del(.kind)' s/t.json >one
	jq '.resources[1].part = "kind" | .resources += [.resources[1] | .name = "toys" | .table = "pets"
		| .columns.kind = ["text", "\"toy\""]]' s/t.json >two
	for way in 'ha-schema --apply t' 'ha-schema t | psql -Xq'; do
		pg_fresh
		cp one s/t.json
		ha-schema --apply t
		pets 2
		cp two s/t.json
		eval "$way"
		[ "$(sql "SELECT n, kind, updated_at = created_at FROM t.pets ORDER BY n")" = $'p1|pet|t\np2|pet|t' ]
		echo '{"o":1,"n":"t1"}' | ha-upsert -P -a 1 t/toys
		[ "$(sql "SELECT kind FROM t.pets WHERE n = 't1'")" = toy ]
	done
}

@test "ha-schema --apply: a view that has a column whose type is to change is named, before anything is done" {
	describe ',"s":["integer",".s"]'
	ha-schema --apply t
	pets 1
	sql "CREATE VIEW public.mine AS SELECT n, s FROM t.pets"
	describe ',"s":["text",".s"],"kind":["text",".k.kind"]'
	before=$(dump; places)
	run -78 --separate-stderr ha-schema --apply t
	[ "$stderr" = 'ha-schema: t.pets: column s is to become text, and view public.mine has it: drop the view, and make it again behind this' ]
	diff <(echo "$before") <(dump; places)
	sql "DROP VIEW public.mine; CREATE VIEW public.mine AS SELECT n FROM t.pets"
	ha-schema --apply t
	[ "$(sql "SELECT s FROM t.pets")" = 7 ]
}

@test "ha-schema --apply: what was dropped by hand is made again" {
	describe ',"b":["date",".b"]' '"b"'
	ha-schema --apply t
	want=$(dump)
	pets 10
	sql "DROP INDEX t.pets_b_idx; ALTER TABLE t.pets DROP CONSTRAINT pets_owner_id_fkey, DROP COLUMN b;
		COMMENT ON TABLE t.owners IS NULL; ALTER TABLE t.pets ALTER raw_payload SET COMPRESSION pglz"
	ha-schema --apply t
	diff <(sed 's/,$//' <<<"$want" | sort) <(dump | sed 's/,$//' | sort)
	[ "$(sql "SELECT convalidated FROM pg_constraint WHERE conname = 'pets_owner_id_fkey'")" = t ]
}

@test "ha-schema --apply --bare: no index and no foreign key while all tables are empty; a later one makes them" {
	describe ',"b":["date",".b"]' '"b"'
	ha-schema --apply t
	want=$(dump)
	ha-schema --apply --bare t
	[ "$(sql "SELECT count(*) FROM pg_indexes WHERE schemaname = 't'")" -eq 2 ]
	[ "$(sql "SELECT count(*) FROM pg_constraint WHERE contype = 'f'")" -eq 0 ]
	pets 10
	ha-schema --apply --bare t
	diff <(echo "$want") <(dump)
	pg_fresh
	ha-schema --apply --bare t
	[ "$(sql "SELECT count(*) FROM pg_indexes WHERE schemaname = 't'")" -eq 2 ]
	pets 10
	ha-schema --apply t
	diff <(echo "$want") <(dump)
	before=$(dump; places)
	ha-schema --apply --bare t
	diff <(echo "$before") <(dump; places)
}

# Columns that came later stand behind the others.
state() {
	dump | sed 's/,$//' | sort
	sql "SELECT n, b, s, kind, version FROM t.pets ORDER BY n"
}

# Ends it when it has said that many lines.
killed_after() { # lines source
	mkfifo "fifo$1"
	ha-schema --apply -v "$2" 2>"fifo$1" 3>&- &
	head -n "$1" <"fifo$1" >/dev/null
	kill -9 $! 2>/dev/null || true
	wait $! || true
	rm "fifo$1"
}

@test "ha-schema --apply: killed after any step, the next one goes on" {
	describe ',"b":["date",".b"]'
	ha-schema --apply t
	pets 3000
	old=$PGDATABASE
	pg_fresh
	columns=',"b":["timestamptz",".b"],"s":["integer",".s"],"kind":["text",".k.kind"]'
	describe "$columns" '"kind","s, b"'
	ha-schema --apply t
	pets 3000
	want=$(state)
	PGDATABASE=$old
	pg_template
	for n in 1 3 5 7; do
		pg_fresh
		killed_after "$n" t
		run -0 --separate-stderr ha-schema --apply t
		diff <(echo "$want") <(state)
		[ "$(sql "SELECT count(*) FROM ha.cuts WHERE source = 't'")" -eq 2 ]
	done
}

@test "ha-schema --apply: several at once all end well" {
	describe ',"b":["date",".b"]' '"b"'
	ha-schema --apply t
	want=$(dump)
	pg_fresh
	for i in 1 2 3; do
		ha-schema --apply t 3>&- &
		pids[i]=$!
	done
	for i in 1 2 3; do wait "${pids[i]}"; done
	diff <(echo "$want") <(dump)
}

@test "ha-schema --apply: a table in use is waited for, with a word; the wait has an end" {
	describe ''
	ha-schema --apply t
	describe ',"b":["date",".b"]'
	mkfifo hold
	psql -Xq <hold 3>&- >/dev/null &
	exec 7>hold
	echo 'BEGIN; LOCK t.pets;' >&7
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 't.pets'::regclass")" -gt 0 ]; do :; done
	ha-schema --apply t 2>err 3>&- 7>&- &
	until grep -q 'waits for a lock that others hold' err; do kill -0 $!; done
	exec 7>&-
	wait $!
	[ "$(sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 't.pets'::regclass AND attname = 'b'")" -eq 1 ]
}

@test "ha-schema --apply: steps of a file are done once, in their order" {
	describe ''
	printf '%s\n' '-- step 1: a table that was' 'CREATE TABLE IF NOT EXISTS t.told (n integer);' \
	    '-- step 2: what it says' "INSERT INTO t.told VALUES (2);" >s/t_steps.sql
	ha-schema --apply t
	[ "$(sql "SELECT * FROM t.told")" = 2 ]
	echo '-- step 3: more;
	INSERT INTO t.told VALUES (3);' >>s/t_steps.sql
	run -0 --separate-stderr ha-schema --apply -n t
	[[ $output == *'t: step t 3 of the upgrade'* && $output != *'step t 2'* ]]
	ha-schema t | psql -Xq
	ha-schema --apply t
	[ "$(sql "SELECT string_agg(n::text, ',') FROM t.told")" = 2,3 ]
}

@test "ha-schema --apply: payloads are compressed by lz4 where the server can, those of updates, too" {
	[ "$(sql "SELECT count(*) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)")" -eq 1 ] ||
		skip 'a server without lz4'
	describe ''
	ha-schema --apply t
	pets 1
	for word in one two; do
		jq -cn --arg w "$word" '{o: 1, n: "long", x: ($w * 4000)}' | ha-upsert -P -a 1 t/pets
		[ "$(sql "SELECT pg_column_compression(raw_payload) FROM t.pets WHERE n = 'long'")" = lz4 ]
	done
}

@test "ha-schema: options that go with --apply are 64 without it" {
	run -64 ha-schema -n hostaway
	run -64 ha-schema --bare hostaway
	run -64 ha-schema --apply hostaway/listings
}
