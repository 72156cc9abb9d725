#include "table/ddl.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#define HASH_TEXT 33

static void
ident(struct buf *to, const char *name)
{
	db_ident(NULL, to, name);
}

void
ddl_table(const struct source *s, const struct resource *r, struct buf *to)
{
	ident(to, s->name);
	buf_chr(to, '.');
	ident(to, r->table != NULL ? r->table : r->name);
}

static const struct resource *
resource_named(const struct source *s, const char *name)
{
	for (size_t i = 0; i < s->n_resources; i++)
		if (strcmp(s->resources[i].name, name) == 0)
			return &s->resources[i];
	return NULL;
}

void
ddl_table_named(const struct source *s, const char *name, struct buf *to)
{
	const struct resource *r = resource_named(s, name);

	if (r != NULL)
		ddl_table(s, r, to);
}

void
ddl_key(const struct resource *r, const char *prefix, struct buf *to)
{
	for (size_t i = 0; i < r->n_key; i++) {
		buf_fmt(to, ", %s", prefix);
		ident(to, r->key[i]);
	}
	if (r->n_key == 0)
		buf_fmt(to, ", %sident", prefix);
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
static void
column_type(const struct resource *r, const struct column *c, struct buf *to)
{
	buf_str(to, column_type_sql(c->type));
	if (c->type == COL_TEXT &&
	    (ddl_is_key(r, c->name) || is_parent_column(r, c->name)))
		buf_str(to, " COLLATE \"C\"");
}

static void
add_table(const struct source *s, const struct resource *r, struct buf *to)
{
	const struct column *c;

	buf_str(to, "\nCREATE TABLE IF NOT EXISTS ");
	ddl_table(s, r, to);
	buf_str(to, " (\n\taccount_id text COLLATE \"C\" NOT NULL,\n"
		    "\tcustomer_id uuid,\n");
	if (r->n_key == 0)
		buf_str(to, "\tident text COLLATE \"C\" NOT NULL,\n");
	for (c = r->columns; c < r->columns + r->n_columns; c++) {
		buf_chr(to, '\t');
		ident(to, c->name);
		buf_chr(to, ' ');
		column_type(r, c, to);
		buf_str(to, ddl_is_key(r, c->name) ? " NOT NULL,\n" : ",\n");
	}
	buf_str(to, "\traw_payload jsonb NOT NULL,\n"
		    "\tfingerprint uuid,\n"
		    "\tcreated_at timestamptz NOT NULL DEFAULT now(),\n"
		    "\tupdated_at timestamptz NOT NULL DEFAULT now(),\n"
		    "\tdeleted_at timestamptz,\n"
		    "\tversion integer NOT NULL DEFAULT 1,\n"
		    "\tPRIMARY KEY (account_id");
	ddl_key(r, "", to);
	/* an account's fingerprints are read without touching the table */
	buf_str(to, ") INCLUDE (fingerprint)\n);\n");
	if (r->title != NULL) {
		buf_str(to, "COMMENT ON TABLE ");
		ddl_table(s, r, to);
		buf_str(to, " IS ");
		db_literal(NULL, to, r->title);
		buf_str(to, ";\n");
	}
	for (c = r->columns; c < r->columns + r->n_columns; c++) {
		if (ddl_is_key(r, c->name))
			continue;
		buf_str(to, "ALTER TABLE ");
		ddl_table(s, r, to);
		buf_str(to, " ADD COLUMN IF NOT EXISTS ");
		ident(to, c->name);
		buf_chr(to, ' ');
		column_type(r, c, to);
		buf_str(to, ";\n");
	}
}

/* An older table may have a column of another type, or another key. */
static void
add_check(const struct source *s, const struct resource *r, struct buf *to)
{
	struct buf name = BUF_INIT;

	ddl_table(s, r, &name);
	buf_str(to, "DO $$\nDECLARE bad text;\nBEGIN\n"
		    "SELECT string_agg(format('column %s is %s, described as "
		    "%s', w.name, a.atttypid::regtype, w.type), '; ') INTO bad"
		    "\n  FROM (VALUES ('account_id', 'text')");
	for (size_t i = 0; i < r->n_columns; i++) {
		buf_str(to, ",\n    (");
		db_literal(NULL, to, r->columns[i].name);
		buf_fmt(to, ", '%s')", column_type_sql(r->columns[i].type));
	}
	buf_str(to, ") w (name, type)\n  JOIN pg_attribute a ON "
		    "a.attrelid = ");
	db_literal(NULL, to, name.at);
	buf_str(to, "::regclass AND a.attname = w.name\n"
		    "  WHERE a.atttypid <> w.type::regtype;\n"
		    "IF bad IS NULL AND (SELECT array_agg(a.attname::text "
		    "ORDER BY k.n) FROM pg_index i,\n  unnest(i.indkey) WITH "
		    "ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attnum "
		    "= k.attnum\n  WHERE k.n <= i.indnkeyatts AND "
		    "i.indisprimary AND a.attrelid = "
		    "i.indrelid AND i.indrelid = ");
	db_literal(NULL, to, name.at);
	buf_str(to, "::regclass)\n  <> ARRAY['account_id'");
	for (size_t i = 0; i < r->n_key; i++) {
		buf_str(to, ", ");
		db_literal(NULL, to, r->key[i]);
	}
	buf_fmt(to,
	    "%s]::text[] THEN\n  bad := 'its primary key is not the "
	    "described one';\nEND IF;\n"
	    "IF bad IS NOT NULL THEN\n  RAISE EXCEPTION 'table %%: %%',"
	    " ",
	    r->n_key == 0 ? ", 'ident'" : "");
	db_literal(NULL, to, name.at);
	buf_str(to, "::regclass, bad;\nEND IF;\nEND $$;\n");
	buf_release(&name);
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
	const struct resource *of = resource_named(s, p->resource);
	struct buf name = BUF_INIT, table = BUF_INIT;

	if (of == NULL || !p->foreign_key)
		return;
	buf_fmt(&name, "%s_%s_fkey", r->table, p->column);
	short_name(&name);
	ddl_table(s, r, &table);
	buf_str(to, "DO $$\nBEGIN\nIF NOT EXISTS (SELECT FROM pg_constraint "
		    "WHERE conrelid = ");
	db_literal(NULL, to, table.at);
	buf_str(to, "::regclass\n  AND conname = ");
	db_literal(NULL, to, name.at);
	buf_fmt(to, ") THEN\n  ALTER TABLE %s ADD CONSTRAINT ", table.at);
	ident(to, name.at);
	buf_str(to, "\n  FOREIGN KEY (account_id, ");
	ident(to, p->column);
	buf_str(to, ") REFERENCES ");
	ddl_table(s, of, to);
	buf_str(to, " (account_id, ");
	ident(to, p->key);
	buf_str(to, ");\nEND IF;\nEND $$;\n");
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
	buf_str(to, "CREATE INDEX IF NOT EXISTS ");
	ident(to, name.at);
	buf_str(to, " ON ");
	ddl_table(s, r, to);
	buf_fmt(to, " (account_id, %s);\n", list);
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
	buf_str(to, "DO $$\nBEGIN\nIF EXISTS (SELECT FROM ha.cuts WHERE "
		    "source = ");
	db_literal(NULL, to, s->name);
	buf_str(to, " AND resource = ");
	db_literal(NULL, to, r->name);
	buf_fmt(to, "\n  AND hash <> '%s') THEN\n  UPDATE ", hash);
	ddl_table(s, r, to);
	buf_str(to, " SET fingerprint = NULL WHERE fingerprint IS NOT NULL;\n"
		    "END IF;\nEND $$;\n"
		    "INSERT INTO ha.cuts AS c (source, resource, hash) "
		    "VALUES (");
	db_literal(NULL, to, s->name);
	buf_str(to, ", ");
	db_literal(NULL, to, r->name);
	buf_fmt(to,
	    ", '%s')\n  ON CONFLICT (source, resource) DO UPDATE SET "
	    "hash = excluded.hash\n  WHERE c.hash <> excluded.hash;\n",
	    hash);
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
	buf_str(to, "\nCREATE SCHEMA IF NOT EXISTS ");
	ident(to, s->name);
	buf_str(to, ";\n");
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
	buf_str(to, "\nINSERT INTO ha.schemas AS h (source, hash) VALUES (");
	db_literal(NULL, to, s->name);
	buf_fmt(to,
	    ", '%s')\n  ON CONFLICT (source) DO UPDATE SET hash = "
	    "excluded.hash, applied_at = now()\n"
	    "  WHERE h.hash <> excluded.hash;\nCOMMIT;\n",
	    hash);
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
