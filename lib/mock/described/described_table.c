#include "mock/described/described_table.h"

#include <assert.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/in.h"
#include "json/json.h"
#include "mock/described/described_value.h"

#define FROM(e) (expr_is_path(e) ? expr_source(e) : NULL)

static struct value *
add_value(struct described_kind *k, const char *path, enum column_type type,
    enum role role)
{
	int no = path == NULL ? -1 : tree_add(k->shape, path);
	struct value *v;

	if (no < 0)
		return NULL;
	if ((size_t)no == k->n_values) {
		k->values =
		    reallocarray(k->values, ++k->n_values, sizeof(*k->values));
		if (k->values == NULL)
			err(EX_OSERR, NULL);
		k->values[no] =
		    (struct value){.type = type, .path = strdup(path)};
		if (k->values[no].path == NULL)
			err(EX_OSERR, NULL);
	}
	assert(k->values != NULL && (size_t)no < k->n_values);
	v = &k->values[no];
	if (role != ROLE_PLAIN && v->role != ROLE_KEY)
		v->role = role;
	if (role != ROLE_PLAIN)
		v->wanted = true;
	return v;
}

/* What pages of OData go by: in the rows, whether columns hold it or not. */
static void
add_keyset(struct described_kind *k, const struct paging *how)
{
	struct buf path = BUF_INIT;

	if (how->style != PAGE_KEYSET)
		return;
	buf_fmt(&path, ".%s", how->time);
	add_value(k, path.at, COL_TIMESTAMPTZ, ROLE_POSITION);
	buf_clear(&path);
	buf_fmt(&path, ".%s", how->key);
	add_value(k, path.at, COL_TEXT, ROLE_KEY);
	buf_release(&path);
}

/* Where a column's value stands in the record; NULL: nowhere. */
static const char *
column_path(const struct resource *r, const char *name)
{
	const struct column *c = resource_column(r, name);

	return c == NULL || c->of_parent ? NULL : FROM(c->from);
}

static void
add_keys(struct described_kind *k)
{
	const struct resource *r = k->r;

	for (size_t i = 0; i < r->n_key; i++)
		add_value(k, column_path(r, r->key[i]), COL_TEXT, ROLE_KEY);
	for (size_t i = 0; r->n_identity > 0 && i < r->identity[0].n; i++)
		if (!r->identity[0].part[i].of_parent)
			add_value(k, FROM(r->identity[0].part[i].from),
			    COL_BIGINT, ROLE_KEY);
	if (r->position != NULL)
		add_value(k, FROM(r->position), COL_TIMESTAMPTZ, ROLE_POSITION);
	for (size_t i = 0; i < r->n_version; i++)
		add_value(k, column_path(r, r->version[i]), COL_TIMESTAMPTZ,
		    ROLE_POSITION);
	add_keyset(k, &r->paging);
	if (r->each != NULL)
		add_keyset(k, &r->each->paging);
}

static enum column_type
required_type(unsigned types)
{
	static const struct {
		enum json_type json;
		enum column_type type;
	} of[] = {{JSON_NUMBER, COL_BIGINT}, {JSON_TRUE, COL_BOOLEAN},
	    {JSON_OBJECT, COL_JSONB}, {JSON_ARRAY, COL_JSONB}};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (types & 1u << of[i].json)
			return of[i].type;
	return COL_TEXT;
}

/* The object's places: columns, then what else the description names. */
static void
add_values(struct described_kind *k)
{
	const struct resource *r = k->r;

	for (size_t i = 0; i < r->n_columns; i++)
		if (!r->columns[i].of_parent)
			add_value(k, FROM(r->columns[i].from),
			    r->columns[i].type, ROLE_PLAIN);
	add_keys(k);
	for (size_t i = 0; i < r->n_required; i++) {
		struct value *v = add_value(k, r->required[i].path,
		    required_type(r->required[i].types), ROLE_PLAIN);

		if (v != NULL)
			v->wanted = true;
	}
}

