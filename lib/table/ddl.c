#include "table/ddl.h"

#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "table/cut_way.h"
#include "table/ddl_file.h"
#include "table/ddl_watch.h"

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

/* What that column says in all of its rows, or false. */
static bool
part_text(const struct resource *r, struct buf *to)
{
	const struct column *c;
	const char *from;

	if (r->part == NULL || (c = resource_column(r, r->part)) == NULL)
		return false;
	from = expr_source(c->from); /* "messenger", in quotes: source_check */
	buf_add(to, from + 1, strlen(from) - 2);
	return true;
}

/* Rows of a table that it shares, only ours. */
void
ddl_part(const struct resource *r, struct buf *to)
{
	struct buf value = BUF_INIT;

	if (part_text(r, &value))
		db_fmt(to, " AND t.%I = %L", r->part, value.at);
	buf_release(&value);
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
void
ddl_type(const struct resource *r, const struct column *c, struct buf *to)
{
	buf_str(to, column_type_sql(c->type));
	if (c->type == COL_TEXT &&
	    (ddl_is_key(r, c->name) || is_parent_column(r, c->name)))
		buf_str(to, " COLLATE \"C\"");
}

/* Of two resources that share a table, the last one names it. */
static bool
names_table(const struct source *s, const struct resource *r)
{
	for (const struct resource *o = r + 1;
	     o < s->resources + s->n_resources; o++)
		if (o->title != NULL && strcmp(o->table, r->table) == 0)
			return false;
	return r->title != NULL;
}

static void
add_table(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	struct buf *to = ddl_step(ddl, DDL_TABLE, r, NULL);
	const struct column *c;

	db_fmt(to,
	    "\nCREATE TABLE IF NOT EXISTS %T (\n"
	    "\taccount_id text COLLATE \"C\" NOT NULL,\n"
	    "\tcustomer_id uuid,\n%s",
	    s->name, r->table,
	    r->n_key == 0 ? "\tident text COLLATE \"C\" NOT NULL,\n" : "");
	for (c = r->columns; c < r->columns + r->n_columns; c++) {
		db_fmt(to, "\t%I ", c->name);
		ddl_type(r, c, to);
		buf_str(to, ddl_is_key(r, c->name) ? " NOT NULL,\n" : ",\n");
	}
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
	if (names_table(s, r))
		db_fmt(ddl_step(ddl, DDL_TITLE, r, r->title),
		    "COMMENT ON TABLE %T IS %L;\n", s->name, r->table,
		    r->title);
}

/*
 * Rows that are there before a table is shared are of its first resource: what
 * a new column holds by default they have without being written.
 */
static void
add_column(const struct source *s, const struct resource *r,
    const struct column *c, struct buf *to)
{
	struct buf value = BUF_INIT;

	db_fmt(to, "ALTER TABLE %T ADD COLUMN IF NOT EXISTS %I ", s->name,
	    r->table, c->name);
	ddl_type(r, c, to);
	if (r->part != NULL && strcmp(r->part, c->name) == 0 &&
	    part_text(r, &value))
		db_fmt(to,
		    " DEFAULT %L;\nALTER TABLE %T ALTER COLUMN %I DROP "
		    "DEFAULT",
		    value.at, s->name, r->table, c->name);
	buf_str(to, ";\n");
	buf_release(&value);
}

static void
add_columns(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		const struct column *c = &r->columns[i];

		if (!ddl_is_key(r, c->name))
			add_column(
			    s, r, c, ddl_step(ddl, DDL_COLUMN, r, c->name));
	}
}

/* Four times as fast to write as pglz, where the server was built with it. */
static void
add_storage(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	struct buf table = BUF_INIT;

	db_fmt(&table, "%T", s->name, r->table);
	db_fmt(ddl_step(ddl, DDL_STORAGE, r, NULL),
	    "DO $$\nBEGIN\nIF EXISTS (SELECT FROM pg_settings WHERE name = "
	    "'default_toast_compression'\n  AND 'lz4' = ANY (enumvals)) AND "
	    "EXISTS (SELECT FROM pg_attribute\n  WHERE attrelid = "
	    "%L::regclass AND attname = 'raw_payload'\n  AND attcompression "
	    "<> 'l') THEN\n  ALTER TABLE %s ALTER COLUMN raw_payload SET "
	    "COMPRESSION lz4;\nEND IF;\nEND $$;\n",
	    table.at, table.at);
	buf_release(&table);
}

