#include "upsert/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "table/copy_field.h"
#include "lock/lease.h"
#include "base/mem.h"

#define PIECE ((size_t)64 << 10) /* bytes sent at once */

struct lane {
	struct db *db;
	char *dbname;
	const struct target *t;
	bool dry_run;
	bool first;		/* it takes table and account for all */
	bool hasty;		/* others of us may hold what it waits for */
	bool open;		/* in the batch's transaction */
	bool copying;		/* new rows are being streamed */
	bool copied;		/* the end of them is sent, not waited for */
	bool staged;		/* rows are in the staging table */
	bool parted;		/* ha_parts is made, in this transaction */
	size_t n_new, n_staged; /* rows in the buffers and sent */
	struct buf new, stage;
	char xid[24]; /* of a commit that was not answered yet */
	bool down;    /* it could not be opened again */
};

/*
 * Our few statements: a merge looks keys up by the primary key, whatever the
 * statistics say of a table that has just been filled, and sorts its batch
 * in memory; fingerprints are read with every core, unless the index alone
 * has them.
 */
static const char setup[] =
    "SET enable_hashjoin TO off; SET enable_mergejoin TO off; "
    "SET work_mem TO '48MB'; "
    /* not in a session of a pool that has had temporary tables */
    "DO $$ BEGIN SET temp_buffers TO '24MB'; "
    "EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$; "
    "SET parallel_setup_cost TO 10; SET parallel_tuple_cost TO 0";

/* In a dry run: the rows that would be there by now. */
static const char would[] =
    "CREATE TEMPORARY TABLE IF NOT EXISTS ha_would (resource text, key text)";

struct lane *
lane_open(const char *dbname, bool dry_run, bool first, struct why *why)
{
	struct lane *l;

	l = mem_new(1, sizeof(*l));
	l->dbname = mem_str(dbname);
	l->dry_run = dry_run;
	l->first = first;
	if ((l->db = db_open(dbname, why)) == NULL ||
	    db_script(l->db, why, setup) == -1 ||
	    (dry_run && db_script(l->db, why, would) == -1)) {
		lane_close(l);
		return NULL;
	}
	return l;
}

void
lane_close(struct lane *l)
{
	if (l == NULL)
		return;
	db_close(l->db);
	buf_release(&l->new);
	buf_release(&l->stage);
	free(l->dbname);
	free(l);
}

struct db *
lane_db(struct lane *l)
{
	return l->db;
}

const char *
lane_state(const struct lane *l)
{
	return l->down ? "08001" : db_state(l->db);
}

bool
lane_is_open(const struct lane *l)
{
	return l->open;
}

int
lane_target(struct lane *l, const struct target *t, struct why *why)
{
	l->t = t;
	l->staged = false;
	return db_script(l->db, why, t->stage.at);
}

void
lane_hurry(struct lane *l, bool hasty)
{
	l->hasty = hasty;
}

/*
 * One batch of a table and account at a time. Behind that lock whoever is in
 * the way for long may be another lane, which waits for this one.
 */
int
lane_begin(struct lane *l, struct why *why)
{
	struct buf also = BUF_INIT;
	int rc;

	if (l->open)
		return 0;
	l->open = true; /* to be rolled back, whatever becomes of it */
	if (l->first)
		db_fmt(&also, "SELECT ha.lock_rows(%L::regclass, %s::text);",
		    l->t->table.at, l->t->account.at);
	if (l->hasty)
		buf_str(&also, "SET LOCAL lock_timeout TO '2s';");
	rc = lease_begin(l->db, also.at, why);
	buf_release(&also);
	return rc;
}

static int
send(struct lane *l, struct buf *from, struct why *why)
{
	int rc = db_copy_send(l->db, from->at, from->len, why);

	buf_clear(from);
	return rc;
}

static int
send_new(struct lane *l, struct why *why)
{
	if (!l->copying) {
		if (lane_begin(l, why) == -1)
			return -1;
		if (db_copy_in(l->db, l->t->copy.at, why) == -1)
			return -1;
		l->copying = true;
	}
	return send(l, &l->new, why);
}

