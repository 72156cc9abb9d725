/* ha-unnest -- cuts children out of the records that hold them. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>

#include "stream/aside.h"
#include "stream/emit.h"
#include "base/out.h"
#include "source/source.h"
#include "stream/stream.h"
#include "base/tool.h"
#include "stage/unnest.h"

static const struct tool tool = {
    "ha-unnest",
    "ha-unnest [-hPVv] [-r file] source/resource [file ...]",
    "  -h, --help         this text\n"
    "  -P, --plain        neither input nor output has marks\n"
    "  -r, --reject FILE  records that cannot be cut, with the reason\n"
    "  -V, --version      the version\n"
    "  -v, --verbose      counts, at the end\n",
};

static const struct option longs[] = {
    {"help", no_argument, NULL, 'h'},
    {"plain", no_argument, NULL, 'P'},
    {"reject", required_argument, NULL, 'r'},
    {"version", no_argument, NULL, 'V'},
    {"verbose", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

struct opts {
	const char *resource, *reject;
	bool plain, verbose;
	char **paths;
	size_t n_paths;
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
	    out_flush(why) == 0 && aside_keep(aside, why) == 0)
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
	int ch;

	tool_start(&tool, argc, argv, envp);
	while ((ch = getopt_long(argc, argv, "+hPr:Vv", longs, NULL)) != -1) {
		switch (ch) {
		case 'h':
			tool_help();
		case 'P':
			o.plain = true;
			break;
		case 'r':
			o.reject = optarg;
			break;
		case 'V':
			tool_version();
		case 'v':
			o.verbose = true;
			break;
		default:
			tool_usage(NULL);
		}
	}
	if (optind == argc || !tool_is_resource(argv[optind]))
		tool_usage("which source/resource?");
	o.resource = argv[optind++];
	o.paths = argv + optind;
	o.n_paths = (size_t)(argc - optind);
	return tool_end(unnest(&o, &why), &why);
}
