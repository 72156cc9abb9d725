/* db_connect: what libpq says of a refused connection, in any language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "db/db_int.h"

static void
read_as(const char *msg, const char *want, const char *want_state)
{
	struct buf line = BUF_INIT;
	char state[STATE_LEN + 1] = "";

	conn_read_message(msg, &line, state);
	buf_str(&line, "");
	assert_string_equal(line.at, want);
	assert_string_equal(state, want_state);
	buf_release(&line);
}

static void
test_state_and_place_are_taken_out(void **state)
{
	(void)state;
	read_as("connection to server at \"::1\", port 5432 failed: FATAL:  "
		"53300: too many connections for role \"x\"\nLOCATION:  "
		"InitializeSessionUserId, miscinit.c:714\n",
	    "connection to server at \"::1\", port 5432 failed: FATAL:  too "
	    "many connections for role \"x\"",
	    "53300");
	read_as("Verbindung zum Server auf Socket »/tmp/.s.PGSQL.5432« "
		"fehlgeschlagen: FATAL:  28P01: Passwort-Authentifizierung "
		"für Benutzer »x« fehlgeschlagen\nORT:  auth_failed, "
		"auth.c:338\n",
	    "Verbindung zum Server auf Socket »/tmp/.s.PGSQL.5432« "
	    "fehlgeschlagen: FATAL:  Passwort-Authentifizierung für Benutzer "
	    "»x« fehlgeschlagen",
	    "28P01");
}

static void
test_the_last_of_several_tries_counts(void **state)
{
	(void)state;
	read_as("a failed: FATAL:  57P03: starting up\nb failed: FATAL:  "
		"3D000: no \"y\"\nDETAIL:  none\nHINT:  make it\nLOCATION:  "
		"f, postinit.c:1\n",
	    "a failed: FATAL:  starting up; b failed: FATAL:  no \"y\"; "
	    "DETAIL:  none; HINT:  make it",
	    "3D000");
}

static void
test_what_only_looks_like_a_state_is_none(void **state)
{
	(void)state;
	read_as("could not connect: No such file or directory\n\tIs the server "
		"running?\n",
	    "could not connect: No such file or directory; Is the server "
	    "running?",
	    "");
	read_as("host:  ABCDEF: x", "host:  ABCDEF: x", "");
	read_as("FATAL:  53300", "FATAL:  53300", "");
	read_as("FATAL:  5330", "FATAL:  5330", "");
	read_as("at x.c:7", "at x.c:7", "");
	read_as("", "", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_state_and_place_are_taken_out),
	    cmocka_unit_test(test_the_last_of_several_tries_counts),
	    cmocka_unit_test(test_what_only_looks_like_a_state_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
