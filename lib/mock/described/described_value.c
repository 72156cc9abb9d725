#include "mock/described/described_value.h"

#include <string.h>

#include "json/json.h"
#include "base/timeval.h"
#include "mock/server/mock_answer.h"

int64_t
key_id(const char *text)
{
	int64_t id;
	const char *rest = path_id(text, "", &id);

	return rest != NULL && *rest == '\0' ? id : word_value(text);
}

struct object { /* being written */
	const struct described_kind *k;
	int64_t no, position, edits;
	const char *under; /* told apart from other parents' children by this */
	struct rng r;
};

static void put_object(struct object *o, struct buf *to);

/* Keys grow with the row's number and have gaps. */
static void
put_key(const struct described_kind *k, const struct value *v, int64_t no,
    struct buf *to)
{
	struct rng r = rng_of(k->o->size.seed, k->r->name, (uint64_t)no);
	int64_t n = 1000 + no * 7 + rng_between(&r, 0, 6);

	switch (v->type) {
	case COL_TEXT:
	case COL_JSONB:
		buf_fmt(to, "\"%s-%07lld\"", k->r->name, (long long)n);
		break;
	case COL_UUID:
		buf_chr(to, '"');
		gen_hex(to, &r, 8);
		buf_str(to, "-0000-4000-8000-");
		buf_fmt(to, "%012llx\"", (unsigned long long)n);
		break;
	case COL_DATE:
		gen_date(to, k->o->size.now / DAY_S - 400 + no);
		break;
	case COL_TIMESTAMPTZ:
		buf_chr(to, '"');
		gen_rfc3339(to, k->o->size.now - 400 * DAY_S + no);
		buf_chr(to, '"');
		break;
	default:
		buf_fmt(to, "%lld", (long long)n);
	}
}

static void
put_time_of(enum column_type type, int64_t t, struct buf *to)
{
	if (type == COL_BIGINT || type == COL_INTEGER || type == COL_NUMERIC ||
	    type == COL_DOUBLE) {
		buf_fmt(to, "%lld", (long long)t);
		return;
	}
	if (type == COL_DATE) {
		gen_date(to, t / DAY_S);
		return;
	}
	buf_chr(to, '"');
	gen_rfc3339(to, t);
	buf_chr(to, '"');
}

static void
put_plain(struct object *o, const struct value *v, struct buf *to)
{
	struct rng *r = &o->r;
	int64_t then = o->k->o->size.now - rng_between(r, 0, 300 * DAY_S);

	if (!v->wanted && rng_chance(r, 0.1)) {
		buf_str(to, "null");
		return;
	}
	switch (v->type) {
	case COL_TEXT:
		buf_chr(to, '"');
		gen_words(to, r, (int)rng_between(r, 1, 4));
		if (o->edits > 0)
			buf_fmt(to, " %lld", (long long)o->edits);
		buf_chr(to, '"');
		break;
	case COL_BIGINT:
	case COL_INTEGER:
		buf_fmt(to, "%lld",
		    (long long)(rng_between(r, 0, 1000) + o->edits));
		break;
	case COL_NUMERIC:
		gen_money(to, rng_between(r, 0, 100000) + o->edits);
		break;
	case COL_DOUBLE:
		buf_fmt(to, "%.6f",
		    (double)rng_between(r, -90000000, 90000000) / 1000000);
		break;
	case COL_BOOLEAN:
		buf_str(to, rng_chance(r, 0.5) ? "true" : "false");
		break;
	case COL_UUID:
		shape_fill(to,
		    "'%o{a|b|c}%o{1|2|3}000000-0000-4000-8000-00"
		    "0000%i{100000,999999}'",
		    r, NULL, NULL);
		break;
	case COL_JSONB:
		shape_fill(
		    to, "{'note':%t{9},'list':[%i{1,9},1.10]}", r, NULL, NULL);
		break;
	default:
		put_time_of(v->type, then, to);
	}
}

/* What is embedded: a few objects, their keys the row's own. */
static void
put_children(struct object *o, const struct described_kind *of, struct buf *to)
{
	int64_t n = rng_between(&o->r, 0, 3);

	buf_chr(to, '[');
	for (int64_t i = 0; i < n; i++) {
		struct object child = {.k = of,
		    .no = o->no * 4 + i,
		    .position = o->position,
		    .edits = o->edits};

		if (i > 0)
			buf_chr(to, ',');
		put_object(&child, to);
	}
	buf_chr(to, ']');
}

static int64_t
parent_no(const struct described_kind *k, const struct described_kind *parent,
    int64_t no)
{
	struct rng r = rng_of(k->o->size.seed, parent->r->name, (uint64_t)no);

	return rng_between(&r, 0, parent->rows - 1);
}

static const struct value *
value_of(const struct described_kind *k, const char *path)
{
	for (size_t i = 0; path != NULL && i < k->n_values; i++)
		if (strcmp(k->values[i].path, path) == 0)
			return &k->values[i];
	return NULL;
}

