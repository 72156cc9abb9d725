#include "api/token.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "account/account.h"
#include "base/clock.h"
#include "db/db.h"
#include "base/mem.h"
#include "base/shared.h"
#include "source/template.h"

#define EARLY_MS 60000 /* a token is renewed before it ends */
#define YOUNG_MS 60000 /* so young a token is not the reason of a 403 */
#define LIFE_MAX_S (100LL * 366 * 86400)
#define TOKEN_MAX 16384

struct token {
	const struct source *source;
	const char *dbname;
	struct account account;
	bool none;    /* nothing to send */
	bool fixed;   /* given by the user: cannot be minted */
	bool forbids; /* 403s here are about objects, not about the token */
	uint64_t generation, refused, worked;
	struct redact *hide;
};

static int
load(struct token *t, const char *account, bool database, struct why *why)
{
	struct account *a = &t->account;
	struct db *db = NULL;
	int rc;

	if (database && (db = db_open(t->dbname, why)) == NULL)
		return why_in(
		    why, "without HA_TOKEN the token is in the database");
	rc = account_load(db, t->source, account, a, why);
	db_close(db);
	if (rc == -1)
		return -1;
	if (t->source->auth.style == AUTH_BEARER && a->token == NULL &&
	    a->secret != NULL)
		a->token = mem_str(a->secret);
	redact_add(t->hide, a->secret);
	redact_add(t->hide, a->token);
	t->generation = 1;
	return 0;
}

struct token *
token_open(const struct source *s, const char *dbname, const char *account,
    const char *replay, struct redact *hide, struct why *why)
{
	const char *given = getenv("HA_TOKEN");
	bool has_token = given != NULL && *given != '\0';
	struct token *t;

	t = mem_new(1, sizeof(*t));
	t->source = s;
	t->dbname = dbname;
	t->hide = hide;
	t->none = replay != NULL || s->auth.style == AUTH_NONE;
	t->fixed = has_token || s->auth.style != AUTH_CLIENT;
	if (account == NULL)
		account = replay;
	if (t->none)
		t->account.id = mem_str(account != NULL ? account : "");
	else if (load(t, account, !has_token, why) == -1) {
		token_close(t);
		return NULL;
	}
	return t;
}

void
token_close(struct token *t)
{
	if (t == NULL)
		return;
	account_release(&t->account);
	free(t);
}

const char *
token_account(const struct token *t)
{
	return t->account.id;
}

const char *
token_base_url(const struct token *t)
{
	return t->account.base_url;
}

/* Long before its end a token is good; near it a new one is due. */
static bool
ended(const struct account *a, int64_t now_ms)
{
	int64_t early = EARLY_MS, life = a->expires_ms - a->valid_from_ms;

	if (a->expires_ms == 0)
		return false;
	if (life / 10 < early)
		early = life / 10;
	return now_ms >= a->expires_ms - early;
}

int
token_ready(
    struct token *t, struct buf *header, uint64_t *generation, int64_t *wait_us)
{
	const struct account *a = &t->account;
	struct why ignored;
	struct template_values v = {.account = a->id, .token = a->token};
	int64_t now_ms = clock_wall_ms(), wait_ms = a->valid_from_ms - now_ms;

	buf_clear(header);
	buf_str(header, "");
	*generation = t->generation;
	if (t->none)
		return 1;
	if (a->token == NULL ||
	    (!t->fixed && (t->refused == t->generation || ended(a, now_ms))))
		return -1;
	if (wait_ms > t->source->auth.settle_ms) /* the clock was set back */
		wait_ms = t->source->auth.settle_ms;
	if (wait_ms > 0 && !t->fixed) {
		*wait_us = wait_ms * 1000;
		return 0;
	}
	if (t->source->auth.header == NULL ||
	    template_fill(
		t->source->auth.header, &v, false, header, &ignored) == -1) {
		buf_clear(header);
		buf_fmt(header, "Authorization: Bearer %s", a->token);
	}
	return 1;
}

void
token_worked(struct token *t, uint64_t generation)
{
	if (generation == t->generation)
		t->worked = generation;
}

bool
token_refused(struct token *t, uint64_t generation, bool again)
{
	bool young = clock_wall_ms() - t->account.valid_from_ms < YOUNG_MS;

	if (t->none || t->fixed)
		return false;
	if (generation != t->generation) /* there is a newer one already */
		return true;
	if (again) {
		/* refused with two tokens, while others are served */
		if (t->worked == generation)
			t->forbids = true;
		return false;
	}
	if (t->forbids && young)
		return false;
	t->refused = generation;
	return true;
}

/* A token goes into a header: visible ASCII only. */
static bool
is_token(const struct buf *text)
{
	if (text->len == 0 || text->len > TOKEN_MAX)
		return false;
	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] <= ' ' || text->at[i] >= 0x7f)
			return false;
	return true;
}

static int
take_answer(struct token *t, struct db *db, const struct http_answer *a,
    struct why *why)
{
	const struct auth *auth = &t->source->auth;
	struct buf text = BUF_INIT, life = BUF_INIT;
	int64_t from_ms = clock_wall_ms() + auth->settle_ms, expires_ms = 0;
	const char *bad = NULL;
	int rc = -1;

