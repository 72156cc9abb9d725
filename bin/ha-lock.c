/* ha-lock -- runs a command under a named, fenced lease. */
#include <string.h>

#include "lock/lease_command.h"
#include "base/tool.h"

struct opts {
	struct keeper_options keeper;
	int64_t lease_ms;
};

#define TO(member) TOOL_TO(struct opts, member)

static const struct tool_option options[] = {
    {"dbname", 'd', "dbname", "database with the leases", TOOL_TEXT,
	TO(keeper.dbname)},
    {"lease", 0, "duration", "how long it holds without a heartbeat (300s)",
	TOOL_DURATION, TO(lease_ms)},
    {"quiet", 'q', NULL, "without a word if another holds it", TOOL_FLAG,
	TO(keeper.quiet)},
    {"wait", 0, "duration", "try that long if another holds it (0s)",
	TOOL_DURATION, TO(keeper.wait_ms)},
    {0},
};

static const struct tool tool = {
    .name = "ha-lock",
    .forms = {"% name command [argument ...]"},
    .options = options,
};

/* The index of the command in argv. */
static int
parse(int argc, char **argv, struct keeper_options *o)
{
	struct opts given = {.lease_ms = 300000};
	int next = tool_options(argc, argv, &given);

	*o = given.keeper;
	if (given.lease_ms < 1000 || given.lease_ms > 86400000)
		tool_usage("--lease: from 1s to 1d");
	o->lease_s = (int)((given.lease_ms + 999) / 1000);
	if (argc - next < 2)
		tool_usage("a name and a command are needed");
	o->name = argv[next];
	if (*o->name == '\0' || strlen(o->name) > 200)
		tool_usage("a name has 1 to 200 bytes");
	return next + 1;
}

int
main(int argc, char **argv, char **envp)
{
	struct keeper_options o;
	struct why why = {0};
	int command, status = 0, rc;

	tool_start(&tool, argc, argv, envp);
	command = parse(argc, argv, &o);
	rc = lease_run(&o, argv + command, &status, &why);
	return tool_end(rc == -1 ? -1 : status, &why);
}
