/* ha-lock -- runs a command under a named, fenced lease. */
#include <getopt.h>
#include <string.h>

#include "lock/lease_command.h"
#include "base/tool.h"

static const struct tool tool = {
    .name = "ha-lock",
    .usage = "ha-lock [-d dbname] [--lease duration] [--wait duration] name "
	     "command [argument ...]",
    .help = "  -d, --dbname URL     database with the leases\n"
	    "      --lease DUR      how long it holds without a heartbeat "
	    "(300s)\n"
	    "      --wait DUR       try that long if another holds it (0s)\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        the version\n",
};

static const struct option options[] = {
    {"dbname", required_argument, NULL, 'd'},
    {"lease", required_argument, NULL, 'L'},
    {"wait", required_argument, NULL, 'W'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
parse(int argc, char **argv, struct keeper_options *o)
{
	long long lease_ms = 300000;
	int c;

	while ((c = getopt_long(argc, argv, "+d:hV", options, NULL)) != -1)
		switch (c) {
		case 'd':
			o->dbname = optarg;
			break;
		case 'L':
			lease_ms = tool_duration("--lease", optarg);
			break;
		case 'W':
			o->wait_ms = tool_duration("--wait", optarg);
			break;
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			tool_usage(NULL);
		}
	if (lease_ms < 1000 || lease_ms > 86400000)
		tool_usage("--lease: from 1s to 1d");
	o->lease_s = (int)((lease_ms + 999) / 1000);
	if (argc - optind < 2)
		tool_usage("a name and a command are needed");
	o->name = argv[optind];
	if (*o->name == '\0' || strlen(o->name) > 200)
		tool_usage("a name has 1 to 200 bytes");
}

int
main(int argc, char **argv, char **envp)
{
	struct keeper_options o = {0};
	struct why why = {0};
	int status = 0, rc;

	tool_start(&tool, argc, argv, envp);
	parse(argc, argv, &o);
	rc = guard_run(&o, argv + optind + 1, &status, &why);
	return tool_end(rc == -1 ? -1 : status, &why);
}
