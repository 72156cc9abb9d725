# rooms: scripts
# The past of a feed, window by window.
load ../helper
load ../laws

setup_file() { pg_up; }
teardown_file() { pg_down; }

# The account vow of the mock; the clock of the backfill is behind its data.
feed() { # mock option ...
	mock_up "$@" reso
	pg_fresh reso
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

# Its own make: a bats run of make shares no jobserver with these.
backfill() { # resource make arguments
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s \
	    -f "$HA_ROOT/scripts/backfill.mk" --warn-undefined-variables \
	    SOURCE=reso ACCOUNT=vow RESOURCE="$1" TODAY=2027-06-01 \
	    "${@:2}" 3>&- 4>&-
}
ALL=(FROM=2023-10 TO=2026-12) # 39 months and nulls
MONTHS=(FROM=2026-01 TO=2026-12) # 12 months and nulls
YEARS=(FROM=2023 TO=2026 STEP=year)

# What the feed holds, and what came to files, each row as often as it came.
truth() { mock_ask "/dump/$1" | jq -r '"\(.key) \(.time)"' | sort; }
came() { # resource key
	find spool/reso/vow/"$1" -name '*.ndjson' -exec grep -hv '^{"@ha":' {} + |
		jq -r "\"\\(.$2) \\(.ModificationTimestamp)\"" | sort
}
stored() { # resource key
	sql "SELECT r->>'$2' || ' ' || coalesce(r->>'ModificationTimestamp',
	    'null') FROM (SELECT raw_payload FROM reso.$1 UNION ALL
	    SELECT raw::jsonb FROM ha.parked WHERE resource = '$1') AS t (r)" |
		sort
}
done_marks() { find spool -name '*.done' | wc -l; }

@test "backfill: all windows and nulls are the whole feed, each row once" {
	feed --switch properties=300,media=1500 --limits 40/1s
	run -0 --separate-stderr backfill property "${ALL[@]}" -j4
	[ -z "$stderr" ]
	run -0 --separate-stderr backfill media "${ALL[@]}" -j4
	[ "$(wc -l <<<"$output")" -eq 40 ]
	diff <(truth Property) <(came property ListingKey)
	diff <(truth Media) <(came media MediaKey)
	diff <(truth Property) <(stored property ListingKey)
	diff <(truth Media) <(stored media MediaKey)
	law_conserved
	# four at a time, one limiter
	mock_ask /stats | jq -e '.limited == 0 and .busiest <= 40'
	mock_ask /queries | jq -e '.skips == 0 and .refused == 0'
	# and again: nothing to do, nothing asked
	mock_ask /reset-stats
	run -0 --separate-stderr backfill media "${ALL[@]}" -j4
	[ -z "$output$stderr" ]
	[ "$(mock_ask /stats | jq .calls)" -eq 0 ]
	run -0 backfill media "${ALL[@]}" status
	[[ $output == *"40 of 40 windows stored, $(truth Media | wc -l) rows" ]]
	# guests' data, or as good as: for the owner alone
	[ -z "$(find spool -perm /077)" ]
	[ -z "$(find spool -name '*.part*')" ]
}

