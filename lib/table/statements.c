#include "table/statements.h"

#include <string.h>

#include "table/copy_field.h"
#include "table/ddl.h"
#include "table/follow.h"
#include "table/merge_sql.h"

/* As cut_key gives it. */
static void
add_key(const struct resource *r, struct buf *to)
{
	if (r->n_key == 0)
		buf_str(to, "t.ident");
	db_each(to, " || '|' || ", "t.%I::text", r->key, r->n_key);
}

static void
add_copies(struct target *t, const char *customer, const char *account)
{
	db_fmt(&t->copy, "COPY %s (account_id, customer_id", t->table.at);
	merge_columns(t->r, "", &t->copy);
	buf_str(&t->copy, ", raw_payload, fingerprint) FROM STDIN (FORMAT "
			  "binary)");
	field_count(&t->head, t->n_fields + 4);
	field_bytes(&t->head, account, strlen(account));
	if (customer == NULL || /* else of a column of type uuid */
	    field_uuid(&t->head, customer, strlen(customer)) == -1)
		field_null(&t->head);

	buf_str(&t->stage, "DROP TABLE IF EXISTS pg_temp.ha_stage; "
			   "CREATE TEMPORARY TABLE ha_stage ON COMMIT DELETE "
			   "ROWS AS SELECT 0 AS ha_ord");
	merge_columns(t->r, "", &t->stage);
	db_fmt(&t->stage,
	    ", raw_payload, fingerprint, false AS ha_gone FROM %s WITH NO "
	    "DATA; "
	    /* CREATE TABLE AS does not hand it on, and values stay as it
	       packed them */
	    "DO $$ BEGIN IF (SELECT attcompression FROM pg_attribute WHERE "
	    "attrelid = %L::regclass AND attname = 'raw_payload') = 'l' THEN "
	    "ALTER TABLE pg_temp.ha_stage ALTER raw_payload SET COMPRESSION "
	    "lz4; END IF; END $$",
	    t->table.at, t->table.at);
	buf_str(&t->stage_copy, "COPY pg_temp.ha_stage FROM STDIN (FORMAT "
				"binary)");
}

static void
add_reads(struct target *t)
{
	db_fmt(&t->load,
	    "COPY (SELECT %s, t.fingerprint FROM %s t WHERE t.account_id = "
	    "%s) TO STDOUT (FORMAT binary)",
	    t->key.at, t->table.at, t->account.at);
	/* pruned rows have no fingerprint: so they can be told from rows that
	 * say themselves that they are deleted */
	db_fmt(&t->known,
	    "COPY (SELECT %s, t.fingerprint FROM %s t WHERE t.account_id = %s "
	    "AND (t.deleted_at IS NULL OR t.fingerprint IS NOT NULL)) TO "
	    "STDOUT (FORMAT binary)",
	    t->key.at, t->table.at, t->account.at);
	db_fmt(&t->keys,
	    "SELECT %s, t.fingerprint FROM %s t WHERE t.account_id = %s AND "
	    "t.deleted_at IS NULL",
	    t->key.at, t->table.at, t->account.at);
	ddl_part(t->r, &t->keys);
	db_fmt(&t->remove,
	    "UPDATE %s t SET deleted_at = now(), updated_at = now(), "
	    "version = t.version + 1, fingerprint = NULL WHERE t.account_id = "
	    "%s AND t.deleted_at IS NULL AND (%s) = ANY ($1::text[])",
	    t->table.at, t->account.at, t->key.at);
}

int
target_children(const struct target *t, struct buf *to, struct why *why)
{
	const struct resource *p;

	p = source_resource(t->source, t->parent->resource, why);
	if (p == NULL)
		return -1;
	db_fmt(to,
	    "SELECT %s, t.fingerprint, t.%I::text, p.deleted_at FROM %s t "
	    "LEFT JOIN %T p ON p.account_id = t.account_id AND p.%I = t.%I "
	    "WHERE t.account_id = %s AND t.deleted_at IS NULL",
	    t->key.at, t->parent->column, t->table.at, t->source->name,
	    p->table, t->parent->key, t->parent->column, t->account.at);
	ddl_part(t->r, to);
	return 0;
}

