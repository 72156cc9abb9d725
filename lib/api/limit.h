/*
 * limit -- the sliding windows of an API, kept by all processes together.
 *
 * Inside of lib/api.
 *
 * Each limit of a description has one file (shared.h) with the starts of its
 * last calls. A call may start only when every window allows it. limit_try
 * sets a place aside, limit_go makes it good at the very moment the request
 * leaves (under the lock, so that no delay in between can squeeze two
 * windows), limit_came moves it to when the far side had it at the latest.
 * Times are micro seconds of shared_now().
 */
#ifndef HA_LIMIT_H
#define HA_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "source/source.h"
#include "base/why.h"

#define LIMIT_FILES 8 /* limits of one source, at most */

struct limits;

struct limit_ticket { /* one call's places; all zero: it has none */
	uint64_t id;
	bool gone; /* limit_go said yes */
	uint32_t place[LIMIT_FILES];
	int64_t start_us;
};

/*
 * api: the source's name, with the host behind it where that is not the
 * description's. lower: HA_LIMIT ("50/10s") or NULL; EX_CONFIG if malformed.
 */
struct limits *limits_open(const struct limit *at, size_t n, const char *api,
    const char *account, const char *lower, struct why *why);
void limits_close(struct limits *l); /* NULL is fine */
/* 1: *t has its places; 0: not now, *wait_us says when to ask; -1. */
int limit_try(struct limits *l, struct limit_ticket *t, int64_t *wait_us,
    struct why *why);
/* 1: the request may leave now; 0: too late, the places went; -1. */
int limit_go(struct limits *l, struct limit_ticket *t, struct why *why);
/* The first byte of the answer is here. */
int limit_came(struct limits *l, struct limit_ticket *t, struct why *why);
/* Gives back places of a call that never left. */
int limit_drop(struct limits *l, struct limit_ticket *t, struct why *why);
/* Nobody starts for that long: a 429 of one stops all. */
int limit_block(struct limits *l, int64_t wait_us, struct why *why);

#endif
