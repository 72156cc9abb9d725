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

@test "each.stored: of a parent that is gone it is not told" {
	{ head -n 1 in; echo '{"@ha":"open","parent":{"id":5}}'; echo '{"@ha":"close","records":0,"gone":true}'
	echo '{"@ha":"open","parent":{"id":6,"change":"c"}}'; echo '{"@ha":"close","records":0}'
	echo '{"@ha":"end","records":0,"complete":true}'; } | ha-upsert
	[ "$(sql "SELECT string_agg(key, ' ') FROM shop.told")" = 6 ]
}

# noted() refuses what the condition names, of rows or of a key k.
refuse_if() {
	sql "CREATE OR REPLACE FUNCTION shop.noted(a text, keys text[]) RETURNS void LANGUAGE plpgsql AS \$\$
		DECLARE k text; BEGIN FOREACH k IN ARRAY keys LOOP
		IF $1 THEN RAISE EXCEPTION 'not that one' USING ERRCODE = '${2:-P0001}'; END IF;
		INSERT INTO shop.told SELECT a, k, (SELECT count(*) FROM shop.notes WHERE order_id = k::bigint);
		END LOOP; END \$\$"
}

groups() { # id=record,record ... ; a whole section
	local n=0 all=0 g r
	echo '{"@ha":"begin","v":1,"source":"shop","resource":"notes","account":"it'"'"'s {a}","mode":"each"}'
	for g; do
		printf '{"@ha":"open","parent":{"id":%d,"change":"c"}}\n' "${g%%=*}"
		n=0
		for r in $(tr , ' ' <<<"${g#*=}"); do
			printf '{"id":%s}\n' "$r"
			n=$((n + 1))
		done
		printf '{"@ha":"close","records":%d}\n' $n
		all=$((all + n))
	done
	printf '{"@ha":"end","records":%d,"complete":true,"cursor":{"x":1}}\n' $all
}

open_rejects() {
	sql "SELECT coalesce(key, '-') || ': ' || reason FROM ha.rejects WHERE closed_at IS NULL ORDER BY 1"
}

