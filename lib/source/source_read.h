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

int source_read_resource(
    const struct desc *d, struct resource *r, struct why *why);
void source_release_resource(struct resource *r);
/* The member "page" of this object; absent: one answer holds everything. */
int source_read_paging(
    const struct desc *of, struct paging *p, struct why *why);
void source_release_paging(struct paging *p);
/* The members "limits", "waits", "usage" and "errors". */
int source_read_manners(
    const struct desc *top, struct source *s, struct why *why);
void source_release_manners(struct source *s);
int source_check(const struct source *s, struct why *why);
/* The member "sync" of the whole; its resources are known by now. */
int source_check_sync(
    const struct desc *top, const struct source *s, struct why *why);

#endif
