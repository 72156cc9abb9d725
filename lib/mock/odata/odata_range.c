#include "mock/odata/odata_int.h"

#include <string.h>

/*
 * Where the rows that pass can be, seen three ways: by time, by key, and by
 * both together in the order (time, key). An edge without a key lies before
 * (low) or behind (high) all keys of its time.
 */
struct zone {
	bool none;
	struct odata_edge time[2], key[2], both[2]; /* low, high */
};

static const struct zone everywhere = {.time = {{.open = true}, {.open = true}},
    .key = {{.open = true}, {.open = true}},
    .both = {{.open = true}, {.open = true}}};

static int
compare_keys(const struct odata_edge *a, const struct odata_edge *b, int side)
{
	size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;
	int c;

	if (a->key == NULL || b->key == NULL)
		return ((a->key != NULL) - (b->key != NULL)) *
		       (side == 0 ? 1 : -1);
	c = n == 0 ? 0 : memcmp(a->key, b->key, n);
	return c != 0 ? c
		      : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* Is a further in than b? An open edge is the furthest out. */
static bool
inner(const struct odata_edge *a, const struct odata_edge *b, int side)
{
	int c;

	if (a->open || b->open)
		return !a->open;
	c = (a->us > b->us) - (a->us < b->us);
	if (c == 0)
		c = compare_keys(a, b, side);
	return side == 0 ? c > 0 : c < 0;
}

static void
narrow(struct odata_edge *a, const struct odata_edge *b, int side)
{
	if (inner(b, a, side))
		*a = *b;
}

static void
widen(struct odata_edge *a, const struct odata_edge *b, int side)
{
	if (inner(a, b, side))
		*a = *b;
}

/* What time and key say together: at the first time, from the key on. */
static void
combine(struct zone *z)
{
	for (int side = 0; side < 2; side++) {
		struct odata_edge e = z->time[side];

		if (e.open)
			continue;
		if (!z->key[side].open) {
			e.key = z->key[side].key;
			e.key_len = z->key[side].key_len;
		}
		narrow(&z->both[side], &e, side);
	}
	if (!z->time[0].open && !z->time[1].open &&
	    z->time[0].us > z->time[1].us)
		z->none = true;
}

static void
intersect(struct zone *a, const struct zone *b)
{
	a->none = a->none || b->none;
	for (int side = 0; side < 2; side++) {
		narrow(&a->time[side], &b->time[side], side);
		narrow(&a->key[side], &b->key[side], side);
		narrow(&a->both[side], &b->both[side], side);
	}
	combine(a);
}

static void
unite(struct zone *a, const struct zone *b)
{
	if (b->none)
		return;
	if (a->none) {
		*a = *b;
		return;
	}
	for (int side = 0; side < 2; side++) {
		widen(&a->time[side], &b->time[side], side);
		widen(&a->key[side], &b->key[side], side);
		widen(&a->both[side], &b->both[side], side);
	}
}

static void
edge_time(struct odata_edge *e, int64_t us)
{
	*e = (struct odata_edge){.us = us};
}

/* Rows have whole micro seconds; the literal may be between two. */
static void
by_time(struct zone *z, enum odata_op op, const struct odata_value *v)
{
	int64_t us = v->time.s * 1000000 + v->time.ps / 1000000;
	bool exact = v->time.ps % 1000000 == 0;

	if (v->type == ODATA_NULL) {
		z->none = op > OP_NE;
		if (op == OP_EQ)
			edge_time(&z->time[1], INT64_MIN);
		return;
	}
	if (op == OP_EQ && !exact)
		z->none = true;
	if (op == OP_GT || (op == OP_GE && !exact))
		edge_time(&z->time[0], us + 1);
	else if (op == OP_EQ || op == OP_GE)
		edge_time(&z->time[0], us);
	if (op == OP_LT && exact)
		edge_time(&z->time[1], us - 1);
	else if (op == OP_EQ || op == OP_LT || op == OP_LE)
		edge_time(&z->time[1], us);
}

static void
by_key(struct zone *z, enum odata_op op, const struct odata_value *v)
{
	struct odata_edge e = {.key = v->text, .key_len = v->len};

	if (v->type == ODATA_NULL) {
		z->none = op != OP_NE;
		return;
	}
	if (op == OP_EQ || op == OP_GT || op == OP_GE)
		z->key[0] = e;
	if (op == OP_EQ || op == OP_LT || op == OP_LE)
		z->key[1] = e;
}

static void
compared(struct zone *z, enum odata_op op, const struct odata_node *left,
    const struct odata_node *right, size_t time, size_t key)
{
	*z = everywhere;
	if (left->op != OP_FIELD || right->op != OP_LITERAL)
		return;
	if (left->field == time)
		by_time(z, op, &right->value);
	else if (left->field == key)
		by_key(z, op, &right->value);
	combine(z);
}

static void
zone_of(const struct odata_node *n, size_t time, size_t key, struct zone *z)
{
	struct zone part;

	*z = everywhere;
	if (n->op == OP_AND)
		for (const struct odata_node *c = n->first; c != NULL;
		     c = c->next) {
			zone_of(c, time, key, &part);
			intersect(z, &part);
		}
	else if (n->op == OP_OR || n->op == OP_IN) {
		z->none = true;
		for (const struct odata_node *c = n->first; c != NULL;
		     c = c->next) {
			if (n->op == OP_OR)
				zone_of(c, time, key, &part);
			else if (c == n->first)
				continue;
			else
				compared(&part, OP_EQ, n->first, c, time, key);
			unite(z, &part);
		}
	} else if (n->op >= OP_EQ && n->op <= OP_LE)
		compared(z, n->op, n->first, n->first->next, time, key);
}

void
odata_range(const struct odata_filter *f, size_t time, size_t key,
    struct odata_range *range)
{
	struct zone z;

	zone_of(f->root, time, key, &z);
	*range = (struct odata_range){z.both[0], z.both[1], z.none};
}

void
odata_key_range(
    const struct odata_filter *f, size_t key, struct odata_range *range)
{
	struct zone z;

	zone_of(f->root, SIZE_MAX, key, &z);
	*range = (struct odata_range){z.key[0], z.key[1], z.none};
}
