#include "api/http.h"

#include <sys/queue.h>

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "json/json.h"
#include "base/mem.h"
#include "url/url_text.h"

#define CONNECT_S 15L
#define SLOW_BYTES 100L /* a second; below this for SLOW_S it is dead */
#define SLOW_S 30L
#define READ_BUFFER (256L << 10)
#define HEADERS_MAX ((size_t)64 << 10)
#define RESERVE_MAX ((curl_off_t)64 << 20) /* of a Content-Length */
#define IDLE_MAX 32			   /* handles kept for the next call */

struct transfer {
	TAILQ_ENTRY(transfer) next;
	struct http *of;
	CURL *easy;
	struct curl_slist *headers;
	struct http_answer answer;
	bool (*go)(void *);
	void (*came)(void *);
	bool begun, big, held; /* held: waits until another is over */
	char error[CURL_ERROR_SIZE];
};

TAILQ_HEAD(transfers, transfer);

struct http {
	CURLM *multi;
	struct transfers flying;
	size_t bodies;		/* bytes of theirs */
	struct transfer *first; /* goes on, however many those are */
	CURL *idle[IDLE_MAX];
	size_t n_idle;
};

struct http *
http_open(int max_flight, struct why *why)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		why_set(why, EX_OSERR, "libcurl does not start");
		return NULL;
	}
	h = mem_new(1, sizeof(*h));
	TAILQ_INIT(&h->flying);
	if ((h->multi = curl_multi_init()) == NULL)
		errx(EX_OSERR, "libcurl: out of memory");
	curl_multi_setopt(
	    h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)max_flight);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)max_flight);
	curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	return h;
}

static void
transfer_free(struct http *h, struct transfer *t)
{
	TAILQ_REMOVE(&h->flying, t, next);
	if (h->first == t)
		h->first = NULL;
	curl_multi_remove_handle(h->multi, t->easy);
	curl_easy_reset(t->easy); /* forgets the token's header */
	if (h->n_idle < IDLE_MAX)
		h->idle[h->n_idle++] = t->easy;
	else
		curl_easy_cleanup(t->easy);
	for (struct curl_slist *s = t->headers; s != NULL; s = s->next)
		explicit_bzero(s->data, strlen(s->data));
	curl_slist_free_all(t->headers);
	http_answer_release(&t->answer);
	free(t);
}

void
http_close(struct http *h)
{
	struct transfer *t;

	if (h == NULL)
		return;
	while ((t = TAILQ_FIRST(&h->flying)) != NULL)
		transfer_free(h, t);
	for (size_t i = 0; i < h->n_idle; i++)
		curl_easy_cleanup(h->idle[i]);
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}

/* *loopback: plain HTTP is fine there. The URL itself is not in messages. */
static int
check(const char *url, bool *loopback, struct why *why)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	int rc = -1;

	if (u == NULL)
		errx(EX_OSERR, "libcurl: out of memory");
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		why_set(why, EX_CONFIG, "not an absolute URL");
		goto out;
	}
	*loopback = url_is_loopback(host);
	if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK)
		why_set(why, EX_CONFIG, "%s: no credentials in a URL", host);
	else if (strcmp(scheme, "https") != 0 &&
		 (strcmp(scheme, "http") != 0 || !*loopback))
		why_set(why, EX_CONFIG,
		    "%s://%s: only https, or http to "
		    "this machine itself",
		    scheme, host);
	else
		rc = 0;
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(u);
	return rc;
}

int
http_check(const char *url, struct why *why)
{
	bool loopback;

	return check(url, &loopback, why);
}

/* From here on the far side may count the call. */
static int /* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's */
on_go(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = ctx;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (t->go != NULL && !t->go(t->answer.tag))
		return CURL_PREREQFUNC_ABORT;
	t->answer.gone = true;
	return CURL_PREREQFUNC_OK;
}

