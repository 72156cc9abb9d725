# rooms: scripts
load ../helper

setup() {
	DIR=$(mktemp -d /tmp/ha-test-pg.XXXXXX)
	export HA_PG_DATA=$DIR HA_PG_OPTIONS=fsync=off
}

teardown() {
	ha-pg stop 3>&-
	rm -rf "$DIR"
}

@test "ha-pg: psql makes the cluster, starts it and talks to it" {
	run -0 --separate-stderr ha-pg psql -Atc 'SHOW server_encoding' 3>&-
	[ "$output" = UTF8 ]
	[ -z "$stderr" ]
	run -0 ha-pg psql -Atc 'SHOW listen_addresses'
	[ -z "$output" ]
	run -0 ha-pg psql -Atc 'SHOW fsync'
	[ "$output" = off ]
}

@test "ha-pg: env prints what libpq needs" {
	run -0 --separate-stderr ha-pg env 3>&-
	eval "$output"
	[ "$PGUSER/$PGDATABASE/$PGPORT" = ha/ha/5432 ]
	run -0 psql -XAtc 'SELECT current_user'
	[ "$output" = ha ]
}

@test "ha-pg: status says what is, and 69 when nothing runs" {
	run -69 ha-pg status
	[[ $output == "not created: "* ]]
	ha-pg start 3>&-
	run -0 ha-pg status
	[[ $output == "running: pid "* ]]
	ha-pg stop
	ha-pg stop
	run -69 ha-pg status
	[[ $output == "stopped: "* ]]
}

@test "ha-pg: four starts at once make one server" {
	local i pids=()
	for i in 1 2 3 4; do
		ha-pg start 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	run -0 ha-pg psql -Atc 'SELECT 1'
	[ "$output" = 1 ]
	[ ! -e "$DIR/cluster.part" ]
}

@test "ha-pg: killed while it makes the cluster, it begins again" {
	ha-pg start 3>&- &
	until [ -e "$DIR/cluster.part" ]; do :; done
	kill -9 $!
	run -0 ha-pg psql -Atc 'SELECT 1' 3>&-
	[ "$output" = 1 ]
}

@test "ha-pg: after a kill -9 of the server the data are there" {
	ha-pg psql -qc 'CREATE TABLE t AS SELECT 42 AS n' 3>&-
	kill -9 "$(head -n 1 "$DIR/cluster/postmaster.pid")"
	run -0 ha-pg psql -Atc 'SELECT n FROM t' 3>&-
	[ "$output" = 42 ]
}

@test "ha-pg: a directory too long for a socket still works" {
	local long
	chmod 711 "$DIR"
	printf -v long '%0100d' 0
	run -0 ha-pg --data "$DIR/$long" psql -Atc 'SELECT 1' 3>&-
	[ "$output" = 1 ]
	ha-pg --data "$DIR/$long" stop
}

@test "ha-pg: only a new or empty directory is taken, or one of its own" {
	local d=$DIR/other
	mkdir "$d"
	echo mine >"$d/file"
	run -77 --separate-stderr ha-pg --data "$d" start 3>&-
	[[ $stderr == *"is not empty and holds no cluster of ha-pg" ]]
	[ "$(ls -A "$d")" = file ]
	[ "$(stat -c '%U %a' "$d")" = "$(id -un) 755" ]
	ln -s "$d" "$DIR/link"
	run -77 --separate-stderr ha-pg --data "$DIR/link/" start 3>&-
	[[ $stderr == *"symbolic link"* ]]
	run -77 ha-pg --data "$d/file" start 3>&-
	if [ "$(id -u)" -eq 0 ]; then
		rm "$d/file"
		chown daemon "$d"
		run -77 --separate-stderr ha-pg --data "$d" start 3>&-
		[[ $stderr == *"belongs to daemon" ]]
	fi
}

@test "ha-pg: it is private, and nobody comes in by TCP" {
	ha-pg start 3>&-
	[ "$(stat -c %a "$DIR")" = 700 ]
	[ "$(stat -c %a "$DIR/cluster")" = 700 ]
	run -0 grep -E '^(local|host)' "$DIR/cluster/pg_hba.conf"
	[ "$(grep -c '^local.*trust' <<<"$output")" -gt 0 ]
	run ! grep -E '^host.*trust' "$DIR/cluster/pg_hba.conf"
}

@test "ha-pg: a pid file that was left behind is not believed" {
	ha-pg psql -qc 'CREATE TABLE t AS SELECT 42 AS n' 3>&-
	cp -p "$DIR/cluster/postmaster.pid" left
	ha-pg stop
	sed "1s/.*/$$/" left >"$DIR/cluster/postmaster.pid"
	chown --reference="$DIR" "$DIR/cluster/postmaster.pid"
	chmod 600 "$DIR/cluster/postmaster.pid"
	run -69 ha-pg status
	[[ $output == "stopped: "* ]]
	run -0 ha-pg psql -Atc 'SELECT n FROM t' 3>&-
	[ "$output" = 42 ]
	run -0 ha-pg status
}

@test "ha-pg: a wrong command line is 64 and shows the usage" {
	run -64 --separate-stderr ha-pg
	[[ $stderr == usage:* ]]
	run -64 ha-pg --frobnicate start
	run -64 ha-pg start now
	run -64 ha-pg dance
}

@test "ha-pg: root is told when the server's user cannot reach the place" {
	[ "$(id -u)" -eq 0 ] || skip "only root runs the server as another"
	mkdir -m 700 "$BATS_TEST_TMPDIR/closed"
	chmod 700 "$BATS_TEST_TMPDIR"
	run -78 --separate-stderr ha-pg \
	    --data "$BATS_TEST_TMPDIR/closed/pg" start
	[[ $stderr == *"cannot be reached"* ]]
}
