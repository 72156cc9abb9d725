/* mock_store: rows in order, pages behind a cursor, changes, filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/server/mock_store.h"

static const struct mock_order by_id = {-1, -1, false, false, false};
static const struct mock_order newest = {0, -1, true, false, true};

static void
render(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	++*(int *)ctx;
	buf_fmt(to, "%lld%s", (long long)row->id, kind == 1 ? "x" : "");
}

static struct mock_row *
put(struct mock_table *t, int64_t id, int64_t a, int64_t b)
{
	struct mock_row *row = row_new(id, NULL);

	row->v[0] = a;
	row->v[1] = b;
	table_put(t, row);
	return row;
}

/* The page as text; *count is what matches. */
static const char *
page(struct mock_table *t, const struct mock_query *q, uint64_t *count)
{
	static char text[256];
	struct buf b = BUF_INIT;
	uint64_t first, shown;

	*count = table_page(t, q, &b, &first, &shown);
	assert_true(b.len < sizeof(text));
	memcpy(text, b.len > 0 ? b.at : "", b.len);
	text[b.len] = '\0';
	buf_release(&b);
	return text;
}

static void
pages_follow_order_and_changes(void **state)
{
	int renders = 0;
	struct mock_table *t = table_new("t", render, &renders);
	struct mock_query q = {.order = newest, .limit = 3};
	struct mock_row *row;
	uint64_t n;

	(void)state;
	for (int64_t i = 1; i <= 6; i++)
		put(t, i, 100 + i / 2, 0);
	assert_string_equal(page(t, &q, &n), "6,5,4");
	assert_int_equal(n, 6);
	q.offset = 4;
	assert_string_equal(page(t, &q, &n), "2,1");
	q.offset = 9;
	assert_string_equal(page(t, &q, &n), "");
	assert_int_equal(n, 6);
	row = table_find(t, 2);
	table_take(t, row);
	row->v[0] = 200;
	table_put(t, row);
	q.offset = 0;
	assert_string_equal(page(t, &q, &n), "2,6,5");
	q.order = by_id;
	assert_string_equal(page(t, &q, &n), "1,2,3");
	table_free(t);
}

static void
a_cursor_goes_on_behind_its_row(void **state)
{
	int renders = 0;
	struct mock_table *t = table_new("t", render, &renders);
	struct mock_query q = {.order = newest,
	    .limit = 2,
	    .after = true,
	    .after_id = 3,
	    .offset = 99};
	uint64_t n;

	(void)state;
	for (int64_t i = 1; i <= 5; i++)
		put(t, i, i, 0);
	assert_string_equal(page(t, &q, &n), "2,1");
	assert_int_equal(n, 5);
	table_delete(t, table_find(t, 3));
	assert_null(table_find(t, 3));
	assert_string_equal(page(t, &q, &n), "2,1");
	assert_int_equal(n, 4);
	q.gone_is_end = true;
	assert_string_equal(page(t, &q, &n), "");
	q.after_id = 77;
	assert_string_equal(page(t, &q, &n), "");
	table_free(t);
}

static void
groups_and_filters_are_counted(void **state)
{
	int renders = 0;
	struct mock_table *t = table_new("t", render, &renders);
	int64_t set[] = {1, 2};
	struct mock_filter f = {.op = FILTER_GE, .value = 1, .a = 3};
	struct mock_query q = {.order = {0, 1, false, true, true},
	    .limit = 2,
	    .grouped = true,
	    .group = 2};
	uint64_t n;

	(void)state;
	for (int64_t i = 0; i < 12; i++)
		put(t, i, i % 3, i / 2);
	assert_string_equal(page(t, &q, &n), "11,8");
	assert_int_equal(n, 4);
	q.filters = &f;
	q.n_filters = 1;
	assert_string_equal(page(t, &q, &n), "11,8");
	assert_int_equal(n, 2);
	q.group = 7;
	assert_string_equal(page(t, &q, &n), "");
	assert_int_equal(n, 0);
	f = (struct mock_filter){
	    .op = FILTER_IN, .value = 0, .set = set, .n = 2};
	q.grouped = false;
	q.order = by_id;
	q.offset = 3;
	assert_string_equal(page(t, &q, &n), "5,7");
	assert_int_equal(n, 8);
	table_find(t, 1)->v[0] = NO_VALUE; /* not in an order that is used */
	f = (struct mock_filter){.op = FILTER_LE, .value = 0, .a = 9};
	page(t, &q, &n);
	assert_int_equal(n, 11);
	table_find(t, 1)->v[0] = 1;
	table_free(t);
}

static void
text_is_kept_until_a_change(void **state)
{
	int renders = 0;
	struct mock_table *t = table_new("t", render, &renders);
	struct mock_row *row = put(t, 1, 0, 0);
	struct buf b = BUF_INIT;

	(void)state;
	table_text(t, row, 0, &b);
	table_text(t, row, 0, &b);
	assert_int_equal(renders, 1);
	table_text(t, row, 1, &b);
	table_text(t, row, 1, &b);
	assert_int_equal(renders, 3);
	assert_string_equal(b.at, "111x1x");
	table_take(t, row);
	table_put(t, row);
	row->fresh = true;
	table_text(t, row, 0, &b);
	table_text(t, row, 0, &b);
	assert_int_equal(renders, 5);
	buf_release(&b);
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pages_follow_order_and_changes),
	    cmocka_unit_test(a_cursor_goes_on_behind_its_row),
	    cmocka_unit_test(groups_and_filters_are_counted),
	    cmocka_unit_test(text_is_kept_until_a_change),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
