#!/usr/bin/env bats
# rooms: state
# "SyncLog" and latest_sync_status of schema reso say what ha.sync_runs and
# ha.sync_log say: one row for each command, whatever it did.

load ../helper

setup_file() {
	pg_up reso
}
teardown_file() { pg_down; }
setup() {
	psql -Xqc 'TRUNCATE ha.sync_runs, ha.sync_log, ha.sync_state,
	    ha.sync_locks, ha.accounts, ha.parked, ha.rejects,
	    reso.property, reso.media, reso.property_rooms,
	    reso.open_house RESTART IDENTITY'
	psql -Xqc "INSERT INTO ha.accounts (source, account_id)
	    VALUES ('reso', 'idx'), ('reso', 'vow')"
}
teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
latest() { sql "SELECT $1 FROM reso.latest_sync_status"; }

JOB=aaaaaaaa-0000-4000-8000-000000000000

begin() { # feed
	export HA_TOKEN=mock-$1
	unset HA_RUN
	HA_RUN=$(ha-synclog begin -a "$1" reso)
	export HA_RUN
}

load_one() { # feed resource [option of ha-page ...]
	ha-page "reso/$2" -a "$1" "${@:3}" \
	    --from "$(ha-synclog last "reso/$2" -a "$1")" |
		ha-filter-parents | ha-upsert
}

newest() { # resource, feed
	mock_ask "/dump/$1?feed=$2" |
		jq -r 'select(.time != null) | .time' | sort | tail -n 1
}

same_time() { # column, resource, feed
	[ "$(sql "SELECT $1 = '$(newest "$2" "$3")' FROM reso.\"SyncLog\"
	    ORDER BY id DESC LIMIT 1")" = t ]
}

@test "SyncLog: the columns that its users know, in their order" {
	[ "$(sql "SELECT string_agg(attname, ' ' ORDER BY attnum)
	    FROM pg_attribute WHERE attrelid = 'reso.\"SyncLog\"'::regclass
	    AND attnum > 0")" = "id timestamp idx_property_timestamp \
vow_property_timestamp media_timestamp rooms_timestamp openhouse_timestamp \
total_processed total_successful total_failed sync_duration_minutes \
error_count last_error_message created_at updated_at" ]
	[ "$(sql 'SELECT count(*) FROM reso.latest_sync_status')" -eq 0 ]
}

