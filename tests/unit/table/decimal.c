/* decimal: numbers as numeric has them: digits, scale and range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "table/decimal.h"

/* The text of the binary form, or "(refused)". */
static const char *
reads(const char *text)
{
	static struct buf to;
	struct buf binary = BUF_INIT;

	buf_clear(&to);
	if (!decimal_is(text, strlen(text)) ||
	    decimal_binary(text, strlen(text), &binary) == -1)
		buf_str(&to, "(refused)");
	else
		decimal_print(binary.at, &to);
	buf_release(&binary);
	return to.at;
}

static void
test_digits_and_scale_are_kept(void **state)
{
	static const char *const same[] = {"0", "1", "-1", "1.10", "0.0",
	    "10000", "9999.9999", "0.00010", "-0.5", "100000000.00000001",
	    "123456789012345678901234567890.123456789012345678901234567890"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_string_equal(reads(same[i]), same[i]);
}

static void
test_exponents_are_worked_in(void **state)
{
	static const char *const is[][2] = {{"1e3", "1000"},
	    {"1.5e-3", "0.0015"}, {"1.50e1", "15.0"}, {"-12E+2", "-1200"},
	    {"1e-10", "0.0000000001"}, {"0e5", "0"}, {"0.0e-2", "0.000"},
	    {"123.456e1", "1234.56"}, {"00012.50", "12.50"}, {"+7", "7"},
	    {".5", "0.5"}, {"5.", "5"}, {"-0", "0"}, {"-0.00", "0.00"},
	    {"0.000123e4", "1.23"}};

	(void)state;
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++)
		assert_string_equal(reads(is[i][0]), is[i][1]);
}

static void
test_the_range_is_numerics(void **state)
{
	(void)state;
	assert_int_equal(strlen(reads("1e131071")), 131072);
	assert_int_equal(strlen(reads("1e-16383")), 16385);
	assert_string_equal(reads("1e131072"), "(refused)");
	assert_string_equal(reads("1e-16384"), "(refused)");
	assert_string_equal(reads("1e999999999999999999999"), "(refused)");
	assert_string_equal(reads("1e-999999999999999999999"), "(refused)");
}

static void
test_what_is_no_decimal_is_refused(void **state)
{
	static const char *const bad[] = {"", "-", ".", "e5", "1e", "1e+",
	    "1.2.3", "--1", "1 ", " 1", "0x1", "NaN", "1,5", "-.e1"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_string_equal(reads(bad[i]), "(refused)");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_digits_and_scale_are_kept),
	    cmocka_unit_test(test_exponents_are_worked_in),
	    cmocka_unit_test(test_the_range_is_numerics),
	    cmocka_unit_test(test_what_is_no_decimal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
