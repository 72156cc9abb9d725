#include "table/cut.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "table/copy_field.h"
#include "table/cut_value.h"
#include "table/cut_way.h"
#include "json/json.h"
#include "base/mem.h"
#include "db/pgarray.h"

#define IDENT_MAX 200
#define HASH_TEXT 33 /* '#' and 32 hex digits */
#define NO_SLOT SIZE_MAX

/* Where a value comes from: a column's, or a member's of an identity. */
struct from {
	struct expr *expr;
	const char *name;
	bool of_parent;
	bool in_key;
	size_t slot;	 /* in the paths of a row; NO_SLOT: expr is run */
	size_t key_slot; /* in the paths of a key */
	struct buf text; /* what the expression gave */
	struct json_val val;
};

struct cut {
	const struct resource *r;
	struct from *from; /* columns, then members of identities */
	size_t n;
	size_t *key; /* numbers of the key columns */
	struct json *json;
	struct json_paths *row, *quick;
	size_t first_required, root; /* slots of a row */
	struct json_val *vals;
	struct buf field, ident;
	uint64_t seed, how; /* how: a hash of the way columns are cut */
};

static void
list_from(struct cut *c)
{
	const struct resource *r = c->r;
	struct from *f;

	c->n = r->n_columns;
	for (size_t i = 0; i < r->n_identity; i++)
		c->n += r->identity[i].n;
	f = c->from = mem_new(c->n, sizeof(*c->from));
	for (size_t i = 0; i < r->n_columns; i++, f++) {
		f->expr = r->columns[i].from;
		f->name = r->columns[i].name;
		f->of_parent = r->columns[i].of_parent;
	}
	for (size_t i = 0; i < r->n_identity; i++)
		for (size_t k = 0; k < r->identity[i].n; k++, f++) {
			f->expr = r->identity[i].part[k].from;
			f->name = r->identity[i].name;
			f->of_parent = r->identity[i].part[k].of_parent;
			f->in_key = true;
		}
}

static int
find_key(struct cut *c, struct why *why)
{
	const struct resource *r = c->r;

	c->key = mem_new(r->n_key, sizeof(*c->key));
	for (size_t i = 0; i < r->n_key; i++) {
		const struct column *col = resource_column(r, r->key[i]);

		if (col == NULL)
			return why_set(why, EX_CONFIG, "%s: no key column %s",
			    r->name, r->key[i]);
		if (col->type == COL_DOUBLE || col->type == COL_JSONB)
			return why_set(why, EX_CONFIG, "%s: a key cannot be %s",
			    r->key[i], column_type_sql(col->type));
		c->key[i] = (size_t)(col - r->columns);
		c->from[c->key[i]].in_key = true;
	}
	return 0;
}

/* Compiles what can be found in one walk: for whole rows, for keys alone. */
static int
compile(struct cut *c, struct why *why)
{
	const struct resource *r = c->r;
	size_t n = 0, n_quick = 0;
	const char **row = mem_new(c->n + r->n_required + 1, sizeof(*row));
	const char **quick = mem_new(c->n, sizeof(*quick));

	for (size_t i = 0; i < c->n; i++) {
		struct from *f = &c->from[i];

		f->slot = f->key_slot = NO_SLOT;
		if (f->of_parent || !expr_is_path(f->expr))
			continue;
		f->slot = n;
		row[n++] = expr_source(f->expr);
		if (f->in_key) {
			f->key_slot = n_quick;
			quick[n_quick++] = expr_source(f->expr);
		}
	}
	c->first_required = n;
	for (size_t i = 0; i < r->n_required; i++)
		row[n++] = r->required[i].path;
	c->root = n;
	row[n++] = ".";
	c->vals = mem_new(n, sizeof(*c->vals));
	c->row = json_paths_new(row, n, why);
	if (c->row != NULL)
		c->quick = json_paths_new(quick, n_quick, why);
	free(row);
	free(quick);
	return c->quick == NULL ? -1 : 0;
}

struct cut *
cut_new(const struct resource *r, struct why *why)
{
	struct cut *c = mem_new(1, sizeof(*c));

	c->r = r;
	c->seed = c->how = cut_way(r).low64;
	c->json = json_new();
	list_from(c);
	if (find_key(c, why) == -1 || compile(c, why) == -1) {
		cut_free(c);
		return NULL;
	}
	return c;
}

void
cut_free(struct cut *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		buf_release(&c->from[i].text);
	free(c->from);
	free(c->key);
	free(c->vals);
	json_paths_free(c->row);
	json_paths_free(c->quick);
	json_free(c->json);
	buf_release(&c->field);
	buf_release(&c->ident);
	free(c);
}

/* Runs the expression on a text; its value stays in f. */
static int
run(struct from *f, const char *text, size_t len, struct why *why)
{
	int got = expr_json(f->expr, text, len, &f->text, why);

	if (got == -1)
		return why_in(why, "%s", f->name);
	f->val.type = got ? json_type_of(f->text.at[0]) : JSON_NONE;
	f->val.text = got ? f->text.at : "";
	f->val.len = got ? f->text.len : 0;
	return 0;
}

