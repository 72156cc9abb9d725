/* utf8: every form that RFC 3629 allows, and its neighbours that it does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void
test_the_first_and_last_of_each_length(void **state)
{
	static const char *const yes[] = {"", "a", "\x7f", "\xc2\x80",
	    "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
	    "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(utf8_valid(yes[i], strlen(yes[i])));
	assert_true(utf8_valid("a\0b", 3));
}

static void
test_their_neighbours_are_refused(void **state)
{
	static const char *const no[] = {"\x80", "\xbf", "\xc0\x80",
	    "\xc1\xbf", /* overlong */
	    "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
	    "\xed\xbf\xbf", /* surrogates */
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc3z",
	    "\xe2\x82z", "\xf0\x9f\x98z", "\xc3\xa9\xa9"};

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		assert_false(utf8_valid(no[i], strlen(no[i])));
	}
}

/* The bytes behind the end are there, and would complete it. */
static void
test_a_cut_character_is_refused(void **state)
{
	static const char text[] = "ab\xf0\x9f\x98\x80";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++)
		assert_int_equal(utf8_valid(text, len), len <= 2 || len >= 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_first_and_last_of_each_length),
	    cmocka_unit_test(test_their_neighbours_are_refused),
	    cmocka_unit_test(test_a_cut_character_is_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
