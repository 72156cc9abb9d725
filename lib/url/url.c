#include "url/url.h"

#include <ctype.h>
#include <err.h>
#include <string.h>

#include <curl/curl.h>

#include "url/url_text.h"

struct url_parts { /* libcurl's texts */
	char *scheme, *user, *host, *port, *path, *query;
};

static void
parts_free(struct url_parts *p)
{
	curl_free(p->scheme);
	curl_free(p->user);
	curl_free(p->host);
	curl_free(p->port);
	curl_free(p->path);
	curl_free(p->query);
	memset(p, 0, sizeof(*p));
}

/* A whole URL, or one relative to `from`; false: neither. */
static bool
split(const char *from, const char *url, struct url_parts *p)
{
	CURLU *u = curl_url();
	bool ok;

	if (u == NULL)
		errx(EX_OSERR, "libcurl: out of memory");
	memset(p, 0, sizeof(*p));
	ok = (from == NULL ||
		 curl_url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK) &&
	     curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_HOST, &p->host, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT) ==
		 CURLUE_OK &&
	     curl_url_get(u, CURLUPART_PATH, &p->path, 0) == CURLUE_OK;
	if (ok) { /* these need not be there */
		(void)curl_url_get(u, CURLUPART_USER, &p->user, 0);
		(void)curl_url_get(u, CURLUPART_QUERY, &p->query, 0);
	}
	curl_url_cleanup(u);
	return ok;
}

static bool
same_origin(const struct url_parts *a, const struct url_parts *b)
{
	return strcasecmp(a->scheme, b->scheme) == 0 &&
	       strcasecmp(a->host, b->host) == 0 &&
	       strcmp(a->port, b->port) == 0;
}

/* "host:port", or "host" at the usual port; this machine's have any. */
static bool
is_named(const struct url_parts *p, const char *host)
{
	size_t n = strlen(p->host);

	if (strncasecmp(host, p->host, n) != 0)
		return false;
	if (host[n] == ':')
		return strcmp(host + n + 1, p->port) == 0;
	return host[n] == '\0' &&
	       (strcmp(p->port, "443") == 0 || url_is_loopback(p->host));
}

static bool
allowed(const struct url_site *s, const struct url_parts *base,
    const struct url_parts *p)
{
	if (p->user != NULL || (strcasecmp(p->scheme, "https") != 0 &&
				   (strcasecmp(p->scheme, "http") != 0 ||
				       !url_is_loopback(p->host))))
		return false;
	if (same_origin(base, p))
		return true;
	for (size_t i = 0; i < s->n_hosts; i++)
		if (is_named(p, s->hosts[i]))
			return true;
	return false;
}

bool
url_allowed(const struct url_site *s, const char *url)
{
	struct url_parts base = {0}, p = {0};
	bool is = split(NULL, s->base, &base) && split(NULL, url, &p) &&
		  allowed(s, &base, &p);

	parts_free(&base);
	parts_free(&p);
	return is;
}

/* What may not stand in a URL is encoded; a fragment is not asked for. */
static void
clean(const char *link, struct buf *to)
{
	buf_str(to, "");
	while (*link == ' ')
		link++;
	for (; *link != '\0' && *link != '#'; link++) {
		unsigned char c = (unsigned char)*link;

		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
			buf_fmt(to, "%%%02X", c);
		else
			buf_chr(to, (char)c);
	}
	while (to->len >= 3 && strcmp(to->at + to->len - 3, "%20") == 0)
		to->at[to->len -= 3] = '\0';
}

/* "https:", "mailto:": a URL of its own. */
static bool
has_scheme(const char *link)
{
	size_t n = 0;

	while (isalnum((unsigned char)link[n]) ||
	       (link[n] != '\0' && strchr("+-.", link[n]) != NULL))
		n++;
	return n > 0 && isalpha((unsigned char)*link) && link[n] == ':';
}

/* base's path without a slash at its end: "" or "/v1". */
static size_t
path_len(const struct url_parts *base)
{
	size_t n = strlen(base->path);

	while (n > 0 && base->path[n - 1] == '/')
		n--;
	return n;
}

