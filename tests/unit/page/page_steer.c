/* page: what steers comes from outside, too: positions, counts, pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pagekit.h"

#define NOW_MS INT64_C(1772323200000) /* 2026-03-01 */

/* One answer by the far side's clock of NOW_MS; its status. */
static int
take(struct page *p, const char *text)
{
	static struct buf body, path;
	struct why why = {0};

	assert_int_equal(page_ask(p, &path, &why), 1);
	buf_clear(&body);
	buf_str(&body, text);
	(void)buf_room(&body, JSON_PADDING);
	page_clock(p, NOW_MS);
	return page_take(p, body.at, body.len, &why) == 0 ? 0 : why.status;
}

/* A value among good ones decides neither the position nor the order. */
static void
test_no_value_decides_for_the_others(void **state)
{
	static const char *const odd[] = {"\"n/a\"", "null", "false", "[]",
	    "{}", "\"null\"", "0", "1e400", "\"inf\"", "\"\"", "1772323200",
	    "\"2027-01-01 00:00:00\"", "\"9999-12-31T23:59:59Z\"",
	    "\"2026-02-30 00:00:00\"", "\"2026-03-01 00:05:01\"", "\"zzz\""};
	static const int kinds[] = {OFFSETS, WALKS, WALKS_BY_OFFSET};
	struct buf body = BUF_INIT;

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
			for (int at = 0; at < 3; at++) {
				struct page *p = open_walk(kinds[k], NULL, 10);

				buf_clear(&body);
				buf_str(&body, "{\"result\":[");
				for (int n = 0; n < 3; n++)
					buf_fmt(&body,
					    "%s{\"id\":%d,\"updatedOn\":%s}",
					    n > 0 ? "," : "", n,
					    n == at ? odd[i]
						    : "\"2026-02-01\"");
				buf_str(&body, "],\"count\":3}");
				assert_int_equal(take(p, body.at), 0);
				assert_int_equal(page_rows(p), 3);
				assert_true(page_sum(p).complete);
				if (strcmp(page_cursor(p)->at,
					"{\"position\":\"2026-02-01\"}") != 0)
					fail_msg("%s, %s: %s",
					    kit_name(kinds[k]), odd[i],
					    page_cursor(p)->at);
				page_free(p);
			}
	buf_release(&body);
}

/* A column says what a position is: there a number is none. */
static void
test_a_number_is_no_time(void **state)
{
	struct page *p = open_walk(WALKS, NULL, 10);

	(void)state;
	assert_int_equal(take(p, "{\"result\":[{\"id\":1,\"updatedOn\":17},"
				 "{\"id\":2,\"updatedOn\":16}],\"count\":2}"),
	    0);
	assert_int_equal(page_rows(p), 2);
	assert_int_equal(page_cursor(p)->len, 0);
	page_free(p);
}

/* What differs by a little is what clocks differ by. */
static void
test_a_little_ahead_is_not_the_future(void **state)
{
	struct page *p = open_walk(WALKS, NULL, 10);

	(void)state;
	assert_int_equal(take(p, "{\"result\":[{\"id\":1,\"updatedOn\":"
				 "\"2026-03-01 00:04:59\"}],\"count\":1}"),
	    0);
	assert_string_equal(
	    page_cursor(p)->at, "{\"position\":\"2026-03-01 00:04:59\"}");
	assert_int_equal(page_sum(p).late, 0);
	page_free(p);
}

/* A row of the future does not hide one that was corrected. */
static void
test_a_corrected_row_comes_too(void **state)
{
	struct page *p = open_walk(WALKS, NULL, 10);

	(void)state;
	assert_int_equal(
	    take(p, "{\"result\":["
		    "{\"id\":1,\"updatedOn\":\"2027-01-01 00:00:00\"},"
		    "{\"id\":1,\"updatedOn\":\"2026-02-01 00:00:00\"}]}"),
	    0);
	assert_int_equal(page_rows(p), 2);
	assert_int_equal(page_sum(p).late, 1);
	page_free(p);
}

/* Positions that were stored: by the far side's clock, not by ours. */
static void
test_a_position_of_the_future_begins_again(void **state)
{
	static const char *const from[] = {
	    "{\"position\":\"2026-03-01 00:06:00\"}",
	    "{\"newest\":\"2027-01-01\",\"keys\":[\"7\"]}",
	    "{\"stop\":\"2027-01-01\",\"keys\":[\"7\"]}"};

	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct page *p = open_walk(WALKS, from[i], 10);

		assert_int_equal(take(p, "{\"result\":[{\"id\":1}]}"), 0);
		assert_int_equal(page_rows(p), 0);
		assert_true(page_sum(p).over);
		assert_string_equal(page_sum(p).why, "future");
		page_free(p);
	}
	struct page *p =
	    open_walk(WALKS, "{\"position\":\"2026-03-01 00:04:00\"}", 10);

	assert_int_equal(take(p, "{\"result\":[{\"id\":1}],\"count\":1}"), 0);
	assert_true(page_sum(p).complete);
	page_free(p);
}

