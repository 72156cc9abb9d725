#!/usr/bin/env bats
# rooms: upsert
# What left a feed is found by comparing keys, and nothing else is deleted.

load ../helper
load ../laws

setup_file() {
	pg_up reso
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
	ha-account keygen
	for feed in idx vow; do
		echo "mock-$feed" | ha-account add reso "$feed"
	done
	pg_template
}
teardown_file() { pg_down; }

setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
records() { grep -hv '^{"@ha":' "$@" || true; }

mock() { # option ...
	mock_up --limits none "$@" reso
	export HA_TOKEN=mock-vow
}

# A stream of listings, or with "keys" of their keys alone: one for each key.
begin() { # mode begun
	printf '{"@ha":"begin","v":1,"source":"reso","resource":"property","account":"vow","mode":"%s"%s}\n' \
	    "$1" "${2:+,\"begun\":\"$2\"}"
}
finish() { printf '{"@ha":"end","records":%d,"complete":true}\n' "$1"; }
keys() { # key ...
	begin keys "$(date -u +%FT%T.%NZ)"
	[ $# -eq 0 ] || printf '{"ListingKey":"%s"}\n' "$@"
	finish $#
}
listings() { # key ...
	begin since
	printf '{"ListingKey":"%s","ModificationTimestamp":"2026-01-01T00:00:00Z"}\n' "$@"
	finish $#
}
store() { listings "$@" | ha-upsert; }
live() { sql 'SELECT listing_key FROM reso.property WHERE deleted_at IS NULL ORDER BY listing_key COLLATE "C"' | tr '\n' ' '; }
prune() { ha-upsert --prune --max-delete 100 --emit missing "$@"; }

# The whole job, as ha-sync does it.
job() { # resource option ...
	local resource=$1
	shift
	ha-page --keys -a vow "reso/$resource" |
		prune "$@" >missing
	[ "${PIPESTATUS[*]}" = '0 0' ] || return 1
	ha-page --lookup -a vow "reso/$resource" <missing |
		ha-filter-parents | ha-upsert
	[ "${PIPESTATUS[*]}" = '0 0 0' ]
}
# Nothing of the feed is unknown here: rows that say that they are deleted are
# there, too, and some wait for a parent.
none_lacks() { # Property property listing_key
	diff /dev/null <(comm -23 <(mock_ask "/dump/$1" | jq -r .key |
	    LC_ALL=C sort) <(sql "SELECT $3 FROM reso.$2 WHERE account_id = 'vow'
	        AND (deleted_at IS NULL OR fingerprint IS NOT NULL) UNION
	        SELECT key FROM ha.parked WHERE resource = '$2'" | LC_ALL=C sort))
}
# And nothing else lives.
in_step() { # Property property listing_key
	none_lacks "$@" &&
		diff /dev/null <(comm -13 <(mock_ask "/dump/$1" | jq -r .key |
		    LC_ALL=C sort) <(sql "SELECT $3 FROM reso.$2 WHERE account_id =
		        'vow' AND deleted_at IS NULL" | LC_ALL=C sort))
}

@test "keys: what did not come is deleted, the rest is not touched" {
	store A B C D
	before=$(sql "SELECT xmin, * FROM reso.property WHERE listing_key IN ('A', 'C')")
	keys A C >in
	run -0 --separate-stderr ha-upsert -v --prune --max-delete 50 in
	[ "$stderr" = 'ha-upsert: reso/property: 2 fetched = 0 inserted + 0 updated + 2 unchanged + 0 stale + 0 parked + 0 rejected; 2 deleted' ]
	[ "$(live)" = 'A C ' ]
	[ "$(sql "SELECT count(*) FROM reso.property WHERE version = 2 AND
	    updated_at = deleted_at")" -eq 2 ]
	[ "$before" = "$(sql "SELECT xmin, * FROM reso.property WHERE listing_key IN ('A', 'C')")" ]
	law_conserved
	[ "$(sql 'SELECT count(*) FROM ha.sync_state')" -eq 0 ]
	# without --prune nothing is deleted
	keys A | ha-upsert
	[ "$(live)" = 'A C ' ]
}

@test "keys: one that is not stored, or was deleted for its absence, is passed on" {
	store A B
	keys B | prune >out
	[ -z "$(records out)" ]
	keys A B N | prune >out
	[ "$(records out)" = $'{"ListingKey":"A"}\n{"ListingKey":"N"}' ]
	[ "$(tail -n 1 out | jq -c '[.records, .skipped]')" = '[2,1]' ]
	law_conserved
	# they are told of where nobody would fetch them
	keys A B N >in
	run -1 --separate-stderr ha-upsert --prune in
	[[ $stderr == *'2 keys came whose rows are not stored'* ]]
	run -0 ha-upsert -n in
	[ "$output" = $'fetch reso/property A\nfetch reso/property N' ]
	# what was passed on is no list of all keys
	run -1 ha-upsert --prune out
	[ "$(live)" = 'B ' ]
	# a row comes back although its time is the old one
	store A
	[ "$(live)" = 'A B ' ]
	[ "$(sql "SELECT version FROM reso.property WHERE listing_key = 'A'")" -eq 3 ]
}

@test "keys: a row that says itself that it is deleted is known" {
	{ begin since
	  echo '{"ListingKey":"A","StandardStatus":"Delete","ModificationTimestamp":"2026-01-01T00:00:00Z"}'
	  finish 1; } | ha-upsert
	keys A | prune >out
	[ -z "$(records out)" ]
}

@test "keys: quotes, emoji, numbers and long ones are told apart" {
	local k=("O'Brien" 'say \"no\"' '🏠' '🏡' 12 012 'a|b' "$(printf 'x%.0s' {1..900})"
	    "$(printf 'x%.0s' {1..900})y" 'back\\slash' ' ' 'é' $'e\u0301')
	store "${k[@]}"
	keys "${k[@]}" | prune >out
	[ -z "$(records out)" ]
	[ "$(sql 'SELECT count(*) FROM reso.property WHERE deleted_at IS NULL')" -eq 13 ]
	keys "${k[@]:1}" | prune >out
	[ "$(sql 'SELECT listing_key FROM reso.property WHERE deleted_at IS NOT NULL')" = "O'Brien" ]
	keys "${k[@]}" '🏠🏠' 1 | prune >out
	[ "$(records out | jq -r .ListingKey | tr '\n' ' ')" = "O'Brien 🏠🏠 1 " ]
	records out | ha-page -n -a vow --lookup reso/property >asked
	[ "$(cat asked)" = "GET /Property?\$filter=ListingKey%20in%20%28%27O%27%27Brien%27%2C%27%F0%9F%8F%A0%F0%9F%8F%A0%27%2C%271%27%29&\$top=3" ]
}

@test "keys: more than --max-delete is refused, then forced" {
	store A B C D
	keys A B C >in
	run -76 --separate-stderr ha-upsert --prune --max-delete 20 in
	[[ $stderr == *'1 of 4 rows did not come (25.0 %, over --max-delete 20): nothing was deleted; --force does it' ]]
	[ "$(live)" = 'A B C D ' ]
	# no key at all
	keys | { run -76 ha-upsert --prune --max-delete 99; }
	[ "$(live)" = 'A B C D ' ]
	ha-upsert --prune --max-delete 20 --force in
	[ "$(live)" = 'A B C ' ]
}

@test "keys: rows stored between the walk and the prune stay" {
	store A B C
	begin keys "$(date -u +%FT%T.%NZ)" >in
	printf '{"ListingKey":"%s"}\n' A >>in
	finish 1 >>in
	store N # new
	{ begin since
	  echo '{"ListingKey":"B","City":"x","ModificationTimestamp":"2026-01-02T00:00:00Z"}'
	  finish 1; } | ha-upsert # changed
	prune in >out
	[ "$(live)" = 'A B N ' ]
	# a mark that does not say when: then all that is there counts
	begin keys >in
	finish 0 >>in
	prune in >out
	[ "$(live)" = '' ]
}

@test "keys: a row that another writer has under way is not deleted" {
	store A B C
	mkfifo fifo other
	psql -Xq <other >/dev/null &
	writer=$!
	exec 7>other 8<>fifo
	echo "BEGIN; UPDATE reso.property SET city = 'x', updated_at = now(),
	    fingerprint = gen_random_uuid() WHERE listing_key = 'B';
	    INSERT INTO reso.property (account_id, listing_key, raw_payload)
	    VALUES ('vow', 'N', '{}');" >&7
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE state = 'idle in transaction'")" -eq 1 ]; do sleep 0.02; done
	prune fifo >out 8>&- 7>&- &
	upsert=$!
	{ begin keys "$(date -u +%FT%T.%NZ)"; echo '{"ListingKey":"A"}'; } >&8
	until [ "$(sql "SELECT sum(fetched) FROM ha.sync_log
	    WHERE mode = 'keys'")" = 1 ]; do sleep 0.02; done
	echo 'COMMIT;' >&7
	exec 7>&-
	wait "$writer"
	finish 1 >&8
	exec 8>&-
	wait "$upsert"
	[ "$(live)" = 'A B N ' ]
}

@test "keys: two at once delete once, and end in the same tables" {
	mock --switch properties=600,media=100
	ha-page -a vow reso/property | ha-upsert
	mock_ask '/delete?resource=Property&n=30&gone=1' >/dev/null
	local at_once=()
	for i in 1 2 3; do
		mkdir "$i"
		(cd "$i" && job property) &
		at_once+=($!)
	done
	for i in "${at_once[@]}"; do wait "$i"; done
	in_step Property property listing_key
	[ "$(sql 'SELECT max(version) FROM reso.property')" -eq 2 ]
	[ "$(sql 'SELECT count(*) FROM reso.property WHERE deleted_at IS NOT NULL')" -eq 30 ]
	[ "$(sql "SELECT sum(deleted) FROM ha.sync_log WHERE mode = 'keys'")" -eq 30 ]
}

@test "keys: cut at every 7th byte, nothing is deleted" {
	store A B C D E F G H I J
	keys A B C D E F G >in
	before=$(law_tables reso)
	for ((n = 0; n < $(wc -c <in); n += 7)); do
		head -c "$n" in | { run -65 ha-upsert --prune --force --emit missing; }
	done
	[ "$before" = "$(law_tables reso)" ]
	[ "$(live)" = 'A B C D E F G H I J ' ]
	# nor where the walk says that it is not complete
	sed 's/"complete":true/"complete":false,"why":"time"/' in |
		{ run -1 ha-upsert --prune --force --emit missing; }
	[ "$(live)" = 'A B C D E F G H I J ' ]
	keys A B C D E F G >in # a walk that has just begun, however long that took
	prune in >out
	[ "$(live)" = 'A B C D E F G ' ]
}

@test "keys: killed behind each line, then again: the same tables" {
	store A B C D
	keys A B N >in
	prune in >want.out
	want=$(law_tables reso)
	for n in 1 2 3 4 5; do
		sql 'TRUNCATE reso.property CASCADE' 2>notices
		store A B C D
		keys A B N >in # the walk begins behind what is stored
		mkfifo "fifo.$n"
		ha-upsert -b 1 --prune --force --emit missing "fifo.$n" >"out.$n" &
		pid=$!
		exec 8>"fifo.$n"
		head -n "$n" in >&8
		sleep "0.0$((RANDOM % 9))"
		kill -9 "$pid"
		wait "$pid" || true
		exec 8>&-
		prune in >again.out
		[ "$want" = "$(law_tables reso)" ]
	done
}

@test "keys: a walk of a feed takes a request for each page and one more" {
	mock --switch properties=2500,media=100
	ha-page -a vow reso/property | ha-upsert
	mock_ask '/delete?resource=Property&n=25&gone=1' >/dev/null
	ha-page --keys --page-size 100 -a vow reso/property >out
	n=$(mock_ask /dump/Property | wc -l)
	[ "$(tail -n 1 out | jq -c '[.records, .count, .calls, .complete, .cursor]')" = \
	    "[$n,$n,$(((n + 99) / 100 + 1)),true,null]" ]
	[ "$(head -n 1 out | jq -c '[.mode, .whole]')" = '["keys",null]' ]
	records out | jq -es 'all(keys == ["ListingKey"])' >/dev/null
	mock_ask /reset-stats >/dev/null
	job property
	[ "$(mock_ask /stats | jq .calls)" -eq $(((n + 9999) / 10000 + 1)) ]
	in_step Property property listing_key
	mock_ask /queries | jq -e '.skips == 0 and .refused == 0'
}

@test "keys: left by a limit or by a fault, it says so and nothing is deleted" {
	mock --switch properties=300,media=100
	ha-page -a vow reso/property | ha-upsert
	mock_ask '/delete?resource=Property&n=20&gone=1' >/dev/null
	live >before
	ha-page --keys -l 40 -a vow reso/property | { run -1 prune; }
	mock_down
	mock --switch properties=300,media=100 --fault 500=0.5
	ha-page --keys --page-size 50 -T 1ms -a vow reso/property >cut && false
	[ "$(tail -n 1 cut | jq .complete)" = false ]
	run -1 prune cut
	live | diff before -
}

@test "keys: a row without a time is found and fetched, with its tie" {
	mock --switch properties=300,media=2000
	for r in property media; do
		ha-page -a vow "reso/$r" | ha-filter-parents | ha-upsert
	done
	in_step Media media media_key
	sql 'DELETE FROM reso.media WHERE modification_timestamp IS NULL'
	# as many as share the most frequent time
	sql "DELETE FROM reso.media WHERE modification_timestamp = (SELECT
	    modification_timestamp FROM reso.media GROUP BY 1
	    ORDER BY count(*) DESC LIMIT 1)"
	run -1 in_step Media media media_key
	job media
	lacked=$(records missing | wc -l)
	[ "$lacked" -gt 100 ]
	in_step Media media media_key
	[ "$(sql 'SELECT count(*) FROM reso.media WHERE modification_timestamp IS NULL')" -gt 0 ]
	law_conserved
	# a second one finds nothing to do
	before=$(law_versions reso)
	job media
	[ -z "$(records missing)" ]
	[ "$before" = "$(law_versions reso)" ]
}

@test "keys: what waits for its listing is not fetched again" {
	mock --switch properties=300,media=2000
	ha-page -a vow reso/property | ha-upsert
	ha-page -a vow reso/media | ha-filter-parents | ha-upsert
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -gt 0 ]
	before=$(law_tables reso)
	job media
	[ -z "$(records missing)" ]
	[ "$before" = "$(law_tables reso)" ]
	# nor does a filter in between take keys for records
	ha-page --keys -a vow reso/media | ha-filter-parents | prune >missing
	[ -z "$(records missing)" ]
	[ "$before" = "$(law_tables reso)" ]
}

@test "keys: a key whose row has gone meanwhile is counted, not an error" {
	mock --switch properties=50,media=100
	key=$(mock_ask /dump/Property | jq -rs '.[0].key')
	{ begin keys; printf '{"ListingKey":"%s"}\n' nowhere "$key"; finish 2; } |
		ha-page --lookup -a vow reso/property >out
	[ "$(tail -n 1 out | jq -c '[.records, .gone, .complete]')" = '[1,1,true]' ]
	[ "$(records out | jq -r .ListingKey)" = "$key" ]
	# what was cut off is looked up as far as it came, and said
	{ begin keys; printf '{"ListingKey":"%s"}\n' "$key"; } >cut
	run -65 ha-page --lookup -a vow reso/property <cut
	grep -q '"complete":false,"why":"input"' <<<"$output"
	grep -q "$key" <<<"$output"
}

@test "ha-sync reso --reconcile: what left IDX, and what was withdrawn" {
	mock_up --limits none --switch properties=400,media=1500 reso
	ha-sync -q reso >out
	listings=$(mock_ask '/leave?resource=Property&n=6' | jq -r '.keys[]')
	flagged=$(mock_ask '/withdraw?resource=Property&n=5' | jq -r '.keys[]')
	gone=$(mock_ask '/withdraw?resource=Property&n=4&gone=1' | jq -r '.keys[]')
	mock_ask '/delete?resource=Media&n=9&gone=1' >out
	mock_ask '/delete?resource=PropertyRooms&n=7&gone=1' >out
	mock_ask '/delete?resource=OpenHouse&n=3&gone=1' >out
	# as many calls at most as it said, but for rows of a late time
	ha-sync -n --reconcile --json reso >plan
	mock_ask /reset-stats >out
	ha-sync -q --reconcile --max-delete 50 reso >report
	[ "$(mock_ask /stats | jq .calls)" -le $(($(jq -s '[.[] | select(.resource)
	    .calls] | add' plan) + 5)) ]
	mock_ask /queries | jq -e '.skips == 0 and .refused == 0'
	in_step Media media media_key
	in_step PropertyRooms property_rooms room_key
	in_step OpenHouse open_house open_house_key
	for account in idx vow; do
		diff <(mock_ask "/dump/Property?feed=$account" | jq -r .key | LC_ALL=C sort) \
		    <(sql "SELECT listing_key FROM reso.property WHERE
		        account_id = '$account' AND deleted_at IS NULL" | LC_ALL=C sort)
	done
	shows() { # feed: which of the keys on stdin can be shown
		while read -r key; do
			sql "SELECT listing_key FROM reso.property WHERE account_id = '$1'
			    AND deleted_at IS NULL AND internet_entire_listing_display IS DISTINCT FROM 'false'
			    AND listing_key = '$key'"
		done
	}
	[ -z "$(shows idx <<<"$listings")" ]
	[ "$(shows vow <<<"$listings" | wc -l)" -eq 6 ]
	for account in idx vow; do
		[ -z "$(shows "$account" <<<"$flagged")" ]
		[ -z "$(shows "$account" <<<"$gone")" ]
	done
	law_conserved
	# again: nothing to do
	before=$(law_versions reso)
	ha-sync -q --reconcile reso >report
	[ "$before" = "$(law_versions reso)" ]
}

@test "ha-sync reso --reconcile: too many gone is refused, rows that lack come" {
	mock_up --limits none --switch properties=400,media=1500 reso
	ha-sync -q reso >out
	mock_ask '/delete?resource=Property&n=100&gone=1' >out
	sql "DELETE FROM reso.property_rooms WHERE room_key IN (SELECT room_key
	    FROM reso.property_rooms ORDER BY 1 LIMIT 150)"
	run -76 --separate-stderr ha-sync -q --reconcile reso
	[[ $stderr == *'--force does it'* ]]
	[ "$(sql 'SELECT count(*) FROM reso.property WHERE deleted_at IS NOT NULL')" -eq 0 ]
	none_lacks PropertyRooms property_rooms room_key
	ha-sync -q --reconcile --force reso >out
	in_step Property property listing_key
	law_conserved
}
