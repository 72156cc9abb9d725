#include "table/merge_sql.h"

#include <string.h>

#include "db/db.h"
#include "db/pgarray.h"
#include "table/ddl.h"
#include "table/follow.h"

static bool
follows(const struct resource *r)
{
	for (size_t i = 0; i < r->n_parents; i++)
		if (r->parents[i].follow)
			return true;
	return false;
}

static void
same_key(const struct resource *r, struct buf *to)
{
	ddl_key(r, "", " AND t.%I = s.%I", to);
}

void
merge_columns(const struct resource *r, const char *prefix, struct buf *to)
{
	if (r->n_key == 0)
		db_fmt(to, ", %sident", prefix);
	for (size_t i = 0; i < r->n_columns; i++)
		db_fmt(to, ", %s%I", prefix, r->columns[i].name);
}

/* A version of row x as it is compared: NULL if it is still to come. */
static void
sure(const struct resource *r, const char *x, size_t i, struct buf *to)
{
	const struct column *c = resource_column(r, r->version[i]);

	if (c->type == COL_TIMESTAMPTZ || c->type == COL_DATE)
		db_fmt(to, "CASE WHEN %s.%I <= $1::timestamptz THEN %s.%I END",
		    x, c->name, x, c->name);
	else
		db_fmt(to, "%s.%I", x, c->name);
}

/*
 * What the far side says now is no older row: t was deleted for not coming,
 * and came after all; or somebody else changed it, maybe its version, too.
 */
static void
revived(const struct merge *m, struct buf *to)
{
	buf_str(to, "t.deleted_at IS NOT NULL AND (t.fingerprint IS NULL");
	if (*m->alive != '\0')
		db_fmt(to, " OR t.updated_at < %L::timestamptz", m->alive);
	buf_str(to, ") OR t.fingerprint IS NOT DISTINCT FROM "
		    "'00000000-0000-0000-0000-000000000000'");
}

/* Is s older than t? Column by column; what is unknown is not older. */
static void
older(const struct merge *m, struct buf *to)
{
	const struct resource *r = m->r;

	if (m->alive != NULL) {
		buf_str(to, "NOT (");
		revived(m, to);
		buf_str(to, ") AND ");
	}
	buf_chr(to, '(');
	for (size_t i = 0; i < r->n_version; i++) {
		db_fmt(to, "CASE WHEN s.%I IS DISTINCT FROM t.%I THEN ",
		    r->version[i], r->version[i]);
		sure(r, "s", i, to);
		buf_str(to, " < ");
		sure(r, "t", i, to);
		buf_str(to, " ELSE ");
	}
	buf_str(to, "false");
	for (size_t i = 0; i < r->n_version; i++)
		buf_str(to, " END");
	buf_chr(to, ')');
}

/* The first version is gone that the stored row has. */
static void
blind(const struct resource *r, struct buf *to)
{
	if (r->n_version == 0)
		buf_str(to, "false");
	else
		db_fmt(to, "s.%I IS NULL AND t.%I IS NOT NULL", r->version[0],
		    r->version[0]);
}

/* Every member that a thinner fetch leaves empty is empty in row x. */
static void
empty_members(const struct resource *r, const char *x, struct buf *to)
{
	buf_str(to, "(true");
	for (size_t i = 0; i < r->n_thin; i++)
		db_fmt(to,
		    " AND coalesce(%s.raw_payload->%L, 'null') IN "
		    "('null', '[]', '{}', '\"\"')",
		    x, r->thin[i]);
	buf_chr(to, ')');
}

/* The new payload is thinner than what is stored. */
static void
thinner(const struct resource *r, struct buf *to)
{
	empty_members(r, "s", to);
	buf_str(to, " AND NOT ");
	empty_members(r, "t", to);
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

/* A payload without what is ignored; of row t, of s, or of both. */
static void
payload(const struct resource *r, const char *of, struct buf *to)
{
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < r->n_ignore; i++)
		buf_str(to, "ha.without(");
	buf_str(to, of);
	for (size_t i = 0; i < r->n_ignore; i++) {
		buf_clear(&path);
		pgarray_path(&path, r->ignore[i]);
		db_fmt(to, ", %L)", path.at);
	}
	buf_release(&path);
}

