#include "source/source_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A template, of a text or a number. */
static int
read_template(const struct desc *d, void *of, struct why *why)
{
	struct pair *p = of;
	struct why inner;

	if (d->val.type != JSON_STRING && d->val.type != JSON_NUMBER)
		return desc_fail(d, why, "must be a text or a number");
	if (d->val.type == JSON_STRING && desc_text(d, &p->value, why) == -1)
		return -1;
	if (d->val.type == JSON_NUMBER)
		p->value = mem_text(d->val.text, d->val.len);
	if (template_check(p->value, &inner) == -1)
		return desc_fail(d, why, "%s", inner.msg);
	return 0;
}

static const struct desc_member pair_members[] = {
    {".", DESC_NAME, DESC_TO(struct pair, name)},
    {".", DESC_TEXT, DESC_TO(struct pair, value), .later = true},
    {.size = sizeof(struct pair), .check = read_template},
};

const struct desc_member pairs_members[] = {
    {".", DESC_NAMED, DESC_ALL(struct pairs, at, n), .of = pair_members},
    {.size = sizeof(struct pairs)},
};

/* "$parent.id" is the path .id of the parent. */
static int
read_from(const struct desc *d, const char *text, struct expr **to,
    bool *of_parent, struct why *why)
{
	*of_parent = strncmp(text, "$parent", 7) == 0;
	if (*of_parent && !json_is_path(text + 7))
		return desc_fail(d, why, "must read $parent.name");
	return desc_expr(d, *of_parent ? text + 7 : text, to, why);
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
check_column_name(const struct desc *d, struct why *why)
{
	static const char *const ours[] = {"account_id", "customer_id", "ident",
	    "raw_payload", "fingerprint", "created_at", "updated_at",
	    "deleted_at", "version", "ctid", "xmin", "xmax", "cmin", "cmax",
	    "tableoid", NULL};

	if (!desc_is_name(d->name))
		return desc_fail(d, why, "is no plain name for a column");
	for (size_t i = 0; ours[i] != NULL; i++)
		if (strcmp(d->name, ours[i]) == 0)
			return desc_fail(
			    d, why, "every table has this column already");
	if (strncmp(d->name, "ha_", 3) == 0)
		return desc_fail(d, why, "names that begin with ha_ are ours");
	return 0;
}

static int
read_column(const struct desc *d, void *of, struct why *why)
{
	struct column *c = of;
	char *two[2] = {NULL, NULL};
	int rc;

	if (check_column_name(d, why) == -1)
		return -1;
	rc = desc_two(d, "[type, expression]", two, why);
	if (rc == 0)
		rc = column_type(d, two[0], c, why);
	if (rc == 0)
		rc = read_from(d, two[1], &c->from, &c->of_parent, why);
	free(two[0]);
	free(two[1]);
	return rc;
}

static const struct desc_member column_members[] = {
    {".", DESC_NAME, DESC_TO(struct column, name)},
    {".", DESC_EXPR, DESC_TO(struct column, from), .later = true},
    {.size = sizeof(struct column), .check = read_column},
};

static int
read_identity_part(const struct desc *d, void *of, struct why *why)
{
	struct identity_part *p = of;
	char *text;
	int rc;

	if (desc_text(d, &text, why) == -1)
		return -1;
	rc = read_from(d->in->in, text, &p->from, &p->of_parent, why);
	free(text);
	return rc;
}

static const struct desc_member identity_part_members[] = {
    {".", DESC_EXPR, DESC_TO(struct identity_part, from), .later = true},
    {.size = sizeof(struct identity_part), .check = read_identity_part},
};

static int
check_identity(const struct desc *d, void *of, struct why *why)
{
	const struct identity *id = of;

	return id->n > 0 ? 0 : desc_fail(d, why, "\"from\" is missing");
}

static const struct desc_member identity_members[] = {
    {"name", DESC_TEXT, DESC_TO(struct identity, name), .need = true},
    {"from", DESC_LIST, DESC_ALL(struct identity, part, n),
	.of = identity_part_members},
    {.size = sizeof(struct identity), .check = check_identity},
};

static const struct desc_member parent_members[] = {
    {"resource", DESC_TEXT, DESC_TO(struct parent, resource), .need = true},
    {"column", DESC_TEXT, DESC_TO(struct parent, column), .need = true},
    {"key", DESC_TEXT, DESC_TO(struct parent, key), .need = true},
    {"when", DESC_EXPR, DESC_TO(struct parent, when)},
    {"foreign_key", DESC_BOOL, DESC_TO(struct parent, foreign_key)},
    {"follow", DESC_BOOL, DESC_TO(struct parent, follow)},
    {.size = sizeof(struct parent)},
};

/* "schema.name", both plain: it goes into SQL as it stands. */
static bool
is_function(const char *text)
{
	const char *dot = strchr(text, '.');
	char *schema;
	bool plain;

	if (dot == NULL || !desc_is_name(dot + 1))
		return false;
	schema = mem_text(text, (size_t)(dot - text));
	plain = desc_is_name(schema);
	free(schema);
	return plain;
}

static int
check_each(const struct desc *d, void *of, struct why *why)
{
	const struct each *e = of;

	if (e->stored != NULL && !is_function(e->stored))
		return desc_fail(d, why,
		    "\"stored\" must be a function's name: schema.name");
	if (e->since != NULL && e->paging.style != PAGE_WALK)
		return desc_fail(
		    d, why, "\"since\" goes with a page of style walk");
	if (e->first != NULL && !json_is_path(e->first))
		return desc_fail(d, why, "\"%s\" is no plain path", e->first);
	if (e->change == NULL && e->refresh_ms == 0)
		return desc_fail(d, why,
		    "needs \"change\" or \"refresh\": "
		    "when are children read again?");
	return 0;
}

static const struct desc_member each_members[] = {
    {"parent", DESC_TEXT, DESC_TO(struct each, parent), .need = true},
    {"path", DESC_TEXT, DESC_TO(struct each, path), .need = true},
    {"query", DESC_PART, DESC_TO(struct each, query), .of = pairs_members},
    {"page", DESC_PART, DESC_TO(struct each, paging), .of = paging_members},
    {"change", DESC_TEXT, DESC_TO(struct each, change)},
    {"refresh", DESC_DURATION, DESC_TO(struct each, refresh_ms)},
    {"since", DESC_TEXT, DESC_TO(struct each, since)},
    {"first", DESC_TEXT, DESC_TO(struct each, first)},
    {"replace", DESC_BOOL, DESC_TO(struct each, replace)},
    {"stored", DESC_TEXT, DESC_TO(struct each, stored)},
    {.size = sizeof(struct each), .check = check_each},
};

static const struct desc_member embedded_members[] = {
    {"in", DESC_TEXT, DESC_TO(struct embedded, in), .need = true},
    {"rows", DESC_EXPR, DESC_TO(struct embedded, rows), .need = true},
    {"replace", DESC_BOOL, DESC_TO(struct embedded, replace)},
    {.size = sizeof(struct embedded)},
};

static int
check_one(const struct desc *d, void *of, struct why *why)
{
	const struct one *o = of;

	if (o->row != NULL && !expr_is_path(o->row))
		return desc_fail(d, why, "\"row\" must be a plain path");
	return 0;
}

static const struct desc_member one_members[] = {
    {"path", DESC_TEXT, DESC_TO(struct one, path), .need = true},
    {"query", DESC_PART, DESC_TO(struct one, query), .of = pairs_members},
    {"row", DESC_EXPR, DESC_TO(struct one, row)},
    {.size = sizeof(struct one), .check = check_one},
};

static const struct desc_member field_members[] = {
    {".", DESC_NAME, DESC_TO(struct field, name)},
    {".", DESC_TEXT, DESC_TO(struct field, column)},
    {.size = sizeof(struct field)},
};

/* boolean is two types of JSON */
static unsigned
type_bits(const char *name)
{
	unsigned bits = 0;

	for (int t = JSON_NONE; t <= JSON_OBJECT; t++) {
		const char *is = json_type_name((enum json_type)t);

		if (strcmp(name, t == JSON_NONE ? "absent" : is) == 0)
			bits |= 1u << t;
	}
	return bits;
}

static int
check_types(const struct desc *d, struct required *q, struct why *why)
{
	char *text = mem_str(q->types_text), *rest = text, *word;
	bool known = true;

	while (known && (word = strsep(&rest, "|")) != NULL) {
		known = type_bits(word) != 0;
		q->types |= type_bits(word);
	}
	free(text);
	return known ? 0
		     : desc_fail(d, why,
			   "must be types joined by |: number, string, "
			   "boolean, object, array, null, absent");
}

static int
check_required(const struct desc *d, void *of, struct why *why)
{
	struct required *q = of;
	struct why inner;

	if (!json_is_path(d->name) ||
	    (q->compiled = json_paths_new(&d->name, 1, &inner)) == NULL)
		return desc_fail(d, why, "\"%s\" is no plain path", d->name);
	return check_types(d, q, why);
}

static const struct desc_member required_members[] = {
    {".", DESC_NAME, DESC_TO(struct required, path)},
    {".", DESC_TEXT, DESC_TO(struct required, types_text)},
    {".", DESC_PATHS, DESC_TO(struct required, compiled), .later = true},
    {.size = sizeof(struct required), .check = check_required},
};

static int
check_paths(const struct desc *d, const char *name, char **paths, size_t n,
    struct why *why)
{
	for (size_t i = 0; i < n; i++)
		if (!json_is_path(paths[i]) || strcmp(paths[i], ".") == 0)
			return desc_fail(d, why, "%s: \"%s\" is no plain path",
			    name, paths[i]);
	return 0;
}

static int
check_twice(const struct desc *d, const struct resource *r, struct why *why)
{
	struct desc all, column;

	for (size_t i = 0; i < r->n_columns; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(r->columns[i].name, r->columns[k].name) ==
				0 &&
			    desc_get(d, "columns", &all)) {
				column = desc_child(
				    &all, r->columns[i].name, 0, all.val);
				return desc_fail(
				    &column, why, "is there twice");
			}
	return 0;
}

static int
check_resource(const struct desc *d, void *of, struct why *why)
{
	struct resource *r = of;

	if (r->table == NULL)
		r->table = mem_str(r->name);
	if (!desc_is_name(r->name) || !desc_is_name(r->table))
		return desc_fail(d, why,
		    "name and table must be plain names: [a-z_][a-z0-9_]*");
	if (check_paths(d, "blank", r->blank, r->n_blank, why) == -1 ||
	    check_paths(d, "fragile", r->fragile, r->n_fragile, why) == -1)
		return -1;
	return check_twice(d, r, why);
}

#define TO(member) DESC_TO(struct resource, member)
#define ALL(list) DESC_ALL(struct resource, list, n_##list)

const struct desc_member resource_members[] = {
    {"name", DESC_TEXT, TO(name), .need = true},
    {"title", DESC_TEXT, TO(title)},
    {"path", DESC_TEXT, TO(path)},
    {"query", DESC_PART, TO(query), .of = pairs_members},
    {"page", DESC_PART, TO(paging), .of = paging_members},
    {"position", DESC_EXPR, TO(position)},
    {"table", DESC_TEXT, TO(table)},
    {"key", DESC_TEXTS, ALL(key)},
    {"version", DESC_TEXTS, ALL(version)},
    {"ignore", DESC_TEXTS, ALL(ignore)},
    {"thin", DESC_TEXTS, ALL(thin)},
    {"whole", DESC_TEXTS, ALL(whole)},
    {"blank", DESC_TEXTS, ALL(blank)},
    {"fragile", DESC_TEXTS, ALL(fragile)},
    {"part", DESC_TEXT, TO(part)},
    {"index", DESC_TEXTS, ALL(index)},
    {"deleted", DESC_EXPR, TO(deleted)},
    {"default", DESC_BOOL, TO(by_default)},
    {"refresh", DESC_DURATION, TO(refresh_ms)},
    {"columns", DESC_NAMED, ALL(columns), .of = column_members},
    {"identity", DESC_LIST, ALL(identity), .of = identity_members},
    {"parents", DESC_LIST, ALL(parents), .of = parent_members},
    {"fields", DESC_NAMED, ALL(fields), .of = field_members},
    {"required", DESC_NAMED, ALL(required), .of = required_members},
    {"since", DESC_LIST, ALL(since), .of = pairs_members},
    {"each", DESC_NEW, TO(each), .of = each_members},
    {"embedded", DESC_NEW, TO(embedded), .of = embedded_members},
    {"one", DESC_NEW, TO(one), .of = one_members},
    {.size = sizeof(struct resource), .check = check_resource},
};
