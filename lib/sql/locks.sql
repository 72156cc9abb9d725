-- Leases: named locks with an end and a fence. Idempotent, as ha.sql.
-- The functions are an interface: other programs may take part.

CREATE SEQUENCE IF NOT EXISTS ha.fences AS bigint;

CREATE TABLE IF NOT EXISTS ha.sync_locks (
	name text COLLATE "C" PRIMARY KEY,
	holder text NOT NULL,
	fence bigint NOT NULL,
	acquired_at timestamptz NOT NULL,
	heartbeat_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL
);

COMMENT ON TABLE ha.sync_locks IS
'Leases of running jobs. A row whose expires_at has passed holds nothing.';
COMMENT ON COLUMN ha.sync_locks.fence IS
'Grows with each acquisition of any lock, for ever. Who writes checks it.';

-- Whoever changes who holds a lock takes this advisory lock alone; writers
-- and heartbeats share it. So a lock never changes hands inside a writer's
-- transaction, and fences are handed out in order.
CREATE OR REPLACE FUNCTION ha.sync_lock_key(p_name text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT
RETURN hashtextextended('ha.sync_locks ' || p_name, 0);

CREATE OR REPLACE FUNCTION ha.acquire_sync_lock(p_name text, p_holder text,
	p_lease_seconds integer DEFAULT 300) RETURNS bigint
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_key CONSTANT bigint := ha.sync_lock_key(p_name);
	v_fence bigint;
BEGIN
	IF p_name IS NULL OR p_name = '' OR p_holder IS NULL
	    OR p_lease_seconds NOT BETWEEN 1 AND 86400 THEN
		RAISE EXCEPTION 'a lock needs a name, a holder and a lease'
			' of 1 to 86400 seconds' USING ERRCODE = '22023';
	END IF;
	IF NOT pg_try_advisory_xact_lock(v_key) THEN
		-- Somebody writes under it, or takes it just now. A writer
		-- whose lease ended a whole lease ago is frozen inside its
		-- transaction: end its session, the next try gets the lock.
		BEGIN
			PERFORM pg_terminate_backend(l.pid)
			FROM pg_locks l, ha.sync_locks s
			WHERE s.name = p_name
			AND s.expires_at < clock_timestamp()
				- make_interval(secs => p_lease_seconds)
			AND l.locktype = 'advisory' AND l.objsubid = 1
			AND l.database = (SELECT oid FROM pg_database
				WHERE datname = current_database())
			AND (l.classid::bigint << 32) | l.objid::bigint = v_key
			AND l.pid <> pg_backend_pid();
		EXCEPTION WHEN insufficient_privilege THEN
			NULL; -- another role's session: left to its owner
		END;
		RETURN NULL;
	END IF;
	INSERT INTO ha.sync_locks AS s VALUES (p_name, p_holder,
		nextval('ha.fences'), clock_timestamp(), clock_timestamp(),
		clock_timestamp() + make_interval(secs => p_lease_seconds))
	ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
		fence = excluded.fence, acquired_at = excluded.acquired_at,
		heartbeat_at = excluded.heartbeat_at,
		expires_at = excluded.expires_at
	WHERE s.expires_at <= clock_timestamp()
	RETURNING s.fence INTO v_fence;
	RETURN v_fence;
END
$$;

COMMENT ON FUNCTION ha.acquire_sync_lock(text, text, integer) IS
'Takes the lock: its fence, or NULL if another holds it. Never waits. Commit '
'at once: until then nobody else can take, extend or check it.';

CREATE OR REPLACE FUNCTION ha.extend_sync_lock(p_name text, p_fence bigint,
	p_lease_seconds integer DEFAULT 300) RETURNS boolean
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(ha.sync_lock_key(p_name));
	UPDATE ha.sync_locks SET heartbeat_at = clock_timestamp(),
		expires_at = clock_timestamp()
			+ make_interval(secs => p_lease_seconds)
	WHERE name = p_name AND fence = p_fence;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION ha.extend_sync_lock(text, bigint, integer) IS
'The heartbeat: the lease ends that many seconds from now. False if the lock '
'has gone to another fence.';

CREATE OR REPLACE FUNCTION ha.check_sync_lock(p_name text, p_fence bigint)
RETURNS boolean LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_left_ms bigint;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(ha.sync_lock_key(p_name));
	SELECT extract(epoch FROM expires_at - clock_timestamp()) * 1000
	INTO v_left_ms FROM ha.sync_locks
	WHERE name = p_name AND fence = p_fence;
	IF v_left_ms IS NULL OR v_left_ms <= 0 THEN
		RETURN false;
	END IF;
	-- a client that freezes in this transaction must not block the next
	PERFORM set_config('idle_in_transaction_session_timeout',
		greatest(v_left_ms, 1000)::text, true);
	RETURN true;
END
$$;

COMMENT ON FUNCTION ha.check_sync_lock(text, bigint) IS
'For writers, first in each transaction: true if the lease is still ours; it '
'then cannot change hands before the transaction ends.';

CREATE OR REPLACE FUNCTION ha.release_sync_lock(p_name text, p_fence bigint)
RETURNS boolean LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM ha.sync_locks WHERE name = p_name AND fence = p_fence;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION ha.release_sync_lock(text, bigint) IS
'Gives the lock back. False if the fence was no longer the current one.';

CREATE OR REPLACE FUNCTION ha.cleanup_expired_locks() RETURNS integer
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_name text;
	v_gone integer := 0;
BEGIN
	FOR v_name IN SELECT name FROM ha.sync_locks
	    WHERE expires_at <= clock_timestamp() LOOP
		IF pg_try_advisory_xact_lock(ha.sync_lock_key(v_name)) THEN
			DELETE FROM ha.sync_locks WHERE name = v_name
			AND expires_at <= clock_timestamp();
			IF FOUND THEN
				v_gone := v_gone + 1;
			END IF;
		END IF;
	END LOOP;
	RETURN v_gone;
END
$$;

COMMENT ON FUNCTION ha.cleanup_expired_locks() IS
'Removes rows of leases that ran out; returns how many. Not needed for '
'correctness: an expired lock can be taken as it stands.';

CREATE OR REPLACE VIEW ha.active_syncs AS
SELECT name, holder, fence, acquired_at, heartbeat_at, expires_at,
	clock_timestamp() - acquired_at AS held_for
FROM ha.sync_locks
WHERE expires_at > clock_timestamp();

COMMENT ON VIEW ha.active_syncs IS 'Leases that are held just now.';
