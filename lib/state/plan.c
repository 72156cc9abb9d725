#include "state/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "state/children.h"
#include "state/parts.h"
#include "state/wanted.h"

static int
number(struct db *db, const struct buf *sql, uint64_t *n, struct why *why)
{
	struct buf text = BUF_INIT;
	int rc = db_value(db, why, sql->at, 0, NULL, &text);

	*n = rc == 1 ? strtoull(text.at, NULL, 10) : 0;
	buf_release(&text);
	return rc == -1 ? -1 : 0;
}

int
plan_rows(const struct plan_of *of, const struct resource *r, uint64_t *n,
    struct why *why)
{
	struct buf sql = BUF_INIT;
	int rc;

	db_fmt(&sql, "SELECT count(*) FROM %T WHERE account_id = %L",
	    of->source->name, r->table, of->account);
	rc = number(of->db, &sql, n, why);
	buf_release(&sql);
	return rc;
}

int
plan_due(struct db *db, const struct source *s, const struct resource *r,
    const char *account, struct why *why)
{
	char refresh[24];
	const char *params[] = {s->name, r->name, account, refresh};
	struct buf young = BUF_INIT;
	int rc;

	if (r->path == NULL || r->refresh_ms == 0)
		return 1;
	snprintf(refresh, sizeof(refresh), "%" PRId64, r->refresh_ms);
	rc = db_value(db, why,
	    "SELECT 1 FROM ha.sync_state WHERE source = $1 AND resource = $2"
	    " AND account_id = $3 AND complete"
	    " AND completed_at > now() - $4::bigint * interval '1 ms'",
	    4, params, &young);
	buf_release(&young);
	return rc == -1 ? -1 : rc == 0;
}

static int
find_parked(const struct plan_of *of, const struct resource *r, struct plan *p,
    struct why *why)
{
	const char *params[] = {of->source->name, r->name, of->account};
	struct buf one = BUF_INIT;
	int rc = 0;

	if (r->n_parents > 0)
		rc = db_value(of->db, why,
		    "SELECT 1 WHERE EXISTS (SELECT FROM ha.parked WHERE "
		    "source = $1 AND resource = $2 AND account_id = $3)",
		    3, params, &one);
	p->adopt = rc == 1;
	buf_release(&one);
	return rc == -1 ? -1 : 0;
}

static int
find_parents(const struct plan_of *of, const struct resource *r, struct plan *p,
    struct why *why)
{
	struct children_of c = {
	    of->source, r, of->account, of->mode != PLAN_SINCE, of->pass};
	struct buf n = BUF_INIT;
	int rc = children_count(of->db, &c, &n, why);

	p->parents = rc == 0 ? strtoull(n.at, NULL, 10) : 0;
	buf_release(&n);
	return rc;
}

/* From the position; in a full run only from one that it made itself. */
static int
find_from(const struct plan_of *of, const struct resource *r, struct plan *p,
    struct why *why)
{
	const char *params[] = {of->source->name, r->name, of->account,
	    of->mode == PLAN_FULL ? of->pass : NULL};
	struct rows *rows;

	p->way = WAY_LIST;
	if (of->mode == PLAN_RECONCILE ||
	    (of->mode == PLAN_FULL && *of->pass == '\0'))
		return 0;
	rows = db_query(of->db, why,
	    "SELECT cursor::text, complete, coalesce(cursor->>'position', "
	    "coalesce(cursor->>'time', cursor->>'at', 'row ' || "
	    "(cursor->>'offset'), 'the middle') || ', in the middle') "
	    "FROM ha.sync_state WHERE source = $1 AND resource = $2 AND "
	    "account_id = $3 AND ($4::timestamptz IS NULL OR full_at >= $4)",
	    4, params);
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 1 && of->mode == PLAN_FULL &&
	    *rows_text(rows, 0, 1) == 't') {
		p->way = WAY_NONE; /* all of it was read */
	} else if (rows_n(rows) == 1 && rows_text(rows, 0, 0) != NULL) {
		buf_str(&p->from, rows_text(rows, 0, 0));
		buf_str(&p->place, rows_text(rows, 0, 2));
	}
	rows_free(rows);
	return 0;
}

/* Children that can be had in both ways. */
static int
find_cheaper(const struct plan_of *of, const struct resource *r, struct plan *p,
    struct why *why)
{
	uint64_t size = (uint64_t)settings_page(of->settings, of->source, r);
	uint64_t stored;

	if (plan_rows(of, r, &stored, why) == -1)
		return -1;
	if (size == 0)
		size = 1;
	if (p->parents > (stored + size - 1) / size)
		return find_from(of, r, p, why);
	p->way = p->parents > 0 ? WAY_EACH : WAY_NONE;
	return 0;
}

