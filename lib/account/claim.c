#include "account/claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* EX_TEMPFAIL if the lease is held: nobody waits for a job of hours. */
static int
refuse_held(struct db *db, const char *name, struct why *why)
{
	struct buf who = BUF_INIT;
	int rc = db_value(db, why,
	    "SELECT holder || ' since ' || to_char(acquired_at,"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM ha.sync_locks"
	    " WHERE name = $1 AND expires_at > clock_timestamp()",
	    1, (const char *const[]){name}, &who);

	if (rc == 1)
		rc = why_set(
		    why, EX_TEMPFAIL, "lease %s: held by %s", name, who.at);
	buf_release(&who);
	return rc;
}

int
claim_take(
    struct db *db, const struct source *s, const char *id, struct why *why)
{
	const char *held = getenv("HA_LOCK");
	struct buf name = BUF_INIT, none = BUF_INIT;
	const char *params[1];
	int rc = 0;

	buf_fmt(&name, "%s/%s", s->name, id);
	params[0] = name.at;
	if (held != NULL && strcmp(held, name.at) == 0)
		goto out;
	/* before, so that a writer under it is not waited for; and after, since
	 * it may have been taken meanwhile; a row that ran out would let others
	 * take us for a frozen holder */
	if ((rc = refuse_held(db, name.at, why)) == -1 ||
	    (rc = db_value(db, why,
		 "SELECT pg_advisory_lock(ha.sync_lock_key($1))", 1, params,
		 &none)) == -1 ||
	    (rc = refuse_held(db, name.at, why)) == -1)
		goto out;
	rc = db_run(
	    db, why, "DELETE FROM ha.sync_locks WHERE name = $1", 1, params);
out:
	buf_release(&name);
	buf_release(&none);
	return rc;
}
