# rooms: stage
load ../helper

begin='{"@ha":"begin","v":1,"source":"hostaway","resource":'

same() { # wanted text is on stdin
	diff -u - <(printf '%s\n' "$output")
}

setup() {
	printf '%s\n' 31 32 9007199254740993 >keys
}

filter() { # file ... : plain, by path
	run --separate-stderr ha-filter-parents -P -K keys -p .listing \
	    -r aside "$@"
}

@test "ha-filter-parents: a record whose parent is unknown is set aside, not lost" {
	printf '%s\n' '{"id":1,"listing":31,"x":1.10}' '{"id":2,"listing":88}' \
	    '{ "listing":"32","id":3, "id":3}' >in
	filter in
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	same <<-'E'
	{"id":1,"listing":31,"x":1.10}
	{ "listing":"32","id":3, "id":3}
	E
	diff -u - aside <<-'E'
	{"line":2,"offset":31,"reason":"unknown parent 88","raw":"{\"id\":2,\"listing\":88}"}
	E
}

@test "ha-filter-parents: integers are compared exactly" {
	printf '{"listing":%s}\n' 9007199254740993 9007199254740992 3.1e1 \
	    31.0 031 '"31"' '"031"' 31.5 -31 >in
	filter in
	[ "$status" -eq 1 ]
	same <<-'E'
	{"listing":9007199254740993}
	{"listing":3.1e1}
	{"listing":31.0}
	{"listing":"31"}
	E
	# 031 is no JSON at all; of the others the key is unknown
	[ "$(wc -l <aside)" -eq 5 ]
	[ "$(jq -r .reason aside | grep -c unknown)" -eq 4 ]
}

@test "ha-filter-parents: a record that names no parent passes" {
	printf '%s\n' '{"id":1,"listing":null}' '{"id":2}' >in
	filter in
	[ "$status" -eq 0 ]
	same <in
	[ ! -s aside ]
}

@test "ha-filter-parents: texts are keys, too" {
	printf '%s\n' 'a b' 'é"' >keys
	printf '{"listing":%s}\n' '"a b"' '"\u00e9\""' '"a"' '"A b"' >in
	filter in
	[ "$status" -eq 1 ]
	same < <(head -n 2 in)
}

@test "ha-filter-parents: bad records are set aside with their bytes" {
	printf '{"listing":31}\n{"listing":31\n[31]\n\n' >in
	printf '{"listing":31,"x":"\xff"}\n{"listing":31,"x":"\\ud800"}\n' >>in
	printf '{"listing":[31]}\n\xef\xbb\xbf{"listing":31}\n' >>in
	filter in
	[ "$status" -eq 1 ]
	# a lone surrogate is JSON; what stores the record says no to it
	same <<-'E'
	{"listing":31}
	{"listing":31,"x":"\ud800"}
	E
	[ "$(jq -r 'select(.raw_base64) | .raw_base64' aside |
		base64 -d)" = "$(printf '{"listing":31,"x":"\xff"}')" ]
	[ "$(jq -c .line aside | tr '\n' ' ')" = '2 3 4 5 7 8 ' ]
}

@test "ha-filter-parents: nesting without end is a bad record, no crash" {
	{
		printf '{"listing":31,"x":'
		printf '[%.0s' {1..5000}
		printf '\n{"listing":32}\n'
	} >in
	filter in
	[ "$status" -eq 1 ]
	[ "$output" = '{"listing":32}' ]
}

bad() { # text, why[, key]
	printf '{"@ha":"bad","text":"%s","why":"%s"%s}' \
	    "$(printf %s "$1" | base64 -w0)" "$2" "${3:+,\"key\":\"$3\"}"
}

@test "ha-filter-parents: the end mark tells what was taken out" {
	cat >in <<-E
	$begin"reservations","account":"1","mode":"since","run":"u","from":{"a":1.10}}
	{"id":1,"listingMapId":31}
	{"id":2,"listingMapId":33}
	{"@ha":"at","cursor":{"p":1.10}}
	{"id":3,
	{"@ha":"end","records":3,"complete":true,"skipped":4,"parked":4,"calls":2,"cursor":{"q":[]}}
	E
	run -1 --separate-stderr ha-filter-parents -v -K keys -r aside in
	[ "$stderr" = 'ha-filter-parents: 1 passed, 0 parked, 2 set aside' ]
	same <<-E
	$begin"reservations","account":"1","mode":"since","run":"u","from":{"a":1.10}}
	{"id":1,"listingMapId":31}
	$(bad '{"id":2,"listingMapId":33}' 'unknown listings 33' 2)
	{"@ha":"at","cursor":{"p":1.10}}
	$(bad '{"id":3,' 'byte 9: the text ends too early')
	{"@ha":"end","records":1,"complete":true,"skipped":6,"parked":4,"calls":2,"cursor":{"q":[]}}
	E
	[ "$(jq -r 'select(.line == 3) | .key, .reason' aside)" = $'2\nunknown listings 33' ]
}

