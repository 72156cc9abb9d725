#!/usr/bin/env bats
# rooms: - db account scripts
# The blocks of ha-admin(7) are what these tests run, as they stand on the page.

load ../helper
load ../records
load ../traps

# A block of the page, by the name that a comment gives it there.
block() {
	sed -n "/^\\.\\\\\" block: $1\$/,/^\\.Ed/ {/^\\./!p}" "$HA_ROOT/man/ha-admin.7" |
	    sed 's/\\e/\\/g; s/\\&//g' | grep .
}

# The same, run by a reader who has put in names of his own.
do_block() { # name [for sed]
	block "$1" | sed "${2:-}" >"$BATS_FILE_TMPDIR/block"
	bash -e "$BATS_FILE_TMPDIR/block"
}

# A provider's administrator makes the roles: no superuser. Whoever may log in
# may create in public, and nobody has a right that the page does not give.
setup_file() {
	pg_up own
	local SOURCE
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key HA_LIMIT=1000/1s
	ha-account keygen >/dev/null
	psql -Xq -v ON_ERROR_STOP=1 <<-'END'
	CREATE ROLE provider LOGIN CREATEROLE CREATEDB;
	CREATE DATABASE guests OWNER provider;
	REVOKE ALL ON DATABASE guests FROM PUBLIC;
	CREATE ROLE stranger LOGIN;
	CREATE ROLE anon;
	CREATE ROLE authenticated;
	GRANT CONNECT ON DATABASE guests TO stranger;
	END
	PGDATABASE=guests trap_all
	psql -Xqd guests -c 'GRANT ALL ON SCHEMA public TO PUBLIC'
	PGUSER=provider do_block roles
	for SOURCE in hostaway reso messenger; do
		do_block apply "s/hostaway/$SOURCE/"
		do_block rights "s/hostaway/$SOURCE/"
	done
	export HA_DATABASE_URL="dbname=guests user=ha_sync $BAITED" PGDATABASE=guests
	ha-account add hostaway 59808 <<<mock-secret
}
teardown_file() { pg_down; }
teardown() { mock_down; }

called() { PGDATABASE=guests sql "SELECT DISTINCT name FROM public.called"; }
untouched() { [ -z "$(called)" ]; }

@test "the page's blocks are all run here" {
	sed -n 's/^\.\\" block: //p' "$HA_ROOT/man/ha-admin.7" | sort -u >there
	sed -nE 's/^[^#]*\<(do_)?block ([a-z]+)( .*|$)/\2/p' "$BATS_TEST_FILENAME" | sort -u >run
	diff there run
	[ "$(wc -l <there)" -ge 8 ]
}

@test "ha_sync: hostaway, incremental, full and reconciled, parked and rejects" {
	mock_up --limits none --listings 2 --reservations 6 --orphans 1 hostaway
	ha-sync -q --full hostaway listings listing_photos reservations conversations messages
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
		VALUES ('59808', 3, '{}')"
	ha-sync -q --reconcile --force hostaway listings
	sql "SELECT id, raw_payload FROM hostaway.listings WHERE deleted_at IS NOT NULL ORDER BY 1" >gone
	[ "$(sed 's/990../990/' gone)" = $'3|{}\n990|{}' ]
	[ "$(sql "SELECT count(*) FROM ha.parked")" -eq 0 ]
	{ listing 4 A; listing '"none"' b; } | section listings full >in
	run -1 ha-upsert in
	[ "$(sql "SELECT count(*) FROM ha.rejects")" -eq 1 ]
	untouched
}

@test "ha_sync: every verb of ha-account and ha-synclog, and ha-lock" {
	ha-account add --customer 11111111-1111-4111-8111-111111111111 \
	    --no-secret hostaway 2
	ha-account update --name Casa --secret-file - hostaway 2 <<<secret
	ha-account token --expires 1d hostaway 2 <<<a-token-of-today
	ha-account token --drop hostaway 2
	ha-account disable hostaway 2
	ha-account enable hostaway 2
	ha-account list >/dev/null
	ha-account show hostaway 2 >/dev/null
	for verb in list history stats parked rejects report; do
		ha-synclog "$verb" hostaway >/dev/null
	done
	ha-synclog last -a 2 hostaway/listings >/dev/null
	ha-synclog wanted -a 2 hostaway/listings >/dev/null
	ha-synclog due -a 2 hostaway >/dev/null
	ha-synclog pending -a 2 hostaway/messages | ha-synclog fetched -a 2 hostaway/messages
	ha-synclog forget -a 2 hostaway/listings
	ha-lock one ha-lock two ha-synclog calls -a 2 hostaway >/dev/null
	ha-account remove hostaway 2
	for verb in cleanup_expired_locks cleanup_old_sync_states; do
		PGUSER=ha_sync sql "SELECT ha.$verb()"
	done
	untouched
}

