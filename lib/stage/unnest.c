#include "stage/unnest.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "json/json.h"
#include "base/mem.h"
#include "base/out.h"
#include "stream/progress.h"
#include "table/cut.h"

struct unnest {
	const struct source *source;
	const struct resource *child, *parent;
	struct json *json;
	struct buf object; /* parent object of the current record */
	struct buf value;
};

struct unnest *
unnest_new(
    const struct source *s, const struct resource *child, struct why *why)
{
	const struct resource *parent;
	struct unnest *u;

	if (child->embedded == NULL) {
		why_set(why, EX_USAGE,
		    "%s/%s: no record holds these, they are not embedded",
		    s->name, child->name);
		return NULL;
	}
	if ((parent = source_resource(s, child->embedded->in, why)) == NULL)
		return NULL;
	u = mem_new(1, sizeof(*u));
	u->source = s;
	u->child = child;
	u->parent = parent;
	u->json = json_new();
	return u;
}

void
unnest_free(struct unnest *u)
{
	if (u == NULL)
		return;
	json_free(u->json);
	buf_release(&u->object);
	buf_release(&u->value);
	free(u);
}

static int
check(struct unnest *u, const char *rec, size_t len, struct why *why)
{
	enum json_type type;

	if (json_check(u->json, rec, len, &type, why) == -1)
		return -1;
	if (type != JSON_OBJECT)
		return why_set(why, EX_DATAERR, "not a JSON object");
	return 0;
}

/*
 * The parent object of the record, from the description's fields, into *to
 * (JSON_PADDING behind). EX_DATAERR if it has no key.
 */
static int
parent_object(struct unnest *u, const char *rec, size_t len, struct buf *to,
    struct why *why)
{
	buf_clear(to);
	for (size_t i = 0; i < u->parent->n_fields; i++) {
		const struct field *f = &u->parent->fields[i];
		const struct column *c = resource_column(u->parent, f->column);
		int got = 0;

		if (!c->of_parent &&
		    (got = expr_json(c->from, rec, len, &u->value, why)) == -1)
			return -1;
		if (got == 0 && i == 0)
			return why_set(
			    why, EX_DATAERR, "no %s, its key", f->name);
		buf_chr(to, i == 0 ? '{' : ',');
		buf_json(to, f->name, strlen(f->name));
		buf_chr(to, ':');
		if (got == 1)
			buf_add(to, u->value.at, u->value.len);
		else
			buf_str(to, "null");
	}
	buf_str(to, u->parent->n_fields == 0 ? "{}" : "}");
	memset(buf_room(to, JSON_PADDING), 0, JSON_PADDING);
	return u->parent->n_fields == 0
		   ? 0
		   : cut_parent_mend(u->parent->fields[0].name, to, why);
}

struct embedded_rows {
	struct unnest *u;
	json_element_fn *fn;
	void *ctx;
	int64_t n;
};

static int
one_row(void *ctx, const struct json_val *val, struct why *why)
{
	struct embedded_rows *r = ctx;

	r->n++;
	return r->fn(r->ctx, val, why);
}

/* A path gives the array, jq gives one object after the other. */
static int
result(void *ctx, const struct json_val *val, struct why *why)
{
	struct embedded_rows *r = ctx;

	if (!expr_is_path(r->u->child->embedded->rows))
		return one_row(r, val, why);
	if (val->type == JSON_NONE || val->type == JSON_NULL)
		return 0;
	if (val->type != JSON_ARRAY)
		return why_set(why, EX_DATAERR, "%s: not an array",
		    expr_source(r->u->child->embedded->rows));
	return json_elements(val, one_row, r, why);
}

/* The number of children, or -1: exact slices where rows is a path. */
static int64_t
each_child(struct unnest *u, const char *rec, size_t len, json_element_fn *fn,
    void *ctx, struct why *why)
{
	struct embedded_rows r = {u, fn, ctx, 0};

	if (expr_each(u->child->embedded->rows, rec, len, result, &r, why) != 0)
		return -1;
	return r.n;
}

/* What unnest_stream works on. */
struct stage {
	struct unnest *u;
	struct stream *in;
	struct emit *out;
	struct aside *aside;
	struct unnest_counts *counts;
	uint64_t bad_before; /* this section */
	bool group_bad;
};

static int
emit_child(void *ctx, const struct json_val *val, struct why *why)
{
	struct stage *s = ctx;

	(void)why;
	s->counts->children++;
	emit_record(s->out, val->text, val->len);
	return 0;
}

/*
 * Is an empty list really the whole set? A section that was not fetched in
 * full detail leaves the list out for all that we know.
 */
static bool
trusted(const struct stage *s, int64_t n)
{
	const struct mark *section = stream_section(s->in);

	return n > 0 || section == NULL || section->whole;
}

/* Who stores the children keeps what none could be cut from, too. */
static void
set_aside(struct stage *s, const struct line *line, const struct why *why)
{
	struct mark bad;

	s->counts->bad++;
	s->group_bad = true;
	if (s->aside != NULL)
		aside_add(s->aside, line, NULL, why->msg);
	else
		warnx("%s: line %llu: %s", stream_name(s->in),
		    (unsigned long long)line->no, why->msg);
	mark_init(&bad);
	mark_bad(&bad, line->text, line->len, why->msg, NULL);
	buf_str(&bad.of, s->u->parent->name);
	emit_mark(s->out, &bad);
	mark_release(&bad);
}

