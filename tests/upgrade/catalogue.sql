-- What a database has of ha-tools, a line a thing, however it came to be
-- there: two that print alike are alike but for the order of columns.
SET search_path TO pg_catalog;
WITH s AS (
	SELECT oid, nspname, nspacl FROM pg_namespace
	WHERE nspname IN ('ha', 'hostaway', 'reso', 'messenger')
), c AS (
	SELECT c.oid::regclass AS rel, c.* FROM pg_class c
	WHERE relnamespace IN (SELECT oid FROM s)
), f AS (
	SELECT p.oid::regprocedure AS fun, p.* FROM pg_proc p
	WHERE pronamespace IN (SELECT oid FROM s)
)
SELECT concat_ws(' ', 'schema', nspname, nspacl) AS line FROM s
UNION ALL SELECT concat_ws(' ', 'relation', rel, relkind, relacl, reloptions,
	relpersistence, relreplident, relrowsecurity,
	obj_description(oid, 'pg_class')) FROM c WHERE relkind <> 'i'
UNION ALL SELECT concat_ws(' ', 'column', rel, attname,
	format_type(atttypid, atttypmod), attcollation::regcollation,
	CASE WHEN attnotnull THEN 'not null' END, attidentity, attgenerated,
	attcompression, attstorage, attacl, attstattarget,
	pg_get_expr(adbin, adrelid), col_description(c.oid, attnum))
	FROM c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
		AND NOT attisdropped
	LEFT JOIN pg_attrdef d ON adrelid = c.oid AND adnum = attnum
	WHERE relkind <> 'i'
UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid),
	indisprimary, indisvalid, indisclustered)
	FROM pg_index WHERE indrelid IN (SELECT oid FROM c)
UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname,
	pg_get_constraintdef(oid), convalidated)
	FROM pg_constraint WHERE conrelid IN (SELECT oid FROM c)
UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled)
	FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM c)
	AND NOT tgisinternal
UNION ALL SELECT concat_ws(' ', 'rule', pg_get_ruledef(oid))
	FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM c)
UNION ALL SELECT concat_ws(' ', 'sequence', rel, seqtypid::regtype, seqstart,
	seqincrement, seqcycle) FROM c JOIN pg_sequence ON seqrelid = c.oid
UNION ALL SELECT concat_ws(' ', 'function', fun, pg_get_function_result(oid),
	pg_get_function_arguments(oid), proacl, prokind, provolatile,
	proisstrict, prosecdef, proparallel, proconfig, md5(concat(prosrc,
	pg_get_function_sqlbody(oid))), obj_description(oid, 'pg_proc')) FROM f
UNION ALL SELECT concat_ws(' ', 'type', t.oid::regtype, typtype)
	FROM pg_type t WHERE typnamespace IN (SELECT oid FROM s)
	AND typtype <> 'c' AND typelem = 0
UNION ALL SELECT concat_ws(' ', 'step', name, step) FROM ha.schema_steps
UNION ALL SELECT concat_ws(' ', 'hash', source, hash) FROM ha.schemas
UNION ALL SELECT concat_ws(' ', 'cut', source, resource, hash) FROM ha.cuts
ORDER BY 1;
