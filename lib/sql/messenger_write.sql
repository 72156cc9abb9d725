-- How messenger's tables are written: ha-messenger(7). Behind messenger.sql.

-- Two rows turn out to be one conversation: the second takes all over.
CREATE OR REPLACE FUNCTION messenger.join_conversations(p_account text,
	p_from bigint, p_into bigint) RETURNS void
LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	UPDATE messenger.contact_interaction_events
	SET conversation_id = p_into, version = version + 1, updated_at = now()
	WHERE account_id = p_account AND conversation_id = p_from;
	UPDATE messenger.messenger_conversations t
	SET customer_name = coalesce(t.customer_name, f.customer_name),
		psid = coalesce(t.psid, f.psid),
		status = CASE WHEN f.status_by_person AND NOT t.status_by_person
			THEN f.status ELSE t.status END,
		status_by_person = t.status_by_person OR f.status_by_person,
		updated_time = greatest(t.updated_time, f.updated_time),
		raw_payload = f.raw_payload || t.raw_payload
	FROM messenger.messenger_conversations f
	WHERE t.account_id = p_account AND t.id = p_into
	AND f.account_id = p_account AND f.id = p_from;
	UPDATE messenger.messenger_conversations
	SET merged_into = p_into, deleted_at = now(), updated_at = now(),
		version = version + 1, message_count = 0, inbound_count = 0,
		outbound_count = 0, event_count = 0
	WHERE account_id = p_account AND id = p_from;
$$;

-- The conversation of a thread; else of a person, whose thread it then is;
-- else of a message that is stored.
CREATE OR REPLACE FUNCTION messenger.find_conversation(p_account text,
	p_thread text, p_psid text, p_messages text[],
	OUT by_thread bigint, OUT other bigint)
LANGUAGE plpgsql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	SELECT id INTO by_thread FROM messenger.messenger_conversations
	WHERE account_id = p_account AND thread_id = p_thread;
	SELECT id INTO other FROM messenger.messenger_conversations
	WHERE account_id = p_account AND psid = p_psid AND merged_into IS NULL
	AND (p_thread IS NULL OR thread_id IS NULL)
	ORDER BY last_message_at DESC NULLS LAST, id DESC LIMIT 1;
	IF other IS NULL AND cardinality(p_messages) > 0 THEN
		SELECT c.id INTO other
		FROM messenger.contact_interaction_events e
		JOIN messenger.messenger_conversations c
			ON c.account_id = e.account_id AND c.id = e.conversation_id
		WHERE e.account_id = p_account
		AND e.message_id = ANY (p_messages)
		AND (p_thread IS NULL OR c.thread_id IS NULL)
		AND coalesce(c.psid = p_psid, true)
		ORDER BY c.id LIMIT 1;
	END IF;
END
$$;

-- Where each item goes: its row, made if need be. Items whose expected
-- version is another get an error.
CREATE OR REPLACE FUNCTION messenger.place(p_items jsonb,
	OUT items jsonb, OUT made bigint[], OUT touched bigint[])
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	x jsonb;
	v_account text;
	v_found record;
	v_id bigint;
	v_version integer;
	v_out jsonb[] := '{}';
