/*
 * collect_int -- what the files of collect share: collect.c is above lists,
 * children and look-ups, collect_section.c below them.
 *
 * Inside of lib/collect.
 */
#ifndef HA_COLLECT_INT_H
#define HA_COLLECT_INT_H

#include "api/api.h"
#include "collect/collect.h"
#include "stream/emit.h"
#include "page/page.h"
#include "stream/progress.h"
#include "base/quit.h"
#include "source/source.h"
#include "stream/stream.h"

struct collect {
	const struct collect_options *o;
	struct source *source;
	const struct resource *r;
	struct page_kit *kit;
	struct page_window window;
	struct api *api;
	struct emit out;
	struct progress progress;
	struct mark end;       /* how the section ends; cursor, complete, why */
	int64_t until_ms;      /* end of --max-time, 0: none */
	uint64_t bad;	       /* rows for which a plain stream has no place */
	uint64_t again, moved; /* rows met again; signs of moving */
	uint64_t late;	       /* rows of a time that is still to come */
	int64_t told_ms;       /* the far side's clock, in the last mark */

	const char *account;
	bool begun; /* the begin mark is out */

	/* of each, and of rows by key */
	bool single; /* each line of standard input is a call */
	bool known;  /* a key was read whose row is there, by all we know */
	struct stream *in;	    /* parents */
	struct buf parents_account; /* of their begin mark */
	struct buf parent;	    /* the one read last, padded */
	struct buf since, first;    /* of it: a cursor; a page of children */
	struct buf split;	    /* scratch */
	struct json *json;	    /* of its members; NULL: none yet */
	bool kept;		    /* it was not taken yet */
	bool input_over, input_cut;
	uint64_t parents, gone, refused, failed;
};

/* collect_section.c: what every section has, whatever flows in it */
/* Writes the begin mark. */
void collect_begin(struct collect *c, enum mark_mode mode);
bool collect_late(const struct collect *c); /* --max-time is over */
/* The section is not complete, and this is the reason. */
void collect_stop(struct collect *c, const char *why);
/* The answer is a page's: its clock, its rows. */
int collect_take(struct collect *c, struct page *page,
    const struct api_answer *ans, struct why *why);
/* An answer that stayed broken: the page takes what is whole of it. */
bool collect_saved(
    struct collect *c, struct page *page, const struct api_answer *ans);
/* A row of a page, as a record or as a bad mark. */
void collect_row(struct collect *c, const struct page_row *row);
/* The same as a line for later (a plain stream has none for a bad one) ... */
void collect_keep(
    struct collect *c, const struct page_row *row, struct buf *to);
/* ... and such lines written. */
void collect_kept(struct collect *c, const struct buf *lines);
/* A parent that cannot be asked for, or is not ours to see: by its name. */
void collect_refused(struct collect *c, const char *who, const char *reason);
void collect_progress(struct collect *c, bool last);
void collect_end(struct collect *c); /* Writes the end mark. */
/* The far side's clock: for the walk, and for who stores what it brings. */
void collect_clock(
    struct collect *c, struct page *page, const struct api_answer *ans);
/* From where it was to go on is none, or still to come: that is said. */
void collect_heal(const struct collect *c, const char *who, const char *how);
#define COLLECT_FUTURE "is still to come by the far side's clock"
bool collect_is_future(const struct page *page);
/* Why a walk that is over is not complete: -1. */
int collect_incomplete(
    const struct page_sum *s, const char *who, struct why *why);

/* A 400 may be about a page size that the user has chosen. */
void collect_explain(const struct collect *c, struct api_answer *ans);

/* collect_list.c */
int collect_list(struct collect *c, struct why *why);
/* Asks and writes until the page has no question. */
int collect_pages(struct collect *c, struct page *page, struct why *why);
/* collect_count.c: prints how many rows the API says there are, if it does */
int collect_count(struct collect *c, struct why *why);
/* collect_lookup.c */
int collect_lookup(struct collect *c, struct why *why);

/* collect_each.c */
int collect_each(struct collect *c, struct why *why);
/* collect_first.c: takes c->since and c->first out of c->parent */
int collect_split(struct collect *c, struct why *why);
/* The walk over c->parent's children; *done: it has all its rows by now. */
struct page *collect_walk(struct collect *c, bool *done, struct why *why);
/* collect_parents.c: standard input, marked or plain */
int collect_parents_open(struct collect *c, struct why *why);
/* 1: a parent is in c->parent, 0: no more, -1 */
int collect_parent(struct collect *c, struct why *why);
/* "conversations 31808139", for messages: into `to`, which is returned. */
const char *collect_who(
    const struct collect *c, const struct buf *parent, char *to, size_t room);
/* Repairs what may be; -1, EX_UNAVAILABLE: its key may not. */
int collect_mend(const struct collect *c, struct buf *parent, struct why *why);
/* As many keys as make a group: 1: there may be more, 0: there are not, -1 */
int collect_group(struct collect *c, struct page *page, struct why *why);

#endif
