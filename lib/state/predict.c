#include "state/predict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/mem.h"
#include "state/children.h"
#include "state/wanted.h"

struct calls {
	uint64_t n;
	bool more;		     /* at least so many */
	const struct resource *each; /* one for each of these, not known */
};

struct count {
	uint64_t n;
	bool known;
};

/* What the API said of a list, else nothing. */
static struct count
told(const struct predict_of *of, const struct resource *r)
{
	size_t len = strlen(r->name);

	for (size_t i = 0; i < of->rows->n; i++) {
		const char *text = of->rows->texts[i];

		if (strncmp(text, r->name, len) == 0 && text[len] == '=')
			return (struct count){
			    strtoull(text + len + 1, NULL, 10), true};
	}
	return (struct count){0, false};
}

/* Rows of a resource: as many as are stored, before the first run as told. */
static int
rows_of(const struct predict_of *of, const struct resource *r,
    struct count *rows, struct why *why)
{
	*rows = (struct count){0, true};
	if (plan_rows(&of->plan, r, &rows->n, why) == -1)
		return -1;
	if (rows->n == 0)
		*rows = told(of, r);
	return 0;
}

static uint64_t
pages(uint64_t rows, int size)
{
	return size > 0 ? (rows + (uint64_t)size - 1) / (uint64_t)size : 1;
}

/* All of a list, or what is new in it. */
static int
list_calls(const struct predict_of *of, const struct resource *r, bool anew,
    struct calls *to, struct why *why)
{
	const struct paging *p = &r->paging;
	int size = settings_page(of->plan.settings, of->plan.source, r);
	struct count rows;

	*to = (struct calls){1, false, NULL};
	if (p->style == PAGE_NONE)
		return 0;
	if (!anew && (p->style == PAGE_WALK || p->style == PAGE_KEYSET)) {
		to->more = true; /* who knows how much is new */
		return 0;
	}
	if (!anew && r->n_since > 0) {
		*to = (struct calls){r->n_since, true, NULL};
		return 0;
	}
	if (rows_of(of, r, &rows, why) == -1)
		return -1;
	to->n = pages(rows.n, size);
	if (p->style == PAGE_KEYSET && to->n > 1)
		to->n++; /* only an empty page is the end of several */
	if (to->n == 0)
		to->n = 1;
	to->more = !rows.known;
	return 0;
}

/* One for each parent that is out of date; before the first run, for each. */
static int
each_calls(const struct predict_of *of, const struct resource *r,
    struct calls *to, struct why *why)
{
	const struct plan_of *p = &of->plan;
	const struct children_of c = {
	    p->source, r, p->account, p->mode != PLAN_SINCE, p->pass};
	const struct resource *parent = source_find(p->source, r->each->parent);
	struct buf n = BUF_INIT;
	struct count rows;
	uint64_t stored = 0;
	int rc;

	*to = (struct calls){0, r->each->first != NULL, NULL};
	if ((rc = plan_rows(p, parent, &stored, why)) == 0 && stored > 0) {
		rc = children_calls(p->db, &c, &n, why);
		to->n = rc == 0 ? strtoull(n.at, NULL, 10) : 0;
		buf_release(&n);
		return rc;
	}
	rows = told(of, parent);
	to->n = rows.n;
	to->more |= !rows.known;
	to->each = rows.known ? NULL : parent;
	return rc;
}

static int
cheaper(const struct predict_of *of, const struct resource *r, struct calls *to,
    struct why *why)
{
	struct calls list;

	if (each_calls(of, r, to, why) == -1 ||
	    list_calls(of, r, true, &list, why) == -1)
		return -1;
	if (of->plan.mode == PLAN_RECONCILE || to->each != NULL ||
	    to->n > list.n)
		*to = list;
	return 0;
}

static int
keys_calls(const struct predict_of *of, const struct resource *r,
    struct calls *to, struct why *why)
{
	int size = r->paging.keys.size;
	struct count rows;

	if (rows_of(of, r, &rows, why) == -1)
		return -1;
	if (size == 0)
		size = r->paging.size;
	*to = (struct calls){pages(rows.n, size) + 1, !rows.known, NULL};
	return 0;
}

static int
calls_of(const struct predict_of *of, const struct resource *r,
    struct calls *to, struct why *why)
{
	struct plan p;
	int rc;

	*to = (struct calls){0, false, NULL};
	if ((rc = plan_make(&of->plan, r, &p, why)) == -1)
		;
	else if (p.way == WAY_KEYS)
		rc = keys_calls(of, r, to, why);
	else if (r->path != NULL && r->each != NULL)
		rc = cheaper(of, r, to, why);
	else if (r->each != NULL)
		rc = each_calls(of, r, to, why);
	else if (p.way == WAY_LIST)
		rc = list_calls(of, r, p.from.len == 0, to, why);
	plan_release(&p);
	return rc;
}

/* To find what is gone, what is new is read first. */
static int
all_calls(const struct predict_of *of, const struct resource *r,
    struct calls *to, struct why *why)
{
	struct predict_of before = *of;
	struct calls first;

