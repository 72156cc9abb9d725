#include "page/page_int.h"

#define ROUNDS 6 /* looks at the top of a list that keeps moving */
#define PASSES 250
#define EMPTY_LINKED 3000 /* pages in a row that only link another */

void
page_pass(struct page *p)
{
	p->pass++;
	p->pass_distinct = p->pass_pages = p->moved = p->before = 0;
	p->has_count = p->filled = p->same_met = p->fresh_below = p->below =
	    false;
	p->glitches = 0;
	p->resumed_first = false;
	buf_clear(&p->last);
	p->offset = 0;
	p->lap = p->anchor_known = p->denies = false;
	p->steps = 0;
	buf_clear(&p->ring);
	p->ring_n = p->step = 0;
	page_link_pass(&p->link);
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

size_t
page_limit(const struct page *p)
{
	const struct answer *a = &p->answer;

	return (size_t)(a->has_limit && a->limit > 0 ? a->limit : p->size);
}

bool
page_stands(const struct page *p, const struct row *r)
{
	struct met m = seen_look(p->seen, &r->sight);

	return m.pass == p->pass && (m.as == SEEN_SAME || m.same_version);
}

/*
 * An anchor that changed may have moved, and unread rows with it. Without a
 * version there are texts that change at each reading: the third such anchor
 * is believed.
 */
bool
page_holds(struct page *p, const struct row *anchor)
{
	if (page_stands(p, anchor))
		return true;
	if (p->resumed_first)
		return !position_is(&p->from.at) ||
		       position_cmp(page_row_at(p, anchor, &p->kit->when),
			   &p->from.at) == 0;
	return anchor->sight.when == 0 && p->odd_anchors++ > 1;
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

void
page_accept(struct page *p)
{
	bool older = false, newer_behind = false;
	uint64_t was = p->pass_distinct;

	p->repeats = 0;
	for (size_t i = 0; i < p->n; i++) {
		struct row *r = &p->rows[i];

		r->met = seen_add(p->seen, &r->sight, p->pass);
		r->fresh = r->met.pass != p->pass;
		if (r->fresh)
			p->pass_distinct++;
		else
			p->repeats++;
		if (r->met.pass < p->group)
			p->distinct++;
		look_at_top(p, r);
		if (page_below(p, r)) {
			older = true;
			continue;
		}
		newer_behind |= older && r->at_len > 0;
		r->pass_on = r->met.as == SEEN_NEW || r->met.as == SEEN_NEWER;
		if (!r->pass_on && (i > 0 || !p->lap))
			p->again++;
		if (r->at_len > 0)
			position_set(&p->at, p->side.at + r->at, r->at_len);
	}
	page_newest(p);
	p->resumed_first = false;
	p->filled |= p->kit->by != PAGE_NONE && p->kit->by != PAGE_LINK &&
		     p->n >= page_limit(p);
	p->idle = p->pass_distinct > was ? 0 : p->idle + 1;
	if (p->pass_distinct > was)
		p->pass_pages++;
	/* a list out of order is read on: stopping here could lose rows */
	p->below = older && !newer_behind;
}

static void
over(struct page *p, const char *why)
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
		over(p, NULL);
		return;
	}
	p->variant++;
	p->moved_all += p->moved;
	page_pass(p);
	p->group = p->pass;
	p->distinct = 0;
	p->phase = PHASE_MAIN;
	p->rounds = p->short_rounds = p->idle = p->odd_anchors = 0;
	p->main_begin = p->pages;
	p->restarted_at = 0;
	if (page_base(p, &ignored) == -1) /* the first variant did fill */
		over(p, "query");
}

static bool
enough(const struct page *p)
{
	return !p->has_count || p->before + p->distinct >= p->count;
}

/* No window can be asked for twice: only the next one. */
static bool
one_way(const struct page *p)
{
	return p->kit->by == PAGE_AFTER || p->kit->by == PAGE_LINK;
}

/* By key, a row that jumps up from below leaves no trace but this one. */
static bool
jumped(const struct page *p)
{
	return one_way(p) && p->pass_pages > 1 && p->has_count &&
	       p->pass_distinct < p->count && enough(p);
}

/* From the top once more. */
static void
again(struct page *p, enum phase phase)
{
	uint64_t moved = p->moved;

	if (phase != PHASE_MAIN && p->rounds++ >= ROUNDS) {
		over(p, moved > 0 ? "moved" : "count");
		return;
	}
	p->moved_all += moved;
	page_pass(p);
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
		over(p, "count"); /* twice the same: it is not the moving */
	} else {
		again(p, PHASE_AGAIN);
	}
}

/* It moves faster than we read. */
static bool
outrun(const struct page *p)
{
	if (p->phase == PHASE_MAIN)
		return p->idle > (p->kit->by == PAGE_LINK ? EMPTY_LINKED : 64);
	return p->pages - p->main_end > 2 * (p->main_end - p->main_begin) + 32;
}

void
page_turn(struct page *p, enum turn turn)
{
	if (p->kit->by == PAGE_KEYSET && turn == TURN_LAST)
		group_done(p); /* rows that moved were still met */
	else if (turn == TURN_LOST || p->pass > PASSES || outrun(p))
		over(p, "moved");
	else if (turn != TURN_BACK && p->below)
		group_done(p);
	else if (turn == TURN_LAST)
		end_of_list(p);
	else if (turn == TURN_ON && p->phase == PHASE_TOP && p->same_met &&
		 !p->fresh_below) {
		/* what jumps up from below may leave no other trace */
		if (p->moved > 0 ||
		    ((one_way(p) || !p->has_count) && p->pass_pages > 1))
			again(p, PHASE_TOP);
		else if (enough(p))
			group_done(p);
		else
			p->phase = PHASE_AGAIN;
	}
	if (p->over && p->complete)
		page_done(p);
	else if (!p->over && turn == TURN_ON)
		page_border(p);
}
