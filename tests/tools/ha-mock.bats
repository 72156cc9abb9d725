# rooms: mock
load ../helper

# get PATH: a call with the token that is always valid; at: its controls.
get() { curl -s -m 10 -H 'Authorization: Bearer mock-token' "$HA_BASE_URL$1"; }
code() {
	curl -s -m 10 -o body -D headers -w '%{http_code}' \
	    -H "Authorization: Bearer ${TOKEN:-mock-token}" "$HA_BASE_URL$1"
}
at() { mock_ask "/$1" POST; }
mint() { # secret
	curl -s -m 10 -o token -w '%{http_code}' -d grant_type=client_credentials \
	    -d client_id=59808 -d "client_secret=$1" -d scope=general \
	    "$HA_BASE_URL/accessTokens"
}
keys() { jq -r 'keys_unsorted | join(" ")'; }

teardown() { mock_down; }

small=(--limits none --listings 3 --reservations 40 hostaway)

@test "ha-mock: prints its URL, listens on loopback alone, ends with 0" {
	mock_up "${small[@]}"
	[[ $HA_BASE_URL == http://127.0.0.1:*/v1 ]]
	port=${HA_BASE_URL##*:}
	run -0 get /listings
	[ "$(jq .count <<<"$output")" -eq 3 ]
	hex=$(printf '%04X' "${port%/v1}")
	[ "$(grep -c " 0100007F:$hex " /proc/net/tcp)" -ge 1 ]
	! grep -q " 00000000:$hex " /proc/net/tcp || false
	kill "$MOCK_PID"
	wait "$MOCK_PID"
	unset MOCK_PID
}

@test "ha-mock: the same seed gives the same account, another one another" {
	mock_up "${small[@]}"
	at dump/reservations >one
	at dump/messages >>one
	mock_down
	mock_up "${small[@]}"
	at dump/reservations >again
	at dump/messages >>again
	mock_down
	cmp one again
	mock_up --seed 2 "${small[@]}"
	at dump/reservations >other
	! cmp -s one other
}

@test "ha-mock: envelopes have the keys that each endpoint has" {
	mock_up "${small[@]}"
	for p in /listings /reservations; do
		[ "$(get $p | keys)" = "status result count limit offset" ]
	done
	c=$(at dump/conversations | head -n 1 | jq .id)
	for p in /conversations "/conversations/$c/messages"; do
		[ "$(get "$p" | keys)" = \
		    "status result limit offset count page totalPages" ]
	done
	[ "$(get /reviews | keys)" = "status result count offset" ]
	[ "$(get /reviews | jq .offset)" = null ]
	[ "$(get /users | keys)" = "status result" ]
	[ "$(get "/conversations?limit=10&offset=20" | jq -c '[.page, .totalPages]')" = '[3,4]' ]
}

@test "ha-mock: past the end there is an empty page, and page is ignored" {
	mock_up "${small[@]}"
	[ "$(get "/conversations?offset=1000" | jq -c '[.count, .result]')" = '[40,[]]' ]
	get "/reservations?limit=5" >first
	get "/reservations?limit=5&page=2&nonsense=1" | cmp - first
	mock_down
	mock_up --honour-page "${small[@]}"
	get "/reservations?limit=5&offset=10" | jq -c '[.result[].id]' >third
	get "/reservations?limit=5&page=2" | jq -c '[.result[].id]' | cmp - third
}

@test "ha-mock: reservations come newest first, afterId goes on from there" {
	mock_up "${small[@]}"
	after=
	: >ids
	while :; do
		get "/reservations?limit=7&offset=999${after:+&afterId=$after}" >page
		[ -n "$after" ] || get "/reservations?limit=7" >page
		jq -r '.result[].id' page >some
		[ -s some ] || break
		cat some >>ids
		after=$(tail -n 1 some)
	done
	at dump/reservations | jq -sr 'sort_by(.updatedOn, .id) | reverse[].id' |
	    cmp - ids
	get "/reservations?sortOrder=updatedOn&limit=100" | jq -r '.result[].id' >up
	at dump/reservations | jq -sr 'sort_by(.updatedOn, .id)[].id' | cmp - up
}

@test "ha-mock: reservations have the quirks of the real ones" {
	mock_up --limits none --reservations 300 hostaway
	at dump/reservations | jq -s '
		all(.hostawayReservationId == (.id | tostring)) and
		all(has("accountId") | not) and
		all(.updatedOn >= .latestActivityOn) and
		(map(.updatedOn) | length > (unique | length)) and
		any(.totalPrice | . == floor and . > 0) and any(.totalPrice | . != floor) and
		any(.guestEmail == null) and any(.guestExternalAccountId == null) and
		all(.guestEmail // "" | test("^$|@(guest[.])?example[.](com|org)$"))' |
	    grep -qx true
}

@test "ha-mock: rows have the keys of the example bodies, in their order" {
	shared=${HA_SHARED:-$HA_ROOT/../shared}/data/hostaway
	[ -d "$shared" ] || skip "no example bodies"
	mock_up --limits none --reservations 300 hostaway
	same() { # file, path of the array, jq of one object in it
		jq -c "[.result[] | $3 | select(. != null) | keys_unsorted] | unique[]" \
		    "$shared/$1" | sort -u >theirs
		get "$2" | jq -c "[.result[] | $3 | select(. != null) | keys_unsorted] | unique[]" |
		    sort -u >ours
		[ -s ours ] && diff theirs ours || { echo "$1: $3"; return 1; }
	}
	full="limit=300&includeResources=1"
	same listings_page.json /listings .
	same listings_page.json /listings '.listingImages[]'
	same listings_page.json /listings '.listingBedTypes[]'
	same listings_page.json /listings '.listingAmenities[]'
	same listings_page.json /listings '.listingFeeSetting[]'
	same reservations_page.json "/reservations?$full" .
	same reservations_page.json "/reservations?$full" '.customFieldValues[]'
	same reservations_page.json "/reservations?$full" '.reservationFees[]'
	same conversations_page.json "/conversations?$full" .
	same conversations_page.json "/conversations?$full" .Reservation
	same conversations_page.json "/conversations?$full" '.conversationMessages[]'
	l=$(at dump/listings | jq .id | head -n 1)
	same calendar_page.json "/listings/$l/calendar" .
	same tasks_page.json /tasks .
	same guest_charges_page.json /guestPayments/charges .
	same users_page.json /users .
	same user_groups_page.json /userGroups .
	same listing_fee_settings_list.json "/listingFeeSettings/$l" .
}

@test "ha-mock: without includeResources a reservation is thinner" {
	mock_up "${small[@]}"
	thin='[.result[] | (.customFieldValues, .reservationFees | length), .hostProxyEmail] | unique'
	[ "$(get "/reservations?limit=100" | jq -c "$thin")" = '[null,0]' ]
	[ "$(get "/reservations?limit=100&includeResources=1" | jq "$thin | length")" -gt 2 ]
	mock_down
	mock_up --filled "${small[@]}"
	[ "$(get "/reservations?limit=100" | jq "$thin | length")" -gt 2 ]
}

@test "ha-mock: latestActivityStart compares days" {
	mock_up --limits none --reservations 200 hostaway
	day=$(at dump/reservations | jq -sr 'sort_by(.latestActivityOn)[150].latestActivityOn[:10]')
	want=$(at dump/reservations | jq -s --arg d "$day" 'map(select(.latestActivityOn >= $d)) | length')
	[ "$(get "/reservations?limit=1&latestActivityStart=$day" | jq .count)" -eq "$want" ]
	[ "$want" -gt 0 ]
}

@test "ha-mock: conversations are sorted by sent time and embed the highest id" {
	mock_up --limits none --reservations 200 hostaway
	get "/conversations?limit=500" >page
	jq -e '[.result[].messageSentOn] | . == (sort | reverse)' page
	jq -e '.result | any(.messageReceivedOn == null)' page
	jq -e '.result | all(.conversationMessages | length == 1)' page
	jq -e '.result | all(.Reservation | .latestActivityOn == null and .listingName == "")' page
	jq -e '.result | any(.conversationMessages[0].status != "sent")' page
	jq -r '.result[].conversationMessages[0].id' page | sort >embedded
	at dump/messages | jq -sr 'group_by(.conversationId)[] | map(.id) | max' |
	    sort | cmp - embedded
	r=$(jq '.result[7].reservationId' page)
	get "/conversations?reservationId=$r" | jq -e --argjson r "$r" \
	    '.count == 1 and .result[0].reservationId == $r'
}

@test "ha-mock: messages come newest first, planned ones only when asked for" {
	mock_up --limits none --reservations 200 hostaway
	c=$(at dump/messages | jq -r 'select(.status != "sent").conversationId' | head -n 1)
	get "/conversations/$c/messages?limit=500" >sent
	get "/conversations/$c/messages?limit=500&includeScheduledMessages=1" >all
	jq -e '[.result[].date] | . == (sort | reverse)' all
	jq -e '.result | all(.status == "sent")' sent
	[ "$(jq .count all)" -gt "$(jq .count sent)" ]
	[ "$(code /conversations/1/messages)" -eq 404 ]
}

@test "ha-mock: attachment URLs change on each read, and not in the dump" {
	mock_up --limits none --reservations 200 hostaway
	c=$(at dump/messages | jq -r 'select(.attachments != []).conversationId' | head -n 1)
	get "/conversations/$c/messages?limit=500" >one
	get "/conversations/$c/messages?limit=500" >two
	! cmp -s one two || false
	still='del(.result[].attachments[].url)'
	diff <(jq "$still" one) <(jq "$still" two)
	at dump/messages >one
	at dump/messages | cmp - one
}

@test "ha-mock: reviews are filtered by brackets only" {
	mock_up --limits none --reservations 200 hostaway
	l=$(at dump/listings | jq .id | head -n 1)
	all=$(get "/reviews?limit=1" | jq .count)
	[ "$(get "/reviews?limit=1&listingMapIds=$l" | jq .count)" -eq "$all" ]
	get "/reviews?limit=500&listingMapIds[]=$l" >some
	jq -e --argjson l "$l" '.result | length > 0 and all(.listingMapId == $l)' some
	[ "$(jq .count some)" -lt "$all" ]
	get "/reviews?limit=500&sortBy=submittedAt&sortOrder=asc&submittedAtStart=2026-06-01" >some
	jq -e '.result | length > 0 and all(.submittedAt >= "2026-06-01")' some
	jq -e '[.result[].submittedAt] | . == sort' some
}

@test "ha-mock: a calendar has both days it was asked for, and all between" {
	mock_up "${small[@]}"
	l=$(at dump/listings | jq .id | head -n 1)
	get "/listings/$l/calendar?startDate=2026-12-30&endDate=2027-01-02" |
	    jq -e '[.result[].date] == ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]'
	[ "$(get "/listings/$l/calendar" | jq '.result | length')" -eq 366 ]
}

@test "ha-mock: serves every path of the description" {
	mock_up "${small[@]}"
	l=$(at dump/listings | jq .id | head -n 1)
	r=$(at dump/reservations | jq .id | head -n 1)
	c=$(at dump/conversations | jq .id | head -n 1)
	jq -r --arg u "$HA_BASE_URL" --arg l "$l" --arg r "$r" --arg c "$c" '
		{listings: $l, reservations: $r, conversations: $c} as $id
		| .resources[]
		| (.path // empty), (.each | select(.) | .parent as $p
			| .path | sub("[{]parent.id[}]"; $id[$p]))
		| "url = \"\($u)\(.)\""' "$HA_SOURCES/hostaway.json" >urls
	[ "$(wc -l <urls)" -gt 35 ]
	curl -s -m 10 -H 'Authorization: Bearer mock-token' -K urls |
	    jq -se --argjson n "$(wc -l <urls)" 'length == $n and
		all(.status == "success" and (.result | type == "array"))'
}

@test "ha-mock: a token is valid a second after its issue, until it is revoked" {
	mock_up --settle 3000 --expires 77 "${small[@]}"
	[ "$(mint mock-secret)" -eq 200 ]
	[ "$(keys <token)" = "token_type expires_in access_token" ]
	[ "$(jq .expires_in token)" -eq 77 ]
	TOKEN=$(jq -r .access_token token)
	[ "$(code /users)" -eq 403 ]
	jq -e '.status == "fail" and .message' body
	until [ "$(code /users)" -eq 200 ]; do :; done
	curl -s -X DELETE "$HA_BASE_URL/accessTokens?token=$TOKEN" |
	    jq -ec '. == {status: "success", result: []}'
	[ "$(code /users)" -eq 403 ]
}

@test "ha-mock: a wrong secret is 401, a body that is no form 400, no token 403" {
	echo other >secret
	mock_up --secret-file secret --wrapped-token "${small[@]}"
	[ "$(mint mock-secret)" -eq 401 ]
	jq -e '.error == "invalid_client"' token
	[ "$(mint other)" -eq 200 ]
	jq -e '.result.access_token' token
	[ "$(curl -s -o /dev/null -w '%{http_code}' --json '{}' "$HA_BASE_URL/accessTokens")" -eq 400 ]
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$HA_BASE_URL/users")" -eq 403 ]
}

@test "ha-mock: the 21st call within the window is a 429 that says when" {
	mock_up --limits 20/60s hostaway
	for i in {1..20}; do
		[ "$(code "/listings?limit=1")" -eq 200 ]
	done
	now=$(date +%s)
	[ "$(code "/listings?limit=1")" -eq 429 ]
	jq -e '.status == "fail"' body
	when=$(sed -n 's/^X-RateLimit-Retry-After: \([0-9]*\).*/\1/p' headers)
	((when > now + 40 && when <= now + 62))
	for h in Limit Remaining Applied; do
		grep -q "^X-RateLimit-$h: " headers
	done
	at stats | jq -e '.calls == 21 and .limited == 1 and .busiest == 21'
	at "limits?to=none" >/dev/null
	at reset-stats >/dev/null
	[ "$(code "/listings?limit=1")" -eq 200 ]
	at stats | jq -e '.calls == 1 and .limited == 0'
}

@test "ha-mock: the windows slide, and --bare-429 says nothing" {
	mock_up --bare-429 --limits 5/2s hostaway
	for i in {1..6}; do
		printf 'url = "%s/listings?limit=1"\noutput = body\n' "$HA_BASE_URL"
	done >six # by one process, well within the window
	curl -s -m 10 -D headers -w '%{http_code}\n' -K six \
	    -H 'Authorization: Bearer mock-token' >codes
	[ "$(paste -sd' ' codes)" = "200 200 200 200 200 429" ]
	run -1 grep -i ratelimit headers
	until [ "$(code "/listings?limit=1")" -eq 200 ]; do :; done
}

@test "ha-mock: stats count by family" {
	mock_up "${small[@]}"
	c=$(at dump/conversations | jq .id | head -n 2)
	for i in $c; do
		get "/conversations/$i/messages" >/dev/null
	done
	mint mock-secret
	at stats | jq -e '.families == {"/conversations/{id}/messages": 2, "/accessTokens": 1}
		and .mints == 1 and .share == null'
}

@test "ha-mock: each fault is what it says" {
	mock_up "${small[@]}"
	for kind in 500 502 503 404 422 429; do
		at "fault?to=$kind" >/dev/null
		[ "$(code /users)" -eq "$kind" ]
		at fault >/dev/null
	done
	fault() { at fault >/dev/null && at "fault?to=$1" >/dev/null; }
	fault empty
	[ "$(code /users)" -eq 200 ]
	[ ! -s body ]
	fault html
	[ "$(code /users)" -eq 200 ] && grep -q '^<!DOCTYPE' body
	fault short
	[ "$(code /users)" -eq 200 ]
	! jq . body 2>/dev/null || false
	fault fail-result
	[ "$(code /users)" -eq 200 ] && jq -e '.status == "fail" and .result' body
	fault fail-message
	[ "$(code /users)" -eq 200 ] && jq -e '.status == "fail" and .message' body
	fault redirect
	[ "$(code /users)" -eq 302 ] && grep -q '^Location: ' headers
	fault cut
	run -18 code /users
	fault reset
	run -56 code /users
	fault gzip
	[ "$(code /users)" -eq 200 ] && gzip -dc body | jq -e .result >/dev/null
	fault slow,ms=60
	[ "$(code /users)" -eq 200 ] && jq -e .result body >/dev/null
	fault 403
	[ "$(code /users)" -eq 403 ]
	at fault >/dev/null
	[ "$(code /users)" -eq 403 ] # the token is dead
}

@test "ha-mock: an echo has what was sent, in each spelling" {
	mock_up --fault echo,status=422,path=/users --odd-token "${small[@]}"
	[ "$(mint mock-secret)" -eq 200 ]
	token=$(jq -r .access_token token)
	[[ $token == 'oddtoken."/+&=%\.'* ]]
	[ "$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $token" "$HA_BASE_URL/users?q=%C3%A9")" -eq 422 ]
	jq -e --arg t "$token" '(.message, .error.message, .escaped) | contains($t) and
	    contains("\($t | @uri) ?q=%C3%A9")' body
	grep -q "\\\\u0022\\\\u002f\\\\u002b\\\\u0026\\\\u003d\\\\u0025\\\\u005c" body
	grep -q '&#34;&#47;&#43;&#38;&#61;&#37;&#92;' body
}

@test "ha-mock: a fault has its request, its path, its probability" {
	mock_up --fault '503=#2,path=/users' --fault '500=0.5,path=/tasks' "${small[@]}"
	[ "$(code /users)$(code /groups)$(code /users)$(code /users)" = 200404503200 ]
	for i in {1..40}; do
		code /tasks
		echo
	done | sort | uniq -c | awk '{ print $2, ($1 > 8) }' >of
	diff of - <<-'END'
		200 1
		500 1
	END
	mock_down
	run -64 --separate-stderr ha-mock --fault nonsense hostaway
	[[ $stderr == "ha-mock: nonsense: not KIND"* ]]
}

@test "ha-mock: messages that arrive move what the real API moves" {
	mock_up --limits none --reservations 60 hostaway
	at dump/conversations | jq -c '[.id, .messageSentOn, .messageReceivedOn, .conversationMessages[0].id]' | sort >before
	at dump/messages | wc -l >n
	[ "$(at "message?n=7&conversations=3" | jq .messages)" -eq 7 ]
	[ "$(at dump/messages | wc -l)" -eq $(($(cat n) + 7)) ]
	at dump/conversations | jq -c '[.id, .messageSentOn, .messageReceivedOn, .conversationMessages[0].id]' | sort >after
	comm -13 before after | jq '.[0]' | sort >changed
	[ "$(wc -l <changed)" -eq 3 ]
	# the three reservations are on top, and were active now
	get "/reservations?limit=3" | jq -r '.result[].id' | sort >top
	at dump/conversations | jq -sr 'map({key: (.id | tostring), value: .reservationId}) | from_entries as $of
		| $of' >of
	while read -r c; do jq -r --arg c "$c" '.[$c]' of; done <changed | sort | cmp - top
	get "/reservations?limit=3" | jq -e '.result | all(.updatedOn > "2026-11-20 12:00:00" and .updatedOn == .latestActivityOn)'
}

@test "ha-mock: changes by hand: update, move, delete, add" {
	mock_up --limits none --reservations 60 --listings 3 hostaway
	r=$(get "/reservations?limit=1&offset=30" | jq '.result[0].id')
	l=$(at dump/listings | jq .id | tail -n 1)
	at "update?reservation=$r&listing=$l"
	get "/reservations?limit=1" | jq -e --argjson r "$r" --argjson l "$l" \
	    '.result[0] | .id == $r and .listingMapId == $l'
	at "update?listing=$l"
	get "/listings?sortOrder=latestActivityDesc&limit=1" | jq -e --argjson l "$l" '.result[0].id == $l'
	at "delete?reservation=$r"
	[ "$(code "/reservations/$r")" -eq 404 ]
	get "/conversations?reservationId=$r" | jq -e '.count == 0'
	! at dump/messages | jq -r .reservationId | grep -qx "$r" || false
	at "add?n=2&listing=$l"
	[ "$(get "/reservations?limit=1" | jq .count)" -eq 61 ]
	get "/reservations?limit=2" | jq -e --argjson l "$l" '.result | all(.listingMapId == $l)'
	run -22 at "delete?reservation=1"
}

@test "ha-mock: a cursor that names a deleted row keeps its place, or ends" {
	for how in "" --gone-is-end; do
		# shellcheck disable=SC2086
		mock_up $how "${small[@]}"
		get "/reservations?limit=6" | jq '.result[].id' >six
		at "delete?reservation=$(sed -n 4p six)" >/dev/null
		get "/reservations?limit=2&afterId=$(sed -n 4p six)" | jq '.result[].id' >rest
		mock_down
		[ "$how" ] && [ ! -s rest ] || sed -n 5,6p six | cmp - rest
	done
}

@test "ha-mock: lists move and lose rows while they are paged" {
	mock_up --move 1 --vanish 1 --relist 1 "${small[@]}"
	get "/reservations?limit=10" | jq .count >one
	for o in 10 20 30; do
		get "/reservations?limit=10&offset=$o" >page
	done
	[ "$(jq .count page)" -eq $(($(cat one) - 3)) ]
	get "/reservations?limit=5" | jq -e '.result | all(.updatedOn > "2026-11-20 12:00:00")'
}

@test "ha-mock: orphans have a parent that is not there" {
	mock_up --orphans 3 "${small[@]}"
	at dump/listings | jq .id | sort >known
	[ "$(at dump/reservations | jq .listingMapId | sort -u | comm -23 - known | wc -l)" -eq 3 ]
	[ "$(at dump/messages | jq 'select(.reservationId == null)' | grep -c '"id"')" -ge 3 ]
}

@test "ha-mock: conversations can be fewer than reservations" {
	mock_up --conversations 30 "${small[@]}"
	[ "$(get "/conversations?limit=1" | jq .count)" -eq 30 ]
}

@test "ha-mock: pages are as large as --max-page lets them" {
	mock_up --limits none --reservations 600 --conversations 1 hostaway
	[ "$(get "/reservations?limit=1000" | jq -c '[.limit, (.result | length)]')" = '[500,500]' ]
	mock_down
	mock_up --max-page 30 "${small[@]}"
	[ "$(get "/reservations?limit=100" | jq -c '[.limit, (.result | length)]')" = '[30,30]' ]
}

# The pet shop is known by its description only.
shop() {
	export HA_SOURCES=$HA_ROOT/tests/data
	mock_up "$@" petshop
}
ask() { curl -s -m 10 -H 'X-Api-Key: mock-secret' "$HA_BASE_URL$1"; }

@test "ha-mock: a description alone gives rows, envelope, paging, secret" {
	shop --rows 120
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$HA_BASE_URL/owners")" -eq 403 ]
	ask "/owners?per_page=50&start=100" >page
	jq -e '.page.total == 120 and (.page.items | length == 20)' page
	jq -e '.page.items | all(.id | type == "number")' page
	jq -e '.page.items[0].address | has("city")' page
	at stats | jq -e '.limit == 500 and .window_ms == 1000'
}

@test "ha-mock: children of a description's parents are all there, once" {
	shop --limits none --rows 12
	at dump/owners | jq -r .id | while read -r o; do
		ask "/owners/$o/pets" | jq -r '.page.items[].id'
	done | sort >seen
	at dump/pets | jq -r .id | sort | cmp - seen
	[ "$(sort -u seen | wc -l)" -eq 12 ]
}

@test "ha-mock: a description's walk is newest first, and moves" {
	shop --limits none --rows 90
	after=
	: >ids
	while ask "/visits?limit=40${after:+&after_id=$after}" | jq -r '.page.items[].id' >some && [ -s some ]; do
		cat some >>ids
		after=$(tail -n 1 some)
	done
	at dump/visits | jq -sr 'sort_by(.changedAt, .id) | reverse[].id' | cmp - ids
	at dump/visits | jq -s 'all(.ownerId | type == "number")' | grep -qx true
	at "update?resource=visits&n=2" >/dev/null
	ask "/visits?limit=2" | jq -e '.page.items | all(.changedAt > "2026-11-20T12:00:00Z")'
	[ "$(at "delete?resource=owners&n=3" | jq .rows)" -eq 87 ]
	[ "$(at "add?resource=owners&n=5" | jq .rows)" -eq 92 ]
}

# A description with a list for each way of paging, and children by each.
every_way() {
	export HA_SOURCES=$PWD/sources
	mkdir "$HA_SOURCES"
	jq -n --argjson ways '{
	    "offset": {"style": "offset", "size": 40, "offset": "skip"},
	    "after": {"style": "after", "size": 40, "after": "from"},
	    "link": {"style": "link", "size": 40, "limit": "n"},
	    "bare": {"style": "link", "limit": ""},
	    "cursor": {"style": "link", "size": 40, "resume": true,
	        "cursor": ["page", ".meta.cursors.after"]},
	    "keyset": {"style": "keyset", "size": 40, "time": "At",
	        "key": "Id", "filter": "Kind ne \u0027x\u0027"},
	    "walk_after": {"style": "walk", "by": "after", "after": "from",
	        "size": 40},
	    "walk_offset": {"style": "walk", "by": "offset", "size": 40},
	    "walk_link": {"style": "walk", "by": "link", "size": 40}
	    }' '
	    def list($name): {name: $name, table: $name, key: ["id"],
	        position: ".At", required: {".Id": "string"},
	        columns: {id: ["text", ".Id"], kind: ["text", ".Kind"],
	            at: ["timestamptz", ".At"]}};
	    {v: 1, source: "ways", title: "Ways", base: "https://api.example.com",
	    auth: {style: "none"},
	    envelope: {rows: ".data.rows", count: ".data.total",
	        next: ".meta.next"},
	    resources: ([$ways | to_entries[] | list(.key) + {path: "/\(.key)",
	        page: .value, fields: {id: "id"}}]
	    + [$ways | to_entries[] | select(.key | startswith("walk") | not)
	        | list("of_\(.key)") + {each: {parent: "offset", refresh: "1h",
	        path: "/p/{parent.id}/\(.key)", page: .value}}
	        | .columns.p = ["text", "$parent.id"]
	        | .parents = [{resource: "offset", column: "p", key: "id"}]])}
	    ' >"$HA_SOURCES/ways.json"
	ha-schema --check "$HA_SOURCES/ways.json"
	mock_up --limits none "$@" ways
}

@test "ha-mock: a description's lists are served in every way of paging" {
	every_way --rows 110 --max-page 50
	for way in $(jq -r '.resources[].name' sources/ways.json); do
		case $way in of_*) continue ;; esac
		at reset-stats >/dev/null
		ha-page -P "ways/$way" | jq -r .Id | sort >seen
		at "dump/$way" | jq -r .Id | sort | cmp - seen
		[ "$(wc -l <seen)" -eq 110 ]
		# it did take three pages
		[ "$(at stats | jq .calls)" -ge 3 ]
	done
}