int
cut_parent(struct cut *c, const char *parent, size_t len, struct why *why)
{
	XXH3_state_t *hash;
	enum json_type type;
	bool any = false;

	c->seed = c->how;
	if (parent != NULL &&
	    (json_check(c->json, parent, len, &type, why) == -1 ||
		json_pg_ok(parent, len, why) == -1))
		return why_in(why, "parent");
	if (parent != NULL && type != JSON_OBJECT)
		return why_set(why, EX_DATAERR, "parent: no object");
	if ((hash = XXH3_createState()) == NULL)
		err(EX_OSERR, NULL);
	XXH3_64bits_reset(hash);
	for (size_t i = 0; i < c->n; i++) {
		struct from *f = &c->from[i];

		if (!f->of_parent)
			continue;
		f->val = (struct json_val){JSON_NONE, "", 0};
		if (parent == NULL)
			continue;
		if (run(f, parent, len, why) == -1) {
			XXH3_freeState(hash);
			return -1;
		}
		XXH3_64bits_update(hash, &f->val.len, sizeof(f->val.len));
		XXH3_64bits_update(hash, f->val.text, f->val.len);
		any = true;
	}
	if (any)
		c->seed ^= XXH3_64bits_digest(hash);
	XXH3_freeState(hash);
	return 0;
}

uint64_t
cut_seed(const struct cut *c)
{
	return c->seed;
}

uint16_t
cut_mark(const struct cut *c)
{
	uint16_t mark = (uint16_t)(c->how >> 48);

	return mark != 0 ? mark : 1; /* 0: of rows that others changed */
}

/* Fills f->val for the record; the paths were picked before. */
static int
fetch(struct cut *c, struct from *f, size_t slot, const char *rec, size_t len,
    struct why *why)
{
	if (f->of_parent)
		return 0;
	if (slot == NO_SLOT)
		return run(f, rec, len, why);
	f->val = c->vals[slot];
	return 0;
}

static bool
is_present(const struct json_val *v)
{
	return v->type > JSON_NULL && !(v->type == JSON_STRING && v->len == 2);
}

/* A long identity keeps its head, and a hash of what is cut off. */
static void
shorten(struct buf *ident)
{
	size_t keep = IDENT_MAX - HASH_TEXT;
	XXH128_canonical_t hash;

	if (ident->len <= IDENT_MAX)
		return;
	while (((unsigned char)ident->at[keep] & 0xc0) == 0x80)
		keep--; /* not inside of a character */
	XXH128_canonicalFromHash(
	    &hash, XXH3_128bits(ident->at + keep, ident->len - keep));
	ident->len = keep;
	buf_chr(ident, '#');
	for (size_t i = 0; i < sizeof(hash.digest); i++)
		buf_fmt(ident, "%02x", hash.digest[i]);
}

/* The first identity whose members are all there, into c->ident. */
static int
find_ident(
    struct cut *c, bool quick, const char *rec, size_t len, struct why *why)
{
	const struct resource *r = c->r;
	struct from *f = c->from + r->n_columns;

	for (size_t i = 0; i < r->n_identity; i++) {
		const struct identity *id = &r->identity[i];
		size_t k;

		buf_clear(&c->ident);
		buf_str(&c->ident, id->name);
		for (k = 0; k < id->n; k++) {
			struct from *m = &f[k];

			if (fetch(c, m, quick ? m->key_slot : m->slot, rec, len,
				why) == -1)
				return -1;
			if (!is_present(&m->val))
				break;
			buf_chr(&c->ident, k == 0 ? ':' : '|');
			if (json_text(&m->val, &c->ident, why) == -1)
				return why_in(why, "%s", id->name);
		}
		if (k == id->n) {
			shorten(&c->ident);
			return 0;
		}
		f += id->n;
	}
	buf_clear(&c->ident);
	for (size_t i = 0; i < r->n_identity; i++)
		buf_fmt(
		    &c->ident, "%s%s", i > 0 ? ", " : "", r->identity[i].name);
	return why_set(why, EX_DATAERR, "no identity: none of %s is complete",
	    c->ident.at);
}

/* Adds the field of column i. */
static int
add_column(struct cut *c, size_t i, size_t slot, const char *rec, size_t len,
    struct buf *fields, struct why *why)
{
	const struct column *column = &c->r->columns[i];
	struct from *f = &c->from[i];
	int got;

	if (fetch(c, f, slot, rec, len, why) == -1)
		return -1;
	got = cutval_add(column->type, &f->val, fields, why);
	if (got == -1 && column->or_null && !f->in_key)
		field_null(fields);
	else if (got == -1)
		return why_in(why, "%s", f->name);
	if (got == 0 && f->in_key)
		return why_set(why, EX_DATAERR, "%s: %s, but it is the key",
		    f->name,
		    f->val.type == JSON_NONE   ? "missing"
		    : f->val.type == JSON_NULL ? "null"
					       : "empty");
	return 0;
}

