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
	if (h->n == REDACT_MAX) {
		freezero(h->at[0], strlen(h->at[0]));
		memmove(h->at, h->at + 1, sizeof(h->at) - sizeof(*h->at));
		h->n--;
	}
	h->at[h->n++] = mem_str(secret);
}

bool
redact_in(const struct redact *h, struct buf *text)
{
	bool found = false;

	for (size_t i = 0; i < h->n; i++) {
		size_t len = strlen(h->at[i]), left = text->len;
		char *at = text->at;

		while (left >= len) {
			char *hit = memmem(at, left, h->at[i], len);

			if (hit == NULL)
				break;
			memset(hit, '*', len);
			found = true;
			left -= (size_t)(hit + len - at);
			at = hit + len;
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
