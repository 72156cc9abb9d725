#!/usr/bin/env bats
# rooms: -
# scripts/dev/demo with a small account; `make demo` has the real size.

load ../helper

setup_file() {
	HA_DEMO_DIR=$(mktemp -d /tmp/ha-test-pg.XXXXXX)
	export HA_DEMO_DIR HA_PG_OPTIONS=fsync=off
}

teardown_file() {
	ha-pg --data "$HA_DEMO_DIR/pg" stop
	rm -rf "$HA_DEMO_DIR"
}

demo() {
	"$HA_ROOT/scripts/dev/demo" --reservations 30 --messages 2 "$@" 3>&- 4>&-
}

@test "demo: it does everything and says where to look next" {
	run -0 demo
	[[ $output == *'ha-sync -a 59808 hostaway'* ]]
	[[ $output == *'refused 0 for their rate'* ]]
	[[ $output == *'Where to look next'* ]]
	grep -Eq '^reservations +30 +30 +0 +0 ' <<<"$output"
}

@test "demo: a second run writes nothing and makes four calls at most" {
	run -0 demo
	grep -Eq '^total +[0-9]+ +0 +0 ' <<<"$output"
	local calls
	calls=$(sed -n 's/.*the API counted \([0-9]*\) calls.*/\1/p' \
	    <<<"$output")
	# two of them for reviews
	[ "$calls" -le 6 ]
}

@test "demo: its mock is gone afterwards" {
	run -0 demo
	local url
	url=$(<"$HA_DEMO_DIR/mock.url")
	run ! curl -s "$url/listings"
}
