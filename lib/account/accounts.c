#include "account/accounts.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "account/jwt.h"
#include "account/seal.h"
#include "base/run_id.h"
#include "base/timeval.h"
#include "url/url_text.h"

#define ID_MAX 200 /* bytes */
#define LISTED 20  /* accounts named in a message at most */

int
accounts_check_id(const struct source *s, const char *id, struct why *why)
{
	const unsigned char *p;
	regex_t re;
	int rc;

	for (p = (const unsigned char *)id; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f)
			break;
	if (*id == '\0' || *p != '\0' || strlen(id) > ID_MAX)
		return why_set(why, EX_USAGE,
		    "an account id is 1 to %d bytes without spaces", ID_MAX);
	if (s->account_pattern == NULL)
		return 0;
	if (regcomp(&re, s->account_pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return why_set(why, EX_CONFIG,
		    "%s: the account pattern %s is no regular expression",
		    s->file, s->account_pattern);
	rc = regexec(&re, id, 0, NULL, 0);
	regfree(&re);
	if (rc != 0)
		return why_set(why, EX_USAGE,
		    "%s is no account id of %s, which look like %s", id,
		    s->name, s->account_pattern);
	return 0;
}

/* Where phases are for accounts of certain names, these are said. */
static int
none_enabled(const struct source *s, struct why *why)
{
	struct buf names = BUF_INIT;

	for (size_t i = 0; i < s->sync.n_phases; i++)
		for (size_t k = 0; k < s->sync.phases[i].n_accounts; k++) {
			const char *name = s->sync.phases[i].accounts[k];

			if (names.len == 0 || strstr(names.at, name) == NULL)
				buf_fmt(&names, "%s%s",
				    names.len > 0 ? " or " : "", name);
		}
	why_set(why, EX_CONFIG,
	    "%s has no enabled account (`ha-account add %s %s`)", s->name,
	    s->name, names.len > 0 ? names.at : "ID");
	buf_release(&names);
	return -1;
}

int
accounts_not_one(
    const struct source *s, const char *id, struct rows *rows, struct why *why)
{
	struct buf names = BUF_INIT;
	size_t i, n = rows_n(rows);

	if (n == 0 && id != NULL)
		return why_set(why, EX_CONFIG,
		    "unknown account %s of %s (`ha-account add %s %s`)", id,
		    s->name, s->name, id);
	if (n == 0)
		return none_enabled(s, why);
	for (i = 0; i < n && i < LISTED; i++)
		buf_fmt(
		    &names, "%s%s", i > 0 ? ", " : "", rows_text(rows, i, 0));
	why_set(why, EX_USAGE,
	    "%s has several accounts, name one with -a: %s%s", s->name,
	    names.at, n > LISTED ? ", ..." : "");
	buf_release(&names);
	return -1;
}

int
accounts_resolve(struct db *db, const struct source *s, const char *id,
    struct buf *to, struct why *why)
{
	const char *params[] = {s->name};
	struct rows *rows;
	int rc = 0;

	buf_clear(to);
	if (id != NULL && *id != '\0') {
		buf_str(to, id);
		return accounts_check_id(s, id, why);
	}
	rows = db_query(db, why,
	    "SELECT account_id FROM ha.accounts WHERE source = $1 AND enabled"
	    " ORDER BY account_id LIMIT 21",
	    1, params);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 1)
		buf_str(to, rows_text(rows, 0, 0));
	else
		rc = accounts_not_one(s, NULL, rows, why);
	rows_free(rows);
	return rc;
}

/* HTTPS, or HTTP to this machine; no user, which could be a password. */
static int
check_base_url(const char *url, struct why *why)
{
	static const char *const heads[] = {
	    "https://", "http://localhost", "http://127.0.0.1", "http://[::1]"};
	const char *rest = NULL;
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (strncmp(url, heads[i], strlen(heads[i])) == 0)
			rest = url + strlen(heads[i]);
	if (rest == NULL || *rest == '\0' ||
	    (url[4] == ':' && *rest != ':' && *rest != '/'))
		return why_set(why, EX_USAGE,
		    "a base URL starts with https:// (http:// to this machine "
		    "only)");
	if (strchr(rest, '@') != NULL || strchr(rest, '?') != NULL ||
	    strchr(rest, '#') != NULL)
		return why_set(why, EX_USAGE,
		    "a base URL is host and path, without user or query");
	for (; *rest != '\0'; rest++)
		if (*(const unsigned char *)rest <= ' ' || *rest == 0x7f)
			return why_set(why, EX_USAGE,
			    "a base URL holds no space or control character");
	return 0;
}

static int
check_edit(const struct source *s, const char *id,
    const struct account_edit *edit, struct why *why)
{
	int64_t us;

	if (accounts_check_id(s, id, why) == -1)
		return -1;
	if (edit->base_url != NULL && check_base_url(edit->base_url, why) == -1)
		return -1;
	if (edit->customer_id != NULL && !uuid_is(edit->customer_id))
		return why_set(why, EX_USAGE, "a customer is named by a UUID");
	if (edit->expires != NULL &&
	    time_parse(edit->expires, strlen(edit->expires), &us) == -1)
		return why_set(why, EX_USAGE,
		    "%s: not a time, as in 2027-03-31T12:00Z", edit->expires);
	return 0;
}

/* When the secret ends: NULL for as before, "infinity" if nobody knows. */
static const char *
ends_of(const struct account_edit *edit, bool new_secret, struct buf *to)
{
	int64_t us, s;

	if (edit->expires != NULL) {
		time_parse(edit->expires, strlen(edit->expires), &us);
		time_rfc3339(us, to);
	} else if (new_secret && jwt_ends(edit->secret, &s)) {
		time_rfc3339(s * 1000000, to);
	} else if (new_secret) {
		buf_str(to, "infinity");
	}
	return to->at;
}

int
accounts_seal(const char *source, const char *id, const char *field,
    const char *base_url, const char *text, struct buf *hex, struct why *why)
{
	struct seal_place place = {source, id, field, NULL};
	struct buf sealed = BUF_INIT, origin = BUF_INIT;
	struct seal *seal;

	buf_clear(hex);
	if ((seal = seal_open(why)) == NULL)
		return -1;
	if (base_url != NULL)
		url_origin(base_url, &origin);
	place.origin = origin.at;
	seal_put(seal, &place, text, strlen(text), &sealed);
	seal_close(seal);
	buf_room(hex, sealed.len * 2 + 1);
	sodium_bin2hex(hex->at, sealed.len * 2 + 1, (unsigned char *)sealed.at,
	    sealed.len);
	hex->len = sealed.len * 2;
	buf_release(&sealed);
	buf_release(&origin);
	return 0;
}

int
accounts_open(const char *source, const char *id, const char *field,
    const char *base_url, const char *hex, struct buf *to, struct why *why)
{
	struct seal_place place = {source, id, field, NULL};
	struct buf sealed = BUF_INIT, origin = BUF_INIT;
	struct seal *seal;
	size_t n = 0;
	int rc;

	if ((seal = seal_open(why)) == NULL)
		return -1;
	if (base_url != NULL)
		url_origin(base_url, &origin);
	place.origin = origin.at;
	buf_room(&sealed, strlen(hex) / 2);
	/* the text is PostgreSQL's own: it is hex */
	sodium_hex2bin((unsigned char *)sealed.at, strlen(hex) / 2, hex,
	    strlen(hex), NULL, &n, NULL);
	rc = seal_get(seal, &place, sealed.at, n, to, why);
	buf_release(&sealed);
	buf_release(&origin);
	seal_close(seal);
	return rc;
}

/* Runs a statement about one account; EX_CONFIG if it met no row. */
static int
change(struct db *db, const struct source *s, const char *id, const char *sql,
    size_t n, const char *const *params, struct why *why)
{
	struct rows *rows = db_query(db, why, sql, n, params);
	bool met;

	if (rows == NULL)
		return -1;
	met = rows_done(rows) > 0;
	rows_free(rows);
	if (!met)
		return why_set(why, EX_CONFIG,
		    "unknown account %s of %s (`ha-account list %s`)", id,
		    s->name, s->name);
	return 0;
}

int
accounts_begin(struct db *db, struct why *why)
{
	return db_begin(
	    db, "LOCK TABLE ha.accounts IN ROW EXCLUSIVE MODE", NULL, why);
}

int
accounts_end(struct db *db, int rc, struct why *why)
{
	struct why ignored;

	if (rc == 0)
		return db_run(db, why, "COMMIT", 0, NULL);
	if (!db_lost(db))
		db_script(db, &ignored, "ROLLBACK");
	return -1;
}

/*
 * Runs a statement with all of an account: $1 source, $2 id, ... $6 secret,
 * $7 its end.
 */
static int
write_edit(struct db *db, const struct source *s, const char *id,
    const struct account_edit *edit, bool new_secret, const char *sql,
    bool *exists, struct why *why)
{
	struct buf hex = BUF_INIT, ends = BUF_INIT;
	const char *params[] = {s->name, id, edit->customer_id, edit->name,
	    edit->base_url, NULL, NULL};
	int rc;

	if (check_edit(s, id, edit, why) == -1 || accounts_begin(db, why) == -1)
		return -1;
	if (edit->secret == NULL ||
	    (rc = accounts_seal(s->name, id, "secret", edit->base_url,
		 edit->secret, &hex, why)) == 0) {
		params[5] = hex.at;
		params[6] = ends_of(edit, new_secret, &ends);
		rc = change(db, s, id, sql, 7, params, why);
		*exists = rc == -1 && strcmp(db_state(db), "23505") == 0;
	}
	buf_release(&hex);
	buf_release(&ends);
	return accounts_end(db, rc, why);
}

int
accounts_add(struct db *db, const struct source *s, const char *id,
    const struct account_edit *edit, bool *exists, struct why *why)
{
	int rc = write_edit(db, s, id, edit, edit->secret != NULL,
	    "INSERT INTO ha.accounts (source, account_id, customer_id, name,"
	    " base_url, secret, secret_expires_at) VALUES ($1, $2,"
	    " coalesce($3::uuid, gen_random_uuid()), $4, $5,"
	    " decode($6, 'hex'), nullif($7::timestamptz, 'infinity'))",
	    exists, why);

	if (*exists)
		why_set(why, EX_USAGE,
		    "account %s of %s exists (`ha-account update %s %s`"
		    " changes it)",
		    id, s->name, s->name, id);
	return rc;
}

/* base_url and sealed secret of an account, or NULL: EX_CONFIG if unknown. */
static struct rows *
row_of(struct db *db, const struct source *s, const char *id, struct why *why)
{
	struct rows *rows = db_query(db, why,
	    "SELECT base_url, encode(secret, 'hex') FROM ha.accounts"
	    " WHERE source = $1 AND account_id = $2",
	    2, (const char *const[]){s->name, id});

	if (rows == NULL || rows_n(rows) > 0)
		return rows;
	rows_free(rows);
	why_set(why, EX_CONFIG,
	    "unknown account %s of %s (`ha-account list %s`)", id, s->name,
	    s->name);
	return NULL;
}

/* A token belongs to the secret and the host that gave it. */
#define SAME_LOGIN                                                             \
	"$6 IS NULL AND ($5 IS NULL OR $5 IS NOT DISTINCT FROM base_url)"

/*
 * The stored secret of an account whose base URL is said again, into *secret:
 * it may be sealed for the one that is said (and another was put into the row),
 * for the one in the row, or, by an earlier version, for none.
 */
static int
take_over(struct rows *rows, const struct source *s, const char *id,
    const char *said, struct buf *secret, struct why *why)
{
	const char *hex = rows_text(rows, 0, 1);
	const char *const bases[] = {said, rows_text(rows, 0, 0), NULL};

	for (size_t i = 0; i < 3; i++) {
		buf_clear(secret);
		if (accounts_open(
			s->name, id, "secret", bases[i], hex, secret, why) == 0)
			return 0;
	}
	return -1;
}

/* Does the account log in where it did, for all that is sealed? */
static bool
same_place(const char *stored, const char *given)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	bool is;

	url_origin(stored != NULL ? stored : "", &a);
	url_origin(given, &b);
	is = a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
	buf_release(&a);
	buf_release(&b);
	return is;
}

