#include "mock/graph/graph_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/graph/graph_cursor.h"
#include "url/url_text.h"

#define MOST 500 /* items of a page, unless --max-page says so */
#define TOP UINT32_MAX

/*
 * A page of a list: places count from its newest item, 0. Threads have theirs
 * in their Page's order, messages by their number from the last one down.
 */
struct leaf {
	struct graph_call *c;
	const struct graph_list *l;
	uint32_t total;	   /* places */
	uint32_t from, to; /* where this page may begin, and must end */
	uint32_t *items, n, limit;
	bool newer, older; /* there are more on that side */
	bool empty;	   /* for no reason, with a link to the rest */
	uint32_t nonce;
};

static uint32_t
item_at(const struct leaf *p, uint32_t place)
{
	const struct graph *m = p->c->m;

	if (p->l->kind == LIST_THREADS)
		return m->pages[p->l->page].order[place];
	return p->l->kind == LIST_MESSAGES ? p->total - 1 - place : place;
}

static bool
is_shown(const struct leaf *p, uint32_t item)
{
	const struct graph *m = p->c->m;
	const struct graph_list *l = p->l;
	uint32_t person;

	if (l->none)
		return false;
	if (l->kind == LIST_MESSAGES)
		return !graph_message_gone(m, l->thread, item);
	if (l->kind == LIST_ACCOUNTS)
		return true;
	if (l->platform != NULL && (strcasecmp(l->platform, "instagram") ==
				       0) != graph_instagram(m, item))
		return false;
	return l->user == NULL ||
	       (graph_person_of(m, l->user, &person) && person == item);
}

static bool
refuse_100(struct graph_call *c, const char *message)
{
	graph_refuse(
	    c->a, &(struct graph_error){.code = 100, .message = message});
	return false;
}

/* The place of a cursor's item, which must be there still. */
static bool
read_cursor(struct leaf *p, const char *text, bool after, uint32_t *place)
{
	struct graph *m = p->c->m;
	const struct graph_list *l = p->l;
	struct graph_cursor at;

	if (!graph_cursor_get(m->o->size.seed, text, &at) ||
	    at.list != (uint32_t)l->kind || graph_draw(m, m->s.dead_cursor))
		return refuse_100(p->c, "(#100) Invalid cursor");
	if (l->kind == LIST_ACCOUNTS)
		*place = at.thread + after;
	else if (l->kind == LIST_MESSAGES) {
		if (at.thread != l->thread ||
		    (at.no != TOP && graph_message_gone(m, at.thread, at.no)))
			return refuse_100(p->c, "(#100) Invalid cursor");
		*place = at.no == TOP ? 0 : p->total - 1 - at.no + after;
	} else {
		if (at.thread != TOP &&
		    (at.thread >= m->n || m->threads[at.thread].gone))
			return refuse_100(p->c, "(#100) Invalid cursor");
		*place = graph_behind(m, l->page, at.at, at.thread);
		if (!after && *place > 0 && item_at(p, *place - 1) == at.thread)
			--*place;
	}
	if (after && m->s.max_depth > 0 && *place > m->s.max_depth)
		return refuse_100(p->c,
		    "(#100) The After Cursor specified exceeds the max limit "
		    "supported by this endpoint");
	return true;
}

/* How many items it may have at most. */
static bool
read_limit(struct leaf *p)
{
	const struct graph *m = p->c->m;
	const struct graph_field *edge = &p->l->edge, *inner;
	int64_t most = m->o->max_page > 0 ? m->o->max_page : MOST;
	int64_t n = edge->limit >= 0 ? edge->limit : GRAPH_LIMIT, weight = 1;

	if (n == 0)
		return refuse_100(
		    p->c, "(#100) Param limit must be greater than 0");
	inner = p->l->kind == LIST_THREADS
		    ? graph_field_find(edge->sub, "messages")
		    : NULL;
	if (inner != NULL)
		weight = inner->limit > 0 ? inner->limit : GRAPH_LIMIT;
	if (m->s.heavy > 0 && n * weight > m->s.heavy) {
		graph_refuse(
		    p->c->a, &(struct graph_error){
				 .code = 1, .subcode = 99, .status = 500});
		return false;
	}
	p->limit = (uint32_t)(n < most ? n : most);
	return true;
}

/* What goes wrong with pages by chance, short ones and empty ones. */
static void
draw_size(struct leaf *p)
{
	struct graph *m = p->c->m;

	if (p->l->embedded || p->l->kind == LIST_ACCOUNTS ||
	    p->l->edge.before != NULL)
		return;
	if (graph_draw(m, m->s.empty)) {
		p->empty = true;
		p->limit = 0;
	} else if (p->limit > 1 && graph_draw(m, m->s.shorter))
		p->limit = 1 + (uint32_t)(graph_hash(m, 0, 0, m->drawn) %
					  (p->limit - 1));
}

static void
take_after(struct leaf *p)
{
	for (uint32_t i = p->from; i < p->total; i++) {
		uint32_t item = item_at(p, i);

		if (!is_shown(p, item))
			continue;
		if (p->n == p->limit) {
			p->older = true;
			break;
		}
		p->items[p->n++] = item;
	}
	p->newer = p->from > 0 && p->n > 0;
}

