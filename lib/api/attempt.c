#include "api/attempt.h"

#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include "api/breaker.h"
#include "api/denied.h"
#include "api/failing.h"
#include "base/clock.h"
#include "json/json.h"
#include "api/limit.h"
#include "base/mem.h"
#include "url/url.h"

static const struct breaker_rule breaker_rule = {
    .failures = 20,
    .open_us = 5000000,
    .longest_us = 300000000,
    .probe_us = 10000000,
};

struct
try {
	STAILQ_ENTRY(try) next;
	struct attempts *attempts;
	struct limit_ticket ticket;
	struct http_answer played;
	char *method, *path;
	bool secret;
	void *tag;
	struct why why; /* of what happened in a callback */
};

struct attempts {
	struct attempt_options o;
	struct http *http;
	struct json *json;
	struct limits *limits, *mints; /* mints: what only minting waits for */
	struct breaker *breaker;
	struct denied *denied;
	STAILQ_HEAD(, try) sent;
	STAILQ_HEAD(, try) played; /* of a replay: answered at once */
};

/* "hostaway", or "hostaway@127.0.0.1:8080" away from the usual host. */
static void
api_name(const struct attempt_options *o, struct buf *to)
{
	const char *host = strstr(o->base, "://");

	buf_str(to, o->source->name);
	if (o->source->base != NULL && strcmp(o->base, o->source->base) == 0)
		return;
	host = host == NULL ? o->base : host + 3;
	buf_chr(to, '@');
	buf_add(to, host, strcspn(host, "/?#"));
}

/* A file of no limit, which carries how long the token's endpoint rests. */
static struct limits *
mints_of(const char *api, const char *account, struct why *why)
{
	struct buf name = BUF_INIT;
	struct limits *l;

	buf_fmt(&name, "%s-mint", api);
	l = limits_open(NULL, 0, name.at, account, NULL, why);
	buf_release(&name);
	return l;
}

struct attempts *
attempts_open(const struct attempt_options *o, struct why *why)
{
	struct buf name = BUF_INIT;
	struct attempts *l;

	l = mem_new(1, sizeof(*l));
	l->o = *o;
	STAILQ_INIT(&l->sent);
	STAILQ_INIT(&l->played);
	l->json = json_new();
	if (tape_plays(o->tape))
		return l;
	api_name(o, &name);
	if (http_check(o->base, why) == -1 ||
	    (l->http = http_open(o->max_flight, why)) == NULL ||
	    (l->limits = limits_open(o->source->limits, o->source->n_limits,
		 name.at, o->account, getenv("HA_LIMIT"), why)) == NULL ||
	    (l->breaker = breaker_open(
		 name.at, o->account, &breaker_rule, why)) == NULL ||
	    (l->denied = denied_open(name.at, o->account, why)) == NULL ||
	    (l->mints = mints_of(name.at, o->account, why)) == NULL) {
		attempts_close(l);
		l = NULL;
	}
	buf_release(&name);
	return l;
}

static void
try_free(struct try *t)
{
	http_answer_release(&t->played);
	free(t->method);
	free(t->path);
	free(t);
}

void
attempts_close(struct attempts *l)
{
	struct why ignored;
	struct try *t;

	if (l == NULL)
		return;
	while ((t = STAILQ_FIRST(&l->played)) != NULL) {
		STAILQ_REMOVE_HEAD(&l->played, next);
		try_free(t);
	}
	http_close(l->http);
	while ((t = STAILQ_FIRST(&l->sent)) != NULL) { /* given up */
		STAILQ_REMOVE_HEAD(&l->sent, next);
		(void)limit_drop(l->limits, &t->ticket, &ignored);
		try_free(t);
	}
	limits_close(l->limits);
	limits_close(l->mints);
	denied_close(l->denied);
	breaker_close(l->breaker);
	json_free(l->json);
	free(l);
}

