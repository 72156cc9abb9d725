#include "page/page_int.h"

#include <string.h>

/*
 * Lists by offset. Each window starts with the last row of the one before,
 * the anchor. A row that comes again with the same text did not move, and
 * everything that did not move and stands before it has been read: so any
 * such row proves that nothing was jumped over, and if there is none the
 * walk goes back, twice as far each time, at the worst to the top.
 */

static bool
is_anchor(const struct page *p, const struct row *r)
{
	if (p->anchor_known)
		return r->sight.key == p->anchor;
	return r->key_len == p->last.len && p->last.len > 0 &&
	       memcmp(p->side.at + r->key, p->last.at, r->key_len) == 0;
}

static bool
joined(struct page *p)
{
	bool counts_moved = page_count_moved(p);

	if (p->offset == 0)
		return true;
	if (!p->lap)
		return !counts_moved;
	if (p->n > 0 && is_anchor(p, &p->rows[0]) && page_holds(p, &p->rows[0]))
		return true;
	p->moved++;
	for (size_t i = 0; i < p->n; i++)
		if (page_stands(p, &p->rows[i]) ||
		    (p->resumed_first && is_anchor(p, &p->rows[i]) &&
			page_holds(p, &p->rows[i])))
			return true;
	return false;
}

static enum turn
go_back(struct page *p)
{
	uint64_t back = p->size > 1 ? (uint64_t)p->size - 1 : 1;

	back <<= p->steps < 32 ? p->steps : 32;
	p->steps++;
	p->offset = p->offset > back ? p->offset - back : 0;
	p->lap = true;
	return TURN_BACK;
}

/* Does the window reach the end of the list, as it was when it was cut? */
static bool
at_end(struct page *p, uint64_t end)
{
	const struct answer *a = &p->answer;

	if (p->n == 0)
		return p->offset == 0 || !a->has_count || p->offset >= a->count;
	if (a->has_count && end > a->count && p->n >= page_limit(p))
		p->denies = true;
	if (a->has_count && !p->denies)
		return end >= a->count;
	/* nothing behind the anchor */
	return p->n == 1 && p->offset > 0 && p->lap;
}

enum turn
offset_take(struct page *p)
{
	uint64_t end = p->offset + p->n;

	if (!joined(p))
		return go_back(p);
	p->steps = 0;
	page_accept(p);
	if (p->n > 0) {
		const struct row *last = &p->rows[p->n - 1];

		p->anchor = last->sight.key;
		p->anchor_known = true;
		buf_clear(&p->last);
		buf_add(&p->last, p->side.at + last->key, last->key_len);
	}
	if (at_end(p, end))
		return TURN_LAST;
	if (p->n == 0) /* empty, and yet there should be rows: once more */
		return p->glitches++ < 2 ? TURN_BACK : TURN_LAST;
	p->lap = p->n > 1;
	p->offset = end - (p->lap ? 1 : 0);
	return TURN_ON;
}
