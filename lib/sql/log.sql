-- Runs, and what ha.sync_log adds up to. Idempotent, after ha.sql.

-- One row per run of a job (ha-synclog begin); ha.sync_log has its parts.
CREATE TABLE IF NOT EXISTS ha.sync_runs (
	run uuid PRIMARY KEY,
	source text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	what text,                 -- full, reconcile, ...: the caller's word
	started_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz,
	status integer,            -- exit status; NULL: running, or killed
	why text
);
CREATE INDEX IF NOT EXISTS sync_runs_recent
	ON ha.sync_runs (source, account_id, started_at DESC);
-- A job is what one command did, for several accounts: HA_JOB, see ha(7).
ALTER TABLE ha.sync_runs ADD COLUMN IF NOT EXISTS job uuid,
	ADD COLUMN IF NOT EXISTS id bigint GENERATED ALWAYS AS IDENTITY;

-- What the tools write, by a statement of a fixed text: kept here, where it is
-- planned once a session, and read as SQL.

CREATE OR REPLACE FUNCTION ha.begin_run(p_run uuid, p_source text,
	p_account text, p_what text, p_job uuid) RETURNS uuid
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_run uuid;
BEGIN
	INSERT INTO ha.sync_runs AS r (run, source, account_id, what, job)
	VALUES (p_run, p_source, p_account, p_what, p_job)
	ON CONFLICT (run) DO UPDATE SET finished_at = NULL, status = NULL,
		why = NULL, job = coalesce(excluded.job, r.job)
	RETURNING r.run INTO v_run;
	RETURN v_run;
END
$$;

COMMENT ON FUNCTION ha.begin_run(uuid, text, text, text, uuid) IS
'A run begins, or begins again, as a part of a job unless NULL; its id.';

CREATE OR REPLACE FUNCTION ha.finish_run(p_run uuid, p_status integer,
	p_why text) RETURNS boolean
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	UPDATE ha.sync_runs SET finished_at = clock_timestamp(),
		status = p_status, why = p_why
	WHERE run = p_run;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION ha.finish_run(uuid, integer, text) IS
'A run is over, with that exit status. False if none of that id was begun.';

CREATE OR REPLACE FUNCTION ha.finish_section(p_run uuid, p_source text,
	p_resource text, p_account text, p_status integer, p_why text)
RETURNS void LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	-- the last stage knows less about a failure than who saw them all
	UPDATE ha.sync_log SET status = p_status, why = coalesce(p_why, why),
		finished_at = coalesce(finished_at, clock_timestamp()),
		complete = coalesce(complete, false)
	WHERE run = p_run AND source = p_source AND resource = p_resource
	AND account_id = p_account;
	IF NOT FOUND THEN
		INSERT INTO ha.sync_log (run, source, resource, account_id,
			mode, finished_at, status, complete, why)
		VALUES (p_run, p_source, p_resource, p_account, '',
			clock_timestamp(), p_status, p_status = 0, p_why);
	END IF;
END
$$;

COMMENT ON FUNCTION
ha.finish_section(uuid, text, text, text, integer, text) IS
'What a run did with one resource is over, with the status of the pipeline.';

CREATE OR REPLACE FUNCTION ha.log_section(p_run uuid, p_source text,
	p_resource text, p_account text, p_mode text, p_age_ms bigint,
	p_finished boolean, p_complete boolean, p_why text, p_status integer,
	p_fetched bigint, p_inserted bigint, p_updated bigint,
	p_unchanged bigint, p_stale bigint, p_parked bigint, p_rejected bigint,
	p_deleted bigint, p_calls bigint, p_retries bigint, p_waited_ms bigint)
RETURNS void LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO ha.sync_log AS l (run, source, resource, account_id, mode,
		started_at, finished_at, complete, why, status, fetched,
		inserted, updated, unchanged, stale, parked, rejected,
		deleted, calls, retries, waited_ms, cursor)
	VALUES (p_run, p_source, p_resource, p_account, p_mode,
		clock_timestamp() - p_age_ms * interval '1 ms',
		CASE WHEN p_finished THEN clock_timestamp() END,
		CASE WHEN p_finished THEN p_complete END,
		CASE WHEN p_finished THEN p_why END,
		CASE WHEN p_finished THEN p_status END,
		p_fetched, p_inserted, p_updated, p_unchanged, p_stale,
		p_parked, p_rejected, p_deleted, p_calls, p_retries,
		p_waited_ms, (SELECT s.cursor FROM ha.sync_state s
			WHERE s.source = p_source AND s.resource = p_resource
			AND s.account_id = p_account))
	ON CONFLICT (run, source, resource, account_id, mode) DO UPDATE SET
		finished_at = coalesce(excluded.finished_at, l.finished_at),
		complete = coalesce(excluded.complete, l.complete),
		why = coalesce(excluded.why, l.why),
		status = coalesce(excluded.status, l.status),
		fetched = l.fetched + excluded.fetched,
		inserted = l.inserted + excluded.inserted,
		updated = l.updated + excluded.updated,
		unchanged = l.unchanged + excluded.unchanged,
		stale = l.stale + excluded.stale,
		parked = l.parked + excluded.parked,
		rejected = l.rejected + excluded.rejected,
		deleted = l.deleted + excluded.deleted,
		calls = l.calls + excluded.calls,
		retries = l.retries + excluded.retries,
		waited_ms = l.waited_ms + excluded.waited_ms,
		cursor = excluded.cursor;
