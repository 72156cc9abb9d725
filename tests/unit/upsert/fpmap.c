/* fpmap: the fingerprints of an account's rows, by key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xxhash.h>

#include "base/open_table.h"
#include "upsert/fpmap.h"

static uint64_t
key(uint64_t i)
{
	return XXH3_64bits(&i, sizeof(i));
}

static struct fingerprint
print(uint64_t i)
{
	XXH128_hash_t h = XXH3_128bits(&i, sizeof(i));

	return (struct fingerprint){h.high64, h.low64};
}

static void
finds_what_was_put(void **state)
{
	struct fpmap *m = fpmap_new();
	struct fingerprint fp, other = print(0);

	(void)state;
	for (uint64_t i = 1; i <= 50000; i++) {
		fp = print(i);
		assert_int_equal(fpmap_find(m, key(i), &fp), FP_ABSENT);
		fpmap_put(m, key(i), &fp);
	}
	assert_int_equal(open_n(m), 50000);
	for (uint64_t i = 1; i <= 50000; i++) {
		fp = print(i);
		assert_int_equal(fpmap_find(m, key(i), &fp), FP_SAME);
		assert_int_equal(fpmap_find(m, key(i), &other), FP_OTHER);
		fp.hi ^= 1;
		assert_int_equal(fpmap_find(m, key(i), &fp), FP_OTHER);
		assert_int_equal(fpmap_find(m, key(i + 50000), &fp), FP_ABSENT);
	}
	fpmap_free(m);
}

static void
takes_at_most_32_bytes_a_row(void **state)
{
	struct fpmap *m = fpmap_new();
	struct fingerprint fp;

	(void)state;
	for (uint64_t i = 1; i <= 1000000; i++) {
		fp = print(i);
		fpmap_put(m, key(i), &fp);
		if (i > 100000 && i % 10007 == 0)
			assert_true(open_bytes(m) <= 32 * i);
	}
	fpmap_free(m);
}

static void
unknown_is_never_the_same(void **state)
{
	struct fpmap *m = fpmap_new();
	struct fingerprint zero = {0, 0}, fp = print(1);

	(void)state;
	fpmap_put(m, key(1), NULL);
	assert_int_equal(fpmap_find(m, key(1), &zero), FP_OTHER);
	assert_int_equal(fpmap_find(m, key(1), &fp), FP_OTHER);
	fpmap_put(m, key(1), &zero); /* a hash may be zero */
	assert_int_equal(fpmap_find(m, key(1), &zero), FP_SAME);
	/* keys whose stored bits are all zero */
	fpmap_put(m, 0, &fp);
	assert_int_equal(fpmap_find(m, 0, &fp), FP_SAME);
	assert_int_equal(fpmap_find(m, (uint64_t)1 << 63, &fp), FP_ABSENT);
	fpmap_free(m);
}

static void
a_put_can_be_taken_back(void **state)
{
	struct fpmap *m = fpmap_new();
	struct fingerprint one = print(1), two = print(2);
	struct fp_entry was;

	(void)state;
	fpmap_put(m, key(1), &one);
	was = fpmap_put(m, key(1), &two);
	fpmap_restore(m, key(1), was);
	assert_int_equal(fpmap_find(m, key(1), &one), FP_SAME);
	/* absent before: known from now on, but not how */
	was = fpmap_put(m, key(2), &two);
	fpmap_restore(m, key(2), was);
	assert_int_equal(fpmap_find(m, key(2), &two), FP_OTHER);
	fpmap_free(m);
}

static void
remembers_what_was_seen(void **state)
{
	struct fpmap *m = fpmap_new();
	struct fingerprint fp = print(1);

	(void)state;
	assert_false(fpmap_left(m, key(1), NULL));
	for (uint64_t i = 1; i <= 1000; i++)
		fpmap_put(m, key(i), &fp);
	for (uint64_t i = 1; i <= 1000; i += 2)
		if (i % 3 == 0)
			fpmap_see(m, key(i));
		else
			fpmap_find(m, key(i), &fp);
	for (uint64_t i = 1001; i <= 9000; i++) /* the parts grow */
		fpmap_put(m, key(i), &fp);
	for (uint64_t i = 1; i <= 1000; i++) {
		fpmap_put(m, key(i), NULL);
		assert_int_equal(fpmap_left(m, key(i), NULL), i % 2 == 0);
	}
	fpmap_see(m, key(99999)); /* not there: nothing happens */
	assert_false(fpmap_left(m, key(99999), NULL));
	fpmap_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_was_put),
	    cmocka_unit_test(takes_at_most_32_bytes_a_row),
	    cmocka_unit_test(unknown_is_never_the_same),
	    cmocka_unit_test(a_put_can_be_taken_back),
	    cmocka_unit_test(remembers_what_was_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
