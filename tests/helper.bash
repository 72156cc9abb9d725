# helper.bash -- what the bats files share: `load ../helper`.
#
#   pg_up [own] [SOURCE]  a throw-away PostgreSQL for this file (setup_file):
#              exports PGHOST PGPORT PGUSER PGDATABASE, a database that has
#              the schema of SOURCE or nothing. `own`: a server of the file's
#              own, which it may kill; otherwise one that
#              scripts/dev/run-tests started is shared (HA_TEST_PGHOST)
#   pg_template   PGDATABASE as it is now is what pg_fresh copies from here on
#   pg_fresh [SOURCE]  a new database, for each test: sets PGDATABASE. It is a
#              copy of the template, or has the schema of SOURCE, or nothing
#   pg_down    ends what pg_up began (teardown_file)
#   mock_up    starts ha-mock with the given arguments; exports HA_BASE_URL
#              (what it says it serves) and MOCK_PID
#   mock_ask   one of its controls: mock_ask /stats; see ha-mock(1)
#   http_get URL [METHOD]   the body of an answer on the loopback
#   mock_down  ends it
#
# PATH has the checkout's tools (HA_BIN: another build's); state files are
# kept inside the test's directory; nothing of the user's setting gets in.

# Once for a file: each test comes by here, and every process costs.
if [ -z "${BATS_TEST_NUMBER:-}" ] || [ -z "${HA_ROOT:-}" ]; then
	HA_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
	# Debian's psql is a script in Perl that looks for a server's.
	psql=$(printf '%s\n' /usr/lib/postgresql/*/bin/psql | sort -V |
	    tail -n 1)
	export HA_ROOT
	export PATH=${HA_BIN:-$HA_ROOT/bin}:$HA_ROOT/scripts:${psql%/*}:$PATH
	bats_require_minimum_version 1.5.0
fi
export HA_SOURCES=${HA_SOURCES:-$HA_ROOT/lib/sources}
export LC_ALL=C.UTF-8 TZ=UTC HA_SYNC_CONFIG=/dev/null

# Where no server is: a test that forgot its own never meets a real API.
HA_NOWHERE=http://127.0.0.1:1

# A test works in its own directory, with its own limiter state; what
# setup_file exports reaches it, what the user's shell exports does not.
if [ -n "${BATS_TEST_TMPDIR:-}" ] && [ -d "$BATS_TEST_TMPDIR" ]; then
	cd "$BATS_TEST_TMPDIR" || exit 1
	export HA_STATE_DIR=$BATS_TEST_TMPDIR/state
elif [ -n "${BATS_FILE_TMPDIR:-}" ]; then
	export HA_STATE_DIR=$BATS_FILE_TMPDIR/state
	export HA_BASE_URL=$HA_NOWHERE
	unset HA_DATABASE_URL HA_TOKEN HA_KEY_FILE HA_RUN HA_JOB \
	    HA_PROGRESS HA_TAPE HA_REPLAY HA_LOCK HA_FENCE HA_LIMIT \
	    HA_JOB HA_PG_DATA HA_PG_OPTIONS PGHOST PGPORT PGUSER PGDATABASE \
	    PGSERVICE PGSERVICEFILE PGPASSWORD PGPASSFILE PGHOSTADDR \
	    PGOPTIONS PGSSLMODE PGAPPNAME http_proxy https_proxy \
	    HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
fi

# bats hands its descriptors on; a server that keeps them stops bats.
pg_up() {
	if [ "${1:-}" != own ] && [ -n "${HA_TEST_PGHOST:-}" ]; then
		export PGHOST=$HA_TEST_PGHOST PGPORT=5432 PGUSER=ha
	else
		# Not in bats' directory: only its owner reaches that.
		HA_TEST_PG=$(mktemp -d /tmp/ha-test-pg.XXXXXX)
		export HA_TEST_PG
		HA_PG_OPTIONS=${HA_PG_OPTIONS:-fsync=off} \
		    ha-pg --data "$HA_TEST_PG" start 3>&- 4>&-
		eval "$(ha-pg --data "$HA_TEST_PG" env)"
	fi
	[ "${1:-}" != own ] || shift
	# Since 15 there are two ways; that of old is the cheaper one here.
	PG_COPY=$(psql -XAtqd postgres -c "SELECT 'STRATEGY file_copy'
	    WHERE current_setting('server_version_num')::int >= 150000" 3>&-)
	export PG_COPY HA_TEST_DB=t$$_$RANDOM$RANDOM
	unset PG_TEMPLATE
	pg_fresh "$@"
}

pg_create() { # database, the one it is a copy of
	psql -Xqd postgres -c "CREATE DATABASE $1 TEMPLATE $2 $PG_COPY" 3>&-
}

# A schema takes ten times as long as a copy of it: who first needs that of a
# source, of all files that share the server, makes a database of it.
pg_schema() { # source: prints the database's name
	local file=$HA_SOURCES/$1.json name
	[ -e "$file" ] || file=$HA_ROOT/lib/sources/$1.json
	name=schema_${1}_$(cksum <"$file" | tr ' ' _)
	(
		flock 9
		if [ ! -e "$PGHOST/$name.made" ]; then
			pg_create "$name" template1
			ha-schema "$1" |
				PGOPTIONS='-c client_min_messages=warning' \
				psql -Xqd "$name" -v ON_ERROR_STOP=1 &&
				: >"$PGHOST/$name.made"
		fi
	) 9>>"$PGHOST/schemas.lock" >&2 3>&- && echo "$name"
}

pg_template() {
	export PG_TEMPLATE=$PGDATABASE
}

pg_fresh() {
	local from=${PG_TEMPLATE:-template1}
	[ $# -eq 0 ] || from=$(pg_schema "$1") || return
	PGDATABASE=${HA_TEST_DB}_${BATS_TEST_NUMBER#-}_$RANDOM$RANDOM
	pg_create "$PGDATABASE" "$from"
	export PGDATABASE
}

pg_down() {
	if [ -n "${HA_TEST_PG:-}" ]; then
		ha-pg --data "$HA_TEST_PG" stop 3>&-
		rm -rf "$HA_TEST_PG"
	elif [ -n "${HA_TEST_DB:-}" ]; then
		psql -XAtqd postgres -c "SELECT format('DROP DATABASE %I
			(FORCE);', datname) FROM pg_database
			WHERE datname LIKE '${HA_TEST_DB}%'" |
			psql -Xqd postgres
	fi
}

# The process id of the server of `pg_up own`.
pg_pid() {
	head -n 1 "$HA_TEST_PG/cluster/postmaster.pid"
}

mock_up() {
	local out=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/mock.$RANDOM tries url=
	: >"$out"
	ha-mock "$@" >>"$out" 2>"$out.err" 3>&- 4>&- &
	export MOCK_PID=$! MOCK_ERR=$out.err
	for ((tries = 0; tries < 500; tries++)); do
		if [[ $(<"$out") =~ http://[^[:space:]\"]+ ]]; then
			url=${BASH_REMATCH[0]}
			break
		fi
		kill -0 "$MOCK_PID" 2>/dev/null || break
		sleep 0.02
	done
	if [ -z "$url" ]; then
		echo "ha-mock $* does not start: $(cat "$out.err")" >&2
		return 1
	fi
	export HA_BASE_URL=$url
}

# What tests do with an account is their own: it is not tried first, but by
# `command ha-account`.
ha-account() {
	case ${1:-} in
	add | update) command ha-account "$1" --no-check "${@:2}" ;;
	*) command ha-account "$@" ;;
	esac
}

# By the shell itself: servers are asked hundreds of times, and starting curl
# costs more than the answer. No keep-alive, so that the answer just ends. 22,
# as curl -f has it, unless the answer is 2xx.
http_get() { # URL [method]
	local at=${1#http://} line fd status='' host
	host=${at%%/*}
	exec {fd}<>"/dev/tcp/${host%:*}/${host##*:}" || return
	printf '%s %s HTTP/1.0\r\nHost: %s\r\n\r\n' "${2:-GET}" \
	    "/${at#*/}" "$host" >&"$fd"
	while IFS= read -r line <&"$fd" && [ "$line" != $'\r' ]; do
		status=${status:-$line}
	done
	cat <&"$fd"
	exec {fd}>&-
	[[ $status == 'HTTP/1.'?' 2'* ]] || return 22
}

mock_ask() { # /path [method]
	http_get "${HA_BASE_URL%/v[0-9]*}/_mock$1" "${@:2}"
}

mock_down() {
	[ -n "${MOCK_PID:-}" ] || return 0
	kill "$MOCK_PID" 2>/dev/null
	wait "$MOCK_PID" 2>/dev/null
	unset MOCK_PID
	export HA_BASE_URL=$HA_NOWHERE
	return 0
}