int
accounts_update(struct db *db, const struct source *s, const char *id,
    const struct account_edit *edit, struct why *why)
{
	struct account_edit all = *edit;
	struct buf secret = BUF_INIT, probe = BUF_INIT;
	struct why ignored;
	struct rows *rows;
	bool exists = false;
	int rc = -1;

	if ((rows = row_of(db, s, id, why)) == NULL)
		return -1;
	if (all.base_url == NULL) { /* a secret is for where it was */
		all.base_url = rows_text(rows, 0, 0);
	} else if (all.secret == NULL && rows_text(rows, 0, 1) != NULL &&
		   !(same_place(rows_text(rows, 0, 0), all.base_url) &&
		       accounts_open(s->name, id, "secret", all.base_url,
			   rows_text(rows, 0, 1), &probe, &ignored) == 0)) {
		if (take_over(rows, s, id, all.base_url, &secret, why) == -1)
			goto out;
		all.secret = secret.at;
	}
	rc = write_edit(db, s, id, &all, edit->secret != NULL,
	    "UPDATE ha.accounts SET"
	    " customer_id = coalesce($3::uuid, customer_id),"
	    " name = coalesce($4, name), base_url = coalesce($5, base_url),"
	    " secret = coalesce(decode($6, 'hex'), secret),"
	    " secret_expires_at = CASE WHEN $7::timestamptz IS NULL THEN "
	    "secret_expires_at"
	    " ELSE nullif($7::timestamptz, 'infinity') END,"
	    " token = CASE WHEN " SAME_LOGIN " THEN token END,"
	    " token_valid_from = CASE WHEN " SAME_LOGIN
	    " THEN token_valid_from END,"
	    " token_expires_at = CASE WHEN " SAME_LOGIN
	    " THEN token_expires_at END,"
	    " updated_at = now() WHERE source = $1 AND account_id = $2",
	    &exists, why);
out:
	buf_wipe(&secret);
	buf_wipe(&probe);
	rows_free(rows);
	return rc;
}

