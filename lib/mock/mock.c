#include "mock/mock.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "mock/described/described.h"
#include "mock/graph/graph.h"
#include "mock/hostaway/hostaway.h"
#include "mock/reso/reso.h"
#include "mock/server/mock_answer.h"

#define BASE "/v1"
#define MAX_FORM 32

struct mock {
	const struct mock_options *o;
	struct backend backend;
	struct mock_http *http;
	struct manners with;
};

void
mock_defaults(struct mock_options *o)
{
	struct why why;

	memset(o, 0, sizeof(*o));
	o->size = (struct mock_size){.seed = 1,
	    .now = 1795176000,
	    .account = 59808,
	    .listings = 7,
	    .reservations = 787,
	    .conversations = -1,
	    .messages = 8,
	    .photos = 27};
	limit_parse("new", o->limits, &why);
	o->settle_ms = 1000;
	o->expires_s = 15897600;
	o->rows = 100;
}

static void
fail(const struct mock *m, struct mock_answer *a, int status,
    const char *message)
{
	if (m->backend.fail != NULL)
		m->backend.fail(a, status, message);
	else
		mock_fail(a, status, message);
}

/* When a place is free, in the form that the API has for it; rounded up. */
static void
say_when(const struct mock *m, int64_t wait_us, struct mock_answer *a)
{
	int64_t at = clock_wall_us() + wait_us;
	time_t then = (time_t)((at + 999999) / 1000000);
	char date[64];
	struct tm tm;

	if (m->backend.wait_form == WAIT_EPOCH)
		answer_header(
		    a, m->backend.wait_header, "%lld", (long long)then);
	else if (m->backend.wait_form == WAIT_EPOCH_MS)
		answer_header(a, m->backend.wait_header, "%lld",
		    (long long)((at + 999) / 1000));
	else if (m->backend.wait_form == WAIT_DATE) {
		gmtime_r(&then, &tm);
		strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		answer_header(a, m->backend.wait_header, "%s", date);
	} else
		answer_header(a, m->backend.wait_header, "%lld",
		    (long long)(m->backend.wait_form == WAIT_MINUTES
				    ? (wait_us + 59999999) / 60000000
				    : (wait_us + 999999) / 1000000));
}

static void
too_many(const struct mock *m, enum limit_scope scope, int64_t wait_us,
    struct mock_answer *a)
{
	fail(m, a, 429,
	    "Too many requests: the rate limit of this "
	    "application is exceeded.");
	if (m->o->bare_429 || m->backend.wait_header == NULL)
		return;
	if (m->backend.left_header != NULL) {
		answer_header(a, m->backend.left_header, "0");
		say_when(m, wait_us, a);
		return;
	}
	answer_header(a, "X-RateLimit-Limit", "%d",
	    mock_limit_rule(m->with.limit, scope)->requests);
	answer_header(a, "X-RateLimit-Remaining", "0");
	say_when(m, wait_us, a);
	answer_header(a, "X-RateLimit-Applied", "%s",
	    scope == LIMIT_ACCOUNT ? "account" : "ip");
}

/* Both windows are looked at before either counts. */
static bool
within_limits(struct mock *m, const char *account, uint32_t address,
    struct mock_answer *a)
{
	int64_t now = clock_us(), free_at;
	char who[16];

	snprintf(who, sizeof(who), "%x", address);
	if (!mock_limit_check(
		m->with.limit, LIMIT_ADDRESS, who, now, &free_at)) {
		too_many(m, LIMIT_ADDRESS, free_at - now, a);
		return false;
	}
	if (account != NULL && !mock_limit_check(m->with.limit, LIMIT_ACCOUNT,
				   account, now, &free_at)) {
		too_many(m, LIMIT_ACCOUNT, free_at - now, a);
		return false;
	}
	mock_limit_count(m->with.limit, LIMIT_ADDRESS, who, now);
	if (account != NULL)
		mock_limit_count(m->with.limit, LIMIT_ACCOUNT, account, now);
	return true;
}

static void
mint(struct mock *m, struct request *r, struct mock_answer *a)
{
	struct arg form[MAX_FORM];
	const char *type = request_header(r, "Content-Type");
	const char *token, *grant;
	size_t n;

	if (type == NULL ||
	    strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
		mock_fail(a, 400, "The body is not a form");
		return;
	}
	n = request_form(r, form, MAX_FORM);
	grant = arg_value(form, n, "grant_type");
	token =
	    grant != NULL && strcmp(grant, "client_credentials") != 0
		? NULL
		: mock_auth_mint(m->with.auth,
		      arg_value(form, n, m->backend.account_field),
		      arg_value(form, n, m->backend.secret_field), clock_us());
	if (token == NULL && m->backend.mint_html) {
		a->status = 400;
		a->type = "text/html";
		buf_str(&a->body, "Bad Request");
		return;
	}
	if (token == NULL) {
		a->status = 401;
		buf_str(&a->body,
		    "{\"error\":\"invalid_client\","
		    "\"error_description\":\"Client authentication failed\","
		    "\"message\":\"Client authentication failed\"}");
		return;
	}
	mock_stats_mint(m->with.stats);
	if (m->backend.token != NULL) {
		m->backend.token(
		    m->backend.ctx, token, m->o->expires_s, &a->body);
		return;
	}
	if (m->o->wrapped_token)
		buf_str(&a->body, "{\"status\":\"success\",\"result\":");
	buf_fmt(&a->body,
	    "{\"token_type\":\"Bearer\",\"expires_in\":%lld,"
	    "\"access_token\":",
	    (long long)m->o->expires_s);
	buf_json(&a->body, token, strlen(token));
	buf_str(&a->body, m->o->wrapped_token ? "}}" : "}");
}

