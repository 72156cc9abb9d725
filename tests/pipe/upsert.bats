#!/usr/bin/env bats
# rooms: upsert
# ha-upsert: what it stores, what it leaves alone, and what faults do to it.

load ../helper
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	sql "INSERT INTO ha.accounts (source, account_id, customer_id)
		VALUES ('hostaway', '59808', '6b1f2a52-0000-4000-8000-000000000001')"
}

# Everything that must be equal after two ways to one state.
tables() {
	local t of=()
	for t in listings listing_photos reservations conversations message_rows; do
		of+=(-c "SELECT '$t', to_jsonb(t) - '{created_at,updated_at,version,fingerprint}'::text[]
			FROM hostaway.$t t ORDER BY 2")
	done
	psql -XAtq "${of[@]}" \
	    -c "SELECT resource, account_id, cursor, complete FROM ha.sync_state ORDER BY 1" \
	    -c "SELECT resource, parent_key, change_key FROM ha.children ORDER BY 1, 2" \
	    -c "SELECT resource, key, reason, raw FROM ha.rejects ORDER BY 1, 2, 4"
}

versions() {
	sql "SELECT string_agg(id || ' ' || xmin || ' ' || updated_at, ',' ORDER BY id)
		FROM hostaway.listings"
}

@test "ha-upsert: records arrive exactly, with the account's ids" {
	section listings <<-'E' | ha-upsert
	{"id":9007199254740993,"price":1.10,"accountId":1,"x":12345678901234567890.10,"name":"caf\u00e9 \"é\""}
	E
	[ "$(sql "SELECT id, price, name, account_id, customer_id FROM hostaway.listings")" = \
	    '9007199254740993|1.10|café "é"|59808|6b1f2a52-0000-4000-8000-000000000001' ]
	[ "$(sql "SELECT raw_payload->>'x' FROM hostaway.listings")" = 12345678901234567890.10 ]
	[ "$(counts)" = '1 1 0 0 0 0 0 0' ]
}

@test "ha-upsert: the same stream again writes nothing" {
	for i in 1 2 3; do listing $i n$i; done | section listings >in
	ha-upsert in
	before=$(versions)
	run -0 --separate-stderr ha-upsert -v in
	[ "$output" = '' ]
	[ "$stderr" = 'ha-upsert: hostaway/listings: 3 fetched = 0 inserted + 0 updated + 3 unchanged + 0 stale + 0 parked + 0 rejected; 0 deleted' ]
	[ "$before" = "$(versions)" ]
	[ "$(sql "SELECT count(*) FROM ha.sync_log")" -eq 2 ]
}

@test "ha-upsert: key order, spaces and an equal number are no change" {
	echo '{"id":1,"name":"a","price":1.10}' | section listings | ha-upsert
	before=$(versions)
	echo '{ "price":1.1, "name" :"a","id":1 }' | section listings | ha-upsert
	[ "$before" = "$(versions)" ]
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
}

@test "ha-upsert: a doubled key at the front is not taken for the row that it names" {
	{ listing 1 a; listing 2 b; } | section listings | ha-upsert
	echo '{"id":1,"name":"c","latestActivityOn":"2025-02-01 00:00:00","id":2}' >record
	section listings <record >in
	ha-upsert in
	[ "$(sql "SELECT id, name FROM hostaway.listings ORDER BY 1" | xargs)" = '1|a 2|c' ]
	before=$(versions)
	ha-upsert in
	[ "$before" = "$(versions)" ]
	section listings full <record | ha-upsert --prune --force
	[ "$(sql "SELECT id FROM hostaway.listings WHERE deleted_at IS NULL")" -eq 2 ]
}

@test "ha-upsert: what changed is updated in place, its version counts up" {
	{ listing 1 old; listing 2 same; } | section listings | ha-upsert
	{ listing 1 new; listing 2 same; listing 3 more; } | section listings | ha-upsert
	[ "$(counts)" = '3 1 1 1 0 0 0 0' ]
	[ "$(sql "SELECT id, name, version FROM hostaway.listings ORDER BY 1")" = $'1|new|2\n2|same|1\n3|more|1' ]
}

@test "ha-upsert: an older version never wins, in any order, in one batch or two" {
	new=$(listing 1 new '2025-02-02 00:00:00') old=$(listing 1 old '2025-01-01 00:00:00')
	section listings <<<"$new" | ha-upsert
	section listings <<<"$old" | ha-upsert
	[ "$(counts)" = '1 0 0 0 1 0 0 0' ]
	[ "$(sql "SELECT name FROM hostaway.listings")" = new ]
	for pair in "$new"$'\n'"$old" "$old"$'\n'"$new"; do
		sql "DELETE FROM hostaway.listings"
		section listings <<<"$pair" | ha-upsert
		[ "$(sql "SELECT name FROM hostaway.listings")" = new ]
		[ "$(sql "SELECT fetched FROM ha.sync_log ORDER BY id DESC LIMIT 1")" -eq 2 ]
	done
	# a row of unknown age is not an older one
	echo '{"id":1,"name":"ageless"}' | section listings | ha-upsert
	[ "$(sql "SELECT name FROM hostaway.listings")" = ageless ]
}

@test "ha-upsert: of equal age, the last of a key counts" {
	{ listing 1 a; listing 1 b; listing 2 x; listing 1 c; } | section listings >in
	ha-upsert in
	[ "$(sql "SELECT name FROM hostaway.listings ORDER BY id")" = $'c\nx' ]
	[ "$(sql "SELECT fetched = inserted + updated + unchanged + stale FROM ha.sync_log")" = t ]
	before=$(sql "SELECT name, raw_payload FROM hostaway.listings ORDER BY id")
	ha-upsert -b 1 in
	[ "$before" = "$(sql "SELECT name, raw_payload FROM hostaway.listings ORDER BY id")" ]
}

@test "ha-upsert: a reservation that moved takes its new listing" {
	{ listing 1 a; listing 2 b; } | section listings | ha-upsert
	echo '{"id":7,"listingMapId":1,"updatedOn":"2025-01-01 00:00:00"}' | section reservations | ha-upsert
	echo '{"id":7,"listingMapId":2,"updatedOn":"2025-01-02 00:00:00"}' | section reservations | ha-upsert
	[ "$(sql "SELECT listing_id, version FROM hostaway.reservations")" = '2|2' ]
}

@test "ha-upsert: a thinner payload does not overwrite a fuller one" {
	full='{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"u","alt":null}]}'
	section listings since ',"whole":true' <<<"$full" | ha-upsert
	# the same version, emptied: nothing is written
	echo '{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[]}' |
		section listings | ha-upsert
	[ "$(counts)" = '1 0 0 0 1 0 0 0' ]
	# a newer one: what it lacks is kept, the rest is news
	echo '{"id":1,"name":"b","latestActivityOn":"2025-01-02 00:00:00"}' | section listings >thin
	ha-upsert thin
	[ "$(sql "SELECT name, raw_payload->>'listingImages' FROM hostaway.listings")" = 'b|[{"alt": null, "url": "u"}]' ]
	before=$(versions)
	ha-upsert thin
	[ "$before" = "$(versions)" ]
	# fetched with its full detail, empty means empty
	echo '{"id":1,"name":"b","latestActivityOn":"2025-01-02 00:00:00","listingImages":[]}' |
		section listings since ',"whole":true' | ha-upsert
	[ "$(sql "SELECT raw_payload->>'listingImages' FROM hostaway.listings")" = '[]' ]
}

@test "ha-upsert: an attachment's URL that changes on each read is no change" {
	family | ha-upsert
	for n in 1 2; do
		echo '{"id":1,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"x","attachments":[{"name":"a.pdf","url":"https://files.example.com/'$n'"}]}' |
			section messages | ha-upsert
	done
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
	[ "$(sql "SELECT version FROM hostaway.message_rows")" = 1 ]
	echo '{"id":1,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"x","attachments":[{"name":"b.pdf","url":"https://files.example.com/3"}]}' |
		section messages | ha-upsert
	[ "$(counts)" = '1 0 1 0 0 0 0 0' ]
}

@test "ha-upsert: two messages in one second are two, a thread is sorted and whole" {
	family | ha-upsert
	section messages <<-'E' | ha-upsert
	{"id":12,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"b","status":"sent"}
	{"id":11,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"a","attachments":[{"name":"x"}]}
	{"conversationId":5,"reservationId":7,"date":"2025-01-01 09:00:00","body":"without an id"}
	{"conversationId":5,"reservationId":7,"date":"2025-01-01 09:00:00","body":"another"}
	{"id":13,"conversationId":5,"reservationId":7,"date":"2024-01-01 10:00:00","body":"first"}
	E
	[ "$(sql "SELECT reservation_id, message_count, first_date, last_date FROM hostaway.messages")" = \
	    '7|5|2024-01-01 10:00:00+00|2025-01-01 10:00:00+00' ]
	[ "$(sql "SELECT string_agg(coalesce(m->>'id', '-'), ' ' ORDER BY n) FROM hostaway.messages,
		jsonb_array_elements(thread) WITH ORDINALITY x (m, n)")" = '13 - - 11 12' ]
	[ "$(sql "SELECT thread->3->'attachments'->0->>'name' FROM hostaway.messages")" = x ]
}

@test "ha-upsert: what the database refuses is set aside, the rest is stored" {
	sql "ALTER TABLE hostaway.listings ADD CHECK (name <> 'bad')"
	for ((i = 1; i <= 1000; i++)); do listing $i good; done |
		sed '617s/good/bad/' >records
	section listings <records >in
	run -1 --separate-stderr ha-upsert -r aside in
	[ "$stderr" = '' ]
	[ "$(counts)" = '1000 999 0 0 0 0 1 0' ]
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 999 ]
	[ "$(jq -r '.line, .key' aside | xargs)" = '618 617' ]
	[ "$(jq -r .raw aside)" = "$(sed -n 617p records)" ]
	[ "$(sql "SELECT key, line, convert_from(raw, 'UTF8') FROM ha.rejects")" = "617|618|$(sed -n 617p records)" ]
	[ "$(jq -r .offset aside)" -eq "$(head -n 617 in | wc -c)" ]
	# again: it is refused again, and known
	run -1 ha-upsert in
	[ "$(counts)" = '1000 0 0 999 0 0 1 0' ]
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 1 ]
}

