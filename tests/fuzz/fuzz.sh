#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh PROGRAM SECONDS BYTES CORPUS...: fuzz for SECONDS, with inputs of at most BYTES bytes, starting with the
# corpora, which are not changed.
set -eu
program=$1 seconds=$2 bytes=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found"
for corpus; do
	[ ! -d "$corpus" ] || set -- "$@" "$corpus"
	shift
done
"$program" -max_total_time="$seconds" -max_len="$bytes" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	-artifact_prefix="$PWD/" "$work/found" "$@" 2>&1 | tail -n 30 >"$work/said" || { cat "$work/said"; exit 1; }
cat "$work/said"
! grep -q '^SUMMARY:' "$work/said"
