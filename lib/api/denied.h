/*
 * denied -- paths that are refused whatever the token: no reason to mint one.
 *
 * Inside of lib/api.
 *
 * Some vendors allow few mints a day, and a 403 does not say whether it is
 * about the token or about what was asked for. A path that was refused with a
 * token that was minted for it is noted for all processes of the machine, for
 * a day: the next 403 there mints none. A token that is really over shows at
 * the other paths. Paths are known by a hash, without query, and one for all
 * objects of a kind: segments with a digit are alike.
 */
#ifndef HA_DENIED_H
#define HA_DENIED_H

#include <stdbool.h>

#include "base/why.h"

struct denied;

/* api and account as in limit.h. */
struct denied *denied_open(
    const char *api, const char *account, struct why *why);
void denied_close(struct denied *d); /* NULL is fine */
/* What the file cannot say or take is not denied. */
bool denied_has(struct denied *d, const char *path);
void denied_note(struct denied *d, const char *path);

#endif
