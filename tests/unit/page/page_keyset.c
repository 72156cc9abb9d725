/* page by keyset: over an OData collection that moves, thousands of walks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keysetkit.h"

static void
test_asks_as_the_vendor_prescribes(void **state)
{
	struct feed *f = feed(0, 1);
	struct page *p;
	struct buf path = BUF_INIT;
	struct why why;

	(void)state;
	for (int i = 0; i < 3; i++)
		feed_add(f);
	strcpy(f->at[0].key, "A1");    /* NOLINT */
	strcpy(f->at[1].key, "O'B c"); /* NOLINT */
	strcpy(f->at[2].key, "Z");     /* NOLINT */
	for (int i = 0; i < 3; i++)
		f->at[i].us = FEED_DAY + 7184466;
	p = open_walk(EXACT, NULL, 2);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(path.at, "/Media?$orderby=At%2CId&$top=2");
	assert_true(step(p, f));
	assert_null(f->asked);
	assert_string_equal(page_cursor(p)->at,
	    "{\"time\":\"2026-01-01T00:00:07.184466Z\",\"key\":\"O'B c\","
	    "\"begun\":1798761603}");
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(path.at,
	    "/Media?$filter=At%20gt%202026-01-01T00%3A00%3A07.184466Z%20or%20"
	    "%28At%20eq%202026-01-01T00%3A00%3A07.184466Z%20and%20Id%20gt%20"
	    "%27O%27%27B%20c%27%29&$orderby=At%2CId&$top=2");
	walk_through(p, f);
	all_there(f);
	assert_string_equal(page_cursor(p)->at,
	    "{\"position\":\"2026-01-01T00:00:07.184466Z\",\"key\":\"Z\"}");
	assert_true(page_sum(p).full);
	page_free(p);
	buf_release(&path);
}

static void
test_a_filter_stands_around_it(void **state)
{
	struct feed *f = feed(12, 1);
	struct page *p = open_walk(FILTERED, NULL, 10);
	struct buf path = BUF_INIT;
	struct why why;

	(void)state;
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(
	    feed_param(path.at, "$filter"), "Id ne 'a+b' or Id eq null");
	assert_string_equal(feed_param(path.at, "$select"), "Id,At,rev");
	assert_true(step(p, f));
	assert_true(step(p, f));
	assert_memory_equal(
	    f->asked, "(Id ne 'a+b' or Id eq null) and (At gt 2026", 43);
	assert_string_equal(f->asked + strlen(f->asked) - 3, "'))");
	walk_through(p, f);
	assert_string_equal(
	    f->asked, "(Id ne 'a+b' or Id eq null) and (At eq null)");
	assert_string_equal(f->asked_order, "Id");
	all_there(f);
	page_free(p);
	buf_release(&path);
}

/* Literals go back byte for byte: digits, zone. */
static void
test_literals_are_echoed(void **state)
{
	static const char *const times[] = {"2026-01-01T00:00:00Z",
	    "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.184466Z",
	    "2026-01-01T00:00:00.1844661Z", "2026-01-01T00:00:00.50+00:00",
	    "2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00.123-06:00",
	    "2026-01-01T00:00:00"};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct page *p = open_walk(EXACT, NULL, 1);
		struct buf body = BUF_INIT, path = BUF_INIT, want = BUF_INIT;
		struct why why;

		assert_int_equal(page_ask(p, &path, &why), 1);
		buf_fmt(&body, "{\"value\":[{\"Id\":\"k\",\"At\":\"%s\"}]}",
		    times[i]);
		(void)buf_room(&body, JSON_PADDING);
		assert_int_equal(page_take(p, body.at, body.len, &why), 0);
		assert_int_equal(page_ask(p, &path, &why), 1);
		buf_fmt(&want, "At gt %s or (At eq %s and Id gt 'k')", times[i],
		    times[i]);
		assert_string_equal(feed_param(path.at, "$filter"), want.at);
		assert_null(strchr(path.at, '+'));
		page_free(p);
		buf_release(&body);
		buf_release(&path);
		buf_release(&want);
	}
}

