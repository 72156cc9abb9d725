#include "mock/graph/graph_int.h"

#include <string.h>

#include "base/clock.h"

/* The token is no good, with the status that --switch denied says. */
static bool
denied(struct graph_call *c, int subcode)
{
	c->m->refused++;
	graph_refuse(c->a, &(struct graph_error){.code = 190,
			       .subcode = subcode,
			       .status = (int)c->m->s.denied});
	return false;
}

/* Whose token it is; it may have been revoked, or be worn out. */
static bool
let_in(struct graph_call *c)
{
	struct graph *m = c->m;
	const char *account;
	int page;

	if (c->token == NULL)
		return graph_fail(c, 104, 0, NULL);
	account = mock_auth_check(m->with->auth, c->token, clock_us());
	if (account == NULL)
		return denied(c, 0);
	c->user = strcmp(account, "user") == 0;
	page = graph_page_of(m, account);
	c->page = page > 0 ? (uint32_t)page : 0;
	if (!c->user && m->s.expire_after > 0 &&
	    m->pages[c->page].calls >= (uint64_t)m->s.expire_after)
		return denied(c, 463);
	m->pages[c->page].calls += !c->user;
	return true;
}

/* A fault made the answer; where Graph would send JSON it is Graph's. */
static void
faulty(struct graph_call *c, const struct fault *fault)
{
	static const struct graph_error errors[] = {
	    {.code = 190, .status = 401}, {.code = 10, .status = 403},
	    {.code = 100, .subcode = 33, .status = 404},
	    {.code = 100, .status = 422}, {.code = 4, .status = 429}};

	if (fault->kind == FAULT_WAIT)
		answer_header(c->a, "Retry-After", "%lld",
		    (long long)(fault->wait_ms + 999) / 1000);
	if (fault->kind == FAULT_CODE || fault->kind == FAULT_ECHO ||
	    c->a->type != NULL)
		return;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].status == c->a->status)
			graph_refuse(c->a, &errors[i]);
}

static void
served(struct graph_call *c, const char *family, struct fault *fault)
{
	if (fault_draw(c->m->with->faults, family, fault)) {
		mock_stats_fault(c->m->with->stats);
		if (fault->kind == FAULT_FORBIDDEN)
			mock_auth_revoke(c->m->with->auth, c->token);
		if (fault_instead(fault, c->r, c->a)) {
			faulty(c, fault);
			return;
		}
	}
	graph_serve(c);
}

void
graph_one(struct graph_call *c)
{
	const char *ids = graph_arg(c, "ids");
	size_t calls = ids != NULL ? graph_count_ids(ids) : 1;
	struct fault fault = {.kind = FAULT_NONE};
	char family[80];

	c->m->served++;
	answer_header(c->a, "facebook-api-version", "%s", c->version);
	graph_family(c, family, sizeof(family));
	for (size_t i = 0; i < calls; i++)
		mock_stats_call(c->m->with->stats, family, clock_us());
	if (!let_in(c))
		return;
	if (graph_within_limits(c, calls))
		served(c, family, &fault);
	graph_say_usage(c, fault.minutes);
	fault_after(c->m->with->faults, &fault, c->host, c->path, c->a);
}
