/* mock_limit: the limits that a fake API keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/server/mock_limit.h"
#include "mock/server/mock_stats.h"

static struct mock_limit *
limit_of(const char *text)
{
	struct limit_rule rules[LIMIT_SCOPES];
	struct why why;

	assert_int_equal(limit_parse(text, rules, &why), 0);
	return mock_limit_new(rules);
}

static bool
ask(struct mock_limit *l, const char *who, int64_t now_us, int64_t *at)
{
	if (!mock_limit_check(l, LIMIT_ACCOUNT, who, now_us, at))
		return false;
	mock_limit_count(l, LIMIT_ACCOUNT, who, now_us);
	return true;
}

static void
windows_slide(void **state)
{
	struct mock_limit *l = limit_of("3/10s");
	int64_t at = 0;

	(void)state;
	assert_true(ask(l, "a", 0, &at));
	assert_true(ask(l, "a", 4000000, &at));
	assert_true(ask(l, "a", 9000000, &at));
	assert_false(ask(l, "a", 9999999, &at));
	assert_int_equal(at, 10000000);
	assert_true(ask(l, "a", 10000000, &at));
	/* not a fixed window: the next place is 10 s behind the second */
	assert_false(ask(l, "a", 13999999, &at));
	assert_int_equal(at, 14000000);
	assert_true(ask(l, "a", 14000000, &at));
	mock_limit_free(l);
}

/* Whatever is let in, no window ever holds more than the rule says. */
static void
no_window_holds_more(void **state)
{
	struct mock_limit *l = limit_of("7/1s");
	int64_t in[4000], now = 0, at;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		now += i * 2654435761u % 60000;
		if (ask(l, "a", now, &at))
			in[n++] = now;
	}
	assert_true(n > 100);
	for (size_t i = 7; i < n; i++)
		assert_true(in[i] - in[i - 7] >= 1000000);
	mock_limit_free(l);
}

static void
accounts_have_windows_of_their_own(void **state)
{
	struct mock_limit *l = limit_of("1/1s");
	int64_t at;

	(void)state;
	assert_true(ask(l, "a", 0, &at));
	assert_false(ask(l, "a", 1, &at));
	assert_true(ask(l, "b", 1, &at));
	assert_true(mock_limit_check(l, LIMIT_ADDRESS, "a", 1, &at));
	mock_limit_free(l);
}

static void
rules_are_read(void **state)
{
	static const char *const wrong[] = {
	    "", "5", "5/", "/1s", "0/1s", "5/0s", "5/1m", "5/1s "};
	struct limit_rule rules[LIMIT_SCOPES];
	struct why why;

	(void)state;
	assert_int_equal(limit_parse("old", rules, &why), 0);
	assert_int_equal(rules[LIMIT_ACCOUNT].requests, 20);
	assert_int_equal(rules[LIMIT_ADDRESS].requests, 15);
	assert_int_equal(limit_parse("50/500ms", rules, &why), 0);
	assert_int_equal(rules[LIMIT_ADDRESS].window_ms, 500);
	assert_int_equal(limit_parse("none", rules, &why), 0);
	assert_int_equal(rules[LIMIT_ACCOUNT].requests, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(limit_parse(wrong[i], rules, &why), -1);
		assert_int_equal(why.status, EX_USAGE);
	}
}

static void
stats_know_the_busiest_window_and_the_share(void **state)
{
	struct limit_rule rule = {10, 1000};
	struct mock_stats *s = mock_stats_new();
	struct buf text = BUF_INIT;

	(void)state;
	/* 25 calls: ten at once each 1.25 s; two windows are the least */
	for (int i = 0; i < 25; i++)
		mock_stats_call(
		    s, i % 2 ? "/a/17/b" : "/a/18/b", i / 10 * 1250000);
	mock_stats_status(s, 429);
	mock_stats_json(s, &rule, &text);
	assert_non_null(strstr(text.at, "\"busiest\":10,"));
	assert_non_null(strstr(text.at, "\"share\":0.8000"));
	assert_non_null(strstr(text.at, "{\"/a/{id}/b\":25}"));
	assert_non_null(strstr(text.at, "\"limited\":1,"));
	mock_stats_reset(s);
	buf_clear(&text);
	mock_stats_json(s, &rule, &text);
	assert_non_null(strstr(text.at, "\"calls\":0,"));
	assert_non_null(strstr(text.at, "\"share\":null"));
	buf_release(&text);
	mock_stats_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(windows_slide),
	    cmocka_unit_test(no_window_holds_more),
	    cmocka_unit_test(accounts_have_windows_of_their_own),
	    cmocka_unit_test(rules_are_read),
	    cmocka_unit_test(stats_know_the_busiest_window_and_the_share),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
