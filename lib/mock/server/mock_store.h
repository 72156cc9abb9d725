/*
 * mock_store -- tables of rows in memory, with orders and filters.
 *
 * A row has an id, numbers to sort and filter by, and its JSON text, made
 * when it is first read and kept. The table owns its rows and the orders
 * made so far, which follow each change. Numbers of a row may only be
 * changed between table_take and table_put. A deleted row stays known, so
 * that a cursor that names it still has its place.
 */
#ifndef HA_MOCK_STORE_H
#define HA_MOCK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "mock/server/mock_gen.h"

#define ROW_VALUES 12
#define NO_VALUE INT64_MIN /* null: no filter but FILTER_ANY passes it */

struct mock_row {
	int64_t id;
	int64_t v[ROW_VALUES];
	void *fact; /* whatever the text is made from; not owned */
	char *text; /* owned; NULL: to be made */
	uint32_t len;
	bool fresh; /* comes out different on each read: never kept */
	bool gone;  /* deleted */
};

struct mock_table;

/* Adds the row's JSON. kind 0 is the usual form and the one that is kept. */
typedef void render_fn(
    void *ctx, const struct mock_row *row, int kind, struct buf *to);

struct mock_table *table_new(const char *name, render_fn *render, void *ctx);
void table_free(struct mock_table *t); /* NULL is fine */
const char *table_name(const struct mock_table *t);
size_t table_count(const struct mock_table *t);

/* A new row, all values NO_VALUE, in no table yet: fill it, put it. */
struct mock_row *row_new(int64_t id, void *fact);
void table_put(struct mock_table *t, struct mock_row *row);
void row_free(struct mock_row *row); /* one that is in no table */
/* Out of the orders, its text forgotten; table_put puts it back. */
void table_take(struct mock_table *t, struct mock_row *row);
void table_delete(struct mock_table *t, struct mock_row *row);
struct mock_row *table_find(
    struct mock_table *t, int64_t id); /* NULL: none, gone */
/* Adds the row's JSON in that form. */
void table_text(
    struct mock_table *t, struct mock_row *row, int kind, struct buf *to);

/* An order: up to two values, then the id. by < 0: that step is left out. */
struct mock_order {
	int by, then;
	bool by_desc, then_desc, id_desc;
};

enum filter_op { FILTER_EQ, FILTER_GE, FILTER_LE, FILTER_IN, FILTER_CALL };

struct mock_filter {
	enum filter_op op;
	int value; /* which number of the row */
	int64_t a;
	const int64_t *set; /* FILTER_IN: n of them, borrowed */
	size_t n;
	bool (*call)(
	    const void *ctx, const struct mock_row *row, const char *arg);
	const void *ctx;
	const char *arg;
};

struct mock_query {
	struct mock_order order;
	bool grouped; /* only rows whose order.by is `group`: cheap */
	int64_t group;
	const struct mock_filter *filters;
	size_t n_filters;
	bool after; /* start behind after_id, offset is not looked at */
	int64_t after_id;
	bool gone_is_end; /* nothing is behind a deleted row */
	uint64_t offset;
	uint64_t limit;
	int kind;      /* form of the rows */
	int64_t *last; /* the id of the last row shown goes there, or NULL */
};

/*
 * Adds the page's rows to *to, with commas between. The return is the number
 * of rows that match, on whichever page; *first (may be NULL) is the number
 * of matching rows before the page, *shown how many were added.
 */
uint64_t table_page(struct mock_table *t, const struct mock_query *q,
    struct buf *to, uint64_t *first, uint64_t *shown);
/* One of the rows; NULL: there is none. */
struct mock_row *table_any(struct mock_table *t, struct rng *r);
/* Adds all rows in an order, in that form, a line each. */
void table_lines(
    struct mock_table *t, const struct mock_order *o, int kind, struct buf *to);
/* The rows in an order, for reading all: borrowed until a change. */
struct mock_row *const *table_rows(
    struct mock_table *t, const struct mock_order *o, size_t *n);

#endif
