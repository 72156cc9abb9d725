#include "base/out.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define OUT_BLOCK ((size_t)256 << 10)

static char block[OUT_BLOCK];
static size_t held; /* bytes in block */
static int failure; /* errno of the first failed write, 0 if none */

/* A terminal or pipe may be shared with a process that made it O_NONBLOCK. */
static void
write_all(const char *p, size_t len)
{
	struct pollfd pfd = {STDOUT_FILENO, POLLOUT, 0};
	ssize_t n;

	while (len > 0 && failure == 0) {
		n = write(STDOUT_FILENO, p, len);
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&pfd, 1, -1);
		} else if (errno != EINTR) {
			failure = errno;
		}
	}
}

static void
empty(void)
{
	write_all(block, held);
	held = 0;
}

void
out_bytes(const void *p, size_t len)
{
	if (failure != 0)
		return;
	if (len > sizeof(block) - held)
		empty();
	if (len > sizeof(block)) {
		write_all(p, len);
		return;
	}
	if (len > 0)
		memcpy(block + held, p, len);
	held += len;
}

void
out_line(const char *text, size_t len)
{
	if (failure != 0)
		return;
	if (len + 1 > sizeof(block) - held)
		empty();
	if (len + 1 > sizeof(block)) {
		write_all(text, len);
		out_bytes("\n", 1);
		return;
	}
	memcpy(block + held, text, len);
	block[held + len] = '\n';
	held += len + 1;
}

void
out_str(const char *text)
{
	out_bytes(text, strlen(text));
}

int
out_flush(struct why *why)
{
	if (failure == 0 && held > 0)
		empty();
	if (failure == 0)
		return 0;
	if (failure == EPIPE)
		return why_set(why, 141, "stdout: reader is gone");
	errno = failure;
	return why_errno(why, EX_IOERR, "stdout");
}

bool
out_failed(void)
{
	return failure != 0;
}

int
out_exit(int status)
{
	if (failure == 0 && held > 0)
		empty();
	/* NFS and quotas tell of a failed write only here. */
	if (failure == 0 && close(STDOUT_FILENO) == -1 && errno != EINTR)
		failure = errno;
	if (failure == 0)
		return status;
	if (failure != EPIPE)
		warnx("stdout: %s", strerror(failure));
	if (status != 0 && status != 1 && status != EX_TEMPFAIL)
		return status;
	return failure == EPIPE ? 141 : EX_IOERR;
}