@test "ha-upsert: a record whose parent is missing is set aside with that reason" {
	listing 1 a | section listings | ha-upsert
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload) VALUES ('2', 88, '{}')" # another's is none
	printf '{"id":%d,"listingMapId":%d}\n' 1 1 2 88 3 1 | section reservations >in
	run -1 ha-upsert in
	[ "$(counts)" = '3 2 0 0 0 0 1 0' ]
	[ "$(sql "SELECT key, reason FROM ha.rejects")" = '2|listing_id: unknown parent' ]
	# many of them are found at once, and what they stood beside is stored
	for ((i = 1; i <= 2000; i++)); do echo "{\"id\":$i,\"listingMapId\":$((i % 2 ? 1 : 88))}"; done |
		section reservations >in
	run -1 timeout 20 ha-upsert in
	[ "$(counts)" = '2000 998 0 2 0 0 1000 0' ]
}

@test "ha-upsert: a record that says it is deleted is marked so, and again writes nothing" {
	echo '{"id":1,"amount":5,"isDeleted":0}' | section expenses | ha-upsert
	printf '%s\n' '{"id":1,"amount":5,"isDeleted":1}' '{"id":2,"isDeleted":1}' | section expenses >in
	ha-upsert in
	[ "$(counts)" = '2 1 1 0 0 0 0 0' ]
	[ "$(sql "SELECT count(*) FROM hostaway.expenses WHERE deleted_at IS NOT NULL")" -eq 2 ]
	before=$(sql "SELECT id, xmin FROM hostaway.expenses ORDER BY 1")
	ha-upsert in
	[ "$before" = "$(sql "SELECT id, xmin FROM hostaway.expenses ORDER BY 1")" ]
	# another change of it does not move when that was
	gone=$(sql "SELECT deleted_at FROM hostaway.expenses WHERE id = 1")
	echo '{"id":1,"amount":6,"isDeleted":1}' | section expenses | ha-upsert
	[ "$(sql "SELECT amount, deleted_at FROM hostaway.expenses WHERE id = 1")" = "6|$gone" ]
	echo '{"id":2,"isDeleted":0}' | section expenses | ha-upsert
	[ "$(sql "SELECT id FROM hostaway.expenses WHERE deleted_at IS NULL")" -eq 2 ]
}

