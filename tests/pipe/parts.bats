#!/usr/bin/env bats
# rooms: upsert stage
# Two resources in one table, and children that came with their parent.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

sql() { psql -XAtqc "$1"; }

# Threads of two kinds, and what was said in them.
setup() {
	cat >talk.json <<-'E'
	{"v":1,"source":"talk","base":"https://api.example.com","envelope":{"rows":".data","next":".paging.next"},
	"resources":[
	{"name":"threads","path":"/threads","query":{"kind":"a"},"page":{"style":"none"},"table":"threads","part":"kind",
	"key":["id"],"columns":{"id":["text",".id"],"kind":["text","\"a\""],"at":["timestamptz",".at"]},
	"ignore":[".said"],"blank":[".said.paging.next"],"fragile":[".said"],"fields":{"id":"id"}},
	{"name":"others","path":"/threads","query":{"kind":"b"},"page":{"style":"none"},"table":"threads","part":"kind",
	"key":["id"],"columns":{"id":["text",".id"],"kind":["text","\"b\""],"at":["timestamptz",".at"]}},
	{"name":"words","position":".at","key":["id"],
	"each":{"parent":"threads","path":"/{parent.id}/words","change":"p.at","since":"c.change_key","first":".said",
	"page":{"style":"walk","by":"link","size":2}},
	"columns":{"id":["text",".id"],"thread":["text","$parent.id"],"at":["timestamptz",".at"]}}]}
	E
	export HA_SOURCES=$PWD
	pg_fresh talk
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('talk', '1')"
}

begin() { # resource
	echo '{"@ha":"begin","v":1,"source":"talk","resource":"'"$1"'","account":"1","mode":"full","run":"00000000-0000-4000-8000-000000000001"}'
}
end() { echo '{"@ha":"end","records":'"$1"',"complete":true}'; }

@test "part: each resource has its own rows of the table" {
	{ begin threads; echo '{"id":"x"}'; echo '{"id":"y"}'; end 2; } | ha-upsert
	{ begin others; echo '{"id":"z"}'; end 1; } | ha-upsert
	[ "$(sql 'SELECT id, kind FROM talk.threads ORDER BY id')" = $'x|a\ny|a\nz|b' ]
	# gone of one kind, none of the other
	{ begin others; echo '{"id":"w"}'; end 1; } | ha-upsert --prune --max-delete 100
	[ "$(sql 'SELECT id FROM talk.threads WHERE deleted_at IS NULL ORDER BY id' | tr '\n' ' ')" = 'w x y ' ]
	{ begin threads; echo '{"id":"x"}'; end 1; } | ha-upsert --prune --max-delete 100
	[ "$(sql 'SELECT id FROM talk.threads WHERE deleted_at IS NULL ORDER BY id' | tr '\n' ' ')" = 'w x ' ]
}

@test "part: without it, or with other columns, no table is shared" {
	jq '.resources[1].part = null' talk.json >t && cp t talk.json
	run -78 ha-schema talk
	[[ $output == *'its table is that of threads'* ]]
	jq '.resources[1].part = "kind" | .resources[1].columns.more = ["text", ".m"]' t >talk.json
	run -78 ha-schema talk
	[[ $output == *'columns or key differ'* ]]
	jq '.resources[0].part = "at" | .resources[1].part = "at"' t >talk.json
	run -78 ha-schema talk
	[[ $output == *'a text that is always the same'* ]]
}

# The questions for the pending threads' words.
questions() {
	ha-synclog pending -a 1 talk/words | ha-page --each -n -a 1 talk/words
}

said() { # at, next
	printf '{"id":"x","at":"2026-01-0%dT00:00:00Z","said":{"data":[{"id":"m3","at":"2026-01-03T00:00:00Z"},{"id":"m2","at":"2026-01-02T00:00:00Z"},{"id":"m1","at":"2026-01-01T00:00:00Z"}]' "$1"
	printf "%s}}\n" "${2:+,\"paging\":{\"next\":\"$2\"\}}"
}

@test "first: what came with the parent is asked for only if it is not all" {
	{ begin threads; said 3; end 1; } | ha-upsert
	[ -z "$(questions)" ]
	{ begin threads; said 4 -; end 1; } | ha-upsert
	[ "$(questions)" = 'GET /x/words?limit=2' ]
	# what reaches back to what is stored is enough; of one row, it may be
	# its time alone that does
	sql "INSERT INTO ha.children (source, resource, account_id, parent_key, change_key) VALUES ('talk', 'words', '1', 'x', '2026-01-02 12:00:00+00')"
	[ -z "$(questions)" ]
	[ "$(ha-synclog pending -a 1 talk/words | jq -c 'select(.id) | [.since, .first.data[1].id]')" = \
	    '["2026-01-02 12:00:00+00","m2"]' ]
	sql "UPDATE ha.children SET change_key = '2026-01-01 12:00:00+00'"
	[ "$(questions)" = 'GET /x/words?limit=2' ]
	# all again, whatever is stored
	[ "$(ha-synclog pending --all -a 1 talk/words | jq -c 'select(.id) | .since')" = null ]
}

@test "first: its rows are the group, and the open mark is without it" {
	export HA_TOKEN=t
	{ begin threads; said 3; end 1; } | ha-upsert
	ha-synclog pending -a 1 talk/words >parents
	run -0 --separate-stderr ha-page --each -a 1 talk/words <parents
	[ "$(jq -c 'select(."@ha" == "open") | .parent | keys' <<<"$output")" = '["change","id","since"]' ]
	[ "$(grep -v '^{"@ha"' <<<"$output" | jq -r .id | tr '\n' ' ')" = 'm3 m2 m1 ' ]
	[ "$(tail -n 1 <<<"$output" | jq -c '[.complete, .calls // 0]')" = '[true,0]' ]
	ha-upsert <<<"$output"
	[ "$(sql 'SELECT id, thread FROM talk.words ORDER BY id')" = $'m1|x\nm2|x\nm3|x' ]
	[ -z "$(ha-synclog pending -a 1 talk/words | jq -c 'select(.id)')" ]
}

@test "first: a page that PostgreSQL refuses does not keep its parent out" {
	mkdir data
	echo '{"id":"x","at":"2026-01-03","said":{"data":[{"id":"m","t":"\u0000"}],"paging":{"next":"https://x/?token=T"}}}' >data/threads.ndjson
	echo '{"id":"y","at":"2026-01-03","said":{"data":[],"paging":{"next":"https://x/?token=T"}}}' >>data/threads.ndjson
	mock_up --limits none --data data talk
	HA_TOKEN=mock-token ha-page -a 1 talk/threads >out
	mock_down
	! grep -q 'token=T' out || false
	[ "$(jq -c 'select(.id) | .said' out)" = $'"-"\n{"data":[],"paging":{"next":"-"}}' ]
	ha-upsert <out
	[ "$(sql 'SELECT count(*) FROM talk.threads')" -eq 2 ]
}
