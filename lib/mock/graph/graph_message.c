#include "mock/graph/graph_int.h"

#include <string.h>

enum {
	HAS_PHOTO = 1, /* its text is empty */
	HAS_SHARE = 2,
	HAS_STORY = 4,
	HAS_REPLY = 8,
	HAS_REACTION = 16,
	UNSUPPORTED = 32 /* has nothing else */
};

/* A message being written. */
struct said {
	struct graph_call *c;
	uint32_t thread, no;
	unsigned has;
};

static unsigned
has(const struct graph *m, uint32_t thread, uint32_t no)
{
	uint64_t h = graph_hash(m, thread, no, 30), rest = h >> 32;
	const struct graph_mark *mark = graph_mark(m, thread, no);
	unsigned is = 0;

	if (h % 100 == 99)
		return UNSUPPORTED;
	if (h % 100 < 12)
		is |= HAS_PHOTO;
	else if (h % 100 < 15)
		is |= HAS_SHARE;
	else if (h % 100 < 17 && graph_instagram(m, thread))
		is |= HAS_STORY;
	if (no > 0 && rest % 20 == 0)
		is |= HAS_REPLY;
	if (rest % 20 == 1 || (mark != NULL && mark->reacted))
		is |= HAS_REACTION;
	return is;
}

bool
graph_has_text(const struct graph *m, uint32_t thread, uint32_t no)
{
	return (has(m, thread, no) & (HAS_PHOTO | UNSUPPORTED)) == 0;
}

/* Who wrote: the Page, the thread's person, or the third one if any. */
static uint32_t
sender(const struct said *s)
{
	uint64_t h = graph_hash(s->c->m, s->thread, s->no, 31);
	uint32_t third = graph_third(s->c->m, s->thread);

	if (third != NO_THREAD && h % 5 == 0)
		return third;
	return (h >> 8) % 2 == 0 ? NO_THREAD : s->thread;
}

static void
put_id(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	(void)sub;
	buf_chr(to, '"');
	graph_put_message_id(s->c->m, s->thread, s->no, to);
	buf_chr(to, '"');
}

static void
put_created(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	(void)sub;
	graph_time(to, graph_message_time(s->c->m, s->thread, s->no));
}

static void
put_from(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	graph_put_party(s->c->m, s->thread, sender(s), sub, to);
}

static void
put_to(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	uint32_t who = sender(s) == NO_THREAD ? s->thread : NO_THREAD;

	buf_str(to, "{\"data\":[");
	graph_put_party(s->c->m, s->thread, who, sub, to);
	buf_str(to, "]}");
}

/* With a picture often none, but there; unsupported ones have an empty one. */
static void
put_text(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	(void)sub;
	if (graph_has_text(s->c->m, s->thread, s->no))
		graph_put_text(s->c->m, s->thread, s->no, to);
	else
		buf_str(to, "\"\"");
}

static void
put_attachments(
    const struct said *s, const struct graph_field *sub, struct buf *to)
{
	buf_str(to, "{\"data\":[");
	graph_put_attachments(s->c->m, s->thread, s->no, sub, to);
	buf_str(to, "]}");
}

/* Only what is named is shown. */
static void
put_shares(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	unsigned long long h = graph_hash(s->c->m, s->thread, s->no, 32);

	buf_str(to, "{\"data\":[{");
	for (; sub != NULL; sub = sub->next) {
		if (strcmp(sub->name, "link") == 0) {
			graph_key(to, "link");
			buf_fmt(to,
			    "\"https:\\/\\/www.example.com\\/p\\/%llu\"",
			    h % 100000);
		} else if (strcmp(sub->name, "name") == 0) {
			graph_key(to, "name");
			buf_fmt(to, "\"Post %llu\"", h % 1000);
		} else if (strcmp(sub->name, "id") == 0) {
			graph_key(to, "id");
			buf_fmt(to, "\"%llu\"", h % 1000000007);
		}
	}
	buf_str(to, "}]}");
}

