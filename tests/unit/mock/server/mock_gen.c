/* mock_gen: invented values are of the shapes that are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/server/mock_gen.h"
#include "mock/server/json_tree.h"

static struct buf text = BUF_INIT;

static const char *
time_of(int64_t t)
{
	buf_clear(&text);
	gen_time(&text, t);
	return text.at;
}

static const char *
money(int64_t cents)
{
	buf_clear(&text);
	gen_money(&text, cents);
	return text.at;
}

static void
times_and_dates(void **state)
{
	(void)state;
	assert_string_equal(time_of(0), "null");
	assert_string_equal(time_of(1), "\"1970-01-01 00:00:01\"");
	assert_string_equal(time_of(951782400), "\"2000-02-29 00:00:00\"");
	assert_string_equal(time_of(1795176000), "\"2026-11-20 12:00:00\"");
	assert_string_equal(time_of(-1), "\"1969-12-31 23:59:59\"");
	buf_clear(&text);
	gen_date(&text, 19417);
	assert_string_equal(text.at, "\"2023-03-01\"");
	buf_clear(&text);
	gen_rfc3339(&text, 1795176000);
	assert_string_equal(text.at, "2026-11-20T12:00:00Z");
}

static void
money_is_int_or_float_as_it_falls(void **state)
{
	(void)state;
	assert_string_equal(money(25300), "253");
	assert_string_equal(money(14950), "149.5");
	assert_string_equal(money(8103), "81.03");
	assert_string_equal(money(-5), "-0.05");
	assert_string_equal(money(0), "0");
}

static bool
fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	++*(int *)ctx;
	buf_fmt(to, "\"%.*s\"", (int)len, name);
	return strncmp(name, "none", len) != 0;
}

static void
shapes_are_filled(void **state)
{
	struct rng r = rng_of(1, "x", 1);
	struct buf to = BUF_INIT, again = BUF_INIT;
	int facts = 0;

	(void)state;
	shape_fill(&to, "{'a':$first,'b':%i{5,5},'c':%o{'k'},'d':%n{100}$x}",
	    &r, fact, &facts);
	assert_string_equal(
	    to.at, "{\"a\":\"first\",\"b\":5,\"c\":\"k\",\"d\":null}");
	assert_int_equal(facts, 2);
	buf_clear(&to);
	for (int i = 0; i < 2; i++) {
		r = rng_of(7, "row", 3);
		shape_fill(i == 0 ? &to : &again,
		    "[%t{30},%h{8},%d{5},%c{6},%m{1,900},%n{50}%w{3}]", &r,
		    fact, &facts);
	}
	assert_string_equal(to.at, again.at);
	buf_release(&to);
	buf_release(&again);
}

static void
chances_are_what_they_say(void **state)
{
	struct rng r = rng_of(1, "chance", 0);
	int hits = 0;
	double sum = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		hits += rng_chance(&r, 0.3);
		sum += rng_exp(&r, 5);
	}
	assert_in_range(hits, 5700, 6300);
	assert_true(sum / 20000 > 4.8 && sum / 20000 < 5.2);
	for (int i = 0; i < 1000; i++)
		assert_in_range(rng_between(&r, 3, 5), 3, 5);
	assert_int_equal(rng_between(&r, 9, 9), 9);
	assert_false(rng_chance(&r, 0));
	assert_true(rng_chance(&r, 1));
}

static void
number_it(void *ctx, int no, struct buf *to)
{
	(void)ctx;
	buf_fmt(to, "%d", no);
}

static void
paths_make_an_object(void **state)
{
	struct tree *t = tree_new();
	struct buf to = BUF_INIT;

	(void)state;
	assert_int_equal(tree_add(t, ".id"), 0);
	assert_int_equal(tree_add(t, ".guest.name"), 1);
	assert_int_equal(tree_add(t, ".id"), 0);
	assert_int_equal(tree_add(t, ".guest.\"odd name\""), 2);
	assert_int_equal(tree_add(t, ".rows[0].x"), 3);
	assert_int_equal(tree_add(t, ".id.below"), -1);
	assert_int_equal(tree_add(t, ".guest"), -1);
	assert_int_equal(tree_add(t, ".a | length"), 4); /* a member's name */
	assert_int_equal(tree_add(t, "no path"), -1);
	assert_int_equal(tree_add(t, ".a["), -1);
	tree_write(t, &to, number_it, NULL);
	assert_string_equal(to.at,
	    "{\"id\":0,\"guest\":{\"name\":1,\"odd name\":2},"
	    "\"rows\":[{\"x\":3}],\"a | length\":4}");
	buf_release(&to);
	tree_free(t);
}

static int
done(void **state)
{
	(void)state;
	buf_release(&text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_and_dates),
	    cmocka_unit_test(money_is_int_or_float_as_it_falls),
	    cmocka_unit_test(shapes_are_filled),
	    cmocka_unit_test(chances_are_what_they_say),
	    cmocka_unit_test(paths_make_an_object),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, done);
}
