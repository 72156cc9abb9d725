#include "db/db_int.h"

#include <sys/stat.h>

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

/*
 * A conninfo or URL that libpq cannot read: its message may quote the part
 * that holds the password, so the reason is ours.
 */
static int
check_url(const char *url, struct why *why)
{
	PQconninfoOption *opts, *o;
	char *msg = NULL;
	bool good = true;

	if (strchr(url, '=') == NULL && strstr(url, "://") == NULL)
		return 0; /* a plain database name */
	if ((opts = PQconninfoParse(url, &msg)) == NULL)
		good = false;
	for (o = opts; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "port") == 0 && o->val != NULL)
			good = strspn(o->val, "0123456789,") == strlen(o->val);
	PQfreemem(msg);
	PQconninfoFree(opts);
	if (good)
		return 0;
	return why_set(why, EX_CONFIG,
	    "the database URL (-d, HA_DATABASE_URL) cannot be read; it is "
	    "not shown, as it may hold a password");
}

/*
 * A network that was cut is noticed: nothing that was sent stays unanswered
 * for DEAD_MS, and while we wait the far kernel is asked every 15 s.
 */
#define DEAD_MS "30000"

/*
 * Can others read the password file? libpq passes it over then, and says so at
 * each connection, whether a password is wanted or not. *path: which it is.
 */
static bool
is_open(struct buf *path)
{
	const char *file = getenv("PGPASSFILE"), *home = getenv("HOME");
	struct stat st;

	if (file != NULL && *file != '\0')
		buf_str(path, file);
	else if (home != NULL)
		buf_fmt(path, "%s/.pgpass", home);
	return path->len > 0 && stat(path->at, &st) == 0 &&
	       S_ISREG(st.st_mode) && (st.st_mode & 077) != 0;
}

#define NO_FILE "/dev/null/none" /* libpq is silent about what is not there */

static PGconn *
connect_to(const char *url)
{
	const char *names[13], *values[13];
	struct buf passfile = BUF_INIT;
	size_t n = 0;

	if (is_open(&passfile)) {
		names[n] = "passfile";
		values[n++] = NO_FILE;
	}
	buf_release(&passfile);

	/* before dbname: what the URL says wins */
	if (getenv("PGCONNECT_TIMEOUT") == NULL) {
		names[n] = "connect_timeout";
		values[n++] = "15";
	}
	names[n] = "keepalives_idle";
	values[n++] = "60";
	names[n] = "keepalives_interval";
	values[n++] = "15";
	names[n] = "keepalives_count";
	values[n++] = "4";
	names[n] = "tcp_user_timeout";
	values[n++] = DEAD_MS;
	if (url != NULL) {
		names[n] = "dbname";
		values[n++] = url;
	}
	names[n] = "client_encoding";
	values[n++] = "UTF8";
	names[n] = "fallback_application_name";
	values[n++] = getprogname();
	names[n] = NULL;
	values[n] = NULL;
	return PQconnectStartParams(names, values, 1);
}

/*
 * The SQLSTATE of "FATAL:  53300: too many connections", NULL if there is none:
 * libpq keeps that of a failed connect to itself, but for verbose messages,
 * where two blanks follow the severity whatever the language.
 */
static const char *
state_in(const char *line, size_t len)
{
	const char *end = line + len, *p = line;

	while ((p = memmem(p, (size_t)(end - p), ":  ", 3)) != NULL) {
		size_t n = 0;

		p += 3;
		while (p + n < end && (isdigit((unsigned char)p[n]) ||
					  isupper((unsigned char)p[n])))
			n++;
		if (n == STATE_LEN && end - p > STATE_LEN + 1 && p[n] == ':' &&
		    p[n + 1] == ' ')
			return p;
	}
	return NULL;
}

/* "LOCATION:  InitializeSessionUserId, miscinit.c:714", in any language. */
static bool
is_location(const char *line, size_t len)
{
	size_t digits = 0;

	while (digits < len && isdigit((unsigned char)line[len - 1 - digits]))
		digits++;
	return digits > 0 && len > digits + 3 &&
	       memcmp(line + len - digits - 3, ".c:", 3) == 0;
}

/* A URL's password is not in it. */
void
conn_read_message(const char *msg, struct buf *line, char *state)
{
	const char *found;

	for (size_t len; *msg != '\0'; msg += len + (msg[len] == '\n')) {
		len = strcspn(msg, "\n");
		if (*state != '\0' && is_location(msg, len))
			continue;
		found = state_in(msg, len);
		buf_str(line, line->len > 0 ? "; " : "");
		if (found != NULL) {
			memcpy(state, found, STATE_LEN);
			buf_add(line, msg, (size_t)(found - msg));
			found += STATE_LEN + 2;
		} else
			found = msg + (*msg == '\t');
		buf_add(line, found, (size_t)(msg + len - found));
	}
}

int
conn_status(const char *state)
{
	static const char *const absent[] = {
	    "3F000", "42P01", "42703", "42883"};

	if (strncmp(state, "08", 2) == 0 || strncmp(state, "40", 2) == 0 ||
	    strncmp(state, "53", 2) == 0 || strncmp(state, "57", 2) == 0 ||
	    strcmp(state, DB_LOCKED) == 0)
		return EX_TEMPFAIL;
	if (strcmp(state, "42501") == 0 || strncmp(state, "28", 2) == 0)
		return EX_NOPERM;
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (strcmp(state, absent[i]) == 0)
			return EX_CONFIG;
	return EX_UNAVAILABLE;
}

/* What the server said decides; who was not heard at all may be later. */
static int
connect_failed(struct db *db, struct why *why)
{
	struct buf line = BUF_INIT, passfile = BUF_INIT;
	char state[STATE_LEN + 1] = "";
	int status = EX_TEMPFAIL;

	conn_read_message(PQerrorMessage(db->pg), &line, state);
	if (strcmp(state, "3D000") == 0) {
		status = EX_CONFIG;
		buf_str(&line,
		    "; is it the one that -d, HA_DATABASE_URL or PGDATABASE "
		    "should name?");
	} else if (*state != '\0')
		status = conn_status(state);
	else if (PQconnectionNeedsPassword(db->pg)) {
		status = EX_NOPERM;
		if (is_open(&passfile))
			buf_fmt(&line,
			    "; %s is passed over, for others can read it "
			    "(`chmod 600` it)",
			    passfile.at);
	}
	strlcpy(db->state, state, sizeof(db->state));
	why_set(why, status, "database: %s",
	    line.len > 0 ? line.at : "no connection");
	buf_release(&line);
	buf_release(&passfile);
	return -1;
}

int
conn_open(struct db *db, const char *url, struct why *why)
{
	if (url == NULL || url[0] == '\0')
		url = getenv("HA_DATABASE_URL");
	if (url != NULL && url[0] == '\0')
		url = NULL;
	if (url != NULL && check_url(url, why) == -1)
		return -1;
	if ((db->pg = connect_to(url)) == NULL)
		err(EX_OSERR, NULL);
	PQsetErrorVerbosity(db->pg, PQERRORS_VERBOSE);
	if (conn_connect(db->pg, why) == -1)
		return -1;
	return PQstatus(db->pg) == CONNECTION_OK ? 0 : connect_failed(db, why);
}
