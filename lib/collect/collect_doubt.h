/*
 * collect_doubt -- parents that we may not read, unless it is the token.
 *
 * Inside of lib/collect.
 *
 * A 403 may mean one parent, or that the token is no good for any. Whatever
 * is answered next tells; if nothing is, or many were refused in a row, one
 * call is made that the token was good for before. Until then nobody is
 * blamed. Its answer carries the struct doubts as its tag.
 */
#ifndef HA_COLLECT_DOUBT_H
#define HA_COLLECT_DOUBT_H

#include "collect/collect_int.h"

#define DOUBTS 10 /* refused in a row: then the token is tested */

struct doubts {
	struct buf said; /* of each: its name, NUL, the reason, NUL */
	unsigned n;
	struct why last;
	struct buf works; /* a path that was answered, or empty */
	bool testing;	  /* it is asked once more */
};

void doubts_release(struct doubts *d);
void doubts_add(struct doubts *d, const char *who, const struct why *refusal);
void doubts_drop(struct doubts *d);
/* The token is good: those who were refused with it are refused themselves. */
void doubts_settle(struct doubts *d, struct collect *c);
/* Submits the test; -1: there is none, so the token is taken for dead. */
int doubts_test(struct doubts *d, struct collect *c, struct why *why);

#endif
