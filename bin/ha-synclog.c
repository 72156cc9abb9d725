/* ha-synclog -- positions, pending work, history and runs. */
#include <stdbool.h>
#include <stdlib.h>

#include "state/synclog_command.h"
#include "base/tool.h"

/* Of the forms below, those that an option is for. */
enum {
	PENDING = TOOL_FORM(1),
	DUE = TOOL_FORM(3),
	LIST = TOOL_FORM(4),
	REPORT = TOOL_FORM(5),
	SUM = TOOL_FORM(6),
	FINISH = TOOL_FORM(8),
	PARTS = TOOL_FORM(9),
	PLAN = TOOL_FORM(10),
	CALLS = TOOL_FORM(11),
	PRUNE = TOOL_FORM(12)
};

#define TO(member) TOOL_TO(struct synclog, member)

static const struct tool_option options[] = {
    {"account", 'a', "account", "whose; if the source has one, not needed",
	TOOL_TEXT, TO(account)},
    {"dbname", 'd', "dbname", "database with the state", TOOL_TEXT, TO(dbname)},
    {"limit", 'l', "rows", "rows of a list; 0: all (50; all with --json)",
	TOOL_NUMBER, TO(limit), 0, 1000000000, LIST},
    {"all", 0, NULL,
	"pending: every parent; due: every resource; parts: every account; "
	"rejects: those stored later, too",
	TOOL_FLAG, TO(all), .in = PENDING | DUE | PARTS | LIST},
    {"ask", 0, NULL, "calls: the lists whose count the API would tell",
	TOOL_FLAG, TO(ask), .in = CALLS},
    {"before", 0, "time", "pending --all: but those stored since", TOOL_TEXT,
	TO(before), .in = PENDING},
    {"count", 0, NULL, "pending: only how many", TOOL_FLAG, TO(count),
	.in = PENDING},
    {"due", 0, NULL, "plan: nothing of a list that is young", TOOL_FLAG,
	TO(due), .in = PLAN},
    {"full", 0, NULL, "everything again", TOOL_FLAG, TO(full),
	.in = PARTS | PLAN | CALLS},
    {"job", 0, "job", "report: all runs of that job", TOOL_TEXT, TO(job),
	.in = REPORT},
    {"json", 0, NULL, "one object a line", TOOL_FLAG, TO(json),
	.in = LIST | REPORT | CALLS},
    {"max-time", 0, "time", "parts: how long, in seconds", TOOL_DURATION,
	TO(max_time_ms), .in = PARTS},
    {"older-than", 0, "time", "prune: what ended longer ago", TOOL_DURATION,
	TO(older_ms), .in = PRUNE},
    {"orphans", 0, NULL, "plan: the parents that its parked records wait for",
	TOOL_FLAG, TO(orphans), .in = PLAN},
    {"phase", 0, "phase", "parts: what is read by that flag", TOOL_LIST,
	TO(phases), .in = PARTS},
    {"reconcile", 0, NULL, "what is gone, too", TOOL_FLAG, TO(reconcile),
	.in = PLAN | CALLS},
    {"rows", 0, "resource=rows", "calls: how many the API says there are",
	TOOL_LIST, TO(rows), .in = CALLS},
    {"run", 0, "run", "report: that run (HA_RUN, else the newest)", TOOL_TEXT,
	TO(run), .in = REPORT},
    {"status", 0, "status", "finish, sum: exit status of it (0)", TOOL_NUMBER,
	TO(status), 0, 255, FINISH | SUM},
    {"why", 0, "text", "finish: what went wrong", TOOL_TEXT, TO(why),
	.in = FINISH},
    {0},
};

static const struct tool tool = {
    .name = "ha-synclog",
    .forms = {"last | forget | wanted % source/resource",
	"pending % source/resource", "fetched % source/resource [file ...]",
	"due % source",
	("list | history | stats | parked | rejects | repaired % "
	 "[source[/resource]]"),
	"report % [source[/resource]]", "sum % [job]", "begin % source [what]",
	"finish % run [source/resource]",
	"parts | settings | phases % source [resource ...]",
	"plan % source/resource", "calls % source [resource ...]",
	"prune % [source[/resource]]"},
    .options = options,
    .anywhere = true,
};

int
main(int argc, char **argv, char **envp)
{
	struct synclog o = {.limit = -1, .max_time_ms = -1, .older_ms = -1};
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	tool_command(argc, argv, &o, &o.command);
	rc = synclog_run(&o, &why);
	if (rc == -1 && why.status == EX_USAGE && *why.msg == '\0')
		tool_usage("%s takes other operands", o.command.verb);
	free(o.phases.texts);
	free(o.rows.texts);
	return tool_end(rc, &why);
}
