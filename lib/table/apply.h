/*
 * apply -- a source on its way into a database: what is there, what to say.
 *
 * Inside of lib/table.
 */
#ifndef HA_APPLY_H
#define HA_APPLY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/why.h"
#include "db/db.h"
#include "source/source.h"
#include "table/catalogue.h"
#include "table/ddl.h"
#include "table/schema.h"

#define APPLY_MANY 50000 /* rows: what is done to so many takes its time */

struct apply {
	struct db *db;
	const struct source *s;
	const struct schema_how *how;
	struct ddl ddl;
	struct catalogue *have;
	char hash[DDL_HASH];
	bool older; /* another script was the last, or none */
	bool bare;
};

/* Adds "hostaway.listings: ", of r NULL "hostaway: ". */
void apply_place(
    const struct apply *a, const struct resource *r, struct buf *to);
/* How many rows its table has, about. */
long long apply_rows(const struct apply *a, const struct resource *r);
/* Tells what is done, or would be, with the lock that it needs. */
void apply_say(
    const struct apply *a, const char *line, const char *lock, bool important);
/* One transaction; line: what it is for, in messages. */
int apply_run(
    struct apply *a, const char *sql, const char *line, struct why *why);
/* As catalogue_get: is it there; does it say that? */
bool apply_has(const struct apply *a, const char *kind, const char *table,
    const char *name);
bool apply_is(const struct apply *a, const char *kind, const char *table,
    const char *name, const char *value);

#endif
