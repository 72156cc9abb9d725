/* pgarray: texts of any kind as one parameter, and paths as their steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/pgarray.h"

static void
test_texts_are_quoted_and_null_is_not(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	pgarray_end(&b);
	assert_string_equal(b.at, "{}");
	buf_clear(&b);
	pgarray_add(&b, "a", 1);
	pgarray_add(&b, "", 0);
	pgarray_add(&b, "NULL", 4);
	pgarray_add(&b, NULL, 0);
	pgarray_add(&b, "say \"a\\b\", {c}", 14);
	pgarray_add(&b, "cut here", 3);
	pgarray_end(&b);
	assert_string_equal(b.at, "{\"a\",\"\",\"NULL\",NULL,"
				  "\"say \\\"a\\\\b\\\", {c}\",\"cut\"}");
	buf_release(&b);
}

static void
test_a_path_is_its_steps(void **state)
{
	static const char *const is[][2] = {{".a", "{\"a\"}"},
	    {".attachments[].url", "{\"attachments\",\"[]\",\"url\"}"},
	    {".a[3].b", "{\"a\",\"3\",\"b\"}"},
	    {".a[][].b", "{\"a\",\"[]\",\"[]\",\"b\"}"},
	    {".\"@odata.next\"", "{\"@odata.next\"}"},
	    {".a.\"b.c[]\".d", "{\"a\",\"b.c[]\",\"d\"}"}, {"", "{}"}};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++) {
		buf_clear(&b);
		pgarray_path(&b, is[i][0]);
		assert_string_equal(b.at, is[i][1]);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts_are_quoted_and_null_is_not),
	    cmocka_unit_test(test_a_path_is_its_steps)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
