#!/usr/bin/env bats
# rooms: sql
# messenger: many write at once, are killed, are frozen; what stands there is
# whole at any moment, and nothing is lost, doubled or older than it was.

load ../helper
load ../messenger

setup_file() { pg_up; }
teardown_file() { pg_down; }
setup() {
	pg_fresh messenger
	messenger_ready
	started=()
}
teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill -CONT "$pid" 2>/dev/null
		kill -KILL "$pid" 2>/dev/null
	done
	return 0
}

# What was written of each conversation; its version is that at the end of the
# transaction.
audit() {
	sql "CREATE TABLE public.seen (id bigint, version integer, xid xid8 DEFAULT pg_current_xact_id());
		CREATE FUNCTION public.seen() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		INSERT INTO public.seen (id, version) VALUES (NEW.id, NEW.version); RETURN NULL; END \$\$;
		CREATE TRIGGER seen AFTER INSERT OR UPDATE ON messenger.messenger_conversations
		FOR EACH ROW EXECUTE FUNCTION public.seen()"
}

# A sync that meets five people again and again, with news each time; what a
# webhook has told already is among it.
rounds() {
	local r t
	for ((r = 1; r <= 12; r++)); do
		for t in 1 2 3 4 5; do thread $t $r "Sync $r"; done | one conversations full
		for t in 1 2 3 4 5; do
			{ message "m_r$r-$t" $r $t; message "m_mid.\$w$r-$t" 0 $t; } | group $t
		done | one messages each
	done
}

# Writer w: alone and in bulk, in an order of its own, some of it twice.
writer() { # number: SQL
	local w=$1 t k list
	for k in 1 2 3; do
		t=$(((w + k) % 5 + 1))
		printf "SELECT conversation_id, version, changed FROM messenger.upsert_conversation_with_events('100',
			'{\"psid\":\"%s\",\"name\":\"Old %s\",\"updated_time\":\"2025-01-01T00:00:%02d+0000\"}', p_events => '[%s,%s]');\n" \
		    $t "$w" $((w % 40 + 1)) "$(hook "mid.\$w$((w % 12 + 1))-$t" $((w % 900)) $t 100)" "$(hook "m_w$w-$t-$k" 500 $t 100)"
	done
	list=$(for t in $(shuf -i 1-5); do
		printf '{"account_id":"100","psid":"%s","events":[%s,{"sender":{"id":"%s"},"timestamp":17356896%05d,"read":{}}]}\n' \
		    "$t" "$(hook "m_b$w-$t" 100 "$t" 100)" "$t" $((w * 100))
	done | paste -sd ,)
	printf "SELECT conversation_id, version, changed FROM messenger.bulk_upsert_conversations_with_events('[%s]');\n" "$list"
	printf "SELECT conversation_id, version, changed FROM messenger.bulk_upsert_conversations_with_events('[%s]');\n" "$list"
	[ "$w" -gt 5 ] || printf "SELECT conversation_id, version, changed FROM messenger.upsert_conversation_with_events('100',
		'{\"psid\":\"%s\",\"name\":\"Newest %s\",\"updated_time\":\"2025-01-01T00:00:55+0000\"}');\n" "$w" "$w"
}

@test "fifty writers and a running sync: nothing lost, doubled or older; versions without gaps" {
	audit
	for ((w = 1; w <= 50; w++)); do writer $w >w$w.sql; done
	rounds >stream
	# half of the sync before half of the writers are done, the rest behind
	mkfifo pipe
	ha-upsert -b 3 <pipe 3>&- &
	sync=$!
	started+=("$sync")
	exec 7>pipe
	split -n l/2 stream half.
	cat half.aa >&7
	for ((w = 1; w <= 50; w++)); do
		psql -XAtq -v ON_ERROR_STOP=1 -f w$w.sql >w$w.out 2>w$w.err 3>&- 7>&- &
		started+=("$!")
	done
	for pid in "${started[@]:1:25}"; do wait "$pid"; done
	cat half.ab >&7
	exec 7>&-
	for pid in "${started[@]:26}" "$sync"; do wait "$pid"; done
	cat w*.err
	[ -z "$(cat w*.err)" ]
	[ "$(sql "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")" = 0 ]
	whole
	# every message once: of the sync, of both, of the writers
	cat stream w*.sql | grep -Eo '"(id|mid)":"(m_|mid)[^"]*' | sed 's/.*:"//; s/^mid/m_mid/' | LC_ALL=C sort -u >want
	diff want <(sql "SELECT id FROM messenger.messages" | LC_ALL=C sort)
	diff want <(sql "SELECT message_id FROM messenger.contact_interaction_events WHERE message_id IS NOT NULL" | LC_ALL=C sort)
	[ "$(sql "SELECT count(*) FROM messenger.contact_interaction_events WHERE event_type = 'read'")" = 250 ]
	# the newest data won
	sql "SELECT thread_id, psid, customer_name FROM messenger.messenger_conversations ORDER BY 1" >names
	diff -u - names <<-'W'
	t_1|1|Newest 1
	t_2|2|Newest 2
	t_3|3|Newest 3
	t_4|4|Newest 4
	t_5|5|Newest 5
	W
	# versions: each once, from 1 to the last, which is the row's
	[ "$(sql "SELECT count(*) FROM (SELECT c.id FROM messenger.messenger_conversations c JOIN (SELECT id, xid, max(version) AS version
		FROM public.seen GROUP BY 1, 2) s USING (id) GROUP BY c.id, c.version HAVING count(DISTINCT s.version) = c.version AND min(s.version) = 1
		AND max(s.version) = c.version AND count(*) = c.version) x")" = 5 ]
	# two writers were never told the same version of a change
	grep -h '|t$' w*.out | LC_ALL=C sort | uniq -d >twice
	[ ! -s twice ]
	# the same again changes nothing
	before=$(sql "SELECT string_agg(xmin::text || version, ' ' ORDER BY id) FROM messenger.messenger_conversations")
	for ((w = 1; w <= 50; w += 7)); do psql -XAtq -f w$w.sql; done | grep -c '|f$' >same
	[ "$(<same)" -gt 80 ]
	[ "$before" = "$(sql "SELECT string_agg(xmin::text || version, ' ' ORDER BY id) FROM messenger.messenger_conversations")" ]
}

