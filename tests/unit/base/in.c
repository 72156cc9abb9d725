/* in: lines of any length, from files and pipes, and where they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/in.h"

static char dir[] = "/tmp/ha-in-XXXXXX";
static char one[64], two[64];

static void
put(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(one, sizeof(one), "%s/one", dir);
	snprintf(two, sizeof(two), "%s/two", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(one);
	unlink(two);
	return rmdir(dir);
}

static void
expect(struct in *in, const char *text, uint64_t no, uint64_t offset, bool lf)
{
	struct line line;
	struct why why;

	assert_int_equal(in_next(in, &line, &why), 1);
	assert_int_equal(line.len, strlen(text));
	assert_memory_equal(line.text, text, line.len);
	assert_int_equal(line.no, no);
	assert_int_equal(line.offset, offset);
	assert_int_equal(line.lf, lf);
}

static void
test_lines_of_several_files(void **state)
{
	char *paths[] = {one, two};
	struct line line;
	struct why why;
	struct in *in;

	(void)state;
	put(one, "a\n\nbcd", 6);
	put(two, "ef\n", 3);
	assert_non_null(in = in_open(paths, 2, &why));
	expect(in, "a", 1, 0, true);
	expect(in, "", 2, 2, true);
	expect(in, "bcd", 3, 3, false);
	assert_string_equal(in_name(in), one);
	expect(in, "ef", 4, 0, true);
	assert_string_equal(in_name(in), two);
	assert_int_equal(in_next(in, &line, &why), 0);
	assert_int_equal(in_next(in, &line, &why), 0);
	in_close(in);
}

static void
test_nul_bytes_are_kept(void **state)
{
	char *paths[] = {one};
	struct line line;
	struct why why;
	struct in *in;

	(void)state;
	put(one, "a\0b\n", 4);
	assert_non_null(in = in_open(paths, 1, &why));
	assert_int_equal(in_next(in, &line, &why), 1);
	assert_int_equal(line.len, 3);
	assert_memory_equal(line.text, "a\0b", 3);
	in_close(in);
}

/* Lines of every length around the block's borders, from a pipe as well. */
static void
test_lines_across_blocks(void **state)
{
	size_t lens[] = {0, 1, 262080, 262143, 262144, 262145, 5, 524288, 100};
	char *paths[] = {one};
	struct line line;
	struct why why;
	struct in *in;
	FILE *f = fopen(one, "w");

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		for (size_t n = 0; n < lens[i]; n++)
			fputc('a' + (int)(n % 23), f);
		fputc('\n', f);
	}
	fclose(f);
	assert_non_null(in = in_open(paths, 1, &why));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		assert_int_equal(in_next(in, &line, &why), 1);
		assert_int_equal(line.len, lens[i]);
		for (size_t n = 0; n < lens[i]; n++) {
			if (line.text[n] != (char)('a' + (int)(n % 23)))
				fail_msg("byte %zu of line %zu", n, i);
		}
	}
	assert_int_equal(in_next(in, &line, &why), 0);
	in_close(in);
}

/* IN_MAX bytes are a line, one more is an error that says so. */
static void
test_longest_line(void **state)
{
	char *paths[] = {one};
	struct line line;
	struct why why;
	struct in *in;
	int fd;

	(void)state;
	put(one, "x", 1);
	assert_int_equal(truncate(one, (off_t)IN_MAX), 0);
	assert_int_not_equal(fd = open(one, O_WRONLY | O_APPEND), -1);
	assert_int_equal(write(fd, "\ny\n", 3), 3);
	assert_non_null(in = in_open(paths, 1, &why));
	assert_int_equal(in_next(in, &line, &why), 1);
	assert_int_equal(line.len, IN_MAX);
	expect(in, "y", 2, IN_MAX + 1, true);
	in_close(in);
	close(fd);

	assert_int_equal(truncate(one, (off_t)IN_MAX + 1), 0);
	assert_non_null(in = in_open(paths, 1, &why));
	assert_int_equal(in_next(in, &line, &why), 1);
	in_close(in);
	assert_int_not_equal(fd = open(one, O_RDWR), -1);
	assert_int_equal(pwrite(fd, "z", 1, (off_t)IN_MAX), 1);
	close(fd);
	assert_non_null(in = in_open(paths, 1, &why));
	assert_int_equal(in_next(in, &line, &why), -1);
	assert_int_equal(why.status, EX_DATAERR);
	assert_non_null(strstr(why.msg, "line 1: longer than 64 MiB"));
	in_close(in);
}

