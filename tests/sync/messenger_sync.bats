#!/usr/bin/env bats
# rooms: - collect
# A Page's conversations and messages, from the mock's Graph API to the tables.

load ../helper

PAGE=100200300400500

setup_file() { pg_up; }
teardown_file() { pg_down; }

# The limit is raised on both sides: it is not what these are about.
setup() {
	jq '.limits[0].requests = 1000' "$HA_SOURCES/messenger.json" >messenger.json
	export HA_SOURCES=$PWD
	pg_fresh messenger
	ha-account add --no-secret messenger "$PAGE"
	export HA_TOKEN=mock-page-1
}
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
ask() { mock_ask "/$1" POST; }
calls() { ask stats | jq "[.families | to_entries[] | select(.key | startswith(\"/{\")) | .value] | add // 0"; }
up() { mock_up --limits none "$@" messenger; }

list() { # resource
	local from
	from=$(ha-synclog last -a "$PAGE" "messenger/$1")
	ha-page -a "$PAGE" ${from:+--from "$from"} "messenger/$1" | ha-upsert
}
threads() {
	ha-synclog pending -a "$PAGE" messenger/messages >parents
	ha-page --each messenger/messages <parents | ha-upsert
}
sync() {
	local rc=0
	list conversations || rc=$?
	list instagram || rc=$?
	threads || rc=$?
	return "$rc"
}

# Every conversation of the Page, and every message that PostgreSQL can hold.
complete() {
	ask "dump/conversations?page=$PAGE" | jq -r .id | sort >want
	sql "SELECT id FROM messenger.conversation_rows" | sort | diff want -
	ask "dump/messages?page=$PAGE" | jq -r .id | sort >want
	{
		sql 'SELECT id FROM messenger.messages'
		sql "SELECT coalesce(key, convert_from(raw, 'UTF8')::json->>'id') FROM ha.rejects"
	} | sort -u | diff want -
	# nothing stands alone
	[ "$(sql 'SELECT count(*) FROM messenger.messenger_conversations')" -eq "$(sql 'SELECT count(*) FROM messenger.conversation_rows')" ]
	[ "$(sql "SELECT count(*) FROM messenger.messages m WHERE NOT EXISTS (SELECT FROM messenger.contact_interaction_events e WHERE e.account_id = m.account_id AND e.message_id = m.id)")" -eq 0 ]
	[ "$(sql "SELECT count(*) FROM messenger.contact_interaction_events e WHERE e.message_id IS NOT NULL AND NOT EXISTS (SELECT FROM messenger.messages m WHERE m.account_id = e.account_id AND m.id = e.message_id)")" -eq 0 ]
	[ "$(sql 'SELECT bool_and(conserved) FROM ha.sync_statistics')" = t ]
}

