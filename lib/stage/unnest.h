/*
 * unnest -- children that are embedded in records, cut out of them.
 *
 * Compiled for one child resource. unnest_stream is the whole stage: it
 * reads sections of the parent's resource (or groups with one parent each,
 * as `ha-synclog pending` prints them) and writes a section of the children
 * for each, one group per parent. Borrows the source.
 */
#ifndef HA_UNNEST_H
#define HA_UNNEST_H

#include <stdint.h>

#include "stream/aside.h"
#include "stream/emit.h"
#include "source/source.h"
#include "stream/stream.h"
#include "base/why.h"

struct unnest;

struct unnest_counts {
	uint64_t parents, children;
	uint64_t bad; /* records whose children could not be cut out */
};

/* EX_USAGE if nothing holds this resource. */
struct unnest *unnest_new(
    const struct source *s, const struct resource *child, struct why *why);
void unnest_free(struct unnest *u); /* NULL is fine */

/*
 * The stage. A record that cannot be cut is added to aside, or named on
 * stderr when that is NULL; its group is not closed and the section not
 * complete. 0 at a proper end of the input.
 */
int unnest_stream(struct unnest *u, struct stream *in, struct emit *out,
    struct aside *aside, struct unnest_counts *counts, struct why *why);

#endif