static void
test_calls_are_few(void **state)
{
	static const struct {
		int kind, rows, calls;
	} cases[] = {/* an empty page, and the rows without a time */
	    {PLAIN, 0, 1}, {PLAIN, 1, 3}, {PLAIN, 10, 3}, {PLAIN, 95, 12},
	    {SHORT, 0, 1}, {SHORT, 1, 1}, {SHORT, 10, 3}, {SHORT, 95, 11},
	    /* the count says that one page is all; then an empty page */
	    {COUNTED, 7, 1}, {COUNTED, 10, 2}, {COUNTED, 95, 11},
	    {TIMED, 95, 11}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed *f = feed(cases[i].rows, 1);
		struct page *p = open_walk(cases[i].kind, NULL, 10);

		walk_through(p, f);
		if (f->calls != cases[i].calls)
			fail_msg("%s of %d: %d calls", kit_name(cases[i].kind),
			    cases[i].rows, f->calls);
		assert_int_equal(page_sum(p).distinct, cases[i].rows);
		assert_int_equal(f->rows, cases[i].rows);
		if (cases[i].kind == COUNTED)
			assert_int_equal(page_sum(p).expected, cases[i].rows);
		all_there(f);
		page_free(p);
	}
}

/* 95 rows of one time, ten a page; twice as many of two precisions. */
static void
test_a_tie_larger_than_a_page(void **state)
{
	(void)state;
	for (int numbers = 0; numbers < 2; numbers++) {
		struct feed *f = feed(0, 1);
		struct page *p = open_walk(TIMED, NULL, 10);

		f->numbers = numbers != 0;
		for (int i = 0; i < 190; i++) {
			struct item *t = feed_add(f);

			t->us = FEED_DAY + 2000000 + (i % 2 == 0 ? 0 : 500000);
			t->digits = 0;
		}
		walk_through(p, f);
		all_there(f);
		assert_int_equal(f->calls, 20);
		assert_int_equal(f->rows, 190);
		page_free(p);
	}
}

/* The law: what is there all the time comes, whatever else moves. */
static void
test_nothing_is_lost_while_it_moves(void **state)
{
	const char *wanted = getenv("HA_SCENARIOS");
	unsigned n = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 300;

	(void)state;
	for (unsigned seed = 1; seed <= n; seed++) {
		struct feed *f = feed((int)(seed % 101), seed * 2654435761u);
		struct page *p = open_walk(PLAIN, NULL, 1 + (int)(seed % 9));
		int stir = 60;

		f->cap = seed % 3 == 0 ? 3 : 0;
		f->short_of = seed % 2 == 0 ? 4 : 0;
		f->links = seed % 5 == 0;
		f->numbers = false;
		while (step(p, f))
			if (stir-- > 0)
				feed_stir(f, (int)feed_roll(f, 3));
		assert_true(page_sum(p).complete);
		for (int i = 0; i < f->n; i++)
			if (f->at[i].there_all_the_time &&
			    f->at[i].got_rev == -1)
				fail_msg(
				    "seed %u: %s is lost", seed, f->at[i].key);
		page_free(p);
	}
}

/*
 * Runs after runs, left anywhere, rows that become visible up to the overlap
 * late: once all rests, the last run has every row as it is.
 */
static void
test_runs_left_anywhere_catch_up(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 300; seed++) {
		struct feed *f = feed((int)(seed % 67), seed * 40503u);
		int kind = seed % 2 == 0 ? PLAIN : SHORT;
		struct item *late = NULL;
		char *from = NULL;

		for (int run = 0; run < 8; run++) {
			struct page *p = open_walk(kind, from, 4);
			int left = run > 5 ? 3000 : (int)feed_roll(f, 30);

			while (left-- > 0 && step(p, f)) {
				keep(&from, p);
				if (run > 5)
					continue;
				feed_stir(f, (int)feed_roll(f, 3));
				if (late == NULL) {
					late = feed_add(f);
					late->hidden = true;
				} else if (f->clock - late->us > 6000000 ||
					   run == 5) {
					late->hidden = false;
					late = NULL;
				}
			}
			if (late != NULL)
				late->hidden = false;
			late = NULL;
			keep(&from, p);
			if (run > 5)
				assert_true(page_sum(p).complete);
			page_free(p);
			f->clock += feed_roll(f, 2) * 100000000;
		}
		free(from);
		all_there(f);
	}
}

/* A run that goes on reads no row again, in the middle of a tie either. */
static void
test_goes_on_in_the_middle_of_a_tie(void **state)
{
	struct feed *f = feed(0, 1);
	char *from = NULL;
	int legs = 0;

	(void)state;
	for (int i = 0; i < 95; i++)
		feed_add(f)->us = FEED_DAY + (i < 80 ? 0 : 5);
	for (bool more = true; more; legs++) {
		struct page *p = open_walk(TIMED, from, 10);

		assert_int_equal(page_sum(p).full, legs == 0);
		more = step(p, f);
		keep(&from, p);
		if (page_sum(p).over)
			more = false;
		page_free(p);
	}
	assert_int_equal(f->rows, 95);
	assert_int_equal(f->calls, 11);
	assert_int_equal(legs, 11);
	all_there(f);
	free(from);
}

