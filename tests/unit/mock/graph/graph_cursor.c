/* graph_cursor: it comes back as it was, and nobody can make one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/graph/graph_cursor.h"

static const struct graph_cursor some = {1, 12000, UINT32_MAX, -5, 77};

static void
a_cursor_comes_back_as_it_was(void **state)
{
	struct graph_cursor c = some, back;
	struct buf text = BUF_INIT;

	(void)state;
	for (int64_t at = -2; at < 3; at++) {
		c.at = at * INT64_C(1795176000);
		buf_clear(&text);
		graph_cursor_put(1, &c, &text);
		assert_int_equal(text.len, strlen(text.at));
		assert_true(graph_cursor_get(1, text.at, &back));
		assert_int_equal(back.list, c.list);
		assert_int_equal(back.thread, c.thread);
		assert_int_equal(back.no, c.no);
		assert_int_equal(back.at, c.at);
		assert_int_equal(back.nonce, c.nonce);
	}
	buf_release(&text);
}

static void
nobody_can_make_one(void **state)
{
	struct graph_cursor back;
	struct buf text = BUF_INIT;

	(void)state;
	graph_cursor_put(1, &some, &text);
	assert_false(graph_cursor_get(2, text.at, &back));
	assert_false(graph_cursor_get(1, "", &back));
	assert_false(graph_cursor_get(1, "AAAA", &back));
	assert_false(graph_cursor_get(1, "no base64!", &back));
	for (size_t i = 0; i < text.len && text.at[i] != '='; i++) {
		char was = text.at[i];

		text.at[i] = was == 'A' ? 'B' : 'A';
		assert_false(graph_cursor_get(1, text.at, &back));
		text.at[i] = was;
	}
	text.at[text.len - 1] = '\0';
	assert_false(graph_cursor_get(1, text.at, &back));
	buf_release(&text);
}

/* It has to be encoded in a URL. */
static void
one_place_has_many_texts_all_padded(void **state)
{
	struct graph_cursor c = some;
	struct buf one = BUF_INIT, two = BUF_INIT;

	(void)state;
	graph_cursor_put(1, &c, &one);
	c.nonce++;
	graph_cursor_put(1, &c, &two);
	assert_string_not_equal(one.at, two.at);
	assert_string_equal(one.at + one.len - 2, "==");
	buf_release(&one);
	buf_release(&two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cursor_comes_back_as_it_was),
	    cmocka_unit_test(nobody_can_make_one),
	    cmocka_unit_test(one_place_has_many_texts_all_padded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
