#include "mock/server/mock_store.h"

#include <assert.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MAX_ORDERS 32

struct sorted {
	struct mock_order order;
	struct mock_row **rows;
};

struct mock_table {
	char *name;
	render_fn *render;
	void *ctx;
	size_t n, room;
	struct sorted sorted[MAX_ORDERS]; /* the first one is by id */
	size_t n_sorted;
	struct mock_row **gone;
	size_t n_gone;
};

static const struct mock_order by_id = {-1, -1, false, false, false};

static int
compare(const struct mock_order *o, const struct mock_row *a,
    const struct mock_row *b)
{
	int64_t x, y;

	if (o->by >= 0 && (x = a->v[o->by]) != (y = b->v[o->by]))
		return (x < y) == o->by_desc ? 1 : -1;
	if (o->then >= 0 && (x = a->v[o->then]) != (y = b->v[o->then]))
		return (x < y) == o->then_desc ? 1 : -1;
	if (a->id != b->id)
		return (a->id < b->id) == o->id_desc ? 1 : -1;
	return 0;
}

static int
compare_r(const void *a, const void *b, void *order)
{
	return compare(
	    order, *(struct mock_row *const *)a, *(struct mock_row *const *)b);
}

/* Where the row stands, or would stand: the first that is not before it. */
static size_t
place(const struct sorted *s, size_t n, const struct mock_row *row)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(&s->order, s->rows[mid], row) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void *
more(void *p, size_t n, size_t size)
{
	if ((p = reallocarray(p, n, size)) == NULL)
		err(EX_OSERR, NULL);
	return p;
}

struct mock_table *
table_new(const char *name, render_fn *render, void *ctx)
{
	struct mock_table *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->name = strdup(name)) == NULL)
		err(EX_OSERR, NULL);
	t->render = render;
	t->ctx = ctx;
	t->sorted[0].order = by_id;
	t->n_sorted = 1;
	return t;
}

void
row_free(struct mock_row *row)
{
	free(row->text);
	free(row);
}

void
table_free(struct mock_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		row_free(t->sorted[0].rows[i]);
	for (size_t i = 0; i < t->n_gone; i++)
		row_free(t->gone[i]);
	for (size_t i = 0; i < t->n_sorted; i++)
		free(t->sorted[i].rows);
	free(t->gone);
	free(t->name);
	free(t);
}

const char *
table_name(const struct mock_table *t)
{
	return t->name;
}

size_t
table_count(const struct mock_table *t)
{
	return t->n;
}

struct mock_row *
row_new(int64_t id, void *fact)
{
	struct mock_row *row = calloc(1, sizeof(*row));

	if (row == NULL)
		err(EX_OSERR, NULL);
	row->id = id;
	row->fact = fact;
	for (int i = 0; i < ROW_VALUES; i++)
		row->v[i] = NO_VALUE;
	return row;
}

void
table_put(struct mock_table *t, struct mock_row *row)
{
	if (t->n == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		for (size_t i = 0; i < t->n_sorted; i++)
			t->sorted[i].rows = more(t->sorted[i].rows, t->room,
			    sizeof(struct mock_row *));
	}
	for (size_t i = 0; i < t->n_sorted; i++) {
		struct sorted *s = &t->sorted[i];
		size_t at = place(s, t->n, row);

		memmove(s->rows + at + 1, s->rows + at,
		    (t->n - at) * sizeof(struct mock_row *));
		s->rows[at] = row;
	}
	t->n++;
}

void
table_take(struct mock_table *t, struct mock_row *row)
{
	for (size_t i = 0; i < t->n_sorted; i++) {
		struct sorted *s = &t->sorted[i];
		size_t at = place(s, t->n, row);

		assert(at < t->n && s->rows[at] == row);
		memmove(s->rows + at, s->rows + at + 1,
		    (t->n - at - 1) * sizeof(struct mock_row *));
	}
	t->n--;
	free(row->text);
	row->text = NULL;
}

void
table_delete(struct mock_table *t, struct mock_row *row)
{
	table_take(t, row);
	row->gone = true;
	t->gone = more(t->gone, t->n_gone + 1, sizeof(struct mock_row *));
	t->gone[t->n_gone++] = row;
}

struct mock_row *
table_find(struct mock_table *t, int64_t id)
{
	struct mock_row key = {.id = id};
	size_t at = place(&t->sorted[0], t->n, &key);

	if (at < t->n && t->sorted[0].rows[at]->id == id)
		return t->sorted[0].rows[at];
	return NULL;
}

static struct mock_row *
find_gone(struct mock_table *t, int64_t id)
{
	for (size_t i = t->n_gone; i-- > 0;)
		if (t->gone[i]->id == id)
			return t->gone[i];
	return NULL;
}

void
table_text(struct mock_table *t, struct mock_row *row, int kind, struct buf *to)
{
	size_t from = to->len;

	if (kind == 0 && row->text != NULL) {
		buf_add(to, row->text, row->len);
		return;
	}
	t->render(t->ctx, row, kind, to);
	if (kind != 0 || row->fresh)
		return;
	row->len = (uint32_t)(to->len - from);
	if ((row->text = malloc(row->len)) == NULL)
		err(EX_OSERR, NULL);
	memcpy(row->text, to->at + from, row->len);
}

static bool
same_order(const struct mock_order *a, const struct mock_order *b)
{
	return a->by == b->by && a->then == b->then &&
	       a->by_desc == b->by_desc && a->then_desc == b->then_desc &&
	       a->id_desc == b->id_desc;
}

