#include "mock/graph/graph.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "mock/graph/graph_int.h"

#define NEWEST 26
#define USUAL 25 /* what an application that names no version gets */
#define MAX_ARGS 128

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
	const char *arg = graph_arg(c, "access_token");

	return arg != NULL ? arg : request_bearer(r);
}

static void
all(void *ctx, const struct manners *with, struct request *r,
    struct mock_answer *a)
{
	struct graph *m = ctx;
	struct arg args[MAX_ARGS];
	char version[32] = "";
	struct graph_call c = {.m = m,
	    .r = r,
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
		graph_fail(&c, 2500, 0, "Unknown path components");
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
	for (size_t i = 0; i < o->switches.n; i++)
		if (graph_switch(&m->s, o->switches.texts[i], why) == -1)
			return why_in(why, "--switch");
	graph_store_open(m);
	b->n_tokens = (size_t)m->s.pages + 1;
	return 0;
}
