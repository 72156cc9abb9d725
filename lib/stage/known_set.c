#include "stage/known_set.h"

#include <sys/stat.h>

#include <stdlib.h>

#include <xxhash.h>

#include "base/in.h"
#include "base/mem.h"
#include "base/open_table.h"

#define PARTS 256
#define SAMPLE 1000 /* lines that tell how long the others are */

/* Integers and texts apart: their entries have different lengths. */
static const struct open_kind integer = {
    .tag = UINT64_MAX, .words = 1, .full = 75, .more = 50};
/* Texts are long: their tables are fuller, and searched longer. */
static const struct open_kind text = {
    .tag = UINT64_MAX, .pair = true, .words = 2, .full = 87, .more = 25};

struct known_set {
	struct open_table *ints, *texts;
};

struct known_set *
known_set_new(void)
{
	struct known_set *k = mem_new(1, sizeof(*k));

	k->ints = open_new(&integer, PARTS);
	k->texts = open_new(&text, PARTS);
	return k;
}

void
known_set_free(struct known_set *k)
{
	if (k == NULL)
		return;
	open_free(k->ints);
	open_free(k->texts);
	free(k);
}

/*
 * The finalizer of MurmurHash3: neighbours end up far from each other, and
 * no two numbers at one place, so that an entry needs nothing else.
 */
static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

/* The usual form of an integer of 64 bits, mixed; 0: none, or 0 itself. */
static uint64_t
as_integer(const char *key, size_t len)
{
	bool minus = len > 0 && key[0] == '-';
	size_t i = minus;
	uint64_t n = 0;

	if (len <= i || len - i > 19 || key[i] == '0')
		return 0;
	for (; i < len; i++) {
		if (key[i] < '0' || key[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(key[i] - '0');
	}
	if (n > (uint64_t)INT64_MAX + minus)
		return 0;
	return mix(minus ? 0 - n : n);
}

void
known_set_reserve(struct known_set *k, uint64_t n)
{
	open_reserve(k->ints, n / PARTS + n / PARTS / 2 + 16);
}

static void
text_entry(const char *key, size_t len, uint64_t entry[2])
{
	XXH128_hash_t h = XXH3_128bits(key, len);

	entry[0] = h.low64 | 1; /* never 0 */
	entry[1] = h.high64;
}

void
known_set_add(struct known_set *k, const char *key, size_t len)
{
	uint64_t n = as_integer(key, len), entry[2], *at;

	if (n != 0) {
		*open_put(k->ints, &integer, n << 32, &n) = n;
		return;
	}
	text_entry(key, len, entry);
	at = open_put(k->texts, &text, entry[1], entry);
	at[0] = entry[0];
	at[1] = entry[1];
}

bool
known_set_has(const struct known_set *k, const char *key, size_t len)
{
	uint64_t n = as_integer(key, len), entry[2];

	if (n != 0)
		return *open_find(k->ints, &integer, n << 32, &n) != 0;
	text_entry(key, len, entry);
	return *open_find(k->texts, &text, entry[1], entry) != 0;
}

uint64_t
known_set_count(const struct known_set *k)
{
	return open_n(k->ints) + open_n(k->texts);
}

size_t
known_set_bytes(const struct known_set *k)
{
	return open_bytes(k->ints) + open_bytes(k->texts);
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
	int got;

	if ((in = in_open(paths, 1, why)) == NULL)
		return -1;
	while ((got = in_next(in, &line, why)) == 1) {
		if (line.len == 0)
			continue;
		if (line.no <= SAMPLE)
			integers += as_integer(line.text, line.len) != 0;
		if (line.no == SAMPLE)
			known_set_reserve(
			    k, guess(path, integers, line.offset));
		known_set_add(k, line.text, line.len);
	}
	in_close(in);
	return got;
}
