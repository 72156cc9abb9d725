#include "page/seen.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include <xxhash.h>

#define PASS_BITS 8

struct slot {
	uint64_t key; /* hash << PASS_BITS | pass; 0: free */
	uint32_t print;
	uint32_t when;
};

struct segment {
	struct slot *at;
	uint32_t n, room;
};

struct seen {
	unsigned bits; /* the segment is the top bits of the hash */
	uint64_t n;
	struct segment segments[];
};

uint64_t
seen_hash(const void *p, size_t len)
{
	return XXH3_64bits(p, len);
}

uint32_t
seen_print(const void *p, size_t len)
{
	return (uint32_t)XXH3_64bits(p, len);
}

struct seen *
seen_new(bool many)
{
	unsigned bits = many ? 8 : 0;
	struct seen *s =
	    calloc(1, sizeof(*s) + ((size_t)1 << bits) * sizeof(*s->segments));

	if (s == NULL)
		err(EX_OSERR, NULL);
	s->bits = bits;
	return s;
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < (size_t)1 << s->bits; i++)
		free(s->segments[i].at);
	free(s);
}

static struct segment *
segment_of(const struct seen *s, uint64_t key)
{
	size_t i = s->bits == 0 ? 0 : (size_t)(key >> (64 - s->bits));

	return (struct segment *)&s->segments[i];
}

/* The slot of the key, or the free one where it would go. */
static struct slot *
find(const struct segment *g, uint64_t key)
{
	uint64_t kept = key << PASS_BITS >> PASS_BITS;
	/* a multiplication maps 32 bits of the hash onto any room */
	uint32_t i = (uint32_t)(((kept & UINT32_MAX) * g->room) >> 32);

	for (;; i = i + 1 < g->room ? i + 1 : 0) {
		struct slot *at = &g->at[i];

		if (at->key == 0 || at->key >> PASS_BITS == kept)
			return at;
	}
}

static void
grow(struct segment *g)
{
	struct segment wide = {NULL, g->n, g->room};

	wide.room = g->room < 64 ? (g->room == 0 ? 16 : g->room * 2)
				 : g->room + g->room / 4;
	if ((wide.at = calloc(wide.room, sizeof(*wide.at))) == NULL)
		err(EX_OSERR, NULL);
	for (uint32_t i = 0; i < g->room; i++)
		if (g->at[i].key != 0)
			*find(&wide, g->at[i].key >> PASS_BITS) = g->at[i];
	free(g->at);
	*g = wide;
}

static struct met
compare(const struct slot *at, const struct sight *row)
{
	struct met m = {SEEN_NEW, false, 0};

	if (at->key == 0)
		return m;
	m.pass = (unsigned)(at->key & ((1 << PASS_BITS) - 1));
	m.same_version = row->when != 0 && row->when == at->when;
	if (at->print == row->print && at->when == row->when)
		m.as = SEEN_SAME;
	else if (row->when != 0 && row->when < at->when)
		m.as = SEEN_OLDER;
	else
		m.as = SEEN_NEWER;
	return m;
}

struct met
seen_look(const struct seen *s, const struct sight *row)
{
	static const struct slot nothing;
	const struct segment *g = segment_of(s, row->key);

	return compare(g->room == 0 ? &nothing : find(g, row->key), row);
}

struct met
seen_add(struct seen *s, const struct sight *row, unsigned pass)
{
	struct segment *g = segment_of(s, row->key);
	struct slot *at;
	struct met m;

	if ((uint64_t)(g->n + 1) * 5 > (uint64_t)g->room * 4)
		grow(g);
	at = find(g, row->key);
	m = compare(at, row);
	if (m.as == SEEN_NEW) {
		g->n++;
		s->n++;
	}
	at->key = row->key << PASS_BITS | pass;
	if (m.as != SEEN_OLDER) {
		at->print = row->print;
		at->when = row->when;
	}
	return m;
}

uint64_t
seen_n(const struct seen *s)
{
	return s->n;
}

size_t
seen_bytes(const struct seen *s)
{
	size_t bytes = 0;

	for (size_t i = 0; i < (size_t)1 << s->bits; i++)
		bytes += s->segments[i].room * sizeof(struct slot);
	return bytes;
}