@test "ha-mock: so are the children of each parent" {
	every_way --rows 30 --max-page 2
	ha-page -P ways/offset | jq -c '{id: .Id}' >parents
	for way in offset after link bare cursor keyset; do
		at reset-stats >/dev/null
		ha-page -P --each "ways/of_$way" <parents | jq -r .Id | sort >seen
		at "dump/of_$way" | jq -r .Id | sort | cmp - seen
		[ "$(at stats | jq .calls)" -gt 30 ]
	done
}

@test "ha-mock: rows of files are found by filter and by key" {
	mkdir data
	for i in {1..9}; do
		printf '{"Id":"k%d","Kind":"%s","At":"2026-01-01T00:00:0%d.5Z"}\n' \
		    "$i" "$([ "$i" -ne 4 ] && echo y || echo x)" $((i % 3))
	done >data/keyset.ndjson
	every_way --max-page 2 --data data
	ha-page -P ways/keyset | jq -r .Id | xargs >seen
	[ "$(<seen)" = 'k3 k6 k9 k1 k7 k2 k5 k8' ]
	curl -s "$HA_BASE_URL/keyset?\$filter=Nosuch+eq+1" >body
	grep -q 'Nosuch' body
	printf '{"Id":"k5"}\n{"Id":"k0"}\n' | ha-page -P --lookup ways/keyset >rows
	[ "$(jq -r .Id rows)" = k5 ]
	ha-page -P --keys ways/keyset | jq -r .Id | xargs >seen
	[ "$(<seen)" = 'k1 k2 k3 k5 k6 k7 k8 k9' ]
}

