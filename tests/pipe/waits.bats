#!/usr/bin/env bats
# rooms: db upsert api
# Every wait ends, by itself or by SIGTERM; lanes do not wait for each other.

load ../helper
load ../records

setup_file() { pg_up; }
teardown_file() { pg_down; }

setup() {
	pg_fresh hostaway
	export HA_KEY_FILE=$BATS_TEST_TMPDIR/key
	ha-account keygen >/dev/null
	ha-account add hostaway 59808 <<<mock-secret
}

trigger() { # body: of each row of listings
	sql "CREATE FUNCTION public.look() RETURNS trigger LANGUAGE plpgsql AS \$\$
		BEGIN $1 RETURN NEW; END \$\$"
	sql "CREATE TRIGGER look BEFORE INSERT OR UPDATE ON hostaway.listings
		FOR EACH ROW EXECUTE FUNCTION public.look()"
}

listings() { # n
	local i
	for ((i = 1; i <= $1; i++)); do listing $i n$i; done | section listings
}

@test "-j 2 does not wait for itself at a row that a trigger shares" {
	sql "CREATE TABLE public.shared (n int); INSERT INTO public.shared VALUES (0)"
	trigger "UPDATE public.shared SET n = n + 1;"
	# large enough to be streamed before the batch is complete
	for ((i = 1; i <= 300; i++)); do
		listing $i n$i '' ',"x":"'"$(printf '%02000d' $i)"'"'
	done | section listings | timeout 200 ha-upsert -j 2
	[ "$(sql "SELECT n FROM public.shared")" -eq 300 ]
}

@test "a lock that another session holds is waited for, then it is 75" {
	trigger "SET LOCAL lock_timeout TO '100ms';
		PERFORM pg_advisory_xact_lock(7);"
	psql -Xqc "SELECT pg_advisory_lock(7), pg_sleep(60)" >/dev/null 3>&- &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7")" = 1 ]; do :; done
	run -75 ha-upsert <<<"$(listings 1)"
	kill $holder
	[[ $output == *"another session held a lock for too long"* ]]
}

@test "transactions are READ COMMITTED and check the lease, in each connection" {
	trigger "IF current_setting('transaction_isolation') <> 'read committed'
		OR current_setting('search_path') <> 'pg_catalog, pg_temp'
		OR NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'
			AND pid = pg_backend_pid() AND mode = 'ShareLock')
		THEN RAISE EXCEPTION 'bare'; END IF;"
	listings 200 >in
	export PGOPTIONS='-c default_transaction_isolation=serializable'
	run -1 ha-upsert <<<"$(listings 1)" # no lease, none to see
	sql "TRUNCATE ha.rejects"
	ha-lock job ha-upsert -j 3 -b 50 in
	[ "$(sql "SELECT count(*) FROM hostaway.listings")" -eq 200 ]
}

@test "ha-upsert: -n keeps nobody waiting, however slow its input" {
	mkfifo slow
	ha-upsert -n slow >would 3>&- &
	pid=$!
	exec 7>slow
	begin listings >&7
	listing 1 a >&7
	sleep 1
	listings 2 | timeout 20 ha-upsert
	listing 3 c >&7
	finish 2 >&7
	exec 7>&-
	wait $pid
	grep -x 'insert hostaway/listings 3' would
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM hostaway.listings")" = '1 2' ]
}

@test "SIGTERM while a token is waited for: gone within a second or two" {
	psql -Xqc "SELECT pg_advisory_lock(hashtextextended('ha mint hostaway 59808', 0::bigint)), pg_sleep(60)" >/dev/null 3>&- &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" -ge 1 ]; do :; done
	ha-page hostaway/listings -a 59808 >out 2>err 3>&- &
	pid=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" -ge 2 ]; do :; done
	started=$SECONDS
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	kill $holder
	[ "$status" -eq 143 ]
	[ $((SECONDS - started)) -le 5 ]
	tail -n 1 out | jq -e '.why == "signal"'
}

@test "a token of a clock that is ahead is minted anew, times are the database's" {
	mock_up hostaway
	ha-fetch -a 59808 hostaway /listings >/dev/null
	first=$(sql "SELECT token FROM ha.accounts")
	sql "UPDATE ha.accounts SET token_valid_from = now() + interval '1 hour'"
	timeout 60 ha-fetch -a 59808 hostaway /listings >/dev/null
	[ "$(sql "SELECT token FROM ha.accounts")" != "$first" ]
	[ "$(sql "SELECT token_valid_from <= now() + interval '10 s' FROM ha.accounts")" = t ]
	mock_down
}
