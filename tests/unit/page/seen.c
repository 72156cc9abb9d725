/* seen: how small it is, and what it tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/open_table.h"
#include "page/seen.h"

/* Many keys, and none is taken for another. */
static void
test_seen_is_small(void **state)
{
	struct seen *s = seen_new(true);
	struct sight row = {.print = 1, .when = 7};
	uint64_t n = 0;

	(void)state;
	for (; n < 300000; n++) {
		row.key = seen_hash(&n, sizeof(n));
		assert_int_equal(seen_add(s, &row, 1).as, SEEN_NEW);
		if (n > 20000 && n % 4096 == 0)
			assert_true(open_bytes(s) <= n * 26);
	}
	assert_int_equal(seen_n(s), n);
	row.key = seen_hash(&n, sizeof(n));
	assert_int_equal(seen_look(s, &row).as, SEEN_NEW);
	n = 4711;
	row.key = seen_hash(&n, sizeof(n));
	assert_int_equal(seen_look(s, &row).as, SEEN_SAME);
	assert_int_equal(seen_look(s, &row).pass, 1);
	row.print = 2;
	assert_int_equal(seen_look(s, &row).as, SEEN_NEWER);
	row.when = 6;
	assert_int_equal(seen_look(s, &row).as, SEEN_OLDER);
	row.when = 8;
	assert_int_equal(seen_add(s, &row, 2).as, SEEN_NEWER);
	/* an older one that comes behind it changes nothing */
	row.print = 1;
	row.when = 7;
	assert_int_equal(seen_add(s, &row, 2).as, SEEN_OLDER);
	row.print = 2;
	row.when = 8;
	assert_int_equal(seen_look(s, &row).as, SEEN_SAME);
	assert_int_equal(seen_look(s, &row).pass, 2);
	seen_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_seen_is_small)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
