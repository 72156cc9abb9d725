#include "base/in.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* Larger blocks leave the second-level cache and read slower (measured). */
#define IN_BLOCK ((size_t)256 << 10)

struct in {
	char *const *paths;
	size_t n, next; /* next: index of the file after the open one */
	const char *name;
	int fd;	    /* -1: none is open */
	bool ended; /* no more bytes in the open file */
	bool cuts;  /* of lines that are too long the beginning will do */
	char *at;
	size_t room;	 /* bytes that may be filled; padding is behind */
	size_t from;	 /* first byte not handed out */
	size_t to;	 /* end of the bytes read */
	size_t searched; /* [from, searched) holds no LF */
	uint64_t lines;
	uint64_t offset; /* of at[from] in its file */
	uint64_t lost; /* bytes of a long line, dropped behind its beginning */
};

static int
open_next(struct in *in, struct why *why)
{
	const char *path = in->n == 0 ? "-" : in->paths[in->next];

	in->next++;
	in->from = in->to = in->searched = 0;
	in->offset = 0;
	in->ended = false;
	if (strcmp(path, "-") == 0) {
		in->name = "stdin";
		in->fd = STDIN_FILENO;
		return 0;
	}
	in->name = path;
	if ((in->fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return why_errno(why, EX_NOINPUT, "%s", path);
	posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

static bool
has_next(const struct in *in)
{
	return in->next < (in->n == 0 ? 1 : in->n);
}

static void
close_file(struct in *in)
{
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	in->fd = -1;
}

struct in *
in_open(char *const *paths, size_t n, struct why *why)
{
	struct in *in = mem_new(1, sizeof(*in));

	in->at = mem_new(1, IN_BLOCK + IN_PADDING);
	in->paths = paths;
	in->n = n;
	in->room = IN_BLOCK;
	in->fd = -1;
	if (open_next(in, why) == -1) {
		in_close(in);
		return NULL;
	}
	return in;
}

void
in_cut_long(struct in *in)
{
	in->cuts = true;
}

/* The beginning of a line that is too long stays, the room is free again. */
static int
drop_tail(struct in *in, struct why *why)
{
	if (!in->cuts)
		return why_set(why, EX_DATAERR,
		    "%s: line %llu: longer than %zu MiB", in->name,
		    (unsigned long long)in->lines + 1, IN_MAX >> 20);
	in->lost += in->to - IN_HEAD;
	in->to = in->searched = IN_HEAD;
	return 0;
}

/* Room behind `to`: moves the rest of a line to the front, or grows. */
static int
make_room(struct in *in, struct why *why)
{
	size_t rest = in->to - in->from;
	size_t room;

	if (in->from > 0) {
		memmove(in->at, in->at + in->from, rest);
		in->searched -= in->from;
		in->from = 0;
		in->to = rest;
	}
	if (in->to < in->room && in->lost == 0)
		return 0;
	if (rest > IN_MAX || in->lost > 0)
		return drop_tail(in, why);
	room = in->room * 2 > IN_MAX + 1 ? IN_MAX + 1 : in->room * 2;
	in->at = mem_grow(in->at, room + IN_PADDING, 1);
	memset(in->at + in->to, 0, room + IN_PADDING - in->to);
	in->room = room;
	return 0;
}

static int
fill(struct in *in, struct why *why)
{
	struct pollfd pfd = {in->fd, POLLIN, 0};
	ssize_t n;

	for (;;) {
		n = read(in->fd, in->at + in->to, in->room - in->to);
		if (n >= 0)
			break;
		if (errno == EAGAIN)
			poll(&pfd, 1, -1);
		else if (errno == EISDIR)
			return why_errno(why, EX_NOINPUT, "%s", in->name);
		else if (errno != EINTR)
			return why_errno(why, EX_IOERR, "%s", in->name);
	}
	in->to += (size_t)n;
	in->ended = n == 0;
	return 0;
}

static const char *
find_lf(struct in *in)
{
	const char *lf =
	    memchr(in->at + in->searched, '\n', in->to - in->searched);

	in->searched = lf != NULL ? (size_t)(lf - in->at) : in->to;
	return lf;
}

static int
hand_out(struct in *in, struct line *line, size_t len, bool lf)
{
	line->text = in->at + in->from;
	line->len = in->lost > 0 ? IN_HEAD : len;
	line->lost = in->lost + len - line->len;
	line->no = ++in->lines;
	line->offset = in->offset;
	line->lf = lf;
	in->from += len + lf;
	in->searched = in->from;
	in->offset += in->lost + len + lf;
	in->lost = 0;
	return 1;
}

int
in_next(struct in *in, struct line *line, struct why *why)
{
	const char *lf;

	for (;;) {
		if (in->fd == -1) {
			if (!has_next(in))
				return 0;
			if (open_next(in, why) == -1)
				return -1;
		}
		if ((lf = find_lf(in)) != NULL)
			return hand_out(
			    in, line, (size_t)(lf - in->at) - in->from, true);
		if (in->ended) {
			if (in->to > in->from)
				return hand_out(
				    in, line, in->to - in->from, false);
			close_file(in);
			continue;
		}
		if (make_room(in, why) == -1 || fill(in, why) == -1)
			return -1;
	}
}

/*
 * Bytes are read into the free end of the block only, so that the line that
 * was handed out stays where it is.
 */
bool
in_ready(struct in *in, int wait_ms)
{
	int64_t until = -1; /* the clock is read only if it must be */
	struct pollfd pfd = {in->fd, POLLIN, 0};
	struct why ignored;
	int64_t left;

	for (;;) {
		if (in->fd == -1 || in->ended || find_lf(in) != NULL)
			return true;
		if (until == -1)
			until = clock_ms() + wait_ms;
		left = until - clock_ms();
		if (poll(&pfd, 1, left > 0 ? (int)left : 0) <= 0)
			return false;
		/* A full block: the next in_next makes room and reads on. */
		if (in->to == in->room || fill(in, &ignored) == -1)
			return true;
	}
}

const char *
in_name(const struct in *in)
{
	return in->name;
}

void
in_close(struct in *in)
{
	if (in == NULL)
		return;
	close_file(in);
	free(in->at);
	free(in);
}
