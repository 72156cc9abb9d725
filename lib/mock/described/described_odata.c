#include "mock/described/described_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "json/json.h"
#include "mock/odata/odata.h"

/*
 * Rows are asked as they are served: what a filter sees of one is its JSON.
 * That takes a look at each row for each page, but files of rows need it.
 */

#define ORDER_MAX 2

struct asked {
	struct described_kind *k;
	struct odata_field *fields; /* the members of a row that are plain */
	size_t n_fields;
	size_t order[ORDER_MAX]; /* fields */
	size_t n_order;
};

struct seen { /* a row, and what it is sorted by */
	struct mock_row *row;
	struct buf text, scratch[ORDER_MAX];
	struct odata_value by[ORDER_MAX];
};

struct looked { /* at one row, by the filter */
	const struct asked *of;
	struct json_val row;
};

static bool
type_of(enum column_type column, enum odata_type *type)
{
	static const enum odata_type types[] = {
	    [COL_TEXT] = ODATA_STRING,
	    [COL_BIGINT] = ODATA_NUMBER,
	    [COL_INTEGER] = ODATA_NUMBER,
	    [COL_NUMERIC] = ODATA_NUMBER,
	    [COL_DOUBLE] = ODATA_NUMBER,
	    [COL_BOOLEAN] = ODATA_BOOL,
	    [COL_DATE] = ODATA_DATE,
	    [COL_TIMESTAMPTZ] = ODATA_TIME,
	    [COL_UUID] = ODATA_STRING,
	};

	if (column == COL_JSONB)
		return false;
	*type = types[column];
	return true;
}

static void
find_fields(struct asked *a)
{
	a->fields = calloc(a->k->n_values + 1, sizeof(*a->fields));
	if (a->fields == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < a->k->n_values; i++) {
		const struct value *v = &a->k->values[i];
		struct odata_field *f = &a->fields[a->n_fields];

		if (v->path[strcspn(v->path + 1, ".[\"") + 1] != '\0' ||
		    !type_of(v->type, &f->type))
			continue;
		f->name = v->path + 1;
		a->n_fields++;
	}
}

/* "Time,Key", all of them upwards. */
static int
read_order(struct asked *a, const char *text, struct why *why)
{
	size_t len, i;

	for (; text != NULL; text = text[len] == ',' ? text + len + 1 : NULL) {
		len = strcspn(text, ",");
		for (i = 0; i < a->n_fields; i++)
			if (strlen(a->fields[i].name) == len &&
			    memcmp(a->fields[i].name, text, len) == 0)
				break;
		if (i == a->n_fields || a->n_order == ORDER_MAX)
			return why_set(
			    why, EX_DATAERR, "$orderby: no order by %s", text);
		a->order[a->n_order++] = i;
	}
	return 0;
}

/* A day, as the time at which it begins. */
static int
read_day(const struct buf *text, struct odata_value *v)
{
	struct buf noon = BUF_INIT;
	int rc;

	buf_fmt(&noon, "%.10sT12:00:00Z", text->at);
	rc = odata_time_parse(noon.at, noon.len, &v->time);
	v->day = (v->time.s - 43200) / 86400;
	buf_release(&noon);
	return rc;
}

static void
field_of(void *row, size_t field, struct odata_value *v, struct buf *scratch)
{
	const struct looked *l = row;
	const struct odata_field *f = &l->of->fields[field];
	struct json_val val = json_get(&l->row, f->name);
	struct why ignored;
	int rc = 0;

	buf_clear(scratch);
	if (val.type != JSON_NULL && val.type != JSON_NONE)
		rc = json_text(&val, scratch, &ignored);
	buf_str(scratch, "");
	v->type = f->type;
	v->text = scratch->at;
	v->len = scratch->len;
	v->truth = val.type == JSON_TRUE;
	if (f->type == ODATA_NUMBER)
		rc |= odata_number_parse(v->text, v->len, v);
	else if (f->type == ODATA_TIME)
		rc |= odata_time_parse(v->text, v->len, &v->time);
	else if (f->type == ODATA_DATE)
		rc |= read_day(scratch, v);
	/* what is of another type than described is not there */
	if (val.type == JSON_NULL || val.type == JSON_NONE || rc != 0)
		v->type = ODATA_NULL;
}

static int
compare(const void *a, const void *b, void *ctx)
{
	const struct seen *x = a, *y = b;
	const struct asked *of = ctx;
	int c = 0;

	for (size_t i = 0; c == 0 && i < of->n_order; i++)
		c = odata_compare(&x->by[i], &y->by[i]);
	return c != 0 ? c
		      : (x->row->id > y->row->id) - (x->row->id < y->row->id);
}

/* Is the row wanted? Then *s has what it is sorted by. */
static bool
look(const struct asked *a, const struct odata_filter *f, int64_t now,
    struct seen *s)
{
	struct looked l = {.of = a};

	table_text(a->k->table, s->row, 0, &s->text);
	memset(buf_room(&s->text, JSON_PADDING), 0, JSON_PADDING);
	l.row = (struct json_val){JSON_OBJECT, s->text.at, s->text.len};
	if (f != NULL && !odata_match(f, field_of, &l, now))
		return false;
	for (size_t i = 0; i < a->n_order; i++)
		field_of(&l, a->order[i], &s->by[i], &s->scratch[i]);
	return true;
}

static void
release(struct seen *s)
{
	buf_release(&s->text);
	for (size_t i = 0; i < ORDER_MAX; i++)
		buf_release(&s->scratch[i]);
	*s = (struct seen){0};
}

/* The rows that pass: how many, the first `limit` of them into *to. */
static uint64_t
find(struct asked *a, const struct odata_filter *f, const int64_t *group,
    int64_t now, uint64_t limit, struct buf *to)
{
	static const struct mock_order by_no = {
	    KIND_NO, -1, false, false, false};
	size_t n, found = 0;
	struct mock_row *const *rows = table_rows(a->k->table, &by_no, &n);
	struct seen *seen = calloc(n + 1, sizeof(*seen));

	if (seen == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < n; i++) {
		if (group != NULL && rows[i]->v[KIND_GROUP] != *group)
			continue;
		seen[found].row = rows[i];
		if (look(a, f, now, &seen[found]))
			found++;
		else
			release(&seen[found]);
	}
	qsort_r(seen, found, sizeof(*seen), compare, a);
	for (size_t i = 0; i < found; i++) {
		if (i > 0 && i < limit)
			buf_chr(to, ',');
		if (i < limit)
			buf_add(to, seen[i].text.at, seen[i].text.len);
		release(&seen[i]);
	}
	free(seen);
	return found;
}

int
described_odata(struct described *ms, struct described_kind *k,
    const struct request *r, const int64_t *group, uint64_t limit,
    struct buf *to, uint64_t *count, struct why *why)
{
	const char *text = request_arg(r, "$filter");
	struct asked a = {.k = k};
	struct odata_filter *f = NULL;
	int rc = -1;

	find_fields(&a);
	if (text != NULL &&
	    (f = odata_parse(text, a.fields, a.n_fields, why)) == NULL)
		why_in(why, "$filter");
	else if ((rc = read_order(&a, request_arg(r, "$orderby"), why)) == 0)
		*count = find(&a, f, group, ms->clock, limit, to);
	odata_free(f);
	free(a.fields);
	return rc;
}
