#include "upsert/fpmap.h"

#include "base/open_table.h"

#define SEEN ((uint64_t)1 << 16)

static const struct open_kind row = {
    .tag = ~(uint64_t)0 << 17, .words = 2, .full = 75, .more = 33};

struct fpmap {
	struct open_table rows;
};

struct fpmap *
fpmap_new(void)
{
	return open_new(&row, 64);
}

void
fpmap_free(struct fpmap *m)
{
	open_free(m);
}

/* 47 bits above the flag and 16 bits of fingerprint; never 0. */
static uint64_t
tag(uint64_t key)
{
	uint64_t t = key << 17;

	return t != 0 ? t : (uint64_t)1 << 17;
}

/* The entry of the key; its b is 0 if there is none. */
static inline struct fp_entry *
find(const struct fpmap *m, uint64_t key)
{
	uint64_t t = tag(key);

	return (struct fp_entry *)open_find(&m->rows, &row, key, &t);
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
	struct fp_entry *e = find(m, key);

	if (e->b == 0)
		return FP_ABSENT;
	e->b |= SEEN;
	return is_same(e, fp) ? FP_SAME : FP_OTHER;
}

bool
fpmap_same(struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	struct fp_entry *e = find(m, key);

	if (e->b == 0 || !is_same(e, fp))
		return false;
	e->b |= SEEN;
	return true;
}

struct fp_entry
fpmap_put(struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	uint64_t t = tag(key);
	struct fp_entry *e, was;

	e = (struct fp_entry *)open_put(&m->rows, &row, key, &t);
	was = *e;
	e->a = fp == NULL ? 0 : fp->lo != 0 ? fp->lo : 1;
	e->b = t | (was.b & SEEN) | (fp == NULL ? 0 : fp->hi & 0xffff);
	return was;
}

void
fpmap_restore(struct fpmap *m, uint64_t key, struct fp_entry was)
{
	struct fp_entry *e = find(m, key);

	if (e->b == 0)
		return;
	e->a = was.a;
	e->b = tag(key) | (e->b & SEEN) | (was.b & 0xffff);
}

void
fpmap_see(struct fpmap *m, uint64_t key)
{
	struct fp_entry *e = find(m, key);

	if (e->b != 0)
		e->b |= SEEN;
}

bool
fpmap_left(const struct fpmap *m, uint64_t key, const struct fingerprint *fp)
{
	const struct fp_entry *e = find(m, key);

	if (e->b == 0 || (e->b & SEEN) != 0)
		return false;
	return fp == NULL ? e->a == 0 : is_same(e, fp);
}