static void
add_tail(const struct lane_row *row, struct buf *to)
{
	XXH128_canonical_t fp;

	XXH128_canonicalFromHash(&fp, (XXH128_hash_t){row->fp.lo, row->fp.hi});
	buf_add(to, row->fields->at, row->fields->len);
	field_jsonb(to, row->text, row->len);
	field_bytes(to, fp.digest, sizeof(fp.digest));
}

int
lane_new(struct lane *l, const struct lane_row *row, bool hold, struct why *why)
{
	if (l->n_new++ == 0)
		field_start(&l->new);
	buf_add(&l->new, l->t->head.at, l->t->head.len);
	add_tail(row, &l->new);
	if (l->new.len < PIECE || hold)
		return 0;
	return send_new(l, why);
}

int
lane_new_end(struct lane *l, struct why *why)
{
	if (l->n_new == 0)
		return 0;
	field_end(&l->new);
	if (send_new(l, why) == -1)
		return -1;
	l->copied = true;
	return db_copy_end(l->db, why);
}

int
lane_new_wait(struct lane *l, struct why *why)
{
	l->n_new = 0;
	if (!l->copied)
		return 0;
	l->copied = l->copying = false;
	return db_copy_done(l->db, why) == -1 ? -1 : 0;
}

int
lane_stage(struct lane *l, const struct lane_row *row, struct why *why)
{
	if (l->n_staged++ == 0) {
		if (lane_begin(l, why) == -1)
			return -1;
		l->staged = true;
		if (db_copy_in(l->db, l->t->stage_copy.at, why) == -1)
			return -1;
		field_start(&l->stage);
	}
	field_count(&l->stage, l->t->n_fields + 4);
	field_int(&l->stage, (uint32_t)row->ord, 4);
	add_tail(row, &l->stage);
	field_int(&l->stage, row->gone, 1);
	return l->stage.len < PIECE ? 0 : send(l, &l->stage, why);
}

int
lane_staged(struct lane *l, struct why *why)
{
	if (l->n_staged == 0)
		return 0;
	l->n_staged = 0;
	field_end(&l->stage);
	return send(l, &l->stage, why) == -1 || db_copy_done(l->db, why) == -1
		   ? -1
		   : 0;
}

static int
fates(struct lane *l, const char *sql, size_t n, const char *const *params,
    lane_fate_fn *fn, void *ctx, struct why *why)
{
	struct rows *rows;

	if ((rows = db_query(l->db, why, sql, n, params)) == NULL)
		return -1;
	for (size_t i = 0; i < rows_n(rows); i++)
		fn(ctx, (int)strtoll(rows_text(rows, i, 0), NULL, 10),
		    rows_text(rows, i, 1)[0], rows_text(rows, i, 2));
	rows_free(rows);
	return 0;
}

int
lane_merge(struct lane *l, const char *horizon, lane_fate_fn *fn, void *ctx,
    struct why *why)
{
	if (l->n_staged == 0)
		return 0;
	return lane_staged(l, why) == -1
		   ? -1
		   : fates(l, l->t->merge.at, 1, &horizon, fn, ctx, why);
}

int
lane_orphans(struct lane *l, lane_fate_fn *fn, void *ctx, struct why *why)
{
	if (!l->staged || l->t->orphans.len == 0)
		return 0;
	return fates(l, l->t->orphans.at, 0, NULL, fn, ctx, why);
}

/* Plans are made anew: the table may be empty for the first part only. */
int
lane_parts(struct lane *l, const char *horizon, size_t from, size_t to,
    const char *stops, lane_fate_fn *fn, void *ctx, struct why *why)
{
	char lo[24], hi[24];
	int rc = 0;

	if (!l->staged)
		return 0;
	if (!l->parted || to - from > 1)
		rc = db_script(
		    l->db, why, l->parted ? "DISCARD PLANS" : l->t->parts.at);
	if (rc == -1)
		return -1;
	l->parted = true;
	snprintf(lo, sizeof(lo), "%zu", from);
	snprintf(hi, sizeof(hi), "%zu", to);
	return fates(l,
	    "SELECT * FROM pg_temp.ha_parts($1, $2::integer, $3::integer, $4)",
	    4, (const char *const[]){horizon, lo, hi, stops}, fn, ctx, why);
}

