#include "table/recut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "json/json.h"
#include "table/copy_field.h"
#include "table/cut.h"
#include "table/ddl.h"

#define PAGES 256   /* of the table, in a transaction */
#define TRIES 5	    /* of a batch, when somebody else wrote the same rows */
#define SAY_EVERY 5 /* seconds */
#define TID_LEN 6
#define JSONB_VERSION 1 /* the byte in front of a jsonb's text */

struct work {
	struct recut *k;
	struct db *db;
	struct resource of; /* the columns that can be cut anew, no key */
	char **names;	    /* of these */
	struct cut *cut;
	struct buf rel, range, rows, record, sql;
	time_t said;
};

/* A copy of the resource that only has what can be found in its payload. */
static int
narrow(struct work *w, struct why *why)
{
	const struct resource *r = w->k->r;
	struct resource *of = &w->of;

	of->name = r->name;
	of->columns = mem_new(r->n_columns, sizeof(*of->columns));
	w->names = mem_new(r->n_columns, sizeof(*w->names));
	for (size_t i = 0; i < r->n_columns; i++)
		if (!r->columns[i].of_parent &&
		    !ddl_is_key(r, r->columns[i].name)) {
			w->names[of->n_columns] = r->columns[i].name;
			of->columns[of->n_columns++] = r->columns[i];
		}
	return (w->cut = cut_new(of, why)) == NULL ? -1 : 0;
}

/* One row of the COPY: its place and its payload; what is cut is kept. */
static int
take_row(struct work *w, const char *p, size_t len)
{
	size_t before = w->rows.len;
	struct why ignored;

	if (len < 2 + 4 + TID_LEN + 4 + 1 ||
	    p[2 + 4 + TID_LEN + 4] != JSONB_VERSION)
		return 0; /* the end */
	w->k->rows++;
	p += 2 + 4;
	json_put(&w->record, p + TID_LEN + 5, len - 2 - 4 - TID_LEN - 5);
	field_count(&w->rows, w->of.n_columns + 1);
	field_bytes(&w->rows, p, TID_LEN);
	if (cut_row(w->cut, w->record.at, w->record.len, &w->rows, &ignored) ==
	    -1) {
		w->rows.len = before;
		w->k->bad++;
	}
	return 0;
}

static int
read_rows(struct work *w, struct why *why)
{
	const char *p;
	size_t len;
	int got;
	bool first = true;

	buf_clear(&w->sql);
	buf_clear(&w->rows);
	buf_fmt(&w->sql,
	    "COPY (SELECT t.ctid, t.raw_payload FROM %s t WHERE %s) TO STDOUT "
	    "(FORMAT binary)",
	    w->rel.at, w->range.at);
	if (db_copy_out(w->db, w->sql.at, why) == -1)
		return -1;
	field_start(&w->rows);
	while ((got = db_copy_next(w->db, &p, &len, why)) == 1) {
		size_t head = first ? 19 : 0; /* signature, flags */

		first = false;
		if (len > head)
			take_row(w, p + head, len - head);
	}
	field_end(&w->rows);
	return got;
}

static int
write_rows(struct work *w, struct why *why)
{
	struct rows *done;

	buf_clear(&w->sql);
	buf_str(&w->sql, "CREATE TEMPORARY TABLE ha_recut ON COMMIT DROP AS "
			 "SELECT t.ctid AS ha_tid");
	db_each(&w->sql, "", ", t.%I", w->names, w->of.n_columns);
	buf_fmt(&w->sql, " FROM %s t WITH NO DATA", w->rel.at);
	if (db_run(w->db, why, w->sql.at, 0, NULL) == -1 ||
	    db_copy_in(w->db,
		"COPY pg_temp.ha_recut FROM STDIN (FORMAT binary)", why) == -1)
		return -1;
	if (db_copy_send(w->db, w->rows.at, w->rows.len, why) == -1 ||
	    db_copy_done(w->db, why) == -1) {
		db_copy_stop(w->db);
		return -1;
	}
	buf_clear(&w->sql);
	buf_fmt(&w->sql, "UPDATE %s t SET ", w->rel.at);
	db_each(&w->sql, ", ", "%I = s.%I", w->names, w->of.n_columns);
	buf_fmt(&w->sql,
	    " FROM pg_temp.ha_recut s WHERE t.ctid = s.ha_tid AND %s AND "
	    "NOT (true",
	    w->range.at);
	db_each(&w->sql, "", " AND t.%I IS NOT DISTINCT FROM s.%I", w->names,
	    w->of.n_columns);
	buf_chr(&w->sql, ')');
	if ((done = db_query(w->db, why, w->sql.at, 0, NULL)) == NULL)
		return -1;
	w->k->changed += rows_done(done);
	rows_free(done);
	return 0;
}

