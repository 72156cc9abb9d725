#include "mock/hostaway/hostaway.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "mock/hostaway/hostaway_int.h"
#include "mock/hostaway/hostaway_page.h"
#include "mock/hostaway/hostaway_json.h"
#include "mock/server/mock_answer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct param listing_params[] = {
    {"latestActivityStart", FILTER_GE, LISTING_LATEST, PARAM_SINCE},
    {"latestActivityEnd", FILTER_LE, LISTING_LATEST, PARAM_UNTIL},
};

static const struct param booking_params[] = {
    {"listingId", FILTER_EQ, BOOKING_LISTING, PARAM_NUMBER},
    {"channelId", FILTER_EQ, BOOKING_CHANNEL, PARAM_NUMBER},
    {"arrivalStartDate", FILTER_GE, BOOKING_ARRIVAL, PARAM_DAY},
    {"arrivalEndDate", FILTER_LE, BOOKING_ARRIVAL, PARAM_DAY},
    {"departureStartDate", FILTER_GE, BOOKING_DEPARTURE, PARAM_DAY},
    {"departureEndDate", FILTER_LE, BOOKING_DEPARTURE, PARAM_DAY},
    {"latestActivityStart", FILTER_GE, BOOKING_LATEST, PARAM_SINCE},
    {"latestActivityEnd", FILTER_LE, BOOKING_LATEST, PARAM_UNTIL},
    {"isArchived", FILTER_EQ, BOOKING_ZERO, PARAM_NUMBER},
    {"isStarred", FILTER_EQ, BOOKING_ZERO, PARAM_NUMBER},
    {"isPinned", FILTER_EQ, BOOKING_ZERO, PARAM_NUMBER},
};

static const struct param thread_params[] = {
    {"reservationId", FILTER_EQ, THREAD_BOOKING, PARAM_NUMBER},
};

static const struct param review_params[] = {
    {"listingMapIds[]", FILTER_IN, REVIEW_LISTING, PARAM_NUMBER},
    {"channelIds[]", FILTER_IN, REVIEW_CHANNEL, PARAM_NUMBER},
    {"statuses[]", FILTER_IN, REVIEW_STATUS, PARAM_WORD},
    {"reservationId", FILTER_EQ, REVIEW_BOOKING, PARAM_NUMBER},
    {"type", FILTER_EQ, REVIEW_TYPE, PARAM_WORD},
    {"ratingMin", FILTER_GE, REVIEW_RATING, PARAM_TENTHS},
    {"ratingMax", FILTER_LE, REVIEW_RATING, PARAM_TENTHS},
    {"submittedAtStart", FILTER_GE, REVIEW_SUBMITTED, PARAM_SINCE},
    {"submittedAtEnd", FILTER_LE, REVIEW_SUBMITTED, PARAM_UNTIL},
    {"departureDateStart", FILTER_GE, REVIEW_DEPARTURE, PARAM_SINCE},
    {"departureDateEnd", FILTER_LE, REVIEW_DEPARTURE, PARAM_UNTIL},
    {"stayDateStart", FILTER_GE, REVIEW_DEPARTURE, PARAM_SINCE},
    {"stayDateEnd", FILTER_LE, REVIEW_ARRIVAL, PARAM_UNTIL},
};

struct sort { /* a value of sortOrder or sortBy */
	const char *name;
	struct mock_order order;
};

static const struct sort listing_sorts[] = {
    {"name", {LISTING_NAME, -1, false, false, false}},
    {"nameReversed", {LISTING_NAME, -1, true, false, true}},
    {"order", {LISTING_ORDER, -1, false, false, false}},
    {"orderReversed", {LISTING_ORDER, -1, true, false, true}},
    {"latestActivity", {LISTING_LATEST, -1, false, false, false}},
    {"latestActivityDesc", {LISTING_LATEST, -1, true, false, true}},
};

