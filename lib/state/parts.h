/*
 * parts -- the parts of a job of ha-sync: which account reads what.
 *
 * Inside of lib/state.
 *
 * A description names phases; each is for some kinds of account ("vow" and
 * "board_vow" are of the kind vow), and of each board one account reads it.
 * A step is a resource for an account; neighbours of one account are one
 * part: one lock, one run.
 */
#ifndef HA_PARTS_H
#define HA_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tool_option.h"
#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

struct parts_of { /* all borrowed */
	const struct source *source;
	const char *account; /* NULL: none named */
	bool all;	     /* each enabled account */
	bool full;	     /* says who goes on with a full run cut off */
	const struct tool_list *phases;
	const struct resource *const *named; /* in the description's order */
	size_t n_named;
};

/*
 * A line for each part on standard output, "part ACCOUNT BEFORE STEPS
 * RESOURCE ...": how many steps are before it, and in all; "say TEXT" is for
 * people. 66 if children of a phase that was named have no parent stored:
 * says so on standard error, and the other parts. -1: EX_USAGE, EX_CONFIG.
 */
int parts_print(struct db *db, const struct parts_of *of, struct why *why);

/* What needs no database: EX_USAGE unless these phases are there to choose. */
int parts_check(const struct parts_of *of, struct why *why);
/* The phase that brings the resource for this account; NULL: none. */
const struct sync_phase *parts_phase(
    const struct source *s, const struct resource *r, const char *account);
/* Flags of all phases as text, ": --idx --vow"; "" if there is none. */
void parts_flags(const struct source *s, struct buf *to);

#endif
