-- The views of schema reso: what the feeds say now, with the names and types
-- of the Data Dictionary (reso_fields.sql). Idempotent, as reso.sql.
-- See ha-reso(7).

-- What decides about being public, in rows that were stored before the tables
-- had these columns: they are not read again by themselves.
DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM reso.property
		WHERE internet_entire_listing_display IS NOT NULL) THEN
		UPDATE reso.property SET internet_entire_listing_display =
			raw_payload ->> 'InternetEntireListingDisplayYN'
		WHERE raw_payload ->> 'InternetEntireListingDisplayYN' <> '';
	END IF;
	IF NOT EXISTS (SELECT FROM reso.media
		WHERE permission IS NOT NULL) THEN
		UPDATE reso.media SET permission = raw_payload -> 'Permission'
		WHERE raw_payload ->> 'Permission' <> '';
	END IF;
END $$;

-- The account is in no index in front: a city is asked for, not the feed.
CREATE INDEX IF NOT EXISTS property_listing_key_idx
	ON reso.property (listing_key) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS property_city_list_price_idx
	ON reso.property (city, list_price) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS property_standard_status_list_price_idx
	ON reso.property (standard_status, list_price)
	WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS property_list_price_idx
	ON reso.property (list_price) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS property_modification_timestamp_idx
	ON reso.property (modification_timestamp) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS media_resource_record_key_idx
	ON reso.media (resource_record_key)
	WHERE deleted_at IS NULL AND resource_name = 'Property';
CREATE INDEX IF NOT EXISTS property_rooms_listing_key_idx
	ON reso.property_rooms (listing_key) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS open_house_listing_key_idx
	ON reso.open_house (listing_key) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS open_house_open_house_start_time_idx
	ON reso.open_house (open_house_start_time) WHERE deleted_at IS NULL;

-- Listings that may be shown to everybody: in IDX, and no feed has a word of
-- the seller against it.
CREATE OR REPLACE VIEW reso.public_listings AS
SELECT p.account_id, p.listing_key
FROM reso.property p
LEFT JOIN reso.property o
	ON o.account_id = reso.other_feed(p.account_id)
	AND o.listing_key = p.listing_key AND o.deleted_at IS NULL
WHERE p.deleted_at IS NULL AND reso.is_idx(p.account_id)
	AND reso.consents(p.internet_entire_listing_display)
	AND reso.consents(o.internet_entire_listing_display);

COMMENT ON VIEW reso.public_listings IS
'account and key of the listings that may be shown to everybody';

-- A view with a column for each standard field of a resource, which is
--   bare, where an index is to find it: p.city
--   the table's, where that has one of this name and type
--   cut from the payload by its type.
-- If the view has the other feed's row (o), that fills what is null, but for
-- bare columns. x has the payloads, unpacked once for a row and only if a
-- column of them is asked for: that is what OFFSET 0 is for. What `address`
-- names is null if the seller wants the address not shown.
CREATE OR REPLACE FUNCTION pg_temp.reso_view(name text, resource text,
	bare text[], address text[], ours text, rows_of text, which text)
RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
	base regclass := 'reso.' || lower(regexp_replace(resource,
		'([a-z])([A-Z])', '\1_\2', 'g'));
	filled boolean := rows_of LIKE '% o ON %';
	columns text;
BEGIN
	SELECT string_agg(format(CASE WHEN f.field = ANY (address)
			THEN $$CASE WHEN reso.consents(x.p ->>
				'InternetAddressDisplayYN') THEN %s END$$
			ELSE '%s' END || ' AS %I', format(CASE
			WHEN c.name = ANY (bare) OR c.name IS NOT NULL
				AND NOT filled THEN 'p.%2$I'
			WHEN c.name IS NOT NULL THEN 'coalesce(p.%2$I, o.%2$I)'
			WHEN f.type IN ('text[]', 'jsonb') AND filled THEN
				h.cut || $$(coalesce(nullif(x.p -> %1$L,
				'null'), nullif(x.o -> %1$L, 'null')))$$
			WHEN f.type IN ('text[]', 'jsonb') THEN
				h.cut || $$(nullif(x.p -> %1$L, 'null'))$$
			WHEN filled THEN
				h.cut || '(coalesce(x.p ->> %1$L, x.o ->> %1$L))'
			ELSE h.cut || '(x.p ->> %1$L)' END, f.field, c.name),
			f.field), E',\n' ORDER BY f.field COLLATE "C")
	INTO STRICT columns
	FROM reso.standard_fields f
	JOIN (VALUES ('text', ''), ('jsonb', ''),
		('numeric', 'reso.as_number'), ('boolean', 'reso.as_boolean'),
		('date', 'reso.as_date'), ('timestamptz', 'reso.as_time'),
		('text[]', 'reso.as_list')) h (type, cut) ON h.type = f.type
	LEFT JOIN LATERAL (SELECT a.attname AS name FROM pg_attribute a
		WHERE a.attrelid = base AND a.attnum > 0
			AND a.atttypid = f.type::regtype
			AND a.attname = lower(regexp_replace(f.field,
				'([a-z0-9])([A-Z])', '\1_\2', 'g'))) c ON true
	WHERE f.resource = reso_view.resource;
	columns := format($$VIEW reso.%I AS SELECT %s, %s FROM %s CROSS JOIN
		LATERAL (SELECT p.raw_payload || '{}' AS p%s OFFSET 0) x
		WHERE p.deleted_at IS NULL AND %s$$, name, ours, columns,
		rows_of, CASE WHEN filled
			THEN $$, o.raw_payload || '{}' AS o$$ END, which);
	BEGIN
		EXECUTE 'CREATE OR REPLACE ' || columns;
	EXCEPTION WHEN invalid_table_definition THEN
		-- fields have come or gone: no view takes that
		EXECUTE format('DROP VIEW reso.%I', name);
		EXECUTE 'CREATE ' || columns;
	END;
