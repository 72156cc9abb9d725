/* What was set aside or repaired is kept; a later store of its key ends that.
 */
#include "upsert/upsert_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>
#include <xxhash.h>

#include "db/pgarray.h"
#include "json/json.h"
#include "state/parked.h"

#define OF_SECTION "source = $1 AND resource = $2 AND account_id = $3"

int
kept_load(struct upsert *u, struct why *why)
{
	struct buf key = BUF_INIT;
	struct rows *rows;

	u->open.n = 0;
	rows = db_query(lane_db(u->lane[0]), why,
	    "SELECT key FROM ha.rejects WHERE " OF_SECTION
	    " AND closed_at IS NULL AND key IS NOT NULL UNION "
	    "SELECT key FROM ha.repaired WHERE " OF_SECTION,
	    3,
	    (const char *const[]){u->of.source, u->of.resource, u->of.account});
	if (rows == NULL)
		return -1;
	for (size_t i = 0; i < rows_n(rows); i++) {
		buf_clear(&key);
		buf_str(&key, rows_text(rows, i, 0));
		key_set_add(&u->open, key_hash(&key));
	}
	buf_release(&key);
	rows_free(rows);
	return 0;
}

bool
kept_open(struct upsert *u, uint64_t key)
{
	return key_set_has(&u->open, key);
}

/* The strings of one record that were repaired, a column each. */
struct repaired {
	struct buf path, offset, text;
};

static void
add_repaired(
    void *ctx, const char *path, size_t offset, const char *text, size_t len)
{
	struct repaired *r = ctx;
	char number[24];

	snprintf(number, sizeof(number), "%zu", offset);
	pgarray_add(&r->path, path, strlen(path));
	pgarray_add(&r->offset, number, strlen(number));
	pgarray_add(&r->text, text, len);
}

static int
write_repaired(struct upsert *u, const struct entry *e, struct why *why)
{
	struct repaired r = {BUF_INIT, BUF_INIT, BUF_INIT};
	struct buf ignored = BUF_INIT;
	int rc;

	json_repair(
	    batch_text(&u->batch, e), e->len, &ignored, add_repaired, &r);
	pgarray_end(&r.path);
	pgarray_end(&r.offset);
	pgarray_end(&r.text);
	rc = db_run(lane_db(u->lane[0]), why,
	    "INSERT INTO ha.repaired (source, resource, account_id, key, path, "
	    "byte_offset, original) SELECT $1, $2, $3, $4, path, n, original "
	    "FROM unnest($5::text[], $6::bigint[], $7::text[]) AS u(path, n, "
	    "original) ON CONFLICT (source, resource, account_id, key, "
	    "byte_offset) DO UPDATE SET path = excluded.path, original = "
	    "excluded.original, repaired_at = now()",
	    7,
	    (const char *const[]){u->of.source, u->of.resource, u->of.account,
		entry_key(u, e), r.path.at, r.offset.at, r.text.at});
	buf_release(&r.path);
	buf_release(&r.offset);
	buf_release(&r.text);
	buf_release(&ignored);
	return rc;
}

static bool
is_stored(const struct entry *e)
{
	return e->fate == ENTRY_INSERTED || e->fate == ENTRY_UPDATED ||
	       e->fate == ENTRY_UNCHANGED;
}

/* By the keys in the array, if there are any; it is empty then. */
static int
run_for(struct upsert *u, const char *sql, struct buf *keys, struct why *why)
{
	int rc;

	if (keys->len == 0)
		return 0;
	pgarray_end(keys);
	rc = db_run(lane_db(u->lane[0]), why, sql, 4,
	    (const char *const[]){
		u->of.source, u->of.resource, u->of.account, keys->at});
	return rc;
}

/* An unchanged row may be a repaired one; one that was written is as it is. */
static int
close_stored(struct upsert *u, struct why *why)
{
	struct buf stored = BUF_INIT, written = BUF_INIT;
	int rc;

	for (size_t i = 0; i < u->batch.n; i++) {
		const struct entry *e = &u->batch.at[i];
		const char *key;

		if (!is_stored(e) || !kept_open(u, e->key) ||
		    (key = entry_key(u, e)) == NULL)
			continue;
		pgarray_add(&stored, key, strlen(key));
		if (e->fate != ENTRY_UNCHANGED)
			pgarray_add(&written, key, strlen(key));
	}
	rc = run_for(u,
	    "UPDATE ha.rejects SET closed_at = now() WHERE " OF_SECTION
	    " AND key = ANY ($4::text[]) AND closed_at IS NULL",
	    &stored, why);
	if (rc == 0)
		rc = run_for(u,
		    "DELETE FROM ha.repaired WHERE " OF_SECTION
		    " AND key = ANY ($4::text[])",
		    &written, why);
	buf_release(&stored);
	buf_release(&written);
	return rc;
}

int
kept_write(struct upsert *u, struct why *why)
{
	if (u->open.n > 0 && close_stored(u, why) == -1)
		return -1;
	for (size_t i = 0; i < u->batch.n; i++) {
		const struct entry *e = &u->batch.at[i];

		if (e->fate == ENTRY_REJECTED &&
		    (e->has_key || e->name != NULL))
			key_set_add(&u->open, e->key);
		if (e->mended == 0 || !is_stored(e))
			continue;
		key_set_add(&u->open, e->key);
		if (write_repaired(u, e, why) == -1)
			return -1;
	}
	return 0;
}

static void
add_hex(struct buf *to, const char *p, size_t len)
{
	buf_str(to, "\\x");
	sodium_bin2hex(
	    buf_room(to, 2 * len), 2 * len + 1, (const unsigned char *)p, len);
	to->len += 2 * len;
}

int
kept_reject(struct upsert *u, const struct line *at, const char *key,
    const char *reason, struct why *why)
{
	XXH128_hash_t h = XXH3_128bits(at->text, at->len);
	struct buf raw = BUF_INIT;
	char fp[33], line[24], offset[24];
	int rc;

	if (key != NULL && strlen(key) > PARK_KEY_MAX)
		key = NULL; /* no index holds it: as if it were not read */
	snprintf(fp, sizeof(fp), "%016" PRIx64 "%016" PRIx64,
	    (uint64_t)h.high64, (uint64_t)h.low64);
	snprintf(line, sizeof(line), "%" PRIu64, at->no);
	snprintf(offset, sizeof(offset), "%" PRIu64, at->offset);
	add_hex(&raw, at->text, at->len);
	rc = db_run(lane_db(u->lane[0]), why,
	    "INSERT INTO ha.rejects (source, resource, account_id, "
	    "fingerprint, key, line, byte_offset, reason, raw) VALUES ($1, "
	    "$2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, resource, "
	    "account_id, fingerprint) DO UPDATE SET closed_at = NULL, "
	    "reason = excluded.reason, rejected_at = now() "
	    "WHERE rejects.closed_at IS NOT NULL",
	    9,
	    (const char *const[]){u->of.source, u->of.resource, u->of.account,
		fp, key, line, offset, reason, raw.at});
	buf_release(&raw);
	return rc;
}
