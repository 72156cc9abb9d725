/* ha-synclog -- positions, pending work, history and runs. */
#include <stdbool.h>

#include "state/synclog_command.h"
#include "base/tool.h"

/* Of the forms below, those that an option is for. */
enum {
	PENDING = TOOL_FORM(1),
	DUE = TOOL_FORM(3),
	LIST = TOOL_FORM(4),
	REPORT = TOOL_FORM(5),
	FINISH = TOOL_FORM(7)
};

#define TO(member) TOOL_TO(struct synclog, member)

static const struct tool_option options[] = {
    {"account", 'a', "account", "whose; if the source has one, not needed",
	TOOL_TEXT, TO(account)},
    {"dbname", 'd', "dbname", "database with the state", TOOL_TEXT, TO(dbname)},
    {"limit", 'l', "rows", "rows of a list; 0: all (50; all with --json)",
	TOOL_NUMBER, TO(limit), 0, 1000000000, LIST},
    {"all", 0, NULL, "pending: every parent; due: every resource", TOOL_FLAG,
	TO(all), .in = PENDING | DUE},
    {"count", 0, NULL, "pending: only how many", TOOL_FLAG, TO(count),
	.in = PENDING},
    {"json", 0, NULL, "one object a line", TOOL_FLAG, TO(json),
	.in = LIST | REPORT},
    {"run", 0, "run", "report: that run (HA_RUN, else the newest)", TOOL_TEXT,
	TO(run), .in = REPORT},
    {"status", 0, "status", "finish: exit status of the run (0)", TOOL_NUMBER,
	TO(status), 0, 255, FINISH},
    {"why", 0, "text", "finish: what went wrong", TOOL_TEXT, TO(why),
	.in = FINISH},
    {0},
};

static const struct tool tool = {
    .name = "ha-synclog",
    .forms = {"last | forget % source/resource", "pending % source/resource",
	"fetched % source/resource [file ...]", "due % source",
	"list | history | stats | parked | rejects % [source[/resource]]",
	"report % [source[/resource]]", "begin % source [what]",
	"finish % run [source/resource]"},
    .options = options,
    .anywhere = true,
};

int
main(int argc, char **argv, char **envp)
{
	struct synclog o = {.limit = -1};
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	tool_command(argc, argv, &o, &o.command);
	rc = synclog_run(&o, &why);
	if (rc == -1 && why.status == EX_USAGE && *why.msg == '\0')
		tool_usage("%s takes other operands", o.command.verb);
	return tool_end(rc, &why);
}
