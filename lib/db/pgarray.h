/*
 * pgarray -- a list of texts as one parameter: PostgreSQL's '{"a","b",NULL}'.
 *
 * Into a buf that is empty at first; pgarray_end closes it (also an empty
 * one).
 */
#ifndef HA_PGARRAY_H
#define HA_PGARRAY_H

#include <stddef.h>

#include "base/buf.h"

/* text NULL adds a NULL. A NUL byte in it must not be. */
void pgarray_add(struct buf *to, const char *text, size_t len);
void pgarray_end(struct buf *to);
/* All of it: ".attachments[].url" as {"attachments","[]","url"}. */
void pgarray_path(struct buf *to, const char *path);

#endif
