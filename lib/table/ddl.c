#include "table/ddl.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#define HASH_TEXT 33

const char *
ddl_table(const struct source *s, const char *resource)
{
	return source_find(s, resource)->table;
}

void
ddl_key(const struct resource *r, const char *between, const char *fmt,
    struct buf *to)
{
	static char ident[] = "ident";

	if (r->n_key == 0)
		db_each(to, between, fmt, (char *const[]){ident}, 1);
	db_each(to, between, fmt, r->key, r->n_key);
}

bool
ddl_is_key(const struct resource *r, const char *column)
{
	for (size_t i = 0; i < r->n_key; i++)
		if (strcmp(r->key[i], column) == 0)
			return true;
	return false;
}

static void
hash_text(const void *p, size_t len, char text[HASH_TEXT])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits(p, len));
	for (size_t i = 0; i < sizeof(c.digest); i++)
		snprintf(text + 2 * i, 3, "%02x", c.digest[i]);
}

static int
add_file(const char *path, struct buf *to)
{
	FILE *f;
	size_t got;
	int rc;

	if ((f = fopen(path, "re")) == NULL)
		return -1;
	do {
		got = fread(buf_room(to, 8192), 1, 8192, f);
		to->len += got;
	} while (got > 0);
	to->at[to->len] = '\0';
	rc = ferror(f) ? -1 : 0;
	fclose(f);
	return rc;
}

/* A file of lib/sql, or beside the descriptions of HA_SOURCES. */
static int
add_sql(const char *name, struct buf *to, struct why *why)
{
	struct buf stem = BUF_INIT, path = BUF_INIT;
	size_t len = strlen(name);
	int rc = -1;

	if (len > 4 && strcmp(name + len - 4, ".sql") == 0)
		len -= 4;
	buf_add(&stem, name, len);
	if (source_path(stem.at, ".sql", &path, why) == -1)
		goto out;
	if ((rc = add_file(path.at, to)) == -1)
		why_errno(why, EX_CONFIG, "%s", path.at);
	else if (to->len > 0 && to->at[to->len - 1] != '\n')
		buf_chr(to, '\n');
out:
	buf_release(&stem);
	buf_release(&path);
	return rc;
}

static bool
is_parent_column(const struct resource *r, const char *column)
{
	for (size_t i = 0; i < r->n_parents; i++)
		if (strcmp(r->parents[i].column, column) == 0)
			return true;
	return false;
}

/* Keys compare by bytes, as account_id does. */
static const char *
collation(const struct resource *r, const struct column *c)
{
	return c->type == COL_TEXT &&
		       (ddl_is_key(r, c->name) || is_parent_column(r, c->name))
		   ? " COLLATE \"C\""
		   : "";
}

static void
add_table(const struct source *s, const struct resource *r, struct buf *to)
{
	const struct column *c;

	db_fmt(to,
	    "\nCREATE TABLE IF NOT EXISTS %T (\n"
	    "\taccount_id text COLLATE \"C\" NOT NULL,\n"
	    "\tcustomer_id uuid,\n%s",
	    s->name, r->table,
	    r->n_key == 0 ? "\tident text COLLATE \"C\" NOT NULL,\n" : "");
	for (c = r->columns; c < r->columns + r->n_columns; c++)
		db_fmt(to, "\t%I %s%s%s,\n", c->name, column_type_sql(c->type),
		    collation(r, c), ddl_is_key(r, c->name) ? " NOT NULL" : "");
	buf_str(to, "\traw_payload jsonb NOT NULL,\n"
		    "\tfingerprint uuid,\n"
		    "\tcreated_at timestamptz NOT NULL DEFAULT now(),\n"
		    "\tupdated_at timestamptz NOT NULL DEFAULT now(),\n"
		    "\tdeleted_at timestamptz,\n"
		    "\tversion integer NOT NULL DEFAULT 1,\n"
		    "\tPRIMARY KEY (account_id");
	ddl_key(r, "", ", %I", to);
	/* an account's fingerprints are read without touching the table */
	buf_str(to, ") INCLUDE (fingerprint)\n);\n");
	if (r->title != NULL)
		db_fmt(to, "COMMENT ON TABLE %T IS %L;\n", s->name, r->table,
		    r->title);
	for (c = r->columns; c < r->columns + r->n_columns; c++)
		if (!ddl_is_key(r, c->name))
			db_fmt(to,
			    "ALTER TABLE %T ADD COLUMN IF NOT EXISTS %I "
			    "%s%s;\n",
			    s->name, r->table, c->name,
			    column_type_sql(c->type), collation(r, c));
}

