/*
 * reasons -- why records were set aside, and how many for each reason.
 *
 * Inside of lib/upsert.
 *
 * Owns copies of the texts. Only the first REASONS_MAX different ones are
 * told apart; the rest is counted as "other".
 */
#ifndef HA_REASONS_H
#define HA_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define REASONS_MAX 30

struct reasons {
	struct reason {
		char *text;
		uint64_t n;
	} at[REASONS_MAX + 1];
	size_t n;
};

void reasons_add(struct reasons *r, const char *text, uint64_t n);
void reasons_all(struct reasons *to, const struct reasons *from);
/* Forgets all of them; the struct can be used again. */
void reasons_clear(struct reasons *r);
/* {"id: missing, wanted string":3,...} */
void reasons_json(const struct reasons *r, struct buf *to);
/* "; 3 id: missing, wanted string", for each; nothing for none */
void reasons_text(const struct reasons *r, struct buf *to);

#endif
