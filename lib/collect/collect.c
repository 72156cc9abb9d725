#include "collect/collect_int.h"

#include <err.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/run_id.h"

/* On a terminal of its own, too: a log has silence where nothing is wrong. */
static void
idle(void *ctx)
{
	struct collect *c = ctx;
	struct buf line = BUF_INIT;

	collect_progress(c, false);
	if (isatty(STDERR_FILENO) && api_tell_failed(c->api, &line))
		warnx("%s", line.at);
	buf_release(&line);
}

/* Each line of standard input is a call: of a parent, or of a key. */
static bool
is_single(const struct collect *c)
{
	return c->o->each || (c->o->aim == PAGE_LOOKUP && c->r->one != NULL &&
				 c->r->paging.style != PAGE_KEYSET);
}

static enum page_what
what(const struct collect *c)
{
	return c->o->each ? PAGE_EACH : c->single ? PAGE_ONE : PAGE_LIST;
}

/* Parents or keys are read from standard input. */
static bool
reads(const struct collect_options *o)
{
	return o->each || o->aim == PAGE_LOOKUP;
}

static void
tell(const struct collect *c)
{
	struct api_counts n = api_counts(c->api);

	warnx("%s: %" PRIu64 " records, %" PRIu64 " calls, %" PRIu64
	      " retries, waited %" PRIu64 ".%" PRIu64 " s",
	    c->o->resource, c->out.records, n.calls, n.retries,
	    n.waited_ms / 1000, n.waited_ms % 1000 / 100);
	if (c->moved > 0)
		warnx("%s: the list moved while it was read, %" PRIu64
		      " rows came again",
		    c->o->resource, c->again);
	if (c->late > 0)
		warnx("%s: %" PRIu64 " records are of a time that is still to "
		      "come; they move no position",
		    c->o->resource, c->late);
}

/* The calls that would be made first: one, or one for each parent or group. */
static int
dry_run(struct collect *c, struct why *why)
{
	bool lookup = c->o->aim == PAGE_LOOKUP && !c->single;
	struct page_of of = {.aim = c->o->aim,
	    .account = c->o->account,
	    .from = c->o->from,
	    .size = c->o->size,
	    .window = c->window};
	struct buf path = BUF_INIT;
	struct page *p;
	bool done = false;
	int got = 1;

	do {
		if (c->single && (got = collect_parent(c, why)) != 1)
			break;
		p = c->single ? collect_walk(c, &done, why)
			      : page_new(c->kit, &of, why);
		if (p == NULL) {
			got = -1;
			break;
		}
		if (lookup)
			got = collect_group(c, p, why);
		if (got != -1 && !done && page_ask(p, &path, why) == 1) {
			out_str("GET ");
			out_line(path.at, path.len);
		}
		page_free(p);
	} while (got == 1 && reads(c->o));
	buf_release(&path);
	return got == -1 ? -1 : out_flush(why);
}

static int
run(struct collect *c, struct why *why)
{
	const struct collect_options *o = c->o;
	struct api_options api = {.dbname = o->dbname,
	    .account = o->account,
	    .timeout_ms = o->timeout_ms,
	    .max_flight = c->single ? o->jobs : 1,
	    .rows = true,
	    .idle = idle,
	    .idle_ctx = c,
	    .stop = quit_wanted};
	int rc;

	if (api.account == NULL && c->parents_account.len > 0)
		api.account = c->parents_account.at;
	quit_listen(); /* whoever stores this should learn how far it came */
	if ((c->api = api_open(c->source, &api, why)) == NULL)
		return -1;
	c->account = api_account(c->api);
	if (o->max_time_ms > 0)
		c->until_ms = clock_ms() + o->max_time_ms;
	if (o->count)
		rc = collect_count(c, why);
	else if (c->single)
		rc = collect_each(c, why);
	else if (o->aim == PAGE_LOOKUP)
		rc = collect_lookup(c, why);
	else
		rc = collect_list(c, why);
	if (c->begun)
		collect_end(c);
	if (rc == 0 && c->bad > 0)
		rc = 1;
	if (o->verbose)
		tell(c);
	if (rc != -1 && c->end.why.len > 0 &&
	    strcmp(c->end.why.at, "time") == 0)
		rc = why_set(why, EX_TEMPFAIL,
		    "%s: --max-time is over, there is more", o->resource);
	return rc;
}

/* From where and for which time: of a list only. */
static int
check(struct collect *c, struct why *why)
{
	const struct collect_options *o = c->o;

	if (page_window_set(&c->window, o->since, o->until, o->nulls, why) ==
	    -1)
		return -1;
	if (o->count && (o->each || o->aim != PAGE_ROWS || c->window.is))
		return why_set(why, EX_USAGE, "--count is of a whole list");
	if (o->aim != PAGE_ROWS && (o->each || c->window.is || o->from != NULL))
		return why_set(why, EX_USAGE,
		    "--keys and --lookup are for themselves, without %s",
		    o->each	      ? "--each"
		    : o->from != NULL ? "--from"
				      : "a window");
	if (o->each && (c->window.is || (o->from != NULL && *o->from != '\0')))
		return why_set(why, EX_USAGE, "%s is for lists, not for --each",
		    c->window.is ? "a window of time" : "--from");
	return 0;
}

int
collect(const struct collect_options *o, struct why *why)
{
	struct collect c = {.o = o};
	int rc = -1;

	emit_init(&c.out, o->plain);
	c.account = o->account; /* until the API's says which */
	mark_init(&c.end);
	c.end.kind = MARK_END;
	c.end.complete = true;
	if (run_id_check(why) == -1 || check(&c, why) == -1)
		goto out;
	if ((c.source = source_of(o->resource, false, &c.r, why)) == NULL ||
	    (c.single = is_single(&c),
		c.kit = page_kit_new(c.source, c.r, what(&c), why)) == NULL)
		goto out;
	if (reads(o) && collect_parents_open(&c, why) == -1)
		goto out;
	rc = o->dry_run ? dry_run(&c, why) : run(&c, why);
out:
	api_close(c.api);
	stream_close(c.in);
	page_kit_free(c.kit);
	source_free(c.source);
	mark_release(&c.end);
	emit_release(&c.out);
	buf_release(&c.parent);
	buf_release(&c.since);
	buf_release(&c.first);
	buf_release(&c.split);
	json_free(c.json);
	buf_release(&c.parents_account);
	return rc;
}
