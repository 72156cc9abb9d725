#include "upsert/batch.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "base/mem.h"

void
batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->at[i].note);
		free(b->at[i].name);
	}
	buf_clear(&b->text);
	b->n = b->n_parents = 0;
	b->unchanged = b->records = b->bytes = 0;
}

void
batch_release(struct batch *b)
{
	batch_clear(b);
	for (size_t i = 0; i < b->room_parents; i++)
		buf_release(&b->parents[i]);
	free(b->parents);
	free(b->at);
	buf_release(&b->text);
	memset(b, 0, sizeof(*b));
}

/* Behind the texts that are there, with padding; where it starts. */
static size_t
add_text(struct batch *b, const char *text, size_t len)
{
	size_t at = b->text.len;

	buf_add(&b->text, text, len);
	buf_chr(&b->text, '\n');
	memset(buf_room(&b->text, JSON_PADDING), 0, JSON_PADDING);
	return at;
}

void
batch_mend(struct batch *b, struct entry *e, const char *text)
{
	e->mended = add_text(b, text, e->len);
}

struct entry *
batch_add(struct batch *b, const struct line *line)
{
	struct entry *e;

	if (b->n == b->room) {
		b->room += b->room / 2 + 64;
		b->at = mem_grow(b->at, b->room, sizeof(*b->at));
	}
	e = &b->at[b->n++];
	memset(e, 0, sizeof(*e));
	e->at = add_text(b, line->text, line->len);
	e->len = line->len;
	e->line = line->no;
	e->offset = line->offset;
	e->parent = NO_PARENT;
	return e;
}

uint32_t
batch_parent(struct batch *b, const struct buf *text)
{
	struct buf *p;

	if (b->n_parents == b->room_parents) {
		size_t room = b->room_parents * 2 + 16;

		b->parents = mem_grow(b->parents, room, sizeof(*p));
		for (size_t i = b->room_parents; i < room; i++)
			buf_init(&b->parents[i]);
		b->room_parents = room;
	}
	p = &b->parents[b->n_parents];
	json_put(p, text->at, text->len);
	return (uint32_t)b->n_parents++;
}

void
entry_note(struct entry *e, const char *note)
{
	free(e->note);
	e->note = NULL;
	e->note = mem_str(note);
}
