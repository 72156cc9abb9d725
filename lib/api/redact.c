#include "api/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
redact_init(struct redact *h)
{
	memset(h, 0, sizeof(*h));
}

void
redact_release(struct redact *h)
{
	for (size_t i = 0; i < h->n; i++)
		freezero(h->at[i], strlen(h->at[i]));
	free(h->at);
	redact_init(h);
}

void
redact_add(struct redact *h, const char *secret)
{
	size_t i;

	if (secret == NULL || strlen(secret) < REDACT_SHORT)
		return;
	for (i = 0; i < h->n; i++)
		if (strcmp(h->at[i], secret) == 0)
			return;
	if (h->n == h->room)
		h->at =
		    mem_grow(h->at, h->room = 2 * h->room + 8, sizeof(*h->at));
	/* the longest first: of one that holds another no rest is left */
	for (i = h->n++; i > 0 && strlen(h->at[i - 1]) < strlen(secret); i--)
		h->at[i] = h->at[i - 1];
	h->at[i] = mem_str(secret);
}

/* The value of n hex digits, or -1. */
static int
hex(const char *at, const char *end, int n)
{
	int value = 0;

	for (; n > 0; n--, at++) {
		const char *digits = "0123456789abcdef", *d;

		if (at == end || (d = memchr(digits, *at | 0x20, 16)) == NULL ||
		    (*at < '0' || (*at > '9' && *at < 'A')))
			return -1;
		value = value * 16 + (int)(d - digits);
	}
	return value;
}

/* \u00e9, or both halves of a pair: the character, or -1. */
static int
json_char(const char *at, const char *end, size_t *len)
{
	int high = hex(at + 2, end, 4), low;

	*len = 6;
	if (high < 0xd800 || high > 0xdbff)
		return high;
	if (end - at < 12 || at[6] != '\\' || at[7] != 'u' ||
	    (low = hex(at + 8, end, 4)) < 0xdc00 || low > 0xdfff)
		return -1;
	*len = 12;
	return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

/* &amp;, &#233; or &#xe9;: the character, or -1. */
static int
html_char(const char *at, const char *end, size_t *len)
{
	static const struct {
		const char *name;
		char is;
	} names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&apos;", '\''}};
	const char *p = at + 2;
	int c = 0, digit, base = 10;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*len = strlen(names[i].name);
		if ((size_t)(end - at) >= *len &&
		    memcmp(at, names[i].name, *len) == 0)
			return names[i].is;
	}
	if (end - at < 4 || at[1] != '#')
		return -1;
	if ((*p | 0x20) == 'x') {
		base = 16;
		p++;
	}
	for (; (digit = hex(p, end, 1)) != -1 && digit < base && c < 0x110000;
	     p++)
		c = c * base + digit;
	*len = (size_t)(p - at) + 1;
	return p < end && *p == ';' ? c : -1;
}

/* How many bytes of the secret are this character; 0: it is another. */
static size_t
is_char(int c, const char *secret)
{
	char text[5] = {0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (c <= 0 || c > 0x10ffff)
		return 0;
	if (n == 1)
		text[0] = (char)c;
	else
		text[0] = (char)((0xf00 >> n & 0xff) | c >> 6 * (n - 1));
	for (size_t i = 1; i < n; i++)
		text[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
	return strncmp(secret, text, n) == 0 ? n : 0;
}

/* A character as JSON or HTML may escape it, else a byte as it is. */
static int
next_char(const char *at, const char *end, size_t *len)
{
	int c = -1;

	if (*at == '&')
		c = html_char(at, end, len);
	else if (*at == '\\' && end - at > 1 && at[1] == 'u')
		c = json_char(at, end, len);
	else if (*at == '\\' && end - at > 1 && (at[1] & 0x80) == 0) {
		*len = 2;
		c = (unsigned char)at[1];
	}
	if (c >= 0)
		return c;
	*len = 1;
	return (unsigned char)*at;
}

/* %2f behind its percent sign, each digit a character: the byte, or -1. */
static int
percent(const char *at, const char *end, size_t *len)
{
	char digits[2];
	size_t one;

	for (int i = 0; i < 2; i++) {
		if (at + *len >= end)
			return -1;
		digits[i] = (char)next_char(at + *len, end, &one);
		*len += one;
	}
	return hex(digits, digits + 2, 2);
}

/*
 * How many bytes of the secret an escape in the text stands for, and *len, the
 * length of that; 0: for none. What a URL escapes may be escaped once more.
 */
static size_t
escaped(const char *at, const char *end, const char *secret, size_t *len)
{
	int c = next_char(at, end, len);
	size_t first = *len;

	if (c == '+' && *secret == ' ')
		return 1;
	if (c == '%') {
		if (percent(at, end, len) == (unsigned char)*secret)
			return 1;
		*len = first;
	}
	return first > 1 ? is_char(c, secret) : 0;
}

/*
 * The length of the secret as the text has it here, or 0. A byte of it that
 * begins an escape may be both: "%25" is a percent sign, or a part of one.
 */
static size_t
match(const char *at, const char *end, const char *secret)
{
	const char *from = at;

	while (*secret != '\0') {
		size_t len = 1, n, rest;

		if (at == end)
			return 0;
		n = escaped(at, end, secret, &len);
		if (n > 0 && *at == *secret) {
			if (secret[n] == '\0')
				return (size_t)(at - from) + len;
			if ((rest = match(at + len, end, secret + n)) > 0)
				return (size_t)(at - from) + len + rest;
			n = 0;
		}
		if (n == 0 && *at != *secret)
			return 0;
		at += n > 0 ? len : 1;
		secret += n > 0 ? n : 1;
	}
	return (size_t)(at - from);
}

bool
redact_in(const struct redact *h, struct buf *text)
{
	char *end = text->at + text->len;
	bool found = false;

	for (size_t i = 0; i < h->n; i++) {
		size_t len;

		for (char *at = text->at; at<end; at += len> 0 ? len : 1) {
			if ((len = match(at, end, h->at[i])) == 0)
				continue;
			memset(at, '*', len);
			found = true;
		}
	}
	return found;
}

void
redact_strings(struct buf *json)
{
	char *at = json->at, *end = json->at + json->len;

	while (at < end) {
		char *from, *behind;

		if (*at++ != '"')
			continue;
		from = at;
		while (at < end && *at != '"')
			at += *at == '\\' && at + 1 < end ? 2 : 1;
		behind = at < end ? at + 1 : end;
		while (behind < end && strchr(" \t\r\n", *behind) != NULL)
			behind++;
		if (behind == end || *behind != ':')
			memset(from, '*', (size_t)(at - from));
		if (at < end)
			at++;
	}
}
