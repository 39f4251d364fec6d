# SPDX-License-Identifier: MIT
# Completion for fish. Commands and options are what awry's own help says.

function __awry_commands
	awry --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)/\1\t\2/p'
end

function __awry_options
	set -l words (commandline -opc)
	awry $words[2] --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | sort -u
end

function __awry_pids
	awry ps 2>/dev/null | grep -o -w -E '^ *[0-9]+' | string trim
end

complete -c awry -n __fish_use_subcommand -f -a '(__awry_commands)'
complete -c awry -n 'not __fish_use_subcommand' -a '(__awry_pids)'
complete -c awry -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -a '(__awry_options)'
