#include "upsert/upsert_int.h"

#include <string.h>

#include "db/pgarray.h"

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
