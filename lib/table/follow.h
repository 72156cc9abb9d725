/*
 * follow -- children that are deleted with their parent, in SQL.
 *
 * Their deleted_at is the parent's, to the microsecond; so those that were
 * deleted for themselves are told from them, and stay so.
 * Inside of lib/table.
 */
#ifndef HA_FOLLOW_H
#define HA_FOLLOW_H

#include "base/buf.h"
#include "source/source.h"

/* Whose children a group of them is; NULL: it is declared nowhere. */
const struct parent *group_parent(const struct resource *r);
/* Adds: is row x, with the columns of the table, such a child of *a's? */
void follow_when(const struct resource *r, const struct parent *a,
    const char *x, struct buf *to);
/*
 * Adds: when the parents of row s were deleted, of several the last; NULL:
 * they are there. Nothing, and false, if it follows none.
 */
bool follow_time(const struct source *s, const struct resource *r,
    const char *account, struct buf *to);

#endif
