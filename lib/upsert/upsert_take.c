#include "upsert/upsert_int.h"

#include <xxhash.h>

#include "base/mem.h"
#include "json/json.h"

#define WORTH 100 /* table bytes looked through per byte not sent */

/*
 * What the row depends on: the record's text, how columns are cut, and the
 * parent where columns do. In front, how they are cut alone: the merge sees
 * that a row was stored by another description. (fpmap looks at the rest.)
 */
static struct fingerprint
print(const struct upsert *u, const char *text, size_t len)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(text, len, cut_seed(u->cut));

	h.high64 = h.high64 << 16 >> 16 | (uint64_t)cut_mark(u->cut) << 48;
	return (struct fingerprint){h.high64, h.low64};
}

/* Stored as it is, and nobody needs its text: it is only counted. */
static void
unchanged(struct upsert *u, const struct line *line, uint64_t key,
    const struct fingerprint *fp)
{
	const struct line none = {
	    line->text, 0, line->no, line->offset, true, 0};
	size_t at = u->o->emit == EMIT_NONE ? NO_ENTRY : u->batch.n;

	if (at == NO_ENTRY)
		u->batch.unchanged++;
	else /* in its place */
		batch_add(&u->batch, &none)->fate = ENTRY_UNCHANGED;
	echo_add(u, line, key, fp, at);
}

/* Storing it again changes more than its row: it goes all the way. */
static bool
is_awaited(struct upsert *u, uint64_t key)
{
	return kept_open(u, key) || key_set_has(&u->parked, key);
}

/* Most of a list read again, without parsing it: counted here. */
static bool
known_text(
    struct upsert *u, const struct line *line, const struct fingerprint *fp)
{
	uint64_t key;

	if (!cut_guess(u->cut, line->text, line->len, &u->key))
		return false;
	key = key_hash(&u->key);
	if (!fpmap_same(u->map, key, fp) || is_awaited(u, key))
		return false;
	group_key(u, key, true);
	unchanged(u, line, key, fp);
	return true;
}

/* The key, if only what is beside it is bad: then its row did come. */
static bool
key_of_bad(struct upsert *u, const struct line *line)
{
	struct buf masked = BUF_INIT;
	struct why ignored;
	bool is;

	json_mask(line->text, line->len, &masked);
	is = cut_key(u->cut, masked.at, masked.len, &u->key, &ignored) == 0 &&
	     !json_masked(u->key.at, u->key.len);
	buf_release(&masked);
	return is;
}

/* A whole key, as who saw all of the bytes read it. */
static bool
key_was_told(struct upsert *u, const struct mark *bad)
{
	if (bad->key.len == 0 || u->r->n_key != 1 || u->r->n_identity > 0)
		return false;
	buf_set(&u->key, bad->key.at, bad->key.len);
	return true;
}

static void
named(struct entry *e, const struct buf *key)
{
	e->key = key_hash(key);
	e->name = mem_str(key->at);
}

/* It is set aside; without its key in u->key prune must not miss it. */
static void
unreadable(struct upsert *u, const struct line *line,
    const struct fingerprint *fp, const char *reason, bool keyed)
{
	struct entry *e = batch_add(&u->batch, line);

	e->fp = *fp;
	if (keyed) {
		named(e, &u->key);
		group_key(u, e->key, true);
		if (u->map != NULL)
			fpmap_see(u->map, e->key);
	} else {
		group_key(u, 0, false);
		u->skipped = true;
	}
	entry_reject(e, reason);
}

/* A part of a record, by the members that make it whole. */
static bool
is_part(struct upsert *u, const struct line *line)
{
	const struct json_val whole = {JSON_OBJECT, line->text, line->len};
	struct why ignored; /* what is no JSON is refused when it is cut */

	if (u->json == NULL)
		u->json = json_new();
	if (json_check(u->json, line->text, line->len, NULL, &ignored) == -1)
		return false;
	for (size_t i = 0; i < u->r->n_whole; i++)
		if (json_get(&whole, u->r->whole[i]).type == JSON_NONE)
			return true;
	return false;
}

