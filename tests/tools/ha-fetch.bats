# rooms: api
load ../helper

setup_file() {
	pg_up
	psql -Xq -f "$HA_ROOT/lib/sql/ha.sql" >/dev/null 2>&1
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
	ha-account keygen
	echo "correct-horse" >"$BATS_FILE_TMPDIR/secret"
	ha-account add --secret-file "$BATS_FILE_TMPDIR/secret" hostaway 59808
	export PEER=${HA_PEERS:-$HA_ROOT/build/release/peer}
}

teardown_file() {
	pg_down
}

# The script of the far side is standard input.
peer_up() {
	local tries
	cat >script
	: >url
	"$PEER/peer" script log >url 3>&- 4>&- &
	echo $! >peer.pid
	for ((tries = 0; tries < 500; tries++)); do
		[ -s url ] && break
		sleep 0.01
	done
	[ -s url ] || return 1
	HA_BASE_URL=$(cat url)
	export HA_BASE_URL
}

# A token given by hand: no database is asked.
by_hand() {
	export HA_TOKEN=tok-by-hand HA_DATABASE_URL=postgresql:///nowhere
}

forget_token() {
	ha-account token --drop hostaway 59808
}

teardown() {
	[ ! -f peer.pid ] || kill "$(cat peer.pid)"
}

ok='{"status":"success","result":[{"id":1,"price":1.10}],"count":1}'

@test "the body is printed as it came, with a line feed at its end" {
	by_hand
	peer_up <<<"* GET /x 200 -- $ok"
	run -0 --separate-stderr ha-fetch hostaway '/x?limit=2'
	[ "$output" = "$ok" ]
	[ -z "$stderr" ]
	[ "$(cat log)" = "GET /x?limit=2 200" ]
	ha-fetch hostaway /x | tail -c 1 | od -c | grep -q '\\n'
}

@test "-v counts on standard error" {
	by_hand
	peer_up <<<"* GET / 200 -- $ok"
	run -0 --separate-stderr ha-fetch -v hostaway /x
	[[ $stderr == "ha-fetch: HTTP 200, ${#ok} bytes, "*" ms, 1 calls, 0 retries, waited 0 ms" ]]
}

@test "a compressed, a slow and an unframed body arrive whole" {
	by_hand
	peer_up <<-EOS
		1 GET /gzip 200 gzip -- $ok
		1 GET /drip 200 drip=20 -- $ok
		1 GET /close 200 close -- $ok
	EOS
	for path in /gzip /drip /close; do
		run -0 --separate-stderr ha-fetch hostaway $path
		[ "$output" = "$ok" ]
	done
}

# Each fault stands before one good answer to the same path; all at once.
@test "5xx, 408, 425, resets, cut bodies, HTML and emptiness are tried again" {
	by_hand
	peer_up <<-EOS
		1 GET /500 500 -- {"status":"fail","message":"oops"}
		1 GET /502 502 -- <html>Bad gateway</html>
		1 GET /408 408 --
		1 GET /425 425 --
		1 GET /reset 200 reset --
		1 GET /half 200 cut=20 -- $ok
		1 GET /zip 200 gzip cut=30 -- $ok
		1 GET /close 200 close cut=20 -- $ok
		1 GET /html 200 -- <html>Please wait</html>
		1 GET /empty 200 --
		1 GET /fail 200 -- {"status":"fail","result":"busy"}
		* GET / 200 -- $ok
	EOS
	n=0
	for path in 500 502 408 425 reset half zip close html empty fail; do
		ha-fetch hostaway /$path >"$path" 3>&- 4>&- &
		pids[n++]=$!
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	for path in 500 502 408 425 reset half zip close html empty fail; do
		[ "$(cat $path)" = "$ok" ]
		[ "$(grep -c "GET /$path " log)" -eq 2 ]
	done
}

@test "400, 404 and 422 are final, with the far side's text" {
	by_hand
	peer_up <<-EOS
		* GET /400 400 -- {"status":"fail","message":"limit is bad"}
		* GET /404 404 -- {"status":"fail","result":"Resource not found"}
		* GET /422 422 -- <html>no</html>
	EOS
	run -69 ha-fetch hostaway '/400?guestEmail=a@example.com'
	[ "$output" = "ha-fetch: hostaway: GET /400: HTTP 400: limit is bad" ]
	run -69 ha-fetch hostaway /404
	[ "$output" = "ha-fetch: hostaway: GET /404: HTTP 404: Resource not found" ]
	run -69 ha-fetch hostaway /422
	[ "$output" = "ha-fetch: hostaway: GET /422: HTTP 422" ]
	[ "$(wc -l <log)" -eq 3 ]
}

