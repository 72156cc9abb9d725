#include "upsert/upsert_int.h"

#include <string.h>

#include "base/out.h"
#include "db/pgarray.h"

/* A mark waits among the records, so that it stays behind them. */
void
pass_mark(struct upsert *u, const struct line *line)
{
	if (u->o->emit != EMIT_NONE)
		batch_add(&u->batch, line)->fate = ENTRY_MARK;
}

static int
mark_out(
    struct upsert *u, const struct entry *e, struct mark *m, struct why *why)
{
	if (mark_parse(m, batch_text(&u->batch, e), e->len, why) == -1)
		return -1;
	switch (m->kind) {
	case MARK_BEGIN:
		emit_begin(&u->emit, m);
		break;
	case MARK_OPEN:
		emit_open(&u->emit, m);
		break;
	case MARK_CLOSE:
		emit_close(&u->emit, m);
		break;
	case MARK_END:
		m->repaired += u->counts.repaired;
		emit_end(&u->emit, m);
		break;
	default:
		emit_mark(&u->emit, m);
	}
	return 0;
}

static bool
passes(const struct upsert *u, const struct entry *e)
{
	if (u->o->emit == EMIT_ALL)
		return e->fate != ENTRY_REJECTED;
	if (u->o->emit == EMIT_MISSING)
		return e->fate == ENTRY_MISSING;
	return e->fate == ENTRY_INSERTED || e->fate == ENTRY_UPDATED;
}

/* What would be done; rows that would be new may be parents of later ones. */
static int
would(struct upsert *u, struct why *why)
{
	static const char *const what[ENTRY_FATES] = {
	    [ENTRY_INSERTED] = "insert",
	    [ENTRY_UPDATED] = "update",
	    [ENTRY_REJECTED] = "reject",
	    [ENTRY_MISSING] = "fetch"};
	struct buf keys = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < u->batch.n; i++) {
		const struct entry *e = &u->batch.at[i];
		const char *key;

		if (what[e->fate] == NULL)
			continue;
		key = entry_key(u, e);
		entry_would(u, what[e->fate], key,
		    e->fate == ENTRY_UPDATED ? e->note : NULL);
		if (e->fate == ENTRY_INSERTED && key != NULL)
			pgarray_add(&keys, key, strlen(key));
	}
	if (keys.len > 0) {
		pgarray_end(&keys);
		rc = lane_would(u->lane[0], u->of.resource, keys.at, why);
	}
	out_bytes(u->would.at, u->would.len);
	buf_clear(&u->would);
	buf_release(&keys);
	return rc == 0 ? out_flush(why) : -1;
}

int
pass_batch(struct upsert *u, struct why *why)
{
	struct mark m;
	int rc = 0;

	if (u->o->dry_run)
		return would(u, why);
	if (u->o->emit == EMIT_NONE)
		return 0;
	mark_init(&m);
	for (size_t i = 0; i < u->batch.n && rc == 0; i++) {
		const struct entry *e = &u->batch.at[i];

		if (e->fate == ENTRY_MARK)
			rc = mark_out(u, e, &m, why);
		else if (passes(u, e))
			emit_record(&u->emit, batch_text(&u->batch, e), e->len);
		else
			emit_drop(&u->emit, 1);
	}
	mark_release(&m);
	return rc == 0 ? out_flush(why) : -1;
}