@test "backfill: a feed's position goes on from there with a page or two" {
	feed --limits none --switch properties=300,media=50
	backfill property "${YEARS[@]}" -j4
	[ -z "$(ha-synclog last -a vow reso/property)" ]
	law_versions reso >before
	mock_ask /reset-stats
	pipe property --from '{"position":"2026-11-01T00:00:00Z"}'
	diff before <(law_versions reso)
	[ "$(mock_ask /stats | jq .calls)" -le 2 ]
	[ "$(ha-synclog last -a vow reso/property | jq -r .position)" = \
	    "$(truth Property | awk '$2 != "null" && $2 > t {t = $2}
	    END {print t}')" ]
}

# Pages of 20, so that a window has several.
small_pages() {
	law_source reso '.resources[].page.size? = 20'
}

@test "backfill: killed at random, it goes on; at most two pages of a window come twice" {
	local n rows twice
	small_pages
	feed --limits none --switch properties=200,media=800 \
	    --fault slow=0.2,ms=40
	pg_template
	pg_fresh
	backfill property "${YEARS[@]}" -j2
	for n in 1 2 3 4 5 6 7 8; do
		law_kill "0.$((RANDOM % 6))$((RANDOM % 9 + 1))" \
		    make -f "$HA_ROOT/scripts/backfill.mk" -j3 SOURCE=reso \
		    ACCOUNT=vow RESOURCE=media STEP=year FROM=2023 TO=2026 \
		    TODAY=2027-06-01
	done
	run -0 backfill media "${YEARS[@]}" -j3
	diff <(truth Media) <(came media MediaKey)
	diff <(truth Media) <(stored media MediaKey)
	law_conserved
	# of each that was in flight: one written or not, one on its way
	rows=$(mock_ask /queries | jq .rows)
	twice=$((rows - $(truth Media | wc -l) - $(truth Property | wc -l)))
	echo "$twice rows came twice"
	[ "$twice" -ge 0 ]
	[ "$twice" -le $((8 * 3 * 40)) ]
	# the same tables as without any of that
	law_tables reso >one
	pg_fresh
	rm -rf spool
	backfill property "${YEARS[@]}"
	backfill media "${YEARS[@]}"
	diff one <(law_tables reso)
}

@test "backfill: a window that fails is listed, the others finish, make mends it" {
	feed --limits none --switch properties=100,media=100
	# one call of many is refused for good
	mock_ask '/fault?to=422=%237'
	run -2 --separate-stderr backfill property "${MONTHS[@]}" -k -j2
	[[ $stderr == *'ha-backfill: reso/property: 1 of 13 windows failed:'* ]]
	[[ $stderr =~ [0-9-]{7}\ +status\ 69\ +ha-page:\ .*422 ]]
	[ "$(done_marks)" -eq 12 ]
	run -0 backfill property "${MONTHS[@]}" status
	[ "$(grep -c ' failed 69 ' <<<"$output")" -eq 1 ]
	[ "$(tail -n 1 <<<"$output")" != '' ]
	mock_ask /fault
	mock_ask /reset-stats
	run -0 --separate-stderr backfill property "${MONTHS[@]}"
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[ "$(mock_ask /stats | jq .calls)" -le 2 ]
	diff <(truth Property | grep -E " (2026|null)") <(stored property ListingKey)
	# without -k it stops at the first, and says so as well
	rm -rf spool
	mock_ask '/fault?to=422=%233'
	run -2 --separate-stderr backfill property "${MONTHS[@]}"
	[[ $stderr == *'1 of 13 windows failed:'* ]]
	[ "$(done_marks)" -lt 5 ]
}

@test "backfill: files now, without a database; tables later, without the API" {
	feed --limits none --switch properties=100,media=300
	PGHOST=/nowhere PGPORT=1 backfill property "${YEARS[@]}" -j4 fetch
	PGHOST=/nowhere PGPORT=1 backfill media "${YEARS[@]}" -j4 fetch
	diff <(truth Media) <(came media MediaKey)
	[ "$(done_marks)" -eq 0 ]
	truth Media >media
	mock_ask /reset-stats
	backfill media "${YEARS[@]}" fetch
	[ "$(mock_ask /stats | jq .calls)" -eq 0 ]
	mock_down
	unset HA_TOKEN
	backfill property "${YEARS[@]}" -j4 load
	backfill media "${YEARS[@]}" -j4 load
	diff media <(stored media MediaKey)
	# and once more, out of the files that were kept: no row changes
	law_versions reso >before
	run -0 backfill media "${YEARS[@]}" -j4 reload
	[ "$(wc -l <<<"$output")" -eq 5 ]
	diff before <(law_versions reso)
	law_conserved
	# what is not there cannot be loaded
	rm spool/reso/vow/media/202[56].{ndjson,done}
	run -2 --separate-stderr backfill media "${YEARS[@]}" -k load
	[[ $stderr == *'2 of 5 windows failed:'* ]]
	[[ $stderr == *'status 66  ha-backfill: is not fetched yet'* ]]
}

@test "backfill: a file that was cut goes on behind its last mark; KEEP=0 keeps none" {
	small_pages
	feed --limits none --switch properties=60,media=600
	local f=spool/reso/vow/media/2026-05.ndjson was
	backfill property "${YEARS[@]}" fetch
	backfill media FROM=2026-05 TO=2026-05 fetch
	was=$(wc -l <$f)
	[ "$was" -gt 60 ]
	for n in 1 30 $((was / 2)) $((was - 1)); do
		backfill media FROM=2026-05 TO=2026-05 fetch
		head -n "$n" $f >cut && printf '{"MediaKey":"half' >>cut
		mv cut $f
		mock_ask /reset-stats
		run -2 --separate-stderr backfill media FROM=2026-05 TO=2026-05 \
		    load NULLS=0
		[[ $stderr == *'is cut off'* ]]
		backfill media FROM=2026-05 TO=2026-05 fetch NULLS=0
		[ "$(came media MediaKey | sort | uniq -d | wc -l)" -eq 0 ]
		[ "$(mock_ask /stats | jq .calls)" -le $(((was - n) / 20 + 3)) ]
	done
	backfill property "${YEARS[@]}"
	backfill media FROM=2026-05 TO=2026-05 KEEP=0
	[ ! -e $f ]
	[ -e "${f%.ndjson}.done" ]
	diff <(truth Media | grep -E ' (2026-05|null)') <(stored media MediaKey)
	mock_ask /reset-stats
	backfill media FROM=2026-05 TO=2026-05 KEEP=0
	backfill media FROM=2026-05 TO=2026-05 KEEP=0 fetch
	[ "$(mock_ask /stats | jq .calls)" -eq 0 ]
	# damaged in the middle: told by the load, then fetched again
	sed -i 5d spool/reso/vow/property/2026.ndjson
	run -2 backfill property "${YEARS[@]}" -k reload
	[ -e spool/reso/vow/property/2026.ndjson.damaged ]
	run -0 backfill property "${YEARS[@]}"
	[ ! -e spool/reso/vow/property/2026.ndjson.damaged ]
}

@test "backfill: two makes at once do each window once" {
	feed --limits none --switch properties=200,media=100 \
	    --fault slow=0.3,ms=50
	backfill property "${MONTHS[@]}" -j3 >one 2>&1 &
	backfill property "${MONTHS[@]}" -j3 >two 2>&1
	wait $!
	diff <(truth Property | grep -E " (2026|null)") <(came property ListingKey)
	diff <(truth Property | grep -E " (2026|null)") <(stored property ListingKey)
	[ "$(done_marks)" -eq 13 ]
	[ "$(cat one two | grep -c stored)" -eq 13 ]
	[ "$(mock_ask /queries | jq .rows)" -eq "$(truth Property | grep -cE " (2026|null)")" ]
	law_conserved
}

@test "backfill: a full disk leaves no done mark and no cut file" {
	feed --limits none --switch properties=300,media=50
	run -2 bash -c "ulimit -f 32; $(declare -f backfill)
	    backfill property ${YEARS[*]} -k"
	[ ! -e spool/reso/vow/property/2026.ndjson ]
	[ ! -e spool/reso/vow/property/2026.done ]
	[[ $output == *'windows failed'* ]]
	for f in spool/reso/vow/property/*.ndjson; do
		[ ! -e "$f" ] || tail -n 1 "$f" | jq -e .complete
	done
	run -0 backfill property "${YEARS[@]}" -j4
	diff <(truth Property) <(stored property ListingKey)
	diff <(truth Property) <(came property ListingKey)
}

@test "backfill: a disk that is full to the last byte is said, and mended" {
	mkdir spool && unshare -m mount -t tmpfs -o size=300k tmpfs spool ||
		skip 'nothing may be mounted here'
	feed --limits none --switch properties=300,media=50
	export -f backfill
	export YEAR="${YEARS[*]}"
	run unshare -m bash -c 'mount -t tmpfs -o size=300k tmpfs spool
	    backfill property $YEAR -k -j2 && exit 99
	    for f in spool/reso/vow/property/*.ndjson; do
		    tail -n 1 "$f" | jq -e .complete || exit 98
	    done
	    rm -f spool/reso/vow/property/*.done
	    mount -o remount,size=5m spool
	    echo again
	    backfill property $YEAR && cp -r spool/reso other'
	[ "$status" -eq 0 ]
	[[ ${output%%again*} == *'No space left on device'* ]]
	[[ ${output%%again*} =~ [1-5]\ of\ 5\ windows\ failed ]]
	[[ ${output##*again} != *failed* ]]
	cp -r other spool/reso
	diff <(truth Property) <(stored property ListingKey)
	diff <(truth Property) <(came property ListingKey)
}

@test "backfill: a window that is not over for a day is read again" {
	feed --limits none --switch properties=100,media=50
	backfill property FROM=2026-10 TODAY=2026-11-01
	# October is open for a day more, November has only begun
	[ "$(find spool -name '*.open.ndjson' | wc -l)" -eq 2 ]
	[ "$(done_marks)" -eq 1 ]
	mock_ask '/update?resource=Property&n=5' >changed
	backfill property FROM=2026-10 TODAY=2026-11-30
	[ "$(find spool -name '*.open.ndjson' | wc -l)" -eq 1 ]
	backfill property FROM=2026-10 TODAY=2026-12-02 TO=2026-11
	[ -z "$(find spool -name '*.open.ndjson')" ]
	[ "$(done_marks)" -eq 3 ]
	diff <(truth Property | grep -E ' (2026-1[01]|null)') \
	    <(came property ListingKey)
	run -0 backfill property FROM=2026-10 TODAY=2026-12-02 TO=2026-11
	[ -z "$output" ]
	# without its file, too, it is known to be open
	backfill property FROM=2026-11 TODAY=2026-11-30 KEEP=0 clean all
	run -0 backfill property FROM=2026-11 TODAY=2026-11-30 status
	[[ $output == *'2026-11     open '* ]]
}

@test "backfill: windows are years, months or days, and a wrong one is refused" {
	windows() { ha-backfill-window windows "$@" 0 2026-11-21; }
	[ "$(windows 2019-11-05 2020-02-01 month | tr '\n' ' ')" = \
	    '2019-11 2019-12 2020-01 2020-02 ' ]
	[ "$(windows 2018-06 '' year | tail -n 1)" = 2026 ]
	[ "$(windows 2020 2020 day | wc -l)" -eq 366 ]
	[ "$(windows 1900 1900 day | wc -l)" -eq 365 ]
	[ "$(windows 2020-02-28 2020-03-01 day | tr '\n' ' ')" = \
	    '2020-02-28 2020-02-29 2020-03-01 ' ]
	[ "$(windows 2020-12 2021-01 day | sed -n '31,32p' | tr '\n' ' ')" = \
	    '2020-12-31 2021-01-01 ' ]
	for bad in 'FROM=2019-13' 'FROM=2019-02-30 STEP=day' 'FROM=now' \
	    'FROM=2019 STEP=week' 'FROM=2027' 'FROM=2019 SPOOL=a\ b' \
	    'FROM=0001 TO=9999 STEP=day' 'FROM='; do
		run -2 eval "backfill property TO=2026 $bad -n"
		[[ $output != *'ha-backfill-window store'* ]]
	done
	run -0 backfill property "${ALL[@]}" -n
	[ ! -e spool ]
	[[ $output != *warning* ]]
	run -0 backfill property help
	[[ $output == *reload* ]]
}

@test "backfill: the example script ends in the feed's tables, and again costs little" {
	feed --limits none --switch properties=100,media=200,rooms=100
	sed "s|^mk=.*|mk=$HA_ROOT/scripts/backfill.mk|
	    s|SOURCE=reso|& STEP=year|" "$HA_ROOT/examples/backfill.sh" >script
	grep -q STEP=year script
	mkdir -p data
	HA_SPOOL=$PWD/data bash script vow 2023-10
	diff <(truth Property) <(stored property ListingKey)
	diff <(truth Media) <(stored media MediaKey)
	diff <(truth PropertyRooms) <(stored property_rooms RoomKey)
	diff <(truth OpenHouse) <(stored open_house OpenHouseKey)
	law_conserved
	law_versions reso >before
	mock_ask /reset-stats
	HA_SPOOL=$PWD/data bash script vow 2023-10
	diff before <(law_versions reso)
	# the open year and an overlap of each
	[ "$(mock_ask /stats | jq .calls)" -le 20 ]
}

@test "backfill: ties larger than a page on both sides of a border, -j4" {
	small_pages
	feed --limits none --switch properties=150,media=50 \
	    --now 2026-10-31T23:59:59Z
	# each change takes the clock 37 ms on
	mock_ask '/update?resource=Property&n=24' >changed
	mock_ask '/update?resource=Property&n=120&tie=1' >changed
	mock_ask '/update?resource=Property&n=50&tie=1' >changed
	truth Property | grep -c ' 2026-10-31T23:59:59' >last
	truth Property | grep -c ' 2026-11-01T00:00:00' >tie
	[ "$(<tie)" -gt 20 ]
	[ "$(<last)" -gt 20 ]
	backfill property FROM=2026-10-30 TO=2026-11-02 STEP=day -j4
	truth Property | grep -E ' (2026-10-3|2026-11-0[12]|null)' >want
	diff want <(came property ListingKey)
	diff want <(stored property ListingKey)
	[ "$(cat spool/reso/vow/property/2026-11-01.done)" = \
	    "$(<tie) $(wc -c <spool/reso/vow/property/2026-11-01.ndjson)" ]
}

# Conversations that are stored, and slices of them.
threads() { # mock option ...
	mock_up --listings 3 --reservations 30 --messages 3 --settle 0 \
	    --limits none hostaway "$@"
	pg_fresh hostaway
	law_account hostaway 59808 2>/dev/null
	ha-sync -q hostaway listings reservations conversations >/dev/null
	mock_ask /reset-stats
}
slices() { # make arguments
	SOURCE=hostaway env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s \
	    -f "$HA_ROOT/scripts/backfill.mk" --warn-undefined-variables \
	    RESOURCE=messages PARENTS=7 "$@" 3>&- 4>&-
}

@test "backfill: what is read per parent is parted by parents" {
	threads
	run -0 --separate-stderr slices -j3
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" -eq 5 ]
	law_truth hostaway messages message_rows
	[ "$(ha-synclog pending -a 59808 --count hostaway/messages)" -eq 0 ]
	[ "$(mock_ask /stats | jq .calls)" -eq 30 ]
	law_conserved
	# again: nothing to do, and a slice is the same, whatever came meanwhile
	mock_ask '/add?resource=reservations&n=3' POST >/dev/null
	run -0 --separate-stderr slices PARENTS=3
	[ -z "$output$stderr" ]
	run -0 slices status
	[[ $output == *'5 of 5 windows stored'* ]]
	slices clean
	[ -z "$(find spool -type f)" ]
}

@test "backfill: slices that are killed go on behind their last parent" {
	threads
	mock_ask '/fault?to=slow=0.3,ms=30' POST >/dev/null
	slices status >/dev/null
	for n in 1 2 3 4; do
		law_kill "0.$((RANDOM % 9 + 1))" make -j2 -k \
		    -f "$HA_ROOT/scripts/backfill.mk" SOURCE=hostaway \
		    RESOURCE=messages PARENTS=15
	done
	run -0 slices -j2
	law_truth hostaway messages message_rows
	law_conserved
	# a file that was cut: whose children are in it is not asked again
	f=$(find spool -name '000001.ndjson')
	parents=$(grep -c '^{"@ha":"open"' "$f")
	for n in 5 $(($(wc -l <"$f") / 2)) $(($(wc -l <"$f") - 1)); do
		rm -f "${f%.ndjson}.done"
		head -n "$n" "$f" >cut
		printf '{"id":1' >>cut
		cp cut "$f"
		done=$(grep -c '^{"@ha":"close"' cut) || true
		mock_ask /reset-stats
		slices
		[ "$(mock_ask /stats | jq .calls)" -eq $((parents - done)) ]
		[ "$(grep '^{"@ha":"open"' "$f" | sort -u | wc -l)" -eq "$parents" ]
		[ "$(grep -c '^{"@ha":"open"' "$f")" -eq "$parents" ]
		cmp <(grep -v '^{"@ha"' "$f" | sort -u) <(grep -v '^{"@ha"' "$f" | sort)
	done
	law_truth hostaway messages message_rows
}

@test "backfill: a list that cannot be parted says what to use instead" {
	threads
	run -2 --separate-stderr slices PARENTS= FROM=2024
	[[ $stderr == *'is read per parent'*'by parents, PARENTS=100'* ]]
	run -2 --separate-stderr slices PARENTS= FROM=2024 RESOURCE=reservations
	[[ $stderr == *'not asked for by time'*'ha-sync hostaway/reservations'* ]]
	run -2 --separate-stderr slices RESOURCE=reservations
	[[ $stderr == *'not read per parent'*'ha-sync hostaway/reservations'* ]]
	run -2 --separate-stderr slices PARENTS= FROM=2024 RESOURCE=guests
	[[ $stderr == *'is part of reservations'*'with the rows'* ]]
	run -2 --separate-stderr slices RESOURCE=guests
	[[ $stderr == *'with the rows'* ]]
	run -2 --separate-stderr slices FROM=2024
	[[ $stderr == *'not both'* ]]
	run -2 --separate-stderr slices PARENTS=0
	[[ $stderr == *'not a number of parents'* ]]
	[ "$(mock_ask /stats | jq .calls)" -eq 0 ]
	[ "$(find . -name '*.ndjson')" = '' ]
}
