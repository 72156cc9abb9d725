/* ha-mock -- a faithful fake of a described API, on this machine only. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "mock/mock_option.h"
#include "base/out.h"
#include "base/tool.h"

static const struct tool tool = {
    .name = "ha-mock",
    .usage = "ha-mock [-hVv] [-p port] [--option ...] source",
    .help =
	"  -p, --port N        listen there (default: a free port)\n"
	"  -v, --verbose       a line for each request on stderr\n"
	"Data:\n"
	"  --seed N            other data; the same for the same seed (1)\n"
	"  --now TIME          the account's clock: a time, or \"now\"\n"
	"  --listings N        (7)       --reservations N  (787)\n"
	"  --conversations N   (as many as reservations)\n"
	"  --messages N        a conversation, on average (8)\n"
	"  --photos N          a listing, on average (27)\n"
	"  --orphans N         reservations of an unknown listing, and as "
	"many\n"
	"                      messages without a reservation (0)\n"
	"  --rows N            of each resource of a description (100)\n"
	"  --row-bytes N       fill its rows up to this length\n"
	"  --data DIR          RESOURCE.ndjson there instead of generated "
	"rows\n"
	"Access:\n"
	"  --account ID        the only one let in (default: any)\n"
	"  --secret-file FILE  what it wants as secret (default mock-secret)\n"
	"  --settle MS         a new token is not valid before (1000)\n"
	"  --expires S         life of a token (15897600)\n"
	"  --wrapped-token     the token inside an envelope\n"
	"  --limits RULE       new, old, none or N/Ws (new: 200/10s)\n"
	"  --bare-429          no headers that say when\n"
	"Behaviour:\n"
	"  --fault KIND[=P][,path=PREFIX][,ms=N]   see ha-mock(1); repeatable\n"
	"  --move P            rows jump to the top between two pages\n"
	"  --vanish P          rows are deleted between two pages\n"
	"  --relist P          reservations move to another listing\n"
	"  --gone-is-end       nothing is behind a cursor that was deleted\n"
	"  --honour-page       \"page\" counts, from 0 (default: ignored)\n"
	"  --filled            all details without includeResources, too\n"
	"  --max-page N        rows of a page, at most (500)\n"
	"  --gzip              compress for whoever accepts it\n"
	"  --switch NAME[=VALUE][,...]   of reso and messenger, see "
	"ha-mock(1)\n"
	"  -h, --help  -V, --version\n",
};

static void
options(int argc, char **argv, struct mock_options *o)
{
	struct why why;
	int ch, which;

	while ((ch = getopt_long(argc, argv, "+hp:Vv", mock_longs, &which)) !=
	       -1) {
		switch (ch) {
		case 0:
			if (mock_option(
				o, mock_longs[which].name, optarg, &why) == -1)
				tool_usage("%s", why.msg);
			break;
		case 'p':
			o->port = (int)tool_number("-p", optarg, 0, 65535);
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'h':
			tool_help();
		case 'V':
			tool_version();
		default:
			tool_usage(NULL);
		}
	}
	mock_option_end(o);
	if (argc - optind != 1)
		tool_usage("one source is wanted");
}

static int
serve(const char *source, const struct mock_options *o, struct why *why)
{
	struct mock *m;
	char line[64];
	int rc = -1;

	if ((m = mock_open(source, o, why)) == NULL)
		return -1;
	snprintf(line, sizeof(line), "http://127.0.0.1:%d%s\n", mock_port(m),
	    mock_base(m));
	out_str(line);
	if (out_flush(why) == 0)
		rc = mock_run(m, why);
	mock_close(m);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct mock_options o;
	struct why why = {0};
	int rc;

	tool_start(&tool, argc, argv, envp);
	mock_defaults(&o);
	options(argc, argv, &o);
	rc = serve(argv[optind], &o, &why);
	mock_options_release(&o);
	if (rc == 0 || out_failed())
		return out_exit(0); /* it says what stdout's failure is */
	warnx("%s", why.msg);
	return out_exit(why.status);
}
