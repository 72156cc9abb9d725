/*
 * widen -- columns that are described with another type than they have.
 *
 * Inside of lib/table.
 */
#ifndef HA_WIDEN_H
#define HA_WIDEN_H

#include "table/apply.h"

/* EX_CONFIG if the table cannot become the described one: key or a column. */
int widen_check(
    const struct apply *a, const struct resource *r, struct why *why);
/* Changes the types of columns where every value can become the new one. */
int widen_all(struct apply *a, struct why *why);

#endif
