#include "mock/graph/graph_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum graph_node {
	NODE_NONE,
	NODE_USER,
	NODE_PAGE,
	NODE_THREAD,
	NODE_MESSAGE,
	NODE_PERSON
};

struct graph_target {
	enum graph_node node;
	uint32_t page, thread, no;
};

/* A path's first part, and its second without the slash. */
struct route {
	char id[256];
	const char *edge; /* "" if there is none */
};

static void
split(const char *path, struct route *to)
{
	size_t len = strcspn(path + 1, "/");

	snprintf(to->id, sizeof(to->id), "%.*s", (int)len, path + 1);
	to->edge = path[1 + len] == '/' ? path + 2 + len : "";
}

/* What an id is the id of; what was deleted is nothing. */
static struct graph_target
find(const struct graph *m, const struct graph_call *c, const char *id)
{
	struct graph_target t = {NODE_NONE, 0, 0, 0};
	int page = strcmp(id, "me") == 0 ? (int)c->page : graph_page_of(m, id);

	if (strcmp(id, "me") == 0 && c->user)
		t.node = NODE_USER;
	else if (page != -1) {
		t.node = NODE_PAGE;
		t.page = (uint32_t)page;
		return t;
	} else if (graph_thread_of(m, id, &t.thread))
		t.node = NODE_THREAD;
	else if (graph_message_of(m, id, &t.thread, &t.no))
		t.node = NODE_MESSAGE;
	else if (graph_person_of(m, id, &t.thread))
		t.node = NODE_PERSON;
	else
		return t;
	if (t.node != NODE_USER)
		t.page = m->threads[t.thread].page;
	if (t.node != NODE_USER && t.node != NODE_PERSON &&
	    (m->threads[t.thread].gone ||
		(t.node == NODE_MESSAGE &&
		    graph_message_gone(m, t.thread, t.no))))
		t.node = NODE_NONE;
	return t;
}

static bool
missing(struct graph_call *c, const char *id)
{
	char text[400];

	snprintf(text, sizeof(text),
	    "Unsupported %s request. Object with ID '%.200s' does not exist, "
	    "cannot be loaded due to missing permissions, or does not support "
	    "this operation.",
	    strcmp(c->method, "GET") == 0 ? "get" : "post", id);
	return graph_fail(c, 100, 33, text);
}

/* The edge as the call's own parameters say. */
static bool
read_edge(struct graph_call *c, const struct graph_fields *fields,
    struct graph_field *edge)
{
	const char *limit = graph_arg(c, "limit"), *wrong = NULL;

	*edge = (struct graph_field){.after = graph_arg(c, "after"),
	    .before = graph_arg(c, "before"),
	    .limit = -1,
	    .sub = graph_fields_first(fields)};
	if (edge->after != NULL && *edge->after == '\0')
		edge->after = NULL;
	if (edge->before != NULL && *edge->before == '\0')
		edge->before = NULL;
	if (limit != NULL)
		edge->limit = strtonum(limit, 0, 1000000, &wrong);
	return wrong == NULL ||
	       graph_fail(c, 100, 0, "(#100) Param limit must be an integer");
}

static bool
put_thread(struct graph_call *c, const struct graph_list *l, uint32_t thread,
    struct buf *to)
{
	c->m->threads[thread].listed++;
	return graph_put_thread(c, thread, l->edge.sub, to);
}

static bool
serve_threads(struct graph_call *c, uint32_t page,
    const struct graph_fields *fields, struct buf *to)
{
	const char *folder = graph_arg(c, "folder");
	struct graph_list l = {.kind = LIST_THREADS,
	    .put = put_thread,
	    .page = page,
	    .platform = graph_arg(c, "platform"),
	    .user = graph_arg(c, "user_id")};

	if (!read_edge(c, fields, &l.edge))
		return false;
	if (l.platform == NULL && c->m->s.apart)
		l.platform = "messenger";
	if (l.platform != NULL && strcasecmp(l.platform, "messenger") != 0 &&
	    strcasecmp(l.platform, "instagram") != 0)
		return graph_fail(c, 100, 0,
		    "(#100) Param platform must be one of {MESSENGER, "
		    "INSTAGRAM}");
	l.none = folder != NULL && strcasecmp(folder, "inbox") != 0;
	c->m->lists++;
	if (l.edge.after != NULL || l.edge.before != NULL)
		graph_between_pages(c->m, page);
	return graph_put_list(c, &l, to);
}

