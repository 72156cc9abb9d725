/*
 * described_int -- what the files of the described fake share: described.c
 * finds what a request is about, described_page.c answers with a page of it,
 * described_odata.c finds the rows that a filter of OData wants.
 *
 * Inside of lib/mock/described.
 */
#ifndef HA_DESCRIBED_INT_H
#define HA_DESCRIBED_INT_H

#include "mock/described/described_table.h"

/* Places in the envelope. */
enum { PLACE_ROWS, PLACE_COUNT, PLACE_LIMIT, PLACE_STATUS, PLACE_NEXT, PLACES };

struct described {
	const struct mock_options *o;
	struct source *s;
	struct described_kind *kinds;
	struct tree *envelope, *token;
	int place[PLACES]; /* number of each place, -1: none */
	int token_place, expires_place;
	int64_t clock; /* each change takes a second */
	uint64_t pages;
	char header[128], prefix[128]; /* that carry the token */
};

/* The first path of `.a // .b`, or of a plain path; -1: none. */
int described_place(struct tree *t, const struct expr *e);
/* Makes the envelope, with a place for whatever leads to a next page. */
void described_envelope(struct described *ms);
/* group: the text that names the parent, NULL for the whole list. */
void described_page(struct described *ms, struct described_kind *k,
    const struct paging *how, const struct request *r, const char *group,
    struct mock_answer *a);

/*
 * Adds the first rows, at most `limit`, that pass $filter, in the order of
 * $orderby, with commas between; *count is how many pass. group: as above,
 * or NULL. -1: the question is wrong, and *why says how.
 */
int described_odata(struct described *ms, struct described_kind *k,
    const struct request *r, const int64_t *group, uint64_t limit,
    struct buf *to, uint64_t *count, struct why *why);

#endif