@test "ha-upsert: a record of 20 MiB is stored, in bounded memory" {
	{ printf '{"id":1,"name":"big","x":"'; head -c 20971520 /dev/zero | tr '\0' x; echo '"}'; } | section listings >in
	ha-upsert in
	[ "$(sql "SELECT length(raw_payload->>'x') FROM hostaway.listings")" -eq 20971520 ]
	ha-upsert in
	[ "$(counts)" = '1 0 0 1 0 0 0 0' ]
}

@test "ha-upsert: bytes that PostgreSQL does not take are set aside, with --strict" {
	{
		listing 1 good
		echo '{"id":2,"name":"nul \u0000"}'
		echo '{"id":3,"name":"lone \ud800"}'
		printf '{"id":4,"name":"latin \xe9"}\n'
		printf '{"id":5,"name":"raw nul \x00"}\n'
		echo '{"id":6,"name":"open'
		echo '[7]'
		echo '{"name":"without its key"}'
		echo '{"id":"x9","name":"key of another type"}'
		echo '{"id":10,"inserted":1,"latestActivityOn":"yesterday"}'
		listing 11 good
	} | section listings >in
	run -1 --separate-stderr ha-upsert --strict -r aside in
	[ "$(counts)" = '11 2 0 0 0 0 9 0' ]
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM hostaway.listings")" = '1 11' ]
	[ "$(wc -l <aside)" -eq 9 ]
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 9 ]
	[ "$(sql "SELECT encode(raw, 'hex') LIKE '%e9%' FROM ha.rejects WHERE line = 5")" = t ]
	! grep -q yesterday <(jq -r .reason aside)
}

@test "ha-upsert: a doubled member counts once, the last one" {
	echo '{"id":1,"name":"a","id":2,"name":"b"}' | section listings | ha-upsert
	[ "$(sql "SELECT id, name, raw_payload FROM hostaway.listings")" = '2|b|{"id": 2, "name": "b"}' ]
}

@test "ha-upsert: position and rows are committed together; a cut stream moves none" {
	{ begin reservations since; finish 0 ',"cursor":{"updatedOn":"2025-01-01"}'; } | ha-upsert
	listing 1 a | section listings | ha-upsert
	{ begin reservations; echo '{"id":1,"listingMapId":1}'; } >cut.ndjson
	run -65 --separate-stderr ha-upsert cut.ndjson
	[[ $stderr == *'no end mark'* ]]
	[ "$(sql "SELECT count(*) FROM hostaway.reservations")" -eq 1 ]
	[ "$(sql "SELECT cursor->>'updatedOn', complete FROM ha.sync_state WHERE resource = 'reservations'")" = '2025-01-01|t' ]
	# what an at mark promised is safe
	{ begin reservations; echo '{"id":2,"listingMapId":1}'; echo '{"@ha":"at","cursor":{"after":2}}'; } >cut.ndjson
	run -65 ha-upsert cut.ndjson
	[ "$(sql "SELECT cursor, complete FROM ha.sync_state WHERE resource = 'reservations'")" = '{"after": 2}|f' ]
	# a wrong count is a bad stream as well
	{ begin reservations; echo '{"id":3,"listingMapId":1}'; finish 2 ',"cursor":{"after":9}'; } >wrong
	run -65 ha-upsert wrong
	[ "$(sql "SELECT cursor, complete FROM ha.sync_state WHERE resource = 'reservations'")" = '{"after": 2}|f' ]
	[ "$(sql "SELECT count(*) FROM hostaway.reservations")" -eq 3 ]
}

@test "ha-upsert: an incomplete section leaves its position as not complete" {
	{ begin reservations; echo '{"@ha":"end","records":0,"complete":false,"why":"time","cursor":{"after":4}}'; } | ha-upsert
	[ "$(sql "SELECT cursor, complete FROM ha.sync_state")" = '{"after": 4}|f' ]
	[ "$(sql "SELECT complete, why FROM ha.sync_log")" = 'f|time' ]
}

