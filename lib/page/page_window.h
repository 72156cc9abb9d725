/*
 * page_window -- a span of time to which a walk keeps.
 *
 * Inside of lib/page.
 *
 * It holds the rows with since <= time < until, or those without a time.
 * Borders are literals as OData wants them, with a Z, so that they go into a
 * filter as they are.
 */
#ifndef HA_PAGE_WINDOW_H
#define HA_PAGE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

struct page_window { /* all zero: none */
	bool is, nulls;
	char since[40], until[40]; /* until "": no end */
	int64_t until_us;	   /* since 1970 */
};

/*
 * From what people write: a time (RFC 3339), a day, "2019-01" or "2019", the
 * last three being their first moment. NULL: not given. EX_USAGE.
 */
int page_window_set(struct page_window *w, const char *since, const char *until,
    bool nulls, struct why *why);
/* One text for all of it, to compare by: "SINCE/UNTIL" or "null". */
void page_window_name(const struct page_window *w, struct buf *to);
/* A JSON object for the begin mark. */
void page_window_json(const struct page_window *w, struct buf *to);

#endif
