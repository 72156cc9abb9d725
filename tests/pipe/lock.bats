#!/usr/bin/env bats
# rooms: lock
# ha-lock: one holder at a time, fences that grow, leases that end.
# shellcheck disable=SC2016 # it is the command that expands HA_FENCE

load ../helper

setup_file() { pg_up own; }
teardown_file() { pg_down; }

setup() {
	pg_fresh
	cat "$HA_ROOT/lib/sql/ha.sql" "$HA_ROOT/lib/sql/locks.sql" |
	    PGOPTIONS='-c client_min_messages=warning' psql -Xq
	started=()
}

# Only what this test started, by group or process id.
teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill -CONT -- "$pid" 2>/dev/null
		kill -KILL -- "$pid" 2>/dev/null
	done
	return 0
}

sql() { psql -XAtqc "$1"; }

wait_for() { # command: until it succeeds
	local n
	for ((n = 0; n < 300; n++)); do
		"$@" && return
		sleep 0.02
	done
	return 1
}

# Runs ha-lock in a session of its own; sets pid, which is also its group.
hold() {
	setsid ha-lock "$@" >held.out 2>held.err 3>&- 4>&- &
	pid=$!
	started+=("-$pid")
}

# The status that the holder ends with.
ends_with() {
	local status=0
	wait "$pid" || status=$?
	[ "$status" -eq "$1" ]
}

held() { [ "$(sql 'SELECT count(*) FROM ha.active_syncs')" = 1 ]; }
ended() { ! kill -0 "$1" 2>/dev/null; }

@test "the command runs with HA_LOCK and HA_FENCE, its status is ours" {
	run -3 ha-lock job sh -c 'echo "$HA_LOCK $HA_FENCE"; exit 3'
	[ "$output" = 'job 1' ]
	[ "$(sql 'SELECT count(*) FROM ha.sync_locks')" = 0 ]
	run -0 ha-lock job sh -c 'echo in; cat' <<<out
	[ "$output" = $'in\nout' ]
	run -143 ha-lock job sh -c 'kill $$'
}

@test "a command that is not there is 127, one that cannot run 126" {
	run -127 ha-lock job no-such-command
	[[ $output == 'ha-lock: no-such-command: '* ]]
	run -126 ha-lock job /etc/passwd
	[ "$(sql 'SELECT count(*) FROM ha.sync_locks')" = 0 ]
}

@test "another holder: 75 at once, with who and since when" {
	hold job sleep 60
	wait_for held
	run -75 ha-lock job echo never
	[[ $output =~ ^ha-lock:\ lease\ job:\ held\ by\ [^\ ]+\ pid\ $pid\ since\ 20[0-9T:-]+Z$ ]]
	run -0 ha-lock other echo mine
	[ "$output" = mine ]
}

@test "two lockers at once: one runs, the other gets 75" {
	local n=0 s
	mkfifo go
	for _ in 1 2 3 4; do
		ha-lock job sh -c 'echo ran >>ran; cat go' 2>/dev/null 3>&- &
		started+=("$!")
	done
	for ((s = 0; s < 3; s++)); do
		wait -n && false || [ $? -eq 75 ] && n=$((n + 1))
	done
	echo >go
	wait -n
	[ "$n" -eq 3 ]
	[ "$(wc -l <ran)" -eq 1 ]
}

@test "--wait: runs when the other is done, 75 when it is not in time" {
	hold job sleep 1
	wait_for held
	run -75 ha-lock --wait 100ms job echo never
	run -0 ha-lock --wait 20s job echo mine
	[ "$output" = mine ]
}

@test "fences grow from holder to holder, also after cleaning up" {
	local a b c
	a=$(ha-lock x sh -c 'echo $HA_FENCE')
	sql 'SELECT ha.cleanup_expired_locks()' >/dev/null
	b=$(ha-lock y sh -c 'echo $HA_FENCE')
	c=$(ha-lock x sh -c 'echo $HA_FENCE')
	[ "$a" -lt "$b" ]
	[ "$b" -lt "$c" ]
}

@test "the heartbeat keeps a lease longer than it is" {
	hold --lease 1s job sleep 60
	wait_for held
	local until
	until=$(sql 'SELECT max(expires_at) FROM ha.sync_locks')
	wait_for later "$until"
	held
	[ "$(sql 'SELECT count(DISTINCT fence) FROM ha.sync_locks')" = 1 ]
}

