/* run_id: what a UUID is, and what HA_RUN may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/run_id.h"

#define ID "01234567-89ab-cdef-ABCD-EF0123456789"

static void
test_a_uuid_is_five_groups_of_digits(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
	    {ID, true},
	    {"00000000-0000-0000-0000-000000000000", true},
	    {"ffffffff-ffff-ffff-ffff-ffffffffffff", true},
	    {"", false},
	    {"0", false},
	    {ID "0", false},
	    {ID " ", false},
	    {ID "\n", false},
	    {" " ID, false},
	    {"{" ID "}", false},
	    {"01234567-89ab-cdef-ABCD-EF012345678", false},
	    {"0123456789abcdefABCDEF0123456789", false},
	    {"01234567-89ab-cdef-ABCD-EF012345678g", false},
	    {"01234567-89ab-cdef-ABCD-EF01234567-9", false},
	    {"0123456-789ab-cdef-ABCD-EF0123456789", false},
	    {"01234567_89ab_cdef_ABCD_EF0123456789", false},
	    {"01234567-89ab-cdef-ABCD-EF012345678\xc3\xa9", false},
	    {"------------------------------------", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (uuid_is(cases[i].text) != cases[i].is)
			fail_msg("\"%s\"", cases[i].text);
}

static void
test_a_new_one_is_random_of_version_4(void **state)
{
	char last[UUID_SIZE] = "", id[UUID_SIZE];
	unsigned seen = 0; /* of the first digit of each group */

	(void)state;
	for (int i = 0; i < 1000; i++, memcpy(last, id, sizeof(id))) {
		uuid_new(id);
		assert_true(uuid_is(id));
		assert_int_equal(id[14], '4');
		assert_non_null(strchr("89ab", id[19]));
		assert_string_not_equal(id, last);
		seen |= 1u << strtol((char[]){id[0], '\0'}, NULL, 16);
	}
	assert_int_equal(seen, 0xffff);
}

static void
test_the_run_is_the_one_of_the_environment(void **state)
{
	struct why why = {0};
	char own[UUID_SIZE];

	(void)state;
	unsetenv("HA_RUN");
	assert_int_equal(run_id_check(&why), 0);
	assert_null(run_id_given());
	memcpy(own, run_id(), sizeof(own));
	assert_true(uuid_is(own));
	assert_string_equal(run_id(), own);
	setenv("HA_RUN", "", 1);
	assert_int_equal(run_id_check(&why), 0);
	assert_null(run_id_given());
	assert_string_equal(run_id(), own);
	setenv("HA_RUN", ID, 1);
	assert_int_equal(run_id_check(&why), 0);
	assert_string_equal(run_id_given(), ID);
	assert_string_equal(run_id(), ID);
}

static void
test_what_is_no_uuid_is_a_wrong_setting(void **state)
{
	static const char *const bad[] = {"x", " ", "0", ID "0", "{" ID "}"};
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&why, 0, sizeof(why));
		setenv("HA_RUN", bad[i], 1);
		assert_int_equal(run_id_check(&why), -1);
		assert_int_equal(why.status, EX_CONFIG);
		assert_string_equal(why.msg, "HA_RUN is no UUID");
	}
	unsetenv("HA_RUN");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_uuid_is_five_groups_of_digits),
	    cmocka_unit_test(test_a_new_one_is_random_of_version_4),
	    cmocka_unit_test(test_the_run_is_the_one_of_the_environment),
	    cmocka_unit_test(test_what_is_no_uuid_is_a_wrong_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
