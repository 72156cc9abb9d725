#include "state/children.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "lock/lease.h"
#include "stream/emit.h"
#include "base/out.h"
#include "db/pgarray.h"
#include "base/run_id.h"
#include "stream/stream.h"

#define BATCH 1000 /* parents marked by one statement */

/* JSON holds neither byte, so a row of CSV is its fields' plain text. */
#define BETWEEN '\2'
#define PLAIN " TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"

static const struct resource *
parent_of(const struct children_of *of, struct why *why)
{
	const struct resource *r = of->resource, *p;

	if (r->each == NULL && r->embedded == NULL) {
		why_set(why, EX_USAGE, "%s/%s: is not fetched per parent",
		    of->source->name, r->name);
		return NULL;
	}
	p = source_resource(of->source,
	    r->each != NULL ? r->each->parent : r->embedded->in, why);
	if (p != NULL && p->n_fields == 0) {
		why_set(why, EX_CONFIG, "%s: %s has children but no fields",
		    of->source->file, p->name);
		return NULL;
	}
	return p;
}

/* SQL of the parent's present change key. */
static const char *
change_of(const struct resource *r)
{
	if (r->each == NULL)
		return "p.fingerprint::text";
	return r->each->change != NULL ? r->each->change : "NULL";
}

/*
 * Adds, where the children say so: from where they are stored already, and
 * the first page of them that came with the parent.
 */
static void
add_known(const struct children_of *of, struct buf *sql)
{
	const struct each *e = of->resource->each;
	struct buf path = BUF_INIT;

	if (e != NULL && e->since != NULL)
		db_fmt(sql,
		    " || ',\"since\":' || coalesce(to_json((%s)::text)::text, "
		    "'null')",
		    of->all ? "NULL" : e->since);
	if (e == NULL || e->first == NULL)
		return;
	pgarray_path(&path, e->first);
	db_fmt(sql,
	    " || ',\"first\":' || coalesce((p.raw_payload #> "
	    "%L::text[])::text, 'null')",
	    path.at);
	buf_release(&path);
}

/* Adds: text of the parent object, `{"id":1,...,"change":"..."}`. */
static void
add_object(
    const struct children_of *of, const struct resource *p, struct buf *sql)
{
	struct buf name = BUF_INIT;
	size_t i;

	for (i = 0; i < p->n_fields; i++) {
		buf_clear(&name);
		buf_chr(&name, i == 0 ? '{' : ',');
		buf_json(&name, p->fields[i].name, strlen(p->fields[i].name));
		buf_chr(&name, ':');
		db_fmt(sql, "%L || coalesce(to_json(p.%I)::text, 'null') || ",
		    name.at, p->fields[i].column);
	}
	db_fmt(sql,
	    "',\"change\":' || coalesce(to_json((%s)::text)::text, 'null')",
	    change_of(of->resource));
	add_known(of, sql);
	buf_str(sql, " || '}'");
	buf_release(&name);
}

/* Adds FROM and WHERE. */
static void
add_from(
    const struct children_of *of, const struct resource *p, struct buf *sql)
{
	const struct resource *r = of->resource;

	db_fmt(sql,
	    " FROM %T p LEFT JOIN ha.children c ON c.source = %L AND "
	    "c.resource = %L AND c.account_id = p.account_id AND "
	    "c.parent_key = p.%I::text COLLATE \"C\" WHERE p.deleted_at IS "
	    "NULL AND p.account_id = %L",
	    of->source->name, p->table, of->source->name, r->name,
	    p->fields[0].column, of->account);
	if (of->all && of->before != NULL && *of->before != '\0')
		db_fmt(sql, " AND c.stored_at >= %L IS NOT TRUE", of->before);
	if (of->all)
		return;
	db_fmt(sql,
	    " AND (c.parent_key IS NULL OR c.change_key IS DISTINCT FROM "
	    "(%s)::text",
	    change_of(r));
	if (r->each != NULL && r->each->refresh_ms > 0)
		/* one that was gone may be back when its row changes */
		db_fmt(sql,
		    " OR CASE WHEN c.gone THEN p.updated_at > c.stored_at "
		    "ELSE c.stored_at <= now() - interval '%lld ms' END",
		    (long long)r->each->refresh_ms);
	buf_chr(sql, ')');
}

/* Newest first: by what tells versions apart, then by key. */
static void
add_order(const struct resource *p, struct buf *sql)
{
	buf_str(sql, " ORDER BY ");
	db_each(sql, "", "p.%I DESC NULLS LAST, ", p->version, p->n_version);
	db_fmt(sql, "p.%I DESC", p->fields[0].column);
}

static void
put_begin(const struct children_of *of, struct mark *m)
{
	buf_str(&m->source, of->source->name);
	buf_str(&m->resource, of->resource->name);
	buf_str(&m->account, of->account);
	m->mode = MODE_PARENTS;
	buf_str(&m->run, run_id());
	m->whole = true;
	emit_alone(m, MARK_BEGIN);
}

