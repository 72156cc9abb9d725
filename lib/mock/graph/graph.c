#include "mock/graph/graph.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/clock.h"

#include "mock/graph/graph_int.h"

#define NEWEST 26
#define USUAL 25 /* what an application that names no version gets */
#define MAX_ARGS 128

const char *
graph_arg(const struct graph_call *c, const char *name)
{
	for (size_t i = c->n_args; i-- > 0;)
		if (strcmp(c->args[i].name, name) == 0)
			return c->args[i].value;
	return NULL;
}

static bool
refuse(struct graph_call *c, int code, int subcode, const char *message)
{
	c->m->refused++;
	graph_refuse(
	    c->a, &(struct graph_error){.code = code,
		      .subcode = subcode,
		      .status = code == 190 ? (int)c->m->s.denied : 400,
		      .message = message});
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
		return refuse(c, 104, 0, NULL);
	account = mock_auth_check(m->with->auth, c->token, clock_us());
	if (account == NULL)
		return refuse(c, 190, 0, NULL);
	c->user = strcmp(account, "user") == 0;
	page = graph_page_of(m, account);
	c->page = page > 0 ? (uint32_t)page : 0;
	if (!c->user && m->s.expire_after > 0 &&
	    m->pages[c->page].calls >= (uint64_t)m->s.expire_after)
		return refuse(c, 190, 463, NULL);
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
	if (fault->kind == FAULT_CODE || c->a->type != NULL)
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
		if (fault_instead(fault, c->a)) {
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
	fault_after(&fault, c->a);
}

/* "/v18.0/me": the path behind it, and which version answers; NULL: none
   that there is. */
static const char *
read_version(
    const struct graph *m, const char *path, char *version, size_t size)
{
	long long major = USUAL, minor = 0;
	const char *p = path;

	if (p[1] == 'v' && p[2] >= '0' && p[2] <= '9') {
		for (major = 0, p += 2; *p >= '0' && *p <= '9' && major < 1000;
		     p++)
			major = major * 10 + (*p - '0');
		if (*p == '.')
			for (p++; *p >= '0' && *p <= '9' && minor < 1000; p++)
				minor = minor * 10 + (*p - '0');
		if (major > NEWEST || (*p != '/' && *p != '\0'))
			return NULL;
	}
	if (major < m->s.oldest) {
		major = m->s.oldest;
		minor = 0;
	}
	snprintf(version, size, "v%lld.%lld", major, minor);
	return *p == '\0' ? "/" : p;
}

static const char *
read_token(const struct graph_call *c, const struct request *r)
{
	const char *header = request_header(r, "Authorization");
	const char *arg = graph_arg(c, "access_token");

	if (arg != NULL)
		return arg;
	return header != NULL && strncasecmp(header, "Bearer ", 7) == 0
		   ? header + 7
		   : NULL;
}

static void
all(void *ctx, const struct manners *with, struct request *r, struct answer *a)
{
	struct graph *m = ctx;
	struct arg args[MAX_ARGS];
	char version[32] = "";
	struct graph_call c = {.m = m,
	    .method = r->method,
	    .version = version,
	    .host = request_header(r, "Host"),
	    .args = args,
	    .a = a};
	const char *batch;

	m->with = with;
	while (c.n_args < r->n_args && c.n_args < MAX_ARGS / 2) {
		args[c.n_args] = r->args[c.n_args];
		c.n_args++;
	}
	c.n_args += request_form(r, args + c.n_args, MAX_ARGS / 2);
	c.token = read_token(&c, r);
	if (c.host == NULL)
		c.host = "127.0.0.1";
	c.path = read_version(m, r->path, version, sizeof(version));
	batch = graph_arg(&c, "batch");
	if (c.path == NULL)
		refuse(&c, 2500, 0, "Unknown path components");
	else if (strcmp(c.path, "/") == 0 && batch != NULL &&
		 strcmp(c.method, "POST") == 0)
		graph_batch(&c, batch);
	else
		graph_one(&c);
	if (a->type == NULL)
		a->type = "application/json; charset=UTF-8";
}

static void
close_graph(void *ctx)
{
	struct graph *m = ctx;

	graph_store_close(m);
	free(m);
}

int
mock_graph_open(
    const struct mock_options *o, struct backend *b, struct why *why)
{
	struct graph *m = calloc(1, sizeof(*m));

	if (m == NULL)
		err(EX_OSERR, NULL);
	*b = (struct backend){.ctx = m,
	    .all = all,
	    .base = "/v25.0",
	    .control = graph_control,
	    .close = close_graph,
	    .tokens = m->tokens,
	    .secret_is_token = true,
	    .has_limits = true,
	    .limits = {{2, 1000}, {0, 1000}}};
	m->o = o;
	m->clock = o->size.now;
	graph_switches_init(&m->s);
	for (size_t i = 0; i < o->n_switches; i++)
		if (graph_switch(&m->s, o->switches[i], why) == -1)
			return why_in(why, "--switch");
	graph_store_open(m);
	b->n_tokens = (size_t)m->s.pages + 1;
	return 0;
}
