/*
 * accounts -- the rows of ha.accounts: added, changed, listed, removed.
 *
 * What ha-account does, and what another front end may do the same way.
 * account.h reads one of them for use. Secrets come as texts that the caller
 * wipes; they are sealed here and never given out.
 */
#ifndef HA_ACCOUNTS_H
#define HA_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

struct account_edit { /* NULL: as it is, or none; borrowed */
	const char *name, *customer_id, *base_url;
	const char *secret;
	const char *expires; /* the secret: a time; NULL: as it says itself */
};

/* EX_USAGE if the description's pattern does not match, or no name at all. */
int accounts_check_id(const struct source *s, const char *id, struct why *why);
/*
 * The id as given, checked, into *to; NULL or "": the only enabled account
 * of the source, else EX_CONFIG or EX_USAGE as account_load. An account
 * named need not be in the table.
 */
int accounts_resolve(struct db *db, const struct source *s, const char *id,
    struct buf *to, struct why *why);
/*
 * Says why these rows, whose first column is an id, are not exactly one
 * account: -1. id NULL: none was named.
 */
int accounts_not_one(
    const struct source *s, const char *id, struct rows *rows, struct why *why);
/*
 * Seals a text for a field of an account and the origin of its base URL (NULL:
 * it has none of its own); hex digits in *hex. accounts_open is the way back,
 * into *to, which the caller wipes.
 */
int accounts_seal(const char *source, const char *id, const char *field,
    const char *base_url, const char *text, struct buf *hex, struct why *why);
int accounts_open(const char *source, const char *id, const char *field,
    const char *base_url, const char *hex, struct buf *to, struct why *why);

/*
 * A transaction in which something is sealed and stored: between both no key
 * is renewed (rekey.h). accounts_end commits, or takes back if rc is -1: it
 * returns -1 then.
 */
int accounts_begin(struct db *db, struct why *why);
int accounts_end(struct db *db, int rc, struct why *why);

/*
 * EX_USAGE and *exists if it does, which the caller sets to false. Without a
 * customer_id a new uuid is made.
 */
int accounts_add(struct db *db, const struct source *s, const char *id,
    const struct account_edit *edit, bool *exists, struct why *why);
/*
 * A new secret or base URL drops the cached token; a base URL that is given,
 * the stored secret is sealed for it. EX_CONFIG: unknown.
 */
int accounts_update(struct db *db, const struct source *s, const char *id,
    const struct account_edit *edit, struct why *why);
int accounts_enable(struct db *db, const struct source *s, const char *id,
    bool enabled, struct why *why);
/* Only the account: rows, positions and history stay. */
int accounts_remove(
    struct db *db, const struct source *s, const char *id, struct why *why);
/*
 * Stores a token that was made elsewhere, valid from now; life_ms: 0 if not
 * known. token NULL: forgets the stored one.
 */
int accounts_token(struct db *db, const struct source *s, const char *id,
    const char *token, int64_t life_ms, struct why *why);

#endif
