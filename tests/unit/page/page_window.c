/* page_window: borders as people write them; a walk that keeps to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keysetkit.h"
#include "page/page_window.h"

static void
test_borders(void **state)
{
	static const struct {
		const char *since, *until, *name;
	} cases[] = {
	    {"2019", "2020", "2019-01-01T00:00:00Z/2020-01-01T00:00:00Z"},
	    {"2019-11", "2019-12", "2019-11-01T00:00:00Z/2019-12-01T00:00:00Z"},
	    {"2020-02-29", "2020-03-01T01:00:00.250+01:00",
		"2020-02-29T00:00:00Z/2020-03-01T00:00:00.25Z"},
	    {NULL, "2019-12", "0001-01-01T00:00:00Z/2019-12-01T00:00:00Z"},
	    {"2019-12", NULL, "2019-12-01T00:00:00Z/"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page_window w;
		struct buf name = BUF_INIT;
		struct why why = {0};

		assert_int_equal(page_window_set(&w, cases[i].since,
				     cases[i].until, false, &why),
		    0);
		page_window_name(&w, &name);
		assert_string_equal(name.at, cases[i].name);
		buf_release(&name);
	}
}

static void
test_borders_that_are_none(void **state)
{
	static const struct {
		const char *since, *until;
		bool nulls;
	} cases[] = {{"2019-13", "2020", false}, {"19-01", "2020", false},
	    {"2019-1", NULL, false}, {"", NULL, false},
	    {"2019-02-29", NULL, false}, {"2019", "soon", false},
	    {"2020", "2019", false}, {"2020-01", "2020", false},
	    {"2019", NULL, true}, {NULL, "2019", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page_window w;
		struct why why = {0};

		assert_int_equal(page_window_set(&w, cases[i].since,
				     cases[i].until, cases[i].nulls, &why),
		    -1);
		assert_int_equal(why.status, EX_USAGE);
	}
}

static struct page *
open_window(int kind, const char *since, const char *until, bool nulls,
    const char *from)
{
	struct page_of of = {.account = "a", .from = from, .size = 2};
	struct why why = {0};
	struct page *p;

	assert_int_equal(
	    page_window_set(&of.window, since, until, nulls, &why), 0);
	if ((p = page_new(kits[kind], &of, &why)) == NULL)
		assert_int_equal(why.status, EX_USAGE);
	return p;
}

static int
take(struct page *p, const char *rows, struct why *why)
{
	static struct buf path, body;

	assert_int_equal(page_ask(p, &path, why), 1);
	buf_clear(&body);
	buf_fmt(&body, "{\"value\":[%s]}", rows);
	(void)buf_room(&body, JSON_PADDING);
	return page_take(p, body.at, body.len, why);
}

#define AT(id, at) "{\"Id\":\"" id "\",\"At\":\"" at "\"}"

/* No position is left, and a cursor is good for its own window only. */
static void
test_what_a_window_leaves(void **state)
{
	struct page *p = open_window(EXACT, "2026-01", "2026-02", false, NULL);
	struct why why = {0};
	char *from = NULL;

	(void)state;
	assert_int_equal(take(p,
			     AT("a", "2026-01-01T00:00:00Z") "," AT(
				 "b", "2026-01-31T23:59:59.999Z"),
			     &why),
	    0);
	assert_false(page_sum(p).full);
	keep(&from, p);
	assert_int_equal(take(p, "", &why), 0);
	assert_true(page_sum(p).over && page_sum(p).complete);
	assert_int_equal(page_cursor(p)->len, 0);
	page_free(p);
	p = open_window(EXACT, "2026-01", "2026-02", false, from);
	assert_non_null(p);
	page_free(p);
	assert_null(open_window(EXACT, NULL, NULL, false, from));
	assert_null(open_window(EXACT, "2026-01", "2026-03", false, from));
	assert_null(open_window(EXACT, NULL, NULL, true, from));
	assert_null(open_window(
	    EXACT, "2026-01", NULL, false, "{\"position\":\"2026-01-05\"}"));
	p = open_window(EXACT, "2026-01", NULL, false, "{}");
	assert_non_null(p);
	page_free(p);
	free(from);
}

static void
test_a_server_that_goes_past_the_end(void **state)
{
	struct page *p = open_window(EXACT, "2026-01", "2026-02", false, NULL);
	struct why why = {0};

	(void)state;
	assert_int_equal(take(p,
			     AT("a", "2026-01-05T00:00:00Z") "," AT(
				 "b", "2026-02-01T00:00:01Z"),
			     &why),
	    -1);
	assert_int_equal(why.status, EX_PROTOCOL);
	assert_non_null(strstr(why.msg, "does not obey"));
	page_free(p);
	/* rounded up where it is shown: to be borne */
	p = open_window(EXACT, "2026-01", "2026-02", false, NULL);
	assert_int_equal(take(p,
			     AT("a", "2026-01-05T00:00:00Z") "," AT(
				 "b", "2026-02-01T00:00:00Z"),
			     &why),
	    0);
	page_free(p);
}

static void
test_rows_without_a_time(void **state)
{
	struct page *p = open_window(EXACT, NULL, NULL, true, NULL);
	struct why why = {0};
	struct buf path = BUF_INIT;
	char *from = NULL;

	(void)state;
	assert_int_equal(take(p, "{\"Id\":\"a\"},{\"Id\":\"b\"}", &why), 0);
	keep(&from, p);
	page_free(p);
	p = open_window(EXACT, NULL, NULL, true, from);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_non_null(strstr(path.at, "=At%20eq%20null%20and%20Id%20gt%20"));
	assert_int_equal(take(p, "", &why), 0);
	assert_true(page_sum(p).over && page_sum(p).complete);
	assert_int_equal(page_cursor(p)->len, 0);
	page_free(p);
	/* the description knows that there are none */
	p = open_window(TIMED, NULL, NULL, true, NULL);
	assert_int_equal(page_ask(p, &path, &why), 0);
	assert_true(page_sum(p).over && page_sum(p).complete);
	page_free(p);
	buf_release(&path);
	free(from);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_borders),
	    cmocka_unit_test(test_borders_that_are_none),
	    cmocka_unit_test(test_what_a_window_leaves),
	    cmocka_unit_test(test_a_server_that_goes_past_the_end),
	    cmocka_unit_test(test_rows_without_a_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
