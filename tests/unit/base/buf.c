/* buf: text that grows, stays whole, and is JSON where JSON is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void
test_every_way_to_add_ends_in_a_nul(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_add(&b, "a\0b", 3);
	buf_str(&b, "cd");
	buf_chr(&b, 'e');
	buf_fmt(&b, "%03d", 7);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.at, "a\0bcde007", 10);
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.at, "");
	buf_release(&b);
}

static void
test_it_keeps_what_it_has_while_it_grows(void **state)
{
	struct buf b = BUF_INIT;
	char *room;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_fmt(&b, "%05d", i);
	assert_int_equal(b.len, 100000);
	assert_memory_equal(b.at, "0000000001", 10);
	assert_memory_equal(b.at + 99990, "1999819999", 11);
	room = buf_room(&b, 5000);
	assert_ptr_equal(room, b.at + b.len);
	assert_true(b.room > b.len + 5000);
	buf_release(&b);
	assert_null(b.at);
}

static void
test_json_escapes_what_it_must_and_nothing_else(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_json(&b, "a\"\\/\n\t\x01\x1f\x7f\xc3\xa9\0z", 13);
	assert_string_equal(
	    b.at, "\"a\\\"\\\\/\\n\\t\\u0001\\u001f\x7f\xc3\xa9\\u0000z\"");
	buf_clear(&b);
	buf_json(&b, "", 0);
	assert_string_equal(b.at, "\"\"");
	buf_release(&b);
}

static void
test_what_is_taken_is_the_callers(void **state)
{
	struct buf b = BUF_INIT;
	char *mine;

	(void)state;
	mine = buf_take(&b);
	assert_string_equal(mine, "");
	free(mine);
	buf_str(&b, "kept");
	mine = buf_take(&b);
	assert_null(b.at);
	assert_int_equal(b.len, 0);
	buf_str(&b, "other");
	assert_string_equal(mine, "kept");
	free(mine);
	buf_wipe(&b);
	assert_null(b.at);
	buf_wipe(&b); /* empty is fine */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_way_to_add_ends_in_a_nul),
	    cmocka_unit_test(test_it_keeps_what_it_has_while_it_grows),
	    cmocka_unit_test(test_json_escapes_what_it_must_and_nothing_else),
	    cmocka_unit_test(test_what_is_taken_is_the_callers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
