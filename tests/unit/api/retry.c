/* retry: which answers are tried again, when, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "api/retry.h"

/* Thu, 01 Jan 2026 00:00:00 GMT */
#define NOW_MS 1767225600000

static char epoch_name[] = "X-RateLimit-Retry-After",
	    seconds_name[] = "Retry-After", minutes_name[] = "X-Minutes",
	    ms_name[] = "Hour-Quota-ResetTime",
	    ampre_name[] = "X-Rate-Limit-Retry-After-Seconds";
static struct wait_header waits[] = {{epoch_name, WAIT_EPOCH, NULL},
    {seconds_name, WAIT_SECONDS, NULL}, {minutes_name, WAIT_MINUTES, NULL},
    {ms_name, WAIT_EPOCH_MS, NULL}, {ampre_name, WAIT_SECONDS, NULL}};
static const struct source source = {
    .waits = waits, .n_waits = 5, .wait_ms = 10000};

static int64_t
wait_of(const char *headers)
{
	struct http_answer a = {.end = HTTP_DONE, .code = 429};
	int64_t ms;

	buf_str(&a.headers, headers);
	ms = retry_wait_ms(&source, NULL, &a, NOW_MS);
	http_answer_release(&a);
	return ms;
}

static void
test_each_form_of_a_wait_is_read(void **state)
{
	(void)state;
	assert_int_equal(
	    wait_of("x-ratelimit-retry-after: 1767225607\n"), 7000);
	assert_int_equal(wait_of("retry-after: 120\n"), 120000);
	assert_int_equal(wait_of("retry-after: 0.5\n"), 500);
	assert_int_equal(wait_of("x-minutes: 3\n"), 180000);
	assert_int_equal(
	    wait_of("retry-after: Thu, 01 Jan 2026 00:01:00 GMT\n"), 60000);
	assert_int_equal(
	    wait_of("hour-quota-resettime: 1767225607250\n"), 7250);
	assert_int_equal(
	    wait_of("hour-quota-resettime: 1.767225607250e12\n"), 7250);
	assert_int_equal(
	    wait_of("x-rate-limit-retry-after-seconds: 31\n"), 31000);
	assert_int_equal(wait_of("hour-quota-resettime: 1500\n"), 1500);
	assert_int_equal(wait_of("hour-quota-resettime: 1767225607\n"), 7000);
	/* a delay where a time is usual, and the other way round */
	assert_int_equal(wait_of("x-ratelimit-retry-after: 12\n"), 12000);
	assert_int_equal(wait_of("retry-after: 1767225607\n"), 7000);
	assert_int_equal(wait_of("retry-after: 1767225607000\n"), 7000);
}

static void
test_the_longest_of_several_waits_counts(void **state)
{
	(void)state;
	assert_int_equal(wait_of("retry-after: 3\n"
				 "x-ratelimit-retry-after: 1767225609\n"),
	    9000);
}

static void
test_no_wait_or_a_senseless_one_is_none(void **state)
{
	(void)state;
	assert_int_equal(wait_of(""), -1);
	assert_int_equal(wait_of("retry-after: soon\n"), -1);
	assert_int_equal(wait_of("retry-after: -5\n"), -1);
	assert_int_equal(wait_of("retry-after: nan\n"), -1);
	assert_int_equal(wait_of("hour-quota-resettime: 1e15\n"), -1);
	assert_int_equal(wait_of("retry-after: 1e300\n"), -1);
	assert_int_equal(wait_of("retry-after: \n"), -1);
}

static void
test_a_time_that_is_over_is_no_wait(void **state)
{
	(void)state;
	assert_int_equal(wait_of("x-ratelimit-retry-after: 1767225000\n"), 0);
	assert_int_equal(wait_of("hour-quota-resettime: 1767225599999\n"), 0);
}

static void
test_a_time_is_measured_on_the_far_sides_clock(void **state)
{
	(void)state;
	/* their clock is an hour ahead of ours: still seven seconds */
	assert_int_equal(wait_of("date: Thu, 01 Jan 2026 01:00:00 GMT\n"
				 "x-ratelimit-retry-after: 1767229207\n"),
	    7000);
}

static void
test_backoff_is_jittered_and_capped(void **state)
{
	(void)state;
	for (unsigned tries = 0; tries < 100; tries++) {
		int64_t cap = tries < 7 ? 250LL << tries : 30000;

		assert_in_range(retry_backoff_ms(tries), 0, cap);
	}
}

static struct judgement
judge(long code, const char *body, struct why *why)
{
	struct http_answer a = {.end = HTTP_DONE, .code = code};
	struct json *j = json_new();
	struct redact none = {.n = 0};
	struct judgement w;

	buf_str(&a.body, body);
	buf_room(&a.body, JSON_PADDING);
	w = retry_judge(&source, j, &a, NOW_MS, &none, why);
	http_answer_release(&a);
	json_free(j);
	return w;
}