/*
 * Takes rows out of the staging table that would break a foreign key, and
 * answers them: ord, 'o', the column. Empty if there are no such keys. dry: a
 * parent that is in pg_temp.ha_would (lane.h) counts as stored: ord, 'i', NULL.
 */
static void
add_orphans(const struct merge *m, bool dry, struct buf *to)
{
	struct buf miss = BUF_INIT, which = BUF_INIT, column = BUF_INIT;

	for (size_t i = 0; i < m->r->n_parents; i++) {
		const struct parent *p = &m->r->parents[i];

		if (!p->foreign_key)
			continue;
		buf_clear(&miss);
		db_fmt(&miss,
		    "(s.%I IS NOT NULL AND NOT EXISTS (SELECT FROM %T p "
		    "WHERE p.account_id = %s AND p.%I = s.%I)",
		    p->column, m->source->name,
		    ddl_table(m->source, p->resource), m->account, p->key,
		    p->column);
		db_fmt(&which, "%s%s)", which.len > 0 ? " OR " : "", miss.at);
		if (dry)
			db_fmt(&miss,
			    " AND NOT EXISTS (SELECT FROM pg_temp.ha_would w "
			    "WHERE w.resource = %L AND w.key = s.%I::text)",
			    p->resource, p->column);
		db_fmt(&column, " WHEN %s) THEN %L", miss.at, p->column);
	}
	if (which.len > 0)
		db_fmt(to,
		    "WITH o AS (DELETE FROM pg_temp.ha_stage s WHERE %s "
		    "RETURNING s.ha_ord, CASE%s END AS miss) SELECT ha_ord, "
		    "CASE WHEN miss IS NULL THEN 'i' ELSE 'o' END, miss FROM o",
		    which.at, column.at);
	buf_release(&miss);
	buf_release(&which);
	buf_release(&column);
}

#define PART                                                                   \
	"(SELECT * FROM pg_temp.ha_stage WHERE ha_ord >= lo AND ha_ord < lo "  \
	"+ "                                                                   \
	"size)"

/* Somebody else may put a key there meanwhile: then it is known, once more. */
static const char before[] =
    "CREATE INDEX IF NOT EXISTS ha_stage_ord ON pg_temp.ha_stage (ha_ord);\n"
    "CREATE TEMPORARY SEQUENCE IF NOT EXISTS ha_reached MINVALUE -1;\n"
    "CREATE OR REPLACE FUNCTION pg_temp.ha_parts(text, integer, integer, "
    "text)\nRETURNS TABLE (ord integer, fate text, members text)\n"
    "LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $ha_parts$\n"
    "DECLARE\n"
    "  ords integer[]; fates text[]; names text[]; one record;\n"
    "  lo integer := $2; size integer := $3 - $2; stride integer := size;\n"
    "  at bigint; last integer := $2; late boolean; trust boolean := true;\n"
    "  before boolean := false; again boolean := false;\n"
    "BEGIN\n"
    "WHILE lo < $3 LOOP\n"
    "  BEGIN\n"
    "    size := least(size, $3 - lo);\n"
    "    late := false; ords := '{}'; fates := '{}'; names := '{}';\n"
    "    PERFORM setval('pg_temp.ha_reached', -1);\n"
    "    FOR one IN\n";

