/*
 * lease -- named locks with an end and a fence: ha.sync_locks.
 *
 * A lease is taken by SQL function (ha.acquire_sync_lock and friends, see
 * lib/sql/locks.sql), so that other programs share them. Each acquisition
 * has a fencing number, larger than any before. A writer checks its fence
 * as each transaction begins (lease_begin): who lost the lease cannot write.
 * Source: M. Kleppmann, "How to do distributed locking", 2016 (fencing).
 */
#ifndef HA_LEASE_H
#define HA_LEASE_H

#include <stdint.h>

#include "base/buf.h"
#include "db/db.h"
#include "base/why.h"

/*
 * 1 and the fence, or 0 if another holds it (*who gets "HOST pid N since
 * TIME"), -1. lease_s: seconds.
 */
int lease_take(struct db *db, const char *name, const char *holder, int lease_s,
    int64_t *fence, struct buf *who, struct why *why);
/* 1, or 0 if it is no longer ours. */
int lease_extend(struct db *db, const char *name, int64_t fence, int lease_s,
    struct why *why);
int lease_drop(struct db *db, const char *name, int64_t fence, struct why *why);
/* The same, for a fence that is not known: whatever that holder has of it. */
int lease_drop_of(
    struct db *db, const char *name, const char *holder, struct why *why);
/*
 * Begins a writer's transaction: db_begin of `also` (statements that end in a
 * semicolon, or NULL) and, in the same message, the check of HA_LOCK and
 * HA_FENCE if they are set: the lease then cannot change hands before the
 * transaction ends. EX_TEMPFAIL with an empty db_state if it is lost.
 */
int lease_begin(struct db *db, const char *also, struct why *why);

#endif
