#include "collect/collect_int.h"

#include <err.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/run_id.h"
#include "base/timeval.h"

bool
collect_late(const struct collect *c)
{
	return c->until_ms != 0 && clock_ms() >= c->until_ms;
}

void
collect_stop(struct collect *c, const char *why)
{
	c->end.complete = false;
	buf_clear(&c->end.why);
	buf_str(&c->end.why, why);
}

int
collect_take(struct collect *c, struct page *page, const struct api_answer *ans,
    struct why *why)
{
	collect_clock(c, page, ans);
	return page_take(page, ans->body.at, ans->body.len, why);
}

bool
collect_saved(
    struct collect *c, struct page *page, const struct api_answer *ans)
{
	struct why ignored;

	return ans->rc == -1 && ans->broken &&
	       collect_take(c, page, ans, &ignored) == 0;
}

void
collect_row(struct collect *c, const struct page_row *row)
{
	if (row->bad == NULL) {
		emit_record(&c->out, row->text, row->len);
		return;
	}
	if (c->out.plain) {
		c->bad++;
		warnx("%s: a row is left out: %s", c->o->resource, row->bad);
	}
	emit_bad(&c->out, row->text, row->len, row->bad, row->key);
}

void
collect_keep(struct collect *c, const struct page_row *row, struct buf *to)
{
	struct mark bad;

	if (row->bad == NULL) {
		buf_add(to, row->text, row->len);
	} else if (c->out.plain) { /* no line, but the word on stderr */
		collect_row(c, row);
		return;
	} else {
		mark_init(&bad);
		mark_bad(&bad, row->text, row->len, row->bad, row->key);
		mark_write(&bad, to);
		mark_release(&bad);
	}
	buf_chr(to, '\n');
}

void
collect_kept(struct collect *c, const struct buf *lines)
{
	const char *at = lines->at, *lf;
	size_t left = lines->len;

	for (; left > 0; left -= (size_t)(lf + 1 - at), at = lf + 1) {
		lf = memchr(at, '\n', left);
		if (mark_is(at, (size_t)(lf - at)))
			emit_line(&c->out, at, (size_t)(lf - at));
		else
			emit_record(&c->out, at, (size_t)(lf - at));
	}
}

void
collect_refused(struct collect *c, const char *who, const char *reason)
{
	c->refused++;
	if (!c->o->quiet)
		warnx("%s is refused: %s", who, reason);
}

void
collect_progress(struct collect *c, bool last)
{
	struct api_counts n = {0};

	if (c->api != NULL)
		n = api_counts(c->api);
	c->progress.resource = c->o->resource;
	c->progress.records = c->out.records;
	c->progress.calls = n.calls;
	c->progress.retries = n.retries;
	c->progress.waited_ms = n.waited_ms;
	c->progress.waiting = n.waiting && !last;
	c->progress.why = last ? NULL : n.failed;
	c->progress.again_ms = last ? 0 : n.again_ms;
	progress_report(&c->progress, last);
}

void
collect_begin(struct collect *c, enum mark_mode mode)
{
	struct mark m;

	mark_init(&m);
	m.kind = MARK_BEGIN;
	m.whole = c->o->aim != PAGE_KEYS;
	buf_str(&m.source, c->source->name);
	buf_str(&m.resource, c->r->name);
	buf_str(&m.account, c->account);
	m.mode = mode;
	if (c->window.is) {
		buf_str(&m.extra, ",\"window\":");
		page_window_json(&c->window, &m.extra);
	}
	buf_str(&m.run, run_id());
	if (mode == MODE_KEYS || (mode == MODE_FULL && c->r->each != NULL))
		/* by this ha-upsert knows which rows were stored since */
		time_rfc3339(clock_wall_us(), &m.begun);
	if (c->o->from != NULL && *c->o->from == '{') {
		buf_str(&m.from, c->o->from);
		buf_str(&c->end.cursor, c->o->from);
	}
	emit_begin(&c->out, &m);
	mark_release(&m);
	c->begun = true;
}

#define CLOCK_EVERY_MS 60000 /* a mark is worth that */

void
collect_clock(
    struct collect *c, struct page *page, const struct api_answer *ans)
{
	int64_t ahead = ans->far_ms - c->told_ms;
	struct mark m;

	page_clock(page, ans->far_ms);
	if (ans->far_ms == 0 ||
	    (ahead < CLOCK_EVERY_MS && ahead > -CLOCK_EVERY_MS))
		return;
	c->told_ms = ans->far_ms;
	mark_init(&m);
	m.kind = MARK_CLOCK;
	time_rfc3339(ans->far_ms * 1000, &m.date);
	emit_mark(&c->out, &m);
	mark_release(&m);
}

void
collect_heal(const struct collect *c, const char *who, const char *how)
{
	if (!c->o->quiet)
		warnx("%s: the position that was stored %s: begun again from "
		      "nothing",
		    who, how);
}

bool
collect_is_future(const struct page *page)
{
	struct page_sum s = page_sum(page);

	return s.over && !s.complete && strcmp(s.why, "future") == 0;
}

int
collect_incomplete(const struct page_sum *s, const char *who, struct why *why)
{
	if (strcmp(s->why, "stuck") == 0)
		return why_set(why, EX_PROTOCOL,
		    "%s: pages bring nothing new, whatever is asked for: the "
		    "far side does not obey the paging (%" PRIu64
		    " rows came in %" PRIu64 " pages)",
		    who, s->distinct, s->pages);
	if (s->impossible)
		return why_set(why, EX_PROTOCOL,
		    "%s: incomplete: %" PRIu64 " rows are stated, %" PRIu64
		    " came",
		    who, s->count, s->distinct);
	return why_set(why, EX_TEMPFAIL,
	    "%s: incomplete: the list moved while it was read (%" PRIu64
	    " signs of it, %" PRIu64 " rows came)",
	    who, s->moved, s->distinct);
}

void
collect_end(struct collect *c)
{
	struct api_counts n = api_counts(c->api);

	c->end.calls = n.calls;
	c->end.retries = n.retries;
	c->end.waited_ms = n.waited_ms;
	if (c->parents > 0)
		buf_fmt(&c->end.extra, ",\"parents\":%" PRIu64, c->parents);
	if (c->gone > 0)
		buf_fmt(&c->end.extra, ",\"gone\":%" PRIu64, c->gone);
	if (c->refused > 0)
		buf_fmt(&c->end.extra, ",\"refused\":%" PRIu64, c->refused);
	if (c->failed > 0)
		buf_fmt(&c->end.extra, ",\"failed\":%" PRIu64, c->failed);
	emit_end(&c->out, &c->end);
	collect_progress(c, true);
}

void
collect_explain(const struct collect *c, struct api_answer *ans)
{
	struct buf text = BUF_INIT;
	int size = page_kit_size(c->kit);

	if (ans->rc == 0 || ans->code != 400 || size == 0 || c->o->size <= size)
		return;
	buf_fmt(&text,
	    "%s; it may be for the %d rows a page, where %d are described: "
	    "page= in sync.conf, or --page-size",
	    ans->why.msg, c->o->size, size);
	why_set(&ans->why, ans->why.status, "%s", text.at);
	buf_release(&text);
}
