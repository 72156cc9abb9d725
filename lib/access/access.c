#include "access/access.h"

#include <err.h>
#include <stdlib.h>

#include "api/api.h"
#include "base/out.h"
#include "page/page.h"

#define TIMEOUT_MS 20000 /* somebody waits for it */

struct access {
	const struct source *source;
	const char *account;
	struct api *api;
	struct buf may, may_not; /* names, ready for people */
	struct why why;		 /* of the first that may not be read */
};

/* The first page of a list, of one row where the API lets us. */
static int
ask(struct access *x, struct page *page, struct api_answer *ans)
{
	struct buf path = BUF_INIT;
	int rc = page_ask(page, &path, &ans->why);

	if (rc == 1 && (rc = api_submit(x->api, path.at, x, &ans->why)) == 0 &&
	    (rc = api_next(x->api, ans, &ans->why)) == 1)
		rc = ans->rc;
	if (rc == 0)
		rc = page_take(page, ans->body.at, ans->body.len, &ans->why);
	buf_release(&path);
	return rc;
}

/* Without an HTTP status it is no answer of this list. */
static void
note(struct access *x, const struct resource *r, const struct api_answer *ans)
{
	struct buf *to = ans->rc == 0 ? &x->may : &x->may_not;

	if (ans->rc == -1 && x->why.status == 0)
		x->why = ans->why;
	if (ans->code > 0)
		buf_fmt(to, "%s%s", to->len > 0 ? ", " : "", r->name);
	if (ans->code > 0 && ans->rc == -1)
		buf_fmt(to, " (%ld)", ans->code);
}

/* 1: the next one may be asked for; 0: that would be of no use; -1. */
static int
try_list(struct access *x, const struct resource *r, struct why *why)
{
	const struct page_of of = {
	    .account = x->account, .base = api_base(x->api), .size = 1};
	struct page_kit *kit = page_kit_new(x->source, r, false, why);
	struct page *page = kit != NULL ? page_new(kit, &of, why) : NULL;
	struct api_answer ans = {0};
	int rc = -1;

	if (page == NULL)
		goto out;
	ans.rc = ask(x, page, &ans);
	if (ans.rc == -1 && ans.why.status == EX_TEMPFAIL) {
		*why = ans.why;
		goto out;
	}
	note(x, r, &ans);
	rc = ans.code > 0;
out:
	api_answer_release(&ans);
	page_free(page);
	page_kit_free(kit);
	return rc;
}

/* Lists alone: what hangs on a parent is let in with it. */
static int
try_all(struct access *x, struct why *why)
{
	const struct source *s = x->source;
	int rc = 1;

	for (size_t i = 0; i < s->n_resources && rc == 1; i++)
		if (s->resources[i].path != NULL && s->resources[i].by_default)
			rc = try_list(x, &s->resources[i], why);
	return rc == -1 ? -1 : 0;
}

static void
say(const struct access *x, const char *what, const struct buf *names)
{
	struct buf line = BUF_INIT;

	if (names->len > 0) {
		buf_fmt(&line, "%s %s %s %s", x->source->name, x->account, what,
		    names->at);
		out_line(line.at, line.len);
	}
	buf_release(&line);
}

/* Why nothing may be read, or was not asked for, and what helps. */
static int
conclude(const struct access *x, int rc, struct why *why)
{
	const char *s = x->source->name, *a = x->account;
	struct why last = rc == -1 ? *why : x->why;

	if (rc == 0 && (x->may.len > 0 || last.status == 0))
		return 0;
	if (last.status == EX_TEMPFAIL)
		return why_set(why, last.status,
		    "%s; account %s is stored, but was not tried: `ha-account "
		    "check %s %s` does it",
		    last.msg, a, s, a);
	return why_set(why, last.status,
	    "%s; account %s is stored, but reads nothing: `ha-account update "
	    "%s %s %s` takes another %s",
	    last.msg, a,
	    last.status == EX_NOPERM ? "--secret-file -" : "--base-url URL", s,
	    a, last.status == EX_NOPERM ? "secret" : "address");
}

static void
idle(void *ctx)
{
	struct access *x = ctx;
	struct buf line = BUF_INIT;

	if (x->api != NULL && api_tell_failed(x->api, &line))
		warnx("%s", line.at);
	buf_release(&line);
}

int
access_check(const struct source *s, const char *dbname, const char *account,
    int64_t timeout_ms, struct why *why)
{
	struct access x = {.source = s, .account = account};
	const struct api_options o = {.dbname = dbname,
	    .account = account,
	    .timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS,
	    .max_flight = 1,
	    .rows = true,
	    .idle = idle,
	    .idle_ctx = &x};
	int rc = -1;

	unsetenv("HA_TOKEN"); /* it is about what is stored */
	if ((x.api = api_open(s, &o, why)) == NULL)
		return -1;
	rc = try_all(&x, why);
	say(&x, "may read", &x.may);
	say(&x, "may not read", &x.may_not);
	rc = conclude(&x, rc, why);
	api_close(x.api);
	buf_release(&x.may);
	buf_release(&x.may_not);
	return rc;
}