int
cut_key(struct cut *c, const char *rec, size_t len, struct buf *key,
    struct why *why)
{
	buf_clear(key);
	if (json_pick(c->json, rec, len, c->quick, c->vals, false, why) == -1)
		return -1;
	if (c->r->n_identity > 0) {
		if (find_ident(c, true, rec, len, why) == -1)
			return -1;
		buf_add(key, c->ident.at, c->ident.len);
		return 0;
	}
	for (size_t i = 0; i < c->r->n_key; i++) {
		size_t no = c->key[i];

		buf_clear(&c->field);
		if (add_column(c, no, c->from[no].key_slot, rec, len, &c->field,
			why) == -1)
			return -1;
		if (i > 0)
			buf_chr(key, '|');
		cutval_print(c->r->columns[no].type, c->field.at, key);
	}
	return 0;
}

void
cut_version(struct cut *c, const char *rec, size_t len, struct buf *version)
{
	struct buf text = BUF_INIT;
	struct why ignored;
	int rc = json_pick(c->json, rec, len, c->row, c->vals, false, &ignored);

	buf_clear(version);
	for (size_t i = 0; i < c->r->n_version; i++) {
		const struct column *col =
		    resource_column(c->r, c->r->version[i]);
		size_t no = (size_t)(col - c->r->columns);

		buf_clear(&text);
		buf_clear(&c->field);
		if (rc == 0 && col->type != COL_DOUBLE &&
		    add_column(c, no, c->from[no].slot, rec, len, &c->field,
			&ignored) == 0 &&
		    c->field.at[0] == 0) /* a length, not the -1 of NULL */
			cutval_print(col->type, c->field.at, &text);
		pgarray_add(version, text.len > 0 ? text.at : NULL, text.len);
	}
	pgarray_end(version);
	buf_release(&text);
}

/* The path that a guess needs: of the only key column or identity member. */
static const struct from *
guessed(const struct cut *c)
{
	const struct from *f = c->from;

	if (c->r->n_identity > 0)
		f = c->r->identity[0].n == 1 ? f + c->r->n_columns : NULL;
	else
		f = c->r->n_key == 1 ? f + c->key[0] : NULL;
	return f != NULL && !f->of_parent && f->slot != NO_SLOT ? f : NULL;
}

bool
cut_guess(const struct cut *c, const char *rec, size_t len, struct buf *key)
{
	const struct from *f = guessed(c);
	const char *name, *at = rec, *end = rec + len, *to;
	size_t n;

	if (f == NULL)
		return false;
	name = expr_source(f->expr) + 1; /* behind the dot */
	n = strlen(name);
	if (len < n + 6 || memcmp(at, "{\"", 2) != 0 ||
	    memcmp(at + 2, name, n) != 0 || memcmp(at + 2 + n, "\":", 2) != 0)
		return false;
	at += n + 4;
	while (at < end && *at == ' ')
		at++;
	for (to = at; to < end && *to >= '0' && *to <= '9'; to++)
		continue;
	if (to == at || to == end || (*to != ',' && *to != '}' && *to != ' '))
		return false;
	buf_clear(key);
	if (c->r->n_identity > 0) {
		buf_str(key, c->r->identity[0].name);
		buf_chr(key, ':');
	}
	buf_add(key, at, (size_t)(to - at));
	return true;
}

/* "guestName: number, wanted string" */
static int
check_required(const struct cut *c, struct why *why)
{
	for (size_t i = 0; i < c->r->n_required; i++) {
		const struct required *q = &c->r->required[i];
		enum json_type type = c->vals[c->first_required + i].type;

		if ((q->types >> type & 1) == 0)
			return why_set(why, EX_DATAERR, "%s: %s, wanted %s",
			    q->path + (q->path[0] == '.' && q->path[1] != '\0'),
			    type == JSON_NONE ? "missing"
					      : json_type_name(type),
			    q->types_text);
	}
	return 0;
}

static int
add_fields(struct cut *c, const char *rec, size_t len, struct buf *fields,
    struct why *why)
{
	if (c->r->n_identity > 0) {
		if (find_ident(c, false, rec, len, why) == -1)
			return -1;
		field_bytes(fields, c->ident.at, c->ident.len);
	}
	for (size_t i = 0; i < c->r->n_columns; i++)
		if (add_column(c, i, c->from[i].slot, rec, len, fields, why) ==
		    -1)
			return -1;
	return 0;
}

int
cut_row(struct cut *c, const char *rec, size_t len, struct buf *fields,
    struct why *why)
{
	size_t before = fields->len;

	if (json_pick(c->json, rec, len, c->row, c->vals, true, why) == -1)
		return -1;
	if (!json_plain(c->json) && json_pg_ok(rec, len, why) == -1)
		return -1;
	if (c->vals[c->root].type != JSON_OBJECT)
		return why_set(why, EX_DATAERR, "%s, wanted object",
		    json_type_name(c->vals[c->root].type));
	if (check_required(c, why) == -1)
		return -1;
	if (add_fields(c, rec, len, fields, why) == -1) {
		fields->len = before;
		return -1;
	}
	return 0;
}

int
cut_deleted(struct cut *c, const char *rec, size_t len, struct why *why)
{
	if (c->r->deleted == NULL)
		return 0;
	return expr_true(c->r->deleted, rec, len, why);
}
