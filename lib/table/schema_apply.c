/* A database, brought to the description step by step. */
#include "table/schema.h"

#include <assert.h>
#include <string.h>

#include "table/apply.h"
#include "table/recut.h"
#include "table/widen.h"

/* What each step does, to whom it is told; %s is its name. */
static const struct {
	const char *does, *lock;
	bool slow; /* with many rows */
} steps[] = {
    [DDL_START] = {"makes schema ha", "no lock", false},
    [DDL_NUMBERED] = {"step %s of the upgrade", "the tables that it is about",
	false},
    [DDL_SHARED] = {"brings schema ha up to date",
	"ACCESS EXCLUSIVE on its tables, for a moment", false},
    [DDL_SCHEMA] = {"makes the schema", "no lock", false},
    [DDL_TABLE] = {"makes the table", "no lock", false},
    [DDL_TITLE] = {"comments the table: %s",
	"SHARE UPDATE EXCLUSIVE, for a moment", false},
    [DDL_COLUMN] = {"adds column %s", "ACCESS EXCLUSIVE, for a moment", false},
    [DDL_STORAGE] = {"new payloads are compressed by lz4",
	"ACCESS EXCLUSIVE, for a moment", false},
    [DDL_INDEX] = {"makes index %s", "SHARE: nobody writes until it is there",
	true},
    [DDL_FOREIGN] = {"adds foreign key %s",
	"SHARE ROW EXCLUSIVE on both tables, for a moment", false},
    [DDL_VALID] = {"checks the rows of foreign key %s",
	"SHARE UPDATE EXCLUSIVE: reading and writing go on", true},
    [DDL_CUT] = {"cuts columns anew from the stored payloads",
	"the rows that change, some pages of the table at a time", true},
    [DDL_OWN] = {"brings views and functions up to date",
	"ACCESS EXCLUSIVE on them, for a moment", false},
    [DDL_WATCH] = {"adds trigger %s", "SHARE ROW EXCLUSIVE, for a moment",
	false},
    [DDL_FOLLOW] = {"children follow their parents: %s",
	"SHARE ROW EXCLUSIVE, until those of deleted ones are marked", true},
};

static void
describe(const struct apply *a, const struct ddl_step *step, struct buf *to)
{
	const char *name = step->name == NULL ? "" : step->name;
	const char *does = steps[step->kind].does, *at = strstr(does, "%s");

	apply_place(a, step->r, to);
	buf_add(to, does, at == NULL ? strlen(does) : (size_t)(at - does));
	if (at != NULL)
		buf_fmt(to, "%s%s", name, at + 2);
}

/* Does the database lack what the step makes? */
static bool
is_needed(const struct apply *a, const struct ddl_step *step)
{
	const char *table = step->r == NULL ? "" : step->r->table;

	switch (step->kind) {
	case DDL_NUMBERED:
		return !apply_has(a, "step", step->name, "");
	case DDL_SCHEMA:
		return !apply_has(a, "schema", "", "");
	case DDL_TABLE:
		return !apply_has(a, "table", table, "");
	case DDL_TITLE:
		return !apply_is(a, "title", table, "", step->name);
	case DDL_COLUMN:
		return apply_has(a, "table", table, "") &&
		       !apply_has(a, "column", table, step->name);
	case DDL_STORAGE:
		return apply_has(a, "lz4", "", "") &&
		       !apply_is(a, "packed", table, "", "l");
	case DDL_INDEX:
		return !a->bare && !apply_has(a, "index", table, step->name);
	case DDL_FOREIGN:
		return !a->bare && !apply_has(a, "foreign", table, step->name);
	case DDL_VALID:
		return !a->bare &&
		       !apply_is(a, "foreign", table, step->name, "true") &&
		       (a->older ||
			   !apply_is(a, "foreign", table, step->name, "new"));
	case DDL_CUT:
		assert(step->r != NULL);
		return !apply_is(a, "cut", step->r->name, "", step->name);
	case DDL_WATCH:
		return !apply_has(a, "trigger", table, step->name);
	case DDL_FOLLOW: /* its condition may be another one */
		return a->older || !apply_has(a, "trigger", table, step->name);
	case DDL_CHECK: /* done before anything else, with better words */
		return false;
	case DDL_START:
	case DDL_SHARED:
	case DDL_OWN:
		break;
	}
	return a->older;
}

/* Twice the same: two resources share a table. */
static bool
is_repeated(const struct apply *a, const struct ddl_step *step)
{
	for (const struct ddl_step *o = a->ddl.at; o < step; o++)
		if (o->kind == step->kind && o->sql.len == step->sql.len &&
		    memcmp(o->sql.at, step->sql.at, o->sql.len) == 0)
			return true;
	return false;
}

static int
cut_anew(struct apply *a, const struct ddl_step *step, struct why *why)
{
	struct recut k = {a->s, step->r, a->how, 0, 0, 0};
	struct buf text = BUF_INIT;
	int rc = recut_table(&k, a->db, why);

	if (rc == 0) {
		db_fmt(&text,
		    "INSERT INTO ha.cuts AS c (source, resource, hash) VALUES "
		    "(%L, %L, %L) ON CONFLICT (source, resource) DO UPDATE "
		    "SET hash = excluded.hash;",
		    a->s->name, step->r->name, step->name);
		rc = apply_run(a, text.at, step->r->name, why);
	}
	if (rc == 0 && k.rows > 0) {
		buf_clear(&text);
		apply_place(a, step->r, &text);
		buf_fmt(&text, "%llu of %llu rows changed",
		    (unsigned long long)k.changed, (unsigned long long)k.rows);
		if (k.bad > 0)
			buf_fmt(&text,
			    "; of %llu a value does not fit, they stay as "
			    "they are",
			    (unsigned long long)k.bad);
		a->how->say(text.at, k.bad > 0, a->how->ctx);
	}
	buf_release(&text);
	return rc;
}

