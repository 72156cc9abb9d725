#include "db/db.h"

#include <stdlib.h>

#include "db/db_int.h"

int
db_copy_in(struct db *db, const char *sql, struct why *why)
{
	PGresult *res;

	res = conn_ask(db, sql);
	if (PQresultStatus(res) != PGRES_COPY_IN)
		return conn_fail(db, res, why);
	PQclear(res);
	return 0;
}

int
db_copy_send(struct db *db, const void *p, size_t len, struct why *why)
{
	const char *at = p;

	while (len > 0) {
		int n = len > ((size_t)1 << 20) ? 1 << 20 : (int)len;

		if (PQputCopyData(db->pg, at, n) != 1)
			return conn_fail(db, PQgetResult(db->pg), why);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Takes every result that is left; the first failed one fills *why. */
static int64_t
drain(struct db *db, struct why *why)
{
	PGresult *res;
	int64_t rows = 0;
	int rc = 0;

	while ((res = conn_result(db)) != NULL) {
		if (PQresultStatus(res) == PGRES_COMMAND_OK) {
			rows = (int64_t)strtoll(PQcmdTuples(res), NULL, 10);
			PQclear(res);
		} else if (PQresultStatus(res) == PGRES_COPY_IN) {
			/* lost in the middle: PQgetResult would not end */
			PQclear(res);
			if (PQputCopyEnd(db->pg, "stopped") != 1)
				break;
		} else if (rc == 0 && why != NULL) {
			rc = conn_fail(db, res, why);
		} else {
			PQclear(res);
		}
	}
	if (rc == 0 && PQstatus(db->pg) == CONNECTION_BAD && why != NULL)
		rc = conn_fail(db, NULL, why);
	return rc == -1 ? -1 : rows;
}

int
db_copy_end(struct db *db, struct why *why)
{
	if (PQputCopyEnd(db->pg, NULL) != 1)
		return conn_fail(db, PQgetResult(db->pg), why);
	db->ending = true;
	return 0;
}

int64_t
db_copy_done(struct db *db, struct why *why)
{
	if (!db->ending && db_copy_end(db, why) == -1)
		return -1;
	db->ending = false;
	return drain(db, why);
}

void
db_copy_stop(struct db *db)
{
	char err[256], *p;
	PGcancel *c;

	PQfreemem(db->row);
	db->row = NULL;
	db->ending = false;
	if (PQtransactionStatus(db->pg) != PQTRANS_ACTIVE)
		return;
	if (PQputCopyEnd(db->pg, "stopped") != 1 &&
	    (c = PQgetCancel(db->pg)) != NULL) { /* a COPY out */
		PQcancel(c, err, sizeof(err));
		PQfreeCancel(c);
		while (PQgetCopyData(db->pg, &p, 0) > 0)
			PQfreemem(p);
	}
	drain(db, NULL);
}

int
db_copy_out(struct db *db, const char *sql, struct why *why)
{
	PGresult *res;

	res = conn_ask(db, sql);
	if (PQresultStatus(res) != PGRES_COPY_OUT)
		return conn_fail(db, res, why);
	PQclear(res);
	return 0;
}

int
db_copy_next(struct db *db, const char **p, size_t *len, struct why *why)
{
	int n;

	PQfreemem(db->row);
	db->row = NULL;
	n = PQgetCopyData(db->pg, &db->row, 0);
	if (n > 0) {
		*p = db->row;
		*len = (size_t)n;
		return 1;
	}
	if (n == -2)
		return conn_fail(db, PQgetResult(db->pg), why);
	return drain(db, why) == -1 ? -1 : 0;
}
