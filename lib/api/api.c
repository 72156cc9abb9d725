#include "api/api.h"

#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "api/redact.h"
#include "api/attempt.h"
#include "api/failing.h"
#include "api/retry.h"
#include "base/shared.h"
#include "api/tape.h"
#include "api/token.h"

#define TIMEOUT_MS 300000
#define POLL_MS 1000
#define IDLE_MS 200
#define NEWER_MAX 3 /* tries with a newer token that another call brought */

struct call {
	TAILQ_ENTRY(call) next;
	char *path;
	struct retry retry; /* deadline 0: not begun */
	int64_t not_before_us;
	uint64_t generation; /* of the token it went out with */
	bool renewed;	     /* a token was minted for its sake */
	bool finished;	     /* it is in done */
	unsigned newer, sent;
	struct api_answer answer;
};

TAILQ_HEAD(calls, call);

struct api {
	const struct source *source;
	char *dbname, *base;
	int64_t timeout_ms;
	int max_flight;
	void (*idle)(void *);
	void *idle_ctx;
	bool (*stop)(void);
	struct redact hide;
	struct tape *tape;
	struct token *token;
	struct attempts *attempts;
	struct attempts *mint_attempts; /* opened for the first mint */
	struct calls waiting, flying, done;
	size_t n_flying, pending;
	struct buf header;
	bool rows, held; /* held: what to start waits for limiter or far side */
	struct failing failing; /* the tries of mints, too */
	struct api_counts counts;
};

static int
attempts_of(
    struct api *a, int max_flight, struct attempts **to, struct why *why)
{
	const struct attempt_options o = {.source = a->source,
	    .base = a->base,
	    .account = token_account(a->token),
	    .tape = a->tape,
	    .hide = &a->hide,
	    .max_flight = max_flight,
	    .rows = a->rows,
	    .calls = &a->counts.calls,
	    .failing = &a->failing};

	*to = attempts_open(&o, why);
	return *to == NULL ? -1 : 0;
}

/* HA_BASE_URL, the account's, the description's. */
static void
choose_base(struct api *a)
{
	const char *base = getenv("HA_BASE_URL");

	if (base == NULL || *base == '\0')
		base = token_base_url(a->token);
	if (base == NULL || *base == '\0')
		base = a->source->base;
	a->base = mem_str(base != NULL ? base : "");
}

struct api *
api_open(const struct source *s, const struct api_options *o, struct why *why)
{
	struct api *a = mem_new(1, sizeof(*a));
	bool plays;

	TAILQ_INIT(&a->waiting);
	TAILQ_INIT(&a->flying);
	TAILQ_INIT(&a->done);
	redact_init(&a->hide);
	a->source = s;
	a->dbname = mem_str(o->dbname);
	a->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
	a->rows = o->rows;
	a->max_flight = o->max_flight > 0 ? o->max_flight : 1;
	a->idle = a->failing.changed = o->idle;
	a->idle_ctx = a->failing.ctx = o->idle_ctx;
	a->stop = o->stop;
	if (tape_open(&a->tape, s->name, why) == -1)
		goto failed;
	plays = tape_plays(a->tape);
	a->token = token_open(s, a->dbname, o->account,
	    plays ? tape_account(a->tape) : NULL, &a->hide, why);
	if (a->token == NULL)
		goto failed;
	choose_base(a);
	if (attempts_of(a, a->max_flight, &a->attempts, why) == -1) {
		why_in(why, "%s", s->name);
		goto failed;
	}
	return a;
failed:
	api_close(a);
	return NULL;
}

static void
call_free(struct call *c)
{
	api_answer_release(&c->answer);
	free(c->path);
	free(c);
}

static void
calls_free(struct calls *list)
{
	struct call *c;

	while ((c = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, c, next);
		call_free(c);
	}
}

void
api_close(struct api *a)
{
	if (a == NULL)
		return;
	attempts_close(a->attempts);
	attempts_close(a->mint_attempts);
	calls_free(&a->waiting);
	calls_free(&a->flying);
	calls_free(&a->done);
	token_close(a->token);
	tape_close(a->tape);
	redact_release(&a->hide);
	buf_wipe(&a->header);
	free(a->dbname);
	free(a->base);
	free(a);
}

const char *
api_account(const struct api *a)
{
	return token_account(a->token);
}

const char *
api_base(const struct api *a)
{
	return a->base;
}

bool
api_hide(const struct api *a, struct buf *text)
{
	return redact_in(&a->hide, text);
}

size_t
api_pending(const struct api *a)
{
	return a->pending;
}

struct api_counts
api_counts(const struct api *a)
{
	struct api_counts n = a->counts;

	if (a->failing.why.status != 0) {
		n.failed = a->failing.why.msg;
		n.again_ms = failing_left_ms(&a->failing);
	}
	return n;
}

