/*
 * db_print -- the answer of a query on standard output, for people or programs.
 *
 * For people: columns under their names, numbers to the right, control bytes
 * as "?"; a column whose name ends in "?" is left out if it holds nothing but
 * zeros, and loses the mark. For programs: one JSON object a row, in the
 * query's order, in memory that does not grow with the answer.
 */
#ifndef HA_DB_PRINT_H
#define HA_DB_PRINT_H

#include <stdbool.h>

#include "db/db.h"
#include "base/why.h"

/* sql: a SELECT without parameters. The number of rows printed, or -1. */
int64_t db_print(struct db *db, const char *sql, bool json, struct why *why);

#endif
