/*
 * url -- what a link in an answer means: where it leads, and who is allowed.
 *
 * A link is resolved against the request that brought it. Nothing here asks
 * for it. No query gets into a message: it may hold a token.
 */
#ifndef HA_URL_H
#define HA_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/why.h"

struct url_site {	    /* all borrowed */
	const char *base;   /* "https://api.example.com/v1" */
	char *const *hosts; /* beside base's, "pages.example.com[:port]" */
	size_t n_hosts;
};

/* "localhost", 127.0.0.1, [::1]: what is said there stays on this machine. */
bool url_is_loopback(const char *host);
/* Does a whole URL lead to base's origin or to one of the hosts? */
bool url_allowed(const struct url_site *s, const char *url);
/*
 * request: what was asked for, "/path?query" behind the base or a whole URL.
 * *to: the link in the same form, the first one where it can be; bytes that
 * no URL may hold are encoded, the others stay as they came. -1 and
 * EX_PROTOCOL: it leads elsewhere.
 */
int url_link(const struct url_site *s, const char *request, const char *link,
    struct buf *to, struct why *why);
/* Letters, digits and - . _ ~, which mean themselves everywhere in a URL. */
bool url_is_plain(char c);
/* Adds a text as a part of a path or query: all but plain bytes as %XX. */
void url_encode(const char *text, size_t len, struct buf *to);
/* Adds a part of a query, decoded; plus: a + is a blank. */
void url_decode(const char *text, size_t len, bool plus, struct buf *to);
/* "host" or "host:port", and nothing else. */
bool url_is_host(const char *text);

#endif
