# messenger.bash -- invented threads of Page 100, as streams and as what a
# webhook tells: `load ../messenger` behind `load ../helper`.

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

messenger_ready() {
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('messenger', '100'), ('messenger', '200')"
}

# one RESOURCE MODE <records: a whole section
one() {
	local lines
	lines=$(cat)
	printf '{"@ha":"begin","v":1,"source":"messenger","resource":"%s","account":"100","mode":"%s"}\n' "$1" "$2"
	printf '%s\n' "$lines"
	printf '{"@ha":"end","records":%d,"complete":true}\n' "$(grep -vc '^{"@ha"' <<<"$lines")"
}

thread() { # number second [name]: of the list; second of 2025-01-01 00:00
	printf '{"id":"t_%s","updated_time":"2025-01-01T00:00:%02d+0000","participants":{"data":[{"id":"%s","name":"%s","email":"%s@facebook.com"},{"id":"100","name":"The Page","email":"100@facebook.com"}]}}\n' \
	    "$1" "$2" "$1" "${3:-Person $1}" "$1"
}

message() { # id second from [text]: as the API gives it
	printf '{"id":"%s","created_time":"2025-01-01T00:00:%02d+0000","from":{"id":"%s","name":"N"},"message":"%s"}\n' \
	    "$1" "$2" "$3" "${4:-text of $1}"
}

group() { # thread <messages: its messages, complete
	local lines
	lines=$(cat)
	printf '{"@ha":"open","parent":{"id":"t_%s","change":"c%s"}}\n' "$1" "$(cksum <<<"$lines" | cut -c1-8)"
	[ -z "$lines" ] || printf '%s\n' "$lines"
	printf '{"@ha":"close","records":%d}\n' "$(grep -c . <<<"$lines")"
}

hook() { # mid millisecond from to [text]: a webhook's message
	printf '{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"mid":"%s","text":"%s"}}' \
	    "$3" "$4" $((1735689600000 + $2)) "$1" "${5:-text of $1}"
}

upsert() { # conversation [events [messages [expected]]]: the function's row
	psql -XAtq -v ON_ERROR_STOP=1 -v c="$1" -v e="${2:-[]}" -v m="${3:-}" -v x="${4:-}" <<-'SQL'
	SELECT conversation_id, is_new, events_created, version, changed
	FROM messenger.upsert_conversation_with_events('100', :'c', nullif(:'m', '')::jsonb, :'e', nullif(:'x', '')::integer)
	SQL
}

bulk() { # array: its rows
	psql -XAtq -v ON_ERROR_STOP=1 -v c="$1" <<-'SQL'
	SELECT * FROM messenger.bulk_upsert_conversations_with_events(:'c')
	SQL
}

talks() { # thread person name status version messages events of each row
	sql "SELECT coalesce(thread_id, '-'), coalesce(psid, '-'), coalesce(customer_name, '-'), status, version,
		message_count, event_count FROM messenger.messenger_conversations
		WHERE merged_into IS NULL ORDER BY 1, 2"
}

# What must hold at any moment: counts that are true, no message told of
# without its event and no event without its message, nothing twice.
whole() {
	local bad
	bad=$(sql "SELECT 'counts', c.id FROM messenger.messenger_conversations c WHERE merged_into IS NULL
		AND ROW(message_count, event_count, last_message_at)::text <> (SELECT ROW(count(message_id), count(*),
			max(event_time) FILTER (WHERE message_id IS NOT NULL))::text
			FROM messenger.contact_interaction_events e WHERE e.account_id = c.account_id AND e.conversation_id = c.id
			AND e.deleted_at IS NULL)
		UNION ALL SELECT 'deleted', e.id FROM messenger.contact_interaction_events e JOIN messenger.messages m
		ON m.account_id = e.account_id AND m.id = e.message_id WHERE m.deleted_at IS NOT NULL AND e.deleted_at IS NULL
		UNION ALL SELECT 'no event', 0 FROM messenger.messages m
		JOIN messenger.messenger_conversations c ON c.account_id = m.account_id AND c.thread_id = m.conversation_id
		WHERE date_trunc('second', m.created_time) <= c.last_message_at AND m.deleted_at IS NULL AND NOT EXISTS (SELECT
			FROM messenger.contact_interaction_events e WHERE e.account_id = m.account_id AND e.message_id = m.id)
		UNION ALL SELECT 'no message', e.id FROM messenger.contact_interaction_events e WHERE message_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM messenger.messages m WHERE m.account_id = e.account_id AND m.id = e.message_id)
		UNION ALL SELECT 'children', 0 FROM ha.children k WHERE source = 'messenger' AND NOT EXISTS (SELECT
			FROM messenger.messenger_conversations c WHERE c.account_id = k.account_id AND c.thread_id = k.parent_key)
		UNION ALL SELECT 'twice', min(id) FROM messenger.contact_interaction_events
		GROUP BY account_id, coalesce(message_id, event_type || event_time || sender_id || coalesce(about_message_id, ''))
		HAVING count(*) > 1")
	[ -z "$bad" ] || { echo "broken: $bad" >&2; return 1; }
}
