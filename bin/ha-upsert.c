/* ha-upsert -- stores a stream of records in its tables, change-only. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/out.h"
#include "base/tool.h"
#include "upsert/upsert.h"
#include "upsert/upsert_option.h"

static const struct tool tool = {
    "ha-upsert",
    "ha-upsert [-nv] [-a account] [-b records] [-d dbname] [-j jobs] "
    "[-r file]\n"
    "          [--emit changed | all | missing] [--prune [--max-delete "
    "percent] "
    "[--force]]\n"
    "          [file ...]\n"
    "ha-upsert -P -a account [options] source/resource [file ...]",
    "  -a, --account ID       the account, if the stream names none\n"
    "  -b, --batch RECORDS    commit at least that often (10000)\n"
    "  -d, --dbname URL       the database; HA_DATABASE_URL, PG*\n"
    "  -j, --jobs N           connections that write, 1 to 4 (1)\n"
    "  -n, --dry-run          print what would change, change nothing\n"
    "  -P, --plain            the input has no marks\n"
    "  -r, --reject FILE      records set aside, with the reason\n"
    "  -v, --verbose          a line of counts at the end of a section\n"
    "      --emit WHAT        pass records on: changed, all, or the keys\n"
    "                         whose rows are missing\n"
    "      --prune            mark as deleted what a whole list lacked\n"
    "      --max-delete PCT   prune no more of an account's rows (10)\n"
    "      --force            prune whatever --max-delete says\n"
    "  -h, --help             this text\n"
    "  -V, --version          the version\n",
};

static void
say(const char *source, const char *resource, const struct state_counts *c,
    const char *reasons)
{
	warnx("%s/%s: %" PRIu64 " fetched = %" PRIu64 " inserted + %" PRIu64
	      " updated + %" PRIu64 " unchanged + %" PRIu64 " stale + %" PRIu64
	      " parked + %" PRIu64 " rejected; %" PRIu64 " deleted%s",
	    source, resource, c->fetched, c->inserted, c->updated, c->unchanged,
	    c->stale, c->parked, c->rejected, c->deleted, reasons);
	if (c->missing > 0)
		warnx("%s/%s: %" PRIu64 " keys without a row", source, resource,
		    c->missing);
}

static int
upsert(char **files, size_t n, const struct upsert_options *o)
{
	struct upsert_sum sum = {0};
	struct why why = {0};
	struct stream *in;
	int rc = -1;

	in = stream_open(files, n, o->resource != NULL, &why);
	if (in != NULL)
		rc = upsert_run(in, o, &sum, &why);
	stream_close(in);
	if (rc == -1 && !out_failed())
		warnx("%s", why.msg);
	if (sum.note[0] != '\0')
		warnx("%s", sum.note);
	if (rc == -1)
		return why.status;
	if (sum.refused)
		return EX_PROTOCOL;
	return sum.set_aside > 0 || sum.note[0] != '\0' ? 1 : 0;
}

int
main(int argc, char **argv, char **envp)
{
	struct upsert_options o;
	int first;

	tool_start(&tool, argc, argv, envp);
	first = upsert_options(&o, argc, argv);
	if (o.verbose)
		o.section = say;
	return out_exit(upsert(argv + first, (size_t)(argc - first), &o));
}
