#!/usr/bin/env bats
# rooms: - collect
# What arrives between two runs is stored by the second one, exactly, for a
# few calls: one for each list that is sorted, two for each reservation.

load ../helper
load ../laws

setup_file() {
	law_source hostaway '.auth.settle = "0s"'
	pg_up hostaway
	law_account hostaway 59808
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }
teardown() { mock_down; }

account() { # option of ha-mock ...
	mock_up --listings 3 --reservations 80 --messages 3 --photos 2 \
	    --settle 0 --limits none "$@" hostaway
	ha-sync -q hostaway >out
	rest
}

# A second passes in which nothing is said, so that the API's times, which
# have no parts of a second, tell before from after.
rest() {
	mock_ask "/update?listing=$(mock_ask /dump/listings |
	    jq -s '.[0].id')" >out
	mock_ask /reset-stats >out
}

sql() { psql -XAtqc "$1"; }

calls() { # but for what is re-read anyway
	mock_ask /stats | jq '[.families | to_entries[]
	    | select(.key | test("reviews|calendar") | not) | .value] | add'
}

# m messages in k conversations, then a run: these are stored, no others.
arrives() { # k, m
	local before after
	before=$(sql 'SELECT count(*) FROM hostaway.message_rows')
	mock_ask "/message?conversations=$1&n=$2" >out
	ha-sync -q hostaway >out
	after=$(sql 'SELECT count(*) FROM hostaway.message_rows')
	[ $((after - before)) -eq "$2" ]
	law_truth hostaway messages message_rows
	[ "$(sql "SELECT sum(inserted) FROM ha.sync_log
	    WHERE resource = 'messages' AND run = (SELECT run FROM ha.sync_log
	    ORDER BY id DESC LIMIT 1)")" -eq "$2" ]
	[ "$(calls)" -le $((4 + 2 * $1)) ] || {
		echo "$2 messages in $1 conversations took $(calls) calls"
		return 1
	}
	law_conserved
	rest
}

@test "messages that arrive are stored for 4 + 2k calls at most" {
	account
	arrives 1 1
	arrives 1 7
	arrives 3 10
	arrives 12 12
	arrives 80 90
}

@test "nothing arrived: nothing is asked of any conversation" {
	account
	ha-sync -q hostaway >out
	[ "$(calls)" -le 4 ]
	mock_ask /stats | jq -e '.families
	    | has("/conversations/{id}/messages") | not' >out
}

@test "messages that do not move the conversation's sent time are found" {
	account
	mock_ask '/knobs?unmoved=100' >out
	arrives 10 25
}

@test "messages that a channel delivers late are found" {
	account
	mock_ask '/knobs?late=100&automation=100' >out
	arrives 10 25
}

@test "a message in the second of the last one read comes with the next" {
	local thread same
	account
	# The clock stands still for some of them: nothing tells of those.
	thread=$(mock_ask /dump/conversations | jq -s '.[7].id')
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		mock_ask "/message?conversation=$thread" >out
		ha-sync -q hostaway >out
		same=$(mock_ask /dump/messages | jq -s "[.[]
		    | select(.conversationId == $thread) | .insertedOn]
		    | length - (unique | length)")
		[ "$same" -eq 0 ] || break
	done
	[ "$same" -gt 0 ]
	mock_ask "/update?reservation=$(mock_ask /dump/conversations |
	    jq "select(.id == $thread).reservationId")" >out
	ha-sync -q hostaway >out
	law_truth hostaway messages message_rows
}

@test "new reservations and changed ones cost no more than their share" {
	local id
	account
	mock_ask '/add?n=3' >out
	for id in $(mock_ask /dump/reservations | jq .id | sed -n '10,13p'); do
		mock_ask "/update?reservation=$id" >out
	done
	ha-sync -q hostaway >out
	[ "$(calls)" -le $((4 + 2 * 7)) ]
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	law_conserved
}

@test "a conversation that says the wrong times hides no message" {
	account
	# every conversation that comes is stored as it was before
	psql -Xq <<-'SQL'
	CREATE FUNCTION public.lie() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		NEW.raw_payload := OLD.raw_payload;
		RETURN NEW;
	END $$;
	CREATE TRIGGER lie BEFORE UPDATE ON hostaway.conversations
	FOR EACH ROW EXECUTE FUNCTION public.lie();
	SQL
	arrives 4 6
}

@test "what no signal told is found by reconcile, and said" {
	account
	# as if they had never come: without the triggers, for which it is a signal
	psql -Xqc "SET session_replication_role = replica;
	    DELETE FROM hostaway.message_rows WHERE id IN
	    (SELECT id FROM hostaway.message_rows ORDER BY id LIMIT 3)"
	ha-sync -q hostaway >out
	run ! law_truth hostaway messages message_rows
	ha-sync --reconcile hostaway >out 2>err
	grep -q ' 3 new and 0 changed that incremental runs had missed' err
	law_truth hostaway messages message_rows
}
