/* page: what runs over linked lists leave for the next, and where they stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "linkkit.h"

static char *
cursor_of(const struct page *p)
{
	char *text = strdup(page_cursor(p)->len > 0 ? page_cursor(p)->at : "");

	assert_non_null(text);
	return text;
}

/* Rows whose last version never came. */
static int
behind(const struct linked *s)
{
	int n = 0;

	for (int i = 0; i < s->list.n; i++) {
		const struct thing *t = &s->list.at[s->list.list[i]];

		n += t->got_rev < t->rev;
	}
	return n;
}

/* Threads that jump to the top while we walk belong to the next run. */
static void
test_the_position_is_that_of_the_first_page(void **state)
{
	(void)state;
	for (int kind = WALKS; kind <= CURSOR_WALKS; kind++) {
		struct linked *s = linked(95, 1);
		struct page *p = open_walk(kind, NULL, 10);
		char newest[64], want[96], *cursor;

		moving_time(s->list.clock, newest, sizeof(newest));
		assert_true(step(p, s));
		for (int i = 0; i < 5; i++)
			moving_touch(&s->list, 40);
		assert_true(walk_through(p, s, 0).complete);
		snprintf(want, sizeof(want), "{\"position\":\"%s\"}", newest);
		assert_string_equal(page_cursor(p)->at, want);
		cursor = cursor_of(p);
		page_free(p);
		/* the next one: two pages hold what is newer, less the overlap
		 */
		s->calls = 0;
		s->again = true;
		p = open_walk(kind, cursor, 10);
		assert_true(walk_through(p, s, 0).complete);
		assert_false(page_sum(p).full);
		assert_int_equal(behind(s), 0);
		assert_int_equal(s->calls, 2);
		page_free(p);
		free(cursor);
	}
}

static void
test_runs_one_after_another_miss_no_version(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 300; seed++) {
		struct linked *s = linked(50 + (int)seed % 100, seed);
		char *cursor = strdup("");
		int kind = seed % 2 == 0 ? WALKS : CURSOR_WALKS;

		s->dies = seed % 3 == 0;
		for (int run = 0; run < 6; run++) {
			struct page *p = open_walk(kind, cursor, 10);
			struct page_sum sum =
			    walk_through(p, s, run < 5 ? 3 : 0);

			if (sum.complete) {
				free(cursor);
				cursor = cursor_of(p);
			}
			page_free(p);
			if (run == 5 && behind(s) > 0)
				fail_msg(
				    "seed %u: %d are behind", seed, behind(s));
			moving_stir(&s->list, run < 4 ? 5 : 0);
			s->again = true;
		}
		free(cursor);
	}
}

static time_t clock_s;

static time_t
our_clock(time_t *t)
{
	if (t != NULL)
		*t = clock_s;
	return clock_s;
}

static int64_t
our_steady(void)
{
	return (clock_s - 1000000000) * 1000;
}

static struct page *
open_at(int kind, const char *from)
{
	struct page_of of = {.account = "1",
	    .from = from,
	    .size = 10,
	    .now = our_clock,
	    .steady = our_steady};
	struct why why = {0};
	struct page *p = page_new(kits[kind], &of, &why);

	if (p == NULL)
		fail_msg("%s", why.msg);
	return p;
}

/* A list of any order: back by what the run took, and by the overlap. */
static void
test_a_list_is_asked_since_its_position(void **state)
{
	struct linked *s = linked(30, 1);
	struct page *p;
	char *cursor;

	(void)state;
	clock_s = 1790000000;
	p = open_at(KEPT, NULL);
	assert_true(step(p, s));
	clock_s += 39;
	assert_true(walk_through(p, s, 0).complete);
	assert_string_equal(page_cursor(p)->at,
	    "{\"position\":\"2026-01-01 00:00:30\",\"took\":40}");
	cursor = cursor_of(p);
	page_free(p);
	s->again = true;
	p = open_at(KEPT, cursor);
	assert_true(step(p, s));
	assert_string_equal(
	    s->last, "/k?$filter=At%20ge%202025-12-31T23%3A59%3A40&limit=10");
	assert_false(page_sum(p).full);
	page_free(p);
	p = open_at(LINKED, "{\"position\":\"2026-01-01T00:00:30.5Z\"}");
	assert_true(step(p, s));
	assert_string_equal(s->last, "/l?$filter=At%20ge%202026-01-01T00%3A00%"
				     "3A30.5Z&limit=10&$count=true");
	page_free(p);
	free(cursor);
}

