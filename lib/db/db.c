#include "db/db.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "db/db_int.h"
#include "base/mem.h"

struct rows {
	PGresult *res;
};

static void
silent(void *ctx, const char *msg)
{
	(void)ctx;
	(void)msg;
}

struct db *
db_open(const char *url, struct why *why)
{
	struct db *db;

	db = mem_new(1, sizeof(*db));
	if (conn_open(db, url, why) == -1) {
		db_close(db);
		return NULL;
	}
	PQsetNoticeProcessor(db->pg, silent, NULL);
	/* times as text are read by us; the user's settings must not show */
	if (db_script(db, why,
		"SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO, YMD'; "
		"SET IntervalStyle TO postgres; SET bytea_output TO hex; "
		"SET extra_float_digits TO 1; SET jit TO off; "
		"SET standard_conforming_strings TO on; "
		"SET lock_timeout TO '60s'") == -1) {
		db_close(db);
		return NULL;
	}
	return db;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfreemem(db->row);
	PQfinish(db->pg);
	free(db);
}

/*
 * The primary message of class 22 quotes the value it does not like
 * (invalid input syntax for type date: "..."), which may hold quotes itself:
 * only the words around the first and the last are kept.
 */
static void
without_values(const char *msg, struct buf *to)
{
	const char *first = strchr(msg, '"'), *last = strrchr(msg, '"');

	if (first == NULL) {
		buf_str(to, msg);
		return;
	}
	buf_add(to, msg, (size_t)(first - msg));
	buf_fmt(to, "\"...\"%s", last + 1);
}

/*
 * Only a pooler that lends sessions by transaction takes a temporary table
 * away from us, or has another's already.
 */
static bool
is_lent(const struct db *db, const char *msg)
{
	if (msg == NULL)
		return false;
	if (strcmp(db->state, "3F000") == 0) /* a session without any */
		return strstr(msg, "pg_temp") != NULL;
	return strncmp(db->state, "42P", 3) == 0 &&
	       (strstr(msg, "\"ha_") != NULL ||
		   strstr(msg, "\"pg_temp.ha_") != NULL);
}

/* What a person can do about it. */
static void
say_remedy(struct db *db, bool lent, int status, struct buf *to)
{
	if (lent)
		buf_str(to,
		    "; the session is not ours alone (a pooler in transaction "
		    "mode?): ha-admin(7)");
	else if (status == EX_CONFIG)
		buf_str(to, "; run: ha-schema --apply SOURCE");
	else if (strcmp(db->state, "42501") == 0)
		buf_fmt(
		    to, "; role %s needs rights: ha-admin(7)", PQuser(db->pg));
}

void
db_reason(const char *state, const char *message, struct buf *to)
{
	buf_str(to, "database: ");
	if (strncmp(state, "22", 2) == 0)
		without_values(message, to);
	else
		buf_str(to, message);
}

int
conn_fail(struct db *db, PGresult *res, struct why *why)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *msg = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	struct buf text = BUF_INIT;
	bool lent;
	int status;

	if (state == NULL || PQstatus(db->pg) == CONNECTION_BAD)
		state = state != NULL && strncmp(state, "57", 2) == 0 ? state
								      : "08006";
	strlcpy(db->state, state, sizeof(db->state));
	lent = is_lent(db, msg);
	status = lent ? EX_CONFIG : conn_status(db->state);
	if (strcmp(db->state, DB_LOCKED) == 0)
		msg = "another session held a lock for too long";
	db_reason(db->state, msg != NULL ? msg : "connection lost", &text);
	say_remedy(db, lent, status, &text);
	why_set(why, status, "%s", text.at);
	buf_release(&text);
	PQclear(res);
	if (db->gave_up.status != 0)
		*why = db->gave_up;
	return -1;
}

/*
 * Whatever a user, a role or the database has set: a transaction sees what
 * others commit meanwhile, and names no function, operator or table but those
 * of the system and those with a schema. Else whoever may create something in
 * public would be called by whoever runs us. SET LOCAL, since a pooler lends
 * the session to others.
 */
#define LEVEL "ISOLATION LEVEL READ COMMITTED"
#define BEGIN "BEGIN " LEVEL
#define PATH "SET LOCAL search_path TO pg_catalog, pg_temp"

static bool
idle(const struct db *db)
{
	return PQtransactionStatus(db->pg) == PQTRANS_IDLE;
}

PGresult *
conn_ask(struct db *db, const char *sql)
{
	struct buf text = BUF_INIT;
	bool sent;

	db->state[0] = '\0';
	/* several statements in one text are one transaction */
	if (idle(db))
		buf_str(&text, "SET TRANSACTION " LEVEL "; " PATH "; ");
	buf_str(&text, sql);
	sent = PQsendQuery(db->pg, text.at) == 1;
	buf_release(&text);
	return sent ? conn_answer(db) : NULL;
}

