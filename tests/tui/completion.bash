#!/bin/bash
# SPDX-License-Identifier: MIT
# completion.bash AWRY COMPLETION: checks bash's completions of some command lines.
set -u
PATH=$(dirname "$1"):$PATH
source "$2"

status=0
expect()
{
	local wanted=$1

	shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_awry
	[[ "${COMPREPLY[*]}" == "$wanted" ]] && return
	echo "for '$*': '${COMPREPLY[*]}', not '$wanted'"
	status=1
}

expect "report record recover" awry re
expect "attach" awry a
expect "attach" awry help a
expect "" awry nonsense
expect "--machinery" awry report --m
expect "chrome" awry export run.awry --format c
expect "speedscope sqlite" awry export run.awry --format s
expect "--filter --force --format" awry export run.awry --f
expect "sarif" awry report run.awry --format s
expect "json junit" awry run --report j
expect "never-retrieved never-awaited" awry run --fail-on never
expect "any,blocked-loop" awry report --fail-on any,bl
expect "more" awry diff --fail-on m
exit $status
