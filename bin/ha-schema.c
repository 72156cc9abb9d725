/* ha-schema -- prints the SQL that makes a source's tables. */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>

#include "table/ddl.h"
#include "base/out.h"
#include "source/source.h"
#include "base/tool.h"

static const struct tool tool = {
    "ha-schema",
    "ha-schema [-hV] source",
    "  -h, --help     this text\n"
    "  -V, --version  the version\n",
};

static const struct option longs[] = {
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static int
print(const char *operand, struct why *why)
{
	const struct resource *r;
	struct source *s;
	struct buf text = BUF_INIT;
	int rc = -1;

	if ((s = source_of(operand, true, &r, why)) == NULL)
		return -1;
	if (r != NULL) {
		why_set(why, EX_USAGE,
		    "%s: the schema is that of the whole source: ha-schema %s",
		    operand, s->name);
		goto out;
	}
	if (source_verify(s->name, why) == 0 &&
	    ddl_script(s, &text, why) == 0) {
		out_bytes(text.at, text.len);
		rc = out_flush(why);
	}
out:
	buf_release(&text);
	source_free(s);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct why why = {0};
	int ch;

	tool_start(&tool, argc, argv, envp);
	while ((ch = getopt_long(argc, argv, "+hV", longs, NULL)) != -1) {
		switch (ch) {
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			tool_usage(NULL);
		}
	}
	if (argc - optind != 1)
		tool_usage("one source is wanted");
	if (print(argv[optind], &why) == 0)
		return out_exit(0);
	if (!out_failed())
		warnx("%s", why.msg);
	return out_exit(why.status);
}
