#include "mock/server/mock_http.h"

#include <sys/signalfd.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <microhttpd.h>
#include <zlib.h>

#include "base/clock.h"

#define MAX_ARGS 256
#define MAX_BODY ((size_t)16 << 20)

struct mock_exchange { /* one request while it lasts */
	struct buf body;
	struct buf query; /* as it came */
	bool begun, too_big;
};

struct slow { /* a body that pauses halfway */
	struct mock_http *http;
	struct MHD_Connection *connection; /* NULL: not suspended */
	struct buf body;
	int64_t wake_ms; /* 0: has not paused yet */
	int64_t wait_ms;
	struct slow *next, **link; /* in the list of the suspended */
};

struct mock_http {
	struct MHD_Daemon *daemon;
	serve_fn *serve;
	void *ctx;
	int signals; /* signalfd */
	struct slow *sleeping;
};

const char *
arg_value(const struct arg *args, size_t n, const char *name)
{
	while (n-- > 0)
		if (strcmp(args[n].name, name) == 0)
			return args[n].value;
	return NULL;
}

const char *
request_arg(const struct request *r, const char *name)
{
	return arg_value(r->args, r->n_args, name);
}

const char *
request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(
	    r->connection, MHD_HEADER_KIND, name);
}

const char *
request_bearer(const struct request *r)
{
	const char *header = request_header(r, "Authorization");

	return header != NULL && strncasecmp(header, "Bearer ", 7) == 0
		   ? header + 7
		   : NULL;
}

static char *
form_text(char *p)
{
	for (char *c = p; *c != '\0'; c++)
		if (*c == '+')
			*c = ' ';
	MHD_http_unescape(p);
	return p;
}

void
path_decode(char *path)
{
	MHD_http_unescape(path);
}

size_t
form_args(char *text, struct arg *args, size_t n)
{
	char *rest = text, *member;
	size_t found = 0;

	while (found < n && (member = strsep(&rest, "&")) != NULL) {
		char *value = strchr(member, '=');

		if (*member == '\0')
			continue;
		if (value != NULL)
			*value++ = '\0';
		args[found].value = value != NULL ? form_text(value) : "";
		args[found++].name = form_text(member);
	}
	return found;
}

size_t
request_form(struct request *r, struct arg *args, size_t n)
{
	return form_args(r->body, args, n);
}

void
answer_header(struct mock_answer *a, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (a->n_headers == MAX_HEADERS)
		return;
	a->headers[a->n_headers].name = name;
	va_start(ap, fmt);
	vsnprintf(a->headers[a->n_headers++].value, sizeof(a->headers[0].value),
	    fmt, ap);
	va_end(ap);
}

struct mock_collect {
	struct arg args[MAX_ARGS];
	size_t n;
};

static enum MHD_Result
collect_arg(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct mock_collect *c = ctx;

	(void)kind;
	if (c->n == MAX_ARGS)
		return MHD_NO;
	c->args[c->n].name = name;
	c->args[c->n++].value = value != NULL ? value : "";
	return MHD_YES;
}

/* Replaces the body by its gzip form. */
static void
zip(struct buf *body)
{
	struct buf out = BUF_INIT;
	z_stream z = {0};

	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		errx(EX_OSERR, "out of memory");
	z.avail_out = (uInt)deflateBound(&z, body->len);
	z.next_out = (Bytef *)buf_room(&out, z.avail_out);
	z.next_in = (Bytef *)body->at;
	z.avail_in = (uInt)body->len;
	deflate(&z, Z_FINISH);
	out.len = z.total_out;
	deflateEnd(&z);
	buf_release(body);
	*body = out;
}

static void
slow_free(void *ctx)
{
	struct slow *s = ctx;

	if (s->connection != NULL) {
		if (s->next != NULL)
			s->next->link = s->link;
		*s->link = s->next;
	}
	buf_release(&s->body);
	free(s);
}

