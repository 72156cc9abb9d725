#include "state/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "db/db_print.h"
#include "base/run_id.h"

/* The columns of a record's fates, in the order of the law of conservation. */
#define FATES                                                                  \
	"fetched, inserted, updated, unchanged, stale, parked, rejected,"      \
	" deleted, calls, retries"

void
history_where(const struct history_of *of, const char *head, struct buf *sql)
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
	const char *open; /* condition; NULL: all are */
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
		 " date_trunc('second', rejected_at) AS rejected_at,"
		 " date_trunc('second', closed_at) AS closed_at",
	    .json = "source, resource, account_id AS account, key, line,"
		    " byte_offset, reason, rejected_at, closed_at,"
		    " translate(encode(raw, 'base64'), E'\\n', '')"
		    " AS raw_base64",
	    .table = "ha.rejects",
	    .order = "rejected_at DESC, source, resource, account_id,"
		     " fingerprint",
	    .open = "closed_at IS NULL"},
    [HISTORY_REPAIRED] =
	{.what = "source, resource, account_id AS account, key, path,"
		 " byte_offset, date_trunc('second', repaired_at)"
		 " AS repaired_at",
	    .json = "source, resource, account_id AS account, key, path,"
		    " byte_offset, repaired_at, original",
	    .table = "ha.repaired",
	    .order = "repaired_at DESC, source, resource, account_id, key,"
		     " byte_offset"},
};

int
history_list(struct db *db, enum history_list which,
    const struct history_of *of, struct why *why)
{
	const struct list *l = &lists[which];
	const char *head = "WHERE";
	struct buf sql = BUF_INIT;
	int64_t n;

	db_fmt(&sql, "SELECT %s FROM %s",
	    of->json && l->json != NULL ? l->json : l->what, l->table);
	if (l->open != NULL && !of->closed) {
		buf_fmt(&sql, " WHERE %s", l->open);
		head = "AND";
	}
	history_where(of, head, &sql);
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
	history_where(of, "WHERE", &sql);
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

/* Beside the sums, for programs: enough to tell two lines apart. */
#define FOR_PROGRAMS                                                           \
	"coalesce(source || '/' || resource, 'total') AS resource,"            \
	" account, min(run::text) AS run, min(job::text) AS job,"              \
	" min(what) AS mode, min(started_at) AS started_at,"                   \
	" max(finished_at) AS finished_at, bool_and(complete) AS complete,"    \
	" CASE WHEN resource IS NOT NULL THEN"                                 \
	" (array_agg(cursor ORDER BY id DESC))[1] END AS position,"            \
	" ha.sum_counts(reasons) AS reasons, "

/* What people see in front of the sums: names that are not all the same. */
static void
add_names(const struct history_of *of, bool accounts, struct buf *sql)
{
	if (accounts)
		buf_str(sql, "coalesce(account, '') AS account, ");
	/* a source that was named needs no naming */
	buf_fmt(sql, "coalesce(%sresource, 'total') AS resource, ",
	    of->source != NULL ? "" : "source || '/' || ");
}

/* How many accounts its runs are of; -1, EX_USAGE: there is none of that id. */
static int
accounts_of(struct db *db, const char *id, bool job, struct why *why)
{
	struct rows *rows = db_query(db, why,
	    job ? "SELECT count(DISTINCT account_id), count(*)"
		  " FROM ha.sync_runs WHERE job = $1::uuid"
		: "SELECT 1, (SELECT count(*) FROM ha.sync_runs"
		  " WHERE run = $1::uuid) + (SELECT count(*) FROM ha.sync_log"
		  " WHERE run = $1::uuid)",
	    1, &id);
	int n = -1;

	if (rows == NULL)
		return -1;
	if (!job && strcmp(rows_text(rows, 0, 1), "0") == 0)
		why_set(why, EX_USAGE, "there is no run %s", id);
	else
		n = (int)strtoul(rows_text(rows, 0, 0), NULL, 10);
	rows_free(rows);
	return n;
}

static int64_t
print_report(struct db *db, const char *id, bool job,
    const struct history_of *of, bool accounts, struct why *why)
{
	struct buf sql = BUF_INIT;
	int64_t n;

	buf_str(&sql, "SELECT ");
	if (of->json)
		buf_str(&sql, FOR_PROGRAMS);
	else
		add_names(of, accounts, &sql);
	add_sums(&sql, of->json);
	db_fmt(&sql,
	    " FROM (SELECT l.*, l.account_id AS account, r.job, r.what"
	    " FROM ha.sync_log l LEFT JOIN ha.sync_runs r USING (run)"
	    " WHERE %s = %L::uuid",
	    job ? "r.job" : "run", id);
	if (of->source != NULL)
		db_fmt(&sql, " AND l.source = %L", of->source);
	if (of->resource != NULL)
		db_fmt(&sql, " AND l.resource = %L", of->resource);
	if (of->account != NULL)
		db_fmt(&sql, " AND l.account_id = %L", of->account);
	/* the total is there even if the run met nothing to do, if one ran */
	buf_fmt(&sql,
	    ") x GROUP BY GROUPING SETS ((source, resource, account%s), ())",
	    of->json ? ", run" : "");
	if (job)
		db_fmt(&sql,
		    " HAVING EXISTS (SELECT FROM ha.sync_runs WHERE job = "
		    "%L::uuid)",
		    id);
	buf_str(&sql, " ORDER BY grouping(resource), min(id)");
	n = db_print(db, sql.at, of->json, why);
	buf_release(&sql);
	return n;
}

int
history_report(struct db *db, const char *id, bool job,
    const struct history_of *of, struct why *why)
{
	struct buf newest = BUF_INIT;
	int64_t n = -1;
	int accounts;

	if (id != NULL && check_id(id, why) == -1)
		return -1;
	if (id == NULL && newest_run(db, of, &newest, why) == -1)
		goto out;
	if (id == NULL)
		id = newest.at;
	if ((accounts = accounts_of(db, id, job, why)) != -1)
		n = print_report(db, id, job, of, accounts > 1, why);
out:
	buf_release(&newest);
	return n == -1 ? -1 : 0;
}

int
history_sum(struct db *db, const char *job, int status, struct why *why)
{
	char code[16];
	const char *params[] = {job, code};
	struct buf text = BUF_INIT;
	int rc;

	if (check_id(job, why) == -1)
		return -1;
	snprintf(code, sizeof(code), "%d", status);
	rc =
	    db_value(db, why, "SELECT ha.sum_of_job($1, $2)", 2, params, &text);
	if (rc == 1)
		out_line(text.at, text.len);
	buf_release(&text);
	return rc == -1 ? -1 : 0;
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
