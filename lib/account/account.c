#include "account/account.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "account/accounts.h"
#include "base/mem.h"
#include "account/seal.h"

static void
wipe(char **secret)
{
	if (*secret != NULL)
		freezero(*secret, strlen(*secret));
	*secret = NULL;
}

static int64_t
number(const char *text)
{
	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

/* Opens a sealed column, hex text or NULL, into *to. */
static int
open_sealed(const struct account *a, const char *field, const char *hex,
    char **to, struct why *why)
{
	const struct seal_place place = {a->source, a->id, field};
	struct buf sealed = BUF_INIT, text = BUF_INIT;
	struct seal *seal;
	size_t n = 0;
	int rc = -1;

	wipe(to);
	if (hex == NULL)
		return 0;
	if ((seal = seal_open(why)) == NULL)
		return -1;
	buf_room(&sealed, strlen(hex) / 2);
	/* the text is PostgreSQL's own: it is hex */
	sodium_hex2bin((unsigned char *)sealed.at, strlen(hex) / 2, hex,
	    strlen(hex), NULL, &n, NULL);
	if (seal_get(seal, &place, sealed.at, n, &text, why) == -1)
		goto out;
	if (memchr(text.at, '\0', text.len) != NULL)
		why_set(why, EX_CONFIG, "the %s of account %s holds a NUL byte",
		    field, a->id);
	else
		rc = 0;
out:
	if (rc == 0)
		*to = mem_str(text.at);
	buf_wipe(&text);
	buf_release(&sealed);
	seal_close(seal);
	return rc;
}

static int
fill(const struct source *s, struct rows *rows, struct account *a,
    struct why *why)
{
	a->source = mem_str(s->name);
	a->id = mem_str(rows_text(rows, 0, 0));
	a->customer_id = mem_str(rows_text(rows, 0, 1));
	a->name = mem_str(rows_text(rows, 0, 2));
	a->base_url = mem_str(rows_text(rows, 0, 3));
	a->enabled = *rows_text(rows, 0, 4) == 't';
	a->valid_from_ms = number(rows_text(rows, 0, 7));
	a->expires_ms = number(rows_text(rows, 0, 8));
	if (!a->enabled)
		return why_set(why, EX_CONFIG,
		    "account %s of %s is disabled (`ha-account enable %s %s`)",
		    a->id, s->name, s->name, a->id);
	if (open_sealed(a, "secret", rows_text(rows, 0, 5), &a->secret, why) ==
	    -1)
		return -1;
	return open_sealed(a, "token", rows_text(rows, 0, 6), &a->token, why);
}

/* HA_TOKEN stands for whatever is stored, or for a database. */
static void
token_of_environment(const struct source *s, const char *id, const char *token,
    struct account *a)
{
	if (a->id == NULL) {
		a->source = mem_str(s->name);
		a->id = mem_str(id != NULL ? id : "");
		a->enabled = true;
	}
	wipe(&a->token);
	a->token = mem_str(token);
	a->valid_from_ms = a->expires_ms = 0;
}

int
account_load(struct db *db, const struct source *s, const char *id,
    struct account *a, struct why *why)
{
	const char *token = getenv("HA_TOKEN");
	const char *params[2] = {s->name, NULL};
	struct rows *rows;
	int rc = -1;

	memset(a, 0, sizeof(*a));
	if (id != NULL && *id == '\0')
		id = NULL;
	if (id != NULL && accounts_check_id(s, id, why) == -1)
		return -1;
	if (token != NULL && *token != '\0' && db == NULL) {
		token_of_environment(s, id, token, a);
		return 0;
	}
	if (db == NULL)
		return why_set(why, EX_CONFIG, "no HA_TOKEN and no database");
	params[1] = id;
	rows = db_query(db, why,
	    "SELECT account_id, customer_id, name, base_url, enabled,"
	    " encode(secret, 'hex'), encode(token, 'hex'),"
	    " (extract(epoch FROM token_valid_from) * 1000)::bigint,"
	    " (extract(epoch FROM token_expires_at) * 1000)::bigint"
	    " FROM ha.accounts WHERE source = $1"
	    " AND CASE WHEN $2::text IS NULL THEN enabled"
	    " ELSE account_id = $2 END ORDER BY account_id LIMIT 21",
	    2, params);
	if (rows != NULL) {
		rc = rows_n(rows) == 1 ? fill(s, rows, a, why)
				       : accounts_not_one(s, id, rows, why);
		rows_free(rows);
	}
	if (rc == 0 && token != NULL && *token != '\0')
		token_of_environment(s, id, token, a);
	if (rc == -1)
		account_release(a);
	return rc;
}

int
account_reload_token(struct db *db, struct account *a, struct why *why)
{
	const char *params[] = {a->source, a->id};
	struct rows *rows;
	int rc;

	rows = db_query(db, why,
	    "SELECT encode(token, 'hex'),"
	    " (extract(epoch FROM token_valid_from) * 1000)::bigint,"
	    " (extract(epoch FROM token_expires_at) * 1000)::bigint"
	    " FROM ha.accounts WHERE source = $1 AND account_id = $2",
	    2, params);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 0) {
		rc = why_set(why, EX_CONFIG, "account %s of %s was removed",
		    a->id, a->source);
	} else {
		a->valid_from_ms = number(rows_text(rows, 0, 1));
		a->expires_ms = number(rows_text(rows, 0, 2));
		rc = open_sealed(
		    a, "token", rows_text(rows, 0, 0), &a->token, why);
	}
	rows_free(rows);
	return rc;
}