static void
take_record(struct stage *s, const struct line *line)
{
	struct unnest *u = s->u;
	bool grouped = stream_group(s->in) != NULL;
	struct mark open;
	struct why why;
	int64_t n;

	s->counts->parents++;
	if (!grouped)
		s->group_bad = false;
	if (check(u, line->text, line->len, &why) == -1 ||
	    (!grouped && parent_object(u, line->text, line->len, &u->object,
			     &why) == -1)) {
		set_aside(s, line, &why);
		return;
	}
	if (!grouped) {
		mark_init(&open);
		open.kind = MARK_OPEN;
		open.parent = u->object; /* borrowed */
		emit_open(s->out, &open);
	}
	n = each_child(u, line->text, line->len, emit_child, s, &why);
	if (n == -1)
		set_aside(s, line, &why);
	else if (!grouped && trusted(s, n))
		emit_close(s->out, NULL);
}

/* The section's mark for the children; positions stay the parent's. */
static int
begin(struct stage *s, const struct mark *m, struct why *why)
{
	struct unnest *u = s->u;
	const char *what = m->resource.at;
	bool pending = m->mode == MODE_PARENTS;
	struct mark ours;

	/* What is pending is called after the children that it is for. */
	if (strcmp(m->source.at, u->source->name) != 0 ||
	    strcmp(what, pending ? u->child->name : u->parent->name) != 0)
		return why_set(why, EX_DATAERR,
		    "%s: a section of %s/%s, but %s are in %s",
		    stream_name(s->in), m->source.at, what, u->child->name,
		    u->parent->name);
	mark_init(&ours);
	ours.kind = MARK_BEGIN;
	ours.source = m->source; /* borrowed, like the rest */
	buf_str(&ours.resource, u->child->name);
	ours.account = m->account;
	ours.mode = MODE_EMBEDDED;
	ours.run = m->run;
	ours.whole = m->whole;
	emit_begin(s->out, &ours);
	buf_release(&ours.resource);
	s->bad_before = s->counts->bad;
	return 0;
}

/* Calls, waits and cursor are the parent's own affair. */
static void
end(struct stage *s, const struct mark *m)
{
	struct mark ours;

	mark_init(&ours);
	ours.kind = MARK_END;
	ours.complete = m->complete && s->counts->bad == s->bad_before;
	if (m->complete && !ours.complete)
		buf_str(&ours.why, "rejected");
	else if (m->why.len > 0)
		buf_add(&ours.why, m->why.at, m->why.len);
	emit_end(s->out, &ours);
	buf_release(&ours.why);
}

/* A parent that is no JSON text: its children are not known. */
static int
take_bad(struct stage *s, const struct item *item, struct why *why)
{
	struct line line;
	struct buf bytes = BUF_INIT;
	struct why bad;
	int rc = stream_bad(item, &bytes, &line, why);

	if (rc == 0) {
		why_set(&bad, EX_DATAERR, "%s", item->mark->why.at);
		set_aside(s, &line, &bad);
	}
	buf_release(&bytes);
	return rc;
}

static int
take_mark(struct stage *s, const struct item *item, struct why *why)
{
	const struct mark *m = item->mark;

	switch (m->kind) {
	case MARK_BEGIN:
		return begin(s, m, why);
	case MARK_OPEN:
		s->group_bad = false;
		emit_open(s->out, m);
		return 0;
	case MARK_CLOSE:
		if (!s->group_bad && m->skipped == 0)
			emit_close(s->out, NULL);
		return aside_flush(s->aside, why);
	case MARK_END:
		if (aside_flush(s->aside, why) == -1)
			return -1;
		end(s, m);
		return 0;
	case MARK_BAD:
		return take_bad(s, item, why);
	case MARK_CLOCK:
	case MARK_OTHER:
		emit_mark(s->out, m);
		return 0;
	default: /* at: a position of the parents, not of the children */
		return 0;
	}
}

static void
report(const struct stage *s, bool last)
{
	struct progress p = {0};
	struct buf what = BUF_INIT;

	buf_fmt(&what, "%s/%s", s->u->source->name, s->u->child->name);
	p.resource = what.at;
	p.records = s->counts->children;
	p.rejected = s->counts->bad;
	progress_report(&p, last);
	buf_release(&what);
}

/* The input rests: what came so far goes on, and is told. */
static int
rest(const struct stage *s, struct why *why)
{
	if (out_flush(why) == -1)
		return -1;
	if (!stream_ready(s->in, PROGRESS_EVERY_MS))
		report(s, false);
	return 0;
}

int
unnest_stream(struct unnest *u, struct stream *in, struct emit *out,
    struct aside *aside, struct unnest_counts *counts, struct why *why)
{
	struct stage s = {u, in, out, aside, counts, counts->bad, false};
	struct item item;
	struct why gone;
	int got, rc = 0;

	while (rc == 0 && (got = stream_next(in, &item, why)) == 1) {
		if (item.kind == MARK_NONE)
			take_record(&s, &item.line);
		else
			rc = take_mark(&s, &item, why);
		if (counts->parents % 256 == 0)
			report(&s, false);
		if (rc == 0 && (out_failed() || !stream_ready(in, 0)))
			rc = rest(&s, why);
	}
	report(&s, true);
	if (rc == 0)
		rc = got;
	/* After a cut: what is whole goes on, and the file is safe. */
	if (aside_flush(aside, rc == 0 ? why : &gone) == -1 && rc == 0)
		rc = -1;
	return rc;
}