/* The last ones before the cursor, in the list's order. */
static void
take_before(struct leaf *p)
{
	for (uint32_t i = p->to; i-- > 0;) {
		uint32_t item = item_at(p, i);

		if (!is_shown(p, item))
			continue;
		if (p->n == p->limit) {
			p->newer = true;
			break;
		}
		p->items[p->n++] = item;
	}
	for (uint32_t i = 0; i < p->n / 2; i++) {
		uint32_t other = p->items[i];

		p->items[i] = p->items[p->n - 1 - i];
		p->items[p->n - 1 - i] = other;
	}
	p->older = p->n > 0;
}

static void
put_cursor(const struct leaf *p, uint32_t item, struct buf *to)
{
	const struct graph *m = p->c->m;
	struct graph_cursor at = {
	    .list = (uint32_t)p->l->kind, .thread = item, .nonce = p->nonce};

	if (p->l->kind == LIST_MESSAGES) {
		at.thread = p->l->thread;
		at.no = item;
	} else if (p->l->kind == LIST_THREADS && item != TOP)
		at.at = m->threads[item].updated;
	else if (p->l->kind == LIST_THREADS)
		at.at = INT64_MAX;
	graph_cursor_put(m->o->size.seed, &at, to);
}

static void
put_arg(struct buf *to, const char *name, const char *value)
{
	buf_chr(to, '&');
	url_encode(name, strlen(name), to);
	buf_chr(to, '=');
	url_encode(value, strlen(value), to);
}

/* With the token in it, as the real ones. */
static void
put_link(const struct leaf *p, const char *name, const char *way,
    const char *cursor, struct buf *to)
{
	static const char *const own[] = {
	    "access_token", "limit", "after", "before", "pretty", NULL};
	const struct graph_call *c = p->c;
	struct buf url = BUF_INIT;

	buf_fmt(&url, "http://%s/%s%s?access_token=", c->host, c->version,
	    p->l->path != NULL ? p->l->path : c->path);
	url_encode(c->token, strlen(c->token), &url);
	buf_str(&url, "&pretty=0");
	for (size_t i = 0; i < c->n_args && !p->l->embedded; i++) {
		size_t k = 0;

		while (own[k] != NULL && strcmp(own[k], c->args[i].name) != 0)
			k++;
		if (own[k] == NULL)
			put_arg(&url, c->args[i].name, c->args[i].value);
	}
	if (p->l->embedded && p->l->edge.sub != NULL) {
		struct buf fields = BUF_INIT;

		graph_fields_put(p->l->edge.sub, &fields);
		put_arg(&url, "fields", fields.at);
		buf_release(&fields);
	}
	buf_fmt(&url, "&limit=%lld",
	    (long long)(p->l->edge.limit > 0 ? p->l->edge.limit : GRAPH_LIMIT));
	put_arg(&url, way, cursor);
	graph_key(to, name);
	graph_string(to, url.at);
	buf_release(&url);
}

/* An empty page that has a rest goes on behind what came before it. */
static void
put_paging(struct leaf *p, struct buf *to)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	uint32_t last = p->n > 0      ? p->items[p->n - 1]
			: p->from > 0 ? item_at(p, p->from - 1)
				      : TOP;

	if (p->n == 0 && !p->empty)
		return;
	p->nonce = p->empty ? (uint32_t)p->c->m->served : 0;
	put_cursor(p, p->n > 0 ? p->items[0] : last, &before);
	put_cursor(p, last, &after);
	graph_key(to, "paging");
	buf_str(to, "{\"cursors\":{\"before\":");
	graph_string(to, before.at);
	buf_str(to, ",\"after\":");
	graph_string(to, after.at);
	buf_chr(to, '}');
	if (p->older || p->empty || (p->c->m->s.tail && !p->l->embedded))
		put_link(p, "next", "after", after.at, to);
	if (p->newer)
		put_link(p, "previous", "before", before.at, to);
	buf_chr(to, '}');
	buf_release(&before);
	buf_release(&after);
}

static uint32_t
count_places(const struct graph *m, const struct graph_list *l)
{
	return l->kind == LIST_THREADS	  ? m->pages[l->page].n_order
	       : l->kind == LIST_MESSAGES ? graph_messages(m, l->thread)
					  : (uint32_t)m->s.pages;
}

/* The page's items and where it stands; false: c->a has an error. */
static bool
find_page(struct leaf *p)
{
	const struct graph_field *edge = &p->l->edge;

	p->total = count_places(p->c->m, p->l);
	if (!read_limit(p) ||
	    (edge->after != NULL &&
		!read_cursor(p, edge->after, true, &p->from)) ||
	    (edge->before != NULL &&
		!read_cursor(p, edge->before, false, &p->to)))
		return false;
	draw_size(p);
	if ((p->items = calloc(p->limit + 1, sizeof(*p->items))) == NULL)
		err(EX_OSERR, NULL);
	if (edge->before != NULL && edge->after == NULL)
		take_before(p);
	else
		take_after(p);
	p->empty = p->empty && p->older;
	return true;
}

bool
graph_put_list(struct graph_call *c, const struct graph_list *l, struct buf *to)
{
	struct leaf p = {.c = c, .l = l};
	bool good = find_page(&p);

	if (good)
		buf_str(to, "{\"data\":[");
	for (uint32_t i = 0; good && i < p.n; i++) {
		if (i > 0)
			buf_chr(to, ',');
		good = l->put(c, l, p.items[i], to);
	}
	if (good) {
		buf_chr(to, ']');
		put_paging(&p, to);
		buf_chr(to, '}');
	}
	free(p.items);
	return good;
}
