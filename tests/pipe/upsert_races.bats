#!/usr/bin/env bats
# rooms: upsert
# ha-upsert: what others do meanwhile, and what is committed when half of a
# batch is lost, must not show.

load ../helper
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	ready
}

ready() {
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('hostaway', '59808')"
}

live() { # table: ids of rows that are not deleted
	sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM hostaway.$1
		WHERE deleted_at IS NULL"
}

# An error that comes once: sequences are not rolled back.
fail_once() { # table, SQLSTATE
	sql "CREATE SEQUENCE public.once;
		CREATE FUNCTION public.once() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF nextval('public.once') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '$2'; END IF;
		RETURN NEW; END \$\$;
		CREATE TRIGGER once BEFORE INSERT ON $1 FOR EACH ROW EXECUTE FUNCTION public.once()"
}

@test "ha-upsert: --prune spares what another process stored meanwhile" {
	for ((i = 1; i <= 20; i++)); do listing $i n$i; done | section listings | ha-upsert
	mkfifo pipe
	ha-upsert --prune <pipe 3>&- &
	pid=$!
	exec 7>pipe
	{ begin listings full; for ((i = 1; i <= 10; i++)); do listing $i n$i; done; } >&7
	until [ "$(sql "SELECT fetched FROM ha.sync_log WHERE mode = 'full'")" = 10 ]; do sleep 0.02; done
	listing 77 hook | section listings | ha-upsert
	{ for ((i = 11; i <= 19; i++)); do listing $i n$i; done; finish 19; } >&7
	exec 7>&-
	wait $pid
	[ "$(live listings)" = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 77' ]
}

@test "ha-upsert: --prune of an empty list, and of one whose records were refused" {
	for ((i = 1; i <= 3; i++)); do listing $i n$i; done | section listings | ha-upsert
	section listings full </dev/null >none
	run -76 --separate-stderr ha-upsert --prune none
	[[ $stderr == *'3 of 3 rows did not come'* ]]
	[ "$(live listings)" = '1 2 3' ]
	# a refused record came, all the same
	sql "ALTER TABLE hostaway.listings ADD CHECK (internal_name <> 'no')"
	{ listing 1 n1; echo "{\"id\":2,\"internalListingName\":\"no\"}"; listing 3 n3; } | section listings full >in
	run -1 ha-upsert --prune in
	[ "$(live listings)" = '1 2 3' ]
	ha-upsert --prune --force none
	[ "$(live listings)" = '' ]
	# an account without rows
	ha-upsert --prune none
}

@test "ha-upsert: the same bytes fetched whole say more than fetched thin" {
	full='{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"u"}]}'
	thin='{"id":1,"name":"b","latestActivityOn":"2025-01-02 00:00:00","listingImages":[]}'
	section listings since ',"whole":true' <<<"$full" | ha-upsert
	section listings <<<"$thin" >in
	ha-upsert in
	ha-upsert in
	[ "$(counts)" = '1 0 0 0 1 0 0 0' ]
	[ "$(sql "SELECT jsonb_array_length(raw_payload->'listingImages') FROM hostaway.listings")" = 1 ]
	section listings since ',"whole":true' <<<"$thin" | ha-upsert
	[ "$(counts)" = '1 0 1 0 0 0 0 0' ]
	[ "$(sql "SELECT jsonb_array_length(raw_payload->'listingImages') FROM hostaway.listings")" = 0 ]
}

@test "ha-upsert: photos of a listing that was fetched thinner stay" {
	full='{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"https://p.example.com/u","id":1}]}'
	embedded() { ha-synclog pending -a 59808 hostaway/listing_photos | ha-unnest hostaway/listing_photos | ha-upsert; }
	section listings since ',"whole":true' <<<"$full" | ha-upsert
	embedded
	[ "$(live listing_photos)" = 1 ]
	for n in 2 3; do
		echo '{"id":1,"name":"b","latestActivityOn":"2025-01-0'$n' 00:00:00"}' | section listings | ha-upsert
		[ "$(ha-synclog pending -a 59808 hostaway/listing_photos | grep -c '"id":1')" -gt 0 ]
		embedded
		[ "$(live listing_photos)" = 1 ]
		[ "$(ha-synclog pending -a 59808 hostaway/listing_photos | grep -c '"id": *1')" -eq 0 ]
	done
	# and go, once the whole listing lacks them
	echo '{"id":1,"name":"b","latestActivityOn":"2025-01-04 00:00:00","listingImages":[]}' |
		section listings since ',"whole":true' | ha-upsert
	embedded
	[ "$(live listing_photos)" = '' ]
}

@test "ha-upsert: one connection of two committed: its rows keep their fate" {
	fail_once ha.sync_log 40001
	for ((i = 1; i <= 200; i++)); do listing $i n$i; done | section listings >in
	ha-upsert -j 2 --emit changed in >passed
	[ "$(counts)" = '200 200 0 0 0 0 0 0' ]
	diff in passed
	sql "ALTER SEQUENCE public.once RESTART"
	sed 's/"n\([0-9]\)/"N\1/' in >in2
	ha-upsert -j 3 --emit changed in2 >passed
	[ "$(counts)" = '200 0 200 0 0 0 0 0' ]
	diff in2 passed
	[ "$(sql "SELECT max(version) FROM hostaway.listings")" = 2 ]
}

@test "ha-upsert: a commit whose answer was lost is not done twice" {
	pg_up own hostaway
	ready
	export PGOPTIONS='-c synchronous_commit=local'
	for ((i = 1; i <= 50; i++)); do listing $i n$i; done | section listings >in
	mkfifo pipe
	for jobs in 1 2; do
		sed "s/\"n\([0-9]\)/\"v$jobs-\1/" in >now
		PGOPTIONS='' ha-upsert -j $jobs --emit changed <pipe >passed 3>&- &
		pid=$!
		exec 7>pipe
		head -n 1 now >&7
		until [ "$(sql "SELECT count(*) FROM ha.sync_log")" = $jobs ]; do sleep 0.02; done
		sql "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
		sql 'SELECT pg_reload_conf()' >reloaded
		tail -n +2 now >&7
		exec 7>&-
		until [ "$(sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE wait_event = 'SyncRep' AND query = 'COMMIT'")" = t ]; do
			sleep 0.02
		done
		sql "ALTER SYSTEM RESET synchronous_standby_names"
		sql 'SELECT pg_reload_conf()' >reloaded
		wait $pid
		diff now passed
		[ "$(counts | cut -d ' ' -f 1,4,5)" = '50 0 0' ]
		[ "$(sql "SELECT count(*) FROM hostaway.listings WHERE version = $jobs")" = 50 ]
	done
	[ "$(sql "SELECT count(*) FROM ha.sync_log")" -eq 2 ]
	ha-pg --data "$HA_TEST_PG" stop 3>&-
	rm -rf "$HA_TEST_PG"
}

@test "ha-upsert: counts that do not add up take the position back to the section's start" {
	listing 1 a | section listings | ha-upsert
	at() { printf '{"@ha":"at","cursor":{"keys":["%s"]}}\n' "$1"; }
	{ begin reservations; echo '{"id":1,"listingMapId":1}'; finish 1 ',"cursor":{"position":"5"}'; } | ha-upsert
	{ begin reservations since ',"from":{"position":"5"}'; echo '{"id":2,"listingMapId":1}'; at 2
	echo '{"id":4,"listingMapId":1}'; at 4; finish 3 ',"cursor":{"position":"9"}'; } >lost
	run -65 ha-upsert lost
	[ "$(sql "SELECT cursor FROM ha.sync_state WHERE resource = 'reservations'")" = '{"position": "5"}' ]
	sql 'DELETE FROM hostaway.reservations WHERE id > 1'
	run -65 ha-upsert -b 1 lost
	[ "$(sql "SELECT cursor, complete FROM ha.sync_state WHERE resource = 'reservations'")" = '{"position": "5"}|f' ]
	[ "$(live reservations)" = '1 2 4' ]
	# a full one begins at nothing
	sed 's/,"from":{[^}]*}//; s/since/full/' lost >whole
	sql 'DELETE FROM hostaway.reservations WHERE id > 1'
	run -65 ha-upsert -b 1 whole
	[ "$(sql "SELECT cursor IS NULL, complete FROM ha.sync_state WHERE resource = 'reservations'")" = 't|f' ]
}

@test "ha-upsert: many empty groups are committed in batches, too" {
	listing 1 a | section listings | ha-upsert
	{ begin messages each
	for ((i = 1; i <= 1000; i++)); do
		printf '{"@ha":"open","parent":{"id":%d,"change":"c"}}\n{"@ha":"close","records":0}\n' $i
	done; finish 0; } >in
	ha-upsert -b 100 in
	[ "$(sql "SELECT count(*), count(DISTINCT xmin::text) >= 10 FROM ha.children")" = '1000|t' ]
}

@test "ha-upsert: a record outside of groups takes nothing from an earlier parent" {
	mkdir s
	cat >s/shop.json <<-'E'
	{"v": 1, "source": "shop", "title": "a shop", "base": "https://shop.example.com", "account": "^[0-9]+$",
	 "auth": {"style": "none"}, "envelope": {"rows": "."},
	 "resources": [
	  {"name": "orders", "path": "/orders", "page": {"style": "none"}, "key": ["id"],
	   "columns": {"id": ["bigint", ".id"]}, "fields": {"id": "id"}},
	  {"name": "notes", "each": {"parent": "orders", "path": "/orders/{parent.id}/notes", "page": {"style": "none"}, "refresh": "1h"},
	   "key": ["id"], "columns": {"id": ["bigint", ".id"], "order_id": ["bigint", "$parent.id"]},
	   "parents": [{"resource": "orders", "column": "order_id", "key": "id"}]}]}
	E
	export HA_SOURCES=$PWD/s
	ln -s "$HA_ROOT"/lib/sql s/sql 2>/dev/null || true
	ha-schema shop | psql -Xq
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('shop', '1')"
	cat >in <<-'E'
	{"@ha":"begin","v":1,"source":"shop","resource":"notes","account":"1","mode":"adopt"}
	{"id":1}
	{"@ha":"open","parent":{"id":5}}
	{"id":2}
	{"@ha":"close","records":1}
	{"id":3}
	{"@ha":"end","records":3,"complete":true}
	E
	want=$'1|\n2|5\n3|'
	ha-upsert in
	[ "$(sql "SELECT id, order_id FROM shop.notes ORDER BY id")" = "$want" ]
	for table in small large; do
		sql "DELETE FROM shop.notes"
		[ $table = small ] || sql "INSERT INTO shop.notes (account_id, id, raw_payload)
			SELECT '2', i, jsonb_build_object('x', repeat(md5(i::text), 50)) FROM generate_series(1, 6000) i"
		ha-upsert in
		[ "$(sql "SELECT id, order_id FROM shop.notes WHERE account_id = '1' ORDER BY id")" = "$want" ]
		ha-upsert -b 1 in
		[ "$(sql "SELECT id, order_id, version FROM shop.notes WHERE account_id = '1' ORDER BY id")" = $'1||1\n2|5|1\n3||1' ]
	done
}

@test "ha-upsert: an adopted copy goes; a newer one that was parked meanwhile stays" {
	listing 1 a | section listings | ha-upsert
	sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource, parent_key, reason, raw)
		VALUES ('hostaway', 'reservations', '59808', '1', 'listings', '1', 'unknown', '{\"id\":1,\"listingMapId\":1,\"new\":1}')"
	echo '{"id":1,"listingMapId":1}' | section reservations adopt | ha-upsert
	[ "$(sql "SELECT raw FROM ha.parked")" = '{"id":1,"listingMapId":1,"new":1}' ]
	ha-filter-parents --adopt -a 59808 hostaway/reservations | ha-upsert
	[ "$(sql "SELECT count(*) FROM ha.parked")" = 0 ]
	[ "$(sql "SELECT raw_payload->>'new' FROM hostaway.reservations")" = 1 ]
}

