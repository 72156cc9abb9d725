/*
 * attempt -- the way to one API: single tries, through limiter and breaker.
 *
 * Inside of lib/api.
 *
 * Starts a request when every window and the breaker allow it, and hands
 * back the answer with a judgement (retry.h). What all processes must know
 * (starts, a 429, a dead far side) it tells the shared files; with HA_TAPE
 * it records, with HA_REPLAY it answers without network, limiter or breaker.
 */
#ifndef HA_ATTEMPT_H
#define HA_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "api/http.h"
#include "api/retry.h"
#include "source/source.h"
#include "api/tape.h"
#include "base/why.h"

struct attempt_options { /* all borrowed for the life of the attempts */
	const struct source *source;
	const char *base;    /* "https://api.example.com/v1" */
	const char *account; /* "" if unknown */
	struct tape *tape;   /* may be NULL */
	struct redact *hide;
	int max_flight;
	bool rows;		 /* of struct http_answer */
	uint64_t *calls;	 /* counts what left */
	struct failing *failing; /* told by attempts_again; may be NULL */
};

struct attempt_request {    /* borrowed during attempt_start */
	const char *path;   /* "/reservations?limit=2", or a URL that
			       attempt_check lets through */
	const char *header; /* "Authorization: Bearer …"; NULL: none */
	const char *form;   /* not NULL: a POST whose answer is a secret */
	int64_t timeout_ms;
	void *tag;
};

struct attempt_answer {
	void *tag;
	bool back; /* its turn was over before it left: start it again */
	struct http_answer http;
	struct judgement judged;
	struct why why; /* unless judged usable */
};

struct attempts;

struct attempts *attempts_open(
    const struct attempt_options *o, struct why *why);
void attempts_close(struct attempts *l); /* NULL is fine */
/* 1: it is on its way; 0: ask again in *wait_us, *why says what for; -1. */
int attempt_start(struct attempts *l, const struct attempt_request *r,
    int64_t *wait_us, struct why *why);
/* Works for at most wait_ms: 1 and a finished try, 0, or -1. */
int attempt_next(
    struct attempts *l, int wait_ms, struct attempt_answer *a, struct why *why);
/* Is what this path leads to refused whatever the token (denied.h)? It is. */
bool attempt_denied(struct attempts *l, const char *path);
void attempt_deny(struct attempts *l, const char *path);
void attempt_answer_release(struct attempt_answer *a);
/* It failed so, and is tried again at that time of shared_now(). */
void attempts_again(
    const struct attempts *l, const struct why *why, int64_t at_us);
/* Is it a path, or a URL of base's or a described host? Else EX_USAGE. */
int attempt_check(const struct source *s, const char *base, const char *path,
    struct why *why);

#endif
