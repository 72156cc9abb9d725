#include "upsert/upsert_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/timeval.h"
#include "table/schema.h"
#include "json/json.h"
#include "stream/progress.h"
#include "base/run_id.h"

#define BATCH_BYTES ((size_t)8 << 20) /* of text, then it is committed */
#define BATCH_AGE_MS 5000	      /* a transaction stays open */
#define IDLE_MS 50		      /* without input: commit what is there */
#define AT_BYTES ((size_t)1 << 20)    /* a position is worth a commit */
#define UNCHANGED_MAX 32	      /* batches of records not kept */
#define SMALL_TABLE ((uint64_t)8 << 20) /* read as soon as a section begins */

static void
text_or(struct buf *to, const struct buf *from, const char *other)
{
	buf_clear(to);
	buf_str(to, from != NULL && from->len > 0 ? from->at : other);
}

/* Who and what: from the begin mark, or the command line of a plain file. */
static int
take_names(struct upsert *u, const struct mark *m, struct why *why)
{
	const char *run = run_id_given(), *given = u->o->account;
	char own[UUID_SIZE];

	text_or(&u->account, m != NULL ? &m->account : NULL,
	    given != NULL ? given : "");
	u->mode = m == NULL		 ? MODE_PLAIN
		  : m->mode == MODE_NONE ? MODE_SINCE
					 : m->mode;
	text_or(&u->mode_word, m != NULL ? &m->other_mode : NULL,
	    mode_word(u->mode));
	text_or(&u->from, m != NULL ? &m->from : NULL, "");
	u->whole = m != NULL && m->whole;
	if (given != NULL && strcmp(given, u->account.at) != 0)
		return why_set(why, EX_USAGE,
		    "-a %s: but the stream is of account %s", given,
		    u->account.at);
	if (u->account.len == 0)
		return why_set(why, EX_CONFIG,
		    "the stream names no account; give it by -a");
	uuid_new(own);
	text_or(&u->run, m != NULL ? &m->run : NULL, run != NULL ? run : own);
	if (!uuid_is(u->run.at))
		return why_set(why, EX_DATAERR,
		    "the run is named by no UUID in the begin mark");
	return 0;
}

static int
take_resource(struct upsert *u, const struct mark *m, struct why *why)
{
	struct buf name = BUF_INIT;
	struct source *s;

	if (m != NULL)
		buf_fmt(&name, "%s/%s", m->source.at, m->resource.at);
	else
		buf_str(&name, u->o->resource);
	s = source_of(name.at, false, &u->r, why);
	buf_release(&name);
	if (s == NULL)
		return -1;
	source_free(u->source);
	u->source = s;
	u->of = (struct state_of){s->name, u->r->name, u->account.at};
	return schema_check(lane_db(u->lane[0]), s, why);
}

/* The account's row: whose rows these are. */
static int
take_account(struct upsert *u, struct why *why)
{
	struct rows *rows;
	const char *id;

	rows = db_query(lane_db(u->lane[0]), why,
	    "SELECT customer_id, clock_timestamp() FROM ha.accounts WHERE "
	    "source = $1 AND "
	    "account_id = $2",
	    2, (const char *const[]){u->of.source, u->of.account});
	if (rows == NULL)
		return -1;
	if (rows_n(rows) == 0) {
		rows_free(rows);
		return why_set(why, EX_CONFIG,
		    "%s: unknown account %s; add it: ha-account add %s %s",
		    u->of.source, u->of.account, u->of.source, u->of.account);
	}
	buf_clear(&u->customer);
	if ((id = rows_text(rows, 0, 0)) != NULL)
		buf_str(&u->customer, id);
	buf_clear(&u->begun);
	buf_str(&u->begun, rows_text(rows, 0, 1));
	rows_free(rows);
	return 0;
}

/* How large the table is, and which records of it are parked. */
static int
look_around(struct upsert *u, struct why *why)
{
	struct rows *rows;
	bool parked;

	rows = db_query(lane_db(u->lane[0]), why,
	    "SELECT pg_relation_size($1::regclass), EXISTS (SELECT FROM "
	    "ha.parked WHERE source = $2 AND resource = $3 AND account_id = "
	    "$4)",
	    4,
	    (const char *const[]){u->target.table.at, u->of.source,
		u->of.resource, u->of.account});
	if (rows == NULL)
		return -1;
	u->table_bytes = strtoull(rows_text(rows, 0, 0), NULL, 10);
	parked = rows_text(rows, 0, 1)[0] == 't';
	rows_free(rows);
	u->parked.n = 0;
	return parked && parked_load(u, why) == -1 ? -1 : kept_load(u, why);
}

static void
section_drop(struct upsert *u)
{
	target_release(&u->target);
	cut_free(u->cut);
	fpmap_free(u->map);
	u->cut = NULL;
	u->map = NULL;
}

