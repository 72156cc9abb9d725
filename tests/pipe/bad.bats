#!/usr/bin/env bats
# rooms: upsert stream stage table
# A bad record costs itself, of whatever kind it is and wherever it stands.

load ../helper

setup_file() { pg_up; }
teardown_file() { pg_down; }

sql() { psql -XAtqc "$1"; }

# of SOURCE RESOURCE TABLE ACCOUNT KEY OTHERS QUOTE: what the functions below are about
of() {
	src=$1 resource=$2 table=$3 account=$4 key=$5 others=$6 q=$7
	pg_fresh "$src"
	psql -Xq <<-SQL
		INSERT INTO ha.accounts (source, account_id) VALUES ('$src', '$account');
		ALTER TABLE $table ADD CONSTRAINT no_c CHECK (raw_payload->'c' IS NULL);
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		RAISE 'not with a t' USING ERRCODE = 'TT001'; END \$\$;
		CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON $table FOR EACH ROW
		WHEN (NEW.raw_payload ? 't') EXECUTE FUNCTION refuse();
	SQL
}

record() { printf '{"%s":%s,%s%s}\n' "$key" "$1" "$others" "${2:-}"; } # key members

nested() { printf '[%.0s' {1..600}; printf ']%.0s' {1..600}; }

# One line of each kind. Of 101 to 107 the key can be read.
kinds() {
	record "${q}101$q" ',"x":""' | sed 's/"}$/\x00"}/'
	record "${q}102$q" ',"x":""' | sed 's/"}$/\xff\xfe"}/'
	record "${q}103$q" ',"x":""' | sed 's/"}$/\x01"}/'
	record "${q}104$q" ",\"x\":$(nested)"
	record "${q}105$q" ',"c":1'
	record "${q}106$q" ',"t":1'
	record "${q}107$q" "${1:-,\"t\":2}"
	record "${q}108$q" | sed 's/}$//'
	record "${q}109$q" | sed 's/$/ {}/'
	record "${q}110$q" | sed 's/.*/[&]/'
	printf '%s\n' null '"text"' 7 '{}' ''
	record 'null'
	record '[1]'
	record '{"a":1}'
	record '"\u0000"'
	record '"\ud800"'
	record "\"$(head -c 3000 /dev/urandom | base64 -w0)\""
}

# bad, good, bad, good, ... bad: first, last and between, as a section
stream() { # files of lines
	local n
	n=$(cat "$@" | wc -l)
	printf '{"@ha":"begin","v":1,"source":"%s","resource":"%s","account":"%s","mode":"since"}\n' \
	    "$src" "$resource" "$account"
	paste -d '\n' "$@" | head -n "$n"
	printf '{"@ha":"end","records":%d,"complete":true,"cursor":{"x":1}}\n' "$n"
}

costs_itself() {
	local n_bad n_good i order
	kinds "$@" >bad
	n_bad=$(wc -l <bad)
	n_good=$((n_bad - 1))
	for ((i = 1; i <= n_good; i++)); do record "$q$i$q"; done >good
	for order in '' '-b 1' '-j 2 reversed'; do
		[[ $order != *reversed ]] || { tac bad >turned; mv turned bad; }
		stream bad good >in
		# shellcheck disable=SC2086
		run -1 bash -c 'ha-filter-parents in | ha-upsert $0' "${order% reversed}"
		[ "$(sql "SELECT count(*) FROM $table")" -eq $n_good ]
		[ "$(sql "SELECT concat_ws(' ', fetched, inserted, rejected) FROM ha.sync_log ORDER BY id DESC LIMIT 1")" = \
		    "$((n_bad + n_good)) $n_good $n_bad" ]
		[ "$(sql "SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL")" -eq "$n_bad" ]
		diff <(tr '\0' '\1' <bad | sort) <(psql -XAtqc "SELECT encode(raw, 'hex') FROM ha.rejects" |
		    while read -r hex; do xxd -r -p <<<"$hex"; echo; done | tr '\0' '\1' | sort)
		sql "DELETE FROM $table"
	done
	# the second run heals what became good
	for i in 101 102 103 104 105 106 107; do record "$q$i$q"; done >healed
	cat good >>healed
	stream healed >in
	ha-upsert in
	[ "$(sql "SELECT count(*) FROM ha.rejects WHERE closed_at IS NOT NULL")" -eq 7 ]
	[ "$(sql "SELECT count(*) FROM ha.rejects WHERE closed_at IS NULL AND key ~ '^10[1-7]'")" -eq 0 ]
}

