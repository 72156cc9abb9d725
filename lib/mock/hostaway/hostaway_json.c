#include "mock/hostaway/hostaway_json.h"

#include <string.h>

static const char booking_shape[] =
    "{'id':$id,'listingMapId':$listing,'listingName':$listingName,"
    "'channelId':$channel,'source':$source,'channelName':$channelName,"
    "'reservationId':$external,'hostawayReservationId':$idText,"
    "'channelReservationId':$external,'externalPropertyId':$property,"
    "'externalUnitId':null,'assigneeUserId':null,'customerIcalId':null,"
    "'customerIcalName':null,'guestAuthHash':$hash,'guestPortalUrl':$portal,"
    "'guestPortalRevampUrl':null,'isProcessed':1,'isInitial':0,"
    "'isManuallyChecked':0,'isInstantBooked':0,"
    "'reservationDate':$inserted,'pendingExpireDate':$pending,"
    "'guestName':$guestName,'guestFirstName':$first,'guestLastName':$last,"
    "'guestExternalAccountId':$account,'guestZipCode':$zip,"
    "'guestAddress':$address,'guestCity':$city,'guestCountry':$country,"
    "'guestEmail':$email,'guestPicture':$picture,'guestRecommendations':0,"
    "'guestTrips':0,'guestWork':null,'isGuestIdentityVerified':0,"
    "'isGuestVerifiedByEmail':0,'isGuestVerifiedByWorkEmail':0,"
    "'isGuestVerifiedByFacebook':0,'originalChannel':null,"
    "'isGuestVerifiedByGovernmentId':0,'isGuestVerifiedByPhone':0,"
    "'isGuestVerifiedByReviews':0,'numberOfGuests':%i{1,10},"
    "'adults':%n{7}%i{1,8},'children':%n{7}%o{0|0|0|0|0|1|2|3},"
    "'infants':%n{20}%o{0|0|0|0|0|0|0|0|0|1},"
    "'pets':%n{27}%o{0|0|0|0|0|0|0|0|0|1},'arrivalDate':$arrival,"
    "'departureDate':$departure,'isDatesUnspecified':0,"
    "'previousArrivalDate':null,'previousDepartureDate':null,"
    "'checkInTime':%o{15|15|15|15|16|17|19},"
    "'checkOutTime':%o{11|11|11|11|11|10},'nights':$nights,'phone':$phone,"
    "'totalPrice':$total,'remainingBalance':null,"
    "'taxAmount':%n{27}%m{0,200},'channelCommissionAmount':$commission,"
    "'hostawayCommissionAmount':null,"
    "'cleaningFee':%o{149.5|126.5|253|130|207|110|103.5},"
    "'securityDepositFee':%n{84}%i{0,0},'isPaid':$isPaid,'ccName':null,"
    "'ccNumber':null,'ccNumberEndingDigits':null,'ccExpirationYear':null,"
    "'ccExpirationMonth':null,'cvc':null,'stripeGuestId':null,"
    "'stripeMessage':null,'braintreeGuestId':null,'braintreeMessage':null,"
    "'currency':'USD','status':$status,"
    "'paymentStatus':%n{6}%o{'Paid'|'Paid'|'Paid'|'Unknown'|'Unpaid'},"
    "'cancellationDate':$cancelled,'cancelledBy':$cancelledBy,"
    "'hostNote':$note,'guestNote':null,'doorCode':%d{4},"
    "'doorCodeVendor':null,'doorCodeInstruction':null,'comment':$comment,"
    "'confirmationCode':$code,'airbnbExpectedPayoutAmount':$airbnbMoney,"
    "'airbnbListingBasePrice':$airbnbMoney,"
    "'airbnbListingCancellationHostFee':$airbnbMoney,"
    "'airbnbListingCancellationPayout':$airbnbMoney,"
    "'airbnbListingCleaningFee':$airbnbMoney,"
    "'airbnbListingHostFee':$airbnbMoney,'airbnbListingSecurityPrice':null,"
    "'airbnbOccupancyTaxAmountPaidToHost':null,"
    "'airbnbTotalPaidAmount':$airbnbMoney,"
    "'airbnbTransientOccupancyTaxPaidAmount':$airbnbMoney,"
    "'airbnbCancellationPolicy':$airbnbPolicy,'isStarred':0,'isArchived':0,"
    "'isPinned':0,'reservationCouponId':null,'customFieldValues':$custom,"
    "'reservationFees':$fees,'reservationUnit':[],'insertedOn':$stored,"
    "'updatedOn':$updated,'latestActivityOn':$latest,'customerUserId':null,"
    "'guestLocale':$locale,'localeForMessaging':$locale,"
    "'localeForMessagingSource':null,'listingCustomFields':null,"
    "'rentalAgreementFileUrl':null,"
    "'reservationAgreement':%o{'signed'|'signed'|'not_signed'},"
    "'financeField':[],'guestPaymentCardIsVirtual':null,"
    "'insuranceStatus':$insurance,'claimStatus':null,"
    "'insurancePolicyId':null,'cancellationPolicyId':$policy,"
    "'hostProxyEmail':$proxy}";