static bool
serve_messages(struct graph_call *c, uint32_t thread,
    const struct graph_fields *fields, struct buf *to)
{
	struct graph_list l = {.kind = LIST_MESSAGES,
	    .put = graph_put_listed_message,
	    .thread = thread};
	struct graph_thread *t = &c->m->threads[thread];

	if (!read_edge(c, fields, &l.edge))
		return false;
	c->m->messages++;
	t->walks++;
	t->starts += l.edge.after == NULL && l.edge.before == NULL;
	return graph_put_list(c, &l, to);
}

static bool
put_account(struct graph_call *c, const struct graph_list *l, uint32_t page,
    struct buf *to)
{
	const struct graph_page *p = &c->m->pages[page];

	(void)l;
	buf_fmt(to,
	    "{\"access_token\":\"%s\",\"category\":\"Local business\","
	    "\"category_list\":[{\"id\":\"2500\",\"name\":\"Local business\"}],"
	    "\"name\":\"Example Page %u\",\"id\":\"%s\",\"tasks\":[\"ANALYZE\","
	    "\"MESSAGING\",\"MODERATE\"]}",
	    p->token, page + 1, p->id);
	return true;
}

static bool
serve_accounts(struct graph_call *c, struct buf *to)
{
	struct graph_list l = {.kind = LIST_ACCOUNTS, .put = put_account};

	return read_edge(c, NULL, &l.edge) && graph_put_list(c, &l, to);
}

static bool
serve_apps(struct graph_call *c, uint32_t page, struct buf *to)
{
	struct graph_page *p = &c->m->pages[page];
	const char *fields = graph_arg(c, "subscribed_fields");

	if (strcmp(c->method, "GET") != 0) {
		strlcpy(p->subscribed,
		    strcmp(c->method, "POST") == 0 && fields != NULL ? fields
								     : "",
		    sizeof(p->subscribed));
		buf_str(to, "{\"success\":true}");
		return true;
	}
	buf_str(to, "{\"data\":[");
	if (p->subscribed[0] != '\0') {
		buf_str(to, "{\"category\":\"Business\",\"link\":"
			    "\"https:\\/\\/www.example.com\\/app\",\"name\":"
			    "\"Example App\",\"id\":\"300200100\","
			    "\"subscribed_fields\":[\"");
		for (const char *s = p->subscribed; *s != '\0'; s++)
			if (*s == ',')
				buf_str(to, "\",\"");
			else
				graph_escape(to, s, 1);
		buf_str(to, "\"]}");
	}
	buf_str(to, "]}");
	return true;
}

/* An empty object for those who do not let themselves be seen. */
static bool
put_person(struct graph_call *c, const struct graph_target *t,
    const struct graph_fields *fields, struct buf *to)
{
	const struct graph_field *f = graph_fields_first(fields);
	struct buf name = BUF_INIT;
	char *last;

	graph_put_name(c->m, t->thread, &name);
	buf_chr(to, '{');
	if (name.len > 0 && (last = strchr(name.at, ' ')) != NULL) {
		*last++ = '\0';
		if (graph_field_wants(f, "first_name")) {
			graph_key(to, "first_name");
			graph_string(to, name.at);
		}
		if (graph_field_wants(f, "last_name")) {
			graph_key(to, "last_name");
			graph_string(to, last);
		}
		if (graph_field_wants(f, "profile_pic")) {
			graph_key(to, "profile_pic");
			buf_fmt(to,
			    "\"https:\\/\\/cdn.example.com\\/p\\/%u?oh=%llu\"",
			    t->thread, (unsigned long long)c->m->served);
		}
		graph_key(to, "id");
		buf_chr(to, '"');
		graph_put_person_id(c->m, t->thread, to);
		buf_chr(to, '"');
	}
	buf_chr(to, '}');
	buf_release(&name);
	return true;
}

/* Older messages than so many: said to be deleted. */
static bool
too_old(const struct graph *m, const struct graph_target *t)
{
	int64_t detail = m->s.detail;

	return detail > 0 &&
	       graph_messages(m, t->thread) - t->no > (uint64_t)detail;
}