/* An older table may have a column of another type, or another key. */
static void
add_check(const struct source *s, const struct resource *r, struct buf *to)
{
	struct buf table = BUF_INIT;

	db_fmt(&table, "%T", s->name, r->table);
	buf_str(to, "DO $$\nDECLARE bad text;\nBEGIN\n"
		    "SELECT string_agg(format('column %s is %s, described as "
		    "%s', w.name, a.atttypid::regtype, w.type), '; ') INTO bad"
		    "\n  FROM (VALUES ('account_id', 'text')");
	for (size_t i = 0; i < r->n_columns; i++)
		db_fmt(to, ",\n    (%L, %L)", r->columns[i].name,
		    column_type_sql(r->columns[i].type));
	db_fmt(to,
	    ") w (name, type)\n  JOIN pg_attribute a ON a.attrelid = "
	    "%L::regclass AND a.attname = w.name\n"
	    "  WHERE a.atttypid <> w.type::regtype;\n"
	    "IF bad IS NULL AND (SELECT array_agg(a.attname::text "
	    "ORDER BY k.n) FROM pg_index i,\n  unnest(i.indkey) WITH "
	    "ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attnum "
	    "= k.attnum\n  WHERE k.n <= i.indnkeyatts AND "
	    "i.indisprimary AND a.attrelid = i.indrelid AND i.indrelid = "
	    "%L::regclass)\n  <> ARRAY['account_id'",
	    table.at, table.at);
	ddl_key(r, "", ", %L", to);
	db_fmt(to,
	    "]::text[] THEN\n  bad := 'its primary key is not the "
	    "described one';\nEND IF;\n"
	    "IF bad IS NOT NULL THEN\n  RAISE EXCEPTION 'table %%: %%', "
	    "%L::regclass, bad;\nEND IF;\nEND $$;\n",
	    table.at);
	buf_release(&table);
}

/* Names are at most 63 bytes; a longer one ends in a hash of itself. */
static void
short_name(struct buf *name)
{
	char hash[HASH_TEXT];

	if (name->len <= 63)
		return;
	hash_text(name->at, name->len, hash);
	name->len = 54;
	while (((unsigned char)name->at[name->len] & 0xc0) == 0x80)
		name->len--; /* not inside a character */
	buf_chr(name, '_');
	buf_add(name, hash, 8);
}

static void
add_foreign(const struct source *s, const struct resource *r,
    const struct parent *p, struct buf *to)
{
	struct buf name = BUF_INIT, table = BUF_INIT;

	if (!p->foreign_key)
		return;
	buf_fmt(&name, "%s_%s_fkey", r->table, p->column);
	short_name(&name);
	db_fmt(&table, "%T", s->name, r->table);
	db_fmt(to,
	    "DO $$\nBEGIN\nIF NOT EXISTS (SELECT FROM pg_constraint WHERE "
	    "conrelid = %L::regclass\n  AND conname = %L) THEN\n"
	    "  ALTER TABLE %s ADD CONSTRAINT %I\n"
	    "  FOREIGN KEY (account_id, %I) REFERENCES %T (account_id, %I);\n"
	    "END IF;\nEND $$;\n",
	    table.at, name.at, table.at, name.at, p->column, s->name,
	    ddl_table(s, p->resource), p->key);
	buf_release(&name);
	buf_release(&table);
}

/* "listing_id, arrival_date" as it stands, behind account_id. */
static void
add_index(const struct source *s, const struct resource *r, const char *list,
    struct buf *to)
{
	struct buf name = BUF_INIT;

	buf_fmt(&name, "%s_", r->table);
	for (const char *p = list; *p != '\0'; p++)
		if (*p == ',')
			buf_chr(&name, '_');
		else if (strchr(" \t\"()", *p) == NULL)
			buf_chr(&name, *p);
	buf_str(&name, "_idx");
	short_name(&name);
	db_fmt(to, "CREATE INDEX IF NOT EXISTS %I ON %T (account_id, %s);\n",
	    name.at, s->name, r->table, list);
	buf_release(&name);
}

/*
 * How a resource's columns are cut. When that changes, every fingerprint
 * is dropped: the next time a record comes it is compared again.
 */
