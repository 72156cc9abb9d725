/*
 * page_int -- the inside of page: shared by its styles, and by nobody else.
 *
 * Inside of lib/page.
 *
 * page.c has the phases of a walk, page_offset.c and page_after.c how a
 * pass over the list goes on, page_keyset.c a walk by time and key,
 * page_keys.c one by key alone, page_lookup.c rows that are named by key,
 * page_link.c one by links, page_walk.c where one may stop, page_row.c what a
 * row is, page_cursor.c what is written down.
 */
#ifndef HA_PAGE_INT_H
#define HA_PAGE_INT_H

#include "page/blank.h"
#include "json/json.h"
#include "page/page.h"
#include "page/position.h"
#include "page/seen.h"
#include "source/template.h"

struct row {
	const char *text;
	size_t len;
	size_t copy; /* 1 + offset in page.side, 0: text is in the body */
	struct sight sight;
	struct met met;
	bool fresh;	     /* not met before in this pass */
	bool pass_on;	     /* the caller gets it */
	size_t key, key_len; /* first key value, in page.side */
	size_t at, at_len;   /* position, in page.side; 0: none */
};

struct page_field { /* an expression evaluated for each row */
	struct expr *expr;
	size_t slot; /* of the compiled paths */
	bool is_path;
};

struct page_key { /* fields that make up a row's key, if all are there */
	size_t *fields, n;
};

struct page_kit {
	const struct source *source;
	const struct resource *r;
	const struct paging *paging;
	const char *path;
	const struct pairs *query;
	enum page_style by; /* how a pass goes on; never walk */
	bool walk;	    /* newest first */
	struct json *json;
	struct blank *blank;	   /* NULL: records go on as they came */
	struct page_field *fields; /* of all keys, position, version */
	size_t n_fields, position, version; /* SIZE_MAX: there is none */
	struct page_key *keys; /* alternatives, the first complete one counts */
	size_t n_keys;
	struct json_paths *paths; /* of fields */
	struct json_val *vals;
	struct page_field envelope[5]; /* rows, count, limit, next, cursor */
	struct json_paths *envelope_paths;
	struct buf text, key;
	struct position when; /* scratch */
};

enum phase {
	PHASE_MAIN, /* everything, or down to the stop line */
	PHASE_TOP,  /* the top again, until rows come that did not change */
	PHASE_AGAIN /* everything again */
};

/* What a style says about an answer. */
enum turn {
	TURN_ON,   /* rows accepted, there is more */
	TURN_BACK, /* not where it should be: another question first */
	TURN_LAST, /* the pass reached the end of the list */
	TURN_LOST  /* no way to go on */
};

enum middle { /* of a walk that was left, and where */
	MIDDLE_NONE,
	MIDDLE_LIST,
	MIDDLE_KEYSET,
	MIDDLE_LINK
};

struct cursor {			  /* what a run starts from; page_cursor.c */
	struct position position; /* of a complete run */
	enum middle middle;
	struct position newest; /* position-to-be */
	struct position stop;	/* of a since walk: the old position */
	struct position at;	/* of the last row passed */
	uint64_t offset, seen;
	char *keys[3]; /* last row, and some before it */
	/* by keyset; JSON texts of keys */
	struct position time;
	char *key, *null_key; /* "null": none so far, "true": all met */
	struct buf window;    /* page_window_name; empty: none */
	char *link;	      /* or a cursor of the far side */
	uint64_t begun, took; /* seconds since 1970; seconds */
};

struct answer { /* of the page being taken */
	bool has_count, has_limit, has_next;
	uint64_t count;
	int limit;
	struct json_val next, cursor; /* in the body */
};

#define RING 4
#define LINKS_KEPT 1024

struct page_link {
	struct buf now;		/* link or cursor asked for; empty: the first */
	struct buf next, first; /* scratch */
	struct buf since;	/* where a run since a position starts */
	uint64_t met[LINKS_KEPT]; /* hashes of the last links */
	size_t n_met;
	uint64_t asked, mark; /* in this pass; the hash of one farther back */
	bool has_mark;
	int64_t begun; /* its first leg, seconds since 1970 */
};