@test "killed at each line: no conversation without its events, no event without its message" {
	{ { thread 1 5; thread 2 6; } | one conversations full
	{ { message m_1 1 1; message m_2 5 100; } | group 1; { message m_3 2 2; message m_4 6 2; } | group 2; } | one messages each
	{ thread 1 9; thread 2 6; } | one conversations full
	{ message m_5 8 1; message m_6 9 100; message m_2 5 100; } | group 1 | one messages each; } >stream
	upsert '{"psid":"2"}' "[$(hook m_3 2000 2 100)]" >/dev/null
	mkfifo pipe
	for ((n = 1; n <= $(wc -l <stream); n++)); do
		for pause in 0 0.1; do
			ha-upsert -b 1 <pipe 3>&- 2>/dev/null &
			pid=$!
			started+=("$pid")
			exec 7>pipe
			head -n $n stream >&7
			sleep $pause
			kill -9 $pid
			exec 7>&-
			wait $pid || true
			whole
		done
	done
	ha-upsert stream
	whole
	[ "$(sql "SELECT thread_id, message_count, inbound_count FROM messenger.messenger_conversations ORDER BY 1")" = $'t_1|4|2\nt_2|2|2' ]
	before=$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM messenger.messenger_conversations")
	ha-upsert stream
	[ "$before" = "$(sql "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM messenger.messenger_conversations")" ]
}

stored() { [ "$(sql "SELECT count(*) FROM messenger.messenger_conversations WHERE thread_id = 't_$1'")" = 1 ]; }
until_true() {
	local n
	for ((n = 0; n < 1500; n++)); do
		"$@" && return
		sleep 0.02
	done
	return 1
}
taken() { fence=$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'the other')") && [ -n "$fence" ]; }

@test "frozen past its lease, which another takes: its next write is refused, 75" {
	{ thread 1 5; thread 2 6; } | one conversations full | ha-upsert
	{ message m_1 1 1 | group 1; message m_2 2 2 'of the frozen' | group 2; } | one messages each >stream
	mine=$(sql "SELECT ha.acquire_sync_lock('messenger/100', 'the frozen', 2)")
	mkfifo pipe
	HA_LOCK=messenger/100 HA_FENCE=$mine ha-upsert <pipe 2>frozen.err 3>&- &
	pid=$!
	started+=("$pid")
	exec 7>pipe
	head -n 4 stream >&7
	until_true stored 1
	kill -STOP $pid
	until_true taken
	message m_2 2 2 'of the other' | group 2 | one messages each | HA_LOCK=messenger/100 HA_FENCE=$fence ha-upsert
	stored 2
	tail -n +5 stream >&7
	kill -CONT $pid
	exec 7>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 75 ]
	[[ $(<frozen.err) == *'lease messenger/100: lost'* ]]
	[ "$(sql "SELECT body, version FROM messenger.messages WHERE id = 'm_2'")" = 'of the other|1' ]
	# the functions refuse its fence as well
	run -1 psql -Xqc "SELECT messenger.upsert_conversation_with_events('100', '{\"psid\":\"1\"}', p_lock_name => 'messenger/100', p_fence => $mine)"
	[[ $output == *'lease messenger/100: lost'* ]]
	whole
}
