#include "state/synclog_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/accounts.h"
#include "state/children.h"
#include "state/history.h"
#include "base/out.h"
#include "base/run_id.h"
#include "source/source.h"
#include "state/sync_state.h"

#define LIST_MAX 50 /* lines of a table for people, if -l does not say */

enum takes {	  /* what the operand at `at` is */
	SOURCE,	  /* a source, and an account is needed */
	RESOURCE, /* source/resource, and an account is needed */
	MAYBE,	  /* source or source/resource, to narrow a list */
	PART	  /* as RESOURCE, but may be absent */
};

struct synclog_work;

struct synclog_verb {
	struct tool_verb of;
	int (*run)(struct synclog_work *w, struct why *why);
	size_t at;
	enum takes takes;
	enum history_list list; /* of do_list */
};

struct synclog_work { /* what a verb gets */
	const struct synclog *o;
	struct db *db;
	struct source *s;	  /* NULL: none named */
	const struct resource *r; /* NULL: none named */
	struct buf account;	  /* empty: none named nor needed */
	const struct synclog_verb *verb;
};

static struct state_of
state_of(const struct synclog_work *w)
{
	return (struct state_of){w->s->name, w->r->name, w->account.at};
}

static int
do_last(struct synclog_work *w, struct why *why)
{
	struct state_of of = state_of(w);
	struct buf cursor = BUF_INIT;
	bool complete;
	int rc;

	rc = state_get(w->db, &of, &cursor, &complete, why);
	if (rc != -1)
		out_line(cursor.len > 0 ? cursor.at : "", cursor.len);
	buf_release(&cursor);
	return rc == -1 ? -1 : 0;
}

static int
do_pending(struct synclog_work *w, struct why *why)
{
	const struct children_of of = {w->s, w->r, w->account.at, w->o->all};
	struct buf n = BUF_INIT;
	int rc;

	if (!w->o->count)
		return children_pending(w->db, &of, why);
	if ((rc = children_count(w->db, &of, &n, why)) == 0)
		out_line(n.at, n.len);
	buf_release(&n);
	return rc;
}

static int
do_fetched(struct synclog_work *w, struct why *why)
{
	const struct children_of of = {w->s, w->r, w->account.at, false};

	return children_fetched(
	    w->db, &of, w->o->command.operands + 1, w->o->command.n - 1, why);
}

/* Lists that are old enough, and whatever is fetched per parent. */
static int
is_due(struct synclog_work *w, const struct resource *r, struct why *why)
{
	char refresh[24];
	const char *params[] = {w->s->name, r->name, w->account.at, refresh};
	struct buf young = BUF_INIT;
	int rc;

	if (r->path == NULL || r->refresh_ms == 0)
		return 1;
	snprintf(refresh, sizeof(refresh), "%" PRId64, r->refresh_ms);
	rc = db_value(w->db, why,
	    "SELECT 1 FROM ha.sync_state WHERE source = $1 AND resource = $2"
	    " AND account_id = $3 AND complete"
	    " AND completed_at > now() - $4::bigint * interval '1 ms'",
	    4, params, &young);
	buf_release(&young);
	return rc == -1 ? -1 : rc == 0;
}

static int
do_due(struct synclog_work *w, struct why *why)
{
	const struct resource *r, *end = w->s->resources + w->s->n_resources;
	int rc;

	for (r = w->s->resources; r < end; r++) {
		if (!r->by_default && !w->o->all)
			continue;
		if ((rc = is_due(w, r, why)) == -1)
			return -1;
		if (rc == 1)
			out_line(r->name, strlen(r->name));
	}
	return 0;
}

/* Also the children's keys: everything is asked for again. */
static int
do_forget(struct synclog_work *w, struct why *why)
{
	const char *params[] = {w->s->name, w->r->name, w->account.at};

	return db_run(w->db, why,
	    "WITH gone AS (DELETE FROM ha.children WHERE source = $1"
	    " AND resource = $2 AND account_id = $3)"
	    " DELETE FROM ha.sync_state WHERE source = $1 AND resource = $2"
	    " AND account_id = $3",
	    3, params);
}

