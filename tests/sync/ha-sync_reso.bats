#!/usr/bin/env bats
# rooms: -
# ha-sync reso: phases, accounts of boards, settings, what people see.

load ../helper
load ../laws

setup_file() {
	pg_up reso
	law_account reso idx 2>/dev/null
	psql -Xqc 'DELETE FROM ha.accounts'
	pg_template
}
teardown_file() { pg_down; }

setup() {
	pg_fresh
	mock_up --limits none --switch properties=300,media=900 reso
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
}

teardown() { mock_down; }

account() { # name [token]
	echo "${2:-mock-${1##*_}}" | ha-account add reso "$1"
}

both() {
	account idx
	account vow
}

rows() { # table
	psql -XAtqc "SELECT count(*) FROM reso.$1 ${2:+WHERE account_id = '$2'}"
}

calls() {
	mock_ask /stats | jq .calls
}

# Phases that ended, as "title", in their order.
phases_of() { # log
	grep -E '; [0-9.]+ s$' "$1" | sed 's/  .*//'
}

@test "ha-sync reso: the listings of both feeds, then children with vow" {
	both
	ha-sync reso >out 2>err
	[ "$(phases_of err | paste -sd,)" = \
	    'IDX listings,VOW listings,Media,Rooms,Open houses' ]
	[ "$(rows property idx)" -eq "$(mock_ask '/dump/Property?feed=idx' | wc -l)" ]
	[ "$(rows property vow)" -eq "$(mock_ask '/dump/Property' | wc -l)" ]
	for table in media property_rooms open_house; do
		[ "$(rows $table vow)" -gt 0 ]
		[ "$(rows $table idx)" -eq 0 ]
	done
	law_conserved
}