/* An older table may have a column of another type, or another key. */
static void
add_check(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	struct buf *to = ddl_step(ddl, DDL_CHECK, r, NULL), table = BUF_INIT;

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

static void
add_foreign(const struct source *s, const struct resource *r,
    const struct parent *p, struct ddl *ddl)
{
	struct buf name = BUF_INIT, table = BUF_INIT;

	if (!p->foreign_key)
		return;
	buf_fmt(&name, "%s_%s_fkey", r->table, p->column);
	ddl_short_name(&name);
	db_fmt(&table, "%T", s->name, r->table);
	db_fmt(ddl_step(ddl, DDL_FOREIGN, r, name.at),
	    "DO $$\nBEGIN\nIF NOT EXISTS (SELECT FROM pg_constraint WHERE "
	    "conrelid = %L::regclass\n  AND conname = %L) THEN\n"
	    "  ALTER TABLE %s ADD CONSTRAINT %I\n"
	    "  FOREIGN KEY (account_id, %I) REFERENCES %T (account_id, %I) "
	    "NOT VALID;\nEND IF;\nEND $$;\n",
	    table.at, name.at, table.at, name.at, p->column, s->name,
	    ddl_table(s, p->resource), p->key);
	/* children that came before the key was described: it holds for others
	 */
	db_fmt(ddl_step(ddl, DDL_VALID, r, name.at),
	    "DO $$\nBEGIN\n  ALTER TABLE %s VALIDATE CONSTRAINT %I;\n  "
	    "COMMENT ON CONSTRAINT %I ON %s IS NULL;\nEXCEPTION WHEN "
	    "foreign_key_violation THEN\n  COMMENT ON CONSTRAINT %I ON %s IS "
	    "'for new rows alone: there are children without their "
	    "parent';\nEND $$;\n",
	    table.at, name.at, name.at, table.at, name.at, table.at);
	buf_release(&name);
	buf_release(&table);
}

/* "listing_id, arrival_date" as it stands, behind account_id. */
static void
add_index(const struct source *s, const struct resource *r, const char *list,
    struct ddl *ddl)
{
	struct buf name = BUF_INIT;

	buf_fmt(&name, "%s_", r->table);
	for (const char *p = list; *p != '\0'; p++)
		if (*p == ',')
			buf_chr(&name, '_');
		else if (strchr(" \t\"()", *p) == NULL)
			buf_chr(&name, *p);
	buf_str(&name, "_idx");
	ddl_short_name(&name);
	db_fmt(ddl_step(ddl, DDL_INDEX, r, name.at),
	    "CREATE INDEX IF NOT EXISTS %I ON %T (account_id, %s);\n", name.at,
	    s->name, r->table, list);
	buf_release(&name);
}

/*
 * All of a customer, whatever accounts it has; a description names no such.
 * Who has no customers does not pay for it, as an earlier index made them.
 */
static void
add_customer(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	struct buf name = BUF_INIT, old = BUF_INIT;

	buf_fmt(&old, "%s_of_customer_idx", r->table);
	ddl_short_name(&old);
	buf_fmt(&name, "%s_customer_idx", r->table);
	ddl_short_name(&name);
	db_fmt(ddl_step(ddl, DDL_INDEX, r, name.at),
	    "DROP INDEX IF EXISTS %T;\nCREATE INDEX IF NOT EXISTS %I ON %T "
	    "(customer_id)\n  WHERE customer_id IS NOT NULL;\n",
	    s->name, old.at, name.at, s->name, r->table);
	buf_release(&name);
	buf_release(&old);
}

/* With rows, what is noted stays: they were cut that way, or nobody knows. */
static void
add_cut(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	char hash[DDL_HASH];
	struct buf part = BUF_INIT;

	cut_way_text(r, hash);
	ddl_part(r, &part);
	db_fmt(ddl_step(ddl, DDL_CUT, r, hash),
	    "INSERT INTO ha.cuts AS c (source, resource, hash) SELECT %L, %L, "
	    "%L\n  WHERE NOT EXISTS (SELECT FROM %T t WHERE true%s)\n"
	    "  ON CONFLICT (source, resource) DO UPDATE SET hash = "
	    "excluded.hash\n  WHERE c.hash <> excluded.hash;\n",
	    s->name, r->name, hash, s->name, r->table,
	    part.at == NULL ? "" : part.at);
	buf_release(&part);
}

static int
add_shared(struct ddl *ddl, struct why *why)
{
	struct buf *to = ddl_step(ddl, DDL_START, NULL, NULL);

	buf_str(to,
	    "CREATE SCHEMA IF NOT EXISTS ha;\n"
	    "CREATE TABLE IF NOT EXISTS ha.schema_steps (\n\tname text NOT "
	    "NULL,\n\tstep integer NOT NULL,\n\tdone_at timestamptz NOT "
	    "NULL DEFAULT now(),\n\tPRIMARY KEY (name, step)\n);\n");
	if (ddl_numbered("ha", ddl, why) == -1)
		return -1;
	to = ddl_step(ddl, DDL_SHARED, NULL, NULL);
	return ddl_file("ha.sql", to, why) == -1 ||
		       ddl_file("locks.sql", to, why) == -1 ||
		       ddl_file("log.sql", to, why) == -1
		   ? -1
		   : 0;
}

/* What a first load is faster without comes last. */
static void
add_keys(const struct source *s, struct ddl *ddl)
{
	const struct resource *r, *end = s->resources + s->n_resources;

	for (r = s->resources; r < end; r++) {
		for (size_t i = 0; i < r->n_index; i++)
			add_index(s, r, r->index[i], ddl);
		add_customer(s, r, ddl);
	}
	for (r = s->resources; r < end; r++)
		for (size_t i = 0; i < r->n_parents; i++)
			add_foreign(s, r, &r->parents[i], ddl);
	for (r = s->resources; r < end; r++)
		add_cut(s, r, ddl);
}

static int
add_all(const struct source *s, struct ddl *ddl, struct why *why)
{
	const struct resource *r, *end = s->resources + s->n_resources;
	struct buf *to;

	if (add_shared(ddl, why) == -1)
		return -1;
	db_fmt(ddl_step(ddl, DDL_SCHEMA, NULL, NULL),
	    "\nCREATE SCHEMA IF NOT EXISTS %I;\n", s->name);
	for (r = s->resources; r < end; r++) {
		add_table(s, r, ddl);
		add_columns(s, r, ddl);
		add_check(s, r, ddl);
		add_storage(s, r, ddl);
	}
	if (ddl_numbered(s->name, ddl, why) == -1)
		return -1;
	add_keys(s, ddl);
	to = ddl_step(ddl, DDL_OWN, NULL, NULL);
	buf_chr(to, '\n');
	for (size_t i = 0; i < s->n_sql; i++)
		if (ddl_file(s->sql[i], to, why) == -1)
			return -1;
	ddl_watch(s, ddl); /* last: those files may bring rows up to date */
	return 0;
}

int
ddl_init(struct ddl *ddl, const struct source *s, struct why *why)
{
	*ddl = (struct ddl){NULL, 0};
	if (add_all(s, ddl, why) == 0)
		return 0;
	ddl_release(ddl);
	return -1;
}

void
ddl_digest(const struct ddl *ddl, char hash[DDL_HASH])
{
	struct buf all = BUF_INIT;

	for (size_t i = 0; i < ddl->n; i++)
		buf_add(&all, ddl->at[i].sql.at, ddl->at[i].sql.len);
	ddl_hash(all.at, all.len, hash);
	buf_release(&all);
}

void
ddl_note(const struct source *s, const struct ddl *ddl, struct buf *to)
{
	char hash[DDL_HASH];

	ddl_digest(ddl, hash);
	db_fmt(to,
	    "\nINSERT INTO ha.schemas AS h (source, hash) VALUES (%L, %L)\n"
	    "  ON CONFLICT (source) DO UPDATE SET hash = excluded.hash, "
	    "applied_at = now()\n  WHERE h.hash <> excluded.hash;\n",
	    s->name, hash);
}