static void
serve_token(struct mock *m, struct request *r, struct mock_answer *a)
{
	const char *token = request_arg(r, "token");

	if (strcmp(r->method, "POST") == 0)
		mint(m, r, a);
	else if (strcmp(r->method, "DELETE") == 0 && token != NULL) {
		mock_auth_revoke(m->with.auth, token);
		buf_str(&a->body, "{\"status\":\"success\",\"result\":[]}");
	} else
		mock_fail(a, 405, "Method not allowed");
}

/* The token that the request carries, or NULL. */
static const char *
bearer(const struct mock *m, const struct request *r)
{
	const char *prefix = m->backend.auth_prefix, *header;

	if (m->backend.open)
		return NULL;
	header = request_header(r, m->backend.auth_header);
	if (header == NULL || strncasecmp(header, prefix, strlen(prefix)) != 0)
		return NULL;
	return header + strlen(prefix);
}

static void
forbidden(const struct mock *m, struct mock_answer *a)
{
	fail(m, a, m->backend.denied != 0 ? m->backend.denied : 403,
	    "The resource owner or authorization server denied "
	    "the request.");
}

static void
say_left(
    struct mock *m, const char *account, int64_t now, struct mock_answer *a)
{
	if (m->backend.left_header != NULL && account != NULL)
		answer_header(a, m->backend.left_header, "%d",
		    mock_limit_left(
			m->with.limit, LIMIT_ACCOUNT, account, now));
}

/* An answer that a fault made, in the API's own form of an error. */
static void
faulty(struct mock *m, const struct fault *fault, struct mock_answer *a)
{
	if (fault->kind == FAULT_WAIT)
		say_when(m, fault->wait_ms * 1000, a);
	if (m->backend.fail != NULL && a->type == NULL && a->status >= 400 &&
	    fault->kind != FAULT_ECHO)
		m->backend.fail(a, a->status, "The request was refused.");
}

static void
serve_call(
    struct mock *m, struct request *r, const char *path, struct mock_answer *a)
{
	int64_t now = clock_us();
	const char *account =
	    m->backend.open ? ""
			    : mock_auth_check(m->with.auth, bearer(m, r), now);
	bool token = m->backend.token_path != NULL &&
		     strcmp(path, m->backend.token_path) == 0;
	struct fault fault;

	mock_stats_call(m->with.stats, path, now);
	if (!within_limits(m, token ? NULL : account, r->address, a))
		return;
	if (fault_draw(m->with.faults, path, &fault)) {
		mock_stats_fault(m->with.stats);
		if (fault.kind == FAULT_FORBIDDEN)
			mock_auth_revoke(m->with.auth, bearer(m, r));
		if (fault_instead(&fault, r, a)) {
			faulty(m, &fault, a);
			return;
		}
	}
	r->account = account;
	say_left(m, account, now, a);
	if (token)
		serve_token(m, r, a);
	else if (account == NULL)
		forbidden(m, a);
	else
		m->backend.serve(m->backend.ctx, r, path, a);
	fault_after(
	    m->with.faults, &fault, request_header(r, "Host"), r->path, a);
}

static void
serve_stats(struct mock *m, struct mock_answer *a)
{
	const struct limit_rule *account =
	    mock_limit_rule(m->with.limit, LIMIT_ACCOUNT);
	const struct limit_rule *address =
	    mock_limit_rule(m->with.limit, LIMIT_ADDRESS);
	bool tighter = address->requests != 0 &&
		       (int64_t)address->requests * account->window_ms <
			   (int64_t)account->requests * address->window_ms;

	mock_stats_json(m->with.stats, tighter ? address : account, &a->body);
	buf_chr(&a->body, '\n');
}

/* Switches that are no backend's: answered at once, never limited. */
static void
serve_control(
    struct mock *m, struct request *r, const char *path, struct mock_answer *a)
{
	const char *to = request_arg(r, "to");
	struct limit_rule rules[LIMIT_SCOPES];
	struct why why = {0};
	int rc = 0;

