#include "page/page_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/in.h"
#include "stream/mark.h"
#include "base/mem.h"

static size_t
add_field(struct page_kit *k, struct expr *e)
{
	struct page_field *f;

	for (size_t i = 0; i < k->n_fields; i++)
		if (strcmp(expr_source(k->fields[i].expr), expr_source(e)) == 0)
			return i;
	k->fields = mem_grow(k->fields, k->n_fields + 1, sizeof(*k->fields));
	f = &k->fields[k->n_fields];
	f->expr = e;
	f->is_path = expr_is_path(e);
	return k->n_fields++;
}

/* fields: the key's from now on. */
static void
add_key(struct page_kit *k, size_t *fields, size_t n)
{
	k->keys = mem_grow(k->keys, k->n_keys + 1, sizeof(*k->keys));
	k->keys[k->n_keys++] = (struct page_key){fields, n};
}

/* Members that come from the parent are the same for all rows of a walk. */
static void
key_of_columns(struct page_kit *k)
{
	size_t *fields = mem_new(k->r->n_key + 1, sizeof(*fields));
	size_t n = 0;

	for (size_t i = 0; i < k->r->n_key; i++) {
		const struct column *c = resource_column(k->r, k->r->key[i]);

		if (c != NULL && !c->of_parent)
			fields[n++] = add_field(k, c->from);
	}
	add_key(k, fields, n);
}

static void
key_of_identity(struct page_kit *k, const struct identity *id)
{
	size_t *fields = mem_new(id->n + 1, sizeof(*fields));
	size_t n = 0;

	for (size_t i = 0; i < id->n; i++)
		if (!id->part[i].of_parent)
			fields[n++] = add_field(k, id->part[i].from);
	add_key(k, fields, n);
}

/* One compiled walk for all that are paths; jq for the others. */
static struct json_paths *
compile(struct page_field *fields, size_t n, struct why *why)
{
	const char **paths = mem_new(n + 1, sizeof(*paths));
	struct json_paths *compiled;
	size_t slots = 0;

	for (size_t i = 0; i < n; i++)
		if (fields[i].expr != NULL && fields[i].is_path) {
			fields[i].slot = slots;
			paths[slots++] = expr_source(fields[i].expr);
		}
	compiled = json_paths_new(paths, slots, why);
	free(paths);
	return compiled;
}

/* A column that holds the position says what it is. */
static enum position_kind
kind_of(const struct resource *r)
{
	const char *from = expr_source(r->position);

	for (size_t i = 0; i < r->n_columns; i++) {
		const struct column *c = &r->columns[i];

		if (c->of_parent || strcmp(expr_source(c->from), from) != 0)
			continue;
		if (c->type == COL_TIMESTAMPTZ || c->type == COL_DATE)
			return POSITION_TIME;
		if (c->type >= COL_BIGINT && c->type <= COL_DOUBLE)
			return POSITION_NUMBER;
	}
	return POSITION_NONE;
}

int
page_fields(struct page_kit *k, struct why *why)
{
	const struct source *s = k->source;
	struct expr *envelope[] = {k->rows, s->count, s->limit_echo, s->next,
	    k->paging->cursor, s->status, s->refusals.code};
	const struct column *version = NULL;

	if (k->r->n_key > 0)
		key_of_columns(k);
	for (size_t i = 0; i < k->r->n_identity; i++)
		key_of_identity(k, &k->r->identity[i]);
	if (k->r->n_version > 0)
		version = resource_column(k->r, k->r->version[0]);
	k->position = k->version = SIZE_MAX;
	if (k->r->position != NULL) {
		k->position = k->version = add_field(k, k->r->position);
		k->kind = kind_of(k->r);
	}
	if (version != NULL && !version->of_parent)
		k->version = add_field(k, version->from);
	for (size_t i = 0; i < ENVELOPE; i++) {
		k->envelope[i].expr = envelope[i];
		k->envelope[i].is_path =
		    envelope[i] != NULL && expr_is_path(envelope[i]);
	}
	if (!k->envelope[ROWS].is_path)
		return why_set(why, EX_CONFIG,
		    "%s: the rows of a page must "
		    "be named by a path",
		    s->file);
	k->vals = mem_new(k->n_fields + ENVELOPE, sizeof(*k->vals));
	k->paths = compile(k->fields, k->n_fields, why);
	k->envelope_paths = compile(k->envelope, ENVELOPE, why);
	return k->paths == NULL || k->envelope_paths == NULL ? -1 : 0;
}

/*
 * Adds the text of a field to *to: true, or false if it is absent or null.
 * A text that PostgreSQL would refuse is as good a key as any other here.
 */
