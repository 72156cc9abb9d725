#include "page/seen.h"

#include <xxhash.h>

#include "base/open_table.h"

#define PASS_BITS 8

/* hash << PASS_BITS | pass; then print and version */
static const struct open_kind slot = {
    .tag = ~(uint64_t)0 << PASS_BITS, .words = 2, .full = 80, .more = 25};

struct seen {
	struct open_table slots;
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
	return open_new(&slot, many ? 256 : 1);
}

void
seen_free(struct seen *s)
{
	open_free(s);
}

static uint64_t
look_of(const struct sight *row)
{
	return (uint64_t)row->print << 32 | row->when;
}

static struct met
compare(const uint64_t *at, const struct sight *row)
{
	struct met m = {SEEN_NEW, false, 0};
	uint32_t when = (uint32_t)at[1];

	if (at[0] == 0)
		return m;
	m.pass = (unsigned)(at[0] & ((1 << PASS_BITS) - 1));
	m.same_version = row->when != 0 && row->when == when;
	if (at[1] == look_of(row))
		m.as = SEEN_SAME;
	else if (row->when != 0 && row->when < when)
		m.as = SEEN_OLDER;
	else
		m.as = SEEN_NEWER;
	return m;
}

struct met
seen_look(const struct seen *s, const struct sight *row)
{
	uint64_t key = row->key << PASS_BITS;

	return compare(open_find(&s->slots, &slot, row->key, &key), row);
}

struct met
seen_add(struct seen *s, const struct sight *row, unsigned pass)
{
	uint64_t key = row->key << PASS_BITS;
	uint64_t *at = open_put(&s->slots, &slot, row->key, &key);
	struct met m = compare(at, row);

	at[0] = key | pass;
	if (m.as != SEEN_OLDER)
		at[1] = look_of(row);
	return m;
}

uint64_t
seen_n(const struct seen *s)
{
	return open_n(s);
}
