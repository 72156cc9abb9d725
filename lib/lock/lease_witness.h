/*
 * lease_witness -- tells a dead holder on this machine from a living one.
 *
 * Inside of lib/lock.
 *
 * A lease outlives a holder that was killed, and everybody waits for its
 * end. On the holder's own machine that wait is needless: while it lives the
 * holder keeps a lock on a small file beside the limiter's (shared_dir), and
 * the kernel drops that lock with the process. The file says whose lease it
 * is: the holder's text, written before the lease is asked for, so that a
 * kill at any moment leaves it; and the fence, once that is known. Whoever
 * finds the file unlocked gives back the lease with that fence, or that
 * holder if it never learned its fence, and only that one. Who does not get
 * the lease takes its text away again: the text of a process that lives is
 * in no file that is unlocked. A holder on another machine, or with another
 * HA_STATE_DIR, is never judged.
 */
#ifndef HA_LEASE_WITNESS_H
#define HA_LEASE_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "base/why.h"

struct witness;

/*
 * Begins the vigil over the lease `name` of this database for who is about
 * to ask for it as `holder`, and gives back the lease of one that died here.
 * NULL with *why if the file cannot be kept, or another one that lives has
 * locked it: a lease that is got all the same then just has to run out.
 */
struct witness *witness_begin(
    struct db *db, const char *name, const char *holder, struct why *why);
/* The lease was got; the vigil ends with the process or witness_end. */
void witness_fence(struct witness *v, int64_t fence); /* NULL is fine */
/* over: the lease was not got, or was given back. NULL is fine. */
void witness_end(struct witness *v, bool over);

#endif
