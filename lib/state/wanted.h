/*
 * wanted -- parents that parked records wait for and nobody has: their keys.
 *
 * Inside of lib/state.
 *
 * A list may never tell of a parent: it was deleted before the first run, or
 * it came late with an old time. It is asked for by its key, where the API
 * can. Not asked for are parents that are stored by now, or parked themselves.
 */
#ifndef HA_WANTED_H
#define HA_WANTED_H

#include <stdint.h>

#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

struct wanted_of { /* all borrowed */
	const struct source *source;
	const struct resource *resource; /* the parents' */
	const char *account;
};

/* How many they are; 0, too, where its rows cannot be asked for by key. */
int wanted_count(
    struct db *db, const struct wanted_of *of, uint64_t *n, struct why *why);
/* How many calls a run makes for them. */
int wanted_calls(
    struct db *db, const struct wanted_of *of, uint64_t *n, struct why *why);
/*
 * Writes them to standard output as a section of mode "parents", as many as
 * are asked for in a run, behind some keys of rows that are there: by those
 * ha-page learns whether asking works. EX_USAGE where it cannot be done.
 */
int wanted_print(struct db *db, const struct wanted_of *of, struct why *why);
/* May what is read of r wait for such parents? Not for those it is read by. */
bool wanted_by(const struct source *s, const struct resource *r);

#endif
