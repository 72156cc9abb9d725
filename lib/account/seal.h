/*
 * seal -- secrets at rest: XChaCha20-Poly1305 under a key file.
 *
 * Inside of lib/account.
 *
 * The key file is HA_KEY_FILE, else ha-tools/key in XDG_CONFIG_HOME, else in
 * ~/.config. It must be a regular file of ours (or of root) that nobody else
 * can read, and holds one line: "ha-key-1 " and 64 hex digits.
 *
 * A sealed value is bound to a place (source, account, field, and where the
 * account has a base URL of its own, that one's origin): the place is
 * authenticated with it, so that a value moved to another row does not open,
 * and who may change a base URL does not get the secret sent there. It also
 * names its key by a hash of it, so that a wrong key file is told from a
 * damaged value. Key and opened texts are wiped before their memory is given
 * back. Failures are EX_CONFIG and say what mends them.
 */
#ifndef HA_SEAL_H
#define HA_SEAL_H

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
int seal_put(const struct seal *s, const struct seal_place *place,
    const char *text, size_t len, struct buf *to, struct why *why);
/* Adds the opened text to *to, which the caller wipes. */
int seal_get(const struct seal *s, const struct seal_place *place,
    const char *sealed, size_t len, struct buf *to, struct why *why);

/* Where the key file is or would be. */
int seal_key_path(struct buf *path, struct why *why);
/*
 * Makes the key file, and its directories (mode 0700). It appears whole or
 * not at all, and one that exists is never touched: EX_CONFIG.
 */
int seal_keygen(struct why *why);

#endif
