#include "mock/graph/graph_int.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define APART_S 600    /* between two threads */
#define TIE_FROM 64    /* the first of those that share one second */
#define LONG_EVERY 500 /* threads with very many messages */
#define LONG_AT 7
#define FIRST_AGO_S 60

uint64_t
graph_hash(const struct graph *m, uint32_t thread, uint32_t no, uint64_t salt)
{
	return rng_hash(m->o->size.seed, salt, ((uint64_t)thread << 32) + no);
}

bool
graph_draw(struct graph *m, double chance)
{
	struct rng r = {graph_hash(m, 0, 0, 1000 + m->drawn)};

	m->drawn++;
	return rng_chance(&r, chance);
}

static void *
grow(void *at, size_t n, size_t size)
{
	if ((at = reallocarray(at, n == 0 ? 1 : n, size)) == NULL)
		err(EX_OSERR, NULL);
	return at;
}

bool
graph_instagram(const struct graph *m, uint32_t thread)
{
	return (int64_t)(graph_hash(m, thread, 0, 1) % 100) < m->s.instagram;
}

uint32_t
graph_messages(const struct graph *m, uint32_t thread)
{
	return m->threads[thread].first_n + m->threads[thread].n_late;
}

/* How many messages a thread starts with: about 25 on average. */
static uint32_t
first_messages(const struct graph *m, uint32_t thread)
{
	uint64_t h = graph_hash(m, thread, 0, 2), of = h >> 20;

	if (thread % LONG_EVERY == LONG_AT)
		return (uint32_t)m->s.lengthy;
	if (h % 200 == 0)
		return 0;
	if (h % 20 == 1)
		return (uint32_t)(26 + of % 350);
	if (h % 20 == 2)
		return 24 + of % 4; /* about a page */
	return (uint32_t)(1 + of % 22);
}

/*
 * Newest first by number, and never later than the one before: some share a
 * second with a few, and once there are more of these than fit on any page.
 */
static int64_t
first_time(const struct graph *m, uint32_t thread, uint32_t nth)
{
	uint32_t slot = nth;

	if (nth >= TIE_FROM && nth < TIE_FROM + m->s.ties)
		slot = TIE_FROM;
	else if (nth % 50 >= 10 && nth % 50 < 18)
		slot = nth - nth % 50 + 10;
	return m->o->size.now - FIRST_AGO_S - (int64_t)slot * APART_S -
	       (int64_t)(graph_hash(m, thread - (nth - slot), 0, 3) % APART_S);
}

int64_t
graph_message_time(const struct graph *m, uint32_t thread, uint32_t no)
{
	const struct graph_thread *t = &m->threads[thread];
	uint64_t h = graph_hash(m, thread, 0, 4);
	int64_t step = 20 + (int64_t)(h >> 8) % 4000;
	uint32_t ago;

	if (no >= t->first_n)
		return t->late[no - t->first_n];
	ago = t->first_n - 1 - no;
	if (h % 8 == 0 || thread % (2 * LONG_EVERY) == LONG_AT)
		return t->first_updated - (int64_t)(ago / 130) * step;
	if (h % 8 == 1)
		return t->first_updated - (int64_t)(ago / 3) * step;
	return t->first_updated - (int64_t)ago * step -
	       (ago == 0 ? 0
			 : (int64_t)(graph_hash(m, thread, no, 5) %
				     (uint64_t)step));
}

static size_t
mark_at(const struct graph_thread *t, uint32_t no)
{
	size_t i = 0;

	while (i < t->n_marks && t->marks[i].no != no)
		i++;
	return i;
}

const struct graph_mark *
graph_mark(const struct graph *m, uint32_t thread, uint32_t no)
{
	const struct graph_thread *t = &m->threads[thread];
	size_t i = mark_at(t, no);

	return i < t->n_marks ? &t->marks[i] : NULL;
}

struct graph_mark *
graph_mark_make(struct graph *m, uint32_t thread, uint32_t no)
{
	struct graph_thread *t = &m->threads[thread];
	size_t i = mark_at(t, no);

	if (i == t->n_marks) {
		t->marks = grow(t->marks, i + 1, sizeof(*t->marks));
		t->marks[t->n_marks++] = (struct graph_mark){.no = no};
	}
	return &t->marks[i];
}

bool
graph_message_gone(const struct graph *m, uint32_t thread, uint32_t no)
{
	const struct graph_mark *mark = graph_mark(m, thread, no);

	return mark != NULL && mark->gone;
}