@test "a message of the far side is one short line without the token" {
	by_hand
	long=$(printf 'x%.0s' {1..2000})
	peer_up <<-EOS
		1 GET /x 404 -- {"message":"bad token tok-by-hand\\u001b[2J\\nSecond"}
		1 GET /x 404 -- {"message":"$long"}
	EOS
	run -69 ha-fetch hostaway /x
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'bad token ***********\x1b[2J\x0aSecond' ]]
	run -69 ha-fetch hostaway /x
	[ "${#output}" -lt 400 ]
}

@test "a redirect is an error, and the token stays here" {
	by_hand
	peer_up <<<"* GET / 302 H:Location=http://127.0.0.1:1/else --"
	run -76 ha-fetch hostaway /x
	[[ $output == *"GET /x: HTTP 302: a redirect, and these are not followed" ]]
	[ "$(wc -l <log)" -eq 1 ]
}

@test "an error inside a 200 that stays is one, with its text" {
	by_hand
	peer_up <<<'* GET / 200 -- {"status":"fail","result":"no such unit"}'
	run -69 ha-fetch hostaway /x
	[[ $output == *"GET /x: HTTP 200 with an error inside: no such unit" ]]
	[ "$(wc -l <log)" -eq 5 ]
}

@test "a body of more than a mebibyte is looked at as any other" {
	local pad
	by_hand
	printf -v pad %01200000d 0
	peer_up <<<"* GET / 200 -- {\"pad\":\"$pad\",\"status\":\"fail\",\"result\":\"no such unit\"}"
	run -69 ha-fetch hostaway /x
	[[ $output == *"GET /x: HTTP 200 with an error inside" ]]
	kill "$(cat peer.pid)"
	peer_up <<<"* GET / 200 -- {\"status\":\"success\",\"result\":[\"$pad\",}]}"
	run -76 ha-fetch hostaway /x
	[[ $output == *"GET /x: HTTP 200 with a body that is not JSON"* ]]
}

@test "a far side that is away is named after the first try that failed" {
	by_hand
	peer_up <<-EOS
		4 GET / 503 -- {}
		* GET / 200 -- $ok
	EOS
	run -0 --separate-stderr ha-fetch hostaway /x
	# once, though three more tries fail
	[[ $stderr =~ ^ha-fetch:\ hostaway:\ HTTP\ 503\;\ again\ in\ [0-9.]+\ s$ ]]
}

@test "a 429 is waited for as X-RateLimit-Retry-After says, a time" {
	by_hand
	peer_up <<-EOS
		1 GET / 429 H:X-RateLimit-Retry-After=@+1 H:Date=date+0 -- {}
		* GET / 200 -- $ok
	EOS
	run -0 --separate-stderr ha-fetch -v hostaway /x
	[ "$(awk '{ print $3 }' log)" = $'429\n200' ]
	[[ $stderr =~ waited\ ([0-9]+)\ ms ]]
	waited=${BASH_REMATCH[1]}
	[ "$waited" -ge 900 ]
}

@test "a 429 is waited for as Retry-After says, seconds" {
	by_hand
	peer_up <<-EOS
		1 GET / 429 H:Retry-After=1 -- {}
		* GET / 200 -- $ok
	EOS
	run -0 --separate-stderr ha-fetch -v hostaway /x
	[[ $stderr =~ waited\ ([0-9]+)\ ms ]]
	waited=${BASH_REMATCH[1]}
	[ "$waited" -ge 1000 ]
}

@test "a 429 without a time is waited for as the description says" {
	by_hand
	peer_up <<<'* GET / 429 -- {"message":"Rate limit exceeded"}'
	run -75 ha-fetch -T 2s hostaway /x
	[[ $output == *"1 try failed and the time is spent: HTTP 429: Rate limit exceeded" ]]
	[ "$(wc -l <log)" -eq 1 ]
}

