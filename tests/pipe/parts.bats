#!/usr/bin/env bats
# Two resources in one table, and children that came with their parent.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

sql() { psql -XAtqc "$1"; }

# Threads of two kinds, and what was said in them.
setup() {
	pg_fresh
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
	"page":{"style":"walk","by":"offset","size":2}},
	"columns":{"id":["text",".id"],"thread":["text","$parent.id"],"at":["timestamptz",".at"]}}]}
	E
	export HA_SOURCES=$PWD
	ha-schema talk | psql -Xq
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

@test "first: a page that PostgreSQL refuses does not keep its parent out" {
	mkdir data
	echo '{"id":"x","at":"2026-01-03","said":{"data":[{"id":"m","t":"\u0000"}],"paging":{"next":"https://x/?token=T"}}}' >data/threads.ndjson
	echo '{"id":"y","at":"2026-01-03","said":{"data":[],"paging":{"next":"https://x/?token=T"}}}' >>data/threads.ndjson
	mock_up --limits none --data data talk
	HA_TOKEN=mock-token ha-page -a 1 talk/threads >out
	mock_down
	! grep -q 'token=T' out
	[ "$(jq -c 'select(.id) | .said' out)" = $'"-"\n{"data":[],"paging":{"next":"-"}}' ]
	ha-upsert <out
	[ "$(sql 'SELECT count(*) FROM talk.threads')" -eq 2 ]
}
