#include "upsert/upsert_int.h"

#include <inttypes.h>
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

/*
 * The member of the parent object that has its key: the first of the fields
 * that it hands on, or the row's that was asked for. NULL: nobody's group.
 */
static const char *
key_name(const struct upsert *u)
{
	const struct resource *r = u->r, *p;
	const char *in = r->each != NULL       ? r->each->parent
			 : r->embedded != NULL ? r->embedded->in
					       : NULL;

	if (gone_come(u))
		return resource_by_key(r);
	p = in != NULL ? source_find(u->source, in) : NULL;
	return p != NULL && p->n_fields > 0 ? p->fields[0].name : NULL;
}

static char *
parent_key(const struct upsert *u, struct why *why)
{
	const char *name = key_name(u);
	char *key = NULL;

	if (name == NULL)
		return NULL;
	if ((key = member(&u->group.parent, name, why)) == NULL)
		why_set(why, EX_DATAERR, "an open mark without the parent's %s",
		    name);
	return key;
}

/* Does an earlier group of the same parent wait in the batch? */
static bool
waits_already(const struct upsert *u, const char *key)
{
	const struct fingerprint none = {0, 0};

	return u->n_closed > 0 &&
	       fpmap_find(u->closing, text_hash(key), &none) != FP_ABSENT;
}

/* Whose group is it? 1: wait for the batch; -1: nobody's. */
static int
read_parent(struct upsert *u, struct why *why)
{
	const char *name = key_name(u);
	struct group *g = &u->group;
	char *key;
	int rc = 0;

	if (name != NULL) {
		if (cut_parent_mend(name, &g->parent, why) == -1 ||
		    (key = parent_key(u, why)) == NULL)
			return -1;
		rc = waits_already(u, key);
		free(key);
	}
	g->part = is_part(&g->parent);
	return rc != 0 ? rc
		       : cut_parent(u->cut, g->parent.at, g->parent.len, why);
}

int
group_open(struct upsert *u, const struct mark *open, struct why *why)
{
	struct group *g = &u->group;
	struct why lost = {0};
	int rc;

	json_put(&g->parent, open->parent.at, open->parent.len);
	g->number = NO_PARENT;
	g->keys.n = 0;
	g->unsure = false;
	g->lost.status = 0;
	if ((rc = read_parent(u, &lost)) == 1)
		return 1;
	u->in_group = true;
	if (rc == 0)
		return 0;
	g->lost = lost;
	return cut_parent(u->cut, NULL, 0, why);
}

/* Its parent's key alone, as who looks for it in ha.rejects has it. */
static char *
group_name(const struct upsert *u)
{
	const char *field = key_name(u);
	struct json_val whole = {
	    JSON_OBJECT, u->group.parent.at, u->group.parent.len};
	struct json_val key = json_get(&whole, field);
	struct buf name = BUF_INIT;

	buf_chr(&name, '{');
	buf_json(&name, field, strlen(field));
	buf_chr(&name, ':');
	buf_add(&name, key.text, key.len);
	buf_chr(&name, '}');
	return buf_take(&name);
}

int
group_close(struct upsert *u, const struct item *item, struct why *why)
{
	const struct mark *close = item->mark;
	struct closed *c;
	char *key;

	u->in_group = false;
	if (u->group.lost.status != 0)
		return cut_parent(u->cut, NULL, 0, why);
	if (gone_come(u) ? !close->gone
			 : !groups_come(u) ||
			       (u->r->each == NULL && u->r->embedded == NULL))
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
	if (u->closing == NULL)
		u->closing = fpmap_new();
	fpmap_put(u->closing, text_hash(key), NULL);
	c = &u->closed[u->n_closed++];
	memset(c, 0, sizeof(*c));
	c->parent_key = key;
	c->name = group_name(u);
	c->line = item->line.no;
	c->offset = item->line.offset;
	c->number = u->group.number;
	c->change = member(&u->group.parent, "change", why);
	c->gone = close->gone;
	c->replace = groups_replace(u) && !close->gone && !u->group.unsure &&
		     !u->group.part && close->skipped == 0;
	if (c->replace) {
		c->keys = u->group.keys;
		memset(&u->group.keys, 0, sizeof(u->group.keys));
	}
	return cut_parent(u->cut, NULL, 0, why);
}

