# rooms: page
load ../helper

# Lists whose answers name the next page, over an invented feed of listings.
mock() { # option ...
	mock_up --limits none "$@" reso
	export HA_TOKEN=mock-vow
}

setup() {
	cat >mls.json <<'END_OF_FILE'
{"v": 1, "source": "mls", "base": "https://api.example.com/odata",
 "hosts": ["localhost"],
 "auth": {"style": "bearer", "header": "Authorization: Bearer {token}"},
 "envelope": {"rows": ".value", "count": ".\"@odata.count\"",
   "next": ".\"@odata.nextLink\"", "status": ".error",
   "message": ".error.message"},
 "resources": [
 {"name": "media", "path": "/Media",
  "query": {"$orderby": "ModificationTimestamp,MediaKey",
    "$filter": "MediaType eq 'image/jpeg' or Order ge 0"},
  "page": {"style": "link", "size": 100, "limit": "$top", "count": true},
  "key": ["media_key"], "columns": {"media_key": ["text", ".MediaKey"]}},
 {"name": "property", "path": "/Property",
  "query": {"$orderby": "ModificationTimestamp,ListingKey"},
  "since": [{"$filter": "ModificationTimestamp ge {position|literal}"}],
  "page": {"style": "link", "size": 50, "limit": "$top", "count": true,
    "overlap": "20m"},
  "position": ".ModificationTimestamp", "key": ["listing_key"],
  "columns": {"listing_key": ["text", ".ListingKey"]}},
 {"name": "kept", "path": "/Property",
  "query": {"$orderby": "ModificationTimestamp,ListingKey"},
  "page": {"style": "link", "limit": "", "resume": true},
  "position": ".ModificationTimestamp", "key": ["listing_key"],
  "columns": {"listing_key": ["text", ".ListingKey"]}},
 {"name": "newest", "path": "/Property",
  "query": {"$orderby": "ModificationTimestamp desc,ListingKey"},
  "page": {"style": "walk", "by": "link", "size": 20, "limit": "$top",
    "overlap": "1m"},
  "position": ".ModificationTimestamp", "key": ["listing_key"],
  "columns": {"listing_key": ["text", ".ListingKey"]}}]}
END_OF_FILE
	export HA_SOURCES=$PWD
}

teardown() { mock_down; }

end_of() { # file member
	tail -n 1 "$1" | jq -c "$2"
}
records() { grep -hv '^{"@ha":' "$@"; }
dump() { # resource
	mock_ask "/dump/$1" | jq -r '"\(.key) \(.time)"' | sort
}
came() { # key file ...
	records "${@:2}" |
		jq -r "\"\\(.$1) \\(.ModificationTimestamp)\"" |
		awk '{last[$1] = $0} END {for (k in last) print last[k]}' | sort
}

@test "link: absolute, relative, on another host, re-encoded, before and after" {
	local link more rows
	for link in absolute relative other encoded; do
		for more in top-page top-page,link-last top-page,link-token; do
			mock --switch media=950,link=$link,$more
			run -0 --separate-stderr ha-page -a vow mls/media
			[ -z "$stderr" ]
			printf '%s\n' "$output" >out
			diff <(dump Media) <(came MediaKey out)
			rows=$(dump Media | wc -l)
			[ "$(end_of out '[.records, .count, .calls]')" = \
			    "[$rows,$rows,$(((rows + 99) / 100))]" ]
			# nothing to go on from: links are not said to live
			! grep -q '"@ha":"at"' out || false
			mock_ask /queries | jq -e '.refused == 0'
			mock_down
		done
	done
}

@test "link: faults, pages that are short, rows twice: every row, once" {
	mock --switch media=900,link=absolute,top-page,link-token \
	    --switch short=0.3,twice=0.2 --fault 500=0.05 --fault cut=0.05 \
	    --fault short=0.05 --fault gzip=0.2 --fault chunked=0.2
	ha-page -a vow mls/media >out 2>err
	diff <(dump Media) <(came MediaKey out)
	[ -z "$(records out | jq -r .MediaKey | sort | uniq -d)" ]
}

@test "link: a page that links itself is told, not walked for ever" {
	mock --switch media=900,link=loop,top-page
	run -76 --separate-stderr ha-page -a vow mls/media
	[[ $stderr == *'links itself'* ]]
	[ "$(mock_ask /stats | jq .calls)" -le 3 ]
	[[ $output == *'"complete":false'* ]]
}

@test "link: no token is sent to a host that the description does not name" {
	jq -c 'del(.hosts)' mls.json >narrow
	mv narrow mls.json
	mock --switch media=900,link=other,top-page
	run -76 --separate-stderr ha-page -a vow mls/media
	[[ $stderr == *'leads to http://localhost:'* ]]
	[[ $stderr != *mock-vow* ]]
	[ "$(mock_ask /stats | jq .calls)" -eq 1 ]
	run -64 --separate-stderr ha-fetch -a vow mls \
	    "http://localhost:${HA_BASE_URL##*:}/Media"
	[ "$(mock_ask /stats | jq .calls)" -eq 1 ]
}

