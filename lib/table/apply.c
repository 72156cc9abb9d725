#include "table/apply.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 30 /* of a lock, for two seconds each */

/* "hostaway.listings: " of what is about a table. */
void
apply_place(const struct apply *a, const struct resource *r, struct buf *to)
{
	buf_fmt(to, "%s%s%s: ", a->s->name, r == NULL ? "" : ".",
	    r == NULL ? "" : r->table);
}

long long
apply_rows(const struct apply *a, const struct resource *r)
{
	const char *n =
	    r == NULL ? NULL : catalogue_get(a->have, "table", r->table, "");

	return n == NULL ? 0 : strtoll(n, NULL, 10);
}

void
apply_say(
    const struct apply *a, const char *line, const char *lock, bool important)
{
	struct buf text = BUF_INIT;

	buf_str(&text, line);
	if (a->how->dry)
		buf_fmt(&text, " (locks: %s)", lock);
	a->how->say(text.at, important || a->how->dry, a->how->ctx);
	buf_release(&text);
}

/* Somebody may be reading that table for minutes: nobody waits behind us. */
int
apply_run(struct apply *a, const char *sql, const char *line, struct why *why)
{
	struct buf all = BUF_INIT;
	struct why ignored;
	int rc = -1;

	buf_fmt(&all,
	    "BEGIN; SET LOCAL lock_timeout = '2s'; "
	    "SELECT pg_advisory_xact_lock(hashtext('ha-schema'));\n%s\nCOMMIT",
	    sql);
	for (int i = 0; i < TRIES; i++) {
		if ((rc = db_script(a->db, why, all.at)) == 0)
			break;
		if (strcmp(db_state(a->db), "55P03") != 0 ||
		    db_script(a->db, &ignored, "ROLLBACK") == -1)
			break;
		if (i == 0)
			a->how->say("waits for a lock that others hold; tries "
				    "for a minute",
			    true, a->how->ctx);
		why->status = EX_TEMPFAIL;
	}
	buf_release(&all);
	return rc == 0 ? 0 : why_in(why, "%s", line);
}

bool
apply_has(const struct apply *a, const char *kind, const char *table,
    const char *name)
{
	return catalogue_get(a->have, kind, table, name) != NULL;
}

bool
apply_is(const struct apply *a, const char *kind, const char *table,
    const char *name, const char *value)
{
	const char *have = catalogue_get(a->have, kind, table, name);

	return have != NULL && strcmp(have, value) == 0;
}
