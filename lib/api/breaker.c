#include "api/breaker.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shared.h"

#define PROBE_POLL_US 100000 /* its answer may be here any time */
/* failures long ago say nothing about now */
#define FORGET_US ((int64_t)600 * 1000000)

struct state {
	uint64_t failures;     /* in a row */
	int64_t last_us;       /* the last of them */
	int64_t open_until_us; /* 0: closed */
	int64_t open_for_us;
	int64_t probe_until_us; /* 0: no probe is under way */
};

struct breaker {
	struct shared *shared;
	struct breaker_rule rule;
};

struct breaker *
breaker_open(const char *api, const char *account,
    const struct breaker_rule *rule, struct why *why)
{
	struct buf name = BUF_INIT;
	struct breaker *b;

	b = mem_new(1, sizeof(*b));
	b->rule = *rule;
	buf_fmt(
	    &name, "%s-breaker-%s", api, *account != '\0' ? account : "token");
	b->shared = shared_open(name.at, sizeof(struct state), why);
	buf_release(&name);
	if (b->shared == NULL) {
		free(b);
		return NULL;
	}
	return b;
}

void
breaker_close(struct breaker *b)
{
	if (b == NULL)
		return;
	shared_close(b->shared);
	free(b);
}

static struct state *
lock(struct breaker *b, int64_t *now, struct why *why)
{
	struct state *s = shared_lock(b->shared, why);

	if (s == NULL)
		return NULL;
	*now = shared_now();
	/* a broken file must not keep us out longer than a real one could */
	if (s->open_until_us > *now + b->rule.longest_us)
		s->open_until_us = *now + b->rule.longest_us;
	if (s->probe_until_us > *now + b->rule.probe_us)
		s->probe_until_us = *now + b->rule.probe_us;
	return s;
}

int
breaker_try(struct breaker *b, int64_t *wait_us, struct why *why)
{
	struct state *s;
	int64_t now;
	int rc = 1;

	if ((s = lock(b, &now, why)) == NULL)
		return -1;
	*wait_us = 0;
	if (s->open_until_us > now)
		*wait_us = s->open_until_us - now;
	else if (s->probe_until_us > now)
		*wait_us = PROBE_POLL_US;
	else if (s->open_until_us != 0) {
		s->probe_until_us = now + b->rule.probe_us;
		if (shared_write(b->shared, 0, sizeof(*s), why) == -1)
			rc = -1;
	}
	if (*wait_us > 0)
		rc = 0;
	shared_unlock(b->shared);
	return rc;
}

static void
count_failure(struct breaker *b, struct state *s, int64_t now)
{
	if (now - s->last_us > FORGET_US || s->last_us > now)
		s->failures = 0;
	s->failures++;
	s->last_us = now;
	if (s->open_until_us != 0 && s->probe_until_us != 0) {
		s->open_for_us *= 2; /* the probe failed */
		if (s->open_for_us > b->rule.longest_us)
			s->open_for_us = b->rule.longest_us;
	} else if (s->open_until_us != 0 || s->failures < b->rule.failures)
		return; /* a call that was under way when it opened */
	else
		s->open_for_us = b->rule.open_us;
	s->open_until_us = now + s->open_for_us;
	s->probe_until_us = 0;
}

int
breaker_tell(struct breaker *b, bool ok, struct why *why)
{
	struct state *s;
	int64_t now;
	int rc = 0;

	if ((s = lock(b, &now, why)) == NULL)
		return -1;
	if (!ok)
		count_failure(b, s, now);
	if (ok && (s->failures != 0 || s->open_until_us != 0))
		*s = (struct state){0};
	else if (ok) {
		shared_unlock(b->shared);
		return 0;
	}
	rc = shared_write(b->shared, 0, sizeof(*s), why);
	shared_unlock(b->shared);
	return rc;
}
