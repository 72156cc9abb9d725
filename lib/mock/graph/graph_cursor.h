/*
 * graph_cursor -- a place in a list, as text that nobody can read.
 *
 * Inside of lib/mock/graph.
 */
#ifndef HA_GRAPH_CURSOR_H
#define HA_GRAPH_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct graph_cursor {
	uint32_t list;	 /* which kind of list it is of */
	uint32_t thread; /* number of the item's thread, or of the item */
	uint32_t no;	 /* of the message */
	int64_t at;	 /* the item's time when the cursor was made */
	uint32_t nonce;	 /* so that the same place has many texts */
};

/* Adds Base64, with padding. */
void graph_cursor_put(
    uint64_t seed, const struct graph_cursor *c, struct buf *to);
/* false: nothing that graph_cursor_put wrote with this seed. */
bool graph_cursor_get(uint64_t seed, const char *text, struct graph_cursor *c);

#endif