/* Links die: what is not said to live is never written down. */
static void
test_only_links_that_live_are_kept(void **state)
{
	(void)state;
	for (int kind = 0; kind < KITS; kind++) {
		struct linked *s = linked(95, 1);
		struct page *p = open_walk(kind, NULL, 10);

		while (!page_sum(p).over && step(p, s))
			if (!page_sum(p).over)
				assert_int_equal(
				    page_cursor(p)->len > 0, kind == KEPT);
		assert_non_null(strstr(page_cursor(p)->at, "position"));
		page_free(p);
	}
}

static void
test_a_walk_goes_on_from_a_link(void **state)
{
	(void)state;
	for (int stop = 1; stop < 10; stop++) {
		struct linked *s = linked(95, 1);
		struct page *p = open_walk(KEPT, NULL, 10);
		char *cursor;

		for (int i = 0; i < stop; i++)
			assert_true(step(p, s));
		cursor = cursor_of(p);
		assert_null(strstr(cursor, SECRET));
		page_free(p);
		p = open_walk(KEPT, cursor, 10);
		free(cursor);
		assert_true(walk_through(p, s, 0).complete);
		assert_int_equal(s->calls, 10);
		assert_int_equal(missing(s), 0);
		assert_int_equal(behind(s), 0);
		page_free(p);
	}
}

/* The link has died meanwhile: all is read again, and all of it comes. */
static void
test_a_dead_link_begins_again(void **state)
{
	struct linked *s = linked(95, 1);
	struct page *p = open_walk(KEPT, NULL, 10);
	char *cursor;

	(void)state;
	s->dies = true;
	for (int i = 0; i < 4; i++)
		assert_true(step(p, s));
	cursor = cursor_of(p);
	page_free(p);
	moving_delete(&s->list, 39);
	for (int i = 0; i < s->list.n_at; i++)
		s->list.at[i].got_rev = -1;
	p = open_walk(KEPT, cursor, 10);
	free(cursor);
	assert_true(walk_through(p, s, 0).complete);
	assert_int_equal(missing(s), 0);
	page_free(p);
}

/* It says no to every link: a failure, not a walk without an end. */
static void
test_links_that_never_work_are_given_up(void **state)
{
	static struct buf path, body;
	struct linked *s = linked(95, 1);
	struct page *p = open_walk(LINKED, NULL, 10);
	struct why why = {0};
	int asked = 0;

	(void)state;
	for (;;) {
		assert_int_equal(page_ask(p, &path, &why), 1);
		assert_true(asked++ < 10);
		if (strstr(path.at, "after=") != NULL) {
			if (!page_refused(p, 400))
				break;
			continue;
		}
		assert_int_equal(linked_get(s, path.at, &body), 200);
		assert_int_equal(page_take(p, body.at, body.len, &why), 0);
	}
	page_free(p);
	p = open_walk(LINKED, NULL, 10);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_false(page_refused(p, 400)); /* the first question itself */
	page_free(p);
}

static void
test_cursors_of_others_are_refused(void **state)
{
	static const char *const bad[] = {"{\"link\":7}", "{\"link\":\"\"}",
	    "{\"link\":\"https://evil.example/x\"}", "{\"keys\":[\"1\"]}",
	    "{\"offset\":7,\"keys\":[\"1\"]}",
	    "{\"link\":\"/a\",\"keys\":[\"1\"]}",
	    "{\"link\":\"/a\",\"link\":\"/b\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page_of of = {.account = "1", .from = bad[i]};
		struct why why = {0};

		assert_null(page_new(kits[KEPT], &of, &why));
		assert_int_equal(why.status, EX_USAGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_position_is_that_of_the_first_page),
	    cmocka_unit_test(test_runs_one_after_another_miss_no_version),
	    cmocka_unit_test(test_a_list_is_asked_since_its_position),
	    cmocka_unit_test(test_only_links_that_live_are_kept),
	    cmocka_unit_test(test_a_walk_goes_on_from_a_link),
	    cmocka_unit_test(test_a_dead_link_begins_again),
	    cmocka_unit_test(test_links_that_never_work_are_given_up),
	    cmocka_unit_test(test_cursors_of_others_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, kits_close);
}