@test "hostaway.messages: a message first seen without its id is in the thread once" {
	family | ha-upsert
	bare='{"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"hello"}'
	echo "$bare" | section messages | ha-upsert
	[ "$(sql "SELECT message_count FROM hostaway.messages")" = 1 ]
	{ echo "{\"id\":9,${bare#?}"; echo "{\"id\":10,${bare#?}"; } | section messages | ha-upsert
	[ "$(sql "SELECT message_count, thread->0->>'id', thread->1->>'id' FROM hostaway.messages")" = '2|9|10' ]
	# in the other order as well
	echo "$bare" | sed 's/hello/late/' >late
	sed 's/^{/{"id":11,/' late | section messages | ha-upsert
	section messages <late | ha-upsert
	[ "$(sql "SELECT message_count FROM hostaway.messages")" = 3 ]
}

@test "hostaway.messages: a customer that changed does not split a thread" {
	family | ha-upsert
	echo '{"id":1,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"x"}' | section messages | ha-upsert
	sql "UPDATE ha.accounts SET customer_id = '6b1f2a52-0000-4000-8000-000000000002'"
	echo '{"id":6,"reservationId":7}' | section conversations | ha-upsert
	echo '{"id":2,"conversationId":6,"reservationId":7,"date":"2025-01-01 11:00:00","body":"y"}' | section messages | ha-upsert
	[ "$(sql "SELECT reservation_id, message_count, conversation_ids FROM hostaway.messages")" = '7|2|{5,6}' ]
}