struct page_keyset {
	struct buf filter;   /* of the description, filled in */
	struct buf start;    /* first condition of a run since a position */
	struct buf time;     /* of the last row so far; empty: none yet */
	struct buf key;	     /* the last row's, as JSON */
	struct buf null_key; /* of the last row without a time */
	struct buf mark;     /* a key of this tie: to see a circle */
	uint64_t tie;	     /* pages of one time, so far */
	int64_t begun;	     /* its first leg, seconds since 1970 */
	bool whole;	     /* the question under way is for all rows */
	bool only_timed;     /* rows without a time filled the first page */
	bool met_nulls;	     /* they came first, all of them */
	bool in_nulls;	     /* they are being read */
	bool linked;	     /* the far side says whether there is more */
};

struct wanted {		/* PAGE_LOOKUP: a row that is asked for */
	struct buf key; /* as JSON, and as what it says */
	struct buf text;
	bool told; /* it came, or is gone */
};

struct page_lookup {
	struct wanted *at;
	size_t n, room;
	size_t bytes; /* of their keys */
	size_t left;  /* not told yet */
	uint64_t gone;
};

struct page {
	struct page_kit *kit;
	enum page_aim aim;
	char *account;
	struct buf parent; /* padded */
	time_t today;
	time_t (*now)(time_t *);
	int size;
	struct page_window window;
	struct cursor from;

	/* this answer */
	const char *body;
	size_t body_len;
	struct row *rows;
	size_t n, room;
	size_t *out; /* rows to hand on */
	size_t n_out;
	struct buf side; /* texts cut from it */
	struct answer answer;
	size_t repeats; /* rows that this pass had met before */

	/* this walk */
	struct seen *seen;
	struct position newest, line; /* line: where a since walk stops */
	struct position at;	      /* of the last row that has one */
	bool newest_known;
	bool resumed;		  /* left in the middle by an earlier run */
	size_t variants, variant; /* of resource.since; 0: not used */
	bool over, complete;
	const char *why;
	uint64_t moved_all, again, pages;
	struct buf cursor;

	/* this group of passes: one query */
	struct buf base;   /* path and query, without the paging */
	uint64_t distinct; /* keys met in this group */
	unsigned group;	   /* its first pass */
	enum phase phase;
	unsigned rounds, short_rounds, idle;
	uint64_t main_begin, main_end; /* pages taken before and after it */

	/* this pass */
	unsigned pass; /* from 1 */
	uint64_t pass_distinct, pass_pages, moved;
	uint64_t before;	/* rows of an earlier run's leg */
	bool has_count, filled; /* filled: a page had as much as may be */
	uint64_t count;
	bool same_met, fresh_below; /* for PHASE_TOP */
	bool below;		    /* the stop line is behind us */
	unsigned glitches, odd_anchors;
	bool resumed_first; /* no page after a resumption yet */
	struct buf last;    /* key of the last row so far */

	/* offset */
	uint64_t offset;
	bool lap;	   /* the window starts with the anchor */
	uint64_t anchor;   /* hash of the last row's key */
	bool anchor_known; /* else only its text, p->last */
	unsigned steps;
	bool denies; /* states fewer rows than it has */

	struct page_keyset keyset;
	struct page_link link;
	char *api_base; /* what links are relative to */
	struct page_lookup lookup;

	/* after */
	struct buf ring;       /* keys before the last, NUL after each */
	size_t ring_n, step;   /* 0: ask after last; i: after ring key i - 1 */
	uint64_t restarted_at; /* keys known when all was begun again, + 1 */
};

/* page_row.c */
int page_fields(struct page_kit *k, struct why *why);
int page_read(struct page *p, const char *body, size_t len, struct why *why);
struct position *page_row_at(
    struct page *p, const struct row *r, struct position *to);

