/* known_set: keys are exact, however many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "stage/known_set.h"

static bool
has(const struct known_set *k, const char *key)
{
	return known_set_has(k, key, strlen(key));
}

static void
test_keys_are_exact(void **state)
{
	static const char *const keys[] = {"0", "7", "-7", "007",
	    "9223372036854775807", "-9223372036854775808",
	    "9223372036854775808", "12345678901234567890", "1.0", "abc", "-",
	    "", " 8"};
	static const char *const others[] = {"00", "-0", "8", "07", "1",
	    "9223372036854775806", "-9223372036854775807",
	    "9223372036854775809", "abd", "--", " 7", "8 "};
	struct known_set *k = known_set_new();

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_false(has(k, keys[i]));
		known_set_add(k, keys[i], strlen(keys[i]));
		known_set_add(k, keys[i], strlen(keys[i]));
		assert_true(has(k, keys[i]));
		assert_int_equal(known_set_count(k), i + 1);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(has(k, others[i]));
	known_set_free(k);
	known_set_free(NULL);
}

/* At any size: all are found, nothing else is, and the bytes are few. */
static void
check_size(const char *before, bool reserve, double bytes)
{
	struct known_set *k = known_set_new();
	char key[32];

	if (reserve)
		known_set_reserve(k, 200000);
	for (int i = 0; i < 200000; i++) {
		known_set_add(k, key,
		    (size_t)snprintf(key, sizeof(key), "%s%d", before, i * 3));
		if (i > 50000 && i % 1000 == 0 && !reserve &&
		    (double)known_set_bytes(k) / (i + 1) > bytes)
			fail_msg(
			    "%zu bytes for %d keys", known_set_bytes(k), i);
	}
	assert_int_equal(known_set_count(k), 200000);
	assert_true((double)known_set_bytes(k) / 200000 < bytes);
	for (int i = 0; i < 600000; i++) {
		snprintf(key, sizeof(key), "%s%d", before, i);
		if (has(k, key) != (i % 3 == 0))
			fail_msg("%s", key);
	}
	known_set_free(k);
}

static void
test_many_integers(void **state)
{
	(void)state;
	check_size("", false, 24);
	check_size("", true, 24);
}

static void
test_many_texts(void **state)
{
	(void)state;
	check_size("t_", false, 24);
}

static void
test_file(void **state)
{
	char path[] = "/tmp/ha-keyset-XXXXXX";
	struct known_set *k = known_set_new();
	struct why why;
	FILE *f;

	(void)state;
	assert_non_null(f = fdopen(mkstemp(path), "w"));
	fputs("31\n\nabc\n32", f);
	fclose(f);
	assert_int_equal(known_set_read(k, path, &why), 0);
	assert_int_equal(known_set_count(k), 3);
	assert_true(has(k, "31") && has(k, "abc") && has(k, "32"));
	unlink(path);
	assert_int_equal(known_set_read(k, path, &why), -1);
	assert_int_equal(why.status, EX_NOINPUT);
	known_set_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys_are_exact),
	    cmocka_unit_test(test_many_integers),
	    cmocka_unit_test(test_many_texts),
	    cmocka_unit_test(test_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
