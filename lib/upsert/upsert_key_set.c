#include "upsert/upsert_int.h"

#include <stdlib.h>

#include "base/mem.h"

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
key_set_add(struct key_set *k, uint64_t key)
{
	if (k->n == k->room) {
		k->room += k->room / 2 + 64;
		k->at = mem_grow(k->at, k->room, sizeof(*k->at));
	}
	k->at[k->n++] = key;
	k->sorted = false;
}

static void
sort_set(struct key_set *k)
{
	if (!k->sorted && k->n > 0)
		qsort(k->at, k->n, sizeof(*k->at), by_value);
	k->sorted = true;
}

bool
key_set_has(struct key_set *k, uint64_t key)
{
	if (k->n == 0)
		return false;
	sort_set(k);
	return bsearch(&key, k->at, k->n, sizeof(*k->at), by_value) != NULL;
}
