/* db_fmt: names and texts of any kind stay what they are inside of SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "db/db.h"

static void
quoted(const char *fmt, const char *value, const char *want)
{
	struct buf got = BUF_INIT;

	db_fmt(&got, fmt, value);
	assert_string_equal(got.at, want);
	buf_release(&got);
}

static void
test_a_name_keeps_what_is_in_it(void **state)
{
	(void)state;
	quoted("%I", "listings", "\"listings\"");
	quoted("%I", "a\"b", "\"a\"\"b\"");
	quoted("%I", "\"; DROP TABLE t; --", "\"\"\"; DROP TABLE t; --\"");
	quoted("%I", "it's", "\"it's\"");
	quoted("%I", "back\\slash", "\"back\\slash\"");
	quoted("%I", "Straße 東京", "\"Straße 東京\"");
	quoted("%I", "", "\"\"");
	quoted("%I", "%I %L", "\"%I %L\"");
}

static void
test_a_text_keeps_what_is_in_it(void **state)
{
	(void)state;
	quoted("%L", "59808", "'59808'");
	quoted("%L", "it's", "'it''s'");
	quoted("%L", "'; DROP TABLE t; --", "'''; DROP TABLE t; --'");
	quoted("%L", "a\"b", "'a\"b'");
	quoted("%L", "back\\slash", " E'back\\\\slash'");
	quoted("%L", "\\'", " E'\\\\'''");
	quoted("%L", "line\nline\t", "'line\nline\t'");
	quoted("%L", "Straße 東京", "'Straße 東京'");
	quoted("%L", "", "''");
	quoted("%L", "%s$1", "'%s$1'");
}

static void
test_a_statement_is_its_text_with_the_values_in_it(void **state)
{
	struct buf got = BUF_INIT;

	(void)state;
	db_fmt(&got, "UPDATE %T t SET %I = %L, n = %d, m = %lld", "reso", "a.b",
	    "c", "d", -7, INT64_C(1) << 40);
	db_fmt(
	    &got, " WHERE %s AND x[%zu] LIKE 'a%%'", "t.y IS NULL", (size_t)3);
	assert_string_equal(got.at,
	    "UPDATE \"reso\".\"a.b\" t SET \"c\" = 'd', n = -7, "
	    "m = 1099511627776 WHERE t.y IS NULL AND x[3] LIKE 'a%'");
	buf_release(&got);
}

static void
test_each_name_has_its_turn(void **state)
{
	static char id[] = "id", odd[] = "o'd\"d";
	char *const names[] = {id, odd};
	struct buf got = BUF_INIT;

	(void)state;
	db_each(&got, " AND ", "t.%I = s.%I", names, 2);
	db_each(&got, "", ", x->%L", names, 2);
	assert_string_equal(got.at,
	    "t.\"id\" = s.\"id\" AND t.\"o'd\"\"d\" = s.\"o'd\"\"d\", "
	    "x->'id', x->'o''d\"d'");
	buf_clear(&got);
	db_each(&got, ", ", "%I", names, 0);
	assert_int_equal(got.len, 0);
	buf_release(&got);
}

/* In a child of its own, since it is a bug and ends the program. */
static void
aborts(const char *fmt, bool each)
{
	static char id[] = "id";
	struct buf got = BUF_INIT;
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		if (each)
			db_each(&got, "", fmt, (char *const[]){id}, 1);
		else
			db_fmt(&got, fmt, id, id);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
test_an_unknown_letter_is_a_bug(void **state)
{
	(void)state;
	aborts("SELECT %Q", false);
	aborts("SELECT %i", false);
	aborts("SELECT %", false);
	aborts("SELECT %s", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_name_keeps_what_is_in_it),
	    cmocka_unit_test(test_a_text_keeps_what_is_in_it),
	    cmocka_unit_test(
		test_a_statement_is_its_text_with_the_values_in_it),
	    cmocka_unit_test(test_each_name_has_its_turn),
	    cmocka_unit_test(test_an_unknown_letter_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
