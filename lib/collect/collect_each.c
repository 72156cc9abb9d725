#include "collect/collect_int.h"

#include <assert.h>
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "collect/collect_doubt.h"
#include "collect/collect_gone.h"
#include "base/out.h"

/*
 * Each job walks the children of one parent. A job of one page, which is
 * the rule, is written as soon as it is there. Longer ones collect their
 * pages; when too much is kept back, one job becomes the writer: its group
 * is open on the output, its pages pass through, and all others wait with
 * what they have until it is done.
 */

enum job_state {
	JOB_FREE,
	JOB_ASKED, /* a call is under way */
	JOB_HELD,  /* its next call waits for the writer */
	JOB_READY  /* all there, not written */
};

struct job {
	enum job_state state;
	struct page *page;
	struct buf parent; /* as it came */
	struct buf rows;   /* lines that are kept back */
	struct buf path;
};

struct crew {
	struct collect *c;
	struct job *jobs;
	struct job *writer; /* its group is open */
	size_t kept;	    /* bytes in all jobs' rows */
	unsigned in_a_row;  /* failures of a kind that may pass */
	bool stopping;	    /* no further parents */
	struct gone gone;
	struct why worst; /* of the parents that failed */
	struct json *json;
	struct doubts doubts;
};

static void
job_end(struct crew *e, struct job *j)
{
	e->kept -= j->rows.len;
	page_free(j->page);
	j->page = NULL;
	buf_release(&j->rows);
	j->state = JOB_FREE;
}

/* Worth another try later beats refused beats gone. */
static void
remember(struct crew *e, const struct why *why)
{
	if (e->worst.status == 0 || why->status == EX_TEMPFAIL)
		e->worst = *why;
}

static bool
fatal(int status)
{
	return status != EX_TEMPFAIL && status != EX_UNAVAILABLE &&
	       status != EX_PROTOCOL && status != EX_DATAERR;
}

/*
 * No close mark for this parent, so its children count as not read; or one
 * that says that it is gone. The others go on, unless it would be the same
 * with them.
 */
static int
job_failed(struct crew *e, struct job *j, bool gone, const struct why *why)
{
	struct collect *c = e->c;
	struct why line;
	char who[128];

	assert(j != NULL);
	if (fatal(why->status))
		return -1;
	collect_who(e->c, &j->parent, who, sizeof(who));
	if (gone) {
		c->gone++;
		gone_note(&e->gone, &j->parent);
	} else {
		c->failed++;
		remember(e, why);
	}
	if (!c->o->quiet) { /* a key may hold anything */
		why_set(&line, 0, "%s: %s", who, gone ? "is gone" : why->msg);
		warnx("%s", line.msg);
	}
	e->in_a_row = why->status == EX_TEMPFAIL ? e->in_a_row + 1 : 0;
	if (e->in_a_row >= 10 || gone_enough(&e->gone))
		e->stopping = true;
	if (e->writer == j)
		e->writer = NULL;
	job_end(e, j);
	return 0;
}

/* Children have a group; a row by its key stands for itself. */
static void
open_group(struct crew *e, struct job *j)
{
	struct mark open;

	mark_init(&open);
	open.kind = MARK_OPEN;
	open.parent = j->parent; /* borrowed */
	if (e->c->o->each)
		emit_open(&e->c->out, &open);
	collect_kept(e->c, &j->rows);
	e->kept -= j->rows.len;
	buf_release(&j->rows);
}

static void
write_rows(struct crew *e, struct job *j)
{
	for (size_t i = 0; i < page_rows(j->page); i++) {
		struct page_row row = page_row(j->page, i);

		collect_row(e->c, &row);
	}
}

static void
keep_rows(struct crew *e, struct job *j)
{
	size_t was = j->rows.len;

	for (size_t i = 0; i < page_rows(j->page); i++) {
		struct page_row row = page_row(j->page, i);

		collect_keep(e->c, &row, &j->rows);
	}
	e->kept += j->rows.len - was;
}

static int
close_group(struct crew *e, struct job *j, struct why *why)
{
	if (e->c->o->each)
		emit_close(&e->c->out, NULL);
	job_end(e, j);
	collect_progress(e->c, false);
	return out_flush(why);
}

static int
job_ask(struct crew *e, struct job *j, struct why *why)
{
	if (api_submit(e->c->api, j->path.at, j, why) == -1)
		return -1;
	j->state = JOB_ASKED;
	return 0;
}

