#include "api/limit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/timeval.h"
#include "base/mem.h"
#include "base/shared.h"

#define REQUESTS_MAX 100000
#define BLOCK_MAX_US ((int64_t)3600 * 1000000)

struct start {
	int64_t at_us; /* 0: never */
	uint64_t id;   /* of the ticket that holds the place */
};

struct window { /* the content of a file; starts follow it */
	int64_t blocked_until_us;
	int64_t spare;
	struct start starts[];
};

struct rule { /* no window of window_us holds more than n starts */
	uint32_t n;
	int64_t window_us; /* with the margin */
};

struct file {
	struct shared *shared;
	struct rule rules[2]; /* the description's and the user's */
	size_t n_rules;
	struct window *w; /* while locked */
	size_t places;
};

struct limits {
	struct file files[LIMIT_FILES];
	size_t n;
};

/*
 * The far side measures when a request arrives, we when it leaves.
 * limit_came closes most of that gap; this covers clocks of coarse ticks.
 * Both together cost less than two percent of the rate.
 */
#define MARGIN_PER_MILLE 3

static struct rule
rule_of(int requests, int64_t window_ms)
{
	struct rule r;

	r.n = (uint32_t)requests;
	r.window_us = window_ms * (1000 + MARGIN_PER_MILLE);
	return r;
}

/* How far limit_came may move a start: what is fair for a slow answer. */
static int64_t
most_shift(const struct rule *r)
{
	int64_t fair = r->window_us / 60, least = r->window_us / 10;

	if (least > 50000) /* short windows: a scheduler's slice or two */
		least = 50000;
	return fair > least ? fair : least;
}

static int
lower_parse(const char *text, struct rule *r, struct why *why)
{
	char number[16];
	const char *slash = strchr(text, '/'), *bad = NULL;
	size_t digits = slash == NULL ? 0 : (size_t)(slash - text);
	int64_t window_ms;
	int n;

	if (digits == 0 || digits >= sizeof(number) ||
	    duration_parse(slash + 1, &window_ms) == -1 || window_ms < 1)
		goto malformed;
	memcpy(number, text, digits);
	number[digits] = '\0';
	n = (int)strtonum(number, 1, REQUESTS_MAX, &bad);
	if (bad != NULL)
		goto malformed;
	*r = rule_of(n, window_ms);
	return 0;
malformed:
	return why_set(why, EX_CONFIG,
	    "HA_LIMIT: \"%s\" is not of the form 50/10s (calls in a time)",
	    text);
}

static int
file_open(struct file *f, const char *api, const char *name,
    const char *account, struct why *why)
{
	struct buf path = BUF_INIT;
	uint32_t most = 1;

	for (size_t i = 0; i < f->n_rules; i++)
		if (f->rules[i].n > most)
			most = f->rules[i].n;
	buf_fmt(&path, "%s-%s", api, name);
	if (account != NULL)
		buf_fmt(&path, "-%s", *account != '\0' ? account : "token");
	f->shared = shared_open(
	    path.at, sizeof(struct window) + most * sizeof(struct start), why);
	buf_release(&path);
	return f->shared == NULL ? -1 : 0;
}

struct limits *
limits_open(const struct limit *at, size_t n, const char *api,
    const char *account, const char *lower, struct why *why)
{
	/* without any limit the file still carries blocked_until */
	static char calls[] = "calls";
	static const struct limit none = {.name = calls};
	struct limits *l;
	struct rule low = {0, 0};

	if (lower != NULL && *lower != '\0' &&
	    lower_parse(lower, &low, why) == -1)
		return NULL;
	if (n > LIMIT_FILES) {
		why_set(why, EX_CONFIG, "more than %d limits", LIMIT_FILES);
		return NULL;
	}
	l = mem_new(1, sizeof(*l));
	if (n == 0)
		at = &none;
	for (size_t i = 0; i == 0 || i < n; i++) {
		struct file *f = &l->files[i];

		if (at[i].requests > 0)
			f->rules[f->n_rules++] =
			    rule_of(at[i].requests, at[i].window_ms);
		if (low.n > 0)
			f->rules[f->n_rules++] = low;
		l->n++;
		if (file_open(f, api, at[i].name,
			at[i].per_address ? NULL : account, why) == -1) {
			limits_close(l);
			return NULL;
		}
	}
	return l;
}

void
limits_close(struct limits *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		shared_close(l->files[i].shared);
	free(l);
}

static void
unlock_all(struct limits *l)
{
	for (size_t i = l->n; i-- > 0;)
		shared_unlock(l->files[i].shared);
}

static int
put(struct file *f, uint32_t place, int64_t at_us, uint64_t id, struct why *why)
{
	f->w->starts[place].at_us = at_us;
	f->w->starts[place].id = id;
	return shared_write(f->shared,
	    (size_t)((char *)&f->w->starts[place] - (char *)f->w),
	    sizeof(struct start), why);
}

static int
block(struct file *f, int64_t until_us, struct why *why)
{
	f->w->blocked_until_us = until_us;
	return shared_write(f->shared, 0, sizeof(int64_t), why);
}

/* For good, or it would be now for ever. */
static int
heal(struct file *f, int64_t now, struct why *why)
{
	int64_t last = now + BLOCK_MAX_US;

	for (uint32_t k = 0; k < f->places; k++) {
		const struct start *s = &f->w->starts[k];

		if (s->at_us > now && put(f, k, now, s->id, why) == -1)
			return -1;
	}
	return f->w->blocked_until_us > last ? block(f, last, why) : 0;
}

