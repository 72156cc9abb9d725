#include "account/holdings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lock/lease.h"

#define BATCH "10000" /* rows of a transaction: a second or so */
#define SILENT_MS 2000
#define PASSES 10 /* over all tables, as long as somebody adds rows */

struct holding {
	const char *name, *root; /* of a partition: its table's oid */
	bool shared;		 /* in schema ha, with those of other sources */
	bool customer;		 /* has a customer_id */
	uint64_t rows;		 /* done */
};

struct holdings {
	struct rows *tables, *links;
	struct holding *at;
	size_t n;
	size_t
	    circle; /* from here on they lead to each other, or to themselves */
	int64_t said_ms;
};

#define FIND                                                                   \
	"SELECT c.oid::regclass, coalesce(pg_partition_root(c.oid), c.oid)"    \
	"::oid, n.nspname = 'ha', u.attname IS NOT NULL"                       \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" JOIN pg_attribute a ON a.attrelid = c.oid"                           \
	" AND a.attname = 'account_id' AND NOT a.attisdropped"                 \
	" LEFT JOIN pg_attribute o ON o.attrelid = c.oid"                      \
	" AND o.attname = 'source' AND NOT o.attisdropped"                     \
	" LEFT JOIN pg_attribute u ON u.attrelid = c.oid"                      \
	" AND u.attname = 'customer_id' AND NOT u.attisdropped"                \
	" WHERE c.relkind = 'r' AND (n.nspname = $1 OR n.nspname = 'ha'"       \
	" AND o.attname IS NOT NULL AND c.relname <> 'accounts')"              \
	" ORDER BY 3 DESC, 1::text" /* positions before what they tell of */

#define LINKS                                                                  \
	"SELECT DISTINCT coalesce(pg_partition_root(conrelid), conrelid)"      \
	"::oid, coalesce(pg_partition_root(confrelid), confrelid)::oid"        \
	" FROM pg_constraint WHERE contype = 'f'"

static bool
leads(const struct holdings *h, const char *from, const char *to)
{
	for (size_t i = 0; i < rows_n(h->links); i++)
		if (strcmp(rows_text(h->links, i, 0), from) == 0 &&
		    strcmp(rows_text(h->links, i, 1), to) == 0)
			return true;
	return false;
}

/* Does none of those from `first` on lead to it? */
static bool
is_free(const struct holdings *h, size_t first, size_t i)
{
	for (size_t k = first; k < h->n; k++)
		if (leads(h, h->at[k].root, h->at[i].root))
			return false;
	return true;
}

/* Children before parents, else as they are. */
static void
put_in_order(struct holdings *h)
{
	for (h->circle = 0; h->circle < h->n; h->circle++) {
		size_t first = h->circle, i = first;
		struct holding next;

		while (i < h->n && !is_free(h, first, i))
			i++;
		if (i == h->n)
			return;
		next = h->at[i];
		memmove(&h->at[first + 1], &h->at[first],
		    (i - first) * sizeof(next));
		h->at[first] = next;
	}
}

static int
find(struct holdings *h, const struct holdings_of *of, struct why *why)
{
	*h = (struct holdings){.said_ms = clock_ms()};
	h->tables = db_query(
	    of->db, why, FIND, 1, (const char *const[]){of->source->name});
	if (h->tables == NULL ||
	    (h->links = db_query(of->db, why, LINKS, 0, NULL)) == NULL)
		return -1;
	h->n = rows_n(h->tables);
	h->at = mem_new(h->n > 0 ? h->n : 1, sizeof(*h->at));
	for (size_t i = 0; i < h->n; i++) {
		struct holding *t = &h->at[i];

		t->name = rows_text(h->tables, i, 0);
		t->root = rows_text(h->tables, i, 1);
		t->shared = *rows_text(h->tables, i, 2) == 't';
		t->customer = *rows_text(h->tables, i, 3) == 't';
	}
	put_in_order(h);
	return 0;
}

static void
release(struct holdings *h)
{
	free(h->at);
	rows_free(h->tables);
	rows_free(h->links);
}

/* " WHERE ...": the account's rows of that table. */
static void
where(const struct holdings_of *of, const struct holding *t, struct buf *to)
{
	db_fmt(to, " WHERE account_id = %L", of->account);
	if (t->shared)
		db_fmt(to, " AND source = %L", of->source->name);
}

