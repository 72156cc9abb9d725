#include "mock/described/described_int.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/described/described_value.h"
#include "mock/server/mock_answer.h"
#include "url/url_text.h"

#define CURSOR "cursor" /* in links, where the description names none */

struct answered { /* an answer while its envelope is written */
	struct described *ms;
	struct described_kind *k;
	const struct paging *how;
	const struct request *r;
	struct mock_query query;
	const struct buf *rows; /* of OData: found already */
	uint64_t count;
	int64_t last;
	int cursor_place; /* of this list; -1: none */
	bool more;	  /* the list goes on behind this page */
};

static enum page_style
style_of(const struct paging *how)
{
	return how->style == PAGE_WALK ? how->by : how->style;
}

static const char *
cursor_name(const struct paging *how)
{
	return how->cursor != NULL ? how->cursor_param : CURSOR;
}

/* The same question again, from behind the last row on. */
static void
put_link(const struct answered *p, struct buf *to)
{
	const struct request *r = p->r;
	const char *host = request_header(r, "Host"), *sep = "?";
	struct buf link = BUF_INIT;

	if (host != NULL)
		buf_fmt(&link, "http://%s", host);
	buf_str(&link, r->path);
	for (size_t i = 0; i < r->n_args; i++) {
		if (strcmp(r->args[i].name, cursor_name(p->how)) == 0)
			continue;
		buf_str(&link, sep);
		url_encode(r->args[i].name, strlen(r->args[i].name), &link);
		buf_chr(&link, '=');
		url_encode(r->args[i].value, strlen(r->args[i].value), &link);
		sep = "&";
	}
	buf_fmt(
	    &link, "%s%s=%lld", sep, cursor_name(p->how), (long long)p->last);
	gen_quoted(to, link.at);
	buf_release(&link);
}

/* What leads on, for lists that go by it; null at the end. */
static void
put_next(const struct answered *p, bool link, struct buf *to)
{
	if (!p->more || style_of(p->how) != PAGE_LINK)
		buf_str(to, "null");
	else if (link)
		put_link(p, to);
	else
		buf_fmt(to, "\"%lld\"", (long long)p->last);
}

static void
put_rows(struct answered *p, struct buf *to)
{
	uint64_t first, shown;

	buf_chr(to, '[');
	if (p->rows != NULL) {
		buf_add(to, p->rows->at, p->rows->len);
	} else {
		p->count =
		    table_page(p->k->table, &p->query, to, &first, &shown);
		p->more = shown > 0 && first + shown < p->count;
	}
	buf_chr(to, ']');
}

static void
put_place(void *ctx, int no, struct buf *to)
{
	struct answered *p = ctx;
	const int *place = p->ms->place;

	if (no == place[PLACE_ROWS])
		put_rows(p, to);
	else if (no == place[PLACE_COUNT])
		buf_fmt(to, "%llu", (unsigned long long)p->count);
	else if (no == place[PLACE_LIMIT])
		buf_fmt(to, "%llu", (unsigned long long)p->query.limit);
	else if (no == place[PLACE_NEXT])
		put_next(p, true, to);
	else if (no == p->cursor_place)
		put_next(p, false, to);
	else if (no == place[PLACE_STATUS])
		gen_quoted(
		    to, p->ms->s->status_ok != NULL ? p->ms->s->status_ok : "");
	else /* another list's cursor */
		buf_str(to, "null");
}

/* Lists move while they are read. */
static void
between_pages(struct described *ms, struct described_kind *k)
{
	struct rng r = rng_of(ms->o->size.seed, "move", ms->pages++);
	struct mock_row *row;

	if (rng_chance(&r, ms->o->move) &&
	    (row = table_any(k->table, &r)) != NULL)
		kind_change(k, row);
	if (rng_chance(&r, ms->o->vanish) &&
	    (row = table_any(k->table, &r)) != NULL)
		kind_delete(ms->kinds, ms->s->n_resources, k, row);
}

/* Where the page begins. */
static void
begin_at(struct answered *p)
{
	const struct paging *how = p->how;
	const char *after = NULL;

	if (style_of(how) == PAGE_OFFSET)
		p->query.offset =
		    (uint64_t)request_number(p->r, how->offset_param, 0);
	else if (style_of(how) == PAGE_AFTER)
		after = request_arg(p->r, how->after_param);
	else if (style_of(how) == PAGE_LINK)
		after = request_arg(p->r, cursor_name(how));
	if (after == NULL)
		return;
	p->query.after = true;
	p->query.gone_is_end = p->ms->o->gone_is_end;
	p->query.after_id = style_of(how) == PAGE_LINK
				? strtoll(after, NULL, 10)
				: key_id(after);
}

static void
set_query(struct answered *p, const char *group)
{
	bool walk = p->how->style == PAGE_WALK;
	struct mock_query *q = &p->query;
	int64_t max = p->ms->o->max_page;

	q->limit = (uint64_t)request_number(p->r, p->how->limit_param, 100);
	if (max > 0 && q->limit > (uint64_t)max)
		q->limit = (uint64_t)max;
	if (p->how->style == PAGE_NONE)
		q->limit = UINT64_MAX;
	q->last = &p->last;
	begin_at(p);
	q->order = (struct mock_order){
	    walk ? KIND_POSITION : KIND_NO, -1, walk, false, walk};
	if (group == NULL)
		return;
	q->grouped = true;
	q->group = key_id(group);
	q->order.then = q->order.by;
	q->order.then_desc = q->order.by_desc;
	q->order.by = KIND_GROUP;
	q->order.by_desc = false;
}

void
described_page(struct described *ms, struct described_kind *k,
    const struct paging *how, const struct request *r, const char *group,
    struct mock_answer *a)
{
	struct answered p = {.ms = ms, .k = k, .how = how, .r = r};
	struct buf rows = BUF_INIT;
	struct why why;

	set_query(&p, group);
	p.cursor_place = described_place(ms->envelope, how->cursor);
	if (p.query.after || p.query.offset > 0 ||
	    (how->style == PAGE_KEYSET && request_arg(r, "$filter") != NULL))
		between_pages(ms, k);
	if (how->style == PAGE_KEYSET)
		p.rows = &rows;
	if (p.rows != NULL &&
	    described_odata(ms, k, r, group != NULL ? &p.query.group : NULL,
		p.query.limit, &rows, &p.count, &why) == -1)
		mock_fail(a, 400, why.msg);
	else
		tree_write(ms->envelope, &a->body, put_place, &p);
	buf_release(&rows);
}

int
described_place(struct tree *t, const struct expr *e)
{
	char path[256];
	size_t n;

	if (e == NULL)
		return -1;
	n = strcspn(expr_source(e), " ");
	if (n >= sizeof(path))
		return -1;
	memcpy(path, expr_source(e), n);
	path[n] = '\0';
	return tree_add(t, path);
}

void
described_envelope(struct described *ms)
{
	const struct source *s = ms->s;
	struct tree *t = ms->envelope = tree_new();

	ms->place[PLACE_ROWS] = described_place(t, s->rows);
	ms->place[PLACE_COUNT] = described_place(t, s->count);
	ms->place[PLACE_LIMIT] = described_place(t, s->limit_echo);
	ms->place[PLACE_STATUS] =
	    s->status_ok == NULL ? -1 : described_place(t, s->status);
	ms->place[PLACE_NEXT] = described_place(t, s->next);
	for (size_t i = 0; i < s->n_resources; i++) {
		const struct resource *r = &s->resources[i];

		(void)described_place(t, r->paging.cursor);
		if (r->each != NULL)
			(void)described_place(t, r->each->paging.cursor);
	}
}
