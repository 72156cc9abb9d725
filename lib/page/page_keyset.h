/*
 * page_keyset -- the state of a walk by time and key.
 *
 * Inside of lib/page.
 *
 * page_keyset.c asks and takes; page_keyset_at.c has where the walk begins,
 * and what it leaves for the next.
 */
#ifndef HA_PAGE_KEYSET_H
#define HA_PAGE_KEYSET_H

#include "page/page_odata.h"

struct page_keyset {
	struct page_odata odata;
	struct page_window window;
	struct buf start; /* first condition of a run since a position */
	struct buf time;  /* of the last row so far; empty: none yet */
	struct buf sure, sure_key; /* of the last whose time is believed */
	struct buf null_key;	   /* of the last row without a time */
	int64_t begun;		   /* its first leg, seconds since 1970 */
	bool whole;		   /* the question under way is for all rows */
	bool only_timed; /* rows without a time filled the first page */
	bool met_nulls;	 /* they came first, all of them */
	bool in_nulls;	 /* they are being read */
};

/* Members of the way. */
int page_keyset_begin(
    struct page *p, const struct page_of *of, struct why *why);
void page_keyset_border(struct page *p);
void page_keyset_done(struct page *p);

#endif
