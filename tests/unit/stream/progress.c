/* progress: what is written reads as itself, whatever a text holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "stream/progress.h"

static void
test_there_and_back(void **state)
{
	static char text[2000];
	struct progress p = {.resource = text,
	    .why = text,
	    .records = 1,
	    .total = 2,
	    .calls = 3,
	    .retries = 4,
	    .waited_ms = 5,
	    .again_ms = 6,
	    .waiting = true,
	    .inserted = 7,
	    .updated = 8,
	    .unchanged = 9,
	    .stale = 10,
	    .parked = 11,
	    .rejected = 12};
	struct json *j = json_new();
	struct progress_line l;
	char got[PIPE_BUF + JSON_PADDING];
	int fds[2];
	char to[16];
	ssize_t n;

	(void)state;
	memset(text, '"', sizeof(text) - 1);
	memcpy(text, "\x1b[2J\xc2\x9b\xe2\x80\xae", 9);
	assert_int_equal(pipe(fds), 0);
	snprintf(to, sizeof(to), "fd:%d", fds[1]);
	setenv("HA_PROGRESS", to, 1);
	progress_report(&p, true);
	n = read(fds[0], got, PIPE_BUF);
	assert_in_range(n, 2, PIPE_BUF - 1);
	assert_true(progress_read(j, got, (size_t)n - 1, &l));
	assert_int_equal(l.pid, getpid());
	assert_string_equal(l.stage, program_invocation_short_name);
	assert_memory_equal(l.why, "\\x1b[2J\\u009b\\u202e\"\"", 21);
	assert_null(l.is.resource);
	assert_null(l.is.why);
	assert_true(l.is.waiting);
	assert_int_equal(l.is.records, 1);
	assert_int_equal(l.is.total, 2);
	assert_int_equal(l.is.calls, 3);
	assert_int_equal(l.is.retries, 4);
	assert_int_equal(l.is.waited_ms, 5);
	assert_int_equal(l.is.again_ms, 6);
	assert_int_equal(l.is.inserted, 7);
	assert_int_equal(l.is.updated, 8);
	assert_int_equal(l.is.unchanged, 9);
	assert_int_equal(l.is.stale, 10);
	assert_int_equal(l.is.parked, 11);
	assert_int_equal(l.is.rejected, 12);
	progress_add(&l.is, &p);
	assert_int_equal(l.is.rejected, 24);
	assert_int_equal(l.is.records, 2);
	json_free(j);
	close(fds[0]);
	close(fds[1]);
}

static void
test_what_is_none(void **state)
{
	static const char *const none[] = {"", "{", "[]", "{}", "3",
	    "{\"stage\":\"x\"}", "{\"pid\":3}", "{\"stage\":\"\",\"pid\":3}",
	    "{\"stage\":\"x\",\"pid\":-3}", "{\"stage\":\"x\",\"pid\":3}}"};
	struct json *j = json_new();
	struct progress_line l;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		memset(text, 0, sizeof(text));
		memcpy(text, none[i], strlen(none[i]));
		assert_false(progress_read(j, text, strlen(none[i]), &l));
	}
	json_free(j);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
