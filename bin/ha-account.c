/* ha-account -- the accounts of a source, their secrets and tokens. */
#include "access/access.h"
#include "account/account_command.h"
#include "base/tool.h"

/* Of the forms below, those that an option is for. */
enum {
	ADD = TOOL_FORM(2),
	CHECK = TOOL_FORM(3),
	LIST = TOOL_FORM(4),
	SHOW = TOOL_FORM(5),
	REMOVE = TOOL_FORM(7),
	TOKEN = TOOL_FORM(8)
};

#define TO(member) TOOL_TO(struct account_command, member)

static const struct tool_option options[] = {
    {"dbname", 'd', "dbname", "database with the accounts", TOOL_TEXT,
	TO(dbname)},
    {"name", 0, "name", "a name for people", TOOL_TEXT, TO(edit.name),
	.in = ADD},
    {"customer", 0, "uuid", "whose data it is; a new one if not given",
	TOOL_TEXT, TO(edit.customer_id), .in = ADD},
    {"base-url", 0, "url", "instead of the description's", TOOL_TEXT,
	TO(edit.base_url), .in = ADD},
    {"secret-file", 0, "file",
	"read the secret there, not on stdin; - is stdin", TOOL_TEXT,
	TO(secret_file), .in = ADD | TOKEN},
    {"secret-expires", 0, "time", "until then it is good, if it does not say",
	TOOL_TEXT, TO(edit.expires), .in = ADD},
    {"no-secret", 0, NULL, "add: store none", TOOL_FLAG, TO(no_secret),
	.in = ADD},
    {"no-check", 0, NULL, "add, update: do not try what was stored", TOOL_FLAG,
	TO(no_check), .in = ADD},
    {"timeout", 'T', "timeout", "try for so long (default: 20s)", TOOL_DURATION,
	TO(timeout_ms), .in = ADD | CHECK},
    {"expires", 0, "duration", "token: good for that long", TOOL_DURATION,
	TO(expires_ms), .in = TOKEN},
    {"drop", 0, NULL, "token: forget the stored one", TOOL_FLAG, TO(drop),
	.in = TOKEN},
    {"dry-run", 'n', NULL, "remove --purge: only count the rows", TOOL_FLAG,
	TO(dry), .in = REMOVE},
    {"json", 0, NULL, "one object a line", TOOL_FLAG, TO(json),
	.in = LIST | SHOW},
    {"purge", 0, NULL, "remove: all that is stored for it, too", TOOL_FLAG,
	TO(purge), .in = REMOVE},
    {"quiet", 'q', NULL, "list: ids of enabled accounts only", TOOL_FLAG,
	TO(quiet), .in = LIST},
    {0},
};

static const struct tool tool = {
    .name = "ha-account",
    .forms = {"keygen", "rekey %",
	"add | update % [--secret-file | --no-secret] source account",
	"check % source account", "list % [--json | -q] [source]",
	"show % source account", "enable | disable % source account",
	"remove % [--purge [-n]] source account",
	"token % [--secret-file | --drop] source account"},
    .options = options,
    .anywhere = true,
};

int
main(int argc, char **argv, char **envp)
{
	struct account_command o = {.check = access_check};
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	tool_command(argc, argv, &o, &o.command);
	rc = account_run(&o, &why);
	if (rc == -1 && why.status == EX_USAGE && *why.msg == '\0')
		tool_usage("%s takes other operands", o.command.verb);
	return tool_end(rc, &why);
}
