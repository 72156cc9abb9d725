/* ha-filter-parents -- passes children whose parent is known. */
#include <err.h>
#include <stdbool.h>

#include "stream/emit.h"
#include "stage/filter.h"
#include "stream/stream.h"
#include "base/tool.h"

struct opts {
	struct filter_options filter;
	bool adopt, verbose;
	char **paths;
	size_t n_paths;
};

#define TO(member) TOOL_TO(struct opts, member)

static const struct tool_option options[] = {
    {"adopt", 'A', NULL, "parked records whose parents have come", TOOL_FLAG,
	TO(adopt), .in = TOOL_FORM(1)},
    {"account", 'a', "account", "whose records they are", TOOL_TEXT,
	TO(filter.account)},
    {"dbname", 'd', "dbname", "the database (HA_DATABASE_URL, PG*)", TOOL_TEXT,
	TO(filter.dbname)},
    {"keys", 'K', "file", "known parents, a key a line; no database", TOOL_TEXT,
	TO(filter.keys)},
    {"plain", 'P', NULL, "neither input nor output has marks", TOOL_FLAG,
	TO(filter.plain)},
    {"parent", 'p', "parent", "only this parent; or the .path of its key",
	TOOL_TEXT, TO(filter.parent)},
    {"reject", 'r', "file", "records set aside, with the reason", TOOL_TEXT,
	TO(filter.reject)},
    {"verbose", 'v', NULL, "counts, at the end", TOOL_FLAG, TO(verbose)},
    {0},
};

static const struct tool tool = {
    .name = "ha-filter-parents",
    .forms = {"% [source/resource] [file ...]",
	"--adopt -a [-d] source/resource"},
    .options = options,
};

/* 0, 1 if records were set aside, or -1. */
static int
filter(struct opts *o, struct why *why)
{
	struct filter *f = NULL;
	struct stream *in = NULL;
	struct filter_counts n;
	struct emit out;
	int rc = -1;

	emit_init(&out, o->filter.plain);
	if ((f = filter_new(&o->filter, why)) == NULL)
		goto out;
	if (o->adopt)
		rc = filter_adopt(f, &out, why);
	else if ((in = stream_open(
		      o->paths, o->n_paths, o->filter.plain, why)) != NULL)
		rc = filter_stream(f, in, &out, why);
	n = filter_counts(f);
	if (o->verbose)
		warnx("%llu passed, %llu parked, %llu set aside",
		    (unsigned long long)n.passed, (unsigned long long)n.parked,
		    (unsigned long long)n.rejected);
out:
	stream_close(in);
	filter_free(f);
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
	if (next < argc && tool_is_resource(argv[next]))
		o.filter.resource = argv[next++];
	o.paths = argv + next;
	o.n_paths = (size_t)(argc - next);
	if (o.adopt && o.n_paths > 0)
		tool_usage("--adopt reads no input");
	return tool_end(filter(&o, &why), &why);
}
