/* limit, breaker: calls of many processes, within the windows of an API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/breaker.h"
#include "api/limit.h"
#include "base/shared.h"

#define CALLS 50
#define WINDOW_MS 200
#define PROCESSES 8
#define RUN_US 5000000 /* eight processes under valgrind need one to start */

static char dir[] = "/tmp/ha-limit-XXXXXX";

static struct limits *
open_limits(int requests, int64_t window_ms, const char *lower)
{
	struct limit at[2] = {{(char *)"account", false, requests, window_ms},
	    {(char *)"address", true, requests, window_ms}};
	struct why why = {0};
	struct limits *l = limits_open(at, 2, "api", "1", lower, &why);

	if (l == NULL)
		print_message("%s\n", why.msg);
	return l;
}

static int
fresh(void **state)
{
	struct buf path = BUF_INIT;
	static const char *const names[] = {
	    "api-account-1", "api-address", "api-calls-1", "api-breaker-1"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		buf_clear(&path);
		buf_fmt(&path, "%s/%s", dir, names[i]);
		unlink(path.at);
	}
	buf_release(&path);
	return 0;
}

static void
pause_us(int64_t us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

/* Starts calls as fast as it may, writes each start, for RUN_US. */
static void
caller(int to, int64_t until)
{
	struct limits *l = open_limits(CALLS, WINDOW_MS, NULL);
	struct why why = {0};
	struct limit_ticket t;
	int64_t wait;

	while (l != NULL && shared_now() < until) {
		switch (limit_try(l, &t, &wait, &why)) {
		case 1:
			/* a delay between the place and the start */
			if (arc4random_uniform(8) == 0)
				pause_us(arc4random_uniform(3000));
			if (limit_go(l, &t, &why) != 1)
				break;
			if (write(to, &t.start_us, sizeof(t.start_us)) < 0)
				_exit(1);
			if (arc4random_uniform(2) == 0 &&
			    limit_came(l, &t, &why) == -1)
				_exit(1);
			break;
		case 0:
			pause_us(wait);
			break;
		default:
			_exit(1);
		}
	}
	limits_close(l);
	_exit(0);
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* No window of WINDOW_MS, wherever it begins, holds more than CALLS. */
static void
check_exact(int64_t *at, size_t n)
{
	qsort(at, n, sizeof(*at), by_time);
	for (size_t i = CALLS; i < n; i++)
		assert_true(at[i] - at[i - CALLS] >= WINDOW_MS * 1000);
}

static void
race(int processes)
{
	size_t room = (size_t)CALLS * 50, n = 0;
	int64_t *at = calloc(room, sizeof(*at));
	int64_t until = shared_now() + RUN_US;
	pid_t pid[PROCESSES];
	int status, end[2];

	assert_int_equal(pipe(end), 0);
	for (int i = 0; i < processes; i++) {
		pid[i] = fork();
		assert_int_not_equal(pid[i], -1);
		if (pid[i] == 0)
			caller(end[1], until);
	}
	close(end[1]);
	while (n < room && read(end[0], &at[n], sizeof(*at)) == sizeof(*at))
		n++;
	close(end[0]);
	for (int i = 0; i < processes; i++) {
		waitpid(pid[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_in_range(n, CALLS, room - 1);
	check_exact(at, n);
	/* whole windows after the first burst; a diagnostic, not a test */
	print_message("# %d processes: %zu starts, %.3f of the rate\n",
	    processes, n,
	    (double)(n - CALLS) / CALLS /
		((double)(at[n - 1] - at[0]) / (WINDOW_MS * 1000)));
	free(at);
}

static void
test_one_process_never_exceeds_the_window(void **state)
{
	(void)state;
	race(1);
}

static void
test_eight_processes_never_exceed_the_window_together(void **state)
{
	(void)state;
	race(PROCESSES);
}

static void
test_a_full_window_says_how_long_to_wait(void **state)
{
	struct limits *l = open_limits(2, 3600000, NULL);
	struct why why = {0};
	struct limit_ticket t;
	int64_t wait = 0;

	(void)state;
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	assert_in_range(wait, 3000000000, 3620000000);
	limits_close(l);
}

static void
test_a_call_that_never_left_gives_its_place_back(void **state)
{
	struct limits *l = open_limits(1, 3600000, NULL);
	struct why why = {0};
	struct limit_ticket t, u;
	int64_t wait = 0;

	(void)state;
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &u, &wait, &why), 0);
	assert_int_equal(limit_drop(l, &t, &why), 0);
	assert_int_equal(limit_try(l, &u, &wait, &why), 1);
	assert_int_equal(limit_go(l, &u, &why), 1);
	assert_int_equal(limit_drop(l, &u, &why), 0); /* it did leave */
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	limits_close(l);
}

static void
test_a_place_that_was_taken_over_is_refused(void **state)
{
	struct limits *l = open_limits(1, 60000, NULL);
	struct why why = {0};
	struct limit_ticket t, u;
	int64_t wait = 0;

	(void)state;
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	shared_skip(61000000); /* the next one takes the place */
	assert_int_equal(limit_try(l, &u, &wait, &why), 1);
	assert_int_equal(limit_go(l, &t, &why), 0);
	limits_close(l);
}

static void
test_a_429_of_one_stops_all(void **state)
{
	struct limits *one = open_limits(10, 1000, NULL);
	struct limits *other = open_limits(10, 1000, NULL);
	struct why why = {0};
	struct limit_ticket t, u;
	int64_t wait = 0;

	(void)state;
	assert_int_equal(limit_try(other, &u, &wait, &why), 1);
	assert_int_equal(limit_block(one, 5000000, &why), 0);
	assert_int_equal(limit_try(other, &t, &wait, &why), 0);
	assert_in_range(wait, 4000000, 5000000);
	assert_int_equal(limit_go(other, &u, &why), 0);
	/* a shorter wait does not undo a longer one */
	assert_int_equal(limit_block(one, 1000, &why), 0);
	assert_int_equal(limit_try(other, &t, &wait, &why), 0);
	assert_in_range(wait, 4000000, 5000000);
	limits_close(one);
	limits_close(other);
}

static void
test_the_user_can_only_lower(void **state)
{
	struct why why = {0};
	struct limit_ticket t;
	struct limits *l;
	int64_t wait = 0;
	int n;

	(void)state;
	l = open_limits(5, 3600000, "2/1h");
	for (n = 0; limit_try(l, &t, &wait, &why) == 1;)
		n++;
	assert_int_equal(n, 2);
	limits_close(l);
	fresh(NULL);
	l = open_limits(5, 3600000, "900/1h");
	for (n = 0; limit_try(l, &t, &wait, &why) == 1;)
		n++;
	assert_int_equal(n, 5);
	limits_close(l);
	assert_null(open_limits(5, 1000, "fast"));
	assert_null(open_limits(5, 1000, "0/10s"));
	assert_null(open_limits(5, 1000, "5/"));
}

static void
spoil(const char *name, const char *bytes, size_t len)
{
	struct buf path = BUF_INIT;
	int fd;

	buf_fmt(&path, "%s/%s", dir, name);
	fd = open(path.at, O_WRONLY | O_TRUNC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	buf_release(&path);
}

static void
test_a_short_foreign_or_unlinked_file_starts_anew(void **state)
{
	struct limits *l = open_limits(1, 3600000, NULL);
	struct why why = {0};
	struct limit_ticket t;
	int64_t wait = 0;
	char garbage[4096];

	(void)state;
	memset(garbage, 0x5a, sizeof(garbage));
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	spoil("api-account-1", "ha-sha", 6);
	spoil("api-address", garbage, sizeof(garbage));
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	fresh(NULL); /* as a cleaner of /tmp does */
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	limits_close(l);
}

static void
test_a_start_in_the_future_counts_as_now(void **state)
{
	struct limits *l = open_limits(1, 60000, NULL);
	struct why why = {0};
	struct limit_ticket t;
	int64_t wait = 0, far = INT64_MAX / 2;
	struct buf path = BUF_INIT;
	int fd;

	(void)state;
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	buf_fmt(&path, "%s/api-address", dir);
	fd = open(path.at, O_WRONLY);
	/* the first start, behind the heads of the file and of the window */
	assert_int_equal(pwrite(fd, &far, sizeof(far), 48), sizeof(far));
	close(fd);
	assert_int_equal(limit_try(l, &t, &wait, &why), 0);
	assert_in_range(wait, 1, 60300000);
	shared_skip(wait + 1); /* and is over when that is */
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	limits_close(l);
	buf_release(&path);
}

static void
test_a_killed_holder_leaves_no_lock_behind(void **state)
{
	struct limits *l;
	struct why why = {0};
	struct limit_ticket t;
	int64_t wait = 0;
	int ready[2], status;
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		struct shared *s = shared_open("api-address", 64, &why);

		if (s == NULL || shared_lock(s, &why) == NULL ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	l = open_limits(1, 1000, NULL);
	assert_int_equal(limit_try(l, &t, &wait, &why), 1);
	limits_close(l);
	close(ready[0]);
	close(ready[1]);
}

static void
test_the_breaker_opens_probes_and_closes(void **state)
{
	const struct breaker_rule rule = {3, 20000000, 80000000, 1000000000};
	struct why why = {0};
	struct breaker *one = breaker_open("api", "1", &rule, &why);
	struct breaker *other = breaker_open("api", "1", &rule, &why);
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(breaker_try(other, &wait, &why), 1);
		assert_int_equal(breaker_tell(one, false, &why), 0);
	}
	assert_int_equal(breaker_try(other, &wait, &why), 0);
	assert_in_range(wait, 1, 20000000);
	shared_skip(wait);
	assert_int_equal(breaker_try(other, &wait, &why), 1); /* the probe */
	assert_int_equal(breaker_try(one, &wait, &why), 0);
	assert_int_equal(breaker_tell(other, false, &why), 0);
	assert_int_equal(breaker_try(one, &wait, &why), 0);
	assert_in_range(wait, 20000001, 40000000); /* twice as long */
	shared_skip(wait);
	assert_int_equal(breaker_try(one, &wait, &why), 1);
	assert_int_equal(breaker_tell(one, true, &why), 0);
	assert_int_equal(breaker_try(one, &wait, &why), 1);
	assert_int_equal(breaker_try(other, &wait, &why), 1);
	breaker_close(one);
	breaker_close(other);
}

static void
test_a_success_between_failures_keeps_the_breaker_closed(void **state)
{
	const struct breaker_rule rule = {2, 1000000, 1000000, 1000000};
	struct why why = {0};
	struct breaker *b = breaker_open("api", "1", &rule, &why);
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(breaker_tell(b, false, &why), 0);
		assert_int_equal(breaker_tell(b, true, &why), 0);
		assert_int_equal(breaker_try(b, &wait, &why), 1);
	}
	breaker_close(b);
}

static void
test_a_state_directory_of_others_is_refused(void **state)
{
	struct buf path = BUF_INIT;
	struct why why = {0};
	char run[128], own[160];

	(void)state;
	unsetenv("HA_STATE_DIR");
	snprintf(run, sizeof(run), "%s/run", dir);
	snprintf(own, sizeof(own), "%s/ha-tools", run);
	assert_int_equal(mkdir(run, 0700), 0);
	setenv("XDG_RUNTIME_DIR", run, 1);
	assert_int_equal(shared_dir(&path, &why), 0);
	assert_string_equal(path.at, own);
	assert_int_equal(chmod(own, 0777), 0);
	assert_int_equal(shared_dir(&path, &why), -1);
	assert_int_equal(why.status, EX_CONFIG);
	rmdir(own);
	assert_int_equal(symlink("/tmp", own), 0);
	assert_int_equal(shared_dir(&path, &why), -1);
	assert_int_equal(why.status, EX_CONFIG);
	unlink(own);
	rmdir(run);
	setenv("HA_STATE_DIR", dir, 1);
	buf_release(&path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		test_one_process_never_exceeds_the_window, fresh),
	    cmocka_unit_test_setup(
		test_eight_processes_never_exceed_the_window_together, fresh),
	    cmocka_unit_test_setup(
		test_a_full_window_says_how_long_to_wait, fresh),
	    cmocka_unit_test_setup(
		test_a_call_that_never_left_gives_its_place_back, fresh),
	    cmocka_unit_test_setup(
		test_a_place_that_was_taken_over_is_refused, fresh),
	    cmocka_unit_test_setup(test_a_429_of_one_stops_all, fresh),
	    cmocka_unit_test_setup(test_the_user_can_only_lower, fresh),
	    cmocka_unit_test_setup(
		test_a_short_foreign_or_unlinked_file_starts_anew, fresh),
	    cmocka_unit_test_setup(
		test_a_start_in_the_future_counts_as_now, fresh),
	    cmocka_unit_test_setup(
		test_a_killed_holder_leaves_no_lock_behind, fresh),
	    cmocka_unit_test_setup(
		test_the_breaker_opens_probes_and_closes, fresh),
	    cmocka_unit_test_setup(
		test_a_success_between_failures_keeps_the_breaker_closed,
		fresh),
	    cmocka_unit_test_setup(
		test_a_state_directory_of_others_is_refused, fresh),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (mkdtemp(dir) == NULL)
		return 1;
	setenv("HA_STATE_DIR", dir, 1);
	failed = cmocka_run_group_tests_name("limit", tests, NULL, NULL);
	fresh(NULL);
	rmdir(dir);
	return failed;
}
