#include "mock/hostaway/hostaway_int.h"

#include <stdlib.h>
#include <string.h>

#include "mock/hostaway/hostaway_page.h"
#include "mock/hostaway/hostaway_json.h"
#include "mock/server/mock_answer.h"

static const struct mock_order by_id = {-1, -1, false, false, false};

static void
set_booking(struct mock_row *row)
{
	const struct booking *b = row->fact;

	row->v[BOOKING_LISTING] = b->listing;
	row->v[BOOKING_UPDATED] = b->updated;
	row->v[BOOKING_LATEST] = b->latest;
	row->v[BOOKING_CHANNEL] = shape_channel(b->channel);
	row->v[BOOKING_ARRIVAL] = b->arrival;
	row->v[BOOKING_DEPARTURE] = b->arrival + b->nights;
	row->v[BOOKING_INSERTED] = b->inserted;
	row->v[BOOKING_CANCELLED] = strcmp(b->status, "cancelled") == 0;
	row->v[BOOKING_SENT] = b->thread != NULL ? b->thread->sent : 0;
	row->v[BOOKING_RECEIVED] = b->thread != NULL ? b->thread->received : 0;
	row->v[BOOKING_ZERO] = 0;
}

static void
set_thread(struct mock_row *row)
{
	const struct thread *t = row->fact;

	row->v[THREAD_BOOKING] = t->booking->id;
	row->v[THREAD_SENT] = t->sent;
}

static void
put_note(struct hostaway *h, struct note *m)
{
	struct mock_row *row = row_new(m->id, m);

	row->v[NOTE_THREAD] = m->thread->id;
	row->v[NOTE_DATE] = m->date;
	row->v[NOTE_IS_SENT] = strcmp(m->status, "sent") == 0;
	row->fresh = m->attachment;
	table_put(h->notes, row);
}

static void
put_booking(struct hostaway *h, struct booking *b)
{
	struct mock_row *row = row_new(b->id, b);

	set_booking(row);
	table_put(h->bookings, row);
	review_add(h, b);
}

static void
put_thread(struct hostaway *h, struct thread *t)
{
	struct mock_row *row = row_new(t->id, t);

	set_thread(row);
	table_put(h->threads, row);
	for (size_t i = 0; i < t->n; i++)
		put_note(h, t->notes[i]);
}

/* The first letters of the name, to sort by. */
static int64_t
name_value(const struct estate *e, int64_t id)
{
	struct buf name = BUF_INIT;
	int64_t value = 0;

	shape_listing_name(e, id, &name);
	for (size_t i = 1; i < 8; i++)
		value =
		    value << 8 | (i < name.len ? (unsigned char)name.at[i] : 0);
	buf_release(&name);
	return value;
}

void
change_open(struct hostaway *h)
{
	const struct estate *e = h->e;

	for (size_t i = 0; i < e->n_listings; i++) {
		struct listing *l = e->listings[i];
		struct mock_row *row = row_new(l->id, l);

		row->v[LISTING_NAME] = name_value(e, l->id);
		row->v[LISTING_ORDER] = l->no;
		row->v[LISTING_LATEST] = l->latest;
		table_put(h->listings, row);
	}
	for (size_t i = 0; i < e->n_bookings; i++)
		put_booking(h, e->bookings[i]);
	for (size_t i = 0; i < e->n_threads; i++)
		put_thread(h, e->threads[i]);
}

/* Brings both rows of a stay up to date with its facts. */
static void
refresh(struct hostaway *h, struct booking *b)
{
	struct mock_row *row = table_find(h->bookings, b->id);

	if (row != NULL) {
		table_take(h->bookings, row);
		set_booking(row);
		table_put(h->bookings, row);
	}
	if (b->thread == NULL ||
	    (row = table_find(h->threads, b->thread->id)) == NULL)
		return;
	table_take(h->threads, row);
	set_thread(row);
	table_put(h->threads, row);
}

static void
touch(struct hostaway *h, struct booking *b)
{
	b->updated = b->latest = h->clock;
	refresh(h, b);
}

static int64_t
lag(struct hostaway *h, struct rng *r)
{
	return rng_chance(r, h->late_import) ? rng_between(r, 60, 38 * 60)
					     : rng_between(r, 11, 14);
}

