#include "page/page_list.h"

/*
 * Lists by offset, in windows that overlap. If no row of a window proves
 * that nothing was jumped over, the walk goes back, twice as far each time,
 * at the worst to the top.
 */

struct by_offset {
	struct page_list list;
	uint64_t offset;
	bool lap; /* the window starts with the anchor */
	unsigned steps;
	bool denies; /* states fewer rows than it has */
};

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	struct by_offset *o = p->state;
	const struct page_kit *k = p->kit;

	(void)of;
	(void)why;
	page_list_begin(p, &o->list);
	o->offset = p->from.offset;
	o->lap = o->offset > 0;
	if (p->from.middle == MIDDLE_NONE && position_is(&p->from.position) &&
	    !k->walk && k->paging == &k->r->paging)
		p->variants = k->r->n_since;
	return 0;
}

static bool
ask(struct page *p, struct buf *to)
{
	const struct by_offset *o = p->state;
	const struct paging *g = p->kit->paging;

	page_number(to, g->limit_param, (uint64_t)p->size);
	page_number(to, g->offset_param, o->offset);
	return true;
}

static enum turn
go_back(const struct page *p, struct by_offset *o)
{
	uint64_t back = p->size > 1 ? (uint64_t)p->size - 1 : 1;

	back <<= o->steps < 32 ? o->steps : 32;
	o->steps++;
	o->offset = o->offset > back ? o->offset - back : 0;
	o->lap = true;
	return TURN_BACK;
}

/* Does the window reach the end of the list, as it was when it was cut? */
static bool
at_end(const struct page *p, struct by_offset *o, uint64_t end)
{
	const struct answer *a = &p->answer;

	if (p->n == 0)
		return o->offset == 0 || !a->has_count || o->offset >= a->count;
	if (p->n == 1 && o->offset > 0 && o->lap)
		return true; /* nothing behind the anchor */
	o->denies |= a->has_count && end > a->count;
	return !p->full && a->has_count && !o->denies && end >= a->count;
}

static enum turn
go_on(const struct page *p, struct by_offset *o)
{
	uint64_t end = o->offset + p->n;

	if (p->n > 0) {
		const struct row *last = &p->rows[p->n - 1];

		o->list.anchor = last->sight.key;
		o->list.anchor_known = true;
		page_list_keep(p, &o->list, last);
	}
	if (at_end(p, o, end))
		return TURN_LAST;
	if (p->n == 0)
		return page_list_glitch(&o->list) ? TURN_BACK : TURN_LAST;
	o->lap = p->n > 1;
	o->offset = end - (o->lap ? 1 : 0);
	return TURN_ON;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	struct by_offset *o = p->state;

	(void)why;
	if (!page_list_joined(p, &o->list, o->offset == 0, o->lap)) {
		*turn = go_back(p, o);
		return 0;
	}
	o->steps = 0;
	page_accept(p, o->lap ? 1 : 0);
	*turn = go_on(p, o);
	return 0;
}

static void
reset(struct page *p)
{
	struct by_offset *o = p->state;

	page_list_reset(p, &o->list);
	o->offset = 0;
	o->lap = o->denies = false;
	o->steps = 0;
}

static void
border(struct page *p)
{
	const struct by_offset *o = p->state;

	if (!page_list_border(p, &o->list))
		return;
	cursor_number(&p->cursor, "offset", o->offset);
	page_list_keys(p, &o->list, NULL, 0);
}

static void
release(struct page *p)
{
	struct by_offset *o = p->state;

	page_list_release(&o->list);
}

const struct page_way page_by_offset = {
    .size = sizeof(struct by_offset),
    .middle = MIDDLE_LIST,
    .limited = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .reset = reset,
    .border = border,
    .done = page_position,
    .release = release,
};