/* Children without their parent stay: nothing is dropped. */
static int
check_foreign(struct apply *a, const struct ddl_step *step, struct why *why)
{
	struct buf table = BUF_INIT, line = BUF_INIT;
	int got;

	db_fmt(&table, "%T", a->s->name, step->r->table);
	got = db_value(a->db, why,
	    "SELECT 1 FROM pg_constraint WHERE conrelid = $1::regclass AND "
	    "conname = $2 AND NOT convalidated",
	    2, (const char *const[]){table.at, step->name}, &line);
	if (got == 1) {
		buf_clear(&line);
		apply_place(a, step->r, &line);
		buf_fmt(&line,
		    "rows are there without their parent: foreign key %s "
		    "holds for new ones alone",
		    step->name);
		a->how->say(line.at, true, a->how->ctx);
	}
	buf_release(&table);
	buf_release(&line);
	return got == -1 ? -1 : 0;
}

/* With a new table, what is part of making it. */
static bool
is_silent(const struct apply *a, const struct ddl_step *step)
{
	return step->r != NULL && !apply_has(a, "table", step->r->table, "") &&
	       (step->kind == DDL_TITLE || step->kind == DDL_STORAGE ||
		   step->kind == DDL_CUT || step->kind == DDL_WATCH ||
		   step->kind == DDL_FOLLOW);
}

static int
do_step(struct apply *a, const struct ddl_step *step, struct why *why)
{
	bool slow =
	    steps[step->kind].slow && apply_rows(a, step->r) >= APPLY_MANY;
	struct buf line = BUF_INIT;
	int rc = 0;

	describe(a, step, &line);
	if (!is_silent(a, step))
		apply_say(a, line.at, steps[step->kind].lock, slow);
	if (!a->how->dry)
		rc = step->kind == DDL_CUT
			 ? cut_anew(a, step, why)
			 : apply_run(a, step->sql.at, line.at, why);
	if (rc == 0 && step->kind == DDL_VALID && !a->how->dry)
		rc = check_foreign(a, step, why);
	buf_release(&line);
	return rc;
}

/* Is there no row in any table of the source? */
static int
all_empty(struct apply *a, struct why *why)
{
	struct buf sql = BUF_INIT, any = BUF_INIT;
	int rc;

	buf_str(&sql, "SELECT 1 WHERE false");
	for (size_t i = 0; i < a->s->n_resources; i++)
		if (apply_has(a, "table", a->s->resources[i].table, ""))
			db_fmt(&sql, " OR EXISTS (SELECT FROM %T)", a->s->name,
			    a->s->resources[i].table);
	rc = db_value(a->db, why, sql.at, 0, NULL, &any);
	buf_release(&sql);
	buf_release(&any);
	return rc == -1 ? -1 : !rc;
}

/* What is there already goes, as long as no row has come. */
static int
strip(struct apply *a, struct why *why)
{
	struct buf sql = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < a->ddl.n; i++) {
		const struct ddl_step *step = &a->ddl.at[i];

		if (step->kind == DDL_FOREIGN &&
		    apply_has(a, "foreign", step->r->table, step->name))
			db_fmt(&sql,
			    "ALTER TABLE %T DROP CONSTRAINT IF EXISTS %I;\n",
			    a->s->name, step->r->table, step->name);
		else if (step->kind == DDL_INDEX &&
			 apply_has(a, "index", step->r->table, step->name))
			db_fmt(&sql, "DROP INDEX IF EXISTS %T;\n", a->s->name,
			    step->name);
	}
	if (sql.len > 0) {
		apply_say(a, "drops indexes and foreign keys of empty tables",
		    "ACCESS EXCLUSIVE on them, for a moment", false);
		if (!a->how->dry)
			rc = apply_run(a, sql.at, a->s->name, why);
	}
	buf_release(&sql);
	return rc;
}

static int
note_done(struct apply *a, struct why *why)
{
	struct buf sql = BUF_INIT;
	int rc = 0;

	ddl_note(a->s, &a->ddl, &sql);
	if (a->older && !a->how->dry)
		rc = apply_run(a, sql.at, a->s->name, why);
	buf_release(&sql);
	return rc;
}

static int
do_all(struct apply *a, struct why *why)
{
	int empty;

	for (size_t i = 0; i < a->s->n_resources; i++)
		if (widen_check(a, &a->s->resources[i], why) == -1)
			return -1;
	if (a->how->bare) {
		if ((empty = all_empty(a, why)) == -1)
			return -1;
		a->bare = empty;
	}
	if ((a->bare && strip(a, why) == -1) || widen_all(a, why) == -1)
		return -1;
	for (const struct ddl_step *step = a->ddl.at;
	     step < a->ddl.at + a->ddl.n; step++)
		if (is_needed(a, step) && !is_repeated(a, step) &&
		    do_step(a, step, why) == -1)
			return -1;
	return note_done(a, why);
}

int
schema_apply(struct db *db, const struct source *s,
    const struct schema_how *how, struct why *why)
{
	struct apply a = {.db = db, .s = s, .how = how};
	int rc = -1;

	if (ddl_init(&a.ddl, s, why) == -1)
		return -1;
	ddl_digest(&a.ddl, a.hash);
	if ((a.have = catalogue_read(db, s, why)) != NULL) {
		a.older = !apply_is(&a, "hash", "", "", a.hash);
		/* its jq programs are met for the first time */
		rc = a.older ? source_verify(s->name, why) : 0;
		rc = rc == 0 ? do_all(&a, why) : rc;
	}
	catalogue_free(a.have);
	ddl_release(&a.ddl);
	return rc;
}
