/*
 * schema -- makes a source's tables, and tells whether they are made.
 *
 * As a script for psql, which is one transaction; or step by step, comparing
 * with what the database has: schema_apply. A script may run on tables that
 * are there: what is missing is made, a column of another type is an error.
 * At its end the hash of all of it is noted in ha.schemas.
 */
#ifndef HA_SCHEMA_H
#define HA_SCHEMA_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

/* Adds the script for psql to *to. */
int schema_script(const struct source *s, struct buf *to, struct why *why);
/*
 * EX_CONFIG, with the command that mends it, unless the database was made
 * by this very script.
 */
int schema_check(struct db *db, const struct source *s, struct why *why);

/* A line about what is done, or would be; important: also if all is well. */
typedef void schema_say(const char *line, bool important, void *ctx);

struct schema_how {
	bool dry;  /* only say what would be done */
	bool bare; /* while all tables are empty: neither indexes nor keys */
	schema_say *say;
	void *ctx;
};

/*
 * Brings the database to the description. Each step is a transaction, under a
 * lock that lets one ha-schema at a time in; killed anywhere, the next goes
 * on. Columns whose cut changed are cut anew from the stored payloads.
 * Nothing is done if a column or key cannot become the described one:
 * EX_CONFIG.
 */
int schema_apply(struct db *db, const struct source *s,
    const struct schema_how *how, struct why *why);

#endif
