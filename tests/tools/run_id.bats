# rooms: base
load ../helper

# HA_RUN means the same in every tool that knows it. Nobody is there to be
# asked: a tool that asked an API or a database would say 75.
ID=01234567-89ab-4cde-8f01-23456789abcd
TOOLS=(
	"ha-page hostaway/listings"
	"ha-page -n hostaway/listings"
	"ha-page -P hostaway/listings"
	"ha-page --each hostaway/messages"
	"ha-page --keys hostaway/listings"
	"ha-page --lookup hostaway/listings"
	"ha-filter-parents"
	"ha-filter-parents -K keys -r aside"
	"ha-filter-parents --adopt -a 1 hostaway/messages"
	"ha-upsert"
	"ha-upsert -n"
	"ha-upsert -r aside --emit all"
	"ha-upsert -P -a 1 hostaway/listings"
	"ha-synclog last hostaway/listings"
	"ha-synclog pending hostaway/messages"
	"ha-synclog pending --count hostaway/messages"
	"ha-synclog fetched hostaway/messages"
	"ha-synclog due hostaway"
	"ha-synclog forget hostaway/listings"
	"ha-synclog list"
	"ha-synclog history"
	"ha-synclog stats"
	"ha-synclog parked"
	"ha-synclog rejects"
	"ha-synclog report"
	"ha-synclog report --run $ID"
	"ha-synclog begin hostaway"
	"ha-synclog finish $ID"
)

setup() {
	export PGHOST=$BATS_TEST_TMPDIR HA_TOKEN=mock-token
	echo 7 >keys
	printf '%s\n' '{"@ha":"begin","v":1,"source":"hostaway","resource":"'\
'listings","account":"1","mode":"full"}' '{"id":1}' \
	    '{"@ha":"end","records":1,"complete":true}' >in
}

refuses() { # HA_RUN, tool and arguments
	local status=0
	HA_RUN=$1 "${@:2}" <in >out 2>err || status=$?
	[ "$status" -eq 78 ] && [ ! -s out ] && [ ! -e aside ] &&
		[ "$(<err)" = "$2: HA_RUN is no UUID" ]
}

@test "HA_RUN: what is no UUID is 78, before anybody is asked" {
	local row bad=0
	for row in "${TOOLS[@]}"; do
		read -r -a tool <<<"$row"
		refuses yesterday "${tool[@]}" || {
			echo "$row: $(<err)" >&2
			bad=1
		}
	done
	[ "$bad" -eq 0 ]
}

@test "HA_RUN: an id with something around it is none" {
	refuses "$ID " ha-upsert
	refuses "{$ID}" ha-upsert
	refuses "$ID"$'\n' ha-upsert
	refuses "${ID//-/}" ha-upsert
}

@test "HA_RUN: a UUID, or none, lets them ask" {
	local id row
	for id in "$ID" "${ID^^}" ''; do
		for row in ha-upsert "ha-synclog begin hostaway" \
		    "ha-filter-parents --adopt -a 1 hostaway/messages" \
		    "ha-page -T 1s hostaway/listings"; do
			read -r -a tool <<<"$row"
			HA_RUN=$id run -75 "${tool[@]}" <in
		done
	done
}

@test "HA_RUN: the API is not called, and what comes has the run's id" {
	mock_up hostaway
	HA_RUN=yesterday run -78 ha-page hostaway/listings
	[ "$(mock_ask /stats | jq .calls)" -eq 0 ]
	HA_RUN=$ID ha-page -l 1 hostaway/listings >out
	[ "$(head -n 1 out | jq -r .run)" = "$ID" ]
	ha-page -l 1 hostaway/listings | head -n 1 | jq -r .run >own
	[[ $(<own) =~ ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab] ]]
	mock_down
}

@test "HA_RUN: the others do not care" {
	export HA_RUN=yesterday
	run -0 ha-unnest hostaway/listing_photos in
	run -75 ha-fetch -T 1s hostaway /listings
	run -0 ha-schema hostaway
}

@test "HA_RUN: the manual says it in the same words, of these tools" {
	local page same=$'.It Ev HA_RUN\nThe id of the run, a UUID; anything else is 78, before the tool asks anybody.'
	grep -lF '.It Ev HA_RUN' "$HA_ROOT"/man/*.1 | sed 's|.*/||; s|\.1$||' |
	    sort >named
	printf '%s\n' "${TOOLS[@]%% *}" | sort -u | diff -u - named
	for page in $(<named); do
		[[ $(<"$HA_ROOT/man/$page.1") == *"$same"* ]]
	done
}
