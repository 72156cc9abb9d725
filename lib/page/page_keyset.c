#include "page/page_int.h"

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

void
page_keyset_operand(struct buf *to, const struct buf *json)
{
	struct json_val v = {json_type_of(json->at[0]), json->at, json->len};
	struct buf text = BUF_INIT;
	struct why ignored;

	if (v.type == JSON_NUMBER) {
		buf_add(to, json->at, json->len);
		return;
	}
	(void)json_text(&v, &text, &ignored); /* it was read before */
	buf_chr(to, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'')
			buf_chr(to, '\'');
		buf_chr(to, text.at[i]);
	}
	buf_chr(to, '\'');
	buf_release(&text);
}

/* The question under way, without the description's filter; true: all. */
static bool
condition(const struct page *p, struct buf *to)
{
	const struct page_keyset *k = &p->keyset;
	const struct paging *g = p->kit->paging;

	if (k->in_nulls) {
		buf_fmt(to, "%s eq null", g->time);
		if (k->null_key.len > 0) {
			buf_fmt(to, " and %s gt ", g->key);
			page_keyset_operand(to, &k->null_key);
		}
	} else if (k->time.len > 0) {
		buf_fmt(to, "%s gt %s or (%s eq %s and %s gt ", g->time,
		    k->time.at, g->time, k->time.at, g->key);
		page_keyset_operand(to, &k->key);
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
	struct buf inner = BUF_INIT;

	if (p->window.until[0] == '\0')
		return;
	buf_fmt(&inner, "(%s) and %s lt %s", now->at, p->kit->paging->time,
	    p->window.until);
	buf_clear(now);
	buf_add(now, inner.at, inner.len);
	buf_release(&inner);
}

void
page_keyset_filter(const struct page *p, const char *now, struct buf *to)
{
	const struct buf *always = &p->keyset.filter;
	struct buf filter = BUF_INIT;

	if (always->len > 0 && *now != '\0')
		buf_fmt(&filter, "(%s) and (%s)", always->at, now);
	else
		buf_str(&filter, always->len > 0 ? always->at : now);
	if (filter.len > 0)
		page_param(to, "$filter", filter.at);
	buf_release(&filter);
}

void
page_keyset_ask(struct page *p, struct buf *to)
{
	struct page_keyset *k = &p->keyset;
	const struct paging *g = p->kit->paging;
	struct buf now = BUF_INIT, order = BUF_INIT;

	buf_str(&now, "");
	k->whole = condition(p, &now);
	within(p, &now);
	page_keyset_filter(p, now.at, to);
	buf_fmt(&order, k->in_nulls ? "%s" : "%2$s,%1$s", g->key, g->time);
	page_param(to, "$orderby", order.at);
	page_number(to, g->limit_param, (uint64_t)p->size);
	if (g->select != NULL)
		page_param(to, "$select", g->select);
	if (g->ask_count && p->pages == 0)
		page_param(to, "$count", "true");
	buf_release(&now);
	buf_release(&order);
}

/* A member of a row, by the field's name. */
static struct json_val
member(const struct page *p, size_t row, const char *name)
{
	struct json_val v = {JSON_OBJECT, p->rows[row].text, p->rows[row].len};

	if (v.len == 0 || v.text[0] != '{')
		v.type = JSON_NULL;
	return json_get(&v, name);
}

static bool
absent(const struct json_val *v)
{
	return v->type == JSON_NONE || v->type == JSON_NULL;
}

int
page_keyset_key(
    const struct page *p, size_t row, struct buf *key, struct why *why)
{
	const char *name = p->kit->paging->key;
	struct json_val v = member(p, row, name);
	struct buf text = BUF_INIT;
	int rc = 0;

	if (v.type != JSON_STRING && v.type != JSON_NUMBER)
		rc = why_set(why, EX_PROTOCOL,
		    "row %zu of the page has no %s: no page can follow it",
		    row + 1, name);
	else if ((rc = json_text(&v, &text, why)) == -1)
		why_set(why, EX_PROTOCOL,
		    "row %zu of the page: %s is no text that can be asked for",
		    row + 1, name);
	page_keyset_put(key, v.text == NULL ? "" : v.text, v.len);
	buf_release(&text);
	return rc;
}

static int
read_time(const struct page *p, size_t row, struct buf *time, struct why *why)
{
	const char *name = p->kit->paging->time;
	struct json_val v = member(p, row, name);

	if (json_text(&v, time, why) == -1 || !page_keyset_literal(time))
		return why_set(why, EX_PROTOCOL,
		    "row %zu of the page: %s is not a time", row + 1, name);
	return 0;
}

bool
page_keyset_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && a->len > 0 &&
	       memcmp(a->at, b->at, a->len) == 0;
}

/* Within a tie only the keys move. Powers of two: every circle is met. */
bool
page_keyset_circles(struct page_keyset *k, const struct buf *key)
{
	if (page_keyset_same(&k->mark, key))
		return true;
	k->tie++;
	if ((k->tie & (k->tie - 1)) == 0)
		page_keyset_put(&k->mark, key->at, key->len);
	return false;
}

static bool
earlier(const struct buf *a, const struct buf *b)
{
	struct position x = {0}, y = {0};
	bool is;

	position_set(&x, a->at, a->len);
	position_set(&y, b->at, b->len);
	is = x.is_time && y.is_time && position_cmp(&x, &y) < 0;
	position_release(&x);
	position_release(&y);
	return is;
}

