#!/usr/bin/env bats
# rooms: scripts
# What people see of ha-sync: in a real terminal (tmux), and in a log.

load ../helper
load ../laws

setup_file() {
	pg_up reso
	law_account reso idx 2>/dev/null
	echo mock-idx | ha-account update --secret-file - reso idx
	echo mock-vow | ha-account add reso vow
	pg_template
}
teardown_file() { pg_down; }

setup() {
	pg_fresh
	export HA_KEY_FILE=$BATS_FILE_TMPDIR/key
	mock_up --limits none --switch properties=2000,media=6000 reso
	echo 'reso page=500 batch=500' >conf
	export HA_SYNC_CONFIG=conf # short: it is shown
}

teardown() {
	mock_down
	tmux -S tmux kill-server 2>/dev/null || true
}

terminal() { # columns, command
	env -u TMUX tmux -S tmux -f /dev/null -u new-session -d \
	    -x "$1" -y 30 "$2; echo \"status \$?\"; sleep 600" 3>&- 4>&-
}

pane() {
	tmux -S tmux capture-pane -p
}

# Waits until the pane has a line like this; keeps what it shows then.
shows() { # pattern
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		pane >seen
		! grep -Eq "$1" seen || return 0
		sleep 0.1
	done
	cat seen
	return 1
}

# No line of what is drawn is cut or goes on in the next one.
fits() { # columns
	while IFS= read -r line; do
		[ "$(wc -L <<<"$line")" -lt "$1" ] || {
			echo "too wide: $line"
			return 1
		}
	done <seen
}

look_at_it() { # columns
	mock_ask '/fault?to=slow,path=/Media,ms=700' >/dev/null
	terminal "$1" 'ha-sync reso'
	shows '^🖼️ +Media \(3 of 5\) .* [1-9][0-9]* %, [0-9:]+ left$'
	fits "$1"
	# phases that are done have left a line, with the title in its column
	grep -Eq '^📊 IDX listings     [0-9,]+ inserted; [0-9]+ calls[^;]*; [0-9.]+ s$' seen
	grep -Eq '^📊 VOW listings     2,000 inserted; [0-9]+ calls[^;]*; [0-9.]+ s$' seen
	grep -Eq '^   from the beginning, 6,[0-9]{3} to come$' seen
	grep -Eq '^   fetched [0-9,]+  stored [0-9,]+  skipped 0  failed 0 ' seen
	grep -Eq '^   batch: fetched [0-9,]+  stored [0-9,]+  skipped 0  failed 0(  parked [0-9]+)?$' seen
	grep -Eq '^   [0-9]+ calls?(,|$)' seen
	mock_ask /fault >/dev/null
	shows '^status 0$'
	fits "$1"
	# what was drawn has gone
	run ! grep -Eq 'to come|batch:|of 5\)|█|░' seen
	grep -Eq '^🏡 Open houses ' seen
	grep -Eq '^✅ reso: done in [0-9:]+, 100\.00 % success$' seen
	tail -n +2 seen | grep -Eq '^[0-9,]+ fetched = [0-9,]+ stored \+ 0 skipped \+ [0-9]+ parked \+ 0 failed; [0-9]+ calls$'
}

@test "console: a terminal of 80 columns" {
	look_at_it 80
}

@test "console: a terminal of 120 columns, with a longer bar" {
	look_at_it 120
}

@test "console: the bar uses the room that there is" {
	mock_ask '/fault?to=slow,path=/Property,ms=700' >/dev/null
	for columns in 60 80 120; do
		terminal $columns 'ha-sync --force reso --vow'
		shows '^📊 VOW.* %'
		fits $columns
		grep -o '[█░]' seen | wc -l >"bar.$columns"
		tmux -S tmux kill-server
		# the next one is to read everything, not to go on
		psql -XAtqc "DELETE FROM ha.sync_locks;
		    UPDATE ha.sync_runs SET what = 'since'"
	done
	[ "$(<bar.60)" -lt "$(<bar.80)" ]
	[ "$(<bar.80)" -lt "$(<bar.120)" ]
}

@test "console: a terminal that is not UTF-8 gets plain words" {
	terminal 80 'export LC_ALL=C; ha-sync reso --vow'
	shows '^status 0$'
	grep -Eq '^VOW listings     2,000 inserted; ' seen
	grep -q '^reso: done in ' seen
	run ! grep -P '[^\x00-\x7f]' seen
}

@test "console: Ctrl-C in a terminal, once" {
	mock_ask '/fault?to=slow,path=/Media,ms=700' >/dev/null
	terminal 80 'ha-sync reso'
	shows 'Media \(3 of 5\) .* %'
	tmux -S tmux send-keys C-c
	shows '^status 130$'
	fits 90
	grep -q '^❌ reso: stopped after ' seen
	grep -q 'To go on: ha-sync reso' seen
	awk '$2 == "media" { exit !($3 > 0 && $(NF - 1) > 0) }' seen
	# what came is there, and its number is what the table says
	awk '$2 == "media" { print $3 }' seen >table
	psql -XAtqc "SELECT (SELECT count(*) FROM reso.media)
	    + (SELECT count(*) FROM ha.parked WHERE resource = 'media')" |
	    diff - table
}

@test "console: a log has a line at the start and at the end of a phase" {
	ha-sync reso >out 2>err
	run ! grep -P '[^\x20-\x7e]' err
	grep -E '^[1-5]/5 ' err | cut -d : -f 1 >starts
	diff starts - <<-'END'
	1/5 IDX listings
	2/5 VOW listings
	3/5 Media
	4/5 Rooms
	5/5 Open houses
	END
	grep -Eq '^2/5 VOW listings: from the beginning, 2,000 to come$' err
	[ "$(grep -Ec '; [0-9.]+ s$' err)" -eq 5 ]
	# nothing but that, the settings and the sum
	[ "$(wc -l <err)" -le 17 ]
	ha-sync -q reso >out 2>err
	[ ! -s err ]
	[ -s out ]
}
