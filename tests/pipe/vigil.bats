#!/usr/bin/env bats
# rooms: lock
# A lease whose holder was killed on this machine is taken over at once.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh
	{ cat "$HA_ROOT/lib/sql/ha.sql" "$HA_ROOT/lib/sql/locks.sql"
	  echo "INSERT INTO ha.schemas VALUES ('test', 'x')"; } |
		PGOPTIONS='-c client_min_messages=warning' psql -Xq
	setsid ha-lock job sh -c 'echo held >held; exec sleep 60' \
		>/dev/null 2>&1 3>&- &
	holder=$!
	until [ -s held ]; do sleep 0.02; done
}

teardown() { kill -9 -- "-$holder" 2>/dev/null || true; }

@test "a holder that was killed is inherited without waiting for the lease" {
	run -75 ha-lock job true
	[[ $output == *"held by"*"since"* ]]
	kill -9 -- "-$holder"
	run -0 ha-lock --wait 5s job echo mine
	[ "$output" = mine ]
	[ "$(psql -XAtqc 'SELECT count(*) FROM ha.sync_locks')" -eq 0 ]
}

@test "a holder that is only frozen is not dead" {
	kill -STOP -- "-$holder"
	run -75 ha-lock job true
	kill -CONT -- "-$holder"
}

@test "a holder of another machine is not judged" {
	kill -9 -- "-$holder"
	HA_STATE_DIR=$BATS_TEST_TMPDIR/elsewhere run -75 ha-lock job true
}

@test "a holder killed before it knew that it is the holder is inherited" {
	kill -9 -- "-$holder"
	# the lease is committed while nobody is there to hear of it
	psql -Xq <<-'SQL'
	CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN PERFORM pg_sleep(3); RETURN NEW; END';
	CREATE TRIGGER slow BEFORE INSERT ON ha.sync_locks
	FOR EACH ROW WHEN (NEW.name = 'other') EXECUTE FUNCTION slow();
	SQL
	setsid ha-lock other sleep 60 >/dev/null 2>&1 3>&- &
	holder=$!
	until [ "$(psql -XAtqc "SELECT count(*) FROM pg_stat_activity
	    WHERE wait_event = 'PgSleep'
	    AND datname = current_database()")" -eq 1 ]; do sleep 0.02; done
	kill -9 -- "-$holder"
	until [ "$(psql -XAtqc "SELECT count(*) FROM ha.sync_locks
	    WHERE name = 'other'")" -eq 1 ]; do sleep 0.02; done
	run -0 ha-lock --wait 5s other echo mine
	[ "$output" = mine ]
}

@test "many that want a lease at once leave nothing to wait for" {
	local i
	kill -9 -- "-$holder"
	for i in 1 2 3 4 5 6; do
		ha-lock --wait 60s job sh -c "echo $i" >>turns 2>>errors 3>&- &
	done
	wait
	[ "$(wc -l <turns)" -eq 6 ]
	[ ! -s errors ]
	[ "$(psql -XAtqc "SELECT count(*) FROM ha.sync_locks")" -eq 0 ]
}