int
accounts_enable(struct db *db, const struct source *s, const char *id,
    bool enabled, struct why *why)
{
	const char *params[] = {s->name, id, enabled ? "t" : "f"};

	return change(db, s, id,
	    "UPDATE ha.accounts SET enabled = $3::boolean,"
	    " updated_at = now() WHERE source = $1 AND account_id = $2",
	    3, params, why);
}

int
accounts_remove(
    struct db *db, const struct source *s, const char *id, struct why *why)
{
	const char *params[] = {s->name, id};

	return change(db, s, id,
	    "DELETE FROM ha.accounts WHERE source = $1 AND account_id = $2", 2,
	    params, why);
}

int
accounts_token(struct db *db, const struct source *s, const char *id,
    const char *token, int64_t life_ms, struct why *why)
{
	struct buf hex = BUF_INIT;
	char life[24];
	const char *params[] = {s->name, id, NULL, life};
	struct rows *rows;
	int rc = -1;

	snprintf(life, sizeof(life), "%" PRId64, life_ms);
	if (accounts_begin(db, why) == -1)
		return -1;
	if ((rows = row_of(db, s, id, why)) == NULL)
		goto out;
	if (token != NULL) {
		if (accounts_seal(s->name, id, "token", rows_text(rows, 0, 0),
			token, &hex, why) == -1)
			goto out;
		params[2] = hex.at;
	}
	rc = change(db, s, id,
	    "UPDATE ha.accounts SET token = decode($3, 'hex'),"
	    " token_valid_from = CASE WHEN $3 IS NOT NULL THEN now() END,"
	    " token_expires_at ="
	    " now() + nullif($4::bigint, 0) * interval '1 ms'"
	    " WHERE source = $1 AND account_id = $2",
	    4, params, why);
out:
	rows_free(rows);
	buf_release(&hex);
	return accounts_end(db, rc, why);
}
