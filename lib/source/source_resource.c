#include "source/source_read.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* One more zeroed element at the end of a list. */
#define GROW(list, n)                                                          \
	do {                                                                   \
		(list) = reallocarray((list), (n) + 1, sizeof(*(list)));       \
		if ((list) == NULL)                                            \
			err(EX_OSERR, NULL);                                   \
		memset(&(list)[(n)++], 0, sizeof(*(list)));                    \
	} while (0)

/* "$parent.id" is the path .id of the parent. */
static int
read_from(const struct desc *d, const char *text, struct expr **to,
    bool *of_parent, struct why *why)
{
	*of_parent = strncmp(text, "$parent", 7) == 0;
	if (*of_parent && !json_is_path(text + 7))
		return desc_fail(d, why, "must read $parent.name");
	return desc_this_expr(d, *of_parent ? text + 7 : text, to, why);
}

static int
read_column_part(
    void *ctx, const char *name, const struct desc *d, struct why *why)
{
	char ***part = ctx;

	(void)name;
	if (part[0] == NULL)
		return desc_fail(d, why, "must be [type, expression]");
	if (desc_this_text(d, part[0], why) == -1)
		return -1;
	part[0] = part[1];
	part[1] = NULL;
	return 0;
}

static bool
is_type(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(text, name, len) == 0;
}

static int
column_type(
    const struct desc *d, const char *text, struct column *to, struct why *why)
{
	size_t len = strlen(text);

	to->or_null = len > 0 && text[len - 1] == '?';
	len -= to->or_null;
	for (int t = COL_TEXT; t <= COL_JSONB; t++)
		if (is_type(text, len, column_type_sql((enum column_type)t)) ||
		    (t == COL_DOUBLE && is_type(text, len, "double"))) {
			to->type = (enum column_type)t;
			return 0;
		}
	return desc_fail(d, why,
	    "no type \"%s\"; there are text, bigint, integer, numeric, "
	    "double, boolean, date, timestamptz, uuid, jsonb, and each with ?",
	    text);
}

static int
read_column(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const ours[] = {"account_id", "customer_id", "ident",
	    "raw_payload", "fingerprint", "created_at", "updated_at",
	    "deleted_at", "version", NULL};
	struct resource *r = ctx;
	char *type = NULL, *from = NULL;
	char **part[2] = {&type, &from};
	struct column *c;
	int rc = -1;

	GROW(r->columns, r->n_columns);
	c = &r->columns[r->n_columns - 1];
	if ((c->name = strdup(name)) == NULL)
		err(EX_OSERR, NULL);
	if (!desc_is_name(name))
		return desc_fail(d, why, "is no plain name for a column");
	for (size_t i = 0; ours[i] != NULL; i++)
		if (strcmp(name, ours[i]) == 0)
			return desc_fail(
			    d, why, "every table has this column already");
	for (size_t i = 0; i + 1 < r->n_columns; i++)
		if (strcmp(name, r->columns[i].name) == 0)
			return desc_fail(d, why, "is there twice");
	if (desc_elements(d, read_column_part, part, why) == -1)
		goto out;
	if (from == NULL) {
		desc_fail(d, why, "must be [type, expression]");
		goto out;
	}
	if (column_type(d, type, c, why) == 0)
		rc = read_from(d, from, &c->from, &c->of_parent, why);
out:
	free(type);
	free(from);
	return rc;
}

static int
read_identity(
    void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {"name", "from", NULL};
	struct resource *r = ctx;
	struct identity *id;
	char **from = NULL;
	size_t n = 0;
	int rc;

	(void)name;
	GROW(r->identity, r->n_identity);
	id = &r->identity[r->n_identity - 1];
	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "name", true, &id->name, why) == -1)
		return -1;
	rc = desc_texts(d, "from", &from, &n, why);
	if (rc == 0 && n == 0)
		rc = desc_fail(d, why, "\"from\" is missing");
	id->from = calloc(n + 1, sizeof(*id->from));
	id->of_parent = calloc(n + 1, sizeof(*id->of_parent));
	if (id->from == NULL || id->of_parent == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			rc = read_from(
			    d, from[i], &id->from[i], &id->of_parent[i], why);
		if (rc == 0)
			id->n = i + 1;
		free(from[i]);
	}
	free(from);
	return rc;
}

