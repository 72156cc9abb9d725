/*
 * plan -- what is to be done about a resource of an account now.
 *
 * Inside of lib/state.
 *
 * A resource can be had in up to two ways, one after the other: its parked
 * records, whose parents may have come, and one of a list, its keys, a call
 * for each parent, or out of the parents. Of a list and calls for each parent
 * it is whichever takes fewer calls. After that, records of it may be parked
 * whose parents no list has: "orphans" says that this is to be looked at.
 *
 * A run of mode PLAN_FULL that was cut off is gone on with by the next one:
 * what was read from nothing since it began is not read again.
 */
#ifndef HA_PLAN_H
#define HA_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"
#include "db/db.h"
#include "source/source.h"
#include "state/settings.h"

enum plan_mode { PLAN_SINCE, PLAN_FULL, PLAN_RECONCILE };

struct plan_of { /* all borrowed */
	struct db *db;
	const struct source *source;
	const struct settings *settings;
	const char *account;
	enum plan_mode mode;
	const char *pass; /* PLAN_FULL: when it began; "": by this run */
};

enum way { /* what ha-sync does */
	WAY_NONE,
	WAY_ADOPT,
	WAY_EMBEDDED,
	WAY_LIST,
	WAY_KEYS,
	WAY_EACH
};

struct plan {
	bool adopt; /* records of it are parked */
	enum way way;
	uint64_t parents; /* WAY_EACH, WAY_EMBEDDED: that are out of date */
	struct buf from;  /* WAY_LIST: the cursor; empty: from nothing */
	struct buf place; /* the same for people */
};

/* Is the list old enough, or fetched per parent? 1, 0, -1. */
int plan_due(struct db *db, const struct source *s, const struct resource *r,
    const char *account, struct why *why);
/* Fills *p, which the caller releases. */
int plan_make(const struct plan_of *of, const struct resource *r,
    struct plan *p, struct why *why);
void plan_release(struct plan *p);
/* The plan and the settings for ha-sync, a word and its value a line. */
void plan_print(
    const struct plan_of *of, const struct resource *r, const struct plan *p);
/*
 * A line for each resource with rows that its parked records wait for, and
 * that can be asked for by key: "want NAME ROWS".
 */
int plan_orphans(struct db *db, const struct source *s,
    const struct resource *r, const char *account, struct why *why);
/* Rows of the resource that are stored and not deleted, or of its parents. */
int plan_rows(const struct plan_of *of, const struct resource *r, uint64_t *n,
    struct why *why);

#endif
