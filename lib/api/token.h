/*
 * token -- what lets us in: cached, minted once for all, settled, renewed.
 *
 * Inside of lib/api.
 *
 * With HA_TOKEN there is no mint, and a database only for the base URL; an API
 * without credentials has neither. Otherwise the account's token is used while
 * it lasts; a new one is minted by one process at a time and shared through the
 * account's row. The database is open only while a token is loaded or minted.
 */
#ifndef HA_TOKEN_H
#define HA_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "api/redact.h"
#include "api/attempt.h"
#include "source/source.h"
#include "base/why.h"

struct token;

/*
 * account: -a or NULL. replay: the account of a tape, which needs no token;
 * else NULL. Secrets are added to *hide. EX_CONFIG, EX_USAGE as
 * account_load.
 */
struct token *token_open(const struct source *s, const char *dbname,
    const char *account, const char *replay, struct redact *hide,
    struct why *why);
void token_close(struct token *t);		   /* NULL is fine */
const char *token_account(const struct token *t);  /* never NULL */
const char *token_base_url(const struct token *t); /* NULL: none stored */
/*
 * 1: *header holds the header's line ("" if none is needed) and *generation
 * which token it is; 0: valid in *wait_us; -1: a new one must be minted.
 */
int token_ready(struct token *t, struct buf *header, uint64_t *generation,
    int64_t *wait_us);
/* A call with that token was answered. */
void token_worked(struct token *t, uint64_t generation);
/*
 * 401 or 403 for that token: true if the call may be tried with another one
 * (a newer one is there, or is minted by token_renew). again: the call was
 * already tried anew for that reason.
 */
bool token_refused(struct token *t, uint64_t generation, bool again);
/*
 * Mints, or takes what another process minted meanwhile. Blocks, but not past
 * a signal (quit.h). What failed a moment ago fails again without a call.
 */
int token_renew(struct token *t, struct attempts *l, int64_t deadline_us,
    uint64_t *retries, struct why *why);
/*
 * Behind a mint that failed: true if the token that there is still lasts, for
 * calls that were not refused with it.
 */
bool token_keep(struct token *t);

#endif