static void
put_reactions(
    const struct said *s, const struct graph_field *sub, struct buf *to)
{
	(void)sub;
	buf_str(to, "{\"reaction\":\"\\u2764\\ufe0f\",\"users\":[");
	graph_put_party(s->c->m, s->thread, s->thread, NULL, to);
	buf_str(to, "]}");
}

static void
put_story(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	unsigned long long h = graph_hash(s->c->m, s->thread, s->no, 33);

	(void)sub;
	buf_fmt(to,
	    "{\"link\":\"https:\\/\\/cdn.example.com\\/story\\/%llu?oh=%llu\","
	    "\"id\":\"%llu\"}",
	    h % 1000000, (unsigned long long)s->c->m->served, h % 1000000);
}

static void
put_tags(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	bool read = graph_hash(s->c->m, s->thread, s->no, 34) % 4 > 0;

	(void)sub;
	buf_fmt(to,
	    "{\"data\":[{\"name\":\"inbox\"},%s"
	    "{\"name\":\"source:chat\"}]}",
	    read ? "{\"name\":\"read\"}," : "");
}

static void
put_unsupported(
    const struct said *s, const struct graph_field *sub, struct buf *to)
{
	(void)s, (void)sub;
	buf_str(to, "true");
}

static void
put_reply(const struct said *s, const struct graph_field *sub, struct buf *to)
{
	struct said other = *s;

	(void)sub;
	other.no--;
	buf_str(to, "{\"mid\":");
	put_id(&other, NULL, to);
	buf_fmt(to, ",\"is_self_reply\":%s}",
	    sender(&other) == sender(s) ? "true" : "false");
}

static const struct {
	const char *name;
	void (*put)(const struct said *s, const struct graph_field *sub,
	    struct buf *to);
	unsigned needs; /* left out without one of these */
} members[] = {{"id", put_id, 0}, {"created_time", put_created, 0},
    {"from", put_from, 0}, {"to", put_to, 0}, {"message", put_text, 0},
    {"attachments", put_attachments, HAS_PHOTO},
    {"shares", put_shares, HAS_SHARE},
    {"reactions", put_reactions, HAS_REACTION}, {"story", put_story, HAS_STORY},
    {"tags", put_tags, 0}, {"is_unsupported", put_unsupported, UNSUPPORTED},
    {"reply_to", put_reply, HAS_REPLY}};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static bool
put_member(const struct said *s, const struct graph_field *f, struct buf *to)
{
	size_t i = 0;

	while (i < MEMBERS && strcmp(members[i].name, f->name) != 0)
		i++;
	if (i == MEMBERS)
		return graph_no_field(s->c, f->name, "Message");
	if (members[i].needs != 0 && (members[i].needs & s->has) == 0)
		return true;
	if (members[i].put == put_shares && f->sub == NULL)
		return true;
	graph_key(to, f->name);
	members[i].put(s, f->sub, to);
	return true;
}

bool
graph_put_message(struct graph_call *c, uint32_t thread, uint32_t no,
    const struct graph_field *fields, struct buf *to)
{
	static const struct graph_field usual[2] = {
	    {"id", NULL, NULL, -1, NULL, &usual[1]},
	    {"created_time", NULL, NULL, -1, NULL, NULL}};
	struct said s = {c, thread, no, has(c->m, thread, no)};
	const struct graph_field *first = fields != NULL ? fields : usual;

	buf_chr(to, '{');
	for (const struct graph_field *f = first; f != NULL; f = f->next)
		if (graph_field_find(first, f->name) == f &&
		    !put_member(&s, f, to))
			return false;
	if (graph_field_find(first, "id") == NULL) {
		graph_key(to, "id");
		put_id(&s, NULL, to);
	}
	buf_chr(to, '}');
	return true;
}

bool
graph_put_listed_message(struct graph_call *c, const struct graph_list *l,
    uint32_t no, struct buf *to)
{
	return graph_put_message(c, l->thread, no, l->edge.sub, to);
}
