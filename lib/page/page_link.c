#include "page/page_int.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "url/url.h"

/*
 * Lists whose answers name the next page, by a link or by a cursor. What is
 * behind it only the far side knows, so nothing overlaps and nothing can be
 * tried but to begin again: when the far side does not know the link any
 * more, or has led us in a circle while rows were still coming. The end is
 * a page without a link, whatever it holds.
 *
 * A list that is not a walk may have any order. A row that changes behind
 * our back, after the run began at S on the far side's clock, has a time
 * from S on, and the largest time read is at most S and what the run took.
 * So the next run asks from that time on, less what this one took, less the
 * overlap for rows that become visible late.
 */

#define LINKS_KEPT 1024

struct by_link {
	struct buf now;		/* link or cursor asked for; empty: the first */
	struct buf next, first; /* scratch */
	char *base;		/* what links are relative to */
	uint64_t met[LINKS_KEPT]; /* hashes of the last links */
	size_t n_met;
	uint64_t asked, mark; /* in this pass; the hash of one farther back */
	bool has_mark;
	int64_t begun; /* its first leg, seconds since 1970 */
};

static struct url_site
site(const struct page *p)
{
	const struct source *s = p->kit->source;
	const struct by_link *l = p->state;

	return (struct url_site){l->base, s->hosts, s->n_hosts};
}

static bool
ask(struct page *p, struct buf *to)
{
	const struct paging *g = p->kit->paging;
	struct by_link *l = p->state;

	buf_clear(to);
	if (l->now.len > 0 && g->cursor == NULL) {
		page_link_tidy(p, l->now.at, to);
		return true;
	}
	page_link_first(p, to);
	if (l->now.len > 0)
		page_param(to, g->cursor_param, l->now.at);
	return true;
}

/* What leads on, as text, if anything does: 1, 0, -1. */
static int
text_of(const struct json_val *v, bool numbers, struct buf *to, struct why *why)
{
	buf_clear(to);
	if (v->type == JSON_NONE || v->type == JSON_NULL ||
	    v->type == JSON_FALSE)
		return 0;
	if ((v->type != JSON_STRING && !(numbers && v->type == JSON_NUMBER)) ||
	    json_text(v, to, why) == -1)
		return why_set(why, EX_PROTOCOL,
		    "the link to the next page is not a text");
	return to->len > 0;
}

/* The link or cursor behind this page into l->next; empty: the end. */
static int
read_next(struct page *p, struct why *why)
{
	const struct paging *g = p->kit->paging;
	const struct answer *a = &p->answer;
	struct by_link *l = p->state;
	struct url_site s = site(p);
	struct buf text = BUF_INIT, whole = BUF_INIT;
	int got = 1;

	if (g->cursor == NULL || p->kit->source->next != NULL)
		got = text_of(&a->next, g->cursor != NULL, &text, why);
	buf_clear(&l->next);
	if (got == 1 && g->cursor == NULL) {
		buf_clear(&l->first);
		(void)ask(p, &l->first);
		got = url_link(&s, l->first.at, text.at, &whole, why);
		if (got == 0) /* from here on without a token in it */
			page_link_tidy(p, whole.at, &l->next);
	} else if (got == 1) {
		got = text_of(&a->cursor, true, &l->next, why);
		if (got == 0 && p->kit->source->next != NULL)
			got = why_set(why, EX_PROTOCOL,
			    "there is a next page, and no cursor to ask for "
			    "it");
	}
	buf_wipe(&text);
	buf_wipe(&whole);
	return got == -1 ? -1 : 0;
}

/* What was asked when this text is: links to the same page are the same. */
static uint64_t
hash_of(struct page *p, const char *text)
{
	struct by_link *l = p->state;

	buf_clear(&l->first);
	if (p->kit->paging->cursor == NULL)
		page_link_tidy(p, text, &l->first);
	else
		buf_str(&l->first, text);
	return seen_hash(l->first.at, l->first.len);
}

/*
 * The last links are kept, and one from farther back, a power of two: so a
 * short circle is seen at its first turn, and any other in its second.
 */
static bool
met(struct by_link *l, uint64_t hash)
{
	for (size_t i = 0; i < l->n_met; i++)
		if (l->met[i] == hash)
			return true;
	return l->has_mark && l->mark == hash;
}

static void
remember(struct by_link *l, uint64_t hash)
{
	l->met[l->asked % LINKS_KEPT] = hash;
	if (l->n_met < LINKS_KEPT)
		l->n_met++;
	l->asked++;
	if ((l->asked & (l->asked - 1)) == 0) {
		l->mark = hash;
		l->has_mark = true;
	}
}

