/*
 * api -- one authenticated GET at a time or many: token, limiter, retries.
 *
 * Puts together http (transfers), limit (the machine's shared sliding window
 * and breaker), retry (what an answer means), token (mint, cache) and tape.
 * A call is finished when its answer is usable, or when it failed for good
 * or its time is spent. Times are in milliseconds.
 */
#ifndef HA_API_H
#define HA_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "source/source.h"
#include "base/why.h"

struct api;

struct api_options {
	const char *dbname;  /* -d; opened only when a token needs it */
	const char *account; /* -a; NULL: the only one */
	int64_t timeout_ms;  /* -T: for one call with its retries */
	int max_flight;	     /* transfers at once */
	bool rows; /* answers go to page_take: large ones are checked there */
	/* Called some times a second while api_next or api_get waits. */
	void (*idle)(void *ctx);
	void *idle_ctx;
	/* True: api_next fails with EX_TEMPFAIL instead of waiting. */
	bool (*stop)(void);
};

struct api_answer {
	void *tag;	 /* as given to api_submit */
	long code;	 /* HTTP status of the final answer, 0 if none */
	struct buf body; /* decompressed; JSON_PADDING bytes behind;
			    at is NULL: no content */
	int rc;		 /* 0: usable; -1: failed, see why */
	bool gone;	 /* failed: what was asked for is not there */
	bool broken;	 /* failed: body is there, and is not all JSON */
	bool smaller;	 /* failed: fewer rows a page may do */
	struct why why;
	int64_t ms;	  /* of the last try */
	int64_t far_ms;	  /* the far side's clock, since 1970; 0: no Date */
	unsigned retries; /* before it */
};

struct api_counts {
	uint64_t calls;	    /* transfers started, token mints included */
	uint64_t retries;   /* of which repeats */
	uint64_t waited_ms; /* waiting for the limiter, the far side's waits */
	bool waiting;	    /* just now */
	/* The last try failed so; NULL: it worked. Borrowed as the api is. */
	const char *failed;
	uint64_t again_ms; /* until it is tried again */
};

/*
 * HA_BASE_URL beats the account's base URL beats the description's. HTTPS,
 * or HTTP to loopback. EX_CONFIG / EX_USAGE when no account can be used.
 */
struct api *api_open(
    const struct source *s, const struct api_options *o, struct why *why);
void api_close(struct api *a); /* NULL is fine */
/* "59808": what -a or the database says; never NULL, "" with HA_TOKEN and no
 * -a. */
const char *api_account(const struct api *a);

const char *api_base(const struct api *a); /* never NULL */
/* Secrets that this API was told, starred out; true: there was one. */
bool api_hide(const struct api *a, struct buf *text);

/*
 * path_query: "/reservations?limit=100", or an absolute URL on the host of
 * the base URL or on one of the description's "hosts". Borrowed during the call
 * only. The answer is the caller's: api_answer_release.
 */
int api_get(struct api *a, const char *path_query, struct api_answer *ans);
/* Queues a call; never blocks. */
int api_submit(
    struct api *a, const char *path_query, void *tag, struct why *why);
/* Sends and takes in what can be without waiting: for who is busy meanwhile. */
int api_work(struct api *a, struct why *why);
size_t api_pending(const struct api *a);
/* Waits for the next finished call: 1, 0 if none is pending, -1. */
int api_next(struct api *a, struct api_answer *ans, struct why *why);
void api_answer_release(struct api_answer *ans);
/*
 * For people, who wait: the reason of a failed try and when the next one is,
 * in *to. False: there is nothing to say, or it was said a minute ago.
 */
bool api_tell_failed(struct api *a, struct buf *to);
struct api_counts api_counts(const struct api *a);

#endif
