/*
 * position -- how far a run has read: a value of the data, and its order.
 *
 * Inside of lib/page.
 *
 * Two values compare as times if both are (time_parse), else as numbers if
 * both are, else byte by byte. The caller holds the struct, all zero at
 * first, then position_release.
 */
#ifndef HA_POSITION_H
#define HA_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct position {
	struct buf text; /* as it stands in the data; empty: none */
	bool is_time, is_number;
	int64_t us; /* micro seconds since 1970 */
	long double number;
};

void position_release(struct position *p);
void position_set(struct position *p, const char *text, size_t len);
bool position_is(const struct position *p); /* there is one */
/* < 0, 0, > 0; no position is before all others. */
int position_cmp(const struct position *a, const struct position *b);
/* *p becomes the larger of the two. */
void position_raise(struct position *p, const struct position *by);
/* A time moves back by so much; anything else stays. */
void position_back(struct position *p, int64_t ms);
/* Adds it, moved back, in the form that it has in OData. */
void position_print_back(const struct position *p, int64_t ms, struct buf *to);
/* A time in whole seconds since 1970; 0 if it is none. */
uint32_t position_seconds(const struct position *p);

#endif