/* page_pass.c: one pass over the list, and when to make another */
void page_pass(struct page *p);
bool page_count_moved(struct page *p);
size_t page_limit(const struct page *p); /* rows of a page at most */
/* The row met in this pass stands where it stood: it has not changed. */
bool page_stands(const struct page *p, const struct row *r);
/* The anchor comes first: does that prove that nothing was jumped over? */
bool page_holds(struct page *p, const struct row *anchor);
void page_accept(struct page *p); /* counts the rows, chooses what goes on */
void page_turn(struct page *p, enum turn turn);

/* page_walk.c */
void page_newest(struct page *p);
bool page_below(struct page *p, const struct row *r);

/* page_offset.c, page_after.c */
enum turn offset_take(struct page *p);
enum turn after_take(struct page *p);
enum turn after_back(struct page *p);
const char *after_key(const struct page *p);

/* page_link.c */
void page_link_ask(struct page *p, struct buf *to);
/* Adds the question that starts a pass. */
void page_link_first(const struct page *p, struct buf *to);
int page_link_take(struct page *p, enum turn *turn, struct why *why);
/* The link has died: true if the list is read again from its top. */
bool page_link_refused(struct page *p);
void page_link_pass(struct page_link *l);
int page_link_begin(struct page *p, struct why *why);
void page_link_border(struct page *p);
void page_link_done(struct page *p);
void page_link_release(struct page_link *l);

/* page_linkquery.c: adds the link with its query as it is to be asked. */
void page_link_tidy(const struct page *p, const char *link, struct buf *to);

/* page_keyset.c */
void page_keyset_ask(struct page *p, struct buf *to);
int page_keyset_take(struct page *p, enum turn *turn, struct why *why);

/* The key of a row, as JSON, with padding: a text or a number. */
int page_keyset_key(
    const struct page *p, size_t row, struct buf *key, struct why *why);
/* As it stands in a filter: numbers bare, texts in quotes. */
void page_keyset_operand(struct buf *to, const struct buf *json);
bool page_keyset_same(const struct buf *a, const struct buf *b);
/* Was this key the last one of a page before? */
bool page_keyset_circles(struct page_keyset *k, const struct buf *key);
/* $filter: this condition, and the description's. */
void page_keyset_filter(const struct page *p, const char *now, struct buf *to);

/* page_keys.c, page_lookup.c: other aims than all rows */
int page_keys_begin(struct page *p, struct why *why);
void page_keys_ask(struct page *p, struct buf *to);
int page_keys_take(struct page *p, struct why *why);
bool page_lookup_ask(struct page *p, struct buf *to);
int page_lookup_take(struct page *p, struct why *why);
void page_lookup_release(struct page_lookup *l);

/* page_keyset_at.c */
int page_keyset_begin(struct page *p, struct why *why);
void page_keyset_border(struct page *p);
void page_keyset_done(struct page *p);
void page_keyset_release(struct page_keyset *k);
/* A time goes into the filter bare: nothing else may. */
bool page_keyset_literal(const struct buf *t);
/* *from moved back, in the form that it has in OData; no time: as it is. */
void page_time_back(const struct position *from, int64_t ms, struct buf *to);
/* Replaces *to by a JSON text, with padding. */
void page_keyset_put(struct buf *to, const char *text, size_t len);

/* page_ask.c: path and query of a group of passes */
int page_base(struct page *p, struct why *why);
struct template_values page_values(const struct page *p);
/* Adds a parameter: "?" or "&" before it, its value encoded. */
void page_param(struct buf *to, const char *name, const char *value);
void page_number(struct buf *to, const char *name, uint64_t value);

/* page_cursor.c */
int cursor_read(struct cursor *c, const char *text, struct why *why);
void cursor_release(struct cursor *c);
void page_border(struct page *p); /* a cursor for the next page */
void page_done(struct page *p);	  /* a cursor for the next run */
/* Adds a member to an object that is begun with the first one. */
void cursor_text(struct buf *to, const char *name, const struct buf *text);
void cursor_json(struct buf *to, const char *name, const struct buf *json);

#endif
