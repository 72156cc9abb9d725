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

bool
key_set_has(const struct key_set *k, uint64_t key)
{
	return k->n > 0 &&
	       bsearch(&key, k->at, k->n, sizeof(*k->at), by_value) != NULL;
}

void
key_set_sort(struct key_set *k)
{
	if (!k->sorted && k->n > 0)
		qsort(k->at, k->n, sizeof(*k->at), by_value);
	k->sorted = true;
}
