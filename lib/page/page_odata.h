/*
 * page_odata -- conditions on time and key, and what pages by them share.
 *
 * Inside of lib/page.
 */
#ifndef HA_PAGE_ODATA_H
#define HA_PAGE_ODATA_H

#include "page/page_int.h"

struct page_odata {	   /* all zero at first */
	struct buf filter; /* of the description, filled in */
	struct buf key;	   /* the last row's, as JSON */
	struct buf mark;   /* a key of this tie: to see a circle */
	uint64_t tie;	   /* pages of one time, so far */
	bool linked;	   /* the far side says whether there is more */
};

int page_odata_begin(
    const struct page *p, struct page_odata *o, struct why *why);
void page_odata_release(struct page_odata *o);

bool page_odata_same(const struct buf *a, const struct buf *b);
/* As it stands in a filter: numbers bare, texts in quotes. */
void page_odata_operand(struct buf *to, const struct buf *json);
/* A time goes into the filter bare: nothing else may. */
bool page_odata_literal(const struct buf *t);
/* $filter: this condition, and the description's. */
void page_odata_filter(
    const struct page_odata *o, const char *now, struct buf *to);

/* The key of a row, as JSON, with padding: a text or a number. */
int page_odata_key(
    const struct page *p, size_t row, struct buf *key, struct why *why);
/* A member of a row, by the field's name. */
struct json_val page_odata_member(
    const struct page *p, size_t row, const char *name);
/* Was this key the last one of a page before? */
bool page_odata_circles(struct page_odata *o, const struct buf *key);
/* Is nothing behind this page, as far as all can tell? -1: see *why. */
int page_odata_end(
    const struct page *p, struct page_odata *o, bool *end, struct why *why);

/* page_keys.c: can rows be told by the key alone? */
int page_keys_check(const struct page *p, struct why *why);

#endif
