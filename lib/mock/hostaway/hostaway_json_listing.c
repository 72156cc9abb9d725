#include "mock/hostaway/hostaway_json.h"

#include <string.h>

static const char listing_shape[] =
    "{'id':$id,'propertyTypeId':%i{1,2},'name':$name,"
    "'externalListingName':$name,'internalListingName':$inner,"
    "'description':%n{28}%t{120},"
    "'thumbnailUrl':%n{40}$thumbnail,'houseRules':%t{60},'keyPickup':null,"
    "'specialInstruction':null,'doorSecurityCode':null,"
    "'country':'United States of America','countryCode':'US','state':'NY',"
    "'city':'Sampleton','street':$street,'address':$address,"
    "'publicAddress':$address,'zipcode':%d{5},'price':%o{125|175|205|206|350},"
    "'starRating':null,'weeklyDiscount':%o{0.9|0.9|1},"
    "'monthlyDiscount':%o{0.75|0.75|1},'propertyRentTax':0,"
    "'guestPerPersonPerNightTax':0,'guestStayTax':0,'guestNightlyTax':0,"
    "'refundableDamageDeposit':0,'isDepositStayCollected':0,"
    "'personCapacity':%o{4|6|8|10|16},'maxChildrenAllowed':null,"
    "'maxInfantsAllowed':null,'maxPetsAllowed':null,"
    "'lat':4%i{0,4}.%i{100000,999999},'lng':-7%i{0,4}.%i{100000,999999},"
    "'checkInTimeStart':15,'checkInTimeEnd':%n{14}%o{22|23},"
    "'checkOutTime':11,'cancellationPolicy':%o{'moderate'|'strict'},"
    "'squareMeters':%o{177|92.9|185.81|135.55|250.84},"
    "'roomType':'entire_home','bathroomType':'private',"
    "'bedroomsNumber':%i{1,6},'bedsNumber':%i{2,10},"
    "'bathroomsNumber':%i{1,2},'guestBathroomsNumber':null,'minNights':1,"
    "'maxNights':%o{365|365|1125},'guestsIncluded':1,"
    "'cleaningFee':%o{103.5|126.5|149.5|207|253},'checkinFee':0,"
    "'priceForExtraPerson':0,'instantBookable':0,"
    "'instantBookableLeadTime':null,'airbnbBookingLeadTime':4,"
    "'airbnbBookingLeadTimeAllowRequestToBook':%n{42}%i{0,0},"
    "'airbnbName':$name,'airbnbSummary':%t{60},'airbnbSpace':%t{500},"
    "'airbnbAccess':%t{20},'airbnbInteraction':%o{''|'By message'},"
    "'airbnbNeighborhoodOverview':%t{80},'airbnbTransit':null,"
    "'airbnbNotes':%t{120},'airbnbExportStatus':'exported',"
    "'vrboExportStatus':'exported','marriotExportStatus':null,"
    "'bookingcomExportStatus':null,'expediaExportStatus':null,"
    "'googleExportStatus':'exported','allowSameDayBooking':0,"
    "'sameDayBookingLeadTime':12,'contactName':'Sample Stays',"
    "'contactSurName':null,'contactPhone1':'+1 555 0100',"
    "'contactPhone2':null,'contactLanguage':null,'contactEmail':null,"
    "'contactAddress':null,'language':'en','currencyCode':'USD',"
    "'timeZoneName':'America/New_York','wifiUsername':'guest-wifi',"
    "'wifiPassword':%c{12},'cleannessStatus':%n{57}%o{'2'},"
    "'cleaningInstruction':null,'cleannessStatusUpdatedOn':null,"
    "'homeawayPropertyName':$name,'homeawayPropertyHeadline':$name,"
    "'homeawayPropertyDescription':%t{400},'bookingcomPropertyName':'',"
    "'bookingcomPropertyRoomName':%w{2},"
    "'bookingcomPropertyDescription':%n{43}%t{60},"
    "'invoicingContactName':null,'invoicingContactSurName':null,"
    "'invoicingContactPhone1':null,'invoicingContactPhone2':null,"
    "'invoicingContactLanguage':null,'invoicingContactEmail':null,"
    "'invoicingContactAddress':null,'invoicingContactCity':null,"
    "'invoicingContactZipcode':null,'invoicingContactCountry':null,"
    "'attachment':null,'listingAmenities':$amenities,"
    "'listingBedTypes':$beds,'listingImages':$images,'listingTags':[],"
    "'listingUnits':[],'propertyLicenseNumber':null,"
    "'propertyLicenseType':null,'propertyLicenseIssueDate':null,"
    "'propertyLicenseExpirationDate':null,'customFieldValues':[],"
    "'applyPropertyRentTaxToFees':null,'bookingEngineLeadTime':null,"
    "'cancellationPolicyId':142268,'vrboCancellationPolicyId':79372,"
    "'marriottCancellationPolicyId':79377,"
    "'bookingCancellationPolicyId':79383,'listingFeeSetting':$fees,"
    "'isRentalAgreementActive':null,'averageNightlyPrice':null,"
    "'bookingcomPropertyRegisteredInVcs':null,"
    "'bookingcomPropertyHasVat':null,"
    "'bookingcomPropertyDeclaresRevenue':null,"
    "'airbnbCancellationPolicyId':79387,'airbnbListingUrl':$page,"
    "'vrboListingUrl':$page,'googleVrListingUrl':$page,"
    "'expediaListingUrl':$page,'averageReviewRating':%o{10|10|10|9.8},"
    "'partnersListingMarkup':1,'airbnbOfficialListingMarkup':1.15,"
    "'bookingEngineMarkup':1,'homeawayApiMarkup':1.08,"
    "'marriottListingMarkup':1,'latestActivityOn':$latest,"
    "'bookingEngineUrls':[],'marriottListingName':null,"
    "'airbnbPetFeeAmount':%n{28}%o{100|115},'insertedOn':$inserted,"
    "'insuranceEligibilityStatus':null,'listingSettings':null}";

