#!/usr/bin/env bats
# rooms: table
# ha-schema: the tables of a description, made once and brought up to date.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }
setup() { pg_fresh; }

sql() { psql -XAtqc "$1"; }

# What pg_dump would say, without what each dump has of its own.
dump() { pg_dump --schema-only | grep -v '^--\|^[\]\|^$'; }

describe() { # columns [more]
	mkdir -p s
	cat >s/t.json <<-E
	{"v":1,"source":"t","base":"https://api.example.com","envelope":{"rows":".data"},
	"resources":[{"name":"owners","title":"it's theirs","path":"/owners","page":{"style":"none"},
	"key":["id"],"columns":{"id":["bigint",".id"]}},
	{"name":"pets","path":"/pets","page":{"style":"none"},"key":["owner_id","n"],
	"columns":{"owner_id":["bigint",".o"],"n":["text",".n"]$1},
	"parents":[{"resource":"owners","column":"owner_id","key":"id","foreign_key":true}],
	"index":["born, n"]}]}
	E
	export HA_SOURCES=$PWD/s
}

@test "ha-schema: the script makes the tables, silently; again it changes nothing" {
	ha-schema hostaway >script
	run -0 --separate-stderr psql -X <script
	[ "$output$stderr" = '' ]
	before=$(dump; sql "SELECT xmin, hash FROM ha.schemas")
	run -0 --separate-stderr psql -X <script
	[ "$output$stderr" = '' ]
	[ "$before" = "$(dump; sql "SELECT xmin, hash FROM ha.schemas")" ]
	ha-schema hostaway | cmp - script
}

@test "ha-schema: keys start with the account, children refer to their parents" {
	ha-schema hostaway | psql -Xq
	[ "$(sql "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE i.indisprimary AND c.relnamespace = 'hostaway'::regnamespace AND a.attname <> 'account_id'")" -eq 0 ]
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload) VALUES ('1', 5, '{}'), ('2', 5, '{}')"
	sql "INSERT INTO hostaway.reservations (account_id, id, listing_id, raw_payload) VALUES ('1', 7, 5, '{}')"
	! sql "INSERT INTO hostaway.reservations (account_id, id, listing_id, raw_payload) VALUES ('3', 7, 5, '{}')"
}

@test "ha-schema: a declared column is added to a table with rows, which are compared again" {
	describe ',"born":["date",".b"]'
	ha-schema t | psql -Xq
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('t', '1')"
	echo '{"id":1}' | ha-upsert -P -a 1 t/owners
	echo '{"o":1,"n":"rex","b":"2020-02-03","k":"dog"}' | ha-upsert -P -a 1 t/pets
	describe ',"born":["date",".b"],"kind":["text",".k"]'
	ha-schema t | psql -Xq
	[ "$(sql "SELECT kind IS NULL, version FROM t.pets")" = 't|1' ]
	# nothing is written for that: the fingerprint says how it was cut
	[ "$(sql "SELECT count(*) FROM t.pets WHERE fingerprint IS NULL")" -eq 0 ]
	echo '{"o":1,"n":"rex","b":"2020-02-03","k":"dog"}' | ha-upsert -P -a 1 t/pets
	[ "$(sql "SELECT born, kind, version FROM t.pets")" = '2020-02-03|dog|2' ]
	[ "$(sql "SELECT obj_description('t.owners'::regclass)")" = "it's theirs" ]
}

@test "ha-schema: a column of another type, another key: psql stops and names it, nothing is done" {
	describe ',"born":["date",".b"]'
	ha-schema t | psql -Xq
	before=$(dump)
	describe ',"born":["timestamptz",".b"],"kind":["text",".k"]'
	run -3 --separate-stderr psql -X <<<"$(ha-schema t)"
	[[ $stderr == *'column born is date, described as timestamptz'* ]]
	[ "$before" = "$(dump)" ]
	describe ',"born":["date",".b"]'
	sed -i 's/"key":\["owner_id","n"\]/"key":["n"]/' s/t.json
	run -3 --separate-stderr psql -X <<<"$(ha-schema t)"
	[[ $stderr == *'t.pets'*'primary key'* ]]
	[ "$before" = "$(dump)" ]
}

@test "ha-schema: the source's own SQL file is found beside its description" {
	describe ',"born":["date",".b"]'
	sed -i 's/"base"/"sql":"t.sql","base"/' s/t.json
	run -78 --separate-stderr ha-schema t
	[ -z "$output" ]
	echo 'CREATE OR REPLACE VIEW t.young AS SELECT * FROM t.pets;' >s/t.sql
	ha-schema t | psql -Xq
	[ "$(sql "SELECT count(*) FROM t.young")" -eq 0 ]
	sed -i 's/"sql":"t.sql"/"sql":["t.sql","more.sql"]/' s/t.json
	run -78 --separate-stderr ha-schema t
	[[ $stderr == *more.sql* && -z $output ]]
	echo 'CREATE OR REPLACE VIEW t.old AS SELECT * FROM t.young;' >s/more.sql
	ha-schema t | psql -Xq
	[ "$(sql "SELECT count(*) FROM t.old")" -eq 0 ]
	sed -i 's/"more.sql"]/7]/' s/t.json
	run -78 --separate-stderr ha-schema t
}

@test "ha-schema: two at once both end well" {
	ha-schema hostaway >script
	psql -Xq <script 3>&- &
	psql -Xq <script
	wait $!
}

@test "ha-schema: no such source is 78, a resource is 64" {
	run -78 --separate-stderr ha-schema nowhere
	[ "${#stderr_lines[@]}" -eq 1 ]
	run -64 --separate-stderr ha-schema hostaway/listings
	run -64 ha-schema
	run -64 ha-schema a b
}

@test "ha-schema: the accounts view shows nothing secret" {
	ha-schema hostaway | psql -Xq
	sql "INSERT INTO ha.accounts (source, account_id, secret, token) VALUES ('hostaway', '1', 'x', 'y'), ('other', '2', 'x', 'y')"
	[ "$(sql "SELECT count(*) FROM hostaway.accounts")" -eq 1 ]
	[ "$(sql "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'hostaway'
		AND table_name = 'accounts' AND column_name ~ 'secret|token'")" -eq 0 ]
}

@test "ha.without: ignored paths at any depth, other values as they are" {
	ha-schema hostaway | psql -Xq
	[ "$(sql "SELECT ha.without('{\"a\":[{\"u\":1,\"k\":2},3,{\"k\":4}],\"u\":5}', '{a,[],u}')")" = '{"a": [{"k": 2}, 3, {"k": 4}], "u": 5}' ]
	[ "$(sql "SELECT ha.without('{\"a\":[[{\"u\":1}],{\"u\":2}]}', '{a,[],[],u}')")" = '{"a": [[{}], {"u": 2}]}' ]
	[ "$(sql "SELECT ha.without('{\"a\":{\"b\":1,\"c\":2}}', '{a,b}')")" = '{"a": {"c": 2}}' ]
	[ "$(sql "SELECT ha.without('{\"a\":null}', '{a,[],u}')")" = '{"a": null}' ]
	[ "$(sql "SELECT ha.without('{\"a\":[]}', '{a,[],u}')")" = '{"a": []}' ]
}