/* One message comes in or goes out, now. */
static void
say(struct hostaway *h, struct thread *t)
{
	struct note *m = estate_say(h->e, t);
	struct rng r = rng_of(h->e->size.seed, "say", (uint64_t)m->id);

	if (!rng_chance(&r, 0.15)) /* else within the same second */
		h->clock++;
	m->incoming = rng_chance(&r, 0.55);
	m->attachment = rng_chance(&r, 0.04);
	m->origin = m->incoming || rng_chance(&r, 0.4) ? FROM_CHANNEL
		    : rng_chance(&r, 0.5)	       ? FROM_AUTOMATION
						       : FROM_DASHBOARD;
	m->date = m->inserted = m->updated = h->clock;
	if (m->origin == FROM_CHANNEL)
		m->date = h->clock - lag(h, &r);
	else
		m->sent = h->clock;
	if (m->origin == FROM_AUTOMATION)
		m->date =
		    h->clock - (int64_t)(h->late_automation *
					 (double)rng_between(&r, 24, 24 * 60));
	if (m->incoming)
		t->received = h->clock;
	else if (m->date > t->sent && !rng_chance(&r, h->unmoved_sent))
		t->sent = m->date;
	put_note(h, m);
	touch(h, t->booking);
}

static void
delete_thread(struct hostaway *h, struct thread *t)
{
	struct mock_row *row;

	for (size_t i = 0; i < t->n; i++)
		if ((row = table_find(h->notes, t->notes[i]->id)) != NULL)
			table_delete(h->notes, row);
	if ((row = table_find(h->threads, t->id)) != NULL)
		table_delete(h->threads, row);
	t->booking->thread = NULL;
}

static void
delete_booking(struct hostaway *h, struct booking *b)
{
	struct mock_row *row;

	if (b->thread != NULL)
		delete_thread(h, b->thread);
	for (int i = 0; i < 2; i++)
		if ((row = table_find(h->reviews, b->id * 2 + i)) != NULL)
			table_delete(h->reviews, row);
	table_delete(h->bookings, table_find(h->bookings, b->id));
}

static struct booking *
add_booking(struct hostaway *h, int64_t listing)
{
	struct booking *b;

	h->clock++;
	b = estate_book(h->e, listing, h->clock);
	put_booking(h, b);
	put_thread(h, estate_talk(h->e, b));
	say(h, b->thread);
	return b;
}

void
change_between_pages(struct hostaway *h)
{
	struct rng r = rng_of(h->e->size.seed, "move", h->pages++);
	struct mock_row *row;

	for (int i = 0; rng_chance(&r, h->move) && i < 3; i++) {
		h->clock++;
		if (rng_chance(&r, 0.5) &&
		    (row = table_any(h->threads, &r)) != NULL)
			say(h, row->fact);
		else if ((row = table_any(h->bookings, &r)) != NULL) {
			((struct booking *)row->fact)->edits++;
			touch(h, row->fact);
		}
	}
	if (rng_chance(&r, h->vanish) &&
	    (row = table_any(h->bookings, &r)) != NULL)
		delete_booking(h, row->fact);
	if (rng_chance(&r, h->relist) &&
	    (row = table_any(h->bookings, &r)) != NULL) {
		struct mock_row *to = table_any(h->listings, &r);

		h->clock++;
		if (to != NULL)
			((struct booking *)row->fact)->listing = to->id;
		touch(h, row->fact);
	}
}

/* What a change did, for the caller to compare. */
static void
reply(struct mock_answer *a, const char *what, int64_t n)
{
	buf_fmt(&a->body, "{\"%s\":%lld}\n", what, (long long)n);
}

/* n messages over k conversations that were not chosen before. */
static void
arrive(struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	int64_t k = request_number(r, "conversations", 1);
	int64_t n = request_number(r, "n", k);
	int64_t id = request_number(r, "conversation", 0);
	size_t count = table_count(h->threads), start;
	struct rng g = rng_of(h->e->size.seed, "arrive", (uint64_t)h->clock);
	struct mock_row **chosen;
	size_t total;

	if (count == 0 || k < 1) {
		reply(a, "messages", 0);
		return;
	}
	if ((size_t)k > count)
		k = (int64_t)count;
	chosen = calloc((size_t)k, sizeof(*chosen));
	start = rng_next(&g) % count;
	for (int64_t i = 0; chosen != NULL && i < k; i++)
		chosen[i] = table_rows(h->threads, &by_id,
		    &total)[(start + (size_t)i * (count / (size_t)k)) % count];
	if (id > 0 && chosen != NULL && k == 1)
		chosen[0] = table_find(h->threads, id);
	for (int64_t i = 0; chosen != NULL && i < n; i++)
		if (chosen[i % k] != NULL)
			say(h, chosen[i % k]->fact);
	free(chosen);
	reply(a, "messages", n);
}

static bool
missing(struct mock_row *row, struct mock_answer *a)
{
	if (row == NULL)
		mock_fail(a, 404, "no such row");
	return row == NULL;
}

