#include "table/follow.h"

#include <string.h>

#include "db/db.h"
#include "db/pgarray.h"
#include "table/ddl.h"

/* The column that is cut from the path, as its text; NULL: none. */
static const struct column *
column_of(const struct resource *r, const char *path)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		const struct column *c = &r->columns[i];

		if (c->type == COL_TEXT && !c->of_parent &&
		    strcmp(expr_source(c->from), path) == 0)
			return c;
	}
	return NULL;
}

void
follow_when(const struct resource *r, const struct parent *a, const char *x,
    struct buf *to)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	const char *literal;
	struct json_val val;
	const struct column *c;
	struct why ignored;

	if (a->when == NULL || (literal = expr_equal(a->when, &path)) == NULL) {
		buf_str(to, "true");
		return;
	}
	val = (struct json_val){JSON_STRING, literal, strlen(literal)};
	if (*literal == '"' && (c = column_of(r, path.at)) != NULL &&
	    json_text(&val, &text, &ignored) == 0) {
		db_fmt(to, "%s.%I = %L", x, c->name, text.at);
	} else {
		pgarray_path(&text, path.at);
		db_fmt(to, "%s.raw_payload #> %L::text[] = %L::jsonb", x,
		    text.at, literal);
	}
	buf_release(&path);
	buf_release(&text);
}

bool
follow_time(const struct source *s, const struct resource *r,
    const char *account, struct buf *to)
{
	struct buf times = BUF_INIT;
	bool is;

	for (size_t i = 0; i < r->n_parents; i++) {
		const struct parent *a = &r->parents[i];

		if (!a->follow)
			continue;
		db_fmt(&times,
		    "%s(SELECT p.deleted_at FROM %T p WHERE p.account_id = %s "
		    "AND p.%I = s.%I AND ",
		    times.len > 0 ? ", " : "", s->name,
		    ddl_table(s, a->resource), account, a->key, a->column);
		follow_when(r, a, "s", &times);
		buf_chr(&times, ')');
	}
	is = times.len > 0;
	if (is)
		buf_fmt(to, "greatest(%s)", times.at);
	buf_release(&times);
	return is;
}

const struct parent *
group_parent(const struct resource *r)
{
	const char *in = r->each != NULL       ? r->each->parent
			 : r->embedded != NULL ? r->embedded->in
					       : NULL;

	for (size_t i = 0; in != NULL && i < r->n_parents; i++)
		if (strcmp(r->parents[i].resource, in) == 0)
			return &r->parents[i];
	return NULL;
}
