#include "collect/collect_int.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/out.h"

struct list {
	struct collect *c;
	struct page *page;
	struct buf path; /* what is asked now */
	bool asked;	 /* it is under way */
	struct mark at;
};

static int
submit(struct list *l, struct why *why)
{
	if (api_submit(l->c->api, l->path.at, l, why) == -1)
		return -1;
	l->asked = true;
	return api_work(l->c->api, why); /* it travels while we write */
}

/* The next question, unless this page ends the run. */
static int
ask_on(struct list *l, struct why *why)
{
	struct collect *c = l->c;
	uint64_t all = c->out.records + page_rows(l->page);
	int more;

	if ((more = page_ask(l->page, &l->path, why)) != 1)
		return more;
	if (c->o->limit > 0 && all >= c->o->limit)
		collect_stop(c, "limit");
	else if (collect_late(c))
		collect_stop(c, "time");
	else
		return submit(l, why);
	return 0;
}

/* A link that we may go on from must not carry what we were told in secret. */
static bool
holds_secret(const struct collect *c, const struct buf *cursor)
{
	struct buf copy = BUF_INIT;
	bool does;

	buf_add(&copy, cursor->at, cursor->len);
	does = api_hide(c->api, &copy);
	buf_wipe(&copy);
	return does;
}

/* The rows of the page; the border behind them, if they are all out. */
static int
write_page(struct list *l, struct why *why)
{
	const struct buf *cursor = page_cursor(l->page);
	struct collect *c = l->c;
	size_t n = page_rows(l->page);

	for (size_t i = 0; i < n; i++) {
		struct page_row row = page_row(l->page, i);

		if (c->o->limit > 0 && c->out.records == c->o->limit) {
			collect_stop(c, "limit");
			return out_flush(why);
		}
		collect_row(c, &row);
	}
	if (!page_sum(l->page).over && cursor->len > 0 &&
	    (cursor->len != c->end.cursor.len ||
		memcmp(cursor->at, c->end.cursor.at, cursor->len) != 0) &&
	    !holds_secret(c, cursor)) {
		buf_set(&c->end.cursor, cursor->at, cursor->len);
		l->at.cursor = c->end.cursor; /* borrowed */
		emit_mark(&c->out, &l->at);
	}
	return out_flush(why);
}

static void
show(struct list *l)
{
	struct page_sum s = page_sum(l->page);
	struct collect *c = l->c;

	c->progress.total = s.expected;
	collect_progress(c, false);
	if (s.expected > 0 && s.total >= s.number)
		setproctitle("%s: page %" PRIu64 " of %" PRIu64, c->r->name,
		    s.number, s.total);
	else
		setproctitle("%s: page %" PRIu64, c->r->name, s.number);
}

static int
answered(struct list *l, struct api_answer *ans, struct why *why)
{
	bool saved = collect_saved(l->c, l->page, ans);

	if (ans->rc == -1 && !saved) {
		if ((ans->smaller && page_smaller(l->page)) ||
		    (ans->code > 0 && page_refused(l->page, ans->code)))
			return ask_on(l, why);
		collect_explain(l->c, ans);
		*why = ans->why;
		return -1;
	}
	if (!saved && collect_take(l->c, l->page, ans, why) == -1) {
		(void)api_hide(l->c->api, &l->path);
		return why_in(why, "%s", l->path.at);
	}
	if (ask_on(l, why) == -1)
		return -1;
	return write_page(l, why);
}

/* What the walk says about itself, into the end mark and *why. */
static int
judge(struct collect *c, const struct page *page, struct why *why)
{
	struct page_sum s = page_sum(page);

	c->again = s.again;
	c->moved = s.moved;
	c->late = s.late;
	c->end.count = s.full ? s.count : 0;
	c->end.has_count = s.full && s.has_count;
	if (!s.over || !c->end.complete)
		return 0; /* the last border stands */
	buf_clear(&c->end.cursor);
	if (s.complete) {
		buf_add(&c->end.cursor, page_cursor(page)->at,
		    page_cursor(page)->len);
		return 0;
	}
	collect_stop(c, s.why);
	if (c->o->aim == PAGE_ROWS)
		buf_str(&c->end.cursor,
		    "{}"); /* from nothing: rows may be missing */
	return collect_incomplete(&s, c->o->resource, why);
}

static int
walk(struct list *l, struct why *why)
{
	struct api_answer ans;
	int rc;

	if ((rc = page_ask(l->page, &l->path, why)) != 1)
		return rc; /* nothing to ask for, or -1 */
	if (submit(l, why) == -1)
		return -1;
	do {
		if (api_next(l->c->api, &ans, why) != 1)
			return -1;
		l->asked = false;
		rc = answered(l, &ans, why);
		api_answer_release(&ans);
		show(l);
	} while (rc == 0 && l->asked);
	return rc;
}

int
collect_pages(struct collect *c, struct page *page, struct why *why)
{
	struct list l = {.c = c, .page = page};
	int rc;

	mark_init(&l.at);
	l.at.kind = MARK_AT;
	if ((rc = walk(&l, why)) == -1)
		collect_stop(c, quit_wanted() ? "signal" : "error");
	buf_release(&l.path);
	return rc;
}

static enum mark_mode
mode(const struct collect *c, const struct page *page)
{
	if (c->o->aim == PAGE_KEYS)
		return MODE_KEYS;
	if (c->window.is)
		return MODE_WINDOW;
	return page_sum(page).full ? MODE_FULL : MODE_SINCE;
}

int
collect_list(struct collect *c, struct why *why)
{
	struct page_of of = {.aim = c->o->aim,
	    .account = c->account,
	    .base = api_base(c->api),
	    .from = c->o->from,
	    .size = c->o->size,
	    .window = c->window};
	struct page *page;
	int rc = -1;

	if ((page = page_new(c->kit, &of, why)) == NULL)
		return -1;
	if (page_sum(page).unfit)
		collect_heal(c, c->o->resource, "is none");
	collect_begin(c, mode(c, page));
	/* a reader looks at its tables before the first row is asked for */
	if ((rc = out_flush(why)) == 0)
		rc = collect_pages(c, page, why);
	if (rc == 0 && collect_is_future(page)) {
		collect_heal(c, c->o->resource, COLLECT_FUTURE);
		page_free(page);
		of.from = NULL;
		buf_clear(&c->end.cursor);
		if ((page = page_new(c->kit, &of, why)) == NULL)
			return -1;
		rc = collect_pages(c, page, why);
	}
	if (rc == 0)
		rc = judge(c, page, why);
	page_free(page);
	return rc;
}
