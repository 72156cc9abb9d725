/*
 * access -- what the stored credentials of an account let it read.
 *
 * Asks for one row of each list of the source that ha-sync reads by itself,
 * by the same way as whoever fetches: token, limits, waits. The answer goes
 * to standard output, a line for what may be read and one for what may not.
 */
#ifndef HA_ACCESS_H
#define HA_ACCESS_H

#include <stdint.h>

#include "base/why.h"
#include "source/source.h"

/*
 * timeout_ms: for each call with its retries; 0: 20 s. 0 if anything may be
 * read. EX_NOPERM, or what the far side said instead, if nothing may;
 * EX_TEMPFAIL if it could not be asked. *why says what to do.
 */
int access_check(const struct source *s, const char *dbname,
    const char *account, int64_t timeout_ms, struct why *why);

#endif