static const char image_shape[] =
    "{'id':$id,'caption':%o{''|'living room.jpg'|'IMG 0042.jpg'},"
    "'bookingEngineCaption':null,'airbnbCaption':%n{42}%w{9},"
    "'vrboCaption':%n{85}%w{7},'url':$url,'sortOrder':$order}";

static const char fee_shape[] =
    "[{'id':$id,'accountId':$account,'listingMapId':$listing,"
    "'feeType':'petFee','feeTitle':'Pet fee','feeDescription':null,"
    "'feeAppliedPer':'reservation','amount':100,'amountType':'flat',"
    "'isMandatory':0,'isQuantitySelectable':0,"
    "'appearsIn':['bookingEngine','guestStay'],'channelId':0,"
    "'displayInRent':0,'parentId':null,'insertedOn':$inserted,"
    "'updatedOn':$inserted,'attachments':[]}]";

struct house_facts {
	const struct estate *e;
	const struct listing *l;
	int no; /* of the image */
};

static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

/* An edited listing has its first photo replaced by a new one. */
static bool
image_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	const struct house_facts *f = ctx;
	long long id = (long long)f->l->id * 1000 + f->no +
		       (f->no == 1 ? f->l->edits * 500 : 0);

	if (is(name, len, "id"))
		buf_fmt(to, "%lld", id);
	else if (is(name, len, "url"))
		buf_fmt(to,
		    "\"https://img.example.com/listing/%lld-%lld-%lld"
		    "\"",
		    (long long)f->e->size.account, (long long)f->l->id, id);
	else
		buf_fmt(to, "%d", f->no);
	return true;
}

