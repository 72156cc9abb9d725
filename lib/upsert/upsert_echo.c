#include "upsert/upsert_int.h"

#include <stdlib.h>

#include "base/mem.h"

void
echo_add(struct upsert *u, const struct line *line, uint64_t key,
    const struct fingerprint *fp, size_t at)
{
	if (u->puts == 0) /* it is stored, by an earlier batch */
		return;
	if (u->n_echo == u->room_echo) {
		u->room_echo += u->room_echo / 2 + 64;
		u->echo = mem_grow(u->echo, u->room_echo, sizeof(*u->echo));
	}
	u->echo[u->n_echo++] =
	    (struct echo){key, *fp, line->no, line->offset, at};
}

/* The refused entry of the same text; NULL: none. */
static const struct entry *
refused(const struct upsert *u, const struct echo *x)
{
	const struct entry *e = u->batch.at, *end = e + u->batch.n;

	for (; e < end; e++)
		if (e->fate == ENTRY_REJECTED && e->has_key &&
		    e->key == x->key && e->fp.hi == x->fp.hi &&
		    e->fp.lo == x->fp.lo)
			return e;
	return NULL;
}

/* The text is shared; the place in the input is its own. */
static void
refuse(struct upsert *u, struct echo *x)
{
	const struct line none = {"", 0, 0, 0, true, 0};
	const struct entry *like = refused(u, x);
	struct entry same, *e;

	if (like == NULL)
		return;
	same = *like;
	same.note = NULL;
	same.aside = same.put = false;
	same.line = x->line;
	same.offset = x->offset;
	if (x->at == NO_ENTRY) {
		batch_add(&u->batch, &none);
		u->batch.unchanged--;
		x->at = u->batch.n - 1;
	}
	like = refused(u, x);
	e = &u->batch.at[x->at];
	*e = same;
	entry_note(e, like->note);
}

void
echo_settle(struct upsert *u)
{
	struct key_set keys = {NULL, 0, 0, false};

	for (size_t i = 0; u->n_echo > 0 && i < u->batch.n; i++)
		if (u->batch.at[i].fate == ENTRY_REJECTED &&
		    u->batch.at[i].has_key)
			key_set_add(&keys, u->batch.at[i].key);
	for (size_t i = 0; keys.n > 0 && i < u->n_echo; i++) {
		struct echo *x = &u->echo[i];

		if (key_set_has(&keys, x->key) &&
		    (x->at == NO_ENTRY ||
			u->batch.at[x->at].fate != ENTRY_REJECTED))
			refuse(u, x);
	}
	free(keys.at);
}
