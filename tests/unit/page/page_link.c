/* page: lists whose answers name the next page, whatever these do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "linkkit.h"

/* With a count nothing is asked twice; without one, the top is. */
static void
test_calls_are_few(void **state)
{
	static const struct {
		int kind, rows;
		bool counts;
		int calls;
	} cases[] = {{LINKED, 0, true, 1}, {LINKED, 7, true, 1},
	    {LINKED, 100, true, 1}, {LINKED, 101, true, 2},
	    {LINKED, 1000, true, 10}, {LINKED, 100, false, 1},
	    {LINKED, 1000, false, 11}, {CURSORS, 1000, true, 10},
	    {CURSORS, 0, false, 1}, {CURSORS, 100, false, 1},
	    {CURSORS, 250, false, 4}, {WALKS, 1000, false, 11},
	    {CURSOR_WALKS, 1000, true, 10}, {BARE, 1000, true, 10}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct linked *s = linked(cases[i].rows, 1);
		struct page *p = open_walk(cases[i].kind, NULL, 100);
		struct page_sum sum;

		s->list.counts = cases[i].counts;
		sum = walk_through(p, s, 0);
		if (s->calls != cases[i].calls)
			fail_msg("%s of %d: %d calls", kit_name(cases[i].kind),
			    cases[i].rows, s->calls);
		assert_true(sum.over && sum.complete && sum.full);
		assert_int_equal(sum.distinct, cases[i].rows);
		assert_int_equal(sum.moved, 0);
		assert_int_equal(missing(s), 0);
		page_free(p);
	}
}

/* What comes back re-coded goes out as we wrote it, and without a token. */
static void
test_a_link_is_asked_for_as_it_is_meant(void **state)
{
	struct linked *s = linked(30, 1);
	struct page *p = open_walk(LINKED, NULL, 10);

	(void)state;
	assert_true(step(p, s));
	assert_string_equal(
	    s->last, "/l?$filter=A%20eq%20'x%2By%20z'&limit=10&$count=true");
	s->skips = true;
	assert_true(step(p, s));
	assert_string_equal(s->last,
	    "/l?$filter=A%20eq%20'x%2By%20z'&limit=10&h=1&after=59377");
	assert_true(step(p, s));
	assert_string_equal(
	    s->last, "/l?$filter=A%20eq%20'x%2By%20z'&limit=10&h=2&%24skip=20");
	/* a page that was too heavy is asked for in halves */
	page_free(p);
	p = open_walk(LINKED, NULL, 0);
	s = linked(300, 1);
	assert_true(step(p, s));
	assert_true(page_smaller(p));
	assert_true(step(p, s));
	assert_non_null(strstr(s->last, "&limit=50&"));
	assert_true(walk_through(p, s, 0).complete);
	assert_int_equal(missing(s), 0);
	page_free(p);
}

/* A page without rows is not the end, and one with fewer is not either. */
static void
test_only_a_missing_link_is_the_end(void **state)
{
	(void)state;
	for (int kind = 0; kind < BARE; kind++)
		for (int hollow = 2; hollow < 5; hollow++) {
			struct linked *s = linked(95, 1);
			struct page *p = open_walk(kind, NULL, 10);
			struct page_sum sum;

			s->hollow = hollow;
			s->skips = kind != CURSORS && kind != CURSOR_WALKS;
			sum = walk_through(p, s, 0);
			if (!sum.complete || sum.distinct != 95)
				fail_msg("%s, each %d: %d calls, %s",
				    kit_name(kind), hollow, s->calls, sum.why);
			page_free(p);
		}
}

/* Takes one answer of our own making; the status of its failure. */
static int
take(struct page *p, const char *text)
{
	static struct buf body, path;
	struct why why = {0};

	assert_int_equal(page_ask(p, &path, &why), 1);
	buf_clear(&body);
	buf_str(&body, text);
	(void)buf_room(&body, JSON_PADDING);
	if (page_take(p, body.at, body.len, &why) == 0)
		return 0;
	assert_null(strstr(why.msg, SECRET));
	return why.status;
}

