#!/usr/bin/env bats
# rooms: state
# ha-synclog: positions, parents whose children are out of date, history.

load ../helper

setup_file() {
	pg_up hostaway
	psql -Xqc "INSERT INTO ha.accounts (source, account_id, enabled)
	    VALUES ('hostaway', '1', false), ('hostaway', '2', false)"
	pg_template
}

teardown_file() { pg_down; }

setup() { pg_fresh; }

sql() { psql -XAtqc "$1"; }

log() { ha-synclog "$@" -a 1; }

# Three conversations of two reservations, as ha-upsert leaves them.
thread() {
	psql -Xq <<-'END'
		INSERT INTO hostaway.listings (account_id, id, raw_payload,
		    fingerprint) VALUES ('1', 7, '{"id":7,"listingImages":[]}',
		    'aaaaaaaa-0000-0000-0000-000000000007');
		INSERT INTO hostaway.reservations (account_id, id, listing_id,
		    raw_payload, fingerprint)
		SELECT '1', id, 7, format('{"id":%s,"latestActivityOn":"d%s"}',
		    id, id)::jsonb, gen_random_uuid()
		FROM unnest(ARRAY[11, 12]) id;
		INSERT INTO hostaway.conversations (account_id, id,
		    reservation_id, raw_payload, fingerprint)
		SELECT '1', c, r, format('{"id":%s,"messageSentOn":"s%s"}',
		    c, c)::jsonb, gen_random_uuid()
		FROM (VALUES (21, 11), (22, 12), (23, NULL)) v (c, r);
	END
}

messages() { log pending hostaway/messages "$@"; }
ids() { jq -c 'select(has("@ha") | not) | .id' | tr '\n' ' '; }

@test "last: an empty line without a position, else what --from takes" {
	run -0 log last hostaway/reservations
	[ "${#lines[@]}" -eq 0 ]
	[ "$(log last hostaway/reservations | wc -c)" -eq 1 ]
	sql "INSERT INTO ha.sync_state VALUES ('hostaway', 'reservations', '1',
	    '{\"at\": \"2024-01-01\", \"id\": 9007199254740993}', true, now())"
	[ "$(log last hostaway/reservations)" = \
	    '{"at": "2024-01-01", "id": 9007199254740993}' ]
	run -0 ha-synclog last hostaway/reservations -a 2
	[ -z "$output" ]
}

@test "forget: the position goes, and what is known of the children" {
	thread
	sql "INSERT INTO ha.sync_state VALUES ('hostaway', 'messages', '1',
	    '{}', true, now()), ('hostaway', 'messages', '2', '{}',
	    true, NULL)"
	messages >snapshot
	log fetched hostaway/messages snapshot
	log forget hostaway/messages
	[ "$(sql 'SELECT account_id FROM ha.sync_state')" = 2 ]
	[ "$(messages --count)" = 3 ]
}

@test "pending: parents as a section, newest first, with their change" {
	thread
	HA_RUN=11111111-2222-3333-4444-555555555555 messages >got
	diff -u - got <<-'END'
		{"@ha":"begin","v":1,"source":"hostaway","resource":"messages","account":"1","mode":"parents","run":"11111111-2222-3333-4444-555555555555","whole":true}
		{"id":23,"reservationId":null,"change":"[\"s23\", null, null, null, null, null]"}
		{"id":22,"reservationId":12,"change":"[\"s22\", null, null, null, null, \"d12\"]"}
		{"id":21,"reservationId":11,"change":"[\"s21\", null, null, null, null, \"d11\"]"}
		{"@ha":"end","records":3,"complete":true}
	END
	[ "$(messages --count)" = 3 ]
	[ "$(ha-synclog pending hostaway/messages -a 2 --count)" = 0 ]
}

@test "pending: what was stored complete is not, until its change key moves" {
	thread
	messages >snapshot
	log fetched hostaway/messages <snapshot
	[ -z "$(messages | ids)" ]
	[ "$(messages --all | ids)" = '23 22 21 ' ]
	# a message on the conversation, and one seen on the reservation only
	sql "UPDATE hostaway.conversations SET raw_payload = raw_payload ||
	    '{\"messageSentOn\":\"later\"}' WHERE id = 23"
	sql "UPDATE hostaway.reservations SET raw_payload = raw_payload ||
	    '{\"latestActivityOn\":\"later\"}' WHERE id = 11"
	[ "$(messages | ids)" = '23 21 ' ]
}

