#include "mock/graph/graph_int.h"

#include <string.h>

struct graph_wanted { /* NULL: any */
	struct graph *m;
	const char *page, *thread;
	bool text;
	struct buf *to;
};

static bool
is_wanted(const struct graph_wanted *w, uint32_t thread, const char *id)
{
	const struct graph_thread *t = &w->m->threads[thread];

	return !t->gone &&
	       (w->page == NULL ||
		   strcmp(w->page, w->m->pages[t->page].id) == 0) &&
	       (w->thread == NULL || strcmp(w->thread, id) == 0);
}

static void
dump_thread(const struct graph_wanted *w, uint32_t thread, const char *id)
{
	const struct graph_thread *t = &w->m->threads[thread];

	buf_fmt(w->to, "{\"id\":\"%s\",\"updated_time\":", id);
	graph_time(w->to, t->updated);
	buf_fmt(w->to, ",\"page\":\"%s\",\"platform\":\"%s\",\"person\":\"",
	    w->m->pages[t->page].id,
	    graph_instagram(w->m, thread) ? "instagram" : "messenger");
	graph_put_person_id(w->m, thread, w->to);
	buf_fmt(w->to, "\",\"messages\":%u,\"unread_count\":%u}\n",
	    graph_messages_there(w->m, thread), t->unread);
}

static void
dump_messages(const struct graph_wanted *w, uint32_t thread, const char *id)
{
	uint32_t n = graph_messages(w->m, thread);

	for (uint32_t no = 0; no < n; no++) {
		const char *odd = graph_odd(w->m, thread, no);

		if (graph_message_gone(w->m, thread, no))
			continue;
		buf_str(w->to, "{\"id\":\"");
		graph_put_message_id(w->m, thread, no, w->to);
		buf_str(w->to, "\",\"created_time\":");
		graph_time(w->to, graph_message_time(w->m, thread, no));
		buf_fmt(w->to, ",\"conversation\":\"%s\"", id);
		if (graph_has_text(w->m, thread, no)) {
			if (odd != NULL)
				buf_fmt(w->to, ",\"odd\":\"%s\"", odd);
			if (w->text) {
				buf_str(w->to, ",\"message\":");
				graph_put_text(w->m, thread, no, w->to);
			}
		}
		buf_str(w->to, "}\n");
	}
}

static void
dump_reads(const struct graph_wanted *w, uint32_t thread, const char *id)
{
	const struct graph_thread *t = &w->m->threads[thread];

	if (t->listed + t->walks + t->nodes > 0)
		buf_fmt(w->to,
		    "{\"id\":\"%s\",\"listed\":%u,\"messages\":%u,"
		    "\"starts\":%u,\"nodes\":%u}\n",
		    id, t->listed, t->walks, t->starts, t->nodes);
}

static void
put_queries(struct graph *m, struct mock_answer *a)
{
	buf_fmt(&a->body,
	    "{\"lists\":%llu,\"messages\":%llu,\"nodes\":%llu,"
	    "\"refused\":%llu,\"clock\":",
	    (unsigned long long)m->lists, (unsigned long long)m->messages,
	    (unsigned long long)m->nodes, (unsigned long long)m->refused);
	graph_time(&a->body, m->clock);
	buf_str(&a->body, "}\n");
}

static void
forget_reads(struct graph *m, struct mock_answer *a)
{
	for (uint32_t i = 0; i < m->n; i++) {
		struct graph_thread *t = &m->threads[i];

		t->listed = t->walks = t->starts = t->nodes = 0;
	}
	m->lists = m->messages = m->nodes = m->refused = 0;
	buf_str(&a->body, "{}\n");
}

/* One line for each thread that is there, or for each of its messages. */
static void
dump(struct graph *m, const struct request *r,
    void (*put)(const struct graph_wanted *w, uint32_t thread, const char *id),
    struct mock_answer *a)
{
	struct graph_wanted w = {m, request_arg(r, "page"),
	    request_arg(r, "conversation"), request_arg(r, "text") != NULL,
	    &a->body};
	struct buf id = BUF_INIT;

	a->type = "application/x-ndjson";
	for (uint32_t thread = 0; thread < m->n; thread++) {
		buf_clear(&id);
		graph_put_thread_id(m, thread, &id);
		if (is_wanted(&w, thread, id.at))
			put(&w, thread, id.at);
	}
	buf_release(&id);
}

bool
graph_dump(struct graph *m, const struct request *r, const char *path,
    struct mock_answer *a)
{
	if (strcmp(path, "/queries") == 0)
		put_queries(m, a);
	else if (strcmp(path, "/forget-reads") == 0)
		forget_reads(m, a);
	else if (strcmp(path, "/reads") == 0)
		dump(m, r, dump_reads, a);
	else if (strcmp(path, "/dump/conversations") == 0)
		dump(m, r, dump_thread, a);
	else if (strcmp(path, "/dump/messages") == 0)
		dump(m, r, dump_messages, a);
	else
		return false;
	return true;
}
