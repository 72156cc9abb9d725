#!/usr/bin/env bats
# rooms: source
# A new API is one description file: schema, mock, page, upsert and sync work
# with it, and no line of C knows it.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	export HA_SOURCES=$BATS_TEST_TMPDIR/sources
	mkdir "$HA_SOURCES"
	cp "$BATS_TEST_DIRNAME/../data/petshop.json" "$HA_SOURCES/"
	export HA_KEY_FILE=$BATS_TEST_TMPDIR/key HA_STATE_DIR=$BATS_TEST_TMPDIR/state
	mkdir -m 700 "$HA_STATE_DIR"
	ha-account keygen
}
teardown() { mock_down; }

# The rows of a table, as "key" lines.
keys() { psql -XAtqc "SELECT id FROM petshop.$1 WHERE deleted_at IS NULL ORDER BY 1"; }

@test "a new API of three resources needs a description and nothing else" {
	pg_fresh petshop
	mock_up --rows 120 petshop
	echo mock-secret | ha-account add petshop shop1

	ha-page petshop/owners -a shop1 | ha-upsert
	[ "$(keys owners | wc -l)" -eq 120 ]
	ha-synclog pending petshop/pets -a shop1 | ha-page --each petshop/pets |
		ha-filter-parents | ha-upsert
	ha-page petshop/visits -a shop1 | ha-filter-parents | ha-upsert

	for r in owners pets visits; do
		diff <(mock_ask "/dump/$r" | jq -r .id | sort) \
			<(keys "$r" | sort)
	done
	[ "$(ha-synclog pending petshop/pets -a shop1 --count)" -eq 0 ]
}

@test "ha-sync runs the whole of a new API, and again without a write" {
	pg_fresh petshop
	mock_up --rows 60 petshop
	echo mock-secret | ha-account add petshop shop1
	run -0 ha-sync -q petshop -a shop1
	before=$(psql -XAtqc "SELECT sum(xmin::text::bigint), count(*) FROM petshop.owners")
	[ "$(keys owners | wc -l)" -eq 60 ]
	run -0 ha-sync -q petshop -a shop1
	[ "$before" = "$(psql -XAtqc "SELECT sum(xmin::text::bigint), count(*) FROM petshop.owners")" ]
}
