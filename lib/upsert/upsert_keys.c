#include "upsert/upsert_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/timeval.h"

/*
 * A section of mode keys: each record is the key of a row that exists at the
 * source, and nothing more. Nothing of it is stored. A key that is in the
 * map is noted there as seen, so that prune finds what was not; one that is
 * not is missing here (never stored, or pruned when it was not there) and is
 * passed on, to be fetched.
 *
 * What others stored since the walk began may not have been there when its
 * place was read. Of two clocks, that of the walk and the database's, only how
 * much time passed is compared.
 */

#define LATER_S 60 /* from then on the keys came from a file */
#define SLACK_S 10 /* that a transaction of another's may have been open */

/* Seconds since the walk began, and slack; -1: the mark does not say. */
static double
age(const struct mark *begin)
{
	int64_t us;
	double s;

	if (begin == NULL || begin->begun.len == 0 ||
	    time_parse(begin->begun.at, begin->begun.len, &us) == -1)
		return -1;
	s = (double)(clock_wall_us() - us) / 1e6;
	if (s < 0)
		return 0;
	return s > LATER_S ? s + SLACK_S : s;
}

int
section_began(struct upsert *u, const struct mark *begin, struct why *why)
{
	double seconds = age(begin);
	char text[32];

	buf_clear(&u->began);
	if (seconds < 0)
		return 0;
	snprintf(text, sizeof(text), "%.6f", seconds);
	return db_value(lane_db(u->lane[0]), why,
		   "SELECT clock_timestamp() - make_interval(secs => $1)", 1,
		   (const char *const[]){text}, &u->began) == -1
		   ? -1
		   : 0;
}

int
keys_begin(struct upsert *u, struct why *why)
{
	return load_map(u, why) == -1 ? -1 : see_parked(u, why);
}

void
keys_limit(const struct upsert *u, struct buf *sql)
{
	if (keys_come(u) && u->began.len > 0)
		db_fmt(sql, " AND t.updated_at < %L", u->began.at);
}

void
keys_missing(struct upsert *u, const struct line *line, uint64_t key)
{
	struct entry *e = batch_add(&u->batch, line);

	u->batch.records--; /* it counts where its row is fetched */
	e->key = key;
	e->has_key = true;
	e->fate = ENTRY_MISSING;
	e->fixed = true;
}

void
keys_note(struct upsert *u)
{
	if (!keys_come(u) || u->counts.missing == 0 || u->o->dry_run ||
	    u->o->emit == EMIT_MISSING || u->sum->note[0] != '\0')
		return;
	snprintf(u->sum->note, sizeof(u->sum->note),
	    "%s/%s: %" PRIu64 " keys came whose rows are not stored: --emit "
	    "missing passes them on to ha-page --lookup",
	    u->of.source, u->of.resource, u->counts.missing);
}
