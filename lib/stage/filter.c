#include "stage/filter.h"

#include <assert.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "stream/aside.h"
#include "stage/filter_section.h"
#include "json/json.h"
#include "base/mem.h"
#include "base/out.h"
#include "stream/progress.h"
#include "base/run_id.h"

/* Records held back until their parents are looked up. */
#define HELD_MAX 1000
#define HELD_BYTES ((size_t)2 << 20)

struct held {
	size_t at;
	struct line line; /* text is NULL: it is in filter.text, at */
};

struct filter {
	struct filter_options o;
	struct aside *aside; /* NULL: none */
	struct section section;
	struct held held[HELD_MAX];
	size_t n_held;
	struct buf text;
	struct filter_counts counts;
	struct filter_counts before; /* this section */
	struct buf what;	     /* of progress: source/resource */
	struct buf reason;
	struct buf mended; /* a record as it would be stored */
	struct buf group;  /* parent object of the records' group, or empty */
	struct why lost;   /* why nobody knows whose group it is; status 0 */
	bool keys_only;	   /* records of the section name no parents */
	struct emit *out;  /* not ours */
};

static bool
by_path(const struct filter *f)
{
	return f->o.parent != NULL && f->o.parent[0] == '.';
}

static int
check(const struct filter_options *o, bool path, struct why *why)
{
	if (o->keys != NULL && o->reject == NULL)
		return why_set(why, EX_USAGE,
		    "-K needs -r: a file for the records of other parents");
	if (path && o->keys == NULL)
		return why_set(why, EX_USAGE,
		    "-p %s: a path needs the keys of its parents, -K",
		    o->parent);
	if (o->plain && o->resource == NULL && !path)
		return why_set(why, EX_USAGE,
		    "-P: which resource is it? (or -K and -p .path)");
	if (o->plain && o->keys == NULL && o->account == NULL)
		return why_set(why, EX_USAGE, "-P: whose is it? (-a account)");
	return 0;
}

struct filter *
filter_new(const struct filter_options *o, struct why *why)
{
	struct filter *f;

	f = mem_new(1, sizeof(*f));
	f->o = *o;
	if (run_id_check(why) == 0 && check(o, by_path(f), why) == 0 &&
	    (o->reject == NULL ||
		(f->aside = aside_open(o->reject, why)) != NULL) &&
	    section_init(&f->section, &f->o, why) == 0 &&
	    (!by_path(f) || section_path(&f->section, why) == 0))
		return f;
	filter_free(f);
	return NULL;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	section_release(&f->section);
	aside_close(f->aside);
	buf_release(&f->text);
	buf_release(&f->what);
	buf_release(&f->reason);
	buf_release(&f->mended);
	buf_release(&f->group);
	free(f);
}

struct filter_counts
filter_counts(const struct filter *f)
{
	return f->counts;
}

static void
report(const struct filter *f, bool force)
{
	struct progress p = {0};

	p.resource = f->what.len > 0 ? f->what.at : NULL;
	p.records = f->counts.passed + f->counts.parked + f->counts.rejected;
	p.parked = f->counts.parked;
	p.rejected = f->counts.rejected;
	progress_report(&p, force);
}

static void
pass(struct filter *f, const struct line *line)
{
	f->counts.passed++;
	emit_record(f->out, line->text, line->len);
}

/*
 * The file has a copy: who stores the others keeps it, too, before a position
 * goes past it. With keys it would be a good record to them: a bad mark.
 */
static void
reject(struct filter *f, const struct line *line, const char *key,
    const char *reason)
{
	if (f->aside != NULL) {
		f->counts.rejected++;
		aside_add(f->aside, line, key, reason);
	}
	if (f->o.keys == NULL) {
		f->counts.passed += f->aside == NULL;
		emit_record(f->out, line->text, line->len);
		return;
	}
	emit_drop(f->out, 1);
	emit_bad(f->out, line->text, line->len, reason, key);
}

/* Will the store refuse it, even if it may repair it? */
static bool
hopeless(struct filter *f, const struct line *line, struct why *why)
{
	const struct resource *r = f->section.resource;
	struct why still;

	if (json_pg_ok(line->text, line->len, why) == 0)
		return false;
	json_repair(line->text, line->len, &f->mended, NULL, NULL);
	return json_pg_ok(f->mended.at, f->mended.len, &still) == -1 ||
	       cut_steered(r, line->text, f->mended.at, line->len);
}

static int
orphan(struct filter *f, const struct line *line, const struct link *missing,
    struct why *why)
{
	struct section *s = &f->section;
	struct park_row row = {0};
	struct why bad;

