#include "collect/collect_int.h"

#include <sysexits.h>

/*
 * The rows whose keys are read from standard input: keys that the walk over
 * all of them brought and the table lacks. A group at a time, one call after
 * the other: they are few.
 */

static int
work(struct collect *c, struct page *page, struct why *why)
{
	struct buf path = BUF_INIT;
	int got, rc = 0;

	do {
		got = collect_group(c, page, why);
		if (got == -1 && !c->input_cut)
			rc = -1;
		else if (page_ask(page, &path, why) == 1)
			rc = collect_pages(c, page, why);
		if (rc == 0 && got == 1 && collect_late(c))
			collect_stop(c, "time");
	} while (rc == 0 && got == 1 && c->end.complete);
	buf_release(&path);
	return rc;
}

int
collect_lookup(struct collect *c, struct why *why)
{
	struct page_of of = {
	    .aim = PAGE_LOOKUP, .account = c->account, .size = c->o->size};
	struct page *page;
	int rc;

	if ((page = page_new(c->kit, &of, why)) == NULL)
		return -1;
	collect_begin(c, MODE_LOOKUP);
	if ((rc = work(c, page, why)) == -1)
		collect_stop(c, quit_wanted() ? "signal" : "error");
	c->gone = page_sum(page).gone;
	page_free(page);
	if (rc == -1 || !c->input_cut)
		return rc;
	collect_stop(c, "input");
	return why_set(
	    why, EX_DATAERR, "stdin: the stream of keys was cut: no end mark");
}
