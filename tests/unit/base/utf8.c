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

static void
shows(const char *text, const char *want)
{
	char to[200];
	size_t n = utf8_show(to, sizeof(to), text, strlen(text));

	assert_string_equal(to, want);
	assert_int_equal(n, strlen(want));
	n = utf8_show(to, sizeof(to), want, strlen(want));
	assert_string_equal(to, want); /* once is enough */
	for (size_t room = 1; room < n; room++) {
		assert_in_range(utf8_show(to, room, text, strlen(text)),
		    room > 6 ? room - 6 : 0, room - 1);
		assert_memory_equal(to, want, strlen(to));
		assert_true(utf8_valid(to, strlen(to)));
	}
}

static void
test_a_terminal_may_have_it(void **state)
{
	char all[4 * 0x2100], to[sizeof(all) * 2];
	size_t n = 0;

	(void)state;
	shows("caf\xc3\xa9 \xf0\x9f\x8f\xa1 \\ \"",
	    "caf\xc3\xa9 \xf0\x9f\x8f\xa1 \\ \"");
	shows("a\nb\x1b[2J\x7f", "a\\x0ab\\x1b[2J\\x7f");
	shows("\xc2\x9b"
	      "2J \xc2\x85",
	    "\\u009b2J \\u0085");
	shows("\x9b"
	      "2J \xe2\x80",
	    "\\x9b2J \\xe2\\x80");
	shows("\xe2\x80\xae"
	      "cod.exe\xe2\x80\xac",
	    "\\u202ecod.exe\\u202c");
	shows("\xe2\x80\xa8\xe2\x81\xa6\xd8\x9c\xe2\x80\x8f",
	    "\\u2028\\u2066\\u061c\\u200f");
	/* whatever comes, in a 7- or 8-bit terminal: no control is left */
	for (unsigned c = 0; c < 0x2100; c++) {
		if (c >= 0x800)
			all[n++] = (char)(0xe0 | c >> 12);
		all[n++] = c < 0x80    ? (char)c
			   : c < 0x800 ? (char)(0xc0 | c >> 6)
				       : (char)(0x80 | (c >> 6 & 63));
		if (c >= 0x80)
			all[n++] = (char)(0x80 | (c & 63));
	}
	n = utf8_show(to, sizeof(to), all, n);
	assert_int_equal(strlen(to), n);
	for (const char *p = to, *next; p < to + n; p = next) {
		next = utf8_next(p, to + n);
		assert_non_null(next);
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		assert_false(*p == '\xc2' && (unsigned char)p[1] < 0xa0);
		assert_false(*p == '\xe2' && p[1] == '\x80' &&
			     (unsigned char)p[2] >= 0xa8 &&
			     (unsigned char)p[2] <= 0xae);
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
	    cmocka_unit_test(test_a_terminal_may_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
