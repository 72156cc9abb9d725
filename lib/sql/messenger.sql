-- People's tables of schema messenger, and the functions that fill them:
-- ha-messenger(7). Idempotent; ha-schema puts it behind the tables that
-- ha-upsert fills, conversation_rows and messages.

-- The Pages, without anything secret.
CREATE OR REPLACE VIEW messenger.pages AS
SELECT account_id, customer_id, name, base_url, enabled, created_at,
	updated_at
FROM ha.accounts
WHERE source = 'messenger';

-- Other ids under which a Page writes: its Instagram account.
CREATE TABLE IF NOT EXISTS messenger.page_ids (
	account_id text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (account_id, id)
);

CREATE TABLE IF NOT EXISTS messenger.messenger_conversations (
	account_id text COLLATE "C" NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	customer_id uuid,
	thread_id text COLLATE "C",
	psid text COLLATE "C",
	platform text,
	customer_name text,
	participants jsonb,
	status text NOT NULL DEFAULT 'open',
	status_by_person boolean NOT NULL DEFAULT false,
	updated_time timestamptz,
	last_message_at timestamptz,
	message_count integer NOT NULL DEFAULT 0,
	inbound_count integer NOT NULL DEFAULT 0,
	outbound_count integer NOT NULL DEFAULT 0,
	event_count integer NOT NULL DEFAULT 0,
	unread_count integer,
	raw_payload jsonb NOT NULL DEFAULT '{}',
	version integer NOT NULL DEFAULT 1,
	merged_into bigint,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS messenger_conversations_thread
	ON messenger.messenger_conversations (account_id, thread_id)
	WHERE thread_id IS NOT NULL;
-- before its thread is known, a person has one conversation
CREATE UNIQUE INDEX IF NOT EXISTS messenger_conversations_person
	ON messenger.messenger_conversations (account_id, psid)
	WHERE thread_id IS NULL AND merged_into IS NULL;
CREATE INDEX IF NOT EXISTS messenger_conversations_psid
	ON messenger.messenger_conversations (account_id, psid);
CREATE INDEX IF NOT EXISTS messenger_conversations_recent
	ON messenger.messenger_conversations (account_id, last_message_at DESC);
CREATE INDEX IF NOT EXISTS messenger_conversations_of_customer
	ON messenger.messenger_conversations (customer_id);

COMMENT ON TABLE messenger.messenger_conversations IS
'One row per conversation of a Page, never without its messages and events.';
COMMENT ON COLUMN messenger.messenger_conversations.version IS
'One more with each real change. Compare it when you write: UPDATE ... WHERE '
'version = the one that you have read.';
COMMENT ON COLUMN messenger.messenger_conversations.status IS
'Once a person has set it (a plain UPDATE), only persons change it.';
COMMENT ON COLUMN messenger.messenger_conversations.merged_into IS
'Only of rows that turned out to be another''s thread; deleted_at is set.';

CREATE TABLE IF NOT EXISTS messenger.contact_interaction_events (
	account_id text COLLATE "C" NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	customer_id uuid,
	conversation_id bigint NOT NULL,
	event_type text NOT NULL,
	event_time timestamptz NOT NULL,
	sender_id text COLLATE "C" NOT NULL DEFAULT '',
	message_id text COLLATE "C",
	about_message_id text COLLATE "C",
	raw_payload jsonb,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (account_id, id),
	FOREIGN KEY (account_id, conversation_id)
		REFERENCES messenger.messenger_conversations (account_id, id),
	FOREIGN KEY (account_id, message_id)
		REFERENCES messenger.messages (account_id, id),
	CHECK ((message_id IS NOT NULL)
		= (event_type IN ('message', 'inbound', 'outbound')))
);
CREATE UNIQUE INDEX IF NOT EXISTS contact_interaction_events_message
	ON messenger.contact_interaction_events (account_id, message_id)
	WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS contact_interaction_events_once
	ON messenger.contact_interaction_events
	(account_id, event_type, event_time, sender_id,
	coalesce(about_message_id, ''))
	WHERE message_id IS NULL;
CREATE INDEX IF NOT EXISTS contact_interaction_events_conversation
	ON messenger.contact_interaction_events
	(account_id, conversation_id, event_time);
-- what corrects a message, told before it or behind it
CREATE INDEX IF NOT EXISTS contact_interaction_events_corrects
	ON messenger.contact_interaction_events (account_id, about_message_id)
	WHERE event_type IN ('deleted', 'edit');
CREATE INDEX IF NOT EXISTS contact_interaction_events_undecided
	ON messenger.contact_interaction_events (account_id, conversation_id)
	WHERE event_type = 'message';
CREATE INDEX IF NOT EXISTS contact_interaction_events_of_customer
	ON messenger.contact_interaction_events (customer_id);

COMMENT ON TABLE messenger.contact_interaction_events IS
'What happened between a Page and a person. One event per message (inbound, '
'outbound; message: its sender is not known yet), the others unique by type, '
'time, sender and the message they are about. deleted_at: of a message or '
'thread that is no more.';

-- The version counts real changes, whoever makes them; a status that was not
-- set by our own functions was set by a person.
CREATE OR REPLACE FUNCTION messenger.conversation_changes() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_customer CONSTANT uuid := NEW.customer_id;
BEGIN
	IF current_setting('messenger.writer', true) = 'sync' THEN
		RETURN NEW;
	ELSIF NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
		RAISE EXCEPTION 'conversation %: version % was given, % is'
			' stored', OLD.id, NEW.version, OLD.version
			USING ERRCODE = 'HA001';
	END IF;
	NEW.version := OLD.version;
	NEW.updated_at := OLD.updated_at;
	IF NEW.status IS DISTINCT FROM OLD.status
	    AND NEW.status_by_person = OLD.status_by_person THEN
		NEW.status_by_person := true;
	END IF;
	-- whose it is follows the account: no change of the conversation
	NEW.customer_id := OLD.customer_id;
	IF NEW IS DISTINCT FROM OLD THEN
		NEW.version := OLD.version + 1;
		NEW.updated_at := now();
	END IF;
	NEW.customer_id := v_customer;
	RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER changes
BEFORE UPDATE ON messenger.messenger_conversations
FOR EACH ROW EXECUTE FUNCTION messenger.conversation_changes();

-- The id that the API gives a message; old webhooks leave out its "m_".
CREATE OR REPLACE FUNCTION messenger.message_id(p text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p LIKE 'mid.%' THEN 'm_' || p ELSE p END;

-- The name if it is one, NULL for what stands in its place.
CREATE OR REPLACE FUNCTION messenger.real_name(p_name text, p_psid text)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN lower(btrim(p_name)) NOT IN ('', 'facebook user',
		'instagram user', 'messenger user', 'unknown', 'null')
		AND btrim(p_name) IS DISTINCT FROM p_psid
		THEN btrim(p_name) END;

-- API text, or seconds or milliseconds since 1970; 0 and "" are no time.
CREATE OR REPLACE FUNCTION messenger.time_of(p jsonb) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET TimeZone TO 'UTC'
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v text := p #>> '{}';
BEGIN
	IF v IS NULL OR v IN ('', '0') THEN
		RETURN NULL;
	ELSIF v ~ '^[0-9]{9,10}$' THEN
		RETURN 'epoch'::timestamptz + v::bigint * interval '1 s';
	ELSIF v ~ '^[0-9]{11,14}$' THEN
		RETURN 'epoch'::timestamptz + v::bigint * interval '1 ms';
	ELSIF v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]' THEN
		RETURN v::timestamptz;
	END IF;
	RAISE EXCEPTION 'no time' USING ERRCODE = '22023';
END
$$;

CREATE OR REPLACE FUNCTION messenger.is_page(p_account text, p_id text)
RETURNS boolean LANGUAGE sql STABLE
RETURN p_id = p_account OR EXISTS (SELECT FROM messenger.page_ids
		WHERE account_id = p_account AND id = p_id);

-- The one participant who is not the Page; nobody if there are more.
CREATE OR REPLACE FUNCTION messenger.person_of(p_account text, p jsonb,
	OUT psid text, OUT name text, OUT platform text)
LANGUAGE sql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT CASE WHEN count(DISTINCT id) = 1 THEN min(id) END,
		CASE WHEN count(DISTINCT id) = 1
			THEN min(coalesce(messenger.real_name(x->>'name', id),
				x->>'username')) END,
		CASE WHEN bool_or(x ? 'email') THEN 'messenger'
			WHEN bool_or(x ? 'username') THEN 'instagram' END
	FROM jsonb_array_elements(CASE WHEN jsonb_typeof(p) = 'array'
		THEN p ELSE '[]' END) x, LATERAL (SELECT x->>'id') y (id)
	WHERE id <> '' AND NOT messenger.is_page(p_account, id)
$$;

-- A member of the wanted type, or an error that names it, never its value.
CREATE OR REPLACE FUNCTION messenger.member(p jsonb, p_name text, p_type text,
	p_needed boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v jsonb := nullif(p->p_name, 'null');
BEGIN
	IF p_needed AND (v IS NULL OR v = '""') THEN
		RAISE EXCEPTION '%: missing, wanted %', p_name, p_type
			USING ERRCODE = '22023';
	ELSIF jsonb_typeof(v) <> p_type THEN
		RAISE EXCEPTION '%: %, wanted %', p_name, jsonb_typeof(v),
			p_type USING ERRCODE = '22023';
	END IF;
	RETURN v;
END
$$;

-- A message as the API gives it, or of a webhook, as a row of messages.
CREATE OR REPLACE FUNCTION messenger.message_of(p jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_hook jsonb;
BEGIN
	IF jsonb_typeof(p->'message') = 'object' THEN
		v_hook := p;
		p := jsonb_strip_nulls(jsonb_build_object(
			'id', messenger.message_id(messenger.member(
				p->'message', 'mid', 'string', true) #>> '{}'),
			'created_time', to_char(messenger.time_of(p->'timestamp')
				AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+0000"'),
			'from', messenger.member(p, 'sender', 'object', true),
			'to', jsonb_build_object('data', jsonb_build_array(
				messenger.member(p, 'recipient', 'object', true))),
			'message', p#>'{message,text}',
			'attachments', '{"data":[]}'::jsonb || jsonb_build_object(
				'data', p#>'{message,attachments}'),
			'reply_to', p#>'{message,reply_to}'));
	END IF;
	PERFORM messenger.member(p, 'id', 'string', true);
	PERFORM messenger.member(p, 'message', 'string');
	IF messenger.time_of(p->'created_time') IS NULL THEN
		RAISE EXCEPTION 'created_time: missing, wanted string'
			USING ERRCODE = '22023';
	END IF;
	RETURN jsonb_build_object(
		'id', messenger.message_id(p->>'id'),
		'created_time', messenger.time_of(p->'created_time'),
		'from_id', messenger.member(messenger.member(p, 'from', 'object'),
			'id', 'string'),
		'from_name', p#>'{from,name}', 'body', p->'message',
		'reply_to_id', p#>'{reply_to,mid}', 'raw', p, 'hook', v_hook);
END
$$;

-- Any other event of a webhook, or one in our own words. Never a message.
CREATE OR REPLACE FUNCTION messenger.event_of(p jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_key text;
	v_type text;
	v_time timestamptz;
BEGIN
	SELECT k INTO v_key FROM unnest(ARRAY['message', 'message_edit',
		'reaction', 'delivery', 'read', 'postback', 'referral',
		'optin', 'order', 'account_linking', 'policy_enforcement',
		'response_feedback', 'pass_thread_control',
		'take_thread_control', 'request_thread_control', 'app_roles'])
		WITH ORDINALITY x (k, n)
	WHERE jsonb_typeof(p->k) = 'object' ORDER BY n LIMIT 1;
	v_type := coalesce(CASE v_key WHEN 'message' THEN 'deleted'
		WHEN 'message_edit' THEN 'edit' ELSE v_key END,
		messenger.member(p, 'event_type', 'string', true) #>> '{}');
	IF v_type !~ '^[a-z][a-z_]*$'
	    OR v_type IN ('message', 'inbound', 'outbound') THEN
		RAISE EXCEPTION 'event_type: is no name, or comes with its'
			' message only' USING ERRCODE = '22023';
	END IF;
	v_time := coalesce(messenger.time_of(p->'timestamp'),
		messenger.time_of(p->v_key->'watermark'),
		messenger.time_of(p->'event_time'));
	IF v_time IS NULL THEN
		RAISE EXCEPTION 'timestamp: missing, wanted number'
			USING ERRCODE = '22023';
	END IF;
	RETURN jsonb_build_object('event_type', v_type, 'event_time', v_time,
		'sender_id', coalesce(p#>>'{sender,id}', p->>'sender_id', ''),
		'about', messenger.message_id(coalesce(p->v_key->>'mid',
			p->v_key#>>'{mids,0}', p->>'about_message_id')),
		'raw', p);
END
$$;

-- A conversation as it came, checked, in the form that messenger.apply wants:
-- or its number n and an error.
CREATE OR REPLACE FUNCTION messenger.item_of(p jsonb, p_n bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_account text;
	v_at text := 'conversation';
	v_list jsonb;
	v_parts jsonb;
	v_messages jsonb := '[]';
	v_events jsonb := '[]';
	v_person record;
	v_psid text;
	v_time timestamptz;
	x jsonb;
BEGIN
	IF jsonb_typeof(p) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'no object' USING ERRCODE = '22023';
	END IF;
	v_account := messenger.member(p, 'account_id', 'string', true) #>> '{}';
	IF NOT EXISTS (SELECT FROM ha.accounts WHERE source = 'messenger'
	    AND account_id = v_account) THEN
		RAISE EXCEPTION 'account_id: unknown account'
			USING ERRCODE = '22023';
	END IF;
	v_parts := CASE jsonb_typeof(p->'participants') WHEN 'object'
		THEN messenger.member(p->'participants', 'data', 'array')
		ELSE messenger.member(p, 'participants', 'array') END;
	v_time := messenger.time_of(p->'updated_time');
	v_list := CASE jsonb_typeof(p->'messages') WHEN 'object'
		THEN messenger.member(p->'messages', 'data', 'array')
		ELSE messenger.member(p, 'messages', 'array') END;
	v_at := 'messages';
	FOR x IN SELECT jsonb_array_elements(v_list) LOOP
		v_messages := v_messages || messenger.message_of(x);
	END LOOP;
	v_at := 'events';
	FOR x IN SELECT jsonb_array_elements(
	    messenger.member(p, 'events', 'array')) LOOP
		IF jsonb_typeof(x->'message') = 'object'
		    AND x#>'{message,is_deleted}' IS DISTINCT FROM 'true' THEN
			v_messages := v_messages || messenger.message_of(x);
		ELSE
			v_events := v_events || messenger.event_of(x);
		END IF;
	END LOOP;
	v_at := 'conversation';
	SELECT * INTO v_person FROM messenger.person_of(v_account, v_parts);
	-- a webhook names nobody but its two sides
	v_psid := coalesce(messenger.member(p, 'psid', 'string') #>> '{}',
		v_person.psid, (SELECT CASE WHEN count(DISTINCT id) = 1
			THEN min(id) END
		FROM jsonb_array_elements(v_messages || v_events) m,
			unnest(ARRAY[m#>>'{raw,from,id}', m#>>'{raw,sender,id}',
			m#>>'{raw,recipient,id}'] || ARRAY(SELECT
			jsonb_path_query(m, '$.raw.to.data[*].id') #>> '{}')) id
		WHERE id <> '' AND NOT messenger.is_page(v_account, id)));
	IF v_psid IS NULL AND coalesce(messenger.member(p, 'id', 'string'),
	    '""') = '""' AND v_messages = '[]' THEN
		RAISE EXCEPTION 'neither id nor psid' USING ERRCODE = '22023';
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('n', p_n,
		'account_id', v_account, 'thread_id', nullif(p->>'id', ''),
		'psid', nullif(v_psid, ''), 'platform', coalesce(lower(messenger.member(
			p, 'platform', 'string') #>> '{}'), v_person.platform),
		'name', coalesce(messenger.real_name(messenger.member(
			p, 'name', 'string') #>> '{}', v_psid), v_person.name),
		'status', nullif(messenger.member(p, 'status', 'string') #>> '{}', ''),
		'expected', messenger.member(p, 'expected_version', 'number'),
		'unread', messenger.member(p, 'unread_count', 'number'),
		'updated_time', greatest(v_time, (SELECT max(
			(m->>'created_time')::timestamptz)
			FROM jsonb_array_elements(v_messages) m)))) ||
	    jsonb_build_object('participants', v_parts,
		'messages', v_messages, 'events', v_events,
		'raw', p - '{account_id,messages,events,expected_version,status}'
			::text[]);
EXCEPTION
	WHEN invalid_parameter_value THEN
		RETURN jsonb_build_object('n', p_n, 'account_id', v_account,
			'error', v_at || ': ' || SQLERRM);
	WHEN data_exception THEN -- its text would quote the value
		RETURN jsonb_build_object('n', p_n, 'account_id', v_account,
			'error', v_at || ': a value that does not fit, SQLSTATE '
			|| SQLSTATE);
END
$$;
