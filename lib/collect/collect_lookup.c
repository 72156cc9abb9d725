#include "collect/collect_int.h"

#include "base/out.h"
#include "collect/collect_gone.h"

#include <sysexits.h>

/*
 * The rows whose keys are read from standard input: keys that the walk over
 * all of them brought and the table lacks. A group at a time, one call after
 * the other: they are few.
 */

/* What the group lacks is gone, if anything came at all. */
static int
tell_gone(struct collect *c, struct page *page, struct gone *g, struct why *why)
{
	g->n += (unsigned)page_lost(page, &g->parents);
	g->answered = page_sum(page).distinct > 0;
	g->doubted = c->known;
	if (g->answered)
		gone_write(g, &c->out);
	return out_flush(why);
}

static int
work(struct collect *c, struct page *page, struct gone *g, struct why *why)
{
	struct buf path = BUF_INIT;
	int got, rc = 0;

	do {
		got = collect_group(c, page, why);
		if (got == -1 && !c->input_cut)
			rc = -1;
		else if (page_ask(page, &path, why) == 1)
			rc = collect_pages(c, page, why);
		if (rc == 0)
			rc = tell_gone(c, page, g, why);
		if (rc == 0 && got == 1 && collect_late(c))
			collect_stop(c, "time");
	} while (rc == 0 && got == 1 && c->end.complete);
	buf_release(&path);
	return rc;
}

/* Where what is known to be there did not come, nothing is gone. */
static int
judge(struct collect *c, struct gone *g, struct why *why)
{
	if (!gone_all(g)) {
		gone_write(g, &c->out);
		return 0;
	}
	if (!g->doubted)
		return 0;
	collect_stop(c, "failed");
	return gone_refuse(g, c->o->resource, c->gone, why);
}

int
collect_lookup(struct collect *c, struct why *why)
{
	struct page_of of = {
	    .aim = PAGE_LOOKUP, .account = c->account, .size = c->o->size};
	struct gone gone = {.n = 0};
	struct page *page;
	int rc;

	if ((page = page_new(c->kit, &of, why)) == NULL)
		return -1;
	collect_begin(c, MODE_LOOKUP);
	rc = work(c, page, &gone, why);
	c->gone = page_sum(page).gone;
	if (rc == -1)
		collect_stop(c, quit_wanted() ? "signal" : "error");
	else if (!c->input_cut)
		rc = judge(c, &gone, why);
	page_free(page);
	gone_release(&gone);
	if (rc == -1 || !c->input_cut)
		return rc;
	collect_stop(c, "input");
	return why_set(
	    why, EX_DATAERR, "stdin: the stream of keys was cut: no end mark");
}
