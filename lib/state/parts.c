#include "state/parts.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/out.h"
#include "db/pgarray.h"
#include "state/sync_state.h"

struct part {
	const char *account;
	const struct resource **r;
	size_t n, before; /* steps of it, and before it */
};

struct job {
	const struct parts_of *of;
	struct db *db;
	struct rows *rows; /* accounts; NULL: one is named */
	const char **ids;
	size_t n_ids;
	struct part *parts;
	size_t n, steps;
	bool lacking;
};

/* Is the account of that kind? How long the name of its board is, or -1. */
static long
fits(const char *account, const char *kind)
{
	size_t len = strlen(account), end = strlen(kind);

	if (strcmp(account, kind) == 0)
		return 0;
	if (len <= end || account[len - end - 1] != '_' ||
	    strcmp(account + len - end, kind) != 0)
		return -1;
	return (long)(len - end);
}

/* The first kind of a phase that an account is of; n_accounts: none. */
static size_t
rank(const struct sync_phase *p, const char *account, long *board)
{
	size_t i = 0;

	while (
	    i < p->n_accounts && (*board = fits(account, p->accounts[i])) == -1)
		i++;
	return i;
}

static bool
brings(const struct sync_phase *p, const char *resource)
{
	for (size_t i = 0; i < p->n_resources; i++)
		if (strcmp(p->resources[i], resource) == 0)
			return true;
	return false;
}

const struct sync_phase *
parts_phase(
    const struct source *s, const struct resource *r, const char *account)
{
	long board;

	for (size_t i = 0; i < s->sync.n_phases; i++) {
		const struct sync_phase *p = &s->sync.phases[i];

		if (brings(p, r->name) &&
		    (p->n_accounts == 0 ||
			rank(p, account, &board) < p->n_accounts))
			return p;
	}
	return NULL;
}

void
parts_flags(const struct source *s, struct buf *to)
{
	for (size_t i = 0; i < s->sync.n_phases; i++)
		buf_fmt(
		    to, "%s --%s", i == 0 ? ":" : "", s->sync.phases[i].flag);
}

/* Of a board one account reads a phase: no other is of a better kind. */
static bool
is_reader(const struct job *j, const struct sync_phase *p, const char *id)
{
	long board, other_board;
	size_t own = rank(p, id, &board), other;

	if (p->n_accounts == 0)
		return true;
	if (own == p->n_accounts)
		return false;
	for (size_t i = 0; i < j->n_ids; i++) {
		other = rank(p, j->ids[i], &other_board);
		if (other < own && other_board == board &&
		    strncmp(id, j->ids[i], (size_t)board) == 0)
			return false;
	}
	return true;
}

static void
add_step(struct job *j, const char *account, const struct resource *r)
{
	struct part *p = j->n > 0 ? &j->parts[j->n - 1] : NULL;

	if (p == NULL || strcmp(p->account, account) != 0) {
		j->parts = mem_grow(j->parts, j->n + 1, sizeof(*j->parts));
		p = &j->parts[j->n++];
		*p = (struct part){.account = account, .before = j->steps};
	}
	p->r = mem_grow(p->r, p->n + 1, sizeof(*p->r));
	p->r[p->n++] = r;
	j->steps++;
}

/* Does this job bring the resource for the account before? */
static bool
is_brought(const struct job *j, const char *account, const char *resource)
{
	for (size_t i = 0; i < j->n; i++)
		for (size_t k = 0; k < j->parts[i].n; k++)
			if (strcmp(j->parts[i].account, account) == 0 &&
			    strcmp(j->parts[i].r[k]->name, resource) == 0)
				return true;
	return false;
}

static int
has_rows(struct job *j, const struct resource *r, const char *account,
    struct why *why)
{
	struct buf sql = BUF_INIT, has = BUF_INIT;
	int rc;

	db_fmt(&sql,
	    "SELECT 1 WHERE EXISTS (SELECT FROM %T WHERE account_id = %L)",
	    j->of->source->name, r->table, account);
	rc = db_value(j->db, why, sql.at, 0, NULL, &has);
	buf_release(&sql);
	buf_release(&has);
	return rc;
}

/*
 * Children without any parent stored would all be parked: *lack is the
 * parent's resource, or NULL. What this job brings before is there in time.
 */
static int
find_lack(struct job *j, const struct sync_phase *p, const char *account,
    const struct resource **lack, struct why *why)
{
	const struct source *s = j->of->source;
	int has;

	for (size_t i = 0; i < p->n_resources; i++) {
		const struct resource *r = source_find(s, p->resources[i]);

		for (size_t k = 0; k < r->n_parents; k++) {
			const char *name = r->parents[k].resource;

			*lack = source_find(s, name);
			if (brings(p, name) || is_brought(j, account, name))
				continue;
			if ((has = has_rows(j, *lack, account, why)) != 1)
				return has;
		}
	}
	*lack = NULL;
	return 0;
}

/* Named, a phase asks nobody for children that nothing is there for. */
static int
add_reader(
    struct job *j, const struct sync_phase *p, const char *id, struct why *why)
{
	const struct source *s = j->of->source;
	const struct resource *lack = NULL;
	const struct sync_phase *first;

