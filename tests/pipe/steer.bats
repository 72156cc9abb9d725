#!/usr/bin/env bats
# rooms: upsert table
# What steers is data, too: versions and times that are missing, of another
# kind or still to come decide nothing for other rows. Over all three sources.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

sql() { psql -XAtqc "$1"; }

# source resource table key version: what follows needs
use() {
	source=$1 resource=$2 table=$3 key=$4 version=$5
	pg_fresh "$source"
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('$source', 'a')"
}

each_source() { # a function, called with one record's resource in use
	use hostaway listings hostaway.listings id latestActivityOn
	"$@"
	use reso property reso.property ListingKey ModificationTimestamp
	"$@"
	use messenger conversations messenger.conversation_rows id updated_time
	"$@"
}

# n is the key, text what changes, time the version: JSON, or nothing
record() { # n, text, time
	local id=\"k$1\"
	[ "$source" != hostaway ] || id=$1
	echo "{\"$key\":$id,\"x\":\"$2\"${3:+,\"$version\":$3}}"
}

section() { # mode [cursor]; records on standard input
	local lines
	lines=$(cat)
	echo "{\"@ha\":\"begin\",\"v\":1,\"source\":\"$source\",\"resource\":\"$resource\",\"account\":\"a\",\"mode\":\"$1\"}"
	[ -z "${clock:-}" ] || echo "{\"@ha\":\"clock\",\"date\":\"$clock\"}"
	[ -z "$lines" ] || echo "$lines"
	echo "{\"@ha\":\"end\",\"records\":$(grep -c . <<<"$lines"),\"complete\":true}"
}

rows() { # x of the rows that are there
	sql "SELECT coalesce(string_agg(raw_payload->>'x', ' ' ORDER BY raw_payload->>'$key'), '')
		FROM $table WHERE deleted_at IS NULL"
}

vanishes() {
	[ "$source" != messenger ] || return 0 # a thread without its time is refused
	{ record 1 old '"2026-01-01T00:00:00Z"'; record 2 old '"2026-01-01T00:00:00Z"'; } |
		section since | ha-upsert
	{ record 1 new; record 2 new null; } | section since >in
	run -0 --separate-stderr ha-upsert in
	[[ $stderr == *"$source/$resource: versions are missing: 2 rows that had "* ]]
	[ "$(rows)" = 'new new' ]
	before=$(sql "SELECT string_agg(xmin::text, ' ') FROM $table")
	run -0 --separate-stderr ha-upsert in
	[ "$stderr" = '' ]
	[ "$before" = "$(sql "SELECT string_agg(xmin::text, ' ') FROM $table")" ]
	# and back again
	record 1 last '"2025-06-01T00:00:00Z"' | section since | ha-upsert
	[ "$(rows)" = 'last new' ]
}

@test "a version that vanishes is unknown, not older: the row is stored, and that is said once" {
	each_source vanishes
}

corrected() {
	record 1 wrong '"2097-01-01T00:00:00Z"' | section since >in
	run -0 --separate-stderr ha-upsert in
	[[ $stderr == *"$source/$resource: 1 rows are of a time that is still to come, "* ]]
	run -0 --separate-stderr ha-upsert in
	[ "$stderr" = '' ]
	record 1 right '"2026-02-01T00:00:00Z"' | section since | ha-upsert
	[ "$(rows)" = right ]
	record 1 stale '"2026-01-01T00:00:00Z"' | section since | ha-upsert
	[ "$(rows)" = right ]
	# in one batch, and in both orders
	{ record 1 wrong '"2097-01-01T00:00:00Z"'; record 1 better '"2026-03-01T00:00:00Z"'; } |
		section since | ha-upsert
	[ "$(rows)" = better ]
	{ record 1 best '"2026-04-01T00:00:00Z"'; record 1 older '"2026-03-02T00:00:00Z"'; } |
		section since | ha-upsert
	[ "$(rows)" = best ]
}

@test "a time that is still to come is stored, named once, and makes nothing stale" {
	each_source corrected
}

far_clock() {
	clock=2026-01-01T00:00:00Z
	record 1 wrong '"2026-01-02T00:00:00Z"' | section since | ha-upsert
	record 1 right '"2025-12-31T00:00:00Z"' | section since | ha-upsert
	[ "$(rows)" = right ]
	clock=
	record 1 stale '"2025-12-30T00:00:00Z"' | section since | ha-upsert
	[ "$(rows)" = right ]
}

@test "the far side's clock says what is still to come, by its mark" {
	each_source far_clock
}

returns() {
	{ record 1 one '"2026-02-01T00:00:00Z"'; record 2 two '"2026-02-01T00:00:00Z"'; } |
		section full | ha-upsert
	record 2 two '"2026-02-01T00:00:00Z"' | section full | ha-upsert --prune --force
	[ "$(rows)" = two ]
	# a file proves nothing
	record 1 older '"2026-01-01T00:00:00Z"' >file
	ha-upsert -P -a a "$source/$resource" file
	[ "$(rows)" = two ]
	{ record 1 older '"2026-01-01T00:00:00Z"'; record 2 two '"2026-02-01T00:00:00Z"'; } |
		section full | ha-upsert --prune --force
	[ "$(rows)" = 'older two' ]
}

@test "a row that was pruned and is there again is revived, though its time be an older one" {
	each_source returns
}