static const char after[] =
    " LOOP\n"
    "      ords := ords || one.ha_ord; fates := fates || one.ha_fate;\n"
    "      names := names || one.ha_members;\n"
    "    END LOOP;\n"
    "    late := true;\n"
    "    SET CONSTRAINTS ALL IMMEDIATE;\n"
    "    SET CONSTRAINTS ALL DEFERRED;\n"
    "    RETURN QUERY SELECT * FROM unnest(ords, fates, names);\n"
    "    lo := lo + size;\n"
    "    size := CASE WHEN before THEN 1 ELSE 2 * size END;\n"
    "    before := false; again := false;\n"
    "    CONTINUE;\n"
    "  EXCEPTION WHEN OTHERS THEN\n"
    "    IF strpos($4, left(SQLSTATE, 2) || ' ') > 0 AND SQLSTATE <> 'XX000'\n"
    "    THEN RAISE; END IF;\n"
    "    again := size = 1 AND SQLSTATE = '23505' AND NOT again;\n"
    "    CONTINUE WHEN again;\n"
    "    members := SQLSTATE || SQLERRM;\n"
    "  END;\n"
    "  at := currval('pg_temp.ha_reached');\n"
    "  IF size = 1 THEN\n";

static const char narrow[] =
    "    RETURN NEXT;\n"
    "    lo := lo + 1; last := lo; size := stride;\n"
    "  ELSIF trust AND NOT late AND NOT before AND at >= lo THEN\n"
    "    before := at > lo;\n"
    "    size := greatest(at - lo, 1);\n"
    "    stride := greatest(2 * (at - last), 8);\n"
    "  ELSE\n"
    "    trust := trust AND NOT before; before := false;\n"
    "    size := (size + 1) / 2; stride := size;\n"
    "  END IF;\n"
    "END LOOP;\n"
    "END $ha_parts$";

/*
 * Makes pg_temp.ha_parts(horizon, from, to, stops), which merges the rows of
 * ha_ord in [from, to) and answers each as the merge does. What the database
 * refuses is narrowed in its own process until the row to blame stands alone.
 * A sequence, which no rollback sets back, tells which row was written last:
 * those before it are merged, then it is tried alone. Where that leads nowhere
 * (constraints that are checked at the end, a trigger after all rows), the
 * rows are halved. stops: the classes of SQLSTATE, a blank behind each, that
 * are about no row; such an error is the statement's.
 */
static void
add_parts(const struct merge *m, bool whole, bool names, struct buf *to)
{
	struct merge part = *m;

	part.stage = PART;
	part.reached = "pg_temp.ha_reached";
	buf_str(to, before);
	merge_sql(&part, whole, names, to);
	buf_str(to, after);
	buf_fmt(to,
	    "    ord := lo; fate := CASE WHEN late THEN '%c' ELSE '%c' "
	    "END;\n%s",
	    FATE_LONELY, FATE_REFUSED, narrow);
}

int
target_init(struct target *t, const struct source *s, const struct resource *r,
    const char *account, const char *customer, const char *alive, bool whole,
    bool names, struct why *why)
{
	bool replace = (r->each != NULL && r->each->replace) ||
		       (r->embedded != NULL && r->embedded->replace);
	struct merge m;

	memset(t, 0, sizeof(*t));
	t->source = s;
	t->r = r;
	t->parent = group_parent(r);
	if (replace && t->parent == NULL)
		return why_set(why, EX_CONFIG,
		    "%s/%s: \"replace\" needs the parent in \"parents\"",
		    s->name, r->name);
	t->n_fields = r->n_columns + (r->n_key == 0 ? 1 : 0);
	db_fmt(&t->account, "%L", account);
	if (customer != NULL)
		db_fmt(&t->customer, "%L::uuid", customer);
	else
		buf_str(&t->customer, "NULL");
	db_fmt(&t->table, "%T", s->name, r->table);
	add_key(r, &t->key);
	add_copies(t, customer, account);
	add_reads(t);
	m = (struct merge){s, r, t->account.at, t->customer.at, alive,
	    "pg_temp.ha_stage", NULL};
	add_orphans(&m, names, &t->orphans);
	merge_sql(&m, whole, names, &t->merge);
	add_parts(&m, whole, names, &t->parts);
	return 0;
}

void
target_release(struct target *t)
{
	struct buf *const all[] = {&t->account, &t->customer, &t->table,
	    &t->key, &t->copy, &t->head, &t->stage, &t->stage_copy, &t->orphans,
	    &t->merge, &t->parts, &t->load, &t->known, &t->keys, &t->remove};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_release(all[i]);
}