void
groups_clear(struct upsert *u)
{
	for (size_t i = 0; i < u->n_closed; i++) {
		free(u->closed[i].parent_key);
		free(u->closed[i].change);
		free(u->closed[i].name);
		free(u->closed[i].refused);
		free(u->closed[i].keys.at);
	}
	u->n_closed = 0;
	fpmap_free(u->closing);
	u->closing = NULL;
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

/* Rows of complete groups in [lo, hi), each with the number of its group. */
static struct rows *
rows_of_groups(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	const char *column = u->target.parent->column;
	struct buf sql = BUF_INIT, parents = BUF_INIT;
	struct rows *rows;

	for (size_t i = lo; i < hi; i++) {
		const struct closed *c = &u->closed[i];
		const char *key =
		    c->replace && c->refused == NULL ? c->parent_key : NULL;

		pgarray_add(&parents, key, key != NULL ? strlen(key) : 0);
	}
	pgarray_end(&parents);
	db_fmt(&sql,
	    "SELECT x.*, g.n FROM unnest($1::%s[]) WITH ORDINALITY AS "
	    "g(parent, n) CROSS JOIN LATERAL (%s AND t.%I = g.parent) AS x",
	    column_type_sql(resource_column(u->r, column)->type),
	    u->target.keys.at, column);
	rows = db_query(lane_db(u->lane[0]), why, sql.at, 1,
	    (const char *const[]){parents.at});
	buf_release(&sql);
	buf_release(&parents);
	return rows;
}

/* What a complete group lacks of its parent's rows is gone. */
static int
replace(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct buf keys = BUF_INIT, key = BUF_INIT;
	struct rows *rows;
	int rc;

	if ((rows = rows_of_groups(u, lo, hi, why)) == NULL)
		return -1;
	for (size_t i = 0; i < rows_n(rows); i++) {
		size_t n = strtoull(rows_text(rows, i, 2), NULL, 10);

		buf_clear(&key);
		buf_str(&key, rows_text(rows, i, 0));
		if (key_set_has(&u->closed[lo + n - 1].keys, key_hash(&key)))
			continue;
		if (u->map != NULL) /* the same text again is news */
			fpmap_put(u->map, key_hash(&key), NULL);
		gone_add(u, key.at, &keys);
	}
	rc = gone_delete(u, &keys, why);
	rows_free(rows);
	buf_release(&keys);
	buf_release(&key);
	return rc;
}

/* Children are as the API has them now, or gone with their parent. */
static int
note_children(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct buf keys = BUF_INIT, changes = BUF_INIT, gone = BUF_INIT;
	int rc;

	for (size_t i = lo; i < hi; i++) {
		const struct closed *c = &u->closed[i];

		if (c->refused != NULL)
			continue;
		pgarray_add(&keys, c->parent_key, strlen(c->parent_key));
		pgarray_add(&changes, c->change,
		    c->change != NULL ? strlen(c->change) : 0);
		pgarray_add(&gone, c->gone ? "t" : "f", 1);
	}
	pgarray_end(&keys);
	pgarray_end(&changes);
	pgarray_end(&gone);
	rc = state_children(
	    lane_db(u->lane[0]), &u->of, keys.at, changes.at, gone.at, why);
	buf_release(&keys);
	buf_release(&changes);
	buf_release(&gone);
	return rc;
}

/*
 * Tells the source's function which parents' children are complete now. It
 * runs in the transaction that stores them: both are seen, or neither.
 */
static int
tell_stored(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct buf sql = BUF_INIT, keys = BUF_INIT;
	int rc;

	if (u->r->each == NULL || u->r->each->stored == NULL)
		return 0;
	for (size_t i = lo; i < hi; i++)
		if (!u->closed[i].gone && u->closed[i].refused == NULL)
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

/* They were refused before, and no longer are. */
static int
close_refused(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct buf names = BUF_INIT;
	int rc = 0;

	for (size_t i = lo; i < hi && u->open.n > 0; i++)
		if (u->closed[i].refused == NULL &&
		    kept_open(u, text_hash(u->closed[i].name)))
			pgarray_add(&names, u->closed[i].name,
			    strlen(u->closed[i].name));
	if (names.len > 0) {
		pgarray_end(&names);
		rc = db_run(lane_db(u->lane[0]), why,
		    "UPDATE ha.rejects SET closed_at = now() WHERE (source, "
		    "resource, account_id) = ($1, $2, $3) AND key = ANY "
		    "($4::text[]) AND closed_at IS NULL",
		    4,
		    (const char *const[]){
			u->of.source, u->of.resource, u->of.account, names.at});
	}
	buf_release(&names);
	return rc;
}

/* Rows that were asked for by their keys, and are no more. */
static int
write_gone(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	struct buf keys = BUF_INIT;
	int rc;

	for (size_t i = lo; i < hi; i++)
		if (u->closed[i].refused == NULL)
			pgarray_add(&keys, u->closed[i].parent_key,
			    strlen(u->closed[i].parent_key));
	rc = gone_place(u, &keys, why);
	buf_release(&keys);
	return rc;
}

static int
write_range(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	bool any = false;

	if (lo == hi)
		return 0;
	if (gone_come(u))
		return write_gone(u, lo, hi, why) == -1
			   ? -1
			   : close_refused(u, lo, hi, why);
	for (size_t i = lo; i < hi; i++)
		any |= u->closed[i].replace && u->closed[i].refused == NULL;
	if ((any && replace(u, lo, hi, why) == -1) ||
	    note_children(u, lo, hi, why) == -1 ||
	    close_refused(u, lo, hi, why) == -1)
		return -1;
	return tell_stored(u, lo, hi, why);
}

/* Nothing of it is stored; its parent's children are to be read again. */
static int
note_refused(struct upsert *u, struct closed *c, struct why *why)
{
	const struct line line = {
	    c->name, strlen(c->name), c->line, c->offset, true, 0};

	if (kept_reject(u, &line, c->name, c->refused, why) == -1)
		return -1;
	if (u->aside != NULL && !c->aside) {
		aside_add(u->aside, &line, c->name, c->refused);
		c->aside = true;
	}
	key_set_add(&u->open, text_hash(c->name));
	return db_run(lane_db(u->lane[0]), why,
	    "DELETE FROM ha.children WHERE (source, resource, account_id, "
	    "parent_key) = ($1, $2, $3, $4)",
	    4,
	    (const char *const[]){
		u->of.source, u->of.resource, u->of.account, c->parent_key});
}

int
groups_write(struct upsert *u, struct why *why)
{
	if (!u->careful)
		return write_range(u, 0, u->n_closed, why);
	for (size_t i = 0; i < u->n_closed; i++)
		if (u->closed[i].refused != NULL &&
		    note_refused(u, &u->closed[i], why) == -1)
			return -1;
	return aside_flush(u->aside, why);
}

/* Halves what is refused until the bad ones stand alone. */
static int
try_range(struct upsert *u, size_t lo, size_t hi, struct why *why)
{
	size_t would = u->would.len, mid = lo + (hi - lo) / 2;
	uint64_t deleted = u->deleted;
	struct why w;

	if (lo == hi)
		return 0;
	if (lane_save(u->lane[0], why) == -1)
		return -1;
	if (write_range(u, lo, hi, why) == 0 && lane_keep(u->lane[0], why) == 0)
		return 0;
	if (trouble(u) != ROWS)
		return -1;
	w = *why;
	u->would.len = would;
	u->deleted = deleted;
	if (lane_undo(u->lane[0], why) == -1)
		return -1;
	if (hi - lo == 1) {
		u->closed[lo].refused = mem_str(w.msg);
		return 0;
	}
	return try_range(u, lo, mid, why) == -1 ? -1
						: try_range(u, mid, hi, why);
}

int
groups_try(struct upsert *u, struct why *why)
{
	size_t before = groups_refused(u);

	if (try_range(u, 0, u->n_closed, why) == -1)
		return -1;
	return (int)(groups_refused(u) - before);
}