bool
api_tell_failed(struct api *a, struct buf *to)
{
	return failing_tell(&a->failing, a->source->name, to);
}

void
api_answer_release(struct api_answer *ans)
{
	buf_release(&ans->body);
}

static struct call *
submit(struct api *a, const char *path, void *tag, struct why *why)
{
	struct call *c;

	if (attempt_check(a->source, a->base, path, why) == -1)
		return NULL;
	c = mem_new(1, sizeof(*c));
	c->path = mem_str(path);
	c->answer.tag = tag;
	TAILQ_INSERT_TAIL(&a->waiting, c, next);
	a->pending++;
	return c;
}

int
api_submit(struct api *a, const char *path_query, void *tag, struct why *why)
{
	return submit(a, path_query, tag, why) == NULL ? -1 : 0;
}

/* The call leaves `from` for done; failed: with *why, "GET /path" in front. */
static void
finish(
    struct api *a, struct calls *from, struct call *c, const struct why *failed)
{
	TAILQ_REMOVE(from, c, next);
	TAILQ_INSERT_TAIL(&a->done, c, next);
	c->finished = true;
	c->answer.retries = c->sent > 0 ? c->sent - 1 : 0;
	if (failed == NULL)
		return;
	c->answer.rc = -1;
	c->answer.why = *failed;
	/* without the query: it may name a guest */
	why_in(&c->answer.why, "%s: GET %.*s", a->source->name,
	    (int)strcspn(c->path, "?"), c->path);
}

/*
 * A mint serves all, and so does its failure; but as long as the old token
 * lasts, only those fail that were refused with it.
 */
static void
renew(struct api *a, int64_t deadline_us)
{
	struct why why = {0};
	struct call *c, *behind;
	bool spare;

	if ((a->mint_attempts != NULL ||
		attempts_of(a, 1, &a->mint_attempts, &why) == 0) &&
	    token_renew(a->token, a->mint_attempts, deadline_us,
		&a->counts.retries, &why) == 0)
		return;
	spare = token_keep(a->token);
	TAILQ_FOREACH_SAFE(c, &a->waiting, next, behind)
	{
		if (!spare || c->renewed)
			finish(a, &a->waiting, c, &why);
	}
}

/*
 * Starts the call, or says when: 1 started or finished, 0 not before
 * *wait_us (nobody else either), -1 failed.
 */
static int
start(struct api *a, struct call *c, int64_t now, int64_t *wait_us,
    struct why *why)
{
	struct attempt_request r = {.path = c->path, .tag = c};
	int rc;

	rc = token_ready(a->token, &a->header, &c->generation, wait_us);
	if (rc == -1) {
		renew(a, c->retry.deadline_us);
		*wait_us = 0;
		return 0;
	}
	if (rc == 0) {
		why_set(why, EX_TEMPFAIL, "a new token is not valid yet");
	} else {
		if (a->header.len > 0)
			r.header = a->header.at;
		r.timeout_ms = (c->retry.deadline_us - now) / 1000 + 1;
		rc = attempt_start(a->attempts, &r, wait_us, why);
	}
	if (rc == 0 && now + *wait_us >= c->retry.deadline_us)
		return why_set(
		    why, EX_TEMPFAIL, "%s, and the time ends before", why->msg);
	if (rc == 1) {
		TAILQ_REMOVE(&a->waiting, c, next);
		TAILQ_INSERT_TAIL(&a->flying, c, next);
		a->n_flying++;
		c->sent++;
	}
	return rc;
}

/* Starts what may start; *wake_us: when to look again. */
static void
pump(struct api *a, int64_t *wake_us)
{
	int64_t now = shared_now(), wait_us = 0;
	struct call *c, *behind;
	struct why why = {0};
	int rc;

	*wake_us = now + POLL_MS * 1000;
	a->held = false;
	TAILQ_FOREACH_SAFE(c, &a->waiting, next, behind)
	{
		if (a->n_flying >= (size_t)a->max_flight)
			return;
		if (c->retry.deadline_us == 0)
			c->retry.deadline_us = now + a->timeout_ms * 1000;
		if (now >= c->retry.deadline_us) {
			why_set(&why, EX_TEMPFAIL, "the time is spent");
			finish(a, &a->waiting, c, &why);
			continue;
		}
		if (c->not_before_us > now) {
			a->held = true;
			if (c->not_before_us < *wake_us)
				*wake_us = c->not_before_us;
			continue;
		}
		rc = start(a, c, now, &wait_us, &why);
		if (rc == -1)
			finish(a, &a->waiting, c, &why);
		if (rc != 0)
			continue;
		a->held = wait_us > 0;
		if (now + wait_us < *wake_us)
			*wake_us = now + wait_us;
		return;
	}
}

