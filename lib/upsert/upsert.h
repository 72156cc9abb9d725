/*
 * upsert -- stores a stream of records in its tables, with the position.
 *
 * Owns its connections and reads the whole stream. A batch is one
 * transaction: rows, closed groups, parked rows that are stored now,
 * positions, counts. Where several connections write, position and counts
 * are committed after the rows. See ha-upsert(1).
 */
#ifndef HA_UPSERT_H
#define HA_UPSERT_H

#include <stdbool.h>
#include <stddef.h>

#include "state/sync_state.h"
#include "stream/stream.h"
#include "base/why.h"

#define UPSERT_JOBS_MAX 4

enum upsert_emit { EMIT_NONE, EMIT_CHANGED, EMIT_ALL, EMIT_MISSING };

struct upsert_options { /* texts are borrowed, NULL if not given */
	const char *dbname, *account, *reject;
	const char *resource; /* of a plain stream: "hostaway/listings" */
	size_t batch;	      /* records */
	int jobs;
	double max_delete; /* percent of an account's rows */
	bool dry_run, prune, force, verbose;
	bool strict; /* a character that jsonb does not hold: set aside */
	enum upsert_emit emit;
	/*
	 * Told of each section that has ended; NULL: nobody. reasons: of
	 * what was rejected, as "; 3 id: missing", or "".
	 */
	void (*section)(const char *source, const char *resource,
	    const struct state_counts *counts, const char *reasons);
};

struct upsert_sum {
	struct state_counts counts; /* upstream's parked, rejected too */
	uint64_t set_aside;	    /* rejected here */
	char note[512];		    /* what was not pruned, and why, or "" */
	bool refused;		    /* since it would have been too much */
	char odd[256];		    /* of rows that decide nothing, or "" */
};

/*
 * Counts of all sections go to *sum, also after a failure. Rejected records
 * are no failure: see set_aside.
 */
int upsert_run(struct stream *in, const struct upsert_options *o,
    struct upsert_sum *sum, struct why *why);

#endif
