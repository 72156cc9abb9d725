#include "upsert/upsert_int.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "base/mem.h"
#include "db/pgarray.h"

static uint64_t
text_hash(const char *text)
{
	struct buf key = BUF_INIT;
	uint64_t hash;

	buf_str(&key, text);
	hash = key_hash(&key);
	buf_release(&key);
	return hash;
}

bool
group_was_told(struct upsert *u, const char *parent_key)
{
	key_set_sort(&u->told);
	return key_set_has(&u->told, text_hash(parent_key));
}

void
group_key(struct upsert *u, uint64_t key, bool known)
{
	if (!u->in_group || !groups_replace(u))
		return;
	if (known)
		key_set_add(&u->group.keys, key);
	else
		u->group.unsure = true;
}

/* A member of the parent object as text; NULL if it is not there. */
static char *
member(const struct buf *parent, const char *name, struct why *why)
{
	struct json_val whole = {JSON_OBJECT, parent->at, parent->len}, val;
	struct buf text = BUF_INIT;

	val = json_get(&whole, name);
	if (val.type == JSON_NONE || val.type == JSON_NULL)
		return NULL;
	if (json_text(&val, &text, why) == -1) {
		buf_release(&text);
		return NULL;
	}
	return buf_take(&text);
}

/* Only what came since a position, not all of the parent's children. */
static bool
is_part(const struct buf *parent)
{
	struct json_val whole = {JSON_OBJECT, parent->at, parent->len};
	struct json_val since = json_get(&whole, "since");

	return since.type != JSON_NONE && since.type != JSON_NULL;
}

/* The parent's key: the first of the fields that it hands on. */
static char *
parent_key(const struct upsert *u, struct why *why)
{
	const struct resource *r = u->r, *p;
	const char *in = r->each != NULL       ? r->each->parent
			 : r->embedded != NULL ? r->embedded->in
					       : NULL;
	char *key = NULL;

	if (in == NULL || (p = source_resource(u->source, in, why)) == NULL ||
	    p->n_fields == 0)
		return NULL;
	if ((key = member(&u->group.parent, p->fields[0].name, why)) == NULL)
		why_set(why, EX_DATAERR, "an open mark without the parent's %s",
		    p->fields[0].name);
	return key;
}

/* 1: an earlier group of the same parent waits in the batch; 0, -1. */
static int
waits_already(struct upsert *u, struct why *why)
{
	char *key;
	bool again = false;

	if (u->n_closed == 0 || !groups_replace(u))
		return 0;
	if ((key = parent_key(u, why)) == NULL)
		return -1;
	for (size_t i = 0; i < u->n_closed && !again; i++)
		again = strcmp(u->closed[i].parent_key, key) == 0;
	free(key);
	return again;
}

int
group_open(struct upsert *u, const struct mark *open, struct why *why)
{
	struct group *g = &u->group;
	int rc;

	json_put(&g->parent, open->parent.at, open->parent.len);
	g->number = NO_PARENT;
	g->keys.n = 0;
	g->unsure = false;
	if ((rc = waits_already(u, why)) != 0)
		return rc;
	u->in_group = true;
	g->part = is_part(&g->parent);
	return cut_parent(u->cut, g->parent.at, g->parent.len, why);
}

int
group_close(struct upsert *u, const struct mark *close, struct why *why)
{
	struct closed *c;
	char *key;

	u->in_group = false;
	if (!groups_come(u) || (u->r->each == NULL && u->r->embedded == NULL))
		return cut_parent(u->cut, NULL, 0, why);
	if ((key = parent_key(u, why)) == NULL)
		return -1;
	if (u->n_closed == u->room_closed) {
		u->room_closed = u->room_closed * 2 + 16;
		u->closed =
		    mem_grow(u->closed, u->room_closed, sizeof(*u->closed));
	}
	if (u->o->prune && groups_are_whole(u) && !u->group.part &&
	    !close->gone)
		key_set_add(&u->told, text_hash(key));
	c = &u->closed[u->n_closed++];
	memset(c, 0, sizeof(*c));
	c->parent_key = key;
	c->change = member(&u->group.parent, "change", why);
	c->gone = close->gone;
	c->replace = groups_replace(u) && !close->gone && !u->group.unsure &&
		     !u->group.part && close->skipped == 0;
	if (c->replace) {
		c->keys = u->group.keys;
		memset(&u->group.keys, 0, sizeof(u->group.keys));
		key_set_sort(&c->keys);
	}
	return cut_parent(u->cut, NULL, 0, why);
}

void
groups_clear(struct upsert *u)
{
	for (size_t i = 0; i < u->n_closed; i++) {
		free(u->closed[i].parent_key);
		free(u->closed[i].change);
		free(u->closed[i].keys.at);
	}
	u->n_closed = 0;
}

void
groups_release(struct upsert *u)
{
	groups_clear(u);
	free(u->closed);
	free(u->group.keys.at);
	free(u->told.at);
	buf_release(&u->group.parent);
}

/* Rows of the parent that its complete group lacks. */
static int
replace(struct upsert *u, const struct closed *c, struct why *why)
{
	struct buf sql = BUF_INIT, keys = BUF_INIT;
	struct buf key = BUF_INIT;
	struct rows *rows;
	int rc = -1;

	db_fmt(&sql, "%s AND t.%I = $1", u->target.keys.at,
	    u->target.parent->column);
	rows = db_query(lane_db(u->lane[0]), why, sql.at, 1,
	    (const char *const[]){c->parent_key});
	if (rows == NULL)
		goto out;
	for (size_t i = 0; i < rows_n(rows); i++) {
		buf_clear(&key);
		buf_str(&key, rows_text(rows, i, 0));
		if (key_set_has(&c->keys, key_hash(&key)))
			continue;
		if (u->map != NULL) /* the same text again is news */
			fpmap_put(u->map, key_hash(&key), NULL);
		gone_add(u, key.at, &keys);
	}
	rc = gone_delete(u, &keys, why);
out:
	rows_free(rows);
	buf_release(&sql);
	buf_release(&keys);
	buf_release(&key);
	return rc;
}

/*
 * Tells the source's function which parents' children are complete now. It
 * runs in the transaction that stores them: both are seen, or neither.
 */
static int
tell_stored(struct upsert *u, struct why *why)
{
	struct buf sql = BUF_INIT, keys = BUF_INIT;
	int rc;

	if (u->n_closed == 0 || u->r->each == NULL ||
	    u->r->each->stored == NULL)
		return 0;
	for (size_t i = 0; i < u->n_closed; i++)
		if (!u->closed[i].gone)
			pgarray_add(&keys, u->closed[i].parent_key,
			    strlen(u->closed[i].parent_key));
	pgarray_end(&keys);
	buf_fmt(&sql, "SELECT %s($1, $2::text[])", u->r->each->stored);
	rc = db_run(lane_db(u->lane[0]), why, sql.at, 2,
	    (const char *const[]){u->of.account, keys.at});
	if (rc == -1)
		why_in(why, "%s", u->r->each->stored);
	buf_release(&keys);
	buf_release(&sql);
	return rc;
}

int
groups_write(struct upsert *u, struct why *why)
{
	for (size_t i = 0; i < u->n_closed; i++) {
		const struct closed *c = &u->closed[i];

		if (c->replace && replace(u, c, why) == -1)
			return -1;
		if (state_children(lane_db(u->lane[0]), &u->of, c->parent_key,
			c->change, c->gone, why) == -1)
			return -1;
	}
	return tell_stored(u, why);
}