	if (strcmp(path, "/stats") == 0) {
		serve_stats(m, a);
		return;
	}
	if (m->backend.control(m->backend.ctx, r, path, a))
		return;
	if (strcmp(path, "/reset-stats") == 0)
		mock_stats_reset(m->with.stats);
	else if (strcmp(path, "/revoke") == 0)
		mock_auth_revoke(m->with.auth, request_arg(r, "token"));
	else if (strcmp(path, "/fault") == 0 && to == NULL)
		fault_clear(m->with.faults);
	else if (strcmp(path, "/fault") == 0)
		rc = fault_add(m->with.faults, to, &why);
	else if (strcmp(path, "/secret") == 0 && to != NULL)
		mock_auth_secret(m->with.auth, to);
	else if (strcmp(path, "/limits") == 0 && to != NULL) {
		if ((rc = limit_parse(to, rules, &why)) == 0)
			mock_limit_set(m->with.limit, rules);
	} else {
		mock_fail(a, 404, "no such control");
		return;
	}
	if (rc == -1)
		mock_fail(a, 400, why.msg);
	else
		buf_str(&a->body, "{}\n");
}

static void
serve(void *ctx, struct request *r, struct mock_answer *a)
{
	struct mock *m = ctx;
	bool control = strncmp(r->path, "/_mock/", 7) == 0;

	if (control)
		serve_control(m, r, r->path + 6, a);
	else if (m->backend.all != NULL)
		m->backend.all(m->backend.ctx, &m->with, r, a);
	else if (strncmp(r->path, BASE "/", strlen(BASE) + 1) == 0)
		serve_call(m, r, r->path + strlen(BASE), a);
	else
		mock_fail(a, 404, "Resource not found");
	if (m->o->gzip && r->takes_gzip && a->body.len > 0)
		a->gzip = true;
	if (!control)
		mock_stats_status(
		    m->with.stats, a->delivery == SEND_RESET ? 0 : a->status);
	if (m->o->verbose && !control)
		warnx("%s %s: %d, %zu bytes", r->method, r->path, a->status,
		    a->body.len);
}

static int
read_secret(struct mock *m, const char *path, struct why *why)
{
	char line[512];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return why_errno(why, EX_NOINPUT, "%s", path);
	if (fgets(line, sizeof(line), f) == NULL) {
		fclose(f);
		return why_set(why, EX_CONFIG, "%s: no secret in it", path);
	}
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	mock_auth_secret(m->with.auth, line);
	explicit_bzero(line, sizeof(line));
	return 0;
}

static int
open_backend(struct mock *m, const char *source, struct why *why)
{
	static const struct {
		const char *source;
		int (*open)(const struct mock_options *o, struct backend *b,
		    struct why *why);
	} own[] = {{"hostaway", mock_hostaway_open},
	    {"messenger", mock_graph_open}, {"reso", mock_reso_open}};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(own[i].source, source) == 0)
			return own[i].open(m->o, &m->backend, why);
	return mock_described_open(source, m->o, &m->backend, why);
}

static int
open_parts(struct mock *m, const char *source, struct why *why)
{
	const struct mock_options *o = m->o;
	struct auth_rules rules = {o->account, o->settle_ms, o->expires_s,
	    false, o->odd_token, o->size.seed};

	if (open_backend(m, source, why) == -1)
		return -1;
	rules.secret_is_token = m->backend.secret_is_token;
	m->with.auth = mock_auth_new(&rules);
	for (size_t i = 0; i < m->backend.n_tokens; i++)
		mock_auth_add(m->with.auth, m->backend.tokens[i].token,
		    m->backend.tokens[i].account);
	m->with.limit = mock_limit_new(m->backend.has_limits && !o->has_limits
					   ? m->backend.limits
					   : o->limits);
	m->with.stats = mock_stats_new();
	m->with.faults = fault_new(o->size.seed, source);
	for (size_t i = 0; i < o->faults.n; i++)
		if (fault_add(m->with.faults, o->faults.texts[i], why) == -1)
			return -1;
	if (o->secret_file != NULL && read_secret(m, o->secret_file, why) == -1)
		return -1;
	m->http = mock_http_open(o->port, serve, m, why);
	return m->http == NULL ? -1 : 0;
}

struct mock *
mock_open(const char *source, const struct mock_options *o, struct why *why)
{
	struct mock *m = calloc(1, sizeof(*m));

	if (m == NULL)
		err(EX_OSERR, NULL);
	m->o = o;
	if (open_parts(m, source, why) == -1) {
		mock_close(m);
		return NULL;
	}
	return m;
}

int
mock_port(const struct mock *m)
{
	return mock_http_port(m->http);
}

const char *
mock_base(const struct mock *m)
{
	return m->backend.base != NULL ? m->backend.base : BASE;
}

int
mock_run(struct mock *m, struct why *why)
{
	return mock_http_run(m->http, why);
}

void
mock_close(struct mock *m)
{
	if (m == NULL)
		return;
	mock_http_close(m->http);
	if (m->backend.close != NULL)
		m->backend.close(m->backend.ctx);
	fault_free(m->with.faults);
	mock_stats_free(m->with.stats);
	mock_limit_free(m->with.limit);
	mock_auth_free(m->with.auth);
	free(m);
}
