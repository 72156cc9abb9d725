#!/usr/bin/env bats
# rooms: scripts state
# What ha-sync says is true: its status, its words, its counts; whatever dies.

load ../helper
load ../laws

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	mock_up --listings 2 --reservations 12 --messages 3 --photos 2 \
	    --settle 0 --limits none hostaway
	law_account hostaway 59808 2>/dev/null
}

teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

all_there() {
	law_truth hostaway reservations reservations
	law_truth hostaway conversations conversations
	law_truth hostaway messages message_rows
	[ "$(ha-synclog pending -a 59808 --count hostaway/messages)" -eq 0 ]
}

# A tool in front of PATH that does this at the nth call whose command line
# has the pattern, and at every other is the tool.
fake() { # tool, pattern, n, command
	mkdir -p fake
	cat >"fake/$1" <<-END
	#!/bin/bash
	if [[ " \$* " == *$2* ]]; then
		echo >>"$PWD/fake/$1.calls"
		[ "\$(wc -l <"$PWD/fake/$1.calls")" -ne $3 ] || $4
	fi
	exec "$(command -v "$1")" "\$@"
	END
	chmod +x "fake/$1"
	: >"fake/$1.calls"
}

@test "truth: whatever is asked of ha-synclog, one failure of it loses nothing" {
	local n got
	for n in 1 2 3; do
		pg_fresh hostaway
		law_account hostaway 59808 2>/dev/null
		fake ha-synclog hostaway/conversations "$n" 'exit 75'
		got=0
		PATH=$PWD/fake:$PATH ha-sync -q hostaway >out 2>err || got=$?
		# it was not called that often: nothing failed, nothing to see
		[ "$(wc -l <fake/ha-synclog.calls)" -ge "$n" ] || break
		[ "$got" -eq 75 ] || { echo "call $n: $got"; cat err; false; }
		ha-sync -q hostaway >out
		all_there
	done
	[ "$n" -gt 1 ]
}

@test "truth: a list that failed marks no parent; healed, everything comes" {
	mock_ask '/fault?to=404,path=/conversations'
	run -69 ha-sync -q hostaway
	[ "$(sql "SELECT count(*) FROM ha.children
	    WHERE resource = 'conversations'")" -eq 0 ]
	run -69 ha-sync -q hostaway
	mock_ask /fault
	ha-sync -q hostaway >out
	all_there
}

@test "truth: a list that is whole marks its parents, but not what came since" {
	ha-sync -q hostaway listings reservations >out
	ha-page -a 59808 hostaway/conversations >section
	head -n 1 section | grep -q '"begun":"2'
	# while it was read, one reservation changed
	sql "UPDATE hostaway.reservations SET updated_at = now() + interval
	    '1 min' WHERE id = (SELECT min(id) FROM hostaway.reservations)"
	ha-filter-parents <section | ha-upsert
	[ "$(ha-synclog pending -a 59808 --count hostaway/conversations)" -eq 1 ]
	# one that ends before its end marks nobody
	sql 'DELETE FROM ha.children'
	grep -v '"@ha":"end"' section | ha-filter-parents 2>err | ha-upsert 2>>err || true
	[ "$(sql 'SELECT count(*) FROM ha.children')" -eq 0 ]
}

@test "truth: a process that is killed is never status 0, and loses nothing" {
	local tool n got
	for tool in ha-page ha-filter-parents ha-upsert ha-unnest ha-synclog; do
		for n in 1 4; do
			pg_fresh hostaway
			law_account hostaway 59808 2>/dev/null
			fake "$tool" '' "$n" 'kill -9 $$'
			got=0
			PATH=$PWD/fake:$PATH ha-sync -q hostaway listings \
			    listing_photos reservations conversations messages \
			    >out 2>err || got=$?
			[ "$(wc -l <"fake/$tool.calls")" -ge "$n" ] || break
			[ "$got" -gt 1 ] || { echo "$tool $n: $got"; false; }
			[ -s err ]
			rm "fake/$tool"
			ha-sync -q hostaway >out
			all_there
		done
	done
}

@test "truth: durations are those of every tool; anything else is 64" {
	for bad in 1m30s 5d5 x -1s 1.5m ''; do
		run -64 --separate-stderr ha-sync --max-time "$bad" hostaway
		[[ $stderr == *max-time* ]]
		[ "$(sql 'SELECT count(*) FROM ha.sync_runs')" -eq 0 ]
	done
	ha-synclog parts --max-time 010m -a 59808 hostaway >out
	grep -qx 'seconds 600' out
	ha-synclog parts --max-time 08 -a 59808 hostaway | grep -qx 'seconds 8'
	ha-sync -q --max-time 010m hostaway >out
	all_there
}

