# records.bash -- streams of invented Hostaway records, and what became of
# them: `load ../records` behind `load ../helper`. Account 59808.

sql() { psql -XAtqc "$1"; }

# section RESOURCE MODE [begin members] <records: a whole section
begin() { # resource mode members
	printf '{"@ha":"begin","v":1,"source":"hostaway","resource":"%s","account":"59808","mode":"%s"%s}\n' \
	    "$1" "${2:-since}" "${3:-}"
}
finish() { printf '{"@ha":"end","records":%d,"complete":true%s}\n' "$1" "${2:-}"; }
section() {
	local n
	cat >records.tmp
	n=$(wc -l <records.tmp)
	begin "$@"
	cat records.tmp
	finish "$n"
}

listing() { # id name latestActivityOn more
	printf '{"id":%s,"name":"%s","latestActivityOn":"%s"%s}\n' "$1" "$2" \
	    "${3:-2025-01-01 00:00:00}" "${4:-}"
}

counts() { # fetched inserted updated unchanged stale parked rejected deleted
	sql "SELECT concat_ws(' ', fetched, inserted, updated, unchanged, stale,
		parked, rejected, deleted) FROM ha.sync_log ORDER BY id DESC LIMIT 1"
}

# A thread: listing 1, reservation 7, conversation 5.
family() {
	listing 1 a | section listings
	echo '{"id":7,"listingMapId":1}' | section reservations
	echo '{"id":5,"reservationId":7}' | section conversations
}

photos() { # listing closed? url ...
	local parent=$1 closed=$2 u
	shift 2
	begin listing_photos embedded
	printf '{"@ha":"open","parent":{"id":%s,"change":"c%s"}}\n' "$parent" "$#"
	for u; do printf '{"url":"https://p.example.com/%s","id":%d}\n' "$u" "${#u}"; done
	[ "$closed" = open ] || printf '{"@ha":"close","records":%d}\n' $#
	[ "$closed" = cut ] || finish $#
}
