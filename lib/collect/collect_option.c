#include "collect/collect_option.h"

#include <getopt.h>

#include "base/tool.h"

enum { EACH = 256, FROM, KEYS, LOOKUP, MAX_TIME, NULLS, PAGE_SIZE, UNTIL };

static const struct option longs[] = {
    {"account", required_argument, NULL, 'a'},
    {"dbname", required_argument, NULL, 'd'},
    {"dry-run", no_argument, NULL, 'n'},
    {"each", no_argument, NULL, EACH},
    {"from", required_argument, NULL, FROM},
    {"help", no_argument, NULL, 'h'},
    {"jobs", required_argument, NULL, 'j'},
    {"keys", no_argument, NULL, KEYS},
    {"limit", required_argument, NULL, 'l'},
    {"lookup", no_argument, NULL, LOOKUP},
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
		o->size = (int)tool_number("--page-size", arg, 1, 300000);
		break;
	default:
		tool_usage(NULL);
	}
}

void
collect_options(struct collect_options *o, int argc, char **argv)
{
	static const char letters[] = "a:d:hj:l:nPqs:T:Vv";
	int ch;

	*o = (struct collect_options){.jobs = 8};
	while ((ch = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		switch (ch) {
		case EACH:
			o->each = true;
			break;
		case NULLS:
			o->nulls = true;
			break;
		case KEYS:
		case LOOKUP:
			if (o->aim != PAGE_ROWS)
				tool_usage("--keys, or --lookup, and once");
			o->aim = ch == KEYS ? PAGE_KEYS : PAGE_LOOKUP;
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
	if (argc - optind != 1)
		tool_usage("one resource is wanted, as in hostaway/listings");
	o->resource = argv[optind];
}
