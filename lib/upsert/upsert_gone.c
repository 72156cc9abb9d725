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
