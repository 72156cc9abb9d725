#include "state/sync_state.h"

#include <inttypes.h>
#include <stdio.h>

int
state_get(struct db *db, const struct state_of *of, struct buf *cursor,
    bool *complete, struct why *why)
{
	const char *params[] = {of->source, of->resource, of->account};
	struct rows *rows;
	int rc = 0;

	buf_clear(cursor);
	*complete = false;
	rows = db_query(db, why,
	    "SELECT cursor::text, complete FROM ha.sync_state"
	    " WHERE source = $1 AND resource = $2 AND account_id = $3",
	    3, params);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 1) {
		*complete = rows_text(rows, 0, 1)[0] == 't';
		if (rows_text(rows, 0, 0) != NULL) {
			buf_str(cursor, rows_text(rows, 0, 0));
			rc = 1;
		}
	}
	rows_free(rows);
	return rc;
}

int
state_set(struct db *db, const struct state_of *of, const char *cursor,
    bool complete, struct why *why)
{
	const char *params[] = {of->source, of->resource, of->account,
	    cursor != NULL && *cursor != '\0' ? cursor : NULL,
	    complete ? "t" : "f"};

	/* a complete section is news even if it ends where the last did */
	return db_run(db, why,
	    "INSERT INTO ha.sync_state AS s (source, resource, account_id,"
	    " cursor, complete, completed_at)"
	    " VALUES ($1, $2, $3, $4::jsonb, $5::boolean,"
	    " CASE WHEN $5::boolean THEN now() END)"
	    " ON CONFLICT (source, resource, account_id) DO UPDATE SET"
	    " cursor = excluded.cursor, complete = excluded.complete,"
	    " completed_at = coalesce(excluded.completed_at, s.completed_at),"
	    " updated_at = now()"
	    " WHERE excluded.complete OR s.complete"
	    " OR s.cursor IS DISTINCT FROM excluded.cursor",
	    5, params);
}

int
state_children(struct db *db, const struct state_of *of, const char *parent_key,
    const char *change_key, struct why *why)
{
	const char *params[] = {
	    of->source, of->resource, of->account, parent_key, change_key};

	return db_run(db, why,
	    "INSERT INTO ha.children"
	    " (source, resource, account_id, parent_key, change_key)"
	    " VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (source, resource, account_id, parent_key)"
	    " DO UPDATE SET change_key = excluded.change_key,"
	    " stored_at = now()",
	    5, params);
}

int
state_log(struct db *db, const struct state_of *of, const char *run,
    const char *mode, const struct state_counts *add, bool finished,
    bool complete, const char *why_text, int status, struct why *why)
{
	const uint64_t n[] = {add->fetched, add->inserted, add->updated,
	    add->unchanged, add->stale, add->parked, add->rejected,
	    add->deleted, add->calls, add->retries, add->waited_ms};
	char text[sizeof(n) / sizeof(n[0])][24], code[16], age[24];
	const char *params[10 + sizeof(n) / sizeof(n[0])] = {run, of->source,
	    of->resource, of->account, mode != NULL ? mode : "",
	    finished ? "t" : "f", complete ? "t" : "f", why_text, code, age};
	size_t i;

	snprintf(code, sizeof(code), "%d", status);
	snprintf(age, sizeof(age), "%" PRId64, add->age_ms);
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		snprintf(text[i], sizeof(text[i]), "%" PRIu64, n[i]);
		params[10 + i] = text[i];
	}
	return db_run(db, why,
	    "INSERT INTO ha.sync_log AS l (run, source, resource, account_id,"
	    " mode, started_at, finished_at, complete, why, status, fetched, "
	    "inserted,"
	    " updated, unchanged, stale, parked, rejected, deleted, calls,"
	    " retries, waited_ms, cursor)"
	    " VALUES ($1, $2, $3, $4, $5,"
	    " clock_timestamp() - $10::bigint * interval '1 ms',"
	    " CASE WHEN $6::boolean THEN clock_timestamp() END,"
	    " CASE WHEN $6::boolean THEN $7::boolean END,"
	    " CASE WHEN $6::boolean THEN $8 END,"
	    " CASE WHEN $6::boolean THEN $9::integer END,"
	    " $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,"
	    " (SELECT cursor FROM ha.sync_state WHERE source = $2"
	    " AND resource = $3 AND account_id = $4))"
	    " ON CONFLICT (run, source, resource, account_id, mode)"
	    " DO UPDATE SET"
	    " finished_at = coalesce(excluded.finished_at, l.finished_at),"
	    " complete = coalesce(excluded.complete, l.complete),"
	    " why = coalesce(excluded.why, l.why),"
	    " status = coalesce(excluded.status, l.status),"
	    " fetched = l.fetched + excluded.fetched,"
	    " inserted = l.inserted + excluded.inserted,"
	    " updated = l.updated + excluded.updated,"
	    " unchanged = l.unchanged + excluded.unchanged,"
	    " stale = l.stale + excluded.stale,"
	    " parked = l.parked + excluded.parked,"
	    " rejected = l.rejected + excluded.rejected,"
	    " deleted = l.deleted + excluded.deleted,"
	    " calls = l.calls + excluded.calls,"
	    " retries = l.retries + excluded.retries,"
	    " waited_ms = l.waited_ms + excluded.waited_ms,"
	    " cursor = excluded.cursor",
	    sizeof(params) / sizeof(params[0]), params);
}
