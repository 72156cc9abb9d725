/*
 * retry -- what an answer means, and how long to wait before the next try.
 *
 * Inside of lib/api.
 *
 * Pure judgement: no transfer and no clock of its own. Messages carry the
 * far side's text, bounded, and never the token.
 */
#ifndef HA_RETRY_H
#define HA_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "api/redact.h"
#include "api/http.h"
#include "json/json.h"
#include "source/source.h"
#include "base/why.h"

enum retry_verdict {
	VERDICT_USABLE, /* the body is JSON and no error object */
	VERDICT_AGAIN,	/* may work later, until the time is spent */
	VERDICT_FEW,	/* as AGAIN, but not more than RETRY_FEW times */
	VERDICT_AUTH,	/* 401 or 403: the token, or we are not let in */
	VERDICT_FINAL	/* it will say the same again */
};

#define RETRY_FEW 4

struct judgement {
	enum retry_verdict verdict;
	int64_t wait_ms; /* as the far side asks; -1: it did not say */
	bool all_wait;	 /* the wait is for every caller: a 429 */
	bool works;	 /* for the breaker: the far side is alive */
	bool gone;	 /* FINAL: what was asked for is not there */
	bool broken;	 /* a body that is not JSON, but may be in parts */
	bool smaller;	 /* the same with fewer rows a page may do */
	int64_t rest_ms; /* nobody should call for so long, though it worked */
};

/*
 * now_ms: UNIX time. Unless USABLE, *why has the status and message that
 * hold if this was the last try ("HTTP 404: Resource not found").
 * hide: what that message must not show.
 */
struct judgement retry_judge(const struct source *s, struct json *j,
    const struct http_answer *a, int64_t now_ms, const struct redact *hide,
    struct why *why);

struct retry {		     /* of one call; zero but for the deadline */
	int64_t deadline_us; /* shared_now() */
	unsigned tries;	     /* that failed */
	unsigned few;	     /* of which VERDICT_FEW */
};

/*
 * Another try? 1: yes, at *at_us; 0: no, and *why (of the judgement) is the
 * call's: with EX_TEMPFAIL if its time is spent. patient: false tries again
 * at once (a replay).
 */
int retry_again(struct retry *r, const struct judgement *w, int64_t now_us,
    bool patient, int64_t *at_us, struct why *why);
/*
 * Full jitter: between 0 and min(longest, first * 2^tries), tries from 0.
 * Source: M. Brooker, "Exponential Backoff and Jitter", AWS, 2015.
 */
int64_t retry_backoff_ms(unsigned tries);
/* The wait that the headers of an answer ask for; -1 if none does. */
int64_t retry_wait_ms(const struct source *s, struct json *j,
    const struct http_answer *a, int64_t now_ms);

#endif
