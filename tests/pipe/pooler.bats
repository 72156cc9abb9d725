#!/usr/bin/env bats
# rooms: db upsert lock scripts
# A pooler between the tools and the server, as ha-admin(7) has it.

load ../helper
load ../records

setup_file() {
	pg_up own hostaway
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key HA_LIMIT=1000/1s
	ha-account keygen >/dev/null
	ha-account add hostaway 59808 <<<mock-secret
	pg_template
}
teardown_file() { pg_down; }
setup() { pg_fresh; }
teardown() {
	mock_down
	[ -z "${pooler:-}" ] || kill "$pooler"
}

# Whoever owns the server's files runs it: it refuses root.
pooler_up() { # pool_mode
	local owner at=$HA_TEST_PG/pool as=()
	owner=$(stat -c %U "$HA_TEST_PG")
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid="$owner"
	    --regid="$(stat -c %g "$HA_TEST_PG")" --clear-groups --)
	rm -rf "$at"
	mkdir -p "$at"
	echo "\"$PGUSER\" \"\"" >"$at/users"
	cat >"$at/ini" <<-E
	[databases]
	* = host=$PGHOST port=$PGPORT
	[pgbouncer]
	listen_addr =
	listen_port = 6543
	unix_socket_dir = $at
	auth_type = trust
	auth_file = $at/users
	pool_mode = $1
	server_round_robin = 1
	E
	chown -R "$owner" "$at"
	PATH=$PATH:/usr/sbin "${as[@]}" pgbouncer -q "$at/ini" 2>pooler.log 3>&- 4>&- &
	pooler=$!
	export HA_DATABASE_URL="host=$at port=6543 dbname=$PGDATABASE user=$PGUSER"
	until psql -Xqc 'SELECT 1' "$HA_DATABASE_URL" >/dev/null 2>&1; do
		kill -0 "$pooler"
		sleep 0.05
	done
}

@test "a pooler that lends sessions: a whole run, again, in full, reconciled" {
	pooler_up session
	mock_up --limits none --listings 2 --reservations 6 --orphans 1 hostaway
	for way in '' '' --full '--reconcile --force'; do
		# shellcheck disable=SC2086 # words
		ha-sync -q $way hostaway listings reservations conversations messages
	done
	[ "$(sql "SELECT count(*) FROM hostaway.reservations WHERE deleted_at IS NULL")" -eq 6 ]
	# nothing of one session stays in the next one's
	[ "$(psql -XAtc "SHOW search_path" "$HA_DATABASE_URL")" = '"$user", public' ]
}

@test "a pooler that lends transactions: ha-upsert is 78, says why, and stores nothing by halves" {
	listing 1 a | section listings | ha-upsert
	pooler_up transaction
	local all=()
	for _ in 1 2 3; do # so many servers in turn
		psql -Xqc 'SELECT pg_sleep(1)' "$HA_DATABASE_URL" >/dev/null 3>&- &
		all+=($!)
	done
	wait "${all[@]}"
	{ listing 1 b; listing 2 c; } | section listings >in
	run -78 --separate-stderr ha-upsert in
	[[ $stderr == *'the session is not ours alone (a pooler in transaction mode?): ha-admin(7)'* ]]
	unset HA_DATABASE_URL
	[ "$(sql "SELECT string_agg(name, ' ') FROM hostaway.listings")" = a ]
	[ "$(sql "SELECT count(*) FROM ha.sync_log WHERE complete")" -eq 1 ]
}
