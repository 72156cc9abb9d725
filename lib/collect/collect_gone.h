/*
 * collect_gone -- parents of which the far side says that they are no more.
 *
 * Inside of lib/collect.
 *
 * Each becomes an empty group whose close mark says so, and is not asked again
 * until it changes. That is believed once another parent was answered, or of
 * very few, none of which is known to be there: an API that finds none of them
 * has moved, or is out of order, or does not let us in any more.
 */
#ifndef HA_COLLECT_GONE_H
#define HA_COLLECT_GONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"
#include "stream/emit.h"

struct gone {
	struct buf parents; /* lines that are not written yet */
	unsigned n;	    /* of them */
	bool answered;	    /* somebody was: not all are gone */
	bool doubted;	    /* one that should be there was asked for */
};

void gone_release(struct gone *g);
void gone_note(struct gone *g, const struct buf *parent);
/* None was answered, of more than can be believed. */
bool gone_all(const struct gone *g);
/* Says so, of so many in all: -1. */
int gone_refuse(
    const struct gone *g, const char *resource, uint64_t all, struct why *why);
/* So many that nobody else need be asked. */
bool gone_enough(const struct gone *g);
/* Writes their groups, between two others. */
void gone_write(struct gone *g, struct emit *out);

#endif
