/*
 * seal -- secrets at rest: XChaCha20-Poly1305 under a key file.
 *
 * Inside of lib/account.
 *
 * A sealed value is bound to a place (source, account, field, and where the
 * account has a base URL of its own, that one's origin): the place is
 * authenticated with it, so that a value moved to another row does not open,
 * and who may change a base URL does not get the secret sent there. It also
 * names its key by a hash of it, so that a wrong key file is told from a
 * damaged value, and one that was renewed (key_file.h) still opens what it
 * sealed. Key and opened texts are wiped before their memory is given
 * back. Failures are EX_CONFIG and say what mends them.
 */
#ifndef HA_SEAL_H
#define HA_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/why.h"

struct seal; /* a key, read once */

struct seal_place { /* all texts borrowed */
	const char *source, *account, *field;
	const char *origin; /* of the base URL; NULL: the description's */
};

struct seal *seal_open(struct why *why);
void seal_close(struct seal *s); /* NULL is fine */

/* Adds the sealed bytes to *to. */
void seal_put(const struct seal *s, const struct seal_place *place,
    const char *text, size_t len, struct buf *to);
/* Is it sealed under the key of the key file, not one of before? */
bool seal_is_ours(const struct seal *s, const char *sealed, size_t len);
/* Adds the opened text to *to, which the caller wipes. */
int seal_get(const struct seal *s, const struct seal_place *place,
    const char *sealed, size_t len, struct buf *to, struct why *why);

#endif