@test "ha-upsert: only a closed group replaces the parent's set" {
	{ listing 1 a; listing 2 b; } | section listings | ha-upsert
	photos 1 closed a b c | ha-upsert
	photos 2 closed z | ha-upsert
	photos 1 open a | ha-upsert
	live="SELECT listing_id, right(url, 1) FROM hostaway.listing_photos WHERE deleted_at IS NULL ORDER BY 1, 2"
	[ "$(sql "$live" | xargs)" = '1|a 1|b 1|c 2|z' ]
	# that its parent is gone says nothing of them
	{ begin listing_photos embedded; echo '{"@ha":"open","parent":{"id":1}}'
	echo '{"@ha":"close","records":0,"gone":true}'; finish 0; } | ha-upsert
	[ "$(sql "$live" | xargs)" = '1|a 1|b 1|c 2|z' ]
	photos 1 closed c a | ha-upsert
	[ "$(sql "$live" | xargs)" = '1|a 1|c 2|z' ]
	[ "$(counts)" = '2 0 0 2 0 0 0 1' ]
	[ "$(sql "SELECT parent_key, change_key FROM ha.children ORDER BY 1" | xargs)" = '1|c2 2|c1' ]
	# it comes back: the row lives again
	photos 1 closed a b c | ha-upsert
	[ "$(sql "$live" | xargs)" = '1|a 1|b 1|c 2|z' ]
	[ "$(counts)" = '3 0 1 2 0 0 0 0' ]
	# the same parent three times in one section
	{ photos 1 cut a b c | sed '$!b'; photos 1 cut a | sed 1d; photos 1 closed a c b | sed 1d; } |
		sed 's/^\({"@ha":"end","records":\)3/\17/' >thrice
	[ "$(grep -c open thrice)" -eq 3 ]
	ha-upsert thrice
	[ "$(sql "$live" | xargs)" = '1|a 1|b 1|c 2|z' ]
	# an empty group is complete, too
	photos 2 closed | ha-upsert
	[ "$(sql "$live" | xargs)" = '1|a 1|b 1|c' ]
	# two parents in one batch: each lacks what its own group lacks
	photos 2 closed x y | ha-upsert
	{ photos 1 closed a c | sed '$d'; photos 2 closed y | sed 1d; } |
		sed 's/^\({"@ha":"end","records":\)1/\13/' >both
	ha-upsert both
	[ "$(sql "$live" | xargs)" = '1|a 1|c 2|y' ]
}

@test "ha-upsert: a group that lost records on the way, or of parked children, replaces nothing" {
	listing 1 a | section listings | ha-upsert
	photos 1 closed a b | ha-upsert
	photos 1 closed a | sed 's/"records":1}/"records":1,"skipped":1}/' >lost
	grep -q skipped lost
	ha-upsert lost
	[ "$(sql "SELECT count(*) FROM hostaway.listing_photos WHERE deleted_at IS NULL")" -eq 2 ]
	photos 1 closed a | sed 's/"mode":"embedded"/"mode":"adopt"/' | ha-upsert
	[ "$(sql "SELECT count(*) FROM hostaway.listing_photos WHERE deleted_at IS NULL")" -eq 2 ]
	# neither does one with a record that cannot be read
	{ begin listing_photos embedded; echo '{"@ha":"open","parent":{"id":1}}'; echo '{"nourl":1}'
	echo '{"@ha":"close","records":1}'; finish 1; } >bad
	run -1 ha-upsert bad
	[ "$(sql "SELECT count(*) FROM hostaway.listing_photos WHERE deleted_at IS NULL")" -eq 2 ]
}

@test "ha-upsert: --prune marks what a complete list lacked, not more than allowed" {
	for ((i = 1; i <= 20; i++)); do listing $i n$i; done >all
	section listings full <all | ha-upsert
	gone="SELECT string_agg(id::text, ' ' ORDER BY id) FROM hostaway.listings WHERE deleted_at IS NOT NULL"
	# not from an incremental section, nor an incomplete one
	head -n 19 all | section listings since >part
	run -1 --separate-stderr ha-upsert --prune part
	[[ $stderr == *'nothing was pruned'* ]]
	head -n 19 all | section listings full | sed 's/"complete":true/"complete":false/' | ha-upsert --prune || [ $? -eq 1 ]
	[ "$(sql "$gone")" = '' ]
	head -n 19 all | section listings full | ha-upsert --prune
	[ "$(sql "$gone")" = 20 ]
	[ "$(counts)" = '19 0 0 19 0 0 0 1' ]
	head -n 10 all | section listings full >half
	run -76 --separate-stderr ha-upsert --prune half
	[[ $stderr == *'9 of 19 rows'*'--force'* ]]
	[ "$(sql "$gone")" = 20 ]
	ha-upsert --prune --max-delete 50 half
	[ "$(sql "$gone")" = '11 12 13 14 15 16 17 18 19 20' ]
	head -n 1 all | section listings full | ha-upsert --prune --force
	[ "$(sql "SELECT count(*) FROM hostaway.listings WHERE deleted_at IS NULL")" -eq 1 ]
	# back again
	section listings full <all | ha-upsert --prune
	[ "$(sql "$gone")" = '' ]
	[ "$(counts)" = '20 0 19 1 0 0 0 0' ]
}

