/*
 * source_read -- the parts of a description, from desc to struct source.
 *
 * Inside of lib/source.
 *
 * Internal to the source modules: source.c owns loading and freeing,
 * source_resource.c one resource, source_paging.c how it is paged,
 * source_manners.c what the far side says of limits, waits and errors,
 * source_check.c what the parts promise each other (parents exist, keys are
 * columns), source_sync.c what is there for ha-sync alone.
 */
#ifndef HA_SOURCE_READ_H
#define HA_SOURCE_READ_H

#include "source/desc.h"
#include "source/source.h"
#include "base/why.h"

extern const struct desc_member pairs_members[];    /* struct pairs */
extern const struct desc_member resource_members[]; /* struct resource */
extern const struct desc_member paging_members[];   /* struct paging */
extern const struct desc_member limit_members[];    /* struct limit */
extern const struct desc_member waits_members[];    /* of struct source */
extern const struct desc_member usage_members[];    /* struct usage */
extern const struct desc_member refusals_members[]; /* struct refusals */

int source_check(const struct source *s, struct why *why);
/* The member "sync" of the whole; its resources are known by now. */
int source_check_sync(
    const struct desc *top, const struct source *s, struct why *why);

#endif
