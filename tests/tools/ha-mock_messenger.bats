# rooms: mock
load ../helper

# graph PATH-AND-QUERY [curl options]: with the token $TOKEN (mock-page-1).
graph() {
	curl -s -g -m 20 -D headers -H "Authorization: Bearer ${TOKEN:-mock-page-1}" \
	    "${@:2}" "$HA_BASE_URL$1"
}
at() { mock_ask "/$1" POST; }
status() { head -n 1 headers | cut -d ' ' -f 2; }
header() { sed -n "s/^$1: \(.*\)\r\$/\1/ip" headers; }
# refuses STATUS CODE [SUBCODE] PATH: an error object that says so
refuses() {
	local sub=null
	[ $# -eq 3 ] || sub=$3
	graph "${!#}" >refused
	[ "$(status)" = "$1" ] && jq -e --argjson c "$2" --argjson s "$sub" '.error |
	    .code == $c and .error_subcode == $s and .type == "OAuthException" and
	    (.message | length > 0) and (.fbtrace_id | length > 0)' refused >/dev/null
}
# The pages of a list, by next, to where there is none; pages in $PAGES.
walk() { # path
	local url=$HA_BASE_URL$1 lines
	PAGES=0
	while [ -n "$url" ]; do
		http_get "$url" >page.json
		jq -r '.data[], .paging.next // "" | if type == "string"
		    then . else tojson end' page.json >lines
		mapfile -t lines <lines
		url=${lines[-1]}
		unset 'lines[-1]'
		[ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}"
		PAGES=$((PAGES + 1))
	done
}
pages() { echo "access_token=mock-page-1&limit=$1${2:+&fields=$2}"; }
dump() { at "dump/$1"; }
first() { at dump/conversations | jq -r "select($1) | .id" | head -n 1; }

teardown() { mock_down; }

@test "ha-mock messenger: versions, headers, tokens and what they may read" {
	mock_up --limits none messenger
	[[ $HA_BASE_URL == */v25.0 ]]
	graph '/me/conversations?limit=1' | jq -e '.data[0] | keys == ["id", "updated_time"]'
	[ "$(header facebook-api-version)" = v25.0 ]
	[ "$(header content-type)" = 'application/json; charset=UTF-8' ]
	page=$(dump conversations | jq -rs '.[0].page')
	header x-business-use-case-usage | jq -e --arg p "$page" '.[$p][0] | .type == "messenger" and
	    .call_count == 0 and .estimated_time_to_regain_access == 0'
	HA_BASE_URL=${HA_BASE_URL%/v25.0}
	graph /v18.0/me >/dev/null
	[ "$(header facebook-api-version)" = v22.0 ]
	graph /me >/dev/null
	[ "$(header facebook-api-version)" = v25.0 ]
	refuses 400 2500 /v99.0/me
	HA_BASE_URL+=/v25.0
	TOKEN=wrong refuses 400 190 /me
	curl -s "$HA_BASE_URL/me" | jq -e '.error.code == 104'
	TOKEN=mock-user graph '/me/accounts' >accounts
	jq -e --arg p "$page" '[.data[] | .access_token] == ["mock-page-1", "mock-page-2"] and
	    .data[0].id == $p and all(.data[]; .tasks | index("MESSAGING"))' accounts
	[ -z "$(header x-business-use-case-usage)" ]
	TOKEN=mock-user refuses 400 190 "/$page/conversations"
	TOKEN=mock-page-2 refuses 400 100 33 "/$page/conversations"
	TOKEN=mock-page-2 refuses 400 100 33 "/$(first true)"
	graph "/$page/conversations?access_token=mock-page-2" | jq -e '.error.code == 100'
	refuses 400 100 33 /t_12345678901234567
	refuses 400 2500 "/$page/nothing"
	at set?to=denied=401 && TOKEN=wrong refuses 401 190 /me
}

@test "ha-mock messenger: fields, nested and limited; what is wrong gets an error" {
	mock_up --limits none messenger
	graph '/me/conversations?limit=40&fields=updated_time,participants{id},messages.limit(3){message,from{name}}' >list
	jq -e '.data | length == 40 and all(.[]; .id and .updated_time and (.participants == null or
	    all(.participants.data[]; keys == ["id"])) and ((.messages.data // []) | length <= 3 and
	    all(.[]; has("id") and (keys - ["id", "message", "from"] == []) and
	    (.from | keys - ["id", "name"] == []))))' list
	jq -e 'any(.data[]; .messages.paging.next)' list
	id=$(first '.messages > 60 and .platform == "messenger"')
	graph "/$id/messages" | jq -e '(.data | length == 25) and all(.data[]; keys == ["created_time", "id"])'
	graph "/$id?fields=message_count,unread_count,can_reply,link,snippet,senders,scoped_thread_key" |
	    jq -e '.message_count > 60 and (.can_reply | type == "boolean")'
	refuses 400 2500 '/me/conversations?fields=id,messages{'
	refuses 400 2500 '/me/conversations?fields=messages.sort(1)'
	refuses 400 100 '/me/conversations?fields=nothing'
	refuses 400 100 '/me/conversations?fields=messages.limit(1){nothing}'
	refuses 400 100 '/me/conversations?limit=many'
	refuses 400 100 '/me/conversations?platform=pigeon'
	at set?to=heavy=1000
	refuses 500 1 99 '/me/conversations?limit=100&fields=messages.limit(11)'
	graph '/me/conversations?limit=100&fields=messages.limit(10)' | jq -e '.data | length == 100'
	[ "$(at queries | jq .refused)" -gt 4 ]
}

