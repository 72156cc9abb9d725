#!/usr/bin/env bats
# rooms: sql
# ha-messenger(7): the tables and functions that people and programs use.

load ../helper
load ../messenger

setup_file() {
	pg_up messenger
	messenger_ready
	pg_template
}
teardown_file() { pg_down; }
setup() { pg_fresh; }

fails() { # SQLSTATE SQL: the message
	run -3 psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose <<<"$2"
	[[ $output == *"ERROR:  $1: "* ]] || { echo "$output"; return 1; }
}

@test "upsert_conversation_with_events: id, is_new, events created, version, changed" {
	[ "$(upsert '{"psid":"7"}' "[$(hook m_1 0 7 100),$(hook m_2 1000 100 7)]")" = '1|t|2|1|t' ]
	[ "$(upsert '{"psid":"7"}' "[$(hook m_1 0 7 100)]")" = '1|f|0|1|f' ]
	[ "$(upsert '{"psid":"7"}' "[$(hook m_3 2000 7 100)]")" = '1|f|1|2|t' ]
	[ "$(sql "SELECT string_agg(event_type, ' ' ORDER BY event_time) FROM messenger.contact_interaction_events")" = 'inbound outbound inbound' ]
	[ "$(sql "SELECT conversation_id, is_new, events_created, version FROM
		ha.upsert_conversation_with_events('100', '{\"id\":\"t_9\",\"psid\":\"9\"}')")" = '2|t|0|1' ]
	whole
}

