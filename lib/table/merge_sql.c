#include "table/merge_sql.h"

#include <string.h>

#include "table/ddl.h"
#include "db/pgarray.h"
#include "table/statements.h"

/* " AND a."id" = b."id"" for each key column. */
static void
same_key(const struct resource *r, const char *a, const char *b, struct buf *to)
{
	if (r->n_key == 0)
		buf_fmt(to, " AND %s.ident = %s.ident", a, b);
	for (size_t i = 0; i < r->n_key; i++) {
		buf_fmt(to, " AND %s.", a);
		db_ident(NULL, to, r->key[i]);
		buf_fmt(to, " = %s.", b);
		db_ident(NULL, to, r->key[i]);
	}
}

static void
key_list(const struct resource *r, struct buf *to)
{
	size_t start = to->len;

	ddl_key(r, "s.", to);
	memset(to->at + start, ' ', 2); /* the leading ", " */
}

/* Newest first: by the version columns, unknown is oldest; then the last. */
static void
newest_first(const struct resource *r, struct buf *to)
{
	for (size_t i = 0; i < r->n_version; i++) {
		buf_str(to, "s.");
		db_ident(NULL, to, r->version[i]);
		buf_str(to, " DESC NULLS LAST, ");
	}
	buf_str(to, "s.ha_ord DESC");
}

/* Is s older than t? Column by column; unknown is older than known. */
static void
older(const struct resource *r, size_t i, struct buf *to)
{
	struct buf c = BUF_INIT;

	if (i == r->n_version) {
		buf_str(to, "false");
		return;
	}
	db_ident(NULL, &c, r->version[i]);
	buf_fmt(
	    to, "(CASE WHEN s.%s IS NOT DISTINCT FROM t.%s THEN ", c.at, c.at);
	older(r, i + 1, to);
	buf_fmt(to,
	    " ELSE t.%s IS NOT NULL AND (s.%s IS NULL OR s.%s < t.%s) END)",
	    c.at, c.at, c.at, c.at);
	buf_release(&c);
}

static void
same_version(const struct resource *r, struct buf *to)
{
	buf_str(to, "true");
	for (size_t i = 0; i < r->n_version; i++) {
		buf_str(to, " AND s.");
		db_ident(NULL, to, r->version[i]);
		buf_str(to, " IS NOT DISTINCT FROM t.");
		db_ident(NULL, to, r->version[i]);
	}
}

/* Every member that a thinner fetch leaves empty is empty in row x. */
static void
empty_members(const struct resource *r, const char *x, struct buf *to)
{
	buf_str(to, "(true");
	for (size_t i = 0; i < r->n_thin; i++) {
		buf_fmt(to, " AND coalesce(%s.raw_payload->", x);
		db_literal(NULL, to, r->thin[i]);
		buf_str(to, ", 'null') IN ('null', '[]', '{}', '\"\"')");
	}
	buf_chr(to, ')');
}

/* The stored members, where there are any, over the new payload. */
static void
kept_payload(const struct resource *r, struct buf *to)
{
	buf_str(to, "s.raw_payload");
	for (size_t i = 0; i < r->n_thin; i++) {
		buf_str(to, " || CASE WHEN t.raw_payload ? ");
		db_literal(NULL, to, r->thin[i]);
		buf_str(to, " THEN jsonb_build_object(");
		db_literal(NULL, to, r->thin[i]);
		buf_str(to, ", t.raw_payload->");
		db_literal(NULL, to, r->thin[i]);
		buf_str(to, ") ELSE '{}' END");
	}
}

/* Is the column cut from such a member? Then it is kept as well. */
static bool
of_thin(const struct resource *r, const struct column *c)
{
	const char *from = expr_source(c->from);

	for (size_t i = 0; i < r->n_thin; i++) {
		size_t len = strlen(r->thin[i]);

		if (from[0] == '.' && strncmp(from + 1, r->thin[i], len) == 0 &&
		    strchr(".[", from[1 + len]) != NULL)
			return true;
	}
	return false;
}

/* As the array '{"attachments","[]","url"}'. */
static void
add_path(const char *path, struct buf *to)
{
	struct buf array = BUF_INIT;

	pgarray_path(&array, path);
	db_literal(NULL, to, array.at);
	buf_release(&array);
}