@test "a 429 of one stops all" {
	by_hand
	peer_up <<<'* GET / 429 H:Retry-After=30 -- {}'
	run -75 ha-fetch -T 1s hostaway /x
	run -75 ha-fetch -T 1s hostaway /y
	[[ $output == *"the limiter lets no call start for "*" s, and the time ends before" ]]
	[ "$(cat log)" = "GET /x 429" ]
}

@test "HTML that stays is an answer that cannot be" {
	by_hand
	peer_up <<<'* GET / 200 -- <!DOCTYPE html>'
	run -76 ha-fetch hostaway /x
	[[ $output == *"HTTP 200 with HTML in place of JSON" ]]
	[ "$(wc -l <log)" -eq 5 ]
}

@test "a far side that stalls costs no more than -T" {
	by_hand
	peer_up <<<"* GET / 200 stall=20000 -- $ok"
	SECONDS=0
	run -75 ha-fetch -T 1s hostaway /x
	[ "$SECONDS" -lt 10 ]
	[[ $output == *"and the time is spent"* ]]
}

@test "the breaker opens after many failures in a row, for all processes" {
	by_hand
	peer_up <<<'* GET / 500 --'
	TIMEOUT=2000 run -75 "$PEER/many" hostaway 25 25 /x
	run -75 ha-fetch -T 2s hostaway /y
	[[ $output == *"the breaker is open after many failures in a row"* ]]
	! grep -q /y log
}

@test "only the far side itself gets the token: http is for loopback" {
	by_hand
	HA_BASE_URL=http://example.com/v1 run -78 ha-fetch hostaway /x
	[[ $output == *"only https, or http to this machine itself" ]]
	HA_BASE_URL=ftp://localhost run -78 ha-fetch hostaway /x
	HA_BASE_URL=https://me:pw@example.com run -78 ha-fetch hostaway /x
	[[ $output != *pw* ]]
	peer_up <<<"* GET / 200 -- $ok"
	run -64 ha-fetch hostaway https://example.com/x
	run -64 ha-fetch hostaway x
	run -64 ha-fetch hostaway '/x y'
	run -0 ha-fetch hostaway "$HA_BASE_URL/x"
	[ "$(wc -l <log)" -eq 1 ]
}

@test "a token is minted, settled, cached and used again" {
	forget_token
	peer_up <<-EOS
		secret correct-horse
		guard 1000
		* POST /accessTokens 200 token --
		* GET / 200 -- $ok
	EOS
	run -0 ha-fetch hostaway /x
	[ "$output" = "$ok" ]
	run -0 ha-fetch -a 59808 hostaway /y
	[ "$(cat log)" = $'POST /accessTokens 200\nGET /x 200\nGET /y 200' ]
}

@test "a wrapped token answer is one, too" {
	forget_token
	peer_up <<-EOS
		guard 1000
		1 POST /accessTokens 500 --
		* POST /accessTokens 200 token wrapped --
		* GET / 200 -- $ok
	EOS
	run -0 ha-fetch hostaway /x
	[ "$(tail -n 1 log)" = "GET /x 200" ]
}

@test "a 403 in the middle of a run mints once for all calls in flight" {
	forget_token
	peer_up <<-EOS
		guard 1000
		* POST /accessTokens 200 token --
		1 GET /x 200 -- $ok
		1 GET /y 403 revoke --
		* GET / 200 stall=50 -- $ok
	EOS
	run -0 ha-fetch hostaway /x
	run -0 --separate-stderr "$PEER/many" hostaway 20 20 /y
	[ "$(sort <<<"$output" | uniq -c | tr -s ' ')" = " 20 200" ]
	[ "$(grep -c '^POST' log)" -eq 2 ]
	[ "$(grep -c '^GET /y 403' log)" -eq 20 ]
}

@test "two processes that need a token at once mint one" {
	forget_token
	peer_up <<-EOS
		guard 1000
		* POST /accessTokens 200 token stall=100 --
		* GET / 200 -- $ok
	EOS
	for i in 1 2 3 4; do
		ha-fetch hostaway /x$i >out$i 3>&- 4>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(grep -c '^POST' log)" -eq 1 ]
	[ "$(cat out? | uniq -c | tr -s ' ')" = " 4 $ok" ]
}