static struct history_of
history_of(const struct synclog_work *w)
{
	struct history_of of = {.json = w->o->json, .limit = w->o->limit};

	if (w->s != NULL)
		of.source = w->s->name;
	if (w->r != NULL)
		of.resource = w->r->name;
	if (w->account.len > 0)
		of.account = w->account.at;
	if (of.limit == -1)
		of.limit = w->o->json ? 0 : LIST_MAX;
	return of;
}

static int
do_list(struct synclog_work *w, struct why *why)
{
	struct history_of of = history_of(w);

	return history_list(w->db, w->verb->list, &of, why);
}

/* What a shell leaves empty is not there. */
static const char *
unless_empty(const char *id)
{
	return id != NULL && *id != '\0' ? id : NULL;
}

static int
do_report(struct synclog_work *w, struct why *why)
{
	struct history_of of = history_of(w);

	return history_report(w->db,
	    w->o->run != NULL ? unless_empty(w->o->run) : run_id_given(), &of,
	    why);
}

static int
do_begin(struct synclog_work *w, struct why *why)
{
	struct history_of of = history_of(w);
	struct buf id = BUF_INIT;
	int rc;

	rc = history_begin(w->db, &of, run_id(), unless_empty(getenv("HA_JOB")),
	    w->o->command.n > 1 ? w->o->command.operands[1] : NULL, &id, why);
	if (rc == 0)
		out_line(id.at, id.len);
	buf_release(&id);
	return rc;
}

static int
do_finish(struct synclog_work *w, struct why *why)
{
	struct history_of of = history_of(w);

	return history_finish(w->db, w->o->command.operands[0], &of,
	    w->o->status, w->o->why, why);
}

static const struct synclog_verb verbs[] = {
    {{"last", 1, 1}, do_last, 0, RESOURCE, 0},
    {{"pending", 1, 1}, do_pending, 0, RESOURCE, 0},
    {{"fetched", 1, SIZE_MAX}, do_fetched, 0, RESOURCE, 0},
    {{"due", 1, 1}, do_due, 0, SOURCE, 0},
    {{"forget", 1, 1}, do_forget, 0, RESOURCE, 0},
    {{"list", 0, 1}, do_list, 0, MAYBE, HISTORY_POSITIONS},
    {{"history", 0, 1}, do_list, 0, MAYBE, HISTORY_LOG},
    {{"stats", 0, 1}, do_list, 0, MAYBE, HISTORY_STATS},
    {{"parked", 0, 1}, do_list, 0, MAYBE, HISTORY_PARKED},
    {{"rejects", 0, 1}, do_list, 0, MAYBE, HISTORY_REJECTS},
    {{"report", 0, 1}, do_report, 0, MAYBE, 0},
    {{"begin", 1, 2}, do_begin, 0, SOURCE, 0},
    {{"finish", 1, 2}, do_finish, 1, PART, 0},
};

/* Fills source, resource, account and connection as the verb needs them. */
static int
prepare(struct synclog_work *w, const struct synclog_verb *v, struct why *why)
{
	bool maybe = v->takes == MAYBE || v->takes == SOURCE;
	bool named = w->o->command.n > v->at;

	if (named && (w->s = source_of(w->o->command.operands[v->at], maybe,
			  &w->r, why)) == NULL)
		return -1;
	if (v->takes == SOURCE && w->r != NULL)
		return why_set(
		    why, EX_USAGE, "%s takes a source alone", v->of.name);
	if ((w->db = db_open(w->o->dbname, why)) == NULL)
		return -1;
	if (named && v->takes != MAYBE)
		return accounts_resolve(
		    w->db, w->s, w->o->account, &w->account, why);
	if (w->o->account != NULL)
		buf_str(&w->account, w->o->account);
	return 0;
}

int
synclog_run(const struct synclog *o, struct why *why)
{
	struct synclog_work w = {.o = o};
	const struct synclog_verb *v;
	int rc = -1;

	if ((v = tool_verb(&o->command, verbs, sizeof(verbs) / sizeof(*verbs),
		 sizeof(*verbs), why)) == NULL ||
	    run_id_check(why) == -1)
		return -1;
	w.verb = v;
	if (prepare(&w, v, why) == 0)
		rc = v->run(&w, why);
	db_close(w.db);
	source_free(w.s);
	buf_release(&w.account);
	return rc;
}
