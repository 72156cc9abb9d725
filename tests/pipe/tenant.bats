#!/usr/bin/env bats
# rooms: account db
# A tenant can be taken away whole, and given to another customer: every row,
# whoever made its table, and nothing of anybody else.

load ../helper

SOURCES='hostaway messenger reso petshop'

setup_file() {
	pg_up
	export HA_SOURCES=$BATS_FILE_TMPDIR/sources PGOPTIONS='-c client_min_messages=warning'
	mkdir "$HA_SOURCES"
	cp "$BATS_TEST_DIRNAME/../data/petshop.json" "$HA_SOURCES/"
	for s in $SOURCES; do ha-schema "$s"; done | psql -Xq
	psql -Xq -v ON_ERROR_STOP=1 <<-'SQL'
	-- keys that lead in a circle, a partitioned table and one without keys
	ALTER TABLE petshop.owners ADD COLUMN boss bigint,
		ADD COLUMN darling text COLLATE "C",
		ADD FOREIGN KEY (account_id, boss) REFERENCES petshop.owners (account_id, id);
	ALTER TABLE petshop.owners ADD FOREIGN KEY (account_id, darling) REFERENCES petshop.pets (account_id, id);
	CREATE TABLE petshop.bills (account_id text, customer_id uuid, n bigint, PRIMARY KEY (account_id, n)) PARTITION BY HASH (account_id);
	CREATE TABLE petshop.bills_0 PARTITION OF petshop.bills FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE petshop."Bills 1" PARTITION OF petshop.bills FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	CREATE TABLE petshop.lines (account_id text, bill bigint, FOREIGN KEY (account_id, bill) REFERENCES petshop.bills);

	CREATE FUNCTION public.parts() RETURNS TABLE (source text, name regclass, shared boolean) LANGUAGE sql AS $$
		SELECT nspname, c.oid::regclass, nspname = 'ha' FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		JOIN pg_attribute a ON attrelid = c.oid AND attname = 'account_id'
		WHERE relkind = 'r' AND nspname !~ '^pg_' ORDER BY c.oid::regclass::text $$;

	-- n rows in each table; the nth of one leads to the nth of another
	CREATE FUNCTION public.fill(s text, acc text, k bigint) RETURNS void LANGUAGE plpgsql
	SET session_replication_role TO replica AS $$
	DECLARE t record; names text; vals text;
	BEGIN
	FOR t IN SELECT * FROM parts() WHERE source IN (s, 'ha') AND name <> 'ha.accounts'::regclass
	    AND name::text !~* 'bills.?.?1|bills_0' LOOP
		SELECT string_agg(quote_ident(attname), ', '), string_agg(CASE
			WHEN attname = 'account_id' THEN quote_literal(acc)
			WHEN attname = 'source' THEN quote_literal(s)
			WHEN attname = 'event_type' THEN $q$'inbound'$q$
			WHEN attname = 'merged_into' OR attname = 'deleted_at' THEN 'NULL'
			WHEN attname = 'customer_id' THEN $q$'00000000-0000-4000-8000-000000000001'::uuid$q$
			WHEN atttypid = 'uuid'::regtype THEN format('md5(%L || n)::uuid', s || acc)
			WHEN atttypid = 'jsonb'::regtype THEN $q$'{}'::jsonb$q$
			WHEN atttypid = 'bytea'::regtype THEN $q$'x'::bytea$q$
			WHEN atttypid = 'boolean'::regtype THEN 'true'
			WHEN format_type(atttypid, NULL) ~ '^(timestamp|date)' THEN format('now()::%s', atttypid::regtype)
			WHEN format_type(atttypid, NULL) ~ '\[\]$' THEN 'NULL'
			ELSE format('n::%s', atttypid::regtype) END, ', ')
		INTO names, vals FROM pg_attribute WHERE attrelid = t.name AND attnum > 0 AND NOT attisdropped
		AND (attidentity = '' OR NOT t.shared);
		EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM generate_series(1, %s) n', t.name, names, vals, k);
	END LOOP;
	INSERT INTO petshop.bills SELECT acc, '00000000-0000-4000-8000-000000000001', n FROM generate_series(1, k) n WHERE s = 'petshop';
	END $$;

	CREATE FUNCTION public.held(acc text) RETURNS TABLE (name text, n bigint) LANGUAGE plpgsql AS $$
	DECLARE t record;
	BEGIN
	FOR t IN SELECT * FROM parts() LOOP
		name := t.name;
		EXECUTE format('SELECT count(*) FROM %s WHERE account_id = %L', t.name, acc) INTO n;
		IF n > 0 THEN RETURN NEXT; END IF;
	END LOOP;
	END $$;
	SQL
	local t
	for t in 1 2; do
		sql "INSERT INTO ha.accounts (source, account_id, customer_id, secret) SELECT s, '$t',
			'00000000-0000-4000-8000-000000000001', 'x' FROM unnest(string_to_array('$SOURCES', ' ')) s"
		sql "SELECT count(fill(s, '$t', 3)) FROM unnest(string_to_array('$SOURCES', ' ')) s" >/dev/null
	done
	pg_template
}
teardown_file() { pg_down; }
setup() { pg_fresh; }

