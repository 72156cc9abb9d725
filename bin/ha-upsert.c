/* ha-upsert -- stores a stream of records in its tables, change-only. */
#include <err.h>
#include <inttypes.h>

#include "base/out.h"
#include "base/tool.h"
#include "upsert/upsert.h"
#include "upsert/upsert_option.h"

static void
say(const char *source, const char *resource, const struct state_counts *c,
    const char *reasons)
{
	warnx("%s/%s: %" PRIu64 " fetched = %" PRIu64 " inserted + %" PRIu64
	      " updated + %" PRIu64 " unchanged + %" PRIu64 " stale + %" PRIu64
	      " parked + %" PRIu64 " rejected; %" PRIu64 " deleted%s",
	    source, resource, c->fetched, c->inserted, c->updated, c->unchanged,
	    c->stale, c->parked, c->rejected, c->deleted, reasons);
	if (c->repaired > 0)
		warnx("%s/%s: %" PRIu64 " repaired: characters that jsonb does "
		      "not hold are U+FFFD now, see ha.repaired",
		    source, resource, c->repaired);
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
	if (sum.odd[0] != '\0')
		warnx("%s", sum.odd);
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

	tool_start(&upsert_tool, argc, argv, envp);
	first = upsert_options(&o, argc, argv);
	if (o.verbose)
		o.section = say;
	return out_exit(upsert(argv + first, (size_t)(argc - first), &o));
}
