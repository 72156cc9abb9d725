#include "upsert/upsert_int.h"

#include <assert.h>

#include <xxhash.h>

#include "base/clock.h"

#define HELD ((size_t)256 << 10) /* bytes kept before a COPY is begun */
#define WORTH 100 /* table bytes looked through per byte not sent */

uint64_t
key_hash(const struct buf *key)
{
	return XXH3_64bits(key->at, key->len);
}

struct lane *
entry_lane(const struct upsert *u, const struct entry *e)
{
	assert(u->n_lanes > 0);
	return u->lane[e->key % u->n_lanes];
}

/* What the record depends on: its text, and the parent where columns do. */
static struct fingerprint
print(const struct upsert *u, const char *text, size_t len)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(text, len, cut_seed(u->cut));

	return (struct fingerprint){h.high64, h.low64};
}

void
entry_reject(struct entry *e, const char *reason)
{
	e->fate = ENTRY_REJECTED;
	e->fixed = true;
	entry_note(e, reason);
}

int
entry_cut(struct upsert *u, struct entry *e, struct lane_row *row)
{
	const char *text = batch_text(&u->batch, e);
	struct why w = {0};
	int gone;

	buf_clear(&u->fields);
	if (cut_row(u->cut, text, e->len, &u->fields, &w) == -1 ||
	    (gone = cut_deleted(u->cut, text, e->len, &w)) == -1) {
		entry_reject(e, w.msg);
		return 0;
	}
	*row = (struct lane_row){
	    text, e->len, &u->fields, e->fp, (int)(e - u->batch.at), gone == 1};
	return 1;
}

static void
put(struct upsert *u, struct entry *e)
{
	e->was = fpmap_put(u->map, e->key, &e->fp);
	fpmap_see(u->map, e->key);
	e->put = true;
}

void
entry_restore(struct upsert *u, struct entry *e)
{
	if (e->put)
		fpmap_restore(u->map, e->key, e->was);
	e->put = false;
}

/* Streams a row whose key is new; what fails shows when it is committed. */
static void
send_fresh(struct upsert *u, struct entry *e, const struct lane_row *row)
{
	bool open = lane_is_open(u->lane[0]);

	e->fresh = true;
	put(u, e);
	if (u->broken)
		return;
	if (!open && u->batch.text.len >= HELD) {
		if (lane_begin(u->lane[0], true, &u->why_broken) == -1)
			u->broken = true;
		u->begun_ms = clock_ms();
		open = true;
	}
	if (!u->broken &&
	    lane_new(entry_lane(u, e), row, !open, &u->why_broken) == -1)
		u->broken = true;
	e->sent = true;
}

void
write_route(struct upsert *u, struct entry *e)
{
	struct lane_row row;

	switch (fpmap_find(u->map, e->key, &e->fp)) {
	case FP_SAME:
		e->fate = ENTRY_UNCHANGED;
		break;
	case FP_OTHER:
		put(u, e);
		break;
	case FP_ABSENT:
		if (!entry_cut(u, e, &row))
			break;
		if (row.gone)
			put(u, e); /* only staged rows can be deleted ones */
		else
			send_fresh(u, e, &row);
		break;
	}
}

/* Stored as it is, and nobody needs its text: it is only counted. */
static void
unchanged(struct upsert *u, const struct line *line)
{
	const struct line none = {line->text, 0, line->no, line->offset, true};

	if (u->o->emit == EMIT_NONE)
		u->batch.unchanged++;
	else /* in its place */
		batch_add(&u->batch, &none)->fate = ENTRY_UNCHANGED;
}

/* Most of a list read again, without parsing it. */
static bool
known_text(
    struct upsert *u, const struct line *line, const struct fingerprint *fp)
{
	uint64_t key;

	if (!cut_guess(u->cut, line->text, line->len, &u->key))
		return false;
	key = key_hash(&u->key);
	if (!fpmap_same(u->map, key, fp))
		return false;
	group_key(u, key, true);
	return true;
}

int
write_record(struct upsert *u, const struct line *line, struct why *why)
{
	bool drop = u->map != NULL && !u->parked && u->o->emit != EMIT_ALL &&
		    !keys_come(u);
	struct batch *b = &u->batch;
	struct fingerprint fp = print(u, line->text, line->len);
	struct why w = {0};
	struct entry *e;
	uint64_t key;

	b->records++;
	b->bytes += line->len;
	u->section_bytes += line->len;
	if (drop && known_text(u, line, &fp)) {
		unchanged(u, line);
		return 0;
	}
	if (cut_key(u->cut, line->text, line->len, &u->key, &w) == -1) {
		group_key(u, 0, false);
		u->skipped = true;
		e = batch_add(b, line);
		e->fp = fp;
		entry_reject(e, w.msg);
		return 0;
	}
	key = key_hash(&u->key);
	group_key(u, key, true);
	if (drop && fpmap_find(u->map, key, &fp) == FP_SAME) {
		unchanged(u, line);
		return 0;
	}
	if (keys_come(u)) {
		if (fpmap_find(u->map, key, &fp) == FP_ABSENT)
			keys_missing(u, line, key);
		else
			unchanged(u, line);
		return 0;
	}
	e = batch_add(b, line);
	e->key = key;
	e->has_key = true;
	e->fp = fp;
	if (u->in_group) {
		if (u->group.number == NO_PARENT)
			u->group.number = batch_parent(b, &u->group.parent);
		e->parent = u->group.number;
	}
	if (u->map != NULL) {
		write_route(u, e);
		return 0;
	}
	return u->section_bytes * WORTH >= u->table_bytes ? load_map(u, why)
							  : 0;
}
