#include "stage/known.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "db/pgarray.h"

struct known {
	struct db *db;
	const struct known_set *fixed; /* not ours */
	struct known_set *yes, *no;
	struct known_set *asked; /* waiting for known_lookup; NULL: none */
	struct buf keys;	 /* the same as an array for the query */
	size_t looked_up;
	bool whole; /* yes has every key */
	enum column_type type;
	char *account;
	char *column, *table; /* quoted */
};

struct known *
known_open(struct db *db, const struct source *s, const struct resource *parent,
    const char *key, const char *account, struct why *why)
{
	const struct column *column = resource_column(parent, key);
	struct known *k;
	struct buf name = BUF_INIT;

	if (column == NULL) {
		why_set(why, EX_CONFIG, "%s/%s: no column %s", s->name,
		    parent->name, key);
		return NULL;
	}
	k = mem_new(1, sizeof(*k));
	k->db = db;
	k->yes = known_set_new();
	k->no = known_set_new();
	k->account = mem_str(account);
	k->type = column->type;
	db_fmt(&name, "%I", key);
	k->column = buf_take(&name);
	db_fmt(&name, "%T", s->name, parent->table);
	k->table = buf_take(&name);
	return k;
}

struct known *
known_fixed(const struct known_set *set)
{
	struct known *k = mem_new(1, sizeof(*k));

	k->fixed = set;
	return k;
}

void
known_close(struct known *k)
{
	if (k == NULL)
		return;
	known_set_free(k->yes);
	known_set_free(k->no);
	known_set_free(k->asked);
	buf_release(&k->keys);
	free(k->account);
	free(k->column);
	free(k->table);
	free(k);
}

enum known_answer
known_ask(struct known *k, const char *key, size_t len)
{
	if (k->fixed != NULL)
		return known_set_has(k->fixed, key, len) ? KNOWN_YES : KNOWN_NO;
	if (known_set_has(k->yes, key, len))
		return KNOWN_YES;
	if (k->whole || known_set_has(k->no, key, len) ||
	    memchr(key, '\0', len) != NULL)
		return KNOWN_NO;
	if (k->asked == NULL)
		k->asked = known_set_new();
	if (!known_set_has(k->asked, key, len)) {
		known_set_add(k->asked, key, len);
		pgarray_add(&k->keys, key, len);
	}
	return KNOWN_ASKED;
}

/* A value in COPY's text format, in place. */
static size_t
unescape(char *text, size_t len)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	const char *known;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len) {
			i++;
			known = strchr(from, text[i]);
			text[n++] = known != NULL ? to[known - from] : text[i];
		} else {
			text[n++] = text[i];
		}
	}
	return n;
}

static int
read_all(struct known *k, struct why *why)
{
	struct buf sql = BUF_INIT, key = BUF_INIT;
	const char *row;
	size_t len;
	int got;

	db_fmt(&sql,
	    "COPY (SELECT %s FROM %s WHERE account_id = %L AND %s IS NOT NULL) "
	    "TO STDOUT",
	    k->column, k->table, k->account, k->column);
	got = db_copy_out(k->db, sql.at, why);
	while (got == 0 && (got = db_copy_next(k->db, &row, &len, why)) == 1) {
		if (len > 0 && row[len - 1] == '\n')
			len--;
		if (memchr(row, '\\', len) != NULL) {
			buf_set(&key, row, len);
			known_set_add(k->yes, key.at, unescape(key.at, len));
		} else {
			known_set_add(k->yes, row, len);
		}
		got = 0;
	}
	buf_release(&sql);
	buf_release(&key);
	k->whole = got == 0;
	return got;
}

/*
 * The other keys of the array are the unknown ones. A key that does not fit
 * the column's type cannot come here: links.h checks integers; other types
 * are compared as texts.
 */
static int
read_asked(struct known *k, struct why *why)
{
	struct buf sql = BUF_INIT;
	const char *params[2];
	const char *ours = "::text", *theirs = "";
	struct rows *rows;

	if (k->type == COL_BIGINT || k->type == COL_INTEGER) {
		ours = "";
		theirs = "::bigint";
	} else if (k->type == COL_TEXT) {
		ours = "";
	}
	db_fmt(&sql,
	    "SELECT a.key, t.account_id IS NOT NULL "
	    "FROM unnest($2::text[]) a(key) LEFT JOIN %s t "
	    "ON t.account_id = $1 AND t.%s%s = a.key%s",
	    k->table, k->column, ours, theirs);
	pgarray_end(&k->keys);
	params[0] = k->account;
	params[1] = k->keys.at;
	rows = db_query(k->db, why, sql.at, 2, params);
	buf_release(&sql);
	if (rows == NULL)
		return -1;
	for (size_t i = 0; i < rows_n(rows); i++) {
		const char *key = rows_text(rows, i, 0);
		bool there = strcmp(rows_text(rows, i, 1), "t") == 0;

		known_set_add(there ? k->yes : k->no, key, strlen(key));
	}
	k->looked_up += rows_n(rows);
	rows_free(rows);
	return 0;
}

int
known_lookup(struct known *k, struct why *why)
{
	int rc;

	if (k->asked == NULL)
		return 0;
	rc = k->looked_up > KNOWN_LOOKUPS ? read_all(k, why)
					  : read_asked(k, why);
	known_set_free(k->asked);
	k->asked = NULL;
	buf_clear(&k->keys);
	return rc;
}
