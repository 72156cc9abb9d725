#!/usr/bin/env bats
# rooms: sources
# Answers of the Graph API, as its documentation prints them and as others
# saw them, go through page and store: what has a key and a time is stored,
# anything else is set aside with its reason. They are beside the checkout, or
# where HA_SHARED says; without them there is nothing to test.

load ../helper

BODIES=${HA_SHARED:-$HA_ROOT/../shared}/data/messenger

setup_file() {
	[ -d "$BODIES" ] || return 0
	pg_up
}
teardown_file() { pg_down; }

setup() {
	[ -d "$BODIES" ] || skip "no $BODIES"
	pg_fresh messenger
	ha-account add --no-secret messenger 123
	mkdir tape
	export HA_REPLAY=$PWD/tape HA_TOKEN=any
}

sql() { psql -XAtqc "$1"; }

exchange() { # path status header ...; the body is on stdin
	local path=$1 status=$2
	shift 2
	{
		jq -cn --arg p "$path" --argjson s "$status" '{"@tape": 1,
		    source: "messenger", account: "123", method: "GET",
		    path: $p, status: $s, ms: 1, headers: $ARGS.positional}' \
		    --args "$@"
		cat
	} >"tape/$(find tape -type f | wc -l).tape"
}

question() { # resource
	ha-page -n -a 123 "messenger/$1" | sed 's/^GET //'
}

# The page of this file as the only one of the list; sets fetched, stored.
list() { # file
	rm -f tape/*
	jq -c 'if type == "array" then {data: .} else . end
	    | del(.paging.next)' "$BODIES/$1" |
		exchange "$(question conversations)" 200 \
		    'content-type: application/json'
	ha-page -a 123 messenger/conversations >page
	ha-upsert -r aside <page || [ $? -eq 1 ]
	fetched=$(grep -cv '^{"@ha"' page)
	stored=$(jq -c '.data? // . | .[] | select(.id and .updated_time and
	    (.updated_time | test("^[0-9]")))' "$BODIES/$1" | wc -l)
}

@test "messenger: each list of conversations is stored, or set aside with a reason" {
	local file n=0
	for file in "$BODIES"/graph-conversations-*.json; do
		sql 'TRUNCATE messenger.conversation_rows, ha.rejects'
		list "${file##*/}"
		[ "$(sql 'SELECT count(*) FROM messenger.conversation_rows')" -eq "$stored" ]
		[ "$(sql "SELECT count(*) FROM ha.rejects WHERE reason <> ''")" -eq $((fetched - stored)) ]
		n=$((n + fetched))
	done
	[ "$n" -ge 8 ]
	[ "$(sql 'SELECT bool_and(conserved) FROM ha.sync_statistics')" = t ]
}

@test "messenger: a thread's messages come out of the list, with their events" {
	list graph-conversations-thirdparty-fixture-v26.json
	ha-synclog pending -a 123 messenger/messages >parents
	ha-page --each messenger/messages <parents | ha-upsert
	[ "$(sql "SELECT id, conversation_id, from_id FROM messenger.messages")" = 'm_1|t_100|u_99' ]
	[ "$(sql 'SELECT count(*) FROM messenger.contact_interaction_events')" -eq 1 ]
	# a picture's address is another one each time: no change
	sed -i 's/receipt.png/other.png/; s/preview.png/p2.png/' page
	before=$(sql 'SELECT xmin, version FROM messenger.messages')
	ha-upsert <page
	ha-synclog pending --all -a 123 messenger/messages | ha-page --each messenger/messages | ha-upsert
	[ "$(sql 'SELECT xmin, version FROM messenger.messages')" = "$before" ]
}

@test "messenger: a page of messages is stored" {
	echo '{"id":"t_9"}' >parent
	jq -c 'del(.paging.next)' "$BODIES/graph-messages-thirdparty-notes-v25.json" |
		exchange "$(ha-page --each -n -a 123 messenger/messages <parent | sed 's/^GET //')" 200 \
		    'content-type: application/json'
	ha-page --each -a 123 messenger/messages <parent | ha-upsert
	[ "$(sql 'SELECT id, body FROM messenger.messages')" = "m_abc123|Hi, I'd like to order..." ]
}

refused() { # file question
	exchange "$2" 400 'content-type: application/json' <"$1"
}

@test "messenger: each error body has the status of its code" {
	local file code size question
	for file in "$BODIES"/error-*.json; do
		rm -f tape/*
		code=$(jq .error.code "$file")
		question=$(question conversations)
		refused "$file" "$question"
		case $code in
		190 | 10) run -77 ha-page -a 123 messenger/conversations ;;
		100) run -69 ha-page -a 123 messenger/conversations ;;
		1) # a few tries more, the same with each smaller page
			for size in 100 50 25 12 6 3 1; do
				for _ in 1 2 3 4 5; do
					refused "$file" "${question/%100/$size}"
				done
			done
			run -75 ha-page -a 123 messenger/conversations
			;;
		*) # over a limit: once more when the time has come
			exchange "$(question conversations)" 200 <<<'{"data":[]}'
			run -0 --separate-stderr ha-page -a 123 messenger/conversations
			[ "$(tail -n 1 <<<"$output" | jq .retries)" -eq 1 ]
			continue
			;;
		esac
		[[ $output == *"error $code"* ]]
		[[ $output != *access_token=* ]]
	done
}

@test "messenger: the documented header, with its doubled key, says how long" {
	local header
	header=$(tr -d '\n' <"$BODIES/header-x-business-use-case-usage.json")
	[[ $header == *estimated_time_to_regain_access* ]]
	exchange "$(question conversations)" 200 "x-business-use-case-usage: $header" <<<'{"data":[]}'
	run -0 --separate-stderr ha-page -a 123 messenger/conversations
	[ "$(tail -n 1 <<<"$output" | jq .complete)" = true ]
}