/* One row of COPY: a parent object, or object and payload. */
static int
put_parent(const struct children_of *of, const char *row, size_t len,
    struct mark *m, struct why *why)
{
	const char *cut;
	size_t n;

	if (len > 0 && row[len - 1] == '\n')
		len--;
	if (of->resource->embedded == NULL) {
		out_line(row, len);
		return 0;
	}
	if ((cut = memchr(row, BETWEEN, len)) == NULL)
		return why_set(why, EX_SOFTWARE, "a row without a payload");
	n = (size_t)(cut - row);
	buf_set(&m->parent, row, n);
	emit_alone(m, MARK_OPEN);
	out_line(cut + 1, len - n - 1);
	m->records = 1;
	emit_alone(m, MARK_CLOSE);
	return 0;
}

static int
put_section(struct db *db, const struct children_of *of, const char *copy,
    struct why *why)
{
	struct mark m;
	const char *row;
	uint64_t n = 0;
	size_t len;
	int rc = -1;

	mark_init(&m);
	if (db_copy_out(db, copy, why) == -1)
		goto out;
	put_begin(of, &m);
	while ((rc = db_copy_next(db, &row, &len, why)) == 1) {
		if ((rc = put_parent(of, row, len, &m, why)) == -1)
			goto out;
		if (++n % 64 == 0 && (rc = out_flush(why)) == -1)
			goto out; /* the reader is gone, or the disk full */
	}
	if (rc == 0) {
		m.records = n;
		m.complete = true;
		emit_alone(&m, MARK_END);
		rc = out_flush(why);
	}
out:
	mark_release(&m);
	return rc;
}

int
children_pending(struct db *db, const struct children_of *of, struct why *why)
{
	const struct resource *p = parent_of(of, why);
	struct buf sql = BUF_INIT;
	int rc;

	if (p == NULL)
		return -1;
	buf_str(&sql, "COPY (SELECT ");
	add_object(of, p, &sql);
	if (of->resource->embedded != NULL)
		buf_str(&sql, ", p.raw_payload::text");
	add_from(of, p, &sql);
	add_order(p, &sql);
	buf_str(&sql, ")" PLAIN);
	rc = put_section(db, of, sql.at, why);
	buf_release(&sql);
	return rc;
}

/* Adds " AND ...": what came with the parent is not all of its children. */
static void
add_incomplete(const struct children_of *of, struct buf *sql)
{
	const struct each *e = of->resource->each;
	struct buf next = BUF_INIT, path = BUF_INIT;

	if (e == NULL || e->first == NULL || of->source->next == NULL)
		return;
	buf_fmt(&next, "%s%s", e->first, expr_source(of->source->next));
	pgarray_path(&path, next.at);
	db_fmt(sql, " AND (p.raw_payload #> %L::text[]) IS NOT NULL%s", path.at,
	    of->all ? "" : " AND c.parent_key IS NULL");
	buf_release(&next);
	buf_release(&path);
}

static int
count(struct db *db, const struct children_of *of, bool calls, struct buf *n,
    struct why *why)
{
	const struct resource *p = parent_of(of, why);
	struct buf sql = BUF_INIT;
	int rc;

	if (p == NULL)
		return -1;
	buf_str(&sql, "SELECT count(*)");
	add_from(of, p, &sql);
	if (calls)
		add_incomplete(of, &sql);
	rc = db_value(db, why, sql.at, 0, NULL, n);
	buf_release(&sql);
	return rc == -1 ? -1 : 0;
}

int
children_count(
    struct db *db, const struct children_of *of, struct buf *n, struct why *why)
{
	return count(db, of, false, n, why);
}

int
children_calls(
    struct db *db, const struct children_of *of, struct buf *n, struct why *why)
{
	return count(db, of, true, n, why);
}

int
children_whole(struct db *db, const struct children_of *of, const char *began,
    struct why *why)
{
	const struct resource *p = parent_of(of, why);
	struct buf sql = BUF_INIT;
	int rc;

	if (p == NULL)
		return -1;
	db_fmt(&sql,
	    "INSERT INTO ha.children (source, resource, account_id, "
	    "parent_key, change_key) SELECT %L, %L, p.account_id, p.%I::text, "
	    "(%s)::text",
	    of->source->name, of->resource->name, p->fields[0].column,
	    change_of(of->resource));
	add_from(of, p, &sql);
	db_fmt(&sql,
	    " AND p.updated_at < %L ON CONFLICT (source, resource, "
	    "account_id, parent_key) DO UPDATE SET change_key = "
	    "excluded.change_key, gone = false, stored_at = now()",
	    began);
	rc = db_run(db, why, sql.at, 0, NULL);
	buf_release(&sql);
	return rc;
}

