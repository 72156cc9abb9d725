#!/usr/bin/env bats
# rooms: db table upsert lock account
# A role that may create in schema public puts functions, operators and tables
# there that fit our calls better than PostgreSQL's own: nobody calls them.

load ../helper
load ../records

setup_file() {
	pg_up
	pg_fresh
	trap_all
	schemas # made while they are there
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

# Every function that our SQL names, with arguments of every type that it has
# there, which beats a polymorphic one or one that needs a cast; the same for
# operators. Each notes its name. Tables are called as ours and PostgreSQL's.
trap_all() {
	PGOPTIONS='-c client_min_messages=warning' psql -Xq <<'E'
DO $$ BEGIN
	CREATE ROLE mallory;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL;
END $$;
GRANT CREATE ON SCHEMA public TO mallory;
SET ROLE mallory;
CREATE TABLE public.called (name text);
GRANT ALL ON public.called TO PUBLIC;
DO $$
DECLARE
	f text;
	a text;
	o text;
BEGIN
	FOREACH f IN ARRAY '{hashtextextended,hashtext,array_position,
		cardinality,jsonb_agg,array_agg,unnest,jsonb_set,to_jsonb,
		row_to_json,jsonb_build_object,jsonb_build_array,to_timestamp,
		now,clock_timestamp,set_config,current_setting,format,length,
		encode,decode,to_char,round,sum,min,max,count,lower,btrim,
		make_interval,pg_advisory_xact_lock,pg_try_advisory_xact_lock,
		pg_advisory_xact_lock_shared,pg_advisory_lock,left,substr,
		jsonb_typeof,jsonb_array_elements,jsonb_strip_nulls,
		pg_relation_size,pg_terminate_backend,string_agg,trim_scale,
		gen_random_uuid,extract,date_part,date_trunc,array_to_string,
		pg_advisory_unlock,concat,concat_ws,row_number,bool_and,
		regexp_split_to_table,jsonb_object_agg,strpos,position}'::text[]
	LOOP
		FOREACH a IN ARRAY '{"",text,jsonb,bigint,integer,numeric,uuid,
			text[],jsonb[],bigint[],timestamptz,interval,regclass,
			"text,integer","text,bigint","text,text","text[],text",
			"jsonb,text[],jsonb","text,text,boolean","text,interval",
			"numeric,integer","text,timestamptz","text,jsonb",
			"timestamptz,text","bytea,text","text,text,text",
			"text,bigint,text,bigint","text,jsonb,text,text"}'::text[]
		LOOP
			EXECUTE 'CREATE FUNCTION public.' || quote_ident(f) ||
			'(' || a || ') RETURNS text LANGUAGE plpgsql AS ' ||
			quote_literal('BEGIN INSERT INTO public.called VALUES ('
				|| quote_literal(f || ' ' || a) ||
				'); RETURN NULL; END');
		END LOOP;
	END LOOP;
	FOREACH a IN ARRAY '{"numeric,integer","integer,numeric","text,integer",
		"text,oid","jsonb,text","numeric,bigint","bigint,numeric",
		"integer,interval","bigint,interval","name,text","text,name",
		"bigint,text","text,bigint","uuid,text","timestamptz,text"}'::text[]
	LOOP
		FOREACH o IN ARRAY '{+,-,*,/,||,=,<>,<,>,#>>,->>,->,~~,@>}'::text[]
		LOOP
			EXECUTE 'CREATE OR REPLACE FUNCTION public.op('|| a ||
			') RETURNS boolean LANGUAGE plpgsql AS ' ||
			quote_literal('BEGIN INSERT INTO public.called VALUES ('
				|| quote_literal('operator ' || a) ||
				'); RETURN NULL; END');
			EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = '
				'public.op, LEFTARG = %s, RIGHTARG = %s)', o,
				split_part(a, ',', 1), split_part(a, ',', 2));
		END LOOP;
	END LOOP;
	FOREACH f IN ARRAY '{accounts,parked,rejects,sync_state,sync_log,
		sync_locks,schemas,children,listings,conversations,messages,
		ha_stage,ha_would,page_ids,message_rows}'::text[]
	LOOP
		EXECUTE 'CREATE TABLE public.' || f || ' (trap int)';
	END LOOP;
END $$;
E
}

# What was called, if anything.
called() { sql "SELECT DISTINCT name FROM public.called ORDER BY 1"; }
untouched() {
	called >called
	diff /dev/null called
}

@test "the traps are good: SQL that names no schema falls into them" {
	sql "SELECT hashtextextended('a'::text, 0)"
	sql "SELECT array_position('{a}'::text[], 'a'::text)"
	sql "SELECT 1.5 * 2"
	[ "$(called)" = $'array_position text[],text\nhashtextextended text,integer\noperator numeric,integer' ]
}

@test "the schemas can be made and made again" {
	untouched
	schemas
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