static bool
field_text(struct page_kit *k, const struct page_field *f, const char *text,
    size_t len, struct buf *to)
{
	const struct json_val *v = &k->vals[f->slot];
	size_t was = to->len;
	struct why ignored;

	if (!f->is_path) {
		if (expr_text(f->expr, text, len, &k->text, &ignored) != 1)
			return false;
		buf_add(to, k->text.at, k->text.len);
		return true;
	}
	if (v->type == JSON_NONE || v->type == JSON_NULL)
		return false;
	if (json_text(v, to, &ignored) == -1) {
		to->len = was;
		buf_add(to, v->text, v->len);
	}
	return true;
}

/* The hash of the first complete key; its first value stays in p->side. */
static void
read_key(struct page *p, struct row *r, const char *text, size_t len)
{
	struct page_kit *k = p->kit;
	size_t i = 0, j = 0;

	for (i = 0; i < k->n_keys; i++) {
		const struct page_key *key = &k->keys[i];

		buf_clear(&k->key);
		buf_fmt(&k->key, "%zu", i);
		for (j = 0; j < key->n; j++) {
			size_t start = k->key.len + 1;

			buf_chr(&k->key, '\x1f');
			if (!field_text(k, &k->fields[key->fields[j]], text,
				len, &k->key))
				break;
			if (j > 0)
				continue;
			r->key = p->side.len;
			r->key_len = k->key.len - start;
			buf_add(&p->side, k->key.at + start, r->key_len);
			buf_chr(&p->side, '\0');
		}
		if (j == key->n)
			break;
	}
	if (i < k->n_keys) {
		r->sight.key = seen_hash(k->key.at, k->key.len);
	} else { /* no key: ha-upsert will say so; it is its own text here */
		r->key_len = 0;
		r->sight.key = seen_hash(text, len);
	}
}

/* A value that steers: one that can be compared, of the past; else none. */
static bool
read_time(struct page *p, size_t field, const char *text, size_t len)
{
	struct page_kit *k = p->kit;

	buf_clear(&k->key);
	if (!field_text(k, &k->fields[field], text, len, &k->key) ||
	    !position_set(&k->when, k->key.at, k->key.len))
		return false;
	return !position_late(&k->when, p->horizon_us);
}

static void
read_times(struct page *p, struct row *r, const char *text, size_t len)
{
	struct page_kit *k = p->kit;
	bool sane = false;

	if (k->position != SIZE_MAX) {
		position_clear(&k->when);
		sane = read_time(p, k->position, text, len);
		p->late += !sane && position_is(&k->when);
		if (sane &&
		    (k->kind == POSITION_NONE || k->kind == k->when.kind)) {
			r->at = p->side.len;
			r->at_len = k->key.len;
			buf_add(&p->side, k->key.at, k->key.len + 1);
		}
	}
	if (k->version == SIZE_MAX)
		return;
	if (k->version != k->position)
		sane = read_time(p, k->version, text, len);
	if (sane)
		r->sight.when = position_seconds(&k->when);
}

void
page_row_bad(struct page *p, struct row *r, const char *reason)
{
	r->bad = p->side.len + 1;
	buf_add(&p->side, reason, strlen(reason) + 1);
}

int
page_take_row(void *ctx, const struct json_val *v, struct why *why)
{
	struct page *p = ctx;
	struct page_kit *k = p->kit;
	struct json_val blanked;
	struct row *r;
	int got = 0;

	if (k->blank != NULL &&
	    (got = blank_record(k->blank, k->json, v, &blanked, why)) == -1)
		return -1;
	if (got == 1)
		v = &blanked;
	if (p->n == p->room) {
		p->room = p->room == 0 ? 128 : p->room * 2;
		p->rows = mem_grow(p->rows, p->room, sizeof(*p->rows));
	}
	r = &p->rows[p->n++];
	memset(r, 0, sizeof(*r));
	if (mark_is(v->text, v->len))
		page_row_bad(p, r, "a row that looks like a mark");
	else if (v->len > IN_MAX)
		page_row_bad(p, r, "longer than a line of 64 MiB");
	r->text = v->text;
	r->len = v->len;
	if (v->text < p->body || v->text >= p->body + p->body_len) {
		r->copy = p->side.len + 1; /* on one line, made by json */
		buf_add(&p->side, v->text, v->len);
		buf_chr(&p->side, '\0');
	}
	if (k->way->keyless)
		return 0;
	memset(k->vals, 0, k->n_fields * sizeof(*k->vals));
	if (v->type == JSON_OBJECT && k->n_fields > 0 &&
	    json_pick(
		k->json, v->text, v->len, k->paths, k->vals, false, why) == -1)
		return -1;
	r->sight.print = seen_print(v->text, v->len);
	read_key(p, r, v->text, v->len);
	read_times(p, r, v->text, v->len);
	return 0;
}

struct position *
page_row_at(struct page *p, const struct row *r, struct position *to)
{
	position_set(to, r->at_len > 0 ? p->side.at + r->at : "", r->at_len);
	return to;
}
