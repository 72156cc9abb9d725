/*
 * account -- who we are at an API: ids, sealed secret, cached token.
 *
 * Kept in ha.accounts, secrets sealed (seal.h). HA_TOKEN serves as a token for
 * any account, without a database or for the base URL that is there. Secrets
 * are wiped by account_release.
 */
#ifndef HA_ACCOUNT_H
#define HA_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

struct account { /* texts are owned; NULL if there is none */
	char *source, *id, *customer_id, *name, *base_url;
	bool enabled;
	char *secret;	       /* opened */
	char *token;	       /* opened */
	int64_t valid_from_ms; /* UNIX time as this machine has it */
	int64_t expires_ms;    /* 0: not known */
};

/*
 * Fills *a. EX_CONFIG for an unknown or disabled account, a missing or wrong
 * key file; says which command mends it. id NULL or "": the only enabled
 * account of the source, else EX_USAGE that lists them.
 */
int account_load(struct db *db, const struct source *s, const char *id,
    struct account *a, struct why *why);
/* Reloads token fields only (another process may have minted). */
int account_reload_token(struct db *db, struct account *a, struct why *why);
/*
 * Seals and stores a token that is valid in settle_ms and for life_ms, counted
 * from now by the database's clock; life_ms 0: not known.
 */
int account_save_token(struct db *db, struct account *a, const char *token,
    int64_t settle_ms, int64_t life_ms, struct why *why);
/* One minter at a time, across processes: a session advisory lock. */
int account_mint_lock(struct db *db, const struct account *a, struct why *why);
int account_mint_unlock(
    struct db *db, const struct account *a, struct why *why);
void account_release(struct account *a);

#endif