/* Was the stored row cut as this one is? cut_mark stands in front. */
#define SAME_CUT "left(t.fingerprint::text, 4) = left(s.fingerprint::text, 4)"

static void
equal_column(const struct column *c, struct buf *to)
{
	db_fmt(to, " AND s.%I IS NOT DISTINCT FROM t.%I", c->name, c->name);
}

/*
 * Equal in value: the payload, what columns take from the parent; and where
 * there is no fingerprint, or columns were cut otherwise, all.
 */
static void
equal(const struct resource *r, struct buf *to)
{
	payload(r, "t.raw_payload", to);
	buf_str(to, " = ");
	payload(r, "s.raw_payload", to);
	buf_str(to, " AND (t.deleted_at IS NOT NULL) = ");
	buf_str(to,
	    follows(r) ? "(s.ha_gone OR s.ha_with IS NOT NULL)" : "s.ha_gone");
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->columns[i].of_parent)
			equal_column(&r->columns[i], to);
	buf_str(to, " AND (" SAME_CUT " IS TRUE OR (true");
	for (size_t i = 0; i < r->n_columns; i++)
		equal_column(&r->columns[i], to);
	buf_str(to, "))");
}

/* Does row s have the member that the path begins with? */
static void
has_member(const char *path, struct buf *to)
{
	struct buf array = BUF_INIT;

	pgarray_path(&array, path);
	db_fmt(to, "s.raw_payload ? (%L::text[])[1]", array.at);
	buf_release(&array);
}

/* Row s is a part of the record: what it lacks stays as it is stored. */
static void
part(const struct resource *r, struct buf *to)
{
	buf_str(to, "NOT (true");
	db_each(to, "", " AND s.raw_payload ? %L", r->whole, r->n_whole);
	buf_chr(to, ')');
}

static void
part_fate(const struct resource *r, struct buf *to)
{
	buf_str(to, "\n  WHEN ");
	part(r, to);
	buf_str(to, " THEN CASE WHEN ");
	payload(r, "t.raw_payload", to);
	buf_str(to, " = ");
	payload(r, "(t.raw_payload || s.raw_payload)", to);
	buf_str(to, " AND (t.deleted_at IS NOT NULL) = s.ha_gone THEN 'e' "
		    "ELSE 'm' END");
}

/* Of a part: it is there again if it says so, or for coming at all. */
static void
part_gone(const struct resource *r, struct buf *to)
{
	struct buf path = BUF_INIT;

	buf_str(to, "CASE WHEN s.ha_gone THEN coalesce(t.deleted_at, now()) "
		    "WHEN t.fingerprint IS NULL");
	if (r->deleted != NULL && expr_equal(r->deleted, &path) != NULL) {
		buf_str(to, " OR ");
		has_member(path.at, to);
	}
	buf_fmt(to, " THEN %s ELSE t.deleted_at END",
	    follows(r) ? "s.ha_with" : "NULL");
	buf_release(&path);
}

static void
fate(const struct merge *m, bool thin, struct buf *to)
{
	const struct resource *r = m->r;

	buf_str(to,
	    "CASE WHEN s.ha_n > 1 THEN 'p' WHEN t.account_id IS NULL "
	    "THEN 'i'\n  WHEN t.fingerprint = s.fingerprint THEN 'e' WHEN ");
	older(m, to);
	buf_str(to, " THEN 's'");
	if (thin) {
		buf_str(to, "\n  WHEN t.deleted_at IS NULL AND true");
		db_each(to, "", " AND s.%I IS NOT DISTINCT FROM t.%I",
		    r->version, r->n_version);
		buf_str(to, " AND ");
		thinner(r, to);
		buf_str(to, " THEN 's'");
	}
	if (r->n_whole > 0)
		part_fate(r, to);
	buf_str(to, "\n  WHEN ");
	equal(r, to);
	buf_str(to, " THEN\n  CASE WHEN " SAME_CUT " THEN 'e' ELSE 'f' END");
	if (thin) {
		buf_str(to, "\n  WHEN ");
		thinner(r, to);
		buf_str(to, " THEN 'k'");
	}
	buf_str(to, "\n  WHEN ");
	blind(r, to);
	buf_str(to, " THEN 'w' ELSE 'u' END AS ha_fate");
}