/*
 * All files in one order, so that nobody waits in a circle. The time is read
 * behind the last lock; what a broken file places in the future is now.
 */
static int
lock_all(struct limits *l, int64_t *now, struct why *why)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		struct file *f = &l->files[i];

		f->w = shared_lock(f->shared, why);
		if (f->w == NULL) {
			unlock_all(l);
			return -1;
		}
		f->places = (shared_size(f->shared) - sizeof(*f->w)) /
			    sizeof(struct start);
	}
	*now = shared_now();
	for (i = 0; i < l->n; i++)
		if (heal(&l->files[i], *now, why) == -1) {
			unlock_all(l);
			return -1;
		}
	return 0;
}

/* How long one more start has to wait; places held by `id` do not count. */
static int64_t
wait_of(const struct file *f, int64_t now, uint64_t id)
{
	int64_t wait = f->w->blocked_until_us - now;

	for (size_t r = 0; r < f->n_rules; r++) {
		int64_t edge = now - f->rules[r].window_us, first = now;
		uint32_t count = 0;

		for (size_t k = 0; k < f->places; k++) {
			const struct start *s = &f->w->starts[k];

			if (s->at_us <= edge || s->at_us == 0 ||
			    (id != 0 && s->id == id))
				continue;
			count++;
			if (s->at_us < first)
				first = s->at_us;
		}
		if (count >= f->rules[r].n && first - edge > wait)
			wait = first - edge;
	}
	return wait > 0 ? wait : 0;
}

static uint32_t
oldest(const struct file *f)
{
	uint32_t place = 0;

	for (uint32_t k = 1; k < f->places; k++)
		if (f->w->starts[k].at_us < f->w->starts[place].at_us)
			place = k;
	return place;
}

static bool
ours(const struct file *f, const struct limit_ticket *t, size_t i)
{
	return t->id != 0 && t->place[i] < f->places &&
	       f->w->starts[t->place[i]].id == t->id;
}

static int64_t
longest_wait(const struct limits *l, int64_t now, uint64_t id)
{
	int64_t longest = 0;

	for (size_t i = 0; i < l->n; i++) {
		int64_t wait = wait_of(&l->files[i], now, id);

		if (wait > longest)
			longest = wait;
	}
	return longest;
}

int
limit_try(
    struct limits *l, struct limit_ticket *t, int64_t *wait_us, struct why *why)
{
	int64_t now;
	int rc = 0;

	memset(t, 0, sizeof(*t));
	if (lock_all(l, &now, why) == -1)
		return -1;
	*wait_us = longest_wait(l, now, 0);
	if (*wait_us == 0) {
		rc = 1;
		arc4random_buf(&t->id, sizeof(t->id));
		t->id |= 1;
		t->start_us = now;
	}
	for (size_t i = 0; rc == 1 && i < l->n; i++) {
		t->place[i] = oldest(&l->files[i]);
		if (put(&l->files[i], t->place[i], now, t->id, why) == -1)
			rc = -1;
	}
	unlock_all(l);
	return rc;
}

int
limit_go(struct limits *l, struct limit_ticket *t, struct why *why)
{
	int64_t now;
	int rc;

	if (lock_all(l, &now, why) == -1)
		return -1;
	rc = longest_wait(l, now, t->id) == 0;
	for (size_t i = 0; i < l->n; i++)
		if (!ours(&l->files[i], t, i))
			rc = 0;
	for (size_t i = 0; rc == 1 && i < l->n; i++)
		if (put(&l->files[i], t->place[i], now, t->id, why) == -1)
			rc = -1;
	unlock_all(l);
	t->gone = rc == 1;
	t->start_us = now;
	return rc;
}

/*
 * The far side counted the call between its start and the first byte of its
 * answer. The later time is the safe one; the shift is bounded, so that a slow
 * API does not cost its rate.
 */
int
limit_came(struct limits *l, struct limit_ticket *t, struct why *why)
{
	int64_t now;
	int rc = 0;

	if (!t->gone)
		return 0;
	if (lock_all(l, &now, why) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		struct file *f = &l->files[i];
		int64_t at = now;

		if (!ours(f, t, i))
			continue;
		for (size_t r = 0; r < f->n_rules; r++) {
			int64_t most = t->start_us + most_shift(&f->rules[r]);

			if (most < at)
				at = most;
		}
		rc = put(f, t->place[i], at, t->id, why);
	}
	unlock_all(l);
	return rc;
}

int
limit_drop(struct limits *l, struct limit_ticket *t, struct why *why)
{
	int64_t now;
	int rc = 0;

	if (t->id == 0 || t->gone)
		return 0;
	if (lock_all(l, &now, why) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		if (ours(&l->files[i], t, i))
			rc = put(&l->files[i], t->place[i], 0, 0, why);
	unlock_all(l);
	memset(t, 0, sizeof(*t));
	return rc;
}

int
limit_block(struct limits *l, int64_t wait_us, struct why *why)
{
	int64_t now;
	int rc = 0;

	if (lock_all(l, &now, why) == -1)
		return -1;
	if (wait_us > BLOCK_MAX_US)
		wait_us = BLOCK_MAX_US;
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		struct file *f = &l->files[i];

		if (now + wait_us <= f->w->blocked_until_us)
			continue;
		rc = block(f, now + wait_us, why);
	}
	unlock_all(l);
	return rc;
}
