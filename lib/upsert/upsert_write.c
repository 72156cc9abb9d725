#include "upsert/upsert_int.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "stream/position.h"
#include "base/timeval.h"

#define TRIES 6	     /* of a batch, with pauses in between */
#define PAUSE_MS 200 /* the first; each is twice as long */
#define PART 512     /* rows; then plans are made anew */

/* The last time that is believed, by the far side's clock if it is known. */
static const char *
horizon(struct upsert *u)
{
	buf_clear(&u->horizon);
	time_rfc3339(position_horizon(u->far_ms), &u->horizon);
	return u->horizon.at;
}

/* The database did not take it: its SQLSTATE, and the message behind that. */
static void
refuse(struct entry *e, char fate, const char *said)
{
	struct buf reason = BUF_INIT;
	char state[6] = "";

	strlcpy(state, said, sizeof(state));
	db_reason(state, said + strlen(state), &reason);
	entry_reject(e, reason.at);
	e->lonely = fate == FATE_LONELY;
	buf_release(&reason);
}

/* The outcome of a staged row. What is in the table now is in the map. */
static void
on_fate(void *ctx, int ord, char fate, const char *members)
{
	struct upsert *u = ctx;
	struct entry *e = &u->batch.at[ord];
	char reason[128];

	switch (fate) {
	case FATE_INSERT:
		e->fate = ENTRY_INSERTED;
		break;
	case FATE_BLIND:
		e->blind = true;
		/* FALLTHROUGH */
	case FATE_UPDATE:
	case FATE_KEEP:
	case FATE_PART:
		e->fate = ENTRY_UPDATED;
		entry_note(e, members);
		break;
	case FATE_ORPHAN:
		snprintf(reason, sizeof(reason), "%s: unknown parent", members);
		entry_reject(e, reason);
		e->orphan = true;
		return;
	case FATE_LONELY:
	case FATE_REFUSED:
		refuse(e, fate, members);
		return;
	case FATE_SAME:
	case FATE_FILL:
		e->fate = ENTRY_UNCHANGED;
		break;
	default:
		e->fate = ENTRY_STALE;
	}
	if (u->map == NULL || fate == FATE_PASSED)
		return;
	fpmap_put(u->map, e->key,
	    fate == FATE_SAME || fate == FATE_STALE || fate == FATE_KEEP ||
		    fate == FATE_PART
		? NULL
		: &e->fp);
}

/* Stages what waits in [lo, hi); all: also what was streamed before. */
static int
stage(struct upsert *u, size_t lo, size_t hi, bool all, struct why *why)
{
	const struct entry *before = NULL;
	struct lane_row row;

	for (size_t i = lo; i < hi; i++) {
		struct entry *e = &u->batch.at[i];
		struct lane *l = all ? u->lane[0] : entry_lane(u, e);

		if (e->fate != ENTRY_WAITS)
			continue;
		if ((before == NULL || before->parent != e->parent) &&
		    entry_parent(u, e, why) == -1)
			return -1;
		before = e;
		if (!entry_cut(u, e, &row)) {
			entry_restore(u, e);
			continue;
		}
		if (lane_stage(l, &row, why) == -1)
			return -1;
	}
	return 0;
}

/* The usual way: what was streamed, then what is staged. */
static int
write_once(struct upsert *u, struct why *why)
{
	struct batch *b = &u->batch;
	size_t i;

	if (lane_begin(u->lane[0], why) == -1)
		return -1;
	for (i = 0; i < u->n_lanes; i++)
		if (lane_new_end(u->lane[i], why) == -1)
			return -1;
	for (i = 0; i < u->n_lanes; i++)
		if (lane_new_wait(u->lane[i], why) == -1)
			return -1;
	for (i = 0; i < b->n; i++)
		if (b->at[i].fate == ENTRY_WAITS && b->at[i].sent)
			b->at[i].fate = ENTRY_INSERTED;
	if (stage(u, 0, b->n, false, why) == -1)
		return -1;
	for (i = 0; i < u->n_lanes; i++)
		if (lane_merge(u->lane[i], horizon(u), on_fate, u, why) == -1)
			return -1;
	for (i = 1; i < u->n_lanes; i++) {
		if (lane_commit(u->lane[i], why) == -1)
			return -1;
		u->committed |= 1U << i;
	}
	if (finish_batch(u, why) == -1)
		return -1;
	return lane_commit(u->lane[0], why);
}

/*
 * Stages [lo, hi) under a savepoint. What is too much for a row of any table
 * is halved until the bad ones stand alone, and these are set aside.
 */
static int
stage_part(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct lane *l = u->lane[0];
	size_t mid = lo + (hi - lo) / 2;
	struct why w;

	if (lo == hi)
		return 0;
	if (lane_save(l, why) == -1)
		return -1;
	if (stage(u, lo, hi, true, why) == 0 && lane_staged(l, why) == 0)
		return lane_release(l, why);
	if (trouble(u) != ROWS)
		return -1;
	w = *why;
	if (lane_undo(l, why) == -1)
		return -1;
	if (hi - lo > 1)
		return stage_part(u, lo, mid, why) == -1
			   ? -1
			   : stage_part(u, mid, hi, why);
	if (u->batch.at[lo].fate == ENTRY_WAITS)
		entry_reject(&u->batch.at[lo], w.msg);
	return 0;
}

