#include "page/page_odata.h"

#include <string.h>
#include <sysexits.h>

/*
 * The keys of all rows, and nothing else, in key order:
 *   K gt 'k'   (the first page: without it)
 * Which key is greater is the far side's collation: here keys are only told
 * apart. What does not come is taken for gone, so the end must be sure. It
 * is an empty page (or one that the description or the links call the last),
 * and each page states how many keys are behind the place that was asked
 * for: rows that leave while we walk lower that number, rows that a server
 * keeps from us do not. Equal keys stand side by side; they count once.
 */

/* ".MediaKey" of a key column: a member that can be selected. */
static const char *
field_of(const struct column *c)
{
	const char *from;
	size_t n;

	if (c == NULL || c->of_parent || !expr_is_path(c->from))
		return NULL;
	from = expr_source(c->from) + 1;
	n = strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "abcdefghijklmnopqrstuvwxyz_0123456789");
	return n > 0 && from[n] == '\0' ? from : NULL;
}

/* The table's key must be cut from what is selected: the key, and more. */
int
page_keys_check(const struct page *p, struct why *why)
{
	const struct resource *r = p->kit->r;
	const char *name = p->kit->source->name;

	for (size_t i = 0; i < r->n_key; i++)
		if (field_of(resource_column(r, r->key[i])) == NULL)
			return why_set(why, EX_USAGE,
			    "%s/%s: its key %s is not a plain member of a row",
			    name, r->name, r->key[i]);
	if (r->n_key == 0)
		return why_set(why, EX_USAGE,
		    "%s/%s: its rows have no key of their own", name, r->name);
	if (p->from.middle != MIDDLE_NONE || position_is(&p->from.position))
		return why_set(why, EX_USAGE,
		    "--from: keys are read from the first to the last");
	return 0;
}

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	struct page_odata *o = p->state;
	int size = p->kit->paging->keys.size;

	if (of->size <= 0 && size > 0)
		p->size = size;
	return page_keys_check(p, why) == -1 ? -1 : page_odata_begin(p, o, why);
}

static void
add_select(const struct page *p, struct buf *to)
{
	const struct resource *r = p->kit->r;
	const char *key = p->kit->paging->key;
	struct buf select = BUF_INIT;

	buf_str(&select, key);
	for (size_t i = 0; i < r->n_key; i++) {
		const char *name = field_of(resource_column(r, r->key[i]));

		if (name != NULL && strcmp(name, key) != 0)
			buf_fmt(&select, ",%s", name);
	}
	page_param(to, "$select", select.at);
	buf_release(&select);
}

static bool
ask(struct page *p, struct buf *to)
{
	const struct paging *g = p->kit->paging;
	const struct page_odata *o = p->state;
	struct buf now = BUF_INIT;

	buf_str(&now, "");
	if (o->key.len > 0) {
		buf_fmt(&now, "%s gt ", g->key);
		page_odata_operand(&now, &o->key);
	}
	page_odata_filter(o, now.at, to);
	page_param(to, "$orderby", g->key);
	page_number(to, g->limit_param, (uint64_t)p->size);
	add_select(p, to);
	if (!g->keys.no_count)
		page_param(to, "$count", "true");
	buf_release(&now);
	return true;
}

/* Counts the keys; the place is behind the last one, and must move. */
static int
read_keys(struct page *p, struct why *why)
{
	struct page_odata *o = p->state;
	struct buf key = BUF_INIT, last = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		if ((rc = page_odata_key(p, i, &key, why)) == -1)
			break;
		p->rows[i].pass_on = i == 0 || !page_odata_same(&last, &key);
		if (p->rows[i].pass_on)
			p->distinct++;
		else
			p->again++;
		json_put(&last, key.at, key.len);
	}
	if (rc == 0 && p->n > 0 &&
	    (page_odata_same(&o->key, &last) || page_odata_circles(o, &last)))
		rc = why_set(why, EX_PROTOCOL,
		    "the page ends at %s %s, where one before it ended: the "
		    "far side does not obey the filter or the order",
		    p->kit->paging->key, last.at);
	if (rc == 0 && p->n > 0)
		json_put(&o->key, last.at, last.len);
	buf_release(&key);
	buf_release(&last);
	return rc;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	const struct answer *a = &p->answer;
	uint64_t before = p->distinct;
	bool end;

	if (page_odata_end(p, p->state, &end, why) == -1 ||
	    read_keys(p, why) == -1)
		return -1;
	/* an empty page has nothing to state, what was stated stands */
	if (a->has_count && (p->n > 0 || a->count > 0 || p->pages == 1)) {
		p->has_count = true;
		p->count = before + a->count;
	}
	*turn = TURN_ON;
	if (end)
		*turn = !p->has_count || p->distinct >= p->count ? TURN_ALL
								 : TURN_FEW;
	return 0;
}

static void
sum(const struct page *p, struct page_sum *s)
{
	s->distinct = p->distinct;
	s->expected = p->has_count ? p->count : 0;
}

static void
release(struct page *p)
{
	page_odata_release(p->state);
}

const struct page_way page_of_keys = {
    .size = sizeof(struct page_odata),
    .keyless = true,
    .selects = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .sum = sum,
    .release = release,
};