static void
test_every_code_has_its_verdict_and_status(void **state)
{
	static const struct {
		long code;
		enum retry_verdict verdict;
		int status;
	} cases[] = {{200, VERDICT_USABLE, 0}, {201, VERDICT_USABLE, 0},
	    {202, VERDICT_FEW, 75}, {203, VERDICT_USABLE, 0},
	    {206, VERDICT_USABLE, 0}, {299, VERDICT_USABLE, 0},
	    {301, VERDICT_FINAL, 76}, {400, VERDICT_FINAL, 69},
	    {401, VERDICT_AUTH, 77}, {403, VERDICT_AUTH, 77},
	    {404, VERDICT_FINAL, 69}, {408, VERDICT_AGAIN, 75},
	    {410, VERDICT_FINAL, 69}, {422, VERDICT_FINAL, 69},
	    {425, VERDICT_AGAIN, 75}, {429, VERDICT_AGAIN, 75},
	    {500, VERDICT_AGAIN, 75}, {503, VERDICT_AGAIN, 75},
	    {599, VERDICT_AGAIN, 75}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct why why = {0};
		struct judgement w = judge(cases[i].code, "{}", &why);

		assert_int_equal(w.verdict, cases[i].verdict);
		assert_int_equal(why.status, cases[i].status);
		assert_int_equal(w.all_wait, cases[i].code == 429);
		assert_int_equal(w.works, cases[i].code < 500);
		assert_int_equal(
		    w.gone, cases[i].code == 404 || cases[i].code == 410);
	}
}

static void
test_no_content_is_an_answer(void **state)
{
	struct why why = {0};

	(void)state;
	assert_int_equal(judge(204, "", &why).verdict, VERDICT_USABLE);
	assert_int_equal(judge(205, "", &why).verdict, VERDICT_USABLE);
	assert_int_equal(judge(200, "", &why).verdict, VERDICT_FEW);
	assert_int_equal(judge(201, "", &why).verdict, VERDICT_FEW);
	assert_int_equal(why.status, 76);
}

/* A part of the bytes is none of the rows; of rows, it is a page. */
static void
test_a_part_of_the_body_is_no_answer(void **state)
{
	static const struct {
		const char *range;
		enum retry_verdict verdict;
	} cases[] = {{"bytes 0-1/2", VERDICT_USABLE},
	    {"bytes 0-1/40", VERDICT_FEW}, {"Bytes 2-3/4", VERDICT_FEW},
	    {"bytes 0-1/*", VERDICT_FEW}, {"items 0-24/300", VERDICT_USABLE}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_answer a = {.end = HTTP_DONE, .code = 206};
		struct redact none = {.n = 0};
		struct json *j = json_new();
		struct why why = {0};

		buf_fmt(&a.headers, "content-range: %s\n", cases[i].range);
		buf_str(&a.body, "{}");
		buf_room(&a.body, JSON_PADDING);
		assert_int_equal(
		    retry_judge(&source, j, &a, NOW_MS, &none, &why).verdict,
		    cases[i].verdict);
		http_answer_release(&a);
		json_free(j);
	}
}

static void
test_a_200_must_be_one_whole_json_text(void **state)
{
	static const char *const bad[] = {"", "  ", "<html>", "{\"a\":[1,2",
	    "{\"a\":1}{", "{\"a\":\"\x80\"}", "null x"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct why why = {0};

		assert_int_equal(judge(200, bad[i], &why).verdict, VERDICT_FEW);
		assert_int_equal(why.status, EX_PROTOCOL);
	}
}

static void
test_tries_end_with_the_time_or_after_a_few(void **state)
{
	struct judgement again = {.verdict = VERDICT_AGAIN, .wait_ms = 1000};
	struct judgement few = {.verdict = VERDICT_FEW, .wait_ms = -1};
	struct retry r = {.deadline_us = 10000000};
	struct why why = {0};
	int64_t at = 0;

	(void)state;
	why_set(&why, EX_PROTOCOL, "not JSON");
	for (int i = 0; i < RETRY_FEW; i++)
		assert_int_equal(retry_again(&r, &few, 0, false, &at, &why), 1);
	assert_int_equal(retry_again(&r, &few, 0, false, &at, &why), 0);
	assert_int_equal(why.status, EX_PROTOCOL);
	r = (struct retry){.deadline_us = 10000000};
	assert_int_equal(retry_again(&r, &again, 5000000, true, &at, &why), 1);
	assert_in_range(at, 6000000, 6125000);
	assert_int_equal(retry_again(&r, &again, 9500000, true, &at, &why), 0);
	assert_int_equal(why.status, EX_TEMPFAIL);
	assert_string_equal(
	    why.msg, "2 tries failed and the time is spent: not JSON");
}

static void
test_secrets_are_starred_out(void **state)
{
	struct redact h;
	struct buf b = BUF_INIT;

	(void)state;
	redact_init(&h);
	redact_add(&h, "abcde");
	redact_add(&h, NULL);
	redact_add(&h, "x");
	buf_str(&b, "abcdeabcde xabcd");
	redact_in(&h, &b);
	assert_string_equal(b.at, "********** xabcd");
	buf_clear(&b);
	buf_str(&b, "{\"access_token\" : \"a\\\"b\",\"n\":1,\"l\":[\"x\"]}");
	redact_strings(&b);
	assert_string_equal(
	    b.at, "{\"access_token\" : \"****\",\"n\":1,\"l\":[\"*\"]}");
	buf_release(&b);
	redact_release(&h);
}

