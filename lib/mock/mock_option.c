#include "mock/mock_option.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/timeval.h"

static int
set_now(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	struct mock_options *o = options;
	int64_t us;

	(void)op;
	if (strcmp(arg, "now") == 0)
		o->size.now = time(NULL);
	else if (time_parse(arg, strlen(arg), &us) == 0)
		o->size.now = us / 1000000;
	else
		return why_set(why, EX_USAGE, "--now %s: not a time", arg);
	return 0;
}

/* Of any form; one that is a number stands in records, too. */
static int
set_account(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	struct mock_options *o = options;
	const char *wrong = NULL;
	long long n = strtonum(arg, 1, INT32_MAX, &wrong);

	(void)op;
	o->account = arg;
	if (wrong != NULL && strlen(arg) > 64)
		return why_set(why, EX_USAGE, "--account: too long");
	if (wrong == NULL)
		o->size.account = n;
	return 0;
}

static int
set_limits(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	struct mock_options *o = options;

	(void)op;
	o->has_limits = true;
	return limit_parse(arg, o->limits, why) == -1 ? why_in(why, "--limits")
						      : 0;
}

#define TO(member) TOOL_TO(struct mock_options, member)
#define MANY 5000000

static const struct tool_option options[] = {
    {"port", 'p', "port", "listen there (default: a free one)", TOOL_NUMBER,
	TO(port), 0, 65535},
    {"verbose", 'v', NULL, "a line for each request on stderr", TOOL_FLAG,
	TO(verbose)},
    {"Data", .kind = TOOL_HEADING},
    {"seed", 0, "n", "other data; the same for the same seed (1)", TOOL_NUMBER,
	TO(size.seed), 0, INT64_MAX},
    {"now", 0, "time", "the account's clock: a time, or \"now\"", TOOL_CALL,
	TO(size.now), .set = set_now},
    {"listings", 0, "n", "of a Hostaway account (7)", TOOL_NUMBER,
	TO(size.listings), 1, 10000},
    {"reservations", 0, "n", "its reservations (787)", TOOL_NUMBER,
	TO(size.reservations), 0, MANY},
    {"conversations", 0, "n", "its conversations (as many as reservations)",
	TOOL_NUMBER, TO(size.conversations), 0, MANY},
    {"messages", 0, "n", "a conversation, on average (8)", TOOL_NUMBER,
	TO(size.messages), 1, 1000},
    {"photos", 0, "n", "a listing, on average (27)", TOOL_NUMBER,
	TO(size.photos), 0, 400},
    {"orphans", 0, "n",
	"reservations of an unknown listing, and as many messages without a "
	"reservation (0)",
	TOOL_NUMBER, TO(size.orphans), 0, MANY},
    {"rows", 0, "n", "of each resource of a description (100)", TOOL_NUMBER,
	TO(rows), 0, 10000000},
    {"row-bytes", 0, "n", "fill its rows up to this length", TOOL_NUMBER,
	TO(row_bytes), 0, 1000000},
    {"data", 0, "directory", "RESOURCE.ndjson there instead of generated rows",
	TOOL_TEXT, TO(data)},
    {"Access", .kind = TOOL_HEADING},
    {"account", 0, "id", "the only one let in (default: any)", TOOL_CALL,
	TO(account), .set = set_account},
    {"secret-file", 0, "file", "what it wants as secret (default mock-secret)",
	TOOL_TEXT, TO(secret_file)},
    {"settle", 0, "ms", "a new token is not valid before (1000)", TOOL_NUMBER,
	TO(settle_ms), 0, 60000},
    {"expires", 0, "seconds", "life of a token (15897600)", TOOL_NUMBER,
	TO(expires_s), 1, 1000000000},
    {"wrapped-token", 0, NULL, "the token inside an envelope", TOOL_FLAG,
	TO(wrapped_token)},
    {"odd-token", 0, NULL, "tokens with \"/+&=%\\ in them", TOOL_FLAG,
	TO(odd_token)},
    {"limits", 0, "rule", "new, old, none or N/Ws (new: 200/10s)", TOOL_CALL,
	TO(limits), .set = set_limits},
    {"bare-429", 0, NULL, "no headers that say when", TOOL_FLAG, TO(bare_429)},
    {"Behaviour", .kind = TOOL_HEADING},
    {"fault", 0, "kind[=p][,path=prefix][,ms=n][,rows=n]",
	"see ha-mock(1); repeatable", TOOL_LIST, TO(faults)},
    {"move", 0, "p", "rows jump to the top between two pages", TOOL_REAL,
	TO(move), 0, 1},
    {"vanish", 0, "p", "rows are deleted between two pages", TOOL_REAL,
	TO(vanish), 0, 1},
    {"relist", 0, "p", "reservations move to another listing", TOOL_REAL,
	TO(relist), 0, 1},
    {"gone-is-end", 0, NULL, "nothing is behind a cursor that was deleted",
	TOOL_FLAG, TO(gone_is_end)},
    {"honour-page", 0, NULL, "\"page\" counts, from 0 (default: ignored)",
	TOOL_FLAG, TO(honour_page)},
    {"filled", 0, NULL, "all details without includeResources, too", TOOL_FLAG,
	TO(filled)},
    {"max-page", 0, "n", "rows of a page, at most (500)", TOOL_NUMBER,
	TO(max_page), 1, 1000000},
    {"gzip", 0, NULL, "compress for whoever accepts it", TOOL_FLAG, TO(gzip)},
    {"switch", 0, "name[=value][,...]", "of reso and messenger, see ha-mock(1)",
	TOOL_LIST, TO(switches)},
    {0},
};

