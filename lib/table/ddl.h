/*
 * ddl -- the SQL that makes a source's tables, and the check that it ran.
 *
 * The script is idempotent and one transaction: schema ha (lib/sql/ha.sql,
 * locks.sql, log.sql), the source's schema, its tables, columns, keys and
 * indexes, the source's own SQL file, and at its end the hash of all this in
 * ha.schemas. Columns are added, never dropped or retyped: a column of
 * another type than described is an error that names it.
 * Errors are EX_CONFIG.
 */
#ifndef HA_DDL_H
#define HA_DDL_H

#include "base/buf.h"
#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

/* Adds the script for psql to *to. */
int ddl_script(const struct source *s, struct buf *to, struct why *why);
/*
 * EX_CONFIG, with the command that mends it, unless the database was made
 * by this very script.
 */
int ddl_check(struct db *db, const struct source *s, struct why *why);

/* The table of a resource that the description has. */
const char *ddl_table(const struct source *s, const char *resource);
/* db_each over the key's columns behind account_id, or "ident". */
void ddl_key(const struct resource *r, const char *between, const char *fmt,
    struct buf *to);
/* true if the column is part of the primary key. */
bool ddl_is_key(const struct resource *r, const char *column);

#endif
