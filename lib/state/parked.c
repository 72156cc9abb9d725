#include "state/parked.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lock/lease.h"
#include "base/mem.h"
#include "db/pgarray.h"

#define ROWS_MAX 2000
#define BYTES_MAX ((size_t)4 << 20)
#define TRIES 3

enum {
	KEY,
	PARENT_RESOURCE,
	PARENT_KEY,
	PARENT,
	REASON,
	VERSION,
	RAW,
	COLUMNS
};

struct park {
	struct db *db;
	struct park_of of;
	size_t rows;
	struct buf insert;	     /* SQL */
	struct buf columns[COLUMNS]; /* arrays, pgarray.h */
};

void
park_older(
    const struct resource *r, const char *a, const char *b, struct buf *to)
{
	if (r->n_version == 0) {
		buf_str(to, "false");
		return;
	}
	buf_str(to, "(CASE");
	for (size_t i = 0; i < r->n_version; i++) {
		const char *type =
		    column_type_sql(resource_column(r, r->version[i])->type);

		bool time = strcmp(type, "timestamptz") == 0;

		/*
		 * Nothing is older for a version that is unknown or still to
		 * come; equal: the next one decides.
		 */
		buf_fmt(to,
		    " WHEN %1$s.version[%3$zu]::%4$s IS DISTINCT FROM "
		    "%2$s.version[%3$zu]::%4$s THEN coalesce("
		    "%1$s.version[%3$zu]::%4$s < %2$s.version[%3$zu]::%4$s",
		    a, b, i + 1, type);
		if (time)
			buf_fmt(to,
			    " AND %s.version[%zu]::timestamptz <= now() + "
			    "interval '5 minutes'",
			    b, i + 1);
		buf_str(to, ", false)");
	}
	buf_str(to, " ELSE false END)");
}

/*
 * Keys are sorted, so that two runs that park the same records wait for each
 * other instead of locking each other out.
 */
static void
insert_sql(const struct resource *r, struct buf *to)
{
	buf_str(to,
	    "INSERT INTO ha.parked AS p (source, resource, account_id, key, "
	    "parent_resource, parent_key, parent, reason, version, raw) "
	    "SELECT $1, $2, $3, key, parent_resource, parent_key, "
	    "parent::jsonb, reason, version::text[], raw "
	    "FROM (SELECT DISTINCT ON (key COLLATE \"C\") * "
	    "FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], "
	    "$8::text[], $9::text[], $10::text[]) WITH ORDINALITY AS u(key, "
	    "parent_resource, parent_key, parent, reason, version, raw, n) "
	    "ORDER BY key COLLATE \"C\"");
	for (size_t i = 0; i < r->n_version; i++)
		buf_fmt(to, ", (version::text[])[%zu]::%s DESC NULLS LAST",
		    i + 1,
		    column_type_sql(resource_column(r, r->version[i])->type));
	buf_str(to,
	    ", n DESC) AS u ON CONFLICT (source, resource, account_id, key) "
	    "DO UPDATE SET parent_resource = excluded.parent_resource, "
	    "parent_key = excluded.parent_key, parent = excluded.parent, "
	    "reason = excluded.reason, version = excluded.version, "
	    "raw = excluded.raw "
	    "WHERE (p.parent_resource, p.parent_key, p.parent, p.raw) "
	    "IS DISTINCT FROM (excluded.parent_resource, "
	    "excluded.parent_key, excluded.parent, excluded.raw)");
	buf_str(to, " AND NOT ");
	park_older(r, "excluded", "p", to);
}

struct park *
park_open(struct db *db, const struct park_of *of)
{
	struct park *p;

	p = mem_new(1, sizeof(*p));
	p->db = db;
	p->of = *of;
	insert_sql(of->resource, &p->insert);
	return p;
}

void
park_close(struct park *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < COLUMNS; i++)
		buf_release(&p->columns[i]);
	buf_release(&p->insert);
	free(p);
}

static void
add_text(struct park *p, int column, const char *text)
{
	pgarray_add(&p->columns[column], text, text != NULL ? strlen(text) : 0);
}

int
park_add(struct park *p, const struct park_row *row, struct why *why)
{
	add_text(p, KEY, row->key);
	add_text(p, PARENT_RESOURCE, row->parent_resource);
	pgarray_add(
	    &p->columns[PARENT_KEY], row->parent_key, row->parent_key_len);
	add_text(p, PARENT, row->parent);
	add_text(p, REASON, row->reason);
	add_text(p, VERSION, row->version);
	pgarray_add(&p->columns[RAW], row->raw, row->raw_len);
	p->rows++;
	if (p->rows >= ROWS_MAX || p->columns[RAW].len >= BYTES_MAX)
		return park_commit(p, why);
	return 0;
}

/* 1: stored, 0: worth another try, -1. */
static int
store(struct park *p, struct why *why)
{
	const char *params[3 + COLUMNS] = {
	    p->of.source, p->of.resource->name, p->of.account};
	struct why ignored;
	int rc;

	for (size_t i = 0; i < COLUMNS; i++)
		params[3 + i] = p->columns[i].at;
	if (lease_begin(p->db, NULL, why) == 0 &&
	    db_run(p->db, why, p->insert.at, 3 + COLUMNS, params) == 0 &&
	    db_run(p->db, why, "COMMIT", 0, NULL) == 0)
		return 1;
	/* Class 40: a deadlock or a serialization failure: once more. */
	rc = strncmp(db_state(p->db), "40", 2) == 0 ? 0 : -1;
	if (!db_lost(p->db) &&
	    db_run(p->db, &ignored, "ROLLBACK", 0, NULL) == -1)
		rc = -1;
	return rc;
}

int
park_commit(struct park *p, struct why *why)
{
	int rc = 0;

	if (p == NULL || p->rows == 0)
		return 0;
	for (size_t i = 0; i < COLUMNS; i++)
		pgarray_end(&p->columns[i]);
	for (int i = 0; i < TRIES && rc == 0; i++)
		rc = store(p, why);
	if (rc != 1)
		return -1;
	for (size_t i = 0; i < COLUMNS; i++)
		buf_clear(&p->columns[i]);
	p->rows = 0;
	return 0;
}
