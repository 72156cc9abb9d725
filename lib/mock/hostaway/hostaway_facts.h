/*
 * hostaway_facts -- an invented Hostaway account: what there is and when it
 * happened. How it looks as JSON is hostaway_json's.
 *
 * Everything follows from size and seed. Owns all facts; they live until
 * estate_free. Times are seconds since 1970 (UTC), days are days since 1970.
 * Ids grow with the moment a thing was stored.
 *
 * Inside of lib/mock/hostaway.
 */
#ifndef HA_HOSTAWAY_FACTS_H
#define HA_HOSTAWAY_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/server/mock_backend.h"
#include "mock/server/mock_gen.h"

enum channel { AIRBNB, VRBO, DIRECT, CHANNELS };

struct listing {
	int64_t id, inserted, latest;
	int no, photos;
	int edits; /* made since, they show in the text */
};

struct thread;

struct booking { /* a reservation */
	int64_t id;
	int64_t listing, first_listing; /* it may have moved */
	int64_t inserted, updated, latest;
	int64_t arrival; /* day */
	int64_t guest;	 /* who: the same guest may come again */
	int nights;
	enum channel channel;
	const char *status;
	int edits;
	struct thread *thread; /* NULL: none */
};

enum origin { FROM_CHANNEL, FROM_DASHBOARD, FROM_AUTOMATION };

struct note { /* a message */
	int64_t id;
	int64_t listing; /* where it was said, should the booking move */
	int64_t date, inserted, updated;
	int64_t sent; /* handed to the channel; 0: not, or not by us */
	struct thread *thread;
	const char *status;
	enum origin origin;
	bool incoming, attachment, orphan;
};

struct thread { /* a conversation */
	int64_t id;
	int64_t sent, received; /* received 0: never */
	struct booking *booking;
	struct note **notes; /* by id */
	size_t n, room;
};

struct estate {
	struct mock_size size;
	struct listing **listings;
	size_t n_listings;
	struct booking **bookings;
	size_t n_bookings;
	struct thread **threads;
	size_t n_threads;
	int64_t next_booking, next_thread, next_note;
};

struct estate *estate_new(const struct mock_size *size);
void estate_free(struct estate *e); /* NULL is fine */

/* A thing of its own later on, owned by the estate, found in its arrays. */
struct booking *estate_book(struct estate *e, int64_t listing, int64_t at);
struct thread *estate_talk(struct estate *e, struct booking *b);
struct note *estate_say(struct estate *e, struct thread *t);
/* Takes the message out of its thread and frees it. */
void estate_unsay(struct note *m);

#endif
