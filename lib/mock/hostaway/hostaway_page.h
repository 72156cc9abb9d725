/*
 * hostaway_page -- a page of a table as a Hostaway answer: paging parameters,
 * filters, envelope.
 *
 * Inside of lib/mock/hostaway.
 */
#ifndef HA_HOSTAWAY_PAGE_H
#define HA_HOSTAWAY_PAGE_H

#include "mock/server/mock_backend.h"
#include "mock/server/mock_store.h"

enum envelope {
	ENVELOPE_LIMIT,	 /* count, limit, offset */
	ENVELOPE_PAGES,	 /* limit, offset, count, page, totalPages */
	ENVELOPE_COUNT,	 /* count, offset (null on the first page) */
	ENVELOPE_BARE,	 /* pages, but no counters */
	ENVELOPE_NOTHING /* all rows at once */
};

#define MAX_FILTERS 24
#define MAX_SET 200

struct hostaway_list { /* a request for a list, being put together */
	struct mock_query query;
	struct mock_filter filters[MAX_FILTERS];
	int64_t set[MAX_SET]; /* of the filters with [] */
	size_t n_set;
	bool more; /* not the first page */
};

/* How a parameter's text becomes a number of the row. */
enum param_form {
	PARAM_NUMBER,
	PARAM_TENTHS, /* 9.8 is 98 */
	PARAM_DAY,    /* a date as days since 1970 */
	PARAM_SINCE,  /* a date as the second it begins */
	PARAM_UNTIL,  /* as the second it ends */
	PARAM_WORD    /* a hash of the text: word_value */
};

struct param {		  /* one filter of an endpoint */
	const char *name; /* "listingMapIds[]" takes several, [0] too */
	enum filter_op op;
	int value;
	enum param_form form;
};

/* limit, offset, afterId, page; then the filters. Unknown ones do nothing. */
void list_begin(struct hostaway_list *l, const struct mock_options *o,
    const struct request *r, const struct param *params, size_t n);
void list_filter(struct hostaway_list *l, const struct mock_filter *f);
/* The page and its envelope; *rows (may be NULL) is how many were shown. */
void list_answer(struct hostaway_list *l, struct mock_table *t,
    enum envelope form, struct mock_answer *a, uint64_t *rows);
/* An answer that holds one object: the row, else 404. */
void list_one(struct mock_table *t, struct mock_row *row, int kind,
    struct mock_answer *a);

#endif
