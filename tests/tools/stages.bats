# rooms: stream
load ../helper

# What every stage of a stream does the same way. One row for each: the tool,
# its arguments, and the resource of the section it is fed. A stage joins the
# loop with its row, once its program is there.
STAGES=(
	"ha-filter-parents|-K keys -r aside|reservations"
	"ha-filter-parents|-d db|listings"
	"ha-unnest|hostaway/listing_photos|listings"
	"ha-upsert|--emit all|listings"
	"ha-upsert|-r aside --emit all|listings"
)

setup_file() {
	pg_up hostaway
	psql -Xqc "INSERT INTO ha.accounts (source, account_id)
	    VALUES ('hostaway', '1')"
}

teardown_file() {
	pg_down
}

setup() {
	echo 7 >keys
}

# begin, and n records that the stages pass on
section() { # resource n
	printf '{"@ha":"begin","v":1,"source":"hostaway",'
	printf '"resource":"%s","account":"1","mode":"full"}\n' "$1"
	records "$1" "$2"
}

records() {
	seq -f "%.0f" "$2" | sed 's|.*|{"id":&,"listingMapId":7,'"$(
		)"'"listingImages":[{"url":"https://x.example/&.jpg"}]}|'
}

end() { # n
	printf '{"@ha":"end","records":%s,"complete":true}\n' "$1"
}

for_each() { # function
	local row bad=0
	for row in "${STAGES[@]}"; do
		IFS='|' read -r tool args resource <<<"$row"
		[ -e "$HA_ROOT/bin/$tool.c" ] || continue
		read -r -a stage <<<"$tool $args"
		"$1" || {
			echo "$1: ${stage[*]}" >&2
			cat err >&2
			bad=1
		}
	done
	[ "$bad" -eq 0 ]
}

one_line() { # pattern
	[ "$(wc -l <err)" -eq 1 ] && grep -q "^$tool: .*$1" err
}

whole() {
	{ section "$resource" 3; end 3; } >in
	"${stage[@]}" <in >out 2>err && [ ! -s err ] &&
		tail -n 1 out | grep -q '^{"@ha":"end","records":3,"complete":true}$'
}

@test "stages: a whole section passes, silent, status 0" {
	for_each whole
}

two_files() {
	{ section "$resource" 2; end 2; } | tee one >two
	cp one three
	"${stage[@]}" one - three <two >out 2>err &&
		[ "$(grep -c '"@ha":"end"' out)" -eq 3 ]
}

@test "stages: files and - are read one after the other" {
	for_each two_files
}

full() {
	"${stage[@]}" <in >/dev/full 2>err
	[ $? -eq 74 ] && one_line 'No space'
}

@test "stages: a full disk is 74" {
	for_each whole
	for_each full
}

gone() {
	{ section "$resource" 20000; end 20000; } >big
	"${stage[@]}" <big 2>err | head -n 1 >out
	[ "${PIPESTATUS[0]}" -eq 141 ] && [ ! -s err ]
}

@test "stages: a reader that goes early is 141, without a word" {
	for_each gone
}

# The bad record does not stop the others.
nul() {
	{
		section "$resource" 1
		printf '{"id":5,"listingMapId":7,"x":"a\0b"}\n'
		records "$resource" 1
		end 3
	} >in
	"${stage[@]}" <in >out 2>err
	[ $? -le 1 ] && [ "$(grep -ac '1.jpg' out)" -eq 2 ] &&
		tail -n 1 out | grep -aq '^{"@ha":"end"'
}

@test "stages: a NUL byte spoils its record only" {
	for_each nul
}

# Its beginning goes on as a bad mark, or is set aside; what follows counts.
long_line() {
	{
		section "$resource" 1
		cat long
		records "$resource" 1
		end 3
	} >in
	rm -f aside
	# a sanitizer's shadow is larger than any limit
	/usr/bin/env bash -c '[[ $HA_BIN == */san/* ]] || ulimit -v 1500000; exec "$@"' \
	    - "${stage[@]}" <in >out 2>err
	[ $? -le 1 ] && [ "$(grep -c '1.jpg' out)" -eq 2 ] &&
		tail -n 1 out | grep -q '^{"@ha":"end","records":2,' &&
		{ grep -q 'longer than a line of 64 MiB; of 67108890 bytes the beginning is kept' out ||
			psql -XAtqc 'DELETE FROM ha.rejects RETURNING length(raw), key, line, reason' |
			grep '^1048576|5|3|longer than .*; of 67108890 bytes'; } &&
		if [[ ${stage[*]} == *aside* ]]; then
			[ "$(jq -c '[.line, (.raw[:8]), (.raw | length)]' aside)" = '[3,"{\"id\":5,",1048576]' ]
		fi
}

