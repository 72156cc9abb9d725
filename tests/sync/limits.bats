#!/usr/bin/env bats
# rooms: api
# A first sync of a whole account stays within the limits of the API and uses
# all of them: never a 429, by one process or by many. The windows are those
# of Hostaway, ten times as short. The far side's are shorter still: on a busy
# machine a call may arrive much later than it left, and no test shall fail for
# that (HA_LAW_WINDOW=1s measures without this grace).

load ../helper
load ../laws

setup_file() {
	law_source hostaway '.auth.settle = "0s"
	    | .limits |= map(.window = "1s")
	    | .resources |= map(if .name == "calendar_days"
	        or .name == "reviews" then .default = false else . end)'
	pg_up hostaway
	law_account hostaway 59808
	pg_template
}
teardown_file() { pg_down; }

setup() {
	pg_fresh
	LIMITS=200/${HA_LAW_WINDOW:-600ms}
}
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }

# How much of the allowed rate was used tells a person something; a busy
# machine may make it small.
told() {
	mock_ask /stats >stats
	jq -r '"# \(.calls) calls in \(.took_ms) ms, \(.limited) refused, at"
	    + " most \(.busiest) in a window, \(.calls / .took_ms * 1000)"
	    + " a second of 200"' stats >&3
	[ "$(jq .limited stats)" -eq 0 ]
	[ "$(jq .busiest stats)" -le "$(jq .limit stats)" ]
}

@test "a first sync takes 805 calls at most, none of them refused" {
	mock_up --settle 0 --photos 2 --messages 2 --limits "$LIMITS" hostaway
	ha-sync -q hostaway listings reservations conversations messages >out
	told
	[ "$(jq .calls stats)" -le 805 ]
	[ "$(sql 'SELECT count(*) FROM hostaway.conversations')" -eq 787 ]
	law_truth hostaway messages message_rows
	law_conserved
}

@test "eight accounts at once share the limit of the address" {
	local id pids=()
	mock_up --settle 0 --listings 2 --reservations 90 --messages 2 \
	    --photos 2 --limits "$LIMITS" hostaway
	for id in 1 2 3 4 5 6 7 8; do
		echo mock-secret | ha-account add hostaway $id
	done
	for id in 1 2 3 4 5 6 7 8; do
		ha-sync -q -a $id hostaway >out.$id 3>&- &
		pids+=($!)
	done
	for id in "${pids[@]}"; do
		wait "$id"
	done
	told
	[ "$(sql 'SELECT count(*), count(DISTINCT account_id)
	    FROM hostaway.conversations')" = '720|8' ]
	law_conserved
}

@test "a rate that the user lowers is kept" {
	mock_up --settle 0 --listings 1 --reservations 20 --messages 2 \
	    --photos 2 --limits 20/600ms hostaway
	HA_LIMIT=20/1s ha-sync -q hostaway >out
	told
	law_truth hostaway messages message_rows
}
