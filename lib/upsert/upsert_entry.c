#include "upsert/upsert_int.h"

#include <assert.h>
#include <string.h>

#include <xxhash.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "json/json.h"

#define HELD ((size_t)256 << 10) /* bytes kept before a COPY is begun */

uint64_t
key_hash(const struct buf *key)
{
	return XXH3_64bits(key->at, key->len);
}

struct lane *
entry_lane(const struct upsert *u, const struct entry *e)
{
	assert(u->n_spread > 0);
	return u->lane[e->key % u->n_spread];
}

void
entry_reject(struct entry *e, const char *reason)
{
	e->fate = ENTRY_REJECTED;
	e->fixed = true;
	entry_note(e, reason);
}

int
entry_parent(struct upsert *u, const struct entry *e, struct why *why)
{
	const struct buf *text;

	if (e->parent == NO_PARENT)
		return cut_parent(u->cut, NULL, 0, why);
	text = &u->batch.parents[e->parent];
	return cut_parent(u->cut, text->at, text->len, why);
}

const char *
entry_key(struct upsert *u, const struct entry *e)
{
	struct why ignored;

	if (!e->has_key)
		return e->name;
	entry_parent(u, e, &ignored); /* it was read before */
	if (cut_key(u->cut, batch_text(&u->batch, e), e->len, &u->key,
		&ignored) == -1 ||
	    !utf8_valid(u->key.at, u->key.len) ||
	    strlen(u->key.at) != u->key.len)
		return NULL;
	return u->key.at;
}

/* The columns of what is stored; and whether it says that it is deleted. */
static int
cut(struct upsert *u, const struct entry *e, int *gone, struct why *why)
{
	const char *text = batch_stored(&u->batch, e);

	buf_clear(&u->fields);
	if (cut_row(u->cut, text, e->len, &u->fields, why) == -1)
		return -1;
	*gone = cut_deleted(u->cut, text, e->len, why);
	return *gone == -1 ? -1 : 0;
}

/* Was it refused for characters that can be replaced? Then they are. */
static bool
mend(struct upsert *u, struct entry *e)
{
	const char *text = batch_text(&u->batch, e);
	struct buf to = BUF_INIT;
	struct json *j = json_new();
	struct why ignored;
	bool is;

	is = !u->o->strict && e->mended == 0 &&
	     json_check(j, text, e->len, NULL, &ignored) == 0 &&
	     json_repair(text, e->len, &to, NULL, NULL) > 0 &&
	     !cut_steered(u->r, text, to.at, e->len);
	if (is)
		batch_mend(&u->batch, e, to.at);
	json_free(j);
	buf_release(&to);
	return is;
}

int
entry_cut(struct upsert *u, struct entry *e, struct lane_row *row)
{
	struct why w = {0};
	const char *text;
	int gone;

	if (cut(u, e, &gone, &w) == -1 &&
	    (!mend(u, e) || cut(u, e, &gone, &w) == -1)) {
		entry_reject(e, w.msg);
		return 0;
	}
	text = batch_stored(&u->batch, e);
	e->late = late_is(u);
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
	u->puts++;
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
		if (lane_begin(u->lane[0], &u->why_broken) == -1)
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
entry_route(struct upsert *u, struct entry *e)
{
	const struct line line = {NULL, 0, e->line, e->offset, true, 0};
	struct lane_row row;

	switch (fpmap_find(u->map, e->key, &e->fp)) {
	case FP_SAME:
		e->fate = ENTRY_UNCHANGED;
		echo_add(u, &line, e->key, &e->fp, (size_t)(e - u->batch.at));
		break;
	case FP_OTHER:
		put(u, e);
		break;
	case FP_ABSENT:
		if (!entry_cut(u, e, &row))
			break;
		if (row.gone || follow_is(u))
			put(u, e); /* only staged rows can be deleted ones */
		else
			send_fresh(u, e, &row);
		break;
	}
}

void
entry_would(
    struct upsert *u, const char *what, const char *key, const char *members)
{
	buf_fmt(&u->would, "%s %s/%s %s", what, u->of.source, u->of.resource,
	    key != NULL ? key : "-");
	if (members != NULL)
		buf_fmt(&u->would, " %s", members);
	buf_chr(&u->would, '\n');
}
