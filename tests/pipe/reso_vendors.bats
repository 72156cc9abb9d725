# rooms: sources
load ../helper

# Servers like those of three vendors, read by nothing but a description:
# examples/sources.
setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh
	export HA_TOKEN=mock-vow
	mkdir sources
	# the mock's other host
	jq '.hosts += ["localhost"]' "$HA_ROOT/examples/sources/trestle.json" \
	    >sources/trestle.json
	cp "$HA_ROOT"/examples/sources/{mlsgrid,bridge}.json sources
	export HA_SOURCES=$PWD/sources
}

teardown() { mock_down; }

sql() { psql -XAtqc "$1"; }
tables() { # source account [secret]
	ha-schema "$1" | PGOPTIONS='-c client_min_messages=warning' psql -Xq
	export HA_KEY_FILE=$PWD/key
	ha-account keygen >/dev/null
	ha-account add "$1" "$2" <<<"${3:-mock-secret}"
}

# One resource through the pipeline; its end mark goes to out.end.
sync() { # source/resource account
	ha-page -a "$2" --from "$(ha-synclog last "$1" -a "$2")" "$1" >out
	tail -n 1 out >out.end
	jq -e .complete out.end >/dev/null || return 1
	ha-filter-parents <out | ha-upsert
}

# "key time" of all that is stored or parked, and of all that there is.
have() { # source table key
	sql "SELECT r->>'$3', r->>'ModificationTimestamp' FROM (
		SELECT raw_payload FROM $1.$2
		UNION ALL SELECT raw::jsonb FROM ha.parked
		WHERE source = '$1' AND resource = '$2') AS x (r)" |
		tr '|' ' ' | sed 's/ $/ null/' | sort
}
truth() { # resource
	mock_ask "/dump/$1" | jq -r '"\(.key) \(.time)"' | sort
}

# Versions of all rows of a source: nothing may be written twice.
versions() { # source
	local t
	for t in property media property_rooms open_house office member; do
		sql "SELECT '$t', ctid, xmin FROM $1.$t ORDER BY ctid"
	done
}

every() { # source account
	local r
	for r in property media property_rooms open_house office member; do
		sync "$1/$r" "$2"
	done
}

same_as_there() { # source
	diff <(truth Property) <(have "$1" property ListingKey)
	diff <(truth Media) <(have "$1" media MediaKey)
	diff <(truth PropertyRooms) <(have "$1" property_rooms RoomKey)
	diff <(truth OpenHouse) <(have "$1" open_house OpenHouseKey)
	diff <(truth Office) <(have "$1" office OfficeKey)
	diff <(truth Member) <(have "$1" member MemberKey)
}

@test "Trestle: client credentials, links to another host, volatile URLs" {
	unset HA_TOKEN
	mock_up --settle 0 --limits none --max-page 300 --fault 500=0.05 \
	    --fault cut=0.05 --fault chunked=0.1 --switch client,link=other \
	    --switch top-page,clamp,link-token,volatile,short=0.1,twice=0.1 reso
	tables trestle vow
	every trestle vow
	same_as_there trestle
	[ "$(sql 'SELECT count(*) FROM ha.parked')" -gt 0 ]
	# every URL is another one by now: that is no change
	versions trestle >before
	every trestle vow
	versions trestle >after
	cmp before after
	mock_ask /queries | jq -e '.refused == 0'
}

@test "Trestle: wrong credentials are 400 and HTML: refused, not retried" {
	unset HA_TOKEN
	mock_up --settle 0 --limits none --switch client reso
	tables trestle vow wrong-secret
	run --separate-stderr ha-page -a vow trestle/office
	[ "$status" -eq 77 ] || [ "$status" -eq 69 ]
	[[ $stderr == *400* && $stderr != *wrong-secret* ]]
	[ "$(mock_ask /stats | jq .calls)" -le 2 ]
}

@test "Trestle: over the quota, until the epoch in milliseconds" {
	mock_up --limits 3/1s --max-page 100 \
	    --switch link=absolute,top-page,clamp,wait=epoch-ms reso
	tables trestle vow
	sync trestle/property vow
	diff <(truth Property) <(have trestle property ListingKey)
	jq -e '.retries > 0 and .waited_ms > 0' out.end
}

@test "MLS Grid: gzip, prefixed keys, one board, what may not be shown" {
	local board=ExampleBoard
	mock_up --limits none --max-page 100 --gzip --fault 502=0.05 \
	    --fault short=0.05 --switch want-gzip,grid,max-or=5 \
	    --switch link=absolute,top-page,clamp,link-last,twice=0.1 reso
	tables mlsgrid "$board"
	sync mlsgrid/property "$board"
	ha-unnest mlsgrid/media <out | ha-filter-parents | ha-upsert
	ha-unnest mlsgrid/property_rooms <out | ha-filter-parents | ha-upsert
	for r in open_house office member; do
		sync "mlsgrid/$r" "$board"
	done
	diff <(truth Property) <(have mlsgrid property ListingKey)
	diff <(truth OpenHouse) <(have mlsgrid open_house OpenHouseKey)
	diff <(truth Office) <(have mlsgrid office OfficeKey)
	# all children of listings that there are, and no others
	comm -13 <(truth Media) <(have mlsgrid media MediaKey) >odd
	comm -13 <(truth PropertyRooms) \
	    <(have mlsgrid property_rooms RoomKey) >>odd
	[ ! -s odd ]
	[ "$(sql "SELECT count(*) FROM mlsgrid.media")" -gt 5000 ]
	[ "$(sql "SELECT count(*) FROM mlsgrid.property
		WHERE listing_key NOT LIKE 'EXB%'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM mlsgrid.property WHERE
		(deleted_at IS NOT NULL) <>
		(raw_payload->>'MlgCanView' = 'false')")" = 0 ]
	[ "$(sql "SELECT count(*) > 0 FROM mlsgrid.property
		WHERE deleted_at IS NOT NULL")" = t ]
	versions mlsgrid >before
	sync mlsgrid/property "$board"
	ha-unnest mlsgrid/media <out | ha-filter-parents | ha-upsert
	versions mlsgrid >after
	cmp before after
}

@test "Bridge: replication, relative links, 200 rows a page" {
	mock_up --limits none --max-page 200 --fault 503=0.05 --fault reset=0.02 \
	    --switch link=relative,top-page,clamp,link-token,short=0.1,twice=0.1 reso
	tables bridge vow
	every bridge vow
	same_as_there bridge
	versions bridge >before
	every bridge vow
	versions bridge >after
	cmp before after
	# what changed since comes with the next run, and nothing else is written
	mock_ask '/update?resource=Property&n=30&tie=1' >/dev/null
	sync bridge/property vow
	diff <(truth Property) <(have bridge property ListingKey)
	versions bridge >changed
	[ "$(comm -13 <(sort before) <(sort changed) | wc -l)" -eq 30 ]
	mock_ask /queries | jq -e '.refused == 0 and .skips == 0'
}
