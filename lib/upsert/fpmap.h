/*
 * fpmap -- the fingerprints of an account's rows, by key, in memory.
 *
 * Inside of lib/upsert.
 *
 * A row takes 16 bytes at a load of 0.56 to 0.75: 21 to 29 bytes. Kept are
 * 53 bits of the key's hash and 80 of the fingerprint. Two keys that look
 * the same only send a record the longer way round (through staging, where
 * PostgreSQL decides); a change that looks like none has the probability
 * 2^-80.
 */
#ifndef HA_FPMAP_H
#define HA_FPMAP_H

#include <stdbool.h>
#include <stdint.h>

struct fingerprint {
	uint64_t hi, lo;
};

struct fp_entry { /* opaque; all zero: the key was absent */
	uint64_t b, a;
};

enum fp_found {
	FP_ABSENT, /* no row with this key */
	FP_SAME,   /* stored as it is */
	FP_OTHER   /* stored otherwise, or not known how */
};

struct fpmap; /* begins with a struct open_table */

struct fpmap *fpmap_new(void);
void fpmap_free(struct fpmap *m); /* NULL is fine */

/* A key found is marked as seen. key: a 64-bit hash of its text. */
enum fp_found fpmap_find(
    struct fpmap *m, uint64_t key, const struct fingerprint *fp);
/* FP_SAME? Only then the key is marked as seen. */
bool fpmap_same(struct fpmap *m, uint64_t key, const struct fingerprint *fp);
/* fp NULL: how the row is stored is not known. Gives what was there. */
struct fp_entry fpmap_put(
    struct fpmap *m, uint64_t key, const struct fingerprint *fp);
/* Takes a put back; a key that was absent is known from now on, but not how. */
void fpmap_restore(struct fpmap *m, uint64_t key, struct fp_entry was);
/* Marks as seen, if it is there. */
void fpmap_see(struct fpmap *m, uint64_t key);
/* Is it there, was it not seen, and is this its fingerprint? NULL: unknown */
bool fpmap_left(
    const struct fpmap *m, uint64_t key, const struct fingerprint *fp);

#endif
