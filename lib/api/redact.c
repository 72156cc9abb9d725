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
	if (secret == NULL || strlen(secret) < REDACT_SHORT)
		return;
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->at[i], secret) == 0)
			return;
	if (h->n == h->room)
		h->at =
		    mem_grow(h->at, h->room = 2 * h->room + 8, sizeof(*h->at));
	h->at[h->n++] = mem_str(secret);
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

/* How many bytes of the text stand for c in an escaped form; 0: none. */
static size_t
escaped(const char *at, const char *end, char c)
{
	if (*at == '+')
		return c == ' ';
	if (*at == '%')
		return hex(at + 1, end, 2) == (unsigned char)c ? 3 : 0;
	if (*at != '\\' || end - at < 2)
		return 0;
	if (at[1] == 'u')
		return hex(at + 2, end, 4) == (unsigned char)c ? 6 : 0;
	return at[1] == c ? 2 : 0;
}

/*
 * The length of the secret as the text has it here, or 0. A byte of it that
 * begins an escape may be both: "%25" is a percent sign, or a part of one.
 */
static size_t
match(const char *at, const char *end, const char *secret)
{
	const char *from = at;

	for (; *secret != '\0'; secret++) {
		size_t n = at < end ? escaped(at, end, *secret) : 0, rest;

		if (n > 0 && *at == *secret) {
			if (secret[1] == '\0')
				return (size_t)(at - from) + n;
			if ((rest = match(at + n, end, secret + 1)) > 0)
				return (size_t)(at - from) + n + rest;
			n = 0;
		}
		if (n == 0 && (at == end || *at != *secret))
			return 0;
		at += n > 0 ? n : 1;
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
