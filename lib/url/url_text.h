/*
 * url_text -- the texts that URLs are made of, without libcurl: whoever only
 * encodes need not load it and the fifteen libraries that it brings along.
 */
#ifndef HA_URL_TEXT_H
#define HA_URL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* "localhost", 127.0.0.1, [::1]: what is said there stays on this machine. */
bool url_is_loopback(const char *host);
/*
 * Adds who is asked, "https://host" and a port that is not the usual one, in
 * lower case; what is no URL as it is.
 */
void url_origin(const char *url, struct buf *to);
/* Letters, digits and - . _ ~, which mean themselves everywhere in a URL. */
bool url_is_plain(char c);
/* Adds a text as a part of a path or query: all but plain bytes as %XX. */
void url_encode(const char *text, size_t len, struct buf *to);
/*
 * The same of what somebody wrote as a name or value of a query: signs that
 * end nothing there (, : / @ $ ( ) * ' ! ; ?) stay, so that it can be read.
 */
void url_encode_query(const char *text, size_t len, struct buf *to);
/* Adds a part of a query, decoded; plus: a + is a blank. */
void url_decode(const char *text, size_t len, bool plus, struct buf *to);
/* "host" or "host:port", and nothing else. */
bool url_is_host(const char *text);

#endif