static int
read_parent(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {
	    "resource", "column", "key", "when", "foreign_key", NULL};
	struct resource *r = ctx;
	struct parent *p;

	(void)name;
	GROW(r->parents, r->n_parents);
	p = &r->parents[r->n_parents - 1];
	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "resource", true, &p->resource, why) == -1 ||
	    desc_text(d, "column", true, &p->column, why) == -1 ||
	    desc_text(d, "key", true, &p->key, why) == -1 ||
	    desc_expr(d, "when", false, &p->when, why) == -1)
		return -1;
	return desc_bool(d, "foreign_key", &p->foreign_key, why);
}

/* "schema.name", both plain: it goes into SQL as it stands. */
static bool
is_function(const char *text)
{
	const char *dot = strchr(text, '.');
	char *schema;
	bool plain;

	if (dot == NULL || !desc_is_name(dot + 1))
		return false;
	if ((schema = strndup(text, (size_t)(dot - text))) == NULL)
		err(EX_OSERR, NULL);
	plain = desc_is_name(schema);
	free(schema);
	return plain;
}

static int
read_each(const struct desc *of, struct resource *r, struct why *why)
{
	static const char *const known[] = {"parent", "path", "query", "page",
	    "change", "refresh", "since", "first", "replace", "stored", NULL};
	struct each *e;
	struct desc d;

	if (!desc_get(of, "each", &d))
		return 0;
	if ((e = r->each = calloc(1, sizeof(*e))) == NULL)
		err(EX_OSERR, NULL);
	if (desc_object(&d, known, why) == -1 ||
	    desc_text(&d, "parent", true, &e->parent, why) == -1 ||
	    desc_text(&d, "path", true, &e->path, why) == -1 ||
	    desc_pairs(&d, "query", &e->query, why) == -1 ||
	    source_read_paging(&d, &e->paging, why) == -1 ||
	    desc_text(&d, "change", false, &e->change, why) == -1 ||
	    desc_duration(&d, "refresh", &e->refresh_ms, why) == -1 ||
	    desc_text(&d, "since", false, &e->since, why) == -1 ||
	    desc_text(&d, "first", false, &e->first, why) == -1 ||
	    desc_bool(&d, "replace", &e->replace, why) == -1 ||
	    desc_text(&d, "stored", false, &e->stored, why) == -1)
		return -1;
	if (e->stored != NULL && !is_function(e->stored))
		return desc_fail(&d, why,
		    "\"stored\" must be a function's name: schema.name");
	if (e->since != NULL && e->paging.style != PAGE_WALK)
		return desc_fail(
		    &d, why, "\"since\" goes with a page of style walk");
	if (e->first != NULL && !json_is_path(e->first))
		return desc_fail(&d, why, "\"%s\" is no plain path", e->first);
	if (e->change == NULL && e->refresh_ms == 0)
		return desc_fail(&d, why,
		    "needs \"change\" or \"refresh\": "
		    "when are children read again?");
	return 0;
}

static int
read_paths(const struct desc *d, const char *name, char ***to, size_t *n,
    struct why *why)
{
	if (desc_texts(d, name, to, n, why) == -1)
		return -1;
	for (size_t i = 0; i < *n; i++)
		if (!json_is_path((*to)[i]) || strcmp((*to)[i], ".") == 0)
			return desc_fail(d, why, "%s: \"%s\" is no plain path",
			    name, (*to)[i]);
	return 0;
}

