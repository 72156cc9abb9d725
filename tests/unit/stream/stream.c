/* stream: sections in order, recounted, and where they break off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "stream/stream.h"

#define BEGIN                                                                  \
	"{\"@ha\":\"begin\",\"v\":1,\"source\":\"a\",\"resource\":\"b\"}\n"
#define OPEN "{\"@ha\":\"open\",\"parent\":{\"id\":7}}\n"
#define CLOSE(n) "{\"@ha\":\"close\",\"records\":" #n "}\n"
#define AT "{\"@ha\":\"at\",\"cursor\":{\"x\":1}}\n"
#define END(n) "{\"@ha\":\"end\",\"records\":" #n ",\"complete\":true}\n"

static char path[] = "/tmp/ha-stream-XXXXXX";

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd == -1 ? -1 : close(fd);
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void
put(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

struct seen {
	int items[MARK_OTHER + 1]; /* by kind */
	int rc;
	bool cut;
	struct why why;
};

static struct seen
read_all(const char *text, size_t len, bool plain)
{
	char *paths[] = {path};
	struct seen seen = {{0}, 0, false, {0}};
	struct stream *s;
	struct item item;

	put(text, len);
	assert_non_null(s = stream_open(paths, 1, plain, &seen.why));
	while ((seen.rc = stream_next(s, &item, &seen.why)) == 1) {
		seen.items[item.kind]++;
		assert_true(item.kind == MARK_NONE || item.mark != NULL);
		assert_true(item.kind != MARK_NONE || item.mark == NULL);
	}
	seen.cut = stream_cut(s);
	if (seen.rc == -1) /* and again: a failure stays one */
		assert_int_not_equal(stream_next(s, &item, &seen.why), 1);
	stream_close(s);
	return seen;
}

static void
test_sections_and_groups(void **state)
{
	static const char text[] =
	    BEGIN OPEN "{\"id\":1}\n{\"id\":2}\n" CLOSE(2) AT OPEN CLOSE(0) OPEN
	    "{\"id\":3}\n" OPEN "{\"id\":4}\n" CLOSE(1) END(4)
		BEGIN END(0) "{\"@ha\":\"shiny\"}\n" BEGIN OPEN "{}\n" END(1);
	struct seen s = read_all(text, sizeof(text) - 1, false);

	(void)state;
	if (s.rc != 0)
		fail_msg("%s", s.why.msg);
	assert_int_equal(s.items[MARK_NONE], 5);
	assert_int_equal(s.items[MARK_BEGIN], 3);
	assert_int_equal(s.items[MARK_OPEN], 5);
	assert_int_equal(s.items[MARK_CLOSE], 3);
	assert_int_equal(s.items[MARK_AT], 1);
	assert_int_equal(s.items[MARK_END], 3);
	assert_int_equal(s.items[MARK_OTHER], 1);
	assert_false(s.cut);
}

static void
test_section_and_group_are_told(void **state)
{
	static const char text[] = BEGIN OPEN "{}\n" CLOSE(1) "{}\n" END(2);
	bool group[] = {false, true, true, true, false, false};
	char *paths[] = {path};
	struct stream *s;
	struct item item;
	struct why why;

	(void)state;
	put(text, sizeof(text) - 1);
	assert_non_null(s = stream_open(paths, 1, false, &why));
	assert_null(stream_section(s));
	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]); i++) {
		assert_int_equal(stream_next(s, &item, &why), 1);
		assert_string_equal(stream_section(s)->resource.at, "b");
		assert_int_equal(stream_group(s) != NULL, group[i]);
		if (group[i])
			assert_string_equal(
			    stream_group(s)->parent.at, "{\"id\":7}");
	}
	assert_int_equal(stream_next(s, &item, &why), 0);
	assert_non_null(stream_section(s));
	assert_null(stream_group(s));
	assert_string_equal(stream_name(s), path);
	stream_close(s);
}

