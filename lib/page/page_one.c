#include "page/page_int.h"

#include <string.h>
#include <sysexits.h>

/*
 * One row, by the key that p->parent holds. An answer without a row says, as a
 * refusal would, that it is gone; one with another row says nothing.
 */

struct page_one {
	bool gone;
};

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	struct json_val key = {JSON_OBJECT, p->parent.at, p->parent.len};
	const char *name = resource_by_key(p->kit->r);

	(void)of;
	if (key.len == 0 || *key.text != '{')
		key.type = JSON_NULL;
	key = json_get(&key, name);
	if (key.type != JSON_STRING && key.type != JSON_NUMBER)
		return why_set(why, EX_DATAERR,
		    "a record without %s: no row can be asked for", name);
	if (json_text(&key, &p->wanted, why) == -1 || p->wanted.len == 0)
		return why_set(why, EX_DATAERR,
		    "%s is no text that can be asked for", name);
	return 0;
}

static bool
ask(struct page *p, struct buf *to)
{
	(void)p;
	(void)to;
	return true;
}

/* A bad one may have lost its key. */
static bool
is_it(const struct page *p, const struct row *r)
{
	if (r->bad != 0 && r->key_len == 0)
		return true;
	return r->key_len == p->wanted.len &&
	       memcmp(p->side.at + r->key, p->wanted.at, r->key_len) == 0;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	struct page_one *one = p->state;

	*turn = TURN_ALL;
	one->gone = p->n == 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->n > 1 || !is_it(p, &p->rows[i]))
			return why_set(why, EX_PROTOCOL,
			    "another row came than the one asked for");
	page_accept(p, 0);
	return 0;
}

static void
sum(const struct page *p, struct page_sum *s)
{
	const struct page_one *one = p->state;

	s->gone = one->gone;
	s->full = false;
}

const struct page_way page_of_one = {
    .size = sizeof(struct page_one),
    .single = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .sum = sum,
};
