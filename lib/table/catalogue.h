/*
 * catalogue -- what a database has of a source, and what was noted of it.
 *
 * Read once; a change since then is not seen. Texts are borrowed until
 * catalogue_free.
 * Inside of lib/table.
 */
#ifndef HA_CATALOGUE_H
#define HA_CATALOGUE_H

#include <stdbool.h>

#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

struct catalogue;

struct catalogue *catalogue_read(
    struct db *db, const struct source *s, struct why *why);
void catalogue_free(struct catalogue *c); /* NULL is fine */

/*
 * What is said of a thing, NULL where there is none; table and name may be "":
 *	schema	""	""	""
 *	table	TABLE	""	how many rows, about
 *	title	TABLE	""	its comment
 *	key	TABLE	""	columns of the primary key: a,b
 *	column	TABLE	COLUMN	its type, as regtype prints it
 *	packed	TABLE	""	how its payloads are compressed: l is lz4
 *	index	TABLE	INDEX	""
 *	foreign	TABLE	KEY	true; false: it was not checked for old rows;
 *				new: it holds for new rows alone
 *	viewed	TABLE	COLUMN	a view that has it
 *	lz4	""	""	"" where the server has it
 *	hash	""	""	of the last script that was done whole
 *	cut	RESOURCE ""	cut_way_text that the rows agree with
 *	step	"NAME N" ""	""
 */
const char *catalogue_get(const struct catalogue *c, const char *kind,
    const char *table, const char *name);

#endif
