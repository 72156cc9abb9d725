#include "upsert/upsert_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
add(struct upsert *u, struct odd *o, const struct entry *e)
{
	const char *key;

	if (o->n++ == 0 && (key = entry_key(u, e)) != NULL)
		(void)strlcpy(o->key, key, sizeof(o->key));
}

void
odd_count(struct upsert *u)
{
	for (size_t i = 0; i < u->batch.n; i++) {
		const struct entry *e = &u->batch.at[i];

		if (e->fate != ENTRY_INSERTED && e->fate != ENTRY_UPDATED)
			continue;
		if (e->late)
			add(u, &u->late, e);
		if (e->blind)
			add(u, &u->blind, e);
	}
}

/* Once for each row: what is stored again unchanged is not told of again. */
void
odd_note(struct upsert *u)
{
	const char *version = u->r->n_version > 0 ? u->r->version[0] : "";
	char *to = u->sum->odd;
	size_t room = sizeof(u->sum->odd);

	if (u->blind.n > 0)
		snprintf(to, room,
		    "%s/%s: versions are missing: %" PRIu64 " rows that had "
		    "%s have none now, %s the first; stored, since nobody "
		    "knows which is newer",
		    u->of.source, u->of.resource, u->blind.n, version,
		    u->blind.key);
	else if (u->late.n > 0)
		snprintf(to, room,
		    "%s/%s: %" PRIu64 " rows are of a time that is still to "
		    "come, %s the first; stored, and they decide nothing",
		    u->of.source, u->of.resource, u->late.n, u->late.key);
}
