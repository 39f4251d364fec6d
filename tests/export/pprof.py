#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""go tool pprof reads the export, and its sums are the recording's.

    pprof.py AWRY EXAMPLES_FOLDER
"""
import os
import re
import subprocess

from packages import need
from recorded import Recording, check, cut, main, must_fail


def pprof(recording, path, *options):
    done = subprocess.run(["go", "tool", "pprof", *options, path], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, HOME=recording.world.files, PPROF_TMPDIR=recording.world.files))
    check(done.returncode == 0, "pprof:", done.stderr[-1000:])
    return done.stdout


def compare(recording, path):
    raw = pprof(recording, path, "-raw")
    check("intervals/count running/nanoseconds waiting/nanoseconds ready/nanoseconds alive/nanoseconds" in raw,
          raw[:500])
    samples = [[int(n) for n in row.split()] for row in re.findall(r"^ +((?:\d+ +){4}\d+):", raw, re.MULTILINE)]
    check(sum(s[0] for s in samples) == recording.steps(), "intervals:", sum(s[0] for s in samples), recording.steps())
    life = sum(e["time_ns"] - recording.created[t]["time_ns"] for t, e in recording.done.items())
    check(sum(s[4] for s in samples) == life, "lives:", sum(s[4] for s in samples), life)
    check(all(s[1] + s[2] + s[3] == s[4] for s in samples), "parts")
    check("wait:[sleep]" in raw, "labels")
    top = pprof(recording, path, "-top", "-sample_index=running")
    check(re.search(r"\bprocess\b", top) and re.search(r"\bamain\b", top), top)


def pprof_sums_the_same():
    with Recording() as recording:
        path = recording.export("pprof")
        compare(recording, path)
        must_fail("a cut profile", compare, recording, cut(path))


need("go")
main(pprof_sums_the_same)
