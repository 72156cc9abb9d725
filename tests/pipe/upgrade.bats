#!/usr/bin/env bats
# rooms: table
# Databases that five earlier versions made, tests/upgrade, come to the tables
# of today, with what is in them.

load ../helper

setup_file() {
	pg_up
	apply
	catalogue >"$BATS_FILE_TMPDIR/today"
}
teardown_file() { pg_down; }
setup() { pg_fresh; }
teardown() { mock_down; }

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

SOURCES='hostaway reso messenger'
apply() { # options
	local s
	for s in $SOURCES; do ha-schema --apply "$@" "$s"; done
}

UPGRADE=$BATS_TEST_DIRNAME/../upgrade
catalogue() { psql -XAtq -f "$UPGRADE/catalogue.sql"; }

# All rows of our tables as they are now, in public.NAME.
rows() { # name
	sql "CREATE TABLE public.$1 (rel text, is_ jsonb, place text);
		DO \$\$ DECLARE r text; BEGIN
		FOR r IN SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n
		    ON n.oid = relnamespace WHERE relkind = 'r' AND nspname = ANY ('{ha,hostaway,reso,messenger}') LOOP
			EXECUTE format('INSERT INTO public.$1 SELECT %L, to_jsonb(t), concat(xmin, ctid) FROM %s t', r, r);
		END LOOP; END \$\$"
}

# Its database, whose tables all have rows, and what these are.
old() { # version
	{
		echo 'SET check_function_bodies TO off; SET client_min_messages TO warning;'
		awk -v version="$1" '/^--- / { on = index($0, version); next } on' "$UPGRADE/old.sql"
	} | psql -Xq -v ON_ERROR_STOP=1 >/dev/null
	rows before
	sql "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text
		IN ('ha', 'hostaway', 'reso', 'messenger') AND NOT EXISTS (SELECT FROM public.before
		WHERE rel::regclass = oid)" >empty
	diff /dev/null empty
}

# Of what was there each value is, and the database is as a new one.
is_new() {
	# a column that is described no more stays
	diff "$BATS_FILE_TMPDIR/today" <(catalogue | grep -v '^column reso.property internet_display boolean')
	rows after
	sql "SELECT rel, is_ FROM public.before b WHERE rel NOT IN ('ha.schemas', 'ha.cuts')
		AND NOT EXISTS (SELECT FROM public.after a WHERE a.rel = b.rel
		AND (SELECT jsonb_object_agg(k, a.is_->k) FROM jsonb_object_keys(b.is_) k) = b.is_)" >lost
	diff /dev/null lost
}

# The same records again write no row; newer ones, and others, arrive.
goes_on() {
	sql "SELECT DISTINCT 'source\":\"' || split_part(rel, '.', 1) FROM public.before WHERE rel NOT LIKE 'ha.%'" >there
	awk 'NR == FNR { there[$0]; next } /"begin"/ { on = 0; for (s in there) if (index($0, s)) on = 1 } on' \
	    there "$UPGRADE/records.ndjson" >again
	# each fingerprint is noted once, by how columns are cut today
	ha-upsert again
	rows once
	sql "SELECT rel, is_ FROM public.once n WHERE rel NOT LIKE 'ha.%' AND NOT EXISTS (SELECT
		FROM public.after a WHERE (a.rel, a.is_ - 'fingerprint') = (n.rel, n.is_ - 'fingerprint'))" >changed
	diff /dev/null changed
	ha-upsert again
	rows again
	sql "SELECT rel, is_ FROM public.again n WHERE rel NOT LIKE 'ha.%' AND NOT EXISTS (SELECT
		FROM public.once a WHERE (a.rel, a.place) = (n.rel, n.place))" >written
	diff /dev/null written
	sed '/"@ha"/!{s/7/8/g;s/01T10/01T11/g}' again >new
	ha-upsert new
	rows new
	# in each table one row has come
	sql "SELECT rel FROM public.before WHERE is_ ?& '{fingerprint,raw_payload}' GROUP BY rel ORDER BY 1" >wanted
	sql "SELECT rel FROM public.new WHERE is_ ?& '{fingerprint,raw_payload}'
		AND is_->>'created_at' > '2026-11-22' GROUP BY rel HAVING count(*) = 1 ORDER BY 1" >arrived
	diff wanted arrived
	[ "$(sql "SELECT name, special_status FROM hostaway.listings ORDER BY id")" = $'x1|x1\nx7|x7\nx8|x8' ]
}

upgraded() { # version
	old "$1"
	apply
	is_new
	goes_on
}

@test "tables of the first version become today's" { upgraded eb93af4; }
@test "tables of the second" { upgraded d99d879; }
@test "tables of the third, with Messenger" { upgraded cf6f5d4; }
@test "tables of the fourth" { upgraded 9f480eb; }
@test "tables of the fifth, with views of all fields" { upgraded 7b7835e; }

@test "-n says what it would do, and changes nothing" {
	old cf6f5d4
	catalogue >was
	apply -n >plan
	diff was <(catalogue)
	rows after
	sql "SELECT * FROM public.after EXCEPT SELECT * FROM public.before" >written
	diff /dev/null written
	for step in 'hostaway: brings schema ha' 'messenger.conversation_rows: adds column platform' \
	    'step reso 1 of the upgrade' 'hostaway.listings: cuts columns anew' \
	    'reso.media: adds trigger ha_touched'; do
		grep -q "$step.* (locks: " plan
	done
	apply
	run -0 --separate-stderr apply -n
	[ "$output$stderr" = '' ]
}

# Ends it when it has said so many lines, whatever the server does just then.
killed_after() { # lines source
	mkfifo said
	ha-schema --apply -v "$2" 2>said 3>&- &
	head -n "$1" <said >steps
	kill -9 $! 2>/dev/null || true
	wait $! || true
	rm said
}

@test "killed at every other step, and the next one again, it ends the same" {
	local n s
	old cf6f5d4
	for s in $SOURCES; do
		# what is done whole is not said again, but for the first two
		for ((n = 2; n < 200; n += 2)); do
			killed_after "$n" "$s"
			[ "$(wc -l <steps)" -eq "$n" ] || break
		done
		[ "$n" -gt 4 ]
	done
	apply
	is_new
}