	if (calls_of(of, r, to, why) == -1)
		return -1;
	if (of->plan.mode != PLAN_RECONCILE)
		return 0;
	before.plan.mode = PLAN_SINCE;
	if (calls_of(&before, r, &first, why) == -1)
		return -1;
	to->n += first.n;
	to->more |= first.more;
	return 0;
}

/*
 * Parents that its parked records wait for are asked for by key, once for all
 * their children. Those that only the run will meet are not known.
 */
static int
orphan_calls(const struct predict_of *of, const struct resource *r, bool *asked,
    struct calls *to, struct why *why)
{
	const struct source *s = of->plan.source;
	uint64_t n;

	for (size_t i = 0; i < r->n_parents; i++) {
		const struct wanted_of w = {s,
		    source_find(s, r->parents[i].resource), of->plan.account};
		bool *is = &asked[w.resource - s->resources];

		if (w.resource->one == NULL || *is)
			continue;
		*is = true;
		if (wanted_calls(of->plan.db, &w, &n, why) == -1)
			return -1;
		to->n += n;
		to->more |= n > 0; /* theirs in turn */
	}
	return 0;
}

/* No window of the limits holds more calls than they say. */
static uint64_t
least_seconds(const struct source *s, uint64_t calls)
{
	int64_t most = 0;

	for (size_t i = 0; i < s->n_limits && calls > 0; i++) {
		const struct limit *l = &s->limits[i];
		int64_t ms = (int64_t)((calls - 1) / (uint64_t)l->requests) *
			     l->window_ms;

		if (ms > most)
			most = ms;
	}
	return (uint64_t)(most + 999) / 1000;
}

static void
print_line(const struct predict_of *of, const char *name, const struct calls *c,
    const char *seconds)
{
	struct buf text = BUF_INIT, full = BUF_INIT;

	if (of->json) {
		buf_str(&text, "{");
		if (seconds == NULL) {
			buf_fmt(&full, "%s/%s", of->plan.source->name, name);
			buf_str(&text, "\"resource\":");
			buf_json(&text, full.at, full.len);
			buf_chr(&text, ',');
		}
		buf_str(&text, "\"account\":");
		buf_json(&text, of->plan.account, strlen(of->plan.account));
		buf_fmt(&text, ",\"calls\":%" PRIu64 ",\"more\":%s%s%s}", c->n,
		    c->more ? "true" : "false",
		    seconds != NULL ? ",\"seconds\":" : "",
		    seconds != NULL ? seconds : "");
	} else {
		buf_fmt(&text, "%-24s %7" PRIu64 " calls%s", name, c->n,
		    c->more ? " or more" : "");
		if (seconds != NULL)
			buf_fmt(
			    &text, ", %s s or more within the limits", seconds);
	}
	out_line(text.at, text.len);
	buf_release(&text);
	buf_release(&full);
}

static void
print_sum(const struct predict_of *of, const struct calls *sum,
    const struct buf *unknown)
{
	struct buf text = BUF_INIT;

	buf_fmt(&text, "%" PRIu64, least_seconds(of->plan.source, sum->n));
	print_line(of, "total", sum, text.at);
	if (!of->json && unknown->len > 0)
		out_line(unknown->at, unknown->len);
	buf_clear(&text);
	for (size_t i = 0; i < of->rows->n; i++)
		buf_fmt(&text, " %.*s", (int)strcspn(of->rows->texts[i], "="),
		    of->rows->texts[i]);
	if (!of->json && text.len > 0) {
		out_str("(the API was asked how many:");
		out_str(text.at);
		out_line(")", 1);
	}
	buf_release(&text);
}

int
predict_print(const struct predict_of *of, struct why *why)
{
	struct calls c, sum = {0, false, NULL};
	struct buf unknown = BUF_INIT;
	bool *asked = mem_new(of->plan.source->n_resources, sizeof(*asked));
	int rc = 0;

	for (size_t i = 0; i < of->n && rc == 0; i++) {
		if ((rc = all_calls(of, of->r[i], &c, why)) == -1 ||
		    (rc = orphan_calls(of, of->r[i], asked, &c, why)) == -1)
			break;
		print_line(of, of->r[i]->name, &c, NULL);
		sum.n += c.n;
		sum.more |= c.more;
		if (c.each != NULL)
			buf_fmt(&unknown,
			    "%s%s: up to a call for each of %s, whose number "
			    "is not known yet",
			    unknown.len > 0 ? "\n" : "", of->r[i]->name,
			    c.each->name);
	}
	if (rc == 0)
		print_sum(of, &sum, &unknown);
	free(asked);
	buf_release(&unknown);
	return rc;
}

int
predict_ask(const struct predict_of *of, struct why *why)
{
	const struct source *s = of->plan.source;
	uint64_t n;

	for (size_t i = 0; i < of->n; i++) {
		const struct resource *r = of->r[i];

		if (r->path == NULL || s->count == NULL ||
		    r->paging.style == PAGE_NONE)
			continue;
		if (plan_rows(&of->plan, r, &n, why) == -1)
			return -1;
		if (n == 0)
			out_line(r->name, strlen(r->name));
	}
	return 0;
}
