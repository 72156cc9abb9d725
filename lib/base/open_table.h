/*
 * open_table -- entries of one or two words, found by a hash.
 *
 * Linear probing in parts: one part grows at a time, so that growing needs
 * little memory beside the table. Nothing is deleted; an entry stays where it
 * is until the next put. A failed allocation ends the program.
 *
 * The first word of an entry names its key in the bits of kind.tag, and its
 * upper half says where in a part it lies: it must be well mixed. A word of
 * zero is a free place. The part comes from the upper bits of a hash that
 * the caller gives; it must tell something else than that half.
 *
 * A module's own type begins with its struct open_table: what takes a void
 * pointer takes that. What runs for each record is inline and given the
 * kind, a constant there.
 */
#ifndef HA_OPEN_TABLE_H
#define HA_OPEN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct open_kind {
	uint64_t tag;	     /* bits of the first word, its upper half too */
	bool pair;	     /* the second word is the key's as well */
	unsigned words;	     /* of an entry: 1 or 2 */
	unsigned full, more; /* per cent: at most this full, grows by more */
};

struct open_part {
	uint64_t *at;
	uint32_t n, room; /* entries; room is never 0 */
};

struct open_table {
	const struct open_kind *kind;
	uint32_t parts;
	struct open_part part[];
};

void *open_new(const struct open_kind *kind, uint32_t parts);
void open_free(void *table); /* NULL is fine */
uint64_t open_n(const void *table);
size_t open_bytes(const void *table); /* of its entries */
/* Room for n entries in each part, if it has less. */
void open_reserve(struct open_table *t, uint64_t n);
void open_grow(struct open_part *p, const struct open_kind *kind);

static inline size_t
open_part(const struct open_table *t, uint64_t hash)
{
	return (hash >> 32) * t->parts >> 32;
}

/* fresh: it is known that the part has no such key. */
static inline uint64_t *
open_probe(const struct open_part *p, const struct open_kind *kind,
    const uint64_t *key, bool fresh)
{
	const uint64_t *end = p->at + (size_t)p->room * kind->words;
	/* a multiplication spreads the upper half over any room */
	uint64_t *at = p->at + ((key[0] >> 32) * p->room >> 32) * kind->words;

	while (at[0] != 0 && (fresh || ((at[0] ^ key[0]) & kind->tag) ||
				 (kind->pair && at[1] != key[1])))
		if ((at += kind->words) == end)
			at = p->at;
	return at;
}

/* The entry of the key, or a free place, not to be written to. */
static inline uint64_t *
open_find(const struct open_table *t, const struct open_kind *kind,
    uint64_t hash, const uint64_t *key)
{
	return open_probe(&t->part[open_part(t, hash)], kind, key, false);
}

/* The entry of the key, or a free place, counted: the caller fills it. */
static inline uint64_t *
open_put(struct open_table *t, const struct open_kind *kind, uint64_t hash,
    const uint64_t *key)
{
	struct open_part *p = &t->part[open_part(t, hash)];
	uint64_t *at;

	if (((uint64_t)p->n + 1) * 100 > (uint64_t)p->room * kind->full)
		open_grow(p, kind);
	at = open_probe(p, kind, key, false);
	p->n += at[0] == 0;
	return at;
}

#endif