BEGIN
	made := '{}';
	touched := '{}';
	FOR x IN SELECT jsonb_array_elements(p_items) LOOP
		v_account := x->>'account_id';
		SELECT * INTO v_found FROM messenger.find_conversation(v_account,
			x->>'thread_id', x->>'psid', ARRAY(SELECT
			jsonb_path_query(x, '$.messages[*].id') #>> '{}')
			|| ARRAY(SELECT x->>'known' WHERE x ? 'known'));
		v_id := coalesce(v_found.by_thread, v_found.other);
		-- a person's open change ends first, and is seen from here on
		PERFORM FROM messenger.messenger_conversations
		WHERE account_id = v_account
		AND id IN (v_found.by_thread, v_found.other)
		ORDER BY id FOR NO KEY UPDATE;
		IF x ? 'expected' THEN
			SELECT version INTO v_version
			FROM messenger.messenger_conversations
			WHERE account_id = v_account AND id = v_id;
			IF coalesce(v_version, 0) <> (x->>'expected')::numeric THEN
				v_out := v_out || (x || jsonb_build_object('state',
					'HA001', 'error', format('expected version %s, %s is stored',
					x->>'expected', coalesce(v_version, 0))));
				CONTINUE;
			END IF;
		END IF;
		IF v_id IS NULL AND x->'thread_id' IS NULL
		    AND x->'psid' IS NULL THEN
			v_out := v_out || (x || jsonb_build_object('error',
				'conversation: neither id nor psid'));
			CONTINUE;
		ELSIF v_id IS NULL THEN
			INSERT INTO messenger.messenger_conversations
				(account_id, customer_id, thread_id, psid, platform)
			SELECT v_account, customer_id, x->>'thread_id',
				x->>'psid', x->>'platform'
			FROM ha.accounts WHERE source = 'messenger'
			AND account_id = v_account
			ON CONFLICT DO NOTHING RETURNING id INTO v_id;
			IF v_id IS NULL THEN
				RAISE EXCEPTION 'account_id: removed meanwhile,'
					' or another writer took no lock'
					USING ERRCODE = '40001';
			END IF;
			made := made || v_id;
		ELSIF v_found.by_thread <> v_found.other THEN
			PERFORM messenger.join_conversations(v_account,
				v_found.other, v_found.by_thread);
			touched := touched || v_id;
		ELSIF v_found.by_thread IS NULL AND x ? 'thread_id' THEN
			UPDATE messenger.messenger_conversations
			SET thread_id = x->>'thread_id'
			WHERE account_id = v_account AND id = v_id;
			touched := touched || v_id;
		END IF;
		v_out := v_out || (x || jsonb_build_object('conv', v_id));
	END LOOP;
	items := to_jsonb(v_out);
END
$$;

-- Messages that are new; of stored ones only what they lack is filled in, so
-- that a webhook never takes anything from what the API has given.
CREATE OR REPLACE FUNCTION messenger.put_messages(p_items jsonb,
	p_touched bigint[]) RETURNS void
LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	WITH m AS MATERIALIZED (
	SELECT DISTINCT ON (c.account_id, r.id) c.account_id, c.customer_id,
		c.thread_id, r.*
	FROM jsonb_array_elements(p_items) x
	JOIN messenger.messenger_conversations c
		ON c.account_id = x->>'account_id' AND c.id = (x->>'conv')::bigint
	CROSS JOIN jsonb_to_recordset(x->'messages') AS r (id text,
		created_time timestamptz, from_id text, from_name text,
		body text, reply_to_id text, raw jsonb)
	ORDER BY c.account_id, r.id, r.from_id IS NULL,
		length(coalesce(r.body, '')) DESC),
	n AS (INSERT INTO messenger.messages (account_id, customer_id, id,
		conversation_id, created_time, from_id, from_name, body,
		reply_to_id, raw_payload)
	SELECT account_id, customer_id, id, thread_id, created_time, from_id,
		from_name, body, reply_to_id, raw
	FROM m WHERE NOT EXISTS (SELECT FROM messenger.messages t
		WHERE t.account_id = m.account_id AND t.id = m.id)
	ORDER BY account_id, id
	ON CONFLICT DO NOTHING)
	UPDATE messenger.messages t
	SET conversation_id = coalesce(t.conversation_id, m.thread_id),
		from_id = coalesce(t.from_id, m.from_id),
		from_name = coalesce(t.from_name, m.from_name),
		body = coalesce(nullif(t.body, ''), m.body),
		reply_to_id = coalesce(t.reply_to_id, m.reply_to_id),
		raw_payload = m.raw || (SELECT coalesce(jsonb_object_agg(k, v), '{}')
			FROM jsonb_each(t.raw_payload) y (k, v)
			WHERE v NOT IN ('null', '""', '[]', '{}')),
		fingerprint = NULL, version = t.version + 1, updated_at = now()
	FROM m WHERE t.account_id = m.account_id AND t.id = m.id
	AND (t.conversation_id IS NULL AND m.thread_id IS NOT NULL
		OR t.from_id IS NULL AND m.from_id IS NOT NULL
		OR coalesce(t.body, '') = '' AND m.body <> '');

	UPDATE messenger.messages m
	SET conversation_id = c.thread_id, version = m.version + 1,
		updated_at = now()
	FROM messenger.contact_interaction_events e
	JOIN messenger.messenger_conversations c
		ON c.account_id = e.account_id AND c.id = e.conversation_id
	WHERE c.id = ANY (p_touched) AND c.thread_id IS NOT NULL
	AND m.account_id = e.account_id AND m.id = e.message_id
	AND m.conversation_id IS NULL;
$$;

-- Events that are not there yet; how many of each conversation, by its id.
CREATE OR REPLACE FUNCTION messenger.put_events(p_items jsonb) RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_messages jsonb;
	v_others jsonb;
BEGIN
	WITH i AS (SELECT x->>'account_id' AS a, (x->>'conv')::bigint AS conv, x
		FROM jsonb_array_elements(p_items) x WHERE x ? 'conv'),
	p AS (SELECT a, conv, e->>'id' AS id
		FROM i, jsonb_array_elements(x->'messages') e
		UNION
		SELECT a, conv, m.id FROM i JOIN messenger.messages m
			ON m.account_id = a AND m.conversation_id = x->>'thread_id'
		WHERE x ? 'whole' AND m.deleted_at IS NULL),
	n AS (INSERT INTO messenger.contact_interaction_events (account_id,
		customer_id, conversation_id, event_type, event_time,
		sender_id, message_id, deleted_at)
	SELECT DISTINCT ON (m.account_id, m.id) m.account_id, m.customer_id,
		p.conv, messenger.direction(m.account_id, m.from_id, p.conv),
		m.created_time, coalesce(m.from_id, ''), m.id,
		coalesce(m.deleted_at, CASE WHEN m.created_time <= c.deleted_at
			THEN c.deleted_at END)
	FROM p JOIN messenger.messages m ON m.account_id = p.a AND m.id = p.id
	JOIN messenger.messenger_conversations c
		ON c.account_id = p.a AND c.id = p.conv
	WHERE NOT EXISTS (SELECT FROM messenger.contact_interaction_events e
		WHERE e.account_id = m.account_id AND e.message_id = m.id)
	ORDER BY m.account_id, m.id
	ON CONFLICT DO NOTHING RETURNING conversation_id)
	SELECT coalesce(jsonb_object_agg(c, k), '{}') INTO v_messages
	FROM (SELECT conversation_id::text, count(*) FROM n GROUP BY 1) y (c, k);

	-- what is known of a message since its event was made
	WITH u AS (SELECT DISTINCT ON (a, r.id) a, r.*
		FROM jsonb_array_elements(p_items) x, LATERAL
			(SELECT x->>'account_id') y (a), LATERAL
			jsonb_to_recordset(x->'messages') AS r (id text,
			created_time timestamptz, hook jsonb)
		WHERE x ? 'conv' ORDER BY a, r.id, r.created_time DESC)
	UPDATE messenger.contact_interaction_events e
	SET event_time = greatest(e.event_time, u.created_time),
		raw_payload = coalesce(e.raw_payload, nullif(u.hook, 'null')),
		version = e.version + (e.created_at <> now())::integer,
		updated_at = now()
	FROM u WHERE e.account_id = u.a AND e.message_id = u.id
	AND (u.created_time > e.event_time
		OR e.raw_payload IS NULL AND u.hook <> 'null');
	UPDATE messenger.contact_interaction_events e
	SET event_type = messenger.direction(m.account_id, m.from_id,
			e.conversation_id),
		sender_id = m.from_id, version = e.version + 1, updated_at = now()
	FROM messenger.messages m, jsonb_array_elements(p_items) x
	WHERE e.account_id = x->>'account_id'
	AND e.conversation_id = (x->>'conv')::bigint
	AND e.event_type = 'message' AND m.account_id = e.account_id
	AND m.id = e.message_id AND messenger.direction(m.account_id, m.from_id,
		e.conversation_id) <> 'message';

	WITH n AS (INSERT INTO messenger.contact_interaction_events (account_id,
		customer_id, conversation_id, event_type, event_time,
		sender_id, about_message_id, raw_payload, deleted_at)
	SELECT DISTINCT ON (c.account_id, r.event_type, r.event_time,
		r.sender_id, coalesce(r.about, ''))
		c.account_id, c.customer_id, c.id, r.event_type, r.event_time,
		r.sender_id, r.about, r.raw, CASE
		WHEN r.event_time <= c.deleted_at THEN c.deleted_at END
	FROM jsonb_array_elements(p_items) x
	JOIN messenger.messenger_conversations c
		ON c.account_id = x->>'account_id' AND c.id = (x->>'conv')::bigint
	CROSS JOIN jsonb_to_recordset(x->'events') AS r (event_type text,
		event_time timestamptz, sender_id text, about text, raw jsonb)
	WHERE NOT EXISTS (SELECT FROM messenger.contact_interaction_events e
		WHERE e.message_id IS NULL AND (e.account_id, e.event_type,
		e.event_time, e.sender_id, coalesce(e.about_message_id, ''))
		= (c.account_id, r.event_type, r.event_time, r.sender_id,
		coalesce(r.about, '')))
	ORDER BY c.account_id, r.event_type, r.event_time, r.sender_id,
		coalesce(r.about, '')
	ON CONFLICT DO NOTHING RETURNING conversation_id)
	SELECT coalesce(jsonb_object_agg(c, k + coalesce((v_messages->>c)::bigint,
		0)), '{}') INTO v_others
	FROM (SELECT conversation_id::text, count(*) FROM n GROUP BY 1) y (c, k);
	RETURN v_messages || v_others;
END
$$;

-- Who wrote it: "message" as long as that cannot be told.
CREATE OR REPLACE FUNCTION messenger.direction(p_account text, p_from text,
	p_conversation bigint) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN p_from IS NULL THEN 'message'
		WHEN messenger.is_page(p_account, p_from) THEN 'outbound'
		WHEN EXISTS (SELECT FROM messenger.messenger_conversations
			WHERE account_id = p_account AND id = p_conversation
			AND platform = 'instagram' AND psid IS NULL)
			AND NOT EXISTS (SELECT FROM messenger.page_ids
			WHERE account_id = p_account) THEN 'message'
		ELSE 'inbound' END;

-- What webhooks have told of these messages, before them or behind them, in
-- whatever order: one that was deleted stays so, of edits the last one counts.
-- The conversations where that changed something.
CREATE OR REPLACE FUNCTION messenger.put_corrections(p_items jsonb)
RETURNS bigint[] LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_touched bigint[];
BEGIN
	-- the row is still made of the API's text, which is known by it
	PERFORM set_config('ha.derived', 'on', true);
	WITH k AS (SELECT x->>'account_id' AS a, m->>'id' AS id
		FROM jsonb_array_elements(p_items) x,
			jsonb_array_elements(x->'messages') m WHERE x ? 'conv'
		UNION SELECT x->>'account_id', m->>'about'
		FROM jsonb_array_elements(p_items) x,
			jsonb_array_elements(x->'events') m WHERE x ? 'conv'
		UNION SELECT e.account_id, e.about_message_id
		FROM jsonb_array_elements(p_items) x
		JOIN messenger.contact_interaction_events e
			ON e.account_id = x->>'account_id'
			AND e.conversation_id = (x->>'conv')::bigint
			AND e.event_type IN ('deleted', 'edit')),
	w AS (SELECT a, id, d.gone, d.text FROM k CROSS JOIN LATERAL (
		SELECT bool_or(event_type = 'deleted') AS gone, (array_agg(
			raw_payload#>>'{message_edit,text}' ORDER BY
			length(raw_payload#>>'{message_edit,num_edit}') DESC,
			raw_payload#>>'{message_edit,num_edit}' DESC,
			event_time DESC) FILTER (WHERE raw_payload#>>
			'{message_edit,text}' IS NOT NULL))[1] AS text
		FROM messenger.contact_interaction_events
		WHERE account_id = a AND about_message_id = k.id
		AND event_type IN ('deleted', 'edit')) d),
	u AS (UPDATE messenger.messages m
	SET deleted_at = CASE WHEN w.gone THEN coalesce(m.deleted_at, now())
			ELSE m.deleted_at END,
		body = coalesce(w.text, m.body),
		version = m.version + 1, updated_at = now()
	FROM w WHERE m.account_id = w.a AND m.id = w.id
	AND (w.gone AND m.deleted_at IS NULL OR w.text <> coalesce(m.body, ''))
	RETURNING m.account_id, m.id)
	SELECT array_agg(e.conversation_id) INTO v_touched
	FROM u JOIN messenger.contact_interaction_events e
		ON e.account_id = u.account_id AND e.message_id = u.id;
	PERFORM set_config('ha.derived', '', true);
	RETURN coalesce(v_touched, '{}');
END
$$;

-- What a conversation has that is not deleted.
CREATE OR REPLACE FUNCTION messenger.counts(p_account text, p_id bigint,
	OUT messages integer, OUT inbound integer, OUT outbound integer,
	OUT events integer, OUT last timestamptz)
LANGUAGE sql STABLE
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT count(message_id),
		count(*) FILTER (WHERE event_type = 'inbound'),
		count(*) FILTER (WHERE event_type = 'outbound'), count(*),
		max(event_time) FILTER (WHERE message_id IS NOT NULL)
	FROM messenger.contact_interaction_events
	WHERE account_id = p_account AND conversation_id = p_id
	AND deleted_at IS NULL
$$;

-- The rows of the conversations themselves: the newest data wins, what is
-- older only fills gaps. The ids of those that changed.
CREATE OR REPLACE FUNCTION messenger.put_conversations(p_items jsonb,
	p_made bigint[], p_touched bigint[]) RETURNS bigint[]
LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	WITH i AS (SELECT (x->>'conv')::bigint AS id, x,
		x->>'account_id' AS account_id, (x->>'n')::bigint AS n,
		(x->>'updated_time')::timestamptz AS t
		FROM jsonb_array_elements(p_items) x WHERE x ? 'conv'),
	l AS (SELECT account_id, id, k, (array_agg(v
			ORDER BY t DESC NULLS LAST, n DESC))[1] AS v
		FROM i, jsonb_each(x) y (k, v)
		WHERE k IN ('thread_id', 'psid', 'platform', 'name', 'status',
			'unread', 'participants', 'raw')
		AND v NOT IN ('null', '[]')
		GROUP BY account_id, id, k),
	g AS (SELECT account_id, id, jsonb_object_agg(k, v) AS g,
		(SELECT max(t) FROM i WHERE i.id = l.id) AS t
		FROM l GROUP BY account_id, id),
	n AS (SELECT c.account_id, c.id,
		coalesce(c.thread_id, g->>'thread_id') AS thread_id,
		coalesce(c.psid, g->>'psid') AS psid,
		coalesce(c.platform, g->>'platform') AS platform,
		CASE WHEN newer THEN coalesce(g->>'name', c.customer_name)
			ELSE coalesce(c.customer_name, g->>'name') END AS name,
		CASE WHEN newer THEN coalesce(g->'participants', c.participants)
			ELSE coalesce(c.participants, g->'participants') END
			AS participants,
		CASE WHEN newer AND NOT c.status_by_person
			THEN coalesce(g->>'status', c.status) ELSE c.status END
			AS status,
		CASE WHEN newer THEN coalesce((g->>'unread')::integer,
			c.unread_count) ELSE coalesce(c.unread_count,
			(g->>'unread')::integer) END AS unread,
		greatest(c.updated_time, g.t) AS updated_time,
		CASE WHEN newer THEN c.raw_payload || (g->'raw')
			ELSE (g->'raw') || c.raw_payload END AS raw, e.*
	FROM g JOIN messenger.messenger_conversations c USING (account_id, id)
	CROSS JOIN LATERAL (SELECT c.updated_time IS NULL OR coalesce(
		-- the API counts in seconds, a webhook in milliseconds
		date_trunc('second', g.t) >= date_trunc('second', c.updated_time),
		false)) f (newer)
	CROSS JOIN LATERAL messenger.counts(c.account_id, c.id) e),
	u AS (UPDATE messenger.messenger_conversations c
	SET thread_id = n.thread_id, psid = n.psid, platform = n.platform,
		customer_name = n.name, participants = n.participants,
		status = n.status, unread_count = n.unread,
		updated_time = n.updated_time, last_message_at = n.last,
		-- what was told of since then is not gone
		deleted_at = CASE WHEN n.last > c.deleted_at THEN NULL
			ELSE c.deleted_at END,
		message_count = n.messages, inbound_count = n.inbound,
		outbound_count = n.outbound, event_count = n.events,
		raw_payload = n.raw, updated_at = now(),
		version = c.version + (c.id <> ALL (p_made))::integer
	FROM n WHERE c.account_id = n.account_id AND c.id = n.id
	AND (c.id = ANY (p_made || p_touched) OR (c.thread_id, c.psid, c.platform,
		c.customer_name, c.participants, c.status, c.unread_count,
		c.updated_time, c.last_message_at, c.message_count,
		c.inbound_count, c.outbound_count, c.event_count, c.raw_payload)
		IS DISTINCT FROM (n.thread_id, n.psid, n.platform, n.name,
		n.participants, n.status, n.unread, n.updated_time, n.last,
		n.messages, n.inbound, n.outbound, n.events, n.raw))
	RETURNING c.id)
	SELECT coalesce(array_agg(id), '{}') FROM u
$$;

-- The same for conversations of which nothing was told, but of their messages.
CREATE OR REPLACE FUNCTION messenger.recount(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_writer CONSTANT text :=
		coalesce(current_setting('messenger.writer', true), '');
BEGIN
	PERFORM set_config('messenger.writer', 'sync', true);
	UPDATE messenger.messenger_conversations c
	SET message_count = n.messages, inbound_count = n.inbound,
		outbound_count = n.outbound, event_count = n.events,
		last_message_at = n.last, version = c.version + 1,
		updated_at = now()
	FROM (SELECT t.account_id, t.id, k.*
		FROM messenger.messenger_conversations t
		CROSS JOIN LATERAL messenger.counts(t.account_id, t.id) k
		WHERE t.id = ANY (p_ids) AND t.merged_into IS NULL) n
	WHERE c.account_id = n.account_id AND c.id = n.id
	AND (c.message_count, c.inbound_count, c.outbound_count, c.event_count,
		c.last_message_at) IS DISTINCT FROM (n.messages, n.inbound,
		n.outbound, n.events, n.last);
	PERFORM set_config('messenger.writer', v_writer, true);
END
$$;

-- Whoever marks a message or a thread as deleted, or finds it again: its
-- events go with it, and what is counted by them.
CREATE OR REPLACE FUNCTION messenger.messages_deleted() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_sync CONSTANT boolean := coalesce(
		current_setting('messenger.writer', true), '') = 'sync';
	v_account text;
	v_ids bigint[];
BEGIN
	FOR v_account IN SELECT DISTINCT n.account_id
	    FROM new_rows n JOIN old_rows o USING (account_id, id)
	    WHERE (n.deleted_at IS NULL) <> (o.deleted_at IS NULL) ORDER BY 1 LOOP
		PERFORM ha.lock_rows('messenger.messages', v_account);
		WITH u AS (UPDATE messenger.contact_interaction_events e
		SET deleted_at = coalesce(n.deleted_at, r.deleted_at),
			version = e.version + 1, updated_at = now()
		FROM new_rows n LEFT JOIN messenger.conversation_rows r
			ON r.account_id = n.account_id AND r.id = n.conversation_id
		WHERE n.account_id = v_account AND e.account_id = n.account_id
		AND e.message_id = n.id AND (e.deleted_at IS NULL)
			<> (coalesce(n.deleted_at, r.deleted_at) IS NULL)
		RETURNING e.conversation_id)
		SELECT array_agg(DISTINCT conversation_id) INTO v_ids FROM u;
		IF NOT v_sync THEN -- who does more counts at its end
			PERFORM messenger.recount(v_ids);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION messenger.threads_deleted() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_writer CONSTANT text :=
		coalesce(current_setting('messenger.writer', true), '');
	v_account text;
BEGIN
	FOR v_account IN SELECT DISTINCT n.account_id
	    FROM new_rows n JOIN old_rows o USING (account_id, id)
	    WHERE (n.deleted_at IS NULL) <> (o.deleted_at IS NULL) ORDER BY 1 LOOP
		PERFORM ha.lock_rows('messenger.messages', v_account);
		UPDATE messenger.contact_interaction_events e
		SET deleted_at = coalesce(n.deleted_at, (SELECT m.deleted_at
				FROM messenger.messages m WHERE
				m.account_id = e.account_id AND m.id = e.message_id)),
			version = e.version + 1, updated_at = now()
		FROM new_rows n JOIN old_rows o USING (account_id, id)
		JOIN messenger.messenger_conversations c
			ON c.account_id = n.account_id AND c.thread_id = n.id
		WHERE n.account_id = v_account AND e.account_id = n.account_id
		AND e.conversation_id = c.id AND CASE
			WHEN n.deleted_at IS NULL THEN e.deleted_at = o.deleted_at
			ELSE o.deleted_at IS NULL AND e.deleted_at IS NULL END;
		PERFORM set_config('messenger.writer', 'sync', true);
		UPDATE messenger.messenger_conversations c
		SET deleted_at = CASE WHEN n.deleted_at IS NOT NULL
				THEN coalesce(c.deleted_at, n.deleted_at)
				WHEN c.deleted_at <> o.deleted_at
				THEN c.deleted_at END,
			message_count = k.messages, inbound_count = k.inbound,
			outbound_count = k.outbound, event_count = k.events,
			last_message_at = k.last, version = c.version + 1,
			updated_at = now()
		FROM new_rows n JOIN old_rows o USING (account_id, id)
		JOIN messenger.messenger_conversations t
			ON t.account_id = n.account_id AND t.thread_id = n.id
		CROSS JOIN LATERAL messenger.counts(t.account_id, t.id) k
		WHERE n.account_id = v_account AND c.account_id = t.account_id
		AND c.id = t.id
		AND (n.deleted_at IS NULL) <> (o.deleted_at IS NULL);
		PERFORM set_config('messenger.writer', v_writer, true);
	END LOOP;
	RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER deleted AFTER UPDATE ON messenger.messages
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION messenger.messages_deleted();

CREATE OR REPLACE TRIGGER deleted AFTER UPDATE ON messenger.conversation_rows
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION messenger.threads_deleted();

-- All of it. The caller holds the lock of each account. What became of each
-- item, by n.
CREATE OR REPLACE FUNCTION messenger.apply(p_items jsonb) RETURNS jsonb
LANGUAGE plpgsql SET enable_hashjoin TO on SET enable_mergejoin TO on
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v record;
	v_events jsonb;
	v_changed bigint[];
	v_others bigint[];
BEGIN
	PERFORM set_config('messenger.writer', 'sync', true);
	SELECT * INTO v FROM messenger.place(p_items);
	PERFORM messenger.put_messages(v.items, v.touched);
	v_events := messenger.put_events(v.items);
	v_others := messenger.put_corrections(v.items);
	v_changed := messenger.put_conversations(v.items, v.made, v.touched);
	PERFORM messenger.recount(v_others);
	PERFORM set_config('messenger.writer', '', true);
	RETURN (SELECT jsonb_agg(jsonb_build_object('n', x->'n',
		'account_id', x->'account_id', 'conversation_id', x->'conv',
		'is_new', CASE WHEN c.id IS NOT NULL
			THEN c.id = ANY (v.made) END, 'version', c.version,
		'events_created', CASE WHEN c.id IS NOT NULL
			THEN coalesce((v_events->>(x->>'conv'))::integer, 0) END,
		'changed', CASE WHEN c.id IS NOT NULL
			THEN c.id = ANY (v_changed) END, 'error', x->'error',
		'state', x->'state') ORDER BY (x->>'n')::bigint)
	FROM jsonb_array_elements(v.items) x
	LEFT JOIN messenger.messenger_conversations c
		ON c.account_id = x->>'account_id' AND c.id = (x->>'conv')::bigint);
END
$$;

-- The Page's id on Instagram is the one that is in all its threads there.
CREATE OR REPLACE FUNCTION messenger.learn_page_ids(p_account text)
RETURNS boolean LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO messenger.page_ids (account_id, id)
	SELECT p_account, min(id) FROM (SELECT x->>'id', count(*),
			(SELECT count(*) FROM messenger.conversation_rows
			WHERE account_id = p_account AND deleted_at IS NULL
			AND participants->0 ? 'username')
		FROM messenger.conversation_rows r,
			jsonb_array_elements(r.participants) x
		WHERE r.account_id = p_account AND r.deleted_at IS NULL
		AND r.participants->0 ? 'username'
		GROUP BY 1) y (id, n, threads)
	WHERE n = threads AND threads > 1 HAVING count(*) = 1
	ON CONFLICT DO NOTHING;
	RETURN FOUND;
END
$$;

-- ha-upsert says that these threads' messages are stored: in the same
-- transaction their conversations and events are.
CREATE OR REPLACE FUNCTION messenger.threads_stored(p_account text,
	p_threads text[]) RETURNS void
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v_items jsonb;
BEGIN
	PERFORM ha.lock_rows('messenger.messages', p_account);
	IF EXISTS (SELECT FROM messenger.conversation_rows r, LATERAL
	    messenger.person_of(p_account, r.participants) p
	    WHERE r.account_id = p_account AND r.id = ANY (p_threads)
	    AND p.platform = 'instagram' AND p.psid IS NULL)
	    AND messenger.learn_page_ids(p_account) THEN
		p_threads := p_threads || ARRAY(SELECT thread_id
			FROM messenger.messenger_conversations
			WHERE account_id = p_account AND platform = 'instagram'
			AND psid IS NULL AND thread_id IS NOT NULL);
	END IF;
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('n', n,
		'account_id', p_account, 'thread_id', k, 'whole', true,
		'psid', coalesce(p.psid, f.psid), 'platform', p.platform,
		'name', p.name, 'unread', r.unread_count, 'known', f.known,
		'updated_time', r.updated_time))
		|| jsonb_build_object('participants', r.participants,
			'messages', '[]'::jsonb, 'events', '[]'::jsonb,
			'raw', coalesce(r.raw_payload - 'messages', '{}')))
	INTO v_items
	FROM (SELECT k, row_number() OVER (ORDER BY k)
		FROM (SELECT DISTINCT unnest(p_threads)) z (k)) y (k, n)
	LEFT JOIN messenger.conversation_rows r
		ON r.account_id = p_account AND r.id = k
	CROSS JOIN LATERAL messenger.person_of(p_account, r.participants) p
	-- without participants its messages tell who it is; and whether a
	-- webhook has told of it before the thread was known
	LEFT JOIN LATERAL (SELECT
		CASE WHEN count(DISTINCT m.from_id) FILTER (WHERE other) = 1
			AND r.participants IS NULL
			THEN min(m.from_id) FILTER (WHERE other) END AS psid,
		min(m.id) FILTER (WHERE c.id IS NOT NULL) AS known
		FROM messenger.messages m
		LEFT JOIN (messenger.contact_interaction_events e
			JOIN messenger.messenger_conversations c
			ON c.account_id = e.account_id AND c.id = e.conversation_id
			AND c.thread_id IS NULL)
			ON e.account_id = m.account_id AND e.message_id = m.id,
		LATERAL (SELECT NOT messenger.is_page(p_account, m.from_id))
			x (other)
		WHERE m.account_id = p_account AND m.conversation_id = k) f
		ON true;
	IF v_items IS NOT NULL THEN
		PERFORM messenger.apply(v_items);
	END IF;
END
$$;

COMMENT ON FUNCTION messenger.threads_stored(text, text[]) IS
'Called by ha-upsert: brings threads whose messages are stored into '
'messenger_conversations, with their events.';

CREATE OR REPLACE FUNCTION messenger.check_fence(p_lock text, p_fence bigint)
RETURNS void LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
	IF (p_lock IS NULL) <> (p_fence IS NULL) THEN
		RAISE EXCEPTION 'a fence goes with the name of its lock'
			USING ERRCODE = '22023';
	ELSIF p_lock IS NOT NULL
	    AND NOT ha.check_sync_lock(p_lock, p_fence) THEN
		RAISE EXCEPTION 'lease %: lost', p_lock USING ERRCODE = 'HA002';
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION messenger.upsert_conversation_with_events(
	p_account_id text, p_conversation jsonb, p_messages jsonb DEFAULT NULL,
	p_events jsonb DEFAULT NULL, p_expected_version integer DEFAULT NULL,
	p_lock_name text DEFAULT NULL, p_fence bigint DEFAULT NULL)
RETURNS TABLE (conversation_id bigint, is_new boolean,
	events_created integer, version integer, changed boolean)
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
	v jsonb;
BEGIN
	PERFORM messenger.check_fence(p_lock_name, p_fence);
	v := messenger.item_of(CASE jsonb_typeof(p_conversation)
		WHEN 'object' THEN p_conversation || jsonb_strip_nulls(
			jsonb_build_object('account_id', p_account_id,
			'expected_version', p_expected_version)) END
		|| CASE WHEN p_messages IS NULL THEN '{}'
			ELSE jsonb_build_object('messages', p_messages) END
		|| CASE WHEN p_events IS NULL THEN '{}'
			ELSE jsonb_build_object('events', p_events) END, 1);
	IF v ? 'error' THEN
		RAISE EXCEPTION '%', v->>'error' USING ERRCODE = '22023';
	END IF;
	PERFORM ha.lock_rows('messenger.messages', p_account_id);
	v := messenger.apply(jsonb_build_array(v))->0;
	IF v->'error' <> 'null' THEN
		RAISE EXCEPTION '%', v->>'error'
			USING ERRCODE = coalesce(v->>'state', '22023');
	END IF;
	RETURN QUERY SELECT * FROM jsonb_to_record(v) AS r (
		conversation_id bigint, is_new boolean, events_created integer,
		version integer, changed boolean);
END
$$;

COMMENT ON FUNCTION messenger.upsert_conversation_with_events(text, jsonb,
	jsonb, jsonb, integer, text, bigint) IS
'Stores a conversation with its messages and events, all or nothing. '
'SQLSTATE 22023: a wrong argument; HA001: another version is stored; HA002: '
'the lease is lost. See ha-messenger(7).';

CREATE OR REPLACE FUNCTION messenger.bulk_upsert_conversations_with_events(
	p_conversations jsonb, p_lock_name text DEFAULT NULL,
	p_fence bigint DEFAULT NULL)
RETURNS TABLE (n bigint, account_id text, conversation_id bigint,
	is_new boolean, events_created integer, version integer,
	changed boolean, error text)
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	v_all jsonb;
	v_good jsonb;
	v_done jsonb;
	v_account text;
	x jsonb;
BEGIN
	PERFORM messenger.check_fence(p_lock_name, p_fence);
	IF jsonb_typeof(p_conversations) IS DISTINCT FROM 'array' THEN
		RAISE EXCEPTION 'conversations: no array' USING ERRCODE = '22023';
	END IF;
	SELECT jsonb_agg(i ORDER BY o), jsonb_agg(i ORDER BY o)
		FILTER (WHERE NOT i ? 'error') INTO v_all, v_good
	FROM jsonb_array_elements(p_conversations) WITH ORDINALITY e (c, o),
		LATERAL (SELECT messenger.item_of(c, o)) y (i);
	-- in order: two at once never wait for each other
	FOR v_account IN SELECT DISTINCT i->>'account_id'
	    FROM jsonb_array_elements(v_good) i ORDER BY 1 LOOP
		PERFORM ha.lock_rows('messenger.messages', v_account);
	END LOOP;
	BEGIN
		v_done := messenger.apply(v_good);
	EXCEPTION WHEN data_exception OR integrity_constraint_violation
	    OR raise_exception THEN
		-- one of them is refused: each by itself
		v_done := '[]';
		FOR x IN SELECT jsonb_array_elements(v_good) LOOP
			BEGIN
				v_done := v_done || messenger.apply(
					jsonb_build_array(x));
			EXCEPTION WHEN data_exception OR raise_exception
			    OR integrity_constraint_violation THEN
				v_done := v_done || jsonb_build_object(
					'n', x->'n', 'account_id', x->'account_id',
					'error', CASE WHEN SQLSTATE LIKE '22%'
					THEN 'a value that does not fit, SQLSTATE '
						|| SQLSTATE ELSE SQLERRM END);
			END;
		END LOOP;
	END;
	RETURN QUERY SELECT r.* FROM jsonb_array_elements(coalesce(v_done, '[]')
		|| coalesce(jsonb_path_query_array(v_all, '$[*] ? (exists(@.error))'),
		'[]')) d, LATERAL jsonb_to_record(d) AS r (n bigint,
		account_id text, conversation_id bigint, is_new boolean,
		events_created integer, version integer, changed boolean,
		error text) ORDER BY 1;
END
$$;

COMMENT ON FUNCTION messenger.bulk_upsert_conversations_with_events(jsonb,
	text, bigint) IS
'Stores many conversations, each all or nothing; error says why one was not. '
'SQLSTATE HA002: the lease is lost. See ha-messenger(7).';

-- Under the names that other programs know as part of the shared state.
CREATE OR REPLACE FUNCTION ha.upsert_conversation_with_events(
	p_account_id text, p_conversation jsonb, p_messages jsonb DEFAULT NULL,
	p_events jsonb DEFAULT NULL, p_expected_version integer DEFAULT NULL,
	p_lock_name text DEFAULT NULL, p_fence bigint DEFAULT NULL)
RETURNS TABLE (conversation_id bigint, is_new boolean,
	events_created integer, version integer, changed boolean)
LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT * FROM messenger.upsert_conversation_with_events($1, $2, $3, $4,
		$5, $6, $7)
$$;

CREATE OR REPLACE FUNCTION ha.bulk_upsert_conversations_with_events(
	p_conversations jsonb, p_lock_name text DEFAULT NULL,
	p_fence bigint DEFAULT NULL)
RETURNS TABLE (n bigint, account_id text, conversation_id bigint,
	is_new boolean, events_created integer, version integer,
	changed boolean, error text)
LANGUAGE sql
SET search_path TO pg_catalog, pg_temp AS $$
	SELECT * FROM messenger.bulk_upsert_conversations_with_events($1, $2, $3)
$$;

-- What was deleted or corrected before an earlier version took notice of it.
DO $$
DECLARE
	v_ids bigint[];
BEGIN
	PERFORM set_config('messenger.writer', 'sync', true);
	SELECT messenger.put_corrections(jsonb_agg(jsonb_build_object(
		'account_id', account_id, 'conv', conversation_id)))
	INTO v_ids FROM (SELECT DISTINCT account_id, conversation_id
		FROM messenger.contact_interaction_events
		WHERE event_type IN ('deleted', 'edit')) x;
	WITH t AS (UPDATE messenger.messenger_conversations c
	SET deleted_at = r.deleted_at, version = c.version + 1,
		updated_at = now()
	FROM messenger.conversation_rows r
	WHERE r.account_id = c.account_id AND r.id = c.thread_id
	AND r.deleted_at IS NOT NULL AND c.deleted_at IS NULL
	AND NOT c.last_message_at > r.deleted_at
	RETURNING c.account_id, c.id, c.deleted_at),
	u AS (UPDATE messenger.contact_interaction_events e
	SET deleted_at = g.deleted_at, version = e.version + 1,
		updated_at = now()
	FROM (SELECT e.account_id, e.id, coalesce(m.deleted_at, t.deleted_at)
		FROM messenger.contact_interaction_events e
		LEFT JOIN t ON t.account_id = e.account_id
			AND t.id = e.conversation_id
		LEFT JOIN messenger.messages m ON m.account_id = e.account_id
			AND m.id = e.message_id AND m.deleted_at IS NOT NULL
		WHERE e.deleted_at IS NULL) g (account_id, id, deleted_at)
	WHERE e.account_id = g.account_id AND e.id = g.id
	AND g.deleted_at IS NOT NULL RETURNING e.conversation_id)
	SELECT v_ids || array_agg(DISTINCT conversation_id) INTO v_ids FROM u;
	PERFORM messenger.recount(v_ids);
	PERFORM set_config('messenger.writer', '', true);
END
$$;
