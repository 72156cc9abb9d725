#include "state/wanted.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/run_id.h"
#include "stream/emit.h"

#define CALLS 500  /* in a run, where each key is a call */
#define KEYS 10000 /* where one call asks for many */
#define WITNESSES 3
#define FEW 2 /* that are believed to be gone without any */

static bool
is_number(const struct column *c)
{
	return c->type == COL_BIGINT || c->type == COL_INTEGER;
}

/* Adds FROM and WHERE: each key once, as k.parent_key. */
static void
add_from(const struct wanted_of *of, struct buf *sql)
{
	const struct resource *r = of->resource;
	const struct column *c = resource_column(r, r->key[0]);

	db_fmt(sql,
	    " FROM (SELECT DISTINCT parent_key FROM ha.parked WHERE source = "
	    "%L AND parent_resource = %L AND account_id = %L) k WHERE NOT "
	    "EXISTS (SELECT FROM ha.parked p WHERE p.source = %L AND "
	    "p.resource = %L AND p.account_id = %L AND p.key = k.parent_key)",
	    of->source->name, r->name, of->account, of->source->name, r->name,
	    of->account);
	if (is_number(c))
		buf_str(sql, " AND k.parent_key ~ '^-?[0-9]{1,18}$'");
	db_fmt(sql,
	    " AND NOT EXISTS (SELECT FROM %T t WHERE t.account_id = %L AND "
	    "t.%I%s)",
	    of->source->name, r->table, of->account, c->name,
	    is_number(c) ? " = CASE WHEN k.parent_key ~ '^-?[0-9]{1,18}$' "
			   "THEN k.parent_key::bigint END"
	    : c->type == COL_TEXT ? " = k.parent_key"
				  : "::text = k.parent_key");
}

int
wanted_count(
    struct db *db, const struct wanted_of *of, uint64_t *n, struct why *why)
{
	struct buf sql = BUF_INIT, text = BUF_INIT;
	int rc = 0;

	*n = 0;
	if (resource_by_key(of->resource) == NULL)
		return 0;
	buf_str(&sql, "SELECT count(*)");
	add_from(of, &sql);
	if ((rc = db_value(db, why, sql.at, 0, NULL, &text)) == 1)
		*n = strtoull(text.at, NULL, 10);
	buf_release(&sql);
	buf_release(&text);
	return rc == -1 ? -1 : 0;
}

bool
wanted_by(const struct source *s, const struct resource *r)
{
	const char *in = r->each != NULL       ? r->each->parent
			 : r->embedded != NULL ? r->embedded->in
					       : NULL;

	for (size_t i = 0; i < r->n_parents; i++) {
		const char *name = r->parents[i].resource;

		/* those that it is read by are there, but for a list's */
		if (r->path == NULL && in != NULL && strcmp(name, in) == 0)
			continue;
		if (source_find(s, name)->one != NULL)
			return true;
	}
	return false;
}

static void
put_key(const struct wanted_of *of, const char *json, const char *more)
{
	const char *name = resource_by_key(of->resource);
	struct buf line = BUF_INIT;

	buf_chr(&line, '{');
	buf_json(&line, name, strlen(name));
	buf_fmt(&line, ":%s%s}", json, more);
	out_line(line.at, line.len);
	buf_release(&line);
}

/* The key's text in SQL as JSON. */
static void
add_json(const struct wanted_of *of, const char *text, struct buf *sql)
{
	const struct resource *r = of->resource;

	buf_fmt(sql,
	    is_number(resource_column(r, r->key[0])) ? "%s" : "to_json(%s)",
	    text);
}

/* Rows that are there: the keys that are the last, which are mostly young. */
static struct rows *
witnesses(struct db *db, const struct wanted_of *of, struct why *why)
{
	const struct resource *r = of->resource;
	struct buf sql = BUF_INIT, key = BUF_INIT;
	struct rows *rows;

	db_fmt(&key, "t.%I::text", r->key[0]);
	buf_str(&sql, "SELECT ");
	add_json(of, key.at, &sql);
	db_fmt(&sql,
	    " FROM %T t WHERE t.account_id = %L AND t.deleted_at IS NULL",
	    of->source->name, r->table, of->account);
	db_fmt(&sql, " ORDER BY t.%I DESC LIMIT %d", r->key[0], WITNESSES);
	rows = db_query(db, why, sql.at, 0, NULL);
	buf_release(&sql);
	buf_release(&key);
	return rows;
}