static bool
below(const char *path, const struct url_parts *base, size_t n)
{
	return strncmp(path, base->path, n) == 0 &&
	       (path[n] == '/' || path[n] == '?' || path[n] == '\0');
}

/*
 * Most servers mean what RFC 3986 says. Those that name a path behind the
 * root of the service (as OData does, and as we do) are told from it by the
 * base's path, which is missing, or by the request's, which is all there.
 */
static void
behind_base(const struct url_site *s, const struct url_parts *base,
    const char *request, const char *link, struct buf *to)
{
	size_t n = path_len(base), asked = strcspn(request, "?");
	size_t len = strlen(s->base);
	bool slash = *link == '/';

	if (*request != '/')
		return; /* on another host: as the RFC says */
	if (slash ? below(link, base, n)
		  : asked < 2 || strncmp(link, request + 1, asked - 1) != 0 ||
			(link[asked - 1] != '?' && link[asked - 1] != '\0'))
		return;
	while (len > 0 && s->base[len - 1] == '/')
		len--;
	buf_add(to, s->base, len);
	buf_str(to, slash ? "" : "/");
	buf_str(to, link);
}

/* "/path?query" behind the base if it is there, else the whole URL. */
static void
put(const struct url_parts *base, const struct url_parts *p, struct buf *to)
{
	size_t n = path_len(base);

	if (same_origin(base, p) && below(p->path, base, n) &&
	    p->path[n] == '/' && p->path[n + 1] != '/') {
		buf_str(to, p->path + n);
	} else {
		buf_fmt(to, "%s://%s", p->scheme, p->host);
		if (strcmp(p->port,
			strcasecmp(p->scheme, "http") == 0 ? "80" : "443") != 0)
			buf_fmt(to, ":%s", p->port);
		buf_str(to, p->path);
	}
	if (p->query != NULL)
		buf_fmt(to, "?%s", p->query);
}

/*
 * A server behind a proxy that ends TLS does not know by which name and port
 * it is called: http and the usual ports on a host that we call by https are
 * that one. Nothing is ever asked for by http for it.
 */
static struct url_parts
meant(const struct url_parts *base, const struct url_parts *p)
{
	static char https[] = "https", usual[] = "443";
	struct url_parts m = *p;
	bool web = strcasecmp(p->scheme, "http") == 0 ||
		   strcasecmp(p->scheme, "https") == 0;

	bool plain = strcmp(p->port, "80") == 0 || strcmp(p->port, "443") == 0;

	if (web && strcasecmp(p->host, base->host) == 0 &&
	    (plain || strcmp(p->port, base->port) == 0)) {
		m.scheme = base->scheme;
		m.port = base->port;
	} else if (web && plain && !url_is_loopback(p->host)) {
		m.scheme = https;
		m.port = usual;
	}
	return m;
}

int
url_link(const struct url_site *s, const char *request, const char *link,
    struct buf *to, struct why *why)
{
	struct url_parts base = {0}, p = {0}, to_ask;
	struct buf text = BUF_INIT, whole = BUF_INIT, from = BUF_INIT;
	int rc = -1;

	buf_clear(to);
	clean(link, &text);
	if (!split(NULL, s->base, &base)) {
		why_set(why, EX_CONFIG, "the base is no URL");
		goto out;
	}
	buf_fmt(&from, "%s%s", *request == '/' ? s->base : "", request);
	if (!has_scheme(text.at) && strncmp(text.at, "//", 2) != 0)
		behind_base(s, &base, request, text.at, &whole);
	if (text.len == 0 ||
	    !split(from.at, whole.len > 0 ? whole.at : text.at, &p)) {
		why_set(
		    why, EX_PROTOCOL, "the link to the next page is no URL");
		goto out;
	}
	to_ask = meant(&base, &p);
	if (!allowed(s, &base, &to_ask)) {
		why_set(why, EX_PROTOCOL,
		    "the link to the next page leads to %s://%s:%s, and only "
		    "https to the API's host or its \"hosts\" is followed",
		    p.scheme, p.host, p.port);
	} else {
		put(&base, &to_ask, to);
		rc = 0;
	}
out:
	parts_free(&base);
	parts_free(&p);
	buf_release(&text);
	buf_release(&whole);
	buf_release(&from);
	return rc;
}
