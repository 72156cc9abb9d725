#include "mock/reso/reso_int.h"

#include <string.h>

#include "base/timeval.h"

#define SIZES 4

/* Values that follow from the row's state, or from its listing's. */
static const char *const sizes[SIZES] = {
    "Thumbnail", "Medium", "Large", "Largest"};
static const int widths[SIZES] = {240, 640, 1900, 3840};

static const struct reso_row *
row_of(const struct reso_at *at)
{
	return &at->m->t[at->k].rows[at->no];
}

static uint64_t
hash(const struct reso_at *at, uint64_t salt)
{
	return reso_hash(at->m, at->k, at->no, salt);
}

static bool
put_word(struct buf *to, const char *word)
{
	if (word != NULL)
		buf_str(to, word);
	return word != NULL;
}

/* The key of some row of another kind. */
static bool
put_some_key(const struct reso_at *at, enum reso_kind k, struct buf *to)
{
	uint32_t n = at->m->t[k].first_n;

	if (n == 0)
		return false;
	reso_key(at->m, k, (uint32_t)(hash(at, 20) % n), to);
	return true;
}

/* A child of no listing names one that never was. */
static bool
put_listing_key(const struct reso_at *at, struct buf *to)
{
	uint32_t listing = reso_listing(at->m, at->k, at->no);

	if (listing == NO_ROW)
		buf_fmt(to, "Z%08u", at->no);
	else
		reso_key(at->m, RESO_PROPERTY, listing, to);
	return true;
}

/* The newest change of a listing's pictures. */
static bool
put_media_time(const struct reso_at *at, int64_t later, struct buf *to)
{
	const struct reso_table *t = &at->m->t[RESO_MEDIA];
	int64_t newest = NO_TIME;
	uint32_t from, end;

	reso_children(at->m, RESO_MEDIA, at->no, &from, &end);
	for (; from < end; from++)
		if ((t->rows[from].flags & ROW_HIDDEN) == 0 &&
		    t->rows[from].us > newest)
			newest = t->rows[from].us;
	if (newest != NO_TIME)
		reso_put_time(at->m, newest + later, to);
	return newest != NO_TIME;
}

static bool
put_photos(const struct reso_at *at, struct buf *to)
{
	uint32_t from, end;

	reso_children(at->m, RESO_MEDIA, at->no, &from, &end);
	buf_fmt(to, "%u", (end - from + SIZES - 1) / SIZES);
	return true;
}

static bool
put_status(const struct reso_at *at, const char *name, struct buf *to)
{
	bool off = (row_of(at)->flags & ROW_OFF_MARKET) != 0;

	if (*name == 'C')
		return put_word(to, off ? "Unavailable" : "Available");
	if (*name == 'M')
		return put_word(to, off			    ? "Sold"
				    : row_of(at)->edits > 0 ? "Price Change"
							    : "New");
	return put_word(to, off ? "Closed" : "Active");
}

/* A street the same in both feeds, with a quote mark in some. */
static bool
put_address(const struct reso_at *at, const char *name, struct buf *to)
{
	static const char *const streets[] = {"Maple", "King", "O'Connor",
	    "Saint-André", "Queen", "Lake Shore", "\"The\" Esplanade"};
	uint64_t h = hash(at, 21);
	const char *street = streets[h % (sizeof(streets) / sizeof(*streets))];
	unsigned number = (unsigned)(h >> 20) % 900 + 1;

	if (strcmp(name, "StreetNumber") == 0)
		buf_fmt(to, "%u", number);
	else if (strcmp(name, "StreetName") == 0)
		buf_str(to, street);
	else if (strcmp(name, "PostalCode") == 0)
		buf_fmt(to, "M%uA %uB%u", number % 10, number / 10 % 10,
		    number % 7);
	else
		buf_fmt(to, "%u %s Street, Example City, ON", number, street);
	return true;
}

