#include "page/page_keyset.h"

#include <string.h>
#include <sysexits.h>

/*
 * OData, oldest first: behind the place (T, K) of the last row,
 *   T gt X or (T eq X and K gt 'k')
 * with X and k as they came: nothing here compares keys, prints a time that
 * is asked for by `eq`, or skips rows. A row that changes gets a later time
 * and so is met (again) behind us. What is left out by such a filter:
 *  - rows that become visible later with an earlier time. A run begins the
 *    overlap before its position: page_keyset_at.c.
 *  - rows without a time, for any comparison with null is false. A run from
 *    nothing asks for them at its end.
 * The end is an empty page. A shorter one than was asked for is trusted if
 * the description says so, the far side links its other pages and not this
 * one, or it states that no more rows match.
 */

/* The question under way, without the description's filter; true: all. */
static bool
condition(const struct page *p, struct buf *to)
{
	const struct page_keyset *k = p->state;
	const struct paging *g = p->kit->paging;

	if (k->in_nulls) {
		buf_fmt(to, "%s eq null", g->time);
		if (k->null_key.len > 0) {
			buf_fmt(to, " and %s gt ", g->key);
			page_odata_operand(to, &k->null_key);
		}
	} else if (k->time.len > 0) {
		buf_fmt(to, "%s gt %s or (%s eq %s and %s gt ", g->time,
		    k->time.at, g->time, k->time.at, g->key);
		page_odata_operand(to, &k->odata.key);
		buf_chr(to, ')');
	} else if (k->start.len > 0) {
		buf_str(to, k->start.at);
	} else if (k->only_timed) {
		buf_fmt(to, "%s ne null", g->time);
	} else {
		return true;
	}
	return false;
}

/* Around it, the end of the window; its beginning is the first condition. */
static void
within(const struct page *p, struct buf *now)
{
	const struct page_keyset *k = p->state;
	struct buf inner = BUF_INIT;

	if (k->window.until[0] == '\0')
		return;
	buf_fmt(&inner, "(%s) and %s lt %s", now->at, p->kit->paging->time,
	    k->window.until);
	buf_set(now, inner.at, inner.len);
	buf_release(&inner);
}

static bool
ask(struct page *p, struct buf *to)
{
	struct page_keyset *k = p->state;
	const struct paging *g = p->kit->paging;
	struct buf now = BUF_INIT, order = BUF_INIT;

	buf_str(&now, "");
	k->whole = condition(p, &now);
	within(p, &now);
	page_odata_filter(&k->odata, now.at, to);
	buf_fmt(&order, k->in_nulls ? "%s" : "%2$s,%1$s", g->key, g->time);
	page_param(to, "$orderby", order.at);
	page_number(to, g->limit_param, (uint64_t)p->size);
	if (g->select != NULL)
		page_param(to, "$select", g->select);
	if (g->ask_count && p->pages == 0)
		page_param(to, "$count", "true");
	buf_release(&now);
	buf_release(&order);
	return true;
}

static bool
absent(const struct json_val *v)
{
	return v->type == JSON_NONE || v->type == JSON_NULL;
}

/* Can the next page follow this row? Its time must be one. */
static bool
is_place(struct page *p, size_t row, struct buf *time)
{
	struct json_val v = page_odata_member(p, row, p->kit->paging->time);
	struct why ignored;

	buf_clear(time);
	return !absent(&v) && json_text(&v, time, &ignored) == 0 &&
	       page_odata_literal(time) &&
	       position_set(&p->kit->when, time->at, time->len);
}

/*
 * What the next run may go on from: the last of these rows whose time is
 * believed. One that is still to come is a place like others, no position.
 */
static void
note_sure(struct page *p, size_t i)
{
	struct page_keyset *k = p->state;
	struct buf time = BUF_INIT, key = BUF_INIT;
	struct why ignored;
	bool is;

	do
		is = is_place(p, i, &time) &&
		     !position_late(&p->kit->when, p->horizon_us) &&
		     page_odata_key(p, i, &key, &ignored) == 0;
	while (!is && i-- > 0);
	if (is) {
		json_put(&k->sure, time.at, time.len);
		json_put(&k->sure_key, key.at, key.len);
	}
	buf_release(&time);
	buf_release(&key);
}

static bool
earlier(const struct buf *a, const struct buf *b)
{
	struct position x = {0}, y = {0};
	bool is;

	position_set(&x, a->at, a->len);
	position_set(&y, b->at, b->len);
	is = x.kind == y.kind && position_cmp(&x, &y) < 0;
	position_release(&x);
	position_release(&y);
	return is;
}

/* A second more: what is shown may be rounded up. */
static bool
behind(const struct page_window *w, const struct buf *time)
{
	struct position at = {0};
	bool is;

	position_set(&at, time->at, time->len);
	is =
	    at.kind == POSITION_TIME && at.us / 1000000 > w->until_us / 1000000;
	position_release(&at);
	return is;
}

/* The place behind this row; it must not be where we were. */
static int
move_to(struct page *p, const struct buf *time, const struct buf *key,
    struct why *why)
{
	struct page_keyset *k = p->state;
	const struct paging *g = p->kit->paging;