int
account_save_token(struct db *db, struct account *a, const char *token,
    int64_t valid_from_ms, int64_t expires_ms, struct why *why)
{
	char from[24], until[24];
	struct buf hex = BUF_INIT;
	const char *params[] = {a->source, a->id, NULL, from, until};
	int rc;

	snprintf(from, sizeof(from), "%" PRId64, valid_from_ms);
	snprintf(until, sizeof(until), "%" PRId64, expires_ms);
	if (accounts_seal(a->source, a->id, "token", token, &hex, why) == -1)
		return -1;
	params[2] = hex.at;
	rc = db_run(db, why,
	    "UPDATE ha.accounts SET token = decode($3, 'hex'),"
	    " token_valid_from = to_timestamp($4::bigint / 1000.0),"
	    " token_expires_at = to_timestamp(nullif($5::bigint, 0) / 1000.0)"
	    " WHERE source = $1 AND account_id = $2",
	    5, params);
	buf_release(&hex);
	if (rc == -1)
		return -1;
	wipe(&a->token);
	a->token = mem_str(token);
	a->valid_from_ms = valid_from_ms;
	a->expires_ms = expires_ms;
	return 0;
}

#define MINT_WAIT "60s" /* a mint takes two seconds; its retries more */

int
account_mint_lock(struct db *db, const struct account *a, struct why *why)
{
	const char *params[] = {a->source, a->id};
	int rc;

	if (db_script(db, why, "SET lock_timeout TO '" MINT_WAIT "'") == -1)
		return -1;
	rc = db_run(db, why,
	    "SELECT pg_advisory_lock(hashtextextended("
	    "'ha mint ' || $1 || ' ' || $2, 0))",
	    2, params);
	if (rc == -1 && strcmp(db_state(db), "55P03") == 0)
		why_set(why, EX_TEMPFAIL,
		    "account %s: another process has been fetching a token "
		    "for " MINT_WAIT,
		    a->id);
	if (rc == 0)
		return db_script(db, why, "RESET lock_timeout");
	db_script(db, &(struct why){0}, "RESET lock_timeout");
	return -1;
}

int
account_mint_unlock(struct db *db, const struct account *a, struct why *why)
{
	const char *params[] = {a->source, a->id};

	return db_run(db, why,
	    "SELECT pg_advisory_unlock(hashtextextended("
	    "'ha mint ' || $1 || ' ' || $2, 0))",
	    2, params);
}

void
account_release(struct account *a)
{
	wipe(&a->secret);
	wipe(&a->token);
	free(a->source);
	free(a->id);
	free(a->customer_id);
	free(a->name);
	free(a->base_url);
	memset(a, 0, sizeof(*a));
}