/* However a stream is cut, it is never taken for a whole one. */
static void
test_cut_at_every_byte(void **state)
{
	static const char text[] =
	    BEGIN OPEN "{\"id\":1}\n" CLOSE(1) AT END(1) BEGIN "{}\n" END(1);
	size_t first = strlen(BEGIN OPEN "{\"id\":1}\n" CLOSE(1) AT END(1));

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		struct seen s = read_all(text, n, false);

		if (n == first) {
			assert_int_equal(s.rc, 0);
			assert_false(s.cut);
			continue;
		}
		assert_int_equal(s.rc, -1);
		assert_int_equal(s.why.status, EX_DATAERR);
		assert_true(s.cut);
	}
	assert_int_equal(read_all(text, sizeof(text) - 1, false).rc, 0);
}

static void
test_broken_promises(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
	    {BEGIN "{}\n" END(2), "line 3: end says 2 records, but 1 came"},
	    {BEGIN "{}\n" END(0), "end says 0 records, but 1 came"},
	    {BEGIN OPEN "{}\n" CLOSE(0) END(1), "line 4: close says 0"},
	    {BEGIN "{}\n" OPEN CLOSE(1) END(1), "close says 1 records, but 0"},
	    {BEGIN CLOSE(0) END(0), "line 2: close outside a group"},
	    {BEGIN OPEN CLOSE(0) CLOSE(0) END(0), "close outside a group"},
	    {BEGIN OPEN "{}\n" OPEN CLOSE(1) END(1), "close says 1"},
	    {BEGIN "{}\n" BEGIN "{}\n" END(1), "line 3: a section begins"},
	    {BEGIN END(0) "{}\n" BEGIN END(0), "between end and begin"},
	    {BEGIN END(0) END(0), "between end and begin"},
	    {BEGIN END(0) AT, "between end and begin"},
	    {"{}\n" BEGIN END(0), "line 1: not a begin mark"},
	    {"\xef\xbb\xbf" BEGIN END(0), "byte order mark"},
	    {END(0), "line 1: not a begin mark"},
	    {"\n", "needs -P"},
	    {BEGIN "{\"@ha\":\"at\",}\n" END(0), "line 2: mark"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct seen s =
		    read_all(wrong[i].text, strlen(wrong[i].text), false);

		assert_int_equal(s.rc, -1);
		assert_int_equal(s.why.status, EX_DATAERR);
		assert_false(s.cut);
		if (strstr(s.why.msg, wrong[i].says) == NULL ||
		    strstr(s.why.msg, path) == NULL)
			fail_msg("%zu: %s", i, s.why.msg);
	}
}

static void
test_plain(void **state)
{
	struct seen s = read_all("{\"id\":1}\n{\"id\":2}\n", 18, true);

	(void)state;
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.items[MARK_NONE], 2);
	/* without LF a line counts if it is whole */
	s = read_all("{\"id\":1}\n{\"id\":2}", 17, true);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.items[MARK_NONE], 2);
	s = read_all("{\"id\":1}\n{\"id\":2", 16, true);
	assert_int_equal(s.rc, -1);
	assert_true(s.cut);
	assert_int_equal(s.why.status, EX_DATAERR);
	assert_int_equal(s.items[MARK_NONE], 1);
	assert_int_equal(read_all("", 0, true).rc, 0);
	s = read_all("{\"id\":1}\n" AT, strlen("{\"id\":1}\n" AT), true);
	assert_int_equal(s.rc, -1);
	assert_int_equal(s.why.status, EX_DATAERR);
	assert_non_null(strstr(s.why.msg, "line 2: a mark, but -P"));
}

static void
test_no_file(void **state)
{
	char *paths[] = {(char *)(uintptr_t) "/nowhere/at/all"};
	struct why why;

	(void)state;
	assert_null(stream_open(paths, 1, false, &why));
	assert_int_equal(why.status, EX_NOINPUT);
	stream_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sections_and_groups),
	    cmocka_unit_test(test_section_and_group_are_told),
	    cmocka_unit_test(test_cut_at_every_byte),
	    cmocka_unit_test(test_broken_promises),
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_no_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