/* The output is free: who is ready is written, who is held may be next. */
static int
next_writer(struct crew *e, struct why *why)
{
	if (e->gone.answered)
		gone_write(&e->gone, &e->c->out);
	for (int i = 0; i < e->c->o->jobs; i++) {
		struct job *j = &e->jobs[i];

		if (j->state != JOB_READY)
			continue;
		open_group(e, j);
		if (close_group(e, j, why) == -1)
			return -1;
	}
	for (int i = 0; i < e->c->o->jobs && e->writer == NULL; i++)
		if (e->jobs[i].state == JOB_HELD) {
			e->writer = &e->jobs[i];
			open_group(e, e->writer);
			if (job_ask(e, e->writer, why) == -1)
				return -1;
		}
	return 0;
}

/* The last page of a parent came. */
static int
job_done(struct crew *e, struct job *j, struct why *why)
{
	struct page_sum s = page_sum(j->page);

	e->c->again += s.again;
	e->c->moved += s.moved;
	e->c->late += s.late;
	if (!s.complete) {
		collect_incomplete(&s, "its list", why);
		return job_failed(e, j, false, why);
	}
	if (s.gone > 0) {
		why_set(why, EX_UNAVAILABLE, "nothing is there");
		return job_failed(e, j, true, why);
	}
	e->in_a_row = 0;
	e->gone.answered = true;
	if (e->writer == j) {
		write_rows(e, j);
		e->writer = NULL;
		return close_group(e, j, why);
	}
	if (e->writer != NULL) {
		keep_rows(e, j);
		j->state = JOB_READY;
		return 0;
	}
	open_group(e, j);
	write_rows(e, j);
	return close_group(e, j, why);
}

/* Another page is wanted: at once, or once the writer is done. */
static int
job_goes_on(struct crew *e, struct job *j, struct why *why)
{
	bool full = e->kept > EACH_BYTES;

	if (e->writer == NULL && full) {
		e->writer = j;
		open_group(e, j);
	}
	if (e->writer == j || !full) {
		if (job_ask(e, j, why) == -1)
			return -1;
	} else {
		j->state = JOB_HELD;
	}
	if (e->writer == j)
		write_rows(e, j);
	else
		keep_rows(e, j);
	return e->writer == j ? out_flush(why) : 0;
}

/* What the test of the token says of the parents in doubt. */
static int
tested(struct crew *e, const struct api_answer *ans, struct why *why)
{
	struct doubts *d = &e->doubts;

	d->testing = false;
	if (ans->rc == 0) {
		doubts_settle(d, e->c);
		return 0;
	}
	if (fatal(ans->why.status)) {
		*why = d->last;
		return -1;
	}
	/* not known: these are tried again by a later run */
	e->c->failed += d->n;
	doubts_drop(d);
	remember(e, &ans->why);
	return 0;
}

/* May we not read this one, or is the token no good for any? */
static int
job_doubted(
    struct crew *e, struct job *j, const struct why *refusal, struct why *why)
{
	struct doubts *d = &e->doubts;
	char who[128];

	doubts_add(d, collect_who(e->c, &j->parent, who, sizeof(who)), refusal);
	e->in_a_row = 0;
	if (e->writer == j)
		e->writer = NULL;
	job_end(e, j);
	if (d->n % DOUBTS != 0 || d->testing)
		return 0;
	return doubts_test(d, e->c, why);
}

static bool
forbidden(const struct api_answer *ans)
{
	return ans->rc == -1 && ans->why.status == EX_NOPERM && ans->code > 0 &&
	       ans->code != 401;
}

/* Its children are stored up to a time that is still to come: all of them. */
static int
job_again(struct crew *e, struct job *j, struct why *why)
{
	struct collect *c = e->c;
	struct page_of of = {.account = c->account,
	    .base = api_base(c->api),
	    .parent = j->parent.at,
	    .size = c->o->size};
	char who[128];

	collect_heal(
	    c, collect_who(e->c, &j->parent, who, sizeof(who)), COLLECT_FUTURE);
	page_free(j->page);
	j->page = page_new(c->kit, &of, why);
	return j->page == NULL ? -1 : 0;
}

static int
answered(struct crew *e, struct api_answer *ans, struct why *why)
{
	struct job *j = ans->tag;
	int more;

	if (ans->tag == &e->doubts)
		return tested(e, ans, why);
	if (ans->rc == 0) {
		doubts_settle(&e->doubts, e->c);
		buf_set(&e->doubts.works, j->path.at, j->path.len);
	} else if (forbidden(ans)) {
		return job_doubted(e, j, &ans->why, why);
	}
	if (ans->rc == -1 && !collect_saved(e->c, j->page, ans) &&
	    !(ans->smaller && page_smaller(j->page)) &&
	    !(ans->code > 0 && page_refused(j->page, ans->code))) {
		collect_explain(e->c, ans);
		*why = ans->why;
		return job_failed(e, j, ans->gone, why);
	}
	if (ans->rc == 0 && collect_take(e->c, j->page, ans, why) == -1)
		return job_failed(e, j, false, why);
	if (collect_is_future(j->page) && job_again(e, j, why) == -1)
		return -1;
	if ((more = page_ask(j->page, &j->path, why)) == -1)
		return -1;
	if (more == 1)
		return job_goes_on(e, j, why);
	return job_done(e, j, why);
}

