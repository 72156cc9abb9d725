/*
 * cut_way -- how a resource's columns are cut, as a hash.
 *
 * Another description, another hash, unless it cuts the same.
 * Inside of lib/table.
 */
#ifndef HA_CUT_WAY_H
#define HA_CUT_WAY_H

#include <xxhash.h>

#include "source/source.h"

XXH128_hash_t cut_way(const struct resource *r);
void cut_way_text(const struct resource *r, char text[33]); /* hex digits */

#endif
