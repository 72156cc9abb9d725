/*
 * tally -- the numbers of a phase, from what its stages report.
 *
 * Inside of lib/console. A stage may be several processes, one after the
 * other: what they count adds up. All zero: nothing was reported.
 */
#ifndef HA_TALLY_H
#define HA_TALLY_H

#include "stream/progress.h"

enum tally_stage { /* in the order of a pipeline */
	TALLY_PAGE,
	TALLY_UNNEST,
	TALLY_FILTER,
	TALLY_UPSERT,
	TALLY_STAGES
};

/* fetched = stored + skipped + failed + parked, and what is under way. */
struct fates {
	uint64_t fetched, stored, skipped, failed, parked;
};

struct tally {
	struct tally_process {
		pid_t pid; /* 0: there was none */
		struct progress now, past;
	} of[TALLY_STAGES];
	char why[256];	    /* ha-page: the last try failed so; "": no */
	struct fates batch; /* what was committed last */
	struct fates known; /* what ha-upsert has told so far */
};

void tally_take(struct tally *t, const struct progress_line *l);
/* Over all processes that the stage had. */
struct progress tally_sum(const struct tally *t, enum tally_stage stage);
struct fates tally_fates(const struct tally *t);
/*
 * What ha-upsert set aside or ha-filter-parents did. ha-upsert repeats at
 * the end what came before it: of two that tell of one record, it counts once.
 */
uint64_t tally_parked(const struct tally *t);
uint64_t tally_rejected(const struct tally *t);

#endif
