/* mark: marks read and written are the same mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in.h"
#include "stream/mark.h"

/* In a buffer of its exact size, so that a checker sees any step outside. */
static int
parse(struct mark *m, const char *text, struct why *why)
{
	size_t len = strlen(text);
	char *copy = malloc(len + IN_PADDING);
	int rc;

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(copy + len, '}', IN_PADDING);
	rc = mark_parse(m, copy, len, why);
	free(copy);
	return rc;
}

static void
test_begin(void **state)
{
	struct why why = {0};
	struct mark m;

	(void)state;
	mark_init(&m);
	assert_int_equal(parse(&m,
			     "{\"@ha\":\"begin\",\"v\":1,\"source\":\"api\","
			     "\"resource\":\"rows\",\"account\":\"a\\u0041\","
			     "\"from\":{\"n\":1.10},\"whole\":true}",
			     &why),
	    0);
	assert_int_equal(m.kind, MARK_BEGIN);
	assert_string_equal(m.source.at, "api");
	assert_string_equal(m.resource.at, "rows");
	assert_string_equal(m.account.at, "aA");
	assert_string_equal(m.from.at, "{\"n\":1.10}");
	assert_true(m.whole);
	assert_int_equal(m.mode, MODE_NONE);
	mark_release(&m);
}

static const char *
mode_read(struct mark *m, const char *mode)
{
	struct buf line = BUF_INIT;
	struct why why;

	buf_fmt(&line,
	    "{\"@ha\":\"begin\",\"source\":\"a\",\"resource\":\"b\","
	    "\"mode\":%s}",
	    mode);
	assert_int_equal(parse(m, line.at, &why), 0);
	buf_release(&line);
	return m->other_mode.len > 0 ? m->other_mode.at : mode_word(m->mode);
}

/* One mark after another: nothing of the mode before is left. */
static void
test_mode(void **state)
{
	struct mark m;

	(void)state;
	mark_init(&m);
	assert_string_equal(mode_read(&m, "\"keys\""), "keys");
	assert_int_equal(m.mode, MODE_KEYS);
	assert_string_equal(mode_read(&m, "\"keys2\""), "keys2");
	assert_int_equal(m.mode, MODE_OTHER);
	assert_string_equal(mode_read(&m, "\"ea\\u0063h\""), "each");
	assert_int_equal(m.mode, MODE_EACH);
	assert_string_equal(mode_read(&m, "\"\""), "");
	assert_int_equal(m.mode, MODE_NONE);
	assert_string_equal(mode_read(&m, "\"key\""), "key");
	assert_int_equal(m.mode, MODE_OTHER);
	assert_string_equal(mode_read(&m, "null"), "");
	assert_int_equal(m.mode, MODE_NONE);
	mark_release(&m);
}

/* What is read is written again the same, unknown members too. */
static void
test_written_as_read(void **state)
{
	static const char *const marks[] = {
	    "{\"@ha\":\"begin\",\"v\":1,\"source\":\"api\",\"resource\":"
	    "\"rows\",\"account\":\"59808\",\"mode\":\"each\",\"run\":"
	    "\"u\",\"from\":{\"a\":{\"b\":[1,2]}},\"whole\":true}",
	    "{\"@ha\":\"begin\",\"v\":1,\"source\":\"a\",\"resource\":\"b\","
	    "\"later\":[1.10,{\"x\":\"\\u0041\"}]}",
	    "{\"@ha\":\"begin\",\"v\":1,\"source\":\"a\",\"resource\":\"b\","
	    "\"mode\":\"ever\\tnew\"}",
	    "{\"@ha\":\"open\",\"parent\":{\"id\":12345678901234567890}}",
	    "{\"@ha\":\"close\",\"records\":0}",
	    "{\"@ha\":\"close\",\"records\":3,\"skipped\":2}",
	    "{\"@ha\":\"at\",\"cursor\":{\"id\":\"x\"}}",
	    "{\"@ha\":\"at\"}",
	    "{\"@ha\":\"end\",\"records\":0,\"complete\":false}",
	    "{\"@ha\":\"end\",\"records\":97,\"complete\":true,\"why\":"
	    "\"time\",\"skipped\":3,\"parked\":2,\"rejected\":1,\"count\":0,"
	    "\"calls\":8,\"retries\":1,\"waited_ms\":5,\"cursor\":{}}",
	    "{\"@ha\":\"shiny\",\"records\":\"many\",\"cursor\":[]}",
	};
	struct why why = {0};
	struct buf b = BUF_INIT;
	struct mark m;

	(void)state;
	mark_init(&m);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (parse(&m, marks[i], &why) == -1)
			fail_msg("%s: %s", marks[i], why.msg);
		buf_clear(&b);
		mark_write(&m, &b);
		assert_string_equal(b.at, marks[i]);
	}
	buf_release(&b);
	mark_release(&m);
}