/* Runs one statement as a transaction: how many rows it met, in *rows. */
static int
run_one(const struct holdings_of *of, const char *sql, uint64_t *rows,
    struct why *why)
{
	struct rows *done = NULL;
	int rc = -1;

	if (lease_begin(of->db, NULL, why) == 0 &&
	    (done = db_query(of->db, why, sql, 0, NULL)) != NULL &&
	    db_run(of->db, why, "COMMIT", 0, NULL) == 0) {
		*rows = rows_done(done);
		rc = 0;
	}
	rows_free(done);
	return rc;
}

/*
 * A statement that ends in WHERE, for some of the account's rows and again
 * until it meets none. By where they lie: what another moves meanwhile is met
 * the next time.
 */
static int
run_batches(struct holdings *h, const struct holdings_of *of, struct holding *t,
    struct buf *sql, const char *also, struct why *why)
{
	uint64_t rows = 0;
	int rc;

	buf_fmt(sql, " ctid = ANY (ARRAY(SELECT ctid FROM %s", t->name);
	where(of, t, sql);
	buf_fmt(sql, "%s LIMIT " BATCH "))", also);
	while ((rc = run_one(of, sql->at, &rows, why)) == 0 && rows > 0) {
		t->rows += rows;
		if (clock_ms() - h->said_ms < SILENT_MS)
			continue;
		h->said_ms = clock_ms();
		of->say(t->name, t->rows, false, of->ctx);
	}
	return rc == 0 ? 0 : why_in(why, "%s", t->name);
}

static uint64_t
sum(const struct holdings *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->at[i].rows;
	return n;
}

static int
purge_pass(struct holdings *h, const struct holdings_of *of, struct why *why)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < h->circle; i++) {
		struct buf sql = BUF_INIT;

		buf_fmt(&sql, "DELETE FROM %s WHERE", h->at[i].name);
		rc = run_batches(h, of, &h->at[i], &sql, "", why);
		buf_release(&sql);
	}
	return rc;
}

/*
 * A row that came behind us may lead to one that is to go: 23503, and the next
 * pass takes it, as long as this one found any.
 */
static int
purge_most(struct holdings *h, const struct holdings_of *of, struct why *why)
{
	struct why ignored;
	uint64_t before = 0;
	int rc = -1;

	for (int pass = 0; pass < PASSES; pass++) {
		if ((rc = purge_pass(h, of, why)) == 0 ||
		    strcmp(db_state(of->db), "23503") != 0 || sum(h) == before)
			return rc;
		before = sum(h);
		if (db_script(of->db, &ignored, "ROLLBACK") == -1)
			return rc;
	}
	return rc;
}

/* Each table in one statement, at whose end keys are checked. */
static void
delete_all(
    const struct holdings *h, const struct holdings_of *of, struct buf *sql)
{
	for (size_t i = 0; i < h->n; i++) {
		buf_fmt(sql, "%s t%zu AS (DELETE FROM %s",
		    i == 0 ? "WITH" : ",", i, h->at[i].name);
		where(of, &h->at[i], sql);
		buf_str(sql, " RETURNING 1)");
	}
	for (size_t i = 0; i < h->n; i++)
		buf_fmt(sql, "%s(SELECT count(*) FROM t%zu)",
		    i == 0 ? " SELECT " : ", ", i);
}

/* Until the transaction ends nobody writes rows of the account. */
static void
lock_all(const struct holdings *h, const struct holdings_of *of, struct buf *to)
{
	for (size_t i = 0; i < h->n; i++)
		if (*rows_text(h->tables, i, 2) == 'f')
			db_fmt(to, "SELECT ha.lock_rows(%L, %L);",
			    rows_text(h->tables, i, 0), of->account);
}

/* What is left, and the account: afterwards its writers find none. */
static int
purge_rest(struct holdings *h, const struct holdings_of *of, bool *met,
    struct why *why)
{
	struct buf locks = BUF_INIT, sql = BUF_INIT;
	struct rows *rows = NULL, *gone = NULL;
	int rc = -1;

