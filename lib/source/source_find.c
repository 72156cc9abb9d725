/* What there is in a description that was loaded. */
#include "source/source.h"

#include <string.h>

const struct resource *
source_find(const struct source *s, const char *name)
{
	for (size_t i = 0; i < s->n_resources; i++)
		if (strcmp(s->resources[i].name, name) == 0)
			return &s->resources[i];
	return NULL;
}

const struct resource *
source_groups_by(const struct source *s, const struct resource *r)
{
	const struct resource *p = NULL;

	if (r->each != NULL)
		p = source_find(s, r->each->parent);
	else if (r->embedded != NULL)
		p = source_find(s, r->embedded->in);
	return p != NULL && p->n_fields > 0 ? p : NULL;
}

const struct resource *
source_resource(const struct source *s, const char *name, struct why *why)
{
	const struct resource *r = source_find(s, name);
	struct buf list = BUF_INIT;

	if (r != NULL)
		return r;
	for (size_t i = 0; i < s->n_resources; i++)
		buf_fmt(&list, " %s", s->resources[i].name);
	why_set(why, EX_USAGE, "%s/%s: no such resource; there are:%s", s->name,
	    name, list.at);
	buf_release(&list);
	return NULL;
}

const char *
column_type_sql(enum column_type t)
{
	static const char *const sql[] = {"text", "bigint", "integer",
	    "numeric", "double precision", "boolean", "date", "timestamptz",
	    "uuid", "jsonb"};

	return sql[t];
}

const char *
resource_by_key(const struct resource *r)
{
	const struct column *c =
	    r->n_key == 1 ? resource_column(r, r->key[0]) : NULL;
	const char *name;
	bool keyset = r->path != NULL && r->paging.style == PAGE_KEYSET;

	if (c == NULL || c->of_parent || !expr_is_path(c->from) ||
	    r->part != NULL) /* of whose part a key is, it does not say */
		return NULL;
	name = expr_source(c->from) + 1;
	if (*name == '\0' || name[strcspn(name, ".[]\"")] != '\0' ||
	    (keyset ? strcmp(name, r->paging.key) != 0 : r->one == NULL))
		return NULL;
	return name;
}

const struct column *
resource_column(const struct resource *r, const char *name)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (strcmp(r->columns[i].name, name) == 0)
			return &r->columns[i];
	return NULL;
}
