#include "state/history.h"

#include <stdio.h>
#include <string.h>

#include "db/db_print.h"
#include "base/run_id.h"

/* The columns of a record's fates, in the order of the law of conservation. */
#define FATES                                                                  \
	"fetched, inserted, updated, unchanged, stale, parked, rejected,"      \
	" deleted, calls, retries"

/* Adds WHERE for what is named; head is "WHERE" or "AND". */
static void
add_where(const struct history_of *of, const char *head, struct buf *sql)
{
	const struct {
		const char *column, *value;
	} is[] = {{"source", of->source}, {"resource", of->resource},
	    {"account_id", of->account}};
	size_t i;

	for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		if (is[i].value == NULL)
			continue;
		db_fmt(sql, " %s %s = %L", head, is[i].column, is[i].value);
		head = "AND";
	}
}

/* SELECT what FROM table WHERE of ORDER BY order LIMIT. */
static int
print(struct db *db, const struct history_of *of, const char *what,
    const char *table, const char *order, struct why *why)
{
	struct buf sql = BUF_INIT;
	int64_t n;

	db_fmt(&sql, "SELECT %s FROM %s", what, table);
	add_where(of, "WHERE", &sql);
	db_fmt(&sql, " ORDER BY %s", order);
	if (of->limit > 0)
		db_fmt(&sql, " LIMIT %lld", of->limit);
	n = db_print(db, sql.at, of->json, why);
	buf_release(&sql);
	return n == -1 ? -1 : 0;
}

int
history_list(struct db *db, const struct history_of *of, struct why *why)
{
	return print(db, of,
	    "source, resource, account_id AS account, complete,"
	    " date_trunc('second', completed_at) AS completed_at,"
	    " date_trunc('second', updated_at) AS moved_at, cursor",
	    "ha.sync_state", "source, account_id, resource", why);
}

int
history_log(struct db *db, const struct history_of *of, struct why *why)
{
	return print(db, of,
	    "date_trunc('second', started_at) AS started_at, run,"
	    " source, resource, account_id AS account, mode, status, complete,"
	    " " FATES ", round(extract(epoch FROM finished_at - started_at)"
	    "::numeric, 1) AS seconds, why",
	    "ha.sync_log", "id DESC", why);
}

int
history_stats(struct db *db, const struct history_of *of, struct why *why)
{
	return print(db, of,
	    "source, resource, account_id AS account, runs, runs_complete,"
	    " runs_failed, last_status,"
	    " date_trunc('second', last_complete_at) AS last_complete_at,"
	    " " FATES ", round(seconds, 1) AS seconds, conserved",
	    "ha.sync_statistics", "source, account_id, resource", why);
}

int
history_parked(struct db *db, const struct history_of *of, struct why *why)
{
	return print(db, of,
	    of->json ? "source, resource, account_id AS account, key,"
		       " parent_resource, parent_key, reason, parked_at, raw"
		     : "source, resource, account_id AS account, key,"
		       " parent_resource, parent_key, reason,"
		       " date_trunc('second', parked_at) AS parked_at",
	    "ha.parked", "parked_at DESC, source, resource, account_id, key",
	    why);
}

int
history_rejects(struct db *db, const struct history_of *of, struct why *why)
{
	return print(db, of,
	    of->json
		? "source, resource, account_id AS account, key, line,"
		  " byte_offset, reason, rejected_at,"
		  " translate(encode(raw, 'base64'), E'\\n', '') AS raw_base64"
		: "source, resource, account_id AS account, key, line,"
		  " byte_offset, reason,"
		  " date_trunc('second', rejected_at) AS rejected_at",
	    "ha.rejects",
	    "rejected_at DESC, source, resource, account_id, fingerprint", why);
}

static int
check_id(const char *id, struct why *why)
{
	return uuid_is(id) ? 0 : why_set(why, EX_USAGE, "%s is no UUID", id);
}

/* The id of the newest run that the log knows, in *run. */
static int
newest_run(struct db *db, const struct history_of *of, struct buf *run,
    struct why *why)
{
	struct buf sql = BUF_INIT;
	struct rows *rows;
	int rc = 0;