static int
section_begin(struct upsert *u, const struct mark *m, struct why *why)
{
	section_drop(u);
	memset(&u->counts, 0, sizeof(u->counts));
	reasons_clear(&u->reasons);
	u->section_bytes = 0;
	u->skipped = u->in_group = u->moved = false;
	u->told.n = 0;
	if (take_names(u, m, why) == -1 || take_resource(u, m, why) == -1 ||
	    take_account(u, why) == -1 ||
	    target_init(&u->target, u->source, u->r, u->account.at,
		u->customer.len > 0 ? u->customer.at : NULL, section_alive(u),
		u->whole, u->o->dry_run, why) == -1 ||
	    (u->cut = cut_new(u->r, why)) == NULL || look_around(u, why) == -1)
		return -1;
	late_begin(u);
	if (follow_begin(u, why) == -1)
		return -1;
	for (size_t i = 0; i < u->n_lanes; i++)
		if (lane_target(u->lane[i], &u->target, why) == -1)
			return -1;
	/* a function that sees them, and may refuse, is in one transaction */
	u->n_spread =
	    u->r->each != NULL && u->r->each->stored != NULL ? 1 : u->n_lanes;
	u->in_section = true;
	if (section_began(u, m, why) == -1)
		return -1;
	if (keys_come(u))
		return keys_begin(u, why);
	if (u->o->prune || u->table_bytes < SMALL_TABLE)
		return load_map(u, why);
	return 0;
}

static void
report(const struct upsert *u, bool force)
{
	const struct state_counts *c = &u->counts;
	struct progress p = {.records = c->fetched + u->batch.records,
	    .calls = c->calls,
	    .retries = c->retries,
	    .waited_ms = c->waited_ms,
	    .inserted = c->inserted,
	    .updated = c->updated,
	    .unchanged = c->unchanged,
	    .stale = c->stale,
	    .parked = c->parked,
	    .rejected = c->rejected};
	struct buf name = BUF_INIT;

	buf_fmt(&name, "%s/%s", u->of.source, u->of.resource);
	p.resource = name.at;
	progress_report(&p, force);
	buf_release(&name);
}

static void
add_counts(struct state_counts *to, const struct state_counts *c)
{
	to->fetched += c->fetched;
	to->inserted += c->inserted;
	to->updated += c->updated;
	to->unchanged += c->unchanged;
	to->stale += c->stale;
	to->parked += c->parked;
	to->rejected += c->rejected;
	to->deleted += c->deleted;
	to->repaired += c->repaired;
	to->calls += c->calls;
	to->retries += c->retries;
	to->waited_ms += c->waited_ms;
	to->missing += c->missing;
}

static int
batch_now(struct upsert *u, const struct mark *end, struct why *why)
{
	if (write_batch(u, end, why) == -1)
		return -1;
	report(u, end != NULL);
	return 0;
}

/* Law 1 of ha(7): whatever came is in exactly one of these. */
static int
conserved(const struct upsert *u, struct why *why)
{
	const struct state_counts *c = &u->counts;

	if (c->fetched == c->inserted + c->updated + c->unchanged + c->stale +
			      c->parked + c->rejected)
		return 0;
	return why_set(why, EX_SOFTWARE,
	    "%s/%s: %" PRIu64 " records came, but the counts of what became "
	    "of them differ",
	    u->of.source, u->of.resource, c->fetched);
}

/* end NULL: the stream stops here, but what came is stored. */
static int
section_end(struct upsert *u, const struct mark *end, struct why *why)
{
	struct buf text = BUF_INIT;

	u->in_section = false;
	if (batch_now(u, end, why) == -1)
		return -1;
	u->since_ms = clock_ms();
	keys_note(u);
	odd_note(u);
	add_counts(&u->sum->counts, &u->counts);
	if (u->o->section != NULL) {
		reasons_text(&u->reasons, &text);
		u->o->section(u->of.source, u->of.resource, &u->counts,
		    text.len > 0 ? text.at : "");
		buf_release(&text);
	}
	return conserved(u, why);
}

static bool
full(const struct upsert *u)
{
	const struct batch *b = &u->batch;

	if (u->broken || b->text.len >= BATCH_BYTES || b->n >= u->o->batch ||
	    u->n_closed >= u->o->batch ||
	    b->records >= u->o->batch * UNCHANGED_MAX)
		return true;
	if (b->n % 64 != 0 || !lane_is_open(u->lane[0]))
		return false;
	return clock_ms() - u->begun_ms > BATCH_AGE_MS;
}

/* Few enough rows are lost to a kill if pages of many are committed each. */
static bool
worth_a_position(const struct upsert *u)
{
	return u->has_cursor && (u->batch.text.len >= AT_BYTES ||
				    u->batch.records >= u->o->batch / 2);
}

/* The half line at the end of a plain file: does it parse? */
static int
whole_line(const struct line *line, struct why *why)
{
	struct json *j = json_new();
	int rc = json_check(j, line->text, line->len, NULL, why);

	json_free(j);
	if (rc == 0)
		return 0;
	return why_set(why, EX_DATAERR,
	    "line %" PRIu64 ": the input was cut inside it", line->no);
}

/* What is gone from two groups of one parent is found in two batches. */
static int
take_open(struct upsert *u, const struct mark *open, struct why *why)
{
	int rc = group_open(u, open, why);

	if (rc != 1)
		return rc;
	if (write_batch(u, NULL, why) == -1)
		return -1;
	return group_open(u, open, why);
}

