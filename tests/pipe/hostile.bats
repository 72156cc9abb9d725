#!/usr/bin/env bats
# rooms: db table upsert lock account
# A role that may create in schema public puts functions, operators and tables
# there that fit our calls better than PostgreSQL's own: nobody calls them.

load ../helper
load ../records
load ../traps

setup_file() {
	pg_up
	pg_fresh
	trap_all
	schemas # made while they are there
	export HA_DATABASE_URL=$BAITED
	pg_template
}

teardown_file() { pg_down; }

setup() {
	pg_fresh
	export HA_KEY_FILE=$BATS_TEST_TMPDIR/keys/key
	ha-account keygen >/dev/null
	ha-account add hostaway 59808 <<<secret-of-hers
	ha-account add messenger 600000000000001 --no-secret
}

schemas() {
	local s
	for s in hostaway reso messenger; do
		ha-schema "$s" | psql -Xq
	done
}

@test "the traps are good: SQL that names no schema falls into them" {
	sql "SELECT hashtextextended('a'::text, 0)"
	sql "SELECT array_position('{a}'::text[], 'a'::text)"
	sql "SELECT 1.5 * 2"
	PGOPTIONS='-c search_path=public,pg_catalog' psql -XAtqc \
	    "SELECT 'a'::text; SELECT trap FROM pg_class LIMIT 1; SELECT 'a'::pg_catalog.text::bait"
	[ "$(called | paste -sd,)" = "array_position text[],text,cast,hashtextextended text,integer,$(
	    )operator numeric,integer,type text,view pg_class" ]
}

@test "the schemas can be made and made again, and hold nothing of public's" {
	untouched
	schemas
	for s in hostaway reso messenger; do
		sql "UPDATE ha.schemas SET hash = ''; UPDATE ha.cuts SET hash = ''"
		ha-schema --apply "$s"
	done
	untouched
	sql "SELECT refclassid::pg_catalog.regclass, objid FROM pg_catalog.pg_depend d
		WHERE (refclassid, refobjid) IN (
		SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid FROM pg_catalog.pg_type
			WHERE typnamespace = 'public'::pg_catalog.regnamespace UNION ALL
		SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid FROM pg_catalog.pg_proc
			WHERE pronamespace = 'public'::pg_catalog.regnamespace UNION ALL
		SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, oid FROM pg_catalog.pg_operator
			WHERE oprnamespace = 'public'::pg_catalog.regnamespace UNION ALL
		SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, oid FROM pg_catalog.pg_collation
			WHERE collnamespace = 'public'::pg_catalog.regnamespace)
		AND objid IN (SELECT oid FROM pg_catalog.pg_class WHERE relnamespace::pg_catalog.regnamespace::pg_catalog.text
			IN ('ha', 'hostaway', 'reso', 'messenger') UNION ALL
		SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace::pg_catalog.regnamespace::pg_catalog.text
			IN ('ha', 'hostaway', 'reso', 'messenger') UNION ALL
		SELECT w.oid FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = ev_class
			WHERE relnamespace::pg_catalog.regnamespace::pg_catalog.text
			IN ('ha', 'hostaway', 'reso', 'messenger'))" >foreign
	diff /dev/null foreign
}

# Who may write rows but is nobody's friend, with things of his own session.
@test "triggers of ours do not call what a session has in pg_temp" {
	family | ha-upsert
	sql "SET search_path TO pg_temp, public, pg_catalog;
		CREATE TEMPORARY TABLE children (trap int); CREATE TEMPORARY TABLE sync_state (trap int);
		CREATE TEMPORARY TABLE listings (trap int); CREATE TEMPORARY TABLE ha_removed (trap int);
		CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (public.noted('temp'));
		CREATE DOMAIN pg_temp.uuid AS pg_catalog.uuid CHECK (public.noted('temp'));
		UPDATE hostaway.listings SET name = 'b' WHERE id = 1::pg_catalog.int8;
		UPDATE hostaway.listings SET deleted_at = pg_catalog.now();
		DELETE FROM hostaway.conversations; TRUNCATE hostaway.reservations CASCADE;
		DELETE FROM hostaway.listings"
	untouched
}

@test "accounts, leases and tokens" {
	ha-account update hostaway 59808 --name Casa
	ha-account token hostaway 59808 --expires 1d <<<a-token-of-today
	ha-account list >/dev/null
	ha-account show hostaway 59808 --json >/dev/null
	ha-account disable hostaway 59808
	ha-account enable hostaway 59808
	run -0 ha-lock one ha-lock two true
	sql "SELECT pg_catalog.count(*) FROM ha.active_syncs"
	sql "SELECT ha.acquire_sync_lock('x', 'me', 1)"
	sql "SELECT ha.extend_sync_lock('x', 1)"
	sql "SELECT ha.cleanup_expired_locks()"
	sql "SELECT ha.cleanup_old_sync_states()"
	untouched
}

@test "records, parents, groups, positions, what is set aside and parked" {
	{ family; photos 1 closed a b; } | ha-lock job ha-upsert -j 2
	{ listing 1 A; listing '"none"' b; } |
	    section listings full >in
	run ha-upsert -n in
	run -1 ha-upsert --prune --force in
	photos 1 closed b | ha-upsert
	echo '{"id":9,"listingMapId":77}' | section reservations >late
	ha-filter-parents late | ha-upsert
	listing 77 new | section listings | ha-upsert
	ha-filter-parents --adopt -a 59808 hostaway/reservations | ha-upsert
	[ "$(sql "SELECT id FROM hostaway.reservations ORDER BY id")" = $'7\n9' ]
	ha-synclog last hostaway/listings -a 59808 >/dev/null
	ha-synclog history >/dev/null
	ha-synclog stats >/dev/null
	untouched
}

@test "functions that other programs call, whatever their search_path" {
	sql "SELECT * FROM ha.bulk_upsert_conversations_with_events('[
		{\"account_id\":\"600000000000001\",\"id\":\"t_1\",\"participants\":[
		{\"id\":\"600000000000001\"},{\"id\":\"7\",\"name\":\"A B\",\"email\":\"x\"}],
		\"messages\":[{\"id\":\"m_1\",\"created_time\":\"2026-01-01T00:00:00+0000\",
		\"from\":{\"id\":\"7\"},\"message\":\"hi\"}]}]')" >stored
	grep -q '|1|1|t|' stored || grep -q '|t|1|1|t|' stored
	sql "SELECT ha.without('{\"a\":[{\"url\":1,\"id\":2}]}', '{a,[],url}')" >/dev/null
	sql "SELECT reso.as_list('[\"a\"]'), reso.as_list('\"a,b\"'),
		reso.as_number('1.5'), reso.as_time('2026-01-01T10:00:00Z'),
		reso.board('x_idx'), reso.other_feed('idx')" >/dev/null
	sql 'SELECT * FROM reso."SyncLog"' >/dev/null
	sql 'SELECT * FROM reso.latest_sync_status' >/dev/null
	sql "UPDATE messenger.messenger_conversations SET status = 'closed'"
	untouched
}

@test "every function has a search_path of its own, or names that are bound" {
	# ha.without and reso.as_list name all they call: called for each row;
	# an aggregate is what its functions are
	sql "SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
		JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('ha', 'hostaway', 'reso', 'messenger')
		AND p.prosqlbody IS NULL AND p.prokind <> 'a' AND p.proname NOT IN ('without', 'as_list')
		AND NOT coalesce('search_path=pg_catalog, pg_temp'
			= ANY (p.proconfig), false)" >bare
	diff /dev/null bare
}
