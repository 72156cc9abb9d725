/*
 * progress -- what a stage tells about its work, to where HA_PROGRESS says.
 *
 * HA_PROGRESS is a path (a FIFO or file, opened for appending without
 * blocking) or "fd:N". Each report is one JSON line below PIPE_BUF, written
 * at most five times a second, and at the end:
 *   {"stage":"ha-page","pid":71,"resource":"hostaway/reservations",
 *    "records":300,"total":787,"calls":4,"retries":0,"waited_ms":0,
 *    "waiting":false,"done":false}
 * Unset: nothing is done. A full or gone reader is never an error.
 */
#ifndef HA_PROGRESS_H
#define HA_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_EVERY_MS 200

struct progress {
	const char *resource; /* "hostaway/reservations" */
	uint64_t records;
	uint64_t total; /* 0: not known */
	uint64_t calls, retries, waited_ms;
	bool waiting;
	/* ha-upsert only, else 0 */
	uint64_t inserted, updated, unchanged, stale, parked, rejected;
};

/* Opens on the first call; force: write now (the last report). */
void progress_report(const struct progress *p, bool force);

#endif
