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

static const struct list { /* SELECT what FROM table ORDER BY order */
	const char *what;
	const char *json; /* with it in place of `what`; NULL: the same */
	const char *table, *order;
} lists[] = {
    [HISTORY_POSITIONS] =
	{.what = "source, resource, account_id AS account, complete,"
		 " date_trunc('second', completed_at) AS completed_at,"
		 " date_trunc('second', updated_at) AS moved_at, cursor",
	    .table = "ha.sync_state",
	    .order = "source, account_id, resource"},
    [HISTORY_LOG] =
	{.what = "date_trunc('second', started_at) AS started_at, run,"
		 " source, resource, account_id AS account, mode, status,"
		 " complete, " FATES ", round(extract(epoch FROM finished_at"
		 " - started_at)::numeric, 1) AS seconds, why",
	    .table = "ha.sync_log",
	    .order = "id DESC"},
    [HISTORY_STATS] =
	{.what = "source, resource, account_id AS account, runs,"
		 " runs_complete, runs_failed, last_status,"
		 " date_trunc('second', last_complete_at) AS last_complete_at,"
		 " " FATES ", round(seconds, 1) AS seconds, conserved",
	    .table = "ha.sync_statistics",
	    .order = "source, account_id, resource"},
    [HISTORY_PARKED] = {.what = "source, resource, account_id AS account, key,"
				" parent_resource, parent_key, reason,"
				" date_trunc('second', parked_at) AS parked_at",
	.json = "source, resource, account_id AS account, key,"
		" parent_resource, parent_key, reason, parked_at, raw",
	.table = "ha.parked",
	.order = "parked_at DESC, source, resource, account_id, key"},
    [HISTORY_REJECTS] =
	{.what = "source, resource, account_id AS account, key, line,"
		 " byte_offset, reason,"
		 " date_trunc('second', rejected_at) AS rejected_at",
	    .json = "source, resource, account_id AS account, key, line,"
		    " byte_offset, reason, rejected_at,"
		    " translate(encode(raw, 'base64'), E'\\n', '')"
		    " AS raw_base64",
	    .table = "ha.rejects",
	    .order = "rejected_at DESC, source, resource, account_id,"
		     " fingerprint"},
};

int
history_list(struct db *db, enum history_list which,
    const struct history_of *of, struct why *why)
{
	const struct list *l = &lists[which];
	struct buf sql = BUF_INIT;
	int64_t n;

	db_fmt(&sql, "SELECT %s FROM %s",
	    of->json && l->json != NULL ? l->json : l->what, l->table);
	add_where(of, "WHERE", &sql);
	db_fmt(&sql, " ORDER BY %s", l->order);
	if (of->limit > 0)
		db_fmt(&sql, " LIMIT %lld", of->limit);
	n = db_print(db, sql.at, of->json, why);
	buf_release(&sql);
	return n == -1 ? -1 : 0;
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
	int rc;

	buf_str(&sql, "SELECT run FROM ha.sync_log");
	add_where(of, "WHERE", &sql);
	buf_str(&sql, " ORDER BY id DESC LIMIT 1");
	rc = db_value(db, why, sql.at, 0, NULL, run);
	buf_release(&sql);
	return rc == 0 ? why_set(why, EX_USAGE, "the log holds no run yet")
		       : rc;
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

	if (job != NULL && check_id(job, why) == -1)
		return why_in(why, "HA_JOB");
	return db_value(db, why, "SELECT ha.begin_run($1, $2, $3, $4, $5)", 5,
		   params, id) == -1
		   ? -1
		   : 0;
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
	struct buf known = BUF_INIT;
	int rc;

	if (check_id(run, why) == -1)
		return -1;
	snprintf(code, sizeof(code), "%d", status);
	if (of->resource != NULL)
		return finish_part(db, run, of, code, why_text, why);
	rc = db_value(
	    db, why, "SELECT ha.finish_run($1, $2, $3)", 3, params, &known);
	if (rc == 1 && *known.at != 't')
		rc = why_set(why, EX_USAGE, "no run %s was begun", run);
	buf_release(&known);
	return rc == -1 ? -1 : 0;
}