int
attempt_check(
    const struct source *s, const char *base, const char *path, struct why *why)
{
	const struct url_site site = {base, s->hosts, s->n_hosts};

	for (const char *c = path; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return why_set(why, EX_USAGE,
			    "a path with a blank or control byte; write %%20");
	if (*path == '/' && path[1] != '/')
		return 0;
	if (*path != '/' && url_allowed(&site, path))
		return 0;
	return why_set(why, EX_USAGE,
	    "neither a path (\"/...\") nor a URL of the API's host");
}

static bool
on_go(void *tag)
{
	struct try *t = tag;
	int rc = limit_go(t->attempts->limits, &t->ticket, &t->why);

	if (rc == 1)
		++*t->attempts->o.calls;
	return rc == 1;
}

static void
on_came(void *tag)
{
	struct try *t = tag;
	struct why ignored; /* the place stays where limit_go put it */

	limit_came(t->attempts->limits, &t->ticket, &ignored);
}

/* Limiter first: a probe that the breaker lets through must not wait. */
static int
gate(struct attempts *l, struct try *t, int64_t *wait_us, struct why *why)
{
	struct limit_ticket ticket;
	int rc = 1;

	if (t->secret && (rc = limit_try(l->mints, &ticket, wait_us, why)) == 0)
		return why_set(why, EX_TEMPFAIL,
			   "new tokens are refused for another %.0f s",
			   (double)*wait_us / 1e6),
		       0;
	if (rc == 1)
		rc = limit_try(l->limits, &t->ticket, wait_us, why);
	if (rc == 0)
		why_set(why, EX_TEMPFAIL,
		    "the limiter lets no call start "
		    "for %.1f s",
		    (double)*wait_us / 1e6);
	if (rc != 1)
		return rc;
	rc = breaker_try(l->breaker, wait_us, why);
	if (rc != 1 && limit_drop(l->limits, &t->ticket, why) == -1)
		return -1;
	if (rc == 0)
		why_set(why, EX_TEMPFAIL,
		    "the breaker is open after many "
		    "failures in a row; it tries again in %.1f s",
		    (double)*wait_us / 1e6);
	return rc;
}

static int
send_off(struct attempts *l, struct try *t, const struct attempt_request *r,
    struct why *why)
{
	struct buf url = BUF_INIT;
	struct http_request q = {.timeout_ms = r->timeout_ms,
	    .go = on_go,
	    .came = on_came,
	    .tag = t,
	    .form = r->form};
	size_t len = strlen(l->o.base);
	int rc;

	if (*r->path == '/') {
		while (len > 0 && l->o.base[len - 1] == '/')
			len--;
		buf_add(&url, l->o.base, len);
	}
	buf_str(&url, r->path);
	q.url = url.at;
	if (r->header != NULL) {
		q.headers = &r->header;
		q.n_headers = 1;
	}
	rc = http_start(l->http, &q, why);
	buf_release(&url);
	return rc;
}

int
attempt_start(struct attempts *l, const struct attempt_request *r,
    int64_t *wait_us, struct why *why)
{
	struct try *t;
	int rc;

	if (attempt_check(l->o.source, l->o.base, r->path, why) == -1)
		return -1;
	t = mem_new(1, sizeof(*t));
	t->method = mem_str(r->form != NULL ? "POST" : "GET");
	t->path = mem_str(r->path);
	t->attempts = l;
	t->tag = r->tag;
	t->secret = r->form != NULL;
	if (tape_plays(l->o.tape)) {
		rc = tape_play(l->o.tape, t->method, t->path, &t->played, why);
		if (rc == 0) {
			++*l->o.calls;
			STAILQ_INSERT_TAIL(&l->played, t, next);
			return 1;
		}
	} else if ((rc = gate(l, t, wait_us, why)) == 1) {
		if (send_off(l, t, r, why) == 0) {
			STAILQ_INSERT_TAIL(&l->sent, t, next);
			return 1;
		}
		limit_drop(l->limits, &t->ticket, why);
		rc = -1;
	}
	try_free(t);
	return rc;
}

/* What the other processes must know of it, and the tape. */
static int
tell(struct attempts *l, struct try *t, struct attempt_answer *a,
    struct why *why)
{
	const struct judgement *w = &a->judged;

	if (l->http == NULL)
		return 0;
	if (limit_drop(l->limits, &t->ticket, why) == -1 ||
	    breaker_tell(l->breaker, w->works, why) == -1)
		return -1;
	/* who has a token need not wait for those who want one */
	if (w->all_wait &&
	    limit_block(t->secret ? l->mints : l->limits,
		(w->wait_ms + arc4random_uniform(250)) * 1000, why) == -1)
		return -1;
	if (w->rest_ms > 0 &&
	    limit_block(l->limits, w->rest_ms * 1000, why) == -1)
		return -1;
	if (l->o.tape != NULL && a->http.end == HTTP_DONE)
		return tape_keep(l->o.tape, l->o.account, t->method, t->path,
		    &a->http, l->o.hide, t->secret, why);
	return 0;
}

static int
finish(struct attempts *l, struct try *t, struct attempt_answer *a,
    struct why *why)
{
	int rc = 0;

	a->tag = t->tag;
	a->back = a->http.end == HTTP_BACK;
	memset(&a->why, 0, sizeof(a->why));
	if (a->back && t->why.status != 0) {
		*why = t->why; /* the shared files failed us */
		rc = -1;
	} else if (a->back) {
		rc = limit_drop(l->limits, &t->ticket, why);
	} else {
		a->http.rows = l->o.rows;
		a->judged = retry_judge(l->o.source, l->json, &a->http,
		    clock_wall_ms(), l->o.hide, &a->why);
		rc = tell(l, t, a, why);
	}
	try_free(t);
	if (rc == -1)
		attempt_answer_release(a);
	return rc == -1 ? -1 : 1;
}

int
attempt_next(
    struct attempts *l, int wait_ms, struct attempt_answer *a, struct why *why)
{
	struct try *t;
	int rc;

	if ((t = STAILQ_FIRST(&l->played)) != NULL) {
		STAILQ_REMOVE_HEAD(&l->played, next);
		a->http = t->played;
		memset(&t->played, 0, sizeof(t->played));
		return finish(l, t, a, why);
	}
	if (l->http == NULL)
		return 0;
	if ((rc = http_next(l->http, wait_ms, &a->http, why)) != 1)
		return rc;
	t = a->http.tag;
	STAILQ_REMOVE(&l->sent, t, try, next);
	return finish(l, t, a, why);
}

bool
attempt_denied(struct attempts *l, const char *path)
{
	return l->denied != NULL && denied_has(l->denied, path);
}

void
attempt_deny(struct attempts *l, const char *path)
{
	if (l->denied != NULL)
		denied_note(l->denied, path);
}

void
attempt_answer_release(struct attempt_answer *a)
{
	http_answer_release(&a->http);
}

void
attempts_again(const struct attempts *l, const struct why *why, int64_t at_us)
{
	if (l->o.failing != NULL)
		failing_again(l->o.failing, why, at_us);
}
