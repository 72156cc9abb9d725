#include "page/page_int.h"

#define ROUNDS 6 /* looks at the top of a list that keeps moving */
#define PASSES 250
#define IDLE 16 /* pages in a row without a new row */
#define SAME 3	/* answers in a row that repeat the one before */

void
page_pass(struct page *p)
{
	p->pass++;
	p->pass_distinct = p->pass_pages = p->moved = p->before = 0;
	p->has_count = p->filled = p->same_met = p->fresh_below = p->below =
	    false;
	p->longest = p->older = 0;
	p->resumed_first = false;
	if (p->way->reset != NULL)
		p->way->reset(p);
}

bool
page_restart(struct page *p)
{
	if (p->restarted_at == p->distinct + 1)
		return false;
	p->restarted_at = p->distinct + 1;
	p->moved_all += p->moved;
	page_pass(p);
	p->moved = 1;
	return true;
}

/* A count that changes between two pages is a sign that rows moved. */
bool
page_count_moved(struct page *p)
{
	const struct answer *a = &p->answer;
	bool moved = p->has_count && a->has_count && a->count != p->count;

	if (a->has_count) {
		p->has_count = true;
		p->count = a->count;
	}
	if (moved)
		p->moved++;
	return moved;
}

void
page_measure(struct page *p)
{
	const struct answer *a = &p->answer;

	p->full =
	    p->n > 0 &&
	    ((p->size > 0 && p->n >= (size_t)p->size) ||
		(a->has_limit && a->limit > 0 && p->n >= (size_t)a->limit) ||
		(p->longest > 0 && p->n >= p->longest));
	if (p->n > p->longest)
		p->longest = p->n;
}

bool
page_same(struct page *p)
{
	uint64_t set = p->n;

	if (p->way->keyless)
		return false;
	for (size_t i = 0; i < p->n; i++)
		set += p->rows[i].sight.key;
	p->same_set = p->n > 0 && set == p->set ? p->same_set + 1 : 0;
	p->set = set;
	return p->same_set >= SAME;
}

/* What a row met again says about the top of the list. */
static void
look_at_top(struct page *p, const struct row *r)
{
	if (r->met.pass == p->pass)
		return; /* the anchor, or doubled */
	if (r->met.as == SEEN_SAME || r->met.same_version)
		p->same_met = true;
	else if (p->same_met)
		p->fresh_below = true;
}

/*
 * Which rows an earlier run has brought: those behind the last one that is
 * newer, from newest to oldest; a list out of order is read on. One row alone
 * does not say that this is the border: its time may be wrong, and what is
 * behind it would be lost.
 */
static void
look_for_border(struct page *p)
{
	struct position *latest = &p->kit->tail;
	size_t i, older = 0;

	position_clear(latest);
	for (i = p->n; i > 0; i--) {
		struct row *r = &p->rows[i - 1];

		if (page_below(p, r)) {
			const struct position *at = &p->kit->when;

			r->older = !position_is(latest) ||
				   position_cmp(at, latest) >= 0;
			position_raise(latest, at);
			older++;
		} else if (r->at_len > 0)
			break;
	}
	p->older = i > 0 ? older : p->older + older;
	p->below = p->older > 1;
}

void
page_accept(struct page *p, size_t lap)
{
	uint64_t was = p->pass_distinct;

	look_for_border(p);
	for (size_t i = 0; i < p->n; i++) {
		struct row *r = &p->rows[i];

		r->met = seen_add(p->seen, &r->sight, p->pass);
		if (r->met.pass != p->pass)
			p->pass_distinct++;
		if (r->met.pass < p->group)
			p->distinct++;
		look_at_top(p, r);
		if (p->below && r->older)
			continue;
		r->pass_on = r->met.as == SEEN_NEW || r->met.as == SEEN_NEWER;
		if (!r->pass_on && i >= lap)
			p->again++;
		if (r->at_len > 0)
			position_set(&p->at, p->side.at + r->at, r->at_len);
	}
	page_newest(p);
	p->resumed_first = false;
	p->filled |= p->way->limited && p->full;
	p->idle = p->pass_distinct > was ? 0 : p->idle + 1;
	if (p->pass_distinct > was)
		p->pass_pages++;
}

void
page_over(struct page *p, const char *why)
{
	p->over = true;
	p->complete = why == NULL;
	p->why = why;
	p->moved_all += p->moved;
	p->moved = 0;
}

