#include "mock/reso/reso.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/reso/reso_int.h"

#define LONGEST_KEY 64

static void
fail(struct mock_answer *a, int status, const char *message)
{
	reso_refuse(a, status, message, NULL);
}

static void
serve_document(struct mock_answer *a)
{
	buf_str(&a->body, "{\"@odata.context\":\"$metadata\",\"value\":[");
	for (int k = 0; k < RESO_KINDS; k++)
		buf_fmt(&a->body,
		    "%s{\"name\":\"%s\",\"kind\":\"EntitySet\",\"url\":\"%s\"}",
		    k > 0 ? "," : "", reso_names[k], reso_names[k]);
	buf_str(&a->body, "]}");
}

static void
serve_metadata(const struct request *r, struct mock_answer *a)
{
	const char *format = request_arg(r, "$format");

	if (format == NULL) {
		a->type = "application/xml";
		reso_metadata_xml(&a->body);
	} else if (strcmp(format, "json") == 0)
		reso_metadata_json(&a->body);
	else
		reso_refuse(a, 415, "no such format", "$format");
}

/* "('C1''2')": the key, as it is. */
static bool
key_in(const char *path, char key[LONGEST_KEY])
{
	size_t n = 0;

	if (strncmp(path, "('", 2) != 0)
		return false;
	for (path += 2; *path != '\0' && n + 1 < LONGEST_KEY; path++) {
		if (*path == '\'' && *++path != '\'')
			break;
		key[n++] = *path;
	}
	key[n] = '\0';
	return strcmp(path, ")") == 0;
}

static void
serve_one(const struct reso_at *of, const char *path,
    const struct reso_query *q, struct mock_answer *a)
{
	struct reso_at at = *of;
	char key[LONGEST_KEY];

	if (q->filter != NULL || q->n_order > 0 || q->has_top || q->skip > 0 ||
	    q->count || q->after) {
		reso_refuse(a, 400, "not for a single record", "query");
		return;
	}
	at.no = key_in(path, key) ? reso_find(at.m, at.k, key) : NO_ROW;
	if (at.no == NO_ROW || !reso_visible(at.m, at.k, at.no, at.feed)) {
		reso_refuse(a, 404, "The record does not exist.", NULL);
		return;
	}
	buf_fmt(&a->body, "{\"@odata.context\":\"$metadata#%s/$entity\"",
	    reso_names[at.k]);
	reso_put_members(&at, q, ",", &a->body);
	at.m->rows++;
}

/* Does the page go on from another? */
static bool
is_later(const struct reso_query *q)
{
	return q->skip > 0 || q->after ||
	       (q->filter != NULL && (odata_uses(q->filter, RESO_TIME) ||
					 odata_uses(q->filter, RESO_KEY)));
}

/* A grid of boards wants to be told of which one rows are wanted. */
static bool
lacks_board(const struct reso *m, enum reso_kind k, const struct reso_query *q)
{
	size_t i = 0;

	if (!m->s.grid || q->filter == NULL)
		return m->s.grid;
	while (i < m->n_fields[k] &&
	       strcmp(m->fields[k][i].name, "OriginatingSystemName") != 0)
		i++;
	return !odata_uses(q->filter, i);
}

static void
serve_resource(struct reso *m, enum reso_kind k, const char *rest,
    const struct request *r, struct mock_answer *a)
{
	enum reso_feed feed =
	    r->account != NULL && strcmp(r->account, "vow") == 0 ? FEED_VOW
								 : FEED_IDX;
	struct reso_at at = {m, k, 0, feed};
	struct reso_query q = {.filter = NULL};
	const char *target;
	struct why why;
	int status = reso_query_read(&q, m, k, r, &target, &why);

	m->reads++;
	m->skips += status == 0 && q.skip > 0;
	if (status == 0 && *rest == '\0' && lacks_board(m, k, &q)) {
		status = 400;
		target = "$filter";
		why_set(&why, EX_DATAERR,
		    "one OriginatingSystemName has to be asked for");
	}
	if (status != 0) {
		m->refused++;
		reso_refuse(a, status, why.msg, target);
	} else if (*rest != '\0')
		serve_one(&at, rest, &q, a);
	else {
		if (is_later(&q))
			reso_between_pages(m, k);
		reso_serve_page(m, k, feed, &q, r, a);
	}
	reso_query_release(&q);
}