struct booking_facts {
	const struct estate *e;
	const struct booking *b;
	enum booking_form form;
	struct rng own;	  /* of the reservation */
	struct rng guest; /* of the guest: the same for each stay */
	const char *first, *last;
	bool asked, cancelled; /* an inquiry; called off */
};

int
shape_channel(enum channel c)
{
	return c == AIRBNB ? 2018 : c == VRBO ? 2002 : 2000;
}

static const char *
channel_name(enum channel c)
{
	return c == AIRBNB ? "airbnbOfficial"
	       : c == VRBO ? "homeaway"
			   : "direct";
}

void
shape_listing_name(const struct estate *e, int64_t id, struct buf *to)
{
	struct rng r = rng_of(e->size.seed, "house", (uint64_t)id);

	buf_chr(to, '"');
	gen_words(to, &r, 1);
	buf_fmt(to, " %s's ", gen_first_name(&r));
	shape_fill(
	    to, "%o{House|Cottage|Loft|Barn|Flat|Mill}'", &r, NULL, NULL);
}

void
shape_guest(const struct estate *e, const struct booking *b, const char **first,
    const char **last)
{
	struct rng r = rng_of(e->size.seed, "guest", (uint64_t)b->guest);

	*first = gen_first_name(&r);
	*last = gen_last_name(&r);
}

/* Names are compared with their length: "id" is not the start of "idText". */
static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static bool
one_of(const char *name, size_t len, const char *const *list)
{
	while (*list != NULL && !is(name, len, *list))
		list++;
	return *list != NULL;
}

/* The number by which the channel knows the reservation. */
static void
put_external(const struct booking_facts *f, struct buf *to)
{
	const struct booking *b = f->b;
	struct rng r = rng_of(f->e->size.seed, "external", (uint64_t)b->id);

	buf_chr(to, '"');
	if (b->channel == VRBO) {
		for (int i = 0; i < 5; i++) {
			gen_hex(to, &r, i == 0 ? 8 : i == 4 ? 12 : 4);
			if (i < 4)
				buf_chr(to, '-');
		}
	} else if (b->channel == DIRECT)
		buf_fmt(to, "%lld-%lld-2000-%lld",
		    (long long)f->e->size.account, (long long)b->first_listing,
		    (long long)rng_between(&r, 1000000000, 9999999999));
	else if (f->asked) {
		buf_fmt(to, "%lld-thread-%lld-%lld",
		    (long long)b->first_listing,
		    (long long)rng_between(&r, 1000000000, 2099999999),
		    (long long)b->guest * 3 + 7);
	} else {
		buf_fmt(to, "%lld-guest-%lld-confirmation-",
		    (long long)b->first_listing, (long long)b->guest * 3 + 7);
		gen_code(to, &r, 10);
	}
	buf_chr(to, '"');
}

