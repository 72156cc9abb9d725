# rooms: scripts
load ../helper

setup() {
	mkfifo fifo
	export HA_PROGRESS=fifo
}

# A report of a stage: stage pid records total calls waiting inserted.
report() {
	printf '{"stage":"%s","pid":%d,"resource":"x/rows","records":%d,"total":%d,"calls":%d,"retries":0,"waited_ms":0,"waiting":%s,"inserted":%d,"updated":0,"unchanged":0,"stale":0,"parked":0,"rejected":0,"done":false}\n' "$@"
}

draw() { # live or lines [seconds]; words on stdin
	ha-sync-draw fifo $$ "$@" 2>err 3>&- &
	cat >fifo
	wait $!
}

@test "ha-sync-draw: a phase leaves one line with what came of it" {
	draw lines <<-END
	phase 1 2 rows rows 0
	$(report ha-page 7 100 100 2 false 0)
	$(report ha-upsert 8 100 0 0 false 1234)
	done 0
	quit
	END
	[ "$(wc -l <err)" -eq 2 ]
	[ "$(head -n 1 err)" = '1/2 rows: 100 to come' ]
	tail -n 1 err | grep -Eq '^rows +1,234 inserted; 2 calls; [0-9]\.[0-9] s$'
}

@test "ha-sync-draw: processes of a stage that follow each other add up" {
	draw lines <<-END
	phase 1 2 rows rows 0
	$(report ha-upsert 8 5 0 0 false 3)
	$(report ha-upsert 8 9 0 0 false 5)
	$(report ha-upsert 9 4 0 0 false 4)
	done 0
	phase 2 2 more rows 0
	done 75
	quit
	END
	grep -q '^rows  *9 inserted;' err
	grep -q '^more  *stopped (75): nothing new;' err
}

@test "ha-sync-draw: what two stages tell of one parked record counts once" {
	draw lines <<-END
	phase 1 1 rows rows 0
	$(report ha-filter-parents 8 5 0 0 false 0 | sed 's/"parked":0/"parked":3/')
	$(report ha-upsert 9 2 0 0 false 2 | sed 's/"parked":0/"parked":3/')
	done 0
	quit
	END
	grep -q '^rows  *2 inserted, 3 parked;' err
}

@test "ha-sync-draw: on a terminal no line is longer than it, and all go" {
	local line
	{
		echo 'phase 3 8 a_resource_with_quite_a_long_name_indeed rows 0'
		report ha-page 7 123456789 999999999 567 true 0
		report ha-upsert 8 123456789 0 0 false 123456789
		sleep 0.5
		report ha-page 7 123456790 999999999 568 true 0
		sleep 0.5
		echo 'done 0'
		echo quit
	} | draw live
	grep -q 'waiting on the limit' err
	grep -q '12 %' err
	while IFS= read -r line; do
		line=$(sed 's/\x1b\[[?0-9]*[A-Za-z]//g; s/\r//g' <<<"$line")
		[ "${#line}" -lt 80 ]
	done < <(grep -v "^a_resource.*inserted" err)
	# the last thing is the line that stays, and the cursor is back
	[ "$(tail -c 6 err)" = $'\e[?25h' ]
}

@test "ha-sync-draw: it does not outlive the one it draws for" {
	(sleep 0.3; exit 0) 3>&- &
	local boss=$!
	run -0 timeout 10 ha-sync-draw fifo "$boss" lines 3>&-
}

@test "ha-sync-draw: a log gets no line sooner than its time has come" {
	local n began=$SECONDS
	{
		printf 'label S\tListings\nfrom 2026-11-20T04:11:09Z\n'
		echo 'phase 2 5 rows rows 0'
		for ((n = 1; n <= 30; n++)); do
			report ha-page 7 $((n * 100)) 6000 $n false 0
			report ha-upsert 8 $((n * 100)) 0 0 false $((n * 90))
			sleep 0.1
		done
		echo 'done 0'
		echo quit
	} | draw lines 1
	head -n 1 err >first
	[ "$(<first)" = '2/5 Listings: from 2026-11-20T04:11:09Z, 6,000 to come' ]
	tail -n 1 err | grep -Eq '^Listings +2,700 inserted; 30 calls; '
	sed '1d;$d' err >between
	[ "$(wc -l <between)" -ge 1 ]
	[ "$(wc -l <between)" -le $((SECONDS - began + 1)) ]
	run ! grep -Ev '^     [0-9]+ %: fetched [0-9,]+  stored [0-9,]+  skipped 0  failed 0  [0-9,]+/s, [0-9:]+ left$' between
	# a minute, if nothing else is said: none here
	{
		echo 'phase 1 1 rows rows 0'
		report ha-page 7 100 6000 1 false 0
		sleep 1.5
		report ha-page 7 200 6000 2 false 0
		echo 'done 0'
		echo quit
	} | draw lines
	[ "$(wc -l <err)" -eq 2 ]
}