@test "truth: an output that cannot be written is 74" {
	local got=0
	ha-sync -n hostaway >/dev/full 2>err || got=$?
	[ "$got" -eq 74 ]
	for option in -q -v --json; do
		got=0
		ha-sync $option hostaway >/dev/full 2>err || got=$?
		[ "$got" -eq 74 ]
		got=0
		ha-sync $option hostaway >&- 2>err || got=$?
		[ "$got" -eq 74 ]
	done
	all_there
}

@test "truth: success has a share only where all was done" {
	ha-sync hostaway listings >out 2>err
	grep -Eq '^hostaway: done in [0-9:]+, 100\.00 % success$' err
	mock_ask '/fault?to=404,path=/reviews'
	run -69 --separate-stderr ha-sync hostaway
	[[ $stderr == *'not all done (status 69)'* ]]
	[[ $stderr != *'% success'* ]]
	mock_ask '/fault?to=401'
	run ha-sync hostaway
	[ "$status" -gt 1 ]
	[[ $output != *'% success'* ]]
	# nothing was met: done, and no share of it
	mock_ask /fault
	ha-sync -q hostaway messages >out
	ha-sync hostaway messages >out 2>err
	grep -Eq '^hostaway: done in [0-9:]+$' err
}

@test "truth: under -q what a person must do is said, what mends itself is not" {
	ha-lock hostaway/59808 sleep 60 3>&- &
	local holder=$!
	until [ "$(sql 'SELECT count(*) FROM ha.sync_locks')" = 1 ]; do
		sleep 0.02
	done
	run -75 --separate-stderr ha-sync -q hostaway
	[ -z "$stderr" ]
	kill "$holder"
	wait "$holder" || true
	sql "ALTER TABLE hostaway.reviews ADD CHECK (id % 2 = 0)"
	run -1 --separate-stderr ha-sync -q hostaway
	[[ $stderr == *'ha-synclog rejects hostaway'* ]]
	run -0 --separate-stderr ha-sync -q hostaway listings
	[ -z "$stderr" ]
}

@test "truth: who draws may die; the run is done, and in time" {
	local drawer
	mock_ask '/fault?to=slow,path=/conversations/,ms=100'
	setsid ha-sync hostaway >out 2>err 3>&- &
	local sync=$!
	until drawer=$(pgrep -s "$sync" -f ha-sync-draw | head -n 1) &&
	    [ -n "$drawer" ]; do sleep 0.05; done
	kill -9 "$drawer"
	mock_ask /fault
	wait "$sync"
	all_there
	grep -q 'fetched = ' err
}

@test "truth: a signal to all of them ends in order, with the calls counted" {
	mock_ask '/fault?to=slow,path=/conversations/,ms=300'
	setsid ha-sync hostaway >out 2>err 3>&- &
	local sync=$! got=0
	until [ "$(sql 'SELECT count(*) FROM hostaway.message_rows')" -gt 3 ]; do
		sleep 0.05
	done
	pkill -TERM -s "$sync"
	wait "$sync" || got=$?
	[ "$got" -eq 143 ]
	awk '$1 == "messages" { exit !($2 > 0 && $(NF - 1) > 0) }' out
	[ "$(sql "SELECT calls FROM ha.sync_log
	    WHERE resource = 'messages'")" -gt 0 ]
	run ! grep -Eq 'line [0-9]+:|1143|Terminated' err
	[ "$(sql 'SELECT count(*) FROM ha.sync_locks')" -eq 0 ]
	mock_ask /fault
	ha-sync -q hostaway >out
	all_there
}

@test "truth: nothing of it lies on the disk, not even while it works" {
	mkdir tmp
	mock_ask '/fault?to=slow,path=/conversations/,ms=200'
	TMPDIR=$PWD/tmp setsid ha-sync hostaway >out 2>err 3>&- &
	local sync=$!
	until [ "$(sql 'SELECT count(*) FROM hostaway.message_rows')" -gt 3 ]; do
		sleep 0.05
	done
	[ -z "$(find tmp -mindepth 1)" ]
	pkill -KILL -s "$sync"
	wait "$sync" || true
	[ -z "$(find tmp -mindepth 1)" ]
	mock_ask /fault
	TMPDIR=$PWD/none run -74 --separate-stderr ha-sync hostaway
	[[ $stderr == *TMPDIR* ]]
	TMPDIR=$PWD/none run -0 ha-sync -q hostaway
	all_there
}

