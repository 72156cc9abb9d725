#include "mock/reso/reso_int.h"

#include <string.h>
#include <strings.h>

#include "url/url_text.h"

/* Encodes a text for a query. */
static void
put_encoded(const char *text, bool odd, struct buf *to)
{
	const char *plain = odd ? "" : ",'():$/";

	for (; *text != '\0'; text++) {
		if (url_is_plain(*text) || strchr(plain, *text) != NULL)
			buf_chr(to, *text);
		else if (*text == ' ' && odd)
			buf_chr(to, '+');
		else
			buf_fmt(to, odd ? "%%%02x" : "%%%02X",
			    (unsigned char)*text);
	}
}

static void
put_arg(const char *name, const char *value, bool odd, const char **sep,
    struct buf *to)
{
	buf_str(to, *sep);
	put_encoded(name, odd, to);
	buf_chr(to, '=');
	put_encoded(value, odd, to);
	*sep = "&";
}

static void
put_base(const struct reso *m, const struct request *r, struct buf *to)
{
	const char *host = request_header(r, "Host");
	const char *port = host == NULL ? NULL : strrchr(host, ':');

	if (m->s.link == LINK_RELATIVE || host == NULL)
		return;
	if (m->s.link == LINK_OTHER)
		buf_fmt(to, "http://localhost%s/v1/", port != NULL ? port : "");
	else
		buf_fmt(to, "http://%s/v1/", host);
}

/* As Graph does: the token that the page was asked for with. */
static void
put_secret(const struct request *r, bool odd, const char **sep, struct buf *to)
{
	const char *token = request_bearer(r);

	if (token != NULL)
		put_arg("access_token", token, odd, sep, to);
}

void
reso_put_link(const struct reso *m, enum reso_kind k,
    const struct reso_query *q, const struct request *r, uint64_t skip,
    const char *token, struct buf *to)
{
	bool loop = m->s.link == LINK_LOOP, odd = m->s.link == LINK_ENCODED;
	const char *sep = "?";
	struct buf rest = BUF_INIT;

	put_base(m, r, to);
	buf_str(
	    to, strncmp(r->path, "/v1/", 4) == 0 ? r->path + 4 : reso_names[k]);
	if (m->s.link_secret)
		put_secret(r, odd, &sep, to);
	for (size_t i = 0; i < q->n_args; i++) {
		const char *name = q->args[i].name, *value = q->args[i].value;

		if (!loop && (strcmp(name, "$skip") == 0 ||
				 strcmp(name, "$skiptoken") == 0))
			continue;
		buf_clear(&rest);
		if (!loop && strcmp(name, "$top") == 0 && !m->s.top_page) {
			buf_fmt(&rest, "%llu",
			    (unsigned long long)(q->top - (skip - q->skip)));
			value = rest.at;
		}
		put_arg(name, value, odd, &sep, to);
	}
	buf_clear(&rest);
	buf_fmt(&rest, "%llu", (unsigned long long)skip);
	if (!loop && token != NULL)
		put_arg("$skiptoken", token, odd, &sep, to);
	else if (!loop)
		put_arg("$skip", rest.at, odd, &sep, to);
	buf_release(&rest);
}