@test "each.stored: a group that it refuses costs itself: nothing of it is stored, and it is due" {
	for code in P0001 23514 HX001; do
		pg_fresh shop
		sql "INSERT INTO ha.accounts (source, account_id) VALUES ('shop', 'it''s {a}')"
		groups 6=1,2,3 7=4 8= 9=5 | ha-upsert
		sql "DELETE FROM shop.notes; DELETE FROM shop.told"
		refuse_if "k IN ('7', '8')" $code
		for j in 1 2; do
			run -1 --separate-stderr ha-upsert -j $j -v -r aside <<<"$(groups 6=1,2,3 7=4 8= 9=5)"
			[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.notes")" = '1 2 3 5' ]
			[ "$(sql "SELECT string_agg(parent_key, ' ' ORDER BY parent_key) FROM ha.children")" = '6 9' ]
			[ "$(open_rejects)" = "4: its group: shop.noted: database: not that one
{\"id\":7}: shop.noted: database: not that one
{\"id\":8}: shop.noted: database: not that one" ]
		done
		[[ $stderr == *'5 fetched = 0 inserted + 0 updated + 4 unchanged + 0 stale + 0 parked + 1 rejected'* ]] ||
			[[ $stderr == *'4 fetched = '* ]] || { echo "$stderr" >&2; false; }
		[ "$(jq -c .key aside | sort | uniq -c | tr -s ' ')" = ' 2 "4"
 2 "{\"id\":7}"
 2 "{\"id\":8}"' ]
		rm aside
	done
	# the next run loses nothing, once it is good
	refuse_if false
	groups 6=1,2,3 7=4 8= 9=5 | ha-upsert
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.notes")" = '1 2 3 4 5' ]
	[ "$(sql "SELECT string_agg(parent_key, ' ' ORDER BY parent_key) FROM ha.children")" = '6 7 8 9' ]
	[ -z "$(open_rejects)" ]
}

@test "each.stored: all groups refused, or the last after an error that passes" {
	refuse_if true
	run -1 ha-upsert <<<"$(groups 6=1,2,3 7=4)"
	[ "$(sql "SELECT (SELECT count(*) FROM shop.notes), (SELECT count(*) FROM ha.children),
	    (SELECT count(*) FROM ha.rejects), (SELECT rejected FROM ha.sync_log)")" = '0|0|6|4' ]
	# an error that passes is tried again; the statement's own fault is none of a group's
	sql "CREATE SEQUENCE shop.tries; CREATE OR REPLACE FUNCTION shop.noted(a text, keys text[]) RETURNS void
		LANGUAGE plpgsql AS \$\$ BEGIN IF nextval('shop.tries') = 1 THEN
		RAISE EXCEPTION 'once' USING ERRCODE = '40001'; END IF;
		INSERT INTO shop.told SELECT a, unnest(keys); END \$\$"
	groups 6=1,2,3 7=4 | ha-upsert
	[ "$(sql "SELECT count(*) FROM shop.told")" = 2 ]
	refuse_if true 42601
	run -69 --separate-stderr ha-upsert <<<"$(groups 9=5)"
	[[ $stderr == *'shop.noted: database: not that one' ]]
	[ "$(sql "SELECT count(*) FROM shop.notes")" = 4 ]
}

@test "what is checked when a transaction ends costs its record; rows that need each other are stored" {
	sql "ALTER TABLE shop.notes ADD next bigint REFERENCES shop.notes DEFERRABLE INITIALLY DEFERRED" 2>/dev/null ||
		sql "CREATE UNIQUE INDEX ids ON shop.notes (id); ALTER TABLE shop.notes ADD next bigint REFERENCES shop.notes (id)
			DEFERRABLE INITIALLY DEFERRED"
	# 1 needs 4, 4 needs 2; 3 needs what is nowhere, and 5 needs 3
	sql "CREATE FUNCTION shop.next() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		NEW.next := (ARRAY[4, NULL, 9, 2, 3])[NEW.id]; RETURN NEW; END \$\$;
		CREATE TRIGGER next BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.next()"
	run -1 ha-upsert <<<"$(groups 6=1,2,3,4,5)"
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.notes")" = '1 2 4' ]
	[ "$(open_rejects | cut -d: -f1 | paste -sd' ' -)" = '3 5' ]
	[ "$(sql "SELECT sum(inserted), sum(rejected) FROM ha.sync_log")" = '3|2' ]
	sql "DROP TRIGGER next ON shop.notes"
	groups 6=1,2,3,4,5 | ha-upsert
	[ -z "$(open_rejects)" ]
}

@test "each.stored: killed while groups are refused, the next run ends in the same tables" {
	refuse_if "k = '7' AND pg_sleep(0.02) IS NOT NULL"
	groups 6=1,2,3 7=4 8= 9=5 10=6 >in
	state() {
		sql "SELECT (SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.notes),
		    (SELECT string_agg(parent_key, ' ' ORDER BY parent_key) FROM ha.children),
		    (SELECT string_agg(key, ' ' ORDER BY key) FROM ha.rejects WHERE closed_at IS NULL)"
	}
	for ms in 030 060 090 120; do
		timeout -s KILL "0.$ms" ha-upsert in || :
	done
	run -1 ha-upsert in
	[ "$(state)" = '1 2 3 5 6|10 6 8 9|4 {"id":7}' ]
}

@test "each.stored: a dry run tells nobody anything that stays" {
	run -65 ha-upsert -n in
	[ "$(sql "SELECT count(*) FROM shop.told")" = 0 ]
}

@test "a row that is gone and may not be marked costs itself, in a batch and alone" {
	jq -nc '{"@ha": "begin", v: 1, source: "shop", resource: "orders", account: "it\u0027s {a}", mode: "full"},
	    (range(40) | {id: .}), {"@ha": "end", records: 40, complete: true}' | ha-upsert
	sql "CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF NEW.deleted_at IS NOT NULL THEN RAISE EXCEPTION 'it is invoiced'; END IF; RETURN NEW; END \$\$;
	    CREATE TRIGGER keep BEFORE UPDATE ON shop.orders FOR EACH ROW WHEN (NEW.id IN (7, 31)) EXECUTE FUNCTION shop.keep()"
	jq -nc '{"@ha": "begin", v: 1, source: "shop", resource: "orders", account: "it\u0027s {a}", mode: "full"},
	    (range(100; 105) | {id: .}), {"@ha": "end", records: 5, complete: true}' >fewer
	run -1 ha-upsert --prune --force fewer
	[[ $output == *'shop/orders: 2 rows are gone, and the database refuses to mark them as deleted: '* ]]
	[[ $output == *'it is invoiced'* && $output == *31* ]]
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.orders WHERE deleted_at IS NULL")" = '7 31 100 101 102 103 104' ]
	[ "$(sql "SELECT deleted FROM ha.sync_log ORDER BY started_at DESC LIMIT 1")" -eq 38 ]
	# alone, again; and once it may go, it goes
	run -1 ha-upsert --prune --force fewer
	sql "DROP TRIGGER keep ON shop.orders"
	run -0 ha-upsert --prune --force fewer
	[ "$(sql "SELECT count(*) FROM shop.orders WHERE deleted_at IS NULL")" -eq 5 ]
}
