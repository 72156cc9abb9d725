#include "collect/collect_option.h"

/* The forms of the usage below. */
enum { LIST = TOOL_FORM(0), EACH = TOOL_FORM(1), KEYS = TOOL_FORM(2) };

/* Of a list: its keys, or rows by their keys. */
static int
set_aim(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	struct collect_options *o = options;

	(void)arg;
	if (o->aim != PAGE_ROWS)
		return why_set(why, EX_USAGE, "--keys, or --lookup, and once");
	o->aim = (enum page_aim)op->min;
	return 0;
}

#define TO(member) TOOL_TO(struct collect_options, member)

static const struct tool_option options[] = {
    {"account", 'a', "account",
	"whose data (default: the only account; with --each that of the "
	"parents)",
	TOOL_TEXT, TO(account)},
    {"dbname", 'd', "url",
	"where the accounts are (default: HA_DATABASE_URL, PG*); "
	"not needed with HA_TOKEN",
	TOOL_TEXT, TO(dbname)},
    {"count", 0, NULL, "only how many rows the API says there are", TOOL_FLAG,
	TO(count), .in = LIST},
    {"each", 0, NULL, "children of the parents on standard input", TOOL_FLAG,
	TO(each), .in = EACH},
    {"from", 0, "cursor",
	"go on from what an at or end mark carried; empty: from nothing",
	TOOL_TEXT, TO(from), .in = LIST},
    {"jobs", 'j', "jobs", "parents at a time (default: 8)", TOOL_NUMBER,
	TO(jobs), 1, 256, EACH},
    {"keys", 0, NULL, "the key of each row, nothing else", TOOL_CALL, TO(aim),
	.min = PAGE_KEYS, .in = KEYS, .set = set_aim},
    {"limit", 'l', "records", "end after so many records", TOOL_NUMBER,
	TO(limit), 1, INT64_MAX},
    {"lookup", 0, NULL, "the rows whose keys are on standard input", TOOL_CALL,
	TO(aim), .min = PAGE_LOOKUP, .in = KEYS, .set = set_aim},
    {"max-time", 0, "time", "end at the first page border behind it",
	TOOL_DURATION, TO(max_time_ms)},
    {"dry-run", 'n', NULL, "print the first call, or one for each parent",
	TOOL_FLAG, TO(dry_run)},
    {"nulls", 0, NULL, "only rows without a time", TOOL_FLAG, TO(nulls),
	.in = LIST},
    {"page-size", 0, "rows", "rows a page (default: as described)", TOOL_NUMBER,
	TO(size), 1, 300000},
    {"plain", 'P', NULL, "no marks, records alone", TOOL_FLAG, TO(plain)},
    {"quiet", 'q', NULL, "no messages about single parents", TOOL_FLAG,
	TO(quiet)},
    {"since", 's', "time", "rows from then on: 2019-01, 2019-01-31T12:00Z",
	TOOL_TEXT, TO(since), .in = LIST},
    {"timeout", 'T', "timeout", "of one call, retries included (default: 5m)",
	TOOL_DURATION, TO(timeout_ms)},
    {"until", 0, "time", "rows before it", TOOL_TEXT, TO(until), .in = LIST},
    {"verbose", 'v', NULL, "counts, at the end", TOOL_FLAG, TO(verbose)},
    {0},
};

const struct tool collect_tool = {
    .name = "ha-page",
    .forms = {"% source/resource", "--each % source/resource",
	"--keys | --lookup % source/resource"},
    .options = options,
    .anywhere = true,
};

void
collect_options(struct collect_options *o, int argc, char **argv)
{
	int next;

	*o = (struct collect_options){.jobs = 8};
	next = tool_options(argc, argv, o);
	if (argc - next != 1)
		tool_usage("one resource is wanted, as in hostaway/listings");
	o->resource = argv[next];
}
