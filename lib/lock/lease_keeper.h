/*
 * lease_keeper -- a process that takes a lease, extends it and gives it back.
 *
 * Inside of lib/lock.
 *
 * A process of its own, so that a database that hangs cannot stop its parent
 * from minding a command. It dies with its parent: then nobody extends the
 * lease, and it runs out; so it does while the parent is stopped, since the
 * keeper asks it before each time. Times are those of clock_ms().
 */
#ifndef HA_LEASE_KEEPER_H
#define HA_LEASE_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"

enum keeper_event {
	KEEPER_ASKS,	/* about to extend it: keeper_go_on, or it runs out */
	KEEPER_TAKEN,	/* ours, with the fence, until until_ms */
	KEEPER_KEPT,	/* extended: ours until until_ms */
	KEEPER_TROUBLE, /* could not extend just now, see why; goes on */
	KEEPER_LOST,	/* another has it; the keeper is done */
	KEEPER_REFUSED, /* never got it, see why; the keeper is done */
};

struct keeper_report {
	enum keeper_event event;
	int64_t fence;
	int64_t until_ms;
	struct why why;
};

struct keeper_options {	    /* borrowed until keeper_start returns */
	const char *dbname; /* -d, may be NULL */
	const char *name;   /* of the lock */
	int lease_s;	    /* extended after a third of it */
	int64_t wait_ms;    /* how long to try if another holds it */
	bool quiet;	    /* then the reason is EX_TEMPFAIL and no words */
};

struct keeper;

struct keeper *keeper_start(const struct keeper_options *o, struct why *why);
/* To poll: readable when keeper_next has a report. */
int keeper_fd(const struct keeper *k);
/* 1 and a report, 0 when the keeper has ended. Blocks. */
int keeper_next(struct keeper *k, struct keeper_report *report);
void keeper_go_on(struct keeper *k);
/* Lets it give the lease back; waits a few seconds at most, then kills. */
void keeper_stop(struct keeper *k); /* NULL is fine */

#endif