static void
update(struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	int64_t id = request_number(r, "reservation", 0);
	int64_t listing = request_number(r, "listing", 0);
	int64_t review = request_number(r, "review", 0);
	struct mock_row *row;

	h->clock++;
	if (id > 0) {
		row = table_find(h->bookings, id);
		if (missing(row, a))
			return;
		((struct booking *)row->fact)->edits++;
		if (listing > 0)
			((struct booking *)row->fact)->listing = listing;
		touch(h, row->fact);
	} else if (review > 0) {
		row = table_find(h->reviews, review);
		if (missing(row, a))
			return;
		review_publish(h, row);
	} else {
		row = table_find(h->listings, listing);
		if (missing(row, a))
			return;
		table_take(h->listings, row);
		((struct listing *)row->fact)->edits++;
		((struct listing *)row->fact)->latest = h->clock;
		row->v[LISTING_LATEST] = h->clock;
		table_put(h->listings, row);
	}
	reply(a, "updated", 1);
}

/* Nothing tells of it but the conversation, if it was the newest. */
static void
unsay(struct hostaway *h, struct note *m)
{
	struct booking *b = m->thread->booking;

	estate_unsay(m);
	refresh(h, b);
}

static void delete (
    struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	const struct {
		const char *name;
		struct mock_table *table;
	} of[] = {{"reservation", h->bookings}, {"conversation", h->threads},
	    {"message", h->notes}, {"review", h->reviews},
	    {"listing", h->listings}};

	for (size_t i = 0; i < 5; i++) {
		int64_t id = request_number(r, of[i].name, 0);
		struct mock_row *row = table_find(of[i].table, id);

		if (id == 0)
			continue;
		if (missing(row, a))
			return;
		if (i == 0)
			delete_booking(h, row->fact);
		else if (i == 1)
			delete_thread(h, row->fact);
		else {
			table_delete(of[i].table, row);
			if (of[i].table == h->notes)
				unsay(h, row->fact);
		}
		reply(a, "deleted", 1);
		return;
	}
	mock_fail(a, 400,
	    "what? reservation, conversation, message, review "
	    "or listing");
}

static void
add(struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	int64_t listing = request_number(r, "listing", 0);
	int64_t n = request_number(r, "n", 1);
	struct rng g = rng_of(h->e->size.seed, "add", (uint64_t)h->clock);
	struct mock_row *row;

	for (int64_t i = 0; i < n; i++) {
		row = table_any(h->listings, &g);
		add_booking(h, listing > 0 || row == NULL ? listing : row->id);
	}
	reply(a, "added", n);
}

/* All rows as they are, a line each, by id. */
static void
dump(struct hostaway *h, const char *name, struct mock_answer *a)
{
	struct mock_table *tables[] = {
	    h->listings, h->bookings, h->threads, h->notes, h->reviews};
	struct mock_table *t = NULL;

	for (size_t i = 0; i < 5; i++)
		if (strcmp(table_name(tables[i]), name) == 0)
			t = tables[i];
	a->type = "application/x-ndjson";
	if (t == NULL && extra_dump(h->extra, name, &a->body))
		return;
	if (t == NULL && (t = extra_table(h->extra, name)) == NULL) {
		mock_fail(a, 404, "no such table");
		return;
	}
	table_lines(t, &by_id, t == h->notes, &a->body);
}

static double
share_arg(const struct request *r, const char *name, double usual)
{
	return (double)request_number(r, name, (int64_t)(usual * 100 + 0.5)) /
	       100;
}

bool
change_control(struct hostaway *h, struct request *r, const char *path,
    struct mock_answer *a)
{
	if (strncmp(path, "/dump/", 6) == 0)
		dump(h, path + 6, a);
	else if (strcmp(path, "/message") == 0)
		arrive(h, r, a);
	else if (strcmp(path, "/update") == 0)
		update(h, r, a);
	else if (strcmp(path, "/delete") == 0)
		delete (h, r, a);
	else if (strcmp(path, "/add") == 0)
		add(h, r, a);
	else if (strcmp(path, "/knobs") == 0) { /* in percent */
		h->late_import = share_arg(r, "late", h->late_import);
		h->late_automation =
		    share_arg(r, "automation", h->late_automation);
		h->unmoved_sent = share_arg(r, "unmoved", h->unmoved_sent);
		h->move = share_arg(r, "move", h->move);
		h->vanish = share_arg(r, "vanish", h->vanish);
		h->relist = share_arg(r, "relist", h->relist);
		reply(a, "knobs", 6);
	} else
		return false;
	return true;
}