/* The fingerprint of row s; on the way m->reached is set to its ord. */
static void
fingerprint(const struct merge *m, struct buf *to)
{
	if (m->reached == NULL)
		buf_str(to, "s.fingerprint");
	else
		db_fmt(to,
		    "CASE WHEN setval(%L, s.ha_ord) IS NOT NULL THEN "
		    "s.fingerprint END",
		    m->reached);
}

static void
insert(const struct merge *m, struct buf *to)
{
	db_fmt(to, "INSERT INTO %T (account_id, customer_id", m->source->name,
	    m->r->table);
	merge_columns(m->r, "", to);
	db_fmt(to, ", raw_payload, fingerprint, deleted_at)\n  SELECT %s, %s",
	    m->account, m->customer);
	merge_columns(m->r, "s.", to);
	buf_str(to, ", s.raw_payload, ");
	fingerprint(m, to);
	buf_fmt(to,
	    ", CASE WHEN s.ha_gone THEN now()%s END\n"
	    "  FROM j s WHERE s.ha_fate = 'i' ORDER BY ",
	    follows(m->r) ? " ELSE s.ha_with" : "");
	ddl_key(m->r, ", ", "s.%I", to);
}

/* The column stays as it is stored: its member is missing, or thinner. */
static void
stays(
    const struct resource *r, const struct column *c, bool thin, struct buf *to)
{
	if (thin && of_thin(r, c))
		buf_str(to, "s.ha_fate = 'k'");
	if (r->n_whole == 0 || c->of_parent)
		return;
	buf_str(to, to->len > 0 ? " OR s.ha_fate = 'm' AND NOT "
				: "s.ha_fate = 'm' AND NOT ");
	has_member(expr_source(c->from), to);
}

/* All but the key. */
static void
set_columns(const struct resource *r, bool thin, struct buf *to)
{
	struct buf kept = BUF_INIT;

	for (size_t i = 0; i < r->n_columns; i++) {
		const struct column *c = &r->columns[i];

		if (ddl_is_key(r, c->name))
			continue;
		buf_clear(&kept);
		stays(r, c, thin, &kept);
		if (kept.len == 0)
			db_fmt(to, ", %I = s.%I", c->name, c->name);
		else
			db_fmt(to,
			    ", %I = CASE WHEN %s THEN t.%I ELSE s.%I END",
			    c->name, kept.at, c->name, c->name);
	}
	buf_release(&kept);
}

/* Of what is only a part, or thinner, the stored members stay. */
static void
set_payload(const struct resource *r, bool thin, struct buf *to)
{
	buf_str(to, ",\n  raw_payload = ");
	if (r->n_whole > 0)
		buf_str(to, "CASE WHEN s.ha_fate = 'm' THEN t.raw_payload || "
			    "s.raw_payload ELSE ");
	if (thin) {
		buf_str(to, "CASE WHEN s.ha_fate = 'k' THEN s.raw_payload");
		db_each(to, "",
		    " || CASE WHEN t.raw_payload ? %L THEN "
		    "jsonb_build_object(%L, t.raw_payload->%L) ELSE '{}' END",
		    r->thin, r->n_thin);
		buf_str(to, " ELSE ");
	}
	buf_str(to, "s.raw_payload");
	buf_str(to, thin ? " END" : "");
	buf_str(to, r->n_whole > 0 ? " END" : "");
}

/* Since when it is gone; for itself, though its parent is as well. */
static void
set_gone(const struct resource *r, struct buf *to)
{
	buf_str(to, ", deleted_at = CASE");
	if (r->n_whole > 0) {
		buf_str(to, " WHEN s.ha_fate = 'm' THEN ");
		part_gone(r, to);
	}
	buf_str(to, follows(r)
			? " WHEN NOT s.ha_gone THEN s.ha_with WHEN "
			  "t.deleted_at IS DISTINCT FROM s.ha_with THEN "
			  "coalesce(t.deleted_at, now()) ELSE now() END"
			: " WHEN s.ha_gone THEN coalesce(t.deleted_at, now()) "
			  "END");
}

