#include "page/page_int.h"

#define LONGEST_S INT64_C(3155760000) /* a hundred years */

/* From where an earlier run was left: behind its last row. */
static void
resume(struct page *p)
{
	const struct cursor *c = &p->from;

	p->resumed = p->resumed_first = true;
	p->before = c->seen;
	position_raise(&p->newest, &c->newest);
	p->newest_known = position_is(&p->newest);
	if (position_is(&c->stop) && p->kit->walk)
		position_set(&p->line, c->stop.text.at, c->stop.text.len);
}

void
page_walk_begin(struct page *p)
{
	const struct position *from = &p->from.position;

	if (p->from.middle != MIDDLE_NONE)
		resume(p);
	else if (position_is(from) && p->kit->walk)
		position_set(&p->line, from->text.at, from->text.len);
	position_back(&p->line, p->kit->paging->overlap_ms);
}

int64_t
page_took(const struct page *p, int64_t begun)
{
	int64_t ms = p->steady() - p->begun_ms;

	if (begun > p->begun_s)
		return LONGEST_S;
	return p->begun_s - begun + (ms + 999) / 1000;
}

/*
 * A walk has the newest rows first. Its next position is the largest value
 * when it started, on its first page: a row that jumps to the top behind
 * our back has a larger one, so the next run meets it. Lists of another
 * order take the largest of all that they read, but nothing of a second
 * leg: a row read in the first may have changed between the two.
 */
void
page_newest(struct page *p)
{
	struct position *at = &p->kit->when;

	if (p->kit->position == SIZE_MAX ||
	    (p->resumed && position_is(&p->from.newest)))
		return;
	if (p->kit->walk && (p->phase != PHASE_MAIN || p->newest_known))
		return;
	for (size_t i = 0; i < p->n; i++)
		position_raise(&p->newest, page_row_at(p, &p->rows[i], at));
	p->newest_known = position_is(&p->newest);
}

/* Older than the stop line: an earlier run has brought it. */
bool
page_below(struct page *p, const struct row *r)
{
	struct position *at = &p->kit->when;

	if (!position_is(&p->line) || r->at_len == 0)
		return false;
	page_row_at(p, r, at);
	return at->kind == p->line.kind && position_cmp(at, &p->line) < 0;
}

void
page_position(struct page *p)
{
	position_raise(&p->newest, &p->from.position);
	position_raise(&p->newest, &p->from.stop);
	cursor_text(&p->cursor, "position", &p->newest.text);
}