/* From the top, unless the last time brought nothing new. */
static bool
restart(struct page *p)
{
	if (!page_restart(p))
		return false;
	p->resumed = false;
	return true;
}

/* The link has died. */
static bool
refused(struct page *p, enum turn *turn)
{
	const struct by_link *l = p->state;

	*turn = TURN_BACK;
	return l->now.len > 0 && restart(p);
}

/* The way on: 0, or -1 if it leads back and that is not the list's moving. */
static int
go_on(struct page *p, enum turn *turn, struct why *why)
{
	struct by_link *l = p->state;
	uint64_t to = hash_of(p, l->next.at), from;

	if (l->now.len == 0) {
		buf_clear(&l->first);
		if (p->kit->paging->cursor == NULL)
			page_link_first(p, &l->first);
		from = seen_hash(l->first.at, l->first.len);
	} else {
		from = hash_of(p, l->now.at);
	}
	remember(l, from);
	*turn = TURN_ON;
	if (from == to)
		return why_set(
		    why, EX_PROTOCOL, "the page links itself as the next one");
	if (!met(l, to)) {
		buf_set(&l->now, l->next.at, l->next.len);
		return 0;
	}
	if (p->below) /* nothing is wanted behind it */
		return 0;
	*turn = TURN_BACK;
	if (restart(p))
		return 0;
	return why_set(
	    why, EX_PROTOCOL, "the links to the next pages lead in a circle");
}

static int
take(struct page *p, enum turn *turn, struct why *why)
{
	const struct by_link *l = p->state;

	if (read_next(p, why) == -1)
		return -1;
	(void)page_count_moved(p);
	page_accept(p, 0);
	*turn = TURN_LAST;
	return l->next.len == 0 ? 0 : go_on(p, turn, why);
}

/* A list that is no walk asks for what changed since the last run. */
static void
ask_since(struct page *p)
{
	const struct cursor *c = &p->from;
	const struct page_kit *k = p->kit;
	const struct position *at =
	    p->resumed && position_is(&c->stop) ? &c->stop : &c->position;
	int64_t took = (int64_t)(c->took < INT32_MAX ? c->took : INT32_MAX);

	if (k->walk || !position_is(at))
		return;
	if (k->paging == &k->r->paging)
		p->variants = k->r->n_since;
	buf_clear(&p->since);
	position_print_back(at, k->paging->overlap_ms + took * 1000, &p->since);
}

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	const struct cursor *c = &p->from;
	struct by_link *l = p->state;
	struct url_site s;

	page_walk_begin(p);
	ask_since(p);
	l->begun = c->begun > 0 ? (int64_t)c->begun : p->begun_s;
	l->base = mem_str(of->base != NULL ? of->base : p->kit->source->base);
	if (c->link == NULL)
		return 0;
	s = site(p);
	if (p->kit->paging->cursor != NULL)
		buf_str(&l->now, c->link);
	else if (url_link(&s, "/", c->link, &l->now, why) == -1)
		return why_set(
		    why, EX_USAGE, "--from: not a link that is followed here");
	return 0;
}

static void
reset(struct page *p)
{
	struct by_link *l = p->state;

	buf_clear(&l->now);
	l->n_met = 0;
	l->asked = 0;
	l->has_mark = false;
}

static void
border(struct page *p)
{
	const struct by_link *l = p->state;
	const struct position *since =
	    p->from.middle != MIDDLE_NONE ? &p->from.stop : &p->from.position;

	if (!p->kit->paging->resume || p->phase != PHASE_MAIN ||
	    p->variants > 1 || l->now.len == 0)
		return;
	cursor_text(&p->cursor, "newest", &p->newest.text);
	cursor_text(&p->cursor, "stop", &since->text);
	cursor_text(&p->cursor, "link", &l->now);
	cursor_number(&p->cursor, "seen", p->from.seen + p->distinct);
	cursor_number(&p->cursor, "begun", (uint64_t)l->begun);
	if (p->from.took > 0)
		cursor_number(&p->cursor, "took", p->from.took);
}

static void
done(struct page *p)
{
	const struct by_link *l = p->state;

	page_position(p);
	if (p->cursor.len > 0 && !p->kit->walk)
		cursor_number(
		    &p->cursor, "took", (uint64_t)page_took(p, l->begun) + 1);
}

static void
release(struct page *p)
{
	struct by_link *l = p->state;

	buf_release(&l->now);
	buf_release(&l->next);
	buf_release(&l->first);
	free(l->base);
}

const struct page_way page_by_link = {
    .size = sizeof(struct by_link),
    .middle = MIDDLE_LINK,
    .one_way = true,
    .begin = begin,
    .ask = ask,
    .take = take,
    .refused = refused,
    .reset = reset,
    .border = border,
    .done = done,
    .release = release,
};