@test "credentials that are refused anew fail with 77, not in a loop" {
	forget_token
	peer_up <<-EOS
		* POST /accessTokens 200 token --
		* GET / 403 -- {"status":"fail","message":"Forbidden"}
	EOS
	run -77 ha-fetch hostaway /x
	[[ $output == *"GET /x: credentials refused: HTTP 403: Forbidden" ]]
	[ "$(grep -c '^POST' log)" -le 2 ]
	[ "$(grep -c '^GET' log)" -eq 2 ]
	export HA_TOKEN=tok-1
	: >log
	run -77 ha-fetch hostaway /x
	[ "$(cat log)" = "GET /x 403" ]
}

@test "a wrong secret is refused, and never shown" {
	forget_token
	peer_up <<-EOS
		secret another-horse
		* POST /accessTokens 200 token --
	EOS
	run -77 ha-fetch hostaway /x
	[ "$output" = "ha-fetch: hostaway: GET /x: POST /accessTokens: credentials refused: HTTP 401: Client authentication failed" ]
	[ "$(wc -l <log)" -eq 1 ]
}

@test "without a database or a token the message says what is missing" {
	export HA_DATABASE_URL="postgresql:///x?host=$PWD"
	run -75 ha-fetch hostaway /x
	[[ $output == *"without HA_TOKEN the token is in the database"* ]]
}

@test "a tape holds no secret, and is served back without network" {
	forget_token
	peer_up <<-EOS
		guard 1000
		* POST /accessTokens 200 token --
		1 GET /x 500 --
		1 GET /x 200 gzip -- {"status":"success","result":["tok-1"]}
		1 GET /x 200 -- $ok
	EOS
	export HA_TAPE=$PWD/tape
	run -0 ha-fetch -a 59808 hostaway '/x?a=1'
	run -0 ha-fetch -a 59808 hostaway '/x?a=1'
	[ "$(stat -c %a tape)" = 700 ]
	! grep -rqE 'tok-|correct-horse|Bearer' tape || false
	unset HA_TAPE
	kill "$(cat peer.pid)"
	rm peer.pid
	export HA_REPLAY=$PWD/tape HA_DATABASE_URL=postgresql:///nowhere
	unset HA_BASE_URL
	run -0 --separate-stderr "$PEER/many" hostaway 2 1 '/x?a=1'
	[ "$output" = $'200\n200' ]
	run -0 ha-fetch hostaway '/x?a=1'
	[ "$output" = '{"status":"success","result":["*****"]}' ]
	run -66 ha-fetch hostaway '/x?a=2'
	[[ $output == *"GET /x: HA_REPLAY: not in $PWD/tape" ]]
	HA_REPLAY=$PWD/none run -66 ha-fetch hostaway /x
	HA_TAPE=$PWD/t run -64 ha-fetch hostaway /x
}

@test "HA_LIMIT lowers the limits, and only that" {
	by_hand
	peer_up <<<"* GET / 200 -- $ok"
	export HA_LIMIT=2/1h
	run -0 ha-fetch hostaway /x
	run -0 ha-fetch hostaway /x
	run -75 ha-fetch -T 1s hostaway /x
	[[ $output == *"the limiter lets no call start"* ]]
	[ "$(wc -l <log)" -eq 2 ]
	HA_LIMIT=much run -78 ha-fetch hostaway /x
}

@test "no call is refused with 1 and with 8 processes on a strict far side" {
	by_hand
	sed -e 's/"window": "10s"/"window": "500ms"/' \
	    "$HA_SOURCES/hostaway.json" >hostaway.json
	cp "$HA_SOURCES"/*.sql . 2>/dev/null || true
	export HA_SOURCES=$PWD HA_LIMIT=50/500ms
	peer_up <<-EOS
		rate 50 300
		* GET / 200 -- $ok
	EOS
	run -0 "$PEER/many" hostaway 100 8 /one
	for i in 1 2 3 4 5 6 7 8; do
		"$PEER/many" hostaway 13 4 /eight >/dev/null 2>&1 3>&- 4>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(grep -c ' 200$' log)" -eq 204 ]
	! grep -v ' 200$' log
}

@test "an answer without content is one: nothing is printed" {
	peer_up <<-'EOS'
		* GET / 204 --
	EOS
	HA_TOKEN=x run -0 --separate-stderr ha-fetch hostaway /x
	[ -z "$output$stderr" ]
}