@test "messenger: a first sync is complete, and its token is nowhere" {
	up --switch conversations=300
	sync || [ $? -eq 1 ] # texts that PostgreSQL refuses are set aside
	complete
	# lists, and the pages of those threads only that were not embedded
	lists=$(ask stats | jq '.families["/{page}/conversations"]')
	[ "$lists" -le 5 ]
	more=$(ask "dump/messages?page=$PAGE" | jq -r .conversation | sort | uniq -c |
		awk '$1 > 25 {n += int(($1 + 99) / 100)} END {print n + 0}')
	odd=$(sql 'SELECT (SELECT count(*) FROM ha.rejects) +
	    (SELECT count(*) FROM ha.repaired)')
	[ "$(calls)" -le $((lists + more + odd)) ]
	! pg_dump --data-only | grep -q 'mock-page-1\|access_token='
}

@test "messenger: without news two calls, with news one more page at most" {
	up --switch conversations=120,odd=0,long=60
	sync
	before=$(calls)
	sync
	[ $(($(calls) - before)) -eq 2 ]
	rows=$(sql 'SELECT count(*) FROM messenger.messages')
	before=$(calls)
	ask 'message?n=5&conversations=3' >/dev/null
	sync
	[ $(($(calls) - before)) -eq 2 ]
	[ "$(sql 'SELECT count(*) FROM messenger.messages')" -eq $((rows + 5)) ]
	# more news in a thread than came with the list
	before=$(calls)
	ask 'message?n=140&conversations=1' >/dev/null
	sync
	[ $(($(calls) - before)) -le 4 ]
	[ "$(sql 'SELECT count(*) FROM messenger.messages')" -eq $((rows + 145)) ]
	complete
}

@test "messenger: killed again and again, no finished thread is read twice" {
	up --switch conversations=200,odd=0,long=300 --fault 500=0.02 --move 0.05
	local kill
	for kill in 1 2 3 4 5; do
		echo "kill $kill"
		setsid bash -c "$(declare -f list threads sync); PAGE=$PAGE; sync" &
		sleep "0.$((RANDOM % 9 + 1))"
		kill -9 -- -$! 2>/dev/null || true
		wait $! 2>/dev/null || true
	done
	sync
	ask 'set?to=move=0' >/dev/null
	sync
	complete
	# what is stored complete is not asked for again
	sql "SELECT parent_key FROM ha.children" | sort >finished
	ha-synclog pending -a "$PAGE" messenger/messages | jq -r 'select(.id) | .id' | sort >due
	[ -z "$(comm -12 finished due)" ]
	before=$(calls)
	threads
	[ "$(calls)" -eq "$before" ]
}

# The first question is answered by this error, the others as ever.
once() { # code[:subcode][@status] [option of the fault]
	ask fault >/dev/null
	ask "fault?to=error:$1=%231${2:+,$2}" >/dev/null
	ask reset-stats >/dev/null
	run --separate-stderr ha-page -a "$PAGE" messenger/conversations
}

@test "messenger: a code in the body decides, whatever the status" {
	up --switch conversations=20,odd=0
	local code
	for code in 102 104 190 190:463@401 3 10 10:2534022@403 200 230 299; do
		once "$code"
		[ "$status" -eq "$([ "$code" = 230 ] && echo 69 || echo 77)" ]
		[[ $stderr == *"error ${code%%[:@]*}"* ]]
		[ "$(calls)" -eq 1 ]
	done
	for code in 100 100:33 2:2018344@500 506 551:2018109 1609005 2018218 \
	    2500 31415@500; do
		once "$code"
		[ "$status" -eq 69 ]
		[ "$(calls)" -eq 1 ]
	done
	for code in 1 1:99@500 2@500 1200 31415,transient=1; do
		[[ $code == *,* ]] || code+=,
		once "${code%,*}" "${code#*,}"
		[ "$status" -eq 0 ]
		[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .retries]')" = '[true,1]' ]
	done
	# over a limit: as long as the header says, a fifth of a second
	for code in 4 9:2018352 17 32 341 368 613:1996 80000 80001 80002 80003 \
	    80004 80005 80006 80008 80009 80014@403; do
		once "$code" minutes=0.0035
		[ "$status" -eq 0 ]
		[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .retries]')" = '[true,1]' ]
		[ "$(tail -n 1 <<<"$output" | jq .waited_ms)" -ge 190 ]
	done
	ask fault >/dev/null
	# a few more tries, then with half as many rows a page
	mock_down
	up --switch conversations=60,odd=0,heavy=1000
	run -0 --separate-stderr ha-page -a "$PAGE" messenger/conversations
	[ "$(tail -n 1 <<<"$output" | jq -c .complete)" = true ]
}

@test "messenger: a Page that is blocked waits as long as the header says" {
	mock_up --limits none --switch conversations=20,odd=0 messenger
	ask 'fault?to=error:80006=%231,minutes=0.02' >/dev/null
	run -0 --separate-stderr ha-page -a "$PAGE" messenger/conversations
	[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .retries]')" = '[true,1]' ]
	[ "$(tail -n 1 <<<"$output" | jq .waited_ms)" -ge 1000 ]
	[ "$(tail -n 1 <<<"$output" | jq .waited_ms)" -lt 20000 ]
}

@test "messenger: ha-sync does it all, and a second one at once is told who does" {
	up --switch conversations=80,odd=0
	run -0 ha-sync -q -a "$PAGE" messenger
	complete
	before=$(calls)
	run -0 ha-sync -q -a "$PAGE" messenger
	[ $(($(calls) - before)) -eq 2 ]
	ha-lock "messenger/$PAGE" sleep 30 &
	local holder=$!
	until [ -n "$(sql 'SELECT FROM ha.sync_locks')" ] || [ "$(sql 'SELECT count(*) FROM ha.sync_locks')" -gt 0 ]; do sleep 0.1; done
	run -75 ha-sync -a "$PAGE" messenger
	[[ $output == *since* ]]
	run -75 ha-sync -q -a "$PAGE" messenger
	[ -z "$output" ]
	kill "$holder"
	wait "$holder" || true
}

@test "messenger: every Page of a person becomes an account, its token sealed" {
	up --switch conversations=20,pages=3
	unset HA_TOKEN
	export HA_KEY_FILE=$PWD/key
	ha-account keygen
	run -0 "$HA_ROOT/examples/messenger-pages.sh" <<<mock-user
	[ "$(ha-account list -q messenger | wc -l)" -eq 3 ]
	run -0 "$HA_ROOT/examples/messenger-pages.sh" <<<mock-user
	[ "$(ha-account list -q messenger | wc -l)" -eq 3 ]
	other=$(ha-account list -q messenger | grep -vx "$PAGE" | head -n 1)
	ha-page -a "$other" messenger/conversations >out
	[ "$(tail -n 1 out | jq .complete)" = true ]
	! pg_dump --data-only | grep -q 'mock-page\|mock-user'
}
