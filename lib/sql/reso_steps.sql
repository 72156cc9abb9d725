-- step 1: indexes that began with the account, before one look went over all
-- feeds; those of today have the same names, and would not be made.
DO $step$
DECLARE
	old text;
BEGIN
	FOR old IN SELECT format('%I.%I', n.nspname, c.relname)
	    FROM pg_catalog.pg_index i
	    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
	    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
		AND a.attnum = i.indkey[0]
	    WHERE n.nspname = 'reso' AND a.attname = 'account_id'
		AND NOT i.indisprimary AND c.relname IN (
		'media_modification_timestamp_media_key_idx',
		'media_resource_record_key_resource_name_sort_order_idx',
		'open_house_listing_key_idx',
		'open_house_open_house_start_time_idx',
		'property_city_list_price_idx',
		'property_list_price_idx',
		'property_modification_timestamp_idx',
		'property_modification_timestamp_listing_key_idx',
		'property_rooms_listing_key_idx',
		'property_rooms_modification_timestamp_room_key_idx',
		'property_standard_status_list_price_idx')
	LOOP
		EXECUTE 'DROP INDEX ' || old;
	END LOOP;
END $step$;
