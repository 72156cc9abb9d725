# bash completion for ha-tools: options as --help tells them, commands,
# sources and resources as the descriptions have them.

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

_ha_tools() {
	local cur=${COMP_WORDS[COMP_CWORD]} tool=$1 words='' file name of=()
	local before=" ${COMP_WORDS[*]:1:COMP_CWORD-1} "
	COMPREPLY=()
	if [[ $cur == -* ]]; then
		# a source has flags of its own
		[[ ${tool##*/} != ha-sync ]] || while read -r file; do
			name=$(basename "$file" .json)
			[[ $before != *" $name "* ]] || of=("$name")
		done < <(_ha_tools_sources "$tool")
		words=$("$tool" "${of[@]}" --help 2>/dev/null |
		    grep -oE -- '(^|[ ,[(|])-(-[a-z-]+|[a-zA-Z])\b' |
		    tr -d ' ,[(|' | sort -u)
	else
		case ${tool##*/} in
		ha-pg) words='start stop status env psql' ;;
		ha-account)
			words='keygen add update list show enable disable
			    remove token'
			;;
		ha-synclog) words=$("$tool" --help 2>/dev/null |
			    grep -oE 'ha-synclog [a-z]+' | cut -d ' ' -f 2) ;;
		esac
		while read -r file; do
			name=$(basename "$file" .json)
			case ${tool##*/} in
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
