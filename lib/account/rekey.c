#include "account/rekey.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "account/accounts.h"
#include "account/key_file.h"
#include "account/seal.h"
#include "base/buf.h"

#define SELECT                                                                 \
	"SELECT source, account_id, base_url, encode(secret, 'hex'),"          \
	" encode(token, 'hex') FROM ha.accounts ORDER BY 1, 2"

static const char *const fields[] = {"secret", "token"}; /* columns 3, 4 */

struct sealed { /* borrowed from a row */
	const char *source, *id, *base_url, *field, *hex;
};

/* Does one with what it holds: 1 if it was of another key. */
typedef int work_fn(struct db *db, const struct sealed *v, struct why *why);

/* 1: it is sealed under a key of before; 0; -1. */
static int
is_old(const struct sealed *v, struct why *why)
{
	struct buf bytes = BUF_INIT;
	struct seal *seal = seal_open(why);
	size_t n = 0;
	int rc = -1;

	if (seal != NULL) {
		buf_room(&bytes, strlen(v->hex) / 2);
		sodium_hex2bin((unsigned char *)bytes.at, strlen(v->hex) / 2,
		    v->hex, strlen(v->hex), NULL, &n, NULL);
		rc = !seal_is_ours(seal, bytes.at, n);
	}
	seal_close(seal);
	buf_release(&bytes);
	return rc;
}

static int
look(struct db *db, const struct sealed *v, struct why *why)
{
	struct buf text = BUF_INIT;
	int rc = accounts_open(
	    v->source, v->id, v->field, v->base_url, v->hex, &text, why);

	(void)db;
	buf_wipe(&text);
	return rc == -1 ? -1 : is_old(v, why);
}

static int
seal_anew(struct db *db, const struct sealed *v, struct why *why)
{
	struct buf text = BUF_INIT, hex = BUF_INIT, sql = BUF_INIT;
	int rc = is_old(v, why);

	if (rc != 1)
		return rc;
	if ((rc = accounts_open(v->source, v->id, v->field, v->base_url, v->hex,
		 &text, why)) == 0 &&
	    (rc = accounts_seal(v->source, v->id, v->field, v->base_url,
		 text.at, &hex, why)) == 0) {
		db_fmt(&sql,
		    "UPDATE ha.accounts SET %I = decode(%L, 'hex')"
		    " WHERE source = %L AND account_id = %L",
		    v->field, hex.at, v->source, v->id);
		rc = db_run(db, why, sql.at, 0, NULL);
	}
	buf_wipe(&text);
	buf_release(&hex);
	buf_release(&sql);
	return rc == 0 ? 1 : -1;
}

/* How many the work was 1 of, in *n. */
static int
each(struct db *db, work_fn *work, size_t *n, struct why *why)
{
	struct rows *rows = db_query(db, why, SELECT, 0, NULL);
	int got = rows == NULL ? -1 : 0;

	*n = 0;
	for (size_t i = 0; got != -1 && i < rows_n(rows); i++)
		for (int f = 0; got != -1 && f < 2; f++) {
			const struct sealed v = {rows_text(rows, i, 0),
			    rows_text(rows, i, 1), rows_text(rows, i, 2),
			    fields[f], rows_text(rows, i, 3 + f)};

			if (v.hex != NULL && (got = work(db, &v, why)) == 1)
				++*n;
		}
	rows_free(rows);
	return got == -1 ? -1 : 0;
}

/* One at a time for a key file, on a machine, and for a database, on all. */
static int
only_us(struct db *db, struct buf *path, struct why *why)
{
	struct buf got = BUF_INIT;
	int fd = key_file_lock(path, why);

	if (fd != -1 &&
	    (db_value(db, why,
		 "SELECT pg_try_advisory_lock(hashtextextended("
		 "'ha rekey', 0::bigint))",
		 0, NULL, &got) != 1 ||
		(*got.at != 't' && why_set(why, EX_TEMPFAIL,
				       "another process is changing the key of "
				       "this database") == -1))) {
		close(fd);
		fd = -1;
	}
	buf_release(&got);
	return fd;
}

/* All or none; who sealed under the key of before has committed it. */
static int
seal_all(struct db *db, size_t *n, struct why *why)
{
	int rc;

	if (db_begin(db, "LOCK TABLE ha.accounts IN EXCLUSIVE MODE", NULL,
		why) == -1)
		return -1;
	rc = each(db, seal_anew, n, why);
	return accounts_end(db, rc, why);
}

int
rekey(struct db *db, size_t *n, struct why *why)
{
	struct buf path = BUF_INIT;
	int fd, rc;

	if (key_file_start(why) == -1)
		return -1;
	if ((rc = fd = only_us(db, &path, why)) != -1) {
		rc = each(db, look, n, why);
		if (rc == 0 && *n == 0)
			rc = key_file_renew(path.at, why);
		if (rc == 0)
			rc = seal_all(db, n, why);
		close(fd);
	}
	buf_release(&path);
	return rc;
}
