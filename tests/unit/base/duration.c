/* duration: lengths of time as people write them, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/duration.h"

static void
test_a_whole_number_and_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} is[] = {{"0", 0}, {"90", 90000}, {"90s", 90000}, {"250ms", 250},
	    {"10m", 600000}, {"2h", 7200000}, {"1d", 86400000}, {"007s", 7000},
	    {"999999999999ms", 999999999999}};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++) {
		ms = -1;
		assert_int_equal(duration_parse(is[i].text, &ms), 0);
		assert_int_equal(ms, is[i].ms);
	}
}

static void
test_anything_else_is_refused(void **state)
{
	static const char *const no[] = {"", "s", "1.5s", "-1s", "+1s", " 1s",
	    "1 s", "1s ", "1S", "1sec", "1w", "0x10", "1h30m",
	    "1000000000000ms", "999999999999d", "99999999999999999999"};
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_int_equal(duration_parse(no[i], &ms), -1);
	assert_int_equal(ms, 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_whole_number_and_a_unit),
	    cmocka_unit_test(test_anything_else_is_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