@test "upsert_conversation_with_events: messages as the API gives them, inside or beside" {
	m="$(message m_1 5 7)"
	[ "$(upsert "{\"id\":\"t_7\",\"messages\":{\"data\":[$m]}}")" = '1|t|1|1|t' ]
	[ "$(upsert "$(thread 7 5)" '[]' "[$m,$(message m_2 6 100)]")" = '1|f|1|2|t' ]
	[ "$(talks)" = 't_7|7|Person 7|open|2|2|2' ]
	[ "$(sql "SELECT id, conversation_id, from_id, body FROM messenger.messages ORDER BY id")" = $'m_1|t_7|7|text of m_1\nm_2|t_7|100|text of m_2' ]
	whole
}

@test "wrong arguments: 22023, what is wrong, never a value; nothing is written" {
	for c in '{"psid":"7","updated_time":"tomorrow"}' '{"psid":7}' '{}' '[]' 'null' '{"psid":"7","participants":"SECRET"}' \
	    '{"psid":"7","messages":[{"id":"m_1"}]}' '{"psid":"7","messages":[{"created_time":"2025-01-01T00:00:00+0000"}]}' \
	    '{"psid":"7","messages":[{"id":"m_1","created_time":"2025-99-01T00:00:00+0000"}]}' \
	    '{"psid":"7","events":[{"event_type":"inbound","event_time":1735689600}]}' \
	    '{"psid":"7","events":[{"event_type":"SECRET!","event_time":1735689600}]}' \
	    '{"psid":"7","events":[{"sender":{"id":"7"},"read":{}}]}' '{"psid":"7","events":{}}' \
	    '{"psid":"7","messages":[{"id":"m_1","created_time":"2025-01-01T00:00:00+0000","message":{"a":1}}]}'; do
		fails 22023 "SELECT messenger.upsert_conversation_with_events('100', '$c')"
		[[ $output != *SECRET* ]]
	done
	fails 22023 "SELECT messenger.upsert_conversation_with_events('300', '{\"psid\":\"7\"}')"
	[[ $output == *'account_id: unknown account'* ]]
	fails 22023 "SELECT messenger.upsert_conversation_with_events('100', NULL)"
	fails 22023 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\"}', p_fence => 1)"
	fails 22023 "SELECT messenger.bulk_upsert_conversations_with_events('{}')"
	[ "$(sql "SELECT count(*) FROM messenger.messenger_conversations")" = 0 ]
	[ "$(sql "SELECT count(*) FROM messenger.messages")" = 0 ]
}

@test "all or nothing: what the table refuses takes the conversation with it" {
	sql "ALTER TABLE messenger.contact_interaction_events ADD CONSTRAINT quiet CHECK (event_type <> 'reaction')"
	bad='{"sender":{"id":"7"},"timestamp":1735689600000,"reaction":{"mid":"m_1","action":"react"}}'
	fails 23514 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\"}', NULL, '[$(hook m_1 0 7 100),$bad]')"
	[ "$(sql "SELECT (SELECT count(*) FROM messenger.messenger_conversations) + (SELECT count(*) FROM messenger.messages)")" = 0 ]
	# in bulk: the others are stored
	run -0 bulk "[{\"account_id\":\"100\",\"psid\":\"1\",\"events\":[$(hook m_1 0 1 100)]},
		{\"account_id\":\"100\",\"psid\":\"2\",\"events\":[$(hook m_2 0 2 100),$bad]},
		{\"account_id\":\"200\",\"psid\":\"3\",\"events\":[$(hook m_3 0 3 200)]}]"
	[[ ${lines[0]} == 1\|100\|*\|t\|1\|1\|t\| ]]
	[[ ${lines[1]} == '2|100||||||new row for relation "contact_interaction_events" violates check constraint "quiet"' ]]
	[[ ${lines[2]} == 3\|200\|*\|t\|1\|1\|t\| ]]
	[ "$(sql "SELECT string_agg(id, ' ' ORDER BY id) FROM messenger.messages")" = 'm_1 m_3' ]
	whole
}

@test "bulk: a bad conversation fails alone, with its reason" {
	run -0 bulk '[{"account_id":"100","psid":"1"},3,{"psid":"2"},{"account_id":"9","psid":"2"},{"account_id":"100","id":"t_3","status":1},{"account_id":"100","id":"t_4"}]'
	diff -u - <(printf '%s\n' "$output") <<-'W'
	1|100|1|t|0|1|t|
	2|||||||conversation: no object
	3|||||||conversation: account_id: missing, wanted string
	4|9||||||conversation: account_id: unknown account
	5|100||||||conversation: status: number, wanted string
	6|100|2|t|0|1|t|
	W
	[ "$(bulk '[]')" = '' ]
	[ "$(bulk '[1]')" = '1|||||||conversation: no object' ]
}

@test "bulk: the same conversation twice, by person and by thread, is one change" {
	run -0 bulk "[{\"account_id\":\"100\",\"psid\":\"7\",\"events\":[$(hook m_1 0 7 100)]},
		{\"account_id\":\"100\",\"id\":\"t_7\",\"psid\":\"7\",\"name\":\"Ann\",\"events\":[$(hook m_1 0 7 100),$(hook m_2 9 7 100)]},
		{\"account_id\":\"200\",\"psid\":\"7\",\"events\":[$(hook m_1 0 7 200)]}]"
	diff -u - <(printf '%s\n' "$output") <<-'W'
	1|100|1|t|2|1|t|
	2|100|1|t|2|1|t|
	3|200|2|t|1|1|t|
	W
	whole
	[ "$(talks)" = $'-|7|-|open|1|1|1\nt_7|7|Ann|open|1|2|2' ]
}

@test "expected version: another one is refused, HA001, in bulk as its error" {
	upsert '{"psid":"7"}' "[$(hook m_1 0 7 100)]"
	[ "$(upsert '{"psid":"7"}' "[$(hook m_2 9 7 100)]" '[]' 1)" = '1|f|1|2|t' ]
	fails HA001 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\",\"name\":\"Z\"}', p_expected_version => 1)"
	[[ $output == *'expected version 1, 2 is stored'* ]]
	fails HA001 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"8\"}', p_expected_version => 1)"
	[ "$(upsert '{"psid":"8"}' '[]' '[]' 0)" = '2|t|0|1|t' ]
	fails HA001 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"8\"}', p_expected_version => 0)"
	[ "$(bulk '[{"account_id":"100","psid":"7","expected_version":1}]')" = '1|100||||||expected version 1, 2 is stored' ]
	[ "$(talks)" = $'-|7|-|open|2|2|2\n-|8|-|open|1|0|0' ]
}

@test "a fence that is no longer the lock's: HA002, nothing is written" {
	fence=$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'me')")
	[ "$(sql "SELECT is_new FROM messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\"}',
		p_lock_name => 'messenger/100', p_fence => $fence)")" = t ]
	sql "UPDATE ha.sync_locks SET expires_at = now()"
	fails HA002 "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"8\"}', NULL, NULL, NULL, 'messenger/100', $fence)"
	fails HA002 "SELECT messenger.bulk_upsert_conversations_with_events('[{\"account_id\":\"100\",\"psid\":\"8\"}]', 'messenger/100', $fence)"
	[[ $output == *'lease messenger/100: lost'* ]]
	[ "$(sql "SELECT count(*) FROM messenger.messenger_conversations")" = 1 ]
}

@test "the newest data wins; older data only fills gaps, its messages count" {
	upsert "$(thread 7 9 Ann)"
	[ "$(upsert "$(thread 7 5 Anna)" '[]' "[$(message m_1 5 7)]")" = '1|f|1|2|t' ]
	[ "$(talks)" = 't_7|7|Ann|open|2|1|1' ]
	upsert '{"id":"t_7","updated_time":"2025-01-01T00:00:20+0000","name":"Ann Example","status":"done"}'
	upsert '{"id":"t_7","updated_time":"2025-01-01T00:00:10+0000","name":"Old","status":"open","unread_count":3}'
	[ "$(sql "SELECT customer_name, status, unread_count, updated_time = '2025-01-01 00:00:20+00' FROM messenger.messenger_conversations")" = 'Ann Example|done|3|t' ]
	# a webhook counts milliseconds: the same second is not older
	upsert '{"psid":"7"}' "[$(hook m_2 30500 7 100)]"
	upsert "$(thread 7 30 'Ann B')"
	[ "$(sql "SELECT customer_name FROM messenger.messenger_conversations")" = 'Ann B' ]
}

@test "a real name is never overwritten by what stands in its place" {
	for n in 'Facebook User' '' '  ' 7 'facebook user' 'Instagram User'; do
		upsert "{\"psid\":\"7\",\"name\":\"$n\"}"
		[ "$(talks)" = '-|7|-|open|1|0|0' ] || sql "SELECT count(*) FROM messenger.messenger_conversations WHERE customer_name IS NULL" | grep -q 1
	done
	upsert "$(thread 7 1 'Ann Example')"
	for n in 'Facebook User' '' 7; do
		upsert "$(thread 7 30 "$n")"
		upsert "{\"psid\":\"7\",\"name\":\"$n\",\"updated_time\":\"2025-02-01T00:00:00+0000\"}"
		upsert '{"psid":"7","name":null}'
	done
	[ "$(sql "SELECT customer_name FROM messenger.messenger_conversations")" = 'Ann Example' ]
	upsert "$(thread 7 30)" && upsert '{"id":"t_7","name":"Ann Other","updated_time":"2025-03-01T00:00:00+0000"}'
	[ "$(sql "SELECT customer_name FROM messenger.messenger_conversations")" = 'Ann Other' ]
}

@test "a status that a person set stays; the version counts each real change" {
	upsert '{"id":"t_7","status":"new"}'
	upsert "$(thread 7 5 | sed 's/^{/{"status":"open",/')"
	[ "$(talks)" = 't_7|7|Person 7|open|2|0|0' ]
	sql "UPDATE messenger.messenger_conversations SET status = 'waiting' WHERE version = 2"
	upsert "$(thread 7 9 | sed 's/^{/{"status":"done",/')"
	[ "$(sql "SELECT status, status_by_person, version FROM messenger.messenger_conversations")" = 'waiting|t|4' ]
	# an UPDATE that changes nothing is none; one that read an old row is refused
	sql "UPDATE messenger.messenger_conversations SET status = 'waiting'"
	fails HA001 "UPDATE messenger.messenger_conversations SET version = 3, status = 'done'"
	[ "$(sql "SELECT status, version FROM messenger.messenger_conversations")" = 'waiting|4' ]
	sql "UPDATE messenger.messenger_conversations SET version = version + 1, status = 'closed'"
	[ "$(sql "SELECT status, version FROM messenger.messenger_conversations")" = 'closed|5' ]
}

@test "a webhook's conversation gets its thread when the API tells it: one row" {
	upsert '{"psid":"7"}' "[$(hook mid.\$a 478 7 100)]"
	{ thread 7 5 | one conversations full
	{ message 'm_mid.$a' 0 7 'text of mid.$a'; message m_2 5 100; } | group 7 | one messages each; } | ha-upsert
	[ "$(talks)" = 't_7|7|Person 7|open|2|2|2' ]
	[ "$(sql "SELECT id, conversation_id, version FROM messenger.messages ORDER BY id")" = $'m_2|t_7|1\nm_mid.$a|t_7|2' ]
	whole
	# the other way round: the webhook comes late
	[ "$(upsert '{"psid":"7"}' "[$(hook m_2 5100 100 7)]")" = '1|f|0|3|t' ]
	[ "$(sql "SELECT to_char(event_time, 'SS.MS') FROM messenger.contact_interaction_events WHERE message_id = 'm_2'")" = 05.100 ]
	[ "$(upsert '{"psid":"7"}' "[$(hook m_2 5100 100 7)]")" = '1|f|0|3|f' ]
	[ "$(sql "SELECT max(version) FROM messenger.messages")" = 2 ]
	whole
}

@test "two rows that turn out to be one conversation are joined" {
	upsert '{"id":"t_7"}' '[]' "[$(message m_1 1 100)]"
	upsert '{"psid":"7"}' "[$(hook m_2 9000 7 100)]"
	sql "UPDATE messenger.messenger_conversations SET status = 'vip' WHERE psid = '7'"
	[ "$(talks)" = $'-|7|-|vip|2|1|1\nt_7|-|-|open|1|1|1' ]
	[ "$(upsert "$(thread 7 9)")" = '1|f|0|2|t' ]
	[ "$(talks)" = 't_7|7|Person 7|vip|2|2|2' ]
	[ "$(sql "SELECT merged_into, deleted_at IS NOT NULL, event_count FROM messenger.messenger_conversations WHERE id = 2")" = '1|t|0' ]
	[ "$(sql "SELECT conversation_id FROM messenger.messages WHERE id = 'm_2'")" = t_7 ]
	whole
	# by a message alone, where nobody says who it is
	upsert '{"psid":"8"}' "[$(hook m_8 0 8 100)]"
	{ echo '{"id":"t_8","updated_time":"2025-01-01T00:00:00+0000"}' | one conversations full
	message m_8 0 8 | group 8 | one messages each; } | ha-upsert
	[ "$(sql "SELECT thread_id, psid, message_count FROM messenger.messenger_conversations WHERE psid = '8'")" = 't_8|8|1' ]
	whole
}

@test "messages: a webhook takes nothing from what the API gave, and the API nothing when it gives less" {
	{ thread 7 5 | one conversations full; { message m_1 1 7 full; echo '{"id":"m_2","created_time":"2025-01-01T00:00:02+0000"}'; } |
		group 7 | one messages each; } >in
	ha-upsert in
	upsert '{"psid":"7"}' "[$(hook m_1 1000 7 100 other),$(hook m_2 2000 7 100 told)]"
	[ "$(sql "SELECT id, body, from_id, version FROM messenger.messages ORDER BY id")" = $'m_1|full|7|1\nm_2|told|7|2' ]
	[ "$(sql "SELECT string_agg(event_type, ' ') FROM messenger.contact_interaction_events")" = 'inbound inbound' ]
	# a thin one never empties a full one; a full one is an update, then unchanged
	{ message m_2 2 7 told; message m_1 1 7 full; } | sed 's/"name":"N"/"name":"Ann"/' | group 7 | one messages each >full
	run -0 --separate-stderr ha-upsert -v in full
	[[ $stderr == *'messages: 2 fetched = 0 inserted + 0 updated + 1 unchanged + 1 stale'*'2 fetched = 0 inserted + 2 updated'* ]]
	run -0 --separate-stderr ha-upsert -v full
	[[ $stderr == *'0 updated + 2 unchanged'* ]]
	before=$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM messenger.messages")
	upsert '{"psid":"7"}' "[$(hook m_1 1000 7 100 other),$(hook m_2 2000 7 100 told)]"
	[ "$before" = "$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM messenger.messages")" ]
	whole
}

@test "events of a webhook: unique by type, time and sender; none is invented" {
	read='{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":1735689605000,"read":{"watermark":1735689600000}}'
	delivery='{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":0,"delivery":{"mids":["m_1"],"watermark":1735689600000}}'
	postback='{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":1735689606000,"postback":{"mid":"mid.$p","title":"Go","payload":"P"}}'
	gone='{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":1735689607000,"message":{"mid":"m_1","is_deleted":true}}'
	[ "$(upsert '{}' "[$read,$delivery,$postback,$gone,$read]")" = '1|t|4|1|t' ]
	[ "$(upsert '{}' "[$postback,$delivery,$gone,$read]")" = '1|f|0|1|f' ]
	sql "SELECT event_type, to_char(event_time, 'SS'), sender_id, about_message_id FROM messenger.contact_interaction_events ORDER BY 1" >events
	diff -u - events <<-'W'
	deleted|07|7|m_1
	delivery|00|7|m_1
	postback|06|7|m_mid.$p
	read|05|7|
	W
	[ "$(sql "SELECT count(*) FROM messenger.messages")" = 0 ]
	fails 23514 "INSERT INTO messenger.contact_interaction_events (account_id, conversation_id, event_type, event_time) VALUES ('100', 1, 'inbound', now())"
	fails 23503 "INSERT INTO messenger.contact_interaction_events (account_id, conversation_id, event_type, event_time, message_id) VALUES ('100', 1, 'inbound', now(), 'm_none')"
}

# Of a message, as a webhook tells it.
unsent() { printf '{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":%d,"message":{"mid":"%s","is_deleted":true}}' $((1735689600000 + $2)) "$1"; }
edited() { printf '{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":%d,"message_edit":{"mid":"%s","text":"%s","num_edit":%s}}' $((1735689600000 + $2)) "$1" "$3" "$4"; }
waiting() { # the query of ha-messenger(7)
	sed -n '/^SELECT c.psid/,/;$/p' "$HA_ROOT/man/ha-messenger.7" | psql -XAt
}
state() { # of the one conversation: deleted, version, counts, last message
	sql "SELECT deleted_at IS NOT NULL, message_count, inbound_count, event_count, coalesce(to_char(last_message_at, 'SS'), '-')
		FROM messenger.messenger_conversations WHERE psid = '7'"
}

@test "events of one instant about two messages are two: deletions, deliveries, reactions" {
	told() { printf '{"sender":{"id":"7"},"recipient":{"id":"100"},"timestamp":1735689605000,"%s":{%s,"watermark":1735689605000}}' "$1" "$2"; }
	all="$(unsent m_1 5000),$(unsent m_2 5000),$(told reaction '"mid":"m_1"'),$(told reaction '"mid":"m_2"'),$(told delivery '"mids":["m_1"]'),$(told delivery '"mids":["m_2"]')"
	[ "$(upsert '{}' "[$all]")" = '1|t|6|1|t' ]
	[ "$(upsert '{}' "[$all]")" = '1|f|0|1|f' ]
	[ "$(upsert '{}' "[$(unsent m_3 5000),$(unsent m_3 5000)]")" = '1|f|1|2|t' ]
	# a database of before
	sql "DELETE FROM messenger.contact_interaction_events WHERE about_message_id <> 'm_1';
		DROP INDEX messenger.contact_interaction_events_once; DELETE FROM ha.schema_steps WHERE name = 'messenger';
		CREATE UNIQUE INDEX contact_interaction_events_once ON messenger.contact_interaction_events
		(account_id, event_type, event_time, sender_id) WHERE message_id IS NULL; UPDATE ha.schemas SET hash = ''"
	ha-schema --apply messenger
	[ "$(upsert '{}' "[$all]" | cut -d'|' -f3)" = 3 ]
}

@test "a message that a webhook tells deleted, or edited, is so: in whatever order it comes" {
	upsert '{}' "[$(hook m_1 1000 7 100),$(hook m_2 2000 7 100)]"
	[ "$(upsert '{}' "[$(unsent m_2 3000),$(edited m_1 3000 new 1)]")" = '1|f|2|2|t' ]
	[ "$(sql "SELECT id, body, deleted_at IS NOT NULL, version FROM messenger.messages ORDER BY 1")" = $'m_1|new|f|2\nm_2|text of m_2|t|2' ]
	[ "$(state)" = 'f|1|1|3|01' ]
	[ "$(upsert '{}' "[$(unsent m_2 3000),$(edited m_1 3000 new 1)]")" = '1|f|0|2|f' ]
	# an older edit comes late; what is told before its message
	upsert '{}' "[$(edited m_1 2500 older 0),$(edited m_3 5000 third 10),$(edited m_3 4000 second 2),$(unsent m_4 5000)]"
	upsert '{}' "[$(hook m_3 3500 7 100),$(hook m_4 3600 7 100)]"
	[ "$(sql "SELECT id, body, deleted_at IS NOT NULL FROM messenger.messages ORDER BY 1")" = \
		$'m_1|new|f\nm_2|text of m_2|t\nm_3|third|f\nm_4|text of m_4|t' ]
	whole
	# the API gives them again, and is not believed over it
	{ thread 7 9 | one conversations full; { message m_1 1 7; message m_2 2 7; message m_3 3 7; } | group 7 | one messages each; } >again
	ha-upsert again
	[ "$(sql "SELECT id, body, deleted_at IS NOT NULL FROM messenger.messages ORDER BY 1")" = \
		$'m_1|new|f\nm_2|text of m_2|t\nm_3|third|f\nm_4|text of m_4|t' ]
	whole
	# nor does the same text again write an edited one
	before=$(sql "SELECT xmin FROM messenger.messages WHERE id = 'm_1'")
	ha-upsert again
	[ "$before" = "$(sql "SELECT xmin FROM messenger.messages WHERE id = 'm_1'")" ]
}

@test "a deleted thread: no counts, no last message, nobody waits; found again, all is back" {
	{ thread 7 5 | one conversations full; { message m_1 1 100; message m_2 2 7; message m_3 3 7; } | group 7 | one messages each; } | ha-upsert
	[ "$(state)|$(waiting)" = 'f|3|2|3|03|7' ]
	sql "UPDATE messenger.messages SET deleted_at = now() WHERE id = 'm_3'"
	[ "$(state)|$(waiting)" = 'f|2|1|2|02|7' ]
	thread 9 1 | one conversations full | ha-upsert --prune --max-delete 100
	[ "$(state)|$(waiting)" = 't|0|0|0|-|' ]
	[ "$(sql "SELECT count(*) FROM messenger.contact_interaction_events WHERE deleted_at IS NULL")" = 0 ]
	whole
	# a late webhook of before changes nothing of that; one of now does
	upsert '{"psid":"7"}' "[$(hook m_0 500 7 100)]"
	[ "$(state)" = 't|0|0|0|-' ]
	thread 7 5 | one conversations full | ha-upsert
	[ "$(state)|$(waiting)" = 'f|3|2|3|02|7' ]
	sql "UPDATE messenger.messages SET deleted_at = NULL WHERE id = 'm_3'"
	[ "$(state)" = 'f|4|3|4|03' ]
	sql "UPDATE messenger.conversation_rows SET deleted_at = '2025-01-01 00:00:20'"
	[ "$(state)" = 't|0|0|0|-' ]
	upsert '{"psid":"7"}' "[$(hook m_9 30000 7 100)]"
	[ "$(state)|$(waiting)" = 'f|1|1|1|30|7' ]
	whole
}

@test "--apply: what was deleted before an earlier version took notice reaches conversations" {
	{ { thread 7 5; thread 8 6; } | one conversations full; { { message m_1 1 7; message m_2 2 7; } | group 7; message m_8 2 8 | group 8; } | one messages each; } | ha-upsert
	sql "ALTER TABLE messenger.messages DISABLE TRIGGER deleted; ALTER TABLE messenger.conversation_rows DISABLE TRIGGER deleted;
		UPDATE messenger.messages SET deleted_at = now() WHERE id = 'm_2'; UPDATE messenger.conversation_rows SET deleted_at = now() WHERE id = 't_8';
		INSERT INTO messenger.contact_interaction_events (account_id, conversation_id, event_type, event_time, about_message_id, raw_payload)
		SELECT '100', id, 'edit', now(), 'm_1', '{\"message_edit\":{\"text\":\"new\"}}' FROM messenger.messenger_conversations WHERE psid = '7';
		ALTER TABLE messenger.messages ENABLE TRIGGER deleted; ALTER TABLE messenger.conversation_rows ENABLE TRIGGER deleted;
		UPDATE ha.schemas SET hash = ''"
	ha-schema --apply messenger
	[ "$(sql "SELECT psid, message_count, event_count, deleted_at IS NULL FROM messenger.messenger_conversations ORDER BY 1")" = $'7|1|2|t\n8|0|0|f' ]
	[ "$(sql "SELECT body FROM messenger.messages WHERE id = 'm_1'")" = new ]
	whole
}

@test "a webhook that fills a gap leaves the stored body, everywhere" {
	m='{"id":"m_1","created_time":"2025-01-01T00:00:01+0000","message":"of the API"}'
	upsert '{"id":"t_7","psid":"7"}' '[]' "[$m]"
	[ "$(upsert '{"psid":"7"}' "[$(hook m_1 1000 7 100 'of the webhook')]")" = '1|f|0|2|t' ]
	[ "$(sql "SELECT body, from_id, raw_payload->>'message', raw_payload#>>'{from,id}' FROM messenger.messages")" = 'of the API|7|of the API|7' ]
}

# In the background until the transaction that it waits for has ended.
waits() { # SQL
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1" >waited 2>&1 3>&- 7>&- &
	waiter=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")" = 1 ]; do
		kill -0 $waiter || return
	done
}
open_session() {
	mkfifo hold
	psql -XAtq -v ON_ERROR_STOP=1 <hold >held 2>&1 3>&- &
	holder=$!
	exec 7>hold
	printf '%s\n' "BEGIN; $1;" '\! touch begun' >&7
	until [ -e begun ]; do kill -0 $holder || return; done
}
close_session() {
	echo 'COMMIT;' >&7
	exec 7>&-
	wait $holder
	wait $waiter
}

@test "a person's open change of a conversation is waited for, seen, and not overwritten" {
	upsert "$(thread 7 5)"
	open_session "UPDATE messenger.messenger_conversations SET status = 'mine' WHERE psid = '7' AND version = 1"
	waits "SELECT changed FROM messenger.upsert_conversation_with_events('100', '$(thread 7 9 | sed 's/^{/{"status":"theirs",/')', p_events => '[$(hook m_1 0 7 100)]')"
	close_session
	[ "$(<waited)" = t ]
	[ "$(sql "SELECT status, status_by_person, version, message_count FROM messenger.messenger_conversations")" = 'mine|t|3|1' ]
	rm hold begun
	open_session "UPDATE messenger.messenger_conversations SET status = 'done' WHERE psid = '7' AND version = 3"
	waits "SELECT changed FROM messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\",\"name\":\"Z\"}', p_expected_version => 3)" || true
	if close_session; then return 1; fi
	[[ $(<waited) == *'expected version 3, 4 is stored'* ]]
	[ "$(sql "SELECT status, version FROM messenger.messenger_conversations")" = 'done|4' ]
}

@test "two webhooks of one new person at once: one conversation, no violation" {
	open_session "SELECT is_new FROM messenger.upsert_conversation_with_events('100', '{}', p_events => '[$(hook m_1 0 7 100)]')"
	waits "SELECT is_new, events_created, version FROM messenger.upsert_conversation_with_events('100', '{}', p_events => '[$(hook m_2 9 7 100)]')"
	close_session
	[ "$(<waited)" = 'f|1|2' ]
	[ "$(talks)" = '-|7|-|open|2|2|2' ]
	whole
}

@test "Instagram: who the Page is there is learned from its threads" {
	ig() { printf '{"id":"t_%s","updated_time":"2025-01-01T00:00:0%s+0000","participants":{"data":[{"id":"9%s","username":"u%s"},{"id":"555","username":"shop"}]}}\n' "$1" "$1" "$1" "$1"; }
	{ ig 1 | one conversations full; { message a1 1 91; message b1 1 555; } | group 1 | one messages each; } | ha-upsert
	[ "$(sql "SELECT psid IS NULL, platform, (SELECT string_agg(DISTINCT event_type, ' ') FROM messenger.contact_interaction_events) FROM messenger.messenger_conversations")" = 't|instagram|message' ]
	{ ig 2 | one conversations full; { message a2 1 92; message b2 1 555; } | group 2 | one messages each; } | ha-upsert
	[ "$(sql "SELECT thread_id, psid, customer_name, inbound_count, outbound_count FROM messenger.messenger_conversations ORDER BY 1")" = $'t_1|91|u1|1|1\nt_2|92|u2|1|1' ]
	whole
}

@test "permissions: a plain role needs the rights on the tables that ha-messenger(7) lists" {
	role=ha_writer_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN"
	as() { PGUSER=$role psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -c "$1" 2>&1; }
	run as "SELECT events_created FROM messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\"}')"
	[[ $output == *42501* ]]
	sed -n '/^GRANT/,/;$/p' "$HA_ROOT/man/ha-messenger.7" | sed "s/writer/$role/" | psql -Xq -v ON_ERROR_STOP=1
	run -0 as "SELECT events_created FROM messenger.upsert_conversation_with_events('100', '{\"psid\":\"7\"}', '[$(message m_1 1 7)]')"
	[ "$output" = 1 ]
	run -0 as "SELECT events_created FROM messenger.upsert_conversation_with_events('100', '{\"id\":\"t_7\",\"psid\":\"7\"}', '[$(message m_2 1 7)]')"
	run as "SELECT secret FROM ha.accounts"
	[[ $output == *42501* ]]
	run as "DELETE FROM messenger.messages"
	[[ $output == *42501* ]]
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "ha-messenger(7): its examples say what happens" {
	mandoc -T ascii -O width=200 "$HA_ROOT/man/ha-messenger.7" | sed 's/.\x08//g' |
		sed -n '/^EXAMPLES/,/^DIAGNOSTICS/p' | sed 's/^ *//' >page
	awk '/^\$ psql/ { on = 1; sub(/^\$ /, "") } on { print } /^END/ { on = 0 }' page >commands
	awk '/^END/ { want = 1; next } !NF { want = 0 } want { print }' page >want
	[ "$(grep -c psql commands)" -eq 3 ]
	[ "$(wc -l <want)" -eq 3 ]
	bash -e commands >have
	diff -u want have
	sed -n '/^UPDATE/,/;$/p' "$HA_ROOT/man/ha-messenger.7" | psql -X >updated
	[ "$(<updated)" = 'UPDATE 1' ]
	[ "$(sql "SELECT status, version FROM messenger.messenger_conversations WHERE id = 1")" = 'done|2' ]
}

@test "every table and function that is an interface says what it is" {
	[ "$(sql "SELECT count(*) FROM pg_proc WHERE proname IN ('upsert_conversation_with_events', 'bulk_upsert_conversations_with_events',
		'threads_stored') AND pronamespace = 'messenger'::regnamespace AND obj_description(oid) IS NULL")" = 0 ]
	[ "$(sql "SELECT count(*) FROM pg_class WHERE relname IN ('messenger_conversations', 'contact_interaction_events', 'messages')
		AND relnamespace = 'messenger'::regnamespace AND obj_description(oid) IS NULL")" = 0 ]
}

@test "locks from SQL: 300 seconds unless said otherwise, extended, released, cleaned up" {
	fence=$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'me')")
	[ "$(sql "SELECT extract(epoch FROM expires_at - acquired_at)::integer FROM ha.sync_locks")" = 300 ]
	[ "$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'you') IS NULL, ha.extend_sync_lock('messenger/100', $fence, 600)")" = 't|t' ]
	[ "$(sql "SELECT round(extract(epoch FROM expires_at - heartbeat_at)), holder FROM ha.active_syncs")" = '600|me' ]
	[ "$(sql "SELECT ha.release_sync_lock('messenger/100', $fence), ha.release_sync_lock('messenger/100', $fence)")" = 't|f' ]
	[ "$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'you') > $fence")" = t ]
	[ "$(sql "UPDATE ha.sync_locks SET expires_at = now(); SELECT ha.cleanup_expired_locks()")" = 1 ]
}

@test "cleanup_old_sync_states: only what nobody will go on from" {
	sql "UPDATE ha.accounts SET enabled = account_id <> '200';
		INSERT INTO ha.sync_state (source, resource, account_id, complete, updated_at)
		SELECT 'messenger', r, a, true, now() - t * interval '1 day' FROM unnest('{100,200,300}'::text[]) a,
			(VALUES ('conversations', 40), ('messages', 3)) x (r, t);
		INSERT INTO ha.children (source, resource, account_id, parent_key, stored_at)
		SELECT 'messenger', 'messages', a, 't_1', now() - interval '40 days' FROM unnest('{100,200}'::text[]) a"
	[ "$(sql "SELECT ha.cleanup_old_sync_states()")" = 2 ]
	[ "$(sql "SELECT string_agg(account_id || ' ' || resource, ', ' ORDER BY account_id, resource) FROM ha.sync_state" | tr -d '\n')" = \
		"$(echo -n '100 conversations, 100 messages, 200 messages, 300 messages')" ]
	[ "$(sql "SELECT string_agg(account_id, ' ') FROM ha.children")" = 100 ]
	[ "$(sql "SELECT ha.cleanup_old_sync_states('1 day')")" = 2 ]
	fails 22023 "SELECT ha.cleanup_old_sync_states(NULL)"
}

@test "records that break the description are set aside, counted by reason; the rest is stored" {
	{ thread 1 1; thread 2 2 | sed 's/"id":"2"/"id":2/'; echo '{"id":"t_3"}'; echo '{"id":"t_4"}'; } | one conversations full >in
	{ message m_1 1 1; message m_2 1 1 | sed 's/"message":"[^"]*"/"message":7/'; echo '{"id":"m_3"}'; } | group 1 | one messages each >>in
	run -1 --separate-stderr ha-upsert -v -b 2 in
	[[ $stderr == *'conversations: 4 fetched = 1 inserted'*'3 rejected; 0 deleted; 1 participants.data[0].id: number, wanted string|absent; 2 updated_time: missing, wanted string'* ]]
	sql "SELECT resource, r.key, r.value FROM ha.sync_log, jsonb_each_text(reasons) r ORDER BY 1, 2" >reasons
	diff -u - reasons <<-'W'
	conversations|participants.data[0].id: number, wanted string|absent|1
	conversations|updated_time: missing, wanted string|2
	messages|created_time: missing, wanted string|1
	messages|message: number, wanted string|absent|1
	W
	[ "$(talks)" = 't_1|1|Person 1|open|1|1|1' ]
	# without bound: what is over thirty is counted as one
	sql "SELECT count(*), sum(v::bigint) FROM (SELECT ha.add_counts(ha.add_counts(NULL, (SELECT jsonb_object_agg('r' || i, 1)
		FROM generate_series(1, 30) i)), (SELECT jsonb_object_agg('s' || i, 1) FROM generate_series(1, 10) i))) x (j),
		jsonb_each_text(j) y (k, v)" | grep -qx '31|40'
}

@test "pages: the accounts, without secrets" {
	[ "$(sql "SELECT string_agg(account_id, ' ' ORDER BY 1) FROM messenger.pages")" = '100 200' ]
	[ "$(sql "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'messenger' AND table_name = 'pages'
		AND column_name IN ('secret', 'token')")" = 0 ]
}
