#include "mock/graph/graph_int.h"

#include <string.h>

/* Nobody is named in a few: then in half of them there is no list, either. */
static bool
nobody(const struct graph *m, uint32_t thread)
{
	return graph_hash(m, thread, 0, 51) % 60 == 5;
}

/* In any order. */
static void
put_participants(const struct graph *m, uint32_t thread,
    const struct graph_field *sub, struct buf *to)
{
	uint32_t who[3] = {thread, NO_THREAD, graph_third(m, thread)};
	uint32_t n = who[2] == NO_THREAD ? 2 : 3;
	uint32_t first = (uint32_t)(graph_hash(m, thread, 0, 52) % n);

	buf_str(to, "{\"data\":[");
	for (uint32_t i = 0; i < n && !nobody(m, thread); i++) {
		if (i > 0)
			buf_chr(to, ',');
		graph_put_party(m, thread, who[(first + i) % n], sub, to);
	}
	buf_str(to, "]}");
}

static void
put_senders(const struct graph *m, uint32_t thread, struct buf *to)
{
	buf_str(to, "{\"data\":[");
	graph_put_party(m, thread, thread, NULL, to);
	buf_chr(to, ',');
	graph_put_party(m, thread, NO_THREAD, NULL, to);
	buf_str(to, "]}");
}

/* Of the newest message, at most 30 words' beginning, plain. */
static void
put_snippet(const struct graph *m, uint32_t thread, struct buf *to)
{
	struct rng r = {graph_hash(m, thread, graph_messages(m, thread), 53)};
	struct buf words = BUF_INIT;

	gen_words(&words, &r, 5);
	graph_string(to, words.at);
	buf_release(&words);
}

static void
put_id(const struct graph *m, uint32_t thread, struct buf *to)
{
	buf_chr(to, '"');
	graph_put_thread_id(m, thread, to);
	buf_chr(to, '"');
}

/* Those with one value; false: not one of them. */
static bool
put_plain(
    const struct graph *m, uint32_t thread, const char *name, struct buf *to)
{
	const struct graph_thread *t = &m->threads[thread];
	static const char *const names[] = {"id", "updated_time",
	    "message_count", "unread_count", "can_reply", "is_subscribed",
	    "is_owner", "scoped_thread_key", "link", "snippet", "senders"};
	size_t i = 0;

	while (
	    i < sizeof(names) / sizeof(names[0]) && strcmp(names[i], name) != 0)
		i++;
	if (i == sizeof(names) / sizeof(names[0]))
		return false;
	graph_key(to, name);
	if (i == 0)
		put_id(m, thread, to);
	else if (i == 1)
		graph_time(to, t->updated);
	else if (i == 2)
		buf_fmt(to, "%u", graph_messages_there(m, thread));
	else if (i == 3)
		buf_fmt(to, "%u", t->unread);
	else if (i < 7)
		buf_str(to, graph_hash(m, thread, (uint32_t)i, 54) % 8 > 0
				? "true"
				: "false");
	else if (i == 7)
		put_id(m, thread, to);
	else if (i == 8)
		buf_fmt(to, "\"\\/%s\\/inbox\\/%u\\/\"", m->pages[t->page].id,
		    thread);
	else if (i == 9)
		put_snippet(m, thread, to);
	else
		put_senders(m, thread, to);
	return true;
}

/* The first page of it, with links to its others. */
static bool
put_messages(struct graph_call *c, uint32_t thread, const struct graph_field *f,
    struct buf *to)
{
	struct graph_list l = {.kind = LIST_MESSAGES,
	    .put = graph_put_listed_message,
	    .thread = thread,
	    .edge = *f};
	struct buf path = BUF_INIT;
	bool good;

	if (graph_messages_there(c->m, thread) == 0)
		return true;
	buf_chr(&path, '/');
	graph_put_thread_id(c->m, thread, &path);
	buf_str(&path, "/messages");
	l.path = path.at;
	l.embedded = true;
	graph_key(to, "messages");
	good = graph_put_list(c, &l, to);
	buf_release(&path);
	return good;
}

static bool
put_member(struct graph_call *c, uint32_t thread, const struct graph_field *f,
    struct buf *to)
{
	if (strcmp(f->name, "messages") == 0)
		return put_messages(c, thread, f, to);
	if (strcmp(f->name, "participants") == 0) {
		if (nobody(c->m, thread) && thread % 2 == 0)
			return true;
		graph_key(to, "participants");
		put_participants(c->m, thread, f->sub, to);
		return true;
	}
	return put_plain(c->m, thread, f->name, to) ||
	       graph_no_field(c, f->name, "UnifiedThread");
}

bool
graph_put_thread(struct graph_call *c, uint32_t thread,
    const struct graph_field *fields, struct buf *to)
{
	static const struct graph_field usual[2] = {
	    {"id", NULL, NULL, -1, NULL, &usual[1]},
	    {"updated_time", NULL, NULL, -1, NULL, NULL}};
	const struct graph_field *first = fields != NULL ? fields : usual;

	buf_chr(to, '{');
	for (const struct graph_field *f = first; f != NULL; f = f->next)
		if (graph_field_find(first, f->name) == f &&
		    !put_member(c, thread, f, to))
			return false;
	if (graph_field_find(first, "id") == NULL)
		put_plain(c->m, thread, "id", to);
	buf_chr(to, '}');
	return true;
}
