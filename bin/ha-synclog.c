/* ha-synclog -- positions, pending work, history and runs. */
#include <getopt.h>
#include <stdbool.h>

#include "state/synclog_command.h"
#include "base/tool.h"

static const struct tool tool = {
    .name = "ha-synclog",
    .usage =
	"ha-synclog last | forget [-a account] [-d dbname] source/resource\n"
	"ha-synclog pending [-a account] [-d dbname] [--all] [--count] "
	"source/resource\n"
	"ha-synclog fetched [-a account] [-d dbname] source/resource "
	"[file ...]\n"
	"ha-synclog due [-a account] [-d dbname] [--all] source\n"
	"ha-synclog list | history | stats | parked | rejects [-a account]\n"
	"        [-d dbname] [-l rows] [--json] [source[/resource]]\n"
	"ha-synclog report [-a account] [-d dbname] [--json] [--run run]\n"
	"        [source[/resource]]\n"
	"ha-synclog begin [-a account] [-d dbname] source [what]\n"
	"ha-synclog finish [-a account] [-d dbname] [--status status] "
	"[--why text]\n"
	"        run [source/resource]",
    .help =
	"  -a, --account ID     whose; if the source has one, not needed\n"
	"  -d, --dbname URL     database with the state\n"
	"  -l, --limit ROWS     rows of a list; 0: all (50; all with --json)\n"
	"      --all            pending: every parent; due: every resource\n"
	"      --count          pending: only how many\n"
	"      --json           one object a line\n"
	"      --run ID         report: that run (HA_RUN, else the newest)\n"
	"      --status N       finish: exit status of the run (0)\n"
	"      --why TEXT       finish: what went wrong\n"
	"  -h, --help           this text\n"
	"  -V, --version        the version\n",
};

static const struct option options[] = {
    {"account", required_argument, NULL, 'a'},
    {"dbname", required_argument, NULL, 'd'},
    {"limit", required_argument, NULL, 'l'},
    {"all", no_argument, NULL, 'A'},
    {"count", no_argument, NULL, 'C'},
    {"json", no_argument, NULL, 'J'},
    {"run", required_argument, NULL, 'R'},
    {"status", required_argument, NULL, 'S'},
    {"why", required_argument, NULL, 'W'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
parse(int argc, char **argv, struct synclog *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "a:d:l:hV", options, NULL)) != -1)
		switch (c) {
		case 'a':
			o->account = optarg;
			break;
		case 'd':
			o->dbname = optarg;
			break;
		case 'l':
			o->limit = tool_number("-l", optarg, 0, 1000000000);
			break;
		case 'A':
			o->all = true;
			break;
		case 'C':
			o->count = true;
			break;
		case 'J':
			o->json = true;
			break;
		case 'R':
			o->run = optarg;
			break;
		case 'S':
			o->status =
			    (int)tool_number("--status", optarg, 0, 255);
			break;
		case 'W':
			o->why = optarg;
			break;
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			tool_usage(NULL);
		}
	if (optind == argc)
		tool_usage("a command is needed");
	o->verb = argv[optind];
	o->operands = argv + optind + 1;
	o->n = (size_t)(argc - optind - 1);
}

int
main(int argc, char **argv, char **envp)
{
	struct synclog o = {.limit = -1};
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	parse(argc, argv, &o);
	rc = synclog_run(&o, &why);
	if (rc == -1 && why.status == EX_USAGE && *why.msg == '\0')
		tool_usage("%s takes other operands", o.verb);
	return tool_end(rc, &why);
}