later() { [ "$(sql "SELECT clock_timestamp() > '$1'")" = t ]; }

@test "signals go to the command, and its status comes back" {
	hold job sh -c 'trap "echo got >got; exit 5" TERM; echo up >up
	    while :; do sleep 0.05; done'
	wait_for test -s up
	kill -TERM "$pid"
	ends_with 5
	[ -s got ]
	[ "$(sql 'SELECT count(*) FROM ha.sync_locks')" = 0 ]
}

@test "killed -9: the command ends too, and the lease runs out by itself" {
	hold --lease 2s job sh -c 'echo $$ >child; exec sleep 60'
	wait_for test -s child
	# as another machine sees it
	export HA_STATE_DIR=$BATS_TEST_TMPDIR/elsewhere
	kill -KILL "$pid"
	run -75 ha-lock job true
	wait_for ended "$(<child)"
	run -0 ha-lock --wait 20s job echo mine
	[ "$output" = mine ]
}

@test "frozen past its lease: the next one runs, the first gives way with 75" {
	hold --lease 1s job sh -c 'trap "echo told >told; exit 0" TERM
	    echo up >up; while :; do sleep 0.05; done'
	wait_for test -s up
	kill -STOP -- "-$pid"
	run -0 ha-lock --wait 20s job sh -c 'echo $HA_FENCE'
	[ "$output" -gt 1 ]
	kill -CONT -- "-$pid"
	ends_with 75
	[ -s told ]
	[[ $(<held.err) == *'lease job: lost'* ]]
}

@test "a lease that was taken away: the command is told, 75" {
	hold --lease 1s job sleep 60
	wait_for held
	sql "UPDATE ha.sync_locks SET fence = nextval('ha.fences')"
	ends_with 75
	[[ $(<held.err) == *'lost, another has taken it'* ]]
}

@test "the database goes away for longer than the lease: 75, and why" {
	hold --lease 1s job sleep 60
	wait_for held
	psql -Xqd postgres -c "ALTER DATABASE $PGDATABASE ALLOW_CONNECTIONS false" \
	    -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	        WHERE datname = '$PGDATABASE'" >/dev/null
	ends_with 75
	psql -Xqd postgres -c "ALTER DATABASE $PGDATABASE ALLOW_CONNECTIONS true"
	[[ $(<held.err) == *'could not be extended: database: '* ]]
}

@test "a lost connection is mended by the heartbeat" {
	hold --lease 2s job sh -c 'until [ -e stop ]; do sleep 0.05; done; exit 4'
	wait_for held
	local beat
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND application_name = 'ha-lock'" >/dev/null
	beat=$(sql 'SELECT clock_timestamp()')
	wait_for beaten "$beat"
	touch stop
	ends_with 4
}

beaten() {
	[ "$(sql "SELECT heartbeat_at > '$1' FROM ha.sync_locks")" = t ]
}

@test "no database is 75, no schema 78; the command does not run" {
	PGHOST=$BATS_TEST_TMPDIR run -75 ha-lock job touch ran
	sql 'DROP SCHEMA ha CASCADE' 2>/dev/null
	run -78 ha-lock job touch ran
	[[ $output == *'ha-schema'* ]]
	[ ! -e ran ]
}

@test "wrong command lines are 64" {
	run -64 ha-lock
	run -64 ha-lock job
	run -64 ha-lock '' true
	run -64 ha-lock --lease 10ms job true
	run -64 ha-lock --lease 2d job true
	run -64 ha-lock --wait soon job true
}

# The functions, as other programs call them.

@test "check: true for the present fence only, and for a lease that lasts" {
	[ "$(sql "SELECT ha.acquire_sync_lock('a', 'me')")" = 1 ]
	[ "$(sql "SELECT ha.check_sync_lock('a', 1), ha.check_sync_lock('a', 2),
	    ha.check_sync_lock('b', 1)")" = 't|f|f' ]
	sql "UPDATE ha.sync_locks SET expires_at = now() - interval '1s'"
	[ "$(sql "SELECT ha.check_sync_lock('a', 1)")" = f ]
	[ "$(sql "SELECT ha.acquire_sync_lock('a', 'you') > 1")" = t ]
	[ "$(sql "SELECT ha.extend_sync_lock('a', 1),
	    ha.release_sync_lock('a', 1)")" = 'f|f' ]
}