static size_t
on_header(char *at, size_t one, size_t len, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *to = &t->answer.headers;
	const char *colon;

	(void)one;
	if (!t->begun) {
		t->begun = true;
		if (t->came != NULL)
			t->came(t->answer.tag);
	}
	if (len >= 5 && strncmp(at, "HTTP/", 5) == 0) {
		buf_clear(to); /* a 1xx went before */
		return len;
	}
	colon = memchr(at, ':', len);
	if (colon == NULL || to->len + len > HEADERS_MAX)
		return len;
	for (const char *c = at; c < colon; c++)
		buf_chr(to, (char)tolower((unsigned char)*c));
	for (const char *c = colon; c < at + len; c++)
		if (*c != '\r' && *c != '\n' && *c != '\0')
			buf_chr(to, *c);
	buf_chr(to, '\n');
	return len;
}

/* Beyond what all may hold together, one goes on until it is over. */
static bool
may_grow(struct transfer *t, size_t len)
{
	struct http *h = t->of;

	if (h->bodies + len <= HTTP_BODIES_MAX || h->first == t)
		return true;
	if (h->first != NULL)
		return false;
	h->first = t;
	return true;
}

/* Those that were held go on; who still may not is held anew. */
static void
let_go(struct http *h)
{
	struct transfer *t;

	TAILQ_FOREACH(t, &h->flying, next)
	{
		if (!t->held)
			continue;
		t->held = false;
		curl_easy_pause(t->easy, CURLPAUSE_CONT);
	}
}

static size_t
on_body(char *at, size_t one, size_t len, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *body = &t->answer.body;
	curl_off_t length = -1;

	(void)one;
	if (body->len + len > HTTP_BODY_MAX) {
		t->big = true;
		return 0;
	}
	if (!may_grow(t, len)) {
		t->held = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	t->of->bodies += len;
	if (body->at == NULL) {
		curl_easy_getinfo(
		    t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		if (length > 0 && length <= RESERVE_MAX)
			buf_room(body, (size_t)length + JSON_PADDING);
	}
	buf_add(body, at, len);
	return len;
}

static void
set_up(struct transfer *t, const struct http_request *r, bool loopback)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_URL, r->url);
	curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    e, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(e, CURLOPT_PIPEWAIT, loopback ? 0L : 1L);
	if (getenv("SSL_CERT_FILE") !=
	    NULL) /* OpenSSL's; libcurl has its own */
		curl_easy_setopt(e, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
	if (loopback) /* whatever a proxy variable says */
		curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(e, CURLOPT_USERAGENT, "ha-tools");
	curl_easy_setopt(e, CURLOPT_BUFFERSIZE, READ_BUFFER);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_go);
	curl_easy_setopt(e, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	if (r->form != NULL)
		curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, r->form);
}

/* One line each, whatever an account, a token or a description holds. */
static int
check_headers(const struct http_request *r, struct why *why)
{
	for (size_t i = 0; i < r->n_headers; i++)
		for (const char *c = r->headers[i]; *c != '\0'; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7f)
				return why_set(why, EX_CONFIG,
				    "a control byte in the header %.*s",
				    (int)strcspn(r->headers[i], ": \r\n"),
				    r->headers[i]);
	return 0;
}

int
http_start(struct http *h, const struct http_request *r, struct why *why)
{
	struct transfer *t;
	bool loopback;

	if (check(r->url, &loopback, why) == -1 || check_headers(r, why) == -1)
		return -1;
	t = mem_new(1, sizeof(*t));
	t->of = h;
	t->easy = h->n_idle > 0 ? h->idle[--h->n_idle] : curl_easy_init();
	if (t->easy == NULL)
		errx(EX_OSERR, "libcurl: out of memory");
	t->answer.tag = r->tag;
	t->go = r->go;
	t->came = r->came;
	for (size_t i = 0; i < r->n_headers; i++) {
		struct curl_slist *more;

		more = curl_slist_append(t->headers, r->headers[i]);
		if (more == NULL)
			errx(EX_OSERR, "libcurl: out of memory");
		t->headers = more;
	}
	set_up(t, r, loopback);
	TAILQ_INSERT_TAIL(&h->flying, t, next);
	if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK)
		errx(EX_OSERR, "libcurl: out of memory");
	return 0;
}

