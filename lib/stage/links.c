#include "stage/links.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "json/json.h"
#include "base/mem.h"

struct source_of_key {
	struct expr *from; /* NULL: a path of the record */
	bool of_parent;
	size_t path;	  /* index into vals */
	struct buf value; /* JSON: of the group's parent, or what jq gave */
	struct buf text;  /* the key, when it is no slice of the record */
};

struct links {
	size_t n;
	struct link *at;
	struct source_of_key *from;
	struct json *json;
	struct json_paths *paths;
	struct json_val *vals;
	size_t n_paths;
};

static struct links *
make(size_t n)
{
	struct links *l = mem_new(1, sizeof(*l));

	l->at = mem_new(n, sizeof(*l->at));
	l->from = mem_new(n, sizeof(*l->from));
	l->vals = mem_new(n, sizeof(*l->vals));
	l->json = json_new();
	return l;
}

static int
add(struct links *l, const struct source *s, const struct resource *r,
    const struct parent *p, const char **paths, struct why *why)
{
	const struct column *ours = resource_column(r, p->column);
	const struct resource *theirs = source_resource(s, p->resource, why);
	struct source_of_key *from = &l->from[l->n];

	if (theirs == NULL)
		return -1;
	l->at[l->n].parent = p;
	l->at[l->n].column = resource_column(theirs, p->key);
	from->of_parent = ours->of_parent;
	from->from = ours->from;
	if (!ours->of_parent && expr_is_path(ours->from)) {
		from->from = NULL;
		from->path = l->n_paths;
		paths[l->n_paths++] = expr_source(ours->from);
	}
	l->n++;
	return 0;
}

struct links *
links_new(const struct source *s, const struct resource *r, const char *only,
    struct why *why)
{
	struct links *l = make(r->n_parents);
	const char **paths = mem_new(r->n_parents, sizeof(*paths));
	int rc = 0;

	for (size_t i = 0; i < r->n_parents && rc == 0; i++) {
		if (only == NULL || strcmp(only, r->parents[i].resource) == 0)
			rc = add(l, s, r, &r->parents[i], paths, why);
	}
	if (rc == 0 && only != NULL && l->n == 0)
		rc = why_set(why, EX_USAGE, "%s/%s: %s is none of its parents",
		    s->name, r->name, only);
	if (rc == 0 &&
	    (l->paths = json_paths_new(paths, l->n_paths, why)) == NULL)
		rc = -1;
	free(paths);
	if (rc == 0)
		return l;
	links_free(l);
	return NULL;
}

struct links *
links_path(const char *path, struct why *why)
{
	struct links *l = make(1);

	l->n = l->n_paths = 1;
	if (!json_is_path(path))
		why_set(
		    why, EX_USAGE, "%s: not a path such as .listing.id", path);
	else if ((l->paths = json_paths_new(&path, 1, why)) != NULL)
		return l;
	links_free(l);
	return NULL;
}

void
links_free(struct links *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++) {
		buf_release(&l->from[i].value);
		buf_release(&l->from[i].text);
	}
	json_paths_free(l->paths);
	json_free(l->json);
	free(l->at);
	free(l->from);
	free(l->vals);
	free(l);
}

size_t
links_n(const struct links *l)
{
	return l->n;
}

const struct link *
links_all(const struct links *l)
{
	return l->at;
}

int
links_parent(struct links *l, const char *parent, size_t len, struct why *why)
{
	for (size_t i = 0; i < l->n; i++) {
		struct source_of_key *from = &l->from[i];

		if (!from->of_parent)
			continue;
		buf_clear(&from->value);
		if (len > 0 &&
		    expr_json(from->from, parent, len, &from->value, why) == -1)
			return -1;
		memset(buf_room(&from->value, JSON_PADDING), 0, JSON_PADDING);
	}
	return 0;
}

/* "+041", " 41" and "41" are one key of an integer column. */
static int
integer_text(struct buf *text, struct why *why)
{
	char *end;
	long long n;

	errno = 0;
	n = text->len > 0 ? strtoll(text->at, &end, 10) : 0;
	while (text->len > 0 && isspace((unsigned char)*end))
		end++;
	if (text->len > 0 && (errno != 0 || end != text->at + text->len))
		return why_set(why, EX_DATAERR, "not an integer");
	if (text->len > 0) {
		buf_clear(text);
		buf_fmt(text, "%lld", n);
	}
	return 0;
}

