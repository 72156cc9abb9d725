/*
 * phase -- a phase of ha-sync, and the sentences about it.
 *
 * Inside of lib/console. Times are clock_ms(). The sentences are added to
 * *to; what of them fits a line is the caller's affair.
 */
#ifndef HA_PHASE_H
#define HA_PHASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "console/tally.h"

struct phase { /* all zero: none; the texts may go to a terminal */
	bool is;
	unsigned n, of;	 /* the third of eight */
	struct buf name; /* its title, or the resource */
	struct buf sign; /* in front of it, where there is room; or empty */
	struct buf from; /* where it starts; or empty */
	char unit[16];	 /* rows, keys, parents, parked */
	uint64_t total;	 /* so many units to come; 0: not known */
	int64_t began_ms;
	struct tally tally;
};

void phase_release(struct phase *p);

struct phase_far {
	uint64_t done, all; /* all is 0: nobody knows */
	int64_t left_ms;    /* -1: nobody knows */
};
struct phase_far phase_far(const struct phase *p, int64_t now_ms);

/* "VOW listings (2 of 5)      0:04  ####.... 50 %, 0:04 left" */
void phase_head(const struct phase *p, int64_t now_ms, size_t columns,
    bool blocks, struct buf *to);
void phase_start(const struct phase *p, struct buf *to);
void phase_counts(const struct phase *p, int64_t now_ms, struct buf *to);
void phase_batch(const struct phase *p, struct buf *to);
/* Calls and waits; now: also what it waits for, in so many columns. */
void phase_calls(
    const struct phase *p, bool now, size_t columns, struct buf *to);
/* What ha-page waits for; of so many columns the reason gets what is left. */
void phase_wait(const struct phase *p, size_t columns, struct buf *to);
/* How far it is, for a log. */
void phase_log(const struct phase *p, int64_t now_ms, struct buf *to);
/* What became of it; nothing if it had nothing to do. */
void phase_end(
    const struct phase *p, int status, int64_t now_ms, struct buf *to);
#define PHASE_INDENT 17 /* where what stands behind the name begins */

#endif
