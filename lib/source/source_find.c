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

const struct column *
resource_column(const struct resource *r, const char *name)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (strcmp(r->columns[i].name, name) == 0)
			return &r->columns[i];
	return NULL;
}
