/*
 * children -- which parents' children are out of date, and marking them done.
 *
 * A resource with `each` or `embedded` is fetched per parent. ha.children
 * remembers for each parent the change key at which its children were last
 * stored complete; a parent is pending while that differs from its present
 * key (`each.change`, or the fingerprint of the record that embeds them), or
 * when `refresh` has passed since. Soft-deleted parents never are.
 *
 * The parent's key is the text of the first of its `fields`. A resource
 * without parents is EX_USAGE.
 */
#ifndef HA_CHILDREN_H
#define HA_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

struct children_of { /* all borrowed */
	const struct source *source;
	const struct resource *resource; /* the children's */
	const char *account;
	bool all; /* every parent, out of date or not */
	/* of all, only those not stored since; NULL or "": the others, too */
	const char *before;
};

/*
 * Writes the pending parents to standard output as a section of mode
 * "parents", newest first. Of an each resource the records are parent
 * objects with "change"; of an embedded one they are the parents' payloads,
 * each in a group whose open mark has that object. Memory does not grow
 * with their number.
 */
int children_pending(
    struct db *db, const struct children_of *of, struct why *why);
/* How many they are: adds the number. */
int children_count(struct db *db, const struct children_of *of, struct buf *n,
    struct why *why);
/*
 * How many of them cost a call for sure: not one whose first page of children
 * came with the parent and names no next one, or that was stored before.
 */
int children_calls(struct db *db, const struct children_of *of, struct buf *n,
    struct why *why);
/*
 * Reads sections that children_pending wrote and marks their parents as
 * stored at the change key given there. All or nothing: a stream of another
 * resource or account, or one that was cut, is EX_DATAERR.
 */
int children_fetched(struct db *db, const struct children_of *of,
    char *const *paths, size_t n, struct why *why);
/*
 * A list brought all children: their parents are marked as of now, but for
 * those whose row was written since `began` (a timestamptz), when the list may
 * have been read already. In the caller's transaction.
 */
int children_whole(struct db *db, const struct children_of *of,
    const char *began, struct why *why);

#endif