@test "ha-mock messenger: a walk by next meets every thread and message once, newest first" {
	mock_up --limits none messenger
	page=$(dump conversations | jq -rs '.[0].page')
	walk "/me/conversations?$(pages 7)" >seen
	[ "$PAGES" -eq 72 ]
	jq -r '.updated_time' seen >times
	sort -r times | cmp - times
	jq -r .id seen | sort | cmp - <(at "dump/conversations?page=$page" | jq -r .id | sort)
	# each platform alone, in either case
	walk "/me/conversations?platform=INSTAGRAM&$(pages 100)" | jq -r .id >instagram
	walk "/me/conversations?platform=messenger&$(pages 100)" | jq -r .id >messenger
	[ "$(grep -c . instagram)" -gt 50 ]
	sort instagram messenger | cmp - <(jq -r .id seen | sort)
	# the longest thread, ties larger than its pages among it
	id=$(first '.messages == 2000')
	walk "/$id/messages?$(pages 100)" >seen
	jq -r .id seen | tac | cmp - <(at "dump/messages?conversation=$id" | jq -r .id)
	[ "$(jq -r .created_time seen | uniq -c | sort -rn | awk 'NR == 1 {print $1}')" -gt 100 ]
	# what was embedded goes on where it ended
	graph "/$id?fields=messages.limit(10)%7Bid%7D" >one
	url=$(jq -r .messages.paging.next one)
	[[ $url == *access_token=mock-page-1* ]]
	curl -s -g "$url" | jq -e --slurpfile s <(jq -s '.[10:20]' seen) '[.data[].id] == [$s[0][].id]'
	[ "$(jq -rs '.[0].id' seen)" = "$(jq -r '.messages.data[0].id' one)" ]
}

@test "ha-mock messenger: previous leads back, user_id finds a person's thread" {
	mock_up --limits none messenger
	graph '/me/conversations?limit=10' >one
	jq -e '.paging | has("next") and (has("previous") | not)' one
	curl -s -g "$(jq -r .paging.next one)" >two
	curl -s -g "$(jq -r .paging.previous two)" | jq -c '[.data[].id]' |
	    cmp - <(jq -c '[.data[].id]' one)
	row=$(dump conversations | jq -c 'select(.platform == "messenger")' | sed -n 9p)
	graph "/me/conversations?user_id=$(jq -r .person <<<"$row")" |
	    jq -e --argjson r "$row" '[.data[].id] == [$r.id] and (.paging.next | not)'
	graph '/me/conversations?user_id=1' | jq -e '. == {"data": []}'
	graph '/me/conversations?folder=spam' | jq -e '.data == []'
	graph "/$(jq -r .person <<<"$row")?fields=first_name,last_name" |
	    jq -e '. == {} or keys == ["first_name", "id", "last_name"]'
	graph '/me/conversations?limit=1' | jq -e '.paging.cursors | .before == .after and (.after | endswith("=="))'
}