/* Row x's payload without what is ignored. */
static void
payload(const struct resource *r, const char *x, struct buf *to)
{
	for (size_t i = 0; i < r->n_ignore; i++)
		buf_str(to, "ha.without(");
	buf_fmt(to, "%s.raw_payload", x);
	for (size_t i = 0; i < r->n_ignore; i++) {
		buf_str(to, ", ");
		add_path(r->ignore[i], to);
		buf_chr(to, ')');
	}
}

static void
equal_column(const struct column *c, struct buf *to)
{
	buf_str(to, " AND s.");
	db_ident(NULL, to, c->name);
	buf_str(to, " IS NOT DISTINCT FROM t.");
	db_ident(NULL, to, c->name);
}

/*
 * Equal in value: the payload, what columns take from the parent; and when
 * the fingerprint was dropped, since columns are cut otherwise now, all.
 */
static void
equal(const struct resource *r, struct buf *to)
{
	payload(r, "t", to);
	buf_str(to, " = ");
	payload(r, "s", to);
	buf_str(to, " AND (t.deleted_at IS NOT NULL) = s.ha_gone");
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->columns[i].of_parent)
			equal_column(&r->columns[i], to);
	buf_str(to, " AND (t.fingerprint IS NOT NULL OR (true");
	for (size_t i = 0; i < r->n_columns; i++)
		equal_column(&r->columns[i], to);
	buf_str(to, "))");
}

void
orphans_sql(const struct target *t, struct buf *to)
{
	const struct resource *r = t->r;
	struct buf miss = BUF_INIT, which = BUF_INIT, why = BUF_INIT;

	for (size_t i = 0; i < r->n_parents; i++) {
		const struct parent *p = &r->parents[i];

		if (!p->foreign_key)
			continue;
		buf_clear(&miss);
		buf_str(&miss, "(s.");
		db_ident(NULL, &miss, p->column);
		buf_str(&miss, " IS NOT NULL AND NOT EXISTS (SELECT FROM ");
		ddl_table_named(t->source, p->resource, &miss);
		buf_fmt(
		    &miss, " p WHERE p.account_id = %s AND p.", t->account.at);
		db_ident(NULL, &miss, p->key);
		buf_str(&miss, " = s.");
		db_ident(NULL, &miss, p->column);
		buf_str(&miss, "))");
		buf_fmt(&which, "%s%s", which.len > 0 ? " OR " : "", miss.at);
		buf_fmt(&why, " WHEN %s THEN ", miss.at);
		db_literal(NULL, &why, p->column);
	}
	if (which.len > 0)
		buf_fmt(to,
		    "DELETE FROM pg_temp.ha_stage s WHERE %s RETURNING "
		    "s.ha_ord, 'o', CASE%s END",
		    which.at, why.at);
	buf_release(&miss);
	buf_release(&which);
	buf_release(&why);
}

static void
fate(const struct resource *r, bool whole, struct buf *to)
{
	bool thin = r->n_thin > 0 && !whole;

	buf_str(to, "CASE WHEN s.ha_n > 1 THEN 'p' WHEN t.account_id IS NULL "
		    "THEN 'i'\n  WHEN t.fingerprint = s.fingerprint THEN 'e' "
		    "WHEN ");
	older(r, 0, to);
	buf_str(to, " THEN 's'");
	if (thin) {
		buf_str(to, "\n  WHEN t.deleted_at IS NULL AND ");
		same_version(r, to);
		buf_str(to, " AND ");
		empty_members(r, "s", to);
		buf_str(to, " AND NOT ");
		empty_members(r, "t", to);
		buf_str(to, " THEN 's'");
	}
	buf_str(to, "\n  WHEN ");
	equal(r, to);
	buf_str(to, " THEN\n  CASE WHEN t.fingerprint IS NULL THEN 'f' ELSE "
		    "'e' END");
	if (thin) {
		buf_str(to, "\n  WHEN ");
		empty_members(r, "s", to);
		buf_str(to, " AND NOT ");
		empty_members(r, "t", to);
		buf_str(to, " THEN 'k'");
	}
	buf_str(to, "\n  ELSE 'u' END AS ha_fate");
}

