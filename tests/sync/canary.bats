#!/usr/bin/env bats
# rooms: -
# Secrets and guests that are easily told again: a run of everything, with
# faults, taped, verbose and killed; then whatever it left is looked through.

load ../helper
load ../laws

# What each is told by has letters only, so that no escape hides it.
SECRET='skrtkanari"/+&=% \é'
PASSWORD='pwkanari%22%2F%2B%26%3D%25%20%5C%C3%A9'
TOKEN='tkkanari"/+&=%\.'
SECRETS='skrtkanari pwkanari tkkanari oddtoken'
GUEST='Gstkanari \"Z\u00f6\\\\\n'

setup_file() {
	HA_PG_OPTIONS='fsync=off log_statement=all' pg_up own
	sed -i '1i local all canary scram-sha-256' "$HA_TEST_PG/cluster/pg_hba.conf"
	psql -Xqo /dev/null <<-'E'
	SET log_statement = 'none';
	CREATE ROLE canary SUPERUSER LOGIN PASSWORD 'pwkanari"/+&=% \é';
	SELECT pg_reload_conf();
	E
	# shellcheck disable=SC2086
	spellings $SECRETS >"$BATS_FILE_TMPDIR/secrets"
	spellings gstkanari >"$BATS_FILE_TMPDIR/guests"
}
teardown_file() { pg_down; }

teardown() {
	: >stop
	[ -z "${watcher:-}" ] || wait "$watcher"
	mock_down
}

# Each word as it is, in hexadecimal, with each letter escaped for a URL, JSON
# or HTML, and in base64 wherever it begins there.
spellings() { # word ...
	jq -rn '$ARGS.positional[] | length as $n | .,
	    (explode | map([. / 16, . % 16] | map(floor | "0123456789abcdef"[.:. + 1]) | join("")) |
	    join(""), "%" + join("%"), "\\u00" + join("\\u00"), "&#x" + join(";&#x")),
	    "&#" + (explode | map(tostring) | join(";&#")),
	    (@base64 | .[:($n * 4 / 3 | floor)]),
	    ("-" + . | @base64 | .[2:(($n + 1) * 4 / 3 | floor)]),
	    ("--" + . | @base64 | .[3:(($n + 2) * 4 / 3 | floor)])' --args "$@"
}

# Command lines and environments of the processes of this test, whenever they
# are others than before. No environment but a tool's is closed to its owner.
watch() {
	local p args env round IFS=$'\n'
	local -A seen=() old=()
	for p in /proc/[1-9]*; do old[$p]=1; done # looked at now and then
	for ((round = 0; ; round++)); do
		for p in /proc/[1-9]*; do
			[ -z "${old[$p]:-}" ] || [ $((round % 16)) -eq 0 ] || continue
			{ mapfile -d '' args <"$p/cmdline"; } 2>/dev/null || continue
			[ "${seen[$p]:-}" != "${args[*]}" ] || continue
			seen[$p]=${args[*]} env=()
			{ mapfile -d '' env <"$p/environ"; } 2>/dev/null || :
			[[ -z ${env[*]} || ${env[*]} == *HA_STATE_DIR="$HA_STATE_DIR"* ]] ||
				continue
			printf '%s\n' "${args[@]}" >&8
			printf '%s\n' "${env[@]}" >&9
		done
		[ ! -e stop ] || break
		read -rt 0.03 <>pause || :
	done 8>argv 9>./env
}

# The far side has the form of the source, and the rows of data/.
begin() { # source account [jq program]
	source=$1
	export TMPDIR=$PWD/tmp HA_TAPE=$PWD/tape
	ulimit -Sc unlimited
	mkdir tmp data far left
	mkfifo pause
	law_source "$1" '.waits.default = "20ms" | .auth |= if has("settle") then .settle = "0s" else . end'"${3:-}"
	jq --arg s "far_$1" '.source = $s' "$HA_SOURCES/$1.json" >"far/far_$1.json"
	pg_fresh "$1"
	export HA_DATABASE_URL="postgresql://canary:$PASSWORD@/$PGDATABASE?host=$PGHOST"
	export HA_KEY_FILE=$PWD/key
	printf '%s\n' "$SECRET" >secret
	rows
	HA_SOURCES=$PWD/far mock_up -v --data data --secret-file secret \
	    --odd-token --settle 0 --limits none "far_$1"
	watch 3>&- 4>&- &
	watcher=$!
	{
		command ha-account keygen
		command ha-account add "$1" "$2" <secret
		command ha-account update --secret-file secret --name x "$1" "$2"
		command ha-account list
		command ha-account show --json "$1" "$2"
	} >>left/out 2>>left/err
	tail -c 65 key >>"$BATS_FILE_TMPDIR/secrets"
}

# Some of it is asked of the mock in between: what was refused is over.
fault() { # fault ...
	local f
	mock_ask /fault
	for f; do mock_ask "/fault?to=${f//\#/%23}"; done
} >/dev/null