@test "ha-mock messenger: cursors die with what they point at" {
	mock_up --limits none messenger
	graph '/me/conversations?limit=5' >one
	id=$(jq -r '.data[4].id' one)
	url=$(jq -r .paging.next one)
	at "message?conversation=$id" >/dev/null # it moves, and the cursor holds
	curl -s -g "$url" | jq -e '.data | length == 5'
	at "delete?conversation=$id" | jq -e --arg i "$id" '.conversations == [$i]'
	curl -s -g "$url" | jq -e '.error.code == 100'
	refuses 400 100 33 "/$id"
	at set?to=max-depth=20
	graph '/me/conversations?limit=30' >one
	curl -s -g "$(jq -r .paging.next one)" | jq -e '.error.message | test("After Cursor .* exceeds")'
	refuses 400 100 '/me/conversations?after=AAAA'
	at set?to=max-depth=0,dead-cursor=1
	curl -s -g "$(jq -r .paging.next one)" | jq -e '.error.code == 100'
	at set?to=dead-cursor=0
	curl -s -g "$(jq -r .paging.next one)" | jq -e '.data | length == 30'
}

@test "ha-mock messenger: short and empty pages have a next, and nothing is lost" {
	mock_up --limits none --switch short=0.4,empty=0.3,tail messenger
	page=$(dump conversations | jq -rs '.[0].page')
	walk "/me/conversations?$(pages 25)" >seen
	[ "$PAGES" -gt 30 ]
	jq -e '. == {"data": []}' page.json # the last one, and only that has no next
	jq -r .id seen | sort | cmp - <(at "dump/conversations?page=$page" | jq -r .id | sort)
	graph '/me/conversations?limit=1000' >/dev/null
	at set?to=short=0,empty=0
	graph '/me/conversations?limit=1000' | jq -e '.data | length == 500'
	mock_down
	mock_up --limits none --max-page 30 messenger
	graph '/me/conversations?limit=1000' | jq -e '.data | length == 30'
}

@test "ha-mock messenger: threads move to the top and vanish between pages" {
	mock_up --limits none --move 0.5 --vanish 0.1 messenger
	before=$(dump conversations | jq -rs 'map(.id) | length')
	walk "/me/conversations?$(pages 25)" | jq -r .id >seen
	dump conversations | jq -s 'length' >after
	[ "$(cat after)" -lt "$before" ]
	at reads >reads # those that moved up in front of the walk are not in it
	[ "$(sort -u seen | grep -c .)" -ge 480 ]
	graph '/me/conversations?limit=1' | jq -r '.data[0].updated_time' >top
	[ "$(cat top)" \> 2026-11-20T12:00:00 ]
}