/* Then a list that is read lacks what is gone. */
static int
was_listed(struct db *db, const struct wanted_of *of, struct why *why)
{
	const char *params[] = {
	    of->source->name, of->resource->name, of->account};
	struct buf one = BUF_INIT;
	int rc = db_value(db, why,
	    "SELECT 1 FROM ha.sync_state WHERE source = $1 AND resource = $2 "
	    "AND account_id = $3 AND completed_at IS NOT NULL",
	    3, params, &one);

	buf_release(&one);
	return rc;
}

/* How many are asked for: very few, if all may be gone and nothing tells. */
static int
budget(struct db *db, const struct wanted_of *of, const struct rows *known,
    uint64_t *most, struct why *why)
{
	int listed = 0;

	if (rows_n(known) == 0 && (listed = was_listed(db, of, why)) == -1)
		return -1;
	*most = of->resource->paging.style == PAGE_KEYSET ? KEYS : CALLS;
	if (listed)
		*most = FEW;
	return 0;
}

/* In an order that is another one each run: none is passed over for good. */
static struct rows *
keys(struct db *db, const struct wanted_of *of, uint64_t most, struct why *why)
{
	struct buf sql = BUF_INIT;
	struct rows *rows;

	buf_str(&sql, "SELECT ");
	add_json(of, "k.parent_key", &sql);
	buf_str(&sql, ", count(*) OVER ()");
	add_from(of, &sql);
	db_fmt(&sql, " ORDER BY md5(k.parent_key || %L) LIMIT %lld", run_id(),
	    (long long)most);
	rows = db_query(db, why, sql.at, 0, NULL);
	buf_release(&sql);
	return rows;
}

int
wanted_calls(
    struct db *db, const struct wanted_of *of, uint64_t *n, struct why *why)
{
	int group = of->resource->paging.keys.group;
	struct rows *known;
	uint64_t most = 0;
	int rc;

	if (wanted_count(db, of, n, why) == -1)
		return -1;
	if (*n == 0)
		return 0;
	if ((known = witnesses(db, of, why)) == NULL)
		return -1;
	if ((rc = budget(db, of, known, &most, why)) == 0)
		*n = (*n < most ? *n : most) + rows_n(known);
	if (of->resource->paging.style == PAGE_KEYSET && group > 0)
		*n = (*n + (uint64_t)group - 1) / (uint64_t)group;
	rows_free(known);
	return rc;
}

static void
put_section(const struct wanted_of *of, const struct rows *known,
    const struct rows *all)
{
	struct mark m;

	mark_init(&m);
	buf_str(&m.source, of->source->name);
	buf_str(&m.resource, of->resource->name);
	buf_str(&m.account, of->account);
	m.mode = MODE_PARENTS;
	buf_str(&m.run, run_id());
	emit_alone(&m, MARK_BEGIN);
	for (size_t i = 0; i < rows_n(known) && rows_n(all) > 0; i++)
		put_key(of, rows_text(known, i, 0), ",\"known\":true");
	for (size_t i = 0; i < rows_n(all); i++)
		put_key(of, rows_text(all, i, 0), "");
	m.records = rows_n(all) + (rows_n(all) > 0 ? rows_n(known) : 0);
	m.complete = true;
	emit_alone(&m, MARK_END);
	mark_release(&m);
}

int
wanted_print(struct db *db, const struct wanted_of *of, struct why *why)
{
	const struct resource *r = of->resource;
	struct rows *known = NULL, *all = NULL;
	uint64_t most;
	int rc = -1;

	if (resource_by_key(r) == NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: its rows cannot be asked for by their keys",
		    of->source->name, r->name);
	if ((known = witnesses(db, of, why)) == NULL ||
	    budget(db, of, known, &most, why) == -1)
		goto out;
	if ((all = keys(db, of, most, why)) == NULL)
		goto out;
	put_section(of, known, all);
	if (rows_n(all) > 0 && strtoull(rows_text(all, 0, 1), NULL, 10) > most)
		warnx("%s/%s: records wait for %s that are not known: %" PRIu64
		      " are asked for now, the others by later runs",
		    of->source->name, r->name, rows_text(all, 0, 1), most);
	rc = out_flush(why);
out:
	rows_free(known);
	rows_free(all);
	return rc;
}