	if (j->of->phases->n > 0 && find_lack(j, p, id, &lack, why) == -1)
		return -1;
	if (lack == NULL) {
		for (size_t i = 0; i < p->n_resources; i++)
			add_step(j, id, source_find(s, p->resources[i]));
		return 0;
	}
	first = parts_phase(s, lack, id);
	warnx("--%s: nothing of %s/%s is stored for account %s; first: "
	      "ha-sync %s%s%s",
	    p->flag, s->name, lack->name, id, s->name,
	    first != NULL ? " --" : "", first != NULL ? first->flag : "");
	j->lacking = true;
	return 0;
}

static bool
is_chosen(const struct job *j, const struct sync_phase *p)
{
	const struct tool_list *l = j->of->phases;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->texts[i], p->flag) == 0)
			return true;
	return l->n == 0;
}

static int
nobody(const struct job *j, const struct sync_phase *p, struct why *why)
{
	const struct source *s = j->of->source;

	if (j->of->account != NULL)
		return why_set(why, EX_USAGE, "%s account %s has no --%s",
		    s->name, j->of->account, p->flag);
	return why_set(why, EX_CONFIG,
	    "no account of %s for --%s: ha-account add %s %s", s->name, p->flag,
	    s->name, p->accounts[0]);
}

static int
find_phases(struct job *j, struct why *why)
{
	const struct source *s = j->of->source;

	for (size_t i = 0; i < s->sync.n_phases; i++) {
		const struct sync_phase *p = &s->sync.phases[i];
		size_t readers = 0;

		if (!is_chosen(j, p))
			continue;
		for (size_t k = 0; k < j->n_ids; k++) {
			if (!is_reader(j, p, j->ids[k]))
				continue;
			readers++;
			if (add_reader(j, p, j->ids[k], why) == -1)
				return -1;
		}
		if (readers == 0 && j->of->phases->n > 0)
			return nobody(j, p, why);
	}
	return 0;
}

/* Accounts that a plain run does not read. */
static void
say_who_is_out(const struct job *j)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < j->n_ids; i++) {
		bool in = false;

		for (size_t k = 0; k < j->n; k++)
			in |= strcmp(j->parts[k].account, j->ids[i]) == 0;
		if (in)
			continue;
		buf_clear(&line);
		buf_fmt(&line,
		    "say account %s is in no phase of %s: ha-sync -a %s %s",
		    j->ids[i], j->of->source->name, j->ids[i],
		    j->of->source->name);
		out_line(line.at, line.len);
	}
	buf_release(&line);
}

/* Each account with each resource. */
static int
find_accounts(struct job *j, struct why *why)
{
	const struct source *s = j->of->source;
	struct buf names = BUF_INIT;

	if (j->n_ids > 1 && !j->of->all) {
		for (size_t i = 0; i < j->n_ids; i++)
			buf_fmt(&names, " %s", j->ids[i]);
		why_set(why, EX_USAGE, "-a which of%s, or --all", names.at);
		buf_release(&names);
		return -1;
	}
	for (size_t i = 0; i < j->n_ids; i++) {
		for (size_t k = 0; k < j->of->n_named; k++)
			add_step(j, j->ids[i], j->of->named[k]);
		for (size_t k = 0; k < s->n_resources; k++)
			if (j->of->n_named == 0 && s->resources[k].by_default)
				add_step(j, j->ids[i], &s->resources[k]);
	}
	return 0;
}

/* The longest unserved first: a job whose time ends early starves nobody. */
static int
find_ids(struct job *j, struct why *why)
{
	const char *params[] = {j->of->source->name};

	if (j->of->account != NULL) {
		j->ids = mem_new(1, sizeof(*j->ids));
		j->ids[j->n_ids++] = j->of->account;
		return 0;
	}
	j->rows = db_query(j->db, why,
	    "SELECT a.account_id FROM ha.accounts a CROSS JOIN LATERAL (SELECT "
	    "max(r.started_at) FROM ha.sync_runs r WHERE r.source = a.source "
	    "AND r.account_id = a.account_id) s (served_at) WHERE a.source = "
	    "$1 AND a.enabled ORDER BY s.served_at NULLS FIRST, a.account_id",
	    1, params);
	if (j->rows == NULL)
		return -1;
	j->n_ids = rows_n(j->rows);
	j->ids = mem_new(j->n_ids, sizeof(*j->ids));
	for (size_t i = 0; i < j->n_ids; i++)
		j->ids[i] = rows_text(j->rows, i, 0);
	return j->n_ids > 0 ? 0
			    : why_set(why, EX_CONFIG,
				  "no account of %s: ha-account add %s ID",
				  j->of->source->name, j->of->source->name);
}

static void
print(const struct job *j)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < j->n; i++) {
		const struct part *p = &j->parts[i];

		buf_clear(&line);
		buf_fmt(
		    &line, "part %s %zu %zu", p->account, p->before, j->steps);
		for (size_t k = 0; k < p->n; k++)
			buf_fmt(&line, " %s", p->r[k]->name);
		out_line(line.at, line.len);
	}
	buf_release(&line);
}