	buf_str(&sql, "SELECT run FROM ha.sync_log");
	add_where(of, "WHERE", &sql);
	buf_str(&sql, " ORDER BY id DESC LIMIT 1");
	rows = db_query(db, why, sql.at, 0, NULL);
	buf_release(&sql);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 1)
		buf_str(run, rows_text(rows, 0, 0));
	else
		rc = why_set(why, EX_USAGE, "the log holds no run yet");
	rows_free(rows);
	return rc;
}

/*
 * Sums of the log's columns. For people those that are rarely more than zero
 * are marked with "?" and then left out (db_print.h), so that it fits a screen.
 */
static void
add_sums(struct buf *sql, bool json)
{
	static const struct {
		const char *name;
		bool rare;
	} columns[] = {{"fetched", false}, {"inserted", false},
	    {"updated", false}, {"unchanged", false}, {"stale", true},
	    {"parked", true}, {"rejected", true}, {"deleted", true},
	    {"calls", false}, {"retries", true}};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		buf_fmt(sql, "coalesce(sum(%s), 0)::bigint AS \"%s%s\", ",
		    columns[i].name, columns[i].name,
		    columns[i].rare && !json ? "?" : "");
	buf_fmt(sql,
	    "coalesce(round(extract(epoch FROM max(finished_at) -"
	    " min(started_at))::numeric, 1), 0) AS seconds,"
	    " coalesce(max(status), 0) AS \"status%s\"",
	    json ? "" : "?");
}

int
history_report(struct db *db, const char *run, const struct history_of *of,
    struct why *why)
{
	struct buf sql = BUF_INIT, id = BUF_INIT;
	int64_t n = -1;

	if (run != NULL && check_id(run, why) == -1)
		return -1;
	if (run != NULL)
		buf_str(&id, run);
	else if (newest_run(db, of, &id, why) == -1)
		goto out;
	/* a source that was named needs no naming, where people read */
	buf_fmt(&sql, "SELECT coalesce(%sresource, 'total') AS resource, ",
	    of->source != NULL && !of->json ? "" : "source || '/' || ");
	add_sums(&sql, of->json);
	db_fmt(&sql, " FROM ha.sync_log WHERE run = %L::uuid", id.at);
	add_where(of, "AND", &sql);
	/* the total is there even if the run met nothing to do */
	buf_str(&sql, " GROUP BY GROUPING SETS ((source, resource), ())"
		      " ORDER BY grouping(resource), min(id)");
	n = db_print(db, sql.at, of->json, why);
out:
	buf_release(&sql);
	buf_release(&id);
	return n == -1 ? -1 : 0;
}

int
history_begin(struct db *db, const struct history_of *of, const char *run,
    const char *job, const char *what, struct buf *id, struct why *why)
{
	const char *params[] = {run, of->source, of->account, what, job};
	struct rows *rows;

	if (job != NULL && check_id(job, why) == -1)
		return why_in(why, "HA_JOB");
	rows = db_query(
	    db, why, "SELECT ha.begin_run($1, $2, $3, $4, $5)", 5, params);
	if (rows == NULL)
		return -1;
	buf_str(id, rows_text(rows, 0, 0));
	rows_free(rows);
	return 0;
}

static int
finish_part(struct db *db, const char *run, const struct history_of *of,
    const char *status, const char *why_text, struct why *why)
{
	const char *params[] = {
	    run, of->source, of->resource, of->account, status, why_text};

	return db_run(db, why,
	    "SELECT ha.finish_section($1, $2, $3, $4, $5, $6)", 6, params);
}

int
history_finish(struct db *db, const char *run, const struct history_of *of,
    int status, const char *why_text, struct why *why)
{
	char code[16];
	const char *params[] = {run, code, why_text};
	struct rows *rows;
	bool known;

	if (check_id(run, why) == -1)
		return -1;
	snprintf(code, sizeof(code), "%d", status);
	if (of->resource != NULL)
		return finish_part(db, run, of, code, why_text, why);
	rows = db_query(db, why, "SELECT ha.finish_run($1, $2, $3)", 3, params);
	if (rows == NULL)
		return -1;
	known = rows_text(rows, 0, 0)[0] == 't';
	rows_free(rows);
	if (!known)
		return why_set(why, EX_USAGE, "no run %s was begun", run);
	return 0;
}
