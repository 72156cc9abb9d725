# rooms: collect page api
load ../helper

# Children of parents of which some cannot be asked for, or have none.

setup() {
	cat >pms.json <<'EOF'
{"v": 1, "source": "pms", "base": "https://api.example.com/v1",
 "auth": {"style": "bearer", "header": "Authorization: Bearer {token}"},
 "envelope": {"rows": ".rows"},
 "resources": [
 {"name": "homes", "path": "/homes", "page": {"style": "none"}, "key": ["id"],
  "fields": {"id": "id"}, "columns": {"id": ["text", ".id"]}},
 {"name": "kids", "key": ["id"], "columns": {"id": ["text", ".id"],
   "home": ["text", "$parent.id"]},
  "parents": [{"resource": "homes", "column": "home", "key": "id"}],
  "each": {"parent": "homes", "path": "/homes/{parent.id}/kids",
   "page": {"style": "none"}, "refresh": "1h", "replace": true}}]}
EOF
	export HA_SOURCES=$PWD HA_TOKEN=x
}

teardown() {
	[ -z "${PEER_PID:-}" ] || kill "$PEER_PID"
}

peer_up() { # the script is standard input
	cat >script
	"${HA_PEERS:-$HA_ROOT/build/release/peer}/peer" script log >url \
	    3>&- 4>&- &
	PEER_PID=$!
	until [ -s url ]; do sleep 0.02; done
	HA_BASE_URL=$(cat url)
	export HA_BASE_URL
}

parents() { # id ...
	printf '{"id":"%s"}\n' "$@"
}

keys() {
	grep -v '^{"@ha"' out | jq -r .id | paste -sd' ' -
}

@test "--each: a parent that is not ours to see is refused, the others come" {
	peer_up <<-'EOS'
		* GET /homes/a/ 403 -- {"message":"no"}
		* GET /homes/c/ 403 -- {"message":"no"}
		* GET /homes/b/ 200 -- {"rows":[{"id":"of b"}]}
		* GET /homes/d/ 200 -- {"rows":[{"id":"of d"}]}
	EOS
	parents a b c d >in
	run -1 --separate-stderr ha-page --each -j 1 pms/kids <in
	printf '%s\n' "$output" >out
	[ "$(keys)" = 'of b of d' ]
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 2 ]
	[ "$(tail -n 1 out | jq -c '[.complete, .parents, .refused]')" = \
	    '[true,4,2]' ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ ${stderr_lines[0]} == 'ha-page: homes "a" is refused: '*'HTTP 403'* ]]
	[[ ${stderr_lines[1]} == 'ha-page: homes "c" is refused: '*'HTTP 403'* ]]
	[ "$(wc -l <log)" -eq 4 ]
}

@test "--each: a token that is good for nobody is 77" {
	peer_up <<-'EOS'
		* GET / 403 -- {"message":"no"}
	EOS
	parents a b c >in
	run -77 --separate-stderr ha-page --each -j 1 pms/kids <in
	[ "$(tail -n 1 log)" = 'GET /homes 403' ]
	[ "$(wc -l <log)" -eq 4 ]
	: >log
	run -77 --separate-stderr ha-page --each -j 1 pms/kids < <(parents a)
}

@test "--each: a token that the far side does not take is 77, whoever the parents are" {
	peer_up <<-'EOS'
		* GET / 401 -- {"message":"no"}
	EOS
	parents a b c >in
	run -77 --separate-stderr ha-page --each -j 1 pms/kids <in
	[[ $stderr != *'is refused'* ]]
	run ! grep -q 'GET /homes 401' log
}

@test "--each: an id that asks for another address is refused by name" {
	peer_up <<-'EOS'
		* GET /homes/a/kids 200 -- {"rows":[{"id":"of a"}]}
		* GET /homes/.../kids 200 -- {"rows":[{"id":"of ..."}]}
		* GET /homes/%2F/kids 200 -- {"rows":[{"id":"of /"}]}
	EOS
	parents a .. . '' ... / >in
	run -1 --separate-stderr ha-page --each -j 2 pms/kids <in
	printf '%s\n' "$output" >out
	cat out >&2; [ "$(keys | tr ' ' '\n' | sort | paste -sd' ' -)" = '... / a of of of' ]
	[ "$(tail -n 1 out | jq .refused)" -eq 3 ]
	[[ $stderr == *'homes ".." is refused: '* ]]
	[[ $stderr == *'homes "." is refused: '* ]]
	[[ $stderr == *'homes "" is refused: '* ]]
	[ "$(wc -l <log)" -eq 3 ]
}

