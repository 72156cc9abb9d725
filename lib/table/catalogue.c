#include "table/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { HAVE, HASH, CUTS, STEPS, QUERIES };

struct catalogue {
	struct rows *rows[QUERIES];
};

#define OURS                                                                   \
	"c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) "  \
	"AND c.relkind IN ('r', 'p')"

/* Each gives kind, table, name, value. */
static const char *const queries[] = {
    [HAVE] =
	"SELECT 'schema', '', '', '' FROM pg_namespace WHERE nspname = $1\n"
	"UNION ALL SELECT 'table', c.relname, '', "
	"greatest(c.reltuples, 0)::bigint::text FROM pg_class c WHERE " OURS
	"\nUNION ALL SELECT 'title', c.relname, '', "
	"obj_description(c.oid, 'pg_class') FROM pg_class c WHERE " OURS
	"\nUNION ALL SELECT 'key', c.relname, '', string_agg(a.attname, ',' "
	"ORDER BY k.n) FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid "
	"AND i.indisprimary, unnest(i.indkey) WITH ORDINALITY k (attnum, n) "
	"JOIN pg_attribute a ON a.attnum = k.attnum WHERE a.attrelid = c.oid "
	"AND k.n <= i.indnkeyatts AND " OURS " GROUP BY c.relname\n"
	"UNION ALL SELECT 'column', c.relname, a.attname, "
	"a.atttypid::regtype::text FROM pg_class c JOIN pg_attribute a ON "
	"a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
	"WHERE " OURS
	"\nUNION ALL SELECT 'packed', c.relname, '', a.attcompression::text "
	"FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND "
	"a.attname = 'raw_payload' WHERE " OURS
	"\nUNION ALL SELECT 'index', c.relname, x.relname, '' FROM pg_class c "
	"JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = "
	"i.indexrelid WHERE " OURS
	"\nUNION ALL SELECT 'foreign', c.relname, f.conname, "
	"CASE WHEN f.convalidated THEN 'true' WHEN obj_description(f.oid, "
	"'pg_constraint') IS NULL THEN 'false' ELSE 'new' END FROM pg_class c "
	"JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' "
	"WHERE " OURS "\nUNION ALL SELECT 'viewed', c.relname, a.attname, "
	"min(w.ev_class::regclass::text) FROM pg_class c JOIN pg_attribute a "
	"ON a.attrelid = c.oid JOIN pg_depend d ON d.refclassid = "
	"'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = "
	"a.attnum AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite w ON "
	"w.oid = d.objid WHERE " OURS " GROUP BY c.relname, a.attname"
	"\nUNION ALL SELECT 'trigger', c.relname, g.tgname, '' FROM pg_class "
	"c JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal "
	"WHERE " OURS
	"\nUNION ALL SELECT 'lz4', '', '', '' FROM pg_settings WHERE name = "
	"'default_toast_compression' AND 'lz4' = ANY (enumvals)",
    [HASH] = "SELECT 'hash', '', '', hash FROM ha.schemas WHERE source = $1",
    [CUTS] = "SELECT 'cut', resource, '', hash FROM ha.cuts WHERE source = $1",
    [STEPS] = ("SELECT 'step', name || ' ' || step, '', '' FROM "
	       "ha.schema_steps WHERE name IN ('ha', $1)"),
};

struct catalogue *
catalogue_read(struct db *db, const struct source *s, struct why *why)
{
	struct catalogue *c = mem_new(1, sizeof(*c));

	for (int i = 0; i < QUERIES; i++) {
		c->rows[i] = db_query(
		    db, why, queries[i], 1, (const char *const[]){s->name});
		/* the notes' tables may not be there yet: EX_CONFIG */
		if (c->rows[i] == NULL &&
		    (i == HAVE || why->status != EX_CONFIG)) {
			catalogue_free(c);
			return NULL;
		}
	}
	return c;
}

void
catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < QUERIES; i++)
		rows_free(c->rows[i]);
	free(c);
}

static bool
is(const struct rows *rows, size_t row, int col, const char *text)
{
	const char *have = rows_text(rows, row, col);

	return have != NULL && strcmp(have, text) == 0;
}

const char *
catalogue_get(const struct catalogue *c, const char *kind, const char *table,
    const char *name)
{
	for (int q = 0; q < QUERIES; q++)
		for (size_t i = 0; c->rows[q] != NULL && i < rows_n(c->rows[q]);
		     i++)
			if (is(c->rows[q], i, 0, kind) &&
			    is(c->rows[q], i, 1, table) &&
			    is(c->rows[q], i, 2, name))
				return rows_text(c->rows[q], i, 3);
	return NULL;
}
