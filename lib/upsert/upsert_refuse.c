#include "upsert/upsert_int.h"

size_t
groups_refused(const struct upsert *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->n_closed; i++)
		n += u->closed[i].refused != NULL;
	return n;
}

void
groups_refuse(struct upsert *u)
{
	struct buf reason = BUF_INIT;

	for (size_t i = 0; i < u->n_closed; i++) {
		const struct closed *c = &u->closed[i];

		if (c->refused == NULL || c->number == NO_PARENT)
			continue;
		buf_clear(&reason);
		buf_fmt(&reason, "its group: %s", c->refused);
		for (size_t k = 0; k < u->batch.n; k++) {
			struct entry *e = &u->batch.at[k];

			if (e->parent == c->number && e->fate == ENTRY_WAITS)
				entry_reject(e, reason.at);
		}
	}
	buf_release(&reason);
}
