/*
 * http -- transfers, many at a time; CURL stays inside http.c.
 *
 * Inside of lib/api.
 *
 * HTTPS, or HTTP to loopback; nothing else leaves the process. Redirects are
 * not followed. One struct http keeps its connections alive between calls.
 * A request's texts are borrowed until http_start returns. An answer belongs
 * to the caller: http_answer_release. Bodies that would not fit into memory
 * together wait for each other, their time running.
 */
#ifndef HA_HTTP_H
#define HA_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

#define HTTP_BODY_MAX ((size_t)256 << 20) /* decompressed */
/* All that are coming together; one more then grows at a time. */
#define HTTP_BODIES_MAX ((size_t)128 << 20)

struct http;

struct http_request {
	const char *url;
	const char *const *headers; /* "Name: value" */
	size_t n_headers;
	const char *form;   /* not NULL: a POST of this form */
	int64_t timeout_ms; /* for the whole transfer; 0: none */
	/*
	 * Called when the connection stands and the request is about to
	 * leave (again if it is sent again): false takes it back (HTTP_BACK).
	 * NULL is yes.
	 */
	bool (*go)(void *tag);
	void (*came)(void *tag); /* the first byte of the answer is here */
	void *tag;
};

enum http_end {
	HTTP_DONE,  /* code, headers and body are there */
	HTTP_LOST,  /* no connection, reset, too slow: it may work later */
	HTTP_CUT,   /* the body ended before its end */
	HTTP_BIG,   /* more than HTTP_BODY_MAX */
	HTTP_BACK,  /* go said no */
	HTTP_FAILED /* never going to work: certificate, bad URL */
};

struct http_answer {
	void *tag;
	enum http_end end;
	long code;	    /* 0 if none came */
	struct buf body;    /* JSON_PADDING readable bytes behind */
	struct buf headers; /* lines "name: value\n", names in lower case */
	bool framed;	    /* the far side said where the body ends */
	bool gone;	    /* the request may have reached the far side */
	bool rows;	  /* who asked takes rows out, and checks every byte */
	int64_t ms;	  /* from start to end */
	char reason[160]; /* unless HTTP_DONE; no secret */
};

/* max_flight bounds connections. EX_OSERR if libcurl does not start. */
struct http *http_open(int max_flight, struct why *why);
void http_close(struct http *h); /* NULL is fine; drops what is in flight */
/* EX_CONFIG unless https://host…, or http:// and loopback. */
int http_check(const char *url, struct why *why);
/* -1 for a URL that http_check refuses; EX_CONFIG: a header with control bytes.
 */
int http_start(struct http *h, const struct http_request *r, struct why *why);
/* Works for at most wait_ms: 1 and a finished transfer, 0, or -1. */
int http_next(
    struct http *h, int wait_ms, struct http_answer *a, struct why *why);
void http_answer_release(struct http_answer *a);
/* The last header of that name (lower case) into *to: 1, or 0 if absent. */
int http_header(const struct http_answer *a, const char *name, struct buf *to);
/* The far side's clock, by its Date: UNIX time in milliseconds; 0: none. */
int64_t http_far_ms(const struct http_answer *a);
/* UNIX time in milliseconds of a date in one of HTTP's forms; -1. */
int64_t http_date(const char *text);

#endif
