#!/usr/bin/env bats
# rooms: sources
# Answers of RESO Web API servers, as vendors and the standard print them,
# go through page, filter and store: what has a key is stored, anything else
# is set aside with its reason. They are beside the checkout, or where
# HA_SHARED says; without them there is nothing to test.

load ../helper
load ../laws

BODIES=${HA_SHARED:-$HA_ROOT/../shared}/data/reso

setup_file() {
	[ -d "$BODIES" ] || return 0
	# the other pages of these answers are not there
	law_source reso '.waits.default = "1ms" | .resources[].page.short = true'
	pg_up reso
	law_account reso vow
	pg_template
}
teardown_file() { pg_down; }

setup() {
	[ -d "$BODIES" ] || skip "no $BODIES"
	pg_fresh
	mkdir tape
	export HA_REPLAY=$PWD/tape HA_TOKEN=any
}

sql() { psql -XAtqc "$1"; }

exchange() { # path status header ...; the body is on stdin
	local path=$1 status=$2
	shift 2
	{
		jq -cn --arg p "$path" --argjson s "$status" '{"@tape": 1,
		    source: "reso", account: "vow", method: "GET", path: $p,
		    status: $s, ms: 1, headers: $ARGS.positional}' --args "$@"
		cat
	} >"tape/$(find tape -type f | wc -l).tape"
}

question() { # resource [cursor]
	ha-page -n -a vow ${2:+--from "$2"} "reso/$1" | sed 's/^GET //'
}

# The answer to the first question; behind its last row is nothing.
record() { # resource, key, file
	local last
	exchange "$(question "$1")" 200 'content-type: application/json' <"$3"
	last=$(jq -c --arg k "$2" '[.value[] | select(.ModificationTimestamp
	    != null and .[$k] != null)] | last // empty |
	    {time: .ModificationTimestamp, key: .[$k]}' "$3")
	[ -z "$last" ] || echo '{"value":[]}' |
		exchange "$(question "$1" "$last")" 200 \
		    'content-type: application/json'
}

# All rows of the page came, those with a key are stored, no other is lost.
walked() { # resource, key, file
	local all keys got=0
	record "$@"
	ha-page -a vow "reso/$1" >in
	tail -n 1 in | jq -e .complete >out
	all=$(jq '.value | length' "$3")
	[ "$(grep -cv '^{"@ha":' in)" -eq "$all" ]
	keys=$(jq --arg k "$2" '[.value[][$k] | strings] | unique | length' "$3")
	ha-filter-parents in | ha-upsert 2>err || got=$?
	[ "$(sql "SELECT (SELECT count(*) FROM reso.$1) +
	    (SELECT count(*) FROM ha.parked)")" -eq "$keys" ]
	[ "$got" -eq "$(sql 'SELECT least(count(*), 1) FROM ha.rejects')" ]
	[ "$(sql "SELECT count(*) FROM ha.rejects WHERE reason = ''")" -eq 0 ]
	law_conserved
}

@test "pages of listings, of each vendor" {
	local f n=0
	for f in "$BODIES"/*-property-*.json "$BODIES"/reso-cert-*.json; do
		[[ $f != *navigation* ]] || continue # of pictures
		jq -e '.value | type == "array"' "$f" >out || continue
		pg_fresh
		rm -f tape/*
		echo "${f##*/}" # of the one that fails
		walked property ListingKey "$f"
		n=$((n + 1))
	done
	[ "$n" -ge 15 ]
}

