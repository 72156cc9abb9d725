# laws.bash -- the laws of ha(7) as checks that every source's tests share:
# `load ../laws` behind `load ../helper`.
#
#   law_account SOURCE ID      schema, key file and account in PGDATABASE
#   law_source SOURCE JQ       the description, changed by a jq program, for
#                              all that follows (HA_SOURCES)
#   law_template, law_fresh    PGDATABASE as it is now becomes what each
#                              law_fresh copies into a new PGDATABASE
#   law_tables SOURCE          all that must be equal after two ways to one
#                              state: rows, positions, children, parked
#   law_versions SOURCE        the row versions: equal if nothing was written
#   law_conserved              every section's fetched is the sum of its fates
#   law_truth SOURCE RES TABLE [SQL]  ids in the table equal the mock's
#   law_kill SECONDS CMD ...   runs it in a process group of its own and
#                              kills all of it (-9) after that time
#   law_kill_one SECONDS CMD ...  kills one of its processes, whichever, and
#                              waits for all others to end by themselves
#   law_ends CMD ...           again and again until its status is 0

law_account() {
	export HA_KEY_FILE=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/key
	[ -e "$HA_KEY_FILE" ] || ha-account keygen
	ha-schema "$1" | psql -Xq
	echo mock-secret | ha-account add "$1" "$2"
}

law_source() {
	local dir=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/sources
	mkdir -p "$dir"
	jq "$2" "$HA_ROOT/lib/sources/$1.json" >"$dir/$1.json"
	export HA_SOURCES=$dir
}

law_template() {
	export LAW_TEMPLATE=$PGDATABASE
}

law_fresh() {
	PGDATABASE=${HA_TEST_DB}_${BATS_TEST_NUMBER:-0}_$RANDOM$RANDOM
	psql -Xqd postgres \
	    -c "CREATE DATABASE $PGDATABASE TEMPLATE $LAW_TEMPLATE" 3>&-
	export PGDATABASE
}

# What no two runs have in common is left out: times of writing, the count of
# writes, and signed URLs, which differ at each read.
law_tables() {
	psql -XAtq -v source="$1" <<-'SQL'
	SELECT format('SELECT %L, to_jsonb(t)
		- ''{created_at,updated_at,version,fingerprint,deleted_at}''::text[]
		#- ''{raw_payload,attachments}''
		|| jsonb_build_object(''gone'', t.deleted_at IS NOT NULL)
		FROM %I.%I t ORDER BY 2', tablename, schemaname, tablename)
	FROM pg_tables WHERE schemaname = :'source' ORDER BY tablename
	\gexec
	SELECT 'children', resource, account_id, parent_key, change_key
	FROM ha.children WHERE source = :'source' ORDER BY 2, 3, 4, 5;
	SELECT 'state', resource, account_id, cursor, complete
	FROM ha.sync_state WHERE source = :'source' ORDER BY 2, 3;
	SELECT 'parked', resource, account_id, key, raw
	FROM ha.parked WHERE source = :'source' ORDER BY 2, 3, 4;
	SELECT 'rejects', resource, account_id, raw
	FROM ha.rejects WHERE source = :'source' ORDER BY 2, 3, 4;
	SQL
}

# Not of the state and of children: when they were last complete is written.
law_versions() {
	psql -XAtq -v source="$1" <<-'SQL'
	SELECT format('SELECT %L, count(*), md5(string_agg(
		xmin::text || ctid::text, '','' ORDER BY ctid)) FROM %1$s',
		format('%I.%I', schemaname, tablename))
	FROM pg_tables WHERE schemaname = :'source'
	OR schemaname = 'ha' AND tablename IN ('parked', 'rejects')
	ORDER BY schemaname, tablename
	\gexec
	SQL
}

law_conserved() {
	local broken
	broken=$(psql -XAtqc "SELECT run, resource, fetched, inserted, updated, unchanged, stale, parked, rejected
		FROM ha.sync_log WHERE complete AND fetched <>
		inserted + updated + unchanged + stale + parked + rejected")
	[ -z "$broken" ] || { echo "not conserved: $broken" >&2; return 1; }
}

law_truth() {
	diff <(curl -sf "${HA_BASE_URL%/v[0-9]*}/_mock/dump/$2" | jq -r .id | LC_ALL=C sort) \
		<(psql -XAtqc "SELECT ${4:-id} FROM $1.$3 WHERE deleted_at IS NULL" | LC_ALL=C sort)
}

# The group is named by its first process. Before that one made it, there is
# only the process.
law_kill() {
	local seconds=$1 pid
	shift
	setsid "$@" >/dev/null 2>&1 3>&- 4>&- &
	pid=$!
	sleep "$seconds"
	kill -9 -- "-$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null ||
	    true
	wait "$pid" 2>/dev/null || true
	return 0
}

law_kill_one() {
	local seconds=$1 pid all
	shift
	setsid "$@" >/dev/null 2>&1 3>&- 4>&- &
	pid=$!
	sleep "$seconds"
	mapfile -t all < <(pgrep -r R,S,D -g "$pid" || true)
	if [ ${#all[@]} -gt 0 ]; then
		kill -9 "${all[RANDOM % ${#all[@]}]}" 2>/dev/null || true
	fi
	wait "$pid" 2>/dev/null || true
	while pgrep -r R,S,D -g "$pid" >/dev/null; do
		sleep 0.02
	done
	return 0
}

# A holder that is killed between taking the lease and saying so beside the
# limiter's files (lib/vigil.h) leaves one that has to run out: no test waits
# five minutes for that.
law_lease_runs_out() {
	psql -XAtqc "UPDATE ha.sync_locks SET expires_at = clock_timestamp()"
}

# Statuses that no second try mends end it.
law_ends() {
	local tries got
	for ((tries = 0; tries < 40; tries++)); do
		got=0
		"$@" >law_ends.out 2>law_ends.err || got=$?
		case $got in
		0) return 0 ;;
		64 | 70 | 71 | 74 | 78) break ;;
		esac
		[ "$tries" -ne 10 ] || ! grep -q 'held by' law_ends.err ||
		    law_lease_runs_out
	done
	echo "$*: status $got: $(cat law_ends.err)" >&2
	return 1
}
