/* why: one line, whatever was put into it, and the status that goes with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/why.h"

static void
test_message_and_status(void **state)
{
	struct why w = {0};

	(void)state;
	assert_int_equal(
	    why_set(&w, EX_TEMPFAIL, "%s: HTTP %d", "page", 503), -1);
	assert_string_equal(w.msg, "page: HTTP 503");
	assert_int_equal(w.status, EX_TEMPFAIL);
	assert_int_equal(why_in(&w, "listing %d", 7), -1);
	assert_string_equal(w.msg, "listing 7: page: HTTP 503");
	assert_int_equal(w.status, EX_TEMPFAIL);
	errno = ENOSPC;
	assert_int_equal(why_errno(&w, EX_IOERR, "rows.part"), -1);
	assert_string_equal(w.msg, "rows.part: No space left on device");
	assert_int_equal(w.status, EX_IOERR);
}

static void
test_it_stays_one_line(void **state)
{
	struct why w = {0};

	(void)state;
	why_set(&w, 65, "%s", "a\nb\r\x1b[2J\x7f\t\xc3\xa9");
	assert_string_equal(w.msg, "a\\x0ab\\x0d\\x1b[2J\\x7f\\x09\xc3\xa9");
	why_set(&w, 65, "%s",
	    "\xc2\x9b"
	    "31m \xe2\x80\xae \xff");
	assert_string_equal(w.msg, "\\u009b31m \\u202e \\xff");
	why_set(&w, 65, "%s", "a\nb\r\x1b[2J\x7f\t\xc3\xa9");
	why_in(&w, "x\ny");
	assert_string_equal(
	    w.msg, "x\\x0ay: a\\x0ab\\x0d\\x1b[2J\\x7f\\x09\xc3\xa9");
}

/* Whatever its length, and be it of bytes that become four. */
static void
test_what_is_too_long_is_cut(void **state)
{
	struct why w = {0};
	char text[4000];

	(void)state;
	memset(text, 'z', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 20; i++) {
		text[i] = '\n';
		why_set(&w, 65, "%s", text);
		assert_in_range(
		    strlen(w.msg), sizeof(w.msg) - 8, sizeof(w.msg) - 1);
		why_in(&w, "%s", text + 2000);
		assert_in_range(
		    strlen(w.msg), sizeof(w.msg) - 8, sizeof(w.msg) - 1);
		assert_null(strchr(w.msg, '\n'));
	}
	memset(text, '\n', sizeof(text) - 1);
	why_set(&w, 65, "%s", text);
	assert_int_equal(strlen(w.msg) % 4, 0); /* none is cut in two */
	assert_in_range(strlen(w.msg), sizeof(w.msg) - 8, sizeof(w.msg) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_message_and_status),
	    cmocka_unit_test(test_it_stays_one_line),
	    cmocka_unit_test(test_what_is_too_long_is_cut)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