/* What was paid is for VOW, a tour without marks for IDX. */
static bool
put_by_feed(const struct reso_at *at, const char *name, struct buf *to)
{
	bool sold = (row_of(at)->flags & ROW_OFF_MARKET) != 0;

	if (*name == 'V') {
		if (at->feed != FEED_IDX || hash(at, 22) % 3 > 0)
			return false;
		buf_fmt(to, "https://tours.example.com/%u", at->no);
		return true;
	}
	if (at->feed != FEED_VOW || !sold)
		return false;
	if (strcmp(name, "CloseDate") == 0)
		date_print(
		    at->m->o->size.now / DAY_S - (int64_t)(hash(at, 23) % 300),
		    to);
	else
		buf_fmt(to, "%llu.0",
		    (unsigned long long)(hash(at, 23) % 900 * 1000 + 300000));
	return true;
}

static bool
property_value(const struct reso_at *at, const char *name, struct buf *to)
{
	const struct reso_row *row = row_of(at);

	if (strstr(name, "Status") != NULL)
		return put_status(at, name, to);
	if (strcmp(name, "PhotosChangeTimestamp") == 0)
		return put_media_time(at, 0, to);
	if (strcmp(name, "MediaChangeTimestamp") == 0)
		return put_media_time(at, 1000000, to);
	if (strcmp(name, "PhotosCount") == 0)
		return put_photos(at, to);
	if (strcmp(name, "ListAgentKey") == 0)
		return put_some_key(at, RESO_MEMBER, to);
	if (strcmp(name, "ListOfficeKey") == 0)
		return put_some_key(at, RESO_OFFICE, to);
	if (strcmp(name, "InternetEntireListingDisplayYN") == 0)
		return put_word(
		    to, (row->flags & ROW_WITHDRAWN) != 0 ? "false" : "true");
	if (strcmp(name, "SourceRowVersion") == 0) { /* over 2^53 */
		buf_fmt(to, "%llu",
		    9007199254740993ull + (unsigned long long)at->no * 2 +
			row->edits);
		return true;
	}
	if (strcmp(name, "SystemModificationTimestamp") == 0) {
		reso_put_time(at->m,
		    (row->us == NO_TIME ? at->m->clock : row->us) +
			345600 * INT64_C(1000000) + 7184466,
		    to);
		return true;
	}
	if (strcmp(name, "OriginatingSystemKey") == 0) {
		buf_fmt(to, "Draft%u", 3000000 + at->no);
		return true;
	}
	if (*name == 'C' || *name == 'V')
		return put_by_feed(at, name, to);
	return put_address(at, name, to);
}

/* Behind the listings' media: four of each office, one of each member. */
static const char *
media_owner(const struct reso_at *at, enum reso_kind *k, uint32_t *no)
{
	const struct reso_table *t = &at->m->t[RESO_MEDIA];
	uint32_t offices = at->m->t[RESO_OFFICE].first_n * SIZES;
	uint32_t members = at->m->t[RESO_MEMBER].first_n;

	*k = RESO_PROPERTY;
	if (at->no < t->of_first || at->no >= t->of_first + offices + members)
		return "Property";
	*no = at->no - t->of_first;
	if (*no < offices) {
		*k = RESO_OFFICE;
		*no /= SIZES;
		return "Office";
	}
	*k = RESO_MEMBER;
	*no -= offices;
	return "Member";
}

/* Which picture of its listing, from 0, and in which size. */
static void
picture(const struct reso_at *at, uint32_t *which, int *size)
{
	const struct reso_table *t = &at->m->t[RESO_MEDIA];
	uint32_t listing = reso_listing(at->m, RESO_MEDIA, at->no);
	uint32_t from = t->of_first, end;

	if (at->no < t->of_first)
		reso_children(at->m, RESO_MEDIA, listing, &from, &end);
	else if (at->no >= t->first_n)
		from = t->first_n;
	*which = (at->no - from) / SIZES;
	*size = (int)((at->no - from) % SIZES);
}

static bool
put_url(const struct reso_at *at, int size, struct buf *to)
{
	struct rng r = {hash(at, 24)};

	buf_str(to, "https://images.example.com/");
	gen_hex(to, &r, 40);
	buf_fmt(to, "/rs:fit:%d:%d/", widths[size], widths[size]);
	gen_hex(to, &r, 32);
	buf_str(to, ".jpg");
	if (at->m->s.volatile_urls)
		buf_fmt(to, "?read=%llu", (unsigned long long)at->m->reads);
	return true;
}