@test "ha-mock messenger: messages and people as odd as they come" {
	mock_up --limits none messenger
	walk "/me/conversations?$(pages 100 'participants')" >threads
	jq -se 'map(.participants.data | length) | unique == [0, 2, 3]' threads
	jq -se 'any(.[]; has("participants") | not) and any(.[]; .participants.data == [])' threads
	page=$(dump conversations | jq -rs '.[0].page')
	jq -se --arg p "$page" '[.[].participants.data // [] | map(.id) | index($p)] | unique | contains([0, 1])' threads
	jq -se '[.[].participants.data[]? | select(.username | not)] | any(.[]; .name | not) and
	    all(.[]; .email == .id + "@facebook.com")' threads
	jq -se 'any(.[].participants.data[]?; .username and (.email | not) and (.name | not))' threads
	fields=created_time,from,to,message,attachments,shares%7Blink%7D,reactions,story,tags,is_unsupported,reply_to
	url=$HA_BASE_URL"/me/conversations?$(pages 50 "messages.limit(60)%7B$fields%7D")"
	while [ -n "$url" ]; do
		curl -s -g -m 20 "$url" >>pages
		url=$(tail -n 1 pages | sed 's/a\\ud83db//g' | jq -r '.paging.next // empty')
		echo >>pages
	done
	LC_ALL=C grep -q '[^ -~]' pages && false
	grep -q 'a\\u0000b' pages
	grep -q 'a\\ud83db' pages
	grep -q '\\ud83d\\ude00' pages
	grep -q '"https:\\/\\/' pages
	sed 's/a\\ud83db//g' pages | jq -c '.data[].messages.data[]?' >messages
	jq -se 'any(.[]; .message | length > 19990) and any(.[]; .message == "" and .attachments) and
	    any(.[]; .is_unsupported) and all(.[]; .is_unsupported != false)' messages
	jq -se 'any(.[]; .shares.data[0].link) and any(.[]; .reactions) and any(.[]; .story.link) and
	    any(.[]; .reply_to.mid) and all(.[]; .tags.data[0].name == "inbox")' messages
	jq -se '[.[].attachments.data[]?] | any(.[]; .image_data.render_as_sticker) and
	    any(.[]; .image_data.animated_gif_url) and any(.[]; .video_data.url) and
	    any(.[]; .generic_template) and any(.[]; .mime_type == "audio/mpeg" and .file_url) and
	    any(.[]; .mime_type == "application/pdf")' messages
	jq -r .id messages >ids
	for form in '^m_mid\.\$' '^m_mid\.[0-9]*:[0-9a-f]*$' '^aWd' '^m_[^m]'; do grep -q "$form" ids; done
	[ "$(sort ids | uniq -d | grep -c .)" -eq 0 ]
	# a CDN's URL is never the same twice
	id=$(jq -r 'select(.attachments.data[0].image_data) | .id' messages | head -n 1)
	graph "/$id?fields=attachments" >one
	graph "/$id?fields=attachments" >two
	! cmp -s one two || false
	cmp <(jq -c '[.attachments.data[].id]' one) <(jq -c '[.attachments.data[].id]' two)
}

@test "ha-mock messenger: ids and a batch count as the calls they hold" {
	mock_up --limits none messenger
	mapfile -t three < <(dump conversations | jq -r .id | head -n 3)
	at reset-stats >/dev/null
	graph "/?ids=${three[0]},${three[1]},${three[2]}&fields=updated_time" |
	    jq -e --args 'keys == ($ARGS.positional | sort)' "${three[@]}"
	[ "$(at stats | jq .calls)" -eq 3 ]
	graph "/messages?ids=${three[0]}&limit=1" | jq -e '.[] | .data | length <= 1'
	refuses 400 100 33 "/?ids=${three[0]},t_1"
	batch='[{"method":"GET","relative_url":"v25.0/me/conversations?limit=2"},{"method":"GET","relative_url":"t_1"}]'
	at reset-stats >/dev/null
	graph / --data-urlencode "batch=$batch" >answers
	[ "$(status)" = 200 ]
	[ "$(at stats | jq .calls)" -eq 2 ]
	jq -e 'map(.code) == [200, 400] and (.[0].body | fromjson | .data | length == 2) and
	    any(.[0].headers[]; .name == "X-Business-Use-Case-Usage") and
	    (.[1].body | fromjson | .error.code == 100)' answers
	graph / --data-urlencode "batch=[$(printf '{"relative_url":"me"},%.0s' {1..50}){}]" | jq -e '.error.code == 100'
	graph / --data-urlencode 'batch=[1' | jq -e '.error.code == 100'
	graph "/me/subscribed_apps" -d subscribed_fields=messages,message_echoes | jq -e '.success'
	graph "/me/subscribed_apps" | jq -e '.data[0].subscribed_fields == ["messages", "message_echoes"]'
}

