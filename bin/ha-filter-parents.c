/* ha-filter-parents -- passes children whose parent is known. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>

#include "stream/emit.h"
#include "stage/filter.h"
#include "stream/stream.h"
#include "base/tool.h"

static const struct tool tool = {
    "ha-filter-parents",
    "ha-filter-parents [-hPVv] [-a account] [-d dbname] [-K file] "
    "[-p parent] [-r file] [source/resource] [file ...]\n"
    "ha-filter-parents --adopt -a account [-d dbname] source/resource",
    "  -A, --adopt         parked records whose parents have come\n"
    "  -a, --account ID    whose records they are\n"
    "  -d, --dbname URL    the database (HA_DATABASE_URL, PG*)\n"
    "  -h, --help          this text\n"
    "  -K, --keys FILE     known parents, a key a line; no database\n"
    "  -P, --plain         neither input nor output has marks\n"
    "  -p, --parent NAME   only this parent; or the .path of its key\n"
    "  -r, --reject FILE   records set aside, with the reason\n"
    "  -V, --version       the version\n"
    "  -v, --verbose       counts, at the end\n",
};

static const char letters[] = "+Aa:d:hK:Pp:r:Vv";

static const struct option longs[] = {
    {"account", required_argument, NULL, 'a'},
    {"adopt", no_argument, NULL, 'A'},
    {"dbname", required_argument, NULL, 'd'},
    {"help", no_argument, NULL, 'h'},
    {"keys", required_argument, NULL, 'K'},
    {"parent", required_argument, NULL, 'p'},
    {"plain", no_argument, NULL, 'P'},
    {"reject", required_argument, NULL, 'r'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

struct opts {
	struct filter_options filter;
	bool adopt, verbose;
	char **paths;
	size_t n_paths;
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

static void
option(struct opts *o, int ch)
{
	switch (ch) {
	case 'A':
		o->adopt = true;
		break;
	case 'a':
		o->filter.account = optarg;
		break;
	case 'd':
		o->filter.dbname = optarg;
		break;
	case 'h':
		tool_help();
	case 'K':
		o->filter.keys = optarg;
		break;
	case 'P':
		o->filter.plain = true;
		break;
	case 'p':
		o->filter.parent = optarg;
		break;
	case 'r':
		o->filter.reject = optarg;
		break;
	case 'V':
		tool_version();
	case 'v':
		o->verbose = true;
		break;
	default:
		tool_usage(NULL);
	}
}

int
main(int argc, char **argv, char **envp)
{
	struct opts o = {0};
	struct why why = {0};
	int ch;

	tool_start(&tool, argc, argv, envp);
	while ((ch = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		option(&o, ch);
	if (optind < argc && tool_is_resource(argv[optind]))
		o.filter.resource = argv[optind++];
	o.paths = argv + optind;
	o.n_paths = (size_t)(argc - optind);
	if (o.adopt && o.n_paths > 0)
		tool_usage("--adopt reads no input");
	return tool_end(filter(&o, &why), &why);
}
