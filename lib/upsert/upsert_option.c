#include "upsert/upsert_option.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/tool.h"

enum { OPT_EMIT = 256, OPT_PRUNE, OPT_MAX_DELETE, OPT_FORCE };

static const struct option longs[] = {
    {"account", required_argument, NULL, 'a'},
    {"batch", required_argument, NULL, 'b'},
    {"dbname", required_argument, NULL, 'd'},
    {"jobs", required_argument, NULL, 'j'},
    {"dry-run", no_argument, NULL, 'n'},
    {"plain", no_argument, NULL, 'P'},
    {"reject", required_argument, NULL, 'r'},
    {"verbose", no_argument, NULL, 'v'},
    {"emit", required_argument, NULL, OPT_EMIT},
    {"prune", no_argument, NULL, OPT_PRUNE},
    {"max-delete", required_argument, NULL, OPT_MAX_DELETE},
    {"force", no_argument, NULL, OPT_FORCE},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static double
percent(const char *arg)
{
	char *end;
	double n = strtod(arg, &end);

	if (end == arg || *end != '\0' || !(n >= 0 && n <= 100))
		tool_usage("--max-delete %s: not a number from 0 to 100", arg);
	return n;
}

static void
option(struct upsert_options *o, bool *plain, int ch)
{
	switch (ch) {
	case 'a':
		o->account = optarg;
		break;
	case 'b':
		o->batch = (size_t)tool_number("-b", optarg, 1, 1000000);
		break;
	case 'd':
		o->dbname = optarg;
		break;
	case 'j':
		o->jobs = (int)tool_number("-j", optarg, 1, UPSERT_JOBS_MAX);
		break;
	case 'n':
		o->dry_run = true;
		break;
	case 'P':
		*plain = true;
		break;
	case 'r':
		o->reject = optarg;
		break;
	case 'v':
		o->verbose = true;
		break;
	case OPT_EMIT:
		if (strcmp(optarg, "changed") != 0 &&
		    strcmp(optarg, "all") != 0 &&
		    strcmp(optarg, "missing") != 0)
			tool_usage(
			    "--emit %s: changed, all or missing", optarg);
		o->emit = *optarg == 'a'   ? EMIT_ALL
			  : *optarg == 'm' ? EMIT_MISSING
					   : EMIT_CHANGED;
		break;
	case OPT_PRUNE:
		o->prune = true;
		break;
	case OPT_MAX_DELETE:
		o->max_delete = percent(optarg);
		break;
	case OPT_FORCE:
		o->force = true;
		break;
	case 'h':
		tool_help();
	case 'V':
		tool_version();
	default:
		tool_usage(NULL);
	}
}

int
upsert_options(struct upsert_options *o, int argc, char **argv)
{
	bool plain = false;
	int ch;

	*o = (struct upsert_options){
	    .batch = 10000, .jobs = 1, .max_delete = 10};
	while ((ch = getopt_long(
		    argc, argv, "+a:b:d:j:nPr:vhV", longs, NULL)) != -1)
		option(o, &plain, ch);
	if (o->dry_run && o->emit != EMIT_NONE)
		tool_usage("-n and --emit both want standard output");
	if (!plain)
		return optind;
	if (optind == argc)
		tool_usage("-P: which source/resource is it?");
	if (o->account == NULL)
		tool_usage("-P: whose records? Give the account by -a");
	o->resource = argv[optind];
	return optind + 1;
}