@test "pending: an older snapshot does not hide what changed since" {
	thread
	messages >snapshot
	sql "UPDATE hostaway.conversations SET raw_payload = raw_payload ||
	    '{\"messageSentOn\":\"later\"}' WHERE id = 22"
	log fetched hostaway/messages snapshot
	[ "$(messages | ids)" = '22 ' ]
}

@test "pending: a deleted parent is left out, also with --all" {
	thread
	sql 'UPDATE hostaway.conversations SET deleted_at = now() WHERE id = 22'
	[ "$(messages --all | ids)" = '23 21 ' ]
}

@test "pending: embedded children come as their parents' records, in groups" {
	thread
	log pending hostaway/listing_photos | sed 1d >got
	diff -u - got <<-'END'
		{"@ha":"open","parent":{"id":7,"zone":null,"change":"aaaaaaaa-0000-0000-0000-000000000007"}}
		{"id": 7, "listingImages": []}
		{"@ha":"close","records":1}
		{"@ha":"end","records":1,"complete":true}
	END
	run -64 log fetched hostaway/listing_photos got
}

@test "pending: any text comes through as it was stored" {
	thread
	sql "UPDATE hostaway.listings SET raw_payload = jsonb_build_object('t',
	    E'\\\\ \" , \\u0001\\u0002\\t\\n\\u00e9 \\\\. \\\\N')"
	log pending hostaway/listing_photos | sed -n 3p >got
	[ "$(sql "SELECT raw_payload FROM hostaway.listings")" = "$(<got)" ]
	[ "$(wc -l <got)" -eq 1 ]
}

@test "pending: due again once the refresh time has passed" {
	thread
	log pending hostaway/calendar_days >snapshot
	[ "$(ids <snapshot)" = '7 ' ]
	log fetched hostaway/calendar_days snapshot
	[ "$(log pending hostaway/calendar_days --count)" = 0 ]
	sql "UPDATE ha.children SET stored_at = now() - interval '61 min'"
	[ "$(log pending hostaway/calendar_days --count)" = 1 ]
}

@test "pending: memory does not grow with the number of parents" {
	[[ ${HA_BIN:-} != */build/* ]] || skip 'another build needs memory of its own'
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload,
	    fingerprint) SELECT '1', g, jsonb_build_object('t',
	    repeat('x', 5000)), gen_random_uuid()
	    FROM generate_series(1, 8000) g"
	# 40 MB flow through 16
	(ulimit -d 16384
	ha-synclog pending hostaway/listing_photos -a 1) | wc -l >lines
	[ "$(<lines)" -eq 24002 ]
}

@test "pending: a reader that is gone is 141, a full disk 74" {
	thread
	run -74 bash -c 'ha-synclog pending hostaway/messages -a 1 >/dev/full'
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    SELECT '1', g, jsonb_build_object('t', repeat('x', 9000))
	    FROM generate_series(101, 300) g"
	ha-synclog pending hostaway/listing_photos -a 1 2>err |
	    head -n 1 >/dev/null || true
	[ "${PIPESTATUS[0]}" -eq 141 ]
	[ ! -s err ]
}

@test "pending: a list without parents, a wrong name, a wrong source: 64 or 78" {
	run -64 log pending hostaway/listings
	run -64 log pending hostaway/nothing
	run -64 log pending hostaway
	run -78 log pending nowhere/messages
}

@test "fetched: half a snapshot, or another's, marks nothing" {
	thread
	messages >snapshot
	run -65 log fetched hostaway/messages <<<"$(head -n 3 snapshot)"
	run -65 ha-synclog fetched hostaway/messages -a 2 snapshot
	run -65 log fetched hostaway/conversations snapshot
	sed 's/"id":22/"id":null/' snapshot >keyless
	run -65 log fetched hostaway/messages keyless
	[[ $output == *'keyless: line 3: the parent has no key' ]]
	run -66 log fetched hostaway/messages absent
	[ "$(sql 'SELECT count(*) FROM ha.children')" = 0 ]
	[ "$(messages --count)" = 3 ]
}

@test "fetched: a thousand and more, each marked once, the last of two wins" {
	thread
	{
		messages | head -n 1
		seq 2500 | sed 's/.*/{"id":&,"reservationId":1,"change":"a"}/'
		echo '{"id":2500,"reservationId":1,"change":"b"}'
		echo '{"@ha":"end","records":2501,"complete":true}'
	} >many
	log fetched hostaway/messages many
	log fetched hostaway/messages many
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE change_key = 'b')
	    FROM ha.children")" = '2500|1' ]
}

