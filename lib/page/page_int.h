/*
 * page_int -- the inside of page: what its files know of a walk.
 *
 * Inside of lib/page.
 *
 * page.c has the kit, a walk, and the table of ways. A way of paging is one
 * constant, a struct page_way, in one file with a state of its own:
 * page_none.c, page_offset.c, page_after.c, page_keyset.c, page_link.c, and
 * for other aims page_keys.c, page_lookup.c and page_one.c. They stand on
 * page_list.c (lists that are read by windows that overlap), page_odata.c
 * (conditions), page_walk.c (where a walk begins and stops), page_pass.c (one
 * pass over the list, and when to make another), page_query.c (path and query),
 * page_row.c (what a row is) and page_cursor.c (what an earlier run left).
 */
#ifndef HA_PAGE_INT_H
#define HA_PAGE_INT_H

#include "page/blank.h"
#include "json/json.h"
#include "page/page.h"
#include "stream/position.h"
#include "page/seen.h"
#include "source/template.h"

struct row {
	const char *text;
	size_t len;
	size_t copy; /* 1 + offset in page.side, 0: text is in the body */
	struct sight sight;
	struct met met;
	size_t bad;	     /* 1 + offset in page.side of why; 0: it is good */
	bool pass_on;	     /* the caller gets it */
	bool older;	     /* behind the line, in order */
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

/* Members of an answer; the last two say that it is none, but an error. */
enum { ROWS, COUNT, LIMIT, NEXT, CURSOR, STATUS, CODE, ENVELOPE };

struct page_kit {
	const struct source *source;
	const struct resource *r;
	const struct paging *paging;
	const char *path;
	const struct pairs *query;
	struct expr *rows;	    /* where they are in an answer */
	const struct page_way *way; /* how a pass goes on */
	bool walk;		    /* newest first */
	struct json *json;
	struct blank *blank;	   /* NULL: records go on as they came */
	struct page_field *fields; /* of all keys, position, version */
	size_t n_fields, position, version; /* SIZE_MAX: there is none */
	struct page_key *keys; /* alternatives, the first complete one counts */
	size_t n_keys;
	struct json_paths *paths; /* of fields */
	struct json_val *vals;
	struct page_field envelope[ENVELOPE];
	struct json_paths *envelope_paths;
	enum position_kind kind; /* of positions; NONE: as they come */
	struct buf text, key;
	struct position when, tail; /* scratch */
};

enum phase {
	PHASE_MAIN, /* everything, or down to the stop line */
	PHASE_TOP,  /* the top again, until rows come that did not change */
	PHASE_AGAIN /* everything again */
};

/* What a way says about an answer. */
enum turn {
	TURN_ON,   /* rows accepted, there is more */
	TURN_BACK, /* not where it should be: another question first */
	TURN_LAST, /* the pass reached the end of the list */
	TURN_ALL,  /* it did, and no row can be missing */
	TURN_FEW,  /* it did, and rows are missing that no pass would bring */
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
	bool unfit;	      /* something in it could not be compared */
};

struct answer { /* of the page being taken */
	bool has_count, has_limit, has_next;
	uint64_t count;
	int limit;
	struct json_val next, cursor; /* in the body */
};

/*
 * A way of paging. The walk's page.state has `size` bytes, zero at first,
 * that nobody but the way looks at. All functions but ask and take may be
 * NULL.
 */
struct page_way {
	size_t size;
	enum middle middle; /* the cursor that one left in it goes on from */
	bool windows;	    /* rows can be asked for by their time */
	bool keyless;	    /* no row is looked up: keys are not read */
	bool selects;	    /* members are chosen here, not by the query */
	bool single;	    /* one object, or null, may stand for the rows */
	bool limited;	    /* a page with all rows asked for may lack some */
	bool one_way;	    /* no window can be asked for twice */
	const struct page_way *aims[3]; /* ways for other aims than rows */

	/* Where the walk starts. The pass is begun, base is not made yet. */
	int (*begin)(struct page *p, const struct page_of *of, struct why *why);
	/* Adds to *to, which has base, what to ask. false: nothing now */
	bool (*ask)(struct page *p, struct buf *to);
	int (*take)(struct page *p, enum turn *turn, struct why *why);
	/* The question was refused: false if that is a failure. */
	bool (*refused)(struct page *p, enum turn *turn);
	void (*reset)(struct page *p); /* a pass begins */
	/* Members of page.cursor, without the last brace. */
	void (*border)(struct page *p); /* for the next page */
	void (*done)(struct page *p);	/* for the next run */
	void (*sum)(const struct page *p, struct page_sum *s);
	void (*release)(struct page *p);
};

/* page_NAME.c has page_by_NAME, the way of that style. */
#define WAY(style, name) extern const struct page_way page_by_##name;
PAGE_STYLES(WAY)
#undef WAY
extern const struct page_way page_of_keys, page_of_lookup, page_of_one;

struct page {
	struct page_kit *kit;
	const struct page_way *way; /* the kit's, or one for another aim */
	void *state;		    /* the way's */
	char *account;
	struct buf parent; /* padded */
	struct buf wanted; /* of PAGE_ONE: the key */
	time_t today;
	time_t (*now)(time_t *);
	int64_t (*steady)(void);
	int64_t begun_s, begun_ms; /* by now and by the steady clock */
	int64_t far_ms; /* the far side's clock at this answer, 0: unknown */
	int64_t horizon_us; /* a later time is not believed */
	int size;
	struct cursor from;

