/*
 * holdings -- all tables that hold rows of accounts of a source.
 *
 * Inside of lib/account.
 *
 * As the database has them, not as a description says: each table of the
 * source's schema with an account_id, whoever made it, and each of schema ha
 * with source and account_id, but for ha.accounts. A partition is a table.
 * Work is done in transactions of some thousand rows, each under HA_LOCK if
 * that is set; killed anywhere, the same again does what is left.
 */
#ifndef HA_HOLDINGS_H
#define HA_HOLDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "db/db.h"
#include "source/source.h"

/* Rows of a table so far; done: it is through. */
typedef void holdings_say(
    const char *table, uint64_t rows, bool done, void *ctx);

struct holdings_of { /* all borrowed */
	struct db *db;
	const struct source *source;
	const char *account;
	holdings_say *say; /* now and then, if it takes long; and at the end */
	void *ctx;
};

/*
 * Takes away every row of the account, children before their parents, and at
 * last the account; its secrets go first. The caller has the claim. dry: only
 * counts. EX_CONFIG if there is neither row nor account.
 */
int holdings_purge(const struct holdings_of *of, bool dry, struct why *why);
/* Every row gets the customer_id of its account; nothing else of it changes. */
int holdings_follow(const struct holdings_of *of, struct why *why);

#endif
