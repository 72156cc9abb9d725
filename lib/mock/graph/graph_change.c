#include "mock/graph/graph_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mock/server/mock_answer.h"

#define MOST_NAMED 100 /* ids in an answer */

struct graph_change {
	struct graph *m;
	uint32_t page;
	bool tie; /* `tie=1`: all in the second of the last change */
	uint64_t done;
	struct buf threads, messages; /* ids, with commas */
};

static uint64_t
random_number(struct graph *m)
{
	return graph_hash(m, 0, 0, 5000000 + m->moved++);
}

static void
tick(struct graph_change *c)
{
	c->m->clock += !c->tie;
}

/* "a","b": which were changed, as far as they fit. */
static void
name(struct graph_change *c, struct buf *ids, uint32_t thread,
    const uint32_t *no)
{
	if (c->done >= MOST_NAMED)
		return;
	buf_str(ids, ids->len > 0 ? ",\"" : "\"");
	if (no == NULL)
		graph_put_thread_id(c->m, thread, ids);
	else
		graph_put_message_id(c->m, thread, *no, ids);
	buf_chr(ids, '"');
}

static void
new_message(struct graph_change *c, uint32_t thread, uint32_t no)
{
	(void)no;
	tick(c);
	graph_message_add(c->m, thread);
	no = graph_messages(c->m, thread) - 1;
	name(c, &c->messages, thread, &no);
}

static void
new_thread(struct graph_change *c, uint32_t thread, uint32_t no)
{
	tick(c);
	thread = graph_thread_add(c->m, c->page);
	no = graph_messages(c->m, thread) - 1;
	name(c, &c->threads, thread, NULL);
	name(c, &c->messages, thread, &no);
}

static void
delete_thread(struct graph_change *c, uint32_t thread, uint32_t no)
{
	(void)no;
	name(c, &c->threads, thread, NULL);
	graph_thread_delete(c->m, thread);
}

static void
delete_message(struct graph_change *c, uint32_t thread, uint32_t no)
{
	graph_mark_make(c->m, thread, no)->gone = true;
	name(c, &c->messages, thread, &no);
}

/* The Page's side saw it all; nothing says that anything changed. */
static void
read_thread(struct graph_change *c, uint32_t thread, uint32_t no)
{
	struct graph_thread *t = &c->m->threads[thread];

	(void)no;
	t->unread = t->unread == 0;
	name(c, &c->threads, thread, NULL);
}

static void
edit_message(struct graph_change *c, uint32_t thread, uint32_t no)
{
	graph_mark_make(c->m, thread, no)->edits++;
	name(c, &c->messages, thread, &no);
}

static void
react(struct graph_change *c, uint32_t thread, uint32_t no)
{
	struct graph_mark *mark = graph_mark_make(c->m, thread, no);

	mark->reacted = !mark->reacted;
	name(c, &c->messages, thread, &no);
}

static void
rename_person(struct graph_change *c, uint32_t thread, uint32_t no)
{
	(void)no;
	c->m->threads[thread].renamed++;
	name(c, &c->threads, thread, NULL);
}

/* A message must be there to be changed. */
static const struct {
	const char *path;
	void (*fn)(struct graph_change *c, uint32_t thread, uint32_t no);
	bool message; /* changes one; else a thread */
} changes[] = {{"/message", new_message, false},
    {"/conversation", new_thread, false}, {"/delete", delete_thread, false},
    {"/delete", delete_message, true}, {"/read", read_thread, false},
    {"/edit", edit_message, true}, {"/react", react, true},
    {"/rename", rename_person, false}};

#define CHANGES (sizeof(changes) / sizeof(changes[0]))
#define NEW_MESSAGE 0
#define NEW_THREAD 1
#define DELETE_THREAD 2
#define DELETE_MESSAGE 3

/* The newest message of it that is there; false: none. */
static bool
newest(const struct graph *m, uint32_t thread, uint32_t *no)
{
	for (*no = graph_messages(m, thread); *no > 0;)
		if (!graph_message_gone(m, thread, --*no))
			return true;
	return false;
}

static void
change(struct graph_change *c, size_t which, uint32_t thread)
{
	uint32_t no = 0;

	if (changes[which].message && !newest(c->m, thread, &no))
		return;
	changes[which].fn(c, thread, no);
	c->done++;
}