static void
add_cut(const struct source *s, const struct resource *r, struct buf *to)
{
	struct buf how = BUF_INIT;
	char hash[HASH_TEXT];

	for (size_t i = 0; i < r->n_columns; i++)
		buf_fmt(&how, "%s %s%s %d %s\n", r->columns[i].name,
		    column_type_sql(r->columns[i].type),
		    r->columns[i].or_null ? "?" : "", r->columns[i].of_parent,
		    expr_source(r->columns[i].from));
	if (r->deleted != NULL)
		buf_fmt(&how, "deleted %s\n", expr_source(r->deleted));
	hash_text(how.at, how.len, hash);
	db_fmt(to,
	    "DO $$\nBEGIN\nIF EXISTS (SELECT FROM ha.cuts WHERE source = %L "
	    "AND resource = %L\n  AND hash <> %L) THEN\n"
	    "  UPDATE %T SET fingerprint = NULL WHERE fingerprint IS NOT "
	    "NULL;\nEND IF;\nEND $$;\n"
	    "INSERT INTO ha.cuts AS c (source, resource, hash) VALUES "
	    "(%L, %L, %L)\n  ON CONFLICT (source, resource) DO UPDATE SET "
	    "hash = excluded.hash\n  WHERE c.hash <> excluded.hash;\n",
	    s->name, r->name, hash, s->name, r->table, s->name, r->name, hash);
	buf_release(&how);
}

/* All but the hash of itself and COMMIT. */
static int
add_body(const struct source *s, struct buf *to, struct why *why)
{
	const struct resource *r, *end = s->resources + s->n_resources;

	buf_fmt(to,
	    "-- Made by ha-schema %s; run it by: ha-schema %s | psql\n"
	    "\\set ON_ERROR_STOP on\n\\set QUIET on\nBEGIN;\n"
	    "SET LOCAL client_min_messages TO warning;\n"
	    "DO $$ BEGIN PERFORM pg_advisory_xact_lock("
	    "hashtext('ha-schema')); END $$;\n\n",
	    s->name, s->name);
	if (add_sql("ha.sql", to, why) == -1 ||
	    add_sql("locks.sql", to, why) == -1 ||
	    add_sql("log.sql", to, why) == -1)
		return -1;
	db_fmt(to, "\nCREATE SCHEMA IF NOT EXISTS %I;\n", s->name);
	for (r = s->resources; r < end; r++) {
		add_table(s, r, to);
		add_check(s, r, to);
		for (size_t i = 0; i < r->n_index; i++)
			add_index(s, r, r->index[i], to);
	}
	buf_chr(to, '\n');
	for (r = s->resources; r < end; r++)
		for (size_t i = 0; i < r->n_parents; i++)
			add_foreign(s, r, &r->parents[i], to);
	for (r = s->resources; r < end; r++)
		add_cut(s, r, to);
	buf_chr(to, '\n');
	for (size_t i = 0; i < s->n_sql; i++)
		if (add_sql(s->sql[i], to, why) == -1)
			return -1;
	return 0;
}

int
ddl_script(const struct source *s, struct buf *to, struct why *why)
{
	size_t start = to->len;
	char hash[HASH_TEXT];

	if (add_body(s, to, why) == -1)
		return -1;
	hash_text(to->at + start, to->len - start, hash);
	db_fmt(to,
	    "\nINSERT INTO ha.schemas AS h (source, hash) VALUES (%L, %L)\n"
	    "  ON CONFLICT (source) DO UPDATE SET hash = excluded.hash, "
	    "applied_at = now()\n  WHERE h.hash <> excluded.hash;\nCOMMIT;\n",
	    s->name, hash);
	return 0;
}

int
ddl_check(struct db *db, const struct source *s, struct why *why)
{
	struct buf text = BUF_INIT;
	struct rows *rows = NULL;
	char hash[HASH_TEXT];
	const char *have = NULL;
	int rc = -1;

	if (add_body(s, &text, why) == -1)
		goto out;
	hash_text(text.at, text.len, hash);
	rows =
	    db_query(db, why, "SELECT hash FROM ha.schemas WHERE source = $1",
		1, (const char *const[]){s->name});
	if (rows == NULL && why->status != EX_CONFIG)
		goto out;
	if (rows != NULL && rows_n(rows) > 0)
		have = rows_text(rows, 0, 0);
	if (have != NULL && strcmp(have, hash) == 0)
		rc = 0;
	else
		why_set(why, EX_CONFIG, "%s: %s; run: ha-schema %s | psql",
		    s->name,
		    have == NULL ? "the database has no such schema"
				 : "the schema in the database differs from "
				   "the description",
		    s->name);
out:
	rows_free(rows);
	buf_release(&text);
	return rc;
}