@test "fetched: a lost lease marks nothing, 75" {
	thread
	messages >snapshot
	HA_LOCK=job HA_FENCE=1 run -75 log fetched hostaway/messages snapshot
	[[ $output == *'lease job: lost'* ]]
	[ "$(sql 'SELECT count(*) FROM ha.children')" = 0 ]
	ha-lock job ha-synclog fetched hostaway/messages -a 1 snapshot
	[ "$(sql 'SELECT count(*) FROM ha.children')" = 3 ]
}

# An API with a list that is read again only after a day.
daily() {
	mkdir sources
	jq '(.resources[] | select(.name == "reviews")).refresh = "1d"' \
	    "$HA_SOURCES/hostaway.json" >sources/hostaway.json
	export HA_SOURCES=$PWD/sources
}

@test "due: lists by their refresh time, children always" {
	daily
	run -0 log due hostaway
	[[ $'\n'$output$'\n' == *$'\n'reviews$'\n'* ]]
	[[ $'\n'$output$'\n' != *$'\n'coupons$'\n'* ]]
	sql "INSERT INTO ha.sync_state VALUES ('hostaway', 'reviews', '1',
	    NULL, true, now())"
	run -0 log due hostaway
	[[ $'\n'$output$'\n' != *$'\n'reviews$'\n'* ]]
	[[ $'\n'$output$'\n' == *$'\n'messages$'\n'* ]]
	[[ $'\n'$output$'\n' == *$'\n'listings$'\n'* ]]
	sql "UPDATE ha.sync_state SET completed_at = now() - interval '25h'"
	run -0 log due hostaway --all
	[[ $'\n'$output$'\n' == *$'\n'reviews$'\n'* ]]
	[[ $'\n'$output$'\n' == *$'\n'coupons$'\n'* ]]
}

@test "begin, finish: a run and its parts get their statuses" {
	local run
	run=$(log begin hostaway full)
	log finish "$run" hostaway/messages --status 75 --why 'time is spent'
	log finish "$run" hostaway/messages --status 69
	ha-synclog finish "$run" --status 69
	[ "$(sql 'SELECT what, status, finished_at IS NOT NULL
	    FROM ha.sync_runs')" = 'full|69|t' ]
	[ "$(sql 'SELECT resource, status, why, complete FROM ha.sync_log')" = \
	    'messages|69|time is spent|f' ]
	run -64 ha-synclog finish nonsense
	run -64 ha-synclog finish 11111111-2222-3333-4444-555555555555
	HA_RUN=11111111-2222-3333-4444-555555555555 run -0 log begin hostaway
	[ "$output" = 11111111-2222-3333-4444-555555555555 ]
}

logged() {
	sql "INSERT INTO ha.sync_log (run, source, resource, account_id, mode,
	    started_at, finished_at, status, complete, fetched, inserted,
	    updated, unchanged, stale, parked, rejected, calls, retries)
	    VALUES ('11111111-2222-3333-4444-555555555555', 'hostaway', '$1',
	    '1', '$2', '2024-05-01 10:00', '2024-05-01 10:00:02.5', 0, true,
	    21, 1, 2, 3, 4, 5, 6, 7, 1)"
}

@test "report: a line for each resource and their total, as numbers too" {
	logged reservations since
	logged messages each
	ha-synclog report >got
	diff -u - got <<-'END'
		resource              fetched inserted updated unchanged stale parked rejected calls retries seconds
		hostaway/reservations      21        1       2         3     4      5        6     7       1     2.5
		hostaway/messages          21        1       2         3     4      5        6     7       1     2.5
		total                      42        2       4         6     8     10       12    14       2     2.5
	END
	ha-synclog report --json --run 11111111-2222-3333-4444-555555555555 |
	    jq -e -s 'all(.fetched == .inserted + .updated + .unchanged +
	        .stale + .parked + .rejected) and length == 3'
	ha-synclog report hostaway/messages | tail -n 1 | grep -q '^total *21 '
	# a run that met nothing is one; one that nobody began is not
	run=$(log begin hostaway)
	ha-synclog report --run "$run" | grep '^total  *0'
	run -64 ha-synclog report --run 99999999-2222-3333-4444-555555555555
}

@test "report: without any run 64, a run that is no id 64" {
	run -64 ha-synclog report
	run -64 ha-synclog report --run "x' OR true --"
}