	if (expr_text(auth->token, a->body.at, a->body.len, &text, why) == -1)
		goto out;
	if (!is_token(&text)) {
		why_set(why, EX_PROTOCOL, "an answer without a token in it");
		goto out;
	}
	if (auth->expires != NULL && expr_text(auth->expires, a->body.at,
					 a->body.len, &life, why) == 1) {
		long long s = strtonum(life.at, 1, LIFE_MAX_S, &bad);

		if (bad == NULL)
			expires_ms = clock_wall_ms() + s * 1000;
	}
	redact_add(t->hide, text.at);
	rc = account_save_token(
	    db, &t->account, text.at, from_ms, expires_ms, why);
	t->generation++;
out:
	buf_wipe(&text);
	buf_release(&life);
	return rc;
}

static int
fill_form(struct token *t, struct buf *form, struct why *why)
{
	const struct pairs *p = &t->source->auth.form;
	struct template_values v = {
	    .account = t->account.id, .secret = t->account.secret};

	if (t->account.secret == NULL)
		return why_set(why, EX_CONFIG,
		    "account %s has no secret (`ha-account update %s %s`)",
		    t->account.id, t->source->name, t->account.id);
	for (size_t i = 0; i < p->n; i++) {
		buf_fmt(form, "%s%s=", i > 0 ? "&" : "", p->at[i].name);
		if (template_fill(p->at[i].value, &v, true, form, why) == -1)
			return -1;
	}
	return 0;
}

static void
pause_until(int64_t at_us)
{
	int64_t us = at_us - shared_now();
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	if (us > 0)
		nanosleep(&t, NULL);
}

/* One try of the POST, waiting for the limiter as it must. */
static int
post_once(struct attempts *l, struct attempt_request *r, int64_t deadline_us,
    struct attempt_answer *a, struct why *why)
{
	int64_t wait_us = 0, now;
	int rc;

	for (;;) {
		now = shared_now();
		r->timeout_ms = (deadline_us - now) / 1000;
		if (r->timeout_ms < 1)
			return why_set(why, EX_TEMPFAIL, "the time is spent");
		rc = attempt_start(l, r, &wait_us, why);
		if (rc == -1 || (rc == 0 && now + wait_us > deadline_us))
			return -1;
		if (rc == 0) {
			pause_until(now + wait_us);
			continue;
		}
		while ((rc = attempt_next(l, 1000, a, why)) == 0)
			;
		if (rc == -1 || !a->back)
			return rc == -1 ? -1 : 0;
		attempt_answer_release(a);
	}
}

static int
post(struct token *t, struct db *db, struct attempts *l, const char *form,
    int64_t deadline_us, uint64_t *retries, struct why *why)
{
	struct attempt_request r = {.path = t->source->auth.path, .form = form};
	struct retry again = {.deadline_us = deadline_us};
	struct attempt_answer a;
	int64_t at_us;
	int rc;

	for (;;) {
		memset(&a, 0, sizeof(a));
		if (post_once(l, &r, deadline_us, &a, why) == -1)
			return -1;
		if (a.judged.verdict == VERDICT_USABLE) {
			rc = take_answer(t, db, &a.http, why);
			buf_wipe(&a.http.body);
			attempt_answer_release(&a);
			return rc;
		}
		*why = a.why;
		if (a.http.code == 400) /* OAuth 2: invalid_client, too */
			why->status = EX_NOPERM;
		attempt_answer_release(&a);
		if (retry_again(&again, &a.judged, shared_now(), true, &at_us,
			why) == 0)
			return -1;
		++*retries;
		attempts_again(l, why, at_us);
		pause_until(at_us);
	}
}

/* Under the lock: somebody else may have been faster. */
static int
renew_locked(struct token *t, struct db *db, struct attempts *l,
    int64_t deadline_us, uint64_t *retries, struct why *why)
{
	struct account *a = &t->account;
	struct buf form = BUF_INIT;
	char *before = a->token != NULL ? mem_str(a->token) : NULL;
	bool refused = t->refused == t->generation;
	int rc = -1;

	if (account_reload_token(db, a, why) == -1)
		goto out;
	redact_add(t->hide, a->token);
	if (a->token != NULL && !ended(a, clock_wall_ms()) &&
	    (!refused || before == NULL || strcmp(a->token, before) != 0)) {
		t->generation++;
		rc = 0;
	} else if (fill_form(t, &form, why) == 0) {
		rc = post(t, db, l, form.at, deadline_us, retries, why);
		if (rc == -1)
			why_in(why, "POST %s", t->source->auth.path);
	}
out:
	if (before != NULL)
		freezero(before, strlen(before));
	buf_wipe(&form);
	return rc;
}

int
token_renew(struct token *t, struct attempts *l, int64_t deadline_us,
    uint64_t *retries, struct why *why)
{
	struct why ignored;
	struct db *db;
	int rc;

	if (t->fixed)
		return why_set(why, EX_NOPERM,
		    "account %s has no token (HA_TOKEN, or `ha-account "
		    "update %s %s`)",
		    t->account.id, t->source->name, t->account.id);
	if ((db = db_open(t->dbname, why)) == NULL)
		return -1;
	rc = account_mint_lock(db, &t->account, why);
	if (rc == 0) {
		rc = renew_locked(t, db, l, deadline_us, retries, why);
		account_mint_unlock(db, &t->account, &ignored);
	}
	db_close(db);
	return rc;
}