@test "ha-mock: an option that the source has no use for is refused" {
	run -64 --separate-stderr ha-mock --data . hostaway
	[[ $stderr == *'hostaway has no use for --data'* ]]
	run -64 ha-mock hostaway --rows 5
	run -64 ha-mock --switch page=3 hostaway
	run -64 ha-mock --listings 3 reso
	run -64 ha-mock messenger --conversations 3
	HA_SOURCES=$HA_ROOT/tests/data run -64 ha-mock petshop --photos 0
	run -64 --separate-stderr ha-mock
	[[ $stderr == *'which source? there are: '*hostaway* ]]
	# behind the source, as ha-sync takes them
	mock_up hostaway --listings 4 --limits none
	[ "$(get /listings | jq .count)" -eq 4 ]
}

@test "ha-mock: rows can come from files" {
	mkdir data
	printf '{"id":%d,"name":"n %d","x":1.10}\n' 7 1 5 2 9 3 >data/owners.ndjson
	printf '{"id":%d,"ownerId":5,"changedAt":"2026-01-0%dT00:00:00Z"}\n' 1 1 2 3 3 2 >data/visits.ndjson
	shop --data data
	ask /owners | grep -qF '{"id":5,"name":"n 2","x":1.10},{"id":9'
	ask "/visits?limit=9" | jq -ec '[.page.items[].id] == [2, 3, 1]'
	ask "/visits?limit=9&after_id=3" | jq -ec '[.page.items[].id] == [1]'
	ask /owners/5/pets | jq -e '.page.total == 0'
}

@test "ha-mock: rows can be filled up to a length" {
	shop --rows 3 --row-bytes 2000
	at dump/owners | awk '{ print length($0) }' | sort -u | grep -qx 2000
	at dump/owners | jq -e .filler >/dev/null
}

@test "ha-mock: says what is wrong and leaves" {
	run -64 --separate-stderr ha-mock --limits 5 hostaway
	[[ $stderr == *"--limits: 5: not new"* ]]
	run -64 --separate-stderr ha-mock --move 2 hostaway
	run -66 --separate-stderr ha-mock --secret-file none hostaway
	[[ $stderr == "ha-mock: none: No such file"* ]]
	run --separate-stderr ha-mock no-such-source
	[ "$status" -ne 0 ]
	[ -z "$output" ]
	mock_up "${small[@]}"
	port=${HA_BASE_URL##*:}
	run -69 --separate-stderr ha-mock -p "${port%/v1}" hostaway
	# the reason is as libmicrohttpd leaves it: its 1.0 has another one
	[[ $stderr == "ha-mock: 127.0.0.1:${port%/v1}: "?* ]]
	run -74 --separate-stderr bash -c "ha-mock hostaway >/dev/full"
	[[ $stderr == *"No space left"* ]]
}
