# rooms: mock
load ../helper

# odata RESOURCE [NAME VALUE ...]: a query; its options are encoded as they
# have to be: %20 for a blank. FEED is vow unless it is said.
odata() {
	local url=$HA_BASE_URL/$1 sep='?' value
	shift
	while [ $# -gt 0 ]; do
		value=${2//'%'/%25} value=${value//' '/%20} value=${value//'+'/%2B}
		url+="$sep\$$1=${value//'&'/%26}" sep='&'
		shift 2
	done
	fetch "$url"
}
fetch() {
	curl -s -m 10 -D headers -H "Authorization: Bearer mock-${FEED:-vow}" \
	    "${HEADERS[@]}" "$1"
}
at() { mock_ask "/$1" POST; }
status() { head -n 1 headers | cut -d ' ' -f 2; }
refuses() { # status, query
	odata "${@:2}" >refused
	[ "$(status)" = "$1" ] && jq -e --arg s "$1" '.error |
	    .code == $s and (.message | length > 0) and
	    (.details | type == "array")' refused >/dev/null
}
count() { odata "$1" count true top 0 "${@:2}" | jq '."@odata.count"'; }

# The prescribed replication, page by page, to an empty one: "key time".
walk() { # resource, key field, page size [, a function between pages]
	local last time key filter='ModificationTimestamp ne null'
	while :; do
		odata "$1" orderby "ModificationTimestamp,$2" top "$3" \
		    filter "$filter" select "$2,ModificationTimestamp" |
		    jq -r '.value[] | join(" ")' >rows
		[ -s rows ] || return 0
		cat rows
		last=$(tail -n 1 rows)
		key=${last% *} time=${last#* }
		filter="ModificationTimestamp gt $time or "
		filter+="(ModificationTimestamp eq $time and $2 gt '$key')"
		"${4:-:}"
	done
}
dump() { at "dump/$1" | jq -r 'select(.time) | "\(.key) \(.time)"'; }

setup() { HEADERS=(); }
teardown() { mock_down; }

@test "ha-mock reso: the service document, metadata twice, a record by its key" {
	mock_up reso
	[ "$(fetch "$HA_BASE_URL/" | jq -r '[.value[].name] | join(" ")')" = \
	    "Property Media PropertyRooms OpenHouse Member Office" ]
	grep -qi '^odata-version: 4.01' headers
	grep -qi '^x-rate-limit-remaining: 599' headers
	fetch "$HA_BASE_URL/\$metadata" | grep -q '<EntityType Name="Media">'
	odata "\$metadata" format json | jq -e '."us.ampre.webapi".Media."$Key" == ["MediaKey"]'
	key=$(odata Property top 1 | jq -r '.value[0].ListingKey')
	fetch "$HA_BASE_URL/Property('$key')" |
	    jq -e --arg k "$key" '.ListingKey == $k and ."@odata.context" == "$metadata#Property/$entity"'
	refuses 404 "Property('C1')"
	refuses 404 Nothing
}

@test "ha-mock reso: top, skip, count, select and orderby" {
	mock_up reso
	[ "$(odata Media | jq '.value | length')" -eq 100 ]
	[ "$(count Property)" -eq 500 ]
	[ "$(odata Property top 0 count true)" = \
	    "{\"@odata.context\":\"\$metadata#Property\",\"@odata.count\":500,\"value\":[]}" ]
	odata Property orderby 'City desc,ListPrice' top 500 select City,ListPrice |
	    jq -e '[.value[] | [.City, .ListPrice]] | . == (sort_by(.[1]) | group_by(.[0]) | reverse | add)'
	odata Property skip 490 orderby ListingKey | jq -e '.value | length == 10'
	odata Property orderby 'ModificationTimestamp desc,ListingKey desc' top 20 >desc
	odata Property skip 480 orderby ModificationTimestamp,ListingKey top 20 |
	    jq -c '.value | reverse | map(.ListingKey)' |
	    cmp - <(jq -c '.value | map(.ListingKey)' desc)
	refuses 400 Property top 10001
	refuses 400 Property skip 100001
	refuses 400 Property select Nothing
	refuses 400 Property orderby 'City down'
	refuses 400 Property count yes
	mock_down
	mock_up --switch clamp --max-page 30 reso
	odata Property top 10001 | jq -e '.value | length == 30'
}

@test "ha-mock reso: a query that is not understood is refused, not answered" {
	mock_up reso
	refuses 400 Property filter "Town eq 'a'"
	jq -e '.error.details[0].target == "$filter"' refused
	refuses 400 Property filter "City eq 5"
	refuses 400 Property filter "ModificationTimestamp gt '2024-01-01T00:00:00Z'"
	refuses 400 Property filter "contains(City,'a')"
	refuses 400 Property filtre "true"
	refuses 413 Property filter "$(printf "City eq 'x' or %.0s" {1..21})true"
	refuses 413 Property filter "$(printf '(%.0s' {1..70})true$(printf ')%.0s' {1..70})"
	odata Property filter "$(printf "City eq 'x' or %.0s" {1..20})true" >/dev/null
	[ "$(status)" = 200 ]
	fetch "$HA_BASE_URL/Property?\$top=1&\$top=2" | jq -e '.error.code == "400"'
	fetch "$HA_BASE_URL/Property?\$filter=City+eq+'x'" | jq -e '.error.code == "400"'
	fetch "$HA_BASE_URL/Property?\$filter=City%2" | jq -e '.error.code == "400"'
	at set?to=plus
	fetch "$HA_BASE_URL/Property?\$filter=City+eq+'x'" | jq -e '.value == []'
	[ "$(at queries | jq .refused)" -gt 8 ]
}

@test "ha-mock reso: filters choose what jq would choose" {
	mock_up reso
	odata Property top 500 >all
	same() { # filter, jq
		[ "$(count Property filter "$1")" -eq \
		    "$(jq "[.value[] | select($2)] | length" all)" ]
	}
	same "City eq 'Hawk''s Nest'" ".City == \"Hawk's Nest\""
	same "ListPrice gt 1000000 and not City in ('Ajax','Toronto C08')" \
	    '.ListPrice > 1000000 and (.City | IN("Ajax", "Toronto C08") | not)'
	same "GarageYN eq true or TaxYear eq null" '.GarageYN == true or .TaxYear == null'
	same "Basement/any(b:b eq 'Finished')" '.Basement | index("Finished")'
	same "LotWidth le 50" '.LotWidth != null and .LotWidth <= 50'
	same "ListingContractDate ge 2026-01-01" '.ListingContractDate >= "2026-01-01"'
	same "ModificationTimestamp eq null" '.ModificationTimestamp == null'
	same "PublicRemarks eq null" true
	jq -e 'all(.value[]; .PublicRemarks != null)' all
}

@test "ha-mock reso: what must exist does" {
	mock_up reso
	odata Property top 500 >p
	odata Media top 10000 >m
	# ties larger than a page, precisions from none to six digits, one null
	dump Property | cut -d ' ' -f 2 | sort | uniq -c | sort -rn | head -n 1 |
	    awk '{exit $1 < 40}'
	jq -e '[.value[].ModificationTimestamp | strings | length] | unique | length > 2' p
	[ "$(count Property filter 'ModificationTimestamp eq null')" -eq 1 ]
	jq -e '[.value[].ResourceName] | unique == ["Member", "Office", "Property"]' m
	jq -e '[.value[] | select(.ResourceName == "Property" and .Order == 0) | .ImageSizeDescription] |
	    unique == ["Large", "Largest", "Medium", "Thumbnail"]' m
	# a logo with the key of a listing
	jq -r '.value[].ListingKey' p | sort >keys
	jq -r '.value[] | select(.ResourceName == "Office") | .ResourceRecordKey' m |
	    sort -u | comm -12 - keys | grep -c . | grep -qx 1
	# children without their listing, of each kind, and deleted ones
	for r in Media PropertyRooms OpenHouse; do
		odata $r top 10000 | jq -r '.value[] | select(.ResourceName // "Property" == "Property") |
		    .ListingKey // .ResourceRecordKey' | sort -u | comm -23 - keys | grep -q .
	done
	jq -e 'any(.value[]; .MediaStatus == "Deleted")' m
	odata PropertyRooms top 10000 | jq -e 'any(.value[]; .RoomStatus == "Deleted")'
	odata OpenHouse top 10000 | jq -e 'any(.value[]; .OpenHouseStatus == "Canceled")'
	# exact numbers, marks, empty arrays, nulls
	odata Property top 500 >text
	grep -q '"SourceRowVersion":9007199254740993,' text
	grep -q '"ListPrice":[0-9]*\.0,' text
	grep -q '"ListPrice":[0-9]*,' text
	grep -q '\\n\\n' text
	grep -q '\\"so-called\\"' text
	grep -q 🏡 text
	jq -e 'all(.value[]; .UtilitiesAtLot == [] and has("ListingId") and .ListingId == null)' p
	at set?to=nul
	odata Property top 500 | grep -q '\\u0000'
}

@test "ha-mock reso: the prescribed replication finds every row once, in order" {
	mock_up reso
	walk Property ListingKey 35 >seen
	dump Property | cmp - seen
	walk PropertyRooms RoomKey 500 >seen
	dump PropertyRooms | cmp - seen
	[ "$(at queries | jq .skips)" -eq 0 ]
}

@test "ha-mock reso: rows that change between pages come again, none is lost" {
	mock_up --move 0.6 reso
	walk Property ListingKey 50 >seen
	dump Property >now
	[ "$(wc -l <seen)" -gt "$(wc -l <now)" ]
	[ "$(sort now | comm -23 - <(sort seen) | wc -l)" -eq 0 ]
}

@test "ha-mock reso: a hidden row appears late, with an old time, or as a new one" {
	mock_up reso
	old=$(walk Property ListingKey 300 | tail -n 1)
	[ "$(at 'late?resource=Property' | jq .changed)" -eq 1 ]
	[ "$(walk Property ListingKey 300 | tail -n 1)" = "$old" ]
	[ "$(count Property)" -eq 501 ]
	new=$(at 'arrive?resource=Property' | jq -r '.keys[0]')
	[[ $(walk Property ListingKey 300 | tail -n 1) == "$new "* ]]
	# its pictures were there before: orphans until now
	[ "$(count Media filter "ResourceRecordKey eq '$new'")" -gt 0 ]
	[ "$(at 'late?resource=Property' | jq .changed)" -eq 0 ]
}

@test "ha-mock reso: two feeds show one listing differently" {
	mock_up reso
	FEED=idx odata Property top 500 >of_idx
	odata Property top 500 >of_vow
	[ "$(jq '.value | length' of_idx)" -lt "$(jq '.value | length' of_vow)" ]
	jq -e 'all(.value[]; .ContractStatus == "Available" and .InternetEntireListingDisplayYN)' of_idx
	jq -e 'any(.value[]; .ContractStatus != "Available" and .ClosePrice != null)' of_vow
	jq -e 'any(.value[]; .InternetEntireListingDisplayYN == false)' of_vow
	k=$(jq -r '[.value[] | select(.VirtualTourURLUnbranded)][0].ListingKey' of_idx)
	fetch "$HA_BASE_URL/Property('$k')" | jq -e '.VirtualTourURLUnbranded == null'
	fetch "$HA_BASE_URL/Property('$k')" >/dev/null
	FEED=none refuses 401 Property
	FEED=token odata Property | jq -e '.value | length == 100'
}

@test "ha-mock reso: a listing leaves IDX, a consent is withdrawn, a row vanishes" {
	mock_up reso
	k=$(at 'leave?resource=Property' | jq -r '.keys[0]')
	FEED=idx refuses 404 "Property('$k')"
	[ "$(FEED=idx count Media filter "ResourceRecordKey eq '$k'")" -eq 0 ]
	fetch "$HA_BASE_URL/Property('$k')" | jq -e '.MlsStatus == "Sold"'
	[[ $(dump Property | tail -n 1) == "$k "* ]]
	k=$(at 'withdraw?resource=Property' | jq -r '.keys[0]')
	FEED=idx refuses 404 "Property('$k')"
	fetch "$HA_BASE_URL/Property('$k')" | jq -e '.InternetEntireListingDisplayYN == false'
	k=$(at 'withdraw?resource=Property&gone=1' | jq -r '.keys[0]')
	refuses 404 "Property('$k')"
	k=$(at 'delete?resource=Property' | jq -r '.keys[0]')
	refuses 404 "Property('$k')"
	[ "$(count Property)" -eq 498 ]
	[ "$(FEED=idx at 'dump/Property?feed=idx' | wc -l)" -eq "$(FEED=idx count Property)" ]
}

@test "ha-mock reso: a room moves its listing, a picture does not" {
	mock_up reso
	room=$(at 'update?resource=PropertyRooms' | jq -r '.keys[0]')
	listing=$(fetch "$HA_BASE_URL/PropertyRooms('$room')" | jq -r .ListingKey)
	[[ $(dump Property | tail -n 1) == "$listing "* ]]
	media=$(at 'delete?resource=Media' | jq -r '.keys[0]')
	fetch "$HA_BASE_URL/Media('$media')" >gone
	jq -e '.MediaStatus == "Deleted" and .ModificationTimestamp == .MediaModificationTimestamp' gone
	[[ $(dump Media | tail -n 1) == "$media "* ]]
	[[ $(dump Property | tail -n 1) == "$listing "* ]]
	fetch "$HA_BASE_URL/Property('$(jq -r .ResourceRecordKey gone)')" >owner
	[ "$(jq -r .PhotosChangeTimestamp owner)" = "$(jq -r .ModificationTimestamp gone)" ]
	[ "$(at 'update?resource=Media&n=300&tie=1' | jq .changed)" -eq 300 ]
	[ "$(dump Media | tail -n 300 | cut -d ' ' -f 2 | sort -u | wc -l)" -eq 1 ]
	[ "$(at 'add?resource=Property&n=3' | jq .changed)" -eq 3 ]
	[ "$(count Property)" -eq 503 ]
	run -22 at 'leave?resource=Media'
	run -22 at 'update?resource=Nothing'
}

@test "ha-mock reso: next links of every kind lead through all rows" {
	mock_up --switch page=200 reso
	follow() { # resource, its key: all keys
		local next="$HA_BASE_URL/$1?\$orderby=$2&\$filter=City%20ne%20%27Ajax%27&\$select=$2" tries
		for ((tries = 0; tries < 5; tries++)); do
			fetch "$next" >page
			jq -r --arg k "$2" '.value[][$k]' page
			next=$(jq -r '."@odata.nextLink" // empty' page)
			[ -n "$next" ] || return 0
			links+=("$next")
			[[ $next == http* ]] || next=$HA_BASE_URL/$next
		done
	}
	odata Property top 500 filter "City ne 'Ajax'" orderby ListingKey |
	    jq -r '.value[].ListingKey' >want
	for kind in absolute relative other encoded; do
		for by in link-token=0 link-token=1; do
			at "set?to=link=$kind,$by"
			links=()
			follow Property ListingKey >seen
			at set?to=link=absolute
			sort want | cmp - <(sort seen)
			case $kind in
			absolute) [[ ${links[0]} == "$HA_BASE_URL/Property?"* ]] ;;
			relative) [[ ${links[0]} == 'Property?$'* ]] ;;
			other) [[ ${links[0]} == http://localhost:* ]] ;;
			encoded) [[ ${links[0]} == *'?%24orderby=ListingKey&%24filter=City+ne+%27'* ]] ;;
			esac
		done
	done
	at set?to=link=loop
	follow Property ListingKey >seen
	[ "$(sort -u seen | wc -l)" -eq 200 ]
	[ "$(wc -l <seen)" -eq 1000 ]
	at set?to=link=none
	odata Property | jq -e 'has("@odata.nextLink") | not'
}

@test "ha-mock reso: how large a linked page is, and when links end" {
	mock_up --switch link=relative,page=40 reso
	odata Property | jq -e '(.value | length == 40) and (keys_unsorted == ["@odata.context", "@odata.nextLink", "value"])'
	odata Property top 1 | jq -e '(.value | length == 1) and (has("@odata.nextLink") | not)'
	odata Property top 50 | jq -e '."@odata.nextLink" | contains("$top=10") and contains("$skip=40")'
	HEADERS=(-H 'Prefer: odata.maxpagesize=70')
	odata Property | jq -e '.value | length == 70'
	HEADERS=()
	at set?to=link-last,top-page
	odata Property top 60 | jq -e '(.value | length == 60) and (keys_unsorted[2] == "@odata.nextLink")'
	odata Property top 60 skip 440 | jq -e 'has("@odata.nextLink") | not'
}

@test "ha-mock reso: a 429 says when in the vendor's header, or not at all" {
	says() { # wait, pattern of the header
		mock_up --limits 2/10s --switch "wait=$1" reso
		odata Office >/dev/null
		odata Office >/dev/null
		refuses 429 Office
		if [ -n "$2" ]; then
			grep -qE "^$2" headers
		else
			run -1 grep -iE '^(retry-after|hour-quota|x-rate-limit-retry)' headers
		fi
		mock_down
	}
	says ampre 'X-Rate-Limit-Retry-After-Seconds: ([1-9]|10).?$'
	says seconds 'Retry-After: ([1-9]|10).?$'
	says date 'Retry-After: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20'
	says epoch-ms 'Hour-Quota-ResetTime: [0-9]{13}'
	says none ''
	mock_up --fault 429-wait=#1,ms=7000 reso
	refuses 429 Office
	grep -q '^X-Rate-Limit-Retry-After-Seconds: 7' headers
}

@test "ha-mock reso: what goes wrong with an answer" {
	mock_up reso
	set_fault() { at fault; at "fault?to=$1"; }
	set_fault 400-html
	[ "$(odata Office)" = "Bad Request" ]
	[ "$(status)" = 400 ]
	set_fault error
	odata Office | jq -e '.error.code == "1111"' && [ "$(status)" = 200 ]
	set_fault 504
	odata Office | grep -q html && [ "$(status)" = 504 ]
	set_fault 401
	refuses 401 Office
	set_fault chunked
	odata Office | jq -e '.value | length == 12'
	grep -qi '^transfer-encoding: chunked' headers
	! grep -qi '^content-length' headers || false
	set_fault 403
	refuses 403 Office
	at fault
	refuses 401 Office # the token is suspended
	FEED=idx odata Office | jq -e '.value | length == 12'
}

@test "ha-mock reso: the other switches" {
	FEED=idx
	mock_up --switch short=1,text-count,want-gzip,null-expand,coarse reso
	refuses 400 Office
	HEADERS=(--compressed)
	odata Office top 12 | jq -e '.value | length < 12'
	odata Office count true | jq -e '."@odata.count" == "12"'
	at set?to=short=0,twice=1
	odata Office | jq -e '[.value[].OfficeKey] | length == 12 and (unique | length == 11)'
	odata Property expand Media,Rooms top 1 | jq -e '.value[0] | .Media == null and (.Rooms | type == "array")'
	at set?to=null-expand=0
	odata Property expand Media top 3 | jq -e 'all(.value[]; .ListingKey as $k | all(.Media[]; .ResourceRecordKey == $k))'
	# what is shown is less than what is stored: equal to nothing
	odata Property filter 'ModificationTimestamp gt 2026-08-22T12:00:00Z' \
	    orderby ModificationTimestamp,ListingKey top 1 >one
	[ "$(jq -r '.value[0].ModificationTimestamp' one)" = 2026-08-22T12:00:00Z ]
	at set?to=volatile
	[ "$(odata Media top 1)" != "$(odata Media top 1)" ]
	run -22 at set?to=nonsense
	run -64 ha-mock --switch nonsense reso
	run -64 ha-mock --switch properties=-1 reso
}

@test "ha-mock reso: a hundred thousand listings start at once" {
	mock_up --limits none --switch properties=100000,media=300000 reso
	[ "$(count Property)" -eq 100000 ]
	[ "$(odata Property top 10000 select ListingKey | jq '.value | length')" -eq 10000 ]
	[ "$(awk '/VmHWM/ {print $2}' /proc/"$MOCK_PID"/status)" -lt 60000 ]
}

@test "ha-mock reso: ha-fetch reads it by its description" {
	mock_up reso
	export HA_TOKEN=mock-idx
	run -0 --separate-stderr ha-fetch -a idx reso "/Property?\$top=0&\$count=true"
	[ "$(jq '."@odata.count"' <<<"$output")" -lt 500 ]
	run -69 --separate-stderr ha-fetch -a idx reso "/Property?\$filter=Town%20eq%201"
	[[ $stderr == *'no field "Town"'* ]]
	HA_TOKEN=wrong run -77 --separate-stderr ha-fetch -a idx reso /Office
}