static const struct sort booking_sorts[] = {
    {"arrivalDate", {BOOKING_ARRIVAL, -1, false, false, false}},
    {"arrivalDateDesc", {BOOKING_ARRIVAL, -1, true, false, true}},
    {"lastConversationMessageSent", {BOOKING_SENT, -1, false, false, false}},
    {"lastConversationMessageSentDesc", {BOOKING_SENT, -1, true, false, true}},
    {"lastConversationMessageReceived",
	{BOOKING_RECEIVED, -1, false, false, false}},
    {"lastConversationMessageReceivedDesc",
	{BOOKING_RECEIVED, -1, true, false, true}},
    {"latestActivity", {BOOKING_LATEST, -1, false, false, false}},
    {"latestActivityDesc", {BOOKING_LATEST, -1, true, false, true}},
    {"updatedOn", {BOOKING_UPDATED, -1, false, false, false}},
};

static const struct sort review_sorts[] = {
    /* ascending; id is the default */
    {"listingMapId", {REVIEW_LISTING, -1, false, false, false}},
    {"reservationId", {REVIEW_BOOKING, -1, false, false, false}},
    {"channelId", {REVIEW_CHANNEL, -1, false, false, false}},
    {"type", {REVIEW_TYPE, -1, false, false, false}},
    {"status", {REVIEW_STATUS, -1, false, false, false}},
    {"rating", {REVIEW_RATING, -1, false, false, false}},
    {"submittedAt", {REVIEW_SUBMITTED, -1, false, false, false}},
    {"arrivalDate", {REVIEW_ARRIVAL, -1, false, false, false}},
    {"departureDate", {REVIEW_DEPARTURE, -1, false, false, false}},
};

static const struct mock_order newest_first = {
    BOOKING_UPDATED, -1, true, false, true};

static void
sort_by(struct hostaway_list *l, const struct sort *sorts, size_t n,
    const char *name)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(sorts[i].name, name) == 0)
			l->query.order = sorts[i].order;
}

/* `match`: the guest's name holds this, in upper or lower case. */
static bool
guest_matches(const void *ctx, const struct mock_row *row, const char *arg)
{
	const char *first, *last;
	char name[128];

	shape_guest(ctx, row->fact, &first, &last);
	snprintf(name, sizeof(name), "%s %s", first, last);
	return strcasestr(name, arg) != NULL;
}

static bool
email_is(const void *ctx, const struct mock_row *row, const char *arg)
{
	struct buf email = BUF_INIT;
	bool same;

	shape_email(ctx, row->fact, &email);
	same = email.len == strlen(arg) + 2 &&
	       strncasecmp(email.at + 1, arg, email.len - 2) == 0;
	buf_release(&email);
	return same;
}

/* A filter on texts that the row's numbers do not hold. */
static void
text_filter(struct hostaway_list *l, const struct hostaway *h,
    const struct request *r, const char *name,
    bool (*call)(const void *, const struct mock_row *, const char *))
{
	struct mock_filter f = {.op = FILTER_CALL, .call = call, .ctx = h->e};

	f.arg = request_arg(r, name);
	if (f.arg != NULL && *f.arg != '\0')
		list_filter(l, &f);
}

static void
serve_listings(
    struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	struct hostaway_list l;

	list_begin(&l, h->o, r, listing_params, COUNT(listing_params));
	l.query.after = false;
	sort_by(&l, listing_sorts, COUNT(listing_sorts),
	    request_arg(r, "sortOrder"));
	list_answer(&l, h->listings, ENVELOPE_LIMIT, a, NULL);
}

static int
booking_form(const struct hostaway *h, const struct request *r)
{
	const char *arg = request_arg(r, "includeResources");

	return h->o->filled || (arg != NULL && strcmp(arg, "1") == 0)
		   ? BOOKING_FULL
		   : BOOKING_THIN;
}

