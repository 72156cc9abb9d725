/* url_text: hosts, and what is encoded, read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "url/url_text.h"

static void
test_hosts_are_names(void **state)
{
	(void)state;
	assert_true(url_is_host("a.example-1.net"));
	assert_true(url_is_host("a:80"));
	assert_false(url_is_host(""));
	assert_false(url_is_host("https://a"));
	assert_false(url_is_host("a:"));
	assert_false(url_is_host("a:x"));
	assert_false(url_is_host("a/b"));
	assert_false(url_is_host("*.example.net"));
}

static void
decodes(const char *text, bool plus, const char *to)
{
	struct buf got = BUF_INIT;

	url_decode(text, strlen(text), plus, &got);
	assert_string_equal(got.at, to);
	buf_release(&got);
}

static void
test_a_query_is_decoded(void **state)
{
	(void)state;
	decodes("a%20b+c%2bd%", true, "a b c+d%");
	decodes("a%20b+c%2Bd%2", false, "a b+c+d%2");
	decodes("%zz%24", true, "%zz$");
	decodes("", true, "");
}

static void
test_a_part_is_encoded(void **state)
{
	static const struct {
		const char *text, *to;
		size_t len; /* 0: all of it */
	} cases[] = {
	    {"", "", 0},
	    {"azAZ09-._~", "azAZ09-._~", 0},
	    {"a b+c", "a%20b%2Bc", 0},
	    {"!\"#$%&'()*,/", "%21%22%23%24%25%26%27%28%29%2A%2C%2F", 0},
	    {":;<=>?@[\\]^`{|}",
		"%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D", 0},
	    {"\x01\x1f\x7f\n", "%01%1F%7F%0A", 0},
	    {"\xc3\xa9\xf0\x9f\x98\x80\xff", "%C3%A9%F0%9F%98%80%FF", 0},
	    {"a\0b", "a%00b", 3},
	    {"%41", "%2541", 0},
	};
	struct buf got = BUF_INIT, back = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len =
		    cases[i].len > 0 ? cases[i].len : strlen(cases[i].text);

		buf_clear(&got);
		buf_clear(&back);
		url_encode(cases[i].text, len, &got);
		assert_string_equal(got.at, cases[i].to);
		url_decode(got.at, got.len, true, &back);
		assert_int_equal(back.len, len);
		assert_memory_equal(back.at, cases[i].text, len);
	}
	buf_release(&got);
	buf_release(&back);
}

static void
test_an_origin_is_who_is_asked(void **state)
{
	static const char *const cases[][2] = {
	    {"https://API.example.com/v1?x#y", "https://api.example.com"},
	    {"https://api.example.com:443", "https://api.example.com"},
	    {"https://api.example.com:80/", "https://api.example.com:80"},
	    {"http://[::1]:80/v1", "http://[::1]"},
	    {"http://127.0.0.1:8080", "http://127.0.0.1:8080"}, {"", ""}};
	struct buf got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&got);
		url_origin(cases[i][0], &got);
		assert_int_equal(got.len, strlen(cases[i][1]));
		assert_memory_equal(got.at, cases[i][1], got.len);
	}
	buf_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hosts_are_names),
	    cmocka_unit_test(test_an_origin_is_who_is_asked),
	    cmocka_unit_test(test_a_query_is_decoded),
	    cmocka_unit_test(test_a_part_is_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