/* The parent's key as JSON; null where the parent has none there. */
static void
put_parent(const struct described_kind *k, const struct described_kind *parent,
    const char *path, int64_t no, struct buf *to)
{
	const struct value *v;
	struct buf text = BUF_INIT;

	if (parent == NULL || parent->rows == 0) {
		buf_str(to, "null");
		return;
	}
	v = value_of(parent, path);
	if (parent->lines == NULL && v != NULL && v->role == ROLE_KEY)
		put_key(parent, v, parent_no(k, parent, no), to);
	else {
		value_at(parent, path, parent_no(k, parent, no), &text);
		gen_quoted(to, text.len > 0 ? text.at : "");
	}
	buf_release(&text);
}

static void
put_value(void *ctx, int no, struct buf *to)
{
	struct object *o = ctx;
	const struct value *v = &o->k->values[no];

	switch (v->role) {
	case ROLE_KEY:
		put_key(o->k, v, o->no, to);
		break;
	case ROLE_PARENT:
		put_parent(o->k, v->of, v->of_path, o->no, to);
		break;
	case ROLE_POSITION:
		put_time_of(v->type, o->position, to);
		break;
	case ROLE_CHILDREN:
		put_children(o, v->of, to);
		break;
	default:
		put_plain(o, v, to);
	}
}

static void
put_object(struct object *o, struct buf *to)
{
	o->r = rng_of(o->k->o->size.seed,
	    o->k->r->title != NULL ? o->k->r->title : o->k->r->name,
	    (uint64_t)o->no);
	tree_write(o->k->shape, to, put_value, o);
}

void
value_object(
    const struct described_kind *k, const struct mock_row *row, struct buf *to)
{
	struct object o = {.k = k,
	    .no = row->v[KIND_NO],
	    .position = row->v[KIND_POSITION],
	    .edits = row->v[KIND_EDITS]};

	put_object(&o, to);
}

/* Without quotes; the texts made here hold no escapes. */
static void
add_bare(const struct buf *json, struct buf *to)
{
	if (json->len >= 2 && json->at[0] == '"')
		buf_add(to, json->at + 1, json->len - 2);
	else if (json->len > 0 && strcmp(json->at, "null") != 0)
		buf_add(to, json->at, json->len);
}

static void
pick(const struct described_kind *k, const char *path, int64_t no,
    struct buf *to)
{
	struct json *j = json_new();
	struct why why;
	struct json_paths *paths = json_paths_new(&path, 1, &why);
	struct json_val val;

	if (paths != NULL &&
	    json_pick(j, k->lines[no], strlen(k->lines[no]), paths, &val, false,
		&why) == 0 &&
	    val.type != JSON_NONE && val.type != JSON_NULL)
		json_text(&val, to, &why);
	json_paths_free(paths);
	json_free(j);
}

void
value_at(const struct described_kind *k, const char *path, int64_t no,
    struct buf *to)
{
	struct object o = {.k = k, .no = no, .position = value_position(k, no)};
	const struct value *v = value_of(k, path);
	struct buf json = BUF_INIT;

	if (path != NULL && k->lines != NULL)
		pick(k, path, no, to);
	else if (v != NULL) {
		put_value(&o, (int)(v - k->values), &json);
		add_bare(&json, to);
	}
	buf_release(&json);
}

void
value_key(const struct described_kind *k, int64_t no, struct buf *to)
{
	const char *between = "";

	for (size_t i = 0; i < k->n_values; i++)
		if (k->values[i].role == ROLE_KEY) {
			buf_str(to, between);
			value_at(k, k->values[i].path, no, to);
			between = "|";
		}
	if (*between == '\0') /* nothing of its own: the place in the file */
		buf_fmt(to, "%lld", (long long)no);
}

void
value_parent(const struct described_kind *k,
    const struct described_kind *parent, const char *path, int64_t no,
    struct buf *to)
{
	/* A row of a file says itself whose it is, if it does. */
	for (size_t i = 0; k->lines != NULL && i < k->n_values; i++)
		if (k->values[i].role == ROLE_PARENT &&
		    k->values[i].of == parent) {
			value_at(k, k->values[i].path, no, to);
			return;
		}
	value_at(parent, path, parent_no(k, parent, no), to);
}

int64_t
value_position(const struct described_kind *k, int64_t no)
{
	int64_t us, ago = (k->o->rows - no) * 61 + 3600;
	struct buf text = BUF_INIT;

	if (k->lines == NULL) {
		/* ties: three rows at a time, now and then */
		ago -= no % 10 < 3 ? (3 - no % 10) * 61 : 0;
		return no < k->o->rows ? k->o->size.now - ago : *k->clock;
	}
	if (k->r->position != NULL)
		pick(k, expr_source(k->r->position), no, &text);
	if (text.len == 0 || time_parse(text.at, text.len, &us) == -1)
		us = text.len > 0 ? key_id(text.at) * 1000000 : 0;
	buf_release(&text);
	return us / 1000000;
}
