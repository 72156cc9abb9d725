#include "upsert/upsert_int.h"

#include <stdio.h>

/* Why a section, though its end came, does not tell what is gone. */
static const char *
no_reason_to(const struct upsert *u)
{
	const struct mark *end = u->end;

	if (!end->complete)
		return "the section is not complete";
	if (!section_is_whole(u))
		return "the section does not hold the whole collection";
	if (u->skipped)
		return "records without a readable key were set aside";
	if (end->rejected > 0 || end->skipped > end->parked)
		return "a stage before this one took records out";
	return NULL;
}

/* "8a3f…-…": 32 digits, for fpmap. false: not known. */
static bool
read_print(const char *uuid, struct fingerprint *to)
{
	uint64_t half[2] = {0, 0};
	size_t n = 0;

	for (; uuid != NULL && *uuid != '\0' && n < 32; uuid++) {
		if (*uuid == '-')
			continue;
		half[n / 16] =
		    half[n / 16] << 4 |
		    (uint64_t)(*uuid <= '9' ? *uuid - '0' : *uuid - 'a' + 10);
		n++;
	}
	*to = (struct fingerprint){half[0], half[1]};
	return n == 32;
}

/*
 * Is the row gone? It did not come, and nobody else stored it since we began
 * (its fingerprint would be another); and of groups, its parent's was closed,
 * or the parent is deleted itself and nobody can ask for its children.
 */
static bool
is_gone(
    struct upsert *u, const struct rows *rows, size_t i, const struct buf *key)
{
	const char *parent;
	struct fingerprint fp;
	bool printed = read_print(rows_text(rows, i, 1), &fp);

	if (!fpmap_left(u->map, key_hash(key), printed ? &fp : NULL))
		return false;
	if (!groups_are_whole(u))
		return true;
	parent = rows_text(rows, i, 2);
	return parent != NULL &&
	       (rows_text(rows, i, 3) != NULL || group_was_told(u, parent));
}

/* Should a deleted parent come back, its children are due. */
static int
forget_children(struct upsert *u, struct why *why)
{
	struct buf sql = BUF_INIT;
	const struct resource *p;
	int rc;

	p = source_resource(u->source, u->target.parent->resource, why);
	if (p == NULL)
		return -1;
	db_fmt(&sql,
	    "DELETE FROM ha.children c USING %T p WHERE c.source = $1 AND "
	    "c.resource = $2 AND c.account_id = $3 AND p.account_id = $3 AND "
	    "p.deleted_at IS NOT NULL AND c.parent_key = p.%I::text COLLATE "
	    "\"C\"",
	    u->source->name, p->table, u->target.parent->key);
	rc = db_run(lane_db(u->lane[0]), why, sql.at, 3,
	    (const char *const[]){u->of.source, u->of.resource, u->of.account});
	buf_release(&sql);
	return rc;
}

/*
 * One walk over the keys of rows that are not deleted: counts all and those
 * that are gone; doing: soft-deletes these. Rows that the map does not know
 * came by another process after the section began. The cursor sees the rows
 * as they were when it was opened.
 */
static int
walk(struct upsert *u, bool doing, uint64_t *all, uint64_t *unseen,
    struct why *why)
{
	struct db *db = lane_db(u->lane[0]);
	struct buf sql = BUF_INIT, keys = BUF_INIT, key = BUF_INIT;
	struct rows *rows = NULL;
	int rc = -1;

	*all = *unseen = 0;
	buf_str(&sql, "DECLARE ha_prune NO SCROLL CURSOR FOR ");
	if (!groups_are_whole(u)) {
		buf_str(&sql, u->target.keys.at);
		keys_limit(u, &sql);
	} else if (target_children(&u->target, &sql, why) == -1) {
		goto out;
	}
	if (db_run(db, why, sql.at, 0, NULL) == -1)
		goto out;
	for (;;) {
		rows_free(rows);
		if ((rows = db_query(db, why, "FETCH 10000 FROM ha_prune", 0,
			 NULL)) == NULL)
			goto out;
		if (rows_n(rows) == 0)
			break;
		*all += rows_n(rows);
		for (size_t i = 0; i < rows_n(rows); i++) {
			buf_clear(&key);
			buf_str(&key, rows_text(rows, i, 0));
			if (!is_gone(u, rows, i, &key))
				continue;
			++*unseen;
			if (doing)
				gone_add(u, key.at, &keys);
		}
		if (gone_prune(u, &keys, why) == -1)
			goto out;
	}
	rc = db_run(db, why, "CLOSE ha_prune", 0, NULL);
out:
	rows_free(rows);
	buf_release(&sql);
	buf_release(&keys);
	buf_release(&key);
	return rc;
}

int
prune(struct upsert *u, struct why *why)
{
	const char *no = NULL;
	uint64_t all, unseen;
	double percent;

	if (!u->o->prune || (groups_come(u) && !groups_are_whole(u)))
		return 0;
	if ((no = no_reason_to(u)) != NULL) {
		snprintf(u->sum->note, sizeof(u->sum->note),
		    "%s/%s: nothing was pruned: %s", u->of.source,
		    u->of.resource, no);
		return 0;
	}
	if ((groups_come(u) && forget_children(u, why) == -1) ||
	    (!keys_come(u) && see_parked(u, why) == -1) ||
	    walk(u, false, &all, &unseen, why) == -1)
		return -1;
	if (unseen == 0)
		return 0;
	percent = 100.0 * (double)unseen / (double)all;
	if (percent > u->o->max_delete && !u->o->force) {
		u->sum->refused = true;
		snprintf(u->sum->note, sizeof(u->sum->note),
		    "%s/%s: %llu of %llu rows did not come (%.1f %%, over "
		    "--max-delete %g): nothing was deleted; --force does it",
		    u->of.source, u->of.resource, (unsigned long long)unseen,
		    (unsigned long long)all, percent, u->o->max_delete);
		return 0;
	}
	u->kept_rows = 0; /* of a try that was taken back */
	buf_clear(&u->kept_names);
	if (walk(u, true, &all, &unseen, why) == -1)
		return -1;
	if (u->kept_rows > 0)
		snprintf(u->sum->note, sizeof(u->sum->note),
		    "%s/%s: %llu rows are gone, and the database refuses to "
		    "mark them as deleted: %s",
		    u->of.source, u->of.resource,
		    (unsigned long long)u->kept_rows, u->kept_names.at);
	return 0;
}