@test "history, stats, list: what ran, for one resource or all" {
	logged reservations since
	logged reservations full
	logged messages each
	[ "$(ha-synclog history | wc -l)" -eq 4 ]
	[ "$(ha-synclog history hostaway/messages --json | jq -r .mode)" = each ]
	[ "$(ha-synclog history -l 1 --json | jq -r .resource)" = messages ]
	ha-synclog stats hostaway/reservations -a 1 --json | jq -e '.runs == 2
	    and .runs_complete == 2 and .fetched == 42 and .seconds == 5.0
	    and .conserved and .last_status == 0'
	[ -z "$(ha-synclog stats -a 2)" ]
	sql "INSERT INTO ha.sync_state VALUES ('hostaway', 'messages', '1',
	    '{}', true, now())"
	[ "$(ha-synclog list hostaway --json | jq -r .resource)" = messages ]
}

@test "stats: a run whose counts do not add up shows" {
	logged messages each
	sql 'UPDATE ha.sync_log SET fetched = 22'
	[ "$(ha-synclog stats --json | jq .conserved)" = false ]
}

@test "parked, rejects: what waits and why; the records only with --json" {
	sql "INSERT INTO ha.parked (source, resource, account_id, key,
	    parent_resource, parent_key, reason, raw) VALUES ('hostaway',
	    'reservations', '1', '5', 'listings', '8', 'unknown listing 8',
	    '{\"id\":5,\"guestName\":\"Ann Example\"}')"
	sql "INSERT INTO ha.rejects (source, resource, account_id, fingerprint,
	    line, byte_offset, reason, raw) VALUES ('hostaway', 'listings', '1',
	    gen_random_uuid(), 3, 99, 'not JSON', '\\xff00'::bytea)"
	run -0 ha-synclog parked
	[[ $output == *'unknown listing 8'* && $output != *Ann* ]]
	[ "$(ha-synclog parked hostaway --json | jq -r '.raw | fromjson.id')" = 5 ]
	run -0 ha-synclog rejects
	[[ $output == *'not JSON'* ]]
	[ "$(ha-synclog rejects --json | jq -r .raw_base64)" = /wA= ]
	[ -z "$(ha-synclog parked reso 2>/dev/null)" ]
}

@test "rejects: what is open; with --all what was stored later, too" {
	reject 5 NULL
	reject 6 "now()"
	[ "$(ha-synclog rejects --json | jq -r .key)" = 5 ]
	[ "$(ha-synclog rejects hostaway/listings --all --json | jq -r 'select(.closed_at) | .key')" = 6 ]
	sql "INSERT INTO ha.repaired (source, resource, account_id, key,
	    byte_offset, path, original) VALUES ('hostaway', 'listings', '1',
	    '7', 8, '.name', '\"Ann\\u0000\"')"
	run -0 ha-synclog repaired
	[[ $output == *.name* && $output != *Ann* ]]
	[ "$(ha-synclog repaired --json | jq -r .original)" = '"Ann\u0000"' ]
}

reject() { # key, when it was closed
	sql "INSERT INTO ha.rejects (source, resource, account_id, fingerprint,
	    key, line, byte_offset, reason, raw, closed_at) VALUES ('hostaway',
	    'listings', '1', gen_random_uuid(), '$1', 3, 99, 'not JSON', '',
	    ($2)::timestamptz)"
}

