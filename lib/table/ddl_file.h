/*
 * ddl_file -- SQL that comes in files beside the descriptions.
 *
 * Inside of lib/table.
 */
#ifndef HA_DDL_FILE_H
#define HA_DDL_FILE_H

#include "table/ddl.h"

/* Adds a file of lib/sql, or beside the descriptions of HA_SOURCES. */
int ddl_file(const char *name, struct buf *to, struct why *why);
/*
 * A step for each of NAME_steps.sql, if there is one: "-- step 1: why", and
 * its SQL up to the next. They are for databases of older versions: each is
 * done once, and must do no harm where there is nothing to do.
 */
int ddl_numbered(const char *name, struct ddl *ddl, struct why *why);

#endif
