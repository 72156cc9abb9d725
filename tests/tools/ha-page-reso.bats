# rooms: page
load ../helper

# Walks by time and key over an invented feed of listings.
mock() { # option ...
	mock_up --limits none "$@" reso
	export HA_TOKEN=mock-vow
}

# A description of our own: what it says is what the cases are about.
setup() {
	cat >mls.json <<'END'
{"v": 1, "source": "mls", "base": "https://api.example.com/odata",
 "auth": {"style": "bearer", "header": "Authorization: Bearer {token}"},
 "waits": {"headers": [{"name": "X-Rate-Limit-Retry-After-Seconds"},
   {"name": "Hour-Quota-ResetTime", "form": "epoch-ms"}]},
 "envelope": {"rows": ".value", "count": ".\"@odata.count\"",
   "next": ".\"@odata.nextLink\"", "status": ".error",
   "message": ".error.message"},
 "resources": [
 {"name": "media", "path": "/Media", "page": {"style": "keyset", "size": 100,
   "time": "ModificationTimestamp", "key": "MediaKey", "overlap": "20m"},
  "position": ".ModificationTimestamp", "key": ["media_key"],
  "columns": {"media_key": ["text", ".MediaKey"]}},
 {"name": "large", "path": "/Media", "page": {"style": "keyset", "size": 1000,
   "time": "ModificationTimestamp", "key": "MediaKey", "short": true,
   "select": "MediaKey,ModificationTimestamp", "count": true,
   "filter": "ImageSizeDescription eq 'Large' or ImageHeight gt 1000"},
  "key": ["media_key"], "columns": {"media_key": ["text", ".MediaKey"]}},
 {"name": "property", "path": "/Property", "page": {"style": "keyset",
   "size": 50, "time": "ModificationTimestamp", "key": "ListingKey",
   "overlap": "20m"},
  "position": ".ModificationTimestamp", "key": ["listing_key"],
  "columns": {"listing_key": ["text", ".ListingKey"]}}]}
END
	export HA_SOURCES=$PWD
}

teardown() { mock_down; }

end_of() { # file member
	tail -n 1 "$1" | jq -c "$2"
}
records() { grep -hv '^{"@ha":' "$@"; }
# What the feed has, and what came: "key time" of the last of each key.
dump() { # resource
	mock_ask "/dump/$1" | jq -r '"\(.key) \(.time)"' | sort
}
came() { # key file ...
	records "${@:2}" |
		jq -r "\"\\(.$1) \\(.ModificationTimestamp)\"" |
		awk '{last[$1] = $0} END {for (k in last) print last[k]}' | sort
}

@test "keyset: every row once, ties larger than a page, none skipped" {
	mock --switch properties=500,media=6000
	run -0 --separate-stderr ha-page -a vow mls/media
	[ -z "$stderr" ]
	printf '%s\n' "$output" >out
	[ "$(head -n 1 out | jq -c '[.mode, .whole]')" = '["full",true]' ]
	diff <(dump Media) <(came MediaKey out)
	# more than a page share one time; both precisions are there
	records out | jq -r .ModificationTimestamp | sort | uniq -c | sort -n |
		tail -n 1 | awk '{exit $1 <= 100}'
	records out | grep -q '"ModificationTimestamp":"[^".]*Z"'
	records out | grep -q '"ModificationTimestamp":"[^"]*\.[0-9]*Z"'
	# the null one came first: an empty page more is all
	rows=$(dump Media | wc -l)
	[ "$(records out | wc -l)" -eq "$rows" ]
	[ "$(end_of out '[.calls, .complete]')" = \
	    "[$(((rows + 99) / 100 + 1)),true]" ]
	mock_ask /queries | jq -e '.skips == 0 and .refused == 0'
}

@test "keyset: a filter and a selection; the last page is a short one" {
	mock --switch properties=500,media=6000
	ha-page -a vow -v mls/large >out 2>err
	[ "$(end_of out '[.complete, .records == .count]')" = '[true,true]' ]
	[ "$(records out | wc -l)" -gt 1000 ]
	records out | jq -es 'all(keys == ["MediaKey", "ModificationTimestamp"])'
	rows=$(records out | wc -l)
	# without a time there may be some: one call asks for them
	[ "$(end_of out .calls)" -le $(((rows + 999) / 1000 + 1)) ]
}

