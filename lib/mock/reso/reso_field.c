#include "mock/reso/reso_int.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STRING ODATA_STRING
#define NUMBER ODATA_NUMBER
#define BOOL ODATA_BOOL
#define DATE ODATA_DATE
#define TIME ODATA_TIME
#define STRINGS ODATA_STRINGS
#define SELF                                                                   \
	{                                                                      \
		HOW_SELF, 0, 0, NULL, 0, false                                 \
	}
#define KEY                                                                    \
	{                                                                      \
		HOW_KEY, 0, 0, NULL, 0, false                                  \
	}
#define STAMP                                                                  \
	{                                                                      \
		HOW_TIME, 0, 0, NULL, 0, false                                 \
	}
#define SINCE(null)                                                            \
	{                                                                      \
		HOW_SINCE, 0, 0, NULL, null, false                             \
	}
#define ONE(words, null)                                                       \
	{                                                                      \
		HOW_ONE, 0, 0, words, null, false                              \
	}
#define SOME(words)                                                            \
	{                                                                      \
		HOW_SOME, 0, 0, words, 0, false                                \
	}
#define NUM(lo, hi, null)                                                      \
	{                                                                      \
		HOW_COUNT, lo, hi, NULL, null, false                           \
	}
#define MONEY(lo, hi, null)                                                    \
	{                                                                      \
		HOW_MONEY, lo, hi, NULL, null, true                            \
	}
#define SIZE(lo, hi, null)                                                     \
	{                                                                      \
		HOW_SIZE, lo, hi, NULL, null, false                            \
	}
#define WORDS(lo, hi, null)                                                    \
	{                                                                      \
		HOW_WORDS, lo, hi, NULL, null, false                           \
	}
#define TEXT(lo, hi, null)                                                     \
	{                                                                      \
		HOW_TEXT, lo, hi, NULL, null, true                             \
	}
#define DAYS(null)                                                             \
	{                                                                      \
		HOW_DATE, 0, 0, NULL, null, false                              \
	}
#define FLAG(pct, null)                                                        \
	{                                                                      \
		HOW_FLAG, pct, 0, NULL, null, false                            \
	}
#define NOTHING                                                                \
	{                                                                      \
		HOW_NONE, 0, 0, NULL, 0, false                                 \
	}

struct made {
	struct odata_field f;
	struct reso_how_of how;
};

