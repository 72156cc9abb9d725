#include "table/schema.h"

#include <stdio.h>
#include <string.h>

#include "table/ddl.h"

/* One at a time, until the transaction ends. */
static const char only[] =
    "DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('ha-schema')::bigint); "
    "END $$"
    ";\n";

int
schema_script(const struct source *s, struct buf *to, struct why *why)
{
	struct ddl ddl;

	if (ddl_init(&ddl, s, why) == -1)
		return -1;
	buf_fmt(to,
	    "-- Made by ha-schema %s; run it by: ha-schema %s | psql\n"
	    "\\set ON_ERROR_STOP on\n\\set QUIET on\nBEGIN;\n"
	    "SET LOCAL client_min_messages TO warning;\n"
	    "SET LOCAL search_path TO pg_catalog, pg_temp;\n%s\n",
	    s->name, s->name, only);
	for (size_t i = 0; i < ddl.n; i++)
		buf_add(to, ddl.at[i].sql.at, ddl.at[i].sql.len);
	ddl_note(s, &ddl, to);
	buf_str(to, "COMMIT;\n");
	ddl_release(&ddl);
	return 0;
}

int
schema_check(struct db *db, const struct source *s, struct why *why)
{
	struct buf have = BUF_INIT;
	struct ddl ddl;
	char hash[DDL_HASH];
	int got;

	if (ddl_init(&ddl, s, why) == -1)
		return -1;
	ddl_digest(&ddl, hash);
	ddl_release(&ddl);
	got = db_value(db, why, "SELECT hash FROM ha.schemas WHERE source = $1",
	    1, (const char *const[]){s->name}, &have);
	if (got == 1 && strcmp(have.at, hash) == 0)
		got = 0;
	else if (got != -1 || why->status == EX_CONFIG)
		got = why_set(why, EX_CONFIG,
		    "%s: %s; run: ha-schema --apply %s", s->name,
		    got == 1 ? "the schema in the database differs from the "
			       "description"
			     : "the database has no such schema",
		    s->name);
	buf_release(&have);
	return got;
}
