#include "state/retention.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"

#define BATCH 5000 /* rows of a transaction: nobody waits long for it */

/* $1: milliseconds. The last runs are what stays known of an account. */
static const struct table {
	const char *name;
	const char *old;
	bool of_resource; /* it has the column */
} tables[] = {
    {"ha.sync_log",
	"finished_at < now() - $1::bigint * interval '1 ms' AND id <> ALL"
	" (SELECT unnest(ARRAY[max(id), coalesce(max(id) FILTER (WHERE"
	" complete), 0)]) FROM ha.sync_log GROUP BY source, resource,"
	" account_id)",
	true},
    {"ha.sync_runs",
	"finished_at < now() - $1::bigint * interval '1 ms' AND id <> ALL"
	" (SELECT max(id) FROM ha.sync_runs GROUP BY source, account_id)"
	" AND NOT EXISTS (SELECT FROM ha.sync_log l WHERE l.run = t.run)",
	false},
    {"ha.rejects", "closed_at < now() - $1::bigint * interval '1 ms'", true},
    {"ha.repaired", "repaired_at < now() - $1::bigint * interval '1 ms'", true},
};

static void
batch_of(const struct table *t, const struct history_of *of, struct buf *sql)
{
	buf_fmt(sql,
	    "WITH gone AS (DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid"
	    " FROM %s t WHERE %s",
	    t->name, t->name, t->old);
	history_where(of, "AND", sql);
	buf_fmt(sql,
	    " LIMIT %d FOR UPDATE SKIP LOCKED)) RETURNING 1)"
	    " SELECT count(*) FROM gone",
	    BATCH);
}

static int
prune_table(struct db *db, const struct table *t, const struct history_of *of,
    const char *age, struct why *why)
{
	struct buf sql = BUF_INIT, n = BUF_INIT, line = BUF_INIT;
	unsigned long gone = 0, batch;
	int rc;

	batch_of(t, of, &sql);
	do {
		batch = 0;
		buf_clear(&n);
		if ((rc = db_value(db, why, sql.at, 1, &age, &n)) == 1)
			gone += batch = strtoul(n.at, NULL, 10);
	} while (batch > 0);
	if (rc != -1) {
		buf_fmt(&line, "%lu %s", gone, t->name);
		out_line(line.at, line.len);
	}
	buf_release(&line);
	buf_release(&n);
	buf_release(&sql);
	return rc == -1 ? -1 : 0;
}

int
retention_prune(
    struct db *db, const struct history_of *of, int64_t age_ms, struct why *why)
{
	struct buf age = BUF_INIT;
	int rc = 0;

	buf_fmt(&age, "%" PRId64, age_ms);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		/* a run is of all resources */
		if (of->resource != NULL && !tables[i].of_resource)
			continue;
		if ((rc = prune_table(db, &tables[i], of, age.at, why)) == -1)
			break;
	}
	buf_release(&age);
	return rc;
}
