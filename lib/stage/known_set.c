#include "stage/known_set.h"

#include <sys/stat.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <xxhash.h>

#include "base/in.h"

#define SHARD_BITS 8
#define SHARDS (1u << SHARD_BITS)
#define SAMPLE 1000 /* lines that tell how long the others are */

/* An open table of entries of one or two words; all zero: a free place. */
struct slots {
	uint64_t *at;
	uint32_t room, used; /* in entries */
};

/* Integers and texts apart: their entries have different lengths. */
struct known_set {
	struct slots ints[SHARDS];
	struct slots texts[SHARDS];
	bool zero; /* the integer 0, which would look like a free place */
};

struct known_set *
known_set_new(void)
{
	struct known_set *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		err(EX_OSERR, NULL);
	return k;
}

void
known_set_free(struct known_set *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		free(k->ints[i].at);
		free(k->texts[i].at);
	}
	free(k);
}

/* The finalizer of MurmurHash3: neighbours end up far from each other. */
static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

/* The usual form of an integer of 64 bits: 1 and the number, else 0. */
static bool
as_integer(const char *key, size_t len, int64_t *to)
{
	bool minus = len > 0 && key[0] == '-';
	size_t i = minus;
	uint64_t n = 0;

	if (len <= i || len - i > 19 || (key[i] == '0' && len > 1))
		return false;
	for (; i < len; i++) {
		if (key[i] < '0' || key[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(key[i] - '0');
	}
	if (n > (uint64_t)INT64_MAX + minus)
		return false;
	*to = (int64_t)(minus ? 0 - n : n);
	return true;
}

/* The entry's place, or the free one where it belongs. */
static uint64_t *
place(const struct slots *t, size_t words, const uint64_t *entry, uint64_t hash)
{
	/* The upper half of the product spreads a hash over any room. */
	uint32_t i = (uint32_t)(((hash & UINT32_MAX) * t->room) >> 32);

	for (;; i = i + 1 == t->room ? 0 : i + 1) {
		uint64_t *at = t->at + (size_t)i * words;

		if (at[0] == entry[0] && (words == 1 || at[1] == entry[1]))
			return at;
		if (at[0] == 0 && (words == 1 || at[1] == 0))
			return at;
	}
}

static uint64_t
hash_of(const uint64_t *entry, size_t words)
{
	return words == 1 ? mix(entry[0]) : entry[0];
}

static void
resize(struct slots *t, size_t words, uint32_t room)
{
	struct slots old = *t;

	t->room = room;
	if ((t->at = calloc(t->room, words * sizeof(uint64_t))) == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < old.room; i++) {
		const uint64_t *from = old.at + i * words;

		if (from[0] != 0 || (words == 2 && from[1] != 0))
			memcpy(place(t, words, from, hash_of(from, words)),
			    from, words * sizeof(uint64_t));
	}
	free(old.at);
}

void
known_set_reserve(struct known_set *k, uint64_t n)
{
	uint64_t room = n / SHARDS + n / SHARDS / 2 + 16;

	for (size_t i = 0; i < SHARDS; i++) {
		if (room > k->ints[i].room && room < UINT32_MAX / 2)
			resize(&k->ints[i], 1, (uint32_t)room);
	}
}

/* Of an entry: its table by the upper bits, its place by the lower. */
static struct slots *
shard(const struct slots *all, const uint64_t *entry, size_t words,
    uint64_t *hash)
{
	*hash = hash_of(entry, words);
	return (struct slots *)(uintptr_t)&all[*hash >> (64 - SHARD_BITS)];
}

static void
add(struct slots *all, const uint64_t *entry, size_t words)
{
	uint64_t hash;
	struct slots *t = shard(all, entry, words, &hash);
	uint64_t *at;

	/* Texts are long: their tables are fuller, and searched longer. */
	if (words == 1 && t->used + 1 > t->room / 4 * 3)
		resize(t, words, t->room < 16 ? 16 : t->room + t->room / 2);
	else if (words == 2 && t->used + 1 > t->room - t->room / 8)
		resize(t, words, t->room < 16 ? 16 : t->room + t->room / 4);
	at = place(t, words, entry, hash);
	if (at[0] == 0 && (words == 1 || at[1] == 0))
		t->used++;
	memcpy(at, entry, words * sizeof(uint64_t));
}

static bool
has(const struct slots *all, const uint64_t *entry, size_t words)
{
	uint64_t hash;
	const struct slots *t = shard(all, entry, words, &hash);
	const uint64_t *at;

	if (t->room == 0)
		return false;
	at = place(t, words, entry, hash);
	return at[0] != 0 || (words == 2 && at[1] != 0);
}

static void
text_entry(const char *key, size_t len, uint64_t entry[2])
{
	XXH128_hash_t h = XXH3_128bits(key, len);

	entry[0] = h.high64;
	entry[1] = h.low64 | 1; /* never all zero */
}

void
known_set_add(struct known_set *k, const char *key, size_t len)
{
	uint64_t entry[2];
	int64_t n;

	if (!as_integer(key, len, &n)) {
		text_entry(key, len, entry);
		add(k->texts, entry, 2);
	} else if (n == 0) {
		k->zero = true;
	} else {
		entry[0] = (uint64_t)n;
		add(k->ints, entry, 1);
	}
}

bool
known_set_has(const struct known_set *k, const char *key, size_t len)
{
	uint64_t entry[2];
	int64_t n;

	if (!as_integer(key, len, &n)) {
		text_entry(key, len, entry);
		return has(k->texts, entry, 2);
	}
	entry[0] = (uint64_t)n;
	return n == 0 ? k->zero : has(k->ints, entry, 1);
}

uint64_t
known_set_count(const struct known_set *k)
{
	uint64_t n = k->zero;

	for (size_t i = 0; i < SHARDS; i++)
		n += k->ints[i].used + k->texts[i].used;
	return n;
}

size_t
known_set_bytes(const struct known_set *k)
{
	size_t n = 0;

	for (size_t i = 0; i < SHARDS; i++)
		n += k->ints[i].room * sizeof(uint64_t) +
		     k->texts[i].room * 2 * sizeof(uint64_t);
	return n;
}

/* How many lines a file has, from the length of its first ones. */
static uint64_t
guess(const char *path, uint64_t lines, uint64_t bytes)
{
	struct stat st;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode) || bytes == 0)
		return 0;
	return (uint64_t)st.st_size * lines / bytes;
}

int
known_set_read(struct known_set *k, const char *path, struct why *why)
{
	char *const paths[] = {(char *)(uintptr_t)path};
	uint64_t integers = 0;
	struct line line;
	struct in *in;
	int64_t n;
	int got;

	if ((in = in_open(paths, 1, why)) == NULL)
		return -1;
	while ((got = in_next(in, &line, why)) == 1) {
		if (line.len == 0)
			continue;
		if (line.no <= SAMPLE)
			integers += as_integer(line.text, line.len, &n);
		if (line.no == SAMPLE)
			known_set_reserve(
			    k, guess(path, integers, line.offset));
		known_set_add(k, line.text, line.len);
	}
	in_close(in);
	return got;
}
