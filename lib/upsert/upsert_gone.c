#include "upsert/upsert_int.h"

#include <string.h>

#include "db/pgarray.h"

bool
gone_come(const struct upsert *u)
{
	return u->mode == MODE_LOOKUP && resource_by_key(u->r) != NULL;
}

void
gone_add(struct upsert *u, const char *key, struct buf *keys)
{
	pgarray_add(keys, key, strlen(key));
	if (u->o->dry_run)
		entry_would(u, "delete", key, NULL);
}

/* A row that the database does not let go stays; it is named, with others. */
static void
name_kept(struct upsert *u, const char *key, const struct why *w)
{
	if (u->kept_rows++ == 0)
		buf_fmt(&u->kept_names, "%s (%s)", key, w->msg);
	else if (u->kept_names.len < 600)
		buf_fmt(&u->kept_names, ", %s", key);
}

/* Those keys, or if a trigger or constraint refuses one, all but those. */
static int
delete_range(struct upsert *u, const struct rows *keys, size_t lo, size_t hi,
    struct why *why)
{
	struct lane *l = u->lane[0];
	size_t mid = lo + (hi - lo) / 2;
	struct buf part = BUF_INIT;
	struct rows *rows = NULL;
	struct why w;
	int rc = -1;

	for (size_t i = lo; i < hi; i++)
		pgarray_add(&part, rows_text(keys, i, 0),
		    strlen(rows_text(keys, i, 0)));
	pgarray_end(&part);
	if (lane_save(l, why) == -1)
		goto out;
	rows = db_query(lane_db(l), why, u->target.remove.at, 1,
	    (const char *const[]){part.at});
	if (rows != NULL && lane_keep(l, why) == 0) {
		u->deleted += rows_done(rows);
		rc = 0;
	} else if (trouble(u) == ROWS) {
		w = *why;
		rc = lane_undo(l, why);
		if (rc == 0 && hi - lo == 1)
			name_kept(u, rows_text(keys, lo, 0), &w);
		else if (rc == 0)
			rc = delete_range(u, keys, lo, mid, why) == -1
				 ? -1
				 : delete_range(u, keys, mid, hi, why);
	}
out:
	rows_free(rows);
	buf_release(&part);
	return rc;
}

int
gone_prune(struct upsert *u, struct buf *keys, struct why *why)
{
	struct rows *rows;
	int rc;

	if (keys->len == 0)
		return 0;
	pgarray_end(keys);
	rows = db_query(lane_db(u->lane[0]), why,
	    "SELECT k FROM pg_catalog.unnest($1::text[]) k", 1,
	    (const char *const[]){keys->at});
	buf_clear(keys);
	if (rows == NULL)
		return -1;
	rc = delete_range(u, rows, 0, rows_n(rows), why);
	rows_free(rows);
	return rc;
}

int
gone_delete(struct upsert *u, struct buf *keys, struct why *why)
{
	struct rows *rows;

	if (keys->len == 0)
		return 0;
	pgarray_end(keys);
	rows = db_query(lane_db(u->lane[0]), why, u->target.remove.at, 1,
	    (const char *const[]){keys->at});
	buf_clear(keys);
	if (rows == NULL)
		return -1;
	u->deleted += rows_done(rows);
	rows_free(rows);
	return 0;
}

/*
 * The row of a parent that was gone before it was ever read: its key, deleted,
 * and no payload, so that its children have a parent. Only where some wait for
 * it; and what is stored of it, stays. Without a fingerprint, whatever comes
 * of it later is news. A feed that lacks a row does not say that it is gone: it
 * may come yet.
 */
int
gone_place(struct upsert *u, struct buf *keys, struct why *why)
{
	const struct resource *r = u->r;
	const struct column *c = resource_column(r, r->key[0]);
	struct buf sql = BUF_INIT;
	struct rows *rows;

	if (keys->len == 0 || r->one == NULL)
		return 0;
	pgarray_end(keys);
	db_fmt(&sql,
	    "INSERT INTO %T (account_id, customer_id, %I, raw_payload, "
	    "deleted_at) SELECT %s, %s, k::%s, '{}', now() FROM "
	    "unnest($1::text[]) k WHERE EXISTS (SELECT FROM ha.parked p WHERE "
	    "p.source = %L AND p.parent_resource = %L AND p.account_id = %s "
	    "AND p.parent_key = k) ORDER BY k ON CONFLICT DO NOTHING "
	    "RETURNING %I",
	    u->of.source, r->table, c->name, u->target.account.at,
	    u->target.customer.at, column_type_sql(c->type), u->of.source,
	    u->of.resource, u->target.account.at, c->name);
	rows = db_query(lane_db(u->lane[0]), why, sql.at, 1,
	    (const char *const[]){keys->at});
	buf_release(&sql);
	if (rows == NULL)
		return -1;
	u->deleted += rows_n(rows);
	for (size_t i = 0; u->o->dry_run && i < rows_n(rows); i++)
		entry_would(u, "delete", rows_text(rows, i, 0), NULL);
	rows_free(rows);
	return 0;
}
