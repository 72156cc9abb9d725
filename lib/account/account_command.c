#include "account/account_command.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "account/claim.h"
#include "account/holdings.h"
#include "account/key_file.h"
#include "account/rekey.h"
#include "base/out.h"
#include "account/secret.h"
#include "db/db_print.h"

struct account_work { /* what a verb gets */
	const struct account_command *o;
	struct db *db;
	struct source *s; /* NULL if the verb takes none */
	const char *id;	  /* so is this */
};

/* Reads the secret that belongs to an account, into *to. */
static int
read_secret(const struct account_work *w, const char *what, struct buf *to,
    struct why *why)
{
	char prompt[300];

	snprintf(prompt, sizeof(prompt), "%s of %s account %s", what,
	    w->s->name, w->id);
	return secret_read(w->o->secret_file, prompt, to, why);
}

static void
say_followed(const char *table, uint64_t rows, bool done, void *ctx)
{
	(void)ctx;
	if (!done)
		warnx(
		    "%s: %" PRIu64 " rows have the new customer", table, rows);
}

/* A job that runs would go on to write the customer of when it began. */
static int
update(struct account_work *w, const struct account_edit *edit, struct why *why)
{
	struct holdings_of of = {w->db, w->s, w->id, say_followed, NULL};

	if (edit->customer_id == NULL)
		return accounts_update(w->db, w->s, w->id, edit, why);
	if (claim_take(w->db, w->s, w->id, why) == -1 ||
	    accounts_update(w->db, w->s, w->id, edit, why) == -1)
		return -1;
	return holdings_follow(&of, why);
}

/* Rows may be there of before; of an add that was killed, too. */
static int
add(struct account_work *w, const struct account_edit *edit, struct why *why)
{
	struct holdings_of of = {w->db, w->s, w->id, say_followed, NULL};
	struct why ignored;
	bool exists = false;
	int rc = accounts_add(w->db, w->s, w->id, edit, &exists, why);

	if (exists)
		holdings_follow(&of, &ignored);
	return rc == -1 ? -1 : holdings_follow(&of, why);
}

static int
do_check(struct account_work *w, struct why *why)
{
	return w->o->check(w->s, w->o->dbname, w->id, w->o->timeout_ms, why);
}

/* What was just stored, unless nothing is fetched with it yet. */
static int
check_stored(struct account_work *w, struct why *why)
{
	struct rows *rows;
	bool used;

	if (w->o->no_check)
		return 0;
	rows = db_query(w->db, why,
	    "SELECT FROM ha.accounts WHERE source = $1 AND account_id = $2"
	    " AND enabled AND secret IS NOT NULL",
	    2, (const char *const[]){w->s->name, w->id});
	used = rows != NULL && rows_n(rows) > 0;
	rows_free(rows);
	if (rows == NULL)
		return -1;
	return used ? do_check(w, why) : 0;
}

static int
add_or_update(struct account_work *w, bool adding, bool asked, struct why *why)
{
	struct account_edit edit = w->o->edit;
	struct buf secret = BUF_INIT;
	int rc = 0;

	if (accounts_check_id(w->s, w->id, why) == -1)
		return -1;
	if (asked) {
		rc = read_secret(w, "secret", &secret, why);
		edit.secret = secret.at;
	}
	if (rc == 0)
		rc = adding ? add(w, &edit, why) : update(w, &edit, why);
	if (rc == 0 && (edit.secret != NULL || edit.base_url != NULL))
		rc = check_stored(w, why);
	buf_wipe(&secret);
	return rc;
}

static int
do_add(struct account_work *w, struct why *why)
{
	bool asked = !w->o->no_secret && w->s->auth.style != AUTH_NONE;

	return add_or_update(w, true, asked || w->o->secret_file != NULL, why);
}

static int
do_update(struct account_work *w, struct why *why)
{
	const struct account_edit *e = &w->o->edit;

	if (e->name == NULL && e->customer_id == NULL && e->base_url == NULL &&
	    e->expires == NULL && w->o->secret_file == NULL)
		return why_set(why, EX_USAGE,
		    "nothing to update (--secret-file - reads a new secret)");
	return add_or_update(w, false, w->o->secret_file != NULL, why);
}

static int
do_enable(struct account_work *w, struct why *why)
{
	return accounts_enable(w->db, w->s, w->id, true, why);
}

static int
do_disable(struct account_work *w, struct why *why)
{
	return accounts_enable(w->db, w->s, w->id, false, why);
}

/* How many rows went is the answer; what is still to go, for who waits. */
static void
say_purged(const char *table, uint64_t rows, bool done, void *ctx)
{
	struct buf line = BUF_INIT;

	(void)ctx;
	buf_fmt(&line, "%s %" PRIu64, table, rows);
	if (done)
		out_line(line.at, line.len);
	else
		warnx("%s rows so far", line.at);
	buf_release(&line);
}

static int
do_remove(struct account_work *w, struct why *why)
{
	struct holdings_of of = {w->db, w->s, w->id, say_purged, NULL};

	if (w->o->dry && !w->o->purge)
		return why_set(why, EX_USAGE, "-n goes with --purge");
	if (!w->o->purge)
		return accounts_remove(w->db, w->s, w->id, why);
	if (!w->o->dry && claim_take(w->db, w->s, w->id, why) == -1)
		return -1;
	return holdings_purge(&of, w->o->dry, why);
}

