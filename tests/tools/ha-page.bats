# rooms: collect
load ../helper

# Walks of an invented account: no database is asked, HA_TOKEN is enough.
mock() { # option ...
	mock_up --limits none --settle 0 "$@" hostaway
	HA_TOKEN=$(curl -sf -d grant_type=client_credentials \
	    -d client_id=59808 -d client_secret=mock-secret -d scope=general \
	    "$HA_BASE_URL/accessTokens" | jq -r .access_token)
	export HA_TOKEN
}

teardown() { mock_down; }

end_of() { # file member
	tail -n 1 "$1" | jq -c "$2"
}

records() { grep -v '^{"@ha":' "$1"; }

@test "787 rows at 100 a page are 8 calls, 7 listings are one" {
	mock
	run -0 --separate-stderr ha-page -a 59808 hostaway/reservations
	[ -z "$stderr" ]
	printf '%s\n' "$output" >out
	[ "$(end_of out '[.calls, .records, .count, .complete]')" = \
	    '[8,787,787,true]' ]
	[ "$(head -n 1 out | jq -c '[.source, .resource, .account, .mode,
		.whole]')" = '["hostaway","reservations","59808","full",true]' ]
	ha-page hostaway/conversations >out
	[ "$(end_of out '[.calls, .records, .complete]')" = '[8,787,true]' ]
	ha-page hostaway/listings >out
	[ "$(end_of out '[.calls, .records, .complete]')" = '[1,7,true]' ]
}

@test "records are passed byte for byte" {
	mock --reservations 5
	ha-fetch hostaway '/reservations?includeResources=1&limit=100' >body
	ha-page -P hostaway/reservations >rows
	[ "$(wc -l <rows)" -eq 5 ]
	while IFS= read -r row; do
		grep -qF -- "$row" body
	done <rows
}

@test "a walk stops behind the position: one call when nothing happened" {
	mock
	ha-page hostaway/reservations >out
	ha-page --from "$(end_of out .cursor)" hostaway/reservations >next
	[ "$(end_of next .calls)" -eq 1 ]
	[ "$(end_of next .complete)" = true ]
	[ "$(head -n 1 next | jq -r .mode)" = since ]
	[ "$(end_of next .cursor)" = "$(end_of out .cursor)" ]
	[ "$(records next | wc -l)" -lt 100 ]
}

@test "-l ends with status 0, and says that there is more" {
	mock
	run -0 --separate-stderr ha-page -l 150 hostaway/reservations
	printf '%s\n' "$output" >out
	[ "$(end_of out '[.records, .complete, .why]')" = \
	    '[150,false,"limit"]' ]
	[ "$(end_of out .calls)" -eq 2 ]
}

@test "--max-time ends at a page border with 75; --from goes on from there" {
	mock --reservations 250
	local from='' leg=0 status
	while :; do
		ha-page --max-time 1ms --from "$from" hostaway/reservations \
		    >"leg.$leg" 2>err && status=0 || status=$?
		from=$(end_of "leg.$leg" .cursor)
		[ "$status" -eq 75 ] || break
		grep -q 'max-time is over' err
		[ "$(end_of "leg.$leg" .why)" = '"time"' ]
		leg=$((leg + 1))
		[ "$leg" -lt 10 ]
	done
	[ "$status" -eq 0 ]
	[ "$leg" -ge 2 ]
	cat leg.* | grep -v '^{"@ha":' | jq .id | sort -u >ids
	[ "$(wc -l <ids)" -eq 250 ]
	[ "$(end_of "leg.$leg" .complete)" = true ]
	[ "$(head -n 1 "leg.$leg" | jq -r .mode)" = since ]
}

@test "each at mark is a place to go on from" {
	mock --reservations 450 --conversations 450
	local r cursor
	for r in reservations conversations; do
		ha-page -P "hostaway/$r" | jq .id | sort >want
		ha-page "hostaway/$r" >out
		[ "$(grep -c '^{"@ha":"at"' out)" -eq 4 ]
		for n in 1 2 3 4; do
			cursor=$(grep -n '^{"@ha":"at"' out | sed -n "${n}p")
			head -n "${cursor%%:*}" out >first
			ha-page --from "$(tail -n 1 first | jq -c .cursor)" \
			    "hostaway/$r" >next
			[ "$(end_of next .complete)" = true ]
			cat first next | grep -v '^{"@ha":' | jq .id |
			    sort -u | diff - want
			[ "$(end_of next .calls)" -le $((5 - n)) ]
		done
	done
}