static void
test_links_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
	    "{\"data\":[],\"paging\":{\"next\":7}}",
	    "{\"data\":[],\"paging\":{\"next\":{}}}",
	    "{\"data\":[],\"paging\":{\"next\":\"https://evil.example/l?"
	    "access_token=" SECRET "\"}}",
	    "{\"data\":[],\"paging\":{\"next\":\"http://api.example.com:8080/"
	    "l\""
	    "}}",
	    "{\"data\":[],\"paging\":{\"next\":\"" BASE "/l?$count=true&"
	    "$filter=A%20eq%20%27x%2By+z%27&limit=100\"}}"};
	static const char *const good[] = {"{\"data\":[]}",
	    "{\"data\":[],\"paging\":{\"next\":null}}",
	    "{\"data\":[],\"paging\":{\"next\":false}}",
	    "{\"data\":[],\"paging\":{\"next\":\"\"}}",
	    ("{\"data\":[],\"paging\":{\"next\":"
	     "\"https://pages.example.net/2\"}}")};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page *p = open_walk(BARE, NULL, 0);
		int want =
		    i + 1 < sizeof(bad) / sizeof(bad[0]) ? EX_PROTOCOL : 0;

		assert_int_equal(take(p, bad[i]), want);
		page_free(p);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct page *p = open_walk(LINKED, NULL, 0);

		assert_int_equal(take(p, good[i]), 0);
		assert_int_equal(page_sum(p).over, i < 4);
		page_free(p);
	}
	struct page *p = open_walk(CURSORS, NULL, 0);

	assert_int_equal(
	    take(p, "{\"data\":[],\"paging\":{\"next\":\"/x\"}}"), EX_PROTOCOL);
	page_free(p);
}

/* The list is static: whoever is led in a circle is told so, in time. */
static int
circle_of(int kind, int length)
{
	struct buf body = BUF_INIT;
	struct page *p = open_walk(kind, NULL, 10);
	int status = 0, asked = 0;

	for (; status == 0 && asked < 9000; asked++) {
		int at = asked <= length ? asked : (asked - 1) % length + 1;

		if (page_sum(p).over) {
			status = page_sum(p).impossible ? EX_PROTOCOL : 0;
			break;
		}
		buf_clear(&body);
		buf_fmt(&body,
		    "{\"data\":[{\"id\":%d,\"updatedOn\":\"2026-01-01\"}],"
		    "\"paging\":{\"next\":\"/c?n=%d\",\"cursors\":{\"after\":"
		    "\"k%d\"}}}",
		    at, at % length + 1, at % length + 1);
		status = take(p, body.at);
	}
	buf_release(&body);
	page_free(p);
	if (status != EX_PROTOCOL)
		fail_msg("%s, %d: %d after %d", kit_name(kind), length, status,
		    asked);
	return asked;
}

static void
test_circles_are_seen(void **state)
{
	(void)state;
	assert_in_range(circle_of(LINKED, 1), 1, 3);
	assert_in_range(circle_of(CURSORS, 1), 1, 3);
	assert_in_range(circle_of(LINKED, 2), 2, 8);
	assert_in_range(circle_of(CURSORS, 3), 3, 10);
	assert_in_range(circle_of(WALKS, 200), 200, 410);
	assert_in_range(circle_of(LINKED, 700), 700, 1410);
	assert_in_range(circle_of(LINKED, 1500), 1500, 7200);
}

static void
test_lists_that_move_lose_nothing(void **state)
{
	static const int kinds[] = {CURSORS, WALKS, CURSOR_WALKS};
	int done = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 900; seed++) {
		struct linked *s = linked(20 + (int)seed % 200, seed);
		struct page *p = open_walk(kinds[seed % 3], NULL, 10);
		struct page_sum sum;
		int lost;

		s->dies = seed % 2 == 0;
		s->list.counts = seed % 5 == 0;
		sum = walk_through(p, s, 4);
		/* a walk by cursors leaves what moved to the next one */
		lost = kinds[seed % 3] == CURSOR_WALKS ? missing_old(s)
						       : missing(s);
		if (sum.complete && lost > 0)
			fail_msg("seed %u: %d rows are missing", seed, lost);
		done += sum.complete;
		page_free(p);
	}
	assert_true(done > 700);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_calls_are_few),
	    cmocka_unit_test(test_a_link_is_asked_for_as_it_is_meant),
	    cmocka_unit_test(test_only_a_missing_link_is_the_end),
	    cmocka_unit_test(test_links_that_are_none_are_refused),
	    cmocka_unit_test(test_circles_are_seen),
	    cmocka_unit_test(test_lists_that_move_lose_nothing),
	};

	return cmocka_run_group_tests(tests, setup, kits_close);
}
