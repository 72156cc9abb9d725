#include "source/source_read.h"

#include <string.h>

#include "source/template.h"

static int
check_columns(const struct checked *c, char **names, size_t n, const char *what,
    struct why *why)
{
	const struct resource *r = c->r;

	for (size_t i = 0; i < n; i++)
		if (resource_column(r, names[i]) == NULL)
			return source_fail(
			    c, why, ".%s: no column \"%s\"", what, names[i]);
	return 0;
}

static int
check_key(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	if ((r->n_key == 0) == (r->n_identity == 0))
		return source_fail(c, why, "needs \"key\" or \"identity\"");
	if (check_columns(c, r->key, r->n_key, "key", why) == -1 ||
	    check_columns(c, r->version, r->n_version, "version", why) == -1)
		return -1;
	for (size_t i = 0; i < r->n_key; i++) {
		enum column_type t = resource_column(r, r->key[i])->type;

		if (t == COL_JSONB || t == COL_DOUBLE)
			return source_fail(c, why,
			    ".key: \"%s\" is %s, which cannot be a key",
			    r->key[i], column_type_sql(t));
	}
	return 0;
}

/* A list by link needs to be told where the link, or the cursor, is. */
static int
check_links(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	const struct paging *of[] = {
	    &r->paging, r->each == NULL ? NULL : &r->each->paging};

	for (size_t i = 0; i < 2; i++)
		if (of[i] != NULL && c->s->next == NULL &&
		    of[i]->cursor == NULL &&
		    (of[i]->style == PAGE_LINK ||
			(of[i]->style == PAGE_WALK && of[i]->by == PAGE_LINK)))
			return source_fail(c, why,
			    "style link needs .envelope.next, or \"cursor\"");
	return 0;
}

static int
check_way_in(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	if (r->path == NULL && r->each == NULL && r->embedded == NULL)
		return source_fail(
		    c, why, "needs \"path\", \"each\" or \"embedded\"");
	if (r->embedded != NULL && (r->path != NULL || r->each != NULL))
		return source_fail(c, why,
		    "\"embedded\" goes with neither \"path\" nor \"each\"");
	if (r->path != NULL && r->paging.style == PAGE_WALK &&
	    r->position == NULL)
		return source_fail(c, why, "a walk needs \"position\"");
	if (r->each != NULL && r->each->paging.style == PAGE_WALK &&
	    r->position == NULL)
		return source_fail(c, why, "a walk needs \"position\"");
	if (r->n_since > 0 && r->position == NULL)
		return source_fail(c, why, "\"since\" needs \"position\"");
	if (r->one != NULL && resource_by_key(r) == NULL)
		return source_fail(c, why,
		    ".one: needs a key of one column that is a plain member, "
		    "and a table of its own");
	return 0;
}

/* PostgreSQL finds out for itself which rows follow. */
static int
check_follow(const struct checked *c, size_t i, struct why *why)
{
	const struct parent *a = &c->r->parents[i];
	struct buf path = BUF_INIT;
	bool known =
	    !a->follow || a->when == NULL || expr_equal(a->when, &path) != NULL;

	buf_release(&path);
	return known ? 0
		     : source_fail(c, why,
			   ".parents[%zu].when: \"follow\" goes with a "
			   "condition of the form .name == \"value\" only",
			   i);
}

static int
check_parents(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	const struct resource *p;
	const char *in = source_group(r);

	for (size_t i = 0; i < r->n_parents; i++) {
		const struct parent *a = &r->parents[i];

		if ((p = source_before(c->s, r, a->resource)) == NULL)
			return source_fail(c, why,
			    ".parents[%zu]: no resource \"%s\" before this one",
			    i, a->resource);
		if (resource_column(r, a->column) == NULL)
			return source_fail(c, why,
			    ".parents[%zu]: no column \"%s\"", i, a->column);
		if (p->n_key != 1 || strcmp(p->key[0], a->key) != 0)
			return source_fail(c, why,
			    ".parents[%zu]: \"%s\" is not the key of %s", i,
			    a->key, p->name);
		if (resource_column(r, a->column)->type !=
		    resource_column(p, a->key)->type)
			return source_fail(c, why,
			    ".parents[%zu]: \"%s\" and the key of %s differ "
			    "in type",
			    i, a->column, p->name);
		if (check_follow(c, i, why) == -1)
			return -1;
	}
	if (in == NULL)
		return 0;
	if ((p = source_before(c->s, r, in)) == NULL)
		return source_fail(
		    c, why, "no resource \"%s\" before this one", in);
	if (p->n_fields == 0)
		return source_fail(
		    c, why, "its parent %s has no \"fields\" to hand on", in);
	return 0;
}