@test "ha_sync: reso and messenger" {
	mock_up --limits none --switch properties=20,media=30 reso
	ha-account add reso idx <<<mock-idx
	ha-account add reso vow <<<mock-vow
	ha-sync -q reso --idx --vow --media
	ha-sync -q --reconcile --force reso --vow
	mock_down
	mock_up --limits none --switch conversations=12,odd=0,long=30 messenger
	ha-account add messenger 100200300400500 <<<mock-page-1
	ha-sync -q messenger
	ha-sync -q --reconcile --force messenger conversations
	PGUSER=ha_sync sql "SELECT is_new FROM messenger.upsert_conversation_with_events(
		'100200300400500', '{}', p_events => '[{\"sender\": {\"id\": \"7\"},
		\"recipient\": {\"id\": \"100200300400500\"}, \"timestamp\": 1735689600000,
		\"message\": {\"mid\": \"m_1\", \"text\": \"hello\"}}]')" >/dev/null
	untouched
}

@test "ha_sync makes no tables: what is there needs no right, else the cause is named" {
	ha-schema --apply hostaway
	jq '.resources |= map(if .name == "listings" then .columns.also = ["text", ".also"]
		else . end)' "$HA_SOURCES/hostaway.json" >hostaway.json
	HA_SOURCES=$PWD run -77 ha-schema --apply hostaway
	[[ $output == *'permission denied for database guests; role ha_sync needs rights: ha-admin(7)' ]]
	PGUSER=ha_sync run ! psql -Xqc "UPDATE ha.schemas SET hash = ''"
	[[ $output == *'permission denied for table schemas'* ]]
}

@test "ha_read reads data and history, but no secret, and writes nothing" {
	export HA_DATABASE_URL='dbname=guests user=ha_read' PGUSER=ha_read
	sql "SELECT FROM hostaway.reservations, reso.\"Property\", messenger.messages" >/dev/null
	sql "SELECT * FROM reso.latest_sync_status" >/dev/null
	ha-synclog history >/dev/null
	ha-synclog stats >/dev/null
	for what in 'secret FROM ha.accounts' 'raw FROM ha.rejects' 'raw FROM ha.parked' \
	    "ha.acquire_sync_lock('x', 'me')"; do
		run ! psql -XAtqc "SELECT $what"
		[[ $output == *'permission denied for table'* ]]
	done
	run ! psql -XAtqc 'DELETE FROM hostaway.reservations'
	[[ $output == *'permission denied for table reservations'* ]]
	run ! psql -XAtqc 'CREATE TEMPORARY TABLE x (a int)'
	family | run -77 ha-upsert
	run -77 ha-account list
	[[ $output == *'permission denied for table accounts; role ha_read needs rights: ha-admin(7)' ]]
}

@test "a role without rights: 77, and the message says which and where" {
	run -77 ha-account list -d 'dbname=guests user=stranger'
	[ "$output" = 'ha-account: database: permission denied for schema ha; role stranger needs rights: ha-admin(7)' ]
	HA_DATABASE_URL='dbname=guests user=stranger' run -77 ha-sync hostaway
	[[ $output == *'permission denied for schema ha; role stranger needs rights: ha-admin(7)' ]]
}

