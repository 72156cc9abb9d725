#include "mock/described/described.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/described/described_int.h"
#include "mock/described/described_value.h"
#include "mock/server/mock_answer.h"

/* Does the path fit the template? What stands for {parent.X}, {key} is kept. */
static bool
fits(const char *template, const char *path, char *hole, size_t size)
{
	*hole = '\0';
	while (*template != '\0') {
		size_t n;

		if (*template != '{') {
			if (*template ++ != *path++)
				return false;
			continue;
		}
		n = strcspn(path, "/");
		if (n == 0 || n >= size)
			return false;
		if (strncmp(template, "{parent.", 8) == 0 ||
		    strncmp(template, "{key", 4) == 0) {
			memcpy(hole, path, n);
			hole[n] = '\0';
		}
		path += n;
		template += strcspn(template, "}") + 1;
	}
	return *path == '\0';
}

/* The argument that names the parent, or the row, for paths that do not. */
static const char *
named_arg(const struct pairs *query, const char *what, const struct request *r)
{
	for (size_t i = 0; i < query->n; i++)
		if (strstr(query->at[i].value, what) != NULL)
			return request_arg(r, query->at[i].name);
	return NULL;
}

/* One row, where the description looks for it. */
static void
put_one(void *ctx, int no, struct buf *to)
{
	(void)no;
	buf_str(to, ctx);
}

static void
serve_row(struct described *ms, struct described_kind *k, const char *key,
    struct mock_answer *a)
{
	const struct expr *at = k->r->one->row;
	const char *path = expr_source(at != NULL ? at : ms->s->rows);
	struct mock_row *row = table_find(k->table, key_id(key));
	struct buf text = BUF_INIT;
	struct tree *t;

	if (row == NULL) {
		mock_fail(a, 404, "Resource not found");
		return;
	}
	table_text(k->table, row, 0, &text);
	if (strcmp(path, ".") == 0) {
		buf_add(&a->body, text.at, text.len);
	} else {
		t = tree_new();
		(void)tree_add(t, path);
		tree_write(t, &a->body, put_one, text.at);
		tree_free(t);
	}
	buf_release(&text);
}

static bool
serve_one(struct described *ms, struct described_kind *k,
    const struct request *r, const char *path, struct mock_answer *a)
{
	const struct one *one = k->r->one;
	char hole[256];
	const char *key = hole;

	if (one == NULL || !fits(one->path, path, hole, sizeof(hole)))
		return false;
	if (*hole == '\0')
		key = named_arg(&one->query, "{key", r);
	if (key != NULL)
		serve_row(ms, k, key, a);
	return key != NULL;
}

static bool
serve_kind(struct described *ms, struct described_kind *k,
    const struct request *r, const char *path, struct mock_answer *a)
{
	const struct each *e = k->r->each;
	char hole[256];
	const char *named;

	if (e != NULL && fits(e->path, path, hole, sizeof(hole))) {
		named =
		    *hole != '\0' ? hole : named_arg(&e->query, "{parent.", r);
		if (named != NULL) {
			described_page(ms, k, &e->paging, r, named, a);
			return true;
		}
	}
	if (serve_one(ms, k, r, path, a))
		return true;
	if (k->r->path != NULL && fits(k->r->path, path, hole, sizeof(hole))) {
		described_page(ms, k, &k->r->paging, r, NULL, a);
		return true;
	}
	return false;
}

static void
serve(void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct described *ms = ctx;

	if (strcmp(r->method, "GET") != 0) {
		mock_fail(a, 405, "Method not allowed");
		return;
	}
	for (size_t i = 0; i < ms->s->n_resources; i++)
		if (ms->kinds[i].table != NULL &&
		    serve_kind(ms, &ms->kinds[i], r, path, a))
			return;
	mock_fail(a, 404, "Resource not found");
}

static struct described_kind *
kind_named(struct described *ms, const char *name)
{
	for (size_t i = 0; name != NULL && i < ms->s->n_resources; i++)
		if (strcmp(ms->s->resources[i].name, name) == 0 &&
		    ms->kinds[i].table != NULL)
			return &ms->kinds[i];
	return NULL;
}

static void
dump(struct described_kind *k, struct mock_answer *a)
{
	static const struct mock_order by_no = {
	    KIND_NO, -1, false, false, false};

	a->type = "application/x-ndjson";
	table_lines(k->table, &by_no, 0, &a->body);
}

/* n rows of a resource are added, changed or deleted. */
static void
change(struct described *ms, struct described_kind *k, const char *how,
    int64_t n, struct mock_answer *a)
{
	struct rng r =
	    rng_of(ms->o->size.seed, "change", (uint64_t)++ms->clock);
	struct mock_row *row;

	for (int64_t i = 0; i < n; i++) {
		if (strcmp(how, "/add") == 0) {
			kind_add(k);
			continue;
		}
		if ((row = table_any(k->table, &r)) == NULL)
			break;
		if (strcmp(how, "/update") == 0)
			kind_change(k, row);
		else
			kind_delete(ms->kinds, ms->s->n_resources, k, row);
	}
	buf_fmt(&a->body, "{\"rows\":%zu}\n", table_count(k->table));
}

