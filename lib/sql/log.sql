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

-- A position that is in use is never old: without it all is read again.
CREATE OR REPLACE FUNCTION ha.cleanup_old_sync_states(
	p_age interval DEFAULT '30 days') RETURNS integer
LANGUAGE plpgsql AS $$
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
		+ rejected) AS conserved
FROM ha.sync_log
GROUP BY source, resource, account_id;

COMMENT ON VIEW ha.sync_statistics IS
'Sums over all runs of a resource. conserved: in every run each fetched '
'record was inserted, updated, unchanged, stale, parked or rejected.';