sql() { psql -XAtq -F ' ' -v ON_ERROR_STOP=1 -c "$1"; }
held() { sql "SELECT * FROM held('$1')"; }
many() { sql "INSERT INTO petshop.visits (account_id, id, raw_payload) SELECT '1', n, '{}' FROM generate_series(10, $1) n"; }

# Ten times a little later, then to the end; 78: killed behind the last
# transaction.
killed_again_and_again() { # arguments of ha-account
	local i pid status
	for ((i = 1; i <= 10; i++)); do
		env ha-account "$@" >out 2>err 3>&- &
		pid=$!
		sleep "$(printf '0.%03d' $((i * i * 4)))"
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	status=0
	ha-account "$@" >out 2>err || status=$?
	echo "status $status: $(<err)"
	[ "$status" -eq 0 ] || [ "$status" -eq 78 ]
}

@test "remove --purge: every row of the account in every table, and no other's" {
	held 2 >others
	for s in $SOURCES; do
		sql "SELECT h.name, n FROM held('1') h JOIN parts() p ON p.name::text = h.name WHERE source = '$s'" >want
		[ "$(wc -l <want)" -gt 2 ]
		run -0 --separate-stderr ha-account remove --purge -n "$s" 1
		printf '%s\n' "$output" | sort >counted
		run -0 --separate-stderr ha-account remove --purge "$s" 1
		[ -z "$stderr" ]
		printf '%s\n' "$output" | sort | diff counted -
		grep -v '^ha\.' counted | diff <(sort want) -
		[ "$(grep -c '^ha\..* 3$' counted)" -ge 7 ]
		run -78 ha-account remove --purge "$s" 1
	done
	[ -z "$(held 1)" ]
	held 2 | diff others -
}

@test "remove --purge takes what an earlier remove left" {
	ha-account remove petshop 1
	ha-account remove --purge petshop 1 >/dev/null
	[ -z "$(held 1 | grep petshop)" ]
}

@test "remove --purge -n writes nothing; -n alone and other verbs are refused" {
	held 1 >before
	ha-account remove --purge -n hostaway 1 >/dev/null
	held 1 | diff before -
	[ "$(sql "SELECT secret IS NOT NULL AND enabled FROM ha.accounts WHERE source = 'hostaway' AND account_id = '1'")" = t ]
	run -64 ha-account remove -n hostaway 1
	held 1 | diff before -
}

@test "remove --purge killed at any moment, and again: nothing is left, no lease is in the way" {
	many 25000
	held 2 >others
	killed_again_and_again remove --purge petshop 1
	[ -z "$(held 1 | grep petshop)" ]
	[ "$(sql "SELECT count(*) FROM ha.sync_state WHERE (source, account_id) = ('petshop', '1')")" = 0 ]
	held 2 | diff others -
}

