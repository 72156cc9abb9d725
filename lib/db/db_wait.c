#include "db/db_int.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/quit.h"

#define LOOK_MS 500 /* a signal just before poll is noticed after it */
#define ANSWER_MS ((int64_t)3600 * 1000)
#define CONNECT_S 15
#define CONNECT_MANY_S 35 /* behind DB_DEAD_MS: the next host has its turn */

/* Until the socket is ready: 0, or -1 when the time or the user ends it. */
static int
wait_for(PGconn *pg, short events, int64_t until_ms, struct why *why)
{
	struct pollfd p = {.fd = PQsocket(pg), .events = events};
	int64_t left;
	int rc = 0;

	while (rc == 0) {
		if (quit_wanted())
			return why_set(
			    why, EX_TEMPFAIL, "database: ended by a signal");
		if ((left = until_ms - clock_ms()) <= 0)
			return why_set(
			    why, EX_TEMPFAIL, "database: no answer in time");
		rc = poll(&p, 1, left < LOOK_MS ? (int)left : LOOK_MS);
		if (rc == -1 && errno == EINTR)
			rc = 0;
	}
	return 0;
}

/*
 * For all hosts together, since PQconnectPoll knows no time. The first of
 * several that is dead must not have all of it.
 */
static int64_t
connect_ms(PGconn *pg)
{
	PQconninfoOption *all = PQconninfo(pg);
	int64_t s = CONNECT_S, hosts = 1, h;

	for (PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++) {
		if (o->val == NULL)
			continue;
		if (strcmp(o->keyword, "connect_timeout") == 0)
			s = strtoll(o->val, NULL, 10);
		if (strcmp(o->keyword, "host") != 0 &&
		    strcmp(o->keyword, "hostaddr") != 0)
			continue;
		h = 1;
		for (const char *p = o->val; *p != '\0'; p++)
			h += *p == ',';
		hosts = h > hosts ? h : hosts;
	}
	PQconninfoFree(all);
	if (s <= 0 || s > ANSWER_MS / 1000) /* libpq's "for ever" */
		s = ANSWER_MS / 1000;
	return (hosts > 1 && s < CONNECT_MANY_S ? CONNECT_MANY_S : s) * hosts *
	       1000;
}

int
conn_connect(PGconn *pg, struct why *why)
{
	PostgresPollingStatusType st = PGRES_POLLING_WRITING;
	int64_t until;

	if (PQstatus(pg) == CONNECTION_BAD)
		return 0; /* the caller asks it why */
	until = clock_ms() + connect_ms(pg);
	while (st != PGRES_POLLING_OK && st != PGRES_POLLING_FAILED) {
		if (wait_for(pg, st == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			until, why) == -1)
			return -1;
		st = PQconnectPoll(pg);
	}
	return 0;
}

/* libpq then finds the connection lost, and waits for nothing either. */
static void
give_up(struct db *db)
{
	shutdown(PQsocket(db->pg), SHUT_RDWR);
	PQconsumeInput(db->pg);
}

PGresult *
conn_result(struct db *db)
{
	int64_t until = clock_ms() + ANSWER_MS;

	while (PQisBusy(db->pg)) {
		if (wait_for(db->pg, POLLIN, until, &db->gave_up) == -1)
			give_up(db);
		else if (PQconsumeInput(db->pg) == 0)
			break;
	}
	return PQgetResult(db->pg);
}

PGresult *
conn_answer(struct db *db)
{
	PGresult *last = NULL, *res;

	while ((res = conn_result(db)) != NULL) {
		ExecStatusType st = PQresultStatus(res);

		if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
			PQclear(res);
			continue;
		}
		PQclear(last);
		last = res;
		if (st == PGRES_COPY_IN || st == PGRES_COPY_OUT)
			break;
	}
	return last;
}
