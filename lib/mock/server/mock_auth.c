#include "mock/server/mock_auth.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/server/mock_gen.h"

struct auth_token {
	char *text, *account;
	int64_t from_us, to_us;
	struct auth_token *link;
};

struct mock_auth {
	struct auth_rules rules;
	char *secret;
	struct auth_token *tokens;
	uint64_t minted;
};

static char *
copy(const char *text)
{
	char *s = strdup(text);

	if (s == NULL)
		err(EX_OSERR, NULL);
	return s;
}

static struct auth_token *
add_token(struct mock_auth *a, char *text, const char *account, int64_t from_us,
    int64_t to_us)
{
	struct auth_token *t = calloc(1, sizeof(*t));

	if (t == NULL)
		err(EX_OSERR, NULL);
	*t =
	    (struct auth_token){text, copy(account), from_us, to_us, a->tokens};
	return a->tokens = t;
}

struct mock_auth *
mock_auth_new(const struct auth_rules *rules)
{
	struct mock_auth *a = calloc(1, sizeof(*a));

	if (a == NULL)
		err(EX_OSERR, NULL);
	a->rules = *rules;
	a->secret = copy(MOCK_SECRET);
	add_token(a, copy(MOCK_TOKEN),
	    rules->account != NULL ? rules->account : "59808", INT64_MIN,
	    INT64_MAX);
	return a;
}

void
mock_auth_free(struct mock_auth *a)
{
	struct auth_token *t;

	if (a == NULL)
		return;
	while ((t = a->tokens) != NULL) {
		a->tokens = t->link;
		free(t->text);
		free(t->account);
		free(t);
	}
	free(a->secret);
	free(a);
}

void
mock_auth_add(struct mock_auth *a, const char *token, const char *account)
{
	add_token(a, copy(token), account, INT64_MIN, INT64_MAX);
}

void
mock_auth_secret(struct mock_auth *a, const char *secret)
{
	free(a->secret);
	a->secret = copy(secret);
}

const char *
mock_auth_mint(struct mock_auth *a, const char *account, const char *secret,
    int64_t now_us)
{
	struct rng r = rng_of(a->rules.seed, "token", a->minted);
	struct buf text = BUF_INIT;
	int64_t from = now_us + a->rules.settle_ms * 1000;

	if (account == NULL || secret == NULL || *account == '\0' ||
	    strcmp(secret, a->secret) != 0 ||
	    (a->rules.account != NULL &&
		strcmp(account, a->rules.account) != 0))
		return NULL;
	a->minted++;
	buf_str(&text, a->rules.odd_token ? "oddtoken.\"/+&=%\\." : "mock.");
	gen_hex(&text, &r, 64);
	return add_token(a, buf_take(&text), account, from,
	    now_us + a->rules.expires_s * 1000000)
	    ->text;
}

static struct auth_token *
find(struct mock_auth *a, const char *text)
{
	struct auth_token *t = a->tokens;

	while (t != NULL && strcmp(t->text, text) != 0)
		t = t->link;
	return t;
}

const char *
mock_auth_check(struct mock_auth *a, const char *token, int64_t now_us)
{
	struct auth_token *t = token != NULL ? find(a, token) : NULL;

	if (t == NULL && token != NULL && a->rules.secret_is_token &&
	    strcmp(token, a->secret) == 0)
		return a->rules.account != NULL ? a->rules.account : "";
	if (t == NULL || now_us < t->from_us || now_us >= t->to_us)
		return NULL;
	return t->account;
}

void
mock_auth_revoke(struct mock_auth *a, const char *token)
{
	for (struct auth_token *t = a->tokens; t != NULL; t = t->link)
		if (token == NULL || strcmp(t->text, token) == 0)
			t->to_us = INT64_MIN;
}
