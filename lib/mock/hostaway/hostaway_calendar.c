#include "mock/hostaway/hostaway_int.h"

#include <stdlib.h>
#include <string.h>

#include "mock/hostaway/hostaway_json.h"
#include "mock/server/mock_answer.h"
#include "base/timeval.h"

#define MAX_DAYS 1500

static const char day_shape[] =
    "{'date':$date,'isAvailable':$free,'isProcessed':1,'status':$status,"
    "'price':$price,'minimumStay':%o{1|1|2|3},'maximumStay':365,"
    "'closedOnArrival':null,'closedOnDeparture':null,'note':$note,"
    "'countAvailableUnits':$free,'availableUnitsToSell':$free,"
    "'countPendingUnits':0,'countBlockingReservations':0,"
    "'countBlockedUnits':0,'countReservedUnits':$taken,"
    "'desiredUnitsToSell':null,'reservations':$bookings,'id':$id}";

struct day_facts {
	const struct hostaway *h;
	int64_t listing, day;
	const struct booking *taken; /* NULL: nobody */
	bool with_bookings;
};

static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static bool
day_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	const struct day_facts *f = ctx;
	struct rng r = rng_of(f->h->e->size.seed, "price",
	    (uint64_t)(f->listing * 100000 + f->day));

	if (is(name, len, "date"))
		gen_date(to, f->day);
	else if (is(name, len, "free"))
		buf_chr(to, f->taken == NULL ? '1' : '0');
	else if (is(name, len, "taken"))
		buf_chr(to, f->taken == NULL ? '0' : '1');
	else if (is(name, len, "status"))
		gen_quoted(to, f->taken == NULL ? "available" : "reserved");
	else if (is(name, len, "price"))
		shape_fill(to, "%n{1}%m{90,400}", &r, NULL, NULL);
	else if (is(name, len, "id"))
		buf_fmt(to, "%lld", (long long)(f->listing * 100000 + f->day));
	else if (is(name, len, "bookings")) {
		buf_chr(to, '[');
		if (f->with_bookings && f->taken != NULL)
			shape_booking(f->h->e, f->taken, BOOKING_THIN, to);
		buf_chr(to, ']');
	} else
		return false;
	return true;
}

/* Who stays when: the bookings of each day from `from` on. */
static void
find_stays(struct hostaway *h, int64_t listing, int64_t from, int64_t n,
    const struct booking **stays)
{
	static const struct mock_order by_listing = {
	    BOOKING_LISTING, -1, false, false, false};
	size_t count;
	struct mock_row *const *rows =
	    table_rows(h->bookings, &by_listing, &count);

	for (size_t i = 0; i < count; i++) {
		const struct booking *b = rows[i]->fact;

		if (b->listing != listing ||
		    (strcmp(b->status, "new") != 0 &&
			strcmp(b->status, "modified") != 0))
			continue;
		for (int64_t d = b->arrival; d < b->arrival + b->nights; d++)
			if (d >= from && d < from + n)
				stays[d - from] = b;
	}
}

static bool
day_arg(const struct request *r, const char *name, int64_t usual, int64_t *to)
{
	const char *text = request_arg(r, name);
	int64_t us;

	*to = usual;
	if (text == NULL)
		return true;
	if (time_parse(text, strlen(text), &us) == -1)
		return false;
	*to = us / 1000000 / DAY_S;
	return true;
}

void
calendar_serve(struct hostaway *h, const struct request *r, int64_t listing,
    struct mock_answer *a)
{
	const char *with = request_arg(r, "includeResources");
	struct day_facts f = {.h = h, .listing = listing};
	const struct booking *stays[MAX_DAYS] = {NULL};
	int64_t from, to;

	if (table_find(h->listings, listing) == NULL) {
		mock_fail(a, 404, "Resource not found");
		return;
	}
	if (!day_arg(r, "startDate", h->clock / DAY_S, &from) ||
	    !day_arg(r, "endDate", h->clock / DAY_S + 365, &to)) {
		mock_fail(a, 400, "startDate or endDate is not a date");
		return;
	}
	if (to - from >= MAX_DAYS)
		to = from + MAX_DAYS - 1;
	f.with_bookings = with != NULL && strcmp(with, "1") == 0;
	if (to >= from)
		find_stays(h, listing, from, to - from + 1, stays);
	buf_str(&a->body, "{\"status\":\"success\",\"result\":[");
	for (f.day = from; f.day <= to; f.day++) {
		struct rng g = rng_of(h->e->size.seed, "day",
		    (uint64_t)(listing * 100000 + f.day));

		f.taken = stays[f.day - from];
		if (f.day > from)
			buf_chr(&a->body, ',');
		shape_fill(&a->body, day_shape, &g, day_fact, &f);
	}
	buf_str(&a->body, "]}");
}
