#include "mock/server/mock_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
edits_add(struct edits *e, size_t at, size_t cut, const char *text)
{
	size_t i = e->n, len = strlen(text);

	e->at = mem_grow(e->at, e->n + 1, sizeof(*e->at));
	for (; i > 0 && e->at[i - 1].at > at; i--)
		e->at[i] = e->at[i - 1];
	e->at[i] = (struct edit){at, cut, e->texts.len, len};
	buf_add(&e->texts, text, len);
	e->n++;
}

void
edits_make(const struct edits *e, const char *text, size_t len, struct buf *to)
{
	size_t done = 0;

	buf_clear(to);
	for (size_t i = 0; i < e->n; i++) {
		const struct edit *d = &e->at[i];

		buf_add(to, text + done, d->at - done);
		buf_add(to, e->texts.at + d->from, d->from_len);
		done = d->at + d->cut;
	}
	buf_add(to, text + done, len - done);
}

void
edits_release(struct edits *e)
{
	free(e->at);
	buf_release(&e->texts);
}
