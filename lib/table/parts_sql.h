/*
 * parts_sql -- the merge of a part of the staged rows, halved where it fails.
 *
 * Inside of lib/table.
 */
#ifndef HA_PARTS_SQL_H
#define HA_PARTS_SQL_H

#include <stdbool.h>

#include "base/buf.h"
#include "table/merge_sql.h"

/*
 * Makes pg_temp.ha_parts(horizon, from, to, stops), which merges the rows of
 * ha_ord in [from, to) and answers each as the merge does. What the database
 * refuses is halved, in its own process, until the rows that are to blame
 * stand alone; these are answered by FATE_REFUSED or FATE_LONELY. stops: the
 * classes of SQLSTATE, a blank behind each, that are about no row; such an
 * error is the statement's. An index on ha_ord is made beside it.
 */
void parts_sql(const struct merge *m, bool whole, bool names, struct buf *to);

#endif