@test "prune: what ended long ago; never what is open, nor the newest of each" {
	sql "INSERT INTO ha.sync_runs (run, source, account_id, started_at, finished_at)
	    SELECT format('00000000-0000-0000-0000-%s', lpad(n::text, 12, '0'))::uuid,
	        'hostaway', '1', now() - n * interval '1 day',
	        CASE WHEN n <> 20 THEN now() - n * interval '1 day' END
	    FROM generate_series(30, 1, -1) n;
	    INSERT INTO ha.sync_log (run, source, resource, account_id, mode, started_at,
	        finished_at, complete)
	    SELECT run, source, r, account_id, 'since', started_at, finished_at,
	        started_at < now() - interval '25.5 days'
	    FROM ha.sync_runs, unnest(ARRAY['listings', 'reviews']) r ORDER BY id"
	for i in 1 2 3; do reject "$i" "now() - interval '10 days'"; done
	reject 4 NULL
	sql "UPDATE ha.rejects SET rejected_at = now() - interval '1 year'"
	run -64 ha-synclog prune
	run -0 ha-synclog prune -a 2 --older-than 1d
	[ "$(cut -d ' ' -f 1 <<<"$output" | xargs)" = '0 0 0 0' ]
	run -0 ha-synclog prune --older-than 228h hostaway
	[ "$output" = '38 ha.sync_log
19 ha.sync_runs
3 ha.rejects
0 ha.repaired' ]
	# those of the last days, the open one, the newest complete one
	[ "$(sql "SELECT string_agg(DISTINCT right(run::text, 2), ' ' ORDER BY right(run::text, 2))
	    FROM ha.sync_log")" = '01 02 03 04 05 06 07 08 09 20 26' ]
	[ "$(sql 'SELECT count(*) FROM ha.sync_log')" -eq 22 ]
	run -0 ha-synclog prune --older-than 0
	[ "$(sql "SELECT string_agg(right(run::text, 2), ' ' ORDER BY id) FROM ha.sync_runs")" = '26 20 01' ]
	[ "$(sql 'SELECT string_agg(key, $$ $$) FROM ha.rejects')" = 4 ]
}

@test "without -a: the only account, else a list of them" {
	run -78 ha-synclog last hostaway/messages
	[[ $output == *'ha-account add hostaway'* ]]
	sql 'UPDATE ha.accounts SET enabled = true'
	run -64 ha-synclog last hostaway/messages
	[[ $output == *': 1, 2' ]]
	sql "UPDATE ha.accounts SET enabled = false WHERE account_id = '2'"
	run -0 ha-synclog last hostaway/messages
	run -64 ha-synclog last hostaway/messages -a x
}

@test "on a terminal no table is wider than it, and nothing is lost" {
	local verb
	sql "INSERT INTO ha.sync_log (run, source, resource, account_id, mode,
	    started_at, finished_at, status, why) SELECT gen_random_uuid(),
	    'hostaway', 'reservations', '1', 'since', now(), now(), 69,
	    U&'\\009b31m ' || repeat('a long reason ', 12) FROM generate_series(1, 2)"
	for verb in history stats list; do
		TERM=dumb script -qec "stty cols 80; ha-synclog $verb" \
		    /dev/null </dev/null | tr -d '\r' >wide
		[ "$(wc -L <wide)" -le 80 ]
		# what a pipe gets is one line each, of the same words
		ha-synclog "$verb" >long
		diff <(tr -d ' \n' <long) <(tr -d ' \n' <wide)
	done
	[ "$(ha-synclog history | wc -l)" -eq 3 ]
	ha-synclog history | grep -qF '\u009b31m a long'
}

@test "no database is 75, no schema 78 with what to run" {
	PGHOST=$BATS_TEST_TMPDIR run -75 log last hostaway/messages
	sql 'DROP SCHEMA ha CASCADE; DROP SCHEMA hostaway CASCADE' 2>/dev/null
	run -78 log last hostaway/messages
	[[ $output == *'ha-schema'* ]]
	run -78 messages
	[ "$(printf '%s\n' "$output" | wc -l)" -eq 1 ]
}

@test "a database of an earlier version: 78 with what to run, and nothing is begun" {
	sql 'DROP FUNCTION ha.begin_run, ha.finish_run, ha.finish_section, ha.log_section;
	    UPDATE ha.schemas SET hash = $$of an earlier version$$'
	run -78 --separate-stderr log begin hostaway
	[[ $stderr == *'ha.begin_run('*'run: ha-schema --apply SOURCE' ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$(sql 'SELECT count(*) FROM ha.sync_runs')" -eq 0 ]
	ha-schema --apply hostaway 2>/dev/null
	run -0 log begin hostaway
}

@test "an account of any name finds its own rows, and harms none" {
	local id
	local -a ids=("it's" 'a\b' '\' "\\'; DROP TABLE ha.sync_state; --" '""' 'Straße 東京' '$1 %s %L')
	for id in "${ids[@]}"; do
		psql -Xq -v id="$id" <<<"INSERT INTO ha.sync_state VALUES ('hostaway', 'listings', :'id', '{}', true, now())"
	done
	export PGOPTIONS='-c standard_conforming_strings=off'
	for id in "${ids[@]}"; do
		[ "$(ha-synclog list --json -a "$id" | jq -r .account)" = "$id" ]
	done
	[ "$(sql 'SELECT count(*) FROM ha.sync_state')" -eq 7 ]
}

@test "wrong commands and operands are 64" {
	run -64 ha-synclog
	run -64 ha-synclog nothing
	run -64 ha-synclog last
	run -64 ha-synclog list a b
	run -64 ha-synclog due hostaway/messages -a 1
	run -64 ha-synclog history -l -1
}
