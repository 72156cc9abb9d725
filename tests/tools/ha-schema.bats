#!/usr/bin/env bats
# rooms: source
# ha-schema --check: mistakes of a description, without a database.

load ../helper

# A description that is right, after a jq filter; each part on its own line.
description() { # filter
	jq "$1" >d.json <<-'E'
	{"v":1,"source":"t","base":"https://api.example.com/v1","account":"[0-9]+",
	"envelope":{"rows":".data"},
	"resources":[
	{"name":"owners","path":"/owners","page":{"style":"offset"},"position":".at","key":["id"],
	"columns":{"id":["bigint",".id"],"at":["timestamptz",".at"]},"fields":{"id":"id"},
	"query":{"state":"a b"},"since":[{"from":"{position|date}"}],"index":["at DESC, id"]},
	{"name":"pets","key":["owner_id","n"],
	"columns":{"owner_id":["bigint","$parent.id"],"n":["text",".n"]},
	"each":{"parent":"owners","path":"/owners/{parent.id}/pets","query":{"of":"{parent.id}"},
	"change":"concat_ws(' ', p.at, p.raw_payload->>'x')","replace":true},
	"parents":[{"resource":"owners","column":"owner_id","key":"id"}]}],
	"sync":{"phases":[{"flag":"people","title":"People","resources":["owners","pets"]}]}}
	E
}

# Where "$2" begins in d.json.
place() { # text
	awk -v t="$1" 'i = index($0, t) { print FNR ":" i; exit }' d.json
}

wrong() { # filter, text at the place, words
	description "$1"
	run -78 --separate-stderr ha-schema --check d.json
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "ha-schema: d.json:$(place "$2"): "*"$3"* ]] || {
		echo "$stderr, not at $(place "$2"): $3"
		return 1
	}
}

@test "ha-schema --check: what is right passes, silently, wherever it lies" {
	description .
	unset HA_SOURCES
	run -0 --separate-stderr ha-schema --check d.json
	[ "$output$stderr" = '' ]
	for f in "$HA_ROOT"/lib/sources/*.json "$HA_ROOT"/examples/sources/*.json; do
		run -0 --separate-stderr ha-schema --check "$f"
		[ "$output$stderr" = '' ]
	done
	run -78 --separate-stderr ha-schema --check nowhere.json
	run -64 ha-schema --check
	run -64 ha-schema --check --apply d.json
}

@test "ha-schema --check: JSON that is none is told by line and column" {
	printf '{"v": 1,\n  "source" "t"}\n' >d.json
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == 'ha-schema: d.json:2:'*': '* && $stderr != *byte* ]]
}

@test "ha-schema --check: names of the parent that are not handed on" {
	description '.resources[1].columns.owner_id[1] = "$parent.typo"'
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == *'.columns.owner_id: the parent has no field "typo"; "fields" of owners: id' ]]
	wrong '.resources[1].each.path = "/owners/{parent.typo}"' '"/owners/{parent.typo}"' 'no field "typo"'
	wrong '.resources[1].each.query.of = "{parent.typo}"' '"{parent.typo}"' 'no field "typo"'
	wrong '.resources[0].path = "/owners/{parent.id}"' '"/owners/{parent.id}"' 'there is no parent here'
}

@test "ha-schema --check: {position} where there is none, {secret} outside of auth" {
	wrong '.resources[1].each.path = "/p/{parent.id}/{position|date}"' '"/p/{parent.id}' '{position}'
	wrong '.resources[1].each.query.of = "{position}"' '"{position}"' '{position}'
	wrong '.resources[0].query.state = "{position}"' '"{position}"' '{position}'
	wrong '.resources[0].query.state = "{secret}"' '"{secret}"' '{secret}'
}

@test "ha-schema --check: addresses: the base, paths, accounts" {
	for base in api.example.com ftp://api.example.com https://api.example.com/ \
	    http://api.example.com 'https://api.example.com/v1?x=1' 'https://api example.com' https://; do
		wrong ".base = \"$base\"" "\"$base\"" 'https://host/path'
	done
	description '.base = "http://127.0.0.1:8080/v1"'
	ha-schema --check d.json
	wrong '.resources[1].each.path = "o/{parent.id}"' '"o/{parent.id}"' 'must begin with a slash'
	wrong '.account = "[0-9"' '"[0-9"' 'regular expression'
	for name in ha pg_x public; do
		wrong ".source = \"$name\"" "\"$name\"" 'schema'
	done
}

@test "ha-schema --check: columns that indexes and SQL name, those that a table has anyway" {
	wrong '.resources[0].index = ["id", "att, id"]' '"att, id"' 'no column "att"'
	wrong '.resources[1].each.change = "p.typo::text"' '"p.typo::text"' 'no column p.typo'
	wrong '.resources[1].each.change = "concat(p.at"' '"concat(p.at"' 'no SQL expression'
	for name in xmin ha_ord version raw_payload; do
		description ".resources[0].columns[\"$name\"] = [\"text\", \".x\"]"
		run -78 --separate-stderr ha-schema --check d.json
		[[ $stderr == *"$name"* ]]
	done
	description '.resources[0].index = ["lower(raw_payload->>'"'x'"')"]'
	ha-schema --check d.json
}

@test "ha-schema --check: a type that cannot be a key, replace without parents, jq, phases" {
	description '.resources[0].columns.id[0] = "double" | del(.resources[1], .sync)'
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == *'double precision, which cannot be a key' ]]
	description '.resources[1].parents = []'
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == *'"replace" needs owners in "parents"' ]]
	description '.resources[0].columns.at[1] = ".at | nothing_of_jq"'
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == *d.json:*.columns.at* ]]
	for flag in all full force dry-run account version; do
		description ".sync.phases[0].flag = \"$flag\""
		run -78 --separate-stderr ha-schema --check d.json
		[[ $stderr == *"--$flag is an option of ha-sync" ]]
	done
	description '.sync.phases[0].resources = ["owners", "cats"]'
	run -78 --separate-stderr ha-schema --check d.json
	[[ $stderr == *'no "cats"' ]]
}
