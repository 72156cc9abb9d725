/* ha-fetch -- one authenticated GET; prints the body. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "base/out.h"
#include "base/tool.h"

struct opts {
	struct api_options api;
	bool verbose;
};

#define TO(member) TOOL_TO(struct opts, member)

static const struct tool_option options[] = {
    {"account", 'a', "account", "whose credentials (default: the only account)",
	TOOL_TEXT, TO(api.account)},
    {"dbname", 'd', "url",
	"where the accounts are (default: HA_DATABASE_URL, PG*); "
	"not needed with HA_TOKEN",
	TOOL_TEXT, TO(api.dbname)},
    {"timeout", 'T', "timeout", "give up after, retries included (default: 5m)",
	TOOL_DURATION, TO(api.timeout_ms)},
    {"verbose", 'v', NULL, "a line of counts on standard error", TOOL_FLAG,
	TO(verbose)},
    {0},
};

static const struct tool tool = {
    .name = "ha-fetch", .forms = {"% source path"}, .options = options};

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

/* A far side that is away is not to look like one that is slow. */
static void
idle(void *ctx)
{
	struct api **a = ctx;
	struct buf line = BUF_INIT;

	if (*a != NULL && api_tell_failed(*a, &line))
		warnx("%s", line.at);
	buf_release(&line);
}

/* The body as it came; a line feed only if it has none at its end. */
static int
fetch(const struct opts *o, const char *name, const char *path, struct why *why)
{
	struct api_answer ans = {0};
	const struct resource *r;
	struct source *s = NULL;
	struct api *a = NULL;
	struct api_options api = o->api;
	int rc = -1;

	api.idle = idle;
	api.idle_ctx = &a;
	if ((s = source_of(name, true, &r, why)) == NULL ||
	    (a = api_open(s, &api, why)) == NULL)
		goto out;
	rc = api_get(a, path, &ans);
	if (o->verbose)
		tell(a, &ans);
	if (rc == -1) {
		*why = ans.why;
		goto out;
	}
	out_bytes(ans.body.at, ans.body.len);
	if (ans.body.len > 0 && ans.body.at[ans.body.len - 1] != '\n')
		out_str("\n");
	rc = out_flush(why);
out:
	api_answer_release(&ans);
	api_close(a);
	source_free(s);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct opts o = {.api.max_flight = 1};
	struct why why = {0};
	char **operands;

	tool_start(&tool, argc, argv, envp);
	operands = argv + tool_options(argc, argv, &o);
	if (argv + argc - operands != 2)
		tool_usage("a source and a path are wanted");
	if (strchr(operands[0], '/') != NULL)
		tool_usage("%s: the source alone is wanted, as in "
			   "ha-fetch hostaway /listings",
		    operands[0]);
	return tool_end(fetch(&o, operands[0], operands[1], &why), &why);
}
