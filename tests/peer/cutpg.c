/*
 * cutpg -- stands between programs and PostgreSQL, and cuts at a COMMIT.
 *
 *   cutpg SOCKET REAL N before|after|never [DELAY]
 * Listens at the unix socket SOCKET, hands each connection on to REAL, and
 * prints a line when it listens. The Nth COMMIT that goes by, over all
 * connections, is its connection's end: before it reached the server, or
 * after, when nobody hears the answer. Each turn of a connection takes DELAY
 * milliseconds longer. Serves until it is killed. A COMMIT is known by its
 * letters, wherever in a message they stand: it is for tests.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static atomic_int *seen; /* COMMITs, over all processes */
static int nth, delay_ms;
static enum { BEFORE, AFTER, NEVER } when;

static int
unix_socket(const char *path, bool listens)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const struct sockaddr *a = (const struct sockaddr *)&at;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || strlen(path) >= sizeof(at.sun_path))
		errx(EX_USAGE, "%s: no path for a socket", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (listens) {
		unlink(path);
		if (bind(fd, a, sizeof(at)) == -1 || listen(fd, 64) == -1)
			err(EX_OSERR, "%s", path);
	} else if (connect(fd, a, sizeof(at)) == -1)
		err(EX_TEMPFAIL, "%s", path);
	return fd;
}

static bool
write_all(int fd, const char *p, ssize_t n)
{
	for (ssize_t put; n > 0; p += put, n -= put)
		if ((put = write(fd, p, (size_t)n)) <= 0)
			return false;
	return true;
}

/* Is it in these bytes that the connection ends? */
static bool
is_cut(const char *p, ssize_t n)
{
	if (when == NEVER || memmem(p, (size_t)n, "COMMIT", 6) == NULL)
		return false;
	return atomic_fetch_add(seen, 1) + 1 == nth;
}

/* Returns when one side is gone, or what was waited for went by. */
static void
relay(int client, int server)
{
	struct pollfd p[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
	static char bytes[1 << 16];
	ssize_t n;

	for (;;) {
		if (poll(p, 2, -1) == -1)
			return;
		for (int i = 0; i < 2; i++) {
			bool cut;

			if (p[i].revents == 0)
				continue;
			if ((n = read(p[i].fd, bytes, sizeof(bytes))) <= 0)
				return;
			cut = i == 0 && is_cut(bytes, n);
			if (cut && when == BEFORE)
				return;
			if (i == 0 && delay_ms > 0)
				usleep((useconds_t)delay_ms * 1000);
			if (!write_all(p[1 - i].fd, bytes, n))
				return;
			if (cut) { /* the server has answered, unheard */
				(void)read(server, bytes, sizeof(bytes));
				return;
			}
		}
	}
}

int
main(int argc, char **argv)
{
	int door, client;

	if (argc < 5)
		errx(EX_USAGE,
		    "usage: cutpg socket real n before|after|never [delay]");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	nth = (int)strtoll(argv[3], NULL, 10);
	when = strcmp(argv[4], "before") == 0  ? BEFORE
	       : strcmp(argv[4], "after") == 0 ? AFTER
					       : NEVER;
	if (argc > 5)
		delay_ms = (int)strtoll(argv[5], NULL, 10);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		err(EX_OSERR, "mmap");
	door = unix_socket(argv[1], true);
	puts("listening");
	fflush(stdout);
	while ((client = accept(door, NULL, NULL)) != -1) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			relay(client, unix_socket(argv[2], false));
			_exit(0);
		}
		close(client);
	}
	err(EX_OSERR, "accept");
}