/* Who goes on with a full run that was cut off. */
static int
say_passes(const struct job *j, struct why *why)
{
	struct buf pass = BUF_INIT, line = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < j->n_ids; i++) {
		rc = state_full_pass(
		    j->db, j->of->source->name, j->ids[i], &pass, why);
		if (pass.len == 0)
			continue;
		buf_clear(&line);
		buf_fmt(&line,
		    "say %s%s--full goes on with what began at %.19s UTC",
		    j->n_ids > 1 ? j->ids[i] : "", j->n_ids > 1 ? ": " : "",
		    pass.at);
		out_line(line.at, line.len);
	}
	buf_release(&pass);
	buf_release(&line);
	return rc;
}

/* What only a person can renew: days ahead, once a day, by its first run. */
static int
tell_ends(const struct job *j, struct why *why)
{
	struct buf ids = BUF_INIT;
	const char *s = j->of->source->name;
	struct rows *rows;

	for (size_t i = 0; i < j->n_ids; i++)
		pgarray_add(&ids, j->ids[i], strlen(j->ids[i]));
	pgarray_end(&ids);
	rows = db_query(j->db, why,
	    "SELECT a.account_id, CASE WHEN a.secret_expires_at <= now() THEN "
	    "'ended' ELSE 'ends' END, to_char(a.secret_expires_at AT TIME ZONE "
	    "'UTC', 'YYYY-MM-DD HH24:MI') FROM ha.accounts a WHERE a.source = "
	    "$1 AND a.account_id = ANY ($2::text[]) AND a.secret_expires_at < "
	    "now() + interval '14 days' AND NOT EXISTS (SELECT FROM "
	    "ha.sync_runs r WHERE r.source = a.source AND r.account_id = "
	    "a.account_id AND r.started_at >= date_trunc('day', now())) "
	    "ORDER BY a.account_id",
	    2, (const char *const[]){s, ids.at});
	for (size_t i = 0; rows != NULL && i < rows_n(rows); i++)
		warnx("%s/%s: its secret %s at %s UTC: `ha-account update "
		      "--secret-file - %s %s` takes another",
		    s, rows_text(rows, i, 0), rows_text(rows, i, 1),
		    rows_text(rows, i, 2), s, rows_text(rows, i, 0));
	buf_release(&ids);
	if (rows == NULL)
		return -1;
	rows_free(rows);
	return 0;
}

static int
find_parts(struct job *j, struct why *why)
{
	const struct parts_of *of = j->of;
	bool plain = of->account == NULL && !of->all && of->n_named == 0;

	if (find_ids(j, why) == -1)
		return -1;
	if (of->phases->n > 0)
		return find_phases(j, why);
	if (plain && of->source->sync.n_phases > 0) {
		if (find_phases(j, why) == -1)
			return -1;
		if (j->n > 0)
			say_who_is_out(j);
		if (j->n > 0)
			return 0;
	}
	return find_accounts(j, why);
}

/* "idx", or "idx=3", which is one too many. */
static int
check_flag(const struct source *s, const char *text, struct why *why)
{
	size_t len = strcspn(text, "=");
	struct buf flags = BUF_INIT;

	for (size_t i = 0; i < s->sync.n_phases; i++) {
		const char *flag = s->sync.phases[i].flag;

		if (strncmp(flag, text, len) != 0 || flag[len] != '\0')
			continue;
		return text[len] == '\0' ? 0
					 : why_set(why, EX_USAGE,
					       "--%s takes no value", flag);
	}
	parts_flags(s, &flags);
	why_set(why, EX_USAGE, "unknown option --%.*s; %s%s%s (ha-sync --help)",
	    (int)len, text, flags.len > 0 ? "phases of " : "", s->name,
	    flags.len > 0 ? flags.at : " has no phases");
	buf_release(&flags);
	return -1;
}

int
parts_check(const struct parts_of *of, struct why *why)
{
	for (size_t i = 0; i < of->phases->n; i++)
		if (check_flag(of->source, of->phases->texts[i], why) == -1)
			return -1;
	if (of->phases->n > 0 && of->n_named > 0)
		return why_set(why, EX_USAGE, "--%s or resources, not both",
		    of->phases->texts[0]);
	if (of->phases->n > 0 && of->all)
		return why_set(why, EX_USAGE,
		    "--%s says which accounts: no --all", of->phases->texts[0]);
	return 0;
}

int
parts_print(struct db *db, const struct parts_of *of, struct why *why)
{
	struct job j = {.of = of, .db = db};
	int rc = -1;

	if (parts_check(of, why) == 0 && find_parts(&j, why) == 0 &&
	    (!of->full || say_passes(&j, why) == 0) &&
	    tell_ends(&j, why) == 0) {
		print(&j);
		rc = j.lacking ? EX_NOINPUT : 0;
	}
	for (size_t i = 0; i < j.n; i++)
		free(j.parts[i].r);
	free(j.parts);
	free(j.ids);
	rows_free(j.rows);
	return rc;
}