static void
serve_bookings(
    struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	struct hostaway_list l;

	list_begin(&l, h->o, r, booking_params, COUNT(booking_params));
	if (l.more)
		change_between_pages(h);
	text_filter(&l, h, r, "match", guest_matches);
	text_filter(&l, h, r, "guestEmail", email_is);
	l.query.order = newest_first;
	l.query.kind = booking_form(h, r);
	sort_by(&l, booking_sorts, COUNT(booking_sorts),
	    request_arg(r, "sortOrder"));
	list_answer(&l, h->bookings, ENVELOPE_LIMIT, a, NULL);
}

static void
serve_threads(struct hostaway *h, const struct request *r, int64_t booking,
    struct mock_answer *a)
{
	struct hostaway_list l;

	list_begin(&l, h->o, r, thread_params, COUNT(thread_params));
	l.query.after = false;
	if (l.query.offset > 0 && l.query.n_filters == 0)
		change_between_pages(h);
	l.query.order = (struct mock_order){THREAD_SENT, -1, true, false, true};
	if (booking > 0 || l.query.n_filters > 0) {
		/* by its own index: this is asked for each reservation */
		l.query.grouped = true;
		l.query.group = booking > 0 ? booking : l.filters[0].a;
		l.query.n_filters = 0;
		l.query.order = (struct mock_order){
		    THREAD_BOOKING, THREAD_SENT, false, true, true};
	}
	list_answer(&l, h->threads,
	    booking > 0 ? ENVELOPE_NOTHING : ENVELOPE_PAGES, a, NULL);
}

static void
serve_notes(struct hostaway *h, const struct request *r, int64_t thread,
    struct mock_answer *a)
{
	const char *all = request_arg(r, "includeScheduledMessages");
	struct mock_filter sent = {
	    .op = FILTER_EQ, .value = NOTE_IS_SENT, .a = 1};
	struct hostaway_list l;

	if (table_find(h->threads, thread) == NULL) {
		mock_fail(a, 404, "Resource not found");
		return;
	}
	h->reads++;
	list_begin(&l, h->o, r, NULL, 0);
	l.query.after = false;
	l.query.grouped = true;
	l.query.group = thread;
	l.query.order =
	    (struct mock_order){NOTE_THREAD, NOTE_DATE, false, true, true};
	if (all == NULL || strcmp(all, "1") != 0)
		list_filter(&l, &sent);
	list_answer(&l, h->notes, ENVELOPE_PAGES, a, NULL);
}

static void
serve_reviews(
    struct hostaway *h, const struct request *r, struct mock_answer *a)
{
	const char *way = request_arg(r, "sortOrder");
	struct hostaway_list l;

	list_begin(&l, h->o, r, review_params, COUNT(review_params));
	l.query.after = false;
	sort_by(
	    &l, review_sorts, COUNT(review_sorts), request_arg(r, "sortBy"));
	if (way == NULL || strcasecmp(way, "asc") != 0)
		l.query.order.by_desc = l.query.order.id_desc = true;
	list_answer(&l, h->reviews, ENVELOPE_COUNT, a, NULL);
}

static void
serve_one_thread(struct hostaway *h, const struct request *r, int64_t id,
    const char *rest, struct mock_answer *a)
{
	int64_t note;
	struct mock_row *row;

	if (*rest == '\0')
		list_one(h->threads, table_find(h->threads, id), 0, a);
	else if (strcmp(rest, "/messages") == 0)
		serve_notes(h, r, id, a);
	else if (path_id(rest, "/messages/", &note) != NULL) {
		h->reads++;
		row = table_find(h->notes, note);
		list_one(h->notes,
		    row != NULL && row->v[NOTE_THREAD] == id ? row : NULL, 0,
		    a);
	} else
		mock_fail(a, 404, "Resource not found");
}

static void
serve_one_booking(struct hostaway *h, const struct request *r, int64_t id,
    const char *path, const char *rest, struct mock_answer *a)
{
	if (*rest == '\0')
		list_one(h->bookings, table_find(h->bookings, id),
		    booking_form(h, r), a);
	else if (strcmp(rest, "/conversations") == 0)
		serve_threads(h, r, id, a);
	else if (table_find(h->bookings, id) == NULL ||
		 !extra_serve(h->extra, r, path, a))
		mock_fail(a, 404, "Resource not found");
}

