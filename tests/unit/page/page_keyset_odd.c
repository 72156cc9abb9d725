/* page by keyset: rows without a time, and far sides that do not obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keysetkit.h"

/* A walk that must fail: its message. */
static const char *
failure(struct page *p, struct feed *f)
{
	static struct why why;
	int rc;

	while ((rc = try_step(p, f, &why)) == 1)
		assert_true(f->calls < 200);
	assert_int_equal(rc, -1);
	assert_int_equal(why.status, EX_PROTOCOL);
	return why.msg;
}

static void
test_rows_without_a_time_come_too(void **state)
{
	static const int nulls[] = {0, 1, 9, 10, 11, 35};

	(void)state;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		for (int low = 0; low < 2; low++)
			for (int timed = 0; timed <= 25; timed += 5) {
				struct feed *f = feed(timed + nulls[i], 7);
				struct page *p = open_walk(PLAIN, NULL, 10);
				int n = 0;

				f->nulls_low = low != 0;
				for (int j = 0; j < nulls[i]; j++)
					f->at[j * 2 % f->n].no_time = true;
				for (int j = 0; j < f->n; j++)
					n += f->at[j].no_time;
				walk_through(p, f);
				all_there(f);
				if (low != 0 && n > 0 && n < 10 && n < f->n)
					assert_int_equal(f->rows, f->n);
				assert_true(f->calls <=
					    (timed + 2 * nulls[i]) / 10 + 5);
				page_free(p);
			}
}

/* A run since a position does not ask for them, nor one that may not. */
static void
test_rows_without_a_time_are_asked_for_once(void **state)
{
	struct feed *f = feed(25, 1);
	struct page *p = open_walk(PLAIN, NULL, 10);
	char *from = NULL;

	(void)state;
	f->at[3].no_time = true;
	walk_through(p, f);
	assert_memory_equal(f->asked, "At eq null and Id gt '", 22);
	keep(&from, p);
	page_free(p);
	p = open_walk(PLAIN, from, 10);
	assert_false(page_sum(p).full);
	walk_through(p, f);
	assert_null(strstr(f->asked, "null"));
	page_free(p);
	free(from);
}

static void
test_goes_on_among_rows_without_a_time(void **state)
{
	struct feed *f = feed(40, 1);
	char *from = NULL;

	(void)state;
	for (int i = 5; i < 40; i++)
		f->at[i].no_time = true;
	for (bool more = true; more;) {
		struct page *p = open_walk(PLAIN, from, 10);

		(void)step(p, f);
		keep(&from, p);
		more = !page_sum(p).over;
		page_free(p);
		assert_true(f->calls < 20);
	}
	all_there(f);
	free(from);
}

static void
test_ends_where_links_end(void **state)
{
	struct feed *f = feed(95, 1);
	struct page *p = open_walk(TIMED, NULL, 10);

	(void)state;
	f->links = true;
	walk_through(p, f);
	all_there(f);
	assert_int_equal(f->calls, 10);
	page_free(p);
	f = feed(3, 1);
	p = open_walk(TIMED, NULL, 10);
	f->links = true; /* one page: whether it links others is not known */
	walk_through(p, f);
	assert_int_equal(f->calls, 2);
	page_free(p);
}

static int
take(struct page *p, const char *body, struct why *why)
{
	struct buf text = BUF_INIT, path = BUF_INIT;
	int rc;

	assert_int_equal(page_ask(p, &path, why), 1);
	buf_str(&text, body);
	(void)buf_room(&text, JSON_PADDING);
	rc = page_take(p, text.at, text.len, why);
	buf_release(&text);
	buf_release(&path);
	return rc;
}

static void
test_a_server_that_shows_less_than_it_compares(void **state)
{
	struct feed *f = feed(0, 1);
	struct page *p = open_walk(TIMED, NULL, 10);

	(void)state;
	f->coarse = true;
	for (int i = 0; i < 40; i++)
		feed_add(f)->us = FEED_DAY + 2500000;
	assert_non_null(strstr(failure(p, f), "less precision"));
	assert_int_equal(f->calls, 2);
	page_free(p);
}

static void
test_a_server_that_does_not_obey(void **state)
{
	struct feed *f = feed(40, 1);
	struct page *p = open_walk(TIMED, NULL, 10);

	(void)state;
	f->deaf = true;
	assert_non_null(strstr(failure(p, f), "where one before it ended"));
	page_free(p);
	f = feed(40, 1);
	p = open_walk(TIMED, NULL, 10);
	assert_true(step(p, f));
	f->deaf = f->backwards = true;
	f->n = 5; /* the oldest come again */
	assert_non_null(strstr(failure(p, f), "does not obey"));
	page_free(p);
}

/* Rows that did not come before, but lie where nobody asked for them. */
static void
test_a_page_that_ends_before_where_it_begins(void **state)
{
	struct page *p = open_walk(TIMED, NULL, 1);
	struct why why = {0};

	(void)state;
	assert_int_equal(
	    take(p, "{\"value\":[{\"Id\":\"b\",\"At\":\"2026-01-05\"}]}", &why),
	    0);
	assert_int_equal(
	    take(p, "{\"value\":[{\"Id\":\"a\",\"At\":\"2026-01-03\"}]}", &why),
	    -1);
	assert_non_null(strstr(why.msg, "asked for rows behind At 2026-01-05"));
	page_free(p);
}

