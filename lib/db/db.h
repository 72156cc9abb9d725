/*
 * db -- a PostgreSQL connection; PGconn stays inside lib/db.
 *
 * db_open takes a URL or conninfo (-d), else HA_DATABASE_URL, else the PG*
 * variables; NULL name uses those defaults. The tool's name is the
 * fallback_application_name. Statuses follow SQLSTATE: classes 08 40 53 57
 * are EX_TEMPFAIL, 42501 and refused passwords EX_NOPERM, a missing schema
 * or table (3F000, 42P01, 42703, 42883) EX_CONFIG with the command that
 * mends it, as is an unknown database (3D000), the rest EX_UNAVAILABLE; a
 * server that cannot be heard is EX_TEMPFAIL. Messages never hold row values
 * (DETAIL is left out: it would show a guest's data).
 *
 * Each transaction, also that of a single statement, is READ COMMITTED and
 * has the search_path "pg_catalog, pg_temp", without a round trip for it. So
 * SQL names whatever is not PostgreSQL's own with its schema. Waits end: for
 * a lock after a minute (EX_TEMPFAIL), for a connection as connect_timeout
 * says (15 s), for an answer after an hour, all within a second of a signal
 * that quit.h has noted.
 */
#ifndef HA_DB_H
#define HA_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct buf;
struct db;
struct rows; /* a result; owned by the caller */

struct db *db_open(const char *url, struct why *why);
void db_close(struct db *db); /* NULL is fine */

/*
 * Runs one statement; text parameters, NULL is SQL NULL. NULL on failure.
 * db_run wants no rows: 0 or -1.
 */
struct rows *db_query(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params);
int db_run(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params);
/* Adds the first field of the first row: 1; 0 without one, or SQL NULL. */
int db_value(struct db *db, struct why *why, const char *sql, size_t n,
    const char *const *params, struct buf *to);
/* What is said of a row that was refused so, without its values. */
void db_reason(const char *state, const char *message, struct buf *to);
/* A script of several statements, without parameters. */
int db_script(struct db *db, struct why *why, const char *sql);
/*
 * Begins a transaction and runs `also` in it, statements in one message with
 * it, or NULL. The first field of the last one's answer goes to *answer. On
 * failure the transaction stands, broken, if the connection does.
 */
int db_begin(
    struct db *db, const char *also, struct buf *answer, struct why *why);
size_t rows_n(const struct rows *r);
/* NULL for SQL NULL; borrowed from the result. */
const char *rows_text(const struct rows *r, size_t row, int col);
int rows_cols(const struct rows *r);
const char *rows_name(const struct rows *r, int col); /* of a column */
/* Rows that an INSERT, UPDATE or DELETE touched. */
uint64_t rows_done(const struct rows *r);
void rows_free(struct rows *r);

/* SQLSTATE of the last statement's failure, "" if it went well. */
const char *db_state(const struct db *db);
bool db_lost(const struct db *db); /* the connection is gone */

/*
 * SQL of a text and what it is about, added to a buf. %I is a name and %L a
 * text, quoted whatever is in them (UTF-8); %T a table, by two names: its
 * schema's and its own. %s is SQL already; %d, %zu, %lld and %% as printf
 * has them. Another letter is a bug, and aborts: no compiler checks these.
 */
void db_fmt(struct buf *to, const char *fmt, ...);
/*
 * fmt once for each name, with `between` between two of them: "t.%I = s.%I"
 * and " AND ". Each %I is that name, each %L the name as a text.
 */
void db_each(struct buf *to, const char *between, const char *fmt,
    char *const *names, size_t n);

/*
 * COPY in (any format the statement says): start, send pieces, finish. The
 * number of rows, or -1. A refused row shows at the latest in finish; after
 * any failure call db_copy_stop (which ends the COPY with an error).
 */
int db_copy_in(struct db *db, const char *sql, struct why *why);
int db_copy_send(struct db *db, const void *p, size_t len, struct why *why);
int64_t db_copy_done(struct db *db, struct why *why);
/* The first half of db_copy_done: sends the end and does not wait. */
int db_copy_end(struct db *db, struct why *why);
void db_copy_stop(struct db *db);
/* COPY out: each piece is one row; 1, 0 at the end, -1. Borrowed. */
int db_copy_out(struct db *db, const char *sql, struct why *why);
int db_copy_next(struct db *db, const char **p, size_t *len, struct why *why);

#endif