messages() { # change, closed or open, id ...: of conversation 5, all of 6
	local id how=$2
	begin messages each
	echo '{"@ha":"open","parent":{"id":5,"reservationId":7,"change":"'$1'"}}'
	shift 2
	for id; do echo '{"id":'$id',"conversationId":5,"date":"2025-01-01 10:00:00","body":"x"}'; done
	[ "$how" = open ] || echo '{"@ha":"close","records":'$#'}'
	echo '{"@ha":"open","parent":{"id":6,"change":"k"}}'
	echo '{"id":9,"conversationId":6,"date":"2025-01-01 10:00:00","body":"x"}'
	echo '{"@ha":"close","records":1}'
	finish $(($# + 1))
}

@test "ha-upsert: --prune marks children that a closed group lacked, or of deleted parents" {
	family | ha-upsert
	echo '{"id":6,"reservationId":7}' | section conversations | ha-upsert
	gone="SELECT string_agg(id::text, ' ' ORDER BY id) FROM hostaway.message_rows WHERE deleted_at IS NOT NULL"
	messages k1 closed 1 2 3 4 | ha-upsert
	# not by itself, and not from a group that stayed open
	messages k2 closed 1 2 3 | ha-upsert
	messages k2 open 1 2 | ha-upsert --prune --force
	[ "$(sql "$gone")" = '' ]
	messages k3 closed 1 2 3 >in
	run -76 ha-upsert --prune in
	ha-upsert --prune --max-delete 20 in
	[ "$(sql "$gone")" = 4 ]
	# nor what nobody saw to be gone: its parent is
	{ begin messages each; echo '{"@ha":"open","parent":{"id":5}}'; echo '{"@ha":"close","records":0,"gone":true}'
	finish 0; } | ha-upsert --prune --force
	[ "$(sql "$gone")" = 4 ]
	# a parent that is gone takes its children along; they are due if it returns
	sql "UPDATE hostaway.conversations SET deleted_at = now() WHERE id = 5"
	{ begin messages each; finish 0; } | ha-upsert --prune --force
	[ "$(sql "$gone")" = '1 2 3 4' ]
	[ "$(sql "SELECT parent_key FROM ha.children WHERE resource = 'messages'")" = 6 ]
	# of a calendar only a part is asked for
	{ begin calendar_days each; echo '{"@ha":"open","parent":{"id":1}}'; echo '{"date":"2025-01-01"}'
	echo '{"@ha":"close","records":1}'; finish 1; } | ha-upsert
	{ begin calendar_days each; echo '{"@ha":"open","parent":{"id":1}}'; echo '{"date":"2025-01-02"}'
	echo '{"@ha":"close","records":1}'; finish 1; } | ha-upsert --prune --force
	[ "$(sql "SELECT count(*) FROM hostaway.calendar_days WHERE deleted_at IS NULL")" -eq 2 ]
}

@test "ha-upsert: --prune spares what is parked or was set aside" {
	for ((i = 1; i <= 3; i++)); do listing $i n$i; done | section listings | ha-upsert
	printf '{"id":%d,"listingMapId":1,"updatedOn":"2025-01-01 00:00:00"}\n' 1 2 3 | section reservations full | ha-upsert
	sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource, parent_key, reason, raw)
		VALUES ('hostaway', 'reservations', '59808', '3', 'listings', '88', 'unknown', '{\"id\":3,\"listingMapId\":88}')"
	{ begin reservations full; printf '{"id":%d,"listingMapId":1,"updatedOn":"2025-01-01 00:00:00"}\n' 1 2
	finish 2 ',"parked":1,"skipped":1'; } | ha-upsert --prune --force
	[ "$(sql "SELECT count(*) FROM hostaway.reservations WHERE deleted_at IS NULL")" -eq 3 ]
	[ "$(counts)" = '3 0 0 2 0 1 0 0' ]
	{ begin reservations full; printf '{"id":%d,"listingMapId":1}\n' 1; finish 1 ',"rejected":2,"skipped":2'; } >in
	run -1 --separate-stderr ha-upsert --prune --force in
	[[ $stderr == *'took records out'* ]]
	[ "$(sql "SELECT count(*) FROM hostaway.reservations WHERE deleted_at IS NULL")" -eq 3 ]
	# whose it was that came without a key nobody knows
	{ begin reservations full; printf '{"id":%d,"listingMapId":1}\n' 1; echo '{"x":1}'; finish 2; } >in
	run -1 ha-upsert --prune --force in
	[ "$(sql "SELECT count(*) FROM hostaway.reservations WHERE deleted_at IS NULL")" -eq 3 ]
}

@test "ha-upsert: a parked copy goes with the transaction that stores it" {
	listing 1 a | section listings | ha-upsert
	for i in 1 2 3; do
		sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource, parent_key, reason, raw)
			VALUES ('hostaway', 'reservations', '59808', '$i', 'listings', '1', 'unknown', '{\"id\":$i,\"listingMapId\":1}')"
	done
	echo '{"id":1,"listingMapId":1}' | section reservations adopt | ha-upsert
	[ "$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM ha.parked")" = '2 3' ]
	# refused: it stays parked
	echo '{"id":2,"listingMapId":77}' | section reservations adopt >in
	run -1 ha-upsert in
	[ "$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM ha.parked")" = '2 3' ]
	# a file of any age only takes the very same copy away
	printf '%s\n' '{"id":2,"listingMapId":1,"old":true}' '{"id":3,"listingMapId":1}' >old
	ha-upsert -P -a 59808 hostaway/reservations old
	[ "$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM ha.parked")" = '2' ]
	# and of what is stored already
	printf '{"id":%d,"listingMapId":1}\n' 1 4 5 | section reservations >in
	ha-upsert in
	sql "INSERT INTO ha.parked (source, resource, account_id, key, parent_resource, parent_key, reason, raw)
		VALUES ('hostaway', 'reservations', '59808', '5', 'listings', '1', 'unknown', '{\"id\":5,\"listingMapId\":1}')"
	ha-upsert in
	[ "$(counts)" = '3 0 0 3 0 0 0 0' ]
	[ "$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM ha.parked")" = '2' ]
}