	if (k->window.is && behind(&k->window, time))
		return why_set(why, EX_PROTOCOL,
		    "asked for rows before %s %s, the page ends at %s: the "
		    "far side does not obey the filter",
		    g->time, k->window.until, time->at);
	if (!page_odata_same(&k->time, time)) {
		if (k->time.len > 0 && earlier(time, &k->time))
			return why_set(why, EX_PROTOCOL,
			    "asked for rows behind %s %s, the page ends at %s: "
			    "the far side does not obey the filter or the "
			    "order",
			    g->time, k->time.at, time->at);
		k->odata.tie = 0;
		buf_clear(&k->odata.mark);
	} else if (page_odata_same(&k->odata.key, key) ||
		   page_odata_circles(&k->odata, key)) {
		return why_set(why, EX_PROTOCOL,
		    "the page ends at %s %s, %s %s, where one before it "
		    "ended: the far side does not obey the filter, or shows "
		    "times with less precision than it compares",
		    g->time, time->at, g->key, key->at);
	}
	json_put(&k->time, time->at, time->len);
	json_put(&k->odata.key, key->at, key->len);
	return 0;
}

/* The last row that has a time is where the next page starts. */
static int
read_place(struct page *p, struct why *why)
{
	const struct paging *g = p->kit->paging;
	struct page_keyset *k = p->state;
	struct buf time = BUF_INIT, key = BUF_INIT;
	size_t i = p->n;
	struct json_val v = {JSON_NONE, NULL, 0};
	bool is;
	int rc = -1;

	while (i > 0 && absent(&v))
		v = page_odata_member(p, --i, g->time);
	if (absent(&v) && k->whole) {
		k->only_timed = true; /* first, and a page of them or more */
		return 0;
	}
	if (absent(&v))
		return why_set(why, EX_PROTOCOL,
		    "rows without %s where it was compared", g->time);
	v = page_odata_member(p, 0, g->time);
	k->met_nulls |= k->whole && absent(&v); /* before all with a time */
	while (!(is = is_place(p, i, &time)) && i > 0)
		i--;
	if (!is)
		why_set(why, EX_PROTOCOL,
		    "%s is not a time in any row of the page", g->time);
	else if (page_odata_key(p, i, &key, why) == 0)
		rc = move_to(p, &time, &key, why);
	if (rc == 0)
		note_sure(p, i);
	buf_release(&time);
	buf_release(&key);
	return rc;
}

static int
read_null_place(struct page *p, struct why *why)
{
	const struct paging *g = p->kit->paging;
	struct page_keyset *k = p->state;
	struct json_val v = page_odata_member(p, p->n - 1, g->time);
	struct buf key = BUF_INIT;
	int rc;

	if (!absent(&v))
		return why_set(why, EX_PROTOCOL,
		    "asked for rows without %s, got some with it", g->time);
	if ((rc = page_odata_key(p, p->n - 1, &key, why)) == 0 &&
	    page_odata_same(&k->null_key, &key))
		rc = why_set(why, EX_PROTOCOL,
		    "the page of rows without %s ends at %s %s again", g->time,
		    g->key, key.at);
	json_put(&k->null_key, key.at, key.len);
	buf_release(&key);
	return rc;
}

/* The end of the rows with a time: what of those without one? */
static enum turn
end_of_times(struct page *p)
{
	struct page_keyset *k = p->state;

	if (k->start.len > 0 || p->kit->paging->no_nulls || k->whole ||
	    k->met_nulls)
		return TURN_ALL;
	k->in_nulls = true;
	return TURN_ON;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	struct page_keyset *k = p->state;
	const struct answer *a = &p->answer;
	bool end;

	if (page_odata_end(p, &k->odata, &end, why) == -1)
		return -1;
	/* not all the rows that match, and none behind them */
	end |= p->n < (size_t)p->size && !a->has_next && a->has_count &&
	       p->n >= a->count;
	for (size_t i = 0; i < p->n; i++)
		p->rows[i].pass_on = true;
	p->distinct += p->n;
	if (p->pages == 1 && a->has_count) {
		p->has_count = true;
		p->count = a->count;
	}
	if (p->n > 0 &&
	    (k->in_nulls ? read_null_place(p, why) : read_place(p, why)) == -1)
		return -1;
	if (!end)
		*turn = TURN_ON;
	else /* rows that moved were still met */
		*turn = k->in_nulls ? TURN_ALL : end_of_times(p);
	return 0;
}

static void
sum(const struct page *p, struct page_sum *s)
{
	const struct page_keyset *k = p->state;

	s->distinct = p->distinct;
	s->full = s->full && k->start.len == 0 && !k->window.is;
	s->expected = p->has_count ? p->count : 0;
}

static void
release(struct page *p)
{
	struct page_keyset *k = p->state;

	page_odata_release(&k->odata);
	buf_release(&k->start);
	buf_release(&k->time);
	buf_release(&k->sure);
	buf_release(&k->sure_key);
	buf_release(&k->null_key);
}

const struct page_way page_by_keyset = {
    .size = sizeof(struct page_keyset),
    .middle = MIDDLE_KEYSET,
    .windows = true,
    .keyless = true,
    .aims = {[PAGE_KEYS] = &page_of_keys, [PAGE_LOOKUP] = &page_of_lookup},
    .begin = page_keyset_begin,
    .ask = ask,
    .take = take,
    .border = page_keyset_border,
    .done = page_keyset_done,
    .sum = sum,
    .release = release,
};