@test "SyncLog: one command for two feeds is one row, with their sums" {
	mock_up --limits none --switch properties=120,media=300 reso
	export HA_JOB=$JOB
	begin idx
	load_one idx property
	ha-synclog finish "$HA_RUN"
	begin vow
	load_one vow property
	load_one vow media
	load_one vow property_rooms
	load_one vow open_house
	ha-synclog finish "$HA_RUN"
	[ "$(sql 'SELECT count(*) FROM ha.sync_runs')" -eq 2 ]
	[ "$(sql 'SELECT count(*), min(id) FROM reso."SyncLog"')" = '1|1' ]
	[ "$(sql 'SET search_path TO reso; SELECT count(*) FROM SyncLog')" = 1 ]
	[ "$(sql 'SELECT total_processed, total_successful, total_failed,
	    error_count, last_error_message FROM reso."SyncLog"')" = \
	    "$(sql 'SELECT sum(fetched), sum(inserted + updated + unchanged
	    + stale), sum(rejected), 0, NULL FROM ha.sync_log')" ]
	[ "$(sql 'SELECT total_processed - total_successful - total_failed
	    FROM reso."SyncLog"')" = "$(sql 'SELECT count(*) FROM ha.parked')" ]
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -gt 0 ]
	same_time idx_property_timestamp Property idx
	same_time vow_property_timestamp Property vow
	same_time media_timestamp Media vow
	same_time rooms_timestamp PropertyRooms vow
	same_time openhouse_timestamp OpenHouse vow
	[ "$(latest 'state, success_rate, waiting_for_listing > 0,
	    last_complete_at = finished_at')" = 'complete|100.00|t|t' ]
}

@test "SyncLog: positions are those of their time, also of what did not run" {
	mock_up --limits none --switch properties=60,media=90 reso
	begin vow
	load_one vow property
	ha-synclog finish "$HA_RUN"
	mock_ask '/add?resource=Property&n=3' >added
	export HA_JOB=$JOB
	begin vow
	load_one vow property
	ha-synclog finish "$HA_RUN"
	unset HA_JOB
	begin vow
	load_one vow media
	ha-synclog finish "$HA_RUN"
	[ "$(sql 'SELECT count(*) FROM reso."SyncLog"')" -eq 3 ]
	same_time vow_property_timestamp Property vow
	same_time media_timestamp Media vow
	[ "$(sql 'SELECT string_agg((media_timestamp IS NULL)::text, $$ $$
	    ORDER BY id) FROM reso."SyncLog"')" = 'true true false' ]
	[ "$(sql 'SELECT array_agg(dense) FROM (SELECT dense_rank() OVER
	    (ORDER BY vow_property_timestamp) AS dense FROM reso."SyncLog"
	    ORDER BY id) x')" = '{1,2,2}' ]
	[ "$(sql 'SELECT bool_and(idx_property_timestamp IS NULL)
	    FROM reso."SyncLog"')" = t ]
}

@test "SyncLog: in the middle of a list the position is that of what is stored" {
	mock_up --limits none --switch properties=900 reso
	jq '.resources[0].page.size = 50' "$HA_ROOT/lib/sources/reso.json" >reso.json
	begin vow
	HA_SOURCES=$PWD ha-page reso/property -a vow | head -n 220 >cut
	HA_SOURCES=$PWD run -65 ha-upsert cut
	[ "$(sql 'SELECT complete, cursor FROM ha.sync_state')" = \
	    "$(sql "SELECT 'f', cursor FROM ha.sync_log")" ]
	[ "$(sql 'SELECT count(*) BETWEEN 150 AND 250, s.vow_property_timestamp
	    <= max(p.modification_timestamp) FROM reso.property p,
	    reso."SyncLog" s GROUP BY s.vow_property_timestamp')" = 't|t' ]
}

@test "SyncLog: failures, what was set aside, and a run that was killed" {
	mock_up --limits none --switch properties=30 reso
	export HA_JOB=$JOB
	begin vow
	ha-page reso/property -a vow |
		sed '3s/"ListingKey":"[^"]*"/"ListingKey":7/' >stream
	run -1 ha-upsert stream
	ha-synclog finish "$HA_RUN" reso/property -a vow --status 1
	ha-synclog finish "$HA_RUN" --status 1
	[ "$(sql 'SELECT total_processed - total_successful, total_failed,
	    error_count FROM reso."SyncLog"')" = '1|1|0' ]
	[ "$(latest "state, success_rate = round(100.0 * total_successful
	    / total_processed, 2) AND success_rate < 100")" = 'records set aside|t' ]
	unset HA_JOB
	begin vow
	ha-synclog finish "$HA_RUN" reso/media -a vow --status 69 \
	    --why 'HTTP 410'
	ha-synclog finish "$HA_RUN" --status 69
	[ "$(sql 'SELECT error_count, last_error_message FROM reso."SyncLog"
	    ORDER BY id DESC LIMIT 1')" = '1|vow media: HTTP 410' ]
	[ "$(latest 'state, success_rate, last_complete_at < finished_at')" = \
	    'failed|0.00|t' ]
	begin vow
	[ "$(latest 'state, error_count')" = 'interrupted|0' ]
	HA_LOCK='' ha-lock reso/vow psql -XAtqc \
	    'SELECT state FROM reso.latest_sync_status' >doing
	[ "$(cat doing)" = running ]
	begin vow
	ha-synclog finish "$HA_RUN"
	[ "$(sql 'SELECT error_count, last_error_message,
	    sync_duration_minutes FROM reso."SyncLog" WHERE id = 3')" = \
	    '1|vow: ended without a status|' ]
	[ "$(latest 'state, success_rate')" = 'complete|100.00' ]
}

@test "begin: HA_JOB that is no UUID is refused; other sources have no row" {
	HA_JOB=nightly run -64 ha-synclog begin -a vow reso
	[[ $output == *'HA_JOB: nightly is no UUID'* ]]
	[ "$(sql 'SELECT count(*) FROM ha.sync_runs')" -eq 0 ]
	HA_JOB=$JOB ha-synclog begin -a 1 hostaway >run
	[ "$(sql "SELECT job = '$JOB' FROM ha.sync_runs")" = t ]
	[ "$(sql 'SELECT count(*) FROM reso."SyncLog"')" -eq 0 ]
}
