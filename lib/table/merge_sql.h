/*
 * merge -- the one statement that brings staged rows into their table.
 *
 * For each key the newest row of the batch counts. It is inserted; or
 * nothing is written, when it is older or thinner than what is stored or
 * equal in value; or it updates. Each staged row is answered by its ord, its
 * fate (target.h) and, if asked for, the members that change. The caller
 * holds the lock on table and account, so nobody merges in between.
 */
#ifndef HA_MERGE_H
#define HA_MERGE_H

#include <stdbool.h>

#include "base/buf.h"

struct target;

/*
 * Takes rows out of the staging table that would break a foreign key, and
 * answers them: ord, 'o', the column. Empty if there are no such keys.
 */
void orphans_sql(const struct target *t, struct buf *to);
void merge_sql(const struct target *t, bool whole, bool names, struct buf *to);

#endif
