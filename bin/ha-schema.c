/* ha-schema -- the tables of a source: as SQL, made, brought up to date. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "base/out.h"
#include "base/tool.h"
#include "source/source.h"
#include "table/schema.h"

struct schema_options {
	bool apply, verbose;
	bool check;
	const char *dbname;
	struct schema_how how;
};

#define TO(member) TOOL_TO(struct schema_options, member)
#define APPLY TOOL_FORM(1)
#define CHECK TOOL_FORM(2)

static const struct tool_option options[] = {
    {"apply", 0, NULL, "bring the database up to date", TOOL_FLAG, TO(apply),
	.in = APPLY},
    {"bare", 0, NULL, "no indexes and foreign keys while all is empty",
	TOOL_FLAG, TO(how.bare), .in = APPLY},
    {"check", 0, NULL, "look for mistakes in a description's file", TOOL_FLAG,
	TO(check), .in = CHECK},
    {"dbname", 'd', "dbname", "database, if not the environment's", TOOL_TEXT,
	TO(dbname), .in = APPLY},
    {"dry-run", 'n', NULL, "print what it would do and what it locks",
	TOOL_FLAG, TO(how.dry), .in = APPLY},
    {"verbose", 'v', NULL, "say each step on stderr", TOOL_FLAG, TO(verbose),
	.in = APPLY},
    {0},
};

static const struct tool tool = {
    .name = "ha-schema",
    .forms = {"[-hV] source", "--apply % source", "--check file"},
    .options = options,
    .anywhere = true,
};

static void
tell(const char *line, bool important, void *ctx)
{
	const struct schema_options *o = ctx;

	if (o->how.dry) {
		out_bytes(line, strlen(line));
		out_bytes("\n", 1);
	} else if (important || o->verbose) {
		warnx("%s", line);
	}
}

static int
apply(const struct source *s, struct schema_options *o, struct why *why)
{
	struct db *db = db_open(o->dbname, why);
	int rc;

	if (db == NULL)
		return -1;
	o->how.say = tell;
	o->how.ctx = o;
	rc = schema_apply(db, s, &o->how, why);
	db_close(db);
	return rc == 0 && o->how.dry ? out_flush(why) : rc;
}

static int
print(const struct source *s, struct why *why)
{
	struct buf text = BUF_INIT;
	int rc = schema_script(s, &text, why);

	if (rc == 0) {
		out_bytes(text.at, text.len);
		rc = out_flush(why);
	}
	buf_release(&text);
	return rc;
}

static int
run(const char *operand, struct schema_options *o, struct why *why)
{
	const struct resource *r;
	struct source *s;
	int rc = -1;

	if ((s = source_of(operand, true, &r, why)) == NULL)
		return -1;
	if (r != NULL)
		why_set(why, EX_USAGE,
		    "%s: the schema is that of the whole source: ha-schema %s",
		    operand, s->name);
	else if (o->apply)
		rc = apply(s, o, why);
	else if (source_verify(s->name, why) == 0)
		rc = print(s, why);
	source_free(s);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct schema_options o = {0};
	struct why why = {0};
	int next;

	tool_start(&tool, argc, argv, envp);
	next = tool_options(argc, argv, &o);
	if (argc - next != 1)
		tool_usage("one source or file is wanted");
	if (o.check && o.apply)
		tool_usage("--apply and --check do not go together");
	if (!o.apply && (o.how.bare || o.how.dry || o.verbose))
		tool_usage("that goes with --apply");
	if (o.check)
		return tool_end(source_verify_file(argv[next], &why), &why);
	return tool_end(run(argv[next], &o, &why), &why);
}
