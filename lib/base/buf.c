#include "base/buf.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

void
buf_init(struct buf *b)
{
	memset(b, 0, sizeof(*b));
}

void
buf_release(struct buf *b)
{
	free(b->at);
	memset(b, 0, sizeof(*b));
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->at != NULL)
		b->at[0] = '\0';
}

char *
buf_room(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (want <= more)
		errx(EX_OSERR, "out of memory");
	if (want > b->room) {
		size_t room = b->room < 64 ? 64 : b->room;

		while (room < want)
			room += room / 2 + 64;
		if ((b->at = realloc(b->at, room)) == NULL)
			err(EX_OSERR, NULL);
		b->room = room;
	}
	return b->at + b->len;
}

void
buf_add(struct buf *b, const void *p, size_t len)
{
	char *to = buf_room(b, len);

	if (len > 0)
		memcpy(to, p, len);
	b->len += len;
	b->at[b->len] = '\0';
}

void
buf_set(struct buf *b, const void *p, size_t len)
{
	buf_clear(b);
	buf_add(b, p, len);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_chr(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		errx(EX_SOFTWARE, "bad format: %s", fmt);
	buf_room(b, (size_t)n);
	vsnprintf(b->at + b->len, (size_t)n + 1, fmt, again);
	va_end(again);
	b->len += (size_t)n;
}

void
buf_json(struct buf *b, const char *s, size_t len)
{
	buf_chr(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c == '\n')
			buf_str(b, "\\n");
		else if (c == '\t')
			buf_str(b, "\\t");
		else if (c < 0x20)
			buf_fmt(b, "\\u%04x", c);
		else
			buf_chr(b, (char)c);
	}
	buf_chr(b, '"');
}

void
buf_wipe(struct buf *b)
{
	if (b->at != NULL)
		explicit_bzero(b->at, b->room);
	buf_release(b);
}

char *
buf_take(struct buf *b)
{
	char *s;

	buf_room(b, 0);
	s = b->at;
	s[b->len] = '\0';
	memset(b, 0, sizeof(*b));
	return s;
}
