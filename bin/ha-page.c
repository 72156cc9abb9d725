/* ha-page -- walks a collection of an API, page by page. */
#include "collect/collect.h"
#include "collect/collect_option.h"
#include "base/tool.h"

static const struct tool tool = {
    "ha-page",
    "ha-page [-hnPqVv] [-a account] [-d url] [-l records] [-s time]\n"
    "    [-T timeout] [--from cursor] [--max-time time] [--nulls]\n"
    "    [--page-size rows] [--until time] source/resource\n"
    "ha-page --each [-hnPqVv] [-a account] [-d url] [-j jobs] [-l records]\n"
    "    [-T timeout] [--max-time time] [--page-size rows] source/resource\n"
    "ha-page --keys | --lookup [-hnPqVv] [-a account] [-d url] [-l records]\n"
    "    [-T timeout] [--max-time time] [--page-size rows] source/resource",
    "  -a, --account ID    whose data (default: the only account; with --each\n"
    "                      that of the parents)\n"
    "  -d, --dbname URL    where the accounts are (default: HA_DATABASE_URL,\n"
    "                      PG*); not needed with HA_TOKEN\n"
    "      --each          children of the parents on standard input\n"
    "      --from CURSOR   go on from what an at or end mark carried;\n"
    "                      empty: from nothing\n"
    "  -j, --jobs N        parents at a time (default: 8)\n"
    "      --keys          the key of each row, nothing else\n"
    "  -l, --limit N       end after so many records\n"
    "      --lookup        the rows whose keys are on standard input\n"
    "      --max-time TIME end at the first page border behind it\n"
    "  -n, --dry-run       print the first call, or one for each parent\n"
    "      --nulls         only rows without a time\n"
    "      --page-size N   rows a page (default: as described)\n"
    "  -P, --plain         no marks, records alone\n"
    "  -q, --quiet         no messages about single parents\n"
    "  -s, --since TIME    rows from then on: 2019-01, 2019-01-31T12:00Z\n"
    "  -T, --timeout TIME  of one call, retries included (default: 5m)\n"
    "      --until TIME    rows before it\n"
    "  -v, --verbose       counts, at the end\n"
    "  -h, --help          this text\n"
    "  -V, --version       the version\n",
};

int
main(int argc, char **argv, char **envp)
{
	struct collect_options o;
	struct why why = {0};

	tool_start(&tool, argc, argv, envp);
	collect_options(&o, argc, argv);
	return tool_end(collect(&o, &why), &why);
}
