/* page: walks over lists that move under them, thousands of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "moving.h"
#include "pagekit.h"

static struct moving *
collection(enum order order, int n, unsigned seed)
{
	static struct moving m;

	memset(&m, 0, sizeof(m));
	m.order = order;
	m.counts = true;
	m.cap = 1000;
	m.seed = seed;
	for (int i = 0; i < n; i++)
		moving_insert(&m);
	moving_watch(&m);
	return &m;
}

/* One question and its answer; rows are noted. False: the walk is over. */
static bool
step(struct page *p, struct moving *m)
{
	static struct buf path, body;
	struct why why = {0};
	int asked = page_ask(p, &path, &why);

	assert_int_not_equal(asked, -1);
	if (asked == 0)
		return false;
	if (moving_get(m, path.at, &body) != 200) {
		assert_true(page_refused(p, 404));
		return true;
	}
	if (page_take(p, body.at, body.len, &why) == -1)
		fail_msg("%s", why.msg);
	for (size_t i = 0; i < page_rows(p); i++) {
		struct page_row r = page_row(p, i);
		struct thing *t;
		int rev = -1;

		t = moving_got(m, r.text, &rev);
		assert_non_null(t);
		assert_true(rev > t->got_rev || m->calls < 0);
		t->got_rev = rev;
	}
	return true;
}

static struct page_sum
walk_through(struct page *p, struct moving *m, int stir_below)
{
	for (int pages = 0; step(p, m); pages++) {
		assert_true(pages < 3000);
		if (stir_below > 0)
			moving_stir(m, (int)roll(m, (unsigned)stir_below));
	}
	return page_sum(p);
}

static int
missing(struct moving *m)
{
	int n = 0;

	for (int i = 0; i < m->n_at; i++)
		n += m->at[i].there_all_the_time && m->at[i].got_rev == -1;
	return n;
}