END
$$;

COMMENT ON FUNCTION ha.log_section(uuid, text, text, text, text, bigint,
	boolean, boolean, text, integer, bigint, bigint, bigint, bigint,
	bigint, bigint, bigint, bigint, bigint, bigint, bigint) IS
'Adds counts to the row of a run, resource and mode, and makes it first if need '
'be; finished: says how it ended. Notes the position of this transaction.';

CREATE OR REPLACE FUNCTION ha.set_position(p_source text, p_resource text,
	p_account text, p_cursor jsonb, p_complete boolean) RETURNS void
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO ha.sync_state AS s (source, resource, account_id, cursor,
		complete, completed_at)
	VALUES (p_source, p_resource, p_account, p_cursor, p_complete,
		CASE WHEN p_complete THEN now() END)
	ON CONFLICT (source, resource, account_id) DO UPDATE SET
		cursor = excluded.cursor, complete = excluded.complete,
		completed_at = coalesce(excluded.completed_at, s.completed_at),
		updated_at = now()
	-- a complete section is news even if it ends where the last did
	WHERE excluded.complete OR s.complete
	OR s.cursor IS DISTINCT FROM excluded.cursor;
END
$$;

COMMENT ON FUNCTION ha.set_position(text, text, text, jsonb, boolean) IS
'The position as of this transaction. NULL: from nothing; not complete: from '
'inside of a run. Writes only a change.';

CREATE OR REPLACE FUNCTION ha.full_pass(p_source text, p_account text,
	p_run uuid) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT min(r.started_at) FROM ha.sync_runs r
	WHERE r.source = p_source AND r.account_id = p_account
	AND r.what = 'full' AND r.run IS DISTINCT FROM p_run
	AND r.id > coalesce((SELECT max(d.id) FROM ha.sync_runs d
		WHERE d.source = p_source AND d.account_id = p_account
		AND d.what = 'full' AND d.run IS DISTINCT FROM p_run
		AND d.status NOT IN (75, 130, 143)), 0)
	HAVING max(coalesce(r.finished_at, r.started_at))
		> now() - interval '2 days'
$$;

COMMENT ON FUNCTION ha.full_pass(text, text, uuid) IS
'When the full run began that was cut off (its time was spent, it was stopped '
'or killed) and that this run goes on with. NULL: there is none, or it is old.';

CREATE OR REPLACE FUNCTION ha.commas(n numeric) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT to_char(n, 'FM999,999,999,999,990')
$$;

CREATE OR REPLACE AGGREGATE ha.sum_counts(jsonb) (
	SFUNC = ha.add_counts, STYPE = jsonb
);

CREATE OR REPLACE FUNCTION ha.sum_of_job(p_job uuid, p_status integer)
RETURNS text LANGUAGE plpgsql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	s record;
	v_text text;
	v_seconds bigint;