static enum http_end
end_of(const struct transfer *t, CURLcode c)
{
	switch (c) {
	case CURLE_OK:
		return HTTP_DONE;
	case CURLE_PARTIAL_FILE:
	case CURLE_BAD_CONTENT_ENCODING:
		return HTTP_CUT;
	case CURLE_WRITE_ERROR: /* curl says so for broken gzip, too */
		return t->big ? HTTP_BIG : HTTP_CUT;
	case CURLE_ABORTED_BY_CALLBACK:
		return HTTP_BACK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_AGAIN:
		return t->answer.code != 0 && c != CURLE_OPERATION_TIMEDOUT
			   ? HTTP_CUT
			   : HTTP_LOST;
	default:
		return HTTP_FAILED;
	}
}

static void
finish(struct http *h, struct transfer *t, CURLcode c, struct http_answer *a)
{
	struct http_answer *mine = &t->answer;
	struct buf value = BUF_INIT;
	curl_off_t us = 0;
	long version = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &mine->code);
	curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	mine->end = end_of(t, c);
	mine->ms = us / 1000;
	mine->framed = version >= CURL_HTTP_VERSION_2_0 ||
		       http_header(mine, "content-length", &value) ||
		       http_header(mine, "transfer-encoding", &value);
	if (mine->end != HTTP_DONE)
		strlcpy(mine->reason,
		    t->error[0] != '\0' ? t->error : curl_easy_strerror(c),
		    sizeof(mine->reason));
	buf_room(&mine->body, JSON_PADDING);
	mine->body.at[mine->body.len] = '\0';
	buf_release(&value);
	*a = *mine;
	h->bodies -= mine->body.len;
	buf_init(&mine->body);
	buf_init(&mine->headers);
	transfer_free(h, t);
	let_go(h);
}

int
http_next(struct http *h, int wait_ms, struct http_answer *a, struct why *why)
{
	int running = 0, left = 0;
	struct transfer *t;
	CURLMsg *msg;
	CURLMcode mc;

	for (int turn = 0; turn < 2; turn++) {
		mc = curl_multi_perform(h->multi, &running);
		if (mc != CURLM_OK)
			break;
		while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
			if (msg->msg != CURLMSG_DONE)
				continue;
			curl_easy_getinfo(
			    msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
			finish(h, t, msg->data.result, a);
			return 1;
		}
		if (turn > 0 || wait_ms <= 0)
			return 0;
		mc = curl_multi_poll(h->multi, NULL, 0, wait_ms, NULL);
		if (mc != CURLM_OK)
			break;
	}
	return why_set(why, EX_OSERR, "libcurl: %s", curl_multi_strerror(mc));
}

void
http_answer_release(struct http_answer *a)
{
	buf_release(&a->body);
	buf_release(&a->headers);
}

int
http_header(const struct http_answer *a, const char *name, struct buf *to)
{
	const char *line = a->headers.at;
	size_t len = strlen(name);
	int found = 0;

	for (; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
		const char *value = line + len + 1;

		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		value += strspn(value, " \t");
		buf_set(to, value, strcspn(value, "\n"));
		while (
		    to->len > 0 && isspace((unsigned char)to->at[to->len - 1]))
			to->at[--to->len] = '\0';
		found = 1;
	}
	return found;
}

int64_t
http_date(const char *text)
{
	time_t t = curl_getdate(text, NULL);

	return t == -1 ? -1 : (int64_t)t * 1000;
}

int64_t
http_far_ms(const struct http_answer *a)
{
	struct buf value = BUF_INIT;
	int64_t ms = 0;

	if (http_header(a, "date", &value))
		ms = http_date(value.at);
	buf_release(&value);
	return ms > 0 ? ms : 0;
}
