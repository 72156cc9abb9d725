/*
 * source_read -- the parts of a description, from desc to struct source.
 *
 * Inside of lib/source.
 *
 * Internal to the source modules: source.c owns loading and freeing,
 * source_resource.c one resource, source_paging.c how it is paged,
 * source_manners.c what the far side says of limits, waits and errors,
 * source_check.c what the parts promise each other (parents exist, keys are
 * columns), source_sync.c what is there for ha-sync.
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
extern const struct desc_member sync_members[];	    /* struct sync */

/* top: the whole description, for the places of mistakes. */
int source_check(
    const struct desc *top, const struct source *s, struct why *why);
/* A resource while it is checked. */
struct checked {
	const struct desc *top;
	const struct source *s;
	const struct resource *r;
};
/*
 * "FILE:LINE:COLUMN: .resources[3] (pets): what is wrong"; where that begins
 * with a member's path (".key: "), it is the member's place.
 */
int source_fail(const struct checked *c, struct why *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A resource before r: parents are stored before their children. */
const struct resource *source_before(
    const struct source *s, const struct resource *r, const char *name);
/* Of which resource's rows r's are fetched or cut out; NULL: of none. */
const char *source_group(const struct resource *r);
/* What names mean in templates, in SQL and behind $parent. */
int source_check_names(const struct checked *c, struct why *why);
/* The whole's base URL, accounts and name. */
int source_check_site(
    const struct desc *top, const struct source *s, struct why *why);
/* What the phases of "sync" promise; the resources are known by now. */
int source_check_sync(
    const struct desc *top, const struct source *s, struct why *why);

#endif