static bool
fact_id(struct booking_facts *f, const char *name, size_t len, struct buf *to)
{
	const struct booking *b = f->b;

	if (is(name, len, "id"))
		buf_fmt(to, "%lld", (long long)b->id);
	else if (is(name, len, "idText"))
		buf_fmt(to, "\"%lld\"", (long long)b->id);
	else if (is(name, len, "listing"))
		buf_fmt(to, "%lld", (long long)b->listing);
	else if (is(name, len, "listingName")) {
		if (f->form == BOOKING_EMBEDDED)
			buf_str(to, "\"\"");
		else
			shape_listing_name(f->e, b->listing, to);
	} else if (is(name, len, "channel"))
		buf_fmt(to, "%d", shape_channel(b->channel));
	else if (is(name, len, "channelName"))
		gen_quoted(to, channel_name(b->channel));
	else if (is(name, len, "external"))
		put_external(f, to);
	else if (is(name, len, "source"))
		buf_str(to, f->form == BOOKING_EMBEDDED ? "\"reservation\""
			    : b->channel == VRBO	? "\"VRBO\""
							: "null");
	else if (is(name, len, "property") && b->channel == AIRBNB)
		buf_fmt(
		    to, "\"49%lld\"", (long long)b->first_listing * 10000003);
	else if (is(name, len, "code") && b->channel == AIRBNB && !f->asked)
		shape_fill(to, "%c{10}", &f->own, NULL, NULL);
	else if (is(name, len, "hash"))
		shape_fill(to, "%h{64}", &f->own, NULL, NULL);
	else if (is(name, len, "portal"))
		buf_fmt(to, "\"https://portal.example.com/r/%lld\"",
		    (long long)b->id);
	else if (is(name, len, "proxy"))
		shape_fill(to,
		    "'c-%o{a|b|c|d}%i{100000,999999}"
		    "@host.example.com'",
		    &f->own, NULL, NULL);
	else
		return false;
	return true;
}

/* A relay address for a stay on Airbnb, the guest's own elsewhere. */
void
shape_email(const struct estate *e, const struct booking *b, struct buf *to)
{
	(void)e;
	if (b->channel == AIRBNB && b->id % 5 >= 2)
		buf_str(to, "null");
	else if (b->channel == AIRBNB)
		buf_fmt(
		    to, "\"relay-%lld@guest.example.com\"", (long long)b->id);
	else /* channels do not agree on upper and lower case */
		buf_fmt(to, "\"%s.%lld@example.org\"",
		    b->id % 3 == 0 ? "Guest" : "guest", (long long)b->guest);
}

static bool
fact_guest(
    struct booking_facts *f, const char *name, size_t len, struct buf *to)
{
	enum channel c = f->b->channel;
	struct rng *r = &f->guest;

	if (is(name, len, "guestName"))
		buf_fmt(to, "\"%s %s\"", f->first, f->last);
	else if (is(name, len, "first"))
		gen_quoted(to, f->first);
	else if (is(name, len, "last") && f->b->guest % 5 != 0)
		gen_quoted(to, f->last);
	else if (is(name, len, "account") && c == AIRBNB)
		buf_fmt(to, "\"%lld\"", (long long)f->b->guest * 3 + 7);
	else if (is(name, len, "picture") && c == AIRBNB)
		buf_fmt(to, "\"https://img.example.com/g/%lld.jpg\"",
		    (long long)f->b->guest);
	else if (is(name, len, "email"))
		shape_email(f->e, f->b, to);
	else if (is(name, len, "phone") && f->b->guest % 4 != 0)
		shape_fill(to, "'+1 555 01%i{10,99}'", r, NULL, NULL);
	else if (is(name, len, "zip") && c == VRBO)
		shape_fill(to, "%d{5}", r, NULL, NULL);
	else if (is(name, len, "address") && c == VRBO)
		shape_fill(to, "'%i{1,900} %o{Elm|Oak|Mill|Hill} Street'", r,
		    NULL, NULL);
	else if (is(name, len, "city") && c == VRBO)
		shape_fill(to, "%o{'Sampleton'|'Mock Falls'|'Testburg'}", r,
		    NULL, NULL);
	else if (is(name, len, "country") && c == VRBO)
		buf_str(to, "\"US\"");
	else if (is(name, len, "locale") && f->b->guest % 4 != 1)
		buf_str(to, f->b->guest % 9 == 0 ? "\"es\"" : "\"en\"");
	else
		return false;
	return true;
}

