/*
 * collect -- reads a resource from its API and writes it as a section.
 *
 * A list is one walk (page.h); the next page travels while this one is
 * written out. `each` walks the children of every parent read from standard
 * input, many parents at a time; each parent's children come out together,
 * parents in the order in which they are complete. Of a list by keyset there
 * are also the keys alone, and the rows whose keys are read from standard
 * input, for comparing key sets. Memory: a page, for
 * `each` a page for every walk and EACH_BYTES, and 25 bytes for each row of
 * a list.
 */
#ifndef HA_COLLECT_H
#define HA_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "page/page.h"
#include "base/why.h"

#define EACH_BYTES ((size_t)8 << 20) /* children kept back at most */

struct collect_options {
	const char *resource; /* "hostaway/reservations" */
	const char *account, *dbname, *from;
	const char *since, *until; /* of a window, NULL: not given */
	bool nulls;		   /* the window of rows without a time */
	enum page_aim aim;	   /* of a list */
	bool each, count, plain, dry_run, quiet, verbose;
	int jobs;	     /* walks at a time, of each */
	int size;	     /* rows a page, 0: as described */
	uint64_t limit;	     /* records, 0: all */
	int64_t max_time_ms; /* 0: none */
	int64_t timeout_ms;  /* of one call with its retries, 0: api's */
};

/*
 * 0: all there (or as much as -l asked for); 1: parents were refused; -1: see
 * *why, whose status is EX_TEMPFAIL when a budget or the patience ran out.
 */
int collect(const struct collect_options *o, struct why *why);

#endif
