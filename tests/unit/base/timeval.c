/* timeval: times in the forms that APIs give them, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/timeval.h"

/* How a text reads back, or "(refused)". */
static const char *
reads(const char *text)
{
	static struct buf to;
	int64_t us;

	buf_clear(&to);
	if (time_parse(text, strlen(text), &us) == -1)
		return "(refused)";
	time_print(us, &to);
	return to.at;
}

static void
test_each_form_is_the_same_time(void **state)
{
	static const char *const same[] = {"2024-02-29T12:30:00Z",
	    "2024-02-29t12:30:00z", "2024-02-29 12:30:00", "2024-02-29 12:30",
	    "2024-02-29T12:30:00+0000", "2024-02-29T06:30:00-06:00",
	    "2024-02-29 18:00:00+05:30", "2024-02-29 18:00:00 +0530",
	    "2024-02-29 13:30+01", "2024-02-29T12:30:00.000000Z"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_string_equal(reads(same[i]), "2024-02-29 12:30:00+00");
}

static void
test_fractions_are_rounded_half_up(void **state)
{
	(void)state;
	assert_string_equal(
	    reads("2024-01-01 00:00:00.5"), "2024-01-01 00:00:00.5+00");
	assert_string_equal(reads("2024-01-01 00:00:00.1234565"),
	    "2024-01-01 00:00:00.123457+00");
	assert_string_equal(reads("2024-01-01 00:00:00.123456499"),
	    "2024-01-01 00:00:00.123456+00");
	assert_string_equal(
	    reads("2024-12-31 23:59:59.9999995"), "2025-01-01 00:00:00+00");
	assert_string_equal(
	    reads("2024-01-01 00:00:00.1234567890"), "(refused)");
	assert_string_equal(reads("2024-01-01 00:00:00."), "(refused)");
}

static void
test_days_end_where_the_calendar_says(void **state)
{
	(void)state;
	assert_string_equal(
	    reads("2016-12-31T23:59:60Z"), "2017-01-01 00:00:00+00");
	assert_string_equal(
	    reads("2024-02-28 24:00:00"), "2024-02-29 00:00:00+00");
	assert_string_equal(reads("2000-02-29"), "2000-02-29 00:00:00+00");
	assert_string_equal(reads("1900-02-29"), "(refused)");
	assert_string_equal(reads("2023-02-29"), "(refused)");
	assert_string_equal(reads("2024-04-31"), "(refused)");
	assert_string_equal(reads("2024-13-01"), "(refused)");
	assert_string_equal(reads("0000-00-00 00:00:00"), "(refused)");
	assert_string_equal(reads("2024-01-01 24:00:01"), "(refused)");
	assert_string_equal(
	    reads("1969-12-31 23:59:59.25"), "1969-12-31 23:59:59.25+00");
}

static void
test_what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {"", "2024", "2024-1-1", "20240101",
	    "2024-01-01T", "2024-01-01 ", "2024-01-01T10", "2024-01-01T10:60",
	    "2024-01-01T10:00:61", "2024-01-01T25:00:00",
	    "2024-01-01T10:00:00+16",
	    "2024-01-01T10:00:00+01:", "2024-01-01T10:00:00+1",
	    "2024-01-01T10:00:00 x", "2024-01-01X10:00:00",
	    "2024-01-01T10:00:00Zz", " 2024-01-01", "12:00", "1712345678"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_string_equal(reads(bad[i]), "(refused)");
}

static void
test_a_date_is_the_one_that_is_written(void **state)
{
	static const char text[] = "2024-05-01T23:30:00-08:00";
	int64_t days;

	(void)state;
	assert_int_equal(date_parse(text, sizeof(text) - 1, &days), 0);
	assert_int_equal(days, days_from_date(2024, 5, 1));
	assert_int_equal(date_parse(text, 10, &days), 0);
	assert_int_equal(date_parse(text, 11, &days), -1);
	assert_int_equal(date_parse("2024-05-01 x", 12, &days), -1);
}

static void
test_every_day_reads_back(void **state)
{
	struct buf to = BUF_INIT;
	int64_t days;

	(void)state;
	assert_int_equal(days_from_date(1970, 1, 1), 0);
	assert_int_equal(days_from_date(2000, 1, 1), DAYS_TO_2000);
	for (int64_t d = days_from_date(1, 1, 1);
	     d <= days_from_date(9999, 12, 31); d += 17) {
		buf_clear(&to);
		date_print(d, &to);
		assert_int_equal(date_parse(to.at, to.len, &days), 0);
		assert_int_equal(days, d);
	}
	buf_release(&to);
}

/* What nobody can have counted wrongly: PostgreSQL says the same. */
static void
test_a_time_is_written_as_rfc_3339(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {1, "1970-01-01T00:00:00.000001Z"},
	    {-1, "1969-12-31T23:59:59.999999Z"},
	    {-250000, "1969-12-31T23:59:59.75Z"},
	    {-1000000, "1969-12-31T23:59:59Z"},
	    {-US_PER_DAY, "1969-12-31T00:00:00Z"},
	    {-US_PER_DAY - 1, "1969-12-30T23:59:59.999999Z"},
	    {US_PER_DAY - 1, "1970-01-01T23:59:59.999999Z"},
	    {INT64_C(951782400000000), "2000-02-29T00:00:00Z"},
	    {INT64_C(951868799100000), "2000-02-29T23:59:59.1Z"},
	    {INT64_C(951868800000000), "2000-03-01T00:00:00Z"},
	    {INT64_C(1709209800123450), "2024-02-29T12:30:00.12345Z"},
	    {INT64_C(1735689599999999), "2024-12-31T23:59:59.999999Z"},
	    {INT64_C(4107542400000000), "2100-03-01T00:00:00Z"},
	    {INT64_C(-2203891200000000), "1900-03-01T00:00:00Z"},
	    {INT64_C(-2203977600000000), "1900-02-28T00:00:00Z"},
	    {INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"},
	    {INT64_C(253402300800000000), "10000-01-01T00:00:00Z"},
	    {INT64_C(-62135596800000000), "0001-01-01T00:00:00Z"},
	    {INT64_C(-62135596800000001), "0000-12-31T23:59:59.999999Z"},
	    {INT64_C(-62167219200000000), "0000-01-01T00:00:00Z"},
	    {INT64_C(-62167219200000001), "-001-12-31T23:59:59.999999Z"},
	    {INT64_MAX, "294247-01-10T04:00:54.775807Z"},
	    {INT64_MIN, "-290308-12-21T19:59:05.224192Z"},
	};
	struct buf to = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&to);
		buf_str(&to, "at ");
		time_rfc3339(cases[i].us, &to);
		assert_string_equal(to.at + 3, cases[i].text);
		assert_int_equal(to.len, strlen(to.at));
	}
	buf_release(&to);
}