static bool
media_value(const struct reso_at *at, const char *name, struct buf *to)
{
	enum reso_kind k;
	uint32_t owner = 0, which;
	const char *resource = media_owner(at, &k, &owner);
	int size;

	picture(at, &which, &size);
	if (strcmp(name, "ResourceName") == 0)
		return put_word(to, resource);
	if (strcmp(name, "ResourceRecordKey") == 0) {
		if (k == RESO_PROPERTY)
			return put_listing_key(at, to);
		reso_key(at->m, k, owner, to);
		return true;
	}
	if (strcmp(name, "MediaObjectID") == 0)
		buf_fmt(to, "%u", at->no - (uint32_t)size);
	else if (strcmp(name, "MediaURL") == 0)
		put_url(at, size, to);
	else if (strcmp(name, "MediaStatus") == 0)
		buf_str(to, (row_of(at)->flags & ROW_DELETED) != 0 ? "Deleted"
								   : "Active");
	else if (strcmp(name, "ImageSizeDescription") == 0)
		buf_str(to, sizes[size]);
	else if (strcmp(name, "Order") == 0) /* 0 is the first picture */
		buf_fmt(to, "%u", which);
	else if (strcmp(name, "PreferredPhotoYN") == 0)
		buf_str(to, which == 0 ? "true" : "false");
	else
		buf_fmt(to, "%d",
		    name[5] == 'W' ? widths[size] : widths[size] * 2 / 3);
	return true;
}

static bool
room_value(const struct reso_at *at, const char *name, struct buf *to)
{
	uint32_t from = 0, end;

	if (strcmp(name, "ListingKey") == 0)
		return put_listing_key(at, to);
	if (strcmp(name, "RoomStatus") == 0)
		return put_word(to, (row_of(at)->flags & ROW_DELETED) != 0
					? "Deleted"
					: "Active");
	if (at->no < at->m->t[RESO_ROOMS].of_first)
		reso_children(at->m, RESO_ROOMS,
		    reso_listing(at->m, RESO_ROOMS, at->no), &from, &end);
	buf_fmt(to, "%u", (at->no - from) % 40);
	return true;
}

/* Two hours in the afternoon of a day within six weeks. */
static bool
open_house_value(const struct reso_at *at, const char *name, struct buf *to)
{
	int64_t today = at->m->o->size.now / DAY_S;
	int64_t day = today + (int64_t)(hash(at, 25) % 42) - 28;
	int64_t start = day * DAY_S + 64800;

	if (strcmp(name, "ListingKey") == 0)
		return put_listing_key(at, to);
	if (strcmp(name, "OpenHouseDate") == 0)
		date_print(day, to);
	else if (strcmp(name, "OpenHouseStatus") == 0)
		buf_str(to, (row_of(at)->flags & ROW_DELETED) != 0 ? "Canceled"
			    : day < today			   ? "Ended"
								   : "Active");
	else
		reso_put_time(
		    at->m, (start + (name[9] == 'E' ? 7200 : 0)) * 1000000, to);
	return true;
}

static bool
member_value(const struct reso_at *at, const char *name, struct buf *to)
{
	struct rng r = {hash(at, 26)};
	const char *first = gen_first_name(&r), *last = gen_last_name(&r);

	if (strcmp(name, "OfficeKey") == 0)
		return put_some_key(at, RESO_OFFICE, to);
	if (strcmp(name, "MemberFirstName") == 0)
		return put_word(to, first);
	if (strcmp(name, "MemberLastName") == 0)
		return put_word(to, last);
	buf_fmt(to, "member%u@example.com", at->no);
	return true;
}

bool
reso_own_value(const struct reso_at *at, const char *name, struct buf *to)
{
	if (strcmp(name, "MlgCanView") == 0)
		return put_word(
		    to, (row_of(at)->flags &
			    (ROW_OFF_MARKET | ROW_WITHDRAWN | ROW_DELETED)) != 0
			    ? "false"
			    : "true");
	switch (at->k) {
	case RESO_PROPERTY:
		return property_value(at, name, to);
	case RESO_MEDIA:
		return media_value(at, name, to);
	case RESO_ROOMS:
		return room_value(at, name, to);
	case RESO_OPEN_HOUSE:
		return open_house_value(at, name, to);
	default:
		return member_value(at, name, to);
	}
}