@test "keyset: faults, rows that move, come late and come twice lose nothing" {
	mock --switch properties=400,media=100 --switch late=0.2,twice=0.1 \
	    --switch short=0.1 --move 0.5 --fault 500=0.05 --fault cut=0.05 \
	    --switch hidden=20
	ha-page -a vow mls/property >one
	[ "$(end_of one .complete)" = true ]
	mock_ask "/fault" >/dev/null
	mock_ask "/late?resource=Property&n=100" >/dev/null
	mock_ask "/update?resource=Property&n=40&tie=1" >/dev/null
	ha-page -a vow --from "$(end_of one .cursor)" mls/property >two
	[ "$(end_of two .complete)" = true ]
	[ "$(head -n 1 two | jq -r .mode)" = since ]
	comm -13 <(came ListingKey one two) <(dump Property) >lacks
	# what was hidden for years is not in any overlap
	while read -r key _; do
		! records one two | grep -qF "\"$key\"" || false
	done <lacks
	[ "$(wc -l <lacks)" -le 20 ]
	[ "$(records two | wc -l)" -lt 400 ]
}

@test "keyset: left at each border, no row is read twice" {
	mock --switch properties=500,media=100
	local from='' leg=0 status
	while :; do
		ha-page -a vow --max-time 1ms --from "$from" mls/property \
		    >"leg.$leg" 2>err && status=0 || status=$?
		from=$(end_of "leg.$leg" .cursor)
		[ "$status" -eq 75 ] || break
		jq -e '.time and .key' <<<"$from" >/dev/null
		leg=$((leg + 1))
		[ "$leg" -lt 40 ]
	done
	[ "$status" -eq 0 ]
	[ "$leg" -ge 9 ]
	diff <(dump Property) <(came ListingKey leg.*)
	[ "$(records leg.* | wc -l)" -eq "$(dump Property | wc -l)" ]
	[ "$(mock_ask /stats | jq .calls)" -le $((leg + 3)) ]
}

@test "keyset: a server that shows less than it compares is found out" {
	mock --switch coarse --switch properties=500,media=6000
	run -76 --separate-stderr ha-page -a vow mls/media
	[[ $stderr == *'less precision than it compares'* ]]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .why]')" = \
	    '[false,"error"]' ]
}

@test "keyset: two tokens are two feeds of one resource" {
	mock --switch properties=300,media=100
	HA_TOKEN=mock-idx ha-page -P -a idx mls/property >idx
	ha-page -P -a vow mls/property >vow
	[ "$(wc -l <idx)" -lt "$(wc -l <vow)" ]
	[ -z "$(comm -23 <(jq -r .ListingKey idx | sort) \
	    <(jq -r .ListingKey vow | sort))" ]
}

@test "keyset: a wait in milliseconds since 1970 is obeyed" {
	mock_up --limits 2/300ms --switch wait=epoch-ms,properties=150 reso
	export HA_TOKEN=mock-vow
	ha-page -a vow mls/property >out
	[ "$(end_of out .complete)" = true ]
	[ "$(end_of out .retries)" -ge 1 ]
	# not ten seconds, as without a header
	[ "$(end_of out .waited_ms)" -lt 8000 ]
}

@test "keyset: what would be asked is the prescribed question" {
	run -0 ha-page -n -a vow --from \
	    '{"time":"2026-01-01T00:00:00.5Z","key":"O'\''B"}' mls/property
	[ "$output" = "GET /Property?\$filter=ModificationTimestamp%20gt%20\
2026-01-01T00%3A00%3A00.5Z%20or%20%28ModificationTimestamp%20eq%20\
2026-01-01T00%3A00%3A00.5Z%20and%20ListingKey%20gt%20%27O%27%27B%27%29\
&\$orderby=ModificationTimestamp%2CListingKey&\$top=50" ]
	run -64 ha-page -n -a vow --from '{"time":"2026"}' mls/property
}

