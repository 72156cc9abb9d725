/*
 * jwt -- when a token ends, by what it says of itself (RFC 7519).
 *
 * Inside of lib/account.
 *
 * Nobody's signature is checked: it is not to be trusted, but to be renewed.
 */
#ifndef HA_JWT_H
#define HA_JWT_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970, in *s; false: it is no JWT, or does not say. */
bool jwt_ends(const char *token, int64_t *s);

#endif
