/* ha-fetch -- one authenticated GET; prints the body. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "base/out.h"
#include "base/tool.h"

static const struct tool tool = {
    "ha-fetch",
    "ha-fetch [-hVv] [-a account] [-d url] [-T timeout] source path",
    "  -a, --account ID    whose credentials (default: the only account)\n"
    "  -d, --dbname URL    where the accounts are (default: HA_DATABASE_URL,\n"
    "                      PG*); not needed with HA_TOKEN\n"
    "  -T, --timeout TIME  give up after, retries included (default: 5m)\n"
    "  -v, --verbose       a line of counts on standard error\n"
    "  -h, --help          this text\n"
    "  -V, --version       the version\n",
};

static const struct option longs[] = {
    {"account", required_argument, NULL, 'a'},
    {"dbname", required_argument, NULL, 'd'},
    {"timeout", required_argument, NULL, 'T'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
tell(const struct api *a, const struct api_answer *ans)
{
	struct api_counts n = api_counts(a);

	fprintf(stderr,
	    "ha-fetch: HTTP %ld, %zu bytes, %" PRId64 " ms, %" PRIu64
	    " calls, %u retries, waited %" PRIu64 " ms\n",
	    ans->code, ans->body.len, ans->ms, n.calls, ans->retries,
	    n.waited_ms);
}

/* The body as it came; a line feed only if it has none at its end. */
static int
fetch(const struct api_options *o, const char *name, const char *path,
    bool verbose, struct why *why)
{
	struct api_answer ans = {0};
	const struct resource *r;
	struct source *s = NULL;
	struct api *a = NULL;
	int rc = -1;

	if ((s = source_of(name, true, &r, why)) == NULL ||
	    (a = api_open(s, o, why)) == NULL)
		goto out;
	rc = api_get(a, path, &ans);
	if (verbose)
		tell(a, &ans);
	if (rc == -1) {
		*why = ans.why;
		goto out;
	}
	out_bytes(ans.body.at, ans.body.len);
	if (ans.body.at[ans.body.len - 1] != '\n')
		out_str("\n");
	rc = out_flush(why);
out:
	api_answer_release(&ans);
	api_close(a);
	source_free(s);
	return rc;
}

static void
options(int argc, char **argv, struct api_options *o, bool *verbose)
{
	int ch;

	while (
	    (ch = getopt_long(argc, argv, "+a:d:T:hVv", longs, NULL)) != -1) {
		switch (ch) {
		case 'a':
			o->account = optarg;
			break;
		case 'd':
			o->dbname = optarg;
			break;
		case 'T':
			o->timeout_ms = tool_duration("-T", optarg);
			break;
		case 'v':
			*verbose = true;
			break;
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			tool_usage(NULL);
		}
	}
}

int
main(int argc, char **argv, char **envp)
{
	struct api_options o = {.max_flight = 1};
	struct why why = {0};
	bool verbose = false;

	tool_start(&tool, argc, argv, envp);
	options(argc, argv, &o, &verbose);
	if (argc - optind != 2)
		tool_usage("a source and a path are wanted");
	if (strchr(argv[optind], '/') != NULL)
		tool_usage("%s: the source alone is wanted, as in "
			   "ha-fetch hostaway /listings",
		    argv[optind]);
	return tool_end(
	    fetch(&o, argv[optind], argv[optind + 1], verbose, &why), &why);
}
