#include "stream/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

/*
 * The way out: a descriptor that was handed down ("fd:N"), or a path. Not
 * blocking: whoever reads may rest or be gone, which is no affair of ours.
 */
static int
open_way(const char *to)
{
	int fd = 0;

	if (strncmp(to, "fd:", 3) != 0)
		return open(to,
		    O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC,
		    0600);
	for (to += 3; *to >= '0' && *to <= '9' && fd < 65536; to++)
		fd = fd * 10 + (*to - '0');
	return *to == '\0' && fcntl(fd, F_GETFD) != -1 ? fd : -1;
}

static void
number(struct buf *to, const char *name, uint64_t n, bool always)
{
	if (n > 0 || always)
		buf_fmt(to, ",\"%s\":%llu", name, (unsigned long long)n);
}

static void
write_line(int fd, const struct progress *p, bool done)
{
	struct buf b = BUF_INIT;
	const char *what = p->resource != NULL ? p->resource : "";
	ssize_t ignored;

	buf_str(&b, "{\"stage\":");
	buf_json(&b, program_invocation_short_name,
	    strlen(program_invocation_short_name));
	buf_fmt(&b, ",\"pid\":%ld,\"resource\":", (long)getpid());
	buf_json(&b, what, strlen(what) < 200 ? strlen(what) : 200);
	number(&b, "records", p->records, true);
	number(&b, "total", p->total, false);
	number(&b, "calls", p->calls, true);
	number(&b, "retries", p->retries, true);
	number(&b, "waited_ms", p->waited_ms, true);
	number(&b, "inserted", p->inserted, false);
	number(&b, "updated", p->updated, false);
	number(&b, "unchanged", p->unchanged, false);
	number(&b, "stale", p->stale, false);
	number(&b, "parked", p->parked, false);
	number(&b, "rejected", p->rejected, false);
	buf_fmt(&b, ",\"waiting\":%s,\"done\":%s}\n",
	    p->waiting ? "true" : "false", done ? "true" : "false");
	ignored = write(fd, b.at, b.len);
	(void)ignored;
	buf_release(&b);
}

void
progress_report(const struct progress *p, bool force)
{
	static int fd = -2; /* -2: not opened yet, -1: nobody wants it */
	static int64_t last;
	const char *to;
	int64_t now;

	if (fd == -2) {
		to = getenv("HA_PROGRESS");
		fd = to != NULL && to[0] != '\0' ? open_way(to) : -1;
	}
	if (fd == -1)
		return;
	now = clock_ms();
	if (!force && now - last < PROGRESS_EVERY_MS)
		return;
	last = now;
	write_line(fd, p, force);
}
