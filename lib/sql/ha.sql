-- Shared state of ha-tools, schema "ha". Idempotent: run it again any time.
-- account_id is text with the "C" collation everywhere: ids of APIs compare
-- by bytes, and such an index is a third cheaper to fill.

CREATE SCHEMA IF NOT EXISTS ha;

-- What `ha-schema SOURCE` created, by the hash of its text.
CREATE TABLE IF NOT EXISTS ha.schemas (
	source text PRIMARY KEY,
	hash text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS ha.accounts (
	source text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	customer_id uuid,
	name text,
	base_url text,
	secret bytea,              -- sealed
	token bytea,               -- sealed
	token_valid_from timestamptz,
	token_expires_at timestamptz,
	secret_expires_at timestamptz, -- NULL: not known
	enabled boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, account_id)
);
ALTER TABLE ha.accounts ADD COLUMN IF NOT EXISTS
    secret_expires_at timestamptz;

-- Position of a resource: what ha-page --from takes.
CREATE TABLE IF NOT EXISTS ha.sync_state (
	source text NOT NULL,
	resource text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	cursor jsonb,              -- NULL: start from nothing
	complete boolean NOT NULL, -- false: the cursor is from inside a run
	completed_at timestamptz,  -- last complete section
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, resource, account_id)
);

-- When it began from nothing, by a walk over all, that it descends from.
ALTER TABLE ha.sync_state ADD COLUMN IF NOT EXISTS full_at timestamptz;

-- Which children of which parent are stored, and as of which change of it.
CREATE TABLE IF NOT EXISTS ha.children (
	source text NOT NULL,
	resource text NOT NULL,    -- the children's
	account_id text COLLATE "C" NOT NULL,
	parent_key text COLLATE "C" NOT NULL,
	change_key text,
	stored_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, resource, account_id, parent_key)
);

-- The far side said that the parent is no more.
ALTER TABLE ha.children ADD COLUMN IF NOT EXISTS
	gone boolean NOT NULL DEFAULT false;

-- One row per run and resource.
CREATE TABLE IF NOT EXISTS ha.sync_log (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run uuid NOT NULL,
	source text NOT NULL,
	resource text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	mode text,
	started_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz,
	status integer,            -- exit status of the first stage that failed
	complete boolean,
	why text,
	fetched bigint NOT NULL DEFAULT 0,
	inserted bigint NOT NULL DEFAULT 0,
	updated bigint NOT NULL DEFAULT 0,
	unchanged bigint NOT NULL DEFAULT 0,
	stale bigint NOT NULL DEFAULT 0,
	parked bigint NOT NULL DEFAULT 0,
	rejected bigint NOT NULL DEFAULT 0,
	deleted bigint NOT NULL DEFAULT 0,  -- soft deletes; not part of the sum
	calls bigint NOT NULL DEFAULT 0,
	retries bigint NOT NULL DEFAULT 0,
	waited_ms bigint NOT NULL DEFAULT 0,
	UNIQUE (run, source, resource, account_id, mode)
);
-- how many records were set aside for which reason
ALTER TABLE ha.sync_log ADD COLUMN IF NOT EXISTS reasons jsonb;
CREATE INDEX IF NOT EXISTS sync_log_recent
	ON ha.sync_log (source, account_id, started_at DESC);
-- of those inserted or updated: with U+FFFD where jsonb holds no character
ALTER TABLE ha.sync_log ADD COLUMN IF NOT EXISTS repaired bigint NOT NULL
	DEFAULT 0;
-- The position as of the row's last batch, committed with it.
ALTER TABLE ha.sync_log ADD COLUMN IF NOT EXISTS cursor jsonb;

-- Children whose parent is unknown, as they came.
CREATE TABLE IF NOT EXISTS ha.parked (
	source text NOT NULL,
	resource text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,   -- the record's own key
	parent_resource text NOT NULL,
	parent_key text COLLATE "C" NOT NULL,
	parent jsonb,                    -- of the open mark, if there was one
	reason text NOT NULL,
	raw text NOT NULL,
	parked_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, resource, account_id, key)
);
CREATE INDEX IF NOT EXISTS parked_by_parent
	ON ha.parked (source, parent_resource, account_id, parent_key);

-- The record's version columns: of two forms the newer one stays.
ALTER TABLE ha.parked ADD COLUMN IF NOT EXISTS version text[];

-- Records that could not be stored, as they came.
CREATE TABLE IF NOT EXISTS ha.rejects (
	source text NOT NULL,
	resource text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	fingerprint uuid NOT NULL,       -- of raw
	key text COLLATE "C",            -- if it could be read
	line bigint NOT NULL,
	byte_offset bigint NOT NULL,
	reason text NOT NULL,
	raw bytea NOT NULL,              -- as it came, may be no UTF-8
	rejected_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, resource, account_id, fingerprint)
);

-- When a record of that key was stored after all.
ALTER TABLE ha.rejects ADD COLUMN IF NOT EXISTS closed_at timestamptz;
CREATE INDEX IF NOT EXISTS rejects_open
	ON ha.rejects (source, resource, account_id, key)
	WHERE closed_at IS NULL;

