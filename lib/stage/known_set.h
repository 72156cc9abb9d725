/*
 * known_set -- a set of keys that only grows: which parents are known.
 *
 * Inside of lib/stage.
 *
 * A key is a text. Integers of 64 bits in their usual form ("31", "-7", not
 * "031") are kept exactly, other texts by their 128-bit XXH3. Tables are
 * small and many, and grow by a quarter, so that a set needs at most 16
 * bytes an integer and 24 a text, also while it grows. Owns its memory.
 */
#ifndef HA_KNOWN_SET_H
#define HA_KNOWN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct keyset;

struct keyset *keyset_new(void);
void keyset_free(struct keyset *k); /* NULL is fine */
/* About n integer keys will come: room for them at once. */
void keyset_reserve(struct keyset *k, uint64_t n);
void keyset_add(struct keyset *k, const char *key, size_t len);
bool keyset_has(const struct keyset *k, const char *key, size_t len);
uint64_t keyset_count(const struct keyset *k);
size_t keyset_bytes(const struct keyset *k); /* allocated for keys */
/*
 * Adds a file of keys, one a line (empty lines count for nothing). A last
 * line without LF is a key. EX_NOINPUT, EX_IOERR, EX_DATAERR.
 */
int keyset_read(struct keyset *k, const char *path, struct why *why);

#endif