static bool
fact_time(
    const struct booking_facts *f, const char *name, size_t len, struct buf *to)
{
	const struct booking *b = f->b;

	if (is(name, len, "inserted"))
		gen_time(to, b->inserted - 1);
	else if (is(name, len, "stored"))
		gen_time(to, b->inserted);
	else if (is(name, len, "updated"))
		gen_time(to, b->updated);
	else if (is(name, len, "latest"))
		gen_time(to, b->latest);
	else if (is(name, len, "pending") && b->channel != DIRECT)
		gen_time(to, b->inserted - 1 + DAY_S);
	else if (is(name, len, "cancelled") && f->cancelled)
		gen_time(to, b->inserted + (b->latest - b->inserted) / 2);
	else if (is(name, len, "arrival"))
		gen_date(to, b->arrival);
	else if (is(name, len, "departure"))
		gen_date(to, b->arrival + b->nights);
	else if (is(name, len, "nights"))
		buf_fmt(to, "%d", b->nights);
	else
		return false;
	return true;
}

static void
put_custom(const struct booking_facts *f, struct buf *to)
{
	struct rng r = rng_of(f->e->size.seed, "custom", (uint64_t)f->b->id);
	int64_t n = rng_chance(&r, 0.63) || f->form != BOOKING_FULL
			? 0
			: rng_between(&r, 1, 2);

	buf_chr(to, '[');
	for (int64_t i = 0; i < n; i++) {
		buf_fmt(to, "%s{\"id\":%lld,\"customFieldId\":%lld,\"value\":",
		    i > 0 ? "," : "", (long long)(f->b->id * 2 + i),
		    (long long)(74419 + i));
		shape_fill(to, "%w{2},'insertedOn':", &r, NULL, NULL);
		gen_time(to, f->b->inserted + 3600);
		buf_str(to, ",\"updatedOn\":");
		gen_time(to, f->b->inserted + 3600);
		buf_fmt(to,
		    ",\"customField\":{\"id\":%lld,\"name\":"
		    "\"Field %lld\",\"possibleValues\":null,\"type\":\"text\","
		    "\"isPublic\":1,\"insertedOn\":\"2025-03-06 14:48:44\","
		    "\"updatedOn\":\"2025-03-06 14:48:44\"}}",
		    (long long)(74419 + i), (long long)i + 1);
	}
	buf_chr(to, ']');
}

static void
put_fees(const struct booking_facts *f, struct buf *to)
{
	static const char *const names[] = {
	    "RENTAL - RENT", "MISC - Cleaning", "TAX - TAX", "TAX - TAX"};
	struct rng r = rng_of(f->e->size.seed, "fees", (uint64_t)f->b->id);
	int n = f->b->channel == VRBO && f->form == BOOKING_FULL
		    ? (int)rng_between(&r, 2, 4)
		    : 0;

	buf_chr(to, '[');
	for (int i = 0; i < n; i++) {
		buf_fmt(to,
		    "%s{\"id\":%lld,\"accountId\":%lld,"
		    "\"listingMapId\":%lld,\"reservationId\":%lld,"
		    "\"name\":\"%s\",\"feeType\":\"\","
		    "\"externalReservationUnitId\":null,\"amount\":",
		    i > 0 ? "," : "", (long long)(f->b->id * 4 + i),
		    (long long)f->e->size.account, (long long)f->b->listing,
		    (long long)f->b->id, names[i]);
		gen_money(to, rng_between(&r, 900, 99000));
		buf_str(to, ",\"currency\":\"USD\",\"percentage\":null,"
			    "\"isIncluded\":1,\"isPerNight\":null,"
			    "\"isPerPerson\":null,\"isImported\":1,"
			    "\"insertedOn\":");
		gen_time(to, f->b->inserted + 1);
		buf_str(to, ",\"updatedOn\":");
		gen_time(to, f->b->inserted + 1);
		buf_chr(to, '}');
	}
	buf_chr(to, ']');
}