	lock_all(h, of, &locks);
	delete_all(h, of, &sql);
	if (lease_begin(of->db, locks.at, why) == -1 ||
	    (rows = db_query(of->db, why, sql.at, 0, NULL)) == NULL ||
	    (gone = db_query(of->db, why,
		 "DELETE FROM ha.accounts WHERE source = $1 AND account_id = "
		 "$2",
		 2, (const char *const[]){of->source->name, of->account})) ==
		NULL)
		goto out;
	for (size_t i = 0; i < h->n; i++)
		h->at[i].rows += strtoull(rows_text(rows, 0, (int)i), NULL, 10);
	*met = rows_done(gone) > 0;
	rc = db_run(of->db, why, "COMMIT", 0, NULL);
out:
	rows_free(rows);
	rows_free(gone);
	buf_release(&locks);
	buf_release(&sql);
	return rc;
}

/* Whatever happens later: nothing logs in for the account any more. */
static int
forget_secrets(const struct holdings_of *of, struct why *why)
{
	struct buf sql = BUF_INIT;
	uint64_t rows;
	int rc;

	db_fmt(&sql,
	    "UPDATE ha.accounts SET enabled = false, secret = NULL, token ="
	    " NULL, token_valid_from = NULL, token_expires_at = NULL,"
	    " updated_at = now() WHERE source = %L AND account_id = %L",
	    of->source->name, of->account);
	rc = run_one(of, sql.at, &rows, why);
	buf_release(&sql);
	return rc;
}

/* How many rows there are. */
static int
count_all(struct holdings *h, const struct holdings_of *of, bool *met,
    struct why *why)
{
	struct buf sql = BUF_INIT;
	struct rows *rows;

	db_fmt(&sql,
	    "SELECT (SELECT count(*) FROM ha.accounts WHERE source = %L"
	    " AND account_id = %L)",
	    of->source->name, of->account);
	for (size_t i = 0; i < h->n; i++) {
		buf_fmt(&sql, ", (SELECT count(*) FROM %s", h->at[i].name);
		where(of, &h->at[i], &sql);
		buf_chr(&sql, ')');
	}
	if ((rows = db_query(of->db, why, sql.at, 0, NULL)) != NULL) {
		*met = *rows_text(rows, 0, 0) != '0';
		for (size_t i = 0; i < h->n; i++)
			h->at[i].rows =
			    strtoull(rows_text(rows, 0, (int)i + 1), NULL, 10);
	}
	rows_free(rows);
	buf_release(&sql);
	return rows == NULL ? -1 : 0;
}

int
holdings_purge(const struct holdings_of *of, bool dry, struct why *why)
{
	struct holdings h;
	bool met = false;
	int rc = find(&h, of, why);

	if (rc == 0 && dry)
		rc = count_all(&h, of, &met, why);
	else if (rc == 0 && (rc = forget_secrets(of, why)) == 0 &&
		 (rc = purge_most(&h, of, why)) == 0)
		rc = purge_rest(&h, of, &met, why);
	for (size_t i = 0; rc == 0 && i < h.n; i++)
		if (h.at[i].rows > 0)
			of->say(h.at[i].name, h.at[i].rows, true, of->ctx);
	if (rc == 0 && !met && sum(&h) == 0)
		rc = why_set(why, EX_CONFIG,
		    "unknown account %s of %s (`ha-account list %s`)",
		    of->account, of->source->name, of->source->name);
	release(&h);
	return rc;
}

int
holdings_follow(const struct holdings_of *of, struct why *why)
{
	struct buf customer = BUF_INIT, other = BUF_INIT;
	struct holdings h;
	int rc = find(&h, of, why);

	db_fmt(&customer,
	    "(SELECT customer_id FROM ha.accounts WHERE source = %L AND"
	    " account_id = %L)",
	    of->source->name, of->account);
	buf_fmt(&other, " AND customer_id IS DISTINCT FROM %s", customer.at);
	for (size_t i = 0; rc == 0 && i < h.n; i++) {
		struct buf sql = BUF_INIT;

		if (!h.at[i].customer)
			continue;
		buf_fmt(&sql, "UPDATE %s SET customer_id = %s WHERE",
		    h.at[i].name, customer.at);
		rc = run_batches(&h, of, &h.at[i], &sql, other.at, why);
		buf_release(&sql);
	}
	buf_release(&customer);
	buf_release(&other);
	release(&h);
	return rc;
}
