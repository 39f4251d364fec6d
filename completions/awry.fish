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

function __awry_listed
	set -l words (commandline -opc)
	awry $words[2] --help 2>/dev/null | sed -n "/^$argv[1]:/,/^\$/s/^  \([a-z-]*\)  *\(.*\)/\1\t\2/p"
end

complete -c awry -n '__fish_seen_subcommand_from report export' -s f -l format -x -a '(__awry_listed Formats)'
complete -c awry -n '__fish_seen_subcommand_from run' -l report -x -a '(__awry_listed Formats)'
complete -c awry -n '__fish_seen_subcommand_from run report' -l fail-on -x -a 'any (__awry_listed Kinds)'
complete -c awry -n '__fish_seen_subcommand_from diff' -l fail-on -x -a 'any new more slower'
complete -c awry -n '__fish_seen_subcommand_from query' -a '(__awry_listed Queries)'
complete -c awry -n __fish_use_subcommand -f -a '(__awry_commands)'
complete -c awry -n 'not __fish_use_subcommand' -a '(__awry_pids)'
complete -c awry -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -a '(__awry_options)'
