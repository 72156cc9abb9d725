#include "console/tally.h"

#include <string.h>

static const char *const names[TALLY_STAGES] = {
    "ha-page", "ha-unnest", "ha-filter-parents", "ha-upsert"};

struct progress
tally_sum(const struct tally *t, enum tally_stage stage)
{
	struct progress sum = t->of[stage].past;

	progress_add(&sum, &t->of[stage].now);
	return sum;
}

static struct fates
fates_of(const struct progress *p)
{
	struct fates f = {.stored = p->inserted + p->updated,
	    .skipped = p->unchanged + p->stale,
	    .failed = p->rejected,
	    .parked = p->parked};

	f.fetched = f.stored + f.skipped + f.failed + f.parked;
	return f;
}

/* What was committed since ha-upsert last told of a commit. */
static void
next_batch(struct tally *t)
{
	struct progress sum = tally_sum(t, TALLY_UPSERT);
	struct fates is = fates_of(&sum);

	if (is.fetched <= t->known.fetched)
		return;
	t->batch = (struct fates){is.fetched - t->known.fetched,
	    is.stored - t->known.stored, is.skipped - t->known.skipped,
	    is.failed - t->known.failed, is.parked - t->known.parked};
	t->known = is;
}

void
tally_take(struct tally *t, const struct progress_line *l)
{
	struct tally_process *p;
	int stage = 0;

	while (stage < TALLY_STAGES && strcmp(l->stage, names[stage]) != 0)
		stage++;
	if (stage == TALLY_STAGES)
		return;
	p = &t->of[stage];
	if (p->pid != l->pid)
		progress_add(&p->past, &p->now);
	p->pid = l->pid;
	p->now = l->is;
	if (stage == TALLY_PAGE)
		memcpy(t->why, l->why, sizeof(t->why));
	if (stage == TALLY_UPSERT)
		next_batch(t);
}

static uint64_t
more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t
tally_parked(const struct tally *t)
{
	return more(tally_sum(t, TALLY_FILTER).parked,
	    tally_sum(t, TALLY_UPSERT).parked);
}

uint64_t
tally_rejected(const struct tally *t)
{
	return more(tally_sum(t, TALLY_FILTER).rejected,
	    tally_sum(t, TALLY_UPSERT).rejected);
}

struct fates
tally_fates(const struct tally *t)
{
	struct progress sum = tally_sum(t, TALLY_UPSERT);
	struct fates f = fates_of(&sum);
	int first = 0;

	while (first < TALLY_UPSERT && t->of[first].pid == 0)
		first++;
	f.fetched = tally_sum(t, (enum tally_stage)first).records;
	f.parked = tally_parked(t);
	f.failed = tally_rejected(t);
	return f;
}
