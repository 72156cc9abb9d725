#include "upsert/upsert_int.h"

#include <string.h>

#include <xxhash.h>

/* One row of a COPY in binary: the key's text and the fingerprint. */
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

int
load_map(struct upsert *u, struct why *why)
{
	struct db *db = lane_db(u->lane[0]);
	bool first = true;
	const char *p;
	size_t len;
	int got;

	u->map = fpmap_new();
	if (db_copy_out(db,
		keys_come(u) ? u->target.known.at : u->target.load.at,
		why) == -1)
		return -1;
	while ((got = db_copy_next(db, &p, &len, why)) == 1) {
		if (first && len >= 19) /* signature, flags, no extension */
			load_row(u, p + 19, len - 19);
		else
			load_row(u, p, len);
		first = false;
	}
	if (got == -1)
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

int
see_parked(struct upsert *u, struct why *why)
{
	struct buf key = BUF_INIT;
	struct rows *rows;

	rows = db_query(lane_db(u->lane[0]), why,
	    "SELECT key FROM ha.parked WHERE source = $1 AND resource = $2 "
	    "AND account_id = $3",
	    3,
	    (const char *const[]){u->of.source, u->of.resource, u->of.account});
	if (rows == NULL)
		return -1;
	for (size_t i = 0; i < rows_n(rows); i++) {
		buf_clear(&key);
		buf_str(&key, rows_text(rows, i, 0));
		if (keys_come(u)) /* though it may be in no table yet */
			fpmap_put(u->map, key_hash(&key), NULL);
		fpmap_see(u->map, key_hash(&key));
	}
	buf_release(&key);
	rows_free(rows);
	return 0;
}
