#!/bin/bash
# Every Page of a person becomes an account: the token of the person is read
# from standard input, and never stored; each Page's own is sealed.
#   messenger-pages.sh <user.token
# Pages that are accounts already get the token of today.
set -u
IFS= read -r HA_TOKEN && export HA_TOKEN || exit 64
work=$(mktemp -d) || exit 74
trap 'rm -rf "$work"' EXIT

after='' status=0
while :; do
	ha-fetch messenger "/me/accounts?limit=100${after:+&after=$after}" \
	    >"$work/page" || exit
	while IFS= read -r page; do
		id=$(jq -r .id <<<"$page")
		command=add
		! ha-account show messenger "$id" >/dev/null 2>&1 ||
			command=update
		jq -r .access_token <<<"$page" | HA_TOKEN='' ha-account \
		    "$command" --no-check --name "$(jq -r .name <<<"$page")" \
		    --secret-file /dev/stdin messenger "$id" || status=$?
	done < <(jq -c '.data[] | select(.access_token)' "$work/page")
	after=$(jq -r 'select(.paging.next) | .paging.cursors.after | @uri' \
	    "$work/page")
	[ -n "$after" ] || exit "$status"
done