does() { # status command ...
	local got=0
	"${@:2}" >>left/out 2>>left/err || got=$?
	[ "$got" -eq "$1" ] || { echo "$*: status $got: $(tail -n 9 left/err)"; return 1; }
}

# Whoever waits for the second half of a body is seen by the sampler.
sampled() {
	until grep -q ha-page argv; do read -rt 0.1 <>pause || :; done
}

# Ends it with the signal while it waits for the second half of a body.
stopped() { # signal path
	local pid all got=0 before now
	fault "slow=#1,path=$2,ms=60000"
	before=$(<"$MOCK_ERR")
	setsid ha-sync -v "$source" >>left/out 2>>left/err 3>&- 4>&- &
	pid=$!
	until now=$(<"$MOCK_ERR") && [[ ${now#"$before"} == *"$2"* ]]; do
		read -rt 0.02 <>pause || :
	done
	sampled
	mapfile -t all < <(if [ "$1" = KILL ]; then pgrep -s "$pid"; else echo "$pid"; fi)
	kill "-$1" "${all[@]}" 2>/dev/null || true
	wait "$pid" || got=$?
	[ "$got" -ge 75 ]
	fault
}

# In no spelling: of secrets nothing anywhere, of guests only where they belong.
clean() { # secrets|guests path ...
	if grep -raiFf "$BATS_FILE_TMPDIR/$1" "${@:2}" >found; then
		cut -c 1-500 found | head -n 20
		echo "$1 in: $*"
		return 1
	fi
}

# All that the tools keep of themselves, without the records.
own_tables() {
	psql -XAtq <<-'E'
	SELECT format('SELECT %L, to_jsonb(t) - ''{raw,original,key}''::text[] FROM ha.%1$I t', tablename)
	FROM pg_tables WHERE schemaname = 'ha' ORDER BY 1
	\gexec
	E
}

look() {
	: >stop
	wait "$watcher"
	watcher=
	grep -q ha-page argv # it did look
	grep -v '^HA_DATABASE_URL=\|^HA_TOKEN=' env >environ
	grep -q ^HA_TAPE= environ
	own_tables >own
	pg_dump >dump
	# what the tools tell the server goes by COPY and by parameters
	grep -av 'DETAIL:  parameters' "$HA_TEST_PG/log" >pglog
	clean secrets argv environ left tmp tape state dump "$HA_TEST_PG/log"
	clean guests argv environ left tmp state own pglog
	[ -z "$(compgen -G 'core*')" ]
	# and where they belong they are: it was looked for what is there
	grep -qi gstkanari dump
	grep -rqi gstkanari tape
	grep -rq '\*\*\*\*' tape left/err
}

rows_hostaway() {
	local long
	long=$(head -c 4500 /dev/urandom | base64 -w 0)
	cat >data/listings.ndjson <<-E
	{"id":1,"name":"a","latestActivityOn":"2025-01-01 00:00:00","listingImages":[{"url":"https://img.example.com/1","caption":"$GUEST"}]}
	{"id":2,"name":"$GUEST","latestActivityOn":"$GUEST"}
	E
	cat >data/reservations.ndjson <<-E
	{"id":11,"listingMapId":1,"updatedOn":"2025-01-02 00:00:00","guestName":"$GUEST","guestEmail":"gstkanari.\u00f6@guest.example","hostNote":"$GUEST"}
	{"id":12,"listingMapId":1,"updatedOn":"2025-01-02 00:00:01","guestName":"$GUEST\u0000","guestEmail":"Gstkanari\u0000@guest.example"}
	{"id":13,"listingMapId":99,"updatedOn":"2025-01-02 00:00:02","guestName":"$GUEST","guestEmail":"gstkanari@else.example"}
	{"id":"$GUEST","listingMapId":1,"updatedOn":"2025-01-02 00:00:03"}
	{"id":15,"listingMapId":"$GUEST","updatedOn":"2025-01-02 00:00:04"}
	{"id":16,"listingMapId":1,"updatedOn":"2025-01-02 00:00:05","guestName":{"$GUEST":1},"guestEmail":"gstkanari$long@guest.example"}
	E
	cat >data/conversations.ndjson <<-E
	{"id":21,"reservationId":11,"recipientName":"$GUEST","messageSentOn":"2025-01-02 00:00:00"}
	{"id":22,"reservationId":12,"recipientName":"$GUEST","messageSentOn":"2025-01-02 00:00:00"}
	E
	cat >data/messages.ndjson <<-E
	{"id":31,"conversationId":21,"reservationId":11,"date":"2025-01-01 10:00:00","updatedOn":"2025-01-01 10:00:00","body":"$GUEST"}
	{"id":32,"conversationId":21,"reservationId":11,"date":"2025-01-01 10:00:00","updatedOn":"$GUEST","body":"$GUEST"}
	{"id":33,"conversationId":22,"reservationId":12,"date":"2025-01-01 10:00:00","updatedOn":"2025-01-01 10:00:00","body":"$GUEST\ud800"}
	E
	cat >data/reviews.ndjson <<-E
	{"id":41,"listingMapId":1,"reservationId":11,"guestName":"$GUEST","publicReview":"$GUEST","updatedOn":"2025-01-02 00:00:00"}
	E
}

rows_reso() {
	cat >data/property.ndjson <<-E
	{"ListingKey":"1","ModificationTimestamp":"2025-01-01T00:00:00Z","PrivateRemarks":"$GUEST","City":"$GUEST\u0000"}
	{"ListingKey":"3","ModificationTimestamp":"$GUEST","PrivateRemarks":"$GUEST"}
	E
	cat >data/media.ndjson <<-E
	{"MediaKey":"5","ResourceName":"Property","ResourceRecordKey":"1","ModificationTimestamp":"2025-01-01T00:00:00Z","ShortDescription":"$GUEST"}
	{"MediaKey":"6","ResourceName":"Property","ResourceRecordKey":"9","ModificationTimestamp":"2025-01-01T00:00:00Z","ShortDescription":"$GUEST"}
	{"MediaKey":"7","ResourceName":"Property","ResourceRecordKey":["$GUEST"],"ModificationTimestamp":"2025-01-01T00:00:00Z"}
	E
}

rows_messenger() {
	cat >data/conversations.ndjson <<-E
	{"id":"t1","updated_time":"2025-01-02T00:00:00+0000","message_count":2,"participants":{"data":[{"id":"7","name":"$GUEST","email":"7@facebook.com"},{"id":"100","name":"The Page"}]}}
	{"id":"t2","updated_time":"$GUEST","participants":{"data":[{"id":"8","name":"$GUEST"}]}}
	E
	cat >data/messages.ndjson <<-E
	{"id":"m1","conversation_id":"t1","created_time":"2025-01-01T00:00:01+0000","from":{"id":"7","name":"$GUEST"},"message":"$GUEST\u0000"}
	{"id":"m2","conversation_id":"t1","created_time":"$GUEST","from":{"id":"7","name":"$GUEST"},"message":"$GUEST"}
	E
}

@test "hostaway: no secret and no guest is where it does not belong" {
	rows() { rows_hostaway; }
	begin hostaway 59808
	fault echo,path=/accessTokens,status=401
	mock_ask /revoke >>left/out
	does 77 ha-sync -v hostaway listings
	fault echo=#1,path=/accessTokens,status=500 echo=#1,path=/listings,status=401 \
	    echo=#1,path=/reservations,status=503 403=#2,path=/reservations \
	    echo=#1,path=/conversations,status=403 fail-message=#2,path=/conversations \
	    429-wait=#3,path=/conversations,ms=1 echo,path=/reviews
	does 69 ha-sync -v hostaway listings reservations guests conversations messages reviews
	stopped KILL /listings
	clean guests tmp state
	stopped TERM /reservations
	does 1 ha-sync -v --json --full hostaway reservations guests
	ha-synclog rejects hostaway >set_aside
	[ "$(grep -c 59808 set_aside)" -ge 4 ]
	look
}

@test "reso: no secret and no guest is where it does not belong" {
	rows() { rows_reso; }
	begin reso vow
	fault echo,path=/Media,status=401
	does 77 ha-sync -v reso property media
	fault echo=#1,path=/Property,status=500 echo=#2,path=/Property,status=429 echo,path=/Media
	does 69 ha-sync -v --full reso property media
	stopped ABRT /Property
	# as a shell that is no tool does, where the kernel writes it here
	mkdir other
	(cd other && bash -c 'kill -ABRT $$') || [ $? -eq 134 ]
	[ "$(</proc/sys/kernel/core_pattern)" != core ] || compgen -G 'other/core*'
	does 1 ha-sync -v --json --full reso property media
	look
}

@test "what stages say by hand, a backfill and what it keeps have no secret" {
	rows() { rows_reso; }
	begin reso vow
	fault echo
	export HA_TOKEN=$TOKEN
	does 69 ha-fetch -v reso '/Property?q=1'
	does 69 ha-page -v reso/property
	fault slow,ms=60000
	HA_TAPE='' ha-page -v reso/property >>left/out 2>>left/err &
	sampled
	kill $!
	wait $! || :
	unset HA_TOKEN
	fault echo
	does 69 ha-page --count reso/property
	fault echo=#1,status=500 echo=#3,status=503
	does 0 env -u MAKEFLAGS -u MAKELEVEL make -f "$HA_ROOT/scripts/backfill.mk" \
	    SOURCE=reso ACCOUNT=vow RESOURCE=property FROM=2025 TO=2026 STEP=year NULLS=0
	grep -rqi gstkanari spool
	[ "$(stat -c %a spool)" = 700 ]
	clean secrets spool
	clean guests spool/reso/vow/property/*.log
	look
}

@test "messenger: no secret and no guest is where it does not belong" {
	rows() { rows_messenger; }
	begin messenger 100 '| .resources |= map(select(.name != "instagram"))'
	fault echo=#1,path=/100,status=500 echo=#2,path=/100,status=429 echo,path=/t1
	does 69 ha-sync -v messenger
	stopped KILL /100
	TERM=xterm does 1 script -qefc 'ha-sync --full messenger' left/board
	look
}