@test "ha-upsert: a section that is not complete is noted with a status, and why" {
	{ begin listings; listing 1 a; echo '{"@ha":"end","records":1,"complete":false,"why":"time"}'; } >in
	run ha-upsert in
	[ "$(sql "SELECT complete, status, why FROM ha.sync_log")" = 'f|75|time' ]
	listing 1 a | section listings | ha-upsert
	[ "$(sql "SELECT complete, status FROM ha.sync_log ORDER BY id DESC LIMIT 1")" = 't|0' ]
}

@test "ha-upsert: what the stages before it parked and set aside was fetched, too" {
	{ begin listings; listing 1 a; echo '{"@ha":"end","records":1,"complete":true,"parked":2,"rejected":1}'; } >in
	run ha-upsert in
	[ "$(counts)" = '4 1 0 0 0 2 1 0' ]
}

@test "ha-upsert: a run that the begin mark names by no UUID is 65, and nothing is stored" {
	for run in nightly 0b0e7b2e-6b1c-4b52-9a53-3e1e7d1c7a1 0b0e7b2e-6b1c-4b52-9a53-3e1e7d1c7a1x; do
		listing 1 a | section listings since ",\"run\":\"$run\"" >in
		run -65 --separate-stderr ha-upsert in
		[[ $stderr == *'no UUID in the begin mark'* ]]
	done
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 0 ]
}

@test "ha-upsert: --emit passes records on once they are stored, with true counts" {
	{ listing 1 a; listing 2 b; } | section listings | ha-upsert
	{ listing 1 a; listing 2 B; echo '{"bad":1}'; listing 3 c; } | section listings >in
	run -1 --separate-stderr ha-upsert --emit changed in
	diff -u - <(printf '%s\n' "$output") <<-E
	$(head -n 1 in)
	$(listing 2 B)
	$(listing 3 c)
	{"@ha":"end","records":2,"complete":true,"skipped":2}
	E
	run -1 ha-upsert --emit all in
	[ "$(printf '%s\n' "$output" | sed -n '2,4p')" = "$(listing 1 a; listing 2 B; listing 3 c)" ]
	ha-upsert --emit all in 2>/dev/null | ha-upsert
	photos 1 closed a b | ha-upsert --emit changed >passed
	[ "$(grep close passed)" = '{"@ha":"close","records":2}' ]
	photos 1 closed a b | ha-upsert --emit changed >passed
	[ "$(grep close passed)" = '{"@ha":"close","records":0,"skipped":2}' ]
	# plain in, plain out
	listing 1 new | ha-upsert --emit changed -P -a 59808 hostaway/listings >passed
	[ "$(<passed)" = "$(listing 1 new)" ]
}

@test "ha-upsert: -n prints what would change and changes nothing" {
	{ listing 1 a; listing 2 b; listing 3 c; } | section listings | ha-upsert
	before=$(tables; versions)
	{ listing 1 a; listing 2 B; listing 4 d; } | section listings full >in
	{ echo; echo '{"id":1,"listingMapId":4}' | section reservations full; } | sed 1d >>in
	run -0 --separate-stderr ha-upsert -nv --prune --force in
	diff -u - <(printf '%s\n' "$output") <<-E
	delete hostaway/listings 3
	update hostaway/listings 2 name
	insert hostaway/listings 4
	insert hostaway/reservations 1
	E
	[[ $stderr == *'3 fetched = 1 inserted + 1 updated + 1 unchanged'*'1 deleted'* ]]
	[ "$before" = "$(tables; versions)" ]
	[ "$(sql "SELECT count(*) FROM ha.sync_log")" -eq 1 ]
}

@test "ha-upsert: several connections store the same, the position last" {
	for ((i = 1; i <= 500; i++)); do listing $i n$i; done >one
	sed 's/"n\(.*7\)"/"N\1"/' one >two
	{ cat one; listing 3 again '2026-01-01 00:00:00'; } | section listings | ha-upsert -j 4 -b 100
	section listings <two | ha-upsert -j 3 -b 64
	several=$(tables)
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 500 ]
	sql "TRUNCATE hostaway.listings CASCADE; DELETE FROM ha.sync_state"
	{ cat one; listing 3 again '2026-01-01 00:00:00'; } | section listings | ha-upsert
	section listings <two | ha-upsert
	[ "$several" = "$(tables)" ]
}

@test "ha-upsert: killed after any line and run again, the tables are the same" {
	{ family; photos 1 closed a b
	{ begin messages each; echo '{"@ha":"open","parent":{"id":5,"reservationId":7,"change":"k1"}}'
	echo '{"id":1,"conversationId":5,"reservationId":7,"date":"2025-01-01 10:00:00","body":"x"}'
	echo '{"@ha":"close","records":1}'; finish 1; }; } >in
	ha-upsert in
	want=$(tables)
	mkfifo pipe
	for ((n = 1; n <= $(wc -l <in); n++)); do
		sql "TRUNCATE hostaway.listings, hostaway.message_rows, ha.children, ha.sync_state CASCADE"
		ha-upsert <pipe 2>/dev/null 3>&- &
		pid=$!
		{ head -n $n in; [ $((n % 3)) -eq 0 ] && sleep 0.1; kill -9 $pid; } >pipe
		wait $pid || true
		ha-upsert in
		[ "$want" = "$(tables)" ]
	done
}

