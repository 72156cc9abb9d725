/* utf8: each kind of sequence, and each way to be none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static const char *const good[] = {"a", "\x7f", "\xc2\x80",
    "\xdf\xbf",					    /* one and two bytes */
    "\xe0\xa0\x80", "\xe1\x80\x80", "\xef\xbf\xbf", /* three */
    "\xed\x9f\xbf", "\xee\x80\x80",		    /* beside the surrogates */
    "\xef\xbb\xbf", "\xef\xbf\xbe", /* byte order mark, no character */
    "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbf"};

static const char *const bad[] = {
    /* starts in the middle */
    "\x80", "\xbf",
    /* overlong */
    "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf",
    /* halves of a surrogate pair */
    "\xed\xa0\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbf\xbf",
    /* beyond U+10FFFF */
    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff",
    /* cut */
    "\xc2", "\xe1", "\xe1\x80", "\xf1", "\xf1\x80", "\xf1\x80\x80",
    /* something else within */
    "\xc2g", "\xe1g\x80", "\xe1\x80g", "\xf1g\x80\x80", "\xf1\x80g\x80",
    "\xf1\x80\x80g", "\xc2\xc2\x80", "\xe1\x80\xc2", "\xf1\x80\x80\xff"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_a_character_is_stepped_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const char *end = good[i] + strlen(good[i]);

		assert_ptr_equal(utf8_next(good[i], end), end);
		assert_true(utf8_valid(good[i], strlen(good[i])));
	}
	assert_non_null(utf8_next("", &""[1])); /* a NUL is one */
}

static void
test_what_is_none_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (utf8_next(bad[i], bad[i] + strlen(bad[i])) != NULL)
			fail_msg("bad %zu", i);
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	}
}

static void
test_one_bad_byte_spoils_a_text(void **state)
{
	char text[64];

	(void)state;
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("a\0b", 3));
	for (size_t i = 0; i < COUNT(bad); i++) {
		size_t n = strlen(bad[i]);

		memcpy(text, "\xf0\x9f\x98\x80", 4);
		memcpy(text + 4, bad[i], n);
		memcpy(text + 4 + n, "g\xc3\xa9", 3);
		assert_true(utf8_valid(text, 4));
		assert_false(utf8_valid(text, 4 + n));
		assert_false(utf8_valid(text, 4 + n + 3));
	}
}

/* Never beyond the end, even if more of the character stands there. */
static void
test_the_end_is_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		for (size_t n = 1; n < strlen(good[i]); n++) {
			assert_null(utf8_next(good[i], good[i] + n));
			assert_false(utf8_valid(good[i], n));
		}
}

/* In as many bytes as it needs, and in no more. */
static void
test_each_code_point_reads_as_itself(void **state)
{
	(void)state;
	for (unsigned c = 0x80; c <= 0x10ffff; c++) {
		const char text[] = {(char)(0xf0 | c >> 18),
		    (char)(0x80 | (c >> 12 & 63)), (char)(0x80 | (c >> 6 & 63)),
		    (char)(0x80 | (c & 63))};
		const char three[] = {
		    (char)(0xe0 | (c >> 12 & 15)), text[2], text[3]};
		const char two[] = {(char)(0xc0 | (c >> 6 & 31)), text[3]};
		bool half = c >= 0xd800 && c <= 0xdfff;

		assert_int_equal(utf8_valid(text, 4), c >= 0x10000);
		if (c < 0x10000)
			assert_int_equal(
			    utf8_valid(three, 3), c >= 0x800 && !half);
		if (c < 0x800)
			assert_true(utf8_valid(two, 2));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_character_is_stepped_over),
	    cmocka_unit_test(test_what_is_none_is_refused),
	    cmocka_unit_test(test_one_bad_byte_spoils_a_text),
	    cmocka_unit_test(test_the_end_is_the_end),
	    cmocka_unit_test(test_each_code_point_reads_as_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