/* All four travel together: a transaction of one statement costs no trip. */
static bool
send_alone(struct db *db, const char *sql, size_t n, const char *const *params)
{
	PGconn *pg = db->pg;

	return PQenterPipelineMode(pg) == 1 &&
	       PQsendQueryParams(pg, BEGIN, 0, NULL, NULL, NULL, NULL, 0) ==
		   1 &&
	       PQsendQueryParams(pg, PATH, 0, NULL, NULL, NULL, NULL, 0) == 1 &&
	       PQsendQueryParams(
		   pg, sql, (int)n, NULL, params, NULL, NULL, 0) == 1 &&
	       PQsendQueryParams(pg, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) ==
		   1 &&
	       PQpipelineSync(pg) == 1;
}

/* The third answer, or the first that failed. */
static PGresult *
answer_alone(struct db *db)
{
	PGresult *mine = NULL, *res;
	bool failed = false;

	for (int i = 0; i < 4 && PQstatus(db->pg) == CONNECTION_OK; i++) {
		if ((res = conn_answer(db)) == NULL)
			continue;
		if (failed ||
		    (i != 2 && PQresultStatus(res) == PGRES_COMMAND_OK)) {
			PQclear(res);
			continue;
		}
		failed = PQresultStatus(res) == PGRES_FATAL_ERROR;
		PQclear(mine);
		mine = res;
	}
	PQclear(conn_result(db)); /* of the sync */
	PQexitPipelineMode(db->pg);
	if (PQtransactionStatus(db->pg) == PQTRANS_INERROR)
		PQclear(conn_ask(db, "ROLLBACK"));
	return mine;
}

static PGresult *
ask_with(struct db *db, const char *sql, size_t n, const char *const *params)
{
	if (idle(db))
		return send_alone(db, sql, n, params) ? answer_alone(db) : NULL;
	if (PQsendQueryParams(
		db->pg, sql, (int)n, NULL, params, NULL, NULL, 0) != 1)
		return NULL;
	return conn_answer(db);
}

struct rows *
db_query(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params)
{
	PGresult *res;
	struct rows *rows;
	ExecStatusType st;

	db->state[0] = '\0';
	res = ask_with(db, sql, n, params);
	st = PQresultStatus(res);
	if (st != PGRES_TUPLES_OK && st != PGRES_COMMAND_OK) {
		conn_fail(db, res, why);
		return NULL;
	}
	rows = mem_new(1, sizeof(*rows));
	rows->res = res;
	return rows;
}

int
db_run(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params)
{
	struct rows *rows;

	if ((rows = db_query(db, why, sql, n, params)) == NULL)
		return -1;
	rows_free(rows);
	return 0;
}

int
db_value(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params, struct buf *to)
{
	struct rows *rows = db_query(db, why, sql, n, params);
	const char *text = NULL;

	if (rows == NULL)
		return -1;
	if (rows_n(rows) > 0 && (text = rows_text(rows, 0, 0)) != NULL)
		buf_str(to, text);
	rows_free(rows);
	return text != NULL;
}

int
db_script(struct db *db, struct why *why, const char *sql)
{
	PGresult *res;
	ExecStatusType st;

	res = conn_ask(db, sql);
	st = PQresultStatus(res);
	if (st != PGRES_TUPLES_OK && st != PGRES_COMMAND_OK &&
	    st != PGRES_EMPTY_QUERY)
		return conn_fail(db, res, why);
	PQclear(res);
	return 0;
}

int
db_begin(struct db *db, const char *also, struct buf *answer, struct why *why)
{
	struct buf sql = BUF_INIT;
	PGresult *res;

	buf_fmt(&sql, "BEGIN; %s", also != NULL ? also : "");
	res = conn_ask(db, sql.at);
	buf_release(&sql);
	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
		return conn_fail(db, res, why);
	if (answer != NULL && PQntuples(res) > 0)
		buf_str(answer, PQgetvalue(res, 0, 0));
	PQclear(res);
	return 0;
}

size_t
rows_n(const struct rows *r)
{
	return (size_t)PQntuples(r->res);
}

const char *
rows_text(const struct rows *r, size_t row, int col)
{
	if (PQgetisnull(r->res, (int)row, col))
		return NULL;
	return PQgetvalue(r->res, (int)row, col);
}

int
rows_cols(const struct rows *r)
{
	return PQnfields(r->res);
}

const char *
rows_name(const struct rows *r, int col)
{
	return PQfname(r->res, col);
}

uint64_t
rows_done(const struct rows *r)
{
	const char *p = PQcmdTuples(r->res);
	uint64_t n = 0;

	for (; isdigit((unsigned char)*p); p++)
		n = n * 10 + (uint64_t)(*p - '0');
	return n;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	PQclear(r->res);
	free(r);
}

const char *
db_state(const struct db *db)
{
	return db->state;
}

bool
db_lost(const struct db *db)
{
	return PQstatus(db->pg) == CONNECTION_BAD;
}