static void
go_to_sleep(struct slow *s)
{
	s->wake_ms = clock_ms() + s->wait_ms;
	s->next = s->http->sleeping;
	s->link = &s->http->sleeping;
	if (s->next != NULL)
		s->next->link = &s->next;
	s->http->sleeping = s;
	MHD_suspend_connection(s->connection);
}

static ssize_t
read_half(void *ctx, uint64_t pos, char *to, size_t max)
{
	struct slow *s = ctx;
	size_t half = s->body.len / 2, end = pos < half ? half : s->body.len;

	if (pos >= s->body.len) /* no length was stated */
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (pos >= half && s->wait_ms < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (pos >= half && s->wake_ms == 0) {
		go_to_sleep(s);
		return 0;
	}
	if (max > end - pos)
		max = end - pos;
	memcpy(to, s->body.at + pos, max);
	return (ssize_t)max;
}

/*
 * An answer that stops halfway, for a while or (wait_ms < 0) for good, or one
 * without a length.
 */
static struct MHD_Response *
half_response(struct mock_http *h, struct MHD_Connection *connection,
    struct mock_answer *a)
{
	struct slow *s = calloc(1, sizeof(*s));

	if (s == NULL)
		err(EX_OSERR, NULL);
	s->http = h;
	s->body = a->body;
	s->wait_ms = a->delivery == SEND_CUT ? -1 : a->wait_ms;
	s->wake_ms = a->delivery == SEND_CHUNKED; /* as if it had slept */
	s->connection = connection;
	s->link = &s->next; /* until it sleeps, a list of its own */
	return MHD_create_response_from_callback(
	    a->delivery == SEND_CHUNKED ? MHD_SIZE_UNKNOWN : a->body.len,
	    1 << 16, read_half, s, slow_free);
}

/* To dissolve a connection's association sends a reset at once. */
static enum MHD_Result
reset(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	if (info != NULL)
		(void)connect(info->connect_fd, &nobody, sizeof(nobody));
	return MHD_NO;
}

static enum MHD_Result
send_answer(struct mock_http *h, struct MHD_Connection *connection,
    struct mock_answer *a)
{
	struct MHD_Response *response;
	enum MHD_Result rc;
	size_t len;

	if (a->delivery == SEND_RESET) {
		buf_release(&a->body);
		return reset(connection);
	}
	if (a->delivery == SEND_SHORT)
		a->body.len /= 2;
	if (a->gzip)
		zip(&a->body);
	len = a->body.len;
	if ((a->delivery == SEND_CUT || a->delivery == SEND_SLOW ||
		a->delivery == SEND_CHUNKED) &&
	    len > 1)
		response = half_response(h, connection, a);
	else
		response = MHD_create_response_from_buffer(
		    len, buf_take(&a->body), MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		errx(EX_OSERR, "out of memory");
	MHD_add_response_header(response, "Content-Type",
	    a->type != NULL ? a->type : "application/json; charset=utf-8");
	if (a->gzip)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	for (size_t i = 0; i < a->n_headers; i++)
		MHD_add_response_header(
		    response, a->headers[i].name, a->headers[i].value);
	rc = MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return rc;
}

static enum MHD_Result
answer_it(struct mock_http *h, struct MHD_Connection *connection,
    const char *url, const char *method, struct mock_exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct mock_answer a = {.status = 200};
	struct mock_collect c = {.n = 0};
	struct request r = {.method = method,
	    .path = url,
	    .query = x->query.at,
	    .connection = connection,
	    .args = c.args};
	const char *encoding = request_header(&r, "Accept-Encoding");

	MHD_get_connection_values(
	    connection, MHD_GET_ARGUMENT_KIND, collect_arg, &c);
	r.n_args = c.n;
	r.takes_gzip = encoding != NULL && strstr(encoding, "gzip") != NULL;
	if (info != NULL)
		r.address =
		    ntohl(((const struct sockaddr_in *)info->client_addr)
			      ->sin_addr.s_addr);
	buf_room(&x->body, 0)[0] = '\0';
	r.body = x->body.at;
	r.body_len = x->body.len;
	if (x->too_big)
		a.status = 413;
	else
		h->serve(h->ctx, &r, &a);
	return send_answer(h, connection, &a);
}

/* The first thing heard of a request: its URL before anyone decodes it. */
static void *
on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
	struct mock_exchange *x = calloc(1, sizeof(*x));
	const char *query = strchr(uri, '?');

	(void)ctx, (void)connection;
	if (x == NULL)
		err(EX_OSERR, NULL);
	buf_str(&x->query, query != NULL ? query + 1 : "");
	return x;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **state)
{
	struct mock_exchange *x = *state;

	(void)version;
	if (!x->begun) {
		x->begun = true;
		return MHD_YES;
	}
	if (*upload_len > 0) {
		if (x->body.len + *upload_len > MAX_BODY)
			x->too_big = true;
		else
			buf_add(&x->body, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	return answer_it(ctx, connection, url, method, x);
}

static void
on_done(void *ctx, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct mock_exchange *x = *state;

	(void)ctx, (void)connection, (void)code;
	if (x == NULL)
		return;
	buf_release(&x->body);
	buf_release(&x->query);
	free(x);
	*state = NULL;
}

static int
catch_signals(struct mock_http *h, struct why *why)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (h->signals = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		return why_errno(why, EX_OSERR, "signalfd");
	return 0;
}

struct mock_http *
mock_http_open(int port, serve_fn *serve, void *ctx, struct why *why)
{
	struct mock_http *h = calloc(1, sizeof(*h));
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (h == NULL)
		err(EX_OSERR, NULL);
	h->serve = serve;
	h->ctx = ctx;
	h->signals = -1;
	h->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME,
	    (uint16_t)port, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&at, MHD_OPTION_NOTIFY_COMPLETED, on_done, h,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, h,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 << 10,
	    MHD_OPTION_END);
	if (h->daemon == NULL) {
		why_errno(why, EX_UNAVAILABLE, "127.0.0.1:%d", port);
		free(h);
		return NULL;
	}
	if (catch_signals(h, why) == -1) {
		mock_http_close(h);
		return NULL;
	}
	return h;
}

int
mock_http_port(const struct mock_http *h)
{
	return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* Wakes what has slept long enough; ms until there is more to do, or -1. */
static int64_t
wake(struct mock_http *h)
{
	int64_t now = clock_ms(), wait = -1;
	struct slow *s = h->sleeping, *next;
	bool resumed = false;

	for (; s != NULL; s = next) {
		next = s->next;
		if (s->wake_ms > now) {
			if (wait == -1 || s->wake_ms - now < wait)
				wait = s->wake_ms - now;
			continue;
		}
		if (next != NULL)
			next->link = s->link;
		*s->link = next;
		s->next = NULL;
		s->link = &s->next;
		MHD_resume_connection(s->connection);
		resumed = true;
	}
	return resumed ? 0 : wait;
}

int
mock_http_run(struct mock_http *h, struct why *why)
{
	struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};

	fds[0].fd =
	    MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	fds[1].fd = h->signals;
	for (;;) {
		int64_t wait = wake(h);
		MHD_UNSIGNED_LONG_LONG ms;

		if (MHD_get_timeout(h->daemon, &ms) == MHD_YES &&
		    (wait == -1 || (int64_t)ms < wait))
			wait = (int64_t)ms;
		if (poll(fds, 2, (int)wait) == -1 && errno != EINTR)
			return why_errno(why, EX_OSERR, "poll");
		if (fds[1].revents != 0)
			return 0;
		if (MHD_run(h->daemon) != MHD_YES)
			return why_set(why, EX_OSERR, "the HTTP server ended");
	}
}

void
mock_http_close(struct mock_http *h)
{
	if (h == NULL)
		return;
	for (struct slow *s = h->sleeping; s != NULL; s = s->next)
		MHD_resume_connection(s->connection);
	MHD_stop_daemon(h->daemon);
	if (h->signals != -1)
		close(h->signals);
	free(h);
}
