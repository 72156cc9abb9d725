/*
 * mock_auth -- the tokens of the mock: issued, not yet valid, revoked.
 *
 * Owns the accepted secret and all tokens. MOCK_TOKEN is valid from the
 * start, for whoever does not want to mint. Times are microseconds of a
 * clock that does not go back.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_AUTH_H
#define HA_MOCK_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define MOCK_SECRET "mock-secret"
#define MOCK_TOKEN "mock-token"

struct mock_auth;

struct auth_rules {
	const char *account;  /* the only one let in; NULL: any. Borrowed */
	int64_t settle_ms;    /* a new token is not valid before */
	int64_t expires_s;    /* its life */
	bool secret_is_token; /* the secret itself is let in */
	bool odd_token;	      /* with bytes that must be escaped */
	uint64_t seed;
};

struct mock_auth *mock_auth_new(const struct auth_rules *rules);
void mock_auth_free(struct mock_auth *a); /* NULL is fine */
/* A token that is valid from now on, until it is revoked. */
void mock_auth_add(struct mock_auth *a, const char *token, const char *account);
void mock_auth_secret(struct mock_auth *a, const char *secret); /* copied */
/* The token's text, borrowed; NULL: wrong account or secret. */
const char *mock_auth_mint(struct mock_auth *a, const char *account,
    const char *secret, int64_t now_us);
/* The account of a token that is valid now, or NULL. */
const char *mock_auth_check(
    struct mock_auth *a, const char *token, int64_t now_us);
/* One token, or (NULL) all of them: never valid again. */
void mock_auth_revoke(struct mock_auth *a, const char *token);

#endif