static const struct made property[] = {{{"ListingKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP}, {{"ListingId", STRING}, NOTHING},
    {{"MajorChangeTimestamp", TIME}, SINCE(3)},
    {{"SystemModificationTimestamp", TIME}, SELF},
    {{"OriginalEntryTimestamp", TIME}, SINCE(0)},
    {{"PhotosChangeTimestamp", TIME}, SELF},
    {{"MediaChangeTimestamp", TIME}, SELF},
    {{"PriceChangeTimestamp", TIME}, SINCE(60)},
    {{"SoldEntryTimestamp", TIME}, NOTHING}, {{"ContractStatus", STRING}, SELF},
    {{"MlsStatus", STRING}, SELF}, {{"StandardStatus", STRING}, SELF},
    {{"PriorMlsStatus", STRING}, ONE("New|Draft|Price Change", 40)},
    {{"TransactionType", STRING}, ONE("For Sale|For Lease|For Sub-Lease", 0)},
    {{"PropertyType", STRING},
	ONE("Residential Freehold|Residential Condo & Other|Commercial", 0)},
    {{"PropertySubType", STRING},
	ONE("Detached|Semi-Detached|Att/Row/Townhouse|Condo Apartment|Office",
	    2)},
    {{"ListPrice", NUMBER}, MONEY(250000, 3000000, 0)},
    {{"OriginalListPrice", NUMBER}, MONEY(250000, 3000000, 20)},
    {{"ClosePrice", NUMBER}, SELF}, {{"CloseDate", DATE}, SELF},
    {{"ListPriceUnit", STRING}, NOTHING},
    {{"TaxAnnualAmount", NUMBER}, SIZE(1200, 14000, 8)},
    {{"TaxYear", NUMBER}, NUM(2020, 2026, 8)},
    {{"AssociationFee", NUMBER}, SIZE(200, 1500, 70)},
    {{"SourceRowVersion", NUMBER}, SELF}, {{"UnparsedAddress", STRING}, SELF},
    {{"StreetNumber", STRING}, SELF}, {{"StreetName", STRING}, SELF},
    {{"StreetSuffix", STRING}, ONE("Street|Avenue|Road|Crescent", 5)},
    {{"UnitNumber", STRING}, NOTHING},
    {{"City", STRING},
	ONE("Toronto C08|Toronto W04|Ajax|St. Catharines|Rivière-du-Nord|"
	    "Hawk's Nest",
	    0)},
    {{"CityRegion", STRING}, WORDS(1, 3, 20)},
    {{"CountyOrParish", STRING}, ONE("Toronto|Durham|Niagara", 0)},
    {{"StateOrProvince", STRING}, ONE("ON", 0)}, {{"PostalCode", STRING}, SELF},
    {{"Country", STRING}, ONE("CA", 0)}, {{"Latitude", NUMBER}, NOTHING},
    {{"Longitude", NUMBER}, NOTHING}, {{"BedroomsTotal", NUMBER}, NUM(0, 7, 6)},
    {{"BedroomsAboveGrade", NUMBER}, NUM(0, 6, 6)},
    {{"BathroomsTotalInteger", NUMBER}, NUM(1, 6, 3)},
    {{"KitchensTotal", NUMBER}, NUM(0, 2, 10)},
    {{"LotWidth", NUMBER}, SIZE(15, 120, 35)},
    {{"LotDepth", NUMBER}, SIZE(60, 300, 35)},
    {{"LotSizeUnits", STRING}, ONE("Feet|Metres|Acres", 35)},
    {{"BuildingAreaTotal", NUMBER}, SIZE(400, 9000, 55)},
    {{"LivingAreaRange", STRING}, ONE("700-1100|1100-1500|2000-2500", 15)},
    {{"YearBuilt", NUMBER}, NUM(1890, 2026, 70)},
    {{"ParkingTotal", NUMBER}, SIZE(0, 6, 4)},
    {{"GarageYN", BOOL}, FLAG(55, 10)}, {{"HeatingYN", BOOL}, FLAG(98, 30)},
    {{"CoolingYN", BOOL}, FLAG(70, 30)}, {{"FireplaceYN", BOOL}, FLAG(40, 5)},
    {{"InternetEntireListingDisplayYN", BOOL}, SELF},
    {{"InternetAddressDisplayYN", BOOL}, FLAG(92, 0)},
    {{"ArchitecturalStyle", STRINGS}, SOME("2-Storey|Bungalow|Apartment")},
    {{"Basement", STRINGS}, SOME("Finished|Separate Entrance|Walk-Out")},
    {{"ConstructionMaterials", STRINGS}, SOME("Brick|Vinyl Siding|Stone")},
    {{"Cooling", STRINGS}, SOME("Central Air|Wall Unit(s)")},
    {{"ExteriorFeatures", STRINGS}, SOME("Deck|Patio|Porch|Lighting")},
    {{"InteriorFeatures", STRINGS},
	SOME("Carpet Free|Sump Pump|Water Heater, Owned|In-Law Suite")},
    {{"ParkingFeatures", STRINGS}, SOME("Private|Lane|Underground")},
    {{"PoolFeatures", STRINGS}, SOME("None|Inground|Salt")},
    {{"Sewer", STRINGS}, SOME("Sewer|Septic")},
    {{"UtilitiesAtLot", STRINGS}, SOME("")}, {{"PhotosCount", NUMBER}, SELF},
    {{"ListAgentKey", STRING}, SELF}, {{"ListOfficeKey", STRING}, SELF},
    {{"ListOfficeName", STRING}, WORDS(2, 4, 0)},
    {{"CoListAgentKey", STRING}, NOTHING},
    {{"VirtualTourURLUnbranded", STRING}, SELF},
    {{"PublicRemarks", STRING}, SELF}, {{"PrivateRemarks", STRING}, NOTHING},
    {{"ListingContractDate", DATE}, DAYS(0)},
    {{"ExpirationDate", DATE}, NOTHING},
    {{"DaysOnMarket", NUMBER}, NUM(0, 240, 4)},
    {{"OriginatingSystemName", STRING}, ONE("ExampleBoard", 0)},
    {{"OriginatingSystemKey", STRING}, SELF}};

static const struct made media[] = {{{"MediaKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP},
    {{"MediaModificationTimestamp", TIME}, STAMP},
    {{"ResourceName", STRING}, SELF}, {{"ResourceRecordKey", STRING}, SELF},
    {{"MediaObjectID", STRING}, SELF}, {{"MediaURL", STRING}, SELF},
    {{"MediaCategory", STRING}, ONE("Photo", 0)},
    {{"MediaType", STRING}, ONE("image/jpeg", 0)},
    {{"MediaStatus", STRING}, SELF},
    {{"ImageOf", STRING}, ONE("Kitchen|Living Room|Exterior|Other", 60)},
    {{"ClassName", STRING}, ONE("Residential|Commercial", 0)},
    {{"ImageSizeDescription", STRING}, SELF}, {{"ImageHeight", NUMBER}, SELF},
    {{"ImageWidth", NUMBER}, SELF}, {{"Order", NUMBER}, SELF},
    {{"PreferredPhotoYN", BOOL}, SELF},
    {{"ShortDescription", STRING}, TEXT(1, 6, 50)},
    {{"LongDescription", STRING}, NOTHING},
    {{"Permission", STRINGS}, SOME("Public|IDX")},
    {{"OriginatingSystemID", STRING}, NOTHING}};

static const struct made rooms[] = {{{"RoomKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP}, {{"ListingKey", STRING}, SELF},
    {{"RoomDescription", STRING}, TEXT(2, 8, 60)},
    {{"RoomLength", NUMBER}, SIZE(2, 9, 10)},
    {{"RoomWidth", NUMBER}, SIZE(2, 7, 10)},
    {{"RoomLengthWidthUnits", STRING}, ONE("Metres|Feet", 0)},
    {{"RoomLevel", STRING}, ONE("Main|Second|Basement", 5)},
    {{"RoomType", STRING}, ONE("Kitchen|Bedroom|Living Room|Den", 0)},
    {{"RoomFeature1", STRING}, ONE("Hardwood Floor|Broadloom", 40)},
    {{"RoomFeature2", STRING}, ONE("Window|Closet", 70)},
    {{"RoomFeature3", STRING}, NOTHING},
    {{"RoomFeatures", STRINGS}, SOME("Hardwood Floor|Window|Closet")},
    {{"RoomStatus", STRING}, SELF}, {{"Order", NUMBER}, SELF}};

static const struct made open_house[] = {{{"OpenHouseKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP}, {{"ListingKey", STRING}, SELF},
    {{"OpenHouseDate", DATE}, SELF}, {{"OpenHouseStartTime", TIME}, SELF},
    {{"OpenHouseEndTime", TIME}, SELF}, {{"OpenHouseStatus", STRING}, SELF},
    {{"OpenHouseType", STRING}, ONE("Public|Broker|", 30)},
    {{"OpenHouseRemarks", STRING}, TEXT(3, 12, 50)}};

static const struct made member[] = {{{"MemberKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP},
    {{"MemberMlsId", STRING}, NOTHING}, {{"MemberFirstName", STRING}, SELF},
    {{"MemberLastName", STRING}, SELF}, {{"MemberEmail", STRING}, SELF},
    {{"MemberStatus", STRING}, ONE("Active|Inactive", 0)},
    {{"MemberType", STRING}, ONE("Salesperson|Broker", 0)},
    {{"OfficeKey", STRING}, SELF}};

static const struct made office[] = {{{"OfficeKey", STRING}, KEY},
    {{"ModificationTimestamp", TIME}, STAMP},
    {{"OfficeName", STRING}, TEXT(2, 4, 0)},
    {{"OfficeCity", STRING}, ONE("Toronto|Ajax|Hawk's Nest", 0)},
    {{"OfficePhone", STRING}, NOTHING},
    {{"OfficeStatus", STRING}, ONE("Active|Inactive", 0)}};

/* What a grid of boards adds to every row but, the second, to a listing. */
static const struct made grid[] = {{{"MlgCanView", BOOL}, SELF},
    {{"OriginatingSystemName", STRING}, ONE("ExampleBoard", 0)}};

const char *const reso_names[RESO_KINDS] = {
    "Property", "Media", "PropertyRooms", "OpenHouse", "Member", "Office"};

static const struct {
	const struct made *at;
	size_t n;
} kinds[RESO_KINDS] = {{property, COUNT(property)}, {media, COUNT(media)},
    {rooms, COUNT(rooms)}, {open_house, COUNT(open_house)},
    {member, COUNT(member)}, {office, COUNT(office)}};

void
reso_fields_init(struct reso *m)
{
	for (int k = 0; k < RESO_KINDS; k++) {
		m->n_fields[k] = kinds[k].n;
		for (size_t i = 0; i < kinds[k].n; i++)
			m->fields[k][i] = kinds[k].at[i].f;
		if (!m->s.grid)
			continue;
		m->fields[k][m->n_fields[k]++] = grid[0].f;
		if (k != RESO_PROPERTY)
			m->fields[k][m->n_fields[k]++] = grid[1].f;
	}
}

const struct reso_how_of *
reso_how(enum reso_kind k, size_t field)
{
	if (field >= kinds[k].n)
		return &grid[field - kinds[k].n].how;
	return &kinds[k].at[field].how;
}

int
reso_field(enum reso_kind k, const char *name, size_t len)
{
	for (size_t i = 0; i < kinds[k].n; i++) {
		const char *known = kinds[k].at[i].f.name;

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return (int)i;
	}
	return -1;
}

int
reso_kind_named(const char *name, size_t len)
{
	for (int k = 0; k < RESO_KINDS; k++)
		if (strlen(reso_names[k]) == len &&
		    memcmp(reso_names[k], name, len) == 0)
			return k;
	return -1;
}

static const char *
edm_type(const struct odata_field *f)
{
	switch (f->type) {
	case ODATA_NUMBER:
		return strcmp(f->name, "SourceRowVersion") == 0 ? "Edm.Int64"
								: "Edm.Decimal";
	case ODATA_BOOL:
		return "Edm.Boolean";
	case ODATA_DATE:
		return "Edm.Date";
	case ODATA_TIME:
		return "Edm.DateTimeOffset";
	default:
		return "Edm.String";
	}
}

void
reso_metadata_json(struct buf *to)
{
	buf_str(to, "{\"$Version\":\"4.01\",\"$EntityContainer\":"
		    "\"us.ampre.webapi.Container\",\"us.ampre.webapi\":{");
	for (int k = 0; k < RESO_KINDS; k++) {
		buf_fmt(to,
		    "%s\"%s\":{\"$Kind\":\"EntityType\",\"$Key\":[\"%s\"]",
		    k > 0 ? "," : "", reso_names[k], kinds[k].at[0].f.name);
		for (size_t i = 0; i < kinds[k].n; i++) {
			const struct odata_field *f = &kinds[k].at[i].f;

			buf_fmt(to, ",\"%s\":{\"$Type\":\"%s\"%s%s}", f->name,
			    edm_type(f), i > 0 ? ",\"$Nullable\":true" : "",
			    f->type == ODATA_STRINGS ? ",\"$Collection\":true"
						     : "");
		}
		buf_chr(to, '}');
	}
	buf_str(to, ",\"Container\":{\"$Kind\":\"EntityContainer\"");
	for (int k = 0; k < RESO_KINDS; k++)
		buf_fmt(to,
		    ",\"%s\":{\"$Collection\":true,"
		    "\"$Type\":\"us.ampre.webapi.%s\"}",
		    reso_names[k], reso_names[k]);
	buf_str(to, "}}}");
}

void
reso_metadata_xml(struct buf *to)
{
	buf_str(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<edmx:Edmx Version=\"4.01\" xmlns:edmx=\"http://docs."
		    "oasis-open.org/odata/ns/edmx\"><edmx:DataServices>"
		    "<Schema Namespace=\"us.ampre.webapi\" xmlns=\"http://docs."
		    "oasis-open.org/odata/ns/edm\">\n");
	for (int k = 0; k < RESO_KINDS; k++) {
		buf_fmt(to,
		    "<EntityType Name=\"%s\"><Key><PropertyRef Name=\"%s\"/>"
		    "</Key>\n",
		    reso_names[k], kinds[k].at[0].f.name);
		for (size_t i = 0; i < kinds[k].n; i++) {
			const struct odata_field *f = &kinds[k].at[i].f;
			bool many = f->type == ODATA_STRINGS;

			buf_fmt(to, "<Property Name=\"%s\" Type=\"%s%s%s\"/>\n",
			    f->name, many ? "Collection(" : "", edm_type(f),
			    many ? ")" : "");
		}
		buf_str(to, "</EntityType>\n");
	}
	buf_str(to, "<EntityContainer Name=\"Container\">\n");
	for (int k = 0; k < RESO_KINDS; k++)
		buf_fmt(to,
		    "<EntitySet Name=\"%s\" "
		    "EntityType=\"us.ampre.webapi.%s\"/>\n",
		    reso_names[k], reso_names[k]);
	buf_str(to, "</EntityContainer></Schema></edmx:DataServices>"
		    "</edmx:Edmx>\n");
}