END $make$;

-- The row of VOW, or of IDX where VOW has none.
DO $do$ BEGIN PERFORM pg_temp.reso_view('Property', 'Property',
	'{listing_key,modification_timestamp,city,standard_status,list_price}',
	NULL,
	'p.account_id, p.customer_id, reso.board(p.account_id) AS board,
	reso.is_idx(p.account_id) OR o.listing_key IS NOT NULL AS "InIDX",
	NOT reso.is_idx(p.account_id) AS "InVOW",
	p.created_at, p.updated_at, p.version, p.raw_payload,
	o.raw_payload AS other_payload',
	'reso.property p LEFT JOIN reso.property o ON o.account_id =
		reso.other_feed(p.account_id) AND o.listing_key = p.listing_key
		AND o.deleted_at IS NULL',
	'(NOT reso.is_idx(p.account_id) OR o.listing_key IS NULL)'); END $do$;

-- What IDX says, and nothing of VOW.
DO $do$ BEGIN PERFORM pg_temp.reso_view('PropertyPublic', 'Property', NULL,
	'{CarrierRoute,CrossStreet,Directions,Latitude,Longitude,MapCoordinate,
	MapURL,ParcelNumber,PostalCodePlus4,StreetAdditionalInfo,
	StreetDirPrefix,StreetDirSuffix,StreetName,StreetNumber,
	StreetNumberNumeric,StreetSuffix,StreetSuffixModifier,
	TaxLegalDescription,UnitNumber,UnparsedAddress}',
	$$p.account_id, p.customer_id, reso.board(p.account_id) AS board,
	p.created_at, p.updated_at, p.version,
	CASE WHEN reso.consents(x.p ->> 'InternetAddressDisplayYN')
		THEN p.raw_payload END AS raw_payload$$,
	'reso.property p LEFT JOIN reso.property v ON v.account_id =
		reso.other_feed(p.account_id) AND v.listing_key = p.listing_key
		AND v.deleted_at IS NULL',
	'reso.is_idx(p.account_id) AND reso.consents(p.internet_entire_listing_display)
	AND reso.consents(v.internet_entire_listing_display)'); END $do$;

-- Children of listings that are in "Property", and of those that are public.
-- A child that VOW has, be it deleted there, is VOW's to tell: a copy that IDX
-- left behind is older.
DO $do$ BEGIN PERFORM pg_temp.reso_view(r.resource || v.name, r.resource, NULL, NULL,
	'p.account_id, p.customer_id, reso.board(p.account_id) AS board,
	p.created_at, p.updated_at, p.version, p.raw_payload',
	format('reso.%I p', r.base), format('EXISTS (SELECT FROM %s
		AND l.listing_key = p.%I) AND %s
	AND (NOT reso.is_idx(p.account_id) OR NOT EXISTS (SELECT
		FROM reso.%I v
		WHERE v.account_id = reso.other_feed(p.account_id)
		AND v.%I = p.%5$I))', v.listing, r.parent,
		r.live || CASE v.name WHEN '' THEN '' ELSE r.public END,
		r.base, r.key))
FROM (VALUES ('Media', 'media', 'resource_record_key', 'media_key',
		$$p.resource_name = 'Property'$$,
		$$ AND (p.permission IS NULL OR p.permission IN ('[]', '""')
		OR jsonb_exists_any(p.permission, '{Public,IDX}'))$$),
	('PropertyRooms', 'property_rooms', 'listing_key', 'room_key',
		'true', ''),
	('OpenHouse', 'open_house', 'listing_key', 'open_house_key',
		$$coalesce(p.open_house_status, '')
		NOT IN ('Canceled', 'Cancelled')$$,
		$$ AND coalesce(p.open_house_type, '') IN ('', 'Public')$$))
	r (resource, base, parent, key, live, public),
	(VALUES ('', 'reso.property l WHERE l.account_id IN (p.account_id,
		reso.other_feed(p.account_id)) AND l.deleted_at IS NULL'),
	('Public', 'reso.public_listings l
		WHERE l.account_id = reso.idx_feed(p.account_id)'))
	v (name, listing); END $do$;

COMMENT ON VIEW reso."Property" IS
'each listing once for a board, from VOW, else IDX; null fields from the other';
COMMENT ON VIEW reso."PropertyPublic" IS
'listings that may be shown to everybody, as IDX has them';
COMMENT ON VIEW reso."Media" IS
'live pictures and documents of listings in "Property"';
COMMENT ON VIEW reso."MediaPublic" IS
'those that may be shown to everybody';
COMMENT ON VIEW reso."PropertyRooms" IS
'live rooms of listings in "Property"';
COMMENT ON VIEW reso."PropertyRoomsPublic" IS
'those that may be shown to everybody';
COMMENT ON VIEW reso."OpenHouse" IS
'open houses of listings in "Property" that were not cancelled';
COMMENT ON VIEW reso."OpenHousePublic" IS
'those that may be shown to everybody, and are for everybody';