@test "ha-sync-draw: what was committed last is a batch of its own" {
	{
		echo 'phase 1 1 rows rows 0'
		report ha-page 7 500 6000 1 false 0
		report ha-upsert 8 500 0 0 false 200
		report ha-upsert 8 500 0 0 false 500
		sleep 2
		echo 'done 0'
		echo quit
	} | draw live
	grep -q 'batch: fetched 300  stored 300  skipped 0  failed 0' err
}

@test "ha-sync-draw: a wide title is as wide as it is" {
	{
		printf 'label \tページの会話と写真と部屋\n'
		echo 'phase 1 1 rows rows 0'
		report ha-page 7 500 6000 1 false 0
		sleep 0.8
		report ha-page 7 600 6000 1 false 0
		sleep 0.5
		echo 'done 0'
		echo quit
	} | draw live
	sed 's/\x1b\[[?0-9]*[A-Za-z]//g; s/\r//g' err | grep '%' >heads
	[ -s heads ]
	while IFS= read -r line; do
		[ "$(wc -L <<<"$line")" -lt 80 ]
	done <heads
}

@test "ha-sync-draw: a line that comes in two halves is one line" {
	{
		printf 'phase 1 1 ro'
		sleep 0.7
		printf 'ws rows 0\ndo'
		sleep 0.7
		printf 'ne 0\nquit\n'
	} | draw lines
	grep -q '^rows  *nothing new; ' err
}

@test "ha-sync-draw: a far side that fails is named, with when it is tried again" {
	local failing
	failing=$(report ha-page 7 0 0 1 true 0 | sed 's/"inserted":0/"why":"HTTP 503","again_ms":11500/')
	draw lines <<-END
	phase 1 1 rows rows 0
	$failing
	done 75
	quit
	END
	{
		printf 'phase 1 1 rows rows 0\n%s\n' "$failing"
		sleep 0.8
		printf '%s\n' "$failing"
		sleep 0.8
		echo quit
	} | draw live
	grep -q '1 call, waiting: HTTP 503, again in 12 s' err
	{
		printf 'phase 1 1 rows rows 0\n%s\n' "$failing"
		sleep 1
		printf '%s\n' "$failing"
		sleep 1
		echo quit
	} | draw lines
	# once, though it goes on
	[ "$(grep -c 'waiting: HTTP 503, again in 12 s' err)" -eq 1 ]
}

@test "ha-sync-draw: a line of a phase goes on below where the terminal ends" {
	draw lines <<-END
	phase 1 1 rows rows 0
	$(report ha-upsert 8 7654321 0 0 false 1234567 | sed 's/"updated":0,"unchanged":0,"stale":0/"updated":1234567,"unchanged":1234567,"stale":1234567/')
	$(report ha-page 7 7654321 0 12345 false 0 | sed 's/"waited_ms":0/"waited_ms":123456/')
	done 0
	quit
	END
	[ "$(wc -L <err)" -lt 80 ]
	tail -n +2 err | tr -s ' \n' ' ' | grep -qF 'rows 1,234,567 inserted, 1,234,567 updated, 1,234,567 unchanged, 1,234,567 stale; 12,345 calls, waited 123 s; '
}

@test "ha-sync-draw: what is said gives a terminal no orders" {
	printf 'say \033[31mred \302\2332J \342\200\256 \377 ok\nquit\n' |
		draw lines
	[ "$(<err)" = '\x1b[31mred \u009b2J \u202e \xff ok' ]
}

@test "ha-sync-draw: a reader that rests holds up nobody who reports" {
	local n pid
	mkfifo log
	ha-sync-draw fifo $$ live 2<>log 3>&- &
	pid=$!
	{
		echo 'phase 1 1 rows rows 0'
		for ((n = 0; n < 3000; n++)); do
			printf 'say %0100d\n' "$n"
		done
		echo quit
	} >words
	timeout 20 cp words fifo
	cat log >seen 3>&- &
	wait "$pid"
	wait
	grep -q '0000002999' seen
}
