/*
 * sync_state -- positions and history: ha.sync_state, ha.children, ha.sync_log.
 *
 * Nothing here begins or commits: the caller's transaction holds the rows
 * and the position together.
 */
#ifndef HA_SYNC_STATE_H
#define HA_SYNC_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/db.h"
#include "base/why.h"

struct state_of { /* whose; all texts borrowed */
	const char *source, *resource, *account;
};

struct state_counts {
	uint64_t fetched, inserted, updated, unchanged, stale, parked, rejected,
	    deleted;
	uint64_t repaired; /* of those inserted or updated; not in state_log */
	uint64_t calls, retries, waited_ms;
	uint64_t missing; /* keys without a row, not fetched here; no column */
	int64_t age_ms;	  /* of the work; matters when its row is made */
};

/* 1 and the cursor's JSON text, 0 if there is no position, -1. */
int state_get(struct db *db, const struct state_of *of, struct buf *cursor,
    bool *complete, struct why *why);
/* cursor NULL or "": start from nothing next time. Writes only a change. */
int state_set(struct db *db, const struct state_of *of, const char *cursor,
    bool complete, struct why *why);
/* The position, if there is one, comes of a walk over all, from nothing. */
int state_from_nothing(
    struct db *db, const struct state_of *of, struct why *why);
/* When the full run that the next one goes on with began; "": there is none. */
int state_full_pass(struct db *db, const char *source, const char *account,
    struct buf *pass, struct why *why);
/*
 * The children of these parents, each once, are stored as of their change (or
 * NULL); gone: the parent is no more, and nobody asks for them until it
 * changes. Three arrays of PostgreSQL, as texts.
 */
int state_children(struct db *db, const struct state_of *of, const char *keys,
    const char *changes, const char *gone, struct why *why);
/*
 * Adds counts to the row of (run, resource, account, mode), making it first
 * if need be; finished: sets finished_at, complete, why_text and status.
 * The position as this transaction has it is noted in the row.
 */
int state_log(struct db *db, const struct state_of *of, const char *run,
    const char *mode, const struct state_counts *add, bool finished,
    bool complete, const char *why_text, int status, struct why *why);

#endif