@test "ha-sync reso: the sum at the end is that of the log and of the mock" {
	both
	ha-sync reso >out 2>err
	want=$(for r in 'Property?feed=idx' Property Media PropertyRooms OpenHouse; do
		mock_ask "/dump/$r"
	done | wc -l)
	sum=$(psql -XAtqc 'SELECT sum(fetched), sum(inserted + updated),
	    sum(unchanged + stale), sum(parked), sum(rejected), sum(calls)
	    FROM ha.sync_log')
	IFS='|' read -r fetched stored skipped parked failed called <<<"$sum"
	[ "$fetched" -eq "$want" ]
	[ "$parked" -gt 0 ]
	[ "$called" -eq "$(calls)" ]
	tail -n 1 err | tr -d , >last
	[ "$(<last)" = "$fetched fetched = $stored stored + $skipped skipped + \
$parked parked + $failed failed; $called calls" ]
	tail -n 2 err | head -n 1 |
	    grep -Eq '^reso: done in [0-9]+:[0-9]{2}, 100\.00 % success$'
	# what was to come came
	grep -E 'to come$' err | tr -d , |
	    awk '{ n += $(NF - 2) } END { print n }' >said
	[ "$(<said)" -eq "$want" ]
}

@test "ha-sync reso: again, it writes nothing and starts where it was" {
	both
	ha-sync -q reso >/dev/null
	law_versions reso >before
	ha-sync reso >out 2>err
	diff before <(law_versions reso)
	[ "$(grep -c ': from 2' err)" -eq 5 ]
	tail -n 1 err | grep -q ' 0 stored + '
}

@test "ha-sync reso: a parked child is told of when its listing comes" {
	both
	ha-sync -q reso >/dev/null
	parked=$(psql -XAtqc 'SELECT count(*) FROM ha.parked')
	ha-sync reso >out 2>err
	run ! grep -q 'parked until now' err
	mock_ask '/arrive?resource=Property' >/dev/null
	ha-sync reso >out 2>err
	grep -Eq '^Media +[0-9]+ inserted, parked until now; ' err
	[ "$(psql -XAtqc 'SELECT count(*) FROM ha.parked')" -lt "$parked" ]
	law_conserved
}

@test "ha-sync reso: flags choose, in any number and order" {
	both
	ha-sync --vow reso >out 2>err
	[ "$(phases_of err)" = 'VOW listings' ]
	[ "$(rows property idx)" -eq 0 ]
	ha-sync reso --openhouse --rooms >out 2>err
	[ "$(phases_of err | paste -sd,)" = 'Rooms,Open houses' ]
	[ "$(rows media)" -eq 0 ]
	ha-sync --media reso --idx >out 2>err
	[ "$(phases_of err | paste -sd,)" = 'IDX listings,Media' ]
	[ "$(rows media vow)" -gt 0 ]
	run -64 --separate-stderr ha-sync reso --photos
	[[ $stderr == *'unknown option --photos'* ]]
	run -64 --separate-stderr ha-sync hostaway --media
	[[ $stderr == *'unknown option --media'* ]]
	run -64 ha-sync reso --media property
	run -64 ha-sync reso --media --all
	run -64 --separate-stderr ha-sync -a vow reso --idx
	[[ $stderr == *'account vow has no --idx'* ]]
}

@test "ha-sync reso: --help names the phases of the source" {
	ha-sync --help >plain
	run ! grep -q openhouse plain
	ha-sync reso --help >help
	for flag in idx vow media rooms openhouse; do
		grep -Eq -- "^ +--$flag +[A-Z]" help
	done
}

@test "ha-sync reso: with idx alone it reads the children, too" {
	account idx
	ha-sync reso >out 2>err
	[ "$(phases_of err | paste -sd,)" = \
	    'IDX listings,Media,Rooms,Open houses' ]
	[ "$(rows media idx)" -gt 0 ]
	run -78 --separate-stderr ha-sync reso --vow
	[[ $stderr == *'no account of reso for --vow: ha-account add reso vow'* ]]
}

@test "ha-sync reso: each board has its accounts" {
	account east_idx
	account east_vow
	account west_idx
	ha-sync reso >out 2>err
	[ "$(phases_of err | paste -sd,)" = 'IDX listings,IDX listings,VOW listings,Media,Media,Rooms,Rooms,Open houses,Open houses' ]
	for name in east_vow west_idx; do
		[ "$(rows media $name)" -gt 0 ]
	done
	[ "$(rows media east_idx)" -eq 0 ]
	# one table for all of them
	[ "$(grep -c '^account ' out)" -eq 1 ]
	[ "$(awk 'NR > 1 && $1 != "total" { print $1 }' out | sort -u |
	    xargs)" = 'east_idx east_vow west_idx' ]
	# as ever: one account, or each of them with everything
	ha-sync reso -a east_idx >out 2>err
	[ "$(rows media east_idx)" -gt 0 ]
	ha-sync -q reso --all >/dev/null
	run -64 ha-sync reso property
	ha-sync -q reso -a west_idx property >/dev/null
}

@test "ha-sync reso: an account that is neither idx nor vow is read as ever" {
	account main mock-vow
	ha-sync reso >out 2>err
	[ "$(rows property main)" -gt 0 ]
	[ "$(rows media main)" -gt 0 ]
	account idx
	ha-sync reso >out 2>err
	grep -q 'account main is in no phase of reso: ha-sync -a main reso' err
}

@test "ha-sync reso: children alone, without a listing: 66, and no call" {
	both
	for flag in media rooms openhouse; do
		run -66 --separate-stderr ha-sync reso --$flag
		[ "$stderr" = "ha-sync: --$flag: nothing of reso/property is \
stored for account vow; first: ha-sync reso --vow" ]
	done
	[ "$(calls)" -eq 0 ]
	[ "$(psql -XAtqc 'SELECT count(*) FROM ha.sync_runs')" -eq 0 ]
	run -66 --separate-stderr ha-sync -a idx reso --media
	[[ $stderr == *'for account idx; first: ha-sync reso --idx' ]]
	# the other feed's do not help; what can be done is done
	run -66 --separate-stderr ha-sync reso --idx --media
	[[ $stderr == *'first: ha-sync reso --vow'* ]]
	[ "$(rows property idx)" -gt 0 ]
	[ "$(rows media)" -eq 0 ]
	run -0 --separate-stderr ha-sync reso --vow --media
	[ "$(rows media vow)" -gt 0 ]
}

@test "ha-sync reso: --force reads all again, and deletes nothing" {
	both
	ha-sync -q reso >/dev/null
	mock_ask '/delete?resource=Property' >/dev/null
	ha-sync -q --json reso --force --vow >out
	jq -es 'all(.[] | select(.resource == "reso/property"); .unchanged > 100)' out
	[ "$(psql -XAtqc "SELECT mode FROM ha.sync_log ORDER BY id DESC LIMIT 1")" = full ]
	[ "$(psql -XAtqc 'SELECT count(*) FROM reso.property
	    WHERE deleted_at IS NOT NULL')" -eq 0 ]
}

@test "ha-sync reso: a second one says who is at it, and since when" {
	both
	ha-lock reso/vow sleep 60 3>&- &
	local holder=$!
	until [ "$(psql -XAtqc 'SELECT count(*) FROM ha.sync_locks')" = 1 ]; do
		sleep 0.02
	done
	run -75 --separate-stderr ha-sync reso
	kill "$holder"
	wait "$holder" || true
	[[ $stderr =~ 'reso/vow: held by '.*' since '[0-9]+ ]]
	# the other account is not held up
	[ "$(rows property idx)" -gt 0 ]
	[ "$(rows property vow)" -eq 0 ]
	[[ $stderr == *'reso: not all done (status 75)'* ]]
}

@test "ha-sync reso: all that one command does is one job" {
	both
	mkdir fake
	printf '#!/bin/sh\necho "$HA_JOB" >>jobs\nexec "%s" "$@"\n' \
	    "$(command -v ha-upsert)" >fake/ha-upsert
	chmod +x fake/ha-upsert
	PATH=$PWD/fake:$PATH ha-sync -q reso >/dev/null
	[ "$(wc -l <jobs)" -gt 3 ]
	[ "$(sort -u jobs | grep -Ec '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')" -eq 1 ]
	[ "$(sort -u jobs | wc -l)" -eq 1 ]
}

@test "ha-sync reso: sizes and pauses are said at the start, and are true" {
	both
	cat >conf <<-'END'
	# all of it, then one resource
	reso        page=200 batch=100
	reso/media  page=300 batch=1000 jobs=2 pause=10ms  # slow
	hostaway/*  page=7
	END
	HA_SYNC_CONFIG=conf ha-sync reso >out 2>err
	head -n 4 err >block
	diff block - <<-'END'
	page    batch    pause                      resources
	200     100      only when the server asks  property, property_rooms,
	                                            open_house
	300     1,000x2  10ms                       media
	END
	rows=$(mock_ask /dump/Media | wc -l)
	psql -XAtqc "SELECT calls FROM ha.sync_log WHERE resource = 'media'" >n
	[ "$(<n)" -ge $((rows / 300)) ]
	[ "$(<n)" -le $((rows / 300 + 2)) ]
	for bad in page=0 page=x batch=9999999 pause=3 speed=7 ''; do
		echo "reso/media $bad" >conf
		HA_SYNC_CONFIG=conf run -78 --separate-stderr ha-sync reso
		[[ $stderr == *'conf:1: '* ]]
	done
	echo 'reso/medium page=1' >conf
	HA_SYNC_CONFIG=conf run -78 --separate-stderr ha-sync reso
	[[ $stderr == *'reso has no resource medium'* ]]
	HA_SYNC_CONFIG=$PWD/none run -78 ha-sync reso
}

@test "ha-sync reso: -n says the calls of each account, and is right" {
	both
	said=$(ha-sync -n --json reso |
	    jq -s 'map(select(has("seconds") | not).calls) | add')
	mock_ask /reset-stats
	ha-sync -q reso >/dev/null
	made=$(calls)
	[ "$said" -ge $((made - 2)) ]
	[ "$said" -le $((made + 2)) ]
	mock_ask /reset-stats
	ha-sync -n reso >out
	[ "$(calls)" -eq 0 ]
	[ "$(grep -c '^account ' out)" -eq 2 ]
}

@test "ha-sync reso: Ctrl-C between two accounts ends all of it" {
	both
	mock_ask '/fault?to=slow,path=/Property,ms=300'
	mkdir tmp
	echo 'reso page=20 batch=20' >conf
	TMPDIR=$PWD/tmp HA_SYNC_CONFIG=conf setsid \
	    env --default-signal=INT ha-sync reso >out 2>err 3>&- &
	local sync=$! got=0 tries
	until [ "$(rows property)" -gt 0 ]; do
		sleep 0.05
	done
	kill -INT "$sync"
	wait "$sync" || got=$?
	[ "$got" -eq 130 ]
	grep -q 'reso: stopped after' err
	# the table has the page that came before, and its call
	awk '$1 == "property" { exit !($2 >= 20 && $(NF - 1) > 0) }' out
	grep -q 'To go on: ha-sync reso' err
	[ "$(rows property vow)" -eq 0 ]
	[ -z "$(ls tmp)" ]
	for ((tries = 0; tries < 100; tries++)); do
		pgrep -s "$sync" -a >left || break
		sleep 0.05
	done
	[ ! -s left ] || { cat left; false; }
	mock_ask /fault
	ha-sync -q reso >/dev/null
	[ "$(rows property idx)" -eq "$(mock_ask '/dump/Property?feed=idx' | wc -l)" ]
}

@test "ha-sync reso: killed outright, it leaves nobody at work" {
	both
	mock_ask '/fault?to=slow,path=/Property,ms=500'
	setsid ha-sync reso >out 2>err 3>&- &
	local sync=$! tries
	until pgrep -s "$sync" ha-page >/dev/null; do sleep 0.05; done
	kill -9 "$sync"
	wait "$sync" || true
	for ((tries = 0; tries < 200; tries++)); do
		pgrep -s "$sync" -a >left || break
		sleep 0.05
	done
	[ ! -s left ] || { cat left; false; }
	mock_ask /fault
	law_ends ha-sync -q reso
}

@test "ha-sync reso: --max-time is for all parts together" {
	both
	mock_ask '/fault?to=slow,path=/Property,ms=400' >/dev/null
	echo 'reso page=20 batch=20' >conf
	HA_SYNC_CONFIG=conf run -75 --separate-stderr \
	    ha-sync reso --max-time 2s
	[[ $stderr == *'the time is spent'* ]]
	# the second account has no time of its own
	[ "$(rows property vow)" -eq 0 ]
	mock_ask /fault >/dev/null
	ha-sync -q reso --max-time 1h >/dev/null
	[ "$(rows property vow)" -gt 0 ]
}
