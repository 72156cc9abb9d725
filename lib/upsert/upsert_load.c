#include "upsert/upsert_int.h"

#include <string.h>

#include <xxhash.h>

/* Rows of a COPY in binary: the key's text and the fingerprint. */
static void
load_row(struct upsert *u, const char *p, size_t len)
{
	struct buf key = {NULL, 0, 0};
	XXH128_canonical_t c;
	XXH128_hash_t h;
	struct fingerprint fp;
	uint32_t n;

	while (len >= 6) {
		memcpy(&n, p + 2, 4);
		key.at = (char *)(uintptr_t)(p + 6);
		key.len = __builtin_bswap32(n);
		if (key.len + 10 > len)
			return; /* the end */
		p += 6 + key.len;
		len -= 6 + key.len;
		memcpy(&n, p, 4);
		p += 4;
		len -= 4;
		if (n == UINT32_MAX) { /* NULL */
			fpmap_put(u->map, key_hash(&key), NULL);
			continue;
		}
		if (len < sizeof(c.digest))
			return;
		memcpy(c.digest, p, sizeof(c.digest));
		p += sizeof(c.digest);
		len -= sizeof(c.digest);
		h = XXH128_hashFromCanonical(&c);
		fp = (struct fingerprint){h.high64, h.low64};
		fpmap_put(u->map, key_hash(&key), &fp);
	}
}

/* A COPY in binary; what it sends is handed on as it comes, whole rows. */
static int
copy_rows(struct upsert *u, const char *sql,
    void (*row)(struct upsert *, const char *, size_t), struct why *why)
{
	struct db *db = lane_db(u->lane[0]);
	size_t len, head = 19; /* signature, flags, no extension */
	const char *p;
	int got;

	if (db_copy_out(db, sql, why) == -1)
		return -1;
	while ((got = db_copy_next(db, &p, &len, why)) == 1) {
		if (len >= head)
			row(u, p + head, len - head);
		head = 0;
	}
	return got;
}

int
load_map(struct upsert *u, struct why *why)
{
	u->map = fpmap_new();
	if (copy_rows(u, keys_come(u) ? u->target.known.at : u->target.load.at,
		load_row, why) == -1)
		return -1;
	for (size_t i = 0; i < u->batch.n; i++) {
		struct entry *e = &u->batch.at[i];

		if (e->fate != ENTRY_WAITS)
			continue;
		if (entry_parent(u, e, why) == -1)
			return -1;
		entry_route(u, e);
	}
	return 0;
}

static void
park_row(struct upsert *u, const char *p, size_t len)
{
	struct buf key = {NULL, 0, 0};
	uint32_t n;

	while (len >= 6) {
		memcpy(&n, p + 2, 4);
		key.len = __builtin_bswap32(n);
		if (key.len + 6 > len)
			return; /* the end */
		key.at = (char *)(uintptr_t)(p + 6);
		key_set_add(&u->parked, key_hash(&key));
		p += 6 + key.len;
		len -= 6 + key.len;
	}
}

int
parked_load(struct upsert *u, struct why *why)
{
	struct buf sql = BUF_INIT;
	int rc;

	u->parked.n = 0;
	db_fmt(&sql,
	    "COPY (SELECT key FROM ha.parked WHERE source = %L AND resource = "
	    "%L AND account_id = %L) TO STDOUT (FORMAT binary)",
	    u->of.source, u->of.resource, u->of.account);
	rc = copy_rows(u, sql.at, park_row, why);
	buf_release(&sql);
	return rc;
}

int
see_parked(struct upsert *u, struct why *why)
{
	if (parked_load(u, why) == -1)
		return -1;
	for (size_t i = 0; i < u->parked.n; i++) {
		if (keys_come(u)) /* though it may be in no table yet */
			fpmap_put(u->map, u->parked.at[i], NULL);
		fpmap_see(u->map, u->parked.at[i]);
	}
	return 0;
}