uint32_t
graph_messages_there(const struct graph *m, uint32_t thread)
{
	const struct graph_thread *t = &m->threads[thread];
	uint32_t n = graph_messages(m, thread);

	for (uint32_t i = 0; i < t->n_marks; i++)
		n -= t->marks[i].gone;
	return n;
}

uint32_t
graph_behind(const struct graph *m, uint32_t page, int64_t at, uint32_t thread)
{
	const struct graph_page *p = &m->pages[page];
	uint32_t low = 0, high = p->n_order;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t there = p->order[middle];
		int64_t updated = m->threads[there].updated;

		if (updated > at || (updated == at && there <= thread))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
take_out(struct graph *m, uint32_t thread)
{
	struct graph_thread *t = &m->threads[thread];
	struct graph_page *p = &m->pages[t->page];
	uint32_t at = graph_behind(m, t->page, t->updated, thread);

	memmove(&p->order[at - 1], &p->order[at],
	    (p->n_order - at) * sizeof(*p->order));
	p->n_order--;
}

static void
put_in(struct graph *m, uint32_t thread)
{
	struct graph_thread *t = &m->threads[thread];
	struct graph_page *p = &m->pages[t->page];
	uint32_t at = graph_behind(m, t->page, t->updated, thread);

	memmove(&p->order[at + 1], &p->order[at],
	    (p->n_order - at) * sizeof(*p->order));
	p->order[at] = thread;
	p->n_order++;
}

void
graph_message_add(struct graph *m, uint32_t thread)
{
	struct graph_thread *t = &m->threads[thread];

	take_out(m, thread);
	t->late = grow(t->late, t->n_late + 1, sizeof(*t->late));
	t->late[t->n_late++] = m->clock;
	t->unread++;
	t->updated = m->clock;
	put_in(m, thread);
}

/* One more, which is in no order yet. */
static uint32_t
append(struct graph *m, uint32_t page)
{
	struct graph_page *p = &m->pages[page];

	if (m->n == m->room) {
		m->room = m->room == 0 ? 1024 : m->room * 2;
		m->threads = grow(m->threads, m->room, sizeof(*m->threads));
	}
	if (p->n_order == p->room) {
		p->room = p->room == 0 ? 64 : p->room * 2;
		p->order = grow(p->order, p->room, sizeof(*p->order));
	}
	m->threads[m->n] = (struct graph_thread){.page = page};
	return m->n++;
}

uint32_t
graph_thread_add(struct graph *m, uint32_t page)
{
	uint32_t thread = append(m, page);

	m->threads[thread].updated = m->clock;
	put_in(m, thread);
	graph_message_add(m, thread);
	return thread;
}

void
graph_thread_delete(struct graph *m, uint32_t thread)
{
	take_out(m, thread);
	m->threads[thread].gone = true;
}

static void
open_page(struct graph *m, uint32_t page, uint32_t threads)
{
	for (uint32_t i = 0; i < threads; i++) {
		uint32_t thread = append(m, page);
		struct graph_thread *t = &m->threads[thread];

		t->first_n = first_messages(m, thread);
		t->first_updated = t->updated = first_time(m, thread, i);
		t->unread = (uint32_t)(graph_hash(m, thread, 0, 6) % 4);
		m->pages[page].order[m->pages[page].n_order++] = thread;
	}
}

/* The first Page has as many threads as were asked for, the others a tenth. */
void
graph_store_open(struct graph *m)
{
	uint32_t n = (uint32_t)m->s.conversations;

	for (uint32_t i = 0; i < m->s.pages; i++) {
		struct graph_page *p = &m->pages[i];

		snprintf(p->id, sizeof(p->id), "%llu",
		    100200300400500ull + i * 11ull);
		if (i == 0 && m->o->account != NULL)
			strlcpy(p->id, m->o->account, sizeof(p->id));
		snprintf(p->token, sizeof(p->token), "mock-page-%u", i + 1);
		m->tokens[i] = (struct fixed_token){p->token, p->id};
		open_page(m, i, i == 0 ? n : n / 10);
	}
	m->tokens[m->s.pages] = (struct fixed_token){"mock-user", "user"};
}

void
graph_store_close(struct graph *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		free(m->threads[i].late);
		free(m->threads[i].marks);
	}
	free(m->threads);
	for (uint32_t i = 0; i < GRAPH_MAX_PAGES; i++)
		free(m->pages[i].order);
}
