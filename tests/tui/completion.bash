#!/bin/bash
# SPDX-License-Identifier: MIT
# completion.bash AWRY COMPLETION: what bash is offered for a few beginnings.
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
exit $status
