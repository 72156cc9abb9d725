#include "mock/graph/graph_int.h"

#include <string.h>

#include "json/json.h"

#define MOST_PARTS 50
#define MOST_ARGS 32

struct graph_batch {
	struct graph_call *c;
	size_t n;
	struct mock_answer out;
};

static int
text_of(const struct json_val *part, const char *name, struct buf *to,
    struct why *why)
{
	struct json_val v = json_get(part, name);

	buf_str(to, "");
	return v.type == JSON_NONE ? 0 : json_text(&v, to, why);
}

/* Status, headers and the body as a text. */
static void
put_part(const struct mock_answer *a, struct buf *to)
{
	buf_fmt(to,
	    "{\"code\":%d,\"headers\":[{\"name\":\"Content-Type\",\"value\":"
	    "\"%s\"}",
	    a->status,
	    a->type != NULL ? a->type : "application\\/json; charset=UTF-8");
	for (size_t i = 0; i < a->n_headers; i++) {
		buf_fmt(to, ",{\"name\":\"%s\",\"value\":", a->headers[i].name);
		buf_json(to, a->headers[i].value, strlen(a->headers[i].value));
		buf_chr(to, '}');
	}
	buf_str(to, "],\"body\":");
	buf_json(to, a->body.at != NULL ? a->body.at : "", a->body.len);
	buf_chr(to, '}');
}

/* "v25.0/t_1/messages?limit=5", with or without a slash and a version. */
static void
serve_part(struct graph_batch *b, const char *method, char *url, char *body)
{
	struct mock_answer a = {.status = 200};
	struct arg args[MOST_ARGS];
	struct graph_call c = *b->c;
	struct buf path = BUF_INIT;
	char *query = strchr(url, '?');

	if (query != NULL)
		*query++ = '\0';
	c.n_args = query != NULL ? form_args(query, args, MOST_ARGS) : 0;
	c.n_args += form_args(body, args + c.n_args, MOST_ARGS - c.n_args);
	c.args = args;
	c.method = *method != '\0' ? method : "GET";
	url += *url == '/';
	if (*url == 'v' && url[1] >= '0' && url[1] <= '9')
		url += strcspn(url, "/");
	if (*url != '/')
		buf_chr(&path, '/');
	buf_str(&path, url);
	path_decode(path.at);
	c.path = path.at;
	c.a = &a;
	graph_one(&c);
	if (b->n++ > 0)
		buf_chr(&b->out.body, ',');
	put_part(&a, &b->out.body);
	if (a.delivery != SEND_ALL) { /* a fault of the whole answer */
		b->c->a->delivery = a.delivery;
		b->c->a->wait_ms = a.wait_ms;
	}
	buf_release(&a.body);
	buf_release(&path);
}

static int
read_part(void *ctx, const struct json_val *part, struct why *why)
{
	struct buf method = BUF_INIT, url = BUF_INIT, body = BUF_INIT;
	int rc = -1;

	if (text_of(part, "method", &method, why) == 0 &&
	    text_of(part, "relative_url", &url, why) == 0 &&
	    text_of(part, "body", &body, why) == 0) {
		serve_part(ctx, method.at, url.at, body.at);
		rc = 0;
	}
	buf_release(&method);
	buf_release(&url);
	buf_release(&body);
	return rc;
}

static int
count_part(void *ctx, const struct json_val *part, struct why *why)
{
	(void)part, (void)why;
	++*(size_t *)ctx;
	return 0;
}

void
graph_batch(struct graph_call *c, const char *parts)
{
	struct graph_batch b = {.c = c, .out = {.status = 200}};
	struct json *json = json_new();
	struct buf text = BUF_INIT;
	struct json_val all;
	struct why why = {0};
	size_t n = 0;

	buf_str(&text, parts);
	all = (struct json_val){JSON_NONE, text.at, text.len};
	memset(buf_room(&text, JSON_PADDING), 0, JSON_PADDING);
	all.text = text.at;
	buf_chr(&b.out.body, '[');
	if (json_check(json, text.at, text.len, &all.type, &why) == -1 ||
	    all.type != JSON_ARRAY ||
	    json_elements(&all, count_part, &n, &why) != 0 || n > MOST_PARTS ||
	    json_elements(&all, read_part, &b, &why) != 0) {
		graph_refuse(c->a,
		    &(struct graph_error){.code = 100,
			.message = n > MOST_PARTS
				       ? "Too many requests in batch message. "
					 "Maximum batch size is 50"
				       : "(#100) param batch must be an "
					 "array."});
		buf_release(&b.out.body);
	} else {
		buf_chr(&b.out.body, ']');
		buf_release(&c->a->body);
		c->a->body = b.out.body;
	}
	buf_release(&text);
	json_free(json);
}
