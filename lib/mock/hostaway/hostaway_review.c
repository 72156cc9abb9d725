#include "mock/hostaway/hostaway_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/hostaway/hostaway_page.h"
#include "mock/hostaway/hostaway_json.h"
#include "mock/server/mock_answer.h"

static const char review_shape[] =
    "{'id':$id,'accountId':$account,'listingMapId':$listing,"
    "'reservationId':$booking,'autoReviewId':null,'timeDelta':null,"
    "'scheduledDateTime':null,'channelId':$channel,'type':$type,"
    "'status':$status,'rating':$rating,'externalReviewId':$external,"
    "'externalReservationId':null,'publicReview':$public,"
    "'privateFeedback':null,'revieweeResponse':null,"
    "'isRevieweeRecommended':$liked,'isCancelled':0,"
    "'autoReviewTemplateId':null,'reviewCategory':$categories,"
    "'departureDate':$departure,'arrivalDate':$arrival,"
    "'listingName':$listingName,'guestName':$guestName,"
    "'submittedAt':$submitted,'insertedOn':$inserted,"
    "'updatedOn':$updated,'isHidden':0,'reviewerName':null}";

struct review_facts {
	const struct hostaway *h;
	const struct review *v;
};

static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static void
put_categories(const struct review *v, struct buf *to)
{
	static const char *const names[] = {
	    "cleanliness", "communication", "respect_house_rules"};

	buf_chr(to, '[');
	for (int i = 0; i < 3; i++)
		buf_fmt(to, "%s{\"category\":\"%s\",\"rating\":%d}",
		    i > 0 ? "," : "", names[i],
		    10 - (int)((v->id + i) % 3 == 0));
	buf_chr(to, ']');
}

static bool
written_fact(
    const struct review_facts *f, const char *name, size_t len, struct buf *to)
{
	const struct review *v = f->v;
	struct rng r =
	    rng_of(f->h->e->size.seed, "review-text", (uint64_t)v->id);

	if (v->submitted == 0) {
		if (is(name, len, "categories"))
			buf_str(to, "[]");
		return is(name, len, "categories");
	}
	if (is(name, len, "rating"))
		gen_money(to, v->rating * 10);
	else if (is(name, len, "external"))
		buf_fmt(to, "\"%lld\"", (long long)v->id * 7 + 1);
	else if (is(name, len, "public"))
		gen_text(to, &r, (int)rng_between(&r, 5, 60));
	else if (is(name, len, "liked"))
		buf_chr(to, '1');
	else if (is(name, len, "categories"))
		put_categories(v, to);
	else
		return false;
	return true;
}

static bool
review_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	const struct review_facts *f = ctx;
	const struct review *v = f->v;
	const struct booking *b = v->booking;
	const char *first, *last;

	if (written_fact(f, name, len, to))
		return true;
	shape_guest(f->h->e, b, &first, &last);
	if (is(name, len, "id"))
		buf_fmt(to, "%lld", (long long)v->id);
	else if (is(name, len, "account"))
		buf_fmt(to, "%lld", (long long)f->h->e->size.account);
	else if (is(name, len, "listing"))
		buf_fmt(to, "%lld", (long long)b->listing);
	else if (is(name, len, "booking"))
		buf_fmt(to, "%lld", (long long)b->id);
	else if (is(name, len, "channel"))
		buf_fmt(to, "%d", shape_channel(b->channel));
	else if (is(name, len, "type"))
		gen_quoted(to, v->by_host ? "host-to-guest" : "guest-to-host");
	else if (is(name, len, "status"))
		gen_quoted(to, v->status);
	else if (is(name, len, "arrival"))
		gen_time(to, b->arrival * DAY_S + 20 * 3600);
	else if (is(name, len, "departure"))
		gen_time(to, (b->arrival + b->nights) * DAY_S + 15 * 3600);
	else if (is(name, len, "listingName"))
		shape_listing_name(f->h->e, b->listing, to);
	else if (is(name, len, "guestName"))
		buf_fmt(to, "\"%s %s\"", first, last);
	else if (is(name, len, "submitted"))
		gen_time(to, v->submitted);
	else if (is(name, len, "inserted"))
		gen_time(to, v->inserted);
	else if (is(name, len, "updated"))
		gen_time(to, v->updated);
	else
		return false;
	return true;
}

void
review_render(const struct hostaway *h, const struct review *v, struct buf *to)
{
	struct review_facts f = {h, v};
	struct rng r = rng_of(h->e->size.seed, "review", (uint64_t)v->id);

	shape_fill(to, review_shape, &r, review_fact, &f);
}

static void
set_values(struct mock_row *row)
{
	const struct review *v = row->fact;
	const struct booking *b = v->booking;

	row->v[REVIEW_LISTING] = b->listing;
	row->v[REVIEW_BOOKING] = b->id;
	row->v[REVIEW_CHANNEL] = shape_channel(b->channel);
	row->v[REVIEW_TYPE] =
	    word_value(v->by_host ? "host-to-guest" : "guest-to-host");
	row->v[REVIEW_STATUS] = word_value(v->status);
	row->v[REVIEW_ARRIVAL] = b->arrival * DAY_S + 20 * 3600;
	row->v[REVIEW_DEPARTURE] = (b->arrival + b->nights) * DAY_S + 15 * 3600;
	if (v->submitted > 0) {
		row->v[REVIEW_RATING] = v->rating;
		row->v[REVIEW_SUBMITTED] = v->submitted;
	}
}

static void
add_one(struct hostaway *h, const struct booking *b, bool by_host)
{
	struct rng r =
	    rng_of(h->e->size.seed, "written", (uint64_t)(b->id * 2 + by_host));
	int64_t left = (b->arrival + b->nights) * DAY_S + 15 * 3600;
	struct review *v = calloc(1, sizeof(*v));
	struct mock_row *row;

	if (v == NULL ||
	    (h->all_reviews = reallocarray(h->all_reviews, h->n_reviews + 1,
		 sizeof(*h->all_reviews))) == NULL)
		err(EX_OSERR, NULL);
	h->all_reviews[h->n_reviews++] = v;
	*v = (struct review){.id = b->id * 2 + by_host,
	    .booking = b,
	    .by_host = by_host,
	    .status = left > h->clock ? "awaiting" : "pending",
	    .inserted = b->inserted + 60,
	    .updated = b->inserted + 60};
	v->rating =
	    (int)rng_between(&r, 4, 10) * 10 - (rng_chance(&r, 0.2) ? 2 : 0);
	left += rng_between(&r, 3600, 12 * DAY_S);
	if (left < h->clock && rng_chance(&r, 0.7)) {
		v->status = "published";
		v->submitted = v->updated = left;
	} else if (left < h->clock)
		v->status = "expired";
	row = row_new(v->id, v);
	set_values(row);
	table_put(h->reviews, row);
}

void
review_add(struct hostaway *h, const struct booking *b)
{
	if (strcmp(b->status, "new") != 0 && strcmp(b->status, "modified") != 0)
		return;
	add_one(h, b, false);
	add_one(h, b, true);
}

void
review_publish(struct hostaway *h, struct mock_row *row)
{
	struct review *v = row->fact;

	table_take(h->reviews, row);
	v->status = "published";
	v->submitted = v->updated = h->clock;
	set_values(row);
	table_put(h->reviews, row);
}

void
review_close(struct hostaway *h)
{
	for (size_t i = 0; i < h->n_reviews; i++)
		free(h->all_reviews[i]);
	free(h->all_reviews);
}
