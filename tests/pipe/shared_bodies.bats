#!/usr/bin/env bats
# rooms: sources
# Answers that the real API gave, or that its documentation prints, go through
# page, filter and store without a record that is set aside. They are beside
# the checkout, or where HA_SHARED says; without them there is nothing to test.

load ../helper
load ../laws

BODIES=${HA_SHARED:-$HA_ROOT/../shared}/data/hostaway

setup_file() {
	[ -d "$BODIES" ] || return 0
	pg_up hostaway
	law_account hostaway 10450
	pg_template
}
teardown_file() { pg_down; }

setup() {
	[ -d "$BODIES" ] || skip "no $BODIES"
	pg_fresh
	mkdir tape
	export HA_REPLAY=$PWD/tape
}

sql() { psql -XAtqc "$1"; }

exchange() { # path; the body is on stdin
	{
		printf '{"@tape":1,"source":"hostaway","account":"10450",'
		printf '"method":"GET","path":"%s","status":200,"ms":1,' "$1"
		printf '"headers":["content-type: application/json"]}\n'
		cat
	} >"tape/$(find tape -type f | wc -l).tape"
}

# The answer to the first call, as if it were all: where a capture was cut,
# the count is made that of its rows; where its envelope was not kept, it
# gets one. Behind it comes what the API says to who asks from its last row.
record() { # resource, file[, parent]
	local path next body=$BODIES/$2
	if [ -n "${3:-}" ]; then
		path=$(ha-page --each -n -a 10450 "hostaway/$1" <<<"$3")
	else
		path=$(ha-page -n -a 10450 "hostaway/$1")
	fi
	path=${path#GET }
	rows=$(jq '.result | length' "$body")
	sed -E 's/^(\s*)"count": *[0-9]+/\1"count": '"$rows/" "$body" |
		if jq -e 'has("status")' "$body" >out; then
			cat
		else
			sed '0,/{/s//{"status":"success",/'
		fi | exchange "$path"
	case $path in
	*offset=0) next=${path%0}$((rows > 1 ? rows - 1 : 1)) ;;
	/reservations*) next=$path\&afterId=$(jq '.result[-2].id' "$body") ;;
	*) return 0 ;;
	esac
	jq '{status: "success", result: .result[1:][-1:]}' "$body" |
		exchange "$next"
}

stored() { # table, how many
	[ "$(sql "SELECT count(*) FROM hostaway.$1
	    WHERE deleted_at IS NULL")" -eq "$2" ]
	law_conserved
	[ "$(sql 'SELECT count(*) FROM ha.rejects')" -eq 0 ]
}

list() { # resource, file
	record "$1" "$2"
	ha-page -a 10450 "hostaway/$1" >"$1.in"
	[ "$(grep -cv '^{"@ha":' "$1.in")" -eq "$rows" ]
	tail -n 1 "$1.in" | jq -e '.complete' >out
	ha-filter-parents "$1.in" | ha-upsert
}

children() { # resource, file, parent
	record "$1" "$2" "$3"
	ha-page --each -a 10450 "hostaway/$1" <<<"$3" >"$1.in"
	[ "$(grep -cv '^{"@ha":' "$1.in")" -eq "$rows" ]
	ha-filter-parents "$1.in" | ha-upsert
}

# Examples are of different accounts: parents that none of them has.
parents() { # resource, columns, values
	sql "INSERT INTO hostaway.$1 (account_id, raw_payload, $2)
	    VALUES ('10450', '{}', $3)"
}

adopt() { # resource
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
	    SELECT DISTINCT '10450', parent_key::bigint, '{}'::jsonb
	    FROM ha.parked WHERE parent_resource = 'listings'"
	ha-filter-parents --adopt -a 10450 "hostaway/$1" | ha-upsert
	[ "$(sql "SELECT count(*) FROM ha.parked WHERE resource = '$1'")" -eq 0 ]
}

