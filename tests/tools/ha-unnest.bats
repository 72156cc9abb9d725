# rooms: stage
load ../helper

begin='{"@ha":"begin","v":1,"source":"hostaway","resource":'
from_listings="$begin"'"listings","account":"1","mode":"full","run":"u","whole":true}'
photos="$begin"'"listing_photos","account":"1","mode":"embedded","run":"u","whole":true}'

same() { # wanted text is on stdin
	diff -u - <(printf '%s\n' "$output")
}

@test "ha-unnest: one group for each parent, the children's bytes as they came" {
	cat >in <<-E
	$from_listings
	{"name":"x","listingImages":[{"id":1, "w":1.10,"url":"\u00e9"},{"id":2,"id":2}],"id":7}
	{"id":12345678901234567890,"listingImages":[]}
	{"id":9}
	{"@ha":"end","records":3,"complete":true}
	E
	run -0 --separate-stderr ha-unnest hostaway/listing_photos in
	[ -z "$stderr" ]
	same <<-E
	$photos
	{"@ha":"open","parent":{"id":7,"zone":null}}
	{"id":1, "w":1.10,"url":"\u00e9"}
	{"id":2,"id":2}
	{"@ha":"close","records":2}
	{"@ha":"open","parent":{"id":12345678901234567890,"zone":null}}
	{"@ha":"close","records":0}
	{"@ha":"open","parent":{"id":9,"zone":null}}
	{"@ha":"close","records":0}
	{"@ha":"end","records":2,"complete":true}
	E
}