static struct job *
free_job(struct crew *e)
{
	for (int i = 0; i < e->c->o->jobs; i++)
		if (e->jobs[i].state == JOB_FREE)
			return &e->jobs[i];
	return NULL;
}

/* A parent has come: its first page is asked for. */
static int
job_start(struct crew *e, struct job *j, struct why *why)
{
	struct collect *c = e->c;
	char who[128];
	bool done;

	c->parents++;
	e->gone.doubted = c->known;
	json_put(&j->parent, c->parent.at, c->parent.len);
	if (json_check(e->json, j->parent.at, j->parent.len, NULL, why) == -1)
		return job_failed(e, j, false, why);
	if (collect_mend(c, &j->parent, why) == -1 ||
	    (j->page = collect_walk(c, &done, why)) == NULL) {
		if (why->status != EX_UNAVAILABLE)
			return job_failed(e, j, false, why);
		collect_refused(c,
		    collect_who(e->c, &j->parent, who, sizeof(who)), why->msg);
		job_end(e, j);
		return 0;
	}
	setproctitle("%s: parent %" PRIu64, c->r->name, c->parents);
	if (done)
		return job_done(e, j, why);
	if (page_ask(j->page, &j->path, why) == -1)
		return job_failed(e, j, false, why);
	return job_ask(e, j, why);
}

/* Starts as many as there is room for, and as have come. */
static int
start_some(struct crew *e, struct why *why)
{
	struct collect *c = e->c;
	struct job *j;
	int got;

	while (
	    !e->stopping && !e->doubts.testing && (j = free_job(e)) != NULL) {
		if (!c->kept && !c->input_over && api_pending(c->api) > 0 &&
		    !stream_ready(c->in, 0))
			return 0;
		if ((got = collect_parent(c, why)) == -1 && !c->input_cut)
			return -1;
		if (got != 1)
			return 0;
		if (collect_late(c))
			collect_stop(c, "time");
		else if (c->o->limit > 0 && c->out.records >= c->o->limit)
			collect_stop(c, "limit");
		else if (job_start(e, j, why) == -1)
			return -1;
		else
			continue;
		e->stopping = true;
	}
	return 0;
}

static int
work(struct crew *e, struct why *why)
{
	struct collect *c = e->c;
	struct api_answer ans;
	int got, rc;

	for (;;) {
		if (start_some(e, why) == -1)
			return -1;
		if ((got = api_next(c->api, &ans, why)) == -1)
			return -1;
		if (got == 0 && (e->stopping || c->input_over)) {
			if (e->doubts.n == 0)
				return 0;
			if (doubts_test(&e->doubts, c, why) == -1)
				return -1;
		}
		if (got == 0)
			continue; /* all that were started failed at once */
		rc = answered(e, &ans, why);
		api_answer_release(&ans);
		if (rc == 0 && e->writer == NULL)
			rc = next_writer(e, why);
		if (rc == -1)
			return -1;
	}
}

static int
judge(struct crew *e, struct why *why)
{
	struct collect *c = e->c;

	if (!gone_all(&e->gone))
		gone_write(&e->gone, &c->out);
	if (c->failed > 0) {
		collect_stop(c, "failed");
		*why = e->worst;
		return why_in(why,
		    "%s: %" PRIu64 " of %" PRIu64 " parents failed, the last",
		    c->o->resource, c->failed, c->parents);
	}
	if (c->input_cut) {
		collect_stop(c, "input");
		return why_set(why, EX_DATAERR,
		    "stdin: the parents' stream was cut: no end mark");
	}
	if (gone_all(&e->gone)) {
		collect_stop(c, "failed");
		return gone_refuse(&e->gone, c->o->resource, c->gone, why);
	}
	return c->refused > 0;
}

int
collect_each(struct collect *c, struct why *why)
{
	struct crew e = {.c = c};
	int rc;

	e.jobs = mem_new((size_t)c->o->jobs, sizeof(*e.jobs));
	e.json = json_new();
	collect_begin(c, c->o->each ? MODE_EACH : MODE_LOOKUP);
	if ((rc = work(&e, why)) == -1)
		collect_stop(c, quit_wanted() ? "signal" : "error");
	else
		rc = judge(&e, why);
	for (int i = 0; i < c->o->jobs; i++) {
		page_free(e.jobs[i].page);
		buf_release(&e.jobs[i].parent);
		buf_release(&e.jobs[i].rows);
		buf_release(&e.jobs[i].path);
	}
	free(e.jobs);
	json_free(e.json);
	doubts_release(&e.doubts);
	gone_release(&e.gone);
	return rc;
}