/* Once more: with another token, or when the retry says. */
static bool
again(struct api *a, struct call *c, const struct attempt_answer *la,
    struct why *why)
{
	bool plays = tape_plays(a->tape);

	c->not_before_us = 0;
	if (la->back) {
		c->sent--;
		return true;
	}
	if (la->judged.verdict == VERDICT_AUTH) {
		/* the same with a token that was minted for it: it is denied */
		if (!c->renewed && attempt_denied(a->attempts, c->path))
			return false;
		if (!token_refused(a->token, c->generation, c->renewed) ||
		    c->newer++ >= NEWER_MAX) {
			if (c->renewed)
				attempt_deny(a->attempts, c->path);
			return false;
		}
		c->renewed = true;
		a->counts.retries++;
		return true;
	}
	if (retry_again(&c->retry, &la->judged, shared_now(), !plays,
		&c->not_before_us, why) == 0)
		return false;
	a->counts.retries++;
	if (!plays) /* a tape is not waited for */
		failing_again(&a->failing, why, c->not_before_us);
	return true;
}

static void
settle(struct api *a, struct attempt_answer *la)
{
	struct call *c = la->tag;
	struct why why = la->why;

	a->n_flying--;
	c->answer.code = la->http.code;
	c->answer.ms = la->http.ms;
	c->answer.far_ms = http_far_ms(&la->http);
	if (!la->back && la->judged.verdict == VERDICT_USABLE) {
		token_worked(a->token, c->generation);
		failing_over(&a->failing);
		c->answer.body = la->http.body;
		buf_init(&la->http.body);
		if (c->answer.body.len == 0)
			buf_release(&c->answer.body);
		finish(a, &a->flying, c, NULL);
	} else if (again(a, c, la, &why)) {
		TAILQ_REMOVE(&a->flying, c, next);
		/* an older call goes before those that never went */
		TAILQ_INSERT_HEAD(&a->waiting, c, next);
	} else {
		c->answer.gone = la->judged.gone;
		c->answer.smaller = la->judged.smaller;
		if ((c->answer.broken = !la->back && la->judged.broken)) {
			c->answer.body = la->http.body;
			buf_init(&la->http.body);
		}
		finish(a, &a->flying, c, &why);
	}
	attempt_answer_release(la);
}

/* One round: start, work, take what came. */
static int
turn(struct api *a, struct why *why)
{
	struct attempt_answer la = {0};
	int64_t before, wake_us, wait_ms;
	int rc;

	pump(a, &wake_us);
	if (!TAILQ_EMPTY(&a->done))
		return 0;
	before = shared_now();
	wait_ms = wake_us <= before ? 0 : (wake_us - before + 999) / 1000;
	if (a->idle != NULL && wait_ms > IDLE_MS)
		wait_ms = IDLE_MS;
	a->counts.waiting = a->held && wait_ms > 0;
	rc = attempt_next(a->attempts, (int)wait_ms, &la, why);
	if (a->counts.waiting)
		a->counts.waited_ms +=
		    (uint64_t)(shared_now() - before + 500) / 1000;
	if (rc == 1)
		settle(a, &la);
	if (a->idle != NULL)
		a->idle(a->idle_ctx);
	return rc == -1 ? -1 : 0;
}

int
api_work(struct api *a, struct why *why)
{
	struct attempt_answer la = {0};
	int64_t wake_us;
	int rc;

	pump(a, &wake_us);
	if (a->n_flying == 0)
		return 0;
	if ((rc = attempt_next(a->attempts, 0, &la, why)) == 1)
		settle(a, &la);
	return rc == -1 ? -1 : 0;
}

static void
hand_over(struct api *a, struct call *c, struct api_answer *ans)
{
	TAILQ_REMOVE(&a->done, c, next);
	a->pending--;
	a->counts.waiting = false;
	*ans = c->answer;
	buf_init(&c->answer.body);
	call_free(c);
}

int
api_next(struct api *a, struct api_answer *ans, struct why *why)
{
	while (TAILQ_EMPTY(&a->done)) {
		if (a->pending == 0)
			return 0;
		if (a->stop != NULL && a->stop())
			return why_set(why, EX_TEMPFAIL, "ended by a signal");
		if (turn(a, why) == -1)
			return -1;
	}
	hand_over(a, TAILQ_FIRST(&a->done), ans);
	return 1;
}

int
api_get(struct api *a, const char *path_query, struct api_answer *ans)
{
	struct call *c;

	memset(ans, 0, sizeof(*ans));
	if ((c = submit(a, path_query, NULL, &ans->why)) == NULL)
		return ans->rc = -1;
	while (!c->finished) /* others stay there for api_next */
		if (turn(a, &ans->why) == -1)
			return ans->rc = -1;
	hand_over(a, c, ans);
	return ans->rc;
}