/* Late rows: the next run begins the overlap before the position. */
static void
test_overlap(void **state)
{
	static const struct {
		const char *position, *asked;
	} cases[] = {{"2026-01-01T10:00:00Z", "At ge 2026-01-01T09:40:00Z"},
	    {"2026-01-01T00:10:00.25Z", "At ge 2025-12-31T23:50:00.25Z"},
	    {"2026-01-01T10:00:00-06:00", "At ge 2026-01-01T15:40:00Z"},
	    {"2026-01-01T10:00:00+02:00", "At ge 2026-01-01T07:40:00Z"}};
	struct page *p;
	struct feed *f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char from[100];

		snprintf(from, sizeof(from),
		    "{\"position\":\"%s\",\"key\":\"k\"}", cases[i].position);
		f = feed(0, 1);
		p = open_walk(TIMED, from, 10);
		assert_false(page_sum(p).full);
		walk_through(p, f);
		assert_string_equal(f->asked, cases[i].asked);
		assert_string_equal(page_cursor(p)->at, from);
		page_free(p);
		/* without an overlap: behind the last row */
		p = open_walk(EXACT, from, 10);
		assert_false(page_sum(p).full);
		walk_through(p, f);
		assert_string_equal(
		    f->asked + strlen(f->asked) - 14, "and Id gt 'k')");
		page_free(p);
	}
	p = open_walk(EXACT, "{\"position\":\"2026-01-01T10:00:00Z\"}", 10);
	walk_through(p, f);
	assert_string_equal(f->asked, "At ge 2026-01-01T10:00:00Z");
	page_free(p);
}

/*
 * Left among the newest rows, gone on with a week later: what became visible
 * behind that place meanwhile is found by the run after it.
 */
static void
test_left_among_the_newest(void **state)
{
	struct feed *f = feed(30, 1);
	struct item *late = &f->at[17];
	struct page *p = open_walk(PLAIN, NULL, 10);
	char *from = NULL;

	(void)state;
	late->hidden = true;
	assert_true(step(p, f) && step(p, f));
	keep(&from, p);
	page_free(p);
	late->hidden = false;
	f->clock += INT64_C(7) * 86400 * 1000000;
	for (int i = 0; i < 30; i++)
		feed_add(f);
	for (int i = 0; i < 2; i++) {
		p = open_walk(PLAIN, from, 10);
		walk_through(p, f);
		keep(&from, p);
		page_free(p);
		if (i == 0)
			assert_int_equal(late->got_rev, -1);
	}
	all_there(f);
	free(from);
}

/*
 * What a run took goes into the next one's start, but never further back
 * than the run's own.
 */
static void
test_what_a_run_took_counts_once(void **state)
{
	struct feed *f = feed(30, 1);
	char *from = NULL, want[40];

	(void)state;
	for (int run = 0; run < 3; run++) {
		struct page *p = open_walk(PLAIN, from, 10);

		while (step(p, f))
			f->clock += 50000000;
		keep(&from, p);
		page_free(p);
		if (run == 1) /* nothing new: as if it took no time */
			snprintf(want, sizeof(want), "\"}");
		else
			snprintf(want, sizeof(want), "\"took\":%d}",
			    (f->calls - 1) * 50);
		if (strstr(from, want) == NULL)
			fail_msg("%s has no %s", from, want);
		f->calls = 0;
		if (run == 1) {
			f->clock += 1000000000;
			feed_add(f);
		}
	}
	free(from);
}

/* The position of a complete run never goes back. */
static void
test_a_position_never_goes_back(void **state)
{
	struct feed *f = feed(3, 1);
	const char *from =
	    "{\"position\":\"2026-01-01T00:00:05Z\",\"key\":\"gone\"}";
	struct page *p = open_walk(PLAIN, from, 10);

	(void)state;
	walk_through(p, f);
	assert_true(f->rows == 3 && f->clock < FEED_DAY + 5000000);
	assert_string_equal(page_cursor(p)->at, from);
	page_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asks_as_the_vendor_prescribes),
	    cmocka_unit_test(test_a_filter_stands_around_it),
	    cmocka_unit_test(test_literals_are_echoed),
	    cmocka_unit_test(test_calls_are_few),
	    cmocka_unit_test(test_a_tie_larger_than_a_page),
	    cmocka_unit_test(test_nothing_is_lost_while_it_moves),
	    cmocka_unit_test(test_runs_left_anywhere_catch_up),
	    cmocka_unit_test(test_goes_on_in_the_middle_of_a_tie),
	    cmocka_unit_test(test_overlap),
	    cmocka_unit_test(test_left_among_the_newest),
	    cmocka_unit_test(test_what_a_run_took_counts_once),
	    cmocka_unit_test(test_a_position_never_goes_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
