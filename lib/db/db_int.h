/*
 * db_int -- what the files of db share: the connection behind struct db.
 *
 * Inside of lib/db.
 */
#ifndef HA_DB_INT_H
#define HA_DB_INT_H

#include <libpq-fe.h>

#include "db/db.h"

struct db {
	PGconn *pg;
	char state[6];	    /* SQLSTATE of the last failure */
	char *row;	    /* of COPY out, freed by the next */
	bool ending;	    /* the end of a COPY in was sent */
	struct why gave_up; /* on an answer: then the connection is lost */
};

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
