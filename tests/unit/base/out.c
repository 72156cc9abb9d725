/* out: what is written arrives, or the status says that it did not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/out.h"

/* What a child process writes with out.h, and its status. */
struct seen {
	char text[4096];
	size_t len;
	uint64_t bytes;
	int status;
};

typedef int work(void);

/* keep: how many bytes are read before the reader goes away; -1: all. */
static struct seen
run(work *fn, const char *file, ssize_t keep)
{
	struct seen s = {0};
	char block[65536];
	ssize_t n;
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	if ((pid = fork()) == 0) {
		signal(SIGPIPE, SIG_IGN);
		if (file != NULL)
			fd[1] = open(file, O_WRONLY);
		dup2(fd[1], STDOUT_FILENO);
		close(fd[1]);
		close(fd[0]);
		freopen("/dev/null", "w", stderr);
		_exit(fn());
	}
	close(fd[1]);
	while (keep != 0 && (n = read(fd[0], block, sizeof(block))) > 0) {
		if (s.len + (size_t)n < sizeof(s.text)) {
			memcpy(s.text + s.len, block, (size_t)n);
			s.len += (size_t)n;
		}
		s.bytes += (uint64_t)n;
		if (keep > 0)
			break;
	}
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	s.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return s;
}

static int
lines(void)
{
	out_line("one", 3);
	out_str("two");
	out_bytes("\n", 1);
	out_line("", 0);
	return out_exit(0);
}

static void
test_lines(void **state)
{
	struct seen s = run(lines, NULL, -1);

	(void)state;
	assert_int_equal(s.status, 0);
	assert_string_equal(s.text, "one\ntwo\n\n");
}

/* Around the size of the block, and far over it. */
static int
large(void)
{
	static char text[600000];
	size_t lens[] = {262143, 1, 262144, 262145, 0, 600000, 7};

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		out_line(text, lens[i]);
	return out_exit(1);
}

static void
test_large_lines(void **state)
{
	struct seen s = run(large, NULL, -1);

	(void)state;
	assert_int_equal(s.status, 1);
	assert_int_equal(
	    s.bytes, 262143 + 1 + 262144 + 262145 + 600000 + 7 + 7);
}

static int
flush_fails(void)
{
	struct why why = {0};

	out_line("x", 1);
	if (out_failed() || out_flush(&why) != -1 || why.status != EX_IOERR ||
	    !out_failed() || out_flush(&why) != -1)
		return 99;
	return out_exit(EX_DATAERR);
}

static int
exit_fails(void)
{
	out_line("x", 1);
	return out_exit(0);
}

static int
exit_fails_1(void)
{
	out_line("x", 1);
	return out_exit(1);
}

static void
test_a_full_disk(void **state)
{
	(void)state;
	assert_int_equal(run(exit_fails, "/dev/full", 0).status, EX_IOERR);
	assert_int_equal(run(exit_fails_1, "/dev/full", 0).status, EX_IOERR);
	/* a worse status stays */
	assert_int_equal(run(flush_fails, "/dev/full", 0).status, EX_DATAERR);
}

static int
endless(void)
{
	char text[1000];

	memset(text, 'x', sizeof(text));
	while (!out_failed())
		out_line(text, sizeof(text));
	return out_exit(0);
}

static void
test_a_reader_that_goes(void **state)
{
	(void)state;
	assert_int_equal(run(endless, NULL, 1).status, 141);
}

static int
not_blocking(void)
{
	fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
	return large();
}

static void
test_a_pipe_that_does_not_block(void **state)
{
	struct seen s = run(not_blocking, NULL, -1);

	(void)state;
	assert_int_equal(s.status, 1);
	assert_int_equal(
	    s.bytes, 262143 + 1 + 262144 + 262145 + 600000 + 7 + 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_large_lines),
	    cmocka_unit_test(test_a_full_disk),
	    cmocka_unit_test(test_a_reader_that_goes),
	    cmocka_unit_test(test_a_pipe_that_does_not_block),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
