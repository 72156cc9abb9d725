/*
 * hostaway_json -- how the invented Hostaway account looks as JSON: key names,
 * their order, types and nulls as the API has them.
 *
 * All functions add one object to *to and cannot fail. The same fact gives
 * the same bytes, but for attachment URLs that carry `reads`.
 *
 * Inside of lib/mock/hostaway.
 */
#ifndef HA_HOSTAWAY_JSON_H
#define HA_HOSTAWAY_JSON_H

#include <stdint.h>

#include "base/buf.h"
#include "mock/hostaway/hostaway_facts.h"

enum booking_form {
	BOOKING_FULL,	 /* with what includeResources=1 brings */
	BOOKING_THIN,	 /* as documented without it */
	BOOKING_EMBEDDED /* the thinned copy inside a conversation */
};

void shape_listing(
    const struct estate *e, const struct listing *l, struct buf *to);
void shape_booking(const struct estate *e, const struct booking *b,
    enum booking_form form, struct buf *to);
void shape_thread(
    const struct estate *e, const struct thread *t, struct buf *to);
/* As an element of the messages list. reads 0: the URLs stay the same. */
void shape_note(const struct estate *e, const struct note *m, uint64_t reads,
    struct buf *to);
/* The name of a listing, known or not; quoted. */
void shape_listing_name(const struct estate *e, int64_t id, struct buf *to);
/* The guest's first and last name; of a fixed array, not owned. */
void shape_guest(const struct estate *e, const struct booking *b,
    const char **first, const char **last);
/* The guest's mail address as the reservation has it: quoted, or null. */
void shape_email(
    const struct estate *e, const struct booking *b, struct buf *to);
int shape_channel(enum channel c); /* 2018 */

#endif
