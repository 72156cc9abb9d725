#include "table/ddl_file.h"

#include <stdio.h>
#include <string.h>

#include "db/db.h"

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
int
ddl_file(const char *name, struct buf *to, struct why *why)
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

/* One of a file's, up to the next; noted, so that it is done once. */
static void
add_numbered(const char *name, const char *number, const char *sql, size_t len,
    struct ddl *ddl)
{
	struct buf text = BUF_INIT, key = BUF_INIT;

	buf_add(&text, sql, len);
	buf_fmt(&key, "%s %s", name, number);
	db_fmt(ddl_step(ddl, DDL_NUMBERED, NULL, key.at),
	    "DO $$\nBEGIN\nIF NOT EXISTS (SELECT FROM ha.schema_steps WHERE "
	    "name = %L AND step = %s) THEN\n  EXECUTE %L;\n  INSERT INTO "
	    "ha.schema_steps (name, step) VALUES (%L, %s);\nEND IF;\n"
	    "END $$;\n",
	    name, number, text.at, name, number);
	buf_release(&text);
	buf_release(&key);
}

/* NAME_steps.sql, if there is one: "-- step 1: why", then its SQL. */
int
ddl_numbered(const char *name, struct ddl *ddl, struct why *why)
{
	struct buf file = BUF_INIT, text = BUF_INIT;
	const char *at, *next;
	char number[10];
	struct why none;
	int rc = 0;

	buf_fmt(&file, "%s_steps", name);
	if (source_path(file.at, ".sql", &text, &none) == -1)
		goto out;
	buf_clear(&text);
	if ((rc = ddl_file(file.at, &text, why)) == -1)
		goto out;
	for (at = strstr(text.at, "-- step "); at != NULL; at = next) {
		next = strstr(at + 1, "\n-- step ");
		next = next == NULL ? NULL : next + 1;
		snprintf(number, sizeof(number), "%.*s",
		    (int)strspn(at + 8, "0123456789"), at + 8);
		add_numbered(name, number, at,
		    next == NULL ? strlen(at) : (size_t)(next - at), ddl);
	}
out:
	buf_release(&file);
	buf_release(&text);
	return rc;
}