BEGIN
	SELECT count(DISTINCT r.run) AS runs, min(r.started_at) AS since,
		coalesce(sum(fetched), 0) AS fetched,
		coalesce(sum(inserted + updated), 0) AS stored,
		coalesce(sum(unchanged + stale), 0) AS skipped,
		coalesce(sum(parked), 0) AS parked,
		coalesce(sum(rejected), 0) AS failed,
		coalesce(sum(calls), 0) AS calls,
		coalesce(sum(repaired), 0) AS repaired,
		bool_or(r.what = 'reconcile') AS reconciled,
		coalesce(sum(deleted) FILTER (WHERE r.what = 'reconcile'), 0)
			AS gone,
		coalesce(sum(inserted) FILTER (WHERE r.what = 'reconcile'), 0)
			AS missed,
		coalesce(sum(updated) FILTER (WHERE r.what = 'reconcile'), 0)
			AS changed
	INTO s FROM ha.sync_runs r LEFT JOIN ha.sync_log l USING (run)
	WHERE r.job = p_job;
	v_seconds := coalesce(extract(epoch FROM clock_timestamp() - s.since),
		0);
	IF s.reconciled AND p_status <= 1 THEN
		v_text := format('reconcile: %s gone and marked as deleted, '
			'%s new and %s changed that incremental runs had '
			'missed%s', s.gone, s.missed, s.changed, E'\n');
	END IF;
	v_text := concat(v_text, CASE
		WHEN p_status = 0 THEN 'done in '
		WHEN p_status = 1 THEN 'done, with records set aside, in '
		WHEN p_status IN (130, 143) THEN 'stopped after '
		ELSE format('not all done (status %s), after ', p_status) END,
		v_seconds / 60, ':', to_char(v_seconds % 60, 'FM00'));
	-- a share of what was not done would be a lie
	IF p_status <= 1 AND s.stored + s.skipped + s.failed > 0 THEN
		v_text := v_text || to_char(trunc((s.stored + s.skipped) * 100
			/ (s.stored + s.skipped + s.failed), 2),
			'", "FM990.00" % success"');
	END IF;
	RETURN v_text || E'\n' || concat_ws(' ',
		ha.commas(s.fetched), 'fetched =', ha.commas(s.stored),
		'stored +', ha.commas(s.skipped), 'skipped +',
		ha.commas(s.parked), 'parked +', ha.commas(s.failed),
		'failed;', ha.commas(s.calls), 'calls')
		|| coalesce('; ' || ha.commas(nullif(s.repaired, 0))
		|| ' repaired', '');
END
$$;

COMMENT ON FUNCTION ha.sum_of_job(uuid, integer) IS
'For people: how a job went, given its exit status, and what its records add '
'up to, in two lines; of a reconcile first what it found.';

-- A position that is in use is never old: without it all is read again.
CREATE OR REPLACE FUNCTION ha.cleanup_old_sync_states(
	p_age interval DEFAULT '30 days') RETURNS integer
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_gone integer;
BEGIN
	IF p_age IS NULL OR p_age < interval '0' THEN
		RAISE EXCEPTION 'an age is wanted' USING ERRCODE = '22023';
	END IF;
	DELETE FROM ha.children c
	WHERE stored_at < now() - p_age
	AND NOT EXISTS (SELECT FROM ha.accounts a WHERE a.source = c.source
		AND a.account_id = c.account_id AND a.enabled);
	DELETE FROM ha.sync_state s
	WHERE updated_at < now() - p_age
	AND NOT EXISTS (SELECT FROM ha.accounts a WHERE a.source = s.source
		AND a.account_id = s.account_id AND a.enabled);
	GET DIAGNOSTICS v_gone = ROW_COUNT;
	RETURN v_gone;
END
$$;

COMMENT ON FUNCTION ha.cleanup_old_sync_states(interval) IS
'Removes positions not moved for that long, and the notes on children, of '
'accounts that are disabled or gone; returns how many positions.';

CREATE OR REPLACE VIEW ha.sync_statistics AS
SELECT source, resource, account_id,
	count(*) AS runs,
	count(*) FILTER (WHERE status = 0 AND complete) AS runs_complete,
	count(*) FILTER (WHERE status <> 0) AS runs_failed,
	count(*) FILTER (WHERE finished_at IS NULL) AS runs_unfinished,
	max(started_at) AS last_started_at,
	max(finished_at) FILTER (WHERE status = 0 AND complete)
		AS last_complete_at,
	(array_agg(status ORDER BY started_at DESC, id DESC))[1]
		AS last_status,
	sum(fetched)::bigint AS fetched,
	sum(inserted)::bigint AS inserted,
	sum(updated)::bigint AS updated,
	sum(unchanged)::bigint AS unchanged,
	sum(stale)::bigint AS stale,
	sum(parked)::bigint AS parked,
	sum(rejected)::bigint AS rejected,
	sum(deleted)::bigint AS deleted,
	sum(calls)::bigint AS calls,
	sum(retries)::bigint AS retries,
	sum(waited_ms)::bigint AS waited_ms,
	sum(extract(epoch FROM finished_at - started_at))::numeric(14, 3)
		AS seconds,
	bool_and(fetched = inserted + updated + unchanged + stale + parked
		+ rejected) AS conserved,
	sum(repaired)::bigint AS repaired
FROM ha.sync_log
GROUP BY source, resource, account_id;

COMMENT ON VIEW ha.sync_statistics IS
'Sums over all runs of a resource. conserved: in every run each fetched '
'record was inserted, updated, unchanged, stale, parked or rejected.';
