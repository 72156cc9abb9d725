#include "upsert/upsert_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "state/children.h"
#include "state/parked.h"
#include "db/pgarray.h"

void
finish_counts(struct upsert *u, struct state_counts *to)
{
	uint64_t n[ENTRY_FATES] = {0};

	for (size_t i = 0; i < u->batch.n; i++) {
		const struct entry *e = &u->batch.at[i];

		n[e->fate]++;
		to->repaired += e->mended > 0 && (e->fate == ENTRY_INSERTED ||
						     e->fate == ENTRY_UPDATED);
	}
	to->fetched += u->batch.records;
	to->inserted += n[ENTRY_INSERTED];
	to->updated += n[ENTRY_UPDATED];
	to->unchanged += n[ENTRY_UNCHANGED] + u->batch.unchanged;
	to->stale += n[ENTRY_STALE];
	to->rejected += n[ENTRY_REJECTED];
	to->deleted += u->deleted;
	to->missing += n[ENTRY_MISSING];
	if (u->end == NULL)
		return;
	/* what stages before this one took out, and what the source did */
	to->fetched += u->end->parked + u->end->rejected;
	to->parked += u->end->parked;
	to->rejected += u->end->rejected;
	to->calls += u->end->calls;
	to->retries += u->end->retries;
	to->waited_ms += u->end->waited_ms;
}

static int
rejects(struct upsert *u, struct why *why)
{
	for (size_t i = 0; i < u->batch.n; i++) {
		struct entry *e = &u->batch.at[i];

		struct line line = {batch_text(&u->batch, e), e->len, e->line,
		    e->offset, true, 0};

		if (e->fate != ENTRY_REJECTED)
			continue;
		if (kept_reject(u, &line, entry_key(u, e), e->note, why) == -1)
			return -1;
		if (u->aside != NULL && !e->aside) {
			aside_add(u->aside, &line, entry_key(u, e), e->note);
			e->aside = true;
		}
	}
	return aside_flush(u->aside, why);
}

/* What a row that was written says of the parked copies of its key. */
static void
see_stored(struct upsert *u, const struct entry *e, bool old,
    struct buf columns[static 3])
{
	bool newer =
	    !old && (e->fate == ENTRY_INSERTED || e->fate == ENTRY_UPDATED);
	const char *key = entry_key(u, e);
	const char *text = batch_text(&u->batch, e);
	struct buf version = BUF_INIT;

	if (key == NULL)
		return;
	pgarray_add(&columns[0], key, strlen(key));
	pgarray_add(&columns[1], text, e->len);
	if (newer)
		cut_version(u->cut, text, e->len, &version);
	pgarray_add(&columns[2], newer ? version.at : NULL, version.len);
	buf_release(&version);
}

/* It came out of ha.parked, is in ha.rejects now, and does not come again. */
static void
see_refused(
    struct upsert *u, const struct entry *e, struct buf columns[static 3])
{
	const char *key = entry_key(u, e);

	pgarray_add(&columns[0], key, key != NULL ? strlen(key) : 0);
	pgarray_add(&columns[1], batch_text(&u->batch, e), e->len);
	pgarray_add(&columns[2], NULL, 0);
}

/*
 * A parked copy of what is stored now goes. It may be newer than what came
 * (from a file, or parked since it was adopted), so only the same text, or
 * what is not newer than a row that came from the far side just now.
 */
static int
unpark(struct upsert *u, struct why *why)
{
	bool old = section_is_old(u);
	struct buf columns[3] = {BUF_INIT, BUF_INIT, BUF_INIT}, sql = BUF_INIT;
	int rc = 0;

	if (u->parked.n == 0 || keys_come(u))
		return 0;
	for (size_t i = 0; i < u->batch.n; i++) {
		struct entry *e = &u->batch.at[i];

		if (e->fate == ENTRY_REJECTED && u->mode == MODE_ADOPT &&
		    !e->orphan)
			see_refused(u, e, columns);
		else if (e->fate != ENTRY_WAITS && e->fate != ENTRY_REJECTED &&
			 e->fate != ENTRY_MARK &&
			 key_set_has(&u->parked, e->key))
			see_stored(u, e, old, columns);
	}
	if (columns[0].len > 0) {
		for (size_t i = 0; i < 3; i++)
			pgarray_end(&columns[i]);
		buf_str(&sql,
		    "DELETE FROM ha.parked p USING (SELECT key, raw, "
		    "version::text[] FROM unnest($4::text[], $5::text[], "
		    "$6::text[]) AS u(key, raw, version)) AS s "
		    "WHERE p.source = $1 AND p.resource = $2 AND "
		    "p.account_id = $3 AND (p.key = s.key OR s.key IS NULL) "
		    "AND "
		    "(p.raw = s.raw "
		    "OR s.version IS NOT NULL AND NOT ");
		park_older(u->r, "s", "p", &sql);
		buf_chr(&sql, ')');
		rc = db_run(lane_db(u->lane[0]), why, sql.at, 6,
		    (const char *const[]){u->of.source, u->of.resource,
			u->of.account, columns[0].at, columns[1].at,
			columns[2].at});
	}
	for (size_t i = 0; i < 3; i++)
		buf_release(&columns[i]);
	buf_release(&sql);
	return rc;
}

