/*
 * db_int -- what the files of db share: the connection behind struct db.
 *
 * Inside of lib/db.
 */
#ifndef HA_DB_INT_H
#define HA_DB_INT_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "db/db.h"

#define DB_LOCKED "55P03" /* lock_timeout ended a wait */

struct db {
	PGconn *pg;
	char state[6];	    /* SQLSTATE of the last failure */
	char *row;	    /* of COPY out, freed by the next */
	bool ending;	    /* the end of a COPY in was sent */
	struct why gave_up; /* on an answer: then the connection is lost */
};

/*
 * db_connect.c: what db_open does first; db->state is the server's refusal, ""
 * if it said nothing.
 */
int conn_open(struct db *db, const char *url, struct why *why);
#define STATE_LEN 5
/*
 * Lines of libpq's verbose message as one, without what is for PostgreSQL's
 * authors. state: room for STATE_LEN + 1, of the last try that the server
 * refused; as it was if it refused none.
 */
void conn_read_message(const char *msg, struct buf *line, char *state);
/* The exit status that a SQLSTATE deserves, as db.h says. */
int conn_status(const char *state);
/*
 * Fills *why from a failed result (NULL: from the connection), remembers
 * the SQLSTATE, frees the result; returns -1.
 */
int conn_fail(struct db *db, PGresult *res, struct why *why);
/* Sends a text of statements: the answer, as conn_answer has it. */
PGresult *conn_ask(struct db *db, const char *sql);

/*
 * db_wait.c: every wait ends at quit_wanted, and after an hour at the latest.
 * conn_connect: -1 and *why if it gave up; the rest is in the connection.
 */
int conn_connect(PGconn *pg, struct why *why);
PGresult *conn_result(struct db *db);
/* The last result, the first that failed, or the one that begins a COPY. */
PGresult *conn_answer(struct db *db);

#endif
