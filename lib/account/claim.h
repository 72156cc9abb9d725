/*
 * claim -- an account kept from every job, while all of it is changed.
 *
 * Inside of lib/account.
 *
 * Not a lease of our own: the advisory lock under which leases change hands,
 * held by the session. While it is, nobody gets the account's lease, and it
 * ends with us however we end, so that the next try need not wait.
 */
#ifndef HA_CLAIM_H
#define HA_CLAIM_H

#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

/*
 * EX_TEMPFAIL, and who, if somebody holds the account's lease. A lease that
 * this process was started under (HA_LOCK) is ours: then lease_begin checks it.
 */
int claim_take(
    struct db *db, const struct source *s, const char *id, struct why *why);

#endif