@test "hostaway: a bad record costs itself, at every place" {
	of hostaway listings hostaway.listings 59808 id '"name":"n","latestActivityOn":"2025-01-01 00:00:00"' ''
	costs_itself ',"latestActivityOn":"never"'
}

@test "reso: a bad record costs itself, at every place" {
	of reso property reso.property idx ListingKey '"ModificationTimestamp":"2025-01-01T00:00:00Z"' '"'
	costs_itself
}

@test "messenger: a bad record costs itself, at every place" {
	of messenger conversations messenger.conversation_rows 1 id '"updated_time":"2025-01-01T00:00:00+0000"' '"'
	costs_itself ',"participants":{"data":7}'
}

@test "an open mark costs its group, if nobody knows whose it is; else its characters are repaired" {
	pg_fresh messenger
	sql "INSERT INTO ha.accounts (source, account_id) VALUES ('messenger', '1')"
	group() { # parent, id
		printf '{"@ha":"open","parent":%s}\n{"id":"%s","created_time":"2025-01-01T00:00:00+0000"}\n{"@ha":"close","records":1}\n' "$1" "$2"
	}
	{
		echo '{"@ha":"begin","v":1,"source":"messenger","resource":"conversations","account":"1","mode":"since"}'
		printf '{"id":"%s","updated_time":"2025-01-01T00:00:00+0000"}\n' t1 t2 t3
		echo '{"@ha":"end","records":3,"complete":true}'
	} | ha-upsert
	{
		echo '{"@ha":"begin","v":1,"source":"messenger","resource":"messages","account":"1","mode":"each"}'
		group '{"id":"t1","change":"c"}' m1
		group '{"id":"t\u0000","change":"c"}' m2
		group '{"id":"\ud800","change":"c"}' m3
		group '{"change":"c"}' m4
		group '{"id":null,"change":"c"}' m5
		group '{"id":"t2","change":"c\u0000","x":["\udfff"],"y\u0000":1}' m6
		group '{"id":"t9","change":"\u0000"}' m7
		group '{"id":"t3","change":"c"}' m8
		echo '{"@ha":"end","records":8,"complete":true}'
	} >in
	run -1 bash -o pipefail -c 'ha-filter-parents in | ha-upsert'
	[ "$(sql "SELECT string_agg(id || conversation_id, ' ' ORDER BY id) FROM messenger.messages")" = 'm1t1 m6t2 m8t3' ]
	[ "$(sql "SELECT string_agg(parent_key || change_key, ' ' ORDER BY parent_key) FROM ha.children WHERE parent_key <> 't9'")" = 't1c t2c� t3c' ]
	[ "$(sql "SELECT parent->>'change' FROM ha.parked WHERE key = 'm7'")" = � ]
	[ "$(sql "SELECT string_agg(convert_from(raw, 'UTF8')::jsonb->>'id', ' ' ORDER BY raw) FROM ha.rejects")" = \
	    'm2 m3 m4 m5' ]
	[ "$(sql "SELECT fetched || ' ' || rejected || ' ' || parked FROM ha.sync_log WHERE resource = 'messages'")" = '8 4 1' ]
	# who writes such marks does so for no parent whose key is bad
	printf '%s\n' '{"id":1,"listingImages":[{"url":"a"}]}' '{"id":"\u0000","listingImages":[{"url":"b"}]}' |
		{ echo '{"@ha":"begin","v":1,"source":"hostaway","resource":"listings","account":"1","mode":"full"}'
		cat
		echo '{"@ha":"end","records":2,"complete":true}'; } >in
	run ha-unnest -r aside hostaway/listing_photos in
	[ "$(grep -c '"@ha":"open"' <<<"$output")" -eq 1 ]
	[[ $output == *'"@ha":"bad"'*'"of":"listings"'* ]]
	HA_TOKEN=x run -1 --separate-stderr ha-page --each messenger/messages -a 1 <<<'{"id":"t\u0000"}'
	[[ $stderr == *'is refused: parent: holds'* ]]
}
