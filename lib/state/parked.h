/*
 * parked -- children whose parent is unknown, kept in ha.parked.
 *
 * Rows are gathered and stored in one transaction by park_commit, which is
 * called before a mark is passed on, and by park_add when they have become
 * many. Of two forms of a record the newer one by its version columns stays,
 * of equal ones the later; the same bytes again write nothing. Borrows the
 * connection and what struct park_of points to.
 */
#ifndef HA_PARKED_H
#define HA_PARKED_H

#include <stddef.h>

#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

/* Bytes of a key: an index of PostgreSQL takes 2,704, whose it is included. */
#define PARK_KEY_MAX 2000

struct park_of { /* whose */
	const char *source, *account;
	const struct resource *resource;
};

struct park_row { /* borrowed during park_add; lengths in bytes */
	const char *key;
	const char *parent_resource;
	const char *parent_key;
	size_t parent_key_len;
	const char *parent; /* the group's parent object; NULL: none */
	const char *reason;
	const char *version; /* of cut_version */
	const char *raw;     /* valid JSON */
	size_t raw_len;
};

struct park;

struct park *park_open(struct db *db, const struct park_of *of);
void park_close(struct park *p); /* NULL is fine; drops what is not stored */
int park_add(struct park *p, const struct park_row *row, struct why *why);
/* In one transaction, under the caller's lease. NULL is fine. */
int park_commit(struct park *p, struct why *why);

/* Adds SQL: is row a older than row b, by their columns "version"? */
void park_older(
    const struct resource *r, const char *a, const char *b, struct buf *to);

#endif
