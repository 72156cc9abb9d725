/*
 * mock_http -- an HTTP server on 127.0.0.1, one thread, one loop.
 *
 * libmicrohttpd stays behind this header. For each request it calls back
 * once, when the whole body is there; the callback fills the answer. The
 * request is borrowed during the call. Waits are in milliseconds.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_HTTP_H
#define HA_MOCK_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

struct arg {			  /* decoded */
	const char *name, *value; /* value "" if there was no = */
};

struct request {
	const char *method, *path; /* path decoded, without the query */
	const char *query;	   /* as it came, "" if there is none */
	const char *account;	   /* who asks, once that is known */
	void *connection;	   /* for request_header */
	uint32_t address;	   /* of the client, host byte order */
	bool takes_gzip;
	const struct arg *args;
	size_t n_args;
	char *body; /* may be changed; ends in a NUL */
	size_t body_len;
};

/* The last value of that name, NULL if there is none. */
const char *arg_value(const struct arg *args, size_t n, const char *name);
const char *request_arg(const struct request *r, const char *name);
/* A header, NULL if absent. */
const char *request_header(const struct request *r, const char *name);
/* What stands behind "Authorization: Bearer ", or NULL. */
const char *request_bearer(const struct request *r);
/*
 * The members of a form body, decoded in place: at most n, how many. The
 * texts are borrowed from the body.
 */
size_t request_form(struct request *r, struct arg *args, size_t n);
/* The same of any text: "a=1&b=%20". */
size_t form_args(char *text, struct arg *args, size_t n);
/* %24 becomes $, in place. */
void path_decode(char *path);

enum delivery {
	SEND_ALL,
	SEND_SHORT,   /* the length is right, but the body was cut before */
	SEND_CUT,     /* half of it, then the connection ends */
	SEND_SLOW,    /* half of it, a wait, the rest */
	SEND_CHUNKED, /* no length is stated */
	SEND_RESET    /* a TCP reset instead of an answer */
};

#define MAX_HEADERS 8

struct mock_answer {
	int status;
	const char *type; /* content type; NULL: JSON */
	struct buf body;  /* taken over by the server */
	struct {
		const char *name;
		char value[1024];
	} headers[MAX_HEADERS];
	size_t n_headers;
	enum delivery delivery;
	int64_t wait_ms; /* of SEND_SLOW */
	bool gzip;
};

/* A header; the name is a literal. Too many are left out. */
void answer_header(struct mock_answer *a, const char *name, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

typedef void serve_fn(void *ctx, struct request *r, struct mock_answer *a);

struct mock_http;

/* port 0: a free one. EX_UNAVAILABLE if the port is taken. */
struct mock_http *mock_http_open(
    int port, serve_fn *serve, void *ctx, struct why *why);
int mock_http_port(const struct mock_http *h);
/* Serves until SIGTERM or SIGINT: 0, or -1 with *why. */
int mock_http_run(struct mock_http *h, struct why *why);
void mock_http_close(struct mock_http *h); /* NULL is fine */

#endif
