/* template: values, filters and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/timeval.h"
#include "source/template.h"

/* The parent's text needs readable bytes behind it. */
static const char parent[256] =
    "{\"id\":31808139,\"name\":\"a b&c=\\u00e9\","
    "\"nothing\":null,\"west\":\"America/New_York\","
    "\"east\":\"Pacific/Kiritimati\","
    "\"odd\":\"No/Where\",\"bad\":\"../UTC\"}";

static const struct template_values values = {.account = "59808",
    .secret = "s3cret",
    .token = NULL,
    .position = "2026-03-01 00:30:00",
    .parent = parent,
    .today = 1772323200}; /* 2026-03-01T00:00:00Z */

static void
test_fills(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {{"plain", "plain"}, {"/x/{parent.id}", "/x/31808139"},
	    {"{account}-{account}", "59808-59808"},
	    {"{parent.name}", "a%20b%26c%3D%C3%A9"},
	    {"{position}", "2026-03-01%2000%3A30%3A00"},
	    {"{position|literal}", "2026-03-01%2000%3A30%3A00"},
	    {"{position|date}", "2026-03-01"},
	    {"{position|-1h|date}", "2026-02-28"},
	    {"{position|-60d|date}", "2025-12-31"},
	    /* where it is not known: the day before */
	    {"{today|date}", "2026-02-28"},
	    {"{today|+365d|date}", "2027-02-28"},
	    {"{today|rfc3339}", "2026-02-28T00%3A00%3A00Z"},
	    {"{today@nothing|date}", "2026-02-28"},
	    {"{today@other|date}", "2026-02-28"},
	    {"{today@odd|date}", "2026-02-28"},
	    {"{today@bad|time}", "2026-02-28%2000%3A00%3A00"},
	    {"{today@west|time}", "2026-02-28%2019%3A00%3A00"},
	    {"{today@east|date}", "2026-03-01"},
	    {"{today@east|+365d|time}", "2027-03-01%2014%3A00%3A00"},
	    {"{position|+90s|time}", "2026-03-01%2000%3A31%3A30"}};
	struct buf got = BUF_INIT;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&got);
		if (template_fill(cases[i].text, &values, true, &got, &why) ==
		    -1)
			fail_msg("%s: %s", cases[i].text, why.msg);
		assert_string_equal(got.at, cases[i].want);
		assert_int_equal(template_check(cases[i].text, &why), 0);
	}
	buf_clear(&got);
	assert_int_equal(
	    template_fill("{parent.name}", &values, false, &got, &why), 0);
	assert_string_equal(got.at, "a b&c=\xc3\xa9");
	buf_release(&got);
}

static void
test_refuses(void **state)
{
	static const char *const wrong[] = {"{nobody}", "{account",
	    "{position|dates}", "{position|1d}", "{position|+1w}", "{parent.}",
	    "{today@}", "{}"};
	static const char *const missing[] = {
	    "{token}", "{parent.nothing}", "{parent.other}", "{account|date}"};
	struct buf got = BUF_INIT;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (template_check(wrong[i], &why) != -1)
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(why.status, EX_CONFIG);
	}
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		assert_int_equal(template_check(missing[i], &why), 0);
		if (template_fill(missing[i], &values, true, &got, &why) != -1)
			fail_msg("filled: %s", missing[i]);
		assert_null(strstr(why.msg, "s3cret"));
	}
	buf_release(&got);
}

static void
test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} right[] = {{"90", 90000}, {"250ms", 250}, {"10s", 10000},
	    {"10m", 600000}, {"2h", 7200000}, {"1d", 86400000}, {"0", 0}};
	static const char *const wrong[] = {"", "s", "-1s", "1.5h", "1w",
	    "10 s", "9999999999999", "999999999999d"};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_int_equal(duration_parse(right[i].text, &ms), 0);
		assert_int_equal(ms, right[i].ms);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (duration_parse(wrong[i], &ms) != -1)
			fail_msg("taken: %s", wrong[i]);
}

static void
test_all_of_a_query_is_encoded(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {{"#1&2", "%231%262"}, {"a b+c=%20", "a%20b%2Bc%3D%2520"},
	    {"id,messages.limit(25){{id}}", "id,messages.limit(25)%7Bid%7D"},
	    {"\xc3\xa9 {account}{{", "%C3%A9%2059808%7B"},
	    {"{{\"a\":[1]}}", "%7B%22a%22:%5B1%5D%7D"},
	    {"At ge {position|literal}",
		"At%20ge%202026-03-01%2000%3A30%3A00"}};
	struct buf got = BUF_INIT;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&got);
		assert_int_equal(
		    template_query(cases[i].text, &values, &got, &why), 0);
		assert_string_equal(got.at, cases[i].want);
	}
	/* in a path only values are */
	buf_clear(&got);
	assert_int_equal(
	    template_fill("/a,b/{account}{{", &values, true, &got, &why), 0);
	assert_string_equal(got.at, "/a,b/59808%7B");
	buf_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fills),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_all_of_a_query_is_encoded),
	    cmocka_unit_test(test_durations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