static void
update(const struct merge *m, bool thin, struct buf *to)
{
	db_fmt(to, "UPDATE %T t SET customer_id = %s", m->source->name,
	    m->r->table, m->customer);
	set_columns(m->r, thin, to);
	set_payload(m->r, thin, to);
	set_gone(m->r, to);
	/* what was kept is in no text: whole, the same one says more */
	buf_str(to, ",\n  fingerprint = CASE WHEN s.ha_fate IN ('k', 'm') THEN "
		    "md5((");
	fingerprint(m, to);
	buf_str(to, ")::text)::uuid ELSE ");
	fingerprint(m, to);
	buf_str(to,
	    " END, updated_at = now(), version = t.version + 1\n"
	    "  FROM j s WHERE t.account_id = s.ha_account AND s.ha_fate IN "
	    "('u', 'k', 'w', 'm')");
	same_key(m->r, to);
}

/*
 * The row of each key that counts, ha_n = 1: what would be stored in the end
 * if they came one by one. So none before the last that has no version; of
 * the others the newest, and the last one of its kind.
 */
static void
chosen(const struct merge *m, struct buf *to)
{
	const struct resource *r = m->r;

	db_fmt(to, "SELECT s.*, %s::text AS ha_account, ", m->account);
	if (follow_time(m->source, r, m->account, to))
		buf_str(to, " AS ha_with, ");
	buf_str(to, "row_number() OVER (PARTITION BY ");
	ddl_key(r, ", ", "s.%I", to);
	buf_str(to, " ORDER BY ");
	if (r->n_version > 0)
		buf_str(to, "ha_behind, ");
	for (size_t i = 0; i < r->n_version; i++) {
		sure(r, "s", i, to);
		buf_str(to, " DESC NULLS LAST, ");
	}
	buf_str(to, "s.ha_ord DESC) AS ha_n FROM ");
	if (r->n_version == 0) {
		buf_fmt(to, "%s s", m->stage);
		return;
	}
	buf_str(to, "(SELECT s.*, count(*) FILTER (WHERE (");
	sure(r, "s", 0, to);
	buf_str(to, ") IS NULL) OVER (PARTITION BY ");
	ddl_key(r, ", ", "s.%I", to);
	buf_fmt(to,
	    " ORDER BY s.ha_ord DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 "
	    "PRECEDING) AS ha_behind FROM %s s) s",
	    m->stage);
}

/* j: that row beside the stored one, with its fate. */
static void
judged(const struct merge *m, bool thin, bool names, struct buf *to)
{
	buf_str(to, "WITH s AS MATERIALIZED (");
	chosen(m, to);
	buf_str(to, "),\nj AS MATERIALIZED (SELECT s.*, ");
	fate(m, thin, to);
	buf_str(to, names ? ",\n  (SELECT string_agg(k, ',' ORDER BY k) FROM "
			    "jsonb_object_keys(t.raw_payload || s.raw_payload) "
			    "k\n  WHERE t.raw_payload->k IS DISTINCT FROM "
			    "s.raw_payload->k) AS ha_members"
			  : ", NULL AS ha_members");
	db_fmt(to,
	    "\n  FROM s LEFT JOIN %T t ON s.ha_n = 1 AND "
	    "t.account_id = s.ha_account",
	    m->source->name, m->r->table);
	same_key(m->r, to);
}

void
merge_sql(const struct merge *m, bool whole, bool names, struct buf *to)
{
	bool thin = m->r->n_thin > 0 && !whole;

	judged(m, thin, names, to);
	buf_str(to, "),\ni AS (");
	insert(m, to);
	buf_str(to, "),\nu AS (");
	update(m, thin, to);
	db_fmt(to, "),\nf AS (UPDATE %T t SET fingerprint = ", m->source->name,
	    m->r->table);
	fingerprint(m, to);
	buf_str(to, " FROM j s\n  WHERE t.account_id = s.ha_account AND "
		    "s.ha_fate = 'f'");
	same_key(m->r, to);
	buf_str(to, ")\nSELECT ha_ord, ha_fate, ha_members FROM j "
		    "WHERE $1::text IS NOT NULL");
}
