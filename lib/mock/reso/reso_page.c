#include "mock/reso/reso_int.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define HARD_TOP 10000
#define MOST_SORTED 200000 /* rows that are sorted for one answer */

enum way { BY_KEY, BY_TIME, BY_SORT };

struct reso_walk { /* over the rows that pass, in the order that was asked for
		    */
	struct reso_at at;
	const struct reso_query *q;
	enum way way;
	bool desc;
	uint32_t from, to; /* places in the order, or numbers */
	uint32_t *sorted;  /* BY_SORT */
};

struct reso_page {
	uint32_t *rows;
	size_t n;
	bool more;
};

static bool
is_time(enum reso_kind k, size_t field)
{
	return reso_how(k, field)->how == HOW_TIME;
}

static enum way
way_of(const struct reso_query *q, enum reso_kind k, bool *desc)
{
	*desc = q->n_order > 0 && q->order[0].desc;
	if (q->n_order == 0 || q->order[0].field == RESO_KEY)
		return BY_KEY;
	if (is_time(k, q->order[0].field) &&
	    (q->n_order == 1 ||
		(q->order[1].field == RESO_KEY && q->order[1].desc == *desc)))
		return BY_TIME;
	return BY_SORT;
}

/* By which of its fields does the filter see the time? */
static size_t
time_field(const struct reso *m, enum reso_kind k, const struct odata_filter *f)
{
	for (size_t i = RESO_TIME; i < m->n_fields[k]; i++)
		if (is_time(k, i) && odata_uses(f, i))
			return i;
	return RESO_TIME;
}

static uint32_t
number_from(const struct reso_walk *w, const struct odata_edge *e)
{
	return e->key == NULL
		   ? 0
		   : reso_key_from(w->at.m, w->at.k, e->key, e->key_len);
}

/* Only where rows that pass can be: an index, so to say. */
static void
narrow(struct reso_walk *w)
{
	struct reso *m = w->at.m;
	enum reso_kind k = w->at.k;
	struct odata_range r;

	if (w->q->filter == NULL)
		return;
	if (w->way == BY_TIME)
		odata_range(
		    w->q->filter, time_field(m, k, w->q->filter), RESO_KEY, &r);
	else
		odata_key_range(w->q->filter, RESO_KEY, &r);
	if (r.none)
		w->to = w->from;
	else if (w->way == BY_TIME) {
		if (!r.low.open)
			w->from = reso_order_from(
			    m, k, w->at.feed, r.low.us, number_from(w, &r.low));
		if (!r.high.open)
			w->to =
			    r.high.key == NULL
				? reso_order_from(
				      m, k, w->at.feed, r.high.us + 1, 0)
				: reso_order_from(m, k, w->at.feed, r.high.us,
				      number_from(w, &r.high) + 1);
	} else {
		if (!r.low.open)
			w->from = number_from(w, &r.low);
		if (!r.high.open && number_from(w, &r.high) < w->to)
			w->to = number_from(w, &r.high) + 1;
	}
}

/* Behind the row of a $skiptoken. */
static void
go_behind(struct reso_walk *w)
{
	const struct reso_query *q = w->q;
	uint32_t no = q->after_no + !w->desc, place = no;

	if (w->way == BY_TIME)
		place = reso_order_from(
		    w->at.m, w->at.k, w->at.feed, q->after_us, no);
	if (w->desc && place < w->to)
		w->to = place;
	else if (!w->desc && place > w->from)
		w->from = place;
}

/* The next row that passes: its number is in w->at.no. */
static bool
step(struct reso_walk *w, int64_t now)
{
	const struct reso_table *t = &w->at.m->t[w->at.k];

	while (w->from < w->to) {
		uint32_t place = w->desc ? --w->to : w->from++;

		w->at.no = w->sorted != NULL   ? w->sorted[place]
			   : w->way == BY_TIME ? t->order[w->at.feed][place]
					       : place;
		if (w->sorted != NULL)
			return true;
		if (w->way != BY_TIME &&
		    !reso_visible(w->at.m, w->at.k, w->at.no, w->at.feed))
			continue;
		if (w->q->filter == NULL ||
		    odata_match(w->q->filter, reso_get, &w->at, now))
			return true;
	}
	return false;
}

