/*
 * ddl -- the SQL that makes a source's tables, as a list of steps.
 *
 * Each step is one transaction's worth, may run on a database that has it
 * already, and needs only those before it: a run that was killed anywhere is
 * run again. Columns are added, never dropped. Errors are EX_CONFIG.
 * Inside of lib/table.
 */
#ifndef HA_DDL_H
#define HA_DDL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/why.h"
#include "source/source.h"

enum ddl_kind {
	DDL_START,    /* schema ha, and where steps are noted */
	DDL_NUMBERED, /* of NAME_steps.sql: what IF NOT EXISTS cannot say */
	DDL_SHARED,   /* tables and functions of schema ha */
	DDL_SCHEMA,
	DDL_TABLE,
	DDL_TITLE, /* the table's comment */
	DDL_COLUMN,
	DDL_CHECK,   /* fails over a column or key that is not as described */
	DDL_STORAGE, /* how payloads are compressed */
	DDL_INDEX,
	DDL_FOREIGN, /* the key, for new rows */
	DDL_VALID,   /* the same, for those that are there */
	DDL_CUT,     /* a note of how columns are cut, in an empty table */
	DDL_OWN,     /* the source's own SQL */
	DDL_WATCH,   /* a trigger, which sees what others do to the rows */
	DDL_FOLLOW   /* one that deletes children with their parent */
};

struct ddl_step {
	enum ddl_kind kind;
	const struct resource *r; /* NULL: of no table */
	char *name;		  /* what the database calls it, or NULL */
	struct buf sql;
};

struct ddl {
	struct ddl_step *at;
	size_t n;
};

#define DDL_HASH 33 /* 32 hex digits */

/* One more, at the end; its SQL is to be added to what this gives. */
struct buf *ddl_step(struct ddl *ddl, enum ddl_kind kind,
    const struct resource *r, const char *name);
int ddl_init(struct ddl *ddl, const struct source *s, struct why *why);
void ddl_release(struct ddl *ddl);
/* The hash of all its SQL; and the statement that notes it in ha.schemas. */
void ddl_digest(const struct ddl *ddl, char hash[DDL_HASH]);
void ddl_note(const struct source *s, const struct ddl *ddl, struct buf *to);
/* "text COLLATE "C"": what the column is in its table. */
void ddl_type(const struct resource *r, const struct column *c, struct buf *to);

/* The table of a resource that the description has. */
const char *ddl_table(const struct source *s, const char *resource);
/* db_each over the key's columns behind account_id, or "ident". */
void ddl_key(const struct resource *r, const char *between, const char *fmt,
    struct buf *to);
/* true if the column is part of the primary key. */
bool ddl_is_key(const struct resource *r, const char *column);
/* The hash of a text. */
void ddl_hash(const void *p, size_t len, char text[DDL_HASH]);
/* Names are at most 63 bytes; a longer one ends in a hash of itself. */
void ddl_short_name(struct buf *name);
/* Of a table that is shared: " AND t.kind = 'ours'"; else nothing. */
void ddl_part(const struct resource *r, struct buf *to);

#endif
