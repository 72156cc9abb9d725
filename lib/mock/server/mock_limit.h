/*
 * mock_limit -- the rate limits of an API: true sliding windows.
 *
 * A request is let in if fewer than N were let in during the W milliseconds
 * before it, for its account and for its address, each counted on arrival.
 * A refused request counts for neither. Times are microseconds of any clock
 * that does not go back.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_LIMIT_H
#define HA_MOCK_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct mock_limit;

enum limit_scope { LIMIT_ACCOUNT, LIMIT_ADDRESS, LIMIT_SCOPES };

struct limit_rule {
	int requests; /* 0: no limit */
	int64_t window_ms;
};

/*
 * "new": 200/10s for both; "old": 20/10s an account, 15/10s an address;
 * "none"; or "N/Ws" ("30/2s", "50/500ms") for both. EX_USAGE.
 */
int limit_parse(
    const char *text, struct limit_rule rules[LIMIT_SCOPES], struct why *why);

struct mock_limit *mock_limit_new(const struct limit_rule rules[]);
void mock_limit_free(struct mock_limit *l); /* NULL is fine */
/* true: it may pass now. Otherwise *free_at_us is when a place is free. */
bool mock_limit_check(struct mock_limit *l, enum limit_scope scope,
    const char *who, int64_t now_us, int64_t *free_at_us);
/* Counts one that mock_limit_check let pass. */
void mock_limit_count(struct mock_limit *l, enum limit_scope scope,
    const char *who, int64_t now_us);
/* How many would pass now. */
int mock_limit_left(struct mock_limit *l, enum limit_scope scope,
    const char *who, int64_t now_us);
const struct limit_rule *mock_limit_rule(
    const struct mock_limit *l, enum limit_scope scope);
/* Forgets all that was counted, under other rules from now on. */
void mock_limit_set(struct mock_limit *l, const struct limit_rule rules[]);

#endif
