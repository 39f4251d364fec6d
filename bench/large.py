#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A long trace: the time until it is shown, the time of moves in it, and the memory.

    large.py FOLDER AWRY [EVENTS] [--check]   FOLDER: where the benchmarks were built; --check: exit 1 if a target
                                              is missed. 100 million events need 1 GB in TMPDIR, and two minutes.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

BYTES_PER_EVENT = 12  # with the index, and a margin


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    folder, awry = arguments[:2]
    events = int(arguments[2]) if len(arguments) > 2 else 100_000_000
    missed = []

    def row(name, value, unit, target=None, more=False):
        mark = ""
        if target is not None:
            wrong = value < target if more else value > target
            mark = f"target {'>=' if more else '<='} {target}" + ("  MISSED" if wrong else "")
            if wrong:
                missed.append(name)
        print(f"  {name:<44}{value:>12.2f} {unit:<10}{mark}", flush=True)

    def timed(*command):
        start = time.monotonic()
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return time.monotonic() - start, out

    room = shutil.disk_usage(tempfile.gettempdir()).free
    if room < events * BYTES_PER_EVENT:
        print(f"bench-large: {tempfile.gettempdir()} has room for {room >> 20} MiB, "
              f"{events * BYTES_PER_EVENT >> 20} are needed")
        sys.exit(1 if "--check" in sys.argv else 0)
    with tempfile.TemporaryDirectory(prefix="awry-bench-") as temporary:
        trace = os.path.join(temporary, "large.awry")
        seconds, _ = timed(os.path.join(folder, "make-large"), str(events), trace)
        print(f"{events} events, written in {seconds:.1f} s")
        seconds, _ = timed(awry, "index", trace)
        row("index: events read a second", events / seconds / 1e6, "M/s", 5, more=True)
        row("index: resident memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, "MiB", 1024)
        _, out = timed(os.path.join(folder, "bench-large-replay"), trace)
        values = {name: float(value) for name, value in (line.split() for line in out.splitlines())}
        row("open, to the data of the first screen", values["open-ms"], "ms", 1000)
        row("move to any moment, p50", values["scrub-p50-ms"], "ms", 50)
        row("move to any moment, p99", values["scrub-p99-ms"], "ms", 200)
        row("resident memory after 1,000 moves", values["rss-mib"], "MiB", 1024)
        row("bytes an event", values["data-bytes"] / values["events"], "bytes", 10)
        row("the index, of the recording", values["index-bytes"] / values["data-bytes"] * 100, "%", 16)
        for command in ("stats", "report", "errors", "tree"):
            seconds, _ = timed(awry, command, trace)
            row(f"awry {command}", seconds * 1000, "ms", 1000)
        seconds, _ = timed(awry, "stats", "--at", f"{events // 2000}us", trace)
        row("awry stats --at", seconds * 1000, "ms", 1000)
    if missed:
        print("missed:", ", ".join(missed))
    sys.exit(1 if missed and "--check" in sys.argv else 0)


main()
