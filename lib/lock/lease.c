#include "lock/lease.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct number { /* as a parameter of a statement */
	char text[24];
};

static const char *
number(struct number *to, int64_t n)
{
	snprintf(to->text, sizeof(to->text), "%" PRId64, n);
	return to->text;
}

/* Runs a statement that answers one boolean: 1, 0 or -1. */
static int
truth(struct db *db, const char *sql, size_t n, const char *const *params,
    struct why *why)
{
	struct buf answer = BUF_INIT;
	int rc = db_value(db, why, sql, n, params, &answer);

	if (rc == 1)
		rc = *answer.at == 't';
	buf_release(&answer);
	return rc;
}

/* Who holds it, in *who; nobody any more leaves "another process". */
static int
holder_of(struct db *db, const char *name, struct buf *who, struct why *why)
{
	const char *params[] = {name};
	int rc;

	buf_clear(who);
	rc = db_value(db, why,
	    "SELECT holder || ' since ' || to_char(acquired_at,"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
	    " FROM ha.sync_locks WHERE name = $1",
	    1, params, who);
	if (rc == 0)
		buf_str(who, "another process");
	return rc == -1 ? -1 : 0;
}

int
lease_take(struct db *db, const char *name, const char *holder, int lease_s,
    int64_t *fence, struct buf *who, struct why *why)
{
	struct number lease;
	const char *params[] = {name, holder, number(&lease, lease_s)};
	struct buf got = BUF_INIT;
	int rc;

	rc = db_value(db, why, "SELECT ha.acquire_sync_lock($1, $2, $3)", 3,
	    params, &got);
	if (rc == 1)
		*fence = strtoll(got.at, NULL, 10);
	buf_release(&got);
	return rc == 0 ? holder_of(db, name, who, why) : rc;
}

int
lease_extend(struct db *db, const char *name, int64_t fence, int lease_s,
    struct why *why)
{
	struct number f, lease;
	const char *params[] = {
	    name, number(&f, fence), number(&lease, lease_s)};

	return truth(
	    db, "SELECT ha.extend_sync_lock($1, $2, $3)", 3, params, why);
}

int
lease_drop(struct db *db, const char *name, int64_t fence, struct why *why)
{
	struct number f;
	const char *params[] = {name, number(&f, fence)};

	return truth(db, "SELECT ha.release_sync_lock($1, $2)", 2, params, why);
}

int
lease_drop_of(
    struct db *db, const char *name, const char *holder, struct why *why)
{
	const char *params[] = {name, holder};

	return truth(db,
	    "SELECT count(ha.release_sync_lock(name, fence)) > 0 "
	    "FROM ha.sync_locks WHERE name = $1 AND holder = $2",
	    2, params, why);
}

int
lease_begin(struct db *db, const char *also, struct why *why)
{
	const char *name = getenv("HA_LOCK"), *fence = getenv("HA_FENCE");
	bool held =
	    name != NULL && *name != '\0' && fence != NULL && *fence != '\0';
	struct buf sql = BUF_INIT, answer = BUF_INIT;
	int rc;

	if (held && (strspn(fence, "0123456789") != strlen(fence) ||
			strlen(fence) > 18))
		return why_set(why, EX_CONFIG, "HA_FENCE is not a number");
	buf_str(&sql, also != NULL ? also : "");
	if (held)
		db_fmt(&sql, "SELECT ha.check_sync_lock(%L::text, %s::bigint)",
		    name, fence);
	rc = db_begin(db, sql.at, &answer, why);
	if (rc == 0 && held && (answer.len == 0 || *answer.at != 't'))
		rc = why_set(why, EX_TEMPFAIL,
		    "lease %s: lost, fence %s is not the current one or ran "
		    "out",
		    name, fence);
	buf_release(&sql);
	buf_release(&answer);
	return rc;
}
