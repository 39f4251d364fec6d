# SPDX-License-Identifier: MIT
# Completion for bash. Commands and options are what awry's own help says.

_awry()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}

	COMPREPLY=()
	if ((COMP_CWORD == 1)) || [[ $command == help && $COMP_CWORD == 2 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "help $(awry --help 2>/dev/null |
			sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(awry "$command" --help 2>/dev/null |
			grep -o -e '--[a-z][a-z-]*' | sort -u)" -- "$word")
	elif [[ $before == --format || $before == -f || $before == --report ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(awry "$command" --help 2>/dev/null |
			sed -n '/^Formats:/,/^$/s/^  \([a-z]*\)  .*/\1/p')" -- "$word")
	elif [[ $command == query && $COMP_CWORD -gt 2 && $before != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(awry query --list 2>/dev/null | sed 's/  .*//')" -- "$word")
	elif [[ $before == --fail-on && $command == diff ]]; then
		mapfile -t COMPREPLY < <(compgen -W "any new more slower" -- "$word")
	elif [[ $before == --fail-on ]]; then
		local kept=
		[[ $word == *,* ]] && kept=${word%,*},
		mapfile -t COMPREPLY < <(compgen -P "$kept" -W "any $(awry "$command" --help 2>/dev/null |
			sed -n '/^Kinds:/,/^$/s/^  \([a-z-]*\)  *.*/\1/p')" -- "${word##*,}")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word"
			compgen -W "$(awry ps 2>/dev/null | grep -o -w -E '^ *[0-9]+')" -- "$word")
	fi
}

complete -o filenames -F _awry awry