	buf_clear(&f->reason);
	buf_fmt(&f->reason, "unknown %s ",
	    missing->parent != NULL ? missing->parent->resource : "parent");
	buf_add(&f->reason, missing->key, missing->len);
	/* A text that no jsonb holds does not wait only to be refused. */
	if (s->cut != NULL &&
	    (cut_key(s->cut, line->text, line->len, &s->key, &bad) == -1 ||
		hopeless(f, line, &bad))) {
		reject(f, line, NULL, bad.msg);
		return 0;
	}
	if (s->cut != NULL &&
	    (s->key.len > PARK_KEY_MAX || missing->len > PARK_KEY_MAX)) {
		reject(f, line, NULL, "a key too long to wait by");
		return 0;
	}
	if (s->park == NULL) {
		reject(
		    f, line, s->cut != NULL ? s->key.at : NULL, f->reason.at);
		return 0;
	}
	assert(missing->parent != NULL); /* without one nothing is parked */
	row.key = s->key.at;
	row.parent_resource = missing->parent->resource;
	row.parent_key = missing->key;
	row.parent_key_len = missing->len;
	row.parent = f->group.len > 0 ? f->group.at : NULL;
	cut_version(s->cut, line->text, line->len, &s->version);
	row.version = s->version.at;
	row.reason = f->reason.at;
	row.raw = line->text;
	row.raw_len = line->len;
	f->counts.parked++;
	emit_drop(f->out, 1);
	return park_add(s->park, &row, why);
}

/* Once everything is known of it; or back into the queue: 1. */
static int
settle(struct filter *f, const struct line *line, struct why *why)
{
	const struct link *missing = NULL;
	struct why bad;

	switch (
	    section_judge(&f->section, line->text, line->len, &missing, &bad)) {
	case PASS:
		pass(f, line);
		return 0;
	case ORPHAN:
		return orphan(f, line, missing, why);
	case BAD:
		reject(f, line, NULL, bad.msg);
		return 0;
	default:
		return 1;
	}
}

/* Looks up what the held records wait for, and lets them go, in order. */
static int
release(struct filter *f, struct why *why)
{
	if (f->n_held == 0)
		return 0;
	if (section_lookup(&f->section, why) == -1)
		return -1;
	for (size_t i = 0; i < f->n_held; i++) {
		f->held[i].line.text = f->text.at + f->held[i].at;
		if (settle(f, &f->held[i].line, why) == -1)
			return -1;
	}
	f->n_held = 0;
	buf_clear(&f->text);
	return 0;
}

static int
hold(struct filter *f, const struct line *line, struct why *why)
{
	struct held *h = &f->held[f->n_held++];

	h->at = f->text.len;
	h->line = *line;
	buf_add(&f->text, line->text, line->len);
	memset(buf_room(&f->text, JSON_PADDING), 0, JSON_PADDING);
	if (f->n_held < HELD_MAX && f->text.len < HELD_BYTES)
		return 0;
	return release(f, why);
}

static int
take_record(struct filter *f, const struct line *line, struct why *why)
{
	const struct link *missing;
	struct why bad;
	int rc;

	if (f->keys_only) {
		pass(f, line);
		return 0;
	}
	if (f->lost.status != 0) {
		reject(f, line, NULL, f->lost.msg);
		return 0;
	}
	if (f->n_held > 0) { /* asks, and keeps the order */
		section_judge(
		    &f->section, line->text, line->len, &missing, &bad);
		return hold(f, line, why);
	}
	if ((rc = settle(f, line, why)) == 1)
		return hold(f, line, why);
	return rc;
}

/* What -a and the operand say must not contradict the stream. */
static int
begin(struct filter *f, const struct mark *m, struct why *why)
{
	buf_clear(&f->what);
	buf_fmt(&f->what, "%s/%s", m->source.at, m->resource.at);
	if (f->o.resource != NULL && strcmp(f->o.resource, f->what.at) != 0)
		return why_set(why, EX_DATAERR, "a section of %s, not of %s",
		    f->what.at, f->o.resource);
	if (f->o.account != NULL && m->account.len > 0 &&
	    strcmp(f->o.account, m->account.at) != 0)
		return why_set(why, EX_DATAERR,
		    "a section of account %s, not of %s", m->account.at,
		    f->o.account);
	if (f->o.account == NULL && m->account.len == 0 && f->o.keys == NULL)
		return why_set(why, EX_DATAERR,
		    "a section of no account: -a says whose it is");
	f->before = f->counts;
	f->keys_only = m->mode == MODE_KEYS;
	emit_begin(f->out, m);
	if (by_path(f))
		return 0;
	return section_start(&f->section, m->source.at, m->resource.at,
	    m->account.len > 0	   ? m->account.at
	    : f->o.account != NULL ? f->o.account
				   : "",
	    why);
}

static void
end(struct filter *f, const struct mark *m)
{
	struct mark now = *m; /* borrows its texts */

	now.parked += f->counts.parked - f->before.parked;
	emit_end(f->out, &now);
}

/* Nothing that came before a mark is on the way when it is passed on. */
static int
make_safe(struct filter *f, struct why *why)
{
	if (release(f, why) == -1 || park_commit(f->section.park, why) == -1)
		return -1;
	return aside_flush(f->aside, why);
}