@test "a lease never changes hands inside a writer's transaction" {
	sql "SELECT ha.acquire_sync_lock('a', 'me')" >/dev/null
	coproc W { psql -XAtq; }
	started+=("$W_PID")
	echo "BEGIN; SELECT ha.check_sync_lock('a', 1);" >&"${W[1]}"
	read -r answer <&"${W[0]}"
	[ "$answer" = t ]
	sql "UPDATE ha.sync_locks SET expires_at = now() - interval '1s'"
	[ -z "$(sql "SELECT ha.acquire_sync_lock('a', 'you')")" ]
	[ "$(sql 'SELECT ha.cleanup_expired_locks()')" = 0 ]
	echo "COMMIT; SELECT 'done';" >&"${W[1]}"
	read -r answer <&"${W[0]}"
	[ "$(sql "SELECT ha.acquire_sync_lock('a', 'you')")" -gt 1 ]
}

@test "a writer frozen in its transaction does not block for ever" {
	sql "SELECT ha.acquire_sync_lock('a', 'me', 1)" >/dev/null
	coproc W { psql -XAtq 2>/dev/null; }
	started+=("$W_PID")
	echo "BEGIN; SELECT ha.check_sync_lock('a', 1);" >&"${W[1]}"
	read -r answer <&"${W[0]}"
	[ "$answer" = t ]
	# the server ends an idle transaction when its lease ends
	wait_for taken
}

taken() { [ -n "$(sql "SELECT ha.acquire_sync_lock('a', 'you', 1)")" ]; }

@test "a writer that hangs in a statement is ended a lease later" {
	sql "SELECT ha.acquire_sync_lock('a', 'me', 1)" >/dev/null
	psql -XAtq -c "BEGIN; SELECT ha.check_sync_lock('a', 1);
	    SELECT pg_sleep(60)" >/dev/null 2>&1 3>&- &
	started+=("$!")
	wait_for busy
	wait_for taken
}

busy() {
	[ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" = 1 ]
}

@test "eight takers at once, many times: never two holders" {
	local pids=()
	for _ in 1 2 3 4 5 6 7 8; do
		ha-lock --wait 30s job sh -c 'echo "+ $HA_FENCE" >>seq
		    echo "- $HA_FENCE" >>seq' 3>&- &
		pids+=("$!")
	done
	wait "${pids[@]}"
	awk '$1 == "+" { if (open || $2 <= last) exit 1; open = 1; last = $2 }
	    $1 == "-" { if (!open || $2 != last) exit 1; open = 0; n++ }
	    END { if (n != 8) exit 1 }' seq
}

@test "names, holders and leases that make no sense are refused" {
	run ! sql "SELECT ha.acquire_sync_lock('', 'me')"
	run ! sql "SELECT ha.acquire_sync_lock('a', 'me', 0)"
	run ! sql "SELECT ha.acquire_sync_lock('a', NULL)"
	run ! sql "SELECT ha.acquire_sync_lock('a', 'me', NULL)"
}

@test "active_syncs shows what is held, not what ran out" {
	sql "SELECT ha.acquire_sync_lock('a', 'me'),
	    ha.acquire_sync_lock('b', 'me')" >/dev/null
	sql "UPDATE ha.sync_locks SET expires_at = now() WHERE name = 'b'"
	[ "$(sql 'SELECT name, holder FROM ha.active_syncs')" = 'a|me' ]
	[ "$(sql 'SELECT ha.cleanup_expired_locks()')" = 1 ]
}

@test "stopped alone: the lease runs out, though its command goes on" {
	hold --lease 1s job sleep 60
	wait_for held
	kill -STOP "$pid"
	run -0 ha-lock --wait 20s job echo mine
	[ "$output" = mine ]
	kill -CONT "$pid"
	ends_with 75
	[[ $(<held.err) == "ha-lock: lease job: lost, "* ]]
}

@test "a command that ignores TERM is killed ten seconds after the lease" {
	hold --lease 1s job bash -c 'trap "" TERM; while :; do sleep 0.1; done'
	wait_for held
	sql "UPDATE ha.sync_locks SET fence = nextval('ha.fences')"
	local before=$SECONDS
	ends_with 75
	[ $((SECONDS - before)) -ge 9 ]
	[[ $(<held.err) == "ha-lock: lease job: lost, another has taken it" ]]
}