@test "window: windows part a list, ties on their borders and all; nulls apart" {
	mock --switch properties=500,media=6000
	local tie t
	# a time that more than a page of rows share is a border
	tie=$(mock_ask /dump/Media | jq -r .time | sort | uniq -c | sort -n |
	    awk 'END {print $2}')
	ha-page -a vow --until 2024-07 mls/media >w.1
	ha-page -a vow -s 2024-07 --until "$tie" mls/media >w.2
	ha-page -a vow -s "$tie" --until 2026-11-03T10:00:00+01:00 mls/media >w.3
	ha-page -a vow -s 2026-11-03T09:00:00Z mls/media >w.4
	ha-page -a vow --nulls mls/media >w.5
	[ "$(records w.5 | wc -l)" -ge 1 ]
	for t in w.[1-5]; do
		[ "$(head -n 1 "$t" | jq -r .mode)" = window ]
		# no position: nothing is known of the rest of the list
		[ "$(end_of "$t" '[.complete, .cursor]')" = '[true,null]' ]
	done
	[ "$(head -n 1 w.2 | jq -c .window)" = \
	    '{"since":"2024-07-01T00:00:00Z","until":"'"$tie"'"}' ]
	diff <(dump Media) <(came MediaKey w.*)
	[ "$(records w.* | wc -l)" -eq "$(dump Media | wc -l)" ]
	records w.3 | head -n 101 | jq -es --arg t "$tie" \
	    'all(.ModificationTimestamp == $t)'
	! records w.2 | grep -qF "\"ModificationTimestamp\":\"$tie\"" || false
	mock_ask /queries | jq -e '.skips == 0 and .refused == 0'
}

@test "window: left at each border, it goes on there, and nowhere else" {
	mock --switch properties=500,media=100
	local from='' leg=0 status w=(-s 2026-05 --until 2026-09)
	while :; do
		ha-page -a vow --max-time 1ms --from "$from" "${w[@]}" \
		    mls/property >"leg.$leg" 2>err && status=0 || status=$?
		from=$(end_of "leg.$leg" .cursor)
		[ "$status" -eq 75 ] || break
		run -64 ha-page -n -a vow --from "$from" mls/property
		run -64 ha-page -n -a vow --from "$from" -s 2026-05 mls/property
		leg=$((leg + 1))
		[ "$leg" -lt 40 ]
	done
	[ "$status" -eq 0 ]
	[ "$leg" -ge 2 ]
	diff <(dump Property | grep ' 2026-0[5-8]-') <(came ListingKey leg.*)
	[ "$(records leg.* | wc -l)" -eq "$(came ListingKey leg.* | wc -l)" ]
}

@test "window: what cannot be asked for by time says so" {
	export HA_SOURCES=$HA_ROOT/lib/sources
	run -64 --separate-stderr ha-page -n -a 1 -s 2019 hostaway/reservations
	[[ $stderr == *'hostaway/reservations: is not asked for by time'* ]]
	run -64 --separate-stderr ha-page --each -a 1 -s 2019 hostaway/messages
	run -64 --separate-stderr ha-page -n -a vow -s 2019-1 reso/media
	[[ $stderr == *'--since: not a time'* ]]
	run -64 --separate-stderr ha-page -n -a vow -s 2019 --nulls reso/media
}

@test "keyset: SIGTERM ends the section in order, and it goes on from there" {
	mock --switch properties=500,media=3000
	mock_ask '/fault?to=slow,path=/Media,ms=200' >/dev/null
	ha-page -a vow mls/media >first 2>err 3>&- &
	local pid=$! got=0
	until [ "$(grep -c '^{"@ha":"at"' first)" -ge 2 ]; do sleep 0.02; done
	kill -TERM "$pid"
	wait "$pid" || got=$?
	[ "$got" -eq 143 ]
	[ "$(end_of first '[.complete, .why]')" = '[false,"signal"]' ]
	[ "$(end_of first .records)" -eq "$(records first | wc -l)" ]
	[ "$(end_of first .calls)" -ge $(($(records first | wc -l) / 100)) ]
	mock_ask /fault >/dev/null
	ha-page -a vow --from "$(end_of first .cursor)" mls/media >rest
	diff <(dump Media) <(came MediaKey first rest)
	# a server that never answers does not hold it
	calls=$(mock_ask /stats | jq .calls)
	mock_ask '/fault?to=slow,path=/Media,ms=60000' >/dev/null
	ha-page -a vow mls/media >first 2>err 3>&- &
	pid=$! got=0
	until mock_ask /stats | jq -e --argjson n "$calls" '.calls > $n' >/dev/null; do
		sleep 0.05
	done
	kill -TERM "$pid"
	SECONDS=0
	wait "$pid" || got=$?
	[ "$got" -eq 143 ]
	[ "$SECONDS" -lt 50 ]
}
