/*
 * progress -- what a stage tells about its work, to where HA_PROGRESS says.
 *
 * HA_PROGRESS is a path (a FIFO or file, opened for appending without
 * blocking) or "fd:N". Each report is one JSON line below PIPE_BUF, written
 * at most five times a second, and at the end:
 *   {"stage":"ha-page","pid":71,"resource":"hostaway/reservations",
 *    "records":300,"total":787,"calls":4,"retries":1,"waited_ms":0,
 *    "again_ms":12000,"why":"HTTP 503","waiting":true,"done":false}
 * Unset: nothing is done. A full or gone reader is never an error.
 */
#ifndef HA_PROGRESS_H
#define HA_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "json/json.h"

#define PROGRESS_EVERY_MS 200

struct progress {
	const char *resource; /* "hostaway/reservations" */
	const char *why; /* the last try failed so; NULL or "": it did not */
	uint64_t records;
	uint64_t total; /* 0: not known */
	uint64_t calls, retries, waited_ms;
	uint64_t again_ms; /* until it is tried again */
	bool waiting;
	/* ha-upsert only, else 0 */
	uint64_t inserted, updated, unchanged, stale, parked, rejected;
};

/* Opens on the first call; force: write now (the last report). */
void progress_report(const struct progress *p, bool force);

struct progress_line { /* a report as it is read */
	char stage[32];
	pid_t pid;
	char why[256];	    /* may go to a terminal */
	struct progress is; /* without its texts */
};

/* false: it is no report. text: JSON_PADDING bytes behind. */
bool progress_read(
    struct json *j, const char *text, size_t len, struct progress_line *to);
/* Adds the numbers. */
void progress_add(struct progress *to, const struct progress *from);

#endif