@test "listings, with their photos" {
	local photos
	list listings listings_page.json
	stored listings "$rows"
	photos=$(jq '[.result[].listingImages[]] | length' \
	    "$BODIES/listings_page.json")
	ha-synclog pending -a 10450 hostaway/listing_photos |
		ha-unnest hostaway/listing_photos | ha-upsert
	stored listing_photos "$photos"
}

@test "reservations with their guests, and their conversations" {
	local guests
	list listings listings_page.json
	list reservations reservations_page.json
	adopt reservations
	stored reservations "$rows"
	ha-synclog pending -a 10450 hostaway/guests |
		ha-unnest hostaway/guests | ha-upsert
	guests=$(jq '[.result[] | if (.guestExternalAccountId // "") != ""
	    then "\(.channelId) \(.guestExternalAccountId)"
	    elif (.guestEmail // "") != "" then .guestEmail | ascii_downcase
	    else empty end] | unique | length' "$BODIES/reservations_page.json")
	[ "$guests" -gt 30 ]
	stored guests "$guests"
	list conversations conversations_page.json
	# of the reservations that are not on that page
	sql "INSERT INTO hostaway.reservations (account_id, id, raw_payload)
	    SELECT DISTINCT '10450', parent_key::bigint, '{}'::jsonb
	    FROM ha.parked WHERE parent_resource = 'reservations'"
	adopt conversations
	stored conversations "$rows"
	ha-synclog pending -a 10450 --count hostaway/messages | grep -qx "$rows"
}

@test "messages, and the answer past the last one" {
	parents reservations 'id' 12618923
	parents conversations 'id, reservation_id' '4587450, 12618923'
	children messages messages_page.json \
	    '{"id":4587450,"reservationId":12618923,"change":"a"}'
	stored message_rows 2
	[ "$(sql 'SELECT count(*), min(message_count)
	    FROM hostaway.messages')" = '1|2' ]
	rm tape/*
	parents conversations 'id, reservation_id' '4587451, 12618923'
	record messages messages_page_beyond_last.json '{"id":4587451}'
	sed -i 's/"offset": *100/"offset":0/' tape/*
	ha-page --each -a 10450 hostaway/messages <<<'{"id":4587451}' |
		ha-filter-parents | ha-upsert
	stored message_rows 2
}

@test "reviews, awaiting and published" {
	list reviews reviews_page.json
	adopt reviews
	stored reviews 1
	rm tape/*
	list reviews reviews_page_published_partial.json
	stored reviews 2
}

@test "days of a calendar" {
	parents listings id 40100
	children calendar_days calendar_page.json '{"id":40100}'
	stored calendar_days 2
}

@test "prices of a reservation and fees of a listing" {
	parents listings id 40270
	parents reservations 'id, listing_id' '7, 40270'
	children finance_fields finance_field_list.json '{"id":7,"change":"a"}'
	stored finance_fields "$(jq '[.result[] | select(.isDeleted != 1)]
	    | length' "$BODIES/finance_field_list.json")"
	children fee_settings listing_fee_settings_list.json '{"id":40270}'
	stored fee_settings 1
}

@test "expenses, charges, tasks, users and their groups" {
	local r
	for r in expenses:expenses_page charges:guest_charges_page \
	    tasks:tasks_page users:users_page user_groups:user_groups_page; do
		list "${r%:*}" "${r#*:}.json"
		stored "${r%:*}" "$rows"
	done
}

@test "the objects of the documentation" {
	local r
	# the conversation is not that of the reservation
	parents reservations id "$(jq .reservationId \
	    "$BODIES/doc_conversation_object.json")"
	for r in listing reservation conversation; do
		jq -c . "$BODIES/doc_${r}_object.json" |
			ha-filter-parents -P -a 10450 hostaway/${r}s |
			ha-upsert -P -a 10450 hostaway/${r}s
		[ "$(sql "SELECT count(*) FROM hostaway.${r}s
		    WHERE raw_payload <> '{}'")" -eq 1 ]
	done
	[ "$(sql 'SELECT count(*) FROM ha.rejects')" -eq 0 ]
}