/*
 * The position. A list that ends complete without one is noted too: the next
 * run starts from nothing, and not in the middle, where this one may have
 * gone on.
 */
static int
move(struct upsert *u, struct why *why)
{
	struct db *db = lane_db(u->lane[0]);
	const struct mark *end = u->end;

	if (!section_moves(u))
		return 0; /* no later run goes on from there */
	if (u->rewind)
		return u->moved ? state_set(db, &u->of, u->from.at, false, why)
				: 0;
	if (end != NULL && end->cursor.len > 0)
		return state_set(
		    db, &u->of, end->cursor.at, end->complete, why);
	if (end != NULL && end->complete && section_is_list(u))
		return state_set(db, &u->of, NULL, true, why);
	if (u->has_cursor)
		return state_set(db, &u->of, u->cursor.at, false, why);
	return 0;
}

/* Also that it descends from nothing, if it does. */
static int
position(struct upsert *u, struct why *why)
{
	if (move(u, why) == -1)
		return -1;
	if (u->mode != MODE_FULL || u->from.len > 0 || !section_moves(u) ||
	    (u->end == NULL && !u->has_cursor))
		return 0;
	return state_from_nothing(lane_db(u->lane[0]), &u->of, why);
}

/* Parents whose children this was, all of them, need not be asked. */
static int
whole_children(struct upsert *u, struct why *why)
{
	const struct children_of of = {
	    .source = u->source, .resource = u->r, .account = u->of.account};

	if (u->end == NULL || !u->end->complete || u->began.len == 0 ||
	    !section_has_children(u))
		return 0;
	return children_whole(lane_db(u->lane[0]), &of, u->began.at, why);
}

void
finish_reasons(const struct upsert *u, struct reasons *to)
{
	for (size_t i = 0; i < u->batch.n; i++)
		if (u->batch.at[i].fate == ENTRY_REJECTED)
			reasons_add(to, u->batch.at[i].note, 1);
}

/* Beside the counts of the batch, in the row that they went to. */
static int
log_reasons(struct upsert *u, uint64_t repaired, struct why *why)
{
	struct reasons r = {0};
	struct buf json = BUF_INIT;
	char n[24];
	int rc = 0;

	finish_reasons(u, &r);
	snprintf(n, sizeof(n), "%" PRIu64, repaired);
	if (r.n > 0)
		reasons_json(&r, &json);
	if (r.n > 0 || repaired > 0)
		rc = db_run(lane_db(u->lane[0]), why,
		    "UPDATE ha.sync_log SET reasons = CASE WHEN $6::jsonb IS "
		    "NULL THEN reasons ELSE ha.add_counts(reasons, $6::jsonb) "
		    "END, repaired = repaired + $7::bigint WHERE (run, source, "
		    "resource, account_id, mode) = ($1::uuid, $2, $3, $4, $5)",
		    7,
		    (const char *const[]){u->run.at, u->of.source,
			u->of.resource, u->of.account, u->mode_word.at, json.at,
			n});
	reasons_clear(&r);
	buf_release(&json);
	return rc;
}

int
finish_batch(struct upsert *u, struct why *why)
{
	struct state_counts add = {0};
	const struct mark *end = u->end;

	echo_settle(u);
	if (rejects(u, why) == -1 || kept_write(u, why) == -1 ||
	    unpark(u, why) == -1 || groups_write(u, why) == -1 ||
	    whole_children(u, why) == -1 ||
	    (end != NULL && prune(u, why) == -1) || position(u, why) == -1)
		return -1;
	finish_counts(u, &add);
	add.age_ms = clock_ms() - u->since_ms;
	if (state_log(lane_db(u->lane[0]), &u->of, u->run.at, u->mode_word.at,
		&add, end != NULL, end != NULL && end->complete,
		end != NULL && end->why.len > 0 ? end->why.at : NULL,
		end != NULL && !end->complete ? EX_TEMPFAIL : 0, why) == -1)
		return -1;
	return log_reasons(u, add.repaired, why);
}