const struct tool mock_tool = {
    .name = "ha-mock",
    .forms = {"[-hVv] [-p] [--option ...] source"},
    .options = options,
    .anywhere = true,
};

/* Options that not every source has a use for; "": one that is described. */
static const struct {
	const char *name;
	const char *of[3];
} only[] = {
    {"listings", {"hostaway"}},
    {"reservations", {"hostaway"}},
    {"conversations", {"hostaway"}},
    {"messages", {"hostaway"}},
    {"photos", {"hostaway"}},
    {"orphans", {"hostaway"}},
    {"relist", {"hostaway"}},
    {"honour-page", {"hostaway"}},
    {"filled", {"hostaway"}},
    {"gone-is-end", {"hostaway", ""}},
    {"rows", {""}},
    {"row-bytes", {""}},
    {"data", {""}},
    {"switch", {"reso", "messenger"}},
};

static bool
is_own(const char *source)
{
	static const char *const own[] = {"hostaway", "messenger", "reso"};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strcmp(own[i], source) == 0)
			return true;
	return false;
}

/* What is given and would change nothing is a mistake, not a whim. */
static void
check_use(const struct mock_options *o, const char *source)
{
	const char *as = is_own(source) ? source : "";
	struct mock_options usual;

	mock_defaults(&usual);
	for (size_t i = 0; i < sizeof(only) / sizeof(*only); i++) {
		const struct tool_option *op = options;
		bool has = false;

		while (op->name == NULL || strcmp(op->name, only[i].name) != 0)
			op++;
		for (size_t k = 0; k < 3 && only[i].of[k] != NULL; k++)
			has |= strcmp(only[i].of[k], as) == 0;
		if (!has && memcmp((const char *)o + op->at,
				(const char *)&usual + op->at, op->size) != 0)
			tool_usage(
			    "%s has no use for --%s", source, only[i].name);
	}
}

const char *
mock_options(struct mock_options *o, int argc, char **argv)
{
	int next;

	mock_defaults(o);
	next = tool_options(argc, argv, o);
	if (argc - next > 1)
		tool_usage("one source is wanted");
	if (argc == next)
		return ""; /* it is said which there are */
	check_use(o, argv[next]);
	if (o->size.conversations < 0)
		o->size.conversations = o->size.reservations;
	return argv[next];
}

void
mock_options_release(struct mock_options *o)
{
	free(o->faults.texts);
	free(o->switches.texts);
	o->faults = o->switches = (struct tool_list){NULL, 0};
}