static bool
is_integer(enum column_type t)
{
	return t == COL_BIGINT || t == COL_INTEGER;
}

/* The key as text, in the form of the column that it is compared with. */
static int
key_text(
    struct link *k, struct buf *text, const struct json_val *v, struct why *why)
{
	enum column_type t = k->column != NULL ? k->column->type : COL_TEXT;
	long long n;

	buf_clear(text);
	if (v->type == JSON_NUMBER && (is_integer(t) || k->column == NULL) &&
	    json_int(v, LLONG_MIN, LLONG_MAX, &n) == 0) {
		buf_fmt(text, "%lld", n);
		return 0;
	}
	if (v->type == JSON_ARRAY || v->type == JSON_OBJECT)
		return why_set(why, EX_DATAERR, "neither a number nor a text");
	if (json_text(v, text, why) == -1)
		return -1;
	if (t == COL_UUID) {
		for (size_t i = 0; i < text->len; i++)
			text->at[i] = (char)tolower((unsigned char)text->at[i]);
	}
	return is_integer(t) ? integer_text(text, why) : 0;
}

/* Most keys are plain integers: their digits are the key as they stand. */
static bool
is_plain(const struct json_val *v)
{
	if (v->type != JSON_NUMBER || v->len > 18 || v->text[0] == '0')
		return false;
	for (size_t i = 0; i < v->len; i++) {
		if (v->text[i] < '0' || v->text[i] > '9')
			return false;
	}
	return true;
}

/* 1: *v is the value, 0: there is none. */
static int
find(struct links *l, size_t i, const char *rec, size_t len, struct json_val *v,
    struct why *why)
{
	struct source_of_key *from = &l->from[i];
	const struct parent *p = l->at[i].parent;
	int got;

	if (p != NULL && p->when != NULL &&
	    (got = expr_true(p->when, rec, len, why)) != 1)
		return got;
	if (from->from == NULL) {
		*v = l->vals[from->path];
		return v->type != JSON_NONE && v->type != JSON_NULL;
	}
	if (!from->of_parent) {
		if (expr_json(from->from, rec, len, &from->value, why) == -1)
			return -1;
		memset(buf_room(&from->value, JSON_PADDING), 0, JSON_PADDING);
	}
	if (from->value.len == 0)
		return 0;
	v->text = from->value.at;
	v->len = from->value.len;
	v->type = json_type_of(v->text[0]);
	return v->type != JSON_NULL;
}

static int
cut_one(struct links *l, size_t i, const char *rec, size_t len, struct why *why)
{
	struct link *k = &l->at[i];
	struct buf *text = &l->from[i].text;
	struct json_val v;
	int got;

	if ((got = find(l, i, rec, len, &v, why)) != 1) {
		k->named = false;
		return got;
	}
	k->named = true;
	if (is_plain(&v)) {
		k->key = v.text;
		k->len = v.len;
		return 0;
	}
	got = key_text(k, text, &v, why);
	k->key = text->at != NULL ? text->at : "";
	k->len = text->len;
	/* Like a column: "" is NULL, but for a text. */
	if (k->len == 0 && k->column != NULL && k->column->type != COL_TEXT)
		k->named = false;
	return got;
}

const struct link *
links_cut(struct links *l, const char *rec, size_t len, struct why *why)
{
	enum json_type type = JSON_OBJECT;

	/* One walk is enough for what looks like an object. */
	if ((len == 0 || rec[0] != '{' || l->n_paths == 0) &&
	    json_check(l->json, rec, len, &type, why) == -1)
		return NULL;
	if (type != JSON_OBJECT) {
		why_set(why, EX_DATAERR, "not a JSON object");
		return NULL;
	}
	if (l->n_paths > 0 &&
	    json_pick(l->json, rec, len, l->paths, l->vals, true, why) == -1)
		return NULL;
	for (size_t i = 0; i < l->n; i++) {
		if (cut_one(l, i, rec, len, why) == 0)
			continue;
		why->status = EX_DATAERR;
		if (l->at[i].parent != NULL)
			why_in(why, "%s", l->at[i].parent->column);
		return NULL;
	}
	return l->at;
}
