#include "table/widen.h"

#include <string.h>

/* Types whose values are all values of the other, and print alike. */
static bool
widens(const char *from, const char *to)
{
	static const char *const safe[][2] = {{"integer", "bigint"},
	    {"integer", "numeric"}, {"integer", "double precision"},
	    {"bigint", "numeric"}, {"integer", "text"}, {"bigint", "text"},
	    {"numeric", "text"}, {"uuid", "text"}, {"date", "text"},
	    {"date", "timestamp with time zone"}};

	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
		if (strcmp(from, safe[i][0]) == 0 &&
		    strcmp(to, safe[i][1]) == 0)
			return true;
	return false;
}

/* As regtype prints it. */
static const char *
type_name(enum column_type t)
{
	return t == COL_TIMESTAMPTZ ? "timestamp with time zone"
				    : column_type_sql(t);
}

static const char *
other_type(
    const struct apply *a, const struct resource *r, const struct column *c)
{
	const char *have = catalogue_get(a->have, "column", r->table, c->name);

	return have == NULL || strcmp(have, type_name(c->type)) == 0 ? NULL
								     : have;
}

static int
check_column(const struct apply *a, const struct resource *r,
    const struct column *c, struct why *why)
{
	const char *have = other_type(a, r, c), *view;

	if (have == NULL)
		return 0;
	if (!widens(have, type_name(c->type)))
		return why_set(why, EX_CONFIG,
		    "%s.%s: column %s is %s, described as %s, and not "
		    "every value can become one: give the new type a "
		    "new name, or rename the old column",
		    a->s->name, r->table, c->name, have,
		    column_type_sql(c->type));
	if ((view = catalogue_get(a->have, "viewed", r->table, c->name)) !=
	    NULL)
		return why_set(why, EX_CONFIG,
		    "%s.%s: column %s is to become %s, and view %s has it: "
		    "drop the view, and make it again behind this",
		    a->s->name, r->table, c->name, column_type_sql(c->type),
		    view);
	return 0;
}

/* Before anything is done: can each table become the described one? */
int
widen_check(const struct apply *a, const struct resource *r, struct why *why)
{
	const char *key = catalogue_get(a->have, "key", r->table, "");
	struct buf want = BUF_INIT;
	int rc = 0;

	buf_str(&want, "account_id");
	if (r->n_key == 0)
		buf_str(&want, ",ident");
	for (size_t i = 0; i < r->n_key; i++)
		buf_fmt(&want, ",%s", r->key[i]);
	if (apply_has(a, "table", r->table, "") &&
	    (key == NULL || strcmp(key, want.at) != 0))
		rc = why_set(why, EX_CONFIG,
		    "%s.%s: its primary key is (%s), described as (%s): "
		    "rename the table, then it is made anew",
		    a->s->name, r->table, key == NULL ? "" : key, want.at);
	for (size_t i = 0; rc == 0 && i < r->n_columns; i++)
		rc = check_column(a, r, &r->columns[i], why);
	buf_release(&want);
	return rc;
}

static int
widen(struct apply *a, const struct resource *r, const struct column *c,
    struct why *why)
{
	struct buf sql = BUF_INIT, line = BUF_INIT;
	int rc = 0;

	apply_place(a, r, &line);
	buf_fmt(
	    &line, "column %s becomes %s", c->name, column_type_sql(c->type));
	apply_say(a, line.at,
	    "ACCESS EXCLUSIVE while the table is written anew",
	    apply_rows(a, r) >= APPLY_MANY);
	db_fmt(&sql, "ALTER TABLE %T ALTER COLUMN %I TYPE ", a->s->name,
	    r->table, c->name);
	ddl_type(r, c, &sql);
	db_fmt(&sql, " USING %I::%s;", c->name, column_type_sql(c->type));
	if (!a->how->dry)
		rc = apply_run(a, sql.at, line.at, why);
	buf_release(&sql);
	buf_release(&line);
	return rc;
}

int
widen_all(struct apply *a, struct why *why)
{
	for (size_t i = 0; i < a->s->n_resources; i++)
		for (size_t k = 0; k < a->s->resources[i].n_columns; k++) {
			const struct resource *r = &a->s->resources[i];

			if (other_type(a, r, &r->columns[k]) != NULL &&
			    widen(a, r, &r->columns[k], why) == -1)
				return -1;
		}
	return 0;
}
