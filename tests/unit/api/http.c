/* http: many large bodies at once, and what they hold of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/http.h"

#define CALLS 8
#define BODY ((size_t)40 << 20)
#define STALL_MS 300

struct conn {
	int fd;
	size_t sent; /* of the body */
};

static struct conn conns[CALLS];
static char piece[64 << 10];

/* Takes the request and sends the head of its answer. */
static void
greet(int listening, struct conn *c)
{
	char text[4096];
	int small = sizeof(piece), n;

	if ((c->fd = accept(listening, NULL, NULL)) == -1)
		_exit(1);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	if (read(c->fd, text, sizeof(text)) <= 0)
		_exit(1);
	n = snprintf(text, sizeof(text),
	    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
	    "%zu\r\n\r\n",
	    BODY);
	if (write(c->fd, text, (size_t)n) != n)
		_exit(1);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

/* The last byte of a body is kept back until nobody takes any more. */
static void
feed(struct conn *c, size_t to)
{
	ssize_t n;

	while (c->sent < to) {
		size_t len = to - c->sent;

		n = write(
		    c->fd, piece, len < sizeof(piece) ? len : sizeof(piece));
		if (n <= 0)
			return;
		c->sent += (size_t)n;
	}
}

/* Answers all calls; the most that was under way at once goes to `report`. */
static void
serve(int listening, int report)
{
	struct pollfd p[CALLS];
	size_t most = 0, held, open = CALLS;

	for (int i = 0; i < CALLS; i++)
		greet(listening, &conns[i]);
	while (open > 0) {
		bool stalled;

		for (int i = 0; i < CALLS; i++)
			p[i] = (struct pollfd){
			    conns[i].sent < BODY - 1 ? conns[i].fd : -1,
			    POLLOUT, 0};
		stalled = poll(p, CALLS, STALL_MS) == 0;
		held = 0;
		for (int i = 0; i < CALLS; i++) {
			struct conn *c = &conns[i];

			if (c->fd == -1)
				continue;
			held += c->sent;
			feed(c, stalled ? BODY : BODY - 1);
			if (c->sent < BODY)
				continue;
			close(c->fd);
			c->fd = -1;
			open--;
		}
		most = held > most ? held : most;
	}
	if (write(report, &most, sizeof(most)) != sizeof(most))
		_exit(1);
	_exit(0);
}

static int
listen_to(char *url, size_t size)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, CALLS), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	snprintf(url, size, "http://127.0.0.1:%d/", ntohs(at.sin_port));
	return fd;
}

static void
test_bodies_at_once_wait_for_each_other_and_all_come(void **state)
{
	struct http_request r = {0};
	struct http_answer a = {0};
	struct why why = {0};
	struct http *h;
	char url[64];
	int report[2], fd = listen_to(url, sizeof(url)), got = 0, status;
	size_t most = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(report), 0);
	if ((pid = fork()) == 0)
		serve(fd, report[1]);
	assert_non_null(h = http_open(CALLS, &why));
	r.url = url;
	for (int i = 0; i < CALLS; i++)
		assert_int_equal(http_start(h, &r, &why), 0);
	while (got < CALLS) {
		int rc = http_next(h, 1000, &a, &why);

		assert_int_not_equal(rc, -1);
		if (rc == 0)
			continue;
		got++;
		assert_int_equal(a.end, HTTP_DONE);
		assert_int_equal(a.body.len, BODY);
		http_answer_release(&a);
	}
	assert_int_equal(read(report[0], &most, sizeof(most)), sizeof(most));
	/* and what is in the sockets' buffers, at most 8 MiB each */
	assert_true(most < HTTP_BODIES_MAX + BODY + CALLS * ((size_t)8 << 20));
	assert_true(most > HTTP_BODIES_MAX);
	http_close(h);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(
	    test_bodies_at_once_wait_for_each_other_and_all_come)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