static void
test_a_position_that_is_none_is_none(void **state)
{
	static const char *const from[] = {"{\"position\":\"n/a\"}",
	    "{\"position\":\"null\"}", "{\"position\":\"{}\"}",
	    "{\"newest\":\"n/a\",\"offset\":9,\"keys\":[\"7\"]}"};

	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct page *p = open_walk(WALKS_BY_OFFSET, from[i], 10);

		assert_true(page_sum(p).unfit);
		assert_int_equal(
		    take(p, "{\"result\":[{\"id\":1,\"updatedOn\":"
			    "\"2026-01-01 00:00:00\"}],\"count\":1}"),
		    0);
		assert_int_equal(page_rows(p), 1);
		assert_true(page_sum(p).complete);
		assert_string_equal(page_cursor(p)->at,
		    "{\"position\":\"2026-01-01 00:00:00\"}");
		page_free(p);
	}
}

/* Rows `from` to `to`; their count as it is stated, -1: none. */
static void
rows(struct buf *body, int from, int to, int count)
{
	buf_clear(body);
	buf_str(body, "{\"result\":[");
	for (int i = from; i < to; i++)
		buf_fmt(body, "%s{\"id\":%d}", i > from ? "," : "", i);
	buf_chr(body, ']');
	if (count != -1)
		buf_fmt(body, ",\"count\":%d", count);
	buf_chr(body, '}');
}

static long
number_in(const char *path, const char *name)
{
	const char *at = strstr(path, name);

	return at == NULL ? -1 : strtol(at + strlen(name), NULL, 10);
}

/* Rows 0 to 5 are newer than 2026-02-01, those behind older; `odd` says so. */
static void
old_rows(struct buf *body, int from, int odd)
{
	buf_clear(body);
	buf_str(body, "{\"result\":[");
	for (int i = from; i < from + 3 && i < 12; i++)
		buf_fmt(body,
		    "%s{\"id\":%d,\"updatedOn\":\"%d-02-%d 00:00:00\"}",
		    i > from ? "," : "", i,
		    i == odd ? 1997
		    : i < 6  ? 2026
			     : 2025,
		    25 - i);
	buf_str(body, "],\"count\":12}");
	(void)buf_room(body, JSON_PADDING);
}

/* One row that says to be old, among newer ones: it comes, and so do they. */
static void
test_an_old_time_ends_no_walk(void **state)
{
	static const int kinds[] = {WALKS, WALKS_BY_OFFSET};
	struct buf body = BUF_INIT, path = BUF_INIT;
	struct why why;

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (int odd = 0; odd < 6; odd++) {
			struct page *p = open_walk(kinds[k],
			    "{\"position\":\"2026-02-01 00:00:00\"}", 3);
			size_t came = 0;

			while (page_ask(p, &path, &why) == 1) {
				long after = number_in(path.at, "afterId=");
				long offset = number_in(path.at, "offset=");

				old_rows(&body,
				    after != -1	   ? (int)after + 1
				    : offset != -1 ? (int)offset
						   : 0,
				    odd);
				assert_int_equal(
				    page_take(p, body.at, body.len, &why), 0);
				came += page_rows(p);
				assert_true(page_sum(p).pages < 6);
			}
			assert_true(page_sum(p).complete);
			/* one of those behind may, at the end of a page */
			if (came < 6 || came > 7)
				fail_msg("%s, %d: %zu rows", kit_name(kinds[k]),
				    odd, came);
			page_free(p);
		}
	buf_release(&body);
	buf_release(&path);
}

/* A count that is too small, of the page alone, or that grows. */
static void
test_a_count_ends_no_full_page(void **state)
{
	(void)state;
	for (int total = 1; total < 30; total++)
		for (int lie = 0; lie < 4; lie++)
			for (int cap = 2; cap <= 3; cap++) {
				struct page *p = open_walk(OFFSETS, NULL, 3);
				struct buf path = BUF_INIT, body = BUF_INIT;
				struct why why;
				int calls = 0;

				while (page_ask(p, &path, &why) == 1) {
					int from =
					    (int)number_in(path.at, "offset=");
					int to = from + cap < total ? from + cap
								    : total;
					int n = to > from ? to - from : 0;
					const int counts[] = {
					    total < 5 ? total : 5, n, from + n,
					    -1};

					assert_true(calls++ < 200);
					rows(&body, from, to, counts[lie]);
					(void)buf_room(&body, JSON_PADDING);
					assert_int_equal(page_take(p, body.at,
							     body.len, &why),
					    0);
				}
				/* one answer, short, that states as many */
				if (page_sum(p).complete && cap == 3)
					assert_int_equal(
					    page_sum(p).distinct, total);
				page_free(p);
				buf_release(&path);
				buf_release(&body);
			}
}

/* What a second leg reads may have changed since the first: it moves nothing.
 */
