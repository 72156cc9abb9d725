# traps.bash -- what a stranger may put into schema public: `load ../traps`
# behind `load ../records`.

# Every function that our SQL names, with arguments of every type that it has
# there, which beats a polymorphic one or one that needs a cast; the same for
# operators. Each notes its name. Tables, views and types are called as ours
# and PostgreSQL's, and a cast offers itself for every text. A tool told to look
# in public first (BAITED, for HA_DATABASE_URL) would take all of them.
export BAITED="options='-c search_path=public,pg_catalog'"

trap_all() {
	PGOPTIONS='-c client_min_messages=warning' psql -Xq -v ON_ERROR_STOP=1 <<'E'
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
		ha_stage,ha_would,page_ids,message_rows,pg_attribute}'::text[]
	LOOP
		EXECUTE 'CREATE TABLE public.' || f || ' (trap int)';
	END LOOP;
	-- what the catalogue is asked by, and types: each use is a note
	CREATE FUNCTION public.noted(what text) RETURNS boolean
	LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.called VALUES (what);
		RETURN true; END';
	FOREACH f IN ARRAY '{pg_class,pg_namespace,pg_index,
		pg_constraint,pg_trigger,pg_proc,pg_settings,pg_locks,
		pg_depend,pg_rewrite,pg_database,pg_stat_activity}'::text[]
	LOOP
		EXECUTE pg_catalog.format('CREATE VIEW public.%I AS SELECT c.*, public.noted(%L)
			AS trap FROM pg_catalog.%1$I c', f, 'view ' || f);
	END LOOP;
	FOREACH f IN ARRAY '{text,jsonb,uuid,date,int8,int4,bool,numeric,
		timestamptz,regclass,regtype,interval}'::text[]
	LOOP
		EXECUTE pg_catalog.format('CREATE DOMAIN public.%I AS pg_catalog.%1$I
			CHECK (public.noted(%L))', f, 'type ' || f);
	END LOOP;
	-- a cast needs the right on one of its types only, and no search_path
	CREATE TYPE public.bait AS (a pg_catalog.text);
	CREATE FUNCTION public.taken(pg_catalog.text) RETURNS public.bait
	LANGUAGE plpgsql AS 'BEGIN PERFORM public.noted(''cast''); RETURN NULL; END';
	CREATE CAST (pg_catalog.text AS public.bait)
		WITH FUNCTION public.taken(pg_catalog.text) AS IMPLICIT;
	CREATE CAST (pg_catalog.jsonb AS public.bait) WITH INOUT AS IMPLICIT;
	CREATE FUNCTION public.lower(public.bait) RETURNS text
	LANGUAGE plpgsql AS 'BEGIN PERFORM public.noted(''bait''); RETURN NULL; END';
	CREATE COLLATION public."C" FROM "POSIX";
END $$;
E
}

# What was called, if anything.
called() { sql "SELECT DISTINCT name FROM public.called ORDER BY 1"; }
untouched() {
	called >calls
	diff /dev/null calls
}
