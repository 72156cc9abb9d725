#include "collect/collect_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/out.h"

/* What the first page says, of one row if the API lets us. */
static int
ask(struct collect *c, struct page *page, struct page_sum *sum, struct why *why)
{
	struct buf path = BUF_INIT;
	struct api_answer ans;
	int rc;

	if ((rc = page_ask(page, &path, why)) == 1 &&
	    (rc = api_submit(c->api, path.at, c, why)) == 0 &&
	    (rc = api_next(c->api, &ans, why)) == 1) {
		if ((rc = ans.rc) == -1)
			*why = ans.why;
		else
			rc = page_take(page, ans.body.at, ans.body.len, why);
		api_answer_release(&ans);
		*sum = page_sum(page);
	}
	buf_release(&path);
	return rc;
}

int
collect_count(struct collect *c, struct why *why)
{
	const struct page_of of = {
	    .account = c->account, .base = api_base(c->api), .size = 1};
	struct page *page = page_new(c->kit, &of, why);
	struct page_sum sum = {0};
	char text[24];
	int rc;

	if (page == NULL)
		return -1;
	rc = ask(c, page, &sum, why);
	if (rc == 0 && sum.has_count) {
		snprintf(text, sizeof(text), "%" PRIu64, sum.count);
		out_line(text, strlen(text));
	}
	page_free(page);
	return rc;
}