@test "remove --purge and update --customer: 75 while another holds the account's lease" {
	held 1 >before
	fence=$(sql "SELECT ha.acquire_sync_lock('petshop/1', 'HOST pid 7')")
	run -75 ha-account remove --purge petshop 1
	[[ $output == 'ha-account: lease petshop/1: held by HOST pid 7 since '* ]]
	run -75 ha-account update --customer 00000000-0000-4000-8000-000000000002 petshop 1
	held 1 | diff before -
	[ "$(sql "SELECT count(*) FROM ha.accounts WHERE customer_id::text LIKE '%2'")" = 0 ]
	# under the lease itself, and only as long as it is ours
	HA_LOCK=petshop/1 HA_FENCE=7$fence run -75 ha-account remove --purge petshop 1
	held 1 | diff before -
	HA_LOCK=petshop/1 HA_FENCE=$fence run -0 ha-account remove --purge petshop 1
	# one that ran out is nobody's
	fence=$(sql "SELECT ha.acquire_sync_lock('hostaway/1', 'HOST pid 8'); UPDATE ha.sync_locks SET expires_at = now() - interval '1 day'")
	run -0 ha-account remove --purge hostaway 1
	[ "$(sql "SELECT count(*) FROM ha.sync_locks WHERE name = 'hostaway/1'")" = 0 ]
}

@test "remove --purge: nobody takes the account's lease meanwhile" {
	sql "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_advisory_lock(4711); RETURN NULL; END \$\$;
		CREATE TRIGGER wait BEFORE DELETE ON petshop.visits FOR EACH STATEMENT EXECUTE FUNCTION public.wait()"
	mkfifo hold
	psql -XAtq <hold >/dev/null 3>&- &
	exec 7>hold
	echo 'SELECT pg_advisory_lock(4711);' >&7
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted")" = 1 ]; do :; done
	env ha-account remove --purge petshop 1 >out 3>&- 7>&- &
	pid=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted")" = 1 ]; do :; done
	[ "$(sql "SELECT ha.acquire_sync_lock('petshop/1', 'me') IS NULL, ha.acquire_sync_lock('petshop/2', 'me') IS NULL")" = 't f' ]
	exec 7>&-
	wait $pid
	[ -n "$(sql "SELECT ha.acquire_sync_lock('petshop/1', 'me')")" ]
}

@test "remove --purge: a table of yours that leads to the account's rows is named, 69; without it the same goes on" {
	sql "CREATE TABLE public.notes (a text, l bigint, FOREIGN KEY (a, l) REFERENCES hostaway.listings (account_id, id));
		INSERT INTO notes VALUES ('1', 2)"
	run -69 ha-account remove --purge hostaway 1
	[[ $output == *'ha-account: hostaway.listings: database: '*notes* ]]
	[ "$(sql "SELECT secret IS NULL AND NOT enabled FROM ha.accounts WHERE source = 'hostaway' AND account_id = '1'")" = t ]
	sql "DROP TABLE notes"
	ha-account remove --purge hostaway 1 >out
	[ -z "$(held 1 | grep hostaway)" ]
}

@test "remove --purge: rows that come meanwhile go, too" {
	# who inserts them knows no lease: a child comes as soon as all are gone
	sql "CREATE SEQUENCE public.late; CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF NOT EXISTS (SELECT FROM gone) AND nextval('late') < 5 THEN
			INSERT INTO hostaway.reservations (account_id, id, listing_id, raw_payload) VALUES ('1', 100, 1, '{}');
		END IF;
		RETURN NULL; END \$\$; ALTER FUNCTION public.late() SET search_path TO public;
		CREATE TRIGGER late AFTER DELETE ON hostaway.reservations REFERENCING OLD TABLE AS gone
		FOR EACH STATEMENT EXECUTE FUNCTION public.late()"
	ha-account remove --purge hostaway 1 >out
	[ -z "$(held 1 | grep hostaway)" ]
	[ "$(sql "SELECT last_value FROM late")" -ge 5 ]
	grep -qx 'hostaway.reservations 7' out
}

