#include "console/screen.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/columns.h"

#define COLUMNS 80
#define SIGN_COLUMNS 3
#define PATIENCE_MS 200 /* between two looks whether it is worth it */

struct screen {
	int fd;
	bool live, utf8, gone;
	size_t columns;
	size_t lines;	  /* that are drawn now */
	size_t new_lines; /* of the frame that is made */
	struct buf out, frame;
};

/*
 * A description of our own that does not block: that of the descriptor is
 * others', too. A file has its place in it, and never blocks.
 */
static int
own(int fd)
{
	char path[32];
	struct stat st;
	int mine;

	if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || isatty(fd))) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		mine = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (mine != -1)
			return mine;
	}
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Not by SIGWINCH: that reaches only who stands in front on the terminal. */
static void
look(struct screen *s)
{
	struct winsize size;

	s->columns = COLUMNS;
	if (ioctl(s->fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		s->columns = size.ws_col;
}

/* As much as is taken now; true: nothing is left. */
static bool
flush(struct screen *s, int wait_ms)
{
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};
	size_t done = 0;
	ssize_t n;

	while (!s->gone && done < s->out.len && poll(&p, 1, wait_ms) == 1) {
		n = write(s->fd, s->out.at + done, s->out.len - done);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			s->gone = true;
		if (n == -1)
			break;
		done += (size_t)n;
	}
	s->out.len -= s->gone ? s->out.len : done;
	if (done > 0)
		memmove(s->out.at, s->out.at + done, s->out.len);
	return s->out.len == 0;
}

struct screen *
screen_open(int fd, bool live)
{
	struct screen *s = mem_new(1, sizeof(*s));

	s->fd = own(fd);
	s->live = live;
	s->utf8 = columns_utf8();
	look(s);
	if (live)
		buf_str(&s->out, "\033[?25l");
	return s;
}

void
screen_close(struct screen *s, bool (*boss)(void))
{
	if (s == NULL)
		return;
	screen_wipe(s);
	if (s->live)
		buf_str(&s->out, "\033[?25h");
	while (!flush(s, PATIENCE_MS) && boss())
		;
	close(s->fd);
	buf_release(&s->out);
	buf_release(&s->frame);
	free(s);
}

bool
screen_signs(const struct screen *s)
{
	return s->live && s->utf8;
}

size_t
screen_columns(const struct screen *s, const char *sign)
{
	bool signs = screen_signs(s) && sign != NULL && *sign != '\0';

	return s->columns - 1 - (signs ? SIGN_COLUMNS : 0);
}

/*
 * A sign may be one or two columns wide: terminals differ, and some letters
 * behind it change that. So the text after it is put in its column.
 */
static void
put_sign(const struct screen *s, struct buf *to, const char *sign)
{
	if (screen_columns(s, sign) < screen_columns(s, NULL))
		buf_fmt(to, "   \r%s\033[%dG", sign, SIGN_COLUMNS + 1);
}

void
screen_stay(struct screen *s, const char *sign, const char *text, size_t indent)
{
	size_t room = screen_columns(s, sign), n;

	screen_wipe(s);
	put_sign(s, &s->out, sign);
	while (n = columns_wrap(text, room), text[n] != '\0') {
		buf_add(&s->out, text, n);
		buf_fmt(&s->out, "\n%*s", (int)indent, "");
		text += text[n] == ' ' ? n + 1 : n;
		room = screen_columns(s, NULL) - indent;
	}
	screen_say(s, text);
}

void
screen_say(struct screen *s, const char *text)
{
	screen_wipe(s);
	buf_str(&s->out, text);
	buf_chr(&s->out, '\n');
	flush(s, 0);
}

void
screen_begin(struct screen *s)
{
	look(s);
	buf_clear(&s->frame);
	if (s->lines > 0)
		buf_fmt(&s->frame, "\033[%zuA", s->lines);
	s->new_lines = 0;
}

/* Whole words of it, and cleared behind its end. */
void
screen_line(struct screen *s, const char *sign, const char *text)
{
	buf_chr(&s->frame, '\r');
	put_sign(s, &s->frame, sign);
	buf_add(&s->frame, text, columns_wrap(text, screen_columns(s, sign)));
	buf_str(&s->frame, "\033[K\n");
	s->new_lines++;
}

/* One write for a frame; none while the one before is under way. */
void
screen_end(struct screen *s)
{
	if (!flush(s, 0))
		return;
	buf_str(&s->frame, "\033[J");
	buf_add(&s->out, s->frame.at, s->frame.len);
	s->lines = s->new_lines;
	flush(s, 0);
}

void
screen_wipe(struct screen *s)
{
	if (s->lines > 0)
		buf_fmt(&s->out, "\033[%zuA\r\033[J", s->lines);
	s->lines = 0;
}