static struct described_kind *
kind_of(const struct source *s, struct described_kind *kinds, const char *name)
{
	for (size_t i = 0; i < s->n_resources; i++)
		if (strcmp(s->resources[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* The parent's path that {parent.NAME} in the path or query stands for. */
static const char *
named_path(const struct each *e, const struct resource *parent)
{
	const char *hole = strstr(e->path, "{parent.");

	for (size_t i = 0; hole == NULL && i < e->query.n; i++)
		hole = strstr(e->query.at[i].value, "{parent.");
	if (hole == NULL)
		return NULL;
	hole += strlen("{parent.");
	for (size_t i = 0; i < parent->n_fields; i++) {
		const char *name = parent->fields[i].name;

		if (strncmp(hole, name, strlen(name)) == 0 &&
		    strchr("|}", hole[strlen(name)]) != NULL)
			return column_path(parent, parent->fields[i].column);
	}
	return NULL;
}

/* Ties the kind to its parents and to what is embedded in it. */
static void
add_relations(const struct source *s, struct described_kind *kinds,
    struct described_kind *k)
{
	const struct resource *r = k->r;

	for (size_t i = 0; i < r->n_parents; i++) {
		struct described_kind *p =
		    kind_of(s, kinds, r->parents[i].resource);
		struct value *v =
		    add_value(k, column_path(r, r->parents[i].column), COL_TEXT,
			ROLE_PARENT);

		if (v == NULL || p == NULL || v->role != ROLE_PARENT)
			continue;
		v->of = p;
		v->of_path = column_path(p->r, r->parents[i].key);
	}
	if (r->each != NULL) {
		k->above = kind_of(s, kinds, r->each->parent);
		if (k->above != NULL)
			k->above_path = named_path(r->each, k->above->r);
	}
	for (size_t i = 0; i < s->n_resources; i++) {
		const struct embedded *in = s->resources[i].embedded;
		struct value *v;

		if (in == NULL || strcmp(in->in, r->name) != 0)
			continue;
		v = add_value(k, FROM(in->rows), COL_JSONB, ROLE_CHILDREN);
		if (v != NULL)
			v->of = &kinds[i];
	}
}

static void
render(void *ctx, const struct mock_row *row, int form, struct buf *to)
{
	struct described_kind *k = ctx;
	size_t from = to->len;

	(void)form;
	if (k->lines != NULL) {
		buf_str(to, k->lines[row->v[KIND_NO]]);
		return;
	}
	value_object(k, row, to);
	if (k->o->row_bytes > (int64_t)(to->len - from) + 12) {
		size_t n = (size_t)k->o->row_bytes - (to->len - from) - 12;

		to->len--;
		buf_str(to, ",\"filler\":\"");
		memset(buf_room(to, n), 'x', n);
		to->len += n;
		buf_str(to, "\"}");
	}
}

/* The row's key and group, as numbers to be found by. */
static void
put_row(struct described_kind *k, int64_t no)
{
	struct mock_row *row = row_new(0, NULL);
	struct buf text = BUF_INIT;

	row->v[KIND_NO] = no;
	row->v[KIND_EDITS] = 0;
	row->v[KIND_POSITION] = value_position(k, no);
	value_key(k, no, &text);
	row->id = key_id(text.len > 0 ? text.at : "");
	if (k->above != NULL && k->above->rows > 0) {
		buf_clear(&text);
		value_parent(k, k->above, k->above_path, no, &text);
		row->v[KIND_GROUP] = key_id(text.len > 0 ? text.at : "");
	}
	buf_release(&text);
	if (table_find(k->table, row->id) != NULL)
		row_free(row); /* a file may hold a row twice */
	else
		table_put(k->table, row);
}

static int
read_lines(struct described_kind *k, const char *path, struct why *why)
{
	char *paths[] = {(char *)(uintptr_t)path};
	struct in *in = in_open(paths, 1, why);
	struct line line;
	int got = -1;

	while (in != NULL && (got = in_next(in, &line, why)) == 1) {
		char *text = calloc(1, line.len + JSON_PADDING + 1);

		k->lines = reallocarray(
		    k->lines, (size_t)k->rows + 1, sizeof(*k->lines));
		if (k->lines == NULL || text == NULL)
			err(EX_OSERR, NULL);
		memcpy(text, line.text, line.len);
		k->lines[k->rows++] = text;
	}
	in_close(in);
	return got;
}

static int
fill(struct described_kind *k, struct why *why)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	k->table = table_new(k->r->name, render, k);
	k->rows = k->o->rows;
	if (k->o->data != NULL) {
		k->rows = 0;
		if ((k->lines = calloc(1, sizeof(*k->lines))) == NULL)
			err(EX_OSERR, NULL);
		buf_fmt(&path, "%s/%s.ndjson", k->o->data, k->r->name);
		if (access(path.at, F_OK) == 0)
			rc = read_lines(k, path.at, why);
		buf_release(&path);
	}
	for (int64_t no = 0; rc == 0 && no < k->rows; no++)
		put_row(k, no);
	return rc;
}

int
kinds_open(const struct source *s, const struct mock_options *o, int64_t *clock,
    struct described_kind *kinds, struct why *why)
{
	for (size_t i = 0; i < s->n_resources; i++) {
		kinds[i] = (struct described_kind){.r = &s->resources[i],
		    .o = o,
		    .clock = clock,
		    .shape = tree_new()};
		add_values(&kinds[i]);
	}
	for (size_t i = 0; i < s->n_resources; i++)
		add_relations(s, kinds, &kinds[i]);
	for (size_t i = 0; i < s->n_resources; i++)
		if (s->resources[i].embedded == NULL &&
		    fill(&kinds[i], why) == -1)
			return -1;
	return 0;
}

void
kinds_close(struct described_kind *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct described_kind *k = &kinds[i];

		table_free(k->table);
		tree_free(k->shape);
		for (size_t j = 0; j < k->n_values; j++)
			free(k->values[j].path);
		for (int64_t j = 0; k->lines != NULL && j < k->rows; j++)
			free(k->lines[j]);
		free(k->lines);
		free(k->values);
	}
}

void
kind_add(struct described_kind *k)
{
	if (k->lines != NULL)
		return; /* what is in the file is all there is */
	++*k->clock;
	put_row(k, k->rows++);
}

void
kind_change(struct described_kind *k, struct mock_row *row)
{
	table_take(k->table, row);
	row->v[KIND_POSITION] = ++*k->clock;
	row->v[KIND_EDITS]++;
	table_put(k->table, row);
}

void
kind_delete(struct described_kind *kinds, size_t n, struct described_kind *k,
    struct mock_row *row)
{
	static const struct mock_order by_group = {
	    KIND_GROUP, -1, false, false, false};
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		struct described_kind *c = &kinds[i];
		struct mock_row *const *rows;
		int64_t group;
		size_t count;

		if (c->above != k || c->table == NULL)
			continue;
		buf_clear(&text);
		value_at(k, c->above_path, row->v[KIND_NO], &text);
		group = key_id(text.len > 0 ? text.at : "");
		rows = table_rows(c->table, &by_group, &count);
		for (size_t j = count; j-- > 0;)
			if (rows[j]->v[KIND_GROUP] == group)
				kind_delete(kinds, n, c, rows[j]);
	}
	table_delete(k->table, row);
	buf_release(&text);
}