static int
take_mark(struct upsert *u, const struct item *item, struct why *why)
{
	const struct mark *m = item->mark;
	int64_t us;

	if (item->kind == MARK_BEGIN && section_begin(u, m, why) == -1)
		return -1;
	if (item->kind == MARK_BAD)
		return take_bad(u, item, why);
	if (u->in_section)
		pass_mark(u, &item->line);
	switch (item->kind) {
	case MARK_OPEN:
		return take_open(u, m, why);
	case MARK_CLOSE:
		return group_close(u, item, why);
	case MARK_AT:
		if (m->cursor.len > 0) {
			text_or(&u->cursor, &m->cursor, "");
			u->has_cursor = true;
		}
		return 0;
	case MARK_CLOCK:
		if (time_parse(m->date.at, m->date.len, &us) == 0)
			u->far_ms = us / 1000;
		return 0;
	case MARK_END:
		u->in_group = false;
		return section_end(u, m, why);
	default:
		return 0;
	}
}

static int
take(struct upsert *u, const struct item *item, struct why *why)
{
	if (item->kind != MARK_NONE) {
		if (take_mark(u, item, why) == -1)
			return -1;
		if (((item->kind == MARK_CLOSE || item->kind == MARK_BAD) &&
			full(u)) ||
		    (item->kind == MARK_AT && worth_a_position(u)))
			return batch_now(u, NULL, why);
		return 0;
	}
	if (u->o->resource != NULL && !item->line.lf &&
	    whole_line(&item->line, why) == -1)
		return -1;
	if (take_record(u, &item->line, why) == -1)
		return -1;
	if (u->batch.records % 4096 == 0)
		report(u, false);
	return full(u) ? batch_now(u, NULL, why) : 0;
}

static bool
waits(const struct upsert *u)
{
	return u->batch.records > 0 || u->batch.n > 0 || u->n_closed > 0 ||
	       u->has_cursor;
}

/* The stream broke: what came before is stored; *why stays. */
static int
store_rest(struct upsert *u, const struct why *why)
{
	struct why w = {0};

	u->rewind = stream_miscounted(u->in);
	if (u->in_section && why->status != EX_USAGE)
		section_end(u, NULL, &w);
	return -1;
}

static int
loop(struct upsert *u, struct why *why)
{
	static const struct mark plain_end = {
	    .kind = MARK_END, .complete = true};
	struct item item;
	int got;

	if (u->o->resource != NULL && section_begin(u, NULL, why) == -1)
		return -1;
	for (;;) {
		if (waits(u) && !stream_ready(u->in, IDLE_MS) &&
		    batch_now(u, NULL, why) == -1)
			return -1;
		if ((got = stream_next(u->in, &item, why)) == -1)
			return store_rest(u, why);
		if (got == 0)
			break;
		if (take(u, &item, why) == -1)
			return -1;
	}
	if (u->o->resource != NULL)
		return section_end(u, &plain_end, why);
	return 0;
}

static void
release(struct upsert *u)
{
	section_drop(u);
	reasons_clear(&u->reasons);
	for (size_t i = 0; i < u->n_lanes; i++)
		lane_close(u->lane[i]);
	source_free(u->source);
	batch_release(&u->batch);
	groups_release(u);
	free(u->open.at);
	free(u->parked.at);
	free(u->echo);
	json_free(u->json);
	free(u->dead.at);
	emit_release(&u->emit);
	aside_close(u->aside);
	buf_release(&u->kept_names);
	buf_release(&u->customer);
	buf_release(&u->account);
	buf_release(&u->mode_word);
	buf_release(&u->run);
	buf_release(&u->from);
	buf_release(&u->cursor);
	buf_release(&u->key);
	buf_release(&u->fields);
	buf_release(&u->would);
	buf_release(&u->began);
	buf_release(&u->begun);
	buf_release(&u->horizon);
	buf_release(&u->steers);
}

int
upsert_run(struct stream *in, const struct upsert_options *o,
    struct upsert_sum *sum, struct why *why)
{
	struct upsert u = {
	    .o = o, .in = in, .sum = sum, .since_ms = clock_ms()};
	int rc = -1;

	emit_init(&u.emit, o->resource != NULL);
	u.group.number = NO_PARENT;
	if (run_id_check(why) == -1)
		goto out;
	if (o->reject != NULL && (u.aside = aside_open(o->reject, why)) == NULL)
		goto out;
	while (u.n_lanes < (size_t)(o->dry_run ? 1 : o->jobs)) {
		u.lane[u.n_lanes] =
		    lane_open(o->dbname, o->dry_run, u.n_lanes == 0, why);
		if (u.lane[u.n_lanes] == NULL)
			goto out;
		lane_hurry(u.lane[u.n_lanes], o->jobs > 1);
		u.n_lanes++;
	}
	rc = loop(&u, why);
	if (rc == 0)
		rc = aside_flush(u.aside, why);
out:
	release(&u);
	return rc;
}
