/*
 * blank -- takes out of a record what must not go further.
 *
 * Inside of lib/page.
 *
 * Some APIs put the caller's token into links inside their records, or
 * cursors that die; a description names these members, and each that is
 * there gets the text "-" as its value. Others (an embedded page of children)
 * are blanked only where PostgreSQL would refuse them, so that the record
 * itself can be stored. Everything else stays as it came, byte for byte.
 */
#ifndef HA_BLANK_H
#define HA_BLANK_H

#include "json/json.h"
#include "source/source.h"
#include "base/why.h"

struct blank;

/* NULL with why->status 0: the resource has nothing to blank. */
struct blank *blank_new(const struct resource *r, struct why *why);
void blank_free(struct blank *b); /* NULL is fine */
/*
 * 1: *to is the record without them, padded, owned by b until the next call;
 * 0: it holds none of them; -1: it is not JSON.
 */
int blank_record(struct blank *b, struct json *j, const struct json_val *rec,
    struct json_val *to, struct why *why);

#endif