static void
test_every_time_reads_back(void **state)
{
	struct buf to = BUF_INIT;
	int64_t from = days_from_date(1, 1, 1) * US_PER_DAY, back;

	(void)state;
	/* odd steps meet each second, part of one, month and leap year */
	for (int64_t us = from; us < INT64_C(253402300800000000);
	     us += INT64_C(3155790123457)) {
		buf_clear(&to);
		time_rfc3339(us, &to);
		assert_int_equal(time_parse(to.at, to.len, &back), 0);
		assert_int_equal(back, us);
		assert_true(days_from_time(us) * US_PER_DAY <= us);
		buf_clear(&to);
		time_text(us, ' ', &to);
		assert_int_equal(time_parse(to.at, to.len, &back), 0);
		assert_int_equal(back, us);
	}
	buf_release(&to);
}

static void
test_a_duration_is_a_whole_number_and_a_unit(void **state)
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
test_what_is_no_duration_is_refused(void **state)
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
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_form_is_the_same_time),
	    cmocka_unit_test(test_fractions_are_rounded_half_up),
	    cmocka_unit_test(test_days_end_where_the_calendar_says),
	    cmocka_unit_test(test_what_is_no_time_is_refused),
	    cmocka_unit_test(test_a_date_is_the_one_that_is_written),
	    cmocka_unit_test(test_every_day_reads_back),
	    cmocka_unit_test(test_a_time_is_written_as_rfc_3339),
	    cmocka_unit_test(test_every_time_reads_back),
	    cmocka_unit_test(test_a_duration_is_a_whole_number_and_a_unit),
	    cmocka_unit_test(test_what_is_no_duration_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
