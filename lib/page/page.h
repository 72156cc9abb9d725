/*
 * page -- the walk over one paged collection, as questions and answers.
 *
 * Nothing here touches the network: page_ask says what to GET next, the
 * caller gives the body to page_take, and hands on the rows that it leaves.
 * The next question is known as soon as an answer is taken, before its rows
 * are written out. A struct page_kit (compiled paths, a parser) serves any
 * number of walks of one resource, one call at a time. Bodies are borrowed
 * and must live, with JSON_PADDING bytes behind, until the next page_take
 * or page_refused of the same walk; so do rows.
 *
 * What a walk promises. It ends by itself, whatever the far side does. It
 * says `complete` only if no row is missing that was there all the time:
 *  - windows of an offset list overlap by one row. If the row that should
 *    come again is not there, the list has moved; the walk goes back until
 *    it meets rows that it knows.
 *  - the stated count is compared with the distinct keys.
 *  - when the list has moved or the keys are too few, the top is read again
 *    until rows come that did not change (moved rows are found there, if
 *    the list has the newest first), else all of it.
 * By keyset none of this is needed: rows that move go where they are still
 * to be read, so a walk keeps nothing but its place. Keys do not move.
 * A list in which rows move from the unread to the read part, other than to
 * its top, while others take their place, looks unmoved to any client.
 */
#ifndef HA_PAGE_H
#define HA_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "page/page_window.h"
#include "source/source.h"
#include "base/why.h"

struct page_kit;
struct page;

enum page_aim {
	PAGE_ROWS,  /* the collection, or what is new in it */
	PAGE_KEYS,  /* keyset: the key of each row, in key order */
	PAGE_LOOKUP /* keyset: the rows whose keys page_want names */
};

enum page_what { /* what a kit's walks read */
	PAGE_LIST,
	PAGE_EACH, /* the children of a parent */
	PAGE_ONE   /* the row that a key names */
};

struct page_of {
	enum page_aim aim;
	const char *account; /* for {account}; NULL: none */
	const char *base;    /* of the API, for links; NULL: as described */
	const char *parent;  /* JSON object, padded: of a parent, or with the
				key of PAGE_ONE; else NULL */
	const char *from;    /* cursor's JSON text; NULL or "": from nothing */
	int size;	     /* rows a page; 0: as described */
	struct page_window window; /* by keyset only */
	time_t today;		   /* 0: now */
	time_t (*now)(time_t *);   /* NULL: time */
	int64_t (*steady)(void);   /* milliseconds; NULL: clock_ms */
};

struct page_row {
	const char *text; /* the record, on one line */
	size_t len;
	const char *bad; /* it is no JSON text: why, and its bytes; or NULL */
	const char *key; /* of a bad one, if it could be read */
};

struct page_sum {
	bool over;     /* no question is left */
	bool complete; /* nothing is missing */
	/*
	 * If it is over, incomplete: "moved"; "count", fewer rows than stated;
	 * "stuck", questions that bring nothing new; "future", it is to begin
	 * again from nothing, for `from` is later than the far side's clock.
	 */
	const char *why;
	bool impossible; /* that, by the far side's doing: EX_PROTOCOL */
	bool full;	 /* a whole collection from nothing */
	bool has_count;
	uint64_t count;		/* rows that match, as the API says */
	uint64_t expected;	/* that this walk will bring; 0: not known */
	uint64_t distinct;	/* keys met; by keyset: rows */
	uint64_t again;		/* rows met again and not handed on */
	uint64_t moved;		/* signs that the list moved */
	uint64_t gone;		/* keys asked for that have no row any more */
	uint64_t late;		/* rows of a time that is still to come */
	bool unfit;		/* `from` held what no value compares with */
	uint64_t pages;		/* answers taken */
	uint64_t number, total; /* page 3 of 8; total 0: not known */
};

/*
 * The source must outlive the kit. EX_USAGE if the resource is not read that
 * way, EX_CONFIG if its description lacks what the way of paging needs.
 */
struct page_kit *page_kit_new(const struct source *s, const struct resource *r,
    enum page_what what, struct why *why);
void page_kit_free(struct page_kit *k); /* NULL is fine */
/* Rows a page, as described; 0: questions say no such number. */
int page_kit_size(const struct page_kit *k);

/*
 * Texts of *of are copied. EX_USAGE if `from` is no cursor, or one of another
 * window, and for a window where the walk is not by keyset; EX_UNAVAILABLE if
 * the parent's id would ask for another address ("..").
 */
struct page *page_new(
    struct page_kit *k, const struct page_of *of, struct why *why);
void page_free(struct page *p); /* NULL is fine */

/* 1 and what to GET (path and query) in *to, 0: the walk is over, -1. */
int page_ask(struct page *p, struct buf *to, struct why *why);
/*
 * PAGE_LOOKUP: the row whose key this object holds is asked for next. 1: that
 * is a group, ask; 0: there is room for more; -1: no key (EX_DATAERR).
 */
int page_want(struct page *p, const char *rec, size_t len, struct why *why);
/*
 * PAGE_LOOKUP: adds the keys that have no row any more, each as such an object
 * and a newline, and forgets them. How many they are.
 */
size_t page_lost(struct page *p, struct buf *to);
/*
 * What the far side's clock said when it gave the next answer, milliseconds
 * since 1970; 0: it did not say, so this machine's counts.
 */
void page_clock(struct page *p, int64_t ms);
/*
 * body NULL: no rows. -1: the answer is no page of rows (EX_PROTOCOL). Bytes
 * that no JSON has, and nesting that is too deep, cost the row that has them.
 */
int page_take(struct page *p, const char *body, size_t len, struct why *why);
/*
 * The far side refused the question for good. true: the walk knows what to
 * do (the row that the page should follow has gone); false: it is a failure.
 */
bool page_refused(struct page *p, long code);
/*
 * The question was too heavy: half as many rows a page from now on, and the
 * same question again. false: a page has one row already.
 */
bool page_smaller(struct page *p);

/* The rows of the last answer that are to be handed on. */
size_t page_rows(const struct page *p);
struct page_row page_row(const struct page *p, size_t i);
/*
 * Where a later walk may go on, once these rows are safe; empty if that is
 * not known here. After the end: the position. JSON text, owned by p.
 */
const struct buf *page_cursor(const struct page *p);
struct page_sum page_sum(const struct page *p);

#endif