@test "ha-mock messenger: too fast is 400 and a code; the header says how long" {
	mock_up messenger
	at stats | jq -e '.limit == 2 and .window_ms == 1000'
	at limits?to=2/30s >/dev/null
	graph /me >/dev/null
	graph /me >/dev/null
	refuses 400 80006 /me
	header x-business-use-case-usage | jq -e '.[][0].estimated_time_to_regain_access == 1'
	[ -z "$(header retry-after)" ]
	TOKEN=mock-page-2 graph /me | jq -e .id # another Page is not blocked
	at renew >/dev/null
	at limits?to=2/30s >/dev/null
	at set?to=code=613,subcode=1996,status=403,block=2,lengthen=3,doubled >/dev/null
	for _ in 1 2 3; do graph /me >/dev/null; done
	refuses 403 613 1996 /me
	header x-business-use-case-usage >usage
	# doubled: the member is there twice, and the last one says 0
	[ "$(grep -o estimated usage | wc -l)" -eq 3 ]
	grep -q 'regain_access":5}' usage
	jq -e '.[][0].estimated_time_to_regain_access == 0' usage
}

@test "ha-mock messenger: a short minute ends; a used budget blocks; so does the app's" {
	mock_up --limits 1/100ms --switch minute-ms=50,block=4 messenger
	graph /me >/dev/null
	graph /me >/dev/null
	for ((i = 0; i < 200; i++)); do
		graph /me >answer
		[ "$(status)" != 200 ] || break
		sleep 0.05
	done
	[ "$(status)" = 200 ]
	at limits?to=none >/dev/null
	at renew >/dev/null
	at set?to=budget=10,cpu=200 >/dev/null
	for ((i = 1; i <= 5; i++)); do
		graph /me >/dev/null
		header x-business-use-case-usage | jq -e --argjson i "$i" '.[][0] | .call_count == 10 * $i and .total_cputime == 20 * $i'
	done
	refuses 400 80006 /me
	at set?to=app-budget=4 >/dev/null
	for i in 1 2 3 4; do TOKEN=mock-user graph /me/accounts >/dev/null; done
	header x-app-usage | jq -e '.call_count == 100'
	TOKEN=mock-user refuses 400 4 /me/accounts
}

@test "ha-mock messenger: every error as it is asked for, and everything else that breaks" {
	mock_up --limits none messenger
	for code in 1 2 3 4 9 10 17 32 100 102 104 190 200 230 341 368 506 551 613 1200 2500 80000 80001 \
	    80002 80006 80014 1609005 2018218; do
		at "fault?to=error:$code" && refuses 400 "$code" /me && at fault >/dev/null
	done
	for status in 400 401 403 500; do
		at "fault?to=error:190:463@$status" && refuses "$status" 190 463 /me && at fault >/dev/null
	done
	at "fault?to=error:2:2018344@500" && refuses 500 2 2018344 /me && at fault >/dev/null
	at "fault?to=error:2@500,transient=1" && graph /me | jq -e .error.is_transient && at fault
	at "fault?to=error:999,transient=0" && graph /me | jq -e '.error.is_transient == false' && at fault
	at "fault?to=error:80006,minutes=7" && graph /me >/dev/null && at fault
	header x-business-use-case-usage | jq -e '.[][0].estimated_time_to_regain_access == 7'
	at "fault?to=429-wait,ms=3000" && refuses 429 4 /me && [ "$(header retry-after)" = 3 ] && at fault
	at "fault?to=html" && graph /me | grep -q '<html>' && at fault
	at "fault?to=503" && graph /me | grep -q '<html>' && [ "$(status)" = 503 ] && at fault
	at "fault?to=cut" && run graph /me && [ "$status" -eq 18 ] && at fault
	at "fault?to=error:1@500=%231,path=/%7Bpage%7D/conversations" && graph /me | jq -e .id
	! at "fault?to=error:" || false
	! at "fault?to=error:1@99" || false
	at fault
	# a token that ends in the middle, until it is renewed
	at renew && at set?to=expire-after=2
	graph /me && graph /me | jq -e .id
	refuses 400 190 463 /me
	at renew && graph /me | jq -e .id
	at set?to=expire-after=0 && at revoke?token=mock-page-1 && refuses 400 190 /me
}