static void
serve(void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct hostaway *h = ctx;
	const char *rest;
	int64_t id;

	if (strcmp(r->method, "GET") != 0)
		mock_fail(a, 405, "Method not allowed");
	else if (strcmp(path, "/listings") == 0)
		serve_listings(h, r, a);
	else if (strcmp(path, "/reservations") == 0)
		serve_bookings(h, r, a);
	else if (strcmp(path, "/conversations") == 0)
		serve_threads(h, r, 0, a);
	else if (strcmp(path, "/reviews") == 0)
		serve_reviews(h, r, a);
	else if ((rest = path_id(path, "/listings/", &id)) != NULL) {
		if (strcmp(rest, "/calendar") == 0)
			calendar_serve(h, r, id, a);
		else
			list_one(h->listings,
			    *rest != '\0' ? NULL : table_find(h->listings, id),
			    0, a);
	} else if ((rest = path_id(path, "/reservations/", &id)) != NULL)
		serve_one_booking(h, r, id, path, rest, a);
	else if ((rest = path_id(path, "/conversations/", &id)) != NULL)
		serve_one_thread(h, r, id, rest, a);
	else if (path_id(path, "/reviews/", &id) != NULL)
		list_one(h->reviews, table_find(h->reviews, id), 0, a);
	else if (!extra_serve(h->extra, r, path, a))
		mock_fail(a, 404, "Resource not found");
}

static void
render_listing(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	(void)kind;
	shape_listing(((struct hostaway *)ctx)->e, row->fact, to);
}

static void
render_booking(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	shape_booking(((struct hostaway *)ctx)->e, row->fact,
	    (enum booking_form)kind, to);
}

static void
render_thread(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	(void)kind;
	shape_thread(((struct hostaway *)ctx)->e, row->fact, to);
}

/* kind 1: for the dump, whose URLs stay the same. */
static void
render_note(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	struct hostaway *h = ctx;

	shape_note(h->e, row->fact, kind == 1 ? 0 : h->reads, to);
}

static void
render_review(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	(void)kind;
	review_render(ctx, row->fact, to);
}

static bool
control(void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	return change_control(ctx, r, path, a);
}

static void
hostaway_close(void *ctx)
{
	struct hostaway *h = ctx;

	extra_free(h->extra);
	table_free(h->listings);
	table_free(h->bookings);
	table_free(h->threads);
	table_free(h->notes);
	table_free(h->reviews);
	review_close(h);
	estate_free(h->e);
	free(h);
}

int
mock_hostaway_open(
    const struct mock_options *o, struct backend *b, struct why *why)
{
	struct hostaway *h = calloc(1, sizeof(*h));

	(void)why;
	if (h == NULL)
		err(EX_OSERR, NULL);
	h->o = o;
	h->clock = o->size.now;
	h->late_import = 0.03;
	h->late_automation = 1;
	h->unmoved_sent = 0.02;
	h->move = h->o->move;
	h->vanish = h->o->vanish;
	h->relist = h->o->relist;
	h->e = estate_new(&o->size);
	h->listings = table_new("listings", render_listing, h);
	h->bookings = table_new("reservations", render_booking, h);
	h->threads = table_new("conversations", render_thread, h);
	h->notes = table_new("messages", render_note, h);
	h->reviews = table_new("reviews", render_review, h);
	change_open(h);
	h->extra = extra_new(h);
	*b = (struct backend){.ctx = h,
	    .serve = serve,
	    .control = control,
	    .close = hostaway_close,
	    .token_path = "/accessTokens",
	    .account_field = "client_id",
	    .secret_field = "client_secret",
	    .auth_header = "Authorization",
	    .auth_prefix = "Bearer ",
	    .wait_header = "X-RateLimit-Retry-After",
	    .wait_form = WAIT_EPOCH};
	return 0;
}