/* As a far side may have it: in a URL, in JSON, in both, in either case. */
static void
test_a_secret_is_starred_out_however_it_is_echoed(void **state)
{
	static const char *const echoes[] = {"a/b& c+%\"\xc3",
	    "a%2Fb%26%20c%2B%25%22%C3", "a%2fb%26+c%2b%25%22%c3",
	    "a\\/b\\u0026 c+%\\\"\xc3", "a\\u002Fb\\u0026\\u0020c%2b%\\\"%C3",
	    "a/b&+c+%25\"\xc3", "a/b&amp; c+%&quot;\xc3",
	    "a&#47;b&#x26; c+%&#34;\xc3",
	    "a\\u00252Fb&#37;&#50;6\\u002bc+%\\\"\xc3"};
	struct redact h;
	struct buf b = BUF_INIT;

	(void)state;
	redact_init(&h);
	redact_add(&h, echoes[0]);
	for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
		buf_clear(&b);
		buf_fmt(&b, "%%a%s%%2", echoes[i]);
		assert_true(redact_in(&h, &b));
		assert_int_equal(b.len, strlen(echoes[i]) + 4);
		assert_memory_equal(b.at, "%a**********", 12);
		assert_int_equal(strspn(b.at + 2, "*"), b.len - 4);
	}
	buf_set(&b, "a%2gb%26 c\\u00", 14);
	assert_false(redact_in(&h, &b));
	buf_release(&b);
	redact_release(&h);
}

/* Characters of more bytes than one are one escape, above the BMP two. */
static void
test_a_secret_is_one_of_characters(void **state)
{
	static const char *const echoes[] = {"gr\\u00FC\\u00dfe\\ud83d\\ude00",
	    "gr%C3%BC%c3%9fe\xf0\x9f\x98\x80", "gr&#252;&#xDF;e&#128512;"};
	static const char *const others[] = {"gr\\u00fce", "gr&#252",
	    "gr\\u00fc\\u00dfe\\ud83d", "gr\\u00fc\\u00dfe\\ud83d\\u0041",
	    "gr&#;"};
	struct redact h;
	struct buf b = BUF_INIT;

	(void)state;
	redact_init(&h);
	redact_add(&h, "gr\xc3\xbc\xc3\x9f"
		       "e\xf0\x9f\x98\x80");
	for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
		buf_clear(&b);
		buf_str(&b, echoes[i]);
		assert_true(redact_in(&h, &b));
		assert_int_equal(strspn(b.at, "*"), strlen(echoes[i]));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		buf_clear(&b);
		buf_str(&b, others[i]);
		assert_false(redact_in(&h, &b));
	}
	buf_release(&b);
	redact_release(&h);
}

static void
test_of_a_secret_that_holds_another_nothing_stays(void **state)
{
	struct redact h;
	struct buf b = BUF_INIT;

	(void)state;
	redact_init(&h);
	redact_add(&h, "secret");
	redact_add(&h, "app|secret|123");
	redact_add(&h, "app|secret");
	buf_str(&b, "app|secret|123 secret app|secret");
	redact_in(&h, &b);
	assert_string_equal(b.at, "************** ****** **********");
	buf_release(&b);
	redact_release(&h);
}

/* A long life mints many; the first is a secret as long as it is known. */
static void
test_no_secret_is_forgotten(void **state)
{
	struct redact h;
	struct buf b = BUF_INIT;

	(void)state;
	redact_init(&h);
	for (int i = 0; i < 100; i++) {
		buf_clear(&b);
		buf_fmt(&b, "token-%d-", i);
		redact_add(&h, b.at);
	}
	buf_set(&b, "token-0-", 8);
	assert_true(redact_in(&h, &b));
	buf_release(&b);
	redact_release(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_form_of_a_wait_is_read),
	    cmocka_unit_test(test_the_longest_of_several_waits_counts),
	    cmocka_unit_test(test_no_wait_or_a_senseless_one_is_none),
	    cmocka_unit_test(test_a_time_that_is_over_is_no_wait),
	    cmocka_unit_test(test_a_time_is_measured_on_the_far_sides_clock),
	    cmocka_unit_test(test_backoff_is_jittered_and_capped),
	    cmocka_unit_test(test_every_code_has_its_verdict_and_status),
	    cmocka_unit_test(test_no_content_is_an_answer),
	    cmocka_unit_test(test_a_part_of_the_body_is_no_answer),
	    cmocka_unit_test(test_a_200_must_be_one_whole_json_text),
	    cmocka_unit_test(test_tries_end_with_the_time_or_after_a_few),
	    cmocka_unit_test(test_secrets_are_starred_out),
	    cmocka_unit_test(test_a_secret_is_starred_out_however_it_is_echoed),
	    cmocka_unit_test(test_a_secret_is_one_of_characters),
	    cmocka_unit_test(test_of_a_secret_that_holds_another_nothing_stays),
	    cmocka_unit_test(test_no_secret_is_forgotten),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
