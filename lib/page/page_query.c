#include "page/page_int.h"

#include <string.h>
#include <sysexits.h>

#include "url/url_text.h"

static int
add_pair(struct page *p, const struct pair *pair,
    const struct template_values *v, struct why *why)
{
	bool first = memchr(p->base.at, '?', p->base.len) == NULL;

	buf_chr(&p->base, first ? '?' : '&');
	url_encode_query(pair->name, strlen(pair->name), &p->base);
	buf_chr(&p->base, '=');
	if (template_query(pair->value, v, &p->base, why) == -1)
		return why_in(why, "query %s", pair->name);
	return 0;
}

/* The query's own choice of members is for whole rows. */
static bool
for_rows(const struct page *p, const char *name)
{
	return p->way->selects &&
	       (strcmp(name, "$select") == 0 || strcmp(name, "$expand") == 0);
}

/* A variant of an incremental run has its own value of a parameter. */
static bool
overridden(const struct pairs *by, const char *name)
{
	for (size_t i = 0; by != NULL && i < by->n; i++)
		if (strcmp(by->at[i].name, name) == 0)
			return true;
	return false;
}

struct template_values
page_values(const struct page *p)
{
	return (struct template_values){.account = p->account,
	    .parent = p->parent.len > 0 ? p->parent.at : NULL,
	    .key = p->wanted.len > 0 ? p->wanted.at : NULL,
	    .position = p->since.len > 0 ? p->since.at : NULL,
	    .today = p->today};
}

/*
 * A value that is all of a segment and is "", "." or ".." asks for another
 * address, and so do dots that are encoded: servers undo that first.
 */
static int
check_segments(const char *path, const char *filled, struct why *why)
{
	size_t was, n;

	for (;; path++, filled++) {
		was = strcspn(path, "/?");
		n = strcspn(filled, "/?");
		if (memchr(path, '{', was) != NULL &&
		    (n == 0 || (n <= 2 && strspn(filled, ".") == n)))
			return why_set(why, EX_UNAVAILABLE,
			    "an id \"%.*s\" asks for another address", (int)n,
			    filled);
		path += was;
		filled += n;
		if (*path != '/' || *filled != '/')
			return 0;
	}
}

int
page_base(struct page *p, struct why *why)
{
	const struct pairs *query = p->kit->query, *variant = NULL;
	struct template_values v = page_values(p);

	if (p->variants > 0)
		variant = &p->kit->r->since[p->variant];
	buf_clear(&p->base);
	if (template_fill(p->kit->path, &v, true, &p->base, why) == -1)
		return why_in(why, "path");
	if (check_segments(p->kit->path, p->base.at, why) == -1)
		return -1;
	for (size_t i = 0; i < query->n; i++)
		if (!overridden(variant, query->at[i].name) &&
		    !for_rows(p, query->at[i].name) &&
		    add_pair(p, &query->at[i], &v, why) == -1)
			return -1;
	for (size_t i = 0; variant != NULL && i < variant->n; i++)
		if (add_pair(p, &variant->at[i], &v, why) == -1)
			return -1;
	return 0;
}

void
page_param(struct buf *to, const char *name, const char *value)
{
	if (name == NULL)
		return;
	buf_chr(to, memchr(to->at, '?', to->len) == NULL ? '?' : '&');
	url_encode_query(name, strlen(name), to);
	buf_chr(to, '=');
	url_encode(value, strlen(value), to);
}

void
page_number(struct buf *to, const char *name, uint64_t value)
{
	struct buf text = BUF_INIT;

	buf_fmt(&text, "%llu", (unsigned long long)value);
	page_param(to, name, text.at);
	buf_release(&text);
}
