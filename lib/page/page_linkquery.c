#include "page/page_int.h"

#include <string.h>

#include "url/url_text.h"

/*
 * The query of a link, as it is asked for. A parameter that we sent comes
 * back in another coding: "+" for a blank, "%24" for "$". What means the
 * same as ours goes out as we write it, all else as it came. The token of
 * the account is left out, for it travels in a header and nowhere else.
 */

#define TOKEN "access_token"

struct piece { /* name=value, as it stands */
	const char *at;
	size_t len, name; /* bytes, of which the name */
};

static const char *
query_of(const char *url)
{
	const char *mark = strchr(url, '?');

	return mark == NULL ? url + strlen(url) : mark + 1;
}

static bool
next_piece(const char **query, struct piece *p)
{
	const char *eq;

	*query += strspn(*query, "&");
	p->at = *query;
	p->len = strcspn(*query, "&");
	eq = memchr(p->at, '=', p->len);
	p->name = eq == NULL ? p->len : (size_t)(eq - p->at);
	*query += p->len;
	return p->len > 0;
}

static const char *
value_of(const struct piece *p, size_t *len)
{
	*len = p->name < p->len ? p->len - p->name - 1 : 0;
	return p->at + p->len - *len;
}

static bool
is_named(const struct piece *p, const char *name)
{
	struct buf text = BUF_INIT;
	bool is;

	url_decode(p->at, p->name, false, &text);
	is = strcmp(text.at, name) == 0;
	buf_release(&text);
	return is;
}

static bool
same(const struct piece *a, const struct piece *b, bool plus)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	size_t n;
	const char *at = value_of(a, &n);
	bool is;

	url_decode(at, n, plus, &x);
	at = value_of(b, &n);
	url_decode(at, n, false, &y);
	is = x.len == y.len && memcmp(x.at, y.at, x.len) == 0;
	buf_release(&x);
	buf_release(&y);
	return is;
}

/* The parameter of our own query that this one repeats: true, and its text. */
static bool
ours(const char *query, const struct piece *p, struct piece *mine)
{
	struct buf name = BUF_INIT;
	bool found = false;

	url_decode(p->at, p->name, false, &name);
	while (!found && next_piece(&query, mine))
		found = is_named(mine, name.at) &&
			(same(p, mine, true) || same(p, mine, false));
	buf_release(&name);
	return found;
}

/* A page that was too heavy: fewer rows than the link asks for. */
static bool
too_many(const struct page *p, const struct piece *it)
{
	const char *limit = p->kit->paging->limit_param;
	size_t n;
	const char *value = value_of(it, &n);
	struct json_val v = {JSON_NUMBER, value, n};
	long long rows;

	return p->size < p->kit->paging->size && *limit != '\0' &&
	       is_named(it, limit) && json_int(&v, 1, INT64_MAX, &rows) == 0 &&
	       rows > p->size;
}

void
page_link_first(const struct page *p, struct buf *to)
{
	const struct paging *g = p->kit->paging;

	buf_add(to, p->base.at, p->base.len);
	if (*g->limit_param != '\0')
		page_number(to, g->limit_param, (uint64_t)p->size);
	if (g->ask_count)
		page_param(to, "$count", "true");
}

void
page_link_tidy(const struct page *p, const char *link, struct buf *to)
{
	const char *query = query_of(link), *own;
	size_t path = strcspn(link, "?");
	struct buf first = BUF_INIT;
	struct piece it, mine;
	char sep = '?';

	page_link_first(p, &first);
	own = query_of(first.at);
	buf_add(to, link, path);
	while (next_piece(&query, &it)) {
		if (is_named(&it, TOKEN))
			continue;
		if (too_many(p, &it)) {
			page_number(
			    to, p->kit->paging->limit_param, (uint64_t)p->size);
		} else {
			bool known = ours(own, &it, &mine);

			buf_chr(to, sep);
			buf_add(to, known ? mine.at : it.at,
			    known ? mine.len : it.len);
		}
		sep = '&';
	}
	buf_release(&first);
}