static void
serve(void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct reso *m = ctx;
	const char *rest;
	size_t len;
	int k;

	/* some have the service below a name, and a second way to the rows */
	if (strncmp(path, "/odata/", 7) == 0)
		path += 6;
	len = strcspn(path + 1, "(/");
	k = reso_kind_named(path + 1, len);
	rest = path + 1 + len;
	if (strcmp(rest, "/replication") == 0)
		rest += strlen(rest);

	answer_header(a, "OData-Version", "4.01");
	if (m->s.want_gzip && !r->takes_gzip)
		reso_refuse(a, 400, "Accept-Encoding: gzip is wanted", NULL);
	else if (strcmp(r->method, "GET") != 0)
		reso_refuse(a, 405, "Method not allowed", NULL);
	else if (strcmp(path, "/") == 0)
		serve_document(a);
	else if (strcmp(path, "/$metadata") == 0)
		serve_metadata(r, a);
	else if (k == -1 || *rest == '/')
		reso_refuse(a, 404, "The resource does not exist.", NULL);
	else
		serve_resource(m, (enum reso_kind)k, rest, r, a);
}

static void
reso_close(void *ctx)
{
	struct reso *m = ctx;

	reso_store_close(m);
	buf_release(&m->bare);
	free(m);
}

/* What a 429 says, and in which form. */
static void
open_wait(const struct reso *m, struct backend *b)
{
	static const struct {
		const char *header;
		enum wait_form form;
	} waits[] = {{"X-Rate-Limit-Retry-After-Seconds", WAIT_SECONDS},
	    {"Retry-After", WAIT_SECONDS}, {"Retry-After", WAIT_DATE},
	    {"Hour-Quota-ResetTime", WAIT_EPOCH_MS}, {NULL, WAIT_SECONDS}};

	b->wait_header = waits[m->s.wait].header;
	b->wait_form = waits[m->s.wait].form;
}

int
mock_reso_open(const struct mock_options *o, struct backend *b, struct why *why)
{
	static const struct fixed_token tokens[] = {
	    {"mock-idx", "idx"}, {"mock-vow", "vow"}};
	struct reso *m = calloc(1, sizeof(*m));

	if (m == NULL)
		err(EX_OSERR, NULL);
	*b = (struct backend){.ctx = m,
	    .serve = serve,
	    .control = reso_control,
	    .close = reso_close,
	    .fail = fail,
	    .tokens = tokens,
	    .n_tokens = sizeof(tokens) / sizeof(tokens[0]),
	    .secret_is_token = true,
	    .auth_header = "Authorization",
	    .auth_prefix = "Bearer ",
	    .left_header = "X-Rate-Limit-Remaining",
	    .has_limits = true,
	    .limits = {{60000, 60000}, {0, 60000}}};
	m->o = o;
	m->clock = o->size.now * INT64_C(1000000);
	reso_switches_init(&m->s);
	for (size_t i = 0; i < o->switches.n; i++)
		if (reso_switch(&m->s, o->switches.texts[i], why) == -1)
			return why_in(why, "--switch");
	reso_fields_init(m);
	b->denied = (int)m->s.denied;
	if (m->s.client) {
		b->token_path = "/oidc/connect/token";
		b->account_field = "client_id";
		b->secret_field = "client_secret";
		b->secret_is_token = false;
		b->mint_html = true;
	}
	open_wait(m, b);
	return reso_store_open(m, why);
}
