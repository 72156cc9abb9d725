/*
 * redact -- secrets that must not leave in a message or a recording.
 *
 * Inside of lib/api.
 *
 * Holds its own copies of all that it was told and wipes them. A secret is
 * found as it is, and as an echo may have it: each of its characters plain, as
 * %2f or %2F, as + for a blank, as JSON escapes it (\\/, \\", \\u00e9), or as
 * HTML does (&amp;, &#39;, &#x27;), also what a URL escaped before. One that
 * holds another is found whole.
 */
#ifndef HA_REDACT_H
#define HA_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define REDACT_SHORT 5 /* bytes; fewer would star out half of any text */

struct redact {
	char **at;
	size_t n, room;
};

void redact_init(struct redact *h);
void redact_release(struct redact *h);
/* NULL, what is known already, and what is too short for a secret are fine. */
void redact_add(struct redact *h, const char *secret);
/* Overwrites each secret in the text with stars, lengths stay; true: one was.
 */
bool redact_in(const struct redact *h, struct buf *text);
/* Overwrites every string in a JSON text that is not a member's name. */
void redact_strings(struct buf *json);

#endif