static bool
control(void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct described *ms = ctx;
	bool dumps = strncmp(path, "/dump/", 6) == 0;
	struct described_kind *k;

	if (!dumps && strcmp(path, "/add") != 0 &&
	    strcmp(path, "/update") != 0 && strcmp(path, "/delete") != 0)
		return false;
	k = kind_named(ms, dumps ? path + 6 : request_arg(r, "resource"));
	if (k == NULL)
		mock_fail(a, 404, "no such resource");
	else if (dumps)
		dump(k, a);
	else
		change(ms, k, path, request_number(r, "n", 1), a);
	return true;
}

static void
put_token(void *ctx, int no, struct buf *to)
{
	const char *const *texts = ctx;

	buf_str(to, texts[no]);
}

/* The token's answer, at the paths where the description looks for it. */
static void
token_answer(void *ctx, const char *token, int64_t expires_s, struct buf *to)
{
	struct described *ms = ctx;
	struct buf quoted = BUF_INIT, expires = BUF_INIT;
	const char *texts[2];

	gen_quoted(&quoted, token);
	buf_fmt(&expires, "%lld", (long long)expires_s);
	texts[ms->token_place == 0 ? 0 : 1] = quoted.at;
	texts[ms->token_place == 0 ? 1 : 0] = expires.at;
	tree_write(ms->token, to, put_token, texts);
	buf_release(&quoted);
	buf_release(&expires);
}

static void
source_close(void *ctx)
{
	struct described *ms = ctx;

	if (ms->kinds != NULL)
		kinds_close(ms->kinds, ms->s->n_resources);
	tree_free(ms->envelope);
	tree_free(ms->token);
	free(ms->kinds);
	source_free(ms->s);
	free(ms);
}

/* "X-Api-Key: {token}" is a header and what stands before the token. */
static void
open_auth(struct described *ms, struct backend *b)
{
	const struct auth *auth = &ms->s->auth;
	const char *colon =
	    auth->header == NULL ? NULL : strchr(auth->header, ':');

	b->open = auth->style == AUTH_NONE || colon == NULL;
	if (b->open)
		return;
	snprintf(ms->header, sizeof(ms->header), "%.*s",
	    (int)(colon - auth->header), auth->header);
	colon += 1 + strspn(colon + 1, " ");
	snprintf(ms->prefix, sizeof(ms->prefix), "%.*s",
	    (int)strcspn(colon, "{"), colon);
	b->auth_header = ms->header;
	b->auth_prefix = ms->prefix;
	b->secret_is_token = auth->style == AUTH_BEARER;
	if (auth->style != AUTH_CLIENT)
		return;
	b->token_path = auth->path;
	b->account_field = b->secret_field = "";
	for (size_t i = 0; i < auth->form.n; i++)
		if (strstr(auth->form.at[i].value, "{account}") != NULL)
			b->account_field = auth->form.at[i].name;
		else if (strstr(auth->form.at[i].value, "{secret}") != NULL)
			b->secret_field = auth->form.at[i].name;
	ms->token = tree_new();
	ms->token_place = described_place(ms->token, auth->token);
	ms->expires_place = described_place(ms->token, auth->expires);
	b->token = ms->token_place != -1 ? token_answer : NULL;
}

static void
open_limits(const struct source *s, struct backend *b)
{
	b->has_limits = true;
	for (size_t i = 0; i < s->n_limits; i++)
		b->limits[s->limits[i].per_address ? LIMIT_ADDRESS
						   : LIMIT_ACCOUNT] =
		    (struct limit_rule){
			s->limits[i].requests, s->limits[i].window_ms};
	for (int i = 0; i < LIMIT_SCOPES; i++)
		if (b->limits[i].requests == 0)
			b->limits[i].window_ms = 1000;
	if (s->n_waits > 0) {
		b->wait_header = s->waits[0].name;
		b->wait_form = s->waits[0].form;
	}
}

int
mock_described_open(const char *source, const struct mock_options *o,
    struct backend *b, struct why *why)
{
	struct described *ms = calloc(1, sizeof(*ms));
	struct buf path = BUF_INIT;

	if (ms == NULL)
		err(EX_OSERR, NULL);
	*b = (struct backend){.ctx = ms,
	    .serve = serve,
	    .control = control,
	    .close = source_close};
	ms->o = o;
	ms->clock = o->size.now;
	if (source_path(source, ".json", &path, why) == -1)
		why->status = EX_USAGE; /* the operand says what it is to be */
	else
		ms->s = source_load(source, why);
	buf_release(&path);
	if (ms->s == NULL)
		return -1;
	described_envelope(ms);
	open_auth(ms, b);
	open_limits(ms->s, b);
	ms->kinds = calloc(ms->s->n_resources + 1, sizeof(*ms->kinds));
	if (ms->kinds == NULL)
		err(EX_OSERR, NULL);
	return kinds_open(ms->s, o, &ms->clock, ms->kinds, why);
}