@test "ha-upsert: two at once end like one after the other" {
	for ((i = 1; i <= 3000; i++)); do listing $i n$i; done | section listings >one
	for ((i = 3000; i >= 1; i--)); do listing $i m$i '2025-02-01 00:00:00'; done | section listings >two
	ha-upsert -b 100 one 3>&- &
	first=$!
	ha-upsert -b 70 two
	wait $first
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE name LIKE 'm%') FROM hostaway.listings")" = '3000|3000' ]
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 0 ]
	[ "$(sql "SELECT count(*) FROM ha.sync_log WHERE fetched <> inserted + updated + unchanged + stale")" -eq 0 ]
}

@test "ha-upsert: who lost the lease cannot write" {
	fence=$(sql "SELECT ha.acquire_sync_lock('sync:59808', 'me', 60)")
	listing 1 a | section listings >in
	HA_LOCK=sync:59808 HA_FENCE=$fence ha-upsert in
	sql "UPDATE ha.sync_locks SET expires_at = now() - interval '1 hour'"
	sql "SELECT ha.acquire_sync_lock('sync:59808', 'another', 60)"
	listing 2 b | section listings >in
	HA_LOCK=sync:59808 HA_FENCE=$fence run -75 --separate-stderr ha-upsert in
	[[ $stderr == *lease* ]]
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 1 ]
}

@test "ha-upsert: a connection that is cut is made again and the batch replayed" {
	for ((i = 1; i <= 400; i++)); do listing $i n$i; done >records
	mkfifo pipe
	ha-upsert -v <pipe 2>err 3>&- &
	pid=$!
	exec 7>pipe
	begin listings >&7
	head -n 200 records >&7
	until [ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 200 ]; do sleep 0.02; done
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = 'ha-upsert' AND datname = current_database()" >terminated
	{ tail -n 200 records; finish 400; } >&7
	exec 7>&-
	wait $pid
	grep -q '400 fetched = 400 inserted' err
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 400 ]
	[ "$(counts)" = '400 400 0 0 0 0 0 0' ]
}

# Does so at the first tries to write: a rollback does not set a sequence back.
first_tries() { # how many, what it does
	sql "CREATE SEQUENCE public.tries;
		CREATE FUNCTION public.first() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF nextval('public.tries') <= $1 THEN $2; END IF; RETURN NEW; END \$\$;
		CREATE TRIGGER first BEFORE INSERT ON hostaway.listings FOR EACH ROW
		WHEN (NEW.id = 3) EXECUTE FUNCTION public.first()"
}

@test "ha-upsert: a connection that is cut again and again is made again" {
	first_tries 3 'PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10)'
	{ listing 1 a; listing 3 c; } | section listings >in
	ha-upsert in
	[ "$(counts)" = '2 2 0 0 0 0 0 0' ]
}

@test "ha-upsert: a key that another stores at the very moment is tried once more" {
	first_tries 3 "RAISE unique_violation"
	{ listing 1 a; listing 3 c; listing 4 d; } | section listings >in
	ha-upsert in
	[ "$(counts)" = '3 3 0 0 0 0 0 0' ]
}

@test "ha-upsert: a batch of which a third is refused is written in its time" {
	sql "ALTER TABLE hostaway.listings ADD CONSTRAINT odd CHECK (id % 3 <> 1)"
	for ((i = 1; i <= 3000; i++)); do listing $i n$i; done | section listings >in
	run -1 ha-upsert -b 10000 in
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE id % 3 = 1) FROM hostaway.listings")" = '2000|0' ]
	[ "$(sql "SELECT count(*), count(DISTINCT key) FROM ha.rejects WHERE reason LIKE '%\"odd\"%'")" = '1000|1000' ]
	# once more, the good ones are known and the bad ones are still bad
	sql "SELECT xmin, id FROM hostaway.listings ORDER BY id" >before
	run -1 ha-upsert -b 10000 in
	diff before <(sql "SELECT xmin, id FROM hostaway.listings ORDER BY id")
}

@test "ha-upsert: a refused row is found, whatever refuses it, before it is written or after, new or changed" {
	sql "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF NEW.id % TG_ARGV[0]::int = 5 THEN RAISE EXCEPTION 'no %', TG_NAME; END IF; RETURN NEW; END \$\$;
		CREATE TRIGGER b BEFORE INSERT OR UPDATE ON hostaway.listings FOR EACH ROW EXECUTE FUNCTION public.no(41);
		CREATE TRIGGER a AFTER INSERT OR UPDATE ON hostaway.listings FOR EACH ROW EXECUTE FUNCTION public.no(43);
		CREATE CONSTRAINT TRIGGER d AFTER INSERT OR UPDATE ON hostaway.listings DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION public.no(47);
		ALTER TABLE hostaway.listings ADD CONSTRAINT c CHECK (id % 31 <> 5);
		CREATE UNIQUE INDEX ON hostaway.listings (name)"
	bad='id % 41 = 5 OR id % 43 = 5 OR id % 47 = 5 OR id % 31 = 5 OR id % 53 = 5'
	for name in old new; do
		# each 53rd has the name of another
		for ((i = 1; i <= 600; i++)); do
			[ $((i % 53)) -eq 5 ] && listing $i ${name}1 || listing $i $name$i
		done | section listings >in
		run -1 ha-upsert -b 600 in
		[ "$(sql "SELECT count(*) FROM hostaway.listings WHERE name LIKE '$name%' AND NOT ($bad)")" = \
			"$(sql "SELECT count(*) FROM generate_series(1, 600) id WHERE NOT ($bad)")" ]
		[ "$(sql "SELECT count(*) FROM hostaway.listings")" = \
			"$(sql "SELECT count(*) FROM generate_series(1, 600) id WHERE NOT ($bad)")" ]
		[ "$(sql "SELECT count(DISTINCT key) FROM ha.rejects")" = "$(sql "SELECT count(*) FROM generate_series(1, 600) id WHERE $bad")" ]
	done
}

