/* ha-unnest -- cuts children out of the records that hold them. */
#include <err.h>
#include <stdbool.h>

#include "stream/aside.h"
#include "stream/emit.h"
#include "base/out.h"
#include "source/source.h"
#include "stream/stream.h"
#include "base/tool.h"
#include "stage/unnest.h"

struct opts {
	const char *resource, *reject;
	bool plain, verbose;
	char **paths;
	size_t n_paths;
};

#define TO(member) TOOL_TO(struct opts, member)

static const struct tool_option options[] = {
    {"plain", 'P', NULL, "neither input nor output has marks", TOOL_FLAG,
	TO(plain)},
    {"reject", 'r', "file", "records that cannot be cut, with the reason",
	TOOL_TEXT, TO(reject)},
    {"verbose", 'v', NULL, "counts, at the end", TOOL_FLAG, TO(verbose)},
    {0},
};

static const struct tool tool = {
    .name = "ha-unnest",
    .forms = {"% source/resource [file ...]"},
    .options = options,
};

/* 0, 1 if records were set aside, or -1. */
static int
unnest(const struct opts *o, struct why *why)
{
	struct unnest_counts counts = {0};
	const struct resource *r;
	struct aside *aside = NULL;
	struct stream *in = NULL;
	struct unnest *u = NULL;
	struct source *s;
	struct emit out;
	int rc = -1;

	emit_init(&out, o->plain);
	if ((s = source_of(o->resource, false, &r, why)) == NULL ||
	    (u = unnest_new(s, r, why)) == NULL)
		goto out;
	if ((in = stream_open(o->paths, o->n_paths, o->plain, why)) == NULL)
		goto out;
	if (o->reject != NULL && (aside = aside_open(o->reject, why)) == NULL)
		goto out;
	if (unnest_stream(u, in, &out, aside, &counts, why) == 0 &&
	    out_flush(why) == 0 && aside_flush(aside, why) == 0)
		rc = counts.bad > 0;
	if (o->verbose)
		warnx("%llu records, %llu %s, %llu set aside",
		    (unsigned long long)counts.parents,
		    (unsigned long long)counts.children, r->name,
		    (unsigned long long)counts.bad);
out:
	aside_close(aside);
	stream_close(in);
	unnest_free(u);
	source_free(s);
	emit_release(&out);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct opts o = {0};
	struct why why = {0};
	int next;

	tool_start(&tool, argc, argv, envp);
	next = tool_options(argc, argv, &o);
	if (next == argc || !tool_is_resource(argv[next]))
		tool_usage("which source/resource?");
	o.resource = argv[next++];
	o.paths = argv + next;
	o.n_paths = (size_t)(argc - next);
	return tool_end(unnest(&o, &why), &why);
}