@test "--each: what the statuses of success say" {
	peer_up <<-'EOS'
		* GET /homes/201/ 201 -- {"rows":[{"id":"c"}]}
		* GET /homes/204/ 204 --
		* GET /homes/205/ 205 --
		* GET /homes/206/ 206 H:Content-Range=items -- {"rows":[{"id":"p"}]}
	EOS
	parents 201 204 205 206 >in
	run -0 --separate-stderr ha-page --each -j 1 pms/kids <in
	printf '%s\n' "$output" >out
	[ "$(keys)" = 'c p' ]
	[ "$(grep -c '^{"@ha":"close"' out)" -eq 4 ]
}

@test "--each: 202 and a part of the body are no answers" {
	peer_up <<-'EOS'
		1 GET /homes/a/ 202 H:Retry-After=0 -- {"rows":[]}
		* GET /homes/a/ 200 -- {"rows":[{"id":"ready"}]}
		* GET /homes/b/ 202 H:Retry-After=0 -- {"rows":[]}
	EOS
	run -0 --separate-stderr ha-page --each pms/kids < <(parents a)
	printf '%s\n' "$output" >out
	[ "$(keys)" = ready ]
	run -75 --separate-stderr ha-page --each -T 2s pms/kids < <(parents b)
	[[ $stderr == *'HTTP 202: not ready yet'* ]]
	run ! grep -q '^{"@ha":"close"' <<<"$output"
}

# A page of four rows: good, with a bad byte, too deep, good.
broken_page() {
	printf '{"rows":[{"id":"1","x":"\xc3\xa9"},{"id":"2","x":"a\xffb"},{"id":"3","x":'
	printf '[%.0s' {1..600}
	printf ']%.0s' {1..600}
	printf '},{"id":"4"}]}'
}

@test "bytes that are no JSON cost their record, and travel as a bad mark" {
	{
		printf '* GET /homes 200 -- '
		broken_page
		echo
	} >page
	peer_up <page
	run -0 --separate-stderr ha-page pms/homes
	printf '%s\n' "$output" >out
	[ "$(keys)" = '1 4' ]
	[ "$(jq -c 'select(."@ha" == "bad") | [.key, .why]' out | paste -sd' ' -)" = \
	    '["2","byte 17: not UTF-8"] ["3","byte 526: nested deeper than 512"]' ]
	[ "$(jq -r 'select(."@ha" == "bad" and .key == "2").text' out | base64 -d)" = \
	    "$(printf '{"id":"2","x":"a\xffb"}')" ]
	[ "$(tail -n 1 out | jq -c '[.records, .complete]')" = '[2,true]' ]
	run -1 --separate-stderr ha-page -P pms/homes
	[ "$(wc -l <<<"$output")" -eq 2 ]
	[ "${#stderr_lines[@]}" -eq 2 ]
}

@test "a row that is longer than a line costs itself; of a bad parent --each asks nothing" {
	{
		printf '* GET /homes/1/kids 200 -- {"rows":[{"id":"a"}]}\n'
		printf '* GET /homes/3/kids 200 -- {"rows":[{"id":"b"}]}\n'
		printf '* GET /homes 200 -- {"rows":[{"id":"1"},{"id":"2","x":"'
		head -c 68157440 /dev/zero | tr '\0' x
		printf '"},{"id":"3"}]}\n'
	} >page
	peer_up <page
	run -0 --separate-stderr ha-page pms/homes
	printf '%s\n' "$output" >out
	[ "$(keys)" = '1 3' ]
	jq -r 'select(."@ha" == "bad") | [.key, .why] | @tsv' out >bad
	[ "$(cat bad)" = $'2\tlonger than a line of 64 MiB; of 68157457 bytes the beginning is kept' ]
	[ "$(jq -r 'select(."@ha" == "bad").text' out | base64 -d | head -c 14)" = '{"id":"2","x":' ]
	cp out homes
	run -1 --separate-stderr ha-page --each pms/kids <homes
	printf '%s\n' "$output" >out
	[[ $(keys) =~ ^(a b|b a)$ ]]
	[[ $stderr == *'a homes record is refused: longer than a line of 64 MiB'* ]]
	[ "$(tail -n 1 out | jq -c '[.refused, .complete]')" = '[1,true]' ]
}