@test "ha-upsert: a reason never quotes the record" {
	sql "ALTER TABLE hostaway.listings ADD CHECK (name::date > '2000-01-01')"
	for name in 'jane' 'jane\"doe' 'jane\"\"doe\"'; do
		echo '{"id":1,"name":"'"$name"'"}'
	done | section listings >in
	run -1 --separate-stderr ha-upsert -r aside in
	[ "$stderr" = '' ]
	[ "$(jq -r .reason aside | sort -u)" = 'database: invalid input syntax for type date: "..."' ]
	[ "$(sql "SELECT string_agg(DISTINCT reason, ' ') FROM ha.rejects")" = "$(jq -r .reason aside | sort -u)" ]
}

@test "hostaway.guests: by the id at their channel, by mail only without one" {
	listing 1 a | section listings | ha-upsert
	guest() { # reservation channel ext mail updated
		printf '{"id":%s,"listingMapId":1,"channelId":%s,"guestExternalAccountId":%s,"guestEmail":"%s","guestName":"of %s","updatedOn":"2025-01-0%s 00:00:00"}\n' \
		    "$1" "$2" "$3" "$4" "$1" "$5"
	}
	{ guest 1 2018 '"7"' ann@example.com 1; guest 2 2018 '"7"' '' 3; guest 3 2018 '"8"' ann@example.com 2
	guest 4 2005 '"7"' bob@example.com 2; guest 5 2000 null Ann@Example.com 2
	guest 6 2018 '""' ANN@example.com 1; } | section reservations | ha-upsert
	unnest() { ha-synclog pending "$@" -a 59808 hostaway/guests | ha-unnest hostaway/guests | ha-upsert; }
	unnest
	sql "SELECT ident, reservation_id, name FROM hostaway.guests ORDER BY 1" >guests
	diff -u guests - <<-'W'
	ext:2005|7|4|of 4
	ext:2018|7|2|of 2
	ext:2018|8|3|of 3
	mail:ann@example.com|5|of 5
	W
	before=$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY ident) FROM hostaway.guests")
	unnest --all
	[ "$before" = "$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY ident) FROM hostaway.guests")" ]
	# a reservation that gives its guest away takes nobody from others
	guest 4 2005 '"9"' bob@example.com 4 | section reservations | ha-upsert
	unnest
	[ "$(sql "SELECT count(*) FROM hostaway.guests WHERE deleted_at IS NULL")" = 5 ]
}
