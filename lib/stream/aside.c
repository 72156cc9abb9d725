#include "stream/aside.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define BASE64 sodium_base64_VARIANT_ORIGINAL

struct aside {
	char *path;
	char *part; /* NULL: path is no regular file */
	FILE *file;
	struct buf line;
	uint64_t count;
	bool dirty;
	int failure; /* errno of the first failed write */
};

struct aside *
aside_open(const char *path, struct why *why)
{
	struct aside *a;
	struct stat st;
	int fd;

	a = mem_new(1, sizeof(*a));
	a->path = mem_str(path);
	if ((stat(path, &st) == -1 || S_ISREG(st.st_mode)) &&
	    asprintf(&a->part, "%s.part", path) == -1)
		err(EX_OSERR, NULL);
	fd = open(a->part != NULL ? a->part : path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || (a->file = fdopen(fd, "w")) == NULL) {
		why_errno(
		    why, EX_IOERR, "%s", a->part != NULL ? a->part : path);
		aside_close(a);
		return NULL;
	}
	return a;
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

void
aside_add(struct aside *a, const struct line *line, const char *key,
    const char *reason)
{
	struct buf *b = &a->line;

	a->count++;
	a->dirty = true;
	buf_clear(b);
	buf_fmt(b, "{\"line\":%llu,\"offset\":%llu",
	    (unsigned long long)line->no, (unsigned long long)line->offset);
	add_text(b, "reason", reason, strlen(reason));
	if (key != NULL)
		add_text(b, "key", key, strlen(key));
	add_text(b, "raw", line->text, line->len);
	buf_str(b, "}\n");
	if (a->failure == 0 && fwrite(b->at, 1, b->len, a->file) != b->len)
		a->failure = errno;
}

int
aside_flush(struct aside *a, struct why *why)
{
	if (a == NULL || !a->dirty)
		return 0;
	if (a->failure == 0 && fflush(a->file) == EOF)
		a->failure = errno;
	/* EINVAL: not a file that can be synchronised, such as a pipe. */
	if (a->failure == 0 && fdatasync(fileno(a->file)) == -1 &&
	    errno != EINVAL && errno != EROFS)
		a->failure = errno;
	if (a->failure != 0) {
		errno = a->failure;
		return why_errno(why, EX_IOERR, "%s", a->path);
	}
	a->dirty = false;
	return 0;
}

int
aside_keep(struct aside *a, struct why *why)
{
	if (a == NULL)
		return 0;
	if (aside_flush(a, why) == -1)
		return -1;
	if (a->part != NULL && rename(a->part, a->path) == -1)
		return why_errno(why, EX_IOERR, "%s", a->path);
	free(a->part);
	a->part = NULL;
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
	if (a->file != NULL)
		fclose(a->file);
	buf_release(&a->line);
	free(a->part);
	free(a->path);
	free(a);
}
