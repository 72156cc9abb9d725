/* ha-page -- walks a collection of an API, page by page. */
#include <getopt.h>

#include "collect.h"
#include "tool.h"

static const struct tool tool = {
    "ha-page",
    "ha-page [-hnPqVv] [-a account] [-d url] [-l records] [-s time]\n"
    "    [-T timeout] [--from cursor] [--max-time time] [--nulls]\n"
    "    [--page-size rows] [--until time] source/resource\n"
    "ha-page --each [-hnPqVv] [-a account] [-d url] [-j jobs] [-l records]\n"
    "    [-T timeout] [--max-time time] [--page-size rows] source/resource",
    "  -a, --account ID    whose data (default: the only account; with --each\n"
    "                      that of the parents)\n"
    "  -d, --dbname URL    where the accounts are (default: HA_DATABASE_URL,\n"
    "                      PG*); not needed with HA_TOKEN\n"
    "      --each          children of the parents on standard input\n"
    "      --from CURSOR   go on from what an at or end mark carried;\n"
    "                      empty: from nothing\n"
    "  -j, --jobs N        parents at a time (default: 8)\n"
    "  -l, --limit N       end after so many records\n"
    "      --max-time TIME end at the first page border behind it\n"
    "  -n, --dry-run       print the first call, or one for each parent\n"
    "      --nulls         only rows without a time\n"
    "      --page-size N   rows a page (default: as described)\n"
    "  -P, --plain         no marks, records alone\n"
    "  -q, --quiet         no messages about single parents\n"
    "  -s, --since TIME    rows from then on: 2019-01, 2019-01-31T12:00Z\n"
    "  -T, --timeout TIME  of one call, retries included (default: 5m)\n"
    "      --until TIME    rows before it\n"
    "  -v, --verbose       counts, at the end\n"
    "  -h, --help          this text\n"
    "  -V, --version       the version\n",
};

enum { EACH = 256, FROM, MAX_TIME, NULLS, PAGE_SIZE, UNTIL };

static const struct option longs[] = {
    {"account", required_argument, NULL, 'a'},
    {"dbname", required_argument, NULL, 'd'},
    {"dry-run", no_argument, NULL, 'n'},
    {"each", no_argument, NULL, EACH},
    {"from", required_argument, NULL, FROM},
    {"help", no_argument, NULL, 'h'},
    {"jobs", required_argument, NULL, 'j'},
    {"limit", required_argument, NULL, 'l'},
    {"max-time", required_argument, NULL, MAX_TIME},
    {"nulls", no_argument, NULL, NULLS},
    {"page-size", required_argument, NULL, PAGE_SIZE},
    {"plain", no_argument, NULL, 'P'},
    {"quiet", no_argument, NULL, 'q'},
    {"since", required_argument, NULL, 's'},
    {"timeout", required_argument, NULL, 'T'},
    {"until", required_argument, NULL, UNTIL},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* Numbers, durations and what goes to another place. */
static void
value(struct collect_options *o, int ch, const char *arg)
{
	switch (ch) {
	case 'a':
		o->account = arg;
		break;
	case 'd':
		o->dbname = arg;
		break;
	case 'j':
		o->jobs = (int)tool_number("-j", arg, 1, 256);
		break;
	case 'l':
		o->limit = (uint64_t)tool_number("-l", arg, 1, INT64_MAX);
		break;
	case 's':
		o->since = arg;
		break;
	case UNTIL:
		o->until = arg;
		break;
	case 'T':
		o->timeout_ms = tool_duration("-T", arg);
		break;
	case FROM:
		o->from = arg;
		break;
	case MAX_TIME:
		o->max_time_ms = tool_duration("--max-time", arg);
		break;
	case PAGE_SIZE:
		o->size = (int)tool_number("--page-size", arg, 1, 100000);
		break;
	default:
		tool_usage(NULL);
	}
}

static void
options(int argc, char **argv, struct collect_options *o)
{
	static const char letters[] = "a:d:hj:l:nPqs:T:Vv";
	int ch;

	while ((ch = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		switch (ch) {
		case EACH:
			o->each = true;
			break;
		case NULLS:
			o->nulls = true;
			break;
		case 'n':
			o->dry_run = true;
			break;
		case 'P':
			o->plain = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			value(o, ch, optarg);
		}
	}
}

int
main(int argc, char **argv, char **envp)
{
	struct collect_options o = {.jobs = 8};
	struct why why = {0};

	tool_start(&tool, argc, argv, envp);
	options(argc, argv, &o);
	if (argc - optind != 1)
		tool_usage("one resource is wanted, as in hostaway/listings");
	o.resource = argv[optind];
	return tool_end(collect(&o, &why), &why);
}
