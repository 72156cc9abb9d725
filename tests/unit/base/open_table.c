/* open_table: every entry is found, at any size, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/open_table.h"

/* The lower byte is the owner's, as is the second word of a loose one. */
static const struct open_kind single = {
    .tag = ~(uint64_t)0 << 8, .words = 1, .full = 75, .more = 50};
static const struct open_kind loose = {
    .tag = ~(uint64_t)0 << 8, .words = 2, .full = 80, .more = 25};
static const struct open_kind pair = {
    .tag = UINT64_MAX, .pair = true, .words = 2, .full = 87, .more = 25};

/* Key number i: well mixed, or all of one home, the last place of a part. */
struct keys {
	bool crowded;
	const struct open_kind *kind;
};

static void
key_of(const struct keys *k, uint64_t i, uint64_t key[2])
{
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9ULL;
	key[0] = k->crowded ? UINT64_MAX << 32 | i << 8 : x << 8;
	key[1] = k->kind->pair ? i : 0;
}

static uint64_t
hash_of(uint64_t i)
{
	return i << 56;
}

/* What the owner keeps: in the lower byte, or in the second word. */
static void
fill(const struct keys *k, uint64_t *at, uint64_t i)
{
	uint64_t key[2];

	key_of(k, i, key);
	at[0] = key[0] | (k->kind->pair ? 0 : i & 0xff);
	if (k->kind->words == 2)
		at[1] = i;
}

static void
check_entries(const struct keys *k, const struct open_table *t, uint64_t n)
{
	uint64_t key[2], want[2], *at;

	for (uint64_t i = 0; i < n; i++) {
		key_of(k, i, key);
		fill(k, want, i);
		at = open_find(t, k->kind, hash_of(i), key);
		assert_memory_equal(at, want, k->kind->words * sizeof(*at));
	}
	key_of(k, n, key);
	assert_int_equal(*open_find(t, k->kind, hash_of(n), key), 0);
}

/* Only one part grew, by little, and is not too full. */
static void
check_room(const struct open_table *t, size_t before)
{
	size_t entry = t->kind->words * sizeof(uint64_t);
	size_t most = 0;

	for (uint32_t i = 0; i < t->parts; i++) {
		const struct open_part *p = &t->part[i];

		assert_true(p->n * 100 <= p->room * t->kind->full);
		if (p->room > most)
			most = p->room;
	}
	assert_true(open_bytes(t) - before <=
		    (most * t->kind->more / 100 + 16) * entry);
}

static void
check_growth(const struct keys *k, uint32_t parts, uint64_t n)
{
	struct open_table *t = open_new(k->kind, parts);
	uint64_t key[2], *at;
	size_t before;

	assert_int_equal(open_n(t), 0);
	check_entries(k, t, 0);
	for (uint64_t i = 0; i < n; i++) {
		before = open_bytes(t);
		key_of(k, i, key);
		at = open_put(t, k->kind, hash_of(i), key);
		assert_int_equal(*at, 0);
		fill(k, at, i);
		assert_int_equal(open_n(t), i + 1);
		if (open_bytes(t) == before)
			continue;
		check_room(t, before);
		check_entries(k, t, i + 1);
	}
	check_entries(k, t, n);
	open_free(t);
}

static void
test_all_stay_when_a_part_grows(void **state)
{
	const struct open_kind *const kinds[] = {&single, &loose, &pair};
	const uint32_t parts[] = {1, 3, 64};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			check_growth(
			    &(struct keys){false, kinds[i]}, parts[j], 3000);
	open_free(NULL);
}

/* The search goes on behind the last place at the first. */
static void
test_all_of_one_home(void **state)
{
	const struct open_kind *const kinds[] = {&single, &loose, &pair};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		check_growth(&(struct keys){true, kinds[i]}, 1, 400);
}

static void
test_equal_hashes(void **state)
{
	uint64_t one[2] = {0xabcd00, 1}, two[2] = {0xabcd00, 2}, *at;
	struct open_table *t = open_new(&loose, 4);

	(void)state;
	/* the owner's bits tell nothing of the key */
	at = open_put(t, &loose, 7, one);
	at[0] = one[0] | 0x12;
	at[1] = 99;
	assert_ptr_equal(open_find(t, &loose, 7, two), at);
	assert_ptr_equal(open_put(t, &loose, 7, two), at);
	assert_int_equal(open_n(t), 1);
	open_free(t);
	/* the second word of a pair does */
	t = open_new(&pair, 4);
	at = open_put(t, &pair, 7, one);
	at[0] = one[0];
	at[1] = one[1];
	assert_int_equal(*open_find(t, &pair, 7, two), 0);
	at = open_put(t, &pair, 7, two);
	assert_int_equal(*at, 0);
	at[0] = two[0];
	at[1] = two[1];
	assert_int_equal(open_n(t), 2);
	assert_int_equal(open_find(t, &pair, 7, one)[1], 1);
	assert_int_equal(open_find(t, &pair, 7, two)[1], 2);
	open_free(t);
}

static void
test_room_made_before(void **state)
{
	struct keys k = {false, &single};
	struct open_table *t = open_new(&single, 2);
	uint64_t key[2];
	size_t bytes;

	(void)state;
	open_reserve(t, 1000);
	bytes = open_bytes(t);
	assert_int_equal(bytes, 2 * 1000 * sizeof(uint64_t));
	for (uint64_t i = 0; i < 1024; i++) {
		key_of(&k, i, key);
		fill(&k, open_put(t, &single, hash_of(i), key), i);
	}
	open_reserve(t, 999); /* it has more */
	assert_int_equal(open_bytes(t), bytes);
	open_reserve(t, 5000);
	assert_int_equal(open_bytes(t), 2 * 5000 * sizeof(uint64_t));
	check_entries(&k, t, 1024);
	open_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_stay_when_a_part_grows),
	    cmocka_unit_test(test_all_of_one_home),
	    cmocka_unit_test(test_equal_hashes),
	    cmocka_unit_test(test_room_made_before),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
