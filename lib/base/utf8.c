#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How long a sequence is that starts so; 0: none does. */
static size_t
length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The second byte excludes overlong forms, surrogates, > U+10FFFF. */
static bool
may_follow(unsigned char first, unsigned char second)
{
	unsigned char low = 0x80, high = 0xbf;

	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	return second >= low && second <= high;
}

const char *
utf8_next(const char *p, const char *end)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t n = length(u[0]);

	if (n == 0 || n > (size_t)(end - p))
		return NULL;
	if (n > 1 && !may_follow(u[0], u[1]))
		return NULL;
	for (size_t i = 2; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return NULL;
	return p + n;
}

bool
utf8_valid(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end)
		if ((text = utf8_next(text, end)) == NULL)
			return false;
	return true;
}

/* The character from p up to its end, both of utf8_next. */
static uint32_t
code_point(const char *p, const char *end)
{
	static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)*p & first[end - p];

	while (++p < end)
		c = c << 6 | ((unsigned char)*p & 0x3f);
	return c;
}

/* Sources: Unicode 15, chapter 23.1 (controls); UAX #9, 2.7 (bidi). */
static bool
is_harmless(uint32_t c)
{
	return c >= 0x20 && (c < 0x7f || c > 0x9f) && c != 0x61c &&
	       (c < 0x200e || c > 0x200f) && (c < 0x2028 || c > 0x202e) &&
	       (c < 0x2066 || c > 0x2069);
}

size_t
utf8_show(char *to, size_t room, const char *text, size_t len)
{
	const char *next, *end = text + len, *from;
	char escape[8];
	size_t n = 0, add;

	for (; text < end; text = next, n += add) {
		unsigned char byte = (unsigned char)*text;

		next = utf8_next(text, end);
		from = escape;
		if (next == NULL || byte < 0x20 || byte == 0x7f) {
			add = (size_t)snprintf(escape, 8, "\\x%02x", byte);
			next = text + 1;
		} else if (!is_harmless(code_point(text, next))) {
			add = (size_t)snprintf(
			    escape, 8, "\\u%04x", code_point(text, next));
		} else {
			from = text;
			add = (size_t)(next - text);
		}
		if (n + add >= room)
			break;
		memcpy(to + n, from, add);
	}
	to[n] = '\0';
	return n;
}
