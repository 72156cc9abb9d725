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

#endif
