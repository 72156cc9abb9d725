/* reasons: counted by text, and never more texts than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "upsert/reasons.h"

static void
test_counts_by_text(void **state)
{
	struct reasons r = {0}, sum = {0};
	struct buf b = BUF_INIT;

	(void)state;
	reasons_text(&r, &b);
	assert_int_equal(b.len, 0);
	reasons_add(&r, "id: \"missing\"", 1);
	reasons_add(&r, "b", 2);
	reasons_add(&r, "id: \"missing\"", 3);
	reasons_all(&sum, &r);
	reasons_all(&sum, &r);
	reasons_json(&sum, &b);
	assert_string_equal(b.at, "{\"id: \\\"missing\\\"\":8,\"b\":4}");
	buf_clear(&b);
	reasons_text(&r, &b);
	assert_string_equal(b.at, "; 4 id: \"missing\"; 2 b");
	reasons_clear(&r);
	reasons_clear(&sum);
	assert_int_equal(r.n, 0);
	buf_release(&b);
}

static void
test_the_rest_is_other(void **state)
{
	struct reasons r = {0};
	char text[16];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < REASONS_MAX + 7; i++) {
			snprintf(text, sizeof(text), "r%d", i);
			reasons_add(&r, text, 1);
		}
	assert_int_equal(r.n, REASONS_MAX + 1);
	assert_int_equal(r.at[REASONS_MAX - 1].n, 2);
	assert_string_equal(r.at[REASONS_MAX].text, "other");
	assert_int_equal(r.at[REASONS_MAX].n, 14);
	reasons_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts_by_text),
	    cmocka_unit_test(test_the_rest_is_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
