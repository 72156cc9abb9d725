/*
 * db_int -- what db.c and db_copy.c share: the connection behind struct db.
 *
 * Inside of lib/db.
 */
#ifndef HA_DB_INT_H
#define HA_DB_INT_H

#include <libpq-fe.h>

#include "db/db.h"

struct db {
	PGconn *pg;
	char state[6]; /* SQLSTATE of the last failure */
	char *row;     /* of COPY out, freed by the next */
	bool ending;   /* the end of a COPY in was sent */
};

/*
 * Fills *why from a failed result (NULL: from the connection), remembers
 * the SQLSTATE, frees the result; returns -1.
 */
int conn_fail(struct db *db, PGresult *res, struct why *why);

#endif