static void
test_a_resumed_list_keeps_its_position(void **state)
{
	struct page *p = open_walk(OFFSETS,
	    "{\"newest\":\"2026-01-05\",\"offset\":1,\"seen\":2,"
	    "\"keys\":[\"1\"]}",
	    10);

	(void)state;
	assert_int_equal(
	    take(p, "{\"result\":[{\"id\":1,\"updatedOn\":\"2026-01-05\"},"
		    "{\"id\":2,\"updatedOn\":\"2026-02-01\"}],\"count\":3}"),
	    0);
	assert_true(page_sum(p).over);
	assert_string_equal(
	    page_cursor(p)->at, "{\"position\":\"2026-01-05\"}");
	page_free(p);
}

/* Nor a page that is short for a reason of its own, once it was untrue. */
static void
test_a_count_that_was_too_small_is_over(void **state)
{
	struct page *p = open_walk(OFFSETS, NULL, 3);
	struct buf path = BUF_INIT, body = BUF_INIT;
	struct why why;
	int calls = 0;

	(void)state;
	while (page_ask(p, &path, &why) == 1) {
		int from = (int)number_in(path.at, "offset=");
		int to = from + (++calls % 3 == 0 ? 2 : 3);

		assert_true(calls < 50);
		rows(&body, from, to < 20 ? to : 20, 5);
		(void)buf_room(&body, JSON_PADDING);
		assert_int_equal(page_take(p, body.at, body.len, &why), 0);
	}
	assert_int_equal(page_sum(p).distinct, 20);
	page_free(p);
	buf_release(&path);
	buf_release(&body);
}

/* The same rows, whatever is asked for: said soon, and as what it is. */
static void
test_what_is_ignored_ends_soon(void **state)
{
	(void)state;
	for (int kind = OFFSETS; kind <= WALKS_BY_OFFSET; kind++)
		for (int size = 1; size < 12; size++) {
			struct page *p = open_walk(kind, NULL, size);
			struct buf path = BUF_INIT, body = BUF_INIT;
			struct why why;
			int calls = 0;

			rows(&body, 0, size, 50);
			(void)buf_room(&body, JSON_PADDING);
			while (page_ask(p, &path, &why) == 1) {
				assert_true(calls++ < 10);
				assert_int_equal(
				    page_take(p, body.at, body.len, &why), 0);
			}
			assert_false(page_sum(p).complete);
			if (!page_sum(p).impossible)
				fail_msg("%s of %d: %s", kit_name(kind), size,
				    page_sum(p).why);
			page_free(p);
			buf_release(&path);
			buf_release(&body);
		}
}

static void
test_what_stands_where_rows_should(void **state)
{
	static const struct {
		const char *body;
		int rows; /* -1: EX_PROTOCOL */
	} cases[] = {{"{\"result\":null}", 0}, {"{\"result\":{}}", 0},
	    {"{\"result\":{\"0\":{\"id\":1},\"2\":{\n\"id\":3}}}", 2},
	    {"{\"result\":{\"0\":{\"id\":1},\"a\":{\"id\":3}}}", -1},
	    {"{\"result\":{\"0\":7}}", -1}, {"{\"result\":{\"id\":1}}", -1},
	    {"{\"result\":false}", -1}, {"{}", -1},
	    {"{\"result\":[{\"id\":1}],\"result\":[{\"id\":2}]}", -1},
	    {"{\"result\":[{\"id\":1}],\"result\":null}", -1},
	    {"{\"result\":{},\"result\":[{\"id\":1}]}", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page *p = open_walk(OFFSETS, NULL, 10);
		int status = take(p, cases[i].body);

		if (status != (cases[i].rows == -1 ? EX_PROTOCOL : 0))
			fail_msg("%s: %d", cases[i].body, status);
		if (status == 0)
			assert_int_equal(page_rows(p), cases[i].rows);
		page_free(p);
	}
}

/* However large it is: an error is no page without rows. */
static void
test_an_error_is_no_page(void **state)
{
	struct buf body = BUF_INIT;

	(void)state;
	buf_str(&body, "{\"result\":[],\"status\":\"fail\",\"message\":\"");
	while (body.len < 2 << 20)
		buf_str(&body, "................................");
	buf_str(&body, "\"}");
	for (int kind = OFFSETS; kind <= NONES; kind++) {
		struct page *p = open_walk(kind, NULL, 10);

		assert_int_equal(take(p, body.at), EX_UNAVAILABLE);
		page_free(p);
	}
	buf_release(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_value_decides_for_the_others),
	    cmocka_unit_test(test_a_number_is_no_time),
	    cmocka_unit_test(test_a_little_ahead_is_not_the_future),
	    cmocka_unit_test(test_a_corrected_row_comes_too),
	    cmocka_unit_test(test_a_position_of_the_future_begins_again),
	    cmocka_unit_test(test_a_position_that_is_none_is_none),
	    cmocka_unit_test(test_an_old_time_ends_no_walk),
	    cmocka_unit_test(test_a_resumed_list_keeps_its_position),
	    cmocka_unit_test(test_a_count_ends_no_full_page),
	    cmocka_unit_test(test_a_count_that_was_too_small_is_over),
	    cmocka_unit_test(test_what_is_ignored_ends_soon),
	    cmocka_unit_test(test_what_stands_where_rows_should),
	    cmocka_unit_test(test_an_error_is_no_page),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