static bool
serve_node(struct graph_call *c, const struct graph_target *t,
    const struct graph_fields *fields, struct buf *to)
{
	const struct graph_field *f = graph_fields_first(fields);

	if (t->node == NODE_USER || t->node == NODE_PAGE) {
		buf_fmt(to, "{\"name\":\"Example %s %u\",\"id\":\"%s\"}",
		    t->node == NODE_USER ? "User" : "Page", t->page + 1,
		    t->node == NODE_USER ? "700" : c->m->pages[t->page].id);
		return true;
	}
	c->m->nodes++;
	if (t->node == NODE_PERSON)
		return put_person(c, t, fields, to);
	if (t->node == NODE_MESSAGE && too_old(c->m, t))
		return graph_fail(
		    c, 100, 33, "(#100) The message has been deleted");
	if (t->node == NODE_MESSAGE)
		return graph_put_message(c, t->thread, t->no, f, to);
	c->m->threads[t->thread].nodes++;
	return graph_put_thread(c, t->thread, f, to);
}

/* A Page's token is for that Page, and a user's for no Page's threads. */
static bool
serve_target(struct graph_call *c, const char *id, const char *edge,
    const struct graph_fields *fields, struct buf *to)
{
	struct graph_target t = find(c->m, c, id);
	bool get = strcmp(c->method, "GET") == 0;

	if (t.node == NODE_NONE ||
	    (!c->user && t.node != NODE_USER && t.page != c->page))
		return missing(c, id);
	if (t.node == NODE_PAGE && strcmp(edge, "subscribed_apps") == 0)
		return serve_apps(c, t.page, to);
	if (!get)
		return missing(c, id);
	if (t.node == NODE_USER && strcmp(edge, "accounts") == 0)
		return serve_accounts(c, to);
	if (c->user && t.node != NODE_USER &&
	    (*edge != '\0' || t.node != NODE_PAGE))
		return graph_fail(c, 190, 0,
		    "(#190) This method must be called with a Page Access "
		    "Token");
	if (t.node == NODE_PAGE && strcmp(edge, "conversations") == 0)
		return serve_threads(c, t.page, fields, to);
	if (t.node == NODE_THREAD && strcmp(edge, "messages") == 0)
		return serve_messages(c, t.thread, fields, to);
	if (*edge != '\0')
		return graph_fail(c, 2500, 0, "Unknown path components");
	return serve_node(c, &t, fields, to);
}

/* {"a":{...},"b":{...}} */
static bool
serve_ids(struct graph_call *c, const char *ids,
    const struct graph_fields *fields, struct buf *to)
{
	struct buf copy = BUF_INIT;
	char *rest, *id;
	bool good = true;

	buf_str(&copy, ids);
	rest = copy.at;
	buf_chr(to, '{');
	while (good && (id = strsep(&rest, ",")) != NULL) {
		graph_key(to, id);
		good = serve_target(c, id, c->path + 1, fields, to);
	}
	if (good)
		buf_chr(to, '}');
	buf_release(&copy);
	return good;
}

void
graph_serve(struct graph_call *c)
{
	const char *text = graph_arg(c, "fields"), *ids = graph_arg(c, "ids");
	struct graph_fields *fields = NULL;
	struct why why = {0};
	struct route route;

	if (text != NULL && *text != '\0' &&
	    (fields = graph_fields_parse(text, &why)) == NULL) {
		graph_fail(c, 2500, 0, why.msg);
		return;
	}
	split(c->path, &route);
	if (ids != NULL && *route.edge == '\0' && graph_count_ids(ids) <= 50)
		serve_ids(c, ids, fields, &c->a->body);
	else if (*route.id == '\0')
		graph_fail(c, 100, 0,
		    ids != NULL ? "(#100) Too many IDs"
				: "Unsupported get request.");
	else
		serve_target(c, route.id, route.edge, fields, &c->a->body);
	graph_fields_free(fields);
}

void
graph_family(const struct graph_call *c, char *to, size_t size)
{
	static const char *const names[] = {"{unknown}", "me", "{page}",
	    "{conversation}", "{message}", "{person}"};
	const char *ids = graph_arg(c, "ids");
	struct route route;
	const char *name;

	split(c->path, &route);
	if (ids != NULL || *route.id == '\0') {
		snprintf(to, size, "%s", ids != NULL ? "/?ids" : "/");
		return;
	}
	name = strcmp(route.id, "me") == 0
		   ? "me"
		   : names[find(c->m, c, route.id).node];
	snprintf(to, size, "/%s%s%.40s", name, *route.edge != '\0' ? "/" : "",
	    route.edge);
}
