/*
 * lane -- one connection of ha-upsert: a transaction and what is sent in it.
 *
 * Inside of lib/upsert.
 *
 * New rows go straight into the table (lane_new), streamed by COPY; rows
 * whose key may be known go into a staging table and are merged (lane_stage,
 * lane_merge). In a dry run a batch is rolled back where it would be
 * committed, so that nobody waits for one that is slow. Owns the connection;
 * borrows the target. After a failure lane_state tells the SQLSTATE, and only
 * lane_rollback may follow.
 */
#ifndef HA_LANE_H
#define HA_LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/db.h"
#include "upsert/fpmap.h"
#include "table/statements.h"
#include "base/why.h"

struct lane;

struct lane_row {	  /* borrowed during the call */
	const char *text; /* the record */
	size_t len;
	const struct buf *fields; /* from cut_row */
	struct fingerprint fp;
	int ord;   /* staged rows only */
	bool gone; /* staged rows only: the record says it is deleted */
};

/* first: the one whose transactions take table and account for all lanes. */
struct lane *lane_open(
    const char *dbname, bool dry_run, bool first, struct why *why);
void lane_close(struct lane *l); /* NULL is fine; rolls back */
struct db *lane_db(struct lane *l);

/* For the rows of a section; makes the staging table. */
int lane_target(struct lane *l, const struct target *t, struct why *why);
/*
 * Hasty: in its next transactions it waits for no lock longer than a moment,
 * since another lane of ours may hold it and wait in turn.
 */
void lane_hurry(struct lane *l, bool hasty);
/*
 * Begins the batch's transaction, unless that is done, and checks the lease;
 * what the lease says is EX_TEMPFAIL with an empty lane_state.
 */
int lane_begin(struct lane *l, struct why *why);
bool lane_is_open(const struct lane *l);

/* Sends when enough has gathered; hold: only gathers. */
int lane_new(
    struct lane *l, const struct lane_row *row, bool hold, struct why *why);
/* Sends the rest and the end, then waits; two halves, for several lanes. */
int lane_new_end(struct lane *l, struct why *why);
int lane_new_wait(struct lane *l, struct why *why);

/* Staged rows are gathered here; lane_staged sends the rest, and waits. */
int lane_stage(struct lane *l, const struct lane_row *row, struct why *why);
int lane_staged(struct lane *l, struct why *why);
/* Calls back for rows that are staged. */
typedef void lane_fate_fn(void *ctx, int ord, char fate, const char *members);
/*
 * For each; nothing staged: nothing is done. horizon: the last time that is
 * believed, as text.
 */
int lane_merge(struct lane *l, const char *horizon, lane_fate_fn *fn, void *ctx,
    struct why *why);
/*
 * The careful way. Rows without their parent first, which are taken out; then
 * the others from `from` to below `to`, where what the database refuses costs
 * itself. stops: classes of SQLSTATE, a blank behind each, that are about no
 * row.
 */
int lane_orphans(struct lane *l, lane_fate_fn *fn, void *ctx, struct why *why);
int lane_parts(struct lane *l, const char *horizon, size_t from, size_t to,
    const char *stops, lane_fate_fn *fn, void *ctx, struct why *why);

int lane_save(struct lane *l, struct why *why);	   /* a savepoint */
int lane_release(struct lane *l, struct why *why); /* it is not needed */
int lane_undo(struct lane *l, struct why *why);	   /* back to it */
/* Releases it, once what is checked at the end of a transaction holds. */
int lane_keep(struct lane *l, struct why *why);
int lane_commit(struct lane *l, struct why *why);
/*
 * Drops the batch, connects again if the connection is gone.
 */
int lane_rollback(struct lane *l, struct why *why);
/*
 * After that: was the batch committed after all, though the answer was lost
 * with the connection? 1, 0, or -1: not known yet.
 */
int lane_committed(struct lane *l, struct why *why);
/*
 * Dry run, behind lane_commit: these rows (an array of keys, pgarray.h) would
 * be stored now, and are so for rows that want them as parents.
 */
int lane_would(
    struct lane *l, const char *resource, const char *keys, struct why *why);
const char *lane_state(const struct lane *l);

#endif
