/*
 * known_set -- a set of keys that only grows: which parents are known.
 *
 * Inside of lib/stage.
 *
 * A key is a text. Integers of 64 bits in their usual form ("31", "-7", not
 * "031"; not 0) are kept exactly, other texts by their 128-bit XXH3: at most
 * 16 bytes an integer and 24 a text, also while it grows. Owns its memory.
 */
#ifndef HA_KNOWN_SET_H
#define HA_KNOWN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct known_set;

struct known_set *known_set_new(void);
void known_set_free(struct known_set *k); /* NULL is fine */
/* About n integer keys will come: room for them at once. */
void known_set_reserve(struct known_set *k, uint64_t n);
void known_set_add(struct known_set *k, const char *key, size_t len);
bool known_set_has(const struct known_set *k, const char *key, size_t len);
uint64_t known_set_count(const struct known_set *k);
size_t known_set_bytes(const struct known_set *k); /* allocated for keys */
/*
 * Adds a file of keys, one a line (empty lines count for nothing). A last
 * line without LF is a key. EX_NOINPUT, EX_IOERR, EX_DATAERR.
 */
int known_set_read(struct known_set *k, const char *path, struct why *why);

#endif
