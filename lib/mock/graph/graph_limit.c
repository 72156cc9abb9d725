#include "mock/graph/graph_int.h"

#include <time.h>

#include "base/clock.h"

/*
 * A Page that asked too fast is blocked for some minutes, and one that used
 * its budget of a longer window until there is some left. The answer says so
 * in the body's code; how long, only the header does.
 */
static uint64_t
used(struct graph_use *use, int64_t window_s, int64_t now)
{
	int64_t slot = now / (window_s * 1000000 / GRAPH_SLOTS);
	uint64_t sum = 0;

	if (slot - use->slot > GRAPH_SLOTS)
		use->slot = slot - GRAPH_SLOTS;
	while (use->slot < slot)
		use->slots[++use->slot % GRAPH_SLOTS] = 0;
	for (size_t i = 0; i < GRAPH_SLOTS; i++)
		sum += use->slots[i];
	return sum;
}

static void
use_some(struct graph_use *use, int64_t window_s, int64_t now, size_t calls)
{
	used(use, window_s, now);
	use->slots[use->slot % GRAPH_SLOTS] += calls;
}

/* Without --switch budget: 200 calls for each of the Page's people. */
static int64_t
percent(struct graph *m, struct graph_page *p, int64_t now)
{
	int64_t budget =
	    m->s.budget > 0 ? m->s.budget : 200 * ((int64_t)p->n_order + 1);

	return (int64_t)used(&p->use, m->s.window_s, now) * 100 / budget;
}

static int64_t
worst(const struct graph *m, int64_t calls)
{
	int64_t cpu = calls * m->s.cpu / 100;

	return cpu > calls ? cpu : calls;
}

static bool
throttled(struct graph_call *c)
{
	const struct graph_switches *s = &c->m->s;

	graph_refuse(c->a, &(struct graph_error){.code = (int)s->code,
			       .subcode = (int)s->subcode,
			       .status = (int)s->status});
	return false;
}

/* A user's token has the application's limit. */
static bool
app_within(struct graph_call *c, int64_t now, size_t calls)
{
	struct graph *m = c->m;

	if (m->s.app_budget > 0 &&
	    used(&m->app, 3600, now) >= (uint64_t)m->s.app_budget) {
		graph_refuse(c->a, &(struct graph_error){.code = 4});
		return false;
	}
	use_some(&m->app, 3600, now, calls);
	return true;
}

bool
graph_within_limits(struct graph_call *c, size_t calls)
{
	struct graph *m = c->m;
	struct graph_page *p = &m->pages[c->page];
	struct mock_limit *limit = m->with->limit;
	int64_t now = clock_us(), minute = m->s.minute_ms * 1000, free_at;

	if (c->user)
		return app_within(c, now, calls);
	if (now < p->blocked_us) {
		p->blocked_us += m->s.lengthen * minute;
		return throttled(c);
	}
	if (!mock_limit_check(limit, LIMIT_ACCOUNT, p->id, now, &free_at)) {
		p->blocked_us = now + m->s.block * minute;
		if (p->blocked_us < free_at)
			p->blocked_us = free_at;
		return throttled(c);
	}
	if (worst(m, percent(m, p, now)) >= 100) {
		p->blocked_us =
		    now + (m->s.block > 0 ? m->s.block : 1) * minute;
		return throttled(c);
	}
	for (size_t i = 0; i < calls; i++)
		mock_limit_count(limit, LIMIT_ACCOUNT, p->id, now);
	use_some(&p->use, m->s.window_s, now, calls);
	return true;
}

/* The documented sample has one member twice, and the worst is not the last. */
static void
say_page(struct graph_call *c, double minutes)
{
	struct graph *m = c->m;
	struct graph_page *p = &m->pages[c->page];
	int64_t now = clock_us(), minute = m->s.minute_ms * 1000, whole;
	long long calls = percent(m, p, now), cpu = calls * m->s.cpu / 100;
	struct buf other = BUF_INIT;

	if (minutes <= 0 && now < p->blocked_us) {
		whole = (p->blocked_us - now + minute - 1) / minute;
		minutes = (double)whole;
	}
	buf_str(&other, "");
	if (m->s.doubled)
		buf_fmt(&other,
		    ",\"%s\":[{\"type\":\"pages\",\"call_count\":0,"
		    "\"total_cputime\":0,\"total_time\":0,"
		    "\"estimated_time_to_regain_access\":0}]",
		    p->id);
	answer_header(c->a, "X-Business-Use-Case-Usage",
	    "{%s%s\"%s\":[{\"type\":\"messenger\",\"call_count\":%lld,"
	    "\"total_cputime\":%lld,\"total_time\":%lld,"
	    "\"estimated_time_to_regain_access\":%g}]%s}",
	    other.len > 0 ? other.at + 1 : "", other.len > 0 ? "," : "", p->id,
	    calls, cpu, calls / 3, minutes, other.at);
	buf_release(&other);
}

void
graph_say_usage(struct graph_call *c, double minutes)
{
	struct graph *m = c->m;
	long long share;

	if (!c->user) {
		say_page(c, minutes);
		return;
	}
	share = m->s.app_budget == 0
		    ? 0
		    : (long long)used(&m->app, 3600, clock_us()) * 100 /
			  m->s.app_budget;
	if (share > 0)
		answer_header(c->a, "X-App-Usage",
		    "{\"call_count\":%lld,\"total_time\":%lld,"
		    "\"total_cputime\":%lld}",
		    share, share / 2, share / 3);
}