	/* this answer */
	const char *body;
	size_t body_len;
	struct row *rows;
	size_t n, room;
	size_t *out; /* rows to hand on */
	size_t n_out;
	struct buf side;   /* texts cut from it */
	struct buf masked; /* the body, if some of its bytes are bad */
	const char *taken; /* of masked: behind the last row that was read */
	struct answer answer;

	/* this walk */
	struct seen *seen;
	struct position newest, line; /* line: where a since walk stops */
	struct position at;	      /* of the last row that has one */
	bool newest_known;
	bool resumed;		  /* left in the middle by an earlier run */
	size_t variants, variant; /* of resource.since; 0: not used */
	struct buf since;	  /* {position} of the query; empty: none */
	bool over, complete;
	const char *why;
	uint64_t moved_all, again, pages, late;
	struct buf cursor;

	/* this group of passes: one query */
	struct buf base;   /* path and query, without the paging */
	uint64_t distinct; /* keys met in this group */
	unsigned group;	   /* its first pass */
	enum phase phase;
	unsigned rounds, short_rounds, idle;
	uint64_t main_begin, main_end; /* pages taken before and after it */
	uint64_t restarted_at; /* keys known when all was begun again, + 1 */

	/* this pass */
	unsigned pass; /* from 1 */
	uint64_t pass_distinct, pass_pages, moved;
	uint64_t before;	/* rows of an earlier run's leg */
	bool has_count, filled; /* filled: a page had as much as may be */
	uint64_t count;
	bool same_met, fresh_below; /* for PHASE_TOP */
	size_t older; /* rows behind the line, without a newer one between */
	bool below;   /* the stop line is behind us */
	uint64_t set; /* of the keys of the last answer */
	unsigned same_set; /* answers before it with the same */
	size_t longest;	   /* rows of an answer before it */
	bool full; /* as many rows as were asked for, or came at most: there is
		    * more, whatever a count says */
	bool resumed_first; /* no page after a resumption yet */
};

/* page_row.c */
int page_fields(struct page_kit *k, struct why *why);
/* A row of the answer, as json gives it; ctx is the page. */
int page_take_row(void *ctx, const struct json_val *v, struct why *why);
/* It is handed on as bytes, with the reason. */
void page_row_bad(struct page *p, struct row *r, const char *reason);
struct position *page_row_at(
    struct page *p, const struct row *r, struct position *to);

/* page_body.c: the envelope, and the rows in it */
int page_read(struct page *p, const char *body, size_t len, struct why *why);

/* page_query.c: path and query of a group of passes */
int page_base(struct page *p, struct why *why);
struct template_values page_values(const struct page *p);
/* Adds a parameter: "?" or "&" before it, its value encoded. */
void page_param(struct buf *to, const char *name, const char *value);
void page_number(struct buf *to, const char *name, uint64_t value);

/* page_cursor.c */
int cursor_read(struct cursor *c, const char *text, struct why *why);
void cursor_release(struct cursor *c);
/* Adds a member: a text, or what is JSON already; nothing if it is empty. */
void cursor_text(struct buf *to, const char *name, const struct buf *text);
void cursor_json(struct buf *to, const char *name, const struct buf *json);
void cursor_number(struct buf *to, const char *name, uint64_t value);

/* page_walk.c */
/*
 * Seconds since the run's first leg began, rounded up; a wall clock that was
 * set back between legs: longer than any list has lasted.
 */
int64_t page_took(const struct page *p, int64_t begun);
void page_walk_begin(struct page *p); /* from the top, or where it was left */
void page_newest(struct page *p);
bool page_below(struct page *p, const struct row *r);
void page_position(struct page *p); /* adds it to the cursor */

/* page_pass.c */
void page_pass(struct page *p); /* begins one */
/* All is begun again: false if the last time brought nothing new. */
bool page_restart(struct page *p);
bool page_count_moved(struct page *p);
/* Notes how long the answer is; then p->full says. */
void page_measure(struct page *p);
/* Other questions bring the rows of this answer again and again. */
bool page_same(struct page *p);
/*
 * Counts the rows, chooses what goes on. The first `lap` of them are met
 * again because we asked for them again.
 */
void page_accept(struct page *p, size_t lap);
void page_turn(struct page *p, enum turn turn);
/* No question any more; why NULL: all is there. */
void page_over(struct page *p, const char *why);

/* page_linkquery.c */
/* Adds the question that no answer gave us. */
void page_link_first(const struct page *p, struct buf *to);
/* Adds the link with its query as it is to be asked. */
void page_link_tidy(const struct page *p, const char *link, struct buf *to);

#endif