@test "ha-mock messenger: changes show where they should, and nowhere else" {
	mock_up --limits none messenger
	at "message?n=6&conversations=3" >made
	jq -e '.changed == 6 and (.messages | length == 6)' made
	graph '/me/conversations?limit=4&fields=messages.limit(2)' |
	    jq -e --slurpfile m made '([.data[:3][].messages.data[].id] | sort) == ($m[0].messages | sort)'
	at "message?n=2&conversations=2&tie=1" >made
	graph '/me/conversations?limit=3' | jq -e '[.data[].updated_time] | unique | length == 1'
	at conversation >made
	new=$(jq -r '.conversations[0]' made)
	graph '/me/conversations?limit=1&fields=messages' |
	    jq -e --slurpfile m made '.data[0] | .id == $m[0].conversations[0] and [.messages.data[].id] == $m[0].messages'
	one() { graph "/$new?fields=updated_time,unread_count,participants,messages%7Bid,message%7D" | jq -cS .; }
	one >before
	at "read?conversation=$new" >/dev/null
	one | jq -e --slurpfile b before '.unread_count == 0 and $b[0].unread_count == 1 and
	    (. | del(.unread_count)) == ($b[0] | del(.unread_count))'
	at "rename?conversation=$new" >/dev/null
	one | jq -e --slurpfile b before '.updated_time == $b[0].updated_time and .participants != $b[0].participants'
	at "message?conversation=$new&n=3" >/dev/null
	mid=$(first ".id == \"$new\"" >/dev/null && at "dump/messages?conversation=$new" | jq -rs '.[1].id')
	one >before
	at "edit?message=$mid" >/dev/null
	one | jq -e --slurpfile b before '.updated_time == $b[0].updated_time and
	    ([.messages.data[].id] == [$b[0].messages.data[].id])'
	at "react?message=$mid" && graph "/$mid?fields=reactions" | jq -e .reactions.users[0].id
	at "delete?message=$mid" && refuses 400 100 33 "/$mid"
	one | jq -e '.messages.data | length == 3'
	at set?to=detail=1
	refuses 400 100 33 "/$(at "dump/messages?conversation=$new" | jq -rs '.[0].id')"
}

@test "ha-mock messenger: what was read of which thread is known" {
	mock_up --limits none messenger
	id=$(first '.messages == 2000')
	walk "/$id/messages?$(pages 500)" >/dev/null
	walk "/$id/messages?$(pages 500)" >/dev/null
	graph "/$id" >/dev/null
	at reads | jq -se --arg i "$id" '. == [{"id": $i, "listed": 0, "messages": 8, "starts": 2, "nodes": 1}]'
	graph '/me/conversations?limit=10' >/dev/null
	[ "$(at reads | jq -s 'map(.listed) | add')" -eq 10 ]
	at stats | jq -e '.families == {"/{conversation}/messages": 8, "/{conversation}": 1, "/me/conversations": 1}'
	at queries | jq -e '.lists == 1 and .messages == 8 and .nodes == 1'
	at forget-reads && [ -z "$(at reads)" ]
}

@test "ha-mock messenger: 12,000 threads are there at once, and every byte again" {
	mock_up --limits none --switch conversations=12000,pages=1 messenger
	[ "$(awk '/VmHWM/ {print $2}' "/proc/$MOCK_PID/status")" -lt 100000 ]
	[ "$(dump conversations | wc -l)" -eq 12000 ]
	at dump/messages?text=1 >all
	[ "$(wc -l <all)" -gt 280000 ]
	sum=$(sha256sum <all)
	mock_down
	mock_up --limits none --switch conversations=12000,pages=1 messenger
	[ "$(at dump/messages?text=1 | sha256sum)" = "$sum" ]
	mock_down
	run -64 ha-mock --switch no-such=1 messenger
	run -64 ha-mock --switch pages=0 messenger
	run -64 ha-mock --fault error:x messenger
}