@test "link: a token in the link is neither asked for nor written down" {
	mock --switch properties=500,page=50,top-page,link-token \
	    --switch link=absolute,link-secret
	# the mock refuses a query with access_token
	HA_TAPE=$PWD/tape ha-page -a vow -v --max-time 1ms mls/kept \
	    >out 2>err && status=0 || status=$?
	[ "$status" -eq 75 ]
	[[ $(end_of out .cursor) == *'"link":"/Property?'* ]]
	ha-page -a vow --from "$(end_of out .cursor)" mls/kept >rest 2>>err
	diff <(dump Property) <(came ListingKey out rest)
	! grep -r 'mock-vow\|access_token' out rest err || false
	! grep -rF mock-vow tape || false
	mock_ask /queries | jq -e '.refused == 0'
}

@test "link: each way of saying when to come back is understood" {
	local wait
	jq -c '.waits = {headers: [
	    {name: "X-Rate-Limit-Retry-After-Seconds"}, {name: "Retry-After"},
	    {name: "Hour-Quota-ResetTime", form: "epoch-ms"}],
	    default: "1s"}' mls.json >waits && mv waits mls.json
	for wait in ampre seconds date epoch-ms none; do
		mock_up --limits 3/1s --switch properties=400,media=1 \
		    --switch link=absolute,top-page,wait=$wait reso
		HA_TOKEN=mock-vow ha-page -a vow mls/property >out
		[ "$(end_of out '[.complete, .retries > 0, .waited_ms > 0]')" \
		    = '[true,true,true]' ]
		mock_down
	done
}

@test "link: a run goes on from a link where links live" {
	mock --switch properties=500,page=50,link=absolute,link-token
	local from='' leg=0 status
	while :; do
		ha-page -a vow --max-time 1ms --from "$from" mls/kept \
		    >"leg.$leg" 2>err && status=0 || status=$?
		from=$(end_of "leg.$leg" .cursor)
		[ "$status" -eq 75 ] || break
		[[ $from == *'"link":"/Property?'* ]]
		leg=$((leg + 1))
		[ "$leg" -lt 30 ]
	done
	[ "$status" -eq 0 ]
	[ "$leg" -ge 9 ]
	diff <(dump Property) <(came ListingKey leg.*)
	[ "$(records leg.* | wc -l)" -eq "$(dump Property | wc -l)" ]
}

@test "link: what changed since, after the position less the overlap" {
	mock --switch properties=500,link=relative,top-page,link-token
	ha-page -a vow mls/property >one
	[ "$(head -n 1 one | jq -r .mode)" = full ]
	[[ "$(end_of one .cursor)" == *'"took":'* ]]
	mock_ask "/update?resource=Property&n=120&tie=1" >/dev/null
	mock_ask /reset-stats >/dev/null
	ha-page -a vow --from "$(end_of one .cursor)" mls/property >two
	[ "$(head -n 1 two | jq -r .mode)" = since ]
	[ "$(end_of two .complete)" = true ]
	diff <(dump Property) <(came ListingKey one two)
	[ "$(records two | wc -l)" -lt 300 ]
	[ "$(mock_ask /stats | jq .calls)" -le 6 ]
}

@test "walk by link: stops behind the position, the newest of its first page" {
	mock --switch properties=500,link=absolute,top-page
	ha-page -a vow mls/newest >one
	diff <(dump Property | grep -v null) \
	    <(came ListingKey one | grep -v null)
	[ "$(end_of one .cursor.position)" = \
	    "$(records one | head -n 1 | jq -c .ModificationTimestamp)" ]
	mock_ask "/update?resource=Property&n=30" >/dev/null
	mock_ask /reset-stats >/dev/null
	ha-page -a vow --from "$(end_of one .cursor)" mls/newest >two
	diff <(dump Property | grep -v null) \
	    <(came ListingKey one two | grep -v null)
	[ "$(mock_ask /stats | jq .calls)" -le 4 ]
}

@test "link: a description that says too little or too much is refused" {
	local change
	for change in 'del(.envelope.next)' '.hosts = ["https://a"]' \
	    '.resources[0].page.cursor = ["after"]' \
	    '.resources[0].page.cursor = ["after", ".a | .b"]' \
	    '.resources[0].page = {style: "offset", resume: true}' \
	    '.resources[0].page = {style: "none", count: true}'; do
		jq -c "$change" mls.json >changed.json
		mkdir -p d
		mv changed.json d/mls.json
		HA_SOURCES=$PWD/d run -78 --separate-stderr ha-schema mls
		[[ $stderr == *mls.json:* ]]
	done
}
