/*
 * redact -- secrets that must not leave in a message or a recording.
 *
 * Inside of lib/api.
 *
 * Holds its own copies, the last HIDE_MAX of them, and wipes them.
 */
#ifndef HA_REDACT_H
#define HA_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define HIDE_MAX 8
#define HIDE_SHORT 5 /* bytes; fewer would star out half of any text */

struct hide {
	char *at[HIDE_MAX];
	size_t n;
};

void hide_init(struct hide *h);
void hide_release(struct hide *h);
/* NULL, what is known already, and what is too short for a secret are fine. */
void hide_add(struct hide *h, const char *secret);
/* Overwrites each secret in the text with stars, lengths stay; true: one was.
 */
bool hide_in(const struct hide *h, struct buf *text);
/* Overwrites every string in a JSON text that is not a member's name. */
void hide_strings(struct buf *json);

#endif
