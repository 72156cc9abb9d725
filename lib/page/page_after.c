#include "page/page_list.h"

#include <string.h>

#define RING 4

/*
 * Lists by key. What follows a row is looked up in the order of now: if the
 * row has moved, so has the page; if it is gone, the page is empty, or the
 * first one, or an error. So the walk asks for what follows the last row
 * but one: the page must then start with the last row, the anchor. If it
 * does not, an earlier row is tried, and with none left all is read again
 * from the top.
 */

struct by_after {
	struct page_list list;
	struct buf ring;     /* keys before the last, NUL after each */
	size_t ring_n, step; /* 0: ask after last; i: after ring key i - 1 */
};

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	struct by_after *a = p->state;
	char *const *keys = p->from.keys;

	(void)of;
	(void)why;
	page_list_begin(p, &a->list);
	for (size_t i = 1; i < 3 && keys[i] != NULL; i++) {
		buf_add(&a->ring, keys[i], strlen(keys[i]) + 1);
		a->ring_n++;
	}
	a->step = a->ring_n > 0 ? 1 : 0;
	return 0;
}

/* What to ask after; NULL: for the first page. */
static const char *
key_of(const struct by_after *a)
{
	const char *key = a->ring.at;

	if (a->step == 0)
		return a->list.last.len > 0 ? a->list.last.at : NULL;
	for (size_t i = a->step - 1; i > 0; i--)
		key += strlen(key) + 1;
	return key;
}

static bool
ask(struct page *p, struct buf *to)
{
	const struct paging *g = p->kit->paging;
	const char *key = key_of(p->state);

	page_number(to, g->limit_param, (uint64_t)p->size);
	if (key != NULL)
		page_param(to, g->after_param, key);
	return true;
}

static enum turn
go_back(struct page *p, struct by_after *a)
{
	if (a->step > 0 && a->step < a->ring_n) {
		a->step++;
		return TURN_BACK;
	}
	return page_restart(p) ? TURN_BACK : TURN_LOST;
}

/* The row that the page should follow has gone. */
static bool
refused(struct page *p, enum turn *turn)
{
	struct by_after *a = p->state;

	if (key_of(a) == NULL)
		return false;
	*turn = go_back(p, a);
	return true;
}

/* The last row, and those to fall back on: ever farther from it. */
static void
keep_keys(const struct page *p, struct by_after *a)
{
	page_list_keep(p, &a->list, &p->rows[p->n - 1]);
	buf_clear(&a->ring);
	a->ring_n = 0;
	for (size_t far = 1; far < p->n && a->ring_n < RING; far *= 2) {
		const struct row *r = &p->rows[p->n - 1 - far];

		if (r->key_len == 0)
			continue;
		buf_add(&a->ring, p->side.at + r->key, r->key_len + 1);
		a->ring_n++;
	}
	/* a page of one row could not bring more than the anchor */
	a->step = p->n > 1 && a->ring_n > 0 ? 1 : 0;
}

static bool
all_there(const struct page *p)
{
	return p->answer.has_count && p->moved == 0 &&
	       p->before + p->pass_distinct >= p->answer.count;
}

static enum turn
empty_page(const struct page *p, struct by_after *a)
{
	bool short_of = p->answer.has_count &&
			p->before + p->pass_distinct < p->answer.count;

	return short_of && page_list_glitch(&a->list) ? TURN_BACK : TURN_LAST;
}

static enum turn
go_on(struct page *p, struct by_after *a)
{
	bool first = key_of(a) == NULL;
	const struct answer *ans = &p->answer;
	const struct row *last = &p->rows[p->n - 1];
	bool at_anchor = !first && page_list_anchor(p, &a->list, last);
	bool known = page_list_stands(p, last);

	page_accept(p, 0);
	if (first && !p->full && ans->has_count && p->n >= ans->count)
		return TURN_LAST; /* one answer holds it all */
	if (at_anchor && a->step > 0 && (p->n == 1 || !p->full))
		return TURN_LAST; /* nothing behind it */
	if (!at_anchor && known)
		return go_back(p, a); /* thrown back to what is known */
	if (last->key_len == 0)
		return TURN_LOST;
	keep_keys(p, a);
	return all_there(p) && !p->full ? TURN_LAST : TURN_ON;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	struct by_after *a = p->state;
	bool first = key_of(a) == NULL;

	(void)why;
	if (!page_list_joined(p, &a->list, first, a->step > 0))
		*turn = go_back(p, a);
	else if (p->n == 0)
		*turn = empty_page(p, a);
	else
		*turn = go_on(p, a);
	return 0;
}

static void
reset(struct page *p)
{
	struct by_after *a = p->state;

	page_list_reset(p, &a->list);
	buf_clear(&a->ring);
	a->ring_n = a->step = 0;
}

static void
border(struct page *p)
{
	const struct by_after *a = p->state;

	if (page_list_border(p, &a->list))
		page_list_keys(
		    p, &a->list, a->ring.at, a->ring_n < 2 ? a->ring_n : 2);
}

static void
release(struct page *p)
{
	struct by_after *a = p->state;

	page_list_release(&a->list);
	buf_release(&a->ring);
}

const struct page_way page_by_after = {
    .size = sizeof(struct by_after),
    .middle = MIDDLE_LIST,
    .limited = true,
    .one_way = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .refused = refused,
    .reset = reset,
    .border = border,
    .done = page_position,
    .release = release,
};
