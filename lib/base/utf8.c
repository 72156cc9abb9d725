#include "base/utf8.h"

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
