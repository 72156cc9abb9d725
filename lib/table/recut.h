/*
 * recut -- columns of stored rows, cut anew from their payloads.
 *
 * By the code that cuts records that come, so the same text gives the same
 * values. In batches of some pages of the table, each a transaction: rows
 * that change are locked for as long. updated_at, version and fingerprint
 * stay. Keys stay, and so do columns taken from a parent: that is not here.
 * Inside of lib/table.
 */
#ifndef HA_RECUT_H
#define HA_RECUT_H

#include <stdint.h>

#include "base/why.h"
#include "db/db.h"
#include "source/source.h"
#include "table/schema.h"

struct recut {
	const struct source *source;
	const struct resource *r;
	const struct schema_how *how;
	uint64_t rows, changed;
	uint64_t bad; /* a value does not fit: the row stays as it is */
};

int recut_table(struct recut *k, struct db *db, struct why *why);

#endif
