#include "base/open_table.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"

/* The place of a part without entries: a search needs no special case. */
static const uint64_t nothing[2];

void *
open_new(const struct open_kind *kind, uint32_t parts)
{
	struct open_table *t =
	    mem_new(1, sizeof(*t) + parts * sizeof(*t->part));

	t->kind = kind;
	for (; t->parts < parts; t->parts++)
		t->part[t->parts] = (struct open_part){
		    .at = (uint64_t *)(uintptr_t)nothing, .room = 1};
	return t;
}

void
open_free(void *table)
{
	struct open_table *t = table;

	for (uint32_t i = 0; t != NULL && i < t->parts; i++)
		if (t->part[i].at != nothing)
			free(t->part[i].at);
	free(t);
}

static void
resize(struct open_part *p, const struct open_kind *kind, uint64_t room)
{
	size_t words = kind->words;
	struct open_part to = {NULL, p->n, (uint32_t)room};
	const uint64_t *end = p->at + p->room * words;
	uint64_t *at;

	if (room > UINT32_MAX)
		errx(EX_OSERR, "out of memory");
	to.at = mem_new(room, words * sizeof(*at));
	for (const uint64_t *from = p->at; from < end; from += words) {
		if (from[0] == 0)
			continue;
		at = open_probe(&to, kind, from, true);
		at[0] = from[0];
		at[words - 1] = from[words - 1];
	}
	if (p->at != nothing)
		free(p->at);
	*p = to;
}

void
open_grow(struct open_part *p, const struct open_kind *kind)
{
	uint64_t more = (uint64_t)p->room * kind->more / 100;

	resize(p, kind, p->room + (more > 16 ? more : 16));
}

void
open_reserve(struct open_table *t, uint64_t n)
{
	for (uint32_t i = 0; i < t->parts; i++)
		if (n > t->part[i].room)
			resize(&t->part[i], t->kind, n);
}

uint64_t
open_n(const void *table)
{
	const struct open_table *t = table;
	uint64_t n = 0;

	for (uint32_t i = 0; i < t->parts; i++)
		n += t->part[i].n;
	return n;
}

size_t
open_bytes(const void *table)
{
	const struct open_table *t = table;
	size_t room = 0;

	for (uint32_t i = 0; i < t->parts; i++)
		room += t->part[i].room;
	return room * t->kind->words * sizeof(uint64_t);
}