@test "stages: a line over 64 MiB costs itself, a mark of that length is 65" {
	{ printf '{"id":5,"listingMapId":7,"'; head -c 67108864 /dev/zero | tr '\0' x; echo; } >long
	for_each long_line
	{ printf '{"@ha":"at",'; cat long; } >mark
	section reservations 1 | cat - mark >in
	run -65 --separate-stderr ha-filter-parents -K keys -r aside in
	[[ $stderr == *'in: line 3: a mark that is longer than a line may be' ]]
	# without marks there is no other place for it
	run -1 --separate-stderr bash -c 'cat long - <<<"{\"id\":6}" | ha-filter-parents -P -a 1 hostaway/listings'
	[ "$output" = '{"id":6}' ]
	[[ $stderr == *'line 1: longer than a line of 64 MiB; of 67108890 bytes'* ]]
}

cut_lines() {
	local n lines
	{ section "$resource" 2; end 2; } >whole.in
	lines=$(wc -l <whole.in)
	for ((n = 0; n < lines; n++)); do
		head -n "$n" whole.in >in
		"${stage[@]}" <in >out 2>err
		[ $? -eq 65 ] && one_line 'no end mark\|no stream' &&
			! grep -q '"@ha":"end"' out || return
		# what came whole has gone on
		[ "$(grep -c 'jpg' out)" -eq $((n > 1 ? n - 1 : 0)) ] || return
	done
}

@test "stages: a stream without its end is 65, after all that came" {
	for_each cut_lines
}

half_line() {
	{ section "$resource" 1; end 1; } >whole.in
	head -c -1 whole.in >in
	"${stage[@]}" <in >out 2>err
	[ $? -eq 65 ] && ! grep -q '"@ha":"end"' out || return
	{ section "$resource" 1; printf '{"id":2'; } >in
	"${stage[@]}" <in >out 2>err
	[ $? -eq 65 ] && one_line 'cut after line 2' && ! grep -q ':2' out
}

@test "stages: half a last line is a cut stream" {
	for_each half_line
}

miscounted() {
	{ section "$resource" 2; end 3; } >in
	"${stage[@]}" <in >out 2>err
	[ $? -eq 65 ] && one_line 'says 3 records, but 2 came'
}

@test "stages: wrong counts are 65" {
	for_each miscounted
}

no_input() {
	"${stage[@]}" nowhere >out 2>err
	[ $? -eq 66 ] && one_line 'nowhere: No such file' || return
	"${stage[@]}" <&- >out 2>err
	[ $? -eq 74 ]
}

@test "stages: an input that is not there is 66, one that is closed 74" {
	for_each no_input
}

# Marks of a later version go through.
unknown_mark() {
	{
		section "$resource" 1
		printf '{"@ha":"shiny","x":[1.10]}\n'
		end 1
	} >in
	"${stage[@]}" <in >out 2>err && grep -qF '{"@ha":"shiny","x":[1.10]}' out
}

@test "stages: a mark that is not known is passed on" {
	for_each unknown_mark
}

# Whoever waits for records gets them without waiting for more, and hears.
at_once() {
	local told='"records":2,'
	mkfifo slow
	exec 5<>slow
	: >progress
	HA_PROGRESS=$PWD/progress "${stage[@]}" <slow >out 2>err 5>&- 3>&- &
	section "$resource" 2 >&5
	for _ in $(seq 1000); do
		[ "$(grep -c jpg out)" -lt 2 ] || ! grep -q "$told" progress ||
			break
		sleep 0.01
	done
	n=$(grep -c jpg out) m=$(grep -c "$told" progress)
	exec 5>&-
	wait $!
	rm slow
	[ "$n" -eq 2 ] && [ "$m" -gt 0 ]
}

@test "stages: records go on, and are told of, as soon as the input rests" {
	for_each at_once
}