@test "400 to a page of more rows than described: that is named, and where it is said" {
	mock --fault 400-html,path=/reservations --fault 400-html,path=/conversations
	local r why='it may be for the 600 rows a page, where 100 are described: page= in sync.conf'
	run -69 --separate-stderr ha-page --page-size 600 hostaway/reservations
	[[ $stderr == *'HTTP 400'*"$why"* ]]
	run -69 --separate-stderr ha-page --each --page-size 600 hostaway/messages <<<'{"id":1}'
	[[ $stderr == *'HTTP 400'*"$why"* ]]
	run -69 --separate-stderr ha-page --page-size 100 hostaway/reservations
	[[ $stderr == *'HTTP 400'* && $stderr != *sync.conf* ]]
	# one row by its key is no page
	mock_ask '/fault?to=400-html,path=/listings' >/dev/null
	run -69 --separate-stderr ha-page --lookup --page-size 600 hostaway/listings <<<'{"id":1}'
	[[ $stderr == *'HTTP 400'* && $stderr != *sync.conf* ]]
}

@test "a list that moves and shrinks: whoever was there all the time came" {
	mock --reservations 300 --conversations 300 --move 0.5 --vanish 0.2
	for _ in 1 2 3; do
		for r in reservations conversations; do
			ha-page --page-size 20 "hostaway/$r" >out || [ $? -eq 75 ]
			[ "$(end_of out .complete)" = true ] || continue
			records out | jq .id | sort -u >came
			mock_ask "/dump/$r" |
			    jq .id | sort >there
			[ -z "$(comm -13 came there)" ]
		done
	done
}

@test "--each groups the children of each parent" {
	mock --reservations 40 --conversations 40
	ha-page -P hostaway/conversations | jq -c '{id,change:"x"}' >parents
	run -0 --separate-stderr ha-page --each -j 4 hostaway/messages <parents
	[ -z "$stderr" ]
	printf '%s\n' "$output" >out
	# every parent once, as it came; its records are its own
	jq -c 'select(."@ha" == "open").parent' out | sort >got
	sort parents | diff - got
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 40 ]
	[ "$(jq -n 'reduce inputs as $l ({bad: 0};
		if $l["@ha"] == "open" then .id = $l.parent.id
		elif $l["@ha"] then .
		elif $l.conversationId != .id then .bad += 1
		else . end) | .bad' out)" -eq 0 ]
	[ "$(end_of out '[.complete, .calls, .parents]')" = '[true,40,40]' ]
	[ "$(head -n 1 out | jq -r .mode)" = each ]
}

@test "--each takes the account and the parents of a section" {
	mock --reservations 3 --conversations 3
	ha-page -P hostaway/conversations | jq -c '{id}' >parents
	section() {
		echo '{"@ha":"begin","v":1,"source":"hostaway","resource":"messages","account":"59808","mode":"parents"}'
		cat parents
		echo '{"@ha":"end","records":3,"complete":true}'
	}
	section | ha-page --each hostaway/messages >out
	[ "$(head -n 1 out | jq -r .account)" = 59808 ]
	[ "$(end_of out .parents)" -eq 3 ]
	run -65 ha-page -a 7 --each hostaway/messages < <(section)
	[[ $output == *'parents of account 59808, not of 7'* ]]
}

@test "--each with a cut stream of parents: what came is fetched, status 65" {
	mock --reservations 5 --conversations 5
	ha-page -P hostaway/conversations | jq -c '{id}' >parents
	{
		echo '{"@ha":"begin","v":1,"source":"hostaway","resource":"messages","mode":"parents"}'
		head -n 3 parents
	} >cut
	run -65 --separate-stderr ha-page --each hostaway/messages <cut
	[[ $stderr == *'was cut'* ]]
	printf '%s\n' "$output" >out
	[ "$(end_of out '[.parents, .complete, .why]')" = '[3,false,"input"]' ]
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 3 ]
	run -65 ha-page --each hostaway/messages </dev/null
}

@test "--each goes on when a parent is gone: an empty group says so, status 0" {
	mock --reservations 4 --conversations 4
	{
		echo '{"id":1}'
		ha-page -P hostaway/conversations | jq -c '{id}'
	} >parents
	run -0 --separate-stderr ha-page --each hostaway/messages <parents
	[ "$stderr" = 'ha-page: conversations 1: is gone' ]
	printf '%s\n' "$output" >out
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 5 ]
	grep -A 1 '^{"@ha":"open","parent":{"id":1}}$' out | tail -n 1 >group
	[ "$(jq -c '[."@ha", .records, .gone]' group)" = '["close",0,true]' ]
	[ "$(end_of out '[.parents, .gone, .complete]')" = '[5,1,true]' ]
	run -0 --separate-stderr ha-page -q --each hostaway/messages <parents
	[ -z "$stderr" ]
}

@test "--each: --max-time ends it behind the parents that were begun" {
	mock --reservations 40 --conversations 40 --fault slow=1,ms=30
	printf '{"id":%d}\n' {1..40} >parents
	run -75 --separate-stderr ha-page --each -j 2 --max-time 50ms hostaway/messages <parents
	[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .why, .parents < 40]')" = '[false,"time",true]' ]
}

