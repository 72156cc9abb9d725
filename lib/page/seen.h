/*
 * seen -- the keys that a run has met, with what they looked like.
 *
 * Inside of lib/page.
 *
 * A slot of 16 bytes holds 56 bits of the key's XXH3 (its part of the table
 * is chosen by others), the number of the pass that met it last, 32 bits of
 * the text's XXH3 and the row's version in seconds: 20 to 25 bytes a key,
 * also while it grows.
 */
#ifndef HA_SEEN_H
#define HA_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen; /* begins with a struct open_table */

enum seen_as {
	SEEN_NEW,   /* never met */
	SEEN_SAME,  /* met with this text */
	SEEN_NEWER, /* met with another text, of this version or an older */
	SEEN_OLDER  /* met in a newer version: this one is out of date */
};

struct sight {
	uint64_t key;	/* seen_hash of the key's text */
	uint32_t print; /* seen_print of the row's text */
	uint32_t when;	/* version in seconds, 0: not known */
};

struct met {
	enum seen_as as;
	bool same_version; /* known, and the one met before */
	unsigned pass;	   /* that met it before; 0: none */
};

uint64_t seen_hash(const void *p, size_t len);
uint32_t seen_print(const void *p, size_t len);

/* many: for a whole collection; else for the few children of one parent. */
struct seen *seen_new(bool many);
void seen_free(struct seen *s); /* NULL is fine */
/* What is known of it; nothing changes. */
struct met seen_look(const struct seen *s, const struct sight *row);
/* The same, and remembers it. pass is 1 to 255. */
struct met seen_add(struct seen *s, const struct sight *row, unsigned pass);
uint64_t seen_n(const struct seen *s);

#endif
