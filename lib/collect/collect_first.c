#include "collect/collect_int.h"

#include <string.h>

/*
 * What a parent brings along. Its children may be stored already up to a
 * position ("since"), and a list of parents may hold the first page of their
 * children ("first"): if that reaches back to the position, or is all there
 * is, nothing has to be asked for.
 */

/* One member of the parent: kept, or put aside. */
static int
take_member(void *ctx, const char *key, size_t keylen, const struct json_val *v,
    struct why *why)
{
	struct collect *c = ctx;
	const struct each *e = c->r->each;

	(void)why;
	if (e->first != NULL && keylen == 5 && memcmp(key, "first", 5) == 0) {
		if (v->type == JSON_OBJECT)
			json_put(&c->first, v->text, v->len);
		return 0;
	}
	if (e->since != NULL && keylen == 5 && memcmp(key, "since", 5) == 0 &&
	    v->type == JSON_STRING) {
		buf_clear(&c->since);
		buf_fmt(&c->since, "{\"position\":%.*s}", (int)v->len, v->text);
	}
	buf_chr(&c->split, c->split.len == 0 ? '{' : ',');
	buf_json(&c->split, key, keylen);
	buf_chr(&c->split, ':');
	buf_add(&c->split, v->text, v->len);
	return 0;
}

int
collect_split(struct collect *c, struct why *why)
{
	struct json_val parent = {JSON_NONE, c->parent.at, c->parent.len};
	struct buf was;

	buf_clear(&c->first);
	buf_clear(&c->since);
	if (c->r->each->first == NULL && c->r->each->since == NULL)
		return 0;
	if (c->json == NULL)
		c->json = json_new();
	if (json_check(c->json, c->parent.at, c->parent.len, &parent.type,
		why) == -1 ||
	    parent.type != JSON_OBJECT)
		return 0; /* whoever asks with it says so */
	buf_clear(&c->split);
	if (json_members(&parent, take_member, c, why) == -1)
		return -1;
	buf_chr(&c->split, '}');
	was = c->parent;
	c->parent = c->split;
	c->split = was;
	memset(buf_room(&c->parent, JSON_PADDING), 0, JSON_PADDING);
	return 0;
}

/* Its first page is no answer of today: only whether it is enough counts. */
static bool
enough(struct collect *c, struct page *p)
{
	struct page_sum sum;
	struct buf path = BUF_INIT;
	struct why ignored;
	bool is = page_ask(p, &path, &ignored) == 1 &&
		  page_take(p, c->first.at, c->first.len, &ignored) == 0;

	if (is) {
		sum = page_sum(p);
		is = sum.over && sum.complete;
	}
	buf_release(&path);
	return is;
}

struct page *
collect_walk(struct collect *c, bool *done, struct why *why)
{
	struct page_of of = {.account = c->account,
	    .base = c->api != NULL ? api_base(c->api) : NULL,
	    .parent = c->parent.at,
	    .from = c->since.len > 0 ? c->since.at : NULL,
	    .size = c->o->size};
	struct page *p = page_new(c->kit, &of, why);

	*done = false;
	if (p == NULL || c->first.len == 0)
		return p;
	if ((*done = enough(c, p)))
		return p;
	page_free(p);
	return page_new(c->kit, &of, why);
}
