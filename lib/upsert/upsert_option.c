#include "upsert/upsert_option.h"

#include <string.h>

struct given {
	struct upsert_options upsert;
	bool plain;
};

static int
set_emit(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	static const char *const words[] = {"changed", "all", "missing"};
	struct given *g = options;

	(void)op;
	for (int i = 0; i < 3; i++)
		if (strcmp(arg, words[i]) == 0) {
			g->upsert.emit = (enum upsert_emit)(EMIT_CHANGED + i);
			return 0;
		}
	return why_set(
	    why, EX_USAGE, "--emit %s: changed, all or missing", arg);
}

#define TO(member) TOOL_TO(struct given, member)

static const struct tool_option options[] = {
    {"account", 'a', "account", "the account, if the stream names none",
	TOOL_TEXT, TO(upsert.account)},
    {"batch", 'b', "records", "commit at least that often (10000)", TOOL_NUMBER,
	TO(upsert.batch), 1, 1000000},
    {"dbname", 'd', "dbname", "the database; HA_DATABASE_URL, PG*", TOOL_TEXT,
	TO(upsert.dbname)},
    {"jobs", 'j', "jobs", "connections that write, 1 to 4 (1)", TOOL_NUMBER,
	TO(upsert.jobs), 1, UPSERT_JOBS_MAX},
    {"dry-run", 'n', NULL, "print what would change, change nothing", TOOL_FLAG,
	TO(upsert.dry_run)},
    {"plain", 'P', NULL, "the input has no marks", TOOL_FLAG, TO(plain),
	.in = TOOL_FORM(1)},
    {"reject", 'r', "file", "records set aside, with the reason", TOOL_TEXT,
	TO(upsert.reject)},
    {"verbose", 'v', NULL, "a line of counts at the end of a section",
	TOOL_FLAG, TO(upsert.verbose)},
    {"emit", 0, "changed | all | missing",
	"pass records on: changed, all, or the keys whose rows are missing",
	TOOL_CALL, TO(upsert.emit), .set = set_emit},
    {"strict", 0, NULL, "set aside what holds characters jsonb does not",
	TOOL_FLAG, TO(upsert.strict)},
    {"prune", 0, NULL, "mark as deleted what a whole list lacked", TOOL_FLAG,
	TO(upsert.prune)},
    {"max-delete", 0, "percent", "prune no more of an account's rows (10)",
	TOOL_REAL, TO(upsert.max_delete), 0, 100},
    {"force", 0, NULL, "prune whatever --max-delete says", TOOL_FLAG,
	TO(upsert.force)},
    {0},
};

const struct tool upsert_tool = {
    .name = "ha-upsert",
    .forms = {"% [--prune [--max-delete] [--force]] [file ...]",
	"-P -a [options] source/resource [file ...]"},
    .options = options,
};

int
upsert_options(struct upsert_options *o, int argc, char **argv)
{
	struct given g = {
	    .upsert = {.batch = 10000, .jobs = 1, .max_delete = 10}};
	int next = tool_options(argc, argv, &g);

	*o = g.upsert;
	if (o->dry_run && o->emit != EMIT_NONE)
		tool_usage("-n and --emit both want standard output");
	if (!g.plain)
		return next;
	if (next == argc)
		tool_usage("-P: which source/resource is it?");
	if (o->account == NULL)
		tool_usage("-P: whose records? Give the account by -a");
	o->resource = argv[next];
	return next + 1;
}
