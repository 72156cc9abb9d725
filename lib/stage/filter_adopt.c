/* The way back of filter.h: parked children whose parents have come. */
#include "stage/filter_section.h"

#include <string.h>

#include "json/json.h"
#include "base/out.h"
#include "db/pgarray.h"
#include "base/run_id.h"

#define PAGE 500 /* rows read at once */

struct adopt {
	struct section *s;
	struct emit *out;
	struct filter_counts *counts;
	struct buf group; /* parent object of the open group */
	struct buf text;
	struct buf last; /* key of the last row read */
	bool said;	 /* its open mark is written */
};

/* A parked key as a value of the parent's column; NULL where it is none. */
static void
add_match(struct buf *sql, const char *source, const struct resource *parent,
    const struct parent *p)
{
	const struct column *c = resource_column(parent, p->key);
	bool integer = c->type == COL_BIGINT || c->type == COL_INTEGER;

	db_fmt(sql,
	    " OR (k.parent_resource = %L AND EXISTS (SELECT FROM %T t "
	    "WHERE t.account_id = k.account_id AND t.%I%s))",
	    p->resource, source, parent->table, p->key,
	    integer ? " = CASE WHEN k.parent_key ~ '^-?[0-9]{1,18}$' "
		      "THEN k.parent_key::bigint END"
	    : c->type == COL_TEXT ? " = k.parent_key"
				  : "::text = k.parent_key");
}

/*
 * One page of candidates: rows one of whose parents has come. Those with a
 * parent object come in a pass of their own ($5), since a group lasts until
 * the next one.
 */
static void
page_sql(struct section *s, struct buf *sql)
{
	const struct link *all = links_all(s->links);

	buf_str(sql,
	    "SELECT k.key, k.parent::text, k.raw FROM ha.parked k "
	    "WHERE k.source = $1 AND k.resource = $2 AND k.account_id = $3 "
	    "AND k.key > $4 AND (k.parent IS NULL) = $5 "
	    "AND (k.parent_resource <> ALL ($6::text[])");
	for (size_t i = 0; i < links_n(s->links); i++) {
		const struct parent *p = all[i].parent;

		add_match(sql, s->source->name,
		    source_find(s->source, p->resource), p);
	}
	db_fmt(sql, ") ORDER BY k.key LIMIT %d", PAGE);
}

static struct rows *
read_page(struct adopt *a, bool alone, struct why *why)
{
	struct section *s = a->s;
	const struct link *all = links_all(s->links);
	struct buf sql = BUF_INIT, parents = BUF_INIT;
	const char *params[6] = {s->source->name, s->resource->name, s->account,
	    a->last.len > 0 ? a->last.at : "", alone ? "t" : "f"};
	struct rows *rows;

	for (size_t i = 0; i < links_n(s->links); i++)
		pgarray_add(&parents, all[i].parent->resource,
		    strlen(all[i].parent->resource));
	pgarray_end(&parents);
	params[5] = parents.at;
	page_sql(s, &sql);
	rows = db_query(s->db, why, sql.at, 6, params);
	buf_release(&sql);
	buf_release(&parents);
	return rows;
}

/* A padded copy of a row's text, as json.h wants it. */
static void
padded(struct buf *to, const char *text)
{
	buf_clear(to);
	if (text != NULL)
		buf_str(to, text);
	memset(buf_room(to, JSON_PADDING), 0, JSON_PADDING);
}

/* The row's group, for its links; say: the stream is told about it, once. */
static int
enter_group(struct adopt *a, const char *parent, bool say, struct why *why)
{
	struct mark open;

	if (parent == NULL)
		return 0;
	mark_init(&open);
	open.kind = MARK_OPEN;
	if (a->group.len == 0 || strcmp(a->group.at, parent) != 0) {
		padded(&a->group, parent);
		a->said = false;
		open.parent = a->group; /* borrowed */
		if (section_group(a->s, &open, why) == -1)
			return -1;
	}
	if (say && !a->said) {
		open.parent = a->group;
		emit_open(a->out, &open);
		a->said = true;
	}
	return 0;
}

/* All parents of a row must be there, not only the one it waited for. */
static int
take_row(struct adopt *a, const struct rows *rows, size_t i, bool ask,
    struct why *why)
{
	const char *raw = rows_text(rows, i, 2);
	const char *parent = rows_text(rows, i, 1);
	const struct link *missing;
	enum verdict verdict;

	if (enter_group(a, parent, false, why) == -1)
		return -1;
	padded(&a->text, raw);
	verdict = section_judge(a->s, a->text.at, a->text.len, &missing, why);
	if (ask || verdict != PASS)
		return 0;
	if (enter_group(a, parent, true, why) == -1)
		return -1;
	emit_record(a->out, a->text.at, a->text.len);
	a->counts->passed++;
	return 0;
}

/* Rows without a parent object (alone), or those with one. */
static int
pass(struct adopt *a, bool alone, struct why *why)
{
	struct rows *rows;
	size_t n = PAGE;
	int rc = 0;

	buf_clear(&a->last);
	while (rc == 0 && n == PAGE) {
		if ((rows = read_page(a, alone, why)) == NULL)
			return -1;
		n = rows_n(rows);
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = take_row(a, rows, i, true, why);
		if (rc == 0)
			rc = section_lookup(a->s, why);
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = take_row(a, rows, i, false, why);
		if (n > 0) {
			buf_clear(&a->last);
			buf_str(&a->last, rows_text(rows, n - 1, 0));
		}
		rows_free(rows);
		if (rc == 0)
			rc = out_flush(why);
	}
	return rc;
}

int
section_adopt(struct section *s, struct emit *out, struct filter_counts *counts,
    struct why *why)
{
	struct adopt a = {s, out, counts, BUF_INIT, BUF_INIT, BUF_INIT, false};
	struct mark m;
	int rc = -1;

	mark_init(&m);
	m.kind = MARK_BEGIN;
	buf_str(&m.source, s->source->name);
	buf_str(&m.resource, s->resource->name);
	buf_str(&m.account, s->account);
	m.mode = MODE_ADOPT;
	buf_str(&m.run, run_id());
	emit_begin(out, &m);
	/* A resource without parents has nobody to wait for. */
	if (links_n(s->links) == 0 ||
	    (pass(&a, true, why) == 0 && pass(&a, false, why) == 0)) {
		m.kind = MARK_END;
		m.complete = true;
		emit_end(out, &m);
		rc = out_flush(why);
	}
	mark_release(&m);
	buf_release(&a.group);
	buf_release(&a.text);
	buf_release(&a.last);
	return rc;
}