@test "truth: --full that was cut off goes on; once done it begins anew" {
	ha-sync -q hostaway >out
	sql 'UPDATE ha.children SET stored_at = now() - interval $$1 d$$'
	local last sync got=0
	last=$(sql 'SELECT max(id::bigint) FROM hostaway.conversations')
	mock_ask "/fault?to=slow,path=/conversations/$last,ms=100000"
	setsid ha-sync -q --full hostaway >out 2>err 3>&- &
	sync=$!
	until [ "$(sql 'SELECT count(*) FROM ha.children WHERE resource =
	    $$messages$$ AND stored_at > now() - interval $$1 h$$')" -gt 0 ]; do
		sleep 0.05
	done
	kill -TERM "$sync"
	wait "$sync" || got=$?
	[ "$got" -eq 143 ]
	sql 'SELECT count(*) FROM ha.children WHERE resource = $$messages$$
	    AND stored_at > (SELECT max(started_at) FROM ha.sync_runs)' >kept
	[ "$(<kept)" -gt 0 ]
	[ "$(<kept)" -lt 12 ]
	mock_ask /fault
	mock_ask /reset-stats
	run -0 --separate-stderr ha-sync --full hostaway
	[[ $stderr == *'--full goes on with what began at 2'* ]]
	# of the conversations those that it had not asked, of lists none
	mock_ask /stats | jq '.families' >families
	jq -e --argjson kept "$(<kept)" \
	    '."/conversations/{id}/messages" == 12 - $kept' families
	jq -e '."/reservations" == null' families
	mock_ask /reset-stats
	run -0 --separate-stderr ha-sync --full hostaway
	[[ $stderr != *'goes on'* ]]
	mock_ask /stats | jq -e '.families
	    | ."/conversations/{id}/messages" == 12 and ."/reservations" > 0'
	all_there
}

@test "truth: a parent that is gone is a fact: noted once, not asked again" {
	local gone
	ha-sync -q hostaway >out
	gone=$(sql 'SELECT min(id) FROM hostaway.conversations')
	mock_ask "/fault?to=404,path=/conversations/$gone/"
	# two are asked for, one of them is gone
	sql "DELETE FROM ha.children WHERE resource = 'messages' AND parent_key
	    IN (SELECT id::text FROM hostaway.conversations ORDER BY id LIMIT 2)"
	before=$(sql 'SELECT count(*) FROM hostaway.message_rows
	    WHERE deleted_at IS NULL')
	run -0 --separate-stderr ha-sync hostaway
	[[ $stderr == *"conversations $gone: is gone"* ]]
	[ "$(sql 'SELECT count(*) FROM ha.children WHERE gone')" -eq 1 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.message_rows
	    WHERE deleted_at IS NULL')" -eq "$before" ]
	mock_ask /reset-stats
	run -0 --separate-stderr ha-sync -q hostaway
	[ -z "$stderr" ]
	mock_ask /stats | jq -e '.families
	    | has("/conversations/{id}/messages") | not'
	# it is back: its row changes, and it is asked for
	mock_ask /fault
	mock_ask "/message?conversation=$gone"
	ha-sync -q hostaway >out
	all_there
	[ "$(sql 'SELECT count(*) FROM ha.children WHERE gone')" -eq 0 ]
}

@test "truth: --json tells two accounts, two runs apart" {
	echo mock-secret | ha-account add hostaway 60000
	ha-sync -q --all --json hostaway listings reviews >out
	jq -es 'map(select(.resource != "total")) | length == 4
	    and (map(.account) | unique) == ["59808", "60000"]
	    and (map(.run) | unique | length) == 2
	    and (map(.job) | unique | length) == 1
	    and all(.mode == "since" and .complete and (.finished_at != null)
	    and has("position") and has("reasons"))' out
	jq -es 'map(select(.resource == "hostaway/reviews"))
	    | all(.position.position != null)' out
}

@test "truth: -n says what it knows, and what it cannot" {
	ha-sync -n hostaway >out
	grep -Eq '^\(the API was asked how many: listings' out
	grep -Eq '^messages +12 calls$' out
	ha-sync -q hostaway >out
	ha-sync -n hostaway >out
	run ! grep -q 'was asked' out
	grep -Eq '^reservations +1 calls or more$' out
	run -0 ha-sync -n --full hostaway
	[[ $output =~ messages\ +12\ calls ]]
}

# What -n says, and what a run then takes; calls for tokens are not counted.
holds() { # source
	local said more took
	ha-sync -n --json "$1" >said
	said=$(tail -n 1 said | jq .calls) more=$(tail -n 1 said | jq .more)
	mock_ask /reset-stats
	ha-sync -q "$1" >/dev/null || [ $? -eq 1 ]
	took=$(mock_ask /stats | jq '.calls - (.families["/accessTokens"] // 0)')
	echo "$1: said $said, more: $more, took $took"
	[ "$took" -ge "$said" ]
	[ "$more" = true ] || [ "$took" -eq "$said" ]
	# and where it is more, it is not another number altogether
	[ "$took" -le $((said * 2 + ${2:-8})) ]
}

@test "truth: -n and the calls of a run are the same, or no fewer where it says so" {
	holds hostaway
	holds hostaway
	mock_ask '/message?n=4' POST >/dev/null
	for id in $(sql "SELECT id FROM hostaway.reservations LIMIT 3"); do
		mock_ask "/update?reservation=$id" POST >/dev/null
	done
	holds hostaway
	# parents that are asked for by key
	sql "DELETE FROM hostaway.message_rows; DELETE FROM hostaway.conversations;
	    DELETE FROM hostaway.reservations WHERE id IN
	    (SELECT id FROM hostaway.reservations ORDER BY id LIMIT 5)"
	ha-page -a 59808 hostaway/conversations | ha-filter-parents | ha-upsert
	ha-sync -n hostaway >out
	grep -Eq '^conversations +([6-9]|1[0-9]) calls or more$' out
	holds hostaway
}

@test "truth: -n holds for feeds and threads, too" {
	mock_down
	pg_fresh reso
	mock_up --limits none --switch properties=60,media=90,rooms=20 reso
	law_account reso vow 2>/dev/null
	export HA_TOKEN=mock-vow
	holds reso 12
	holds reso 12
	mock_ask '/update?resource=Property&n=5' POST >/dev/null
	holds reso 12
	mock_down
	unset HA_TOKEN
	pg_fresh messenger
	mock_up --limits none --switch conversations=30,odd=0 messenger
	law_account messenger 100200300400500 mock-page-1 2>/dev/null
	holds messenger 60
	holds messenger
}

@test "truth: what is mistyped is answered with what there is" {
	run -64 --separate-stderr ha-sync hostaway rservations
	[[ $stderr == *reservations*calendar_days* ]]
	run -64 --separate-stderr ha-sync --idx
	[[ $stderr == *'which source?'* ]]
	mkdir own
	cp "$HA_ROOT/tests/data/petshop.json" own/
	HA_SOURCES=own run -64 --separate-stderr ha-sync
	[[ $stderr == *'there are: petshop hostaway messenger reso'* ]]
	HA_SOURCES=own run -78 --separate-stderr ha-sync no_such
	[[ $stderr == *'there are: petshop hostaway messenger reso'* ]]
	run -64 --separate-stderr ha-sync hostaway --no-such=3
	[[ $stderr == *'unknown option --no-such; hostaway has no phases'* ]]
	run -64 --separate-stderr ha-sync reso --no-such --idx
	[[ $stderr == *'unknown option --no-such; phases of reso: --idx'* ]]
	run -64 --separate-stderr ha-sync reso --idx=3
	[[ $stderr == *'--idx takes no value'* ]]
	run -64 --separate-stderr ha-sync hostaway --full=3
	[[ $stderr == *'--full takes no value'* ]]
	run -0 ha-sync -q hostaway/listings
	[ "$(sql 'SELECT count(*) FROM hostaway.listings')" -eq 2 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.reservations')" -eq 0 ]
	run -78 --separate-stderr ha-sync -a 1 hostaway
	[[ $stderr == *'unknown account 1'* ]]
	run -64 --separate-stderr ha-mock nosuch
	[[ $stderr == *'there are: hostaway '* ]]
	for verb in last pending due forget plan; do
		name=hostaway/messages
		[ "$verb" != due ] || name=hostaway
		run -78 ha-synclog "$verb" -a 1 "$name"
	done
	run -64 ha-synclog report --run 99999999-2222-3333-4444-555555555555
}

@test "truth: a database that is not there is not one without tables" {
	PGDATABASE=none_such run --separate-stderr ha-sync hostaway
	[ "$status" -gt 1 ]
	[[ $stderr == *none_such*'does not exist'* && $stderr != *ha-schema* ]]
	PGUSER=nobody_such run --separate-stderr ha-sync hostaway
	[ "$status" -gt 1 ]
	[[ $stderr == *nobody_such* && $stderr != *ha-schema* ]]
	LC_ALL=xx_YY.UTF-8 run -0 ha-sync -q hostaway listings
}
