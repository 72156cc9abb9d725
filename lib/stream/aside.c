#include "stream/aside.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define BASE64 sodium_base64_VARIANT_ORIGINAL
#define KEPT_BACK ((size_t)1 << 20) /* bytes, until they are written */

struct aside {
	char *path;
	int fd;
	bool regular;
	struct buf lines; /* not written yet */
	uint64_t count;
	bool dirty;
	int failure; /* errno of the first failed write */
};

/* What is there and no file (/dev/stderr is a link) is taken as it is. */
static int
open_for(const char *path)
{
	struct stat st;
	bool other = stat(path, &st) == 0 && !S_ISREG(st.st_mode);

	if (other)
		return open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	return open(
	    path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

struct aside *
aside_open(const char *path, struct why *why)
{
	struct aside *a = mem_new(1, sizeof(*a));
	struct stat st;

	a->path = mem_str(path);
	a->fd = open_for(path);
	if (a->fd != -1 && fstat(a->fd, &st) == 0) {
		a->regular = S_ISREG(st.st_mode);
		return a;
	}
	why_errno(why, EX_IOERR, "%s", path);
	aside_close(a);
	return NULL;
}

static void
add_base64(struct buf *to, const char *text, size_t len)
{
	size_t room = sodium_base64_ENCODED_LEN(len, BASE64);

	sodium_bin2base64(
	    buf_room(to, room), room, (const unsigned char *)text, len, BASE64);
	to->len += room - 1;
}

/* A key cut from a record may hold what the record holds: any byte. */
static void
add_text(struct buf *to, const char *name, const char *text, size_t len)
{
	buf_fmt(to, ",\"%s", name);
	if (utf8_valid(text, len)) {
		buf_str(to, "\":");
		buf_json(to, text, len);
		return;
	}
	buf_str(to, "_base64\":\"");
	add_base64(to, text, len);
	buf_chr(to, '"');
}

static int
write_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n == -1 && errno != EINTR)
			return errno;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* A line that a kill cut off does not spoil the next one. */
static int
end_torn_line(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last;

	if (end <= 0 || pread(fd, &last, 1, end - 1) != 1 || last == '\n')
		return 0;
	return write_all(fd, "\n", 1);
}

/* Whole lines, also where others write into the same file. */
static void
write_lines(struct aside *a)
{
	if (a->failure == 0 && a->regular) {
		while (flock(a->fd, LOCK_EX) == -1 && errno == EINTR)
			;
		a->failure = end_torn_line(a->fd);
	}
	if (a->failure == 0)
		a->failure = write_all(a->fd, a->lines.at, a->lines.len);
	if (a->regular)
		(void)flock(a->fd, LOCK_UN);
	buf_clear(&a->lines);
}

void
aside_add(struct aside *a, const struct line *line, const char *key,
    const char *reason)
{
	struct buf *b = &a->lines;

	a->count++;
	a->dirty = true;
	buf_fmt(b, "{\"line\":%llu,\"offset\":%llu",
	    (unsigned long long)line->no, (unsigned long long)line->offset);
	add_text(b, "reason", reason, strlen(reason));
	if (key != NULL)
		add_text(b, "key", key, strlen(key));
	add_text(b, "raw", line->text, line->len);
	buf_str(b, "}\n");
	if (b->len > KEPT_BACK)
		write_lines(a);
}

int
aside_flush(struct aside *a, struct why *why)
{
	if (a == NULL || !a->dirty)
		return 0;
	if (a->lines.len > 0)
		write_lines(a);
	/* EINVAL: not a file that can be synchronised, such as a pipe. */
	if (a->failure == 0 && fdatasync(a->fd) == -1 && errno != EINVAL &&
	    errno != EROFS)
		a->failure = errno;
	if (a->failure != 0) {
		errno = a->failure;
		return why_errno(why, EX_IOERR, "%s", a->path);
	}
	a->dirty = false;
	return 0;
}

uint64_t
aside_count(const struct aside *a)
{
	return a != NULL ? a->count : 0;
}

void
aside_close(struct aside *a)
{
	if (a == NULL)
		return;
	if (a->fd != -1)
		close(a->fd);
	buf_release(&a->lines);
	free(a->path);
	free(a);
}
