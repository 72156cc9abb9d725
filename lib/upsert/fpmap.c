#include "upsert/fpmap.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

/*
 * Linear probing in 64 parts by the top bits of the hash: one part grows at
 * a time, so growing needs a 64th of the memory again, not the double.
 */
#define PART_BITS 6
#define PARTS (1U << PART_BITS)
#define SEEN ((uint64_t)1 << 16)

struct part {
	struct fp_entry *at;
	uint32_t n, room;
};

struct fpmap {
	struct part part[PARTS];
};

struct fpmap *
fpmap_new(void)
{
	struct fpmap *m;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		err(EX_OSERR, NULL);
	return m;
}

void
fpmap_free(struct fpmap *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < PARTS; i++)
		free(m->part[i].at);
	free(m);
}

/* 47 bits above the flag and 16 bits of fingerprint; never 0. */
static uint64_t
tag(uint64_t key)
{
	uint64_t t = key << 17;

	return t != 0 ? t : (uint64_t)1 << 17;
}

static uint64_t
tag_of(const struct fp_entry *e)
{
	return e->b >> 17 << 17;
}

/* By the tag alone, since a part that grows has nothing else. */
static uint32_t
home(const struct part *p, uint64_t t)
{
	return (uint32_t)((t >> 32) * p->room >> 32);
}

/* The entry of the tag, or the empty one where it belongs. */
static struct fp_entry *
find(const struct part *p, uint64_t t)
{
	uint32_t i = home(p, t);

	while (p->at[i].b != 0 && tag_of(&p->at[i]) != t)
		if (++i == p->room)
			i = 0;
	return &p->at[i];
}

static void
grow(struct part *p)
{
	struct part to = {NULL, p->n, p->room + p->room / 3 + 16};

	if ((to.at = calloc(to.room, sizeof(*to.at))) == NULL)
		err(EX_OSERR, NULL);
	for (uint32_t i = 0; i < p->room; i++)
		if (p->at[i].b != 0)
			*find(&to, tag_of(&p->at[i])) = p->at[i];
	free(p->at);
	*p = to;
}

static struct part *
part_of(struct fpmap *m, uint64_t key)
{
	return &m->part[key >> (64 - PART_BITS)];
}

static bool
is_same(const struct fp_entry *e, const struct fingerprint *fp)
{
	uint64_t lo = fp->lo != 0 ? fp->lo : 1; /* 0: not known */

	return e->a == lo && (e->b & 0xffff) == (fp->hi & 0xffff);
}

enum fp_found
fpmap_find(struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	struct part *p = part_of(m, key);
	struct fp_entry *e;

	if (p->n == 0)
		return FP_ABSENT;
	e = find(p, tag(key));
	if (e->b == 0)
		return FP_ABSENT;
	e->b |= SEEN;
	return is_same(e, fp) ? FP_SAME : FP_OTHER;
}

bool
fpmap_same(struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	struct part *p = part_of(m, key);
	struct fp_entry *e;

	if (p->n == 0 || (e = find(p, tag(key)))->b == 0 || !is_same(e, fp))
		return false;
	e->b |= SEEN;
	return true;
}

struct fp_entry
fpmap_put(struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	struct part *p = part_of(m, key);
	struct fp_entry *e, was;

	if ((uint64_t)p->n * 4 >= (uint64_t)p->room * 3)
		grow(p);
	e = find(p, tag(key));
	was = *e;
	if (e->b == 0)
		p->n++;
	e->a = fp == NULL ? 0 : fp->lo != 0 ? fp->lo : 1;
	e->b = tag(key) | (was.b & SEEN) | (fp == NULL ? 0 : fp->hi & 0xffff);
	return was;
}

void
fpmap_restore(struct fpmap *m, uint64_t key, struct fp_entry was)
{
	struct part *p = part_of(m, key);
	struct fp_entry *e;

	if (p->n == 0 || (e = find(p, tag(key)))->b == 0)
		return;
	e->a = was.a;
	e->b = tag(key) | (e->b & SEEN) | (was.b & 0xffff);
}

void
fpmap_see(struct fpmap *m, uint64_t key)
{
	struct part *p = part_of(m, key);
	struct fp_entry *e;

	if (p->n > 0 && (e = find(p, tag(key)))->b != 0)
		e->b |= SEEN;
}

/* The entry of a key that was not seen, or NULL. */
static const struct fp_entry *
missed(const struct fpmap *m, uint64_t key)
{
	const struct part *p = &m->part[key >> (64 - PART_BITS)];
	const struct fp_entry *e;

	if (p->n == 0)
		return NULL;
	e = find(p, tag(key));
	return e->b != 0 && (e->b & SEEN) == 0 ? e : NULL;
}

bool
fpmap_missed(const struct fpmap *m, uint64_t key)
{
	return missed(m, key) != NULL;
}

bool
fpmap_left(const struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	const struct fp_entry *e = missed(m, key);

	if (e == NULL)
		return false;
	return fp == NULL ? e->a == 0 : is_same(e, fp);
}

size_t
fpmap_n(const struct fpmap *m)
{
	size_t n = 0;

	for (size_t i = 0; i < PARTS; i++)
		n += m->part[i].n;
	return n;
}

size_t
fpmap_bytes(const struct fpmap *m)
{
	size_t n = sizeof(*m);

	for (size_t i = 0; i < PARTS; i++)
		n += m->part[i].room * sizeof(struct fp_entry);
	return n;
}
