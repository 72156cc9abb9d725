/*
 * position -- what comes from outside and steers: a value of the data, and
 * its order.
 *
 * A value that cannot be compared is no value: it is a time (time_parse) or a
 * finite number, else there is none. No value is before all numbers, and
 * these are before all times, so that one 0 among times decides nothing. The
 * caller holds the struct, all zero at first, then position_release.
 */
#ifndef HA_POSITION_H
#define HA_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What two clocks may differ by: later than now and this is the future. */
#define POSITION_SKEW_US INT64_C(300000000)

enum position_kind { POSITION_NONE, POSITION_NUMBER, POSITION_TIME };

struct position {
	struct buf text; /* as it stands in the data; empty: none */
	enum position_kind kind;
	int64_t us; /* micro seconds since 1970 */
	long double number;
};

void position_release(struct position *p);
void position_clear(struct position *p);
/* false: the text is nothing that can be compared, so there is none. */
bool position_set(struct position *p, const char *text, size_t len);
bool position_is(const struct position *p); /* there is one */
/* < 0, 0, > 0 */
int position_cmp(const struct position *a, const struct position *b);
/* A time behind what is believed: see position_horizon. */
bool position_late(const struct position *p, int64_t horizon_us);
/*
 * The last time that is believed when a clock says so: the far side's at its
 * answer, milliseconds since 1970; 0: this machine's.
 */
int64_t position_horizon(int64_t clock_ms);
/* *p becomes the larger of the two. */
void position_raise(struct position *p, const struct position *by);
/* A time moves back by so much; anything else stays. */
void position_back(struct position *p, int64_t ms);
/* Adds it, moved back, in the form that it has in OData. */
void position_print_back(const struct position *p, int64_t ms, struct buf *to);
/* A time in whole seconds since 1970; 0 if it is none. */
uint32_t position_seconds(const struct position *p);

#endif
