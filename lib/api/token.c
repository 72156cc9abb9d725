#include "api/token.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "account/account.h"
#include "base/clock.h"
#include "db/db.h"
#include "base/mem.h"
#include "base/quit.h"
#include "base/shared.h"
#include "source/template.h"
#include "url/url_text.h"

#define EARLY_MS 60000	    /* a token is renewed before it ends */
#define YOUNG_MS 60000	    /* so young a token is not the reason of a 403 */
#define AHEAD_MS 5000	    /* clocks and roundings differ by less */
#define AGAIN_MS 60000	    /* a mint that failed is not tried again before */
#define PATIENT_US 10000000 /* for a window, while the old token lasts */
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
	int64_t failed_us; /* when the last mint did, if it did; and why */
	struct why failed;
};

/*
 * Where the account lives, while HA_TOKEN says who we are: with a database the
 * token goes to the base URL that is there, never to another's.
 */
static bool
base_is_stored(const char *dbname)
{
	static const char *const names[] = {"HA_DATABASE_URL", "PGHOST",
	    "PGHOSTADDR", "PGDATABASE", "PGSERVICE"};
	const char *base = getenv("HA_BASE_URL"), *value;

	if (base != NULL && *base != '\0')
		return false;
	if (dbname != NULL)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((value = getenv(names[i])) != NULL && *value != '\0')
			return true;
	return false;
}

static int
load(struct token *t, const char *account, bool given, struct why *why)
{
	struct account *a = &t->account;
	struct db *db = NULL;
	int rc;

	if ((!given || base_is_stored(t->dbname)) &&
	    (db = db_open(t->dbname, why)) == NULL)
		return why_in(why, "%s",
		    given ? "without HA_BASE_URL it is in the database"
			  : "without HA_TOKEN the token is in the database");
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
	else if (load(t, account, has_token, why) == -1) {
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

/*
 * Good now or soon. One from the future was made by a machine whose clock is
 * ahead, and nobody knows when it ends.
 */
static bool
lasts(const struct token *t)
{
	const struct account *a = &t->account;
	int64_t now_ms = clock_wall_ms();

	return a->token != NULL && !ended(a, now_ms) &&
	       a->valid_from_ms - now_ms <=
		   t->source->auth.settle_ms + AHEAD_MS;
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
	    (!t->fixed && (t->refused == t->generation || !lasts(t))))
		return -1;
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
	int64_t life_ms = 0;
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
			life_ms = s * 1000;
	}
	redact_add(t->hide, text.at);
	rc = account_save_token(
	    db, &t->account, text.at, auth->settle_ms, life_ms, why);
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
		buf_str(form, i > 0 ? "&" : "");
		url_encode(p->at[i].name, strlen(p->at[i].name), form);
		buf_chr(form, '=');
		if (template_query(p->at[i].value, &v, form, why) == -1)
			return -1;
	}
	return 0;
}

/* Minting stops all else; a signal ends it at once. */
static int
stopped(struct why *why)
{
	if (!quit_wanted())
		return 0;
	return why_set(why, EX_TEMPFAIL, "ended by a signal");
}

static int
pause_until(int64_t at_us, struct why *why)
{
	int64_t us;

	while ((us = at_us - shared_now()) > 0) {
		const struct timespec t = {
		    0, 1000 * (us < 200000 ? us : 200000)};

		if (stopped(why) == -1)
			return -1;
		nanosleep(&t, NULL);
	}
	return 0;
}

/*
 * One try of the POST, waiting for the limiter as it must. spare: there is a
 * token to go on with, so that nobody stands still for long.
 */
static int
post_once(struct attempts *l, struct attempt_request *r, int64_t deadline_us,
    bool spare, struct attempt_answer *a, struct why *why)
{
	int64_t wait_us = 0, now;
	int rc;

	for (;;) {
		now = shared_now();
		r->timeout_ms = (deadline_us - now) / 1000;
		if (r->timeout_ms < 1)
			return why_set(why, EX_TEMPFAIL, "the time is spent");
		rc = attempt_start(l, r, &wait_us, why);
		if (rc == -1 || (rc == 0 && now + wait_us > deadline_us) ||
		    (rc == 0 && spare && wait_us > PATIENT_US))
			return -1;
		if (rc == 0) {
			if (pause_until(now + wait_us, why) == -1)
				return -1;
			continue;
		}
		do
			if (stopped(why) == -1)
				return -1;
		while ((rc = attempt_next(l, 1000, a, why)) == 0);
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
		if (post_once(l, &r, deadline_us, lasts(t), &a, why) == -1)
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
		if ((a.judged.all_wait && lasts(t)) ||
		    retry_again(&again, &a.judged, shared_now(), true, &at_us,
			why) == 0)
			return -1;
		++*retries;
		attempts_again(l, why, at_us);
		if (pause_until(at_us, why) == -1)
			return -1;
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
	if (lasts(t) &&
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
	if (t->failed_us > 0 &&
	    shared_now() - t->failed_us < (int64_t)AGAIN_MS * 1000) {
		*why = t->failed;
		return -1;
	}
	if ((db = db_open(t->dbname, why)) == NULL)
		return -1;
	rc = account_mint_lock(db, &t->account, why);
	if (rc == 0) {
		rc = renew_locked(t, db, l, deadline_us, retries, why);
		account_mint_unlock(db, &t->account, &ignored);
		t->failed_us = rc == -1 ? shared_now() : 0;
		t->failed = *why;
	}
	db_close(db);
	return rc;
}

bool
token_keep(struct token *t)
{
	if (!lasts(t))
		return false;
	t->refused = 0;
	return true;
}
