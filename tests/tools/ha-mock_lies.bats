# rooms: mock
load ../helper

# Lies are made by the description, so that they are told of every source in
# the same words: what a list, a count, a next page, a time is, says `of`.

teardown() { mock_down; }

get() { # path: its answer in body, its headers in headers
	curl -s -m 10 -o body -D headers -H "Authorization: Bearer $token" \
	    -H "X-Api-Key: $token" "$HA_BASE_URL$1"
}
lie() { # kind
	mock_ask /fault >/dev/null
	mock_ask "/fault?to=lie-$1" >/dev/null
}

# of SOURCE PATH ROWS TIME COUNT NEXT TOKEN: jq of an answer, "" is none
of() {
	path=$2 rows=$3 time=$4 count=$5 next=$6 token=$7
	get "$path"
	cp body truth
	n=$(jq "$rows | length" truth)
	[ "$n" -gt 3 ]
	stem=$(jq -c "del(${rows}[]$time)" truth)
	jq -c "$rows" truth >rows
}

each_source() {
	mock_up --limits none --reservations 40 --listings 3 hostaway
	of hostaway '/reservations?limit=10' .result .updatedOn .count '' mock-token
	"$@"
	mock_down
	mock_up --limits none --switch properties=40,media=40,rooms=10 reso
	of reso '/Property?%24top=10&%24count=true' .value .ModificationTimestamp '."@odata.count"' '' mock-vow
	"$@"
	mock_down
	mock_up --limits none --switch conversations=40 messenger
	of messenger '/100200300400500/conversations?fields=id,updated_time&limit=10' \
	    .data .updated_time '' .paging.next mock-page-1
	"$@"
	mock_down
	jq '.envelope.status = ".error"' "$HA_ROOT/tests/data/petshop.json" >petshop.json
	HA_SOURCES=$PWD mock_up --limits none --rows 40 petshop
	of petshop '/visits?limit=10' .page.items .changedAt .page.total '' mock-token
	"$@"
	mock_down
}

# One row's time is another, and nothing else is.
times() {
	local kind want
	for kind in none:'"n/a"' null:null future:2097 old:1997 gone: type:; do
		want=${kind#*:}
		lie "time-${kind%%:*}"
		get "$path"
		[ "$(jq -s "[.[0]$rows, .[1]$rows] | transpose | map(select(.[0] != .[1])) | length" truth body)" -eq 1 ]
		jq -c "[${rows}[]$time]" truth | jq -c '.[]' >before
		jq -c "[${rows}[]$time]" body | jq -c '.[]' >after
		changed=$(diff before after | sed -n 's/^> //p')
		case ${kind%%:*} in
		future | old) [[ $changed == "\"$want"* ]] ;;
		gone) [ "$changed" = null ]
			[ "$(jq "[${rows}[] | has(\"${time#.}_\")] | map(select(.)) | length" body)" -eq 1 ] ;;
		type) [[ $changed =~ ^(false|17|\[\]|\{\})$ ]] ;;
		*) [ "$changed" = "$want" ] ;;
		esac
		[ "${kind%%:*}" = gone ] || [ "$(jq -c "del(${rows}[]$time)" body)" = "$stem" ]
	done
	lie time-null,rows=999
	get "$path"
	jq -e "$rows | all($time == null)" body
}

@test "ha-mock: lies about times: of one row, or of as many as are said" {
	each_source times
}

counts() {
	local truth
	[ "$count" ] || return 0
	truth=$(jq "$count | tonumber" truth)
	lie count-small
	get "$path"
	[ "$(jq "$count | tonumber" body)" -eq $((truth / 2)) ]
	lie count-large
	get "$path"
	[ "$(jq "$count | tonumber" body)" -eq $((truth + 1000)) ]
	lie count-page
	get "$path"
	[ "$(jq "$count | tonumber" body)" -eq "$n" ]
	jq -c "$rows" body | cmp - rows
}

@test "ha-mock: lies about counts" {
	each_source counts
}

endless() {
	local kind
	for kind in empty repeat; do
		lie $kind
		get "$path"
		cp body one
		get "${path/limit=10/limit=5&after=nonsense&offset=20}"
		if [ $kind = empty ]; then
			[ "$(jq -cs "map($rows) | add" one body)" = '[]' ]
		else
			jq -c "$rows" one | cmp - rows
			jq -c "$rows" body | cmp - rows
		fi
		[ -z "$next" ] || [ "$(jq -s "map($next) | unique | map(strings) | length" one body)" -eq 2 ]
		[ -z "$count" ] || [ "$(jq "$count" body)" != 0 ]
	done
	mock_ask /fault >/dev/null
	get "$path"
	jq -c "$rows" body | cmp - rows
}

@test "ha-mock: pages without a row, or with the same ones, and always a next" {
	each_source endless
}

others() {
	lie double
	get "$path"
	key=$(jq -r 'path('"$rows"') | last' truth)
	[ "$(grep -o "\"$key\":\[" body | wc -l)" -ge 2 ]
	both=$(jq "$rows | length" body)
	[ "$both" -gt 0 ]
	[ "$both" -lt "$n" ]
	lie error
	get "$path"
	[ "$(stat -c %s body)" -gt 1048576 ]
	head -n 1 headers | grep -q ' 200 '
	jq -e '.error.message or .status == "fail"' body
	jq -c "$rows" body | cmp - rows
	lie byte
	get "$path"
	run -1 iconv -f utf-8 -t utf-8 -o /dev/null body
	tr -d '\377' <body | jq -c "$rows" | cmp - rows
	lie date-ahead
	get "$path"
	[ "$(grep -ci '^date:' headers)" -eq 1 ]
	off=$(($(date -d "$(sed -n 's/^[Dd]ate: //p' headers | tr -d '\r')" +%s) - EPOCHSECONDS))
	[ $off -gt 86000 ]
	[ $off -lt 86800 ]
	cmp body truth
	lie date-behind
	get "$path"
	off=$(($(date -d "$(sed -n 's/^[Dd]ate: //p' headers | tr -d '\r')" +%s) - EPOCHSECONDS))
	[ $off -lt -86000 ]
	[ $off -gt -86800 ]
}

@test "ha-mock: a doubled member, a large error, a broken byte, another day" {
	each_source others
}

@test "ha-mock: lies keep to lists, to their path and to their number" {
	mock_up --limits none --fault 'lie-time-null=#2,path=/reservations' --listings 3 hostaway
	token=mock-token
	get /users
	cp body users
	for _ in 1 2 3; do
		get '/reservations?limit=5'
		jq '[.result[] | select(.updatedOn == null)] | length' body
	done >got
	[ "$(paste -sd ' ' got)" = '0 1 0' ]
	lie empty,path=/accessTokens
	curl -s -m 10 -d grant_type=client_credentials -d client_id=1 -d client_secret=mock-secret \
	    "$HA_BASE_URL/accessTokens" | jq -e .access_token
	lie time-none
	get /users
	cmp body users # it has no time
	token=wrong
	lie empty
	run -0 curl -s -m 10 -o body -w '%{http_code}' "$HA_BASE_URL/users"
	[ "$output" = 403 ]
	run -22 mock_ask '/fault?to=lie-nonsense'
	run -22 mock_ask '/fault?to=lie-empty,rows=0'
}