/* A full page is followed by another question, whatever the count says. */
static void
test_calls_are_few(void **state)
{
	static const struct {
		int kind, rows, calls;
	} cases[] = {{OFFSETS, 787, 8}, {OFFSETS, 7, 1}, {OFFSETS, 0, 1},
	    {OFFSETS, 100, 2}, {OFFSETS, 101, 2}, {AFTERS, 787, 8},
	    {AFTERS, 7, 1}, {AFTERS, 0, 1}, {AFTERS, 100, 2}, {AFTERS, 101, 2},
	    {WALKS, 787, 8}, {WALKS, 7, 1}, {WALKS_BY_OFFSET, 787, 8},
	    {WALKS_BY_OFFSET, 1, 1}, {NONES, 100, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct moving *m = collection(BY_NEWEST, cases[i].rows, 1);
		struct page *p = open_walk(cases[i].kind, NULL, 100);
		struct page_sum s = walk_through(p, m, 0);

		if (m->calls != cases[i].calls)
			fail_msg("%s of %d: %d calls", kit_name(cases[i].kind),
			    cases[i].rows, m->calls);
		assert_true(s.over && s.complete && s.full);
		assert_int_equal(s.distinct, cases[i].rows);
		assert_int_equal(s.moved, 0);
		assert_int_equal(missing(m), 0);
		page_free(p);
	}
}

/* Without a count an end is an empty page, or one with the anchor only. */
static void
test_ends_without_a_count(void **state)
{
	static const int rows[] = {0, 1, 2, 9, 10, 11, 19, 20, 21, 95};

	(void)state;
	for (int kind = OFFSETS; kind <= WALKS_BY_OFFSET; kind++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct moving *m = collection(BY_NEWEST, rows[i], 1);
			struct page *p = open_walk(kind, NULL, 10);
			struct page_sum s;

			m->counts = false;
			s = walk_through(p, m, 0);
			assert_true(s.complete);
			assert_int_equal(missing(m), 0);
			if (m->calls > rows[i] / 9 + 5)
				fail_msg("%s of %d: %d calls", kit_name(kind),
				    rows[i], m->calls);
			page_free(p);
		}
}

static void
test_honours_a_smaller_page(void **state)
{
	(void)state;
	for (int kind = OFFSETS; kind <= WALKS_BY_OFFSET; kind++)
		for (int cap = 1; cap <= 4; cap++) {
			struct moving *m = collection(BY_NEWEST, 23, 1);
			struct page *p = open_walk(kind, NULL, 100);

			m->cap = cap;
			assert_true(walk_through(p, m, 0).complete);
			assert_int_equal(missing(m), 0);
			page_free(p);
		}
}

static void
test_count_that_is_never_reached(void **state)
{
	struct moving *m = collection(BY_NEWEST, 50, 1);

	(void)state;
	for (int kind = OFFSETS; kind <= AFTERS; kind++) {
		struct page *p = open_walk(kind, NULL, 10);
		struct page_sum s;
		int calls = 0;

		for (;;) {
			struct buf path = BUF_INIT, body = BUF_INIT;
			struct why why;
			char *count;

			if (page_ask(p, &path, &why) == 0)
				break;
			(void)moving_get(m, path.at, &body);
			count = strstr(body.at, "\"count\":50");
			assert_non_null(count);
			memcpy(count, "\"count\":60", 10);
			assert_int_equal(
			    page_take(p, body.at, body.len, &why), 0);
			buf_release(&path);
			buf_release(&body);
			assert_true(++calls < 100);
		}
		s = page_sum(p);
		assert_false(s.complete);
		assert_string_equal(s.why, "count");
		assert_int_equal(s.distinct, 50);
		page_free(p);
	}
}

/* The law: complete means that nothing was lost, whatever moved. */
static void
lose_nothing(int kind, enum order order, enum gone gone, bool counts)
{
	const char *wanted = getenv("HA_SCENARIOS");
	unsigned n = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 120;
	unsigned complete = 0;

	for (unsigned seed = 1; seed <= n; seed++) {
		struct moving *m =
		    collection(order, (int)(seed % 101), seed * 2654435761u);
		struct page *p = open_walk(kind, NULL, 5 + (int)(seed % 9));
		struct page_sum s;

		m->gone = gone;
		m->counts = counts;
		s = walk_through(p, m, 1 + (int)(seed % 5));
		assert_true(s.over);
		if (s.complete && missing(m) > 0)
			fail_msg("%s, order %d, gone %d, seed %u: %d rows lost",
			    kit_name(kind), order, gone, seed, missing(m));
		complete += s.complete;
		if (!s.complete)
			assert_non_null(s.why);
		page_free(p);
	}
	if (complete * 2 < n)
		fail_msg("%s, order %d, gone %d: only %u of %u complete",
		    kit_name(kind), order, gone, complete, n);
}

static void
test_offset_loses_nothing(void **state)
{
	(void)state;
	lose_nothing(OFFSETS, BY_NEWEST, GONE_EMPTY, true);
	lose_nothing(OFFSETS, BY_OLDEST, GONE_EMPTY, true);
	lose_nothing(OFFSETS, BY_CHANCE, GONE_EMPTY, true);
	lose_nothing(WALKS_BY_OFFSET, BY_NEWEST, GONE_EMPTY, true);
	lose_nothing(OFFSETS, BY_NEWEST, GONE_EMPTY, false);
	lose_nothing(OFFSETS, BY_OLDEST, GONE_EMPTY, false);
}

static void
test_after_loses_nothing(void **state)
{
	(void)state;
	for (int gone = GONE_EMPTY; gone <= GONE_404; gone++) {
		lose_nothing(AFTERS, BY_NEWEST, (enum gone)gone, true);
		lose_nothing(AFTERS, BY_OLDEST, (enum gone)gone, true);
		lose_nothing(WALKS, BY_NEWEST, (enum gone)gone, true);
		lose_nothing(WALKS, BY_NEWEST, (enum gone)gone, false);
	}
}

/*
 * Runs after runs, left in the middle as often as not, over a list that
 * never rests: once it rests, the one that was left is ended and one more
 * has every row as it is.
 */
static void
catch_up(int kind, enum gone gone)
{
	for (unsigned seed = 1; seed <= 100; seed++) {
		struct moving *m =
		    collection(BY_NEWEST, (int)(seed % 53), seed * 40503u);
		char *from = NULL;

		m->gone = gone;
		for (int run = 0; run < 7; run++) {
			struct page *p = open_walk(kind, from, 3);
			int left = run > 4 ? 3000 : (int)roll(m, 25);

			m->calls = -100000; /* rows may come again */
			while (left-- > 0 && step(p, m)) {
				const struct buf *c = page_cursor(p);

				if (c->len > 0) {
					free(from);
					from = strdup(c->at);
				}
				if (run < 5)
					moving_stir(m, (int)roll(m, 3));
			}
			if (run > 4)
				assert_true(page_sum(p).complete);
			page_free(p);
			m->clock += 20; /* further than the overlap */
		}
		free(from);
		for (int i = 0; i < m->n; i++)
			if (m->at[m->list[i]].got_rev != m->at[m->list[i]].rev)
				fail_msg("%s, gone %d, seed %u: %d is %d, "
					 "not %d",
				    kit_name(kind), gone, seed,
				    m->at[m->list[i]].id,
				    m->at[m->list[i]].got_rev,
				    m->at[m->list[i]].rev);
	}
}

static void
test_left_in_the_middle(void **state)
{
	(void)state;
	for (int gone = GONE_EMPTY; gone <= GONE_404; gone++)
		catch_up(WALKS, (enum gone)gone);
	catch_up(WALKS_BY_OFFSET, GONE_EMPTY);
}

static void
test_stops_behind_the_position(void **state)
{
	(void)state;
	for (int kind = WALKS; kind <= WALKS_BY_OFFSET; kind++) {
		struct moving *m = collection(BY_NEWEST, 787, 1);
		struct page *p = open_walk(kind, NULL, 100);
		char *from;

		assert_true(walk_through(p, m, 0).complete);
		from = strdup(page_cursor(p)->at);
		assert_string_equal(
		    from, "{\"position\":\"2026-01-01 00:13:07\"}");
		page_free(p);
		m->calls = 0;
		for (int i = 0; i < m->n_at; i++)
			m->at[i].got_rev = -1;
		moving_touch(m, 500);
		p = open_walk(kind, from, 100);
		assert_true(walk_through(p, m, 0).complete);
		assert_false(page_sum(p).full);
		assert_int_equal(m->calls, 1);
		/* the touched one, and what is within ten seconds */
		assert_int_equal(page_rows(p), 12);
		assert_string_equal(page_cursor(p)->at,
		    "{\"position\":\"2026-01-01 00:13:08\"}");
		page_free(p);
		free(from);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls_are_few),
	    cmocka_unit_test(test_ends_without_a_count),
	    cmocka_unit_test(test_honours_a_smaller_page),
	    cmocka_unit_test(test_count_that_is_never_reached),
	    cmocka_unit_test(test_offset_loses_nothing),
	    cmocka_unit_test(test_after_loses_nothing),
	    cmocka_unit_test(test_left_in_the_middle),
	    cmocka_unit_test(test_stops_behind_the_position)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
