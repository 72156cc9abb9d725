/* ha-account -- the accounts of a source, their secrets and tokens. */
#include <getopt.h>

#include "account/account_command.h"
#include "base/tool.h"

static const struct tool tool = {
    .name = "ha-account",
    .usage =
	"ha-account keygen\n"
	"ha-account add | update [-d dbname] [--name name] [--customer uuid]\n"
	"        [--base-url url] [--secret-file file | --no-secret] "
	"source\n"
	"        account\n"
	"ha-account list [-d dbname] [--json | -q] [source]\n"
	"ha-account show [-d dbname] [--json] source account\n"
	"ha-account enable | disable | remove [-d dbname] source account\n"
	"ha-account token [-d dbname] [--expires duration] "
	"[--secret-file file | --drop]\n"
	"        source account",
    .help =
	"  -d, --dbname URL       database with the accounts\n"
	"      --name TEXT        a name for people\n"
	"      --customer UUID    whose data it is; a new one if not given\n"
	"      --base-url URL     instead of the description's\n"
	"      --secret-file FILE read the secret there, not on stdin; - is "
	"stdin\n"
	"      --no-secret        add: store none\n"
	"      --expires DUR      token: good for that long\n"
	"      --drop             token: forget the stored one\n"
	"      --json             one object a line\n"
	"  -q, --quiet            list: ids of enabled accounts only\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n",
};

static const struct option options[] = {
    {"dbname", required_argument, NULL, 'd'},
    {"name", required_argument, NULL, 'N'},
    {"customer", required_argument, NULL, 'C'},
    {"base-url", required_argument, NULL, 'B'},
    {"secret-file", required_argument, NULL, 'S'},
    {"no-secret", no_argument, NULL, 'X'},
    {"expires", required_argument, NULL, 'E'},
    {"drop", no_argument, NULL, 'D'},
    {"json", no_argument, NULL, 'J'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
parse(int argc, char **argv, struct account_command *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "d:qhV", options, NULL)) != -1)
		switch (c) {
		case 'd':
			o->dbname = optarg;
			break;
		case 'N':
			o->edit.name = optarg;
			break;
		case 'C':
			o->edit.customer_id = optarg;
			break;
		case 'B':
			o->edit.base_url = optarg;
			break;
		case 'S':
			o->secret_file = optarg;
			break;
		case 'X':
			o->no_secret = true;
			break;
		case 'E':
			o->expires_ms = tool_duration("--expires", optarg);
			break;
		case 'D':
			o->drop = true;
			break;
		case 'J':
			o->json = true;
			break;
		case 'q':
			o->quiet = true;
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
	struct account_command o = {0};
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	parse(argc, argv, &o);
	rc = account_run(&o, &why);
	if (rc == -1 && why.status == EX_USAGE && *why.msg == '\0')
		tool_usage("%s takes other operands", o.verb);
	return tool_end(rc, &why);
}