static int
group(struct filter *f, const struct mark *open, struct why *why)
{
	const struct section *s = &f->section;
	const struct resource *p =
	    s->source != NULL ? source_groups_by(s->source, s->resource) : NULL;
	struct mark mended;
	struct why lost;

	f->lost.status = 0;
	buf_clear(&f->group);
	if (open == NULL)
		return section_group(&f->section, NULL, why);
	json_put(&f->group, open->parent.at, open->parent.len);
	mark_init(&mended);
	if (p == NULL ||
	    cut_parent_mend(p->fields[0].name, &f->group, &lost) == 0) {
		mended.parent = f->group; /* borrowed */
		if (section_group(&f->section, &mended, &lost) == 0)
			return 0;
	}
	f->lost = lost;
	buf_clear(&f->group);
	return section_group(&f->section, NULL, why);
}

static int
take_mark(struct filter *f, const struct mark *m, struct why *why)
{
	if (make_safe(f, why) == -1)
		return -1;
	switch (m->kind) {
	case MARK_BEGIN:
		return begin(f, m, why);
	case MARK_OPEN:
		emit_open(f->out, m);
		return group(f, m, why);
	case MARK_CLOSE:
		emit_close(f->out, m);
		return group(f, NULL, why);
	case MARK_END:
		end(f, m);
		return group(f, NULL, why);
	default:
		emit_mark(f->out, m);
		return 0;
	}
}

/* One that was a record here is none behind us, and must not be lost. */
static void
take_bad(struct filter *f, const struct item *item)
{
	const char *reason = item->mark->why.at;

	emit_mark(f->out, item->mark);
	if (item->line.lost == 0)
		return;
	emit_drop(f->out, 1);
	if (f->aside != NULL)
		aside_add(f->aside, &item->line, NULL, reason);
	else if (f->out->plain)
		warnx(
		    "line %llu: %s", (unsigned long long)item->line.no, reason);
	f->counts.rejected += f->aside != NULL || f->out->plain;
}

static int
take(struct filter *f, const struct item *item, struct why *why)
{
	if (item->kind == MARK_NONE)
		return take_record(f, &item->line, why);
	if (item->kind != MARK_BAD)
		return take_mark(f, item->mark, why);
	if (release(f, why) == -1) /* it keeps its place */
		return -1;
	take_bad(f, item);
	return 0;
}

static int
run(struct filter *f, struct stream *in, struct why *why)
{
	struct item item;
	int got, rc;

	while ((got = stream_next(in, &item, why)) == 1) {
		rc = take(f, &item, why);
		if (rc == -1 && why->status == EX_DATAERR)
			return why_in(why, "%s: line %llu", stream_name(in),
			    (unsigned long long)item.line.no);
		if (rc == -1)
			return -1;
		if (out_failed())
			return out_flush(why);
		if (item.line.no % 256 == 0)
			report(f, false);
		if (stream_ready(in, 0))
			continue;
		/* The input rests: what came so far goes on, and is told. */
		if (release(f, why) == -1 || out_flush(why) == -1)
			return -1;
		if (!stream_ready(in, PROGRESS_EVERY_MS))
			report(f, false);
	}
	return got;
}

/* Where there is no begin mark the operand says what it would have said. */
static int
begin_operand(struct filter *f, struct why *why)
{
	const char *slash = strchr(f->o.resource, '/');
	char *source;
	int rc;

	buf_str(&f->what, f->o.resource);
	if (slash == NULL)
		return why_set(
		    why, EX_USAGE, "%s: not source/resource", f->o.resource);
	source = mem_text(f->o.resource, (size_t)(slash - f->o.resource));
	rc = section_start(&f->section, source, slash + 1,
	    f->o.account != NULL ? f->o.account : "", why);
	free(source);
	return rc;
}

int
filter_adopt(struct filter *f, struct emit *out, struct why *why)
{
	int rc;

	if (f->o.resource == NULL || f->o.account == NULL ||
	    f->o.keys != NULL || f->o.parent != NULL)
		return why_set(why, EX_USAGE,
		    "--adopt takes a resource and an account, no keys");
	if (begin_operand(f, why) == -1)
		return -1;
	rc = section_adopt(&f->section, out, &f->counts, why);
	report(f, true);
	return rc;
}

int
filter_stream(
    struct filter *f, struct stream *in, struct emit *out, struct why *why)
{
	struct why ignored;
	int rc;

	f->out = out;
	if (f->o.plain && !by_path(f) && begin_operand(f, why) == -1)
		return -1;
	rc = run(f, in, why);
	/* After a cut, too: what is whole goes on, and the rest is safe. */
	if ((rc == 0 || stream_cut(in)) &&
	    make_safe(f, rc == 0 ? why : &ignored) == -1)
		rc = -1;
	report(f, true);
	if (rc == 0 &&
	    (out_flush(why) == -1 || aside_flush(f->aside, why) == -1))
		rc = -1;
	return rc == 0 ? f->counts.rejected > 0 : rc;
}