/* The rows in this order, sorted when it is asked for the first time. */
static const struct sorted *
sorted_by(struct mock_table *t, const struct mock_order *o)
{
	struct sorted *s;

	for (size_t i = 0; i < t->n_sorted; i++)
		if (same_order(&t->sorted[i].order, o))
			return &t->sorted[i];
	if (t->n_sorted == MAX_ORDERS)
		free(t->sorted[--t->n_sorted].rows);
	s = &t->sorted[t->n_sorted++];
	s->order = *o;
	s->rows = more(NULL, t->room + 1, sizeof(struct mock_row *));
	if (t->n > 0)
		memcpy(s->rows, t->sorted[0].rows,
		    t->n * sizeof(struct mock_row *));
	qsort_r(s->rows, t->n, sizeof(struct mock_row *), compare_r, &s->order);
	return s;
}

struct mock_row *const *
table_rows(struct mock_table *t, const struct mock_order *o, size_t *n)
{
	*n = t->n;
	return sorted_by(t, o)->rows;
}

static bool
passes(const struct mock_row *row, const struct mock_filter *f)
{
	int64_t v = f->op == FILTER_CALL ? 0 : row->v[f->value];

	if (f->op == FILTER_CALL)
		return f->call(f->ctx, row, f->arg);
	if (v == NO_VALUE)
		return false;
	if (f->op == FILTER_EQ)
		return v == f->a;
	if (f->op == FILTER_GE)
		return v >= f->a;
	if (f->op == FILTER_LE)
		return v <= f->a;
	for (size_t i = 0; i < f->n; i++)
		if (f->set[i] == v)
			return true;
	return false;
}

static bool
passes_all(const struct mock_row *row, const struct mock_query *q)
{
	for (size_t i = 0; i < q->n_filters; i++)
		if (!passes(row, &q->filters[i]))
			return false;
	return true;
}

/* The rows of the group: from *lo up to, not including, *hi. */
static void
bounds(const struct sorted *s, size_t n, const struct mock_query *q, size_t *lo,
    size_t *hi)
{
	struct sorted head = {.order = s->order, .rows = s->rows};
	struct mock_row key = {0};

	*lo = 0;
	*hi = n;
	if (!q->grouped)
		return;
	head.order.then = -1;
	key.v[head.order.by] = q->group;
	key.id = head.order.id_desc ? INT64_MAX : INT64_MIN;
	*lo = place(&head, n, &key);
	key.id = head.order.id_desc ? INT64_MIN : INT64_MAX;
	*hi = place(&head, n, &key);
}

/* The first row behind the one that `after` names. */
static size_t
behind(struct mock_table *t, const struct sorted *s, const struct mock_query *q)
{
	struct mock_row *row = table_find(t, q->after_id);
	size_t at;

	if (row == NULL && !q->gone_is_end)
		row = find_gone(t, q->after_id);
	if (row == NULL)
		return t->n;
	at = place(s, t->n, row);
	return at < t->n && s->rows[at] == row ? at + 1 : at;
}

/* Adds rows[from..to) up to the limit; how many. */
static uint64_t
show(struct mock_table *t, struct mock_row *const *rows, size_t from,
    size_t end, const struct mock_query *q, struct buf *to)
{
	uint64_t n = 0;

	for (size_t i = from; i < end && n < q->limit; i++) {
		if (n++ > 0)
			buf_chr(to, ',');
		table_text(t, rows[i], q->kind, to);
		if (q->last != NULL)
			*q->last = rows[i]->id;
	}
	return n;
}

/* The rows that pass the filters, as an array for show(). */
static struct mock_row **
passing(struct mock_row *const *rows, size_t lo, size_t hi, size_t *start,
    const struct mock_query *q, size_t *n)
{
	struct mock_row **some =
	    more(NULL, hi - lo + 1, sizeof(struct mock_row *));
	size_t before = 0;

	*n = 0;
	for (size_t i = lo; i < hi; i++) {
		if (!passes_all(rows[i], q))
			continue;
		before += i < *start;
		some[(*n)++] = rows[i];
	}
	*start = before;
	return some;
}

uint64_t
table_page(struct mock_table *t, const struct mock_query *q, struct buf *to,
    uint64_t *first, uint64_t *shown)
{
	const struct sorted *s = sorted_by(t, &q->order);
	struct mock_row *const *rows = s->rows;
	struct mock_row **some = NULL;
	size_t lo, hi, start;

	bounds(s, t->n, q, &lo, &hi);
	start = q->after ? behind(t, s, q) : lo;
	if (start < lo)
		start = lo;
	if (q->n_filters > 0) {
		rows = some = passing(rows, lo, hi, &start, q, &hi);
		lo = 0;
	}
	if (!q->after)
		start += q->offset < hi - start ? q->offset : hi - start;
	if (start > hi)
		start = hi;
	if (first != NULL)
		*first = start - lo;
	*shown = show(t, rows, start, hi, q, to);
	free(some);
	return hi - lo;
}

struct mock_row *
table_any(struct mock_table *t, struct rng *r)
{
	size_t n;
	struct mock_row *const *rows = table_rows(t, &by_id, &n);

	return n == 0 ? NULL : rows[rng_next(r) % n];
}

void
table_lines(
    struct mock_table *t, const struct mock_order *o, int kind, struct buf *to)
{
	size_t n;
	struct mock_row *const *rows = table_rows(t, o, &n);

	for (size_t i = 0; i < n; i++) {
		table_text(t, rows[i], kind, to);
		buf_chr(to, '\n');
	}
}
