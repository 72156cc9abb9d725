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
 * Validates a record (JSON_PADDING behind it), before the two below. -1 and
 * EX_DATAERR if it is no JSON object.
 */
int unnest_check(
    struct unnest *u, const char *rec, size_t len, struct why *why);
/*
 * The parent object of the record, from the description's fields, into *to
 * (cleared before; JSON_PADDING behind). EX_DATAERR if it has no key.
 */
int unnest_parent(struct unnest *u, const char *rec, size_t len, struct buf *to,
    struct why *why);
/*
 * Calls back for each child: exact slices where rows is a path. The number
 * of children, or -1.
 */
int64_t unnest_rows(struct unnest *u, const char *rec, size_t len,
    json_element_fn *fn, void *ctx, struct why *why);

/*
 * The stage. A record that cannot be cut is added to aside, or named on
 * stderr when that is NULL; its group is not closed and the section not
 * complete. 0 at a proper end of the input.
 */
int unnest_stream(struct unnest *u, struct stream *in, struct emit *out,
    struct aside *aside, struct unnest_counts *counts, struct why *why);

#endif
