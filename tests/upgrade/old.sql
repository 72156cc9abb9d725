--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE SCHEMA ha;
CREATE SCHEMA hostaway;
--- cf6f5d4 9f480eb 7b7835e
CREATE SCHEMA messenger;
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE SCHEMA reso;
CREATE FUNCTION ha.acquire_sync_lock(p_name text, p_holder text, p_lease_seconds integer DEFAULT 300) RETURNS bigint
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.acquire_sync_lock(p_name text, p_holder text, p_lease_seconds integer) IS 'Takes the lock: its fence, or NULL if another holds it. Never waits. Commit at once: until then nobody else can take, extend or check it.';
--- cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.bulk_upsert_conversations_with_events(p_conversations jsonb, p_lock_name text DEFAULT NULL::text, p_fence bigint DEFAULT NULL::bigint) RETURNS TABLE(n bigint, account_id text, conversation_id bigint, is_new boolean, events_created integer, version integer, changed boolean, error text)
    LANGUAGE sql
    AS '';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.check_sync_lock(p_name text, p_fence bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.check_sync_lock(p_name text, p_fence bigint) IS 'For writers, first in each transaction: true if the lease is still ours; it then cannot change hands before the transaction ends.';
CREATE FUNCTION ha.cleanup_expired_locks() RETURNS integer
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.cleanup_expired_locks() IS 'Removes rows of leases that ran out; returns how many. Not needed for correctness: an expired lock can be taken as it stands.';
--- 9f480eb 7b7835e
CREATE FUNCTION ha.cleanup_old_sync_states(p_age interval DEFAULT '30 days'::interval) RETURNS integer
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.cleanup_old_sync_states(p_age interval) IS 'Removes positions not moved for that long, and the notes on children, of accounts that are disabled or gone; returns how many positions.';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.extend_sync_lock(p_name text, p_fence bigint, p_lease_seconds integer DEFAULT 300) RETURNS boolean
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.extend_sync_lock(p_name text, p_fence bigint, p_lease_seconds integer) IS 'The heartbeat: the lease ends that many seconds from now. False if the lock has gone to another fence.';
--- cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.lock_rows(p_table regclass, p_account text) RETURNS void
    LANGUAGE sql
    AS '';
COMMENT ON FUNCTION ha.lock_rows(p_table regclass, p_account text) IS 'Waits until no other transaction writes rows of this account there, and keeps others out until this one ends.';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.release_sync_lock(p_name text, p_fence bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION ha.release_sync_lock(p_name text, p_fence bigint) IS 'Gives the lock back. False if the fence was no longer the current one.';
CREATE FUNCTION ha.sync_lock_key(p_name text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
    AS '';
--- cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.upsert_conversation_with_events(p_account_id text, p_conversation jsonb, p_messages jsonb DEFAULT NULL::jsonb, p_events jsonb DEFAULT NULL::jsonb, p_expected_version integer DEFAULT NULL::integer, p_lock_name text DEFAULT NULL::text, p_fence bigint DEFAULT NULL::bigint) RETURNS TABLE(conversation_id bigint, is_new boolean, events_created integer, version integer, changed boolean)
    LANGUAGE sql
    AS '';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION ha.without(p jsonb, path text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS '';
--- cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION messenger.apply(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET enable_hashjoin TO 'on'
    SET enable_mergejoin TO 'on'
    AS '';
CREATE FUNCTION messenger.bulk_upsert_conversations_with_events(p_conversations jsonb, p_lock_name text DEFAULT NULL::text, p_fence bigint DEFAULT NULL::bigint) RETURNS TABLE(n bigint, account_id text, conversation_id bigint, is_new boolean, events_created integer, version integer, changed boolean, error text)
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION messenger.bulk_upsert_conversations_with_events(p_conversations jsonb, p_lock_name text, p_fence bigint) IS 'Stores many conversations, each all or nothing; error says why one was not. SQLSTATE HA002: the lease is lost. See ha-messenger(7).';
CREATE FUNCTION messenger.check_fence(p_lock text, p_fence bigint) RETURNS void
    LANGUAGE plpgsql
    AS '';
CREATE FUNCTION messenger.conversation_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS '';
CREATE FUNCTION messenger.direction(p_account text, p_from text, p_conversation bigint) RETURNS text
    LANGUAGE sql STABLE
    AS '';
CREATE FUNCTION messenger.event_of(p jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS '';
CREATE FUNCTION messenger.find_conversation(p_account text, p_thread text, p_psid text, p_messages text[], OUT by_thread bigint, OUT other bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    AS '';
CREATE FUNCTION messenger.is_page(p_account text, p_id text) RETURNS boolean
    LANGUAGE sql STABLE
    AS '';
CREATE FUNCTION messenger.item_of(p jsonb, p_n bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS '';
CREATE FUNCTION messenger.join_conversations(p_account text, p_from bigint, p_into bigint) RETURNS void
    LANGUAGE sql
    AS '';
CREATE FUNCTION messenger.learn_page_ids(p_account text) RETURNS boolean
    LANGUAGE plpgsql
    AS '';
CREATE FUNCTION messenger.member(p jsonb, p_name text, p_type text, p_needed boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS '';
CREATE FUNCTION messenger.message_id(p text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS '';
CREATE FUNCTION messenger.message_of(p jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS '';
CREATE FUNCTION messenger.person_of(p_account text, p jsonb, OUT psid text, OUT name text, OUT platform text) RETURNS record
    LANGUAGE sql STABLE
    AS '';
CREATE FUNCTION messenger.place(p_items jsonb, OUT items jsonb, OUT made bigint[], OUT touched bigint[]) RETURNS record
    LANGUAGE plpgsql
    AS '';
CREATE FUNCTION messenger.put_conversations(p_items jsonb, p_made bigint[], p_touched bigint[]) RETURNS bigint[]
    LANGUAGE sql
    AS '';
CREATE FUNCTION messenger.put_events(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS '';
CREATE FUNCTION messenger.put_messages(p_items jsonb, p_touched bigint[]) RETURNS void
    LANGUAGE sql
    AS '';
CREATE FUNCTION messenger.real_name(p_name text, p_psid text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS '';
CREATE FUNCTION messenger.threads_stored(p_account text, p_threads text[]) RETURNS void
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION messenger.threads_stored(p_account text, p_threads text[]) IS 'Called by ha-upsert: brings threads whose messages are stored into messenger_conversations, with their events.';
CREATE FUNCTION messenger.time_of(p jsonb) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET "TimeZone" TO 'UTC'
    AS '';
CREATE FUNCTION messenger.upsert_conversation_with_events(p_account_id text, p_conversation jsonb, p_messages jsonb DEFAULT NULL::jsonb, p_events jsonb DEFAULT NULL::jsonb, p_expected_version integer DEFAULT NULL::integer, p_lock_name text DEFAULT NULL::text, p_fence bigint DEFAULT NULL::bigint) RETURNS TABLE(conversation_id bigint, is_new boolean, events_created integer, version integer, changed boolean)
    LANGUAGE plpgsql
    AS '';
COMMENT ON FUNCTION messenger.upsert_conversation_with_events(p_account_id text, p_conversation jsonb, p_messages jsonb, p_events jsonb, p_expected_version integer, p_lock_name text, p_fence bigint) IS 'Stores a conversation with its messages and events, all or nothing. SQLSTATE 22023: a wrong argument; HA001: another version is stored; HA002: the lease is lost. See ha-messenger(7).';
--- 7b7835e
CREATE FUNCTION reso.as_boolean(v text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.as_date(v text) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.as_list(v jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.as_number(v text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.as_time(v text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.board(account_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.consents(word text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.idx_feed(account_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.is_clock(v text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.is_day(v text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION reso.is_idx(account_id text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
--- 7b7835e
CREATE FUNCTION reso.is_vow(account_id text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
CREATE FUNCTION reso.other_feed(account_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS '';
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE FUNCTION reso.position_time(cursor jsonb) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS '';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE ha.accounts (
    source text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    name text,
    base_url text,
    secret bytea,
    token bytea,
    token_valid_from timestamp with time zone,
    token_expires_at timestamp with time zone,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE ha.sync_locks (
    name text NOT NULL COLLATE pg_catalog."C",
    holder text NOT NULL,
    fence bigint NOT NULL,
    acquired_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE ha.sync_locks IS 'Leases of running jobs. A row whose expires_at has passed holds nothing.';
COMMENT ON COLUMN ha.sync_locks.fence IS 'Grows with each acquisition of any lock, for ever. Who writes checks it.';
CREATE VIEW ha.active_syncs AS
 SELECT sync_locks.name,
    sync_locks.holder,
    sync_locks.fence,
    sync_locks.acquired_at,
    sync_locks.heartbeat_at,
    sync_locks.expires_at,
    (clock_timestamp() - sync_locks.acquired_at) AS held_for
   FROM ha.sync_locks
  WHERE (sync_locks.expires_at > clock_timestamp());
COMMENT ON VIEW ha.active_syncs IS 'Leases that are held just now.';
CREATE TABLE ha.children (
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    parent_key text NOT NULL COLLATE pg_catalog."C",
    change_key text,
    stored_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE ha.cuts (
    source text NOT NULL,
    resource text NOT NULL,
    hash text NOT NULL
);
CREATE SEQUENCE ha.fences
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
--- eb93af4 d99d879 cf6f5d4 9f480eb
CREATE TABLE ha.parked (
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    parent_resource text NOT NULL,
    parent_key text NOT NULL COLLATE pg_catalog."C",
    parent jsonb,
    reason text NOT NULL,
    raw text NOT NULL,
    parked_at timestamp with time zone DEFAULT now() NOT NULL
);
--- 7b7835e
CREATE TABLE ha.parked (
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    parent_resource text NOT NULL,
    parent_key text NOT NULL COLLATE pg_catalog."C",
    parent jsonb,
    reason text NOT NULL,
    raw text NOT NULL,
    parked_at timestamp with time zone DEFAULT now() NOT NULL,
    version text[]
);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE ha.rejects (
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    fingerprint uuid NOT NULL,
    key text COLLATE pg_catalog."C",
    line bigint NOT NULL,
    byte_offset bigint NOT NULL,
    reason text NOT NULL,
    raw bytea NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE ha.schemas (
    source text NOT NULL,
    hash text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
--- eb93af4
CREATE TABLE ha.sync_log (
    id bigint NOT NULL,
    run uuid NOT NULL,
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    mode text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    status integer,
    complete boolean,
    why text,
    fetched bigint DEFAULT 0 NOT NULL,
    inserted bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    stale bigint DEFAULT 0 NOT NULL,
    parked bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    deleted bigint DEFAULT 0 NOT NULL,
    calls bigint DEFAULT 0 NOT NULL,
    retries bigint DEFAULT 0 NOT NULL,
    waited_ms bigint DEFAULT 0 NOT NULL
);
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE ha.sync_log (
    id bigint NOT NULL,
    run uuid NOT NULL,
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    mode text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    status integer,
    complete boolean,
    why text,
    fetched bigint DEFAULT 0 NOT NULL,
    inserted bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    stale bigint DEFAULT 0 NOT NULL,
    parked bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    deleted bigint DEFAULT 0 NOT NULL,
    calls bigint DEFAULT 0 NOT NULL,
    retries bigint DEFAULT 0 NOT NULL,
    waited_ms bigint DEFAULT 0 NOT NULL,
    cursor jsonb
);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
ALTER TABLE ha.sync_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ha.sync_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--- eb93af4
CREATE TABLE ha.sync_runs (
    run uuid NOT NULL,
    source text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    what text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    status integer,
    why text
);
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE ha.sync_runs (
    run uuid NOT NULL,
    source text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    what text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    status integer,
    why text,
    job uuid,
    id bigint NOT NULL
);
ALTER TABLE ha.sync_runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ha.sync_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE ha.sync_state (
    source text NOT NULL,
    resource text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    cursor jsonb,
    complete boolean NOT NULL,
    completed_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE VIEW ha.sync_statistics AS
 SELECT sync_log.source,
    sync_log.resource,
    sync_log.account_id,
    count(*) AS runs,
    count(*) FILTER (WHERE ((sync_log.status = 0) AND sync_log.complete)) AS runs_complete,
    count(*) FILTER (WHERE (sync_log.status <> 0)) AS runs_failed,
    count(*) FILTER (WHERE (sync_log.finished_at IS NULL)) AS runs_unfinished,
    max(sync_log.started_at) AS last_started_at,
    max(sync_log.finished_at) FILTER (WHERE ((sync_log.status = 0) AND sync_log.complete)) AS last_complete_at,
    (array_agg(sync_log.status ORDER BY sync_log.started_at DESC, sync_log.id DESC))[1] AS last_status,
    (sum(sync_log.fetched))::bigint AS fetched,
    (sum(sync_log.inserted))::bigint AS inserted,
    (sum(sync_log.updated))::bigint AS updated,
    (sum(sync_log.unchanged))::bigint AS unchanged,
    (sum(sync_log.stale))::bigint AS stale,
    (sum(sync_log.parked))::bigint AS parked,
    (sum(sync_log.rejected))::bigint AS rejected,
    (sum(sync_log.deleted))::bigint AS deleted,
    (sum(sync_log.calls))::bigint AS calls,
    (sum(sync_log.retries))::bigint AS retries,
    (sum(sync_log.waited_ms))::bigint AS waited_ms,
    (sum(EXTRACT(epoch FROM (sync_log.finished_at - sync_log.started_at))))::numeric(14,3) AS seconds,
    bool_and((sync_log.fetched = (((((sync_log.inserted + sync_log.updated) + sync_log.unchanged) + sync_log.stale) + sync_log.parked) + sync_log.rejected))) AS conserved
   FROM ha.sync_log
  GROUP BY sync_log.source, sync_log.resource, sync_log.account_id;
COMMENT ON VIEW ha.sync_statistics IS 'Sums over all runs of a resource. conserved: in every run each fetched record was inserted, updated, unchanged, stale, parked or rejected.';
CREATE TABLE hostaway.account_tax_settings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.account_tax_settings IS 'taxes of the account';
CREATE VIEW hostaway.accounts AS
 SELECT accounts.account_id,
    accounts.customer_id,
    accounts.name,
    accounts.base_url,
    accounts.enabled,
    accounts.created_at,
    accounts.updated_at
   FROM ha.accounts
  WHERE (accounts.source = 'hostaway'::text);
CREATE TABLE hostaway.amenities (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.amenities IS 'dictionary of amenities';
CREATE TABLE hostaway.bed_types (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.bed_types IS 'dictionary of bed types';
CREATE TABLE hostaway.calendar_days (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_id bigint NOT NULL,
    date date NOT NULL,
    id bigint,
    is_available boolean,
    status text,
    price numeric,
    minimum_stay integer,
    maximum_stay integer,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.calendar_days IS 'availability and price of each listing and day, a year ahead';
CREATE TABLE hostaway.cancellation_policies (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.cancellation_policies IS 'cancellation policies';
CREATE TABLE hostaway.cancellation_policies_airbnb (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.cancellation_policies_airbnb IS 'cancellation policies of Airbnb';
CREATE TABLE hostaway.cancellation_policies_booking (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.cancellation_policies_booking IS 'cancellation policies of Booking.com';
CREATE TABLE hostaway.cancellation_policies_marriott (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.cancellation_policies_marriott IS 'cancellation policies of Marriott';
CREATE TABLE hostaway.cancellation_policies_vrbo (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.cancellation_policies_vrbo IS 'cancellation policies of Vrbo';
CREATE TABLE hostaway.charges (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    reservation_id bigint,
    type text,
    status text,
    amount numeric,
    currency text,
    charge_date timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.charges IS 'guest payments';
CREATE TABLE hostaway.conversations (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    reservation_id bigint,
    type text,
    recipient_name text,
    message_sent_on timestamp with time zone,
    message_received_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.conversations IS 'message threads, one per reservation';
CREATE TABLE hostaway.countries (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.countries IS 'dictionary of countries';
CREATE TABLE hostaway.coupons (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.coupons IS 'coupons';
CREATE TABLE hostaway.currencies (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.currencies IS 'dictionary of currencies';
CREATE TABLE hostaway.custom_fields (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    type text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.custom_fields IS 'custom fields of reservations and listings';
CREATE TABLE hostaway.expenses (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    reservation_id bigint,
    expense_date date,
    concept text,
    amount numeric,
    type text,
    updated_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.expenses IS 'expenses and extras';
CREATE TABLE hostaway.fee_settings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    fee_type text,
    amount numeric,
    updated_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.fee_settings IS 'fees of a listing';
CREATE TABLE hostaway.finance_fields (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    reservation_id bigint NOT NULL,
    id bigint NOT NULL,
    type text,
    name text,
    title text,
    total numeric,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.finance_fields IS 'price lines of a reservation (one call for each)';
CREATE TABLE hostaway.guests (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    channel_id integer,
    external_account_id text,
    email text,
    name text,
    first_name text,
    last_name text,
    phone text,
    country text,
    locale text,
    reservation_id bigint,
    updated_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.guests IS 'guests, derived from the reservations that name them';
CREATE TABLE hostaway.languages (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.languages IS 'dictionary of languages';
CREATE TABLE hostaway.listing_photos (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_id bigint NOT NULL,
    url text NOT NULL COLLATE pg_catalog."C",
    id bigint,
    caption text,
    sort_order integer,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.listing_photos IS 'photos of a listing, matched by their URL';
CREATE TABLE hostaway.listing_pricing_settings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_id bigint NOT NULL,
    id bigint NOT NULL,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.listing_pricing_settings IS 'pricing settings of a listing';
CREATE TABLE hostaway.listing_tax_settings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_id bigint NOT NULL,
    id bigint NOT NULL,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.listing_tax_settings IS 'taxes of a listing';
CREATE TABLE hostaway.listing_units (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_id bigint NOT NULL,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.listing_units IS 'units of a multi-unit listing';
CREATE TABLE hostaway.listings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    internal_name text,
    special_status text,
    country_code text,
    city text,
    time_zone text,
    person_capacity integer,
    bedrooms integer,
    price numeric,
    currency text,
    inserted_on timestamp with time zone,
    latest_activity_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.listings IS 'properties, with their photos and amenities inside';
CREATE TABLE hostaway.message_rows (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    id bigint,
    conversation_id bigint,
    reservation_id bigint,
    date timestamp with time zone,
    status text,
    is_incoming boolean,
    communication_type text,
    body text,
    inserted_on timestamp with time zone,
    updated_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.message_rows IS 'the messages of each thread';
CREATE TABLE hostaway.message_templates (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.message_templates IS 'message templates';
CREATE VIEW hostaway.messages AS
 SELECT c.account_id,
    a.customer_id,
    c.reservation_id,
    array_agg(DISTINCT c.id ORDER BY c.id) AS conversation_ids,
    count(*) AS message_count,
    min(m.date) AS first_date,
    max(m.date) AS last_date,
    jsonb_agg(m.raw_payload ORDER BY m.date, m.id, m.ident) AS thread
   FROM ((hostaway.conversations c
     JOIN hostaway.message_rows m ON (((m.account_id = c.account_id) AND (m.conversation_id = c.id))))
     LEFT JOIN ha.accounts a ON (((a.source = 'hostaway'::text) AND (a.account_id = c.account_id))))
  WHERE ((m.deleted_at IS NULL) AND ((m.id IS NOT NULL) OR (NOT (EXISTS ( SELECT
           FROM hostaway.message_rows o
          WHERE ((o.account_id = m.account_id) AND (o.conversation_id = m.conversation_id) AND (o.date = m.date) AND (o.body = m.body) AND (o.id IS NOT NULL) AND (o.deleted_at IS NULL)))))))
  GROUP BY c.account_id, a.customer_id, c.reservation_id,
        CASE
            WHEN (c.reservation_id IS NULL) THEN c.id
            ELSE NULL::bigint
        END;
COMMENT ON VIEW hostaway.messages IS 'threads, one per reservation, messages sorted by date and id';
CREATE TABLE hostaway.owner_statements (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.owner_statements IS 'statements for owners';
CREATE TABLE hostaway.property_types (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.property_types IS 'dictionary of property types';
CREATE TABLE hostaway.reservation_coupons (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.reservation_coupons IS 'coupons used by reservations';
CREATE TABLE hostaway.reservations (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    channel_id integer,
    channel_name text,
    channel_reservation_id text,
    status text,
    arrival_date date,
    departure_date date,
    nights integer,
    number_of_guests integer,
    guest_name text,
    total_price numeric,
    currency text,
    inserted_on timestamp with time zone,
    updated_on timestamp with time zone,
    latest_activity_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.reservations IS 'bookings and inquiries of all channels';
CREATE TABLE hostaway.reviews (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    reservation_id bigint,
    channel_id integer,
    type text,
    status text,
    rating numeric,
    departure_date timestamp with time zone,
    submitted_at timestamp with time zone,
    updated_on timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.reviews IS 'reviews in both directions';
CREATE TABLE hostaway.seasonal_rules (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.seasonal_rules IS 'seasonal price rules';
CREATE TABLE hostaway.tasks (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    listing_id bigint,
    reservation_id bigint,
    assignee_user_id bigint,
    title text,
    status text,
    can_start_from timestamp with time zone,
    should_end_by timestamp with time zone,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.tasks IS 'cleaning and maintenance tasks';
CREATE TABLE hostaway.timezones (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    ident text NOT NULL COLLATE pg_catalog."C",
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.timezones IS 'dictionary of time zones';
CREATE TABLE hostaway.user_groups (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.user_groups IS 'groups of users and their rights';
CREATE TABLE hostaway.users (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id bigint NOT NULL,
    user_group_id bigint,
    email text,
    is_admin boolean,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE hostaway.users IS 'users of the account';
--- cf6f5d4 9f480eb 7b7835e
CREATE TABLE messenger.contact_interaction_events (
    account_id text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    customer_id uuid,
    conversation_id bigint NOT NULL,
    event_type text NOT NULL,
    event_time timestamp with time zone NOT NULL,
    sender_id text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    message_id text COLLATE pg_catalog."C",
    about_message_id text COLLATE pg_catalog."C",
    raw_payload jsonb,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT contact_interaction_events_check CHECK (((message_id IS NOT NULL) = (event_type = ANY (ARRAY['message'::text, 'inbound'::text, 'outbound'::text]))))
);
COMMENT ON TABLE messenger.contact_interaction_events IS 'What happened between a Page and a person. One event per message (inbound, outbound; message: its sender is not known yet), the others unique by type, time and sender.';
ALTER TABLE messenger.contact_interaction_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME messenger.contact_interaction_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE messenger.conversation_rows (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    updated_time timestamp with time zone,
    participants jsonb,
    message_count integer,
    unread_count integer,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE messenger.conversation_rows IS 'threads of a Page as the list shows them';
CREATE TABLE messenger.messages (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    id text NOT NULL COLLATE pg_catalog."C",
    conversation_id text COLLATE pg_catalog."C",
    created_time timestamp with time zone,
    from_id text,
    from_name text,
    body text,
    reply_to_id text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE messenger.messages IS 'messages of each thread';
CREATE TABLE messenger.messenger_conversations (
    account_id text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    customer_id uuid,
    thread_id text COLLATE pg_catalog."C",
    psid text COLLATE pg_catalog."C",
    platform text,
    customer_name text,
    participants jsonb,
    status text DEFAULT 'open'::text NOT NULL,
    status_by_person boolean DEFAULT false NOT NULL,
    updated_time timestamp with time zone,
    last_message_at timestamp with time zone,
    message_count integer DEFAULT 0 NOT NULL,
    inbound_count integer DEFAULT 0 NOT NULL,
    outbound_count integer DEFAULT 0 NOT NULL,
    event_count integer DEFAULT 0 NOT NULL,
    unread_count integer,
    raw_payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    merged_into bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone
);
COMMENT ON TABLE messenger.messenger_conversations IS 'One row per conversation of a Page, never without its messages and events.';
COMMENT ON COLUMN messenger.messenger_conversations.status IS 'Once a person has set it (a plain UPDATE), only persons change it.';
COMMENT ON COLUMN messenger.messenger_conversations.version IS 'One more with each real change. Compare it when you write: UPDATE ... WHERE version = the one that you have read.';
COMMENT ON COLUMN messenger.messenger_conversations.merged_into IS 'Only of rows that turned out to be another''s thread; deleted_at is set.';
ALTER TABLE messenger.messenger_conversations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME messenger.messenger_conversations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE messenger.page_ids (
    account_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE VIEW messenger.pages AS
 SELECT accounts.account_id,
    accounts.customer_id,
    accounts.name,
    accounts.base_url,
    accounts.enabled,
    accounts.created_at,
    accounts.updated_at
   FROM ha.accounts
  WHERE (accounts.source = 'messenger'::text);
--- 7b7835e
CREATE TABLE reso.media (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    media_key text NOT NULL COLLATE pg_catalog."C",
    resource_name text,
    resource_record_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    media_category text,
    media_type text,
    media_status text,
    image_size text,
    image_of text,
    permission jsonb,
    sort_order integer,
    preferred_photo boolean,
    media_url text,
    short_description text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.media IS 'pictures and documents, a row for each size; those of offices and members, too';
CREATE TABLE reso.property (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_key text NOT NULL COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    major_change_timestamp timestamp with time zone,
    photos_change_timestamp timestamp with time zone,
    media_change_timestamp timestamp with time zone,
    original_entry_timestamp timestamp with time zone,
    standard_status text,
    mls_status text,
    contract_status text,
    transaction_type text,
    property_type text,
    property_sub_type text,
    list_price numeric,
    close_price numeric,
    close_date date,
    listing_contract_date date,
    unparsed_address text,
    city text,
    state_or_province text,
    postal_code text,
    bedrooms_total integer,
    bathrooms_total numeric,
    list_agent_key text,
    list_office_key text,
    internet_entire_listing_display text,
    originating_system_name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.property IS 'listings, one table for all feeds';
CREATE TABLE reso.open_house (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    open_house_key text NOT NULL COLLATE pg_catalog."C",
    listing_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    open_house_date date,
    open_house_start_time timestamp with time zone,
    open_house_end_time timestamp with time zone,
    open_house_status text,
    open_house_type text,
    open_house_remarks text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.open_house IS 'times at which a listing can be seen';
CREATE TABLE reso.property_rooms (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    room_key text NOT NULL COLLATE pg_catalog."C",
    listing_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    room_type text,
    room_level text,
    room_length numeric,
    room_width numeric,
    room_units text,
    room_description text,
    room_status text,
    sort_order integer,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.property_rooms IS 'rooms of a listing';
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE VIEW reso.sync_errors AS
 SELECT l.run,
    COALESCE(l.finished_at, l.started_at) AS at,
    ((((l.account_id || ' '::text) || l.resource) || ': '::text) || COALESCE(NULLIF(l.why, ''::text), ('status '::text || l.status))) AS message
   FROM ha.sync_log l
  WHERE ((l.source = 'reso'::text) AND (l.status > 1))
UNION ALL
 SELECT r.run,
    COALESCE(r.finished_at, r.started_at) AS at,
    ((r.account_id || ': '::text) ||
        CASE
            WHEN (r.finished_at IS NULL) THEN 'ended without a status'::text
            ELSE COALESCE(NULLIF(r.why, ''::text), ('status '::text || r.status))
        END) AS message
   FROM ha.sync_runs r
  WHERE ((r.source = 'reso'::text) AND (((r.status > 1) AND (NOT (EXISTS ( SELECT
           FROM ha.sync_log l
          WHERE ((l.run = r.run) AND (l.status > 1)))))) OR ((r.finished_at IS NULL) AND (EXISTS ( SELECT
           FROM ha.sync_runs n
          WHERE ((n.source = 'reso'::text) AND (n.account_id = r.account_id) AND (n.started_at > r.started_at)))))));
COMMENT ON VIEW reso.sync_errors IS 'what went wrong in the runs of source reso';
CREATE VIEW reso.sync_jobs AS
 SELECT min(r.id) AS id,
    COALESCE(r.job, r.run) AS job,
    array_agg(r.run) AS runs,
    array_agg(DISTINCT r.account_id) AS accounts,
    min(r.started_at) AS started_at,
        CASE
            WHEN bool_and((r.finished_at IS NOT NULL)) THEN max(r.finished_at)
            ELSE NULL::timestamp with time zone
        END AS finished_at
   FROM ha.sync_runs r
  WHERE (r.source = 'reso'::text)
  GROUP BY COALESCE(r.job, r.run)
  ORDER BY (min(r.id)) DESC;
COMMENT ON VIEW reso.sync_jobs IS 'one row per call of ha-sync reso, newest first, with its runs of ha.sync_runs';
CREATE VIEW reso."SyncLog" AS
 SELECT j.id,
    j.started_at AS "timestamp",
    p.idx AS idx_property_timestamp,
    p.vow AS vow_property_timestamp,
    p.media AS media_timestamp,
    p.rooms AS rooms_timestamp,
    p.open_house AS openhouse_timestamp,
    n.fetched AS total_processed,
    n.stored AS total_successful,
    n.rejected AS total_failed,
    round((EXTRACT(epoch FROM (j.finished_at - j.started_at)) / (60)::numeric), 2) AS sync_duration_minutes,
    e.errors AS error_count,
    e.last AS last_error_message,
    j.started_at AS created_at,
    COALESCE(j.finished_at, n.seen_at, j.started_at) AS updated_at
   FROM (((reso.sync_jobs j
     LEFT JOIN LATERAL ( SELECT (COALESCE(sum(l.fetched), (0)::numeric))::bigint AS fetched,
            (COALESCE(sum((((l.inserted + l.updated) + l.unchanged) + l.stale)), (0)::numeric))::bigint AS stored,
            (COALESCE(sum(l.rejected), (0)::numeric))::bigint AS rejected,
            max(GREATEST(l.started_at, l.finished_at)) AS seen_at
           FROM ha.sync_log l
          WHERE ((l.run = ANY (j.runs)) AND (l.source = 'reso'::text))) n ON (true))
     LEFT JOIN LATERAL ( SELECT count(*) AS errors,
            (array_agg(s.message ORDER BY s.at DESC))[1] AS last
           FROM reso.sync_errors s
          WHERE (s.run = ANY (j.runs))) e ON (true))
     LEFT JOIN LATERAL ( SELECT max(x.at) FILTER (WHERE ((x.resource = 'property'::text) AND reso.is_idx(x.account_id))) AS idx,
            max(x.at) FILTER (WHERE ((x.resource = 'property'::text) AND (NOT reso.is_idx(x.account_id)))) AS vow,
            max(x.at) FILTER (WHERE (x.resource = 'media'::text)) AS media,
            max(x.at) FILTER (WHERE (x.resource = 'property_rooms'::text)) AS rooms,
            max(x.at) FILTER (WHERE (x.resource = 'open_house'::text)) AS open_house
           FROM ( SELECT a.account_id,
                    r.resource,
                    ( SELECT reso.position_time(l.cursor) AS position_time
                           FROM ha.sync_log l
                          WHERE ((l.source = 'reso'::text) AND (l.resource = r.resource) AND (l.account_id = a.account_id) AND (l.cursor IS NOT NULL) AND (l.started_at <= COALESCE(j.finished_at, n.seen_at, j.started_at)))
                          ORDER BY l.started_at DESC
                         LIMIT 1) AS at
                   FROM ( SELECT accounts.account_id
                           FROM ha.accounts
                          WHERE (accounts.source = 'reso'::text)
                        UNION
                         SELECT unnest(j.accounts) AS unnest) a,
                    unnest('{property,media,property_rooms,open_house}'::text[]) r(resource)) x) p ON (true));
COMMENT ON VIEW reso."SyncLog" IS 'what each call of ha-sync reso did, from ha.sync_runs and ha.sync_log';
CREATE VIEW reso.latest_sync_status AS
 SELECT s.id,
        CASE
            WHEN ((j.finished_at IS NULL) AND (EXISTS ( SELECT
               FROM ha.active_syncs a
              WHERE (a.name IN ( SELECT ('reso/'::text || account_id.account_id)
                       FROM unnest(j.accounts) account_id(account_id)))))) THEN 'running'::text
            WHEN (j.finished_at IS NULL) THEN 'interrupted'::text
            WHEN (s.error_count > 0) THEN 'failed'::text
            WHEN (s.total_failed > 0) THEN 'records set aside'::text
            ELSE 'complete'::text
        END AS state,
    round(
        CASE
            WHEN ((s.total_successful + s.total_failed) > 0) THEN ((100.0 * (s.total_successful)::numeric) / ((s.total_successful + s.total_failed))::numeric)
            WHEN (s.error_count > 0) THEN (0)::numeric
            ELSE (100)::numeric
        END, 2) AS success_rate,
    j.started_at,
    j.finished_at,
    s.sync_duration_minutes,
    s.total_processed,
    s.total_successful,
    s.total_failed,
    s.error_count,
    s.last_error_message,
    s.idx_property_timestamp,
    s.vow_property_timestamp,
    s.media_timestamp,
    s.rooms_timestamp,
    s.openhouse_timestamp,
    ( SELECT count(*) AS count
           FROM ha.parked
          WHERE (parked.source = 'reso'::text)) AS waiting_for_listing,
    ( SELECT c.finished_at
           FROM reso.sync_jobs c
          WHERE ((c.finished_at IS NOT NULL) AND (NOT (EXISTS ( SELECT
                   FROM reso.sync_errors e
                  WHERE (e.run = ANY (c.runs))))))
          ORDER BY c.id DESC
         LIMIT 1) AS last_complete_at
   FROM (( SELECT "SyncLog".id,
            "SyncLog"."timestamp",
            "SyncLog".idx_property_timestamp,
            "SyncLog".vow_property_timestamp,
            "SyncLog".media_timestamp,
            "SyncLog".rooms_timestamp,
            "SyncLog".openhouse_timestamp,
            "SyncLog".total_processed,
            "SyncLog".total_successful,
            "SyncLog".total_failed,
            "SyncLog".sync_duration_minutes,
            "SyncLog".error_count,
            "SyncLog".last_error_message,
            "SyncLog".created_at,
            "SyncLog".updated_at
           FROM reso."SyncLog"
          ORDER BY "SyncLog".id DESC
         LIMIT 1) s
     JOIN reso.sync_jobs j ON ((j.id = s.id)));
COMMENT ON VIEW reso.latest_sync_status IS 'how the newest call of ha-sync reso goes or went, success_rate in per cent';
--- eb93af4 d99d879 cf6f5d4 9f480eb
CREATE TABLE reso.media (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    media_key text NOT NULL COLLATE pg_catalog."C",
    resource_name text,
    resource_record_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    media_category text,
    media_type text,
    media_status text,
    image_size text,
    image_of text,
    sort_order integer,
    preferred_photo boolean,
    media_url text,
    short_description text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.media IS 'pictures and documents, a row for each size; those of offices and members, too';
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE TABLE reso.member (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    member_key text NOT NULL COLLATE pg_catalog."C",
    office_key text,
    modification_timestamp timestamp with time zone,
    first_name text,
    last_name text,
    email text,
    member_status text,
    member_type text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.member IS 'agents';
CREATE TABLE reso.office (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    office_key text NOT NULL COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    office_name text,
    office_city text,
    office_phone text,
    office_status text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.office IS 'offices of brokerages';
--- eb93af4 d99d879 cf6f5d4 9f480eb
CREATE TABLE reso.open_house (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    open_house_key text NOT NULL COLLATE pg_catalog."C",
    listing_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    open_house_date date,
    open_house_start_time timestamp with time zone,
    open_house_end_time timestamp with time zone,
    open_house_status text,
    open_house_type text,
    open_house_remarks text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.open_house IS 'times at which a listing can be seen';
CREATE TABLE reso.property (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    listing_key text NOT NULL COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    major_change_timestamp timestamp with time zone,
    photos_change_timestamp timestamp with time zone,
    media_change_timestamp timestamp with time zone,
    original_entry_timestamp timestamp with time zone,
    standard_status text,
    mls_status text,
    contract_status text,
    transaction_type text,
    property_type text,
    property_sub_type text,
    list_price numeric,
    close_price numeric,
    close_date date,
    listing_contract_date date,
    unparsed_address text,
    city text,
    state_or_province text,
    postal_code text,
    bedrooms_total integer,
    bathrooms_total numeric,
    list_agent_key text,
    list_office_key text,
    internet_display boolean,
    originating_system_name text,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.property IS 'listings, one table for all feeds';
CREATE TABLE reso.property_rooms (
    account_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid,
    room_key text NOT NULL COLLATE pg_catalog."C",
    listing_key text COLLATE pg_catalog."C",
    modification_timestamp timestamp with time zone,
    room_type text,
    room_level text,
    room_length numeric,
    room_width numeric,
    room_units text,
    room_description text,
    room_status text,
    sort_order integer,
    raw_payload jsonb NOT NULL,
    fingerprint uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE reso.property_rooms IS 'rooms of a listing';
--- eb93af4 d99d879
COPY ha.accounts (source, account_id, customer_id, name, base_url, secret, token, token_valid_from, token_expires_at, enabled, created_at, updated_at) FROM stdin;
hostaway	1	5b0c6f0e-0000-4000-8000-000000000001	\N	\N	\\x484131ad247ebc976df17de1fe1a35f14ff5f90db5502426c1369839bc6395d0fe8caf13d542eac8cad9ac667e58b2159de75f30d425f0c816cfd2feece8b364330eafcdcf77	\N	\N	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	idx	5b0c6f0e-0000-4000-8000-000000000001	\N	\N	\\x484131ad247ebc976df17de1fe1a35f14ff5f9a554caa51545b3e5cc28d6a51a40d39410189d2678104e215f519d9f6569df4ecb6941cc4f4f28ff3dcda7258c14e169810512	\N	\N	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
\.
COPY ha.children (source, resource, account_id, parent_key, change_key, stored_at) FROM stdin;
hostaway	listing_photos	1	1	c1	2026-11-21 12:00:00+00
hostaway	conversations	1	1	c1	2026-11-21 12:00:00+00
hostaway	messages	1	1	c1	2026-11-21 12:00:00+00
hostaway	calendar_days	1	1	c1	2026-11-21 12:00:00+00
hostaway	finance_fields	1	1	c1	2026-11-21 12:00:00+00
hostaway	fee_settings	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_units	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_tax_settings	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_pricing_settings	1	1	c1	2026-11-21 12:00:00+00
\.
COPY ha.cuts (source, resource, hash) FROM stdin;
hostaway	listings	5718320c766ee9d61f33c40f846db59f
hostaway	listing_photos	df660d8bf54ef4e16fa6dd3e64b23115
hostaway	reservations	8af565910adfb02e9bba95e9237bb5e7
hostaway	guests	ed68c07e2309111410a29cf52f4c62f8
hostaway	conversations	6934f1d099aaefc9f164301acf67e1ea
hostaway	messages	be41f354076ecf17e2141315f24eda85
hostaway	reviews	7b247c3d299e87f24dfec4531e11613c
hostaway	calendar_days	0310f12d63ef423d0fb655a0fcda94d6
hostaway	finance_fields	85c97439e5ea741642550bd23ac1b582
hostaway	fee_settings	027e33b5683bbbcabd6af5ad0deeda88
hostaway	charges	57669ea28fa8157a1bef580a39275dfd
hostaway	expenses	0cbf654d2c772159434325e8498a7cd6
hostaway	owner_statements	3f5083489773f01ed0f9fdf7eaac187d
hostaway	users	42b2ee2986eb5e019e4092f033d92f1b
hostaway	user_groups	3f5083489773f01ed0f9fdf7eaac187d
hostaway	tasks	c6c5f00c97ae84b57adb1e3e025825e0
hostaway	listing_units	ed159ba9bfa38b77ee1c71dd3f8a277b
hostaway	listing_tax_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	listing_pricing_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	account_tax_settings	fbb3eca86806304459c9a9e9cceb7c24
hostaway	seasonal_rules	3f5083489773f01ed0f9fdf7eaac187d
hostaway	coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	reservation_coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	custom_fields	85a63ed8e4a8f42f5dd66993df6b4b6d
hostaway	message_templates	3f5083489773f01ed0f9fdf7eaac187d
hostaway	cancellation_policies	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_airbnb	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_booking	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_marriott	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_vrbo	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	amenities	3f5083489773f01ed0f9fdf7eaac187d
hostaway	bed_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	property_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	countries	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	currencies	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	languages	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	timezones	0bb816dec7dc52330c53cdab6f8a86ab
reso	property	6555c54097065d558e0387554d24b27f
reso	media	d5faa9ad6fb945185aeeba2603f16a08
reso	property_rooms	50846a6b24e634ef1c25e4019c066273
reso	open_house	2fb19ecabfa3cc5825e9dc0f2e3c66cb
reso	office	1531a0c67361e78b14b4f0d4bc80bbf9
reso	member	98e35ddda81ef60fd0201df8bea1ef11
\.
--- cf6f5d4 9f480eb 7b7835e
COPY ha.accounts (source, account_id, customer_id, name, base_url, secret, token, token_valid_from, token_expires_at, enabled, created_at, updated_at) FROM stdin;
hostaway	1	5b0c6f0e-0000-4000-8000-000000000001	\N	\N	\\x484131ad247ebc976df17de1fe1a35f14ff5f90db5502426c1369839bc6395d0fe8caf13d542eac8cad9ac667e58b2159de75f30d425f0c816cfd2feece8b364330eafcdcf77	\N	\N	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	idx	5b0c6f0e-0000-4000-8000-000000000001	\N	\N	\\x484131ad247ebc976df17de1fe1a35f14ff5f9a554caa51545b3e5cc28d6a51a40d39410189d2678104e215f519d9f6569df4ecb6941cc4f4f28ff3dcda7258c14e169810512	\N	\N	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
messenger	1	5b0c6f0e-0000-4000-8000-000000000001	\N	\N	\\x484131ad247ebc976df17de1fe1a35f14ff5f9392ccaba758dcc610ceb708de852bdbb0decbfc9d79175ae008d5c309ba984a812c6607325fb0598295193b25c845f31443ee4	\N	\N	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
\.
COPY ha.children (source, resource, account_id, parent_key, change_key, stored_at) FROM stdin;
hostaway	listing_photos	1	1	c1	2026-11-21 12:00:00+00
hostaway	conversations	1	1	c1	2026-11-21 12:00:00+00
hostaway	messages	1	1	c1	2026-11-21 12:00:00+00
hostaway	calendar_days	1	1	c1	2026-11-21 12:00:00+00
hostaway	finance_fields	1	1	c1	2026-11-21 12:00:00+00
hostaway	fee_settings	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_units	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_tax_settings	1	1	c1	2026-11-21 12:00:00+00
hostaway	listing_pricing_settings	1	1	c1	2026-11-21 12:00:00+00
messenger	messages	1	x1	c1	2026-11-21 12:00:00+00
\.
--- cf6f5d4 9f480eb
COPY ha.cuts (source, resource, hash) FROM stdin;
hostaway	listings	5718320c766ee9d61f33c40f846db59f
hostaway	listing_photos	df660d8bf54ef4e16fa6dd3e64b23115
hostaway	reservations	8af565910adfb02e9bba95e9237bb5e7
hostaway	guests	ed68c07e2309111410a29cf52f4c62f8
hostaway	conversations	6934f1d099aaefc9f164301acf67e1ea
hostaway	messages	be41f354076ecf17e2141315f24eda85
hostaway	reviews	7b247c3d299e87f24dfec4531e11613c
hostaway	calendar_days	0310f12d63ef423d0fb655a0fcda94d6
hostaway	finance_fields	85c97439e5ea741642550bd23ac1b582
hostaway	fee_settings	027e33b5683bbbcabd6af5ad0deeda88
hostaway	charges	57669ea28fa8157a1bef580a39275dfd
hostaway	expenses	0cbf654d2c772159434325e8498a7cd6
hostaway	owner_statements	3f5083489773f01ed0f9fdf7eaac187d
hostaway	users	42b2ee2986eb5e019e4092f033d92f1b
hostaway	user_groups	3f5083489773f01ed0f9fdf7eaac187d
hostaway	tasks	c6c5f00c97ae84b57adb1e3e025825e0
hostaway	listing_units	ed159ba9bfa38b77ee1c71dd3f8a277b
hostaway	listing_tax_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	listing_pricing_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	account_tax_settings	fbb3eca86806304459c9a9e9cceb7c24
hostaway	seasonal_rules	3f5083489773f01ed0f9fdf7eaac187d
hostaway	coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	reservation_coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	custom_fields	85a63ed8e4a8f42f5dd66993df6b4b6d
hostaway	message_templates	3f5083489773f01ed0f9fdf7eaac187d
hostaway	cancellation_policies	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_airbnb	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_booking	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_marriott	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_vrbo	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	amenities	3f5083489773f01ed0f9fdf7eaac187d
hostaway	bed_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	property_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	countries	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	currencies	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	languages	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	timezones	0bb816dec7dc52330c53cdab6f8a86ab
reso	property	6555c54097065d558e0387554d24b27f
reso	media	d5faa9ad6fb945185aeeba2603f16a08
reso	property_rooms	50846a6b24e634ef1c25e4019c066273
reso	open_house	2fb19ecabfa3cc5825e9dc0f2e3c66cb
reso	office	1531a0c67361e78b14b4f0d4bc80bbf9
reso	member	98e35ddda81ef60fd0201df8bea1ef11
messenger	conversations	4dee4d20cd0eed4236f4a60b0cf0e4f8
messenger	messages	c1d13fbf403eaed79958bd38391cabf7
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb
COPY ha.parked (source, resource, account_id, key, parent_resource, parent_key, parent, reason, raw, parked_at) FROM stdin;
hostaway	reservations	1	5	listings	5	\N	unknown listings 5	{"id":5,"listingMapId":5}	2026-11-21 12:00:00+00
\.
--- 7b7835e
COPY ha.cuts (source, resource, hash) FROM stdin;
hostaway	listings	5718320c766ee9d61f33c40f846db59f
hostaway	listing_photos	df660d8bf54ef4e16fa6dd3e64b23115
hostaway	reservations	8af565910adfb02e9bba95e9237bb5e7
hostaway	guests	ed68c07e2309111410a29cf52f4c62f8
hostaway	conversations	6934f1d099aaefc9f164301acf67e1ea
hostaway	messages	be41f354076ecf17e2141315f24eda85
hostaway	reviews	7b247c3d299e87f24dfec4531e11613c
hostaway	calendar_days	0310f12d63ef423d0fb655a0fcda94d6
hostaway	finance_fields	85c97439e5ea741642550bd23ac1b582
hostaway	fee_settings	027e33b5683bbbcabd6af5ad0deeda88
hostaway	charges	57669ea28fa8157a1bef580a39275dfd
hostaway	expenses	0cbf654d2c772159434325e8498a7cd6
hostaway	owner_statements	3f5083489773f01ed0f9fdf7eaac187d
hostaway	users	42b2ee2986eb5e019e4092f033d92f1b
hostaway	user_groups	3f5083489773f01ed0f9fdf7eaac187d
hostaway	tasks	c6c5f00c97ae84b57adb1e3e025825e0
hostaway	listing_units	ed159ba9bfa38b77ee1c71dd3f8a277b
hostaway	listing_tax_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	listing_pricing_settings	7100727d3be37baa3ad34f5e1dadf947
hostaway	account_tax_settings	fbb3eca86806304459c9a9e9cceb7c24
hostaway	seasonal_rules	3f5083489773f01ed0f9fdf7eaac187d
hostaway	coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	reservation_coupons	3f5083489773f01ed0f9fdf7eaac187d
hostaway	custom_fields	85a63ed8e4a8f42f5dd66993df6b4b6d
hostaway	message_templates	3f5083489773f01ed0f9fdf7eaac187d
hostaway	cancellation_policies	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_airbnb	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_booking	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_marriott	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	cancellation_policies_vrbo	f643fc5feaf4c2e3e2a64f758dda764f
hostaway	amenities	3f5083489773f01ed0f9fdf7eaac187d
hostaway	bed_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	property_types	3f5083489773f01ed0f9fdf7eaac187d
hostaway	countries	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	currencies	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	languages	0bb816dec7dc52330c53cdab6f8a86ab
hostaway	timezones	0bb816dec7dc52330c53cdab6f8a86ab
reso	property	37607f5982bb0590b1e43932035bcb3c
reso	media	0b84305c766da454cc1e6e92b175a2f5
reso	property_rooms	7ecdc7febbfd5e75656296fbabeb44d3
reso	open_house	0547128180bf43232d7268bd016d570f
reso	office	1531a0c67361e78b14b4f0d4bc80bbf9
reso	member	98e35ddda81ef60fd0201df8bea1ef11
messenger	conversations	4dee4d20cd0eed4236f4a60b0cf0e4f8
messenger	messages	c1d13fbf403eaed79958bd38391cabf7
\.
COPY ha.parked (source, resource, account_id, key, parent_resource, parent_key, parent, reason, raw, parked_at, version) FROM stdin;
hostaway	reservations	1	5	listings	5	\N	unknown listings 5	{"id":5,"listingMapId":5}	2026-11-21 12:00:00+00	{NULL}
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY ha.rejects (source, resource, account_id, fingerprint, key, line, byte_offset, reason, raw, rejected_at) FROM stdin;
hostaway	listings	1	9077a2cd-6604-6fde-cdeb-e857872cf8ae	\N	2	93	id: string of 4 bytes is no bigint	\\x7b226964223a226e6f6e65227d	2026-11-21 12:00:00+00
\.
--- eb93af4
COPY ha.schemas (source, hash, applied_at) FROM stdin;
hostaway	dc4150607314c115fbd4ec398231ec48	2026-11-21 12:00:00+00
reso	083c2a337510406d7796ea1b09829b16	2026-11-21 12:00:00+00
\.
--- d99d879
COPY ha.schemas (source, hash, applied_at) FROM stdin;
hostaway	f53c9d323d48eda9d7a41ed539cdc0bb	2026-11-21 12:00:00+00
reso	612c4be6783a27be9b2ae0cf50cf3dfa	2026-11-21 12:00:00+00
\.
--- cf6f5d4
COPY ha.schemas (source, hash, applied_at) FROM stdin;
hostaway	7bbd8fb74b2ef4f55d82acb29a28fd8c	2026-11-21 12:00:00+00
reso	e551ef4c077907ec739fd89edd47c47a	2026-11-21 12:00:00+00
messenger	cb569a58ab6a3488a51541a77a9a2c93	2026-11-21 12:00:00+00
\.
--- 9f480eb
COPY ha.schemas (source, hash, applied_at) FROM stdin;
hostaway	d8f89c9706e19e428677368f1dca2c21	2026-11-21 12:00:00+00
reso	c7563ea3c108ae7d01e9774f68670e83	2026-11-21 12:00:00+00
messenger	533c4f1403c778af240a26978206e643	2026-11-21 12:00:00+00
\.
--- 7b7835e
COPY ha.schemas (source, hash, applied_at) FROM stdin;
hostaway	9473fab6de43c31c2058a218ff911f93	2026-11-21 12:00:00+00
reso	4fe33be1c1e8d872f50f891131caf174	2026-11-21 12:00:00+00
messenger	02e33fa09e551c35a458160370ad7ae2	2026-11-21 12:00:00+00
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY ha.sync_locks (name, holder, fence, acquired_at, heartbeat_at, expires_at) FROM stdin;
hostaway/1	host:1	1	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
\.
--- eb93af4
COPY ha.sync_log (id, run, source, resource, account_id, mode, started_at, finished_at, status, complete, why, fetched, inserted, updated, unchanged, stale, parked, rejected, deleted, calls, retries, waited_ms) FROM stdin;
50	00000000-0000-4000-8000-000000000050	reso	office	idx	since	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	75	f	\N	0	0	0	0	0	0	0	0	0	0	0
51	00000000-0000-4000-8000-000000000051	hostaway	listings	1		2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	t	\N	0	0	0	0	0	0	0	0	0	0	0
\.
COPY ha.sync_runs (run, source, account_id, what, started_at, finished_at, status, why) FROM stdin;
00000000-0000-4000-8000-000000000051	hostaway	1	full	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	\N
\.
--- d99d879
COPY ha.sync_log (id, run, source, resource, account_id, mode, started_at, finished_at, status, complete, why, fetched, inserted, updated, unchanged, stale, parked, rejected, deleted, calls, retries, waited_ms, cursor) FROM stdin;
50	00000000-0000-4000-8000-000000000050	reso	office	idx	since	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	75	f	\N	0	0	0	0	0	0	0	0	0	0	0	{"key": "x7", "null": true, "time": "2026-01-07T10:00:00Z", "begun": 1796023282}
51	00000000-0000-4000-8000-000000000051	hostaway	listings	1		2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	t	\N	0	0	0	0	0	0	0	0	0	0	0	\N
\.
COPY ha.sync_runs (run, source, account_id, what, started_at, finished_at, status, why, job, id) FROM stdin;
00000000-0000-4000-8000-000000000051	hostaway	1	full	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	\N	\N	1
\.
--- eb93af4 d99d879
COPY ha.sync_state (source, resource, account_id, cursor, complete, completed_at, updated_at) FROM stdin;
hostaway	listings	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	charges	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	expenses	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	users	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	user_groups	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	tasks	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	account_tax_settings	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	seasonal_rules	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	coupons	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reservation_coupons	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	custom_fields	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	message_templates	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_airbnb	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_booking	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_marriott	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_vrbo	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	amenities	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	bed_types	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	property_types	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	countries	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	currencies	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	languages	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	timezones	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	media	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	property_rooms	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	open_house	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	member	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reservations	1	{"position": "2026-01-07 10:00:00"}	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reviews	1	{"keys": ["7"], "seen": 3, "newest": "2025-10-13 12:21:04", "offset": 2}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	owner_statements	1	{"keys": ["1"], "seen": 2, "offset": 1}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	property	idx	{"key": "x7", "position": "2026-01-07T10:00:00Z"}	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	office	idx	{"key": "x7", "null": true, "time": "2026-01-07T10:00:00Z", "begun": 1796023282}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
\.
--- cf6f5d4 9f480eb 7b7835e
COPY ha.sync_log (id, run, source, resource, account_id, mode, started_at, finished_at, status, complete, why, fetched, inserted, updated, unchanged, stale, parked, rejected, deleted, calls, retries, waited_ms, cursor) FROM stdin;
52	00000000-0000-4000-8000-000000000052	reso	office	idx	since	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	75	f	\N	0	0	0	0	0	0	0	0	0	0	0	{"key": "x7", "null": true, "time": "2026-01-07T10:00:00Z", "begun": 1796023282}
53	00000000-0000-4000-8000-000000000053	hostaway	listings	1		2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	t	\N	0	0	0	0	0	0	0	0	0	0	0	\N
\.
COPY ha.sync_runs (run, source, account_id, what, started_at, finished_at, status, why, job, id) FROM stdin;
00000000-0000-4000-8000-000000000053	hostaway	1	full	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	0	\N	\N	1
\.
COPY ha.sync_state (source, resource, account_id, cursor, complete, completed_at, updated_at) FROM stdin;
hostaway	listings	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	charges	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	expenses	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	users	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	user_groups	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	tasks	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	account_tax_settings	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	seasonal_rules	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	coupons	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reservation_coupons	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	custom_fields	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	message_templates	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_airbnb	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_booking	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_marriott	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	cancellation_policies_vrbo	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	amenities	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	bed_types	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	property_types	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	countries	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	currencies	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	languages	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	timezones	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	media	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	property_rooms	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	open_house	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	member	idx	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
messenger	conversations	1	\N	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reservations	1	{"position": "2026-01-07 10:00:00"}	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	reviews	1	{"keys": ["7"], "seen": 3, "newest": "2025-10-13 12:21:04", "offset": 2}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
hostaway	owner_statements	1	{"keys": ["1"], "seen": 2, "offset": 1}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	property	idx	{"key": "x7", "position": "2026-01-07T10:00:00Z"}	t	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
reso	office	idx	{"key": "x7", "null": true, "time": "2026-01-07T10:00:00Z", "begun": 1796023282}	f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY hostaway.account_tax_settings (account_id, customer_id, id, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	{"id": 1}	b740eaf9-c9ee-bfb7-273e-e74bfb95edc4	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	{"id": 7}	59f25c41-61e0-6afb-4371-9089b02c86b7	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.amenities (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.bed_types (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.calendar_days (account_id, customer_id, listing_id, date, id, is_available, status, price, minimum_stay, maximum_stay, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	2026-01-01	1	t	x1	1.5	1	1	{"id": 1, "date": "2026-01-01", "price": 1.5, "status": "x1", "isAvailable": true, "maximumStay": 1, "minimumStay": 1}	7afef253-626b-164b-e0de-98c8ddae8864	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	2026-01-07	7	f	x7	7.5	7	7	{"id": 7, "date": "2026-01-07", "price": 7.5, "status": "x7", "isAvailable": false, "maximumStay": 7, "minimumStay": 7}	6ef3539f-e9b7-c5f5-248e-e45faf02e714	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.cancellation_policies (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	{"id": "x1", "name": "x1"}	7695845e-e036-2035-441e-2f3bfd16f80d	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	{"id": "x7", "name": "x7"}	1781d289-b94a-e8ae-77ba-babcd4bbb9c5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.cancellation_policies_airbnb (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	{"id": "x1", "name": "x1"}	7695845e-e036-2035-441e-2f3bfd16f80d	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	{"id": "x7", "name": "x7"}	1781d289-b94a-e8ae-77ba-babcd4bbb9c5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.cancellation_policies_booking (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	{"id": "x1", "name": "x1"}	7695845e-e036-2035-441e-2f3bfd16f80d	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	{"id": "x7", "name": "x7"}	1781d289-b94a-e8ae-77ba-babcd4bbb9c5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.cancellation_policies_marriott (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	{"id": "x1", "name": "x1"}	7695845e-e036-2035-441e-2f3bfd16f80d	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	{"id": "x7", "name": "x7"}	1781d289-b94a-e8ae-77ba-babcd4bbb9c5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.cancellation_policies_vrbo (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	{"id": "x1", "name": "x1"}	7695845e-e036-2035-441e-2f3bfd16f80d	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	{"id": "x7", "name": "x7"}	1781d289-b94a-e8ae-77ba-babcd4bbb9c5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.charges (account_id, customer_id, id, listing_id, reservation_id, type, status, amount, currency, charge_date, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	1	x1	x1	1.5	x1	2026-01-01 10:00:00+00	{"id": 1, "type": "x1", "amount": 1.5, "status": "x1", "currency": "x1", "chargeDate": "2026-01-01T10:00:00Z", "listingMapId": 1, "reservationId": 1}	ff967026-2ce4-6ab7-219c-df62b30382ba	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	7	7	x7	x7	7.5	x7	2026-01-07 10:00:00+00	{"id": 7, "type": "x7", "amount": 7.5, "status": "x7", "currency": "x7", "chargeDate": "2026-01-07T10:00:00Z", "listingMapId": 7, "reservationId": 7}	a815099e-1a3d-7259-1243-98fbaec5bf19	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.conversations (account_id, customer_id, id, reservation_id, type, recipient_name, message_sent_on, message_received_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	x1	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "type": "x1", "messageSentOn": "2026-01-01T10:00:00Z", "recipientName": "x1", "reservationId": 1, "messageReceivedOn": "2026-01-01T10:00:00Z"}	53245107-a8f5-f490-6a50-f4485febd0b3	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	1	x7	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "type": "x7", "messageSentOn": "2026-01-07T10:00:00Z", "recipientName": "x7", "reservationId": 1, "messageReceivedOn": "2026-01-07T10:00:00Z"}	cab91c79-5cc3-e209-5863-15056ff9e676	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.countries (account_id, customer_id, ident, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	name:x1	x1	{"name": "x1"}	039fb7e7-e138-e7cf-ada1-43157663b939	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	name:x7	x7	{"name": "x7"}	1179a416-6b40-8e43-cf1d-20579612458c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.coupons (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.currencies (account_id, customer_id, ident, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	name:x1	x1	{"name": "x1"}	039fb7e7-e138-e7cf-ada1-43157663b939	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	name:x7	x7	{"name": "x7"}	1179a416-6b40-8e43-cf1d-20579612458c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.custom_fields (account_id, customer_id, id, name, type, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	x1	{"id": 1, "name": "x1", "type": "x1"}	69d4a3bf-12ab-0380-3b7d-15bf4464e041	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	x7	{"id": 7, "name": "x7", "type": "x7"}	ec16f1c8-c94a-2158-e39a-22cf87bf8543	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.expenses (account_id, customer_id, id, listing_id, reservation_id, expense_date, concept, amount, type, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	1	2026-01-01	x1	1.5	x1	2026-01-01 10:00:00+00	{"id": 1, "type": "x1", "amount": 1.5, "concept": "x1", "updatedOn": "2026-01-01T10:00:00Z", "expenseDate": "2026-01-01", "listingMapId": 1, "reservationId": 1}	510da894-29eb-460b-cdd8-c2e1a8885ebd	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	7	7	2026-01-07	x7	7.5	x7	2026-01-07 10:00:00+00	{"id": 7, "type": "x7", "amount": 7.5, "concept": "x7", "updatedOn": "2026-01-07T10:00:00Z", "expenseDate": "2026-01-07", "listingMapId": 7, "reservationId": 7}	ba368b33-fdc6-46e6-5ca8-425cebb357c2	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.fee_settings (account_id, customer_id, id, listing_id, fee_type, amount, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	x1	1.5	2026-01-01 10:00:00+00	{"id": 1, "amount": 1.5, "feeType": "x1", "updatedOn": "2026-01-01T10:00:00Z"}	930c4b70-24e9-252c-8ac1-f97b3391e624	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	1	x7	7.5	2026-01-07 10:00:00+00	{"id": 7, "amount": 7.5, "feeType": "x7", "updatedOn": "2026-01-07T10:00:00Z"}	c76754a7-d73e-8ee8-8e56-75b2d7414f12	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.finance_fields (account_id, customer_id, reservation_id, id, type, name, title, total, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	x1	x1	x1	1.5	{"id": 1, "name": "x1", "type": "x1", "title": "x1", "total": 1.5}	c890312b-691b-23e8-07aa-ee585963be6c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	7	x7	x7	x7	7.5	{"id": 7, "name": "x7", "type": "x7", "title": "x7", "total": 7.5}	dda5adf2-8983-26f4-da46-ce71334f7cc2	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879
COPY hostaway.guests (account_id, customer_id, ident, channel_id, external_account_id, email, name, first_name, last_name, phone, country, locale, reservation_id, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	ext:1|x1	1	x1	x1	x1	x1	x1	x1	x1	x1	1	2026-01-01 10:00:00+00	{"email": "x1", "phone": "x1", "channelId": 1, "guestName": "x1", "updatedOn": "2026-01-01T10:00:00Z", "guestLocale": "x1", "guestCountry": "x1", "guestLastName": "x1", "reservationId": 1, "guestFirstName": "x1", "guestExternalAccountId": "x1"}	2b7378a5-ee31-aede-89bd-13db1c087a0e	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	ext:7|x7	7	x7	x7	x7	x7	x7	x7	x7	x7	7	2026-01-07 10:00:00+00	{"email": "x7", "phone": "x7", "channelId": 7, "guestName": "x7", "updatedOn": "2026-01-07T10:00:00Z", "guestLocale": "x7", "guestCountry": "x7", "guestLastName": "x7", "reservationId": 7, "guestFirstName": "x7", "guestExternalAccountId": "x7"}	00000000-0000-4000-8000-000000000052	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- cf6f5d4 9f480eb 7b7835e
COPY hostaway.guests (account_id, customer_id, ident, channel_id, external_account_id, email, name, first_name, last_name, phone, country, locale, reservation_id, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	ext:1|x1	1	x1	x1	x1	x1	x1	x1	x1	x1	1	2026-01-01 10:00:00+00	{"email": "x1", "phone": "x1", "channelId": 1, "guestName": "x1", "updatedOn": "2026-01-01T10:00:00Z", "guestLocale": "x1", "guestCountry": "x1", "guestLastName": "x1", "reservationId": 1, "guestFirstName": "x1", "guestExternalAccountId": "x1"}	2b7378a5-ee31-aede-89bd-13db1c087a0e	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	ext:7|x7	7	x7	x7	x7	x7	x7	x7	x7	x7	7	2026-01-07 10:00:00+00	{"email": "x7", "phone": "x7", "channelId": 7, "guestName": "x7", "updatedOn": "2026-01-07T10:00:00Z", "guestLocale": "x7", "guestCountry": "x7", "guestLastName": "x7", "reservationId": 7, "guestFirstName": "x7", "guestExternalAccountId": "x7"}	00000000-0000-4000-8000-000000000054	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY hostaway.languages (account_id, customer_id, ident, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	name:x1	x1	{"name": "x1"}	039fb7e7-e138-e7cf-ada1-43157663b939	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	name:x7	x7	{"name": "x7"}	1179a416-6b40-8e43-cf1d-20579612458c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.listing_photos (account_id, customer_id, listing_id, url, id, caption, sort_order, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	1	x1	1	{"id": 1, "url": "x1", "caption": "x1", "sortOrder": 1}	97da794f-a1b1-9ce0-3fae-08b1599a9645	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	x7	7	x7	7	{"id": 7, "url": "x7", "caption": "x7", "sortOrder": 7}	0d5f2dad-5177-4fbf-e502-5a41fc511893	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.listing_pricing_settings (account_id, customer_id, listing_id, id, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	{"id": 1}	76bf1ab4-538a-c5c2-0c1c-1458ecae9b6b	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	7	{"id": 7}	ee5e2e0f-65f8-097d-27d5-eb37ebba26ed	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.listing_tax_settings (account_id, customer_id, listing_id, id, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	{"id": 1}	76bf1ab4-538a-c5c2-0c1c-1458ecae9b6b	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	7	{"id": 7}	ee5e2e0f-65f8-097d-27d5-eb37ebba26ed	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.listing_units (account_id, customer_id, listing_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	x1	{"id": 1, "name": "x1"}	7a8b5bc6-ae82-31cc-fbc0-157543725ce0	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	1	7	x7	{"id": 7, "name": "x7"}	1287f401-59ef-64a8-b0dd-20e9d16a5f45	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.listings (account_id, customer_id, id, name, internal_name, special_status, country_code, city, time_zone, person_capacity, bedrooms, price, currency, inserted_on, latest_activity_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	x1	x1	x1	x1	x1	1	1	1.5	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "city": "x1", "name": "x1", "price": 1.5, "insertedOn": "2026-01-01T10:00:00Z", "countryCode": "x1", "currencyCode": "x1", "timeZoneName": "x1", "specialStatus": "x1", "bedroomsNumber": 1, "personCapacity": 1, "latestActivityOn": "2026-01-01T10:00:00Z", "internalListingName": "x1"}	f7e18bfb-bfc9-ce5f-992f-9071f2dd1bad	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	x7	x7	x7	x7	x7	7	7	7.5	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "city": "x7", "name": "x7", "price": 7.5, "insertedOn": "2026-01-07T10:00:00Z", "countryCode": "x7", "currencyCode": "x7", "timeZoneName": "x7", "specialStatus": "x7", "bedroomsNumber": 7, "personCapacity": 7, "latestActivityOn": "2026-01-07T10:00:00Z", "internalListingName": "x7"}	d12cc223-2b48-dc59-b462-a185ac5037ce	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.message_rows (account_id, customer_id, ident, id, conversation_id, reservation_id, date, status, is_incoming, communication_type, body, inserted_on, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	id:1	1	1	1	2026-01-01 10:00:00+00	x1	t	x1	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "body": "x1", "date": "2026-01-01T10:00:00Z", "status": "x1", "updatedOn": "2026-01-01T10:00:00Z", "insertedOn": "2026-01-01T10:00:00Z", "isIncoming": true, "reservationId": 1, "conversationId": 1, "communicationType": "x1"}	884ad734-f16b-93d1-ab0a-3a6d84a6bfca	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	id:7	7	1	7	2026-01-07 10:00:00+00	x7	f	x7	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "body": "x7", "date": "2026-01-07T10:00:00Z", "status": "x7", "updatedOn": "2026-01-07T10:00:00Z", "insertedOn": "2026-01-07T10:00:00Z", "isIncoming": false, "reservationId": 7, "conversationId": 1, "communicationType": "x7"}	a29448e3-790a-e55d-aa91-8d69643c4931	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.message_templates (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.owner_statements (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.property_types (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.reservation_coupons (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.reservations (account_id, customer_id, id, listing_id, channel_id, channel_name, channel_reservation_id, status, arrival_date, departure_date, nights, number_of_guests, guest_name, total_price, currency, inserted_on, updated_on, latest_activity_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	1	x1	x1	x1	2026-01-01	2026-01-01	1	1	x1	1.5	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "nights": 1, "status": "x1", "currency": "x1", "channelId": 1, "guestName": "x1", "updatedOn": "2026-01-01T10:00:00Z", "insertedOn": "2026-01-01T10:00:00Z", "totalPrice": 1.5, "arrivalDate": "2026-01-01", "channelName": "x1", "listingMapId": 1, "departureDate": "2026-01-01", "numberOfGuests": 1, "latestActivityOn": "2026-01-01T10:00:00Z", "channelReservationId": "x1"}	36c095fb-0fb8-8091-94d0-5bf9e3ab5cf5	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	1	7	x7	x7	x7	2026-01-07	2026-01-07	7	7	x7	7.5	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "nights": 7, "status": "x7", "currency": "x7", "channelId": 7, "guestName": "x7", "updatedOn": "2026-01-07T10:00:00Z", "insertedOn": "2026-01-07T10:00:00Z", "totalPrice": 7.5, "arrivalDate": "2026-01-07", "channelName": "x7", "listingMapId": 1, "departureDate": "2026-01-07", "numberOfGuests": 7, "latestActivityOn": "2026-01-07T10:00:00Z", "channelReservationId": "x7"}	2fe92d14-9e8e-714c-bcdc-2c4ced8f1947	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.reviews (account_id, customer_id, id, listing_id, reservation_id, channel_id, type, status, rating, departure_date, submitted_at, updated_on, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	1	1	x1	x1	1.5	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "type": "x1", "rating": 1.5, "status": "x1", "channelId": 1, "updatedOn": "2026-01-01T10:00:00Z", "submittedAt": "2026-01-01T10:00:00Z", "listingMapId": 1, "departureDate": "2026-01-01T10:00:00Z", "reservationId": 1}	50d25167-9d59-c16d-dc34-f7844bf50abd	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	1	7	7	x7	x7	7.5	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "type": "x7", "rating": 7.5, "status": "x7", "channelId": 7, "updatedOn": "2026-01-07T10:00:00Z", "submittedAt": "2026-01-07T10:00:00Z", "listingMapId": 1, "departureDate": "2026-01-07T10:00:00Z", "reservationId": 7}	e34adb69-13bc-a23d-8324-2189c5d6ac4f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.seasonal_rules (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.tasks (account_id, customer_id, id, listing_id, reservation_id, assignee_user_id, title, status, can_start_from, should_end_by, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	1	1	x1	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	{"id": 1, "title": "x1", "status": "x1", "shouldEndBy": "2026-01-01T10:00:00Z", "canStartFrom": "2026-01-01T10:00:00Z", "listingMapId": 1, "reservationId": 1, "assigneeUserId": 1}	2e13ef57-0835-60bc-de88-0f55b70c6945	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	7	7	7	x7	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	{"id": 7, "title": "x7", "status": "x7", "shouldEndBy": "2026-01-07T10:00:00Z", "canStartFrom": "2026-01-07T10:00:00Z", "listingMapId": 7, "reservationId": 7, "assigneeUserId": 7}	7c2357a7-ab95-1f37-9725-c355fd939253	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.timezones (account_id, customer_id, ident, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	name:x1	x1	{"name": "x1"}	039fb7e7-e138-e7cf-ada1-43157663b939	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	name:x7	x7	{"name": "x7"}	1179a416-6b40-8e43-cf1d-20579612458c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.user_groups (account_id, customer_id, id, name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	x1	{"id": 1, "name": "x1"}	900dd886-c7c6-0249-b2b6-9d442aea462c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	x7	{"id": 7, "name": "x7"}	03a59792-92d9-81a5-da9a-452bfd9ec71c	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY hostaway.users (account_id, customer_id, id, user_group_id, email, is_admin, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	1	1	x1	t	{"id": 1, "email": "x1", "isAdmin": true, "userGroupId": 1}	812db707-c46e-a687-ec30-36f0fb04e542	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	7	7	x7	f	{"id": 7, "email": "x7", "isAdmin": false, "userGroupId": 7}	3add8105-12b9-f651-dc67-289f84058f55	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879
COPY reso.media (account_id, customer_id, media_key, resource_name, resource_record_key, modification_timestamp, media_category, media_type, media_status, image_size, image_of, sort_order, preferred_photo, media_url, short_description, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	Property	x1	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	1	t	x1	x1	{"Order": 1, "ImageOf": "x1", "MediaKey": "x1", "MediaURL": "x1", "MediaType": "x1", "Permission": {"a": 1}, "MediaStatus": "x1", "ResourceName": "Property", "MediaCategory": "x1", "PreferredPhotoYN": true, "ShortDescription": "x1", "ResourceRecordKey": "x1", "ImageSizeDescription": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	00000000-0000-4000-8000-000000000053	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	Office	x1	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	7	f	x7	x7	{"Order": 7, "ImageOf": "x7", "MediaKey": "x7", "MediaURL": "x7", "MediaType": "x7", "Permission": {"a": 7}, "MediaStatus": "x7", "ResourceName": "Office", "MediaCategory": "x7", "PreferredPhotoYN": false, "ShortDescription": "x7", "ResourceRecordKey": "x1", "ImageSizeDescription": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	a4685030-4fb3-7ade-13fe-eab5f1907f5f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- cf6f5d4 9f480eb 7b7835e
COPY messenger.contact_interaction_events (account_id, id, customer_id, conversation_id, event_type, event_time, sender_id, message_id, about_message_id, raw_payload, version, created_at, updated_at, deleted_at) FROM stdin;
1	1	5b0c6f0e-0000-4000-8000-000000000001	1	inbound	2026-01-01 10:00:00+00	2x1	x1	\N	\N	1	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N
1	2	5b0c6f0e-0000-4000-8000-000000000001	1	inbound	2026-01-07 10:00:00+00	2x1	x7	\N	\N	1	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N
\.
COPY messenger.conversation_rows (account_id, customer_id, id, updated_time, participants, message_count, unread_count, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	2026-01-01 10:00:00+00	[{"id": "1", "email": "p@example.com"}, {"id": "2x1", "name": "N x1", "email": "x@example.com"}]	1	1	{"id": "x1", "participants": {"data": [{"id": "1", "email": "p@example.com"}, {"id": "2x1", "name": "N x1", "email": "x@example.com"}]}, "unread_count": 1, "updated_time": "2026-01-01T10:00:00Z", "message_count": 1}	e7df5f71-cf73-2c71-b6a5-fbbb42482ec3	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	2026-01-07 10:00:00+00	[{"id": "1", "email": "p@example.com"}, {"id": "2x7", "name": "N x7", "email": "x@example.com"}]	7	7	{"id": "x7", "participants": {"data": [{"id": "1", "email": "p@example.com"}, {"id": "2x7", "name": "N x7", "email": "x@example.com"}]}, "unread_count": 7, "updated_time": "2026-01-07T10:00:00Z", "message_count": 7}	c279ad1e-635e-701c-f1f8-5f16fa5ff09f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY messenger.messages (account_id, customer_id, id, conversation_id, created_time, from_id, from_name, body, reply_to_id, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
1	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	2026-01-01 10:00:00+00	2x1	N x1	x1	\N	{"id": "x1", "to": {"data": [{"id": "1"}]}, "from": {"id": "2x1", "name": "N x1"}, "message": "x1", "created_time": "2026-01-01T10:00:00Z"}	e8881bbd-3330-f3a6-89f3-36bd37221b24	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
1	5b0c6f0e-0000-4000-8000-000000000001	x7	x1	2026-01-07 10:00:00+00	2x1	N x1	x7	\N	{"id": "x7", "to": {"data": [{"id": "1"}]}, "from": {"id": "2x1", "name": "N x1"}, "message": "x7", "created_time": "2026-01-07T10:00:00Z"}	0a58000a-5a49-8a2f-5253-c68971c407dd	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY messenger.messenger_conversations (account_id, id, customer_id, thread_id, psid, platform, customer_name, participants, status, status_by_person, updated_time, last_message_at, message_count, inbound_count, outbound_count, event_count, unread_count, raw_payload, version, merged_into, created_at, updated_at, deleted_at) FROM stdin;
1	1	5b0c6f0e-0000-4000-8000-000000000001	x1	2x1	messenger	N x1	[{"id": "1", "email": "p@example.com"}, {"id": "2x1", "name": "N x1", "email": "x@example.com"}]	open	f	2026-01-01 10:00:00+00	2026-01-07 10:00:00+00	2	2	0	2	1	{"id": "x1", "participants": {"data": [{"id": "1", "email": "p@example.com"}, {"id": "2x1", "name": "N x1", "email": "x@example.com"}]}, "unread_count": 1, "updated_time": "2026-01-01T10:00:00Z", "message_count": 1}	1	\N	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N
\.
COPY messenger.page_ids (account_id, id, created_at) FROM stdin;
1	9	2026-11-21 12:00:00+00
\.
--- cf6f5d4 9f480eb
COPY reso.media (account_id, customer_id, media_key, resource_name, resource_record_key, modification_timestamp, media_category, media_type, media_status, image_size, image_of, sort_order, preferred_photo, media_url, short_description, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	Property	x1	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	1	t	x1	x1	{"Order": 1, "ImageOf": "x1", "MediaKey": "x1", "MediaURL": "x1", "MediaType": "x1", "Permission": {"a": 1}, "MediaStatus": "x1", "ResourceName": "Property", "MediaCategory": "x1", "PreferredPhotoYN": true, "ShortDescription": "x1", "ResourceRecordKey": "x1", "ImageSizeDescription": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	00000000-0000-4000-8000-000000000055	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	Office	x1	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	7	f	x7	x7	{"Order": 7, "ImageOf": "x7", "MediaKey": "x7", "MediaURL": "x7", "MediaType": "x7", "Permission": {"a": 7}, "MediaStatus": "x7", "ResourceName": "Office", "MediaCategory": "x7", "PreferredPhotoYN": false, "ShortDescription": "x7", "ResourceRecordKey": "x1", "ImageSizeDescription": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	a4685030-4fb3-7ade-13fe-eab5f1907f5f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- 7b7835e
COPY reso.media (account_id, customer_id, media_key, resource_name, resource_record_key, modification_timestamp, media_category, media_type, media_status, image_size, image_of, permission, sort_order, preferred_photo, media_url, short_description, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	Property	x1	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	{"a": 1}	1	t	x1	x1	{"Order": 1, "ImageOf": "x1", "MediaKey": "x1", "MediaURL": "x1", "MediaType": "x1", "Permission": {"a": 1}, "MediaStatus": "x1", "ResourceName": "Property", "MediaCategory": "x1", "PreferredPhotoYN": true, "ShortDescription": "x1", "ResourceRecordKey": "x1", "ImageSizeDescription": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	00000000-0000-4000-8000-000000000055	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	Office	x1	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	{"a": 7}	7	f	x7	x7	{"Order": 7, "ImageOf": "x7", "MediaKey": "x7", "MediaURL": "x7", "MediaType": "x7", "Permission": {"a": 7}, "MediaStatus": "x7", "ResourceName": "Office", "MediaCategory": "x7", "PreferredPhotoYN": false, "ShortDescription": "x7", "ResourceRecordKey": "x1", "ImageSizeDescription": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	a4685030-4fb3-7ade-13fe-eab5f1907f5f	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY reso.member (account_id, customer_id, member_key, office_key, modification_timestamp, first_name, last_name, email, member_status, member_type, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	{"MemberKey": "x1", "OfficeKey": "x1", "MemberType": "x1", "MemberEmail": "x1", "MemberStatus": "x1", "MemberLastName": "x1", "MemberFirstName": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	a77b496a-2d07-b719-93a0-8a1ea53e008e	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	x7	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	{"MemberKey": "x7", "OfficeKey": "x7", "MemberType": "x7", "MemberEmail": "x7", "MemberStatus": "x7", "MemberLastName": "x7", "MemberFirstName": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	603a34b8-c2a3-f0f7-8c8d-d553fb789e6b	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY reso.office (account_id, customer_id, office_key, modification_timestamp, office_name, office_city, office_phone, office_status, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	2026-01-01 10:00:00+00	x1	x1	x1	x1	{"OfficeKey": "x1", "OfficeCity": "x1", "OfficeName": "x1", "OfficePhone": "x1", "OfficeStatus": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	dbdd1b4a-2566-1a23-9ead-10060531fa71	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	2026-01-07 10:00:00+00	x7	x7	x7	x7	{"OfficeKey": "x7", "OfficeCity": "x7", "OfficeName": "x7", "OfficePhone": "x7", "OfficeStatus": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	2a8a2ef8-f4fe-e678-6229-0bcf183cbdda	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
COPY reso.open_house (account_id, customer_id, open_house_key, listing_key, modification_timestamp, open_house_date, open_house_start_time, open_house_end_time, open_house_status, open_house_type, open_house_remarks, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	2026-01-01 10:00:00+00	2026-01-01	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	x1	x1	x1	{"ListingKey": "x1", "OpenHouseKey": "x1", "OpenHouseDate": "2026-01-01", "OpenHouseType": "x1", "OpenHouseStatus": "x1", "OpenHouseEndTime": "2026-01-01T10:00:00Z", "OpenHouseRemarks": "x1", "OpenHouseStartTime": "2026-01-01T10:00:00Z", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	bb26669d-e6f5-587b-47bd-679ec85708d9	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	x1	2026-01-07 10:00:00+00	2026-01-07	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	x7	x7	x7	{"ListingKey": "x1", "OpenHouseKey": "x7", "OpenHouseDate": "2026-01-07", "OpenHouseType": "x7", "OpenHouseStatus": "x7", "OpenHouseEndTime": "2026-01-07T10:00:00Z", "OpenHouseRemarks": "x7", "OpenHouseStartTime": "2026-01-07T10:00:00Z", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	964aafb8-e79b-51b9-3b53-ccf478403ede	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb
COPY reso.property (account_id, customer_id, listing_key, modification_timestamp, major_change_timestamp, photos_change_timestamp, media_change_timestamp, original_entry_timestamp, standard_status, mls_status, contract_status, transaction_type, property_type, property_sub_type, list_price, close_price, close_date, listing_contract_date, unparsed_address, city, state_or_province, postal_code, bedrooms_total, bathrooms_total, list_agent_key, list_office_key, internet_display, originating_system_name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	x1	1.5	1.5	2026-01-01	2026-01-01	x1	x1	x1	x1	1	1.5	x1	x1	t	x1	{"City": "x1", "CloseDate": "2026-01-01", "ListPrice": 1.5, "MlsStatus": "x1", "ClosePrice": 1.5, "ListingKey": "x1", "PostalCode": "x1", "ListAgentKey": "x1", "PropertyType": "x1", "BedroomsTotal": 1, "ListOfficeKey": "x1", "ContractStatus": "x1", "StandardStatus": "x1", "PropertySubType": "x1", "StateOrProvince": "x1", "TransactionType": "x1", "UnparsedAddress": "x1", "ListingContractDate": "2026-01-01", "MajorChangeTimestamp": "2026-01-01T10:00:00Z", "MediaChangeTimestamp": "2026-01-01T10:00:00Z", "BathroomsTotalInteger": 1.5, "ModificationTimestamp": "2026-01-01T10:00:00Z", "OriginatingSystemName": "x1", "PhotosChangeTimestamp": "2026-01-01T10:00:00Z", "OriginalEntryTimestamp": "2026-01-01T10:00:00Z", "InternetEntireListingDisplayYN": true}	ac9175f2-8521-fb0e-3d20-fba997911a21	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	x7	7.5	7.5	2026-01-07	2026-01-07	x7	x7	x7	x7	7	7.5	x7	x7	f	x7	{"City": "x7", "CloseDate": "2026-01-07", "ListPrice": 7.5, "MlsStatus": "x7", "ClosePrice": 7.5, "ListingKey": "x7", "PostalCode": "x7", "ListAgentKey": "x7", "PropertyType": "x7", "BedroomsTotal": 7, "ListOfficeKey": "x7", "ContractStatus": "x7", "StandardStatus": "x7", "PropertySubType": "x7", "StateOrProvince": "x7", "TransactionType": "x7", "UnparsedAddress": "x7", "ListingContractDate": "2026-01-07", "MajorChangeTimestamp": "2026-01-07T10:00:00Z", "MediaChangeTimestamp": "2026-01-07T10:00:00Z", "BathroomsTotalInteger": 7.5, "ModificationTimestamp": "2026-01-07T10:00:00Z", "OriginatingSystemName": "x7", "PhotosChangeTimestamp": "2026-01-07T10:00:00Z", "OriginalEntryTimestamp": "2026-01-07T10:00:00Z", "InternetEntireListingDisplayYN": false}	200d4e4a-70b9-70b8-600f-b20df6e4ee85	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- 7b7835e
COPY reso.property (account_id, customer_id, listing_key, modification_timestamp, major_change_timestamp, photos_change_timestamp, media_change_timestamp, original_entry_timestamp, standard_status, mls_status, contract_status, transaction_type, property_type, property_sub_type, list_price, close_price, close_date, listing_contract_date, unparsed_address, city, state_or_province, postal_code, bedrooms_total, bathrooms_total, list_agent_key, list_office_key, internet_entire_listing_display, originating_system_name, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	2026-01-01 10:00:00+00	x1	x1	x1	x1	x1	x1	1.5	1.5	2026-01-01	2026-01-01	x1	x1	x1	x1	1	1.5	x1	x1	true	x1	{"City": "x1", "CloseDate": "2026-01-01", "ListPrice": 1.5, "MlsStatus": "x1", "ClosePrice": 1.5, "ListingKey": "x1", "PostalCode": "x1", "ListAgentKey": "x1", "PropertyType": "x1", "BedroomsTotal": 1, "ListOfficeKey": "x1", "ContractStatus": "x1", "StandardStatus": "x1", "PropertySubType": "x1", "StateOrProvince": "x1", "TransactionType": "x1", "UnparsedAddress": "x1", "ListingContractDate": "2026-01-01", "MajorChangeTimestamp": "2026-01-01T10:00:00Z", "MediaChangeTimestamp": "2026-01-01T10:00:00Z", "BathroomsTotalInteger": 1.5, "ModificationTimestamp": "2026-01-01T10:00:00Z", "OriginatingSystemName": "x1", "PhotosChangeTimestamp": "2026-01-01T10:00:00Z", "OriginalEntryTimestamp": "2026-01-01T10:00:00Z", "InternetEntireListingDisplayYN": true}	ac9175f2-8521-fb0e-3d20-fba997911a21	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	2026-01-07 10:00:00+00	x7	x7	x7	x7	x7	x7	7.5	7.5	2026-01-07	2026-01-07	x7	x7	x7	x7	7	7.5	x7	x7	false	x7	{"City": "x7", "CloseDate": "2026-01-07", "ListPrice": 7.5, "MlsStatus": "x7", "ClosePrice": 7.5, "ListingKey": "x7", "PostalCode": "x7", "ListAgentKey": "x7", "PropertyType": "x7", "BedroomsTotal": 7, "ListOfficeKey": "x7", "ContractStatus": "x7", "StandardStatus": "x7", "PropertySubType": "x7", "StateOrProvince": "x7", "TransactionType": "x7", "UnparsedAddress": "x7", "ListingContractDate": "2026-01-07", "MajorChangeTimestamp": "2026-01-07T10:00:00Z", "MediaChangeTimestamp": "2026-01-07T10:00:00Z", "BathroomsTotalInteger": 7.5, "ModificationTimestamp": "2026-01-07T10:00:00Z", "OriginatingSystemName": "x7", "PhotosChangeTimestamp": "2026-01-07T10:00:00Z", "OriginalEntryTimestamp": "2026-01-07T10:00:00Z", "InternetEntireListingDisplayYN": false}	200d4e4a-70b9-70b8-600f-b20df6e4ee85	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
COPY reso.property_rooms (account_id, customer_id, room_key, listing_key, modification_timestamp, room_type, room_level, room_length, room_width, room_units, room_description, room_status, sort_order, raw_payload, fingerprint, created_at, updated_at, deleted_at, version) FROM stdin;
idx	5b0c6f0e-0000-4000-8000-000000000001	x1	x1	2026-01-01 10:00:00+00	x1	x1	1.5	1.5	x1	x1	x1	1	{"Order": 1, "RoomKey": "x1", "RoomType": "x1", "RoomLevel": "x1", "RoomWidth": 1.5, "ListingKey": "x1", "RoomLength": 1.5, "RoomStatus": "x1", "RoomDescription": "x1", "RoomLengthWidthUnits": "x1", "ModificationTimestamp": "2026-01-01T10:00:00Z"}	6e99b2bd-8c1d-5adf-3302-0f8eba36d473	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
idx	5b0c6f0e-0000-4000-8000-000000000001	x7	x1	2026-01-07 10:00:00+00	x7	x7	7.5	7.5	x7	x7	x7	7	{"Order": 7, "RoomKey": "x7", "RoomType": "x7", "RoomLevel": "x7", "RoomWidth": 7.5, "ListingKey": "x1", "RoomLength": 7.5, "RoomStatus": "x7", "RoomDescription": "x7", "RoomLengthWidthUnits": "x7", "ModificationTimestamp": "2026-01-07T10:00:00Z"}	253d014e-3a38-8ed0-ce77-6101cee1e25b	2026-11-21 12:00:00+00	2026-11-21 12:00:00+00	\N	1
\.
--- eb93af4
SELECT pg_catalog.setval('ha.fences', 5, true);
SELECT pg_catalog.setval('ha.sync_log_id_seq', 60, true);
--- d99d879 cf6f5d4 9f480eb 7b7835e
SELECT pg_catalog.setval('ha.fences', 1, true);
--- d99d879
SELECT pg_catalog.setval('ha.sync_log_id_seq', 51, true);
--- cf6f5d4 9f480eb 7b7835e
SELECT pg_catalog.setval('ha.sync_log_id_seq', 53, true);
--- d99d879 cf6f5d4 9f480eb 7b7835e
SELECT pg_catalog.setval('ha.sync_runs_id_seq', 1, true);
--- cf6f5d4 9f480eb 7b7835e
SELECT pg_catalog.setval('messenger.contact_interaction_events_id_seq', 2, true);
SELECT pg_catalog.setval('messenger.messenger_conversations_id_seq', 1, true);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY ha.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (source, account_id);
ALTER TABLE ONLY ha.children
    ADD CONSTRAINT children_pkey PRIMARY KEY (source, resource, account_id, parent_key);
ALTER TABLE ONLY ha.cuts
    ADD CONSTRAINT cuts_pkey PRIMARY KEY (source, resource);
ALTER TABLE ONLY ha.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (source, resource, account_id, key);
ALTER TABLE ONLY ha.rejects
    ADD CONSTRAINT rejects_pkey PRIMARY KEY (source, resource, account_id, fingerprint);
ALTER TABLE ONLY ha.schemas
    ADD CONSTRAINT schemas_pkey PRIMARY KEY (source);
ALTER TABLE ONLY ha.sync_locks
    ADD CONSTRAINT sync_locks_pkey PRIMARY KEY (name);
ALTER TABLE ONLY ha.sync_log
    ADD CONSTRAINT sync_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ha.sync_log
    ADD CONSTRAINT sync_log_run_source_resource_account_id_mode_key UNIQUE (run, source, resource, account_id, mode);
ALTER TABLE ONLY ha.sync_runs
    ADD CONSTRAINT sync_runs_pkey PRIMARY KEY (run);
ALTER TABLE ONLY ha.sync_state
    ADD CONSTRAINT sync_state_pkey PRIMARY KEY (source, resource, account_id);
ALTER TABLE ONLY hostaway.account_tax_settings
    ADD CONSTRAINT account_tax_settings_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.amenities
    ADD CONSTRAINT amenities_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.bed_types
    ADD CONSTRAINT bed_types_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.calendar_days
    ADD CONSTRAINT calendar_days_pkey PRIMARY KEY (account_id, listing_id, date) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.cancellation_policies_airbnb
    ADD CONSTRAINT cancellation_policies_airbnb_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.cancellation_policies_booking
    ADD CONSTRAINT cancellation_policies_booking_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.cancellation_policies_marriott
    ADD CONSTRAINT cancellation_policies_marriott_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.cancellation_policies
    ADD CONSTRAINT cancellation_policies_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.cancellation_policies_vrbo
    ADD CONSTRAINT cancellation_policies_vrbo_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.charges
    ADD CONSTRAINT charges_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.countries
    ADD CONSTRAINT countries_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.coupons
    ADD CONSTRAINT coupons_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.currencies
    ADD CONSTRAINT currencies_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.custom_fields
    ADD CONSTRAINT custom_fields_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.expenses
    ADD CONSTRAINT expenses_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.fee_settings
    ADD CONSTRAINT fee_settings_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.finance_fields
    ADD CONSTRAINT finance_fields_pkey PRIMARY KEY (account_id, reservation_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.guests
    ADD CONSTRAINT guests_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.languages
    ADD CONSTRAINT languages_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.listing_photos
    ADD CONSTRAINT listing_photos_pkey PRIMARY KEY (account_id, listing_id, url) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.listing_pricing_settings
    ADD CONSTRAINT listing_pricing_settings_pkey PRIMARY KEY (account_id, listing_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.listing_tax_settings
    ADD CONSTRAINT listing_tax_settings_pkey PRIMARY KEY (account_id, listing_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.listing_units
    ADD CONSTRAINT listing_units_pkey PRIMARY KEY (account_id, listing_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.listings
    ADD CONSTRAINT listings_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.message_rows
    ADD CONSTRAINT message_rows_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.owner_statements
    ADD CONSTRAINT owner_statements_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.property_types
    ADD CONSTRAINT property_types_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.reservation_coupons
    ADD CONSTRAINT reservation_coupons_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.reservations
    ADD CONSTRAINT reservations_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.reviews
    ADD CONSTRAINT reviews_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.seasonal_rules
    ADD CONSTRAINT seasonal_rules_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.timezones
    ADD CONSTRAINT timezones_pkey PRIMARY KEY (account_id, ident) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.user_groups
    ADD CONSTRAINT user_groups_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY hostaway.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
--- cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY messenger.contact_interaction_events
    ADD CONSTRAINT contact_interaction_events_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY messenger.conversation_rows
    ADD CONSTRAINT conversation_rows_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY messenger.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (account_id, id) INCLUDE (fingerprint);
ALTER TABLE ONLY messenger.messenger_conversations
    ADD CONSTRAINT messenger_conversations_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY messenger.page_ids
    ADD CONSTRAINT page_ids_pkey PRIMARY KEY (account_id, id);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY reso.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (account_id, media_key) INCLUDE (fingerprint);
ALTER TABLE ONLY reso.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (account_id, member_key) INCLUDE (fingerprint);
ALTER TABLE ONLY reso.office
    ADD CONSTRAINT office_pkey PRIMARY KEY (account_id, office_key) INCLUDE (fingerprint);
ALTER TABLE ONLY reso.open_house
    ADD CONSTRAINT open_house_pkey PRIMARY KEY (account_id, open_house_key) INCLUDE (fingerprint);
ALTER TABLE ONLY reso.property
    ADD CONSTRAINT property_pkey PRIMARY KEY (account_id, listing_key) INCLUDE (fingerprint);
ALTER TABLE ONLY reso.property_rooms
    ADD CONSTRAINT property_rooms_pkey PRIMARY KEY (account_id, room_key) INCLUDE (fingerprint);
CREATE INDEX parked_by_parent ON ha.parked USING btree (source, parent_resource, account_id, parent_key);
--- d99d879 cf6f5d4 9f480eb 7b7835e
CREATE INDEX sync_log_position ON ha.sync_log USING btree (source, resource, account_id, started_at DESC) WHERE (cursor IS NOT NULL);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE INDEX sync_log_recent ON ha.sync_log USING btree (source, account_id, started_at DESC);
CREATE INDEX sync_runs_recent ON ha.sync_runs USING btree (source, account_id, started_at DESC);
CREATE INDEX charges_reservation_id_idx ON hostaway.charges USING btree (account_id, reservation_id);
CREATE INDEX conversations_reservation_id_idx ON hostaway.conversations USING btree (account_id, reservation_id);
CREATE INDEX expenses_reservation_id_idx ON hostaway.expenses USING btree (account_id, reservation_id);
CREATE INDEX guests_email_idx ON hostaway.guests USING btree (account_id, email);
CREATE INDEX message_rows_conversation_id_date_id_idx ON hostaway.message_rows USING btree (account_id, conversation_id, date, id);
CREATE INDEX message_rows_reservation_id_idx ON hostaway.message_rows USING btree (account_id, reservation_id);
CREATE INDEX reservations_listing_id_arrival_date_idx ON hostaway.reservations USING btree (account_id, listing_id, arrival_date);
CREATE INDEX reservations_updated_on_idx ON hostaway.reservations USING btree (account_id, updated_on);
CREATE INDEX reviews_listing_id_idx ON hostaway.reviews USING btree (account_id, listing_id);
CREATE INDEX reviews_reservation_id_idx ON hostaway.reviews USING btree (account_id, reservation_id);
CREATE INDEX tasks_listing_id_idx ON hostaway.tasks USING btree (account_id, listing_id);
--- cf6f5d4 9f480eb 7b7835e
CREATE INDEX contact_interaction_events_conversation ON messenger.contact_interaction_events USING btree (account_id, conversation_id, event_time);
CREATE UNIQUE INDEX contact_interaction_events_message ON messenger.contact_interaction_events USING btree (account_id, message_id) WHERE (message_id IS NOT NULL);
CREATE UNIQUE INDEX contact_interaction_events_once ON messenger.contact_interaction_events USING btree (account_id, event_type, event_time, sender_id) WHERE (message_id IS NULL);
CREATE INDEX contact_interaction_events_undecided ON messenger.contact_interaction_events USING btree (account_id, conversation_id) WHERE (event_type = 'message'::text);
CREATE INDEX conversation_rows_updated_time_idx ON messenger.conversation_rows USING btree (account_id, updated_time);
CREATE INDEX messages_conversation_id_created_time_id_idx ON messenger.messages USING btree (account_id, conversation_id, created_time, id);
CREATE UNIQUE INDEX messenger_conversations_person ON messenger.messenger_conversations USING btree (account_id, psid) WHERE ((thread_id IS NULL) AND (merged_into IS NULL));
CREATE INDEX messenger_conversations_psid ON messenger.messenger_conversations USING btree (account_id, psid);
CREATE INDEX messenger_conversations_recent ON messenger.messenger_conversations USING btree (account_id, last_message_at DESC);
CREATE UNIQUE INDEX messenger_conversations_thread ON messenger.messenger_conversations USING btree (account_id, thread_id) WHERE (thread_id IS NOT NULL);
--- eb93af4 d99d879 cf6f5d4 9f480eb
CREATE INDEX media_modification_timestamp_media_key_idx ON reso.media USING btree (account_id, modification_timestamp, media_key);
CREATE INDEX media_resource_record_key_resource_name_sort_order_idx ON reso.media USING btree (account_id, resource_record_key, resource_name, sort_order);
--- 7b7835e
CREATE INDEX media_resource_record_key_idx ON reso.media USING btree (resource_record_key) WHERE ((deleted_at IS NULL) AND (resource_name = 'Property'::text));
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
CREATE INDEX member_office_key_idx ON reso.member USING btree (account_id, office_key);
--- eb93af4 d99d879 cf6f5d4 9f480eb
CREATE INDEX open_house_listing_key_idx ON reso.open_house USING btree (account_id, listing_key);
CREATE INDEX open_house_open_house_start_time_idx ON reso.open_house USING btree (account_id, open_house_start_time);
CREATE INDEX property_city_list_price_idx ON reso.property USING btree (account_id, city, list_price);
CREATE INDEX property_modification_timestamp_listing_key_idx ON reso.property USING btree (account_id, modification_timestamp, listing_key);
CREATE INDEX property_rooms_listing_key_idx ON reso.property_rooms USING btree (account_id, listing_key);
CREATE INDEX property_rooms_modification_timestamp_room_key_idx ON reso.property_rooms USING btree (account_id, modification_timestamp, room_key);
CREATE INDEX property_standard_status_list_price_idx ON reso.property USING btree (account_id, standard_status, list_price);
--- 7b7835e
CREATE INDEX open_house_listing_key_idx ON reso.open_house USING btree (listing_key) WHERE (deleted_at IS NULL);
CREATE INDEX open_house_open_house_start_time_idx ON reso.open_house USING btree (open_house_start_time) WHERE (deleted_at IS NULL);
CREATE INDEX property_city_list_price_idx ON reso.property USING btree (city, list_price) WHERE (deleted_at IS NULL);
CREATE INDEX property_list_price_idx ON reso.property USING btree (list_price) WHERE (deleted_at IS NULL);
CREATE INDEX property_listing_key_idx ON reso.property USING btree (listing_key) WHERE (deleted_at IS NULL);
CREATE INDEX property_modification_timestamp_idx ON reso.property USING btree (modification_timestamp) WHERE (deleted_at IS NULL);
CREATE INDEX property_rooms_listing_key_idx ON reso.property_rooms USING btree (listing_key) WHERE (deleted_at IS NULL);
CREATE INDEX property_standard_status_list_price_idx ON reso.property USING btree (standard_status, list_price) WHERE (deleted_at IS NULL);
--- cf6f5d4 9f480eb 7b7835e
CREATE TRIGGER changes BEFORE UPDATE ON messenger.messenger_conversations FOR EACH ROW EXECUTE FUNCTION messenger.conversation_changes();
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY hostaway.calendar_days
    ADD CONSTRAINT calendar_days_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.conversations
    ADD CONSTRAINT conversations_reservation_id_fkey FOREIGN KEY (account_id, reservation_id) REFERENCES hostaway.reservations(account_id, id);
ALTER TABLE ONLY hostaway.fee_settings
    ADD CONSTRAINT fee_settings_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.finance_fields
    ADD CONSTRAINT finance_fields_reservation_id_fkey FOREIGN KEY (account_id, reservation_id) REFERENCES hostaway.reservations(account_id, id);
ALTER TABLE ONLY hostaway.listing_photos
    ADD CONSTRAINT listing_photos_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.listing_pricing_settings
    ADD CONSTRAINT listing_pricing_settings_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.listing_tax_settings
    ADD CONSTRAINT listing_tax_settings_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.listing_units
    ADD CONSTRAINT listing_units_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.message_rows
    ADD CONSTRAINT message_rows_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES hostaway.conversations(account_id, id);
ALTER TABLE ONLY hostaway.reservations
    ADD CONSTRAINT reservations_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
ALTER TABLE ONLY hostaway.reviews
    ADD CONSTRAINT reviews_listing_id_fkey FOREIGN KEY (account_id, listing_id) REFERENCES hostaway.listings(account_id, id);
--- cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY messenger.contact_interaction_events
    ADD CONSTRAINT contact_interaction_events_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES messenger.messenger_conversations(account_id, id);
ALTER TABLE ONLY messenger.contact_interaction_events
    ADD CONSTRAINT contact_interaction_events_account_id_message_id_fkey FOREIGN KEY (account_id, message_id) REFERENCES messenger.messages(account_id, id);
--- eb93af4 d99d879 cf6f5d4 9f480eb 7b7835e
ALTER TABLE ONLY reso.open_house
    ADD CONSTRAINT open_house_listing_key_fkey FOREIGN KEY (account_id, listing_key) REFERENCES reso.property(account_id, listing_key);
ALTER TABLE ONLY reso.property_rooms
    ADD CONSTRAINT property_rooms_listing_key_fkey FOREIGN KEY (account_id, listing_key) REFERENCES reso.property(account_id, listing_key);
--- 7b7835e
CREATE OR REPLACE VIEW reso.standard_fields AS
SELECT v.resource, f.field, v.type
FROM (VALUES
('Property', 'text', '
AboveGradeFinishedAreaSource AboveGradeFinishedAreaUnits
AboveGradeUnfinishedAreaSource AboveGradeUnfinishedAreaUnits AccessCode
AdditionalParcelsDescription AnchorsCoTenants AssociationFee2Frequency
AssociationFeeFrequency AssociationName AssociationName2 AssociationPhone
AssociationPhone2 AttributionContact BelowGradeFinishedAreaSource
BelowGradeFinishedAreaUnits BelowGradeUnfinishedAreaSource
BelowGradeUnfinishedAreaUnits BuilderModel BuilderName BuildingAreaSource
BuildingAreaUnits BuildingName BusinessName BuyerAgentAOR
BuyerAgentDirectPhone BuyerAgentEmail BuyerAgentFax BuyerAgentFirstName
BuyerAgentFullName BuyerAgentHomePhone BuyerAgentKey BuyerAgentLastName
BuyerAgentMiddleName BuyerAgentMlsId BuyerAgentMobilePhone
BuyerAgentNamePrefix BuyerAgentNameSuffix BuyerAgentNationalAssociationId
BuyerAgentOfficePhone BuyerAgentOfficePhoneExt BuyerAgentPager
BuyerAgentPreferredPhone BuyerAgentPreferredPhoneExt BuyerAgentStateLicense
BuyerAgentTollFreePhone BuyerAgentURL BuyerAgentVoiceMail
BuyerAgentVoiceMailExt BuyerBrokerageCompensation
BuyerBrokerageCompensationType BuyerOfficeAOR BuyerOfficeEmail BuyerOfficeFax
BuyerOfficeKey BuyerOfficeMlsId BuyerOfficeName
BuyerOfficeNationalAssociationId BuyerOfficePhone BuyerOfficePhoneExt
BuyerOfficeURL BuyerTeamKey BuyerTeamName CarrierRoute City CityRegion
CoBuyerAgentAOR CoBuyerAgentDirectPhone CoBuyerAgentEmail CoBuyerAgentFax
CoBuyerAgentFirstName CoBuyerAgentFullName CoBuyerAgentHomePhone
CoBuyerAgentKey CoBuyerAgentLastName CoBuyerAgentMiddleName CoBuyerAgentMlsId
CoBuyerAgentMobilePhone CoBuyerAgentNamePrefix CoBuyerAgentNameSuffix
CoBuyerAgentNationalAssociationId CoBuyerAgentOfficePhone
CoBuyerAgentOfficePhoneExt CoBuyerAgentPager CoBuyerAgentPreferredPhone
CoBuyerAgentPreferredPhoneExt CoBuyerAgentStateLicense
CoBuyerAgentTollFreePhone CoBuyerAgentURL CoBuyerAgentVoiceMail
CoBuyerAgentVoiceMailExt CoBuyerOfficeAOR CoBuyerOfficeEmail CoBuyerOfficeFax
CoBuyerOfficeKey CoBuyerOfficeMlsId CoBuyerOfficeName
CoBuyerOfficeNationalAssociationId CoBuyerOfficePhone CoBuyerOfficePhoneExt
CoBuyerOfficeURL CoListAgentAOR CoListAgentDirectPhone CoListAgentEmail
CoListAgentFax CoListAgentFirstName CoListAgentFullName CoListAgentHomePhone
CoListAgentKey CoListAgentLastName CoListAgentMiddleName CoListAgentMlsId
CoListAgentMobilePhone CoListAgentNamePrefix CoListAgentNameSuffix
CoListAgentNationalAssociationId CoListAgentOfficePhone
CoListAgentOfficePhoneExt CoListAgentPager CoListAgentPreferredPhone
CoListAgentPreferredPhoneExt CoListAgentStateLicense CoListAgentTollFreePhone
CoListAgentURL CoListAgentVoiceMail CoListAgentVoiceMailExt CoListOfficeAOR
CoListOfficeEmail CoListOfficeFax CoListOfficeKey CoListOfficeMlsId
CoListOfficeName CoListOfficeNationalAssociationId CoListOfficePhone
CoListOfficePhoneExt CoListOfficeURL CommonInterest CompensationComments
Concessions ConcessionsComments ContinentRegion Contingency CopyrightNotice
Country CountryRegion CountyOrParish CrossStreet DOH1 DOH2 DOH3 DirectionFaces
Directions Disclaimer DistanceToBusComments DistanceToBusUnits
DistanceToElectricComments DistanceToElectricUnits DistanceToFreewayComments
DistanceToFreewayUnits DistanceToGasComments DistanceToGasUnits
DistanceToPhoneServiceComments DistanceToPhoneServiceUnits
DistanceToPlaceofWorshipComments DistanceToPlaceofWorshipUnits
DistanceToSchoolBusComments DistanceToSchoolBusUnits DistanceToSchoolsComments
DistanceToSchoolsUnits DistanceToSewerComments DistanceToSewerUnits
DistanceToShoppingComments DistanceToShoppingUnits DistanceToStreetComments
DistanceToStreetUnits DistanceToWaterComments DistanceToWaterUnits
DocumentStatus ElementarySchool ElementarySchoolDistrict ElevationUnits
EntryLocation Exclusions FarmLandAreaSource FarmLandAreaUnits FhaEligibility
FrontageLength Furnished HighSchool HighSchoolDistrict
HoursDaysOfOperationDescription Inclusions LandLeaseAmountFrequency
LeasableAreaUnits LeaseAmountFrequency LeaseTerm License1 License2 License3
ListAOR ListAgentAOR ListAgentDirectPhone ListAgentEmail ListAgentFax
ListAgentFirstName ListAgentFullName ListAgentHomePhone ListAgentKey
ListAgentLastName ListAgentMiddleName ListAgentMlsId ListAgentMobilePhone
ListAgentNamePrefix ListAgentNameSuffix ListAgentNationalAssociationId
ListAgentOfficePhone ListAgentOfficePhoneExt ListAgentPager
ListAgentPreferredPhone ListAgentPreferredPhoneExt ListAgentStateLicense
ListAgentTollFreePhone ListAgentURL ListAgentVoiceMail ListAgentVoiceMailExt
ListOfficeAOR ListOfficeEmail ListOfficeFax ListOfficeKey ListOfficeMlsId
ListOfficeName ListOfficeNationalAssociationId ListOfficePhone
ListOfficePhoneExt ListOfficeURL ListTeamKey ListTeamName ListingAgreement
ListingId ListingKey ListingService ListingURL ListingURLDescription
LivingAreaSource LivingAreaUnits LockBoxLocation LockBoxSerialNumber
LotDimensionsSource LotSizeDimensions LotSizeSource LotSizeUnits MLSAreaMajor
MLSAreaMinor MajorChangeType Make MapCoordinate MapCoordinateSource MapURL
MiddleOrJuniorSchool MiddleOrJuniorSchoolDistrict MlsStatus MobileDimUnits
Model OccupantName OccupantPhone OccupantType OriginatingSystemID
OriginatingSystemKey OriginatingSystemName OtherParking OwnerName OwnerPhone
Ownership OwnershipType ParcelNumber ParkManagerName ParkManagerPhone ParkName
PostalCity PostalCode PostalCodePlus4 PrivateOfficeRemarks PrivateRemarks
PropertySubType PropertyTimeZoneName PropertyType PublicRemarks
PublicSurveyRange PublicSurveySection PublicSurveyTownship RVParkingDimensions
SerialU SerialX SerialXX ShowingContactName ShowingContactPhone
ShowingContactPhoneExt ShowingInstructions ShowingServiceName SourceSystemID
SourceSystemKey SourceSystemName StandardStatus StateOrProvince StateRegion
StreetAdditionalInfo StreetDirPrefix StreetDirSuffix StreetName StreetNumber
StreetSuffix StreetSuffixModifier SubAgencyCompensation
SubAgencyCompensationType SubdivisionName SyndicationRemarks TaxBlock
TaxBookNumber TaxLegalDescription TaxLot TaxMapNumber TaxParcelLetter TaxTract
Topography Township TransactionBrokerCompensation
TransactionBrokerCompensationType UnitNumber UnitsFurnished
UniversalPropertyId UniversalPropertySubId UnparsedAddress
VirtualTourURLBranded VirtualTourURLUnbranded WaterBodyName YearBuiltDetails
YearBuiltSource Zoning ZoningDescription'),
('Property', 'numeric', '
AboveGradeFinishedArea AboveGradeUnfinishedArea AssociationFee AssociationFee2
BathroomsFull BathroomsHalf BathroomsOneQuarter BathroomsPartial
BathroomsThreeQuarter BathroomsTotalInteger BedroomsPossible BedroomsTotal
BelowGradeFinishedArea BelowGradeUnfinishedArea BuildingAreaTotal
CableTvExpense CapRate CarportSpaces ClosePrice ConcessionsAmount
CoveredSpaces CultivatedArea CumulativeDaysOnMarket DaysInMls DaysOnMarket
DaysOnSite DistanceToBusNumeric DistanceToElectricNumeric
DistanceToFreewayNumeric DistanceToGasNumeric DistanceToPhoneServiceNumeric
DistanceToPlaceofWorshipNumeric DistanceToSchoolBusNumeric
DistanceToSchoolsNumeric DistanceToSewerNumeric DistanceToShoppingNumeric
DistanceToStreetNumeric DistanceToWaterNumeric DocumentsCount ElectricExpense
Elevation EntryLevel FireplacesTotal FoundationArea FuelExpense
FurnitureReplacementExpense GarageSpaces GardenerExpense GrossIncome
GrossLivingAreaAnsi GrossScheduledIncome InsuranceExpense
IrrigationWaterRightsAcres LandLeaseAmount Latitude LeasableArea LeaseAmount
LicensesExpense ListPrice ListPriceLow LivingArea Longitude LotSizeAcres
LotSizeArea LotSizeSquareFeet MainLevelBathrooms MainLevelBedrooms
MaintenanceExpense ManagerExpense MobileLength MobileWidth NetOperatingIncome
NewTaxesExpense NumberOfBuildings NumberOfFullTimeEmployees NumberOfLots
NumberOfPads NumberOfPartTimeEmployees NumberOfSeparateElectricMeters
NumberOfSeparateGasMeters NumberOfSeparateWaterMeters NumberOfUnitsInCommunity
NumberOfUnitsLeased NumberOfUnitsMoMo NumberOfUnitsTotal NumberOfUnitsVacant
OpenParkingSpaces OperatingExpense OriginalListPrice OtherExpense ParkingTotal
PastureArea PestControlExpense PhotosCount PoolExpense PreviousListPrice
ProfessionalManagementExpense PropertyTimeZoneStandardOffset RangeArea
RoomsTotal SeatingCapacity ShowingAdvanceNotice SimpleDaysOnMarket Stories
StoriesTotal StreetNumberNumeric SuppliesExpense TaxAnnualAmount
TaxAnnualAmountPerLivingAreaUnit TaxAnnualAmountPerSquareFoot TaxAssessedValue
TaxOtherAnnualAssessmentAmount TaxYear TotalActualRent TrashExpense
VacancyAllowance VacancyAllowanceRate VideosCount WalkScore WaterSewerExpense
WoodedArea WorkmansCompensationExpense YearBuilt YearBuiltEffective
YearEstablished YearsCurrentOwner'),
('Property', 'boolean', '
AdditionalParcelsYN AssociationYN AttachedGarageYN BasementYN CarportYN
CompSaleYN CoolingYN CropsIncludedYN DualOrVariableRateCommissionYN
ElectricOnPropertyYN FarmCreditServiceInclYN FireplaceYN GarageYN
GrazingPermitsBlmYN GrazingPermitsForestServiceYN GrazingPermitsPrivateYN
GreenVerificationYN HabitableResidenceYN HeatingYN HomeWarrantyYN HorseYN
InternetAddressDisplayYN InternetAutomatedValuationDisplayYN
InternetConsumerCommentYN InternetEntireListingDisplayYN
IrrigationWaterRightsYN LandLeaseYN LeaseAssignableYN LeaseConsideredYN
LeaseRenewalOptionYN MobileHomeRemainsYN NewConstructionYN OpenParkingYN
PoolPrivateYN PowerProductionYN PropertyAttachedYN
PropertyTimeZoneObservesDstYN RentControlYN SeniorCommunityYN
ShowingAttendedYN SignOnPropertyYN SpaYN ViewYN WaterfrontYN'),
('Property', 'date', '
ActivationDate AvailabilityDate BackOnMarketDate CancellationDate CloseDate
ContingentDate ContractStatusChangeDate ExpirationDate LandLeaseExpirationDate
LeaseExpiration ListingContractDate OffMarketDate OnMarketDate
PurchaseContractDate StartShowingDate WithdrawnDate'),
('Property', 'timestamptz', '
DocumentsChangeTimestamp MajorChangeTimestamp ModificationTimestamp
OffMarketTimestamp OnMarketTimestamp OpenHouseModificationTimestamp
OriginalEntryTimestamp PendingTimestamp PhotosChangeTimestamp
PriceChangeTimestamp ShowingEndTime ShowingStartTime StatusChangeTimestamp
VideosChangeTimestamp'),
('Property', 'text[]', '
AccessibilityFeatures Appliances ArchitecturalStyle AssociationAmenities
AssociationFeeIncludes AvailableLeaseType Basement BodyType BuildingFeatures
BusinessType BuyerAgentDesignation BuyerFinancing CoBuyerAgentDesignation
CoListAgentDesignation CommonWalls CommunityFeatures ConstructionMaterials
Cooling CurrentFinancing CurrentUse DevelopmentStatus Disclosures
DocumentsAvailable DoorFeatures Electric ExistingLeaseType ExteriorFeatures
Fencing FinancialDataSource FireplaceFeatures Flooring FoundationDetails
FrontageType GreenBuildingVerificationType GreenEnergyEfficient
GreenEnergyGeneration GreenIndoorAirQuality GreenLocation GreenSustainability
GreenWaterConservation Heating HorseAmenities HoursDaysOfOperation
IncomeIncludes InteriorFeatures IrrigationSource LaborInformation
LaundryFeatures LeaseRenewalCompensation Levels ListAgentDesignation
ListingTerms LockBoxType LotFeatures OperatingExpenseIncludes OtherEquipment
OtherStructures OwnerPays ParkingFeatures PatioAndPorchFeatures PetsAllowed
PoolFeatures Possession PossibleUse PowerProductionType PropertyCondition
RentIncludes RoadFrontageType RoadResponsibility RoadSurfaceType Roof RoomType
SecurityFeatures Sewer ShowingConsiderations ShowingContactType ShowingDays
ShowingRequirements Skirt SpaFeatures SpecialLicenses SpecialListingConditions
StructureType SyndicateTo TaxStatusCurrent TenantPays UnitTypeType Utilities
Vegetation View WaterSource WaterfrontFeatures WindowFeatures'),
('Property', 'jsonb', '
BuyerAgent BuyerOffice BuyerTeam CoBuyerAgent CoBuyerOffice CoListAgent
CoListOffice GreenBuildingVerifications HistoryTransactional ListAgent
ListOffice ListTeam Media OpenHouses OriginatingSystem PowerProduction Rooms
SocialMedia SourceSystem UnitTypes'),
('Media', 'text', '
ChangedByMemberID ChangedByMemberKey ClassName ImageOf ImageSizeDescription
LongDescription MediaCategory MediaHTML MediaKey MediaObjectID MediaStatus
MediaType MediaURL OriginatingSystemID OriginatingSystemMediaKey
OriginatingSystemName OriginatingSystemResourceRecordId
OriginatingSystemResourceRecordKey OriginatingSystemResourceRecordSystemId
ResourceName ResourceRecordID ResourceRecordKey ShortDescription
SourceSystemID SourceSystemMediaKey SourceSystemName
SourceSystemResourceRecordId SourceSystemResourceRecordKey
SourceSystemResourceRecordSystemId'),
('Media', 'numeric', '
ImageHeight ImageWidth Order'),
('Media', 'boolean', '
PreferredPhotoYN'),
('Media', 'timestamptz', '
MediaModificationTimestamp ModificationTimestamp'),
('Media', 'text[]', '
MediaAlteration Permission'),
('Media', 'jsonb', '
ChangedByMember HistoryTransactional OriginatingSystem SourceSystem'),
('PropertyRooms', 'text', '
BedroomClosetType ListingId ListingKey RoomAreaSource RoomAreaUnits
RoomDescription RoomDimensions RoomKey RoomLengthWidthSource
RoomLengthWidthUnits RoomLevel RoomType'),
('PropertyRooms', 'numeric', '
RoomArea RoomLength RoomWidth'),
('PropertyRooms', 'timestamptz', '
ModificationTimestamp'),
('PropertyRooms', 'text[]', '
RoomFeatures'),
('PropertyRooms', 'jsonb', '
HistoryTransactional Listing'),
('OpenHouse', 'text', '
ListingId ListingKey LivestreamOpenHouseURL OpenHouseAttendedBy OpenHouseId
OpenHouseKey OpenHouseRemarks OpenHouseStatus OpenHouseType
OriginatingSystemID OriginatingSystemKey OriginatingSystemName Refreshments
ShowingAgentFirstName ShowingAgentKey ShowingAgentLastName ShowingAgentMlsID
SourceSystemID SourceSystemKey SourceSystemName'),
('OpenHouse', 'boolean', '
AppointmentRequiredYN'),
('OpenHouse', 'date', '
OpenHouseDate'),
('OpenHouse', 'timestamptz', '
ModificationTimestamp OpenHouseEndTime OpenHouseStartTime
OriginalEntryTimestamp'),
('OpenHouse', 'jsonb', '
HistoryTransactional Listing Media OriginatingSystem ShowingAgent SocialMedia
SourceSystem')
) v (resource, type, names),
	regexp_split_to_table(btrim(v.names, E'\n'), '\s') f (field);
COMMENT ON VIEW reso.standard_fields IS
'fields of RESO Data Dictionary 2.0, as columns of "Property" and others';
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
SELECT pg_temp.reso_view('Property', 'Property',
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
	'(NOT reso.is_idx(p.account_id) OR o.listing_key IS NULL)')
\g /dev/null
SELECT pg_temp.reso_view('PropertyPublic', 'Property', NULL,
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
	AND reso.consents(v.internet_entire_listing_display)')
\g /dev/null
SELECT pg_temp.reso_view(r.resource || v.name, r.resource, NULL, NULL,
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
	v (name, listing)
\g /dev/null
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
