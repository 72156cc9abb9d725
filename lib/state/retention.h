/*
 * retention -- what of the log, of set-aside and repaired records is old.
 *
 * Inside of lib/state.
 */
#ifndef HA_RETENTION_H
#define HA_RETENTION_H

#include <stdint.h>

#include "state/history.h"

/*
 * Removes what ended longer ago than that, a batch a transaction, and prints
 * how many rows of each table. What is open stays, and of each account and
 * resource the newest run, and the newest that was complete.
 */
int retention_prune(struct db *db, const struct history_of *of, int64_t age_ms,
    struct why *why);

#endif