-- Strings that are stored with U+FFFD, and how they came, as JSON: a NUL or
-- half a surrogate pair is no character that jsonb holds.
CREATE TABLE IF NOT EXISTS ha.repaired (
	source text NOT NULL,
	resource text NOT NULL,
	account_id text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	byte_offset bigint NOT NULL,     -- of the string, in the record
	path text NOT NULL,
	original text NOT NULL,
	repaired_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, resource, account_id, key, byte_offset)
);

-- How each resource's columns are cut, as a hash that ha-schema writes.
CREATE TABLE IF NOT EXISTS ha.cuts (
	source text NOT NULL,
	resource text NOT NULL,
	hash text NOT NULL,
	PRIMARY KEY (source, resource)
);

-- A payload without what changes on each read: path 'attachments,[],url'
-- as an array; [] stands for every element. Called for each row: all names are
-- qualified in place of a search_path of its own, which would cost half as
-- much again.
CREATE OR REPLACE FUNCTION ha.without(p jsonb, path text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n integer := pg_catalog.array_position(path,
		'[]'::text);
	part jsonb;
BEGIN
	IF p IS NULL OR pg_catalog.jsonb_typeof(p) NOT IN ('object', 'array') THEN
		RETURN p;
	ELSIF n IS NULL THEN
		RETURN p #- path;
	END IF;
	part := p #> path[:n - 1];
	IF part IS NULL OR pg_catalog.jsonb_typeof(part) <> 'array' THEN
		RETURN p;
	END IF;
	IF pg_catalog.cardinality(path) > n THEN
		SELECT coalesce(pg_catalog.jsonb_agg(ha.without(e, path[n + 1:])
			ORDER BY i), '[]')
		INTO part FROM pg_catalog.jsonb_array_elements(part)
			WITH ORDINALITY x (e, i);
	ELSE
		part := '[]';
	END IF;
	RETURN CASE WHEN n = 1 THEN part
		ELSE pg_catalog.jsonb_set(p, path[:n - 1], part) END;
END $$;

-- ha-upsert holds this lock while it writes a batch of a table and account;
-- whoever else writes there takes it too, and so never deadlocks with it.
CREATE OR REPLACE FUNCTION ha.lock_rows(p_table regclass, p_account text)
RETURNS void LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT pg_advisory_xact_lock(hashtextextended(
		'ha.upsert ' || p_table::oid || ' ' || p_account, 0))
$$;

COMMENT ON FUNCTION ha.lock_rows(regclass, text) IS
'Waits until no other transaction writes rows of this account there, and '
'keeps others out until this one ends.';

-- Sums of two objects of numbers, member by member; beyond 30 members of the
-- first, new ones are "other".
CREATE OR REPLACE FUNCTION ha.add_counts(a jsonb, b jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT jsonb_object_agg(k, n) FROM (SELECT CASE WHEN a IS NULL OR a ? k
		OR (SELECT count(*) FROM jsonb_object_keys(a)) < 30
		THEN k ELSE 'other' END, sum(v::bigint)
	FROM (SELECT * FROM jsonb_each_text(a) UNION ALL
		SELECT * FROM jsonb_each_text(b)) x (k, v) GROUP BY 1) y (k, n)
$$;

-- What ha-schema's triggers do. The fingerprint says what text a row was made
-- of, so whoever changes a row otherwise ends that: no text is like 32 zeros.
-- (NULL says that a list lacked the row.) What triggers change in turn is
-- derived, and no change of the text.
CREATE OR REPLACE FUNCTION ha.row_touched() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	OLD.customer_id := NEW.customer_id;
	IF OLD *<> NEW AND current_setting('ha.derived', true)
			IS DISTINCT FROM 'on' THEN
		NEW.fingerprint := '00000000-0000-0000-0000-000000000000';
	END IF;
	RETURN NEW;
END $$;

-- Rows went for good: TG_ARGV has source and resource; and behind them, where
-- they are children, the column of their parent. Who reads them again starts
-- where they are missing. The rights on schema ha are the owner's: who may
-- delete rows need not have any.
CREATE OR REPLACE FUNCTION ha.rows_emptied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM ha.children WHERE source = TG_ARGV[0]
		AND resource = TG_ARGV[1];
	DELETE FROM ha.sync_state WHERE source = TG_ARGV[0]
		AND resource = TG_ARGV[1];
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ha.children_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('DELETE FROM ha.children c USING (SELECT DISTINCT '
		'account_id, %I::text COLLATE "C" AS parent_key FROM ha_removed) g '
		'WHERE c.source = $1 AND c.resource = $2 AND c.account_id = '
		'g.account_id AND c.parent_key = g.parent_key', TG_ARGV[2])
		USING TG_ARGV[0], TG_ARGV[1];
	RETURN NULL;
END $$;

-- A parent was marked as deleted, or is there again: so are its children that
-- were deleted with it, which the same time tells. TG_ARGV: schema, table and
-- column of the children, the parent's key, a condition over their row t.
CREATE OR REPLACE FUNCTION ha.children_follow() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('UPDATE %I.%I t SET deleted_at = $1.deleted_at, '
		'updated_at = now(), version = t.version + 1 '
		'WHERE t.account_id = $1.account_id AND t.%I = $1.%I AND %s AND %s',
		TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4],
		CASE WHEN OLD.deleted_at IS NULL THEN 't.deleted_at IS NULL'
			ELSE 't.deleted_at = $2.deleted_at' END) USING NEW, OLD;
	RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION ha.rows_emptied(), ha.children_removed() FROM PUBLIC;
