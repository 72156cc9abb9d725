#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "table/copy_field.h"

static void
expect(struct buf *b, const char *bytes, size_t len)
{
	assert_int_equal(b->len, len);
	assert_memory_equal(b->at, bytes, len);
	buf_clear(b);
}

static void
test_int(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	field_int(&b, 1, 1);
	expect(&b, "\0\0\0\1\1", 5);
	field_int(&b, (uint32_t)-2, 4);
	expect(&b, "\0\0\0\4\377\377\377\376", 8);
	field_int(&b, (uint64_t)-2, 4); /* only its lower bytes */
	expect(&b, "\0\0\0\4\377\377\377\376", 8);
	field_int(&b, 0x0102030405060708, 8);
	expect(&b, "\0\0\0\10\1\2\3\4\5\6\7\10", 12);
	field_null(&b);
	expect(&b, "\377\377\377\377", 4);
	buf_release(&b);
}

static void
test_uuid(void **state)
{
	static const char *const right[] = {
	    "00112233-4455-6677-8899-aAbBcCdDeEfF",
	    "00112233445566778899aabbccddeeff"};
	static const char *const wrong[] = {"",
	    "00112233-4455-6677-8899-aabbccddeef",
	    "001122334-455-6677-8899-aabbccddeeff",
	    "0011223344556677-8899-aabbccddee",
	    "0011223344556677889gaabbccddeeff"};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(field_uuid(&b, right[i], strlen(right[i])), 1);
		expect(&b,
		    "\0\0\0\20\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa"
		    "\xbb\xcc\xdd\xee\xff",
		    20);
	}
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(
		    field_uuid(&b, wrong[i], strlen(wrong[i])), -1);
		assert_int_equal(b.len, 0);
	}
	buf_release(&b);
}

static void
test_open(void **state)
{
	struct buf b = BUF_INIT;
	size_t outer, inner;

	(void)state;
	outer = field_open(&b);
	buf_str(&b, "ab");
	inner = field_open(&b);
	field_close(&b, inner);
	field_close(&b, outer);
	expect(&b, "\0\0\0\6ab\0\0\0\0", 10);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_int),
	    cmocka_unit_test(test_uuid),
	    cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
