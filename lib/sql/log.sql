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