/* Or its beginning is a line, and what follows keeps its place. */
static void
test_too_long_costs_itself(void **state)
{
	const size_t extra[] = {1, 5000000, IN_MAX + 3};
	char *paths[] = {one};
	struct line line;
	struct why why;
	struct in *in;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++) {
		off_t len = (off_t)(IN_MAX + extra[i]);

		put(one, "a\nxyz", 5);
		assert_int_equal(truncate(one, len + 2), 0);
		fd = open(one, O_WRONLY | O_APPEND);
		assert_int_equal(write(fd, "\nb\nc", 4), 4);
		close(fd);
		assert_non_null(in = in_open(paths, 1, &why));
		in_cut_long(in);
		expect(in, "a", 1, 0, true);
		assert_int_equal(in_next(in, &line, &why), 1);
		assert_memory_equal(line.text, "xyz", 4);
		assert_int_equal(line.len, IN_HEAD);
		assert_int_equal(line.len + line.lost, len);
		assert_int_equal(line.no, 2);
		assert_int_equal(line.offset, 2);
		expect(in, "b", 3, (uint64_t)len + 3, true);
		assert_int_equal(in_next(in, &line, &why), 1);
		assert_int_equal(line.lost, 0);
		assert_false(line.lf);
		assert_int_equal(in_next(in, &line, &why), 0);
		in_close(in);
	}
}

static void
test_files_that_cannot_be_read(void **state)
{
	char *missing[] = {(char *)(uintptr_t) "/nowhere/at/all"};
	char *directory[] = {dir};
	struct line line;
	struct why why;
	struct in *in;

	(void)state;
	assert_null(in_open(missing, 1, &why));
	assert_int_equal(why.status, EX_NOINPUT);
	assert_non_null(strstr(why.msg, "/nowhere/at/all: No such file"));
	assert_non_null(in = in_open(directory, 1, &why));
	assert_int_equal(in_next(in, &line, &why), -1);
	assert_int_equal(why.status, EX_NOINPUT);
	in_close(in);
}

/* in_ready waits for a whole line, and leaves the last one where it is. */
static void
test_ready(void **state)
{
	char path[32], *paths[] = {path};
	struct line line;
	struct why why;
	struct in *in;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
	assert_non_null(in = in_open(paths, 1, &why));
	assert_false(in_ready(in, 0));
	assert_int_equal(write(fd[1], "one\ntw", 6), 6);
	assert_true(in_ready(in, 0));
	assert_int_equal(in_next(in, &line, &why), 1);
	assert_false(in_ready(in, 5));
	assert_int_equal(write(fd[1], "o\n", 2), 2);
	assert_true(in_ready(in, 1000));
	assert_memory_equal(line.text, "one", 3);
	expect(in, "two", 2, 4, true);
	assert_false(in_ready(in, 0));
	close(fd[1]);
	assert_true(in_ready(in, 1000));
	assert_int_equal(in_next(in, &line, &why), 0);
	in_close(in);
	close(fd[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_of_several_files),
	    cmocka_unit_test(test_nul_bytes_are_kept),
	    cmocka_unit_test(test_lines_across_blocks),
	    cmocka_unit_test(test_longest_line),
	    cmocka_unit_test(test_too_long_costs_itself),
	    cmocka_unit_test(test_files_that_cannot_be_read),
	    cmocka_unit_test(test_ready),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
