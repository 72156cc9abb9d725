/*
 * vigil -- tells a dead holder of a lease on this machine from a living one.
 *
 * A lease outlives a holder that was killed, and everybody waits for its
 * end. On the holder's own machine that wait is needless: while it lives the
 * holder keeps a lock on a small file beside the limiter's (shared_dir), and
 * the kernel drops that lock with the process. The file holds the lease's
 * fence. Whoever finds the file unlocked may give back the lease with that
 * fence, and only that one: another holder's fence differs. A holder on
 * another machine, or with another HA_STATE_DIR, is never judged.
 */
#ifndef HA_VIGIL_H
#define HA_VIGIL_H

#include <stdint.h>

#include "db.h"
#include "why.h"

struct vigil;

/*
 * Begins the vigil over the lease `name` of this database with that fence;
 * it ends with the process or vigil_end. NULL with *why if the file cannot
 * be kept or locked: the lease then just has to run out.
 */
struct vigil *vigil_begin(
    struct db *db, const char *name, int64_t fence, struct why *why);
void vigil_end(struct vigil *v); /* NULL is fine */
/* 1 and the fence of a holder that died here, 0 if there is none, -1. */
int vigil_broken(
    struct db *db, const char *name, int64_t *fence, struct why *why);

#endif
