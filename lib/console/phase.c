#include "console/phase.h"

#include <inttypes.h>
#include <string.h>

#include "base/columns.h"

#define TITLE_COLUMNS 24
#define BAR_MOST 40
#define BAR_LEAST 4
#define BESIDE_BAR 30 /* columns: clocks, per cent, blanks */
#define BESIDE_WHY 28 /* columns: "waiting: " and ", again in 300 s" */

void
phase_release(struct phase *p)
{
	buf_release(&p->name);
	buf_release(&p->sign);
	buf_release(&p->from);
}

/* 1234567 -> 1,234,567 */
static void
add_number(struct buf *to, uint64_t n)
{
	if (n < 1000) {
		buf_fmt(to, "%" PRIu64, n);
		return;
	}
	add_number(to, n / 1000);
	buf_fmt(to, ",%03" PRIu64, n % 1000);
}

static void
add_count(struct buf *to, const char *before, uint64_t n, const char *behind)
{
	buf_str(to, before);
	add_number(to, n);
	buf_str(to, behind);
}

/* 4:05, or 1:04:05 */
static void
add_clock(struct buf *to, int64_t ms)
{
	int64_t s = ms / 1000;

	if (s >= 3600)
		buf_fmt(to, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
		    s / 60 % 60, s % 60);
	else
		buf_fmt(to, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
}

static void
pad(struct buf *to, size_t from, size_t columns)
{
	size_t is = columns_of(to->at + from);

	if (is < columns)
		buf_fmt(to, "%*s", (int)(columns - is), "");
}

static bool
is_unit(const struct phase *p, const char *unit)
{
	return strcmp(p->unit, unit) == 0;
}

struct phase_far
phase_far(const struct phase *p, int64_t now_ms)
{
	struct progress page = tally_sum(&p->tally, TALLY_PAGE);
	struct phase_far f = {page.records, page.total, -1};
	int64_t ms = now_ms - p->began_ms;

	if (is_unit(p, "parents")) { /* one call for each, as a rule */
		f.done =
		    page.calls > page.retries ? page.calls - page.retries : 0;
		f.all = p->total;
	}
	if (f.done > f.all)
		f.done = f.all;
	if (f.done > 0 && ms >= 500)
		f.left_ms = (int64_t)((double)ms * (double)(f.all - f.done) /
				      (double)f.done);
	return f;
}

static void
add_bar(struct buf *to, const struct phase_far *f, size_t columns, bool blocks)
{
	size_t full =
	    (size_t)((double)f->done / (double)f->all * (double)columns);

	for (size_t i = 0; i < columns; i++)
		buf_str(
		    to, i < full ? (blocks ? "█" : "#") : (blocks ? "░" : "."));
	buf_fmt(to, " %3" PRIu64 " %%", f->done * 100 / f->all);
}

void
phase_head(const struct phase *p, int64_t now_ms, size_t columns, bool blocks,
    struct buf *to)
{
	struct phase_far f = phase_far(p, now_ms);
	struct buf spent = BUF_INIT;
	size_t wide = TITLE_COLUMNS;

	buf_fmt(to, "%s (%u of %u)", p->name.at, p->n, p->of);
	if (columns_of(to->at) > wide)
		wide = columns_of(to->at);
	pad(to, 0, wide);
	add_clock(&spent, now_ms - p->began_ms);
	buf_fmt(to, " %7s  ", spent.at);
	buf_release(&spent);
	if (f.all == 0)
		return;
	wide = columns > wide + BESIDE_BAR ? columns - wide - BESIDE_BAR : 0;
	add_bar(to, &f,
	    wide > BAR_MOST    ? BAR_MOST
	    : wide < BAR_LEAST ? BAR_LEAST
			       : wide,
	    blocks);
	if (f.left_ms < 0)
		return;
	buf_str(to, ", ");
	add_clock(to, f.left_ms);
	buf_str(to, " left");
}

void
phase_start(const struct phase *p, struct buf *to)
{
	struct phase_far f = phase_far(p, p->began_ms);
	size_t before = to->len;

	if (p->from.len > 0 && !is_unit(p, "parents"))
		buf_fmt(to, "from %s", p->from.at);
	if (f.all == 0)
		return;
	add_count(to, to->len > before ? ", " : "", f.all, " ");
	if (!is_unit(p, "rows"))
		buf_fmt(to, "%s ", p->unit);
	buf_str(to, "to come");
}

static void
add_fates(const struct fates *f, struct buf *to)
{
	add_count(to, "fetched ", f->fetched, "");
	add_count(to, "  stored ", f->stored, "");
	add_count(to, "  skipped ", f->skipped, "");
	add_count(to, "  failed ", f->failed, "");
	if (f->parked > 0)
		add_count(to, "  parked ", f->parked, "");
}

void
phase_counts(const struct phase *p, int64_t now_ms, struct buf *to)
{
	struct fates f = tally_fates(&p->tally);
	int64_t ms = now_ms - p->began_ms;

	add_fates(&f, to);
	/* records a second, since the phase began */
	add_count(to, "  ",
	    f.fetched * 1000 / (uint64_t)(ms > 1000 ? ms : 1000), "/s");
}

void
phase_batch(const struct phase *p, struct buf *to)
{
	buf_str(to, "batch: ");
	add_fates(&p->tally.batch, to);
}

void
phase_wait(const struct phase *p, size_t columns, struct buf *to)
{
	const struct progress *page = &p->tally.of[TALLY_PAGE].now;
	size_t from = to->len + strlen("waiting: ");

	if (p->tally.why[0] == '\0') {
		buf_str(to, "waiting on the limit");
		return;
	}
	buf_fmt(to, "waiting: %s", p->tally.why);
	columns_cut(to, from, columns > BESIDE_WHY ? columns - BESIDE_WHY : 0);
	buf_fmt(to, ", again in %" PRIu64 " s", (page->again_ms + 999) / 1000);
}

void
phase_calls(const struct phase *p, bool now, size_t columns, struct buf *to)
{
	struct progress page = tally_sum(&p->tally, TALLY_PAGE);
	size_t from = to->len;

	add_count(to, "", page.calls, page.calls == 1 ? " call" : " calls");
	if (page.retries > 0)
		add_count(to, ", ", page.retries, " again");
	if (now && p->tally.of[TALLY_PAGE].now.waiting) {
		buf_str(to, ", ");
		phase_wait(p, columns - columns_of(to->at + from), to);
	} else if (page.waited_ms >= 1000)
		add_count(to, ", waited ", page.waited_ms / 1000, " s");
}

void
phase_log(const struct phase *p, int64_t now_ms, struct buf *to)
{
	struct phase_far f = phase_far(p, now_ms);

	if (f.all > 0)
		buf_fmt(to, "%" PRIu64 " %%: ", f.done * 100 / f.all);
	phase_counts(p, now_ms, to);
	if (f.all > 0 && f.left_ms >= 0) {
		buf_str(to, ", ");
		add_clock(to, f.left_ms);
		buf_str(to, " left");
	}
}

/* "1,234 inserted, 5 parked" */
static void
add_ends(const struct tally *t, struct buf *to)
{
	struct progress p = tally_sum(t, TALLY_UPSERT);
	const struct {
		uint64_t n;
		const char *name;
	} ends[] = {{p.inserted, " inserted"}, {p.updated, " updated"},
	    {p.unchanged, " unchanged"}, {p.stale, " stale"},
	    {tally_parked(t), " parked"}, {tally_rejected(t), " rejected"}};
	size_t before = to->len;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].n > 0)
			add_count(to, to->len > before ? ", " : "", ends[i].n,
			    ends[i].name);
}

void
phase_end(const struct phase *p, int status, int64_t now_ms, struct buf *to)
{
	int64_t ms = now_ms - p->began_ms;
	bool parked = is_unit(p, "parked");
	struct buf ends = BUF_INIT;

	add_ends(&p->tally, &ends);
	/* only whether some parents had come was asked: none had */
	if (parked && status == 0 && ends.len == 0)
		return;
	buf_str(to, p->name.at);
	pad(to, 0, PHASE_INDENT - 1);
	buf_chr(to, ' ');
	if (status > 1)
		buf_fmt(to, "stopped (%d): ", status);
	buf_str(to, ends.len > 0 ? ends.at : "nothing new");
	if (parked)
		buf_str(to, ", parked until now");
	if (p->tally.of[TALLY_PAGE].pid != 0) {
		buf_str(to, "; ");
		phase_calls(p, false, 0, to);
	}
	buf_fmt(to, "; %" PRId64 ".%" PRId64 " s", ms / 1000, ms / 100 % 10);
	buf_release(&ends);
}
