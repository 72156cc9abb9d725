#include "collect/collect_doubt.h"

#include <string.h>

void
doubts_release(struct doubts *d)
{
	buf_release(&d->said);
	buf_release(&d->works);
}

void
doubts_add(struct doubts *d, const char *who, const struct why *refusal)
{
	buf_fmt(&d->said, "%s%c%s%c", who, '\0', refusal->msg, '\0');
	d->last = *refusal;
	d->n++;
}

void
doubts_drop(struct doubts *d)
{
	buf_clear(&d->said);
	d->n = 0;
}

void
doubts_settle(struct doubts *d, struct collect *c)
{
	const char *who = d->said.at, *reason;

	for (unsigned i = 0; i < d->n; i++) {
		reason = who + strlen(who) + 1;
		collect_refused(c, who, reason);
		who = reason + strlen(reason) + 1;
	}
	doubts_drop(d);
}

/* The list of parents is as good a test as one of them that was answered. */
static int
list_path(struct collect *c, struct buf *to, struct why *why)
{
	struct page_of of = {
	    .account = c->account, .base = api_base(c->api), .size = 1};
	const struct resource *r =
	    c->o->each ? source_find(c->source, c->r->each->parent) : c->r;
	struct page_kit *kit = NULL;
	struct page *page = NULL;
	int rc = -1;

	if (r != NULL)
		kit = page_kit_new(c->source, r, PAGE_LIST, why);
	if (kit != NULL)
		page = page_new(kit, &of, why);
	if (page != NULL && page_ask(page, to, why) == 1)
		rc = 0;
	page_free(page);
	page_kit_free(kit);
	return rc;
}

int
doubts_test(struct doubts *d, struct collect *c, struct why *why)
{
	d->testing = true;
	if ((d->works.len > 0 || list_path(c, &d->works, why) == 0) &&
	    api_submit(c->api, d->works.at, d, why) == 0)
		return 0;
	*why = d->last;
	return -1;
}
