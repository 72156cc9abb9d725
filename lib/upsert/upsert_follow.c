#include "upsert/upsert_int.h"

#include <string.h>

#include <xxhash.h>

/* A key as COPY has it, and of which parent's it is one. */
static uint64_t
hash(const char *key, uint32_t len, size_t parent)
{
	return XXH3_64bits_withSeed(key, len, parent);
}

static uint32_t
length(const char *at)
{
	uint32_t n;

	memcpy(&n, at, 4);
	return __builtin_bswap32(n);
}

static int
load(struct upsert *u, size_t i, struct why *why)
{
	const struct parent *a = &u->r->parents[i];
	const struct resource *p = source_find(u->source, a->resource);
	struct db *db = lane_db(u->lane[0]);
	struct buf sql = BUF_INIT;
	const char *row;
	size_t len, head = 19; /* signature and flags, before the first */
	int got;

	db_fmt(&sql,
	    "COPY (SELECT p.%I FROM %T p WHERE p.account_id = %L AND "
	    "p.deleted_at IS NOT NULL) TO STDOUT (FORMAT binary)",
	    a->key, u->source->name, p->table, u->of.account);
	got = db_copy_out(db, sql.at, why);
	buf_release(&sql);
	if (got == -1)
		return -1;
	while ((got = db_copy_next(db, &row, &len, why)) == 1) {
		if (len > head + 6)
			key_set_add(&u->dead,
			    hash(row + head + 6, length(row + head + 2), i));
		head = 0;
	}
	return got;
}

int
follow_begin(struct upsert *u, struct why *why)
{
	u->dead.n = 0;
	for (size_t i = 0; i < u->r->n_parents; i++)
		if (u->r->parents[i].follow && load(u, i, why) == -1)
			return -1;
	return 0;
}

/* The field of a column in what was cut: its length, then its bytes. */
static const char *
field(const struct upsert *u, const char *column)
{
	const char *at = u->fields.at;
	size_t skip = u->r->n_identity > 0 ? 1 : 0; /* ident comes first */

	for (size_t i = 0; strcmp(u->r->columns[i].name, column) != 0; i++)
		skip++;
	for (; skip > 0; skip--)
		at += 4 + (length(at) == UINT32_MAX ? 0 : length(at));
	return at;
}

bool
follow_is(struct upsert *u)
{
	if (u->dead.n == 0)
		return false;
	for (size_t i = 0; i < u->r->n_parents; i++) {
		const struct parent *a = &u->r->parents[i];
		const char *at;

		if (!a->follow)
			continue;
		at = field(u, a->column);
		if (length(at) != UINT32_MAX &&
		    key_set_has(&u->dead, hash(at + 4, length(at), i)))
			return true;
	}
	return false;
}