static void
put_images(struct house_facts *f, struct buf *to)
{
	buf_chr(to, '[');
	for (f->no = 1; f->no <= f->l->photos; f->no++) {
		struct rng r = rng_of(f->e->size.seed, "image",
		    (uint64_t)(f->l->id * 1000 + f->no));

		if (f->no > 1)
			buf_chr(to, ',');
		shape_fill(to, image_shape, &r, image_fact, f);
	}
	buf_chr(to, ']');
}

static void
put_amenities(const struct house_facts *f, struct buf *to)
{
	static const char *const names[] = {"Internet", "Wireless",
	    "Air conditioning", "Kitchen", "Washing Machine", "Dryer",
	    "Heating", "Parking", "Garden", "Fireplace"};

	buf_chr(to, '[');
	for (int i = 0; i < 40; i++)
		buf_fmt(to,
		    "%s{\"id\":%lld,\"amenityId\":%d,"
		    "\"amenityName\":\"%s\"}",
		    i > 0 ? "," : "", (long long)f->l->id * 100 + i, i + 2,
		    names[i % 10]);
	buf_str(to, "]");
}

static void
put_beds(const struct house_facts *f, struct buf *to)
{
	buf_chr(to, '[');
	for (int i = 0; i <= f->l->no % 5; i++)
		buf_fmt(to,
		    "%s{\"id\":%lld,\"bedTypeId\":%d,\"quantity\":1,"
		    "\"bedroomNumber\":%d}",
		    i > 0 ? "," : "", (long long)f->l->id * 10 + i,
		    i % 2 == 0 ? 24 : 18, i);
	buf_chr(to, ']');
}

static bool
fee_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	const struct house_facts *f = ctx;

	if (is(name, len, "id"))
		buf_fmt(to, "%lld", (long long)f->l->id * 10 + 1);
	else if (is(name, len, "account"))
		buf_fmt(to, "%lld", (long long)f->e->size.account);
	else if (is(name, len, "listing"))
		buf_fmt(to, "%lld", (long long)f->l->id);
	else
		gen_time(to, f->l->inserted);
	return true;
}

static bool
listing_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	struct house_facts *f = ctx;
	const struct listing *l = f->l;
	struct rng r = rng_of(f->e->size.seed, "fee", (uint64_t)l->id);

	if (is(name, len, "id"))
		buf_fmt(to, "%lld", (long long)l->id);
	else if (is(name, len, "name"))
		shape_listing_name(f->e, l->id, to);
	else if (is(name, len, "inner"))
		buf_fmt(to,
		    l->edits > 0 ? "\"Property #%d (%d)\"" : "\"Property #%d\"",
		    l->no + 1, l->edits);
	else if (is(name, len, "thumbnail"))
		buf_fmt(to, "\"https://img.example.com/thumb/%lld\"",
		    (long long)l->id);
	else if (is(name, len, "street"))
		buf_str(to, "\"Mill Street\"");
	else if (is(name, len, "address"))
		buf_fmt(to, "\"%d Mill Street, Sampleton\"", l->no + 1);
	else if (is(name, len, "page"))
		buf_fmt(
		    to, "\"https://rent.example.com/%lld\"", (long long)l->id);
	else if (is(name, len, "amenities"))
		put_amenities(f, to);
	else if (is(name, len, "beds"))
		put_beds(f, to);
	else if (is(name, len, "images"))
		put_images(f, to);
	else if (is(name, len, "fees") && l->no % 7 != 1)
		buf_str(to, "[]");
	else if (is(name, len, "fees"))
		shape_fill(to, fee_shape, &r, fee_fact, f);
	else
		gen_time(to, is(name, len, "latest") ? l->latest : l->inserted);
	return true;
}

void
shape_listing(const struct estate *e, const struct listing *l, struct buf *to)
{
	struct house_facts f = {.e = e, .l = l};
	struct rng r = rng_of(e->size.seed, "looks", (uint64_t)l->id);

	shape_fill(to, listing_shape, &r, listing_fact, &f);
}
