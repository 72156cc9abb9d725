#include "state/sync_state.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/run_id.h"

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

	return db_run(
	    db, why, "SELECT ha.set_position($1, $2, $3, $4, $5)", 5, params);
}

int
state_from_nothing(struct db *db, const struct state_of *of, struct why *why)
{
	const char *params[] = {of->source, of->resource, of->account};

	return db_run(db, why,
	    "UPDATE ha.sync_state SET full_at = now() WHERE source = $1 AND"
	    " resource = $2 AND account_id = $3",
	    3, params);
}

int
state_full_pass(struct db *db, const char *source, const char *account,
    struct buf *pass, struct why *why)
{
	const char *params[] = {source, account, run_id_given()};

	buf_clear(pass);
	return db_value(db, why, "SELECT ha.full_pass($1, $2, $3)", 3, params,
		   pass) == -1
		   ? -1
		   : 0;
}

int
state_children(struct db *db, const struct state_of *of, const char *keys,
    const char *changes, const char *gone, struct why *why)
{
	return db_run(db, why,
	    "INSERT INTO ha.children (source, resource, account_id, "
	    "parent_key, change_key, gone) SELECT $1, $2, $3, k, c, g FROM "
	    "unnest($4::text[], $5::text[], $6::boolean[]) AS u(k, c, g) "
	    "ON CONFLICT (source, resource, account_id, parent_key) DO UPDATE "
	    "SET change_key = excluded.change_key, gone = excluded.gone, "
	    "stored_at = now()",
	    6,
	    (const char *const[]){
		of->source, of->resource, of->account, keys, changes, gone});
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
	    of->resource, of->account, mode != NULL ? mode : "", age,
	    finished ? "t" : "f", complete ? "t" : "f", why_text, code};
	size_t i;

	snprintf(code, sizeof(code), "%d", status);
	snprintf(age, sizeof(age), "%" PRId64, add->age_ms);
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		snprintf(text[i], sizeof(text[i]), "%" PRIu64, n[i]);
		params[10 + i] = text[i];
	}
	return db_run(db, why,
	    "SELECT ha.log_section($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	    " $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
	    sizeof(params) / sizeof(params[0]), params);
}