/* One group has all that it should have. */
static void
group_done(struct page *p)
{
	struct why ignored;

	if (p->variant + 1 >= p->variants) {
		page_over(p, NULL);
		return;
	}
	p->variant++;
	p->moved_all += p->moved;
	p->group = p->pass + 1;
	page_pass(p);
	p->distinct = p->set = p->same_set = 0;
	p->phase = PHASE_MAIN;
	p->rounds = p->short_rounds = p->idle = 0;
	p->main_begin = p->pages;
	p->restarted_at = 0;
	if (page_base(p, &ignored) == -1) /* the first variant did fill */
		page_over(p, "query");
}

static bool
enough(const struct page *p)
{
	return !p->has_count || p->before + p->distinct >= p->count;
}

/* By key, a row that jumps up from below leaves no trace but this one. */
static bool
jumped(const struct page *p)
{
	return p->way->one_way && p->pass_pages > 1 && p->has_count &&
	       p->pass_distinct < p->count && enough(p);
}

/* From the top once more. */
static void
again(struct page *p, enum phase phase)
{
	uint64_t moved = p->moved;

	if (phase != PHASE_MAIN && p->rounds++ >= ROUNDS) {
		page_over(p, moved > 0 ? "moved" : "count");
		return;
	}
	p->moved_all += moved;
	page_pass(p);
	p->set = p->same_set = 0;
	p->phase = phase;
}

/* The first pass reached the end of the list: is everything there? */
static void
main_done(struct page *p)
{
	const struct answer *a = &p->answer;
	bool one_page = p->pass_pages <= 1 && p->moved == 0;

	if (position_is(&p->line) ||
	    (p->kit->walk && (p->resumed || p->kit->paging->cursor != NULL))) {
		group_done(p); /* what moved is newer than the next start */
	} else if (p->before == 0 && one_page &&
		   (a->has_count ? p->n >= a->count : !p->filled)) {
		group_done(p); /* one answer held it all */
	} else if (p->moved == 0 && p->has_count && enough(p)) {
		group_done(p);
	} else if (p->resumed) {
		if (p->moved == 0 && !p->has_count) {
			group_done(p);
			return;
		}
		p->resumed = false; /* its first leg cannot be looked up */
		again(p, PHASE_MAIN);
	} else {
		again(p, PHASE_TOP);
	}
}

static void
end_of_list(struct page *p)
{
	if (p->phase == PHASE_MAIN) {
		p->main_end = p->pages;
		main_done(p);
	} else if (p->moved > 0 || jumped(p)) {
		again(p, PHASE_TOP);
	} else if (enough(p)) {
		group_done(p);
	} else if (p->short_rounds++ >= 1) {
		page_over(
		    p, "count"); /* twice the same: it is not the moving */
	} else {
		again(p, PHASE_AGAIN);
	}
}

/*
 * Progress is new rows, not pages. A list that is read by windows may go back
 * over all that it has read.
 */
static bool
stuck(const struct page *p)
{
	uint64_t back = p->way->one_way ? 0 : p->pass_pages;

	return p->phase == PHASE_MAIN && p->idle >= IDLE + back;
}

/* It moves faster than we read. */
static bool
outrun(const struct page *p)
{
	return p->phase != PHASE_MAIN &&
	       p->pages - p->main_end > 2 * (p->main_end - p->main_begin) + 32;
}

void
page_turn(struct page *p, enum turn turn)
{
	if (turn == TURN_ALL)
		group_done(p);
	else if (turn == TURN_FEW)
		page_over(p, "count");
	else if (turn == TURN_ON && stuck(p))
		page_over(p, "stuck");
	else if (turn == TURN_LOST || p->pass > PASSES || outrun(p))
		page_over(p, "moved");
	else if (turn != TURN_BACK && p->below)
		group_done(p);
	else if (turn == TURN_LAST)
		end_of_list(p);
	else if (turn == TURN_ON && p->phase == PHASE_TOP && p->same_met &&
		 !p->fresh_below) {
		/* what jumps up from below may leave no other trace */
		if (p->moved > 0 ||
		    ((p->way->one_way || !p->has_count) && p->pass_pages > 1))
			again(p, PHASE_TOP);
		else if (enough(p))
			group_done(p);
		else
			p->phase = PHASE_AGAIN;
	}
}
