/*
 * peer -- a scripted HTTP server that behaves as badly as it is told.
 *
 *   peer SCRIPT LOG    prints http://127.0.0.1:PORT, serves until it is killed
 *
 * A script has one rule a line, used up in order by the requests that match:
 *   COUNT METHOD PREFIX STATUS [word ...] [-- body]
 * COUNT is a number or "*". Words: H:Name=value (a header; value @+N is the
 * UNIX time N seconds on, date+N such a date), cut=N (closes after N bytes
 * of the body), reset, stall=MS (before the answer), drip=MS (between the
 * quarters of the body), gzip, close (no length, the end is the end),
 * revoke (all tokens die now), token (a POST: issues tok-N), wrapped,
 * expires=S. Other lines: "guard MS": each GET needs a live token issued at
 * least MS ago, or gets 403; "secret S": a POST must carry it, or gets 401;
 * "rate N MS": a sliding window, 429 beyond. LOG gets "METHOD path status".
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#define RULES 256
#define TOKENS 256
#define STARTS 4096

struct rule {
	int left; /* -1: always */
	char method[8], prefix[128];
	int status;
	char *words, *body;
};

static struct rule rules[RULES];
static int n_rules, n_tokens, guard_ms = -1, rate_n, rate_ms, log_fd;
static char secret[64];
static int64_t issued[TOKENS]; /* -1: revoked */
static int64_t starts[STARTS];
static unsigned n_starts;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

/* The value of "name=value" in words: 1, 0 if absent ("name" alone is 0). */
static int
word(const char *words, const char *name, int *value)
{
	const char *at = words;
	size_t len = strlen(name);

	while (at != NULL && (at = strstr(at, name)) != NULL) {
		if ((at == words || at[-1] == ' ') &&
		    strchr(" =", at[len]) != NULL) {
			*value = at[len] == '='
				     ? (int)strtoll(at + len + 1, NULL, 10)
				     : 0;
			return 1;
		}
		at += len;
	}
	return 0;
}

static bool
has(const char *words, const char *name)
{
	int value;

	return word(words, name, &value) == 1;
}

static void
read_script(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, count[16];
	size_t room = 0;

	if (f == NULL)
		err(EX_NOINPUT, "%s", path);
	while (getline(&line, &room, f) > 0) {
		struct rule *r = &rules[n_rules];
		char *body;
		int words = 0;

		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0' || *line == '#' ||
		    sscanf(line, "guard %d", &guard_ms) == 1 ||
		    sscanf(line, "secret %63s", secret) == 1 ||
		    sscanf(line, "rate %d %d", &rate_n, &rate_ms) == 2)
			continue;
		if ((body = strstr(line, "-- ")) != NULL)
			*body = '\0';
		if (n_rules == RULES ||
		    sscanf(line, "%15s %7s %127s %d %n", count, r->method,
			r->prefix, &r->status, &words) != 4)
			errx(EX_USAGE, "bad rule: %s", line);
		r->left = *count == '*' ? -1 : (int)strtoll(count, NULL, 10);
		r->words = strdup(line + words);
		r->body = strdup(body == NULL ? "" : body + 3);
		n_rules++;
	}
	free(line);
	fclose(f);
}

