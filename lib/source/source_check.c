#include "source/source_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "source/template.h"

static int fail(const struct source *s, const struct resource *r,
    struct why *why, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static int
fail(const struct source *s, const struct resource *r, struct why *why,
    const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return why_set(why, EX_CONFIG, "%s: .resources[%zu] (%s): %s", s->file,
	    (size_t)(r - s->resources), r->name, text);
}

/* Only a resource before r can be its parent: parents are stored first. */
static const struct resource *
before(const struct source *s, const struct resource *r, const char *name)
{
	for (const struct resource *p = s->resources; p < r; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static int
check_columns(const struct source *s, const struct resource *r, char **names,
    size_t n, const char *what, struct why *why)
{
	for (size_t i = 0; i < n; i++)
		if (resource_column(r, names[i]) == NULL)
			return fail(
			    s, r, why, ".%s: no column \"%s\"", what, names[i]);
	return 0;
}

static int
check_key(const struct source *s, const struct resource *r, struct why *why)
{
	if ((r->n_key == 0) == (r->n_identity == 0))
		return fail(s, r, why, "needs \"key\" or \"identity\"");
	if (check_columns(s, r, r->key, r->n_key, "key", why) == -1 ||
	    check_columns(s, r, r->version, r->n_version, "version", why) == -1)
		return -1;
	for (size_t i = 0; i < r->n_key; i++)
		if (resource_column(r, r->key[i])->type == COL_JSONB)
			return fail(
			    s, r, why, ".key: \"%s\" is jsonb", r->key[i]);
	return 0;
}

/* A list by link needs to be told where the link, or the cursor, is. */
static int
check_links(const struct source *s, const struct resource *r, struct why *why)
{
	const struct paging *of[] = {
	    &r->paging, r->each == NULL ? NULL : &r->each->paging};

	for (size_t i = 0; i < 2; i++)
		if (of[i] != NULL && s->next == NULL && of[i]->cursor == NULL &&
		    (of[i]->style == PAGE_LINK ||
			(of[i]->style == PAGE_WALK && of[i]->by == PAGE_LINK)))
			return fail(s, r, why,
			    "style link needs .envelope.next, or \"cursor\"");
	return 0;
}

static int
check_way_in(const struct source *s, const struct resource *r, struct why *why)
{
	if (r->path == NULL && r->each == NULL && r->embedded == NULL)
		return fail(
		    s, r, why, "needs \"path\", \"each\" or \"embedded\"");
	if (r->embedded != NULL && (r->path != NULL || r->each != NULL))
		return fail(s, r, why,
		    "\"embedded\" goes with neither \"path\" nor \"each\"");
	if (r->path != NULL && r->paging.style == PAGE_WALK &&
	    r->position == NULL)
		return fail(s, r, why, "a walk needs \"position\"");
	if (r->each != NULL && r->each->paging.style == PAGE_WALK &&
	    r->position == NULL)
		return fail(s, r, why, "a walk needs \"position\"");
	if (r->n_since > 0 && r->position == NULL)
		return fail(s, r, why, "\"since\" needs \"position\"");
	return 0;
}

static int
check_parents(const struct source *s, const struct resource *r, struct why *why)
{
	const struct resource *p;
	const char *in = r->each != NULL       ? r->each->parent
			 : r->embedded != NULL ? r->embedded->in
					       : NULL;

	for (size_t i = 0; i < r->n_parents; i++) {
		const struct parent *a = &r->parents[i];

		if ((p = before(s, r, a->resource)) == NULL)
			return fail(s, r, why,
			    ".parents[%zu]: no resource \"%s\" before this one",
			    i, a->resource);
		if (resource_column(r, a->column) == NULL)
			return fail(s, r, why,
			    ".parents[%zu]: no column \"%s\"", i, a->column);
		if (p->n_key != 1 || strcmp(p->key[0], a->key) != 0)
			return fail(s, r, why,
			    ".parents[%zu]: \"%s\" is not the key of %s", i,
			    a->key, p->name);
		if (resource_column(r, a->column)->type !=
		    resource_column(p, a->key)->type)
			return fail(s, r, why,
			    ".parents[%zu]: \"%s\" and the key of %s differ "
			    "in type",
			    i, a->column, p->name);
	}
	if (in == NULL)
		return 0;
	if ((p = before(s, r, in)) == NULL)
		return fail(
		    s, r, why, "no resource \"%s\" before this one", in);
	if (p->n_fields == 0)
		return fail(s, r, why,
		    "its parent %s has no \"fields\" to hand on", in);
	return 0;
}

static int
check_fields(const struct source *s, const struct resource *r, struct why *why)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (resource_column(r, r->fields[i].column) == NULL)
			return fail(s, r, why, ".fields.%s: no column \"%s\"",
			    r->fields[i].name, r->fields[i].column);
	if (r->n_fields > 0 &&
	    (r->n_key != 1 || strcmp(r->fields[0].column, r->key[0]) != 0))
		return fail(s, r, why,
		    ".fields: the first must be the key, the only one");
	return 0;
}

static int
check_paths(const struct source *s, const struct resource *r, struct why *why)
{
	struct why inner;

	if (r->path != NULL && template_check(r->path, &inner) == -1)
		return fail(s, r, why, ".path: %s", inner.msg);
	if (r->each != NULL && template_check(r->each->path, &inner) == -1)
		return fail(s, r, why, ".each.path: %s", inner.msg);
	for (size_t i = 0; i < r->n_ignore; i++)
		if (r->ignore[i][0] != '.')
			return fail(s, r, why,
			    ".ignore: \"%s\" does not start with a dot",
			    r->ignore[i]);
	return 0;
}

/* Two resources of one table: the same columns, each has its own rows. */
static int
check_shared(const struct source *s, const struct resource *o,
    const struct resource *r, struct why *why)
{
	bool same = o->n_columns == r->n_columns && o->n_key == r->n_key;

	if (o->part == NULL || r->part == NULL || strcmp(o->part, r->part) != 0)
		return fail(s, r, why,
		    "its table is that of %s, and they have no \"part\" that "
		    "tells their rows apart",
		    o->name);
	for (size_t i = 0; same && i < r->n_columns; i++)
		same = strcmp(o->columns[i].name, r->columns[i].name) == 0 &&
		       o->columns[i].type == r->columns[i].type;
	for (size_t i = 0; same && i < r->n_key; i++)
		same = strcmp(o->key[i], r->key[i]) == 0;
	return same ? 0
		    : fail(s, r, why,
			  "its table is that of %s, but columns or key differ",
			  o->name);
}

/* The column's value is a JSON text: the same in each of our rows. */
static int
check_part(const struct source *s, const struct resource *r, struct why *why)
{
	const struct column *c;
	const char *from;
	size_t n;

	if (r->part == NULL)
		return 0;
	if ((c = resource_column(r, r->part)) == NULL)
		return fail(s, r, why, ".part: no column \"%s\"", r->part);
	from = expr_source(c->from);
	n = strlen(from);
	if (c->type != COL_TEXT || n < 3 || from[0] != '"' ||
	    strcspn(from + 1, "\"\\") != n - 2)
		return fail(s, r, why,
		    ".part: column \"%s\" must be a text that is always the "
		    "same, such as [\"text\", \"\\\"a\\\"\"]",
		    r->part);
	return 0;
}

static int
check_twice(const struct source *s, const struct resource *r, struct why *why)
{
	for (const struct resource *o = s->resources; o < r; o++) {
		if (strcmp(o->name, r->name) == 0)
			return fail(s, r, why, "the name is there twice");
		if (strcmp(o->table, r->table) == 0 &&
		    check_shared(s, o, r, why) == -1)
			return -1;
	}
	return 0;
}

int
source_check(const struct source *s, struct why *why)
{
	for (const struct resource *r = s->resources;
	     r < s->resources + s->n_resources; r++) {
		if (check_twice(s, r, why) == -1 ||
		    check_part(s, r, why) == -1 || check_key(s, r, why) == -1 ||
		    check_way_in(s, r, why) == -1 ||
		    check_links(s, r, why) == -1 ||
		    check_parents(s, r, why) == -1 ||
		    check_fields(s, r, why) == -1 ||
		    check_paths(s, r, why) == -1)
			return -1;
	}
	return 0;
}