@test "ha-upsert: a table that another program fills meanwhile is no error" {
	sql "CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF NEW.name = 'raise' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END \$\$;
		CREATE TRIGGER meddle BEFORE INSERT ON hostaway.listings FOR EACH ROW EXECUTE FUNCTION public.meddle()"
	mkfifo pipe
	ha-upsert <pipe 3>&- &
	pid=$!
	exec 7>pipe
	begin listings >&7
	listing 1 a >&7
	until [ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 1 ]; do sleep 0.02; done
	sql "INSERT INTO hostaway.listings (account_id, id, name, raw_payload) VALUES ('59808', 2, 'theirs', '{\"id\":2}')"
	{ listing 2 ours; listing 3 raise; listing 4 d; finish 4; } >&7
	exec 7>&-
	wait $pid || [ $? -eq 1 ]
	[ "$(sql "SELECT string_agg(name, ' ' ORDER BY id) FROM hostaway.listings")" = 'a ours d' ]
	[ "$(counts)" = '4 2 1 0 0 0 1 0' ]
}

@test "ha-upsert: a server that dies in the middle and comes back finds the batch again" {
	pg_up own hostaway
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('hostaway', '59808')"
	for ((i = 1; i <= 300; i++)); do listing $i n$i; done | section listings >in
	mkfifo pipe
	ha-upsert <pipe 3>&- &
	pid=$!
	exec 7>pipe
	head -n 150 in >&7
	until [ "$(sql "SELECT count(*) FROM hostaway.listings")" -gt 0 ]; do sleep 0.02; done
	kill -9 "$(pg_pid)"
	tail -n +151 in >&7
	exec 7>&-
	ha-pg --data "$HA_TEST_PG" start 3>&-
	wait $pid
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 300 ]
	[ "$(sql "SELECT complete, fetched = 300, fetched = inserted + unchanged FROM ha.sync_log")" = 't|t|t' ]
	ha-pg --data "$HA_TEST_PG" stop 3>&-
	rm -rf "$HA_TEST_PG"
}

@test "ha-upsert: no schema, an older one, an unknown account are 78 and say what mends it" {
	listing 1 a | section listings >in
	sql "UPDATE ha.schemas SET hash = 'older'"
	run -78 --separate-stderr ha-upsert in
	[[ $stderr == *'ha-schema --apply hostaway'* ]]
	sql "DROP SCHEMA ha CASCADE; DROP SCHEMA hostaway CASCADE"
	run -78 --separate-stderr ha-upsert in
	[[ $stderr == *'ha-schema --apply hostaway'* ]]
	ha-schema --apply hostaway
	run -78 --separate-stderr ha-upsert in
	[[ $stderr == *'unknown account 59808'*'ha-account add'* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "ha-upsert: no database is 75, and the password is not shown" {
	listing 1 a | section listings >in
	PGHOST=$PWD run -75 --separate-stderr ha-upsert in
	[ "${#stderr_lines[@]}" -eq 1 ]
	run -78 --separate-stderr ha-upsert -d 'postgres://me:pass/word@localhost/x' in
	[[ $stderr != *word@* && $stderr != *pass/* ]]
}

@test "ha-upsert: a full disk is 74, for the -r file and for stdout; nothing is committed past it" {
	{ echo '{"bad":1}'; listing 1 a; } | section listings >in
	run -74 --separate-stderr ha-upsert -r /dev/full in
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 0 ]
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 0 ]
	listing 1 a | section listings >in
	run -74 --separate-stderr bash -c 'ha-upsert --emit all in >/dev/full'
	ha-upsert in
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 1 ]
}

@test "ha-upsert: plain input needs resource and account; a half last line is a cut stream" {
	{ listing 1 a; listing 2 b | tr -d '\n'; } >whole
	ha-upsert -P -a 59808 hostaway/listings whole
	[ "$(counts)" = '2 2 0 0 0 0 0 0' ]
	[ "$(sql "SELECT count(*) FROM ha.sync_state")" -eq 0 ]
	{ listing 3 c; printf '{"id":4,"na'; } >half
	run -65 ha-upsert -P -a 59808 hostaway/listings half
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 3 ]
	listing 1 a | section listings >in
	run -64 ha-upsert -a 1 in
}

@test "ha-upsert: a column that was changed by hand is mended by the same text" {
	listing 1 a | section listings >in
	ha-upsert in
	sql "UPDATE hostaway.listings SET name = 'other'"
	ha-upsert in
	[ "$(counts)" = '1 0 1 0 0 0 0 0' ]
	[ "$(sql "SELECT name FROM hostaway.listings")" = a ]
}

@test "ha-upsert: rows are compared again once their columns are cut otherwise" {
	listing 1 a | section listings >in
	ha-upsert in
	mkdir s
	sed 's/"internal_name": \["text", ".internalListingName"\]/"internal_name": ["text", ".name"]/' \
	    "$HA_SOURCES/hostaway.json" >s/hostaway.json
	export HA_SOURCES=$PWD/s
	run -78 ha-upsert in
	ha-schema --apply hostaway
	# of a payload that is stored: the record did not change
	[ "$(sql "SELECT internal_name, version FROM hostaway.listings")" = 'a|1' ]
	# written once more, for its fingerprint alone
	ha-upsert in
	[ "$(sql "SELECT internal_name, version FROM hostaway.listings")" = 'a|1' ]
	before=$(versions)
	ha-upsert in
	[ "$before" = "$(versions)" ]
}