@test "a REST layer's roles read nothing, whatever they had been given" {
	sql "GRANT USAGE ON SCHEMA ha, hostaway TO PUBLIC, anon;
		GRANT ALL ON ALL TABLES IN SCHEMA ha, hostaway TO anon, authenticated, PUBLIC"
	[ "$(sql "SET ROLE anon; SELECT count(*) > 0 FROM ha.accounts")" = t ]
	do_block closed
	for who in anon authenticated stranger; do
		[ "$(sql "SELECT bool_or(has_schema_privilege('$who', oid, 'USAGE')) FROM pg_namespace
			WHERE nspname IN ('ha', 'hostaway')")" = f ]
		[ "$(sql "SELECT bool_or(has_table_privilege('$who', c.oid, 'SELECT')) FROM pg_class c
			JOIN pg_namespace n ON n.oid = relnamespace
			WHERE nspname IN ('ha', 'hostaway') AND relkind IN ('r', 'v')")" = f ]
		[ "$(sql "SELECT bool_or(has_function_privilege('$who', p.oid, 'EXECUTE')) FROM pg_proc p
			JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'ha'")" = f ]
	done
	{ family; } | ha-upsert # and ha_sync has what it needs
	ha-lock x ha-synclog stats >/dev/null
}

# What a backup does not know is what was deleted meanwhile.
@test "a backup, restored: it goes on, and --reconcile finds what it forgot" {
	mock_up --limits none --listings 2 --reservations 3 hostaway
	ha-account add hostaway 59810 <<<mock-secret
	ha-sync -q -a 59810 hostaway listings
	sql "INSERT INTO hostaway.listings (account_id, id, raw_payload)
		VALUES ('59810', 3, '{}')"
	do_block backup
	sql "UPDATE hostaway.listings SET deleted_at = now() WHERE id = 3"
	do_block restore
	export HA_DATABASE_URL='dbname=restored user=ha_sync' PGDATABASE=restored
	ha-account disable hostaway 59808
	do_block reconcile 's/hostaway/--force hostaway listings/'
	[ "$(sql "SELECT string_agg(concat(inserted + updated, deleted), ' ' ORDER BY id)
		FROM ha.sync_log WHERE resource = 'listings' AND account_id = '59810'")" = '20 00 01' ]
}

@test "an account moves: secret, customer and rows are in the other database" {
	mock_up --limits none --listings 2 --reservations 3 hostaway
	psql -Xqd postgres -c 'CREATE DATABASE other OWNER ha_owner'
	do_block apply s/guests/other/
	do_block rights s/guests/other/
	customer=$(sql "SELECT customer_id FROM ha.accounts WHERE account_id = '59808'")
	PGUSER=ha_sync do_block move 's/-a 59808 hostaway/& listings reservations/'
	[ "$(PGDATABASE=other sql 'SELECT count(*), max(customer_id::text)
		FROM hostaway.reservations')" = "3|$customer" ]
	[ "$(sql "SELECT enabled FROM ha.accounts WHERE account_id = '59808'")" = f ]
}

# Over the loopback, with a certificate of an authority of our own.
@test "verify-full: the server that is meant, or a message that says why not" {
	command -v openssl >/dev/null || skip 'openssl is not installed'
	local at=127.$((RANDOM % 200 + 10)).$((RANDOM % 200 + 10)).7 name
	for name in right wrong; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		    -subj "/CN=db.test" -keyout "$name.key" -out "$name.crt" 2>/dev/null
	done
	install -m 600 right.key right.crt "$HA_TEST_PG/cluster/"
	chown --reference="$HA_TEST_PG/cluster" "$HA_TEST_PG"/cluster/right.*
	sed -i '1i hostssl all all 127.0.0.0/8 trust' "$HA_TEST_PG/cluster/pg_hba.conf"
	ha-pg --data "$HA_TEST_PG" stop
	HA_PG_OPTIONS="fsync=off listen_addresses=$at ssl=on ssl_cert_file=right.crt
		ssl_key_file=right.key" ha-pg --data "$HA_TEST_PG" start 3>&-
	HOME=$PWD
	mkdir .postgresql
	cp right.crt .postgresql/root.crt
	block verify >env
	. ./env
	export HA_DATABASE_URL="host=db.test hostaddr=$at dbname=guests user=ha_sync"
	ha-account list -q hostaway
	[ "$(sql "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()" \
	    2>/dev/null || echo local)" != t ]
	run -75 ha-account list -d "${HA_DATABASE_URL/db.test/other.test}"
	[[ $output == *'server certificate for "db.test" does not match host name "other.test"'* ]]
	cp wrong.crt .postgresql/root.crt
	run -75 ha-account list
	[[ $output == *'certificate verify failed'* ]]
}
