/*
 * merge_sql -- the one statement that brings staged rows into their table.
 *
 * For each key the newest row of the batch counts. It is inserted; or
 * nothing is written, when it is older or thinner than what is stored or
 * equal in value; or it updates. Each staged row is answered by its ord, its
 * fate (statements.h) and, if asked for, the members that change. The caller
 * holds the lock on table and account, so nobody merges in between.
 * $1 is the last time that is believed: a version that is unknown or still to
 * come is compared with nothing, and a row is not older for it.
 * Each row is looked up by the primary key, whatever the planner believes of a
 * table that has just been filled: the account comes from s as the key does,
 * so that nothing but both together is worth an index.
 * Inside of lib/table.
 */
#ifndef HA_MERGE_SQL_H
#define HA_MERGE_SQL_H

#include <stdbool.h>

#include "base/buf.h"
#include "source/source.h"

struct merge { /* all borrowed */
	const struct source *source;
	const struct resource *r;
	const char *account, *customer; /* as SQL */
	const char *alive;		/* as in statements.h */
	const char *stage;		/* where the rows are, as of FROM */
	const char *reached; /* a sequence that is set to the ord of each row
				before it is written, or NULL */
};

/* whole and names as in statements.h. */
void merge_sql(const struct merge *m, bool whole, bool names, struct buf *to);
/* Adds what cut_row gives, in order: , "id", "name" with a prefix to each. */
void merge_columns(
    const struct resource *r, const char *prefix, struct buf *to);

#endif