# Fetched with less detail, a list that is missing says nothing of the photos.
@test "ha-unnest: without full detail an empty list closes no group" {
	cat >in <<-E
	${from_listings/,\"whole\":true/}
	{"id":7,"listingImages":[]}
	{"id":8,"listingImages":[{"url":"a"}]}
	{"@ha":"end","records":2,"complete":true}
	E
	run -0 ha-unnest hostaway/listing_photos in
	same <<-E
	${photos/,\"whole\":true/}
	{"@ha":"open","parent":{"id":7,"zone":null}}
	{"@ha":"open","parent":{"id":8,"zone":null}}
	{"url":"a"}
	{"@ha":"close","records":1}
	{"@ha":"end","records":1,"complete":true}
	E
}

@test "ha-unnest: groups of pending parents keep their parent object" {
	cat >in <<-E
	$begin"listing_photos","account":"1","mode":"parents","run":"u","whole":true}
	{"@ha":"open","parent":{"id":7,"change":"c1"}}
	{"id":7,"listingImages":[{"url":"a"}]}
	{"@ha":"close","records":1}
	{"@ha":"open","parent":{"id":8,"change":"c2"}}
	{"id":8,"listingImages":null}
	{"@ha":"close","records":1}
	{"@ha":"end","records":2,"complete":true}
	E
	run -0 ha-unnest hostaway/listing_photos in
	same <<-E
	$photos
	{"@ha":"open","parent":{"id":7,"change":"c1"}}
	{"url":"a"}
	{"@ha":"close","records":1}
	{"@ha":"open","parent":{"id":8,"change":"c2"}}
	{"@ha":"close","records":0}
	{"@ha":"end","records":1,"complete":true}
	E
}

@test "ha-unnest: a position of the parents is none of the children" {
	cat >in <<-E
	$from_listings
	{"id":7}
	{"@ha":"at","cursor":{"x":1}}
	{"@ha":"end","records":1,"complete":true,"calls":4,"count":9,"cursor":{"x":2}}
	E
	run -0 ha-unnest hostaway/listing_photos in
	[ "${lines[3]}" = '{"@ha":"end","records":0,"complete":true}' ]
	[[ "$output" != *cursor* ]]
}

@test "ha-unnest: a section that was not complete makes none that is" {
	cat >in <<-E
	$from_listings
	{"id":7,"listingImages":[{"url":"a"}]}
	{"@ha":"end","records":1,"complete":false,"why":"time"}
	E
	run -0 ha-unnest hostaway/listing_photos in
	[ "${lines[4]}" = '{"@ha":"end","records":1,"complete":false,"why":"time"}' ]
}

@test "ha-unnest: a record that cannot be cut is set aside, not lost" {
	printf '%s\n' "$from_listings" '{"id":6,"listingImages":[{"url":"a"}]}' \
	    '{"name":"no id"}' '{"id":7,"listingImages":{}}' '{"id":8,' \
	    '[]' '{"id":9,"listingImages":[]}' \
	    '{"@ha":"end","records":6,"complete":true}' >in
	run -1 --separate-stderr ha-unnest -r aside hostaway/listing_photos in
	[ -z "$stderr" ]
	grep '^{"@ha":"bad"' <<<"$output" >bad
	diff <(sed -n '3,6p' in) <(jq -r .text bad | while read -r text; do base64 -d <<<"$text"; echo; done)
	[ "$(jq -r .of bad | sort -u)" = listings ]
	output=$(grep -v '^{"@ha":"bad"' <<<"$output")
	same <<-E
	$photos
	{"@ha":"open","parent":{"id":6,"zone":null}}
	{"url":"a"}
	{"@ha":"close","records":1}
	{"@ha":"open","parent":{"id":7,"zone":null}}
	{"@ha":"open","parent":{"id":9,"zone":null}}
	{"@ha":"close","records":0}
	{"@ha":"end","records":1,"complete":false,"why":"rejected"}
	E
	jq -r '[.line, .reason, .raw] | join("|")' aside >got
	diff -u - <(sed 's/byte [0-9]*: .*|/byte: …|/' got) <<-'E'
	3|no id, its key|{"name":"no id"}
	4|.listingImages: not an array|{"id":7,"listingImages":{}}
	5|byte: …|{"id":8,
	6|not a JSON object|[]
	E
	# without a file they are named
	run -1 --separate-stderr ha-unnest hostaway/listing_photos in
	[ "${#stderr_lines[@]}" -eq 4 ]
	[ "${stderr_lines[0]}" = 'ha-unnest: in: line 3: no id, its key' ]
}

@test "ha-unnest: a group of which a record is bad is not closed" {
	cat >in <<-E
	$from_listings
	{"@ha":"open","parent":{"id":7}}
	{"id":7,"listingImages":[{"url":"a"}]}
	{"id":7,"listingImages":1}
	{"@ha":"close","records":2}
	{"@ha":"end","records":2,"complete":true}
	E
	run -1 --separate-stderr ha-unnest -r aside hostaway/listing_photos in
	[[ "$output" != *close* ]]
	[ "$(wc -l <aside)" -eq 1 ]
}

@test "ha-unnest: jq builds what no path can: guests of reservations" {
	cat >in <<-E
	${from_listings/listings/reservations}
	{"id":1,"listingMapId":2,"channelId":3,"guestExternalAccountId":"e1","guestName":"A"}
	{"id":4,"listingMapId":2,"channelId":3,"guestEmail":"","guestName":"B"}
	{"id":5,"listingMapId":2,"guestExternalAccountId":"","guestEmail":"C@example.com"}
	{"@ha":"end","records":3,"complete":true}
	E
	run -0 ha-unnest hostaway/guests in
	[ "${lines[1]}" = '{"@ha":"open","parent":{"id":1,"listingMapId":2}}' ]
	[ "$(jq -c '[.guestName, .reservationId]' <<<"${lines[2]}")" = '["A",1]' ]
	[ "${lines[3]}" = '{"@ha":"close","records":1}' ]
	[ "${lines[5]}" = '{"@ha":"close","records":0}' ]
	[ "$(jq -r .email <<<"${lines[7]}")" = c@example.com ]
}

@test "ha-unnest: -P takes and gives records without marks" {
	printf '{"id":7,"listingImages":[{"url":"a"},{"url":"b"}]}\n{"id":8}' >in
	run -0 --separate-stderr ha-unnest -Pv hostaway/listing_photos in
	[ "$output" = $'{"url":"a"}\n{"url":"b"}' ]
	[ "$stderr" = 'ha-unnest: 2 records, 2 listing_photos, 0 set aside' ]
	# half a record at the end is a cut file
	printf '{"id":7,"listingImages":[{"url":"a"}]}\n{"id":8,"li' >in
	run -65 --separate-stderr ha-unnest -P hostaway/listing_photos in
	[ "$output" = '{"url":"a"}' ]
	[[ "$stderr" == *'cut in line 2'* ]]
}

@test "ha-unnest: resources that are not embedded, or in something else" {
	run -64 --separate-stderr ha-unnest hostaway/listings
	[ "$stderr" = 'ha-unnest: hostaway/listings: no record holds these, they are not embedded' ]
	run -64 --separate-stderr ha-unnest hostaway/nothing
	run -64 --separate-stderr ha-unnest listings.ndjson
	run -78 --separate-stderr ha-unnest nowhere/listings
	printf '%s\n{"@ha":"end","records":0,"complete":true}\n' \
	    "${from_listings/listings/reservations}" >in
	run -65 --separate-stderr ha-unnest hostaway/listing_photos in
	[ "$stderr" = 'ha-unnest: in: a section of hostaway/reservations, but listing_photos are in listings' ]
}
