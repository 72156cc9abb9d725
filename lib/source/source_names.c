/* What a description refers to by name, outside of its own lists. */
#include "source/source_read.h"

#include <stdio.h>
#include <string.h>

#include "source/template.h"

static bool
is_in(const char *const *list, const char *text, size_t len)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && memcmp(*list, text, len) == 0)
			return true;
	return false;
}

/* What a template may name: whose fields, and is there a position? */
struct scope {
	const struct checked *c;
	const struct resource *parent;
	bool position, key;
	const char *where; /* ".each.query.x" */
	bool found;	   /* {key} was named */
};

/* The first member of a path below the parent is one of its fields. */
static int
check_field(const struct scope *at, const char *name, struct why *why)
{
	size_t len = strcspn(name, ".[");
	struct buf list = BUF_INIT;
	int rc;

	if (at->parent == NULL)
		return source_fail(
		    at->c, why, "%s: there is no parent here", at->where);
	for (size_t i = 0; i < at->parent->n_fields; i++) {
		const char *field = at->parent->fields[i].name;

		if (strlen(field) == len && memcmp(field, name, len) == 0) {
			buf_release(&list);
			return 0;
		}
		buf_fmt(&list, " %s", field);
	}
	rc = source_fail(at->c, why,
	    "%s: the parent has no field \"%.*s\"; \"fields\" of %s:%s",
	    at->where, (int)len, name, at->parent->name,
	    list.len > 0 ? list.at : " none");
	buf_release(&list);
	return rc;
}

static int
check_name(const char *name, void *ctx, struct why *why)
{
	struct scope *at = ctx;

	if (strncmp(name, "parent.", 7) == 0)
		return check_field(at, name + 7, why);
	if (strncmp(name, "today@", 6) == 0)
		return check_field(at, name + 6, why);
	if (strcmp(name, "position") == 0 && !at->position)
		return source_fail(at->c, why,
		    "%s: {position} is known in \"since\" only", at->where);
	if (strcmp(name, "key") == 0 && !at->key)
		return source_fail(at->c, why,
		    "%s: {key} is known in \"one\" only", at->where);
	at->found |= strcmp(name, "key") == 0;
	if (strcmp(name, "secret") == 0 || strcmp(name, "token") == 0)
		return source_fail(at->c, why,
		    "%s: {%s} goes into \"auth\" only", at->where, name);
	return 0;
}

static int
check_pairs(struct scope *at, const struct pairs *pairs, const char *where,
    struct why *why)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pairs->n; i++) {
		buf_clear(&path);
		buf_fmt(&path, "%s.%s", where, pairs->at[i].name);
		at->where = path.at;
		rc = template_names(pairs->at[i].value, check_name, at, why);
	}
	buf_release(&path);
	return rc;
}

static int
check_path(
    struct scope *at, const char *path, const char *where, struct why *why)
{
	at->where = where;
	if (path == NULL)
		return 0;
	if (path[0] != '/')
		return source_fail(
		    at->c, why, "%s: must begin with a slash", where);
	return template_names(path, check_name, at, why);
}

/* Which row it is must be said somewhere. */
static int
check_one(const struct checked *c, struct why *why)
{
	const struct one *one = c->r->one;
	struct scope at = {.c = c, .key = true};

	if (one == NULL)
		return 0;
	if (check_path(&at, one->path, ".one.path", why) == -1 ||
	    check_pairs(&at, &one->query, ".one.query", why) == -1)
		return -1;
	return at.found ? 0
			: source_fail(
			      c, why, ".one: neither path nor query has {key}");
}

static int
check_addresses(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	struct scope at = {.c = c};
	char where[32];

	if (check_path(&at, r->path, ".path", why) == -1 ||
	    check_pairs(&at, &r->query, ".query", why) == -1)
		return -1;
	at.position = true;
	for (size_t i = 0; i < r->n_since; i++) {
		snprintf(where, sizeof(where), ".since[%zu]", i);
		if (check_pairs(&at, &r->since[i], where, why) == -1)
			return -1;
	}
	if (check_one(c, why) == -1)
		return -1;
	if (r->each == NULL)
		return 0;
	at = (struct scope){
	    .c = c, .parent = source_before(c->s, r, r->each->parent)};
	return check_path(&at, r->each->path, ".each.path", why) == -1 ||
		       check_pairs(&at, &r->each->query, ".each.query", why) ==
			   -1
		   ? -1
		   : 0;
}

