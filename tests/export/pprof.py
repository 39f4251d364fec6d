#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""go tool pprof reads the export, and its sums equal the recording's.

    pprof.py AWRY EXAMPLES_FOLDER
"""
import gzip
import os
import re
import subprocess

from packages import need
from recorded import Recording, check, cut, main, must_fail


def pprof(recording, path, *options):
    done = subprocess.run(["go", "tool", "pprof", *options, path], capture_output=True, text=True, timeout=600,
                          env=dict(os.environ, HOME=recording.world.files, PPROF_TMPDIR=recording.world.files))
    check(done.returncode == 0, "pprof:", done.stderr[-1000:])
    return done.stdout


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def members(path, field):
    """The number of fields with this number in the profile's message."""
    with gzip.open(path) as file:
        data = file.read()
    count = at = 0
    while at < len(data):
        tag, at = varint(data, at)
        count += tag >> 3 == field
        length, at = varint(data, at)
        at += length if tag & 7 == 2 else 0
    return count


def compare_mappings(recording, raw):
    """Each mapping is a module of the recording, and each address is in the mapping that it names."""
    modules = {line["id"]: line for line in recording.definitions if line["kind"] == "module"}
    build_ids = {line["module"]: line["text"] for line in recording.definitions if line["kind"] == "build-id"}
    rows = re.findall(r"^(\d+): 0x([0-9a-f]+)/0x([0-9a-f]+)/0x[0-9a-f]+ (\S*) ?(\S*)(.*)$",
                      raw[raw.index("\nMappings"):], re.MULTILINE)
    wanted = {(int(m["start"], 16), int(m["end"], 16), m["text"], build_ids.get(i, "")) for i, m in modules.items()}
    told = {int(i): (int(start, 16), int(end, 16), path, build) for i, start, end, path, build, _ in rows}
    check(len(told) > 0 and set(told.values()) <= wanted, "mappings:", told, wanted)  # pprof drops unused ones
    check(any(path == recording.feed and build and "[FN]" in flags for *_, path, build, flags in rows), rows)
    places = re.findall(r"^ +\d+: 0x([0-9a-f]+) M=(\d+) ", raw, re.MULTILINE)
    check(len(places) > 5, "locations with a mapping:", len(places))
    for address, number in places:
        start, end, *_ = told[int(number)]
        check(start <= int(address, 16) < end, "an address outside of its mapping:", address, number)


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
    compare_mappings(recording, raw)
    modules = sum(1 for line in recording.definitions if line["kind"] == "module")
    check(members(path, 3) == modules > 3, "mappings:", members(path, 3), "modules:", modules)
    top = pprof(recording, path, "-top", "-sample_index=running")
    check(re.search(r"\bprocess\b", top) and re.search(r"\bamain\b", top), top)


def pprof_sums_the_same():
    with Recording() as recording:
        path = recording.export("pprof")
        compare(recording, path)
        must_fail("a cut profile", compare, recording, cut(path))
        raw = pprof(recording, path, "-raw")
        must_fail("an address elsewhere", compare_mappings, recording, re.sub(r" 0x[0-9a-f]+ M=", " 0x1 M=", raw))


need("go")
main(pprof_sums_the_same)
