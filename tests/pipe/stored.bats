#!/usr/bin/env bats
# rooms: upsert
# ha-upsert: a description's function is told of closed groups, inside the
# transaction that stores them.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

sql() { psql -XAtqc "$1"; }

setup() {
	mkdir s
	cat >s/shop.json <<-'E'
	{"v": 1, "source": "shop", "base": "https://shop.example.com", "envelope": {"rows": "."}, "sql": "shop.sql",
	 "resources": [
	  {"name": "orders", "path": "/orders", "page": {"style": "none"}, "key": ["id"],
	   "columns": {"id": ["bigint", ".id"]}, "fields": {"id": "id"}},
	  {"name": "notes", "each": {"parent": "orders", "path": "/orders/{parent.id}/notes", "page": {"style": "none"},
	    "refresh": "1h", "stored": "shop.noted"},
	   "key": ["id"], "columns": {"id": ["bigint", ".id"], "order_id": ["bigint", "$parent.id"]},
	   "parents": [{"resource": "orders", "column": "order_id", "key": "id"}]}]}
	E
	cat >s/shop.sql <<-'E'
	CREATE TABLE IF NOT EXISTS shop.told (account text, key text, notes bigint);
	CREATE OR REPLACE FUNCTION shop.noted(a text, keys text[]) RETURNS void LANGUAGE sql AS $$
		INSERT INTO shop.told SELECT a, k, (SELECT count(*) FROM shop.notes WHERE order_id = k::bigint)
		FROM unnest(keys) k $$;
	E
	export HA_SOURCES=$PWD/s
	pg_fresh shop
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('shop', 'it''s {a}')"
	cat >in <<-'E'
	{"@ha":"begin","v":1,"source":"shop","resource":"notes","account":"it's {a}","mode":"each"}
	{"@ha":"open","parent":{"id":5,"change":"c"}}
	{"id":1}
	{"id":2}
	{"@ha":"close","records":2}
	{"@ha":"open","parent":{"id":6,"change":"c"}}
	{"@ha":"close","records":0}
	{"@ha":"open","parent":{"id":7,"change":"c"}}
	{"id":3}
	E
}

@test "each.stored: the function sees the rows of each group that was closed, once" {
	run -65 ha-upsert in
	[ "$(sql "SELECT * FROM shop.told ORDER BY key")" = $'it\'s {a}|5|2\nit\'s {a}|6|0' ]
	# what is unchanged was stored, too
	run -65 ha-upsert -j 2 in
	[ "$(sql "SELECT count(*), sum(notes) FROM shop.told")" = '4|4' ]
}

@test "each.stored: what it refuses is not stored either; ha-upsert says who" {
	sql "CREATE OR REPLACE FUNCTION shop.noted(a text, keys text[]) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN
		RAISE EXCEPTION 'no more today'; END \$\$"
	{ cat in; echo '{"@ha":"end","records":3,"complete":false}'; } >whole
	run -69 --separate-stderr ha-upsert whole
	[[ $stderr == *'shop.noted: database: no more today'* ]]
	[ "$(sql "SELECT (SELECT count(*) FROM shop.notes), (SELECT count(*) FROM ha.children)")" = '0|0' ]
	# an error that passes is tried again
	sql "CREATE SEQUENCE shop.tries; CREATE OR REPLACE FUNCTION shop.noted(a text, keys text[]) RETURNS void
		LANGUAGE plpgsql AS \$\$ BEGIN IF nextval('shop.tries') = 1 THEN
		RAISE EXCEPTION 'once' USING ERRCODE = '40001'; END IF;
		INSERT INTO shop.told SELECT a, unnest(keys); END \$\$"
	ha-upsert whole
	[ "$(sql "SELECT count(*) FROM shop.told")" = 2 ]
}

@test "each.stored: a dry run tells nobody anything that stays" {
	run -65 ha-upsert -n in
	[ "$(sql "SELECT count(*) FROM shop.told")" = 0 ]
}