/* "$parent.id" of columns and identities. */
static int
check_of_parent(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	const char *in = source_group(r);
	struct scope at = {
	    .c = c, .parent = in == NULL ? NULL : source_before(c->s, r, in)};
	struct buf where = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_columns; i++) {
		buf_clear(&where);
		buf_fmt(&where, ".columns.%s", r->columns[i].name);
		at.where = where.at;
		if (r->columns[i].of_parent)
			rc = check_field(
			    &at, expr_source(r->columns[i].from) + 1, why);
	}
	for (size_t i = 0; rc == 0 && i < r->n_identity; i++)
		for (size_t k = 0; rc == 0 && k < r->identity[i].n; k++) {
			at.where = ".identity";
			if (r->identity[i].part[k].of_parent)
				rc = check_field(&at,
				    expr_source(r->identity[i].part[k].from) +
					1,
				    why);
		}
	buf_release(&where);
	return rc;
}

static const char *const ours[] = {"account_id", "customer_id", "ident",
    "raw_payload", "fingerprint", "created_at", "updated_at", "deleted_at",
    "version", NULL};

#define NAME "abcdefghijklmnopqrstuvwxyz_0123456789"

static bool
has_column(const struct resource *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (strlen(r->columns[i].name) == len &&
		    memcmp(r->columns[i].name, name, len) == 0)
			return true;
	return is_in(ours, name, len);
}

/* "listing_id, arrival_date DESC"; what has parentheses is an expression. */
static int
check_index(const struct checked *c, struct why *why)
{
	const char *p;
	size_t len;

	for (size_t i = 0; i < c->r->n_index; i++) {
		if (strchr(c->r->index[i], '(') != NULL)
			continue;
		for (p = c->r->index[i];; p += len + 1) {
			p += strspn(p, " \"");
			len = strspn(p, NAME);
			if (!has_column(c->r, p, len))
				return source_fail(c, why,
				    ".index[%zu]: no column \"%.*s\"", i,
				    (int)len, p);
			len = strcspn(p, ",");
			if (p[len] == '\0')
				break;
		}
	}
	return 0;
}

/* Columns of row x in SQL, as "p.id"; quotes and parentheses are closed. */
static int
check_sql(const struct checked *c, const char *sql, char x, const char *where,
    const struct resource *of, struct why *why)
{
	static const char *const children[] = {"source", "resource",
	    "account_id", "parent_key", "change_key", "stored_at", NULL};
	int depth = 0;
	char before = ' ', quote = '\0';

	for (const char *p = sql; *p != '\0'; before = *p++) {
		size_t len;

		if (quote != '\0' || *p == '\'' || *p == '"') {
			quote = quote == '\0' ? *p : *p == quote ? '\0' : quote;
			continue;
		}
		depth += (*p == '(') - (*p == ')');
		if (depth < 0 || *p == ';')
			break;
		if (*p != x || p[1] != '.' ||
		    strchr(NAME "\".", before) != NULL)
			continue;
		len = strspn(p + 2, NAME);
		if (len > 0 && !(of != NULL ? has_column(of, p + 2, len)
					    : is_in(children, p + 2, len)))
			return source_fail(c, why, "%s: no column %c.%.*s",
			    where, x, (int)len, p + 2);
	}
	if (depth != 0 || quote != '\0')
		return source_fail(c, why,
		    "%s: is no SQL expression: a quote or parenthesis is open, "
		    "or one too many",
		    where);
	return 0;
}

static int
check_each(const struct checked *c, struct why *why)
{
	const struct each *e = c->r->each;

	if (e == NULL)
		return 0;
	if (e->change != NULL &&
	    check_sql(c, e->change, 'p', ".each.change",
		source_before(c->s, c->r, e->parent), why) == -1)
		return -1;
	return e->since == NULL
		   ? 0
		   : check_sql(c, e->since, 'c', ".each.since", NULL, why);
}

/* A closed group replaces the rows of its parent: by which column? */
static int
check_replace(const struct checked *c, struct why *why)
{
	const struct resource *r = c->r;
	const char *in = source_group(r);
	bool found = !(r->each != NULL && r->each->replace) &&
		     !(r->embedded != NULL && r->embedded->replace);

	for (size_t i = 0; i < r->n_parents; i++)
		found |= in != NULL && strcmp(r->parents[i].resource, in) == 0;
	return found ? 0
		     : source_fail(c, why,
			   "%s: \"replace\" needs %s in \"parents\"",
			   r->each != NULL ? ".each" : ".embedded", in);
}

int
source_check_names(const struct checked *c, struct why *why)
{
	return check_addresses(c, why) == -1 || check_of_parent(c, why) == -1 ||
		       check_index(c, why) == -1 || check_each(c, why) == -1 ||
		       check_replace(c, why) == -1
		   ? -1
		   : 0;
}
