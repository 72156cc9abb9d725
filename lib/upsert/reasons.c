#include "upsert/reasons.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char other[] = "other";

void
reasons_add(struct reasons *r, const char *text, uint64_t n)
{
	size_t i;

	if (r->n >= REASONS_MAX) /* the last place is for the rest */
		for (i = 0; i < r->n && strcmp(r->at[i].text, text) != 0; i++)
			if (i + 1 == r->n)
				text = other;
	for (i = 0; i < r->n; i++)
		if (strcmp(r->at[i].text, text) == 0) {
			r->at[i].n += n;
			return;
		}
	r->at[r->n].text = mem_str(text);
	r->at[r->n++].n = n;
}

void
reasons_all(struct reasons *to, const struct reasons *from)
{
	for (size_t i = 0; i < from->n; i++)
		reasons_add(to, from->at[i].text, from->at[i].n);
}

void
reasons_clear(struct reasons *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->at[i].text);
	memset(r, 0, sizeof(*r));
}

void
reasons_json(const struct reasons *r, struct buf *to)
{
	buf_chr(to, '{');
	for (size_t i = 0; i < r->n; i++) {
		if (i > 0)
			buf_chr(to, ',');
		buf_json(to, r->at[i].text, strlen(r->at[i].text));
		buf_fmt(to, ":%" PRIu64, r->at[i].n);
	}
	buf_chr(to, '}');
}

void
reasons_text(const struct reasons *r, struct buf *to)
{
	for (size_t i = 0; i < r->n; i++)
		buf_fmt(to, "; %" PRIu64 " %s", r->at[i].n, r->at[i].text);
}
