/*
 * reso_int -- the inside of the fake RESO Web API server, shared by its
 * files and by nobody else.
 *
 * reso_store.c has the rows: 16 bytes each, and for each feed their order by
 * time. A row's key grows with its number, so that the order of keys is the
 * order of numbers. All other values are made from the seed and the number
 * when they are asked for: reso_value.c, by the fields of reso_field.c.
 * reso_query.c reads a URL, reso_page.c answers it, reso_change.c changes
 * rows, reso_option.c has the switches. Times are micro seconds since 1970; a
 * row without one has NO_TIME.
 *
 * Inside of lib/mock/reso.
 */
#ifndef HA_RESO_INT_H
#define HA_RESO_INT_H

#include "mock/server/mock_backend.h"
#include "mock/server/mock_gen.h"
#include "mock/odata/odata.h"

#define NO_TIME INT64_MIN
#define NO_ROW UINT32_MAX
#define RESO_MAX_FIELDS 96

enum reso_kind {
	RESO_PROPERTY,
	RESO_MEDIA,
	RESO_ROOMS,
	RESO_OPEN_HOUSE,
	RESO_MEMBER,
	RESO_OFFICE,
	RESO_KINDS
};

enum reso_feed { FEED_IDX, FEED_VOW, FEEDS };

enum {
	ROW_HIDDEN = 1,	    /* not visible yet */
	ROW_GONE = 2,	    /* nor any more */
	ROW_OFF_MARKET = 4, /* a listing: not in IDX */
	ROW_WITHDRAWN = 8,  /* its owner wants it off the net: not in IDX */
	ROW_DELETED = 16,   /* its status says so */
	ROW_CHANGED = 32    /* on the list of changes */
};

struct reso_row {
	int64_t us;
	uint32_t edits;
	uint32_t flags;
};

struct reso_table {
	struct reso_row *rows;
	uint32_t n, room;
	uint32_t first_n;  /* rows at the start; those behind came later */
	uint32_t of_first; /* of them children of the first listings */
	uint32_t *parents; /* of the rows that came later: listings */
	uint32_t *order[FEEDS], n_order[FEEDS]; /* by (time, key): visible */
	uint32_t *changed, n_changed, room_changed;
};

enum reso_link {
	LINK_NONE,
	LINK_ABSOLUTE,
	LINK_RELATIVE,
	LINK_OTHER,   /* another name of this host */
	LINK_LOOP,    /* to the page itself */
	LINK_ENCODED, /* %24 for $, + for a blank, lower case */
	LINKS
};

struct reso_switches { /* reso_option.c */
	int64_t properties, media, rooms, open_houses, members, offices;
	int64_t orphans, hidden;
	int64_t page;	  /* rows where nobody says how many */
	int64_t max_ors;  /* 0: any */
	int64_t max_skip; /* of $skip */
	int64_t link;	  /* enum reso_link */
	int64_t wait;	  /* header of a 429: ampre, seconds, date, ... */
	int64_t denied;	  /* status without a good token */
	bool link_last, link_token, top_page, clamp, text_count, plus;
	bool null_expand, nul, coarse, volatile_urls, want_gzip;
	bool grid, client, link_secret;
	double late, shorter, twice, move, vanish; /* chances at pages */
};

struct reso {
	const struct mock_options *o;
	struct reso_switches s;
	struct reso_table t[RESO_KINDS];
	struct odata_field fields[RESO_KINDS][RESO_MAX_FIELDS];
	size_t n_fields[RESO_KINDS];
	struct buf bare; /* scratch of reso_put */
	int64_t clock;	 /* of changes */
	uint64_t drawn;	 /* chances, so far */
	uint64_t reads, rows, skips, refused, moved;
};

/* reso_answer.c: {"error":{...}} */
void reso_refuse(
    struct mock_answer *a, int status, const char *message, const char *target);

/* reso_option.c: one "name", "name=value", or several with commas. */
int reso_switch(struct reso_switches *s, const char *text, struct why *why);
void reso_switches_init(struct reso_switches *s);

/* reso_store.c */
int reso_store_open(struct reso *m, struct why *why);
void reso_store_close(struct reso *m);
uint64_t reso_hash(
    const struct reso *m, enum reso_kind k, uint32_t no, uint64_t salt);
bool reso_draw(struct reso *m, double chance);
bool reso_visible(
    const struct reso *m, enum reso_kind k, uint32_t no, enum reso_feed feed);
/* The listing of a row, NO_ROW: it has none that ever was. */
uint32_t reso_listing(const struct reso *m, enum reso_kind k, uint32_t no);
/* A listing's children of that kind: [*from, *to) of the first ones. */
void reso_children(const struct reso *m, enum reso_kind k, uint32_t listing,
    uint32_t *from, uint32_t *to);
