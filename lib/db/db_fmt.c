#include "db/db.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

static void
add_name(struct buf *to, const char *name)
{
	buf_chr(to, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_chr(to, '"');
		buf_chr(to, *name);
	}
	buf_chr(to, '"');
}

/* E'' reads a backslash alike under each standard_conforming_strings. */
static void
add_literal(struct buf *to, const char *text)
{
	if (strchr(text, '\\') != NULL)
		buf_str(to, " E");
	buf_chr(to, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_chr(to, *text);
		buf_chr(to, *text);
	}
	buf_chr(to, '\'');
}

/* Adds what stands in front of the next letter, and steps behind that. */
static char
letter(struct buf *to, const char **fmt)
{
	size_t len = strcspn(*fmt, "%");

	buf_add(to, *fmt, len);
	*fmt += len;
	if (**fmt == '\0')
		return '\0';
	assert((*fmt)[1] != '\0');
	*fmt += 2;
	return (*fmt)[-1];
}

void
db_fmt(struct buf *to, const char *fmt, ...)
{
	va_list ap;
	char c;

	va_start(ap, fmt);
	while ((c = letter(to, &fmt)) != '\0') {
		switch (c) {
		case 'T':
			add_name(to, va_arg(ap, const char *));
			buf_chr(to, '.');
			/* FALLTHROUGH */
		case 'I':
			add_name(to, va_arg(ap, const char *));
			break;
		case 'L':
			add_literal(to, va_arg(ap, const char *));
			break;
		case 's':
			buf_str(to, va_arg(ap, const char *));
			break;
		case 'd':
			buf_fmt(to, "%d", va_arg(ap, int));
			break;
		case 'l': /* the first of %lld */
			buf_fmt(to, "%lld", va_arg(ap, long long));
			fmt += 2;
			break;
		case 'z':
			buf_fmt(to, "%zu", va_arg(ap, size_t));
			fmt++;
			break;
		case '%':
			buf_chr(to, c);
			break;
		default:
			assert(!"a letter of db_fmt");
		}
	}
	va_end(ap);
}

void
db_each(struct buf *to, const char *between, const char *fmt,
    char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = fmt;
		char c;

		if (i > 0)
			buf_str(to, between);
		while ((c = letter(to, &at)) != '\0') {
			assert(c == 'I' || c == 'L');
			(c == 'I' ? add_name : add_literal)(to, names[i]);
		}
	}
}
