#include "state/synclog_command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "account/accounts.h"
#include "base/mem.h"
#include "state/children.h"
#include "base/out.h"
#include "base/run_id.h"
#include "state/sync_state.h"
#include "state/plan.h"
#include "state/retention.h"
#include "state/synclog_int.h"
#include "state/wanted.h"

#define LIST_MAX 50 /* lines of a table for people, if -l does not say */

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
	const struct children_of of = {
	    w->s, w->r, w->account.at, w->o->all, w->o->before};
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
	const struct children_of of = {
	    .source = w->s, .resource = w->r, .account = w->account.at};

	return children_fetched(
	    w->db, &of, w->o->command.operands + 1, w->o->command.n - 1, why);
}

static int
do_due(struct synclog_work *w, struct why *why)
{
	const struct resource *r, *end = w->s->resources + w->s->n_resources;
	int rc;

	for (r = w->s->resources; r < end; r++) {
		if (!r->by_default && !w->o->all)
			continue;
		if ((rc = plan_due(w->db, w->s, r, w->account.at, why)) == -1)
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
	struct history_of of = {
	    .json = w->o->json, .limit = w->o->limit, .closed = w->o->all};

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

static int
do_prune(struct synclog_work *w, struct why *why)
{
	struct history_of of = history_of(w);

	if (w->o->older_ms == -1)
		return why_set(
		    why, EX_USAGE, "prune: --older-than says how old");
	return retention_prune(w->db, &of, w->o->older_ms, why);
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

	if (unless_empty(w->o->job) != NULL)
		return history_report(w->db, w->o->job, true, &of, why);
	return history_report(w->db,
	    w->o->run != NULL ? unless_empty(w->o->run) : run_id_given(), false,
	    &of, why);
}

static int
do_sum(struct synclog_work *w, struct why *why)
{
	const char *job =
	    w->o->command.n > 0 ? w->o->command.operands[0] : getenv("HA_JOB");

	if (unless_empty(job) == NULL)
		return why_set(why, EX_USAGE, "a job, or HA_JOB, is needed");
	return history_sum(w->db, job, w->o->status, why);
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

static int
do_wanted(struct synclog_work *w, struct why *why)
{
	const struct wanted_of of = {w->s, w->r, w->account.at};

	return wanted_print(w->db, &of, why);
}

static const struct synclog_verb verbs[] = {
    {{"last", 1, 1}, do_last, 0, .takes = RESOURCE},
    {{"pending", 1, 1}, do_pending, 0, .takes = RESOURCE},
    {{"fetched", 1, SIZE_MAX}, do_fetched, 0, .takes = RESOURCE},
    {{"wanted", 1, 1}, do_wanted, 0, .takes = RESOURCE},
    {{"due", 1, 1}, do_due, 0, .takes = SOURCE},
    {{"forget", 1, 1}, do_forget, 0, .takes = RESOURCE},
    {{"list", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_POSITIONS},
    {{"history", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_LOG},
    {{"stats", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_STATS},
    {{"parked", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_PARKED},
    {{"rejects", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_REJECTS},
    {{"repaired", 0, 1}, do_list, 0, .takes = MAYBE, .list = HISTORY_REPAIRED},
    {{"prune", 0, 1}, do_prune, 0, .takes = MAYBE},
    {{"report", 0, 1}, do_report, 0, .takes = MAYBE},
    {{"begin", 1, 2}, do_begin, 0, .takes = SOURCE, .anew = true},
    {{"finish", 1, 2}, do_finish, 1, .takes = PART, .anew = true},
    {{"sum", 0, 1}, do_sum, 0, .takes = NOTHING},
    {{"parts", 1, SIZE_MAX}, synclog_parts, 0, .takes = SOME},
    {{"plan", 1, 1}, synclog_plan, 0, .takes = RESOURCE},
    {{"calls", 1, SIZE_MAX}, synclog_calls, 0, .takes = SOME},
    {{"settings", 1, SIZE_MAX}, synclog_settings, 0, .takes = OFFLINE},
    {{"phases", 1, 1}, synclog_phases, 0, .takes = OFFLINE},
};

/* Resources that the operands name, or else the defaults, in their order. */
static int
choose(struct synclog_work *w, struct why *why)
{
	const struct resource *r, *end;
	size_t len;
	bool *is;
	int rc = -1;

	assert(w->s != NULL);
	end = w->s->resources + w->s->n_resources;
	len = strlen(w->s->name);
	is = mem_new(w->s->n_resources, sizeof(*is));
	w->named = w->r != NULL || w->o->command.n > 1;
	if (w->r != NULL)
		is[w->r - w->s->resources] = true;
	for (size_t i = 1; i < w->o->command.n; i++) {
		const char *name = w->o->command.operands[i];

		if (strncmp(name, w->s->name, len) == 0 && name[len] == '/')
			name += len + 1;
		if ((r = source_resource(w->s, name, why)) == NULL)
			goto out;
		is[r - w->s->resources] = true;
	}
	w->chosen = mem_new(w->s->n_resources, sizeof(*w->chosen));
	for (r = w->s->resources; r < end; r++)
		if (w->named ? is[r - w->s->resources] : r->by_default)
			w->chosen[w->n_chosen++] = r;
	rc = 0;
out:
	free(is);
	return rc;
}

/* Whose: as named, and there; or the only one, where one is needed. */
static int
find_account(
    struct synclog_work *w, const struct synclog_verb *v, struct why *why)
{
	const char *params[] = {w->s->name, NULL};
	struct buf one = BUF_INIT;
	int rc = 1;

	if (v->run == synclog_parts && w->o->account == NULL)
		return 0; /* it finds out whose */
	if (accounts_resolve(w->db, w->s, w->o->account, &w->account, why) ==
	    -1)
		return -1;
	params[1] = w->account.at;
	if (!v->anew && w->o->account != NULL)
		rc = db_value(w->db, why,
		    "SELECT 1 FROM ha.accounts WHERE source = $1 AND "
		    "account_id = $2",
		    2, params, &one);
	buf_release(&one);
	if (rc == 0)
		return why_set(why, EX_CONFIG,
		    "unknown account %s of %s (`ha-account list %s`)",
		    w->account.at, w->s->name, w->s->name);
	return rc == -1 ? -1 : 0;
}

/* Fills source, resources, account and connection as the verb needs them. */
static int
prepare(struct synclog_work *w, const struct synclog_verb *v, struct why *why)
{
	bool some = v->takes == SOME || v->takes == OFFLINE;
	bool maybe = v->takes == MAYBE || v->takes == SOURCE || some;
	bool named = w->o->command.n > v->at && v->takes != NOTHING;

	if (named && (w->s = source_of(w->o->command.operands[v->at], maybe,
			  &w->r, why)) == NULL)
		return -1;
	if (v->takes == SOURCE && w->r != NULL)
		return why_set(
		    why, EX_USAGE, "%s takes a source alone", v->of.name);
	if (some && choose(w, why) == -1)
		return -1;
	if (v->takes == OFFLINE)
		return 0;
	if ((w->db = db_open(w->o->dbname, why)) == NULL)
		return -1;
	if (named && v->takes != MAYBE)
		return find_account(w, v, why);
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
	free(w.chosen);
	buf_release(&w.account);
	return rc;
}