int
lane_save(struct lane *l, struct why *why)
{
	return db_script(l->db, why, "SAVEPOINT ha_part");
}

int
lane_release(struct lane *l, struct why *why)
{
	return db_script(l->db, why, "RELEASE ha_part");
}

/* What was gathered or sent but not merged is dropped with it. */
static void
drop(struct lane *l)
{
	db_copy_stop(l->db);
	l->copying = l->copied = false;
	l->n_new = l->n_staged = 0;
	buf_clear(&l->new);
	buf_clear(&l->stage);
}

int
lane_undo(struct lane *l, struct why *why)
{
	drop(l);
	return db_script(l->db, why, "ROLLBACK TO ha_part; RELEASE ha_part");
}

int
lane_keep(struct lane *l, struct why *why)
{
	return db_script(l->db, why,
	    "SET CONSTRAINTS ALL IMMEDIATE; RELEASE ha_part; "
	    "SET CONSTRAINTS ALL DEFERRED");
}

/* The transaction's number; empty if it has written nothing. */
static int
note_xid(struct lane *l, struct why *why)
{
	struct rows *rows;

	rows = db_query(
	    l->db, why, "SELECT pg_current_xact_id_if_assigned()", 0, NULL);
	if (rows == NULL)
		return -1;
	if (rows_text(rows, 0, 0) != NULL)
		strlcpy(l->xid, rows_text(rows, 0, 0), sizeof(l->xid));
	rows_free(rows);
	return 0;
}

int
lane_commit(struct lane *l, struct why *why)
{
	if (!l->open)
		return 0;
	if (!l->dry_run && note_xid(l, why) == -1)
		return -1;
	if (db_script(l->db, why, l->dry_run ? "ROLLBACK" : "COMMIT") == -1)
		return -1;
	l->xid[0] = '\0';
	l->open = false;
	l->staged = l->parted = false; /* ON COMMIT DELETE ROWS */
	return 0;
}

int
lane_rollback(struct lane *l, struct why *why)
{
	bool was_open = l->open;
	struct db *again;

	drop(l);
	l->open = l->staged = l->parted = false;
	if (!db_lost(l->db)) {
		if (was_open && db_script(l->db, why, "ROLLBACK") == -1)
			return -1;
		l->xid[0] = '\0'; /* the commit was refused, not lost */
		return 0;
	}
	if ((again = db_open(l->dbname, why)) == NULL) {
		l->down = true;
		return -1;
	}
	db_close(l->db);
	l->db = again;
	l->down = false;
	if (db_script(l->db, why, setup) == -1 ||
	    (l->dry_run && db_script(l->db, why, would) == -1))
		return -1;
	return lane_target(l, l->t, why);
}

int
lane_committed(struct lane *l, struct why *why)
{
	const char *params[] = {l->xid}, *status;
	struct rows *rows;
	int rc = 0;

	if (l->xid[0] == '\0')
		return 0;
	rows =
	    db_query(l->db, why, "SELECT pg_xact_status($1::xid8)", 1, params);
	if (rows == NULL && db_lost(l->db))
		return -1;
	/* refused: another server than before, which never had it */
	status = rows == NULL ? NULL : rows_text(rows, 0, 0);
	if (status != NULL && strcmp(status, "in progress") == 0)
		rc = why_set(why, EX_TEMPFAIL,
		    "database: a commit is under way on a lost connection");
	else if (status != NULL && strcmp(status, "committed") == 0)
		rc = 1;
	rows_free(rows);
	if (rc != -1)
		l->xid[0] = '\0';
	return rc;
}

int
lane_would(
    struct lane *l, const char *resource, const char *keys, struct why *why)
{
	return db_run(l->db, why,
	    "INSERT INTO pg_temp.ha_would SELECT $1, unnest($2::text[])", 2,
	    (const char *const[]){resource, keys});
}
