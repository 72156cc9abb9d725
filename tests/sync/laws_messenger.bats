#!/usr/bin/env bats
# rooms: -
# The laws of ha(7) on the conversations of a Page: however a run is
# disturbed, the tables end as those of one that was not, and as the mock's.

load ../helper
load ../laws

PAGE=100200300400500

setup_file() {
	law_source messenger '.waits.default = "20ms"
	    | .limits[0].requests = 1000 | .resources[].page.size? = 20'
	pg_up messenger
	law_account messenger "$PAGE" mock-page-1
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

small() { # option of ha-mock ...
	mock_up --limits none --switch conversations=70,odd=0,long=90 "$@" messenger
}

# Numbers of rows and times of writing are no two runs' the same, and URLs of
# pictures are others on each read.
law_tables() {
	psql -XAtq <<-'SQL'
	SELECT 'list', id, platform, updated_time, message_count, participants,
		deleted_at IS NOT NULL
	FROM messenger.conversation_rows ORDER BY id;
	SELECT 'thread', thread_id, psid, platform, customer_name, status,
		updated_time, last_message_at, message_count, inbound_count,
		outbound_count, event_count, deleted_at IS NOT NULL
	FROM messenger.messenger_conversations ORDER BY thread_id;
	SELECT 'message', id, conversation_id, created_time, from_id, body
	FROM messenger.messages ORDER BY id;
	SELECT 'event', c.thread_id, e.event_type, e.event_time, e.sender_id,
		e.message_id
	FROM messenger.contact_interaction_events e
	JOIN messenger.messenger_conversations c
		ON c.account_id = e.account_id AND c.id = e.conversation_id
	ORDER BY e.message_id;
	SELECT 'children', parent_key, change_key FROM ha.children ORDER BY 2;
	SELECT 'state', resource, cursor, complete FROM ha.sync_state
	ORDER BY 2;
	SELECT 'rejects', resource, raw FROM ha.rejects ORDER BY 2, 3;
	SQL
}

all_true() {
	mock_ask "/dump/messages?page=$PAGE" | jq -r .id | sort |
		diff - <(sql 'SELECT id FROM messenger.messages' | sort)
	mock_ask "/dump/conversations?page=$PAGE" | jq -r .id | sort |
		diff - <(sql 'SELECT thread_id FROM messenger.messenger_conversations' | sort)
	[ "$(sql 'SELECT count(*) FROM messenger.messages')" -eq \
	    "$(sql 'SELECT count(*) FROM messenger.contact_interaction_events WHERE message_id IS NOT NULL')" ]
	[ "$(sql 'SELECT count(*) FROM messenger.messenger_conversations c
	    WHERE event_count <> (SELECT count(*)
	    FROM messenger.contact_interaction_events e
	    WHERE (e.account_id, e.conversation_id) = (c.account_id, c.id))')" -eq 0 ]
}

faults() {
	local kind
	for kind in 500 html cut reset error:2@500 error:1@400 \
	    error:80006@400 gzip chunked; do
		mock_ask "/fault?to=$kind=0.01"
	done
} >/dev/null

@test "a second run writes no row and takes two calls" {
	small
	ha-sync -q messenger >out
	all_true
	law_versions messenger >before
	mock_ask /reset-stats
	ha-sync -q messenger >out
	[ "$(mock_ask /stats | jq .calls)" -eq 2 ]
	diff before <(law_versions messenger)
	law_conserved
}

@test "reading everything again writes no row either, though URLs differ" {
	small
	ha-sync -q messenger >out
	law_versions messenger >before
	ha-sync -q --full messenger >out
	diff before <(law_versions messenger)
	law_conserved
	all_true
}

@test "a first run killed at any moment, among faults, is finished by the next" {
	small
	law_first_run_killed messenger
	mock_ask /fault >/dev/null
	all_true
}

@test "later runs killed while threads move end as one that saw it all" {
	local kills took n
	small
	law_measure ha-sync -q messenger
	faults
	for ((n = 0; n < kills / 3; n++)); do
		mock_ask '/message?n=9&conversations=4'
		mock_ask '/conversation?n=1'
		law_kill_some $n $((n + 1)) $((took / 2)) ha-sync -q messenger
	done >out
	mock_ask /fault >/dev/null
	law_ends ha-sync -q messenger
	law_conserved
	all_true
}

@test "two syncs at once: one waits for nobody, and the tables are the same" {
	small
	law_two_at_once messenger "$PAGE"
	all_true
}

@test "four syncs at once: the tables are the same" {
	small
	law_four_at_once messenger
	all_true
}

# The messages of some threads as a stream.
some_threads() {
	small
	ha-page -a "$PAGE" messenger/conversations | ha-upsert
	ha-synclog pending -a "$PAGE" messenger/messages | head -n 12 >parents
	ha-page --each messenger/messages <parents >messages 2>/dev/null || true
	head -n "$(grep -n '^{"@ha":"close"' messages | tail -n 1 | cut -d : -f 1)" messages |
		head -n 90 >part
	n=$(grep -c '^{"@ha":"open"' part)
	sed -n "1,$(grep -n '^{"@ha":"close"' part | tail -n 1 | cut -d : -f 1)p" part >whole
	printf '{"@ha":"end","records":%d,"complete":true}\n' \
	    "$(grep -cv '^{"@ha"' whole)" >>whole
	[ "$n" -ge 2 ]
	pg_template
}

@test "killed after any line, and run again: the same tables" {
	local n lines
	some_threads
	pg_fresh
	ha-upsert <whole
	law_want messenger
	mkfifo pipe
	lines=$(wc -l <whole)
	for ((n = 1; n < lines; n += 6)); do
		pg_fresh
		law_killed_after "$n" whole ha-upsert
		# at no moment one without the other
		[ "$(sql 'SELECT count(*) FROM messenger.messenger_conversations c WHERE NOT EXISTS (SELECT FROM messenger.contact_interaction_events e WHERE e.conversation_id = c.id) AND message_count > 0')" -eq 0 ]
		ha-upsert <whole
		law_same messenger "line $n"
	done
}

@test "groups in another order give the same tables" {
	some_threads
	pg_fresh
	ha-upsert <whole
	law_want messenger
	law_turned whole >turned
	pg_fresh
	ha-upsert <turned
	law_same messenger 'other order'
}

@test "a stream that was cut ends nothing" {
	some_threads
	pg_fresh
	law_cut whole 997 ha-upsert
}
