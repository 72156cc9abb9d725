/*
 * ddl_watch -- the triggers of a source's tables.
 *
 * What was derived from rows (a fingerprint, a position, whose children are
 * complete, the deletion of children) follows them, whoever changed them.
 * Inside of lib/table.
 */
#ifndef HA_DDL_WATCH_H
#define HA_DDL_WATCH_H

#include "source/source.h"
#include "table/ddl.h"

/* The steps that make them, behind those of the tables and functions. */
void ddl_watch(const struct source *s, struct ddl *ddl);

#endif
