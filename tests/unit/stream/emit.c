/* emit: the counts of close and end are those of what went out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/out.h"
#include "stream/emit.h"
#include "stream/stream.h"

/* What a stage writes whose second record of each group is dropped. */
static void
stage(struct emit *e, int groups)
{
	struct mark m;

	mark_init(&m);
	m.kind = MARK_BEGIN;
	buf_str(&m.source, "pets");
	buf_str(&m.resource, "toys");
	buf_str(&m.account, "1");
	m.mode = MODE_EACH;
	emit_begin(e, &m);
	for (int i = 0; i < groups; i++) {
		m.kind = MARK_OPEN;
		buf_clear(&m.parent);
		buf_fmt(&m.parent, "{\"id\":%d}", i);
		emit_open(e, &m);
		emit_record(e, "{\"id\":1}", 8);
		emit_drop(e, 1);
		emit_record(e, "{\"id\":3}", 8);
		m.skipped = 2; /* it says that two were taken out before us */
		emit_close(e, i == 0 ? NULL : &m);
	}
	m.complete = true;
	m.skipped = 10;
	buf_str(&m.extra, ",\"new\":[1]");
	emit_end(e, &m);
	mark_release(&m);
}

/* The lines that a stage wrote, from the file that stdout is. */
static size_t
written(bool plain, int groups, char *text, size_t room)
{
	struct why why = {0};
	FILE *file = tmpfile();
	int before = dup(STDOUT_FILENO);
	struct emit e;
	size_t n;

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	emit_init(&e, plain);
	stage(&e, groups);
	if (plain)
		stage(&e, groups);
	assert_int_equal(out_flush(&why), 0);
	emit_release(&e);
	dup2(before, STDOUT_FILENO);
	close(before);
	rewind(file);
	n = fread(text, 1, room - 1, file);
	text[n] = '\0';
	fclose(file);
	return n;
}

static const char *
line_of(char *text, const char *start)
{
	static char line[1024];
	const char *at = strstr(text, start);

	assert_non_null(at);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

static void
test_marks_count_what_flows(void **state)
{
	static char text[65536];

	(void)state;
	written(false, 1, text, sizeof(text));
	assert_memory_equal(text, "{\"@ha\":\"begin\",", 15);
	assert_non_null(
	    strstr(text, "\n{\"@ha\":\"open\",\"parent\":{\"id\":0}}\n"
			 "{\"id\":1}\n{\"id\":3}\n"));
	assert_non_null(strstr(line_of(text, "{\"@ha\":\"close\""),
	    "\"records\":2,\"skipped\":1"));
	written(false, 3, text, sizeof(text));
	assert_non_null(
	    strstr(text, "\"close\",\"records\":2,\"skipped\":3}\n"));
	assert_non_null(
	    strstr(line_of(text, "{\"@ha\":\"end\""), "\"records\":6"));
	assert_non_null(
	    strstr(line_of(text, "{\"@ha\":\"end\""), "\"complete\":true"));
	assert_non_null(
	    strstr(line_of(text, "{\"@ha\":\"end\""), "\"skipped\":13"));
	assert_non_null(
	    strstr(line_of(text, "{\"@ha\":\"end\""), ",\"new\":[1]"));
}

static void
test_plain_has_records_alone(void **state)
{
	static char text[65536];

	(void)state;
	written(true, 2, text, sizeof(text));
	assert_null(strstr(text, "@ha"));
	assert_int_equal(strlen(text), 2 * 4 * 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_marks_count_what_flows),
	    cmocka_unit_test(test_plain_has_records_alone)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