customers() { # of account 1, in which tables
	sql "SELECT DISTINCT c FROM (SELECT unnest(xpath('//c/text()', query_to_xml(format('SELECT DISTINCT customer_id AS c
		FROM %s WHERE account_id = ''$1''', name), true, false, '')))::text c FROM parts() p
		JOIN pg_attribute ON attrelid = name AND attname = 'customer_id' WHERE source = '$2') x"
}
new=00000000-0000-4000-8000-000000000002
old=00000000-0000-4000-8000-000000000001

@test "update --customer: every row of every table follows, and is else what it was" {
	for s in hostaway messenger petshop; do
		run -0 --separate-stderr ha-account update --customer $new "$s" 1
		[ -z "$output$stderr" ]
		[ "$(customers 1 "$s")" = $new ]
		[ "$(customers 2 "$s")" = $old ]
	done
	[ "$(sql "SELECT max(version), max(updated_at - created_at) FROM messenger.messenger_conversations WHERE account_id = '1'")" = '3 00:00:00' ]
	before=$(sql "SELECT sum(xmin::text::bigint) FROM hostaway.reservations")
	ha-account update --customer $new hostaway 1
	ha-account update --name N hostaway 1
	[ "$before" = "$(sql "SELECT sum(xmin::text::bigint) FROM hostaway.reservations")" ]
}

@test "update --customer killed at any moment: the same again finishes" {
	many 25000
	killed_again_and_again update --customer $new petshop 1
	[ "$(customers 1 petshop)" = $new ]
	[ "$(customers 2 petshop)" = $old ]
}

@test "removed and added: the rows that stayed follow the account's new customer" {
	ha-account remove petshop 1
	[ "$(customers 1 petshop)" = $old ]
	ha-account add --no-secret petshop 1
	[ "$(customers 1 petshop)" = "$(sql "SELECT customer_id FROM ha.accounts WHERE (source, account_id) = ('petshop', '1')")" ]
	[ "$(customers 2 petshop)" = $old ]
	# an add that was killed behind the account's row
	sql "UPDATE ha.accounts SET customer_id = '$new' WHERE (source, account_id) = ('petshop', '1')"
	run -64 ha-account add --no-secret petshop 1
	[ "$(customers 1 petshop)" = $new ]
}

@test "every enabled account: the longest unserved first, then by id" {
	order() { ha-synclog parts --all hostaway | awk '$1 == "part" { print $2 }' | paste -sd ' '; }
	sql "INSERT INTO ha.accounts (source, account_id, enabled) SELECT 'hostaway', n, n <> 9 FROM generate_series(3, 9) n;
		DELETE FROM ha.sync_runs"
	[ "$(order)" = '1 2 3 4 5 6 7 8' ]
	# also what failed, or was killed, was a try; other sources' are not ours
	sql "INSERT INTO ha.sync_runs (run, source, account_id, started_at, status) SELECT gen_random_uuid(), s, a,
		now() - h * interval '1 h', st FROM (VALUES ('hostaway', '1', 1, 0), ('hostaway', '1', 90, 75), ('hostaway', '2', 2, 75),
		('hostaway', '3', 4, NULL), ('hostaway', '5', 3, 0), ('hostaway', '9', 99, 0), ('reso', '4', 1, 0)) x (s, a, h, st)"
	[ "$(order)" = '4 6 7 8 3 5 2 1' ]
}

@test "customer_id is indexed in every table that has it, of old databases, too" {
	lacking() {
		sql "SELECT name FROM parts() JOIN pg_attribute a ON attrelid = name AND attname = 'customer_id'
			WHERE source <> 'ha' AND name::text !~ 'ills' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = name AND indkey[0] = attnum)"
	}
	[ -z "$(lacking)" ]
	sql "DO \$\$ DECLARE i text; BEGIN FOR i IN SELECT indexrelid::regclass FROM pg_index WHERE indexrelid::regclass::text ~ '(_of_customer|_customer_idx)$'
		LOOP EXECUTE 'DROP INDEX ' || i; END LOOP; UPDATE ha.schemas SET hash = ''; END \$\$"
	[ "$(lacking | wc -l)" -gt 12 ]
	for s in hostaway messenger; do ha-schema --apply "$s"; done
	[ -z "$(lacking | grep -v 'reso\|petshop')" ]
}