/* In threads far from each other, each of them in turn. */
static void
change_some(struct graph_change *c, size_t which, uint64_t n, uint64_t spread)
{
	struct graph_page *p = &c->m->pages[c->page];
	uint64_t start = random_number(c->m), all = p->n_order;
	uint32_t *chosen;

	if (spread > all)
		spread = all;
	if (spread == 0 || (chosen = calloc(spread, sizeof(*chosen))) == NULL)
		return;
	for (uint64_t i = 0; i < spread; i++)
		chosen[i] = p->order[(start + i * (all / spread)) % all];
	if (which == DELETE_THREAD && n > spread)
		n = spread;
	for (uint64_t i = 0; i < n; i++)
		change(c, which, chosen[i % spread]);
	free(chosen);
}

/* The one that is named; false: it is not there. */
static bool
change_one(struct graph_change *c, size_t which, const char *thread_id,
    const char *message_id, uint64_t n)
{
	uint32_t thread, no;

	if (message_id != NULL) {
		if (!graph_message_of(c->m, message_id, &thread, &no) ||
		    c->m->threads[thread].gone)
			return false;
		changes[which].fn(c, thread, no);
		c->done++;
		return true;
	}
	if (!graph_thread_of(c->m, thread_id, &thread) ||
	    c->m->threads[thread].gone)
		return false;
	for (uint64_t i = 0; i < n && !c->m->threads[thread].gone; i++)
		change(c, which, thread);
	return true;
}

static void
serve_change(struct graph_change *c, size_t which, const struct request *r,
    struct mock_answer *a)
{
	const char *thread = request_arg(r, "conversation");
	const char *message = request_arg(r, "message");
	const char *page = request_arg(r, "page");
	uint64_t n = (uint64_t)request_number(r, "n", 1);
	int of = page != NULL ? graph_page_of(c->m, page) : 0;

	if (which == DELETE_THREAD && message != NULL)
		which = DELETE_MESSAGE;
	if (of == -1 || (message != NULL && !changes[which].message)) {
		mock_fail(a, 404, "no such page, or no message is wanted");
		return;
	}
	c->page = (uint32_t)of;
	c->tie = request_number(r, "tie", 0) == 1;
	if (which == NEW_THREAD)
		for (; c->done < n; c->done++)
			new_thread(c, 0, 0);
	else if (thread == NULL && message == NULL)
		change_some(c, which, n,
		    (uint64_t)request_number(r, "conversations", (int64_t)n));
	else if (!change_one(c, which, thread, message, n)) {
		mock_fail(a, 404, "not there");
		return;
	}
	buf_fmt(&a->body,
	    "{\"changed\":%llu,\"conversations\":[%s],\"messages\":[%s]}\n",
	    (unsigned long long)c->done, c->threads.at, c->messages.at);
}

void
graph_between_pages(struct graph *m, uint32_t page)
{
	struct graph_change c = {.m = m, .page = page};

	if (graph_draw(m, fmax(m->o->move, m->s.move)))
		change_some(&c, NEW_MESSAGE, 1, 1);
	if (graph_draw(m, fmax(m->o->vanish, m->s.vanish)))
		change_some(&c, DELETE_THREAD, 1, 1);
	buf_release(&c.threads);
	buf_release(&c.messages);
}

/* `set?to=heavy=100`: a switch while it runs, sizes apart. */
static void
set(struct graph *m, const struct request *r, struct mock_answer *a)
{
	const char *to = request_arg(r, "to");
	int64_t pages = m->s.pages;
	struct why why = {0};

	if (to == NULL || graph_switch(&m->s, to, &why) == -1)
		mock_fail(a, 400, to == NULL ? "to is missing" : why.msg);
	else
		buf_str(&a->body, "{}\n");
	m->s.pages = pages;
}

/* Tokens are as new, and nobody is blocked or has used anything. */
static void
renew(struct graph *m, struct mock_answer *a)
{
	for (uint32_t i = 0; i < m->s.pages; i++) {
		m->pages[i].calls = 0;
		m->pages[i].blocked_us = 0;
		m->pages[i].use = (struct graph_use){.slot = 0};
	}
	m->app = (struct graph_use){.slot = 0};
	buf_str(&a->body, "{}\n");
}

bool
graph_control(
    void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct graph_change c = {.m = ctx};
	size_t which = 0;

	while (which < CHANGES && strcmp(changes[which].path, path) != 0)
		which++;
	if (strcmp(path, "/set") == 0)
		set(c.m, r, a);
	else if (strcmp(path, "/renew") == 0)
		renew(c.m, a);
	else if (which == CHANGES)
		return graph_dump(c.m, r, path, a);
	else {
		buf_str(&c.threads, "");
		buf_str(&c.messages, "");
		serve_change(&c, which, r, a);
		buf_release(&c.threads);
		buf_release(&c.messages);
	}
	return true;
}