static int
do_token(struct account_work *w, struct why *why)
{
	struct buf token = BUF_INIT;
	int rc;

	if (w->o->drop)
		return accounts_token(w->db, w->s, w->id, NULL, 0, why);
	if ((rc = read_secret(w, "token", &token, why)) == 0)
		rc = accounts_token(
		    w->db, w->s, w->id, token.at, w->o->expires_ms, why);
	buf_wipe(&token);
	return rc;
}

#define COLUMNS                                                                \
	"source, account_id AS account, name, customer_id AS customer,"        \
	" base_url, enabled, secret IS NOT NULL AS secret,"                    \
	" CASE WHEN token IS NULL THEN 'none'"                                 \
	" WHEN token_expires_at <= now() THEN 'expired'"                       \
	" ELSE 'stored' END AS token, token_expires_at, secret_expires_at"

static int
do_list(struct account_work *w, struct why *why)
{
	struct buf sql = BUF_INIT;
	struct rows *rows = NULL;
	size_t i;
	int rc;

	buf_fmt(&sql, "SELECT %s FROM ha.accounts",
	    w->o->quiet ? "account_id" : COLUMNS);
	if (w->s != NULL)
		db_fmt(&sql, " WHERE source = %L", w->s->name);
	if (w->o->quiet)
		buf_fmt(&sql, " %s enabled", w->s != NULL ? "AND" : "WHERE");
	buf_str(&sql, " ORDER BY source, account_id");
	if (w->o->quiet) {
		rows = db_query(w->db, why, sql.at, 0, NULL);
		for (i = 0; rows != NULL && i < rows_n(rows); i++)
			out_line(rows_text(rows, i, 0),
			    strlen(rows_text(rows, i, 0)));
		rc = rows == NULL ? -1 : 0;
	} else {
		rc = db_print(w->db, sql.at, w->o->json, why) == -1 ? -1 : 0;
	}
	rows_free(rows);
	buf_release(&sql);
	return rc;
}

static int
do_show(struct account_work *w, struct why *why)
{
	struct buf sql = BUF_INIT;
	int64_t n;

	if (!w->o->json)
		buf_str(&sql, "SELECT key AS field, value FROM"
			      " json_each_text((SELECT row_to_json(t) FROM (");
	db_fmt(&sql,
	    "SELECT " COLUMNS ", created_at, updated_at FROM ha.accounts"
	    " WHERE source = %L AND account_id = %L",
	    w->s->name, w->id);
	if (!w->o->json)
		buf_str(&sql, ") t))");
	n = db_print(w->db, sql.at, w->o->json, why);
	buf_release(&sql);
	if (n == 0)
		return why_set(why, EX_CONFIG,
		    "unknown account %s of %s (`ha-account list %s`)", w->id,
		    w->s->name, w->s->name);
	return n == -1 ? -1 : 0;
}

static int
do_keygen(struct account_work *w, struct why *why)
{
	struct buf path = BUF_INIT;
	int rc;

	(void)w;
	if ((rc = key_file_make(why)) == 0 &&
	    (rc = key_file_path(&path, why)) == 0)
		out_line(path.at, path.len);
	buf_release(&path);
	return rc;
}

static int
do_rekey(struct account_work *w, struct why *why)
{
	struct buf line = BUF_INIT;
	size_t n;
	int rc;

	if ((rc = rekey(w->db, &n, why)) == 0 &&
	    (rc = key_file_path(&line, why)) == 0) {
		buf_fmt(&line, " %zu", n);
		out_line(line.at, line.len);
	}
	buf_release(&line);
	return rc;
}

static const struct account_verb {
	struct tool_verb of;
	int (*run)(struct account_work *w, struct why *why);
} verbs[] = {
    {{"keygen", 0, 0}, do_keygen},
    {{"rekey", 0, 0}, do_rekey},
    {{"add", 2, 2}, do_add},
    {{"update", 2, 2}, do_update},
    {{"check", 2, 2}, do_check},
    {{"list", 0, 1}, do_list},
    {{"show", 2, 2}, do_show},
    {{"enable", 2, 2}, do_enable},
    {{"disable", 2, 2}, do_disable},
    {{"remove", 2, 2}, do_remove},
    {{"token", 2, 2}, do_token},
};

int
account_run(const struct account_command *o, struct why *why)
{
	const struct tool_command *c = &o->command;
	struct account_work w = {.o = o};
	const struct account_verb *v;
	int rc = -1;

	if ((v = tool_verb(c, verbs, sizeof(verbs) / sizeof(*verbs),
		 sizeof(*verbs), why)) == NULL)
		return -1;
	if (c->n > 0 && (w.s = source_load(c->operands[0], why)) == NULL)
		goto out;
	if (c->n > 1)
		w.id = c->operands[1];
	/* the key is made before there need be a database */
	if (v->run == do_keygen || (w.db = db_open(o->dbname, why)) != NULL)
		rc = v->run(&w, why);
out:
	db_close(w.db);
	source_free(w.s);
	return rc;
}
