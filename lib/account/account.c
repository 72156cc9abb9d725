#include "account/account.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/accounts.h"
#include "base/clock.h"
#include "base/mem.h"

static void
wipe(char **secret)
{
	if (*secret != NULL)
		freezero(*secret, strlen(*secret));
	*secret = NULL;
}

/*
 * When a token's time comes is told by the database's clock: a machine whose
 * own is wrong must not spoil it for the others. left: milliseconds until then.
 */
#define LEFT(column)                                                           \
	" (extract(epoch FROM " column " - clock_timestamp()) * 1000)::bigint"

static int64_t
time_of(const char *left)
{
	return left == NULL ? 0 : clock_wall_ms() + strtoll(left, NULL, 10);
}

/* Opens a sealed column, hex text or NULL, into *to. */
static int
open_sealed(const struct account *a, const char *field, const char *hex,
    char **to, struct why *why)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	wipe(to);
	if (hex == NULL)
		return 0;
	if (accounts_open(
		a->source, a->id, field, a->base_url, hex, &text, why) == -1)
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
	return rc;
}

static int
fill(const struct source *s, struct rows *rows, bool given, struct account *a,
    struct why *why)
{
	a->source = mem_str(s->name);
	a->id = mem_str(rows_text(rows, 0, 0));
	a->customer_id = mem_str(rows_text(rows, 0, 1));
	a->name = mem_str(rows_text(rows, 0, 2));
	a->base_url = mem_str(rows_text(rows, 0, 3));
	a->enabled = *rows_text(rows, 0, 4) == 't';
	a->valid_from_ms = time_of(rows_text(rows, 0, 7));
	a->expires_ms = time_of(rows_text(rows, 0, 8));
	if (!a->enabled && !given)
		return why_set(why, EX_CONFIG,
		    "account %s of %s is disabled (`ha-account enable %s %s`)",
		    a->id, s->name, s->name, a->id);
	if (given) /* then no key file is needed */
		return 0;
	if (open_sealed(a, "secret", rows_text(rows, 0, 5), &a->secret, why) ==
	    -1)
		return -1;
	return open_sealed(a, "token", rows_text(rows, 0, 6), &a->token, why);
}

/* HA_TOKEN stands for whatever is stored, or for a database. */
static int
token_of_environment(const struct source *s, const char *id, const char *token,
    struct account *a, struct why *why)
{
	for (const char *c = token; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return why_set(
			    why, EX_CONFIG, "HA_TOKEN holds a control byte");
	if (a->id == NULL) {
		a->source = mem_str(s->name);
		a->id = mem_str(id != NULL ? id : "");
		a->enabled = true;
	}
	wipe(&a->token);
	a->token = mem_str(token);
	a->valid_from_ms = a->expires_ms = 0;
	return 0;
}

int
account_load(struct db *db, const struct source *s, const char *id,
    struct account *a, struct why *why)
{
	const char *token = getenv("HA_TOKEN");
	const char *params[2] = {s->name, NULL};
	bool given = token != NULL && *token != '\0';
	struct rows *rows;
	int rc = -1;

	memset(a, 0, sizeof(*a));
	if (id != NULL && *id == '\0')
		id = NULL;
	if (id != NULL && accounts_check_id(s, id, why) == -1)
		return -1;
	if (given && db == NULL)
		return token_of_environment(s, id, token, a, why);
	if (db == NULL)
		return why_set(why, EX_CONFIG, "no HA_TOKEN and no database");
	params[1] = id;
	rows = db_query(db, why,
	    "SELECT account_id, customer_id, name, base_url, enabled,"
	    " encode(secret, 'hex'), encode(token, 'hex')," LEFT(
		"token_valid_from") "," LEFT("token_expires_at") " FROM "
								 "ha.accounts "
								 "WHERE source "
								 "= $1"
								 " AND CASE "
								 "WHEN "
								 "$2::text IS "
								 "NULL THEN "
								 "enabled"
								 " ELSE "
								 "account_id = "
								 "$2 END ORDER "
								 "BY "
								 "account_id "
								 "LIMIT 21",
	    2, params);
	if (rows != NULL) {
		if (rows_n(rows) == 1)
			rc = fill(s, rows, given, a, why);
		else if (!given || (id == NULL && rows_n(rows) > 1))
			rc = accounts_not_one(s, id, rows, why);
		else
			rc = 0; /* it need not be stored */
		rows_free(rows);
	}
	if (rc == 0 && given)
		rc = token_of_environment(s, id, token, a, why);
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
	    "SELECT encode(token, 'hex')," LEFT("token_valid_from") "," LEFT(
		"token_expires_at") " FROM ha.accounts WHERE source = $1 AND "
				    "account_id = $2",
	    2, params);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 0) {
		rc = why_set(why, EX_CONFIG, "account %s of %s was removed",
		    a->id, a->source);
	} else {
		a->valid_from_ms = time_of(rows_text(rows, 0, 1));
		a->expires_ms = time_of(rows_text(rows, 0, 2));
		rc = open_sealed(
		    a, "token", rows_text(rows, 0, 0), &a->token, why);
	}
	rows_free(rows);
	return rc;
}

int
account_save_token(struct db *db, struct account *a, const char *token,
    int64_t settle_ms, int64_t life_ms, struct why *why)
{
	char settle[24], life[24];
	struct buf hex = BUF_INIT;
	const char *params[] = {a->source, a->id, NULL, settle, life};
	int rc;

	snprintf(settle, sizeof(settle), "%" PRId64, settle_ms);
	snprintf(life, sizeof(life), "%" PRId64, life_ms);
	if (accounts_begin(db, why) == -1)
		return -1;
	rc = accounts_seal(
	    a->source, a->id, "token", a->base_url, token, &hex, why);
	params[2] = hex.at;
	if (rc == 0)
		rc = db_run(db, why,
		    "UPDATE ha.accounts SET token = decode($3, 'hex'),"
		    " token_valid_from = clock_timestamp()"
		    " + $4::bigint * interval '1 ms', token_expires_at ="
		    " clock_timestamp() + nullif($5::bigint, 0) * interval '1 "
		    "ms'"
		    " WHERE source = $1 AND account_id = $2",
		    5, params);
	buf_release(&hex);
	if (accounts_end(db, rc, why) == -1)
		return -1;
	wipe(&a->token);
	a->token = mem_str(token);
	a->valid_from_ms = clock_wall_ms() + settle_ms;
	a->expires_ms = life_ms > 0 ? clock_wall_ms() + life_ms : 0;
	return 0;
}

/* db.h waits a minute: a mint takes two seconds, its retries more. */
int
account_mint_lock(struct db *db, const struct account *a, struct why *why)
{
	const char *params[] = {a->source, a->id};
	int rc;

	rc = db_run(db, why,
	    "SELECT pg_advisory_lock(hashtextextended("
	    "'ha mint ' || $1 || ' ' || $2, 0::bigint))",
	    2, params);
	if (rc == -1 && strcmp(db_state(db), "55P03") == 0)
		why_set(why, EX_TEMPFAIL,
		    "account %s: another process has been fetching a token "
		    "for a minute",
		    a->id);
	return rc;
}

int
account_mint_unlock(struct db *db, const struct account *a, struct why *why)
{
	const char *params[] = {a->source, a->id};

	return db_run(db, why,
	    "SELECT pg_advisory_unlock(hashtextextended("
	    "'ha mint ' || $1 || ' ' || $2, 0::bigint))",
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