@test "--each: an API that knows none of its parents any more is not believed" {
	mock --reservations 4 --conversations 4
	printf '{"id":%d}\n' 1 2 3 >parents
	run -69 --separate-stderr ha-page --each hostaway/messages <parents
	[[ $stderr == *'all of 3 parents are gone'* ]]
	[[ $output != *'"gone":true'* ]]
	# of two it is
	head -n 2 parents >two
	run -0 --separate-stderr ha-page --each hostaway/messages <two
	[ "$(grep -c '"gone":true' <<<"$output")" -eq 2 ]
	# of many it is found out before all were asked for
	seq 300 | sed 's/.*/{"id":&0000}/' >many
	run -69 --separate-stderr ha-page --each hostaway/messages <many
	[[ $stderr == *'all of 1'[0-4]?' parents are gone'* ]]
}

@test "--each: a group whose list did not come whole is not closed" {
	mock --reservations 4 --conversations 4 --fault lie-empty=1
	printf '{"id":%d}\n' 1 2 >parents
	run -76 --separate-stderr ha-page --each hostaway/messages <parents
	[[ $stderr == *'its list: incomplete: 1000 rows are stated, 0 came'* ]]
	[[ $output != *'"close"'* ]]
	[[ $output == *'"complete":false'* ]]
}

@test "--each with a parent that is none: the others come, status 65" {
	mock --reservations 2 --conversations 2
	{
		echo '{"x":1}'
		echo 'no json'
		ha-page -P hostaway/conversations | jq -c '{id}'
	} >parents
	run -65 --separate-stderr ha-page --each hostaway/messages <parents
	printf '%s\n' "$output" >out
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 2 ]
	[ "$(end_of out '[.complete, .why, .failed]')" = '[false,"failed",2]' ]
}

@test "children of many pages stay together" {
	mock --reservations 6 --conversations 6 --messages 30
	ha-page -P hostaway/conversations | jq -c '{id}' >parents
	ha-page --each hostaway/messages <parents >wide
	ha-page --each --page-size 7 hostaway/messages <parents >narrow
	[ "$(end_of narrow .calls)" -gt "$(end_of wide .calls)" ]
	# the row at a border may come twice: links in it change at each reading
	records wide | jq .id | sort -u >a
	records narrow | jq .id | sort -u | diff a -
	[ "$(grep -c '^{"@ha":"close"' narrow)" -eq 6 ]
}

@test "a far side that fails: the section says so, and the status" {
	mock --fault 500,path=/reservations
	run -75 --separate-stderr ha-page -T 1s hostaway/reservations
	[[ $stderr == *'HTTP 500'* ]]
	printf '%s\n' "$output" >out
	[ "$(end_of out '[.complete, .why, .records]')" = '[false,"error",0]' ]
}

@test "a wrong token is 77" {
	mock
	HA_TOKEN=wrong run -77 ha-page hostaway/listings
}

@test "-n prints the calls and makes none" {
	unset HA_BASE_URL
	export HA_TOKEN=x
	run -0 ha-page -n hostaway/reservations
	[ "$output" = 'GET /reservations?includeResources=1&limit=100' ]
	run -0 ha-page -n --each hostaway/messages <<<$'{"id":1}\n{"id":2}'
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == 'GET /conversations/2/messages?'* ]]
	run -0 ha-page -n --from '{"position":"2026-11-01 09:30:00"}' \
	    hostaway/reviews
	[[ $output == *submittedAtStart=2026-10-31* ]]
}

@test "what cannot be asked for is a usage error that says what can" {
	export HA_TOKEN=x
	run -64 ha-page hostaway/messages
	[[ $output == *'with --each and conversations on standard input'* ]]
	run -64 ha-page hostaway/listing_photos
	[[ $output == *ha-unnest* ]]
	run -64 ha-page --each hostaway/listings </dev/null
	run -64 ha-page hostaway
	run -64 ha-page hostaway/nothing
	run -64 ha-page --from 7 hostaway/reservations
	run -64 ha-page --from '{"x":1}' hostaway/reservations
	run -64 ha-page -j 0 hostaway/reservations
	run -64 ha-page
}

@test "a style that ha-page does not know is 78" {
	mkdir d
	jq '.resources |= map(select(.name == "users") |
		.page = {style: "keyset"} | .position = ".id")' \
	    "$HA_SOURCES/hostaway.json" >d/hostaway.json
	export HA_SOURCES=$PWD/d HA_TOKEN=x
	run -78 ha-page -n hostaway/users
}

@test "a full disk is 74, an early reader 141" {
	mock --reservations 300
	run -74 --separate-stderr bash -c \
	    'ha-page hostaway/reservations >/dev/full'
	[ "${#stderr_lines[@]}" -eq 1 ]
	ha-page hostaway/reservations 2>err | head -n 1 >one || true
	[ "${PIPESTATUS[0]}" -eq 141 ] || [ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s err ]
}

@test "progress goes to HA_PROGRESS" {
	mock --reservations 120
	HA_PROGRESS=$PWD/p ha-page -v hostaway/reservations >out 2>err
	[ "$(tail -n 1 p | jq -c '[.stage, .resource, .records, .total, .calls,
		.done]')" = '["ha-page","hostaway/reservations",120,120,2,true]' ]
	grep -q '120 records, 2 calls, 0 retries' err
}
