/*
 * hostaway_int -- Hostaway's endpoints over an invented account.
 *
 * What is shared between the modules that answer (hostaway), that change the
 * account (hostaway_change) and that hold the small lists (hostaway_lists).
 * The estate's facts and the tables' rows are kept in step by
 * hostaway_change: nothing else may change a fact.
 *
 * Inside of lib/mock/hostaway.
 */
#ifndef HA_HOSTAWAY_INT_H
#define HA_HOSTAWAY_INT_H

#include "mock/server/mock_backend.h"
#include "mock/hostaway/hostaway_facts.h"
#include "mock/server/mock_store.h"

/* The numbers of rows, by which lists are sorted and filtered. */
enum { LISTING_NAME, LISTING_ORDER, LISTING_LATEST };
enum {
	BOOKING_LISTING,
	BOOKING_UPDATED,
	BOOKING_LATEST,
	BOOKING_CHANNEL,
	BOOKING_ARRIVAL,
	BOOKING_DEPARTURE,
	BOOKING_SENT,
	BOOKING_RECEIVED,
	BOOKING_INSERTED,
	BOOKING_CANCELLED,
	BOOKING_ZERO /* isArchived and the like: 0 in every row */
};
enum { THREAD_BOOKING, THREAD_SENT };
enum { NOTE_THREAD, NOTE_DATE, NOTE_IS_SENT };
enum {
	REVIEW_LISTING,
	REVIEW_BOOKING,
	REVIEW_CHANNEL,
	REVIEW_TYPE,
	REVIEW_STATUS,
	REVIEW_RATING, /* tenths */
	REVIEW_SUBMITTED,
	REVIEW_ARRIVAL,
	REVIEW_DEPARTURE
};

struct extra; /* the small lists */

struct review {
	int64_t id;
	const struct booking *booking;
	bool by_host;
	const char *status;
	int64_t submitted; /* 0: nobody wrote yet */
	int64_t inserted, updated;
	int rating; /* tenths */
};

struct hostaway {
	const struct mock_options *o;
	struct estate *e;
	struct mock_table *listings, *bookings, *threads, *notes, *reviews;
	struct extra *extra;
	struct review **all_reviews; /* owned; also those deleted */
	size_t n_reviews;
	int64_t clock;	/* of the account: each change takes a second */
	uint64_t reads; /* of messages: their signatures differ */
	uint64_t pages; /* asked for; moves are drawn from it */
	/* knobs of arriving messages, and of lists that move */
	double late_import, late_automation, unmoved_sent;
	double move, vanish, relist;
};

/* Makes the tables' rows of all facts. */
void change_open(struct hostaway *h);
/* Lists move while they are read: before another page than the first. */
void change_between_pages(struct hostaway *h);
bool change_control(struct hostaway *h, struct request *r, const char *path,
    struct mock_answer *a);

struct extra *extra_new(struct hostaway *h);
void extra_free(struct extra *x); /* NULL is fine */
/* false: not one of the small lists */
bool extra_serve(struct extra *x, const struct request *r, const char *path,
    struct mock_answer *a);
/* The table that holds a small list, by its path; NULL: none. */
struct mock_table *extra_table(struct extra *x, const char *path);
/* Adds the rows of a list per listing or reservation, a line each; name:
   its path without the id ("financeField"). false: no such list. */
bool extra_dump(struct extra *x, const char *name, struct buf *to);

/* Both rows of a stay: by the guest and by the host. */
void review_add(struct hostaway *h, const struct booking *b);
/* Written and published now. */
void review_publish(struct hostaway *h, struct mock_row *row);
void review_render(
    const struct hostaway *h, const struct review *v, struct buf *to);
void review_close(struct hostaway *h);

/* GET /listings/{id}/calendar: a day each from startDate to endDate. */
void calendar_serve(struct hostaway *h, const struct request *r,
    int64_t listing, struct mock_answer *a);

#endif
