#include "page/page_int.h"

#include <string.h>

/*
 * Lists by key. What follows a row is looked up in the order of now: if the
 * row has moved, so has the page; if it is gone, the page is empty, or the
 * first one, or an error. So the walk asks for what follows the last row
 * but one: the page must then start with the last row, the anchor, as the
 * windows of page_offset.c do. If it does not, an earlier row is tried, and
 * with none left all is read again from the top.
 */

static const char *
ring_key(const struct page *p, size_t i)
{
	const char *key = p->ring.at;

	while (i-- > 0)
		key += strlen(key) + 1;
	return key;
}

/* What to ask after; NULL: for the first page. */
const char *
after_key(const struct page *p)
{
	if (p->step > 0)
		return ring_key(p, p->step - 1);
	return p->last.len > 0 ? p->last.at : NULL;
}

enum turn
after_back(struct page *p)
{
	if (p->step > 0 && p->step < p->ring_n) {
		p->step++;
		return TURN_BACK;
	}
	if (p->restarted_at == p->distinct + 1)
		return TURN_LOST; /* nothing new since the last time */
	p->restarted_at = p->distinct + 1;
	p->moved_all += p->moved;
	page_pass(p);
	p->moved = 1;
	return TURN_BACK;
}

static bool
is_anchor(const struct page *p, const struct row *r)
{
	return r->key_len == p->last.len && p->last.len > 0 &&
	       memcmp(p->side.at + r->key, p->last.at, r->key_len) == 0;
}

static bool
joined(struct page *p)
{
	bool counts_moved = page_count_moved(p);

	if (after_key(p) == NULL)
		return true;
	if (p->step == 0)
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

/* The last row, and those to fall back on: ever farther from it. */
static void
keep_keys(struct page *p)
{
	const struct row *last = &p->rows[p->n - 1];

	buf_clear(&p->last);
	buf_add(&p->last, p->side.at + last->key, last->key_len);
	buf_clear(&p->ring);
	p->ring_n = 0;
	for (size_t far = 1; far < p->n && p->ring_n < RING; far *= 2) {
		const struct row *r = &p->rows[p->n - 1 - far];

		if (r->key_len == 0)
			continue;
		buf_add(&p->ring, p->side.at + r->key, r->key_len + 1);
		p->ring_n++;
	}
	/* a page of one row could not bring more than the anchor */
	p->step = p->n > 1 && p->ring_n > 0 ? 1 : 0;
}

static bool
all_there(const struct page *p)
{
	return p->answer.has_count && p->moved == 0 &&
	       p->before + p->pass_distinct >= p->answer.count;
}

static enum turn
empty_page(struct page *p)
{
	bool short_of = p->answer.has_count &&
			p->before + p->pass_distinct < p->answer.count;

	return short_of && p->glitches++ < 2 ? TURN_BACK : TURN_LAST;
}

enum turn
after_take(struct page *p)
{
	const struct answer *a = &p->answer;
	bool first = after_key(p) == NULL, at_anchor, known;
	const struct row *last;

	if (!joined(p))
		return after_back(p);
	if (p->n == 0)
		return empty_page(p);
	last = &p->rows[p->n - 1];
	at_anchor = !first && is_anchor(p, last);
	known = page_stands(p, last);
	page_accept(p);
	if (first && a->has_count && p->n >= a->count)
		return TURN_LAST; /* one answer holds it all */
	if (at_anchor && p->step > 0 && (p->n == 1 || p->n < page_limit(p)))
		return TURN_LAST; /* nothing behind it */
	if (!at_anchor && known)
		return after_back(p); /* thrown back to what is known */
	if (last->key_len == 0)
		return TURN_LOST;
	keep_keys(p);
	return all_there(p) && p->n < page_limit(p) ? TURN_LAST : TURN_ON;
}
