-- Functions of schema reso, and what ha-sync did. Idempotent; ha-schema puts it
-- behind the tables. See ha-reso(7).

-- A feed is an account: idx and vow, or NAME_idx and NAME_vow of more boards.
-- Any other account is as careful as vow: nothing of it is public.
CREATE OR REPLACE FUNCTION reso.is_idx(account_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN account_id = 'idx' OR account_id LIKE '%\_idx';

CREATE OR REPLACE FUNCTION reso.is_vow(account_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN account_id = 'vow' OR account_id LIKE '%\_vow';

-- The other feed of the same board; NULL if there is none.
CREATE OR REPLACE FUNCTION reso.other_feed(account_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN reso.is_idx(account_id)
			THEN left(account_id, -3) || 'vow'
		WHEN reso.is_vow(account_id)
			THEN left(account_id, -3) || 'idx' END;

CREATE OR REPLACE FUNCTION reso.idx_feed(account_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN reso.is_idx(account_id) THEN account_id
		ELSE reso.other_feed(account_id) END;

-- The name of its board: empty for the feeds idx and vow.
CREATE OR REPLACE FUNCTION reso.board(account_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN account_id IN ('idx', 'vow') THEN ''
		WHEN reso.is_idx(account_id) OR reso.is_vow(account_id)
			THEN left(account_id, -4)
		ELSE account_id END;

-- A seller's consent: no word is none against it, but anything other than a
-- yes is. Spelt out, since the planner knows how often a value comes, but
-- nothing of lower(value).
CREATE OR REPLACE FUNCTION reso.consents(word text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN word IS NULL OR word IN ('true', 'True', 'TRUE', '1', 'Y', 'y',
		'Yes', 'yes', 'YES', '');

-- Values of a payload, or NULL for what is none of the type. No exception is
-- caught, since a function that does so keeps a query off parallel workers;
-- so a pattern tells first what the cast will take.
CREATE OR REPLACE FUNCTION reso.as_number(v text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN v ~ '^ *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})? *$'
			AND length(v) < 1000
		THEN v::numeric END;

CREATE OR REPLACE FUNCTION reso.as_boolean(v text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN lower(v) IN ('true', '1', 'yes', 'y') THEN true
		WHEN lower(v) IN ('false', '0', 'no', 'n') THEN false END;

-- A day that there is.
CREATE OR REPLACE FUNCTION reso.is_day(v text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN v ~ ('^(?!0000)(\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])'
		'|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))'
		'|(\d\d(0[48]|[2468][048]|[13579][26])'
		'|([02468][048]|[13579][26])00)-02-29)$');

-- A time of day behind a date, with or without a zone.
CREATE OR REPLACE FUNCTION reso.is_clock(v text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN v ~ ('^[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,20})?)?'
		'(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)?$');

-- The day as it is written, whatever the zone of a time behind it.
CREATE OR REPLACE FUNCTION reso.as_date(v text) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN reso.is_day(left(v, 10))
			AND (length(v) = 10 OR reso.is_clock(substr(v, 11)))
		THEN left(v, 10)::date END;

-- Without a zone it is UTC, as for columns of the tables.
CREATE OR REPLACE FUNCTION reso.as_time(v text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN NOT reso.is_day(left(v, 10)) THEN NULL
		WHEN length(v) = 10 THEN (v || ' 00:00Z')::timestamptz
		WHEN NOT reso.is_clock(substr(v, 11)) THEN NULL
		WHEN substr(v, 12) ~ '[Z+-]' THEN v::timestamptz
		ELSE (v || 'Z')::timestamptz END;

-- A list; from one text, the parts between commas. A comma with a blank behind
-- it belongs to the value ("My Company, LLC"): flags have none. All names are
-- qualified, since views call it for each row: ha.without.
CREATE OR REPLACE FUNCTION reso.as_list(v jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
	CASE pg_catalog.jsonb_typeof(v)
	WHEN 'array' THEN
		RETURN ARRAY(SELECT e FROM pg_catalog.jsonb_array_elements_text(v)
			WITH ORDINALITY x (e, i)
			WHERE e IS NOT NULL ORDER BY i);
	WHEN 'string' THEN
		RETURN ARRAY(SELECT pg_catalog.btrim(e) FROM pg_catalog.regexp_split_to_table(
			v #>> '{}'::text[], ',(?! )') WITH ORDINALITY x (e, i)
			WHERE pg_catalog.btrim(e) <> '' ORDER BY i);
	WHEN 'null', 'object' THEN
		RETURN NULL;
	ELSE
		RETURN ARRAY[v #>> '{}'::text[]];
	END CASE;
END $$;

-- How far a cursor has come. In the middle of a run (time) that is not yet
-- behind where the one before ended (stop), nothing new is known.
CREATE OR REPLACE FUNCTION reso.position_time(cursor jsonb)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN greatest(reso.as_time(cursor ->> 'position'),
		reso.as_time(cursor ->> 'time'),
		reso.as_time(cursor ->> 'stop'));

-- The newest position that a resource had at a time: one probe each.
CREATE INDEX IF NOT EXISTS sync_log_position ON ha.sync_log
	(source, resource, account_id, started_at DESC)
	WHERE cursor IS NOT NULL;

-- What one call of ha-sync did: its runs, one for each feed and mode.
CREATE OR REPLACE VIEW reso.sync_jobs AS
SELECT min(r.id) AS id,
	coalesce(r.job, r.run) AS job,
	array_agg(r.run) AS runs,
	array_agg(DISTINCT r.account_id) AS accounts,
	min(r.started_at) AS started_at,
	CASE WHEN bool_and(r.finished_at IS NOT NULL)
		THEN max(r.finished_at) END AS finished_at
FROM ha.sync_runs r
WHERE r.source = 'reso'
GROUP BY coalesce(r.job, r.run)
ORDER BY 1 DESC;

COMMENT ON VIEW reso.sync_jobs IS
'one row per call of ha-sync reso, newest first, with its runs of ha.sync_runs';

-- Each part that failed; a run that failed without one; a run that ended
-- without a word, which is known once the account has a newer one.
CREATE OR REPLACE VIEW reso.sync_errors AS
SELECT l.run, coalesce(l.finished_at, l.started_at) AS at,
	l.account_id || ' ' || l.resource || ': '
		|| coalesce(nullif(l.why, ''), 'status ' || l.status)
		AS message
FROM ha.sync_log l
WHERE l.source = 'reso' AND l.status > 1
UNION ALL
SELECT r.run, coalesce(r.finished_at, r.started_at),
	r.account_id || ': ' || CASE WHEN r.finished_at IS NULL
		THEN 'ended without a status'
		ELSE coalesce(nullif(r.why, ''), 'status ' || r.status) END
FROM ha.sync_runs r
WHERE r.source = 'reso'
	AND (r.status > 1 AND NOT EXISTS (SELECT FROM ha.sync_log l
			WHERE l.run = r.run AND l.status > 1)
		OR r.finished_at IS NULL AND EXISTS (SELECT
			FROM ha.sync_runs n WHERE n.source = 'reso'
				AND n.account_id = r.account_id
				AND n.started_at > r.started_at));

COMMENT ON VIEW reso.sync_errors IS
'what went wrong in the runs of source reso';

-- Columns and names are those that users of older services know. Positions
-- are as they were when the job ended, of several boards the newest.
CREATE OR REPLACE VIEW reso."SyncLog" AS
SELECT j.id, j.started_at AS "timestamp",
	p.idx AS idx_property_timestamp,
	p.vow AS vow_property_timestamp,
	p.media AS media_timestamp,
	p.rooms AS rooms_timestamp,
	p.open_house AS openhouse_timestamp,
	n.fetched AS total_processed,
	n.stored AS total_successful,
	n.rejected AS total_failed,
	round(extract(epoch FROM j.finished_at - j.started_at)::numeric / 60,
		2) AS sync_duration_minutes,
	e.errors AS error_count,
	e.last AS last_error_message,
	j.started_at AS created_at,
	coalesce(j.finished_at, n.seen_at, j.started_at) AS updated_at
FROM reso.sync_jobs j
LEFT JOIN LATERAL (
	SELECT coalesce(sum(fetched), 0)::bigint AS fetched,
		coalesce(sum(inserted + updated + unchanged + stale),
			0)::bigint AS stored,
		coalesce(sum(rejected), 0)::bigint AS rejected,
		max(greatest(started_at, finished_at)) AS seen_at
	FROM ha.sync_log l
	WHERE l.run = ANY (j.runs) AND l.source = 'reso') n ON true
LEFT JOIN LATERAL (
	SELECT count(*) AS errors,
		(array_agg(message ORDER BY at DESC))[1] AS last
	FROM reso.sync_errors s
	WHERE s.run = ANY (j.runs)) e ON true
LEFT JOIN LATERAL (
	SELECT max(at) FILTER (WHERE resource = 'property'
			AND reso.is_idx(account_id)) AS idx,
		max(at) FILTER (WHERE resource = 'property'
			AND NOT reso.is_idx(account_id)) AS vow,
		max(at) FILTER (WHERE resource = 'media') AS media,
		max(at) FILTER (WHERE resource = 'property_rooms') AS rooms,
		max(at) FILTER (WHERE resource = 'open_house') AS open_house
	FROM (SELECT a.account_id, r.resource,
			(SELECT reso.position_time(l.cursor)
			FROM ha.sync_log l
			WHERE l.source = 'reso' AND l.resource = r.resource
				AND l.account_id = a.account_id
				AND l.cursor IS NOT NULL
				AND l.started_at <= coalesce(j.finished_at,
					n.seen_at, j.started_at)
			ORDER BY l.started_at DESC LIMIT 1) AS at
		FROM (SELECT account_id FROM ha.accounts
			WHERE source = 'reso'
			UNION SELECT unnest(j.accounts)) a,
			unnest('{property,media,property_rooms,open_house}'
				::text[]) r (resource)) x) p ON true;

-- the same without quotes: SELECT * FROM reso.SyncLog
CREATE OR REPLACE VIEW reso.synclog AS SELECT * FROM reso."SyncLog";

COMMENT ON VIEW reso.synclog IS 'reso."SyncLog"';
COMMENT ON VIEW reso."SyncLog" IS
'what each call of ha-sync reso did, from ha.sync_runs and ha.sync_log';

-- The newest row, and what one wants to know beside it.
CREATE OR REPLACE VIEW reso.latest_sync_status AS
SELECT s.id,
	CASE WHEN j.finished_at IS NULL AND EXISTS (SELECT
			FROM ha.active_syncs a
			WHERE a.name = ANY (SELECT 'reso/' || account_id
				FROM unnest(j.accounts) account_id))
			THEN 'running'
		WHEN j.finished_at IS NULL THEN 'interrupted'
		WHEN s.error_count > 0 THEN 'failed'
		WHEN s.total_failed > 0 THEN 'records set aside'
		ELSE 'complete' END AS state,
	round(CASE WHEN s.total_successful + s.total_failed > 0
			THEN 100.0 * s.total_successful
				/ (s.total_successful + s.total_failed)
		WHEN s.error_count > 0 THEN 0
		ELSE 100 END, 2) AS success_rate,
	j.started_at, j.finished_at, s.sync_duration_minutes,
	s.total_processed, s.total_successful, s.total_failed,
	s.error_count, s.last_error_message,
	s.idx_property_timestamp, s.vow_property_timestamp,
	s.media_timestamp, s.rooms_timestamp, s.openhouse_timestamp,
	(SELECT count(*) FROM ha.parked WHERE source = 'reso')
		AS waiting_for_listing,
	(SELECT c.finished_at FROM reso.sync_jobs c
	WHERE c.finished_at IS NOT NULL AND NOT EXISTS (SELECT
		FROM reso.sync_errors e WHERE e.run = ANY (c.runs))
	ORDER BY c.id DESC LIMIT 1) AS last_complete_at
FROM (SELECT * FROM reso."SyncLog" ORDER BY id DESC LIMIT 1) s
JOIN reso.sync_jobs j ON j.id = s.id;

COMMENT ON VIEW reso.latest_sync_status IS
'how the newest call of ha-sync reso goes or went, success_rate in per cent';

-- A change of media moves no ModificationTimestamp of its listing, so that
-- nobody asks for the listing again: its times of photos and media follow its
-- media instead, when a run of media is complete, in the transaction that says
-- so. Times of a listing that comes again are its own. A media row that is new
-- here lies behind where the run before ended, less the overlap of 20 minutes.
-- Media that only the other feed of the board has are this one's as well.
CREATE INDEX IF NOT EXISTS media_modification_timestamp_brin
	ON reso.media USING brin (modification_timestamp)
	WITH (autosummarize = on);

CREATE OR REPLACE FUNCTION reso.media_moved() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_before jsonb;
	v_from timestamptz;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		v_before := OLD.cursor;
	END IF;
	v_from := coalesce(reso.as_time(coalesce(v_before ->> 'position',
		v_before ->> 'stop')) - interval '20 minutes', '-infinity');
	UPDATE reso.property p
	SET photos_change_timestamp = greatest(p.photos_change_timestamp,
			m.photos),
		media_change_timestamp = greatest(p.media_change_timestamp, m.any),
		updated_at = now(), version = p.version + 1
	FROM (SELECT resource_record_key AS key, max(modification_timestamp)
			AS any, max(modification_timestamp) FILTER (WHERE
			coalesce(media_category, media_type) ~* '^(photo|image)')
			AS photos
		FROM reso.media WHERE account_id = NEW.account_id
			AND resource_name = 'Property'
			AND modification_timestamp >= v_from
			AND modification_timestamp
				<= reso.position_time(NEW.cursor)
		GROUP BY 1) m
	WHERE p.listing_key = m.key
	AND (p.account_id = NEW.account_id
		OR p.account_id = reso.other_feed(NEW.account_id)
		AND NOT EXISTS (SELECT FROM ha.sync_state s
			WHERE s.source = 'reso' AND s.resource = 'media'
				AND s.account_id = p.account_id))
	AND (p.photos_change_timestamp >= m.photos IS NOT TRUE
			AND m.photos IS NOT NULL
		OR p.media_change_timestamp >= m.any IS NOT TRUE);
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER reso_media_moved AFTER INSERT OR UPDATE OF cursor
	ON ha.sync_state FOR EACH ROW WHEN (NEW.source = 'reso'
		AND NEW.resource = 'media' AND NEW.complete)
	EXECUTE FUNCTION reso.media_moved();