static bool
waits(const struct upsert *u, uint64_t key)
{
	for (size_t i = 0; i < u->batch.n; i++)
		if (u->batch.at[i].has_key && u->batch.at[i].key == key)
			return true;
	return false;
}

/*
 * A batch stores one record of each key, the last; what a part lacks may be
 * in one before it, which is stored first.
 */
static int
part_after(struct upsert *u, const struct line *line, uint64_t key,
    const struct fingerprint *fp, struct why *why)
{
	if (u->r->n_whole == 0 ||
	    (u->map != NULL && fpmap_find(u->map, key, fp) == FP_ABSENT) ||
	    !is_part(u, line) || !waits(u, key))
		return 0;
	u->batch.records--; /* it counts in the next one */
	u->batch.bytes -= line->len;
	if (write_batch(u, NULL, why) == -1)
		return -1;
	u->batch.records++;
	u->batch.bytes += line->len;
	return 0;
}

/* Into the batch, and on its way if the map is there to say which. */
static int
keep(struct upsert *u, const struct line *line, uint64_t key,
    const struct fingerprint *fp, struct why *why)
{
	struct entry *e;

	if (part_after(u, line, key, fp, why) == -1)
		return -1;
	e = batch_add(&u->batch, line);
	e->key = key;
	e->has_key = true;
	e->fp = *fp;
	if (u->in_group) {
		if (u->group.number == NO_PARENT)
			u->group.number =
			    batch_parent(&u->batch, &u->group.parent);
		e->parent = u->group.number;
	}
	if (u->map != NULL)
		entry_route(u, e);
	else if (u->section_bytes * WORTH >= u->table_bytes)
		return load_map(u, why);
	return 0;
}

int
take_record(struct upsert *u, const struct line *line, struct why *why)
{
	bool drop = u->map != NULL && u->o->emit != EMIT_ALL && !keys_come(u);
	struct fingerprint fp = print(u, line->text, line->len);
	struct why w = {0};
	uint64_t key;

	u->batch.records++;
	u->batch.bytes += line->len;
	u->section_bytes += line->len;
	if (u->in_group && u->group.lost.status != 0) {
		unreadable(u, line, &fp, u->group.lost.msg, false);
		return 0;
	}
	if (drop && known_text(u, line, &fp))
		return 0;
	if (cut_key(u->cut, line->text, line->len, &u->key, &w) == -1) {
		unreadable(u, line, &fp, w.msg, key_of_bad(u, line));
		return 0;
	}
	key = key_hash(&u->key);
	group_key(u, key, true);
	if (keys_come(u) && fpmap_find(u->map, key, &fp) == FP_ABSENT)
		keys_missing(u, line, key);
	else if (keys_come(u) ||
		 (drop && fpmap_find(u->map, key, &fp) == FP_SAME &&
		     !is_awaited(u, key)))
		unchanged(u, line, key, &fp);
	else
		return keep(u, line, key, &fp, why);
	return 0;
}

int
take_bad(struct upsert *u, const struct item *item, struct why *why)
{
	const struct mark *m = item->mark;
	bool ours = m->of.len == 0, keyed;
	struct line line;
	struct buf bytes = BUF_INIT;
	struct fingerprint fp;
	int rc = stream_bad(item, &bytes, &line, why);

	if (rc == 0) {
		fp = print(u, line.text, line.len);
		u->batch.records++;
		u->batch.bytes += line.len;
		keyed = ours && (key_of_bad(u, &line) || key_was_told(u, m));
		unreadable(u, &line, &fp, m->why.at, keyed);
		/* how it begins: good enough to find it by, not to prune by */
		if (ours && !keyed && line.lost > 0 &&
		    cut_guess(u->cut, line.text, line.len, &u->key))
			named(&u->batch.at[u->batch.n - 1], &u->key);
	}
	buf_release(&bytes);
	return rc;
}