/* The row is about to change; what it is follows until reso_settle. */
struct reso_row *reso_touch(struct reso *m, enum reso_kind k, uint32_t no);
/* A listing's children appear or vanish with it. */
void reso_touch_children(struct reso *m, uint32_t listing);
uint32_t reso_append(struct reso *m, enum reso_kind k, uint32_t listing);
/* The orders follow what was touched. */
void reso_settle(struct reso *m);
/* Adds the key's text. */
void reso_key(
    const struct reso *m, enum reso_kind k, uint32_t no, struct buf *to);
void reso_put_time(const struct reso *m, int64_t us, struct buf *to);
/* The first row whose key is not before this one. */
uint32_t reso_key_from(
    const struct reso *m, enum reso_kind k, const char *key, size_t len);
/* The row with that key, NO_ROW. */
uint32_t reso_find(const struct reso *m, enum reso_kind k, const char *key);
/* The first place in the feed's order that is not before (us, number). */
uint32_t reso_order_from(const struct reso *m, enum reso_kind k,
    enum reso_feed feed, int64_t us, uint32_t no);

/* reso_field.c */
extern const char *const reso_names[RESO_KINDS];
void reso_fields_init(struct reso *m);
#define RESO_KEY 0 /* the number of the key's field, and of the time's */
#define RESO_TIME 1
/* -1: no such field */
int reso_field(enum reso_kind k, const char *name, size_t len);
/* -1: no such resource */
int reso_kind_named(const char *name, size_t len);
/* The service's description of itself. */
void reso_metadata_json(struct buf *to);
void reso_metadata_xml(struct buf *to);

struct reso_at { /* a row as one feed sees it */
	struct reso *m;
	enum reso_kind k;
	uint32_t no;
	enum reso_feed feed;
};

enum reso_how {	  /* where a value comes from */
	HOW_SELF, /* the kind's own: reso_own.c */
	HOW_KEY,
	HOW_TIME,  /* of the last change */
	HOW_SINCE, /* a time before that */
	HOW_ONE,   /* of "a|b|c" */
	HOW_SOME,  /* of them */
	HOW_COUNT, /* an integer */
	HOW_MONEY, /* with .0, cents or without */
	HOW_SIZE,  /* a decimal */
	HOW_WORDS,
	HOW_TEXT,
	HOW_DATE,
	HOW_FLAG, /* true in so many of 100 */
	HOW_NONE  /* always null */
};

struct reso_how_of {
	enum reso_how how;
	int64_t lo, hi;
	const char *words;
	int null_pct;
	bool moves; /* comes out different after an edit */
};

const struct reso_how_of *reso_how(enum reso_kind k, size_t field);

/* reso_own.c: a value of HOW_SELF, bare; false: null. */
bool reso_own_value(const struct reso_at *at, const char *name, struct buf *to);
/* reso_value.c: adds the field's JSON. */
void reso_put(const struct reso_at *at, size_t field, struct buf *to);
odata_get_fn reso_get; /* of a struct reso_at */

/* reso_query.c */
#define RESO_MAX_ORDER 4
#define RESO_MAX_ARGS 32

struct reso_order {
	size_t field;
	bool desc;
};

struct reso_query {
	struct odata_filter *filter; /* or NULL */
	struct reso_order order[RESO_MAX_ORDER];
	size_t n_order;
	uint16_t select[RESO_MAX_FIELDS];
	size_t n_select; /* 0: all */
	bool expand[RESO_KINDS];
	bool has_top, count;
	uint64_t top, skip, max_page; /* max_page: 0: nobody asked */
	bool after;		      /* $skiptoken: behind this row */
	int64_t after_us;
	uint32_t after_no;
	struct arg args[RESO_MAX_ARGS]; /* decoded, to build links from */
	size_t n_args;
	char *text; /* of the args */
};

/* 0, or the HTTP status of the refusal and *why, *target what of. */
int reso_query_read(struct reso_query *q, const struct reso *m,
    enum reso_kind k, const struct request *r, const char **target,
    struct why *why);
void reso_query_release(struct reso_query *q);

/* reso_page.c */
void reso_serve_page(struct reso *m, enum reso_kind k, enum reso_feed feed,
    struct reso_query *q, const struct request *r, struct mock_answer *a);
/* The members that were asked for and the closing bracket; sep goes before
   the first one. */
void reso_put_members(const struct reso_at *at, const struct reso_query *q,
    const char *sep, struct buf *to);
/* reso_link.c: the URL of the next page. */
void reso_put_link(const struct reso *m, enum reso_kind k,
    const struct reso_query *q, const struct request *r, uint64_t skip,
    const char *token, struct buf *to);

/* reso_change.c */
void reso_between_pages(struct reso *m, enum reso_kind k);
bool reso_control(
    void *ctx, struct request *r, const char *path, struct mock_answer *a);

#endif