/* A gzip member of one stored block. */
static void
gzip(struct buf *body)
{
	struct buf out = BUF_INIT;
	uint32_t crc = 0xffffffff;
	uint16_t len = (uint16_t)body->len, inverse = (uint16_t)~len;
	uint32_t size = (uint32_t)body->len;

	for (size_t i = 0; i < body->len; i++) {
		crc ^= (unsigned char)body->at[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	crc = ~crc;
	buf_add(&out, "\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11);
	buf_add(&out, &len, 2); /* little endian, as this machine */
	buf_add(&out, &inverse, 2);
	buf_add(&out, body->at, body->len);
	buf_add(&out, &crc, 4);
	buf_add(&out, &size, 4);
	buf_release(body);
	*body = out;
}

static int
send_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static void
add_date(struct buf *to, int64_t at)
{
	char text[64];
	time_t t = (time_t)at;
	struct tm tm;

	strftime(
	    text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&t, &tm));
	buf_str(to, text);
}

static void
add_headers(struct buf *to, const char *words)
{
	const char *at = words;

	while ((at = strstr(at, "H:")) != NULL) {
		const char *eq = strchr(at, '='), *end = at + strcspn(at, " ");

		buf_add(to, at + 2, (size_t)(eq - at - 2));
		buf_str(to, ": ");
		if (strncmp(eq, "=@+", 3) == 0)
			buf_fmt(to, "%lld",
			    (long long)time(NULL) + strtoll(eq + 3, NULL, 10));
		else if (strncmp(eq, "=date+", 6) == 0)
			add_date(to, time(NULL) + strtoll(eq + 6, NULL, 10));
		else
			buf_add(to, eq + 1, (size_t)(end - eq - 1));
		buf_str(to, "\r\n");
		at = end;
	}
}

/* Closes with a reset in place of an end. */
static void
reset(int fd)
{
	const struct linger hard = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* -1: the connection is to be closed. */
static int
answer(int fd, int status, const char *words, struct buf *body)
{
	struct buf head = BUF_INIT;
	int value = 0, rc = 0;
	size_t send_len;

	if (word(words, "stall", &value))
		pause_ms(value);
	if (has(words, "reset")) {
		reset(fd);
		return -1;
	}
	if (has(words, "gzip"))
		gzip(body);
	buf_fmt(&head, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n",
	    status);
	add_headers(&head, words);
	if (has(words, "gzip"))
		buf_str(&head, "Content-Encoding: gzip\r\n");
	if (!has(words, "close"))
		buf_fmt(&head, "Content-Length: %zu\r\n", body->len);
	else
		buf_str(&head, "Connection: close\r\n");
	buf_str(&head, "\r\n");
	send_len = body->len;
	if (word(words, "cut", &value) && (size_t)value < send_len)
		send_len = (size_t)value;
	if (word(words, "drip", &value)) {
		rc = send_all(fd, head.at, head.len);
		for (size_t i = 0; rc == 0 && i < 4; i++) {
			size_t from = send_len * i / 4;

			pause_ms(value);
			rc = send_all(
			    fd, body->at + from, send_len * (i + 1) / 4 - from);
		}
	} else {
		buf_add(&head, body->at, send_len);
		rc = send_all(fd, head.at, head.len);
	}
	buf_release(&head);
	if (send_len < body->len || has(words, "close"))
		rc = -1;
	return rc;
}

/* The window is checked when the request is read, as a server does. */
static bool
too_fast(void)
{
	int64_t now = now_us();

	if (rate_n == 0)
		return false;
	if (n_starts >= (unsigned)rate_n &&
	    now - starts[(n_starts - (unsigned)rate_n) % STARTS] <
		(int64_t)rate_ms * 1000)
		return true;
	starts[n_starts++ % STARTS] = now;
	return false;
}

static bool
let_in(const char *request)
{
	const char *at = strstr(request, "Authorization: Bearer tok-");
	long n;

	if (at == NULL)
		return false;
	n = (long)strtoll(at + 26, NULL, 10);
	return n > 0 && n <= n_tokens && issued[n - 1] != -1 &&
	       now_us() - issued[n - 1] >= (int64_t)guard_ms * 1000;
}

static void
issue(const char *words, struct buf *body)
{
	bool wrapped = has(words, "wrapped");
	int life = 5000;

	word(words, "expires", &life);
	buf_clear(body);
	issued[n_tokens++ % TOKENS] = now_us();
	buf_fmt(body,
	    "%s{\"token_type\":\"Bearer\",\"expires_in\":%d,"
	    "\"access_token\":\"tok-%d\"}%s",
	    wrapped ? "{\"status\":\"success\",\"result\":" : "", life,
	    n_tokens, wrapped ? "}" : "");
}

/* Decides under the lock; the rule's words are good for ever. */
static int
decide(const char *method, const char *path, const char *request,
    const char **words, struct buf *body)
{
	*words = "";
	if (too_fast()) {
		buf_str(body, "{\"status\":\"fail\",\"message\":\"too fast\"}");
		return 429;
	}
	if (*method == 'P' && *secret != '\0' &&
	    strstr(request, secret) == NULL) {
		buf_str(body,
		    "{\"error\":\"invalid_client\","
		    "\"error_description\":\"Client authentication failed\"}");
		return 401;
	}
	for (int i = 0; i < n_rules; i++) {
		struct rule *r = &rules[i];

		if (r->left == 0 || strcmp(r->method, method) != 0 ||
		    strncmp(path, r->prefix, strlen(r->prefix)) != 0)
			continue;
		if (has(r->words, "revoke"))
			for (int k = 0; k < n_tokens; k++)
				issued[k] = -1;
		if (r->left > 0 && has(r->words, "revoke"))
			r->left--; /* used up, though it lets nobody in */
		else if (*method == 'G' && guard_ms >= 0 && !let_in(request))
			break;
		else if (r->left > 0)
			r->left--;
		if (has(r->words, "revoke"))
			break;
		*words = r->words;
		buf_str(body, r->body);
		if (has(r->words, "token"))
			issue(r->words, body);
		return r->status;
	}
	buf_str(body, "{\"status\":\"fail\",\"message\":\"Forbidden\"}");
	return 403;
}

static void *
serve(void *ctx)
{
	int fd = (int)(intptr_t)ctx, one = 1, rc = 0;
	char request[65536], method[8], path[1024], line[1200];

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (rc == 0) {
		struct buf body = BUF_INIT;
		const char *words, *end = NULL, *length;
		size_t len = 0, want = 0;
		int status;

		while (end == NULL || len < want) {
			ssize_t n =
			    read(fd, request + len, sizeof(request) - 1 - len);

			if (n <= 0)
				goto out;
			len += (size_t)n;
			request[len] = '\0';
			end = strstr(request, "\r\n\r\n");
			length = strcasestr(request, "Content-Length: ");
			if (end != NULL)
				want = (size_t)(end + 4 - request) +
				       (length == NULL
					       ? 0
					       : (size_t)strtoll(
						     length + 16, NULL, 10));
		}
		if (sscanf(request, "%7s %1023s", method, path) != 2)
			goto out;
		pthread_mutex_lock(&lock);
		status = decide(method, path, request, &words, &body);
		snprintf(
		    line, sizeof(line), "%s %s %d\n", method, path, status);
		if (write(log_fd, line, strlen(line)) == -1)
			warn("log");
		pthread_mutex_unlock(&lock);
		buf_str(&body, "");
		rc = answer(fd, status, words, &body);
		buf_release(&body);
	}
out:
	close(fd);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd, one;

	if (argc != 3)
		errx(EX_USAGE, "usage: peer script log");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	read_script(argv[1]);
	log_fd = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (log_fd == -1 || fd == -1 ||
	    bind(fd, (struct sockaddr *)&at, len) == -1 ||
	    listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		err(EX_OSERR, "peer");
	printf("http://127.0.0.1:%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while ((one = accept(fd, NULL, NULL)) != -1) {
		pthread_t thread;

		if (pthread_create(
			&thread, NULL, serve, (void *)(intptr_t)one) != 0)
			errx(EX_OSERR, "peer: no thread");
		pthread_detach(thread);
	}
	return EX_OSERR;
}
