/*
 * rekey -- every secret and token of a database sealed under another key.
 *
 * Inside of lib/account.
 *
 * Killed anywhere, each of them opens: the key of before is kept until all are
 * sealed anew, and by who must open backups for longer. The same again does
 * what is left. Who seals meanwhile is waited for (accounts_begin).
 */
#ifndef HA_REKEY_H
#define HA_REKEY_H

#include <stddef.h>

#include "base/why.h"
#include "db/db.h"

/*
 * A new key, unless some are still sealed under one of before: then these are
 * sealed under the key that is there. *n: how many were. Nothing is changed if
 * one does not open. EX_TEMPFAIL: another process is at it.
 */
int rekey(struct db *db, size_t *n, struct why *why);

#endif