/* All rows on the first lane, where each that is refused costs itself. */
static int
write_parts(struct upsert *u, struct why *why)
{
	struct lane *l = u->lane[0];
	size_t n = u->batch.n;

	if (stage_part(u, 0, n, why) == -1 ||
	    lane_orphans(l, on_fate, u, why) == -1)
		return -1;
	for (size_t i = 0; i < n; i += PART)
		if (lane_parts(l, horizon(u), i, i + PART, TROUBLE_STOPS,
			on_fate, u, why) == -1)
			return -1;
	return 0;
}

/*
 * Refused by what is checked at the end of a transaction: what it lacked may
 * have been among the other rows.
 */
static int
write_lonely(struct upsert *u, struct why *why)
{
	bool any = true;

	while (any) {
		any = false;
		for (size_t i = 0; i < u->batch.n; i++) {
			struct entry *e = &u->batch.at[i];

			if (e->fate != ENTRY_REJECTED || !e->lonely)
				continue;
			e->fate = ENTRY_WAITS;
			e->fixed = e->lonely = false;
			if (lane_parts(u->lane[0], horizon(u), i, i + 1,
				TROUBLE_STOPS, on_fate, u, why) == -1)
				return -1;
			any |= e->fate != ENTRY_REJECTED;
		}
	}
	return 0;
}

/* Connects again; what was committed in spite of an error is noted. */
static int
look_back(struct upsert *u, struct why *why)
{
	int rc = 0, done;

	for (size_t i = 0; i < u->n_lanes; i++)
		if (lane_rollback(u->lane[i], why) == -1)
			rc = -1;
	for (size_t i = 0; i < u->n_lanes && rc == 0; i++) {
		if ((done = lane_committed(u->lane[i], why)) == -1)
			rc = -1;
		else if (done)
			u->committed |= 1U << i;
	}
	return rc;
}

/*
 * As if nothing of the batch had been written, which is so, but for what
 * other lanes than the first have committed. 1: all of it is committed.
 */
static int
start_over(struct upsert *u, struct why *why)
{
	struct batch *b = &u->batch;

	if (look_back(u, why) == -1)
		return -1;
	u->broken = false;
	if (u->committed & 1)
		return 1;
	for (size_t i = b->n; i-- > 0;) {
		struct entry *e = &b->at[i];

		if (u->committed >> (e->key % u->n_spread) & 1)
			continue;
		entry_restore(u, e);
		if (e->fixed || e->fate == ENTRY_MARK)
			continue;
		if (e->fate != ENTRY_UNCHANGED)
			e->fate = ENTRY_WAITS;
		e->fresh = e->sent = false;
		entry_note(e, NULL);
	}
	u->deleted = 0;
	buf_clear(&u->would);
	return 0;
}

/*
 * The careful way: everything staged, on one connection, which may wait. When
 * groups are refused, all is taken back and written once more without them.
 */
static int
write_again(struct upsert *u, struct why *why)
{
	int bad;

	u->careful = true;
	lane_hurry(u->lane[0], false);
	do {
		if (lane_begin(u->lane[0], why) == -1 ||
		    write_parts(u, why) == -1 || write_lonely(u, why) == -1 ||
		    (bad = groups_try(u, why)) == -1)
			return -1;
		if (bad > 0 && start_over(u, why) == -1)
			return -1;
		groups_refuse(u);
	} while (bad > 0);
	if (finish_batch(u, why) == -1)
		return -1;
	return lane_commit(u->lane[0], why);
}

static void
pause_ms(int64_t ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

static int
write_tries(struct upsert *u, struct why *why)
{
	bool careful = false;
	struct why w = {0};
	enum trouble what;
	int over = 0;

	if (u->broken)
		w = u->why_broken;
	for (int tries = 0;; tries++) {
		if (!u->broken && over == 0 &&
		    (careful ? write_again(u, &w) : write_once(u, &w)) == 0)
			return 0;
		what = over == 0 ? trouble(u) : AGAIN;
		*why = w;
		if (what == FATAL || (what == ROWS && careful) ||
		    tries == TRIES)
			return -1;
		if (what == AGAIN)
			pause_ms(PAUSE_MS << tries);
		careful = true;
		if ((over = start_over(u, &w)) == 1)
			return 0;
	}
}

int
write_batch(struct upsert *u, const struct mark *end, struct why *why)
{
	uint64_t before = u->counts.rejected;
	struct batch *b = &u->batch;
	int rc;

	u->end = end;
	if (b->n == 0 && b->records == 0 && u->n_closed == 0 &&
	    !u->has_cursor && end == NULL && !u->rewind)
		return 0;
	rc = write_tries(u, why);
	lane_hurry(u->lane[0], u->n_lanes > 1);
	if (rc == 0) {
		finish_counts(u, &u->counts);
		finish_reasons(u, &u->reasons);
		odd_count(u);
		u->moved |= u->has_cursor;
		u->sum->set_aside += u->counts.rejected - before -
				     (end != NULL ? end->rejected : 0) +
				     groups_refused(u);
		rc = pass_batch(u, why);
	}
	batch_clear(b);
	u->puts = u->n_echo = 0;
	groups_clear(u);
	u->group.number = NO_PARENT;
	u->has_cursor = false;
	u->deleted = 0;
	u->committed = 0;
	u->careful = false;
	u->end = NULL;
	if (rc == 0)
		rc = u->in_group && u->group.lost.status == 0
			 ? cut_parent(u->cut, u->group.parent.at,
			       u->group.parent.len, why)
			 : cut_parent(u->cut, NULL, 0, why);
	return rc;
}
