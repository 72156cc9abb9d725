#include "table/ddl_watch.h"

#include "db/db.h"
#include "table/follow.h"

/* A step: CREATE OR REPLACE TRIGGER, up to "ON table "; the rest is added. */
static struct buf *
trigger(const struct source *s, const struct resource *r, const char *name,
    const char *when, struct ddl *ddl)
{
	struct buf *to = ddl_step(ddl, DDL_WATCH, r, name);

	db_fmt(to, "CREATE OR REPLACE TRIGGER %I\n  %s ON %T ", name, when,
	    s->name, r->table);
	return to;
}

/* Ours change the fingerprint with the row; so the rest is asked of few. */
static void
watch_changes(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	buf_str(trigger(s, r, "ha_touched", "BEFORE UPDATE", ddl),
	    "FOR EACH ROW WHEN (OLD.fingerprint = NEW.fingerprint\n"
	    "  AND pg_trigger_depth() = 0) EXECUTE FUNCTION "
	    "ha.row_touched();\n");
}

static void
watch_loss(const struct source *s, const struct resource *r, struct ddl *ddl)
{
	const struct parent *p = group_parent(r);
	struct buf name = BUF_INIT;

	buf_fmt(&name, "ha_emptied_%s", r->name);
	ddl_short_name(&name);
	db_fmt(trigger(s, r, name.at, "AFTER TRUNCATE", ddl),
	    "EXECUTE FUNCTION ha.rows_emptied(%L, %L);\n", s->name, r->name);
	if (p != NULL) {
		buf_clear(&name);
		buf_fmt(&name, "ha_removed_%s", r->name);
		ddl_short_name(&name);
		db_fmt(trigger(s, r, name.at, "AFTER DELETE", ddl),
		    "REFERENCING OLD TABLE AS ha_removed\n  FOR EACH "
		    "STATEMENT EXECUTE FUNCTION ha.children_removed(%L, %L, "
		    "%L);\n",
		    s->name, r->name, p->column);
	}
	buf_release(&name);
}

/* One probe each: of a deleted parent's children, and which parents are. */
static void
index_gone(const struct source *s, const struct resource *r, const char *column,
    struct ddl *ddl)
{
	struct buf name = BUF_INIT;

	buf_fmt(&name, "%s_%s_gone_idx", r->table, column);
	ddl_short_name(&name);
	db_fmt(ddl_step(ddl, DDL_INDEX, r, name.at),
	    "CREATE INDEX IF NOT EXISTS %I ON %T (account_id, %I)\n  WHERE "
	    "deleted_at IS NOT NULL;\n",
	    name.at, s->name, r->table, column);
	buf_release(&name);
}

/* The trigger; before it is there, children of those deleted by now. */
static void
follow(const struct source *s, const struct resource *r, const struct parent *a,
    struct ddl *ddl)
{
	const struct resource *p = source_find(s, a->resource);
	struct buf name = BUF_INIT, which = BUF_INIT, table = BUF_INIT;

	index_gone(s, r, a->column, ddl);
	index_gone(s, p, a->key, ddl);
	buf_fmt(&name, "ha_follow_%s_%s", r->table, a->column);
	ddl_short_name(&name);
	follow_when(r, a, "t", &which);
	db_fmt(&table, "%T", s->name, p->table);
	db_fmt(ddl_step(ddl, DDL_FOLLOW, p, name.at),
	    "CREATE OR REPLACE TRIGGER %I AFTER UPDATE OF deleted_at\n  ON %s "
	    "FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM "
	    "NEW.deleted_at)\n  EXECUTE FUNCTION ha.children_follow(%L, %L, "
	    "%L, %L, %L);\n"
	    "DO $$\nBEGIN\nPERFORM set_config('ha.derived', 'on', true);\n"
	    "UPDATE %T t SET deleted_at = p.deleted_at, updated_at = now(),\n"
	    "  version = t.version + 1 FROM %s p WHERE p.deleted_at IS NOT "
	    "NULL\n  AND p.account_id = t.account_id AND p.%I = t.%I AND "
	    "t.deleted_at IS NULL AND %s;\n"
	    "PERFORM set_config('ha.derived', '', true);\nEND $$;\n",
	    name.at, table.at, s->name, r->table, a->column, a->key, which.at,
	    s->name, r->table, table.at, a->key, a->column, which.at);
	buf_release(&name);
	buf_release(&which);
	buf_release(&table);
}

void
ddl_watch(const struct source *s, struct ddl *ddl)
{
	const struct resource *r, *end = s->resources + s->n_resources;

	for (r = s->resources; r < end; r++) {
		watch_changes(s, r, ddl);
		watch_loss(s, r, ddl);
	}
	for (r = s->resources; r < end; r++)
		for (size_t i = 0; i < r->n_parents; i++)
			if (r->parents[i].follow)
				follow(s, r, &r->parents[i], ddl);
}