static int
compare_rows(const void *a, const void *b, void *ctx)
{
	const struct reso_walk *w = ctx;
	struct buf texts[2] = {BUF_INIT, BUF_INIT};
	int c = 0;

	for (size_t i = 0; c == 0 && i < w->q->n_order; i++) {
		struct odata_value values[2];
		struct reso_at x = w->at, y = w->at;

		x.no = *(const uint32_t *)a;
		y.no = *(const uint32_t *)b;
		reso_get(&x, w->q->order[i].field, &values[0], &texts[0]);
		reso_get(&y, w->q->order[i].field, &values[1], &texts[1]);
		c = odata_compare(&values[0], &values[1]);
		if (w->q->order[i].desc)
			c = -c;
	}
	buf_release(&texts[0]);
	buf_release(&texts[1]);
	if (c != 0)
		return c;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

/* false: too many rows to sort. */
static bool
sort(struct reso_walk *w, int64_t now)
{
	uint32_t n = 0, *rows = calloc(MOST_SORTED, sizeof(*rows));

	if (rows == NULL)
		err(EX_OSERR, NULL);
	w->desc = false;
	while (n < MOST_SORTED && step(w, now))
		rows[n++] = w->at.no;
	if (n < MOST_SORTED)
		qsort_r(rows, n, sizeof(*rows), compare_rows, w);
	w->sorted = rows;
	w->from = 0;
	w->to = n;
	return n < MOST_SORTED;
}

static uint64_t
count(struct reso_walk w, int64_t now)
{
	uint64_t n = 0;

	if (w.sorted != NULL)
		return w.to;
	if (w.q->filter == NULL)
		return w.at.m->t[w.at.k].n_order[w.at.feed];
	while (step(&w, now))
		n++;
	return n;
}

/* How many rows the page may have. */
static size_t
page_size(struct reso *m, const struct reso_query *q)
{
	uint64_t most =
	    m->o->max_page > 0 ? (uint64_t)m->o->max_page : HARD_TOP;
	uint64_t n = q->max_page > 0 ? q->max_page : (uint64_t)m->s.page;

	if (q->has_top && (m->s.link == LINK_NONE || m->s.top_page))
		n = q->top;
	else if (q->has_top && q->top < n)
		n = q->top;
	if (n > most)
		n = most;
	if (n > 1 && reso_draw(m, m->s.shorter))
		n = 1 + reso_hash(m, RESO_PROPERTY, 0, m->drawn) % (n - 1);
	return (size_t)n;
}

static void
take_page(struct reso_walk *w, size_t size, int64_t now, struct reso_page *p)
{
	uint64_t skip = w->q->skip;

	if ((p->rows = calloc(size + 1, sizeof(*p->rows))) == NULL)
		err(EX_OSERR, NULL);
	while (p->n <= size && step(w, now)) {
		if (skip > 0)
			skip--;
		else
			p->rows[p->n++] = w->at.no;
	}
	p->more = p->n > size;
	if (p->more)
		p->n = size;
	if (p->n > 1 && reso_draw(w->at.m, w->at.m->s.twice)) {
		/* one row twice, the last one comes with the next page */
		size_t i = p->n / 2;

		memmove(&p->rows[i], &p->rows[i - 1],
		    (p->n - i) * sizeof(*p->rows));
		p->more = true;
	}
}

static void
put_children(const struct reso_at *at, enum reso_kind k, struct buf *to)
{
	static const char *const names[] = {
	    NULL, "Media", "Rooms", "OpenHouses"};
	static const struct reso_query all;
	const struct reso_table *t = &at->m->t[k];
	struct reso_at child = {at->m, k, 0, at->feed};
	const char *comma = "";
	uint32_t end;

	buf_fmt(to, ",\"%s\":", names[k]);
	if (at->m->s.null_expand && k == RESO_MEDIA) {
		buf_str(to, "null");
		return;
	}
	buf_chr(to, '[');
	reso_children(at->m, k, at->no, &child.no, &end);
	for (; child.no < t->n; child.no++) {
		if (child.no == end && end < t->first_n)
			child.no = t->first_n; /* those that came later */
		if (child.no >= t->n)
			break;
		if (reso_listing(at->m, k, child.no) != at->no ||
		    !reso_visible(at->m, k, child.no, at->feed))
			continue;
		buf_str(to, comma);
		reso_put_members(&child, &all, "{", to);
		comma = ",";
	}
	buf_chr(to, ']');
}

void
reso_put_members(const struct reso_at *at, const struct reso_query *q,
    const char *sep, struct buf *to)
{
	size_t n = q->n_select > 0 ? q->n_select : at->m->n_fields[at->k];

	for (size_t i = 0; i < n; i++) {
		size_t field = q->n_select > 0 ? q->select[i] : i;

		buf_str(to, i > 0 ? "," : sep);
		buf_chr(to, '"');
		buf_str(to, at->m->fields[at->k][field].name);
		buf_str(to, "\":");
		reso_put(at, field, to);
	}
	for (int k = RESO_MEDIA; k <= RESO_OPEN_HOUSE; k++)
		if (q->expand[k])
			put_children(at, (enum reso_kind)k, to);
	buf_chr(to, '}');
}

static void
put_next(const struct reso_walk *w, const struct reso_page *p,
    const struct request *r, struct buf *to)
{
	const struct reso *m = w->at.m;
	const struct reso_query *q = w->q;
	struct buf link = BUF_INIT;
	char token[32];
	uint32_t last;

	if (m->s.link == LINK_NONE || !p->more || p->n == 0 ||
	    (q->has_top && !m->s.top_page && q->top <= p->n))
		return;
	last = p->rows[p->n - 1];
	snprintf(token, sizeof(token), "%016llx.%08x",
	    (unsigned long long)m->t[w->at.k].rows[last].us, last);
	reso_put_link(m, w->at.k, q, r, q->skip + p->n,
	    m->s.link_token && w->way != BY_SORT ? token : NULL, &link);
	buf_str(to, ",\"@odata.nextLink\":");
	buf_json(to, link.at, link.len);
	buf_release(&link);
}

static void
put_page(struct reso_walk *w, const struct reso_page *p, const uint64_t *all,
    const struct request *r, struct buf *to)
{
	struct reso *m = w->at.m;
	const char *quote = m->s.text_count ? "\"" : "";

	buf_fmt(
	    to, "{\"@odata.context\":\"$metadata#%s\"", reso_names[w->at.k]);
	if (all != NULL)
		buf_fmt(to, ",\"@odata.count\":%s%llu%s", quote,
		    (unsigned long long)*all, quote);
	if (!m->s.link_last)
		put_next(w, p, r, to);
	buf_str(to, ",\"value\":[");
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			buf_chr(to, ',');
		w->at.no = p->rows[i];
		reso_put_members(&w->at, w->q, "{", to);
	}
	buf_chr(to, ']');
	if (m->s.link_last)
		put_next(w, p, r, to);
	buf_chr(to, '}');
	m->rows += p->n;
}

void
reso_serve_page(struct reso *m, enum reso_kind k, enum reso_feed feed,
    struct reso_query *q, const struct request *r, struct mock_answer *a)
{
	struct reso_walk w = {.at = {m, k, 0, feed}, .q = q};
	struct reso_page p = {NULL, 0, false};
	int64_t now = m->clock / 1000000;
	uint64_t all = 0;

	w.way = way_of(q, k, &w.desc);
	w.to = w.way == BY_TIME ? m->t[k].n_order[feed] : m->t[k].n;
	narrow(&w);
	if (w.way == BY_SORT && !sort(&w, now)) {
		reso_refuse(a, 413, "too many rows for this order", "$orderby");
		free(w.sorted);
		return;
	}
	if (q->count)
		all = count(w, now);
	if (q->after && w.way != BY_SORT)
		go_behind(&w);
	take_page(&w, page_size(m, q), now, &p);
	put_page(&w, &p, q->count ? &all : NULL, r, &a->body);
	free(p.rows);
	free(w.sorted);
}
