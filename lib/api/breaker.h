/*
 * breaker -- stops calling a far side that only fails; shared like limit.h.
 *
 * Inside of lib/api.
 *
 * Closed: calls go. After so many failures in a row, of all processes
 * together, it opens: nobody calls for a while. Then one call is let
 * through as a probe: its success closes the breaker, its failure opens it
 * for twice as long. A probe whose process died is replaced.
 * Source: M. Nygard, "Release It!", 2nd edition, 2018, chapter 5.
 */
#ifndef HA_BREAKER_H
#define HA_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"

struct breaker;

struct breaker_rule {
	uint32_t failures;  /* in a row */
	int64_t open_us;    /* the first time */
	int64_t longest_us; /* doubles up to this */
	int64_t probe_us;   /* a probe is given up after */
};

struct breaker *breaker_open(const char *api, const char *account,
    const struct breaker_rule *rule, struct why *why);
void breaker_close(struct breaker *b); /* NULL is fine */
/* 1: call; 0: it is open, ask again in *wait_us; -1. */
int breaker_try(struct breaker *b, int64_t *wait_us, struct why *why);
/* How a call ended. ok: the far side works (any answer but 5xx). */
int breaker_tell(struct breaker *b, bool ok, struct why *why);

#endif
