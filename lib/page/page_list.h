/*
 * page_list -- lists that are read by windows which overlap by a row.
 *
 * Inside of lib/page.
 *
 * Each window starts with the last row of the one before, the anchor. A row
 * that comes again with the same text did not move, and everything that did
 * not move and stands before it has been read: so any such row proves that
 * nothing was jumped over. What to do if there is none is the way's.
 */
#ifndef HA_PAGE_LIST_H
#define HA_PAGE_LIST_H

#include "page/page_int.h"

struct page_list {	   /* all zero at first; for the state of such a way */
	struct buf last;   /* key of the last row so far */
	uint64_t anchor;   /* hash of that row's whole key */
	bool anchor_known; /* else only `last` */
	unsigned glitches, odd_anchors;
};

void page_list_begin(struct page *p, struct page_list *l);
void page_list_reset(const struct page *p, struct page_list *l);
void page_list_release(struct page_list *l);
bool page_list_anchor(
    const struct page *p, const struct page_list *l, const struct row *r);
/* The row met in this pass stands where it stood: it has not changed. */
bool page_list_stands(const struct page *p, const struct row *r);
/*
 * Was nothing jumped over before this page? first: it is the top; lap: it
 * should start with the anchor.
 */
bool page_list_joined(
    struct page *p, struct page_list *l, bool first, bool lap);
/* This row is the last one. */
void page_list_keep(
    const struct page *p, struct page_list *l, const struct row *last);
/* An empty page where there should be rows: is it to be asked for again? */
bool page_list_glitch(struct page_list *l);
/* The cursor: false, or its first members. Then its last ones. */
bool page_list_border(struct page *p, const struct page_list *l);
/* n keys that follow the last row's, with a NUL behind each. */
void page_list_keys(
    struct page *p, const struct page_list *l, const char *keys, size_t n);

#endif
