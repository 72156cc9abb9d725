# bash completion for ha-tools: options, their words and the commands as
# --help tells them, sources and resources as the descriptions have them.

_ha_tools_sources() {
	local here dir
	here=$(dirname "$(readlink -f "$(command -v "$1")")")
	for dir in "${HA_SOURCES:-}" "$here/../lib/sources" \
	    "$here/../share/ha-tools/sources"; do
		[ -d "$dir" ] || continue
		printf '%s\n' "$dir"/*.json
		return
	done
}

# Of a source, or all, as the database has them; it is not waited for.
_ha_tools_accounts() { # [source]
	PGCONNECT_TIMEOUT=2 timeout 3 ha-account list --json "$@" \
	    2>/dev/null </dev/null | jq -r .account 2>/dev/null
}

# Each option of a --help, with its argument: "-j JOBS", "--each".
_ha_tools_options() {
	local line name
	local option='^  (    |(-[A-Za-z0-9]), )(--[a-z0-9-]+)(( [^ ]+)*)'
	while IFS= read -r line; do
		[[ $line =~ $option ]] || continue
		for name in ${BASH_REMATCH[2]} "${BASH_REMATCH[3]}"; do
			printf '%s\n' "$name${BASH_REMATCH[4]}"
		done
	done
}

# The commands, which come first in the forms of its usage.
_ha_tools_commands() { # tool, by its name alone
	local line rest
	while read -r line; do
		[[ $line == "$1 "* || $line == "usage: $1 "* ]] || continue
		line=${line#*"$1 "}
		[[ $line != '['* ]] || line=${line#*'] '}
		read -ra rest <<<"$line"
		echo "${rest[0]}"
		while [ "${rest[1]:-}" = '|' ]; do
			rest=("${rest[@]:2}")
			echo "${rest[0]}"
		done
	done
}

_ha_tools() {
	local cur=${COMP_WORDS[COMP_CWORD]} tool=$1 words='' file name of=()
	local source=()
	local name_of=${1##*/} previous=${COMP_WORDS[COMP_CWORD - 1]} options
	local before=" ${COMP_WORDS[*]:1:COMP_CWORD-1} "
	COMPREPLY=()
	while read -r file; do
		name=$(basename "$file" .json)
		[[ $before != *" $name"[\ /]* ]] || source=("$name")
	done < <(_ha_tools_sources "$tool")
	# a source has flags of its own
	[[ $name_of != ha-sync ]] || of=("${source[@]}")
	options=$("$tool" "${of[@]}" --help 2>/dev/null)
	case $name_of in
	ha-account | ha-synclog | ha-pg)
		words=$(_ha_tools_commands "$name_of" <<<"$options")
		;;
	esac
	options=$(_ha_tools_options <<<"$options")
	[[ $cur != = ]] || cur=''
	[[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	if [[ $'\n'$options == *$'\n'"$previous "* ]]; then
		# its argument: one of some words; else a file, by default
		words=${options##*"$previous "}
		words=${words%%$'\n'*}
		case $words in
		*'|'*) words=${words//|/} ;;
		ACCOUNT) words=$(_ha_tools_accounts "${source[@]}") ;;
		*) return ;;
		esac
	elif [[ $cur == -* ]]; then
		words=$(cut -d ' ' -f 1 <<<"$options")
	elif [[ $name_of == ha-account && ${#source[@]} -gt 0 ]]; then
		words=$(_ha_tools_accounts "${source[@]}")
	else
		while read -r file; do
			name=$(basename "$file" .json)
			case $name_of in
			ha-sync)
				if [[ $before == *" $name "* ]]; then
					words=$(jq -r '.resources[].name' \
					    "$file" 2>/dev/null)
					break
				fi
				words+=" $name"
				;;
			ha-account | ha-schema | ha-mock | ha-lock)
				words+=" $name"
				;;
			ha-pg) ;;
			*)
				words+=" $(jq -r --arg s "$name" '.resources[]
				    | "\($s)/\(.name)"' "$file" 2>/dev/null)"
				;;
			esac
		done < <(_ha_tools_sources "$tool")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o default -F _ha_tools ha-account ha-fetch ha-filter-parents \
    ha-lock ha-mock ha-page ha-pg ha-schema ha-sync ha-synclog ha-unnest \
    ha-upsert
