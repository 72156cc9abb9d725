# measure.bash -- what the bench scripts share: a cluster of their own with
# default durability in $dir, times and WAL of commands. To be sourced.
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
[ -n "$(type -P ha-upsert)" ] || PATH=$here/../bin:$PATH
PATH=$here:$PATH
unset HA_DATABASE_URL HA_RUN HA_PROGRESS HA_LOCK HA_FENCE HA_PG_OPTIONS \
    PGHOSTADDR PGPASSWORD PGSERVICE PGOPTIONS
dir=$(mktemp -d "${TMPDIR:-/tmp}/ha-bench.XXXXXX") || exit 74
chmod 711 "$dir"
export HA_PG_DATA=$dir/pg
declare -A us wal memory

bench_begin() {
	ha-pg start && eval "$(ha-pg env)" || exit 69
}

bench_end() {
	ha-pg stop
	rm -rf "$dir"
}
trap bench_end EXIT
trap 'exit 130' INT TERM

sql() { PGOPTIONS="-c client_min_messages=warning" psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

# us[$1] and wal[$1] of a command: the best of the rounds, and the last.
measure() {
	local name=$1 begin lsn took
	shift
	sql -c CHECKPOINT
	lsn=$(sql -c 'SELECT pg_current_wal_insert_lsn()')
	begin=${EPOCHREALTIME/./}
	"$@" >"$dir/out" 2>&1
	# 1: some records were set aside
	[ $? -le 1 ] || {
		echo "bench: $name: $(tail -n 1 "$dir/out")" >&2
		exit 70
	}
	took=$((${EPOCHREALTIME/./} - begin))
	wal[$name]=$(sql -c "SELECT pg_current_wal_insert_lsn() - '$lsn'")
	if [ -z "${us[$name]:-}" ] || [ "$took" -lt "${us[$name]}" ]; then
		us[$name]=$took
	fi
}

# A line: how long it took, as a ratio of another, beside a goal, its WAL.
row() { # name, text, the other's name, goal
	awk -v us="${us[$1]}" -v one="${us[$3]}" -v wal="${wal[$1]}" \
	    -v text="$2" -v goal="${4:-0}" -v kb="${memory[$1]:-0}" '
	BEGIN {
		ratio = one / us
		printf "%-36s %7.2f s  %6.2f  %s  WAL %8.2f MB  %s\n", text,
		    us / 1e6, ratio, goal ? sprintf("(goal %5.2f%s)", goal,
		    ratio < goal ? ", MISSED" : "") : "            ",
		    wal / 1e6, kb ? sprintf("peak %5.1f MB", kb / 1024) : ""
		exit ratio < goal
	}'
}
