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
static char path[64], other[80];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/r", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
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
	struct line line = {text, len, 7, 812, true, 0};

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
	assert_int_equal(aside_flush(a, &why), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	aside_close(a);
#define HEAD "{\"line\":7,\"offset\":812,\"reason\":\"no such parent\","
	holds(path, HEAD
	    "\"key\":\"31\",\"raw\":\"{\\\"id\\\":\\\"\xc3\xa9\\\"}\"}\n" HEAD
	    "\"raw\":\"a\\u0000b\\n\"}\n" HEAD
	    "\"key_base64\":\"/g==\",\"raw_base64\":\"/w==\"}\n" HEAD
	    "\"raw_base64\":\"//4=\"}\n" HEAD "\"raw_base64\":\"//79\"}\n");
}

/* What others put there stays, were they before it, beside it or cut off. */
static void
test_a_file_of_many(void **state)
{
	struct why why = {0};
	struct aside *a, *b;
	FILE *f = fopen(other, "w");

	(void)state;
	fputs("cut off", f);
	fclose(f);
	assert_non_null(a = aside_open(other, &why));
	assert_non_null(b = aside_open(other, &why));
	add(a, "a", 1, NULL);
	add(b, "b", 1, NULL);
	assert_int_equal(aside_flush(b, &why), 0);
	assert_int_equal(aside_flush(a, &why), 0);
	add(b, "c", 1, NULL);
	assert_int_equal(aside_flush(b, &why), 0);
	aside_close(a);
	aside_close(b);
	holds(other, "cut off\n" HEAD "\"raw\":\"b\"}\n" HEAD
		     "\"raw\":\"a\"}\n" HEAD "\"raw\":\"c\"}\n");
}

static void
test_no_link_to_a_file(void **state)
{
	struct why why = {0};

	(void)state;
	unlink(path);
	assert_int_equal(symlink(other, path), 0);
	assert_null(aside_open(path, &why));
	assert_int_equal(why.status, EX_IOERR);
	unlink(other); /* nor to what is not there */
	assert_null(aside_open(path, &why));
	assert_int_equal(access(other, F_OK), -1);
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
	aside_close(a);
	assert_int_equal(aside_flush(NULL, &why), 0);
	assert_int_equal(aside_count(NULL), 0);
	aside_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_and_bytes),
	    cmocka_unit_test(test_a_file_of_many),
	    cmocka_unit_test(test_no_link_to_a_file),
	    cmocka_unit_test(test_failures),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
