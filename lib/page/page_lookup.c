#include "page/page_odata.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"

/*
 * Rows that are named by their keys, a group at a time:
 *   K in ('a','b')   or, as the description says, K eq 'a' or K eq 'b'
 * The far side chooses how many rows it gives at once, so what did not come
 * is asked for again as long as something comes; what then does not come is
 * gone.
 */

#define GROUP_BYTES 2000 /* of keys: paths have a limit, too */

struct wanted {		/* a row that is asked for */
	struct buf key; /* as JSON, and as what it says */
	struct buf text;
	bool told; /* it came, or is gone */
};

struct page_lookup {
	struct page_odata odata;
	struct wanted *at;
	size_t n, room;
	size_t bytes; /* of their keys */
	size_t left;  /* not told yet */
	uint64_t gone;
	struct buf lost; /* of those: objects, a line each; not yet told */
	size_t n_lost;
};

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	struct page_lookup *l = p->state;
	int most = p->kit->paging->keys.group;

	p->size = of->size > 0 && of->size < most ? of->size : most;
	return page_keys_check(p, why) == -1
		   ? -1
		   : page_odata_begin(p, &l->odata, why);
}

int
page_want(struct page *p, const char *rec, size_t len, struct why *why)
{
	struct json_val v = {JSON_OBJECT, rec, len};
	struct page_lookup *l = p->state;
	const char *name = p->kit->paging->key;
	struct wanted *w;

	if (len == 0 || *rec != '{')
		v.type = JSON_NULL;
	v = json_get(&v, name);
	if (v.type != JSON_STRING && v.type != JSON_NUMBER)
		return why_set(why, EX_DATAERR,
		    "a record without %s: no row can be asked for", name);
	if (l->left == 0)
		l->n = l->bytes = 0;
	if (l->n == l->room) {
		l->at = mem_grow(l->at, l->room + 32, sizeof(*l->at));
		memset(&l->at[l->room], 0, 32 * sizeof(*l->at));
		l->room += 32;
	}
	w = &l->at[l->n];
	w->told = false;
	buf_clear(&w->text);
	json_put(&w->key, v.text, v.len);
	if (json_text(&v, &w->text, why) == -1)
		return why_set(why, EX_DATAERR,
		    "%s is no text that can be asked for", name);
	l->n++;
	l->left++;
	l->bytes += v.len;
	return l->n >= (size_t)p->size || l->bytes > GROUP_BYTES;
}

/* The next ones that are not told, size of them at most. */
static size_t
next_wanted(const struct page_lookup *l, size_t from)
{
	while (from < l->n && l->at[from].told)
		from++;
	return from;
}

static bool
ask(struct page *p, struct buf *to)
{
	const struct paging *g = p->kit->paging;
	const struct page_lookup *l = p->state;
	struct buf now = BUF_INIT;
	size_t n = 0;

	if (l->left == 0)
		return false;
	if (!g->keys.by_or)
		buf_fmt(&now, "%s in (", g->key);
	for (size_t i = next_wanted(l, 0); i < l->n && n < (size_t)p->size;
	     i = next_wanted(l, i + 1)) {
		if (g->keys.by_or)
			buf_fmt(&now, "%s%s eq ", n > 0 ? " or " : "", g->key);
		else if (n > 0)
			buf_chr(&now, ',');
		page_odata_operand(&now, &l->at[i].key);
		n++;
	}
	if (!g->keys.by_or)
		buf_chr(&now, ')');
	page_odata_filter(&l->odata, now.at, to);
	page_number(to, g->limit_param, n);
	if (g->select != NULL)
		page_param(to, "$select", g->select);
	buf_release(&now);
	return true;
}

/* A row came: how many of those asked for have its key? */
static size_t
tell(struct page_lookup *l, const struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct wanted *w = &l->at[i];

		if (w->text.len != text->len ||
		    memcmp(w->text.at, text->at, text->len) != 0)
			continue;
		l->left -= w->told ? 0 : 1;
		w->told = true;
		n++;
	}
	return n;
}

/* It did not come, and nothing more does. */
static void
lose(struct page *p, struct wanted *w)
{
	struct page_lookup *l = p->state;
	const char *name = p->kit->paging->key;

	w->told = true;
	l->left--;
	l->gone++;
	l->n_lost++;
	buf_chr(&l->lost, '{');
	buf_json(&l->lost, name, strlen(name));
	buf_chr(&l->lost, ':');
	buf_add(&l->lost, w->key.at, w->key.len);
	buf_str(&l->lost, "}\n");
}

size_t
page_lost(struct page *p, struct buf *to)
{
	struct page_lookup *l = p->state;
	size_t n = l->n_lost;

	if (n > 0)
		buf_add(to, l->lost.at, l->lost.len);
	buf_clear(&l->lost);
	l->n_lost = 0;
	return n;
}

/* The row's key is one of those that were asked for. */
static int
take_one(struct page *p, size_t row, struct buf *key, struct why *why)
{
	struct buf text = BUF_INIT;
	struct json_val v;
	size_t n;

	if (page_odata_key(p, row, key, why) == -1)
		return -1;
	v = (struct json_val){json_type_of(key->at[0]), key->at, key->len};
	(void)json_text(&v, &text, why); /* it was read before */
	n = tell(p->state, &text);
	buf_release(&text);
	if (n == 0)
		return why_set(why, EX_PROTOCOL,
		    "a row came that was not asked for, %s %s: the far side "
		    "does not obey the filter",
		    p->kit->paging->key, key->at);
	p->rows[row].pass_on = true;
	return 0;
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	struct page_lookup *l = p->state;
	size_t before = l->left, asked = 0;
	struct buf key = BUF_INIT;
	int rc = 0;

	*turn = TURN_ON;
	for (size_t i = 0; i < p->n && rc == 0; i++)
		rc = take_one(p, i, &key, why);
	p->distinct += before - l->left;
	buf_release(&key);
	if (rc == -1 || l->left < before)
		return rc;
	for (size_t i = next_wanted(l, 0); i < l->n && asked < (size_t)p->size;
	     i = next_wanted(l, i + 1), asked++)
		lose(p, &l->at[i]);
	return 0;
}

static void
sum(const struct page *p, struct page_sum *s)
{
	const struct page_lookup *l = p->state;

	s->distinct = p->distinct;
	s->gone = l->gone;
	s->full = false;
	s->expected = p->has_count ? p->count : 0;
}

static void
release(struct page *p)
{
	struct page_lookup *l = p->state;

	page_odata_release(&l->odata);
	for (size_t i = 0; i < l->room; i++) {
		buf_release(&l->at[i].key);
		buf_release(&l->at[i].text);
	}
	free(l->at);
	buf_release(&l->lost);
}

const struct page_way page_of_lookup = {
    .size = sizeof(struct page_lookup),
    .keyless = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .sum = sum,
    .release = release,
};