static int
read_embedded(const struct desc *of, struct resource *r, struct why *why)
{
	static const char *const known[] = {"in", "rows", "replace", NULL};
	struct embedded *e;
	struct desc d;

	if (!desc_get(of, "embedded", &d))
		return 0;
	if ((e = r->embedded = calloc(1, sizeof(*e))) == NULL)
		err(EX_OSERR, NULL);
	if (desc_object(&d, known, why) == -1 ||
	    desc_text(&d, "in", true, &e->in, why) == -1 ||
	    desc_expr(&d, "rows", true, &e->rows, why) == -1)
		return -1;
	return desc_bool(&d, "replace", &e->replace, why);
}

static int
read_field(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct resource *r = ctx;
	struct field *f;

	GROW(r->fields, r->n_fields);
	f = &r->fields[r->n_fields - 1];
	if ((f->name = strdup(name)) == NULL)
		err(EX_OSERR, NULL);
	return desc_this_text(d, &f->column, why);
}

static int
read_required(
    void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {{"number", 1u << JSON_NUMBER},
	    {"string", 1u << JSON_STRING}, {"object", 1u << JSON_OBJECT},
	    {"array", 1u << JSON_ARRAY}, {"null", 1u << JSON_NULL},
	    {"boolean", 1u << JSON_TRUE | 1u << JSON_FALSE},
	    {"absent", 1u << JSON_NONE}};
	struct resource *r = ctx;
	struct required *q;
	char *text, *rest, *word;
	struct why inner;

	GROW(r->required, r->n_required);
	q = &r->required[r->n_required - 1];
	if ((q->path = strdup(name)) == NULL)
		err(EX_OSERR, NULL);
	if (!json_is_path(name) ||
	    (q->compiled = json_paths_new(
		 (const char *const[]){name}, 1, &inner)) == NULL)
		return desc_fail(d, why, "\"%s\" is no plain path", name);
	if (desc_this_text(d, &q->types_text, why) == -1)
		return -1;
	if ((text = rest = strdup(q->types_text)) == NULL)
		err(EX_OSERR, NULL);
	while ((word = strsep(&rest, "|")) != NULL) {
		unsigned bits = 0;

		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (strcmp(word, types[i].name) == 0)
				bits = types[i].bits;
		if (bits == 0) {
			free(text);
			return desc_fail(d, why,
			    "must be types joined by |: number, string, "
			    "boolean, object, array, null, absent");
		}
		q->types |= bits;
	}
	free(text);
	return 0;
}

static int
read_since(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct resource *r = ctx;

	(void)name;
	GROW(r->since, r->n_since);
	return desc_pairs(d, NULL, &r->since[r->n_since - 1], why);
}

/* The lists of a resource that are objects or arrays of objects. */
static int
read_parts(const struct desc *d, struct resource *r, struct why *why)
{
	static const struct {
		const char *name;
		desc_fn *fn;
		bool members;
	} parts[] = {{"columns", read_column, true},
	    {"identity", read_identity, false}, {"parents", read_parent, false},
	    {"fields", read_field, true}, {"required", read_required, true},
	    {"since", read_since, false}};
	struct desc m;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!desc_get(d, parts[i].name, &m))
			continue;
		if ((parts[i].members ? desc_members : desc_elements)(
			&m, parts[i].fn, r, why) == -1)
			return -1;
	}
	if (read_each(d, r, why) == -1 || read_embedded(d, r, why) == -1)
		return -1;
	return 0;
}