/* Nobody moves a row between the look and the update: one snapshot. */
static int
try_batch(struct work *w, struct why *why)
{
	struct recut before = *w->k;
	struct why ignored;

	if (db_script(w->db, why,
		"BEGIN ISOLATION LEVEL REPEATABLE READ; "
		"SET LOCAL search_path = pg_catalog, pg_temp; "
		/* from the same text: ha.row_touched lets the prints be */
		"SET LOCAL ha.derived TO 'on'") == 0 &&
	    read_rows(w, why) == 0 && write_rows(w, why) == 0 &&
	    db_script(w->db, why, "COMMIT") == 0)
		return 0;
	*w->k = before;
	if (strncmp(db_state(w->db), "40", 2) != 0)
		return -1;
	return db_script(w->db, &ignored, "ROLLBACK") == -1 ? -1 : 1;
}

static void
say_how_far(struct work *w, long long about)
{
	const struct recut *k = w->k;
	char line[256];

	if (time(NULL) < w->said + SAY_EVERY)
		return;
	w->said = time(NULL);
	snprintf(line, sizeof(line),
	    "%s.%s: %llu of about %lld rows looked at, %llu changed",
	    k->source->name, k->r->table, (unsigned long long)k->rows, about,
	    (unsigned long long)k->changed);
	k->how->say(line, true, k->how->ctx);
}

/* One table, or part of a table. */
static int
recut_part(struct work *w, long long pages, long long about, struct why *why)
{
	for (long long at = 0; at < pages; at += PAGES) {
		int rc = 1;

		buf_clear(&w->range);
		buf_fmt(&w->range,
		    "t.ctid >= '(%lld,0)' AND t.ctid < "
		    "'(%lld,0)'",
		    at, at + PAGES);
		ddl_part(w->k->r, &w->range);
		for (int i = 0; rc == 1 && i < TRIES; i++)
			rc = try_batch(w, why);
		if (rc != 0)
			return -1;
		say_how_far(w, about);
	}
	return 0;
}

static int
recut_parts(struct work *w, struct why *why)
{
	struct buf table = BUF_INIT;
	struct rows *rows;
	int rc = 0;

	db_fmt(&table, "%T", w->k->source->name, w->k->r->table);
	rows = db_query(w->db, why,
	    "SELECT format('%I.%I', n.nspname, c.relname), "
	    "pg_relation_size(c.oid) / current_setting('block_size')::integer "
	    "+ 1, greatest(c.reltuples, 0)::bigint FROM pg_class c JOIN "
	    "pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
	    "AND (c.oid = $1::regclass OR c.oid IN (SELECT relid FROM "
	    "pg_partition_tree($1::regclass)))",
	    1, (const char *const[]){table.at});
	for (size_t i = 0; rows != NULL && rc == 0 && i < rows_n(rows); i++) {
		buf_set(&w->rel, rows_text(rows, i, 0),
		    strlen(rows_text(rows, i, 0)));
		rc = recut_part(w, strtoll(rows_text(rows, i, 1), NULL, 10),
		    strtoll(rows_text(rows, i, 2), NULL, 10), why);
	}
	rc = rows == NULL ? -1 : rc;
	rows_free(rows);
	buf_release(&table);
	return rc;
}

int
recut_table(struct recut *k, struct db *db, struct why *why)
{
	struct work w = {.k = k, .db = db, .said = time(NULL)};
	int rc = narrow(&w, why);

	if (rc == 0 && w.of.n_columns > 0)
		rc = recut_parts(&w, why);
	cut_free(w.cut);
	free(w.of.columns);
	free(w.names);
	buf_release(&w.rel);
	buf_release(&w.range);
	buf_release(&w.rows);
	buf_release(&w.record);
	buf_release(&w.sql);
	return rc;
}
