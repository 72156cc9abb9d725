/* mem: zeroed, grown, copied; none is as good as some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void
memory_is_zeroed_and_grows(void **state)
{
	uint64_t *n = mem_new(3, sizeof(*n));

	(void)state;
	assert_int_equal(n[0] | n[1] | n[2], 0);
	n[2] = 7;
	n = mem_grow(n, 1000, sizeof(*n));
	assert_int_equal(n[2], 7);
	free(n);
}

static void
nothing_can_be_asked_for(void **state)
{
	void *none = mem_new(0, 8);

	(void)state;
	assert_non_null(none);
	none = mem_grow(none, 0, 8);
	assert_non_null(none);
	free(none);
}

static void
a_text_is_copied(void **state)
{
	char text[] = "41207", *copy = mem_str(text);

	(void)state;
	text[0] = '5';
	assert_string_equal(copy, "41207");
	assert_null(mem_str(NULL));
	free(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_is_zeroed_and_grows),
	    cmocka_unit_test(nothing_can_be_asked_for),
	    cmocka_unit_test(a_text_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