int
plan_make(const struct plan_of *of, const struct resource *r, struct plan *p,
    struct why *why)
{
	bool prunes = of->mode == PLAN_RECONCILE;

	*p = (struct plan){.way = WAY_NONE};
	if (find_parked(of, r, p, why) == -1)
		return -1;
	if (prunes && r->path != NULL && r->paging.style == PAGE_KEYSET) {
		p->way = WAY_KEYS;
		return 0;
	}
	if (r->each == NULL && r->embedded == NULL)
		return find_from(of, r, p, why);
	if (find_parents(of, r, p, why) == -1)
		return -1;
	if (r->path != NULL)
		return prunes ? find_from(of, r, p, why)
			      : find_cheaper(of, r, p, why);
	/* without parents, too, those of deleted ones are to be found */
	if (p->parents > 0 || prunes)
		p->way = r->each != NULL ? WAY_EACH : WAY_EMBEDDED;
	return 0;
}

void
plan_release(struct plan *p)
{
	buf_release(&p->from);
	buf_release(&p->place);
}

static void
line(const char *word, const char *value)
{
	out_str(word);
	out_str(" ");
	out_line(value, strlen(value));
}

static void
line_number(const char *word, int64_t n)
{
	struct buf text = BUF_INIT;

	if (n > 0) {
		buf_fmt(&text, "%" PRId64, n);
		line(word, text.at);
	}
	buf_release(&text);
}

static void
print_settings(const struct plan_of *of, const struct resource *r)
{
	const struct setting *own =
	    &of->settings->of[r - of->source->resources];
	const struct sync_phase *p = parts_phase(of->source, r, of->account);
	struct buf text = BUF_INIT;

	buf_fmt(&text, "%s\t%s", p != NULL && p->sign != NULL ? p->sign : "",
	    p != NULL ? p->title : "");
	line("label", text.at);
	line_number("page-size", own->page);
	line_number(
	    "batch", own->batch > 0 ? own->batch : of->source->sync.batch);
	line_number("jobs", own->jobs);
	if (own->pause_ms > 0) {
		buf_clear(&text);
		buf_fmt(&text, "1/%" PRId64 "ms", own->pause_ms);
		line("limit", text.at);
	}
	buf_release(&text);
}

/* "from PLACE", "way NAME UNIT TOTAL": the last line of each way. */
static void
print_way(
    const struct resource *r, enum way way, uint64_t total, const char *place)
{
	static const char *const ways[] = {[WAY_ADOPT] = "adopt parked",
	    [WAY_EMBEDDED] = "embedded rows",
	    [WAY_LIST] = "list rows",
	    [WAY_KEYS] = "keys keys",
	    [WAY_EACH] = "each parents"};
	struct buf text = BUF_INIT;

	if (way == WAY_EACH)
		buf_fmt(&text, "%" PRIu64 " parents", total);
	else if (way == WAY_EMBEDDED)
		buf_fmt(&text, "the %s that changed", r->embedded->in);
	else
		buf_str(&text, place);
	line("from", text.at);
	buf_clear(&text);
	buf_fmt(&text, "%s %" PRIu64, ways[way], way == WAY_EACH ? total : 0);
	line("way", text.at);
	buf_release(&text);
}

void
plan_print(
    const struct plan_of *of, const struct resource *r, const struct plan *p)
{
	const char *place = p->way == WAY_KEYS ? "the first key"
			    : p->place.len > 0 ? p->place.at
					       : "the beginning";

	if (!p->adopt && p->way == WAY_NONE)
		return;
	print_settings(of, r);
	if (p->adopt)
		print_way(r, WAY_ADOPT, 0, "what was parked");
	if (p->from.len > 0)
		line("cursor", p->from.at);
	if ((p->way == WAY_EACH || p->way == WAY_EMBEDDED) && *of->pass != '\0')
		line("before", of->pass);
	if (p->way != WAY_NONE)
		print_way(r, p->way, p->parents, place);
	if (p->adopt || wanted_by(of->source, r))
		line("orphans", "1");
}

int
plan_orphans(struct db *db, const struct source *s, const struct resource *r,
    const char *account, struct why *why)
{
	for (size_t i = 0; i < r->n_parents; i++) {
		const struct wanted_of of = {
		    s, source_find(s, r->parents[i].resource), account};
		struct buf text = BUF_INIT;
		uint64_t n;

		if (of.resource->one == NULL)
			continue; /* what came late, a comparison finds */
		if (wanted_count(db, &of, &n, why) == -1)
			return -1;
		if (n == 0)
			continue;
		buf_fmt(&text, "%s %" PRIu64, of.resource->name, n);
		line("want", text.at);
		buf_release(&text);
	}
	return 0;
}
