/* blank: tokens in links never go further, an embedded page maybe not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "page/blank.h"

static char next[] = ".m.paging.next", cursors[] = ".m.paging.cursors",
	    page[] = ".m";
static char *always[] = {next, cursors};
static char *maybe[] = {page};

/* What becomes of the record; "=" if it goes on as it came. */
static void
becomes(const char *record, const char *want)
{
	struct resource r = {
	    .blank = always, .n_blank = 2, .fragile = maybe, .n_fragile = 1};
	struct why why;
	struct blank *b = blank_new(&r, &why);
	struct json *j = json_new();
	struct buf text = BUF_INIT;
	struct json_val v, to;
	int got;

	assert_non_null(b);
	buf_str(&text, record);
	memset(buf_room(&text, JSON_PADDING), 0, JSON_PADDING);
	v = (struct json_val){json_type_of(record[0]), text.at, text.len};
	got = blank_record(b, j, &v, &to, &why);
	assert_int_equal(got, strcmp(want, "=") != 0);
	if (got == 1) {
		assert_int_equal(to.len, strlen(want));
		assert_memory_equal(to.text, want, to.len);
	}
	buf_release(&text);
	json_free(j);
	blank_free(b);
}

static void
test_links_and_cursors_lose_their_value(void **state)
{
	(void)state;
	becomes("{\"id\": 1.0,\"m\":{\"d\":[1],\"paging\":{\"next\":"
		"\"https://h/?access_token=T\",\"cursors\":{\"a\":\"b\"}}},"
		"\"z\":\"\\u00e4\"}",
	    "{\"id\": 1.0,\"m\":{\"d\":[1],\"paging\":{\"next\":\"-\","
	    "\"cursors\":\"-\"}},\"z\":\"\\u00e4\"}");
	/* whichever comes first */
	becomes("{\"m\":{\"paging\":{\"cursors\":[],\"next\":7}}}",
	    "{\"m\":{\"paging\":{\"cursors\":\"-\",\"next\":\"-\"}}}");
}

static void
test_a_record_without_them_goes_on_as_it_came(void **state)
{
	(void)state;
	becomes("{\"id\":1}", "=");
	becomes("{\"id\":1,\"m\":null}", "=");
	becomes("{\"m\":{\"paging\":{\"next\":null,\"cursors\":\"\"}}}", "=");
	becomes("[1]", "=");
}

static void
test_an_embedded_page_that_cannot_be_stored_goes_whole(void **state)
{
	(void)state;
	becomes("{\"m\":{\"d\":[\"a\\u0000b\"],\"paging\":{\"next\":\"x\"}},"
		"\"id\":1}",
	    "{\"m\":\"-\",\"id\":1}");
	becomes("{\"id\":1,\"m\":[\"\\ud800\"]}", "{\"id\":1,\"m\":\"-\"}");
	/* elsewhere it is not ours: ha-upsert sets that record aside */
	becomes("{\"id\":\"\\u0000\",\"m\":[]}", "=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links_and_cursors_lose_their_value),
	    cmocka_unit_test(test_a_record_without_them_goes_on_as_it_came),
	    cmocka_unit_test(
		test_an_embedded_page_that_cannot_be_stored_goes_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("blank", tests, NULL, NULL);
}