static bool
fact_money(
    struct booking_facts *f, const char *name, size_t len, struct buf *to)
{
	enum channel c = f->b->channel;

	if (is(name, len, "total"))
		gen_money(to, f->asked ? 0
				       : rng_between(&f->own, 90, 400) *
						 f->b->nights * 100 +
					     rng_between(&f->own, 0, 99));
	else if (is(name, len, "commission") && c == VRBO)
		shape_fill(to, "%m{60,320}", &f->own, NULL, NULL);
	else if (is(name, len, "airbnbMoney") && c == AIRBNB && !f->asked)
		shape_fill(to, "%m{0,2200}", &f->own, NULL, NULL);
	else if (is(name, len, "airbnbPolicy") && c == AIRBNB && !f->asked)
		shape_fill(to, "%o{'moderate'|'flexible'|'firm'}", &f->own,
		    NULL, NULL);
	else if (is(name, len, "isPaid") && f->form == BOOKING_EMBEDDED)
		buf_str(to, f->b->id % 3 == 0 ? "0" : "1");
	else if (is(name, len, "policy"))
		shape_fill(to, "%n{11}%i{79371,79387}", &f->own, NULL, NULL);
	else
		return false;
	return true;
}

/* What the thinned copy does not show, and what includeResources brings. */
static bool
hidden(const struct booking_facts *f, const char *name, size_t len)
{
	static const char *const in_copy[] = {"hash", "portal", "zip",
	    "address", "latest", "locale", "insurance", "policy", "proxy",
	    NULL};

	if (f->form == BOOKING_EMBEDDED)
		return one_of(name, len, in_copy);
	return f->form == BOOKING_THIN && is(name, len, "proxy");
}

/* Mostly empty, sometimes what the guest wrote first. */
static void
gen_comment(struct rng *r, struct buf *to)
{
	if (rng_chance(r, 0.85))
		buf_str(to, "\"\"");
	else
		gen_text(to, r, (int)rng_between(r, 8, 60));
}

static bool
shown_fact(
    struct booking_facts *f, const char *name, size_t len, struct buf *to)
{
	if (fact_id(f, name, len, to) || fact_guest(f, name, len, to) ||
	    fact_time(f, name, len, to) || fact_money(f, name, len, to))
		return true;
	if (is(name, len, "status"))
		gen_quoted(to, f->b->status);
	else if (is(name, len, "cancelledBy") && f->cancelled)
		buf_str(to, f->b->id % 2 == 0 ? "\"guest\"" : "\"host\"");
	else if (is(name, len, "note") && f->b->edits > 0)
		buf_fmt(to, "\"Changed %d times\"", f->b->edits);
	else if (is(name, len, "comment") && f->b->channel != DIRECT)
		gen_comment(&f->own, to);
	else if (is(name, len, "custom"))
		put_custom(f, to);
	else if (is(name, len, "fees"))
		put_fees(f, to);
	else if (is(name, len, "insurance"))
		buf_str(to, "\"not_eligible\"");
	else
		return false;
	return true;
}

/* A hidden fact is drawn too: what follows must not depend on the form. */
static bool
booking_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	struct booking_facts *f = ctx;
	struct buf unseen = BUF_INIT;

	if (!hidden(f, name, len))
		return shown_fact(f, name, len, to);
	shown_fact(f, name, len, &unseen);
	buf_release(&unseen);
	return false;
}

void
shape_booking(const struct estate *e, const struct booking *b,
    enum booking_form form, struct buf *to)
{
	struct booking_facts f = {.e = e, .b = b, .form = form};
	struct rng r = rng_of(e->size.seed, "looks", (uint64_t)b->id);

	f.own = rng_of(e->size.seed, "own", (uint64_t)b->id);
	f.guest = rng_of(e->size.seed, "person", (uint64_t)b->guest);
	f.asked = strncmp(b->status, "inquiry", 7) == 0;
	f.cancelled = strcmp(b->status, "cancelled") == 0;
	shape_guest(e, b, &f.first, &f.last);
	shape_fill(to, booking_shape, &r, booking_fact, &f);
}
