/*
 * db_print -- the answer of a query on standard output, for people or programs.
 *
 * For people: columns under their names, numbers to the right, nothing in it
 * that gives a terminal orders (utf8_show); a column whose name ends in "?" is
 * left out if it holds nothing but zeros, and loses the mark. On a terminal
 * the columns that it has no room for go on below, indented. For programs: one
 * JSON object a row, in the query's order, in memory that does not grow with
 * the answer.
 */
#ifndef HA_DB_PRINT_H
#define HA_DB_PRINT_H

#include <stdbool.h>

#include "db/db.h"
#include "base/why.h"

/* sql: a SELECT without parameters. The number of rows printed, or -1. */
int64_t db_print(struct db *db, const char *sql, bool json, struct why *why);

#endif
