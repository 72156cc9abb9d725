/*
 * history -- what runs did, as tables: positions, log, statistics, a report.
 *
 * Inside of lib/state.
 *
 * Reads ha.sync_state, ha.sync_log, ha.sync_runs, ha.parked, ha.rejects and
 * prints (db_print.h). Also begins and finishes runs in ha.sync_runs.
 */
#ifndef HA_HISTORY_H
#define HA_HISTORY_H

#include <stdbool.h>

#include "base/buf.h"
#include "db/db.h"
#include "base/why.h"

struct history_of { /* NULL: of any; borrowed */
	const char *source, *resource, *account;
	long long limit; /* rows at most, newest first; 0: all */
	bool json;
	bool closed; /* of what was set aside: all of it */
};

enum history_list {
	HISTORY_POSITIONS,
	HISTORY_LOG,	 /* newest first */
	HISTORY_STATS,	 /* sums over all runs */
	HISTORY_PARKED,	 /* what waits for its parent; with json the records */
	HISTORY_REJECTS, /* what could not be stored; with json base64 of it */
	HISTORY_REPAIRED /* strings that are stored with U+FFFD */
};

/* Adds conditions for what is named; head ("WHERE", "AND") before the first. */
void history_where(
    const struct history_of *of, const char *head, struct buf *sql);

int history_list(struct db *db, enum history_list which,
    const struct history_of *of, struct why *why);
/*
 * The table of a run, or of all runs of a job: a line per account and resource,
 * and their total. id NULL: the newest run. EX_USAGE if there is no run, or
 * none of that id. What met nothing to do has a total of zeros.
 */
int history_report(struct db *db, const char *id, bool job,
    const struct history_of *of, struct why *why);
/*
 * For people: how a job went, given its exit status, and what its records add
 * up to. Success is the share that is stored, of what is not parked; it is
 * said of a job that did something, and all of it.
 */
int history_sum(struct db *db, const char *job, int status, struct why *why);

/*
 * Begins a run, or begins it again; part of job unless NULL; its id in *id.
 */
int history_begin(struct db *db, const struct history_of *of, const char *run,
    const char *job, const char *what, struct buf *id, struct why *why);
/*
 * The run is over, with that status; with a resource: that part of it, which
 * is added to the log if no stage wrote it.
 */
int history_finish(struct db *db, const char *run, const struct history_of *of,
    int status, const char *why_text, struct why *why);

#endif
