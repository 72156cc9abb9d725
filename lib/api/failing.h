/*
 * failing -- the last try, while it is one that failed and is repeated.
 *
 * Inside of lib/api. All zero but for who is told: no try failed.
 */
#ifndef HA_FAILING_H
#define HA_FAILING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

struct failing {
	struct why why;		    /* status 0: the last try worked */
	int64_t again_us;	    /* shared_now() of the next one */
	int64_t told_us;	    /* to people, last; 0: never */
	void (*changed)(void *ctx); /* a try failed; may be NULL */
	void *ctx;
};

void failing_again(struct failing *f, const struct why *why, int64_t at_us);
void failing_over(struct failing *f);
/* Until the next try, in milliseconds. */
uint64_t failing_left_ms(const struct failing *f);
/* A line for people, once a minute; false: there is none. */
bool failing_tell(struct failing *f, const char *source, struct buf *to);

#endif
