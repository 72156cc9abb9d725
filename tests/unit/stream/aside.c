/* aside: records set aside are kept whole, with their reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "stream/aside.h"

static char dir[] = "/tmp/ha-aside-XXXXXX";
static char path[64], part[80];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/r", dir);
	snprintf(part, sizeof(part), "%s.part", path);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(part);
	return rmdir(dir);
}

static void
holds(const char *name, const char *want)
{
	char text[1024];
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_string_equal(text, want);
}

static void
add(struct aside *a, const char *text, size_t len, const char *key)
{
	struct line line = {text, len, 7, 812, true};

	aside_add(a, &line, key, "no such parent");
}

static void
test_text_and_bytes(void **state)
{
	struct why why = {0};
	struct stat st;
	struct aside *a;

	(void)state;
	assert_non_null(a = aside_open(path, &why));
	add(a, "{\"id\":\"\xc3\xa9\"}", 11, "31");
	add(a, "a\0b\n", 4, NULL);
	add(a, "\xff", 1, "\xfe");
	add(a, "\xff\xfe", 2, NULL);
	add(a, "\xff\xfe\xfd", 3, NULL);
	assert_int_equal(aside_count(a), 5);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(aside_flush(a, &why), 0);
	assert_int_equal(stat(part, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(aside_keep(a, &why), 0);
	aside_close(a);
	assert_int_equal(access(part, F_OK), -1);
#define HEAD "{\"line\":7,\"offset\":812,\"reason\":\"no such parent\","
	holds(path, HEAD
	    "\"key\":\"31\",\"raw\":\"{\\\"id\\\":\\\"\xc3\xa9\\\"}\"}\n" HEAD
	    "\"raw\":\"a\\u0000b\\n\"}\n" HEAD
	    "\"key_base64\":\"/g==\",\"raw_base64\":\"/w==\"}\n" HEAD
	    "\"raw_base64\":\"//4=\"}\n" HEAD "\"raw_base64\":\"//79\"}\n");
}

/* An end that is not a proper one leaves the older file alone. */
static void
test_not_kept(void **state)
{
	struct why why = {0};
	struct aside *a;

	(void)state;
	assert_non_null(a = aside_open(path, &why));
	assert_int_equal(aside_keep(a, &why), 0);
	aside_close(a);
	holds(path, "");
	assert_non_null(a = aside_open(path, &why));
	add(a, "x", 1, NULL);
	aside_close(a);
	holds(path, "");
	holds(part, HEAD "\"raw\":\"x\"}\n");
}

static void
test_failures(void **state)
{
	struct why why = {0};
	struct aside *a;

	(void)state;
	assert_null(aside_open("/nowhere/at/all", &why));
	assert_int_equal(why.status, EX_IOERR);
	/* no regular file: written directly */
	assert_non_null(a = aside_open("/dev/full", &why));
	add(a, "x", 1, NULL);
	assert_int_equal(aside_flush(a, &why), -1);
	assert_int_equal(why.status, EX_IOERR);
	assert_int_equal(aside_keep(a, &why), -1);
	aside_close(a);
	assert_int_equal(aside_flush(NULL, &why), 0);
	assert_int_equal(aside_keep(NULL, &why), 0);
	assert_int_equal(aside_count(NULL), 0);
	aside_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_and_bytes),
	    cmocka_unit_test(test_not_kept),
	    cmocka_unit_test(test_failures),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
