#include "mock/hostaway/hostaway_facts.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define SPAN_DAYS 540 /* how far the account goes back */

static void *
made(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

/* Adds one pointer to an array that doubles. */
static void
append(void *array, size_t *n, void *one)
{
	void ***to = array;

	if (*n == 0 || (*n & (*n - 1)) == 0)
		if ((*to = reallocarray(
			 *to, *n == 0 ? 1 : *n * 2, sizeof(void *))) == NULL)
			err(EX_OSERR, NULL);
	(*to)[(*n)++] = one;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static const char *
any_status(struct rng *r)
{
	static const struct {
		int share;
		const char *name;
	} of[] = {{222, "new"}, {207, "modified"}, {149, "inquiry"},
	    {84, "cancelled"}, {20, "declined"}, {16, "inquiryNotPossible"},
	    {5, "inquiryPreapproved"}, {4, "expired"}};
	int64_t n = rng_between(r, 0, 706);
	size_t i = 0;

	while (n >= of[i].share)
		n -= of[i++].share;
	return of[i].name;
}

static void
make_listing(struct estate *e, int no)
{
	struct rng r = rng_of(e->size.seed, "listing", (uint64_t)no);
	struct listing *l = made(sizeof(*l));

	l->no = no;
	l->id = 40160 + no * 7 + rng_between(&r, 0, 6);
	l->inserted = e->size.now - (SPAN_DAYS + 200 - no % 90) * DAY_S -
		      rng_between(&r, 0, DAY_S - 1);
	l->latest = e->size.now - rng_between(&r, 5, 200) * DAY_S +
		    rng_between(&r, 0, DAY_S - 1);
	l->photos =
	    (int)(e->size.photos > 0 ? rng_between(&r, e->size.photos / 2,
					   e->size.photos * 3 / 2)
				     : 0);
	append(&e->listings, &e->n_listings, l);
}

struct booking *
estate_book(struct estate *e, int64_t listing, int64_t at)
{
	struct booking *b = made(sizeof(*b));
	struct rng r;
	int64_t kind;

	b->id = e->next_booking;
	r = rng_of(e->size.seed, "booking", (uint64_t)b->id);
	e->next_booking += rng_between(&r, 1, 4000);
	b->listing = b->first_listing = listing;
	b->inserted = b->updated = b->latest = at;
	b->arrival = at / DAY_S + 1 + (int64_t)rng_exp(&r, 45);
	b->nights = (int)least(1 + (int64_t)rng_exp(&r, 3), 30);
	kind = rng_between(&r, 0, 99);
	b->channel = kind < 80 ? AIRBNB : kind < 93 ? VRBO : DIRECT;
	b->status = any_status(&r);
	/* one guest in eight has been here before */
	b->guest = e->n_bookings > 8 && rng_chance(&r, 0.125)
		       ? e->bookings[rng_next(&r) % e->n_bookings]->guest
		       : b->id;
	append(&e->bookings, &e->n_bookings, b);
	return b;
}

static void
make_booking(struct estate *e, int64_t no)
{
	struct rng r = rng_of(e->size.seed, "stay", (uint64_t)no);
	int64_t n = e->size.reservations, span = SPAN_DAYS * (int64_t)DAY_S;
	int64_t at = e->size.now - span +
		     (int64_t)((double)span * ((double)no / (double)n)) +
		     rng_between(&r, 0, span / n) - 600;
	const struct listing *l = e->listings[rng_next(&r) % e->n_listings];
	struct booking *b;

	b = estate_book(e, l->id, most(at, e->size.now - span));
	if (no >= n - e->size.orphans)
		b->listing = b->first_listing = 99000 + no % 7;
	else if (rng_chance(&r, 0.011))
		b->first_listing = e->listings[0]->id;
}

struct thread *
estate_talk(struct estate *e, struct booking *b)
{
	struct thread *t = made(sizeof(*t));
	struct rng r = rng_of(e->size.seed, "thread", (uint64_t)b->id);

	t->id = e->next_thread;
	e->next_thread += rng_between(&r, 1, 3000);
	t->booking = b;
	b->thread = t;
	append(&e->threads, &e->n_threads, t);
	return t;
}

struct note *
estate_say(struct estate *e, struct thread *t)
{
	struct note *m = made(sizeof(*m));

	m->thread = t;
	m->listing = t->booking->listing;
	m->status = "sent";
	if (e->next_note > 0) {
		struct rng r =
		    rng_of(e->size.seed, "note", (uint64_t)e->next_note);

		m->id = e->next_note;
		e->next_note += rng_between(&r, 1, 900);
	}
	append(&t->notes, &t->n, m);
	return m;
}

void
estate_unsay(struct note *m)
{
	struct thread *t = m->thread;
	size_t i = 0;

	while (t->notes[i] != m)
		i++;
	for (t->n--; i < t->n; i++)
		t->notes[i] = t->notes[i + 1];
	free(m);
}

/* Seconds until a channel's message is stored here: mostly few. */
static int64_t
import_lag(struct rng *r)
{
	if (rng_chance(r, 0.03))
		return rng_between(r, 60, 38 * 60);
	return rng_between(r, 5, 15);
}

/* One message of the past, sent at `date`. */
static void
make_note(struct estate *e, struct thread *t, struct rng *r, int64_t date,
    bool incoming)
{
	struct note *m = estate_say(e, t);

	m->incoming = incoming;
	m->attachment = rng_chance(r, 0.04);
	m->origin = incoming || rng_chance(r, 0.4) ? FROM_CHANNEL
		    : rng_chance(r, 0.5)	   ? FROM_AUTOMATION
						   : FROM_DASHBOARD;
	m->date = date;
	m->inserted = m->updated = date;
	if (m->origin == FROM_CHANNEL)
		m->inserted = m->updated = date + import_lag(r);
	else if (m->origin == FROM_DASHBOARD)
		m->sent = m->updated = date + rng_between(r, 0, 2);
	else {
		m->date = date - date % 3600;
		m->inserted =
		    most(t->booking->inserted + 1, m->date - 4 * DAY_S);
		m->sent = m->updated =
		    most(m->date, m->inserted) + rng_between(r, 24, 24 * 60);
	}
}

/* A message that waits for its hour, or was called off. */
static void
make_planned(struct estate *e, struct thread *t, struct rng *r)
{
	struct note *m = estate_say(e, t);

	m->origin = FROM_AUTOMATION;
	m->status = rng_chance(r, 0.2) ? "cancelled_by_system" : "awaiting";
	m->date =
	    (e->size.now / DAY_S + rng_between(r, 2, 90)) * DAY_S + 19 * 3600;
	m->inserted = m->updated =
	    least(t->booking->latest + 5, e->size.now - 60);
}

/* The conversation's own times, from its messages. */
static void
date_thread(struct thread *t, struct rng *r)
{
	int64_t before = 0, event = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct note *m = t->notes[i];

		if (m->incoming && m->inserted > t->received)
			t->received = m->inserted;
		if (!m->incoming && m->date > t->sent) {
			before = t->sent;
			t->sent = m->date;
		}
		event = most(event, most(m->updated, m->inserted));
	}
	if (t->received > 0)
		t->received += rng_chance(r, 0.15);
	if (before > 0 && rng_chance(r, 0.02))
		t->sent = before; /* seen: not every message moves it */
	t->booking->latest = most(t->booking->latest, event + 2);
}

static int
by_inserted(const void *a, const void *b)
{
	const struct note *x = *(struct note *const *)a;
	const struct note *y = *(struct note *const *)b;

	if (x->inserted != y->inserted)
		return x->inserted < y->inserted ? -1 : 1;
	if (x->thread->id != y->thread->id)
		return x->thread->id < y->thread->id ? -1 : 1;
	return x->date < y->date ? -1 : x->date > y->date;
}

static void
make_thread(struct estate *e, struct booking *b, int64_t no)
{
	struct rng r = rng_of(e->size.seed, "talk", (uint64_t)no);
	struct thread *t = estate_talk(e, b);
	int64_t end =
	    least((b->arrival + b->nights + 2) * DAY_S, e->size.now - 1800);
	int64_t from = b->inserted + 30, n;
	bool silent = rng_chance(&r, 0.06); /* the guest never wrote */

	if (strncmp(b->status, "inquiry", 7) == 0)
		end = least(end, from + 3 * DAY_S);
	if (end <= from)
		end = from + 60;
	n = e->size.messages < 3
		? e->size.messages
		: 2 + (int64_t)rng_exp(&r, (double)e->size.messages - 1.5);
	for (int64_t i = 0; i < n; i++) {
		int64_t date = from + (end - from) * i / n +
			       rng_between(&r, 0, (end - from) / n);

		make_note(e, t, &r, date,
		    !silent && i > 0 && (i == 1 || rng_chance(&r, 0.5)));
	}
	date_thread(t, &r);
	if (rng_chance(&r, 0.1))
		make_planned(e, t, &r);
	if (t->n > 0)
		t->notes[0]->orphan = no < e->size.orphans;
}

/* When Hostaway last touched it: seldom the activity itself. */
static void
date_booking(struct estate *e, struct booking *b)
{
	struct rng r = rng_of(e->size.seed, "touch", (uint64_t)b->id);
	int64_t every = 20 * DAY_S, bulk;

	b->latest = least(b->latest, e->size.now - 60);
	b->updated = b->latest;
	if (rng_chance(&r, 0.48))
		b->updated += (int64_t)rng_exp(&r, DAY_S);
	/* a job over many rows at once: ties */
	bulk = (b->updated / every + 1) * every + rng_between(&r, 50580, 50581);
	if (rng_chance(&r, 0.15))
		b->updated = bulk;
	b->updated = b->updated > e->size.now - 60 ? b->latest : b->updated;
}

/* Message ids grow with the moment of storing, over all conversations. */
static void
number_notes(struct estate *e)
{
	struct note **all = NULL;
	size_t n = 0;
	int64_t id = 250000000;

	for (size_t i = 0; i < e->n_threads; i++)
		for (size_t k = 0; k < e->threads[i]->n; k++)
			append(&all, &n, e->threads[i]->notes[k]);
	if (n > 0)
		qsort(all, n, sizeof(*all), by_inserted);
	for (size_t i = 0; i < n; i++) {
		struct rng r = rng_of(e->size.seed, "gap", i);

		all[i]->id = id;
		id += rng_between(&r, 1, 900);
	}
	for (size_t i = 0; i < e->n_threads; i++)
		qsort(e->threads[i]->notes, e->threads[i]->n, sizeof(*all),
		    by_inserted);
	e->next_note = id;
	free(all);
}

struct estate *
estate_new(const struct mock_size *size)
{
	struct estate *e = made(sizeof(*e));

	e->size = *size;
	e->next_booking = 28000000;
	e->next_thread = 19000000;
	for (int64_t i = 0; i < size->listings; i++)
		make_listing(e, (int)i);
	for (int64_t i = 0; i < size->reservations; i++)
		make_booking(e, i);
	for (int64_t i = 0; i < size->conversations && i < size->reservations;
	     i++)
		make_thread(e, e->bookings[i], i);
	for (size_t i = 0; i < e->n_bookings; i++)
		date_booking(e, e->bookings[i]);
	number_notes(e);
	return e;
}

void
estate_free(struct estate *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->n_threads; i++) {
		for (size_t k = 0; k < e->threads[i]->n; k++)
			free(e->threads[i]->notes[k]);
		free(e->threads[i]->notes);
		free(e->threads[i]);
	}
	for (size_t i = 0; i < e->n_bookings; i++)
		free(e->bookings[i]);
	for (size_t i = 0; i < e->n_listings; i++)
		free(e->listings[i]);
	free(e->threads);
	free(e->bookings);
	free(e->listings);
	free(e);
}