int
source_read_resource(const struct desc *d, struct resource *r, struct why *why)
{
	static const char *const known[] = {"name", "title", "path", "query",
	    "page", "since", "position", "table", "key", "identity", "columns",
	    "version", "parents", "each", "embedded", "fields", "ignore",
	    "thin", "blank", "fragile", "part", "required", "deleted", "index",
	    "default", "refresh", NULL};

	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "name", true, &r->name, why) == -1 ||
	    desc_text(d, "title", false, &r->title, why) == -1 ||
	    desc_text(d, "path", false, &r->path, why) == -1 ||
	    desc_pairs(d, "query", &r->query, why) == -1 ||
	    source_read_paging(d, &r->paging, why) == -1 ||
	    desc_expr(d, "position", false, &r->position, why) == -1 ||
	    desc_text(d, "table", false, &r->table, why) == -1 ||
	    desc_texts(d, "key", &r->key, &r->n_key, why) == -1 ||
	    desc_texts(d, "version", &r->version, &r->n_version, why) == -1 ||
	    desc_texts(d, "ignore", &r->ignore, &r->n_ignore, why) == -1 ||
	    desc_texts(d, "thin", &r->thin, &r->n_thin, why) == -1 ||
	    read_paths(d, "blank", &r->blank, &r->n_blank, why) == -1 ||
	    read_paths(d, "fragile", &r->fragile, &r->n_fragile, why) == -1 ||
	    desc_text(d, "part", false, &r->part, why) == -1 ||
	    desc_texts(d, "index", &r->index, &r->n_index, why) == -1 ||
	    desc_expr(d, "deleted", false, &r->deleted, why) == -1 ||
	    desc_bool(d, "default", &r->by_default, why) == -1 ||
	    desc_duration(d, "refresh", &r->refresh_ms, why) == -1)
		return -1;
	if (r->table == NULL && (r->table = strdup(r->name)) == NULL)
		err(EX_OSERR, NULL);
	if (!desc_is_name(r->name) || !desc_is_name(r->table))
		return desc_fail(d, why,
		    "name and table must be plain names: [a-z_][a-z0-9_]*");
	return read_parts(d, r, why);
}

static void
free_texts(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

static void
release_children(struct resource *r)
{
	if (r->each != NULL) {
		free(r->each->parent);
		free(r->each->path);
		desc_pairs_release(&r->each->query);
		source_release_paging(&r->each->paging);
		free(r->each->change);
		free(r->each->stored);
		free(r->each->since);
		free(r->each->first);
		free(r->each);
	}
	if (r->embedded != NULL) {
		free(r->embedded->in);
		expr_free(r->embedded->rows);
		free(r->embedded);
	}
}

static void
release_lists(struct resource *r)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		free(r->columns[i].name);
		expr_free(r->columns[i].from);
	}
	for (size_t i = 0; i < r->n_identity; i++) {
		free(r->identity[i].name);
		for (size_t k = 0; k < r->identity[i].n; k++)
			expr_free(r->identity[i].from[k]);
		free(r->identity[i].from);
		free(r->identity[i].of_parent);
	}
	for (size_t i = 0; i < r->n_parents; i++) {
		free(r->parents[i].resource);
		free(r->parents[i].column);
		free(r->parents[i].key);
		expr_free(r->parents[i].when);
	}
	for (size_t i = 0; i < r->n_fields; i++) {
		free(r->fields[i].name);
		free(r->fields[i].column);
	}
	for (size_t i = 0; i < r->n_required; i++) {
		free(r->required[i].path);
		free(r->required[i].types_text);
		json_paths_free(r->required[i].compiled);
	}
	for (size_t i = 0; i < r->n_since; i++)
		desc_pairs_release(&r->since[i]);
	free(r->columns);
	free(r->identity);
	free(r->parents);
	free(r->fields);
	free(r->required);
	free(r->since);
}

void
source_release_resource(struct resource *r)
{
	release_children(r);
	release_lists(r);
	source_release_paging(&r->paging);
	desc_pairs_release(&r->query);
	free_texts(r->key, r->n_key);
	free_texts(r->version, r->n_version);
	free_texts(r->ignore, r->n_ignore);
	free_texts(r->thin, r->n_thin);
	free_texts(r->blank, r->n_blank);
	free_texts(r->fragile, r->n_fragile);
	free(r->part);
	free_texts(r->index, r->n_index);
	expr_free(r->position);
	expr_free(r->deleted);
	free(r->name);
	free(r->title);
	free(r->path);
	free(r->table);
}