static void
insert(const struct target *t, struct buf *to)
{
	const struct resource *r = t->r;

	buf_fmt(to, "INSERT INTO %s (account_id, customer_id", t->table.at);
	target_columns(r, "", to);
	buf_str(to, ", raw_payload, fingerprint, deleted_at)\n  SELECT ");
	buf_fmt(to, "%s, %s", t->account.at, t->customer.at);
	target_columns(r, "s.", to);
	buf_str(to, ", s.raw_payload, s.fingerprint, CASE WHEN s.ha_gone THEN "
		    "now() END\n  FROM j s WHERE s.ha_fate = 'i' ORDER BY ");
	key_list(r, to);
}

static void
update(const struct target *t, bool thin, struct buf *to)
{
	const struct resource *r = t->r;

	buf_fmt(to, "UPDATE %s t SET customer_id = %s", t->table.at,
	    t->customer.at);
	for (size_t i = 0; i < r->n_columns; i++) {
		const struct column *c = &r->columns[i];
		struct buf name = BUF_INIT;

		if (ddl_is_key(r, c->name))
			continue;
		db_ident(NULL, &name, c->name);
		if (thin && of_thin(r, c))
			buf_fmt(to,
			    ", %s = CASE WHEN s.ha_fate = 'k' THEN t.%s ELSE "
			    "s.%s END",
			    name.at, name.at, name.at);
		else
			buf_fmt(to, ", %s = s.%s", name.at, name.at);
		buf_release(&name);
	}
	buf_str(to, ",\n  raw_payload = ");
	if (thin) {
		buf_str(to, "CASE WHEN s.ha_fate = 'k' THEN ");
		kept_payload(r, to);
		buf_str(to, " ELSE s.raw_payload END");
	} else {
		buf_str(to, "s.raw_payload");
	}
	/* what was kept is in no text: whole, the same one says more */
	buf_fmt(to,
	    ", fingerprint = %s, updated_at = now(),\n"
	    "  deleted_at = CASE WHEN s.ha_gone THEN coalesce(t.deleted_at, "
	    "now()) END, version = t.version + 1\n"
	    "  FROM j s WHERE t.account_id = %s AND s.ha_fate IN ('u', 'k')",
	    thin ? "CASE WHEN s.ha_fate = 'k' THEN "
		   "md5(s.fingerprint::text)::uuid ELSE s.fingerprint END"
		 : "s.fingerprint",
	    t->account.at);
	same_key(r, "t", "s", to);
}

void
merge_sql(const struct target *t, bool whole, bool names, struct buf *to)
{
	const struct resource *r = t->r;

	buf_str(to, "WITH s AS MATERIALIZED (SELECT s.*, row_number() OVER "
		    "(PARTITION BY ");
	key_list(r, to);
	buf_str(to, " ORDER BY ");
	newest_first(r, to);
	buf_str(to, ") AS ha_n FROM pg_temp.ha_stage s),\n"
		    "j AS MATERIALIZED (SELECT s.*, ");
	fate(r, whole, to);
	buf_str(to, names ? ",\n  (SELECT string_agg(k, ',' ORDER BY k) FROM "
			    "jsonb_object_keys(t.raw_payload || s.raw_payload) "
			    "k\n  WHERE t.raw_payload->k IS DISTINCT FROM "
			    "s.raw_payload->k) AS ha_members"
			  : ", NULL AS ha_members");
	buf_fmt(to,
	    "\n  FROM s LEFT JOIN %s t ON s.ha_n = 1 AND t.account_id = %s",
	    t->table.at, t->account.at);
	same_key(r, "t", "s", to);
	buf_str(to, "),\ni AS (");
	insert(t, to);
	buf_str(to, "),\nu AS (");
	update(t, r->n_thin > 0 && !whole, to);
	buf_fmt(to,
	    "),\nf AS (UPDATE %s t SET fingerprint = s.fingerprint FROM j s\n"
	    "  WHERE t.account_id = %s AND s.ha_fate = 'f'",
	    t->table.at, t->account.at);
	same_key(r, "t", "s", to);
	buf_str(to, ")\nSELECT ha_ord, ha_fate, ha_members FROM j");
}