@test "pages of pictures and open houses" {
	walked media MediaKey "$BODIES/utahre-media-select.json"
	pg_fresh
	rm tape/*
	walked media MediaKey "$BODIES/reso-core21-property-media-navigation.json"
	pg_fresh
	rm tape/*
	walked open_house OpenHouseKey "$BODIES/utahre-openhouse-list.json"
}

@test "a count as a text is a number" {
	local f=$BODIES/reso-commander-property-count-as-string.json
	exchange "$(question property)" 200 'content-type: application/json' <"$f"
	ha-page -a vow reso/property >in || true
	[ "$(tail -n 1 in | jq .count)" = "$(jq '."@odata.count" | tonumber' "$f")" ]
}

@test "pictures inside of listings, a key twice among them" {
	local f n
	for f in "$BODIES"/*expand-media*.json "$BODIES"/reso-cert-property-with-*; do
		pg_fresh
		jq -c '.. | objects | select(has("MediaKey"))' "$f" >pictures
		[ -s pictures ] || continue
		ha-filter-parents -P -a vow reso/media pictures |
			ha-upsert -P -a vow reso/media 2>err || [ $? -eq 1 ]
		n=$(jq -s '[.[].MediaKey] | unique | length' pictures)
		[ "$(sql 'SELECT count(*) FROM (SELECT media_key FROM reso.media
		    UNION SELECT key FROM ha.parked
		    UNION SELECT key FROM ha.rejects) k')" -eq "$n" ]
	done
}

@test "what certification rejects is set aside with a reason, not a crash" {
	local f
	for f in "$BODIES"/reso-cert-invalid-*.json; do
		pg_fresh
		jq -c 'if .value then .value[] else . end' "$f" >rows
		run -1 --separate-stderr ha-upsert -P -a vow reso/property rows
		[ "$(sql "SELECT count(*) FROM ha.rejects
		    WHERE reason LIKE 'listing_key: missing%'")" -eq \
		    "$(wc -l <rows)" ]
		[ "$(sql "SELECT convert_from(raw, 'UTF8') FROM ha.rejects" | sort)" = "$(sort rows)" ]
		# with a key it is a listing, whatever else is in it
		jq -c '. + {ListingKey: "C1"}' rows | ha-upsert -P -a vow reso/property
		[ "$(sql 'SELECT count(*) FROM reso.property')" -eq 1 ]
	done
	[ "$(sql "SELECT count(*) FROM reso.property
	    WHERE raw_payload ? 'Media'")" -eq 1 ]
}

@test "any other body: stored or set aside, line by line" {
	local f
	for f in "$BODIES"/*.json; do
		pg_fresh
		jq -c 'if (.value | type) == "array" then .value[] else . end' \
		    "$f" 2>/dev/null | sort -u >rows
		ha-upsert -P -a vow reso/property rows 2>err || [ $? -eq 1 ] || {
			echo "${f##*/}: $(<err)"
			return 1
		}
		[ "$(sql 'SELECT (SELECT count(*) FROM reso.property) +
		    (SELECT count(*) FROM ha.rejects)')" -eq \
		    "$(jq -s '[.[] | objects.ListingKey | strings] as $k |
		    ($k | unique | length) + length - ($k | length)' rows)" ]
	done
}

fails() { # file, status of the answer, ours, what is said [, header ...]
	rm -f tape/*
	for _ in 1 2 3 4 5 6 7 8; do # to who asks again
		exchange "$(question property)" "$2" "${@:5}" <"$1"
	done
	run --separate-stderr ha-page -a vow -T 1s reso/property
	echo "$status $stderr"
	[ "$status" -eq "$3" ]
	[[ $stderr == *"$4"* ]]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "errors come with what the server says, whatever their status" {
	local json='content-type: application/json' f
	fails "$BODIES/ampre-error-400.json" 400 69 'bad data' "$json"
	fails "$BODIES/mlsgrid-error-401.json" 401 77 'Unauthorized' "$json"
	f=$BODIES/reso-core-error-unsupported-skip.json
	# the standard prints it under 200
	fails "$f" 200 69 'Unsupported functionality' "$json"
	mapfile -t headers < <(jq -r '."token-400" | to_entries[]
	    | "\(.key): \(.value)"' "$BODIES/trestle-response-headers.json")
	echo 'Bad Request' >refused
	fails refused 400 69 '400' "${headers[@]}"
}

@test "a page under a vendor's headers" {
	local headers f=$BODIES/trestle-property-select.json
	mapfile -t headers < <(jq -r '."odata-200" | to_entries[]
	    | "\(.key): \(.value)"' "$BODIES/trestle-response-headers.json")
	[ ${#headers[@]} -gt 10 ]
	record property ListingKey "$f"
	rm tape/0.tape
	exchange "$(question property)" 200 "${headers[@]}" <"$f"
	ha-page -P -a vow reso/property >out || true
	[ "$(wc -l <out)" -eq "$(jq '.value | length' "$f")" ]
}