struct marking { /* parents on their way into ha.children */
	struct db *db;
	const struct children_of *of;
	struct json *json;
	struct json_paths *paths; /* key, change */
	struct buf pairs;	  /* JSON: [[key,change],... */
	size_t n;
};

static int
flush(struct marking *m, struct why *why)
{
	const char *params[] = {
	    m->of->source->name, m->of->resource->name, m->of->account, NULL};
	int rc;

	if (m->n == 0)
		return 0;
	buf_chr(&m->pairs, ']');
	params[3] = m->pairs.at;
	rc = db_run(m->db, why,
	    "INSERT INTO ha.children"
	    " (source, resource, account_id, parent_key, change_key)"
	    " SELECT DISTINCT ON (e->>0) $1, $2, $3, e->>0, e->>1"
	    " FROM json_array_elements($4::json)"
	    " WITH ORDINALITY AS t (e, n) ORDER BY e->>0, n DESC"
	    " ON CONFLICT (source, resource, account_id, parent_key)"
	    " DO UPDATE SET change_key = excluded.change_key,"
	    " gone = false, stored_at = now()",
	    4, params);
	buf_clear(&m->pairs);
	m->n = 0;
	return rc;
}

static int
mark_parent(struct marking *m, const struct line *line, struct why *why)
{
	struct json_val v[2];

	if (json_pick(m->json, line->text, line->len, m->paths, v, true, why) ==
	    -1)
		return -1;
	if (v[0].type != JSON_NUMBER && v[0].type != JSON_STRING)
		return why_set(why, EX_DATAERR, "the parent has no key");
	if (v[1].type != JSON_STRING && v[1].type != JSON_NULL)
		return why_set(why, EX_DATAERR, "the parent has no change key");
	buf_chr(&m->pairs, m->n == 0 ? '[' : ',');
	buf_chr(&m->pairs, '[');
	buf_add(&m->pairs, v[0].text, v[0].len);
	buf_chr(&m->pairs, ',');
	buf_add(&m->pairs, v[1].text, v[1].len);
	buf_chr(&m->pairs, ']');
	return ++m->n == BATCH ? flush(m, why) : 0;
}

static bool
is(const struct buf *have, const char *want)
{
	return have->len == strlen(want) &&
	       (have->len == 0 || memcmp(have->at, want, have->len) == 0);
}

static int
check_section(
    const struct children_of *of, const struct mark *begin, struct why *why)
{
	if (is(&begin->source, of->source->name) &&
	    is(&begin->resource, of->resource->name) &&
	    is(&begin->account, of->account) && begin->mode == MODE_PARENTS)
		return 0;
	return why_set(why, EX_DATAERR,
	    "not parents of %s/%s of account %s, as ha-synclog pending gives",
	    of->source->name, of->resource->name, of->account);
}

static int
mark_all(struct marking *m, struct stream *s, struct why *why)
{
	struct item it;
	int got;

	while ((got = stream_next(s, &it, why)) == 1) {
		int rc = 0;

		if (it.kind == MARK_BEGIN)
			rc = check_section(m->of, it.mark, why);
		else if (it.kind == MARK_NONE)
			rc = mark_parent(m, &it.line, why);
		if (rc == -1)
			return why_in(why, "%s: line %" PRIu64, stream_name(s),
			    it.line.no);
	}
	return got == -1 ? -1 : flush(m, why);
}

/* In one transaction, so that half a snapshot never counts. */
static int
mark_stream(struct marking *m, struct stream *s, struct why *why)
{
	struct why ignored;

	if (lease_begin(m->db, NULL, why) == 0 && mark_all(m, s, why) == 0)
		return db_script(m->db, why, "COMMIT");
	db_script(m->db, &ignored, "ROLLBACK");
	return -1;
}

int
children_fetched(struct db *db, const struct children_of *of,
    char *const *paths, size_t n, struct why *why)
{
	const struct resource *p = parent_of(of, why);
	struct marking m = {.db = db, .of = of};
	struct buf key = BUF_INIT;
	const char *wanted[2] = {NULL, ".change"};
	struct stream *s = NULL;
	int rc = -1;

	if (p == NULL)
		return -1;
	if (of->resource->each == NULL)
		return why_set(why, EX_USAGE, "%s/%s: comes out of %s only",
		    of->source->name, of->resource->name, p->name);
	buf_chr(&key, '.');
	buf_json(&key, p->fields[0].name, strlen(p->fields[0].name));
	wanted[0] = key.at;
	m.json = json_new();
	if ((m.paths = json_paths_new(wanted, 2, why)) != NULL &&
	    (s = stream_open(paths, n, false, why)) != NULL)
		rc = mark_stream(&m, s, why);
	stream_close(s);
	json_paths_free(m.paths);
	json_free(m.json);
	buf_release(&m.pairs);
	buf_release(&key);
	return rc;
}
