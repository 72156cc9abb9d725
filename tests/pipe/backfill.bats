# The past of a feed, window by window.
load ../helper
load ../laws

setup_file() { pg_up; }
teardown_file() { pg_down; }

# The account vow of the mock; the clock of the backfill is behind its data.
feed() { # mock option ...
	mock_up "$@" reso
	pg_fresh
	law_account reso vow 2>/dev/null
	ha-account add reso idx >/dev/null <<<mock-idx
	export HA_TOKEN=mock-vow
}

teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
pipe() { # resource ha-page options
	ha-page -a vow "${@:2}" "reso/$1" | ha-filter-parents | ha-upsert
}

@test "window: a position stays as it was, and --prune removes nothing" {
	feed --limits none --switch properties=60,media=100
	# no position, and none after a window, complete or not
	pipe property -s 2026-05 --until 2026-06
	pipe property --nulls
	pipe property --page-size 2 -l 3 --until 2026-07
	[ "$(sql 'SELECT count(*) FROM reso.property')" -gt 3 ]
	[ -z "$(ha-synclog last -a vow reso/property)" ]
	pipe property --page-size 5 -l 11
	ha-synclog last -a vow reso/property >before
	[ "$(jq -r .time before)" != null ]
	# a newer window, an older one, and one whose records are lost on the way
	pipe property -s 2026-09
	pipe property --until 2026-05
	ha-page -a vow --page-size 5 reso/property -s 2026-05 |
	    sed 4d | ha-upsert || [ "${PIPESTATUS[2]}" -eq 65 ]
	diff before <(ha-synclog last -a vow reso/property)
	pipe property
	ha-synclog last -a vow reso/property >before
	n=$(sql 'SELECT count(*) FROM reso.property WHERE deleted_at IS NULL')
	run -1 bash -c 'ha-page -a vow -s 2026-09 reso/property |
	    ha-upsert --prune --force'
	[[ $output == *'nothing was pruned'* ]]
	diff before <(ha-synclog last -a vow reso/property)
	[ "$(sql 'SELECT count(*) FROM reso.property WHERE deleted_at IS NULL')" \
	    -eq "$n" ]
	[ "$(sql "SELECT count(*) FROM ha.sync_log WHERE mode = 'window'")" -eq 7 ]
	law_conserved
}
