# laws.bash -- the laws of ha(7) as checks that every source's tests share:
# `load ../laws` behind `load ../helper`.
#
#   law_account SOURCE ID [SECRET]  key file and account in PGDATABASE
#   law_source SOURCE JQ       the description, changed by a jq program, for
#                              all that follows (HA_SOURCES)
#   law_tables SOURCE          all that must be equal after two ways to one
#                              state: rows, positions, children, parked
#   law_versions SOURCE        the row versions: equal if nothing was written
#   law_conserved              every section's fetched is the sum of its fates
#   law_truth SOURCE RES TABLE [SQL [JQ]]  ids in the table, or what SQL makes
#                              of its rows, equal the mock's, or what jq does
#   law_kill SECONDS CMD ...   runs it in a process group of its own and
#                              kills all of it (-9) after that time
#   law_kill_one SECONDS CMD ...  kills one of its processes, whichever, and
#                              waits for all others to end by themselves
#   law_ends CMD ...           again and again until its status is 0
#   law_measure CMD ...        runs it: took (ms), how many kills to try
#   law_kill_some FROM TO MS CMD ...  kills so many runs of it, each at a
#                              moment before MS, a third by one process only
#   law_killed_after N FILE SH feeds a pipeline N lines, then kills it; needs
#                              a FIFO named pipe
#   law_want SOURCE            these tables are what is wanted from now on
#   law_same SOURCE WHAT       they are: or the differences after WHAT
#   law_cut FILE STEP SH [N]   each STEP-th head of the file breaks SH: 65,
#                              and N lines (1) on stderr at most
#   law_turned FILE            its records, or groups, from last to first
#   law_first_run_killed SOURCE, law_two_at_once SOURCE LOCK,
#   law_four_at_once SOURCE    the laws themselves, of ha-sync -q SOURCE with
#                              a mock that is up; before: pg_template

law_account() {
	export HA_KEY_FILE=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/key
	[ -e "$HA_KEY_FILE" ] || ha-account keygen
	echo "${3:-mock-secret}" | ha-account add "$1" "$2"
}

law_source() {
	local dir=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/sources
	mkdir -p "$dir"
	jq "$2" "$HA_ROOT/lib/sources/$1.json" >"$dir/$1.json"
	export HA_SOURCES=$dir
}

# What no two runs have in common is left out: times of writing, the count of
# writes, how long a run took, and signed URLs, which differ at each read.
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
	SELECT 'state', resource, account_id,
		cursor - '{took,begun}'::text[], complete
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
	diff <(mock_ask "/dump/$2" | jq -r "${5:-.id}" | LC_ALL=C sort) \
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
	done
	echo "$*: status $got: $(cat law_ends.err)" >&2
	return 1
}

law_now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# A moment within a run of that many milliseconds, in seconds.
law_moment() {
	local ms=$(((RANDOM * 32768 + RANDOM) % $1))
	printf '%d.%03d\n' $((ms / 1000)) $((ms % 1000))
}

law_measure() {
	kills=${HA_LAW_KILLS:-12}
	RANDOM=${HA_LAW_SEED:-$$}
	took=$(law_now_ms)
	"$@" >out
	took=$(($(law_now_ms) - took))
}

law_kill_some() {
	local n=$1 to=$2 ms=$3
	shift 3
	for (( ; n < to; n++)); do
		if [ $((n % 3)) -eq 2 ]; then
			law_kill_one "$(law_moment "$ms")" "$@"
		else
			law_kill "$(law_moment "$ms")" "$@"
		fi
	done
}

law_killed_after() {
	local pid
	setsid bash -c "$3" <pipe >/dev/null 2>&1 3>&- 4>&- &
	pid=$!
	{
		head -n "$1" "$2"
		[ $(($1 % 3)) -ne 0 ] || sleep 0.1 # some of it is stored
		# before it is the leader of its group it is alone
		kill -9 -- "-$pid" 2>/dev/null || kill -9 "$pid"
	} >pipe
	wait "$pid" || true
}

law_want() {
	law_tables "$1" >want
}

law_same() {
	diff want <(law_tables "$1") >differ && return
	echo "$2:" && cut -c 1-300 differ | head -n 20
	return 1
}

law_cut() {
	local n got size
	size=$(stat -c %s "$1")
	for ((n = 0; n < size; n += $2)); do
		got=0
		head -c $n "$1" | bash -c "$3" 2>err || got=$?
		[ "$got" -eq 65 ] || { echo "byte $n: $got $(<err)"; return 1; }
		got=$(wc -l <err)
		[ "$got" -ge 1 ]
		[ "$got" -le "${4:-1}" ]
	done
}

law_turned() {
	head -n 1 "$1"
	if grep -q '^{"@ha":"open"' "$1"; then
		# a group becomes a line, and lines again
		sed '1d; /^{"@ha":"end"/d' "$1" |
			awk '{printf "%s%s", $0, /^{"@ha":"close"/ ? "\n" : "\x1e"}' |
			tac | tr '\036' '\n'
	else
		sed '1d' "$1" | grep -v '^{"@ha":' | tac
	fi
	grep '^{"@ha":"end"' "$1"
}

# The caller says which faults there are, in a function `faults`.
law_first_run_killed() {
	local kills took n
	pg_fresh
	law_measure ha-sync -q "$1"
	law_want "$1"
	faults
	for ((n = 0; n < kills; n += 4)); do
		pg_fresh
		law_kill_some $n $((n + 4)) "$took" ha-sync -q "$1"
		law_ends ha-sync -q "$1"
		law_same "$1" "after $n kills"
		law_conserved
	done
}

law_two_at_once() {
	local first got=0
	ha-sync -q "$1" >out
	law_want "$1"
	pg_fresh
	setsid ha-sync -q "$1" >out 2>err 3>&- &
	first=$!
	until [ -n "$(psql -XAtqc 'SELECT 1 FROM ha.sync_locks')" ]; do
		sleep 0.02
	done
	kill -STOP -- "-$first" # it cannot be done before the second asks
	ha-sync "$1" >out2 2>err2 || got=$?
	[ "$got" -eq 75 ]
	[ "$(grep -c "$2.*$(hostname)" err2)" -eq 1 ]
	# what mends itself is no mail of cron's
	got=0
	ha-sync -q "$1" >out3 2>err3 || got=$?
	kill -CONT -- "-$first"
	[ "$got" -eq 75 ]
	[ ! -s err3 ]
	wait "$first"
	law_same "$1" 'two at once'
	law_conserved
}

law_four_at_once() {
	local i pids=() got ended=0
	ha-sync -q "$1" >out
	law_want "$1"
	pg_fresh
	for i in 1 2 3 4; do
		ha-sync -q "$1" >out.$i 2>err.$i 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		got=0
		wait "$i" || got=$?
		[ "$got" -eq 75 ] || [ "$got" -eq 0 ]
		[ "$got" -ne 0 ] || ended=$((ended + 1))
	done
	[ "$ended" -ge 1 ]
	law_same "$1" 'four at once'
	law_conserved
}