static void
test_wrong_marks(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
	    {"{\"@ha\":\"begin\",\"v\":2,\"source\":\"a\",\"resource\":"
	     "\"b\"}",
		"version"},
	    {"{\"@ha\":\"begin\",\"v\":1,\"source\":\"a\"}",
		"without resource"},
	    {"{\"@ha\":\"begin\",\"v\":1,\"source\":7,\"resource\":\"b\"}",
		"source is wrong"},
	    {"{\"@ha\":\"begin\",\"source\":\"a\",\"resource\":null}",
		"without resource"},
	    {"{\"@ha\":\"open\"}", "without parent"},
	    {"{\"@ha\":\"open\",\"parent\":[]}", "parent is wrong"},
	    {"{\"@ha\":\"close\"}", "without records"},
	    {"{\"@ha\":\"close\",\"records\":-1}", "records is wrong"},
	    {"{\"@ha\":\"close\",\"records\":1.5}", "records is wrong"},
	    {"{\"@ha\":\"at\",\"cursor\":\"x\"}", "cursor is wrong"},
	    {"{\"@ha\":\"end\",\"records\":1}", "without complete"},
	    {"{\"@ha\":\"end\",\"records\":1,\"complete\":1}",
		"complete is wrong"},
	    {"{\"@ha\":\"end\",\"records\":1,\"complete\":true", "mark"},
	    {"{\"@ha\":\"end\",\"records\":1,\"complete\":true}x", "mark"},
	    {"{\"@ha\":\"", "mark"},
	};
	struct why why = {0};
	struct mark m;

	(void)state;
	mark_init(&m);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(parse(&m, wrong[i].text, &why), -1);
		assert_int_equal(why.status, EX_DATAERR);
		if (strstr(why.msg, wrong[i].says) == NULL)
			fail_msg("%s: %s", wrong[i].text, why.msg);
	}
	mark_release(&m);
}

static void
test_cut_anywhere(void **state)
{
	static const char whole[] =
	    "{\"@ha\":\"end\",\"records\":1,\"complete\":true,\"x\":[{}]}";
	char text[sizeof(whole)];
	struct why why = {0};
	struct mark m;

	(void)state;
	mark_init(&m);
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		assert_int_equal(parse(&m, text, &why), -1);
		assert_int_equal(why.status, EX_DATAERR);
	}
	assert_int_equal(parse(&m, whole, &why), 0);
	mark_release(&m);
}

static void
test_what_is_a_mark(void **state)
{
	(void)state;
	assert_true(mark_is("{\"@ha\":\"x", 9));
	assert_false(mark_is("{\"@ha\":", 7));
	assert_false(mark_is("{\"@ha\" :\"at\"}", 13));
	assert_false(mark_is("{\"id\":1,\"@ha\":\"at\"}", 19));
	assert_false(mark_is("", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_begin),
	    cmocka_unit_test(test_mode),
	    cmocka_unit_test(test_written_as_read),
	    cmocka_unit_test(test_wrong_marks),
	    cmocka_unit_test(test_cut_anywhere),
	    cmocka_unit_test(test_what_is_a_mark),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