/* A second more: what is shown may be rounded up. */
static bool
behind_window(const struct page *p, const struct buf *time)
{
	struct position at = {0};
	bool is;

	position_set(&at, time->at, time->len);
	is = at.is_time && at.us / 1000000 > p->window.until_us / 1000000;
	position_release(&at);
	return is;
}

/* The place behind this row; it must not be where we were. */
static int
move_to(struct page *p, const struct buf *time, const struct buf *key,
    struct why *why)
{
	struct page_keyset *k = &p->keyset;
	const struct paging *g = p->kit->paging;

	if (p->window.is && behind_window(p, time))
		return why_set(why, EX_PROTOCOL,
		    "asked for rows before %s %s, the page ends at %s: the "
		    "far side does not obey the filter",
		    g->time, p->window.until, time->at);
	if (!page_keyset_same(&k->time, time)) {
		if (k->time.len > 0 && earlier(time, &k->time))
			return why_set(why, EX_PROTOCOL,
			    "asked for rows behind %s %s, the page ends at %s: "
			    "the far side does not obey the filter or the "
			    "order",
			    g->time, k->time.at, time->at);
		k->tie = 0;
		buf_clear(&k->mark);
	} else if (page_keyset_same(&k->key, key) ||
		   page_keyset_circles(k, key)) {
		return why_set(why, EX_PROTOCOL,
		    "the page ends at %s %s, %s %s, where one before it "
		    "ended: the far side does not obey the filter, or shows "
		    "times with less precision than it compares",
		    g->time, time->at, g->key, key->at);
	}
	page_keyset_put(&k->time, time->at, time->len);
	page_keyset_put(&k->key, key->at, key->len);
	return 0;
}

/* The last row that has a time is where the next page starts. */
static int
read_place(struct page *p, struct why *why)
{
	const struct paging *g = p->kit->paging;
	struct page_keyset *k = &p->keyset;
	struct buf time = BUF_INIT, key = BUF_INIT;
	size_t i = p->n;
	struct json_val v = {JSON_NONE, NULL, 0};
	int rc = -1;

	while (i > 0 && absent(&v))
		v = member(p, --i, g->time);
	if (absent(&v) && k->whole) {
		k->only_timed = true; /* first, and a page of them or more */
		return 0;
	}
	if (absent(&v))
		return why_set(why, EX_PROTOCOL,
		    "rows without %s where it was compared", g->time);
	v = member(p, 0, g->time);
	k->met_nulls |= k->whole && absent(&v); /* before all with a time */
	if (read_time(p, i, &time, why) == 0 &&
	    page_keyset_key(p, i, &key, why) == 0)
		rc = move_to(p, &time, &key, why);
	buf_release(&time);
	buf_release(&key);
	return rc;
}

static int
read_null_place(struct page *p, struct why *why)
{
	const struct paging *g = p->kit->paging;
	struct page_keyset *k = &p->keyset;
	struct json_val v = member(p, p->n - 1, g->time);
	struct buf key = BUF_INIT;
	int rc;

	if (!absent(&v))
		return why_set(why, EX_PROTOCOL,
		    "asked for rows without %s, got some with it", g->time);
	if ((rc = page_keyset_key(p, p->n - 1, &key, why)) == 0 &&
	    page_keyset_same(&k->null_key, &key))
		rc = why_set(why, EX_PROTOCOL,
		    "the page of rows without %s ends at %s %s again", g->time,
		    g->key, key.at);
	page_keyset_put(&k->null_key, key.at, key.len);
	buf_release(&key);
	return rc;
}

/* Is nothing behind this page? */
static bool
at_end(struct page *p)
{
	const struct answer *a = &p->answer;
	struct page_keyset *k = &p->keyset;

	k->linked |= a->has_next;
	if (p->n == 0)
		return true;
	if (p->n >= (size_t)p->size || a->has_next)
		return false;
	return k->linked || p->kit->paging->short_is_end ||
	       (a->has_count && p->n >= a->count);
}

/* The end of the rows with a time: what of those without one? */
static enum turn
end_of_times(struct page *p)
{
	struct page_keyset *k = &p->keyset;

	if (k->start.len > 0 || p->kit->paging->no_nulls || k->whole ||
	    k->met_nulls)
		return TURN_LAST;
	k->in_nulls = true;
	return TURN_ON;
}

int
page_keyset_take(struct page *p, enum turn *turn, struct why *why)
{
	struct page_keyset *k = &p->keyset;
	bool end;

	if (p->n == 0 && p->answer.has_next)
		return why_set(why, EX_PROTOCOL,
		    "an empty page that links another: such a list is read by "
		    "\"link\"");
	for (size_t i = 0; i < p->n; i++)
		p->rows[i].pass_on = true;
	p->distinct += p->n;
	if (p->pages == 1 && p->answer.has_count) {
		p->has_count = true;
		p->count = p->answer.count;
	}
	if (p->n > 0 &&
	    (k->in_nulls ? read_null_place(p, why) : read_place(p, why)) == -1)
		return -1;
	end = at_end(p);
	if (!end)
		*turn = TURN_ON;
	else
		*turn = k->in_nulls ? TURN_LAST : end_of_times(p);
	return 0;
}