/* Keys that go round within one time. */
static void
test_a_circle_of_keys_ends(void **state)
{
	struct page *p = open_walk(TIMED, NULL, 1);
	struct why why = {0};
	int n = 0;

	(void)state;
	for (; n < 100; n++) {
		char body[100];

		snprintf(body, sizeof(body),
		    "{\"value\":[{\"Id\":\"%c\",\"At\":\"2026-01-01\"}]}",
		    'a' + n % 7);
		if (take(p, body, &why) == -1)
			break;
	}
	assert_in_range(n, 7, 40);
	assert_non_null(strstr(why.msg, "where one before it ended"));
	page_free(p);
}

static void
test_answers_that_cannot_be(void **state)
{
	static const struct {
		const char *body, *what;
	} cases[] = {{"{\"value\":[],\"@odata.nextLink\":\"/x\"}", "\"link\""},
	    {"{\"value\":[{\"At\":\"2026-01-01T00:00:00Z\"}]}", "has no Id"},
	    {"{\"value\":[{\"Id\":[],\"At\":\"2026-01-01T00:00:00Z\"}]}",
		"has no Id"},
	    {"{\"value\":[{\"Id\":\"\\ud800\",\"At\":\"2026-01-01\"}]}", "Id"},
	    {"{\"value\":[{\"Id\":\"k\",\"At\":\"now or never\"}]}",
		"not a time"},
	    {"{\"value\":[{\"Id\":\"k\",\"At\":{}}]}", "not a time"},
	    {"{\"value\":[{\"Id\":\"k\",\"At\":\"\"}]}", "not a time"},
	    {"{\"rows\":[]}", "no rows at"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page *p = open_walk(TIMED, NULL, 1);
		struct why why = {0};

		assert_int_equal(take(p, cases[i].body, &why), -1);
		assert_int_equal(why.status, EX_PROTOCOL);
		if (strstr(why.msg, cases[i].what) == NULL)
			fail_msg("%s: %s", cases[i].body, why.msg);
		page_free(p);
	}
}

/* Asked for what is later, given rows without a time: no way to go on. */
static void
test_rows_without_a_time_where_it_was_compared(void **state)
{
	static const char full[] =
	    "{\"value\":[{\"Id\":\"k\",\"At\":\"2026-01-01T00:00:00Z\"}]}";
	static const char null[] = "{\"value\":[{\"Id\":\"n\",\"At\":null}]}";
	struct page *p = open_walk(PLAIN, NULL, 1);
	struct why why = {0};

	(void)state;
	assert_int_equal(take(p, full, &why), 0);
	assert_int_equal(take(p, null, &why), -1);
	assert_non_null(strstr(why.msg, "without At"));
	page_free(p);
	p = open_walk(PLAIN, NULL, 1);
	assert_int_equal(take(p, full, &why), 0);
	assert_int_equal(take(p, "{\"value\":[]}", &why), 0);
	assert_int_equal(take(p, full, &why), -1);
	assert_non_null(strstr(why.msg, "got some with it"));
	page_free(p);
	p = open_walk(PLAIN, NULL, 1);
	assert_int_equal(take(p, full, &why), 0);
	assert_int_equal(take(p, "{\"value\":[]}", &why), 0);
	assert_int_equal(take(p, null, &why), 0);
	assert_int_equal(take(p, null, &why), -1);
	assert_non_null(strstr(why.msg, "again"));
	page_free(p);
}

static void
test_cursors_that_are_none(void **state)
{
	static const char *const bad[] = {"{\"time\":\"2026-01-01\"}",
	    "{\"key\":{},\"time\":\"2026\"}",
	    "{\"key\":\"k\",\"key\":\"k\",\"time\":\"2026\"}",
	    "{\"newest\":\"2026\",\"keys\":[\"k\"]}",
	    "{\"time\":\"2026\",\"key\":\"k\",\"keys\":[\"k\"]}", "[]", "{"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page_of of = {.account = "a", .from = bad[i]};
		struct why why = {0};

		assert_null(page_new(kits[TIMED], &of, &why));
		assert_int_equal(why.status, EX_USAGE);
	}
}

/* Stored by whomever, compared with by nobody: it begins where it can. */
static void
test_positions_that_are_none_heal(void **state)
{
	static const struct {
		const char *from, *asked;
	} cases[] = {{"{\"position\":\"a b\"}", NULL},
	    {"{\"position\":\"null\",\"key\":\"k\"}", NULL},
	    {"{\"key\":\"k\",\"time\":\"a b\"}", NULL},
	    {"{\"key\":\"k\",\"time\":\"2026' or\"}", NULL},
	    {"{\"key\":\"k\",\"time\":\"x\",\"stop\":\"2026-01-01T00:00:00Z\"}",
		"At ge 2025-12-31T23:40:00Z"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed *f = feed(3, 1);
		struct page *p = open_walk(TIMED, cases[i].from, 10);

		assert_true(page_sum(p).unfit);
		assert_true(step(p, f));
		if (cases[i].asked == NULL)
			assert_null(f->asked);
		else
			assert_string_equal(f->asked, cases[i].asked);
		page_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_without_a_time_come_too),
	    cmocka_unit_test(test_rows_without_a_time_are_asked_for_once),
	    cmocka_unit_test(test_goes_on_among_rows_without_a_time),
	    cmocka_unit_test(test_ends_where_links_end),
	    cmocka_unit_test(test_a_server_that_shows_less_than_it_compares),
	    cmocka_unit_test(test_a_server_that_does_not_obey),
	    cmocka_unit_test(test_a_page_that_ends_before_where_it_begins),
	    cmocka_unit_test(test_a_circle_of_keys_ends),
	    cmocka_unit_test(test_answers_that_cannot_be),
	    cmocka_unit_test(test_rows_without_a_time_where_it_was_compared),
	    cmocka_unit_test(test_cursors_that_are_none),
	    cmocka_unit_test(test_positions_that_are_none_heal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