@test "ha-filter-parents: a group's parent is the parent of its records" {
	cat >in <<-E
	$begin"listing_photos","account":"1","mode":"embedded"}
	{"@ha":"open","parent":{"id":31}}
	{"url":"a"}
	{"@ha":"close","records":1}
	{"@ha":"open","parent":{"id":33}}
	{"url":"b"}
	{"@ha":"close","records":1,"skipped":1}
	{"@ha":"end","records":2,"complete":true,"skipped":1}
	E
	run -1 --separate-stderr ha-filter-parents -K keys -r aside in
	same <<-E
	$begin"listing_photos","account":"1","mode":"embedded"}
	{"@ha":"open","parent":{"id":31}}
	{"url":"a"}
	{"@ha":"close","records":1}
	{"@ha":"open","parent":{"id":33}}
	$(bad '{"url":"b"}' 'unknown listings 33' '33|b')
	{"@ha":"close","records":0,"skipped":2}
	{"@ha":"end","records":1,"complete":true,"skipped":2}
	E
	[ "$(jq -r .key aside)" = '33|b' ]
}

@test "ha-filter-parents: sections of several resources, one after the other" {
	cat >in <<-E
	$begin"reservations","account":"1"}
	{"id":1,"listingMapId":31}
	{"@ha":"end","records":1,"complete":true}
	$begin"calendar_days","account":"2"}
	{"@ha":"open","parent":{"id":32}}
	{"date":"2026-01-01"}
	{"@ha":"close","records":1}
	{"@ha":"end","records":1,"complete":true}
	E
	run -0 ha-filter-parents -K keys -r aside in
	same <in
	run -65 --separate-stderr ha-filter-parents -K keys -r aside \
	    hostaway/reservations in
	[ "$stderr" = 'ha-filter-parents: in: line 4: a section of hostaway/calendar_days, not of hostaway/reservations' ]
	run -65 --separate-stderr ha-filter-parents -a 1 -K keys -r aside in
	[[ "$stderr" == *'line 4: a section of account 2, not of 1' ]]
}

@test "ha-filter-parents: a resource that has no parents passes, without a database" {
	cat >in <<-E
	$begin"listings","account":"1","mode":"full"}
	{"id":1}
	not JSON
	{"@ha":"end","records":2,"complete":true}
	E
	PGHOST=/nowhere run -0 --separate-stderr ha-filter-parents in
	[ -z "$stderr" ]
	same <in
}

@test "ha-filter-parents: what earlier runs wrote into the -r file stays" {
	echo old >aside
	printf '{"listing":33}\n{"listing":3' >in
	filter in
	[ "$status" -eq 65 ]
	filter in
	[ "$(head -n 1 aside)" = old ]
	[ "$(wc -l <aside)" -eq 3 ]
	ln -s aside link
	run -74 --separate-stderr ha-filter-parents -P -K keys -r link -p .listing in
	[ "$(wc -l <aside)" -eq 3 ]
}

wrong() { # words of the message, arguments
	local says=$1
	shift
	run -64 --separate-stderr ha-filter-parents "$@" </dev/null
	[ -z "$output" ]
	[[ "${stderr_lines[0]}" == "ha-filter-parents: "*"$says"* ]] || {
		echo "$* says: $stderr"
		return 1
	}
}

@test "ha-filter-parents: command lines that make no sense are 64" {
	wrong '-K needs -r' -K keys
	wrong 'which resource' -P -a 1
	wrong 'whose is it' -P hostaway/reservations
	wrong 'needs the keys' -P -p .listing
	wrong 'not a path' -P -K keys -r aside -p '.a | .b'
	wrong '--adopt' --adopt
	wrong '--adopt' --adopt -a 1
	wrong '--adopt' --adopt -a 1 hostaway/messages in
	wrong 'none of its parents' -P -K keys -r aside -p guests \
	    hostaway/reservations
	HA_SOURCES=$HA_ROOT/tests/data wrong 'several parents' \
	    -P -K keys -r aside library/loans
	wrong 'nothing' -P -K keys -r aside hostaway/nothing
}

@test "ha-filter-parents: files and descriptions that are not there" {
	run -66 --separate-stderr ha-filter-parents -P -K nowhere -r aside -p .a
	[[ "$stderr" == *'nowhere: No such file'* ]]
	run -74 --separate-stderr ha-filter-parents -P -K keys -r no/aside -p .a
	printf '{"@ha":"begin","v":1,"source":"nosuch","resource":"x"}\n' >in
	run -78 --separate-stderr ha-filter-parents -K keys -r aside in
}