static int
check_fields(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	for (size_t i = 0; i < r->n_fields; i++)
		if (resource_column(r, r->fields[i].column) == NULL)
			return source_fail(c, why,
			    ".fields.%s: no column \"%s\"", r->fields[i].name,
			    r->fields[i].column);
	if (r->n_fields > 0 &&
	    (r->n_key != 1 || strcmp(r->fields[0].column, r->key[0]) != 0))
		return source_fail(
		    c, why, ".fields: the first must be the key, the only one");
	return 0;
}

static int
check_paths(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	struct why inner;

	if (r->path != NULL && template_check(r->path, &inner) == -1)
		return source_fail(c, why, ".path: %s", inner.msg);
	if (r->each != NULL && template_check(r->each->path, &inner) == -1)
		return source_fail(c, why, ".each.path: %s", inner.msg);
	if (r->one != NULL && template_check(r->one->path, &inner) == -1)
		return source_fail(c, why, ".one.path: %s", inner.msg);
	for (size_t i = 0; i < r->n_ignore; i++)
		if (r->ignore[i][0] != '.')
			return source_fail(c, why,
			    ".ignore: \"%s\" does not start with a dot",
			    r->ignore[i]);
	return 0;
}

/* Of a part, which column has a value is told by the member that it reads. */
static int
check_whole(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	for (size_t i = 0; i < r->n_whole; i++)
		if (r->whole[i][strcspn(r->whole[i], ".[]\"")] != '\0')
			return source_fail(c, why,
			    ".whole[%zu]: \"%s\" is no member's name", i,
			    r->whole[i]);
	for (size_t i = 0; r->n_whole > 0 && i < r->n_columns; i++)
		if (!r->columns[i].of_parent &&
		    !expr_is_path(r->columns[i].from))
			return source_fail(c, why,
			    ".columns.%s: with \"whole\", columns are plain "
			    "paths",
			    r->columns[i].name);
	return 0;
}

/* Two resources of one table: the same columns, each has its own rows. */
static int
check_shared(const struct checked *c, const struct resource *o, struct why *why)
{
	const struct resource *r = c->r;

	bool same = o->n_columns == r->n_columns && o->n_key == r->n_key;

	if (o->part == NULL || r->part == NULL || strcmp(o->part, r->part) != 0)
		return source_fail(c, why,
		    "its table is that of %s, and they have no \"part\" that "
		    "tells their rows apart",
		    o->name);
	for (size_t i = 0; same && i < r->n_columns; i++)
		same = strcmp(o->columns[i].name, r->columns[i].name) == 0 &&
		       o->columns[i].type == r->columns[i].type;
	for (size_t i = 0; same && i < r->n_key; i++)
		same = strcmp(o->key[i], r->key[i]) == 0;
	return same ? 0
		    : source_fail(c, why,
			  "its table is that of %s, but columns or key differ",
			  o->name);
}

/* The column's value is a JSON text: the same in each of our rows. */
static int
check_part(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	const struct column *column;
	const char *from;
	size_t n;

	if (r->part == NULL)
		return 0;
	if ((column = resource_column(r, r->part)) == NULL)
		return source_fail(c, why, ".part: no column \"%s\"", r->part);
	from = expr_source(column->from);
	n = strlen(from);
	if (column->type != COL_TEXT || n < 3 || from[0] != '"' ||
	    strcspn(from + 1, "\"\\") != n - 2)
		return source_fail(c, why,
		    ".part: column \"%s\" must be a text that is always the "
		    "same, such as [\"text\", \"\\\"a\\\"\"]",
		    r->part);
	return 0;
}

static int
check_twice(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;

	for (const struct resource *o = c->s->resources; o < r; o++) {
		if (strcmp(o->name, r->name) == 0)
			return source_fail(c, why, "the name is there twice");
		if (strcmp(o->table, r->table) == 0 &&
		    check_shared(c, o, why) == -1)
			return -1;
	}
	return 0;
}

int
source_check(const struct desc *top, const struct source *s, struct why *why)
{
	static int (*const checks[])(const struct checked *, struct why *) = {
	    check_twice, check_part, check_key, check_way_in, check_links,
	    check_parents, check_fields, check_paths, check_whole,
	    source_check_names};
	struct checked c = {top, s, s->resources};

	for (; c.r < s->resources + s->n_resources; c.r++)
		for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
			if (checks[i](&c, why) == -1)
				return -1;
	return 0;
}
