#include "state/synclog_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "state/parts.h"
#include "state/plan.h"
#include "state/predict.h"
#include "state/settings.h"
#include "state/sync_state.h"
#include "table/schema.h"

static enum plan_mode
mode_of(const struct synclog *o)
{
	return o->reconcile ? PLAN_RECONCILE : o->full ? PLAN_FULL : PLAN_SINCE;
}

int
synclog_parts(struct synclog_work *w, struct why *why)
{
	const struct parts_of of = {.source = w->s,
	    .account = w->account.len > 0 ? w->account.at : NULL,
	    .all = w->o->all,
	    .full = w->o->full,
	    .phases = &w->o->phases,
	    .named = w->chosen,
	    .n_named = w->named ? w->n_chosen : 0};
	struct buf line = BUF_INIT;

	if (of.account != NULL && of.all)
		return why_set(why, EX_USAGE, "-a or --all, not both");
	if (schema_check(w->db, w->s, why) == -1)
		return -1;
	if (w->o->max_time_ms >= 0) {
		buf_fmt(&line, "seconds %" PRId64,
		    (w->o->max_time_ms + 999) / 1000);
		out_line(line.at, line.len);
		buf_release(&line);
	}
	return parts_print(w->db, &of, why);
}

/* What a plan is made of, in *of, which borrows the settings and the pass. */
static int
plan_begin(struct synclog_work *w, struct settings *t, struct buf *pass,
    struct plan_of *of, struct why *why)
{
	*of = (struct plan_of){.db = w->db,
	    .source = w->s,
	    .settings = t,
	    .account = w->account.at,
	    .mode = mode_of(w->o)};
	if (settings_load(w->s, t, why) == -1 ||
	    (of->mode == PLAN_FULL && state_full_pass(w->db, w->s->name,
					  w->account.at, pass, why) == -1))
		return -1;
	of->pass = pass->len > 0 ? pass->at : "";
	return 0;
}

int
synclog_plan(struct synclog_work *w, struct why *why)
{
	struct settings t = {BUF_INIT, NULL};
	struct buf pass = BUF_INIT;
	struct plan_of of;
	struct plan p;
	int rc;

	if (w->o->orphans)
		return plan_orphans(w->db, w->s, w->r, w->account.at, why);
	if ((rc = plan_begin(w, &t, &pass, &of, why)) == 0 && w->o->due)
		rc = plan_due(w->db, w->s, w->r, w->account.at, why);
	else if (rc == 0)
		rc = 1;
	if (rc == 1) {
		if ((rc = plan_make(&of, w->r, &p, why)) == 0)
			plan_print(&of, w->r, &p);
		plan_release(&p);
	}
	settings_release(&t);
	buf_release(&pass);
	return rc;
}

int
synclog_calls(struct synclog_work *w, struct why *why)
{
	struct settings t = {BUF_INIT, NULL};
	struct buf pass = BUF_INIT;
	struct predict_of of = {.r = w->chosen,
	    .n = w->n_chosen,
	    .rows = &w->o->rows,
	    .json = w->o->json};
	int rc;

	rc = plan_begin(w, &t, &pass, &of.plan, why);
	if (rc == 0)
		rc =
		    w->o->ask ? predict_ask(&of, why) : predict_print(&of, why);
	settings_release(&t);
	buf_release(&pass);
	return rc;
}

int
synclog_settings(struct synclog_work *w, struct why *why)
{
	const struct parts_of of = {.source = w->s,
	    .all = w->o->all,
	    .phases = &w->o->phases,
	    .n_named = w->named ? w->n_chosen : 0};
	struct settings t;
	int rc;

	if (parts_check(&of, why) == -1)
		return -1;
	if ((rc = settings_load(w->s, &t, why)) == 0)
		settings_print(&t, w->s, w->chosen, w->n_chosen);
	settings_release(&t);
	return rc;
}

/* For a help text. */
int
synclog_phases(struct synclog_work *w, struct why *why)
{
	struct buf line = BUF_INIT;

	(void)why;
	for (size_t i = 0; i < w->s->sync.n_phases; i++) {
		const struct sync_phase *p = &w->s->sync.phases[i];

		buf_clear(&line);
		buf_fmt(&line, "      --%-19s %s", p->flag, p->title);
		out_line(line.at, line.len);
	}
	buf_release(&line);
	return 0;
}
