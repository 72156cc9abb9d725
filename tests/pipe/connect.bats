#!/usr/bin/env bats
# rooms: db
# A server that does not let us in: the status says whether it will later.

load ../helper

setup_file() {
	pg_up own hostaway
	psql -Xq <<-'END'
	CREATE ROLE crowd LOGIN CONNECTION LIMIT 0 PASSWORD 'right';
	CREATE ROLE guard LOGIN PASSWORD 'right';
	CREATE ROLE outcast LOGIN;
	END
	sed -i '1i local all crowd,guard scram-sha-256\nlocal all outcast reject' \
	    "$HA_TEST_PG/cluster/pg_hba.conf"
	psql -Xqc 'SELECT pg_reload_conf()' >/dev/null
}
teardown_file() { pg_down; }

list() { run --separate-stderr "-$1" ha-account list -q; }

@test "a wrong password, or none: 77" {
	PGUSER=guard PGPASSWORD=wrong list 77
	[ "$stderr" = "ha-account: database: connection to server on socket \"$PGHOST/.s.PGSQL.$PGPORT\" failed: FATAL:  password authentication failed for user \"guard\"" ]
	PGUSER=guard list 77
	[[ $stderr == *'no password supplied' ]]
	PGUSER=guard PGPASSWORD=right run -77 ha-account list
	[[ $output == *'permission denied'* ]]
}

@test "a password file that others can read: named where a password was wanted" {
	export HOME=$PWD
	echo '*:*:*:guard:right' >.pgpass
	chmod 644 .pgpass
	PGUSER=guard list 77
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == *"no password supplied; $PWD/.pgpass is passed over, for others can read it (\`chmod 600\` it)" ]]
	list 0
	[ -z "$stderr" ]
	chmod 600 .pgpass
	PGUSER=guard run -77 ha-account list
	[[ $output == *'permission denied'* ]]
}

@test "too many connections for a role that has a password: 75" {
	PGUSER=crowd PGPASSWORD=right list 75
	[[ $stderr == *'FATAL:  too many connections for role "crowd"' ]]
}

@test "a role that is unknown, or rejected: 77" {
	PGUSER=nobody_such list 77
	[[ $stderr == *'role "nobody_such" does not exist' ]]
	PGUSER=outcast list 77
	[[ $stderr == *'pg_hba.conf rejects connection'* ]]
}

@test "an unknown database: 78, and where its name is from" {
	PGDATABASE=nowhere_such list 78
	[[ $stderr == *'database "nowhere_such" does not exist; is it the one that'*HA_DATABASE_URL* ]]
	[[ $stderr != *ha-schema* ]]
}

@test "no server: 75, with libpq's own words" {
	PGHOST=$PWD list 75
	[[ $stderr == *'No such file or directory'* ]]
}

@test "a server that stops: 75" {
	coproc psql -XAtq
	echo 'SELECT 1;' >&"${COPROC[1]}"
	read -r -u "${COPROC[0]}"
	kill -TERM "$(pg_pid)" # smart: who is in may stay
	while ha-account list -q 2>/dev/null; do :; done
	list 75
	[[ $stderr == *'FATAL:  the database system is shutting down' ]]
}
