#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The sqlite3 shell reads the export, its counts equal the recording's, and the examples of docs/exports.md run.

    sqlite.py AWRY EXAMPLES_FOLDER
"""
import datetime
import json
import os
import re
import subprocess

from packages import need
from recorded import Recording, check, cut, main, must_fail

DOC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "exports.md")


def query(path, sql):
    done = subprocess.run(["sqlite3", "-readonly", "-json", path, sql], capture_output=True, text=True, timeout=300)
    check(done.returncode == 0 and done.stderr == "", sql, "gives", done.stderr)
    return json.loads(done.stdout or "[]")


def one(path, sql):
    [row] = query(path, sql)
    [value] = row.values()
    return value


def compare(recording, path):
    check(one(path, "PRAGMA integrity_check") == "ok", "integrity")
    for table, count in (("tasks", len(recording.created)), ("intervals", recording.steps()),
                         ("errors", len(recording.errors)), ("findings", len(recording.findings)),
                         ("task_tree", len(recording.created)), ("cancels", recording.counts["cancel-asked"]),
                         ("handles", recording.counts["handle-opened"])):
        check(one(path, f"SELECT count(*) FROM {table}") == count, table, "has not", count, "rows")
    # the cause of a lost error is exported with it, but is not lost by itself
    lost = {e["args"]["error"] for e in recording.findings if e["names"]["kind"] == "never-retrieved"}
    check(one(path, "SELECT count(*) FROM lost_errors") == len(lost) > 0, "lost errors")
    check(one(path, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'") == 0,
          "a table is not STRICT")
    run_ns = sum(e["args"]["run"] for e in recording.done.values())
    check(one(path, "SELECT sum(run_ns) FROM tasks") == run_ns, "processor time")
    check(one(path, "SELECT count(*) FROM intervals WHERE end_ns < begin_ns") == 0, "time goes back")
    check(one(path, "SELECT count(*) FROM frames WHERE function = 'amain'") > 0, "no frame is of amain")


def the_shell_counts_the_same():
    with Recording() as recording:
        path = recording.export("sqlite")
        compare(recording, path)
        must_fail("a cut database", compare, recording, cut(path))
        statistics = recording.world.json("stats", recording.trace)
        check(one(path, "SELECT count(*) FROM lost_errors") == statistics["findings"]["never-retrieved"] > 0,
              "causes are not lost by themselves", statistics["findings"])


def the_examples_of_the_manual_run():
    with open(DOC, encoding="utf-8") as file:
        examples = re.findall(r"^```sql\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
    check(len(examples) >= 4, "examples:", len(examples))
    with Recording() as recording:
        path = recording.export("sqlite")
        for example in examples:
            check(query(path, example), "nothing comes of", example)


def a_part_has_what_it_should():
    with Recording() as recording:
        path = recording.export("sqlite", "--filter", "coro=process outcome:result")
        check(one(path, "SELECT count(*) FROM tasks") > 100, "no tasks")
        check(query(path, "SELECT DISTINCT function, outcome FROM tasks JOIN places ON place = coroutine") ==
              [{"function": "process", "outcome": "result"}], "others, too")
        ends = sorted(e["time_ns"] for e in recording.done.values())
        half = ends[len(ends) // 2]
        path = recording.export("sqlite", "--since", f"-{recording.end_ns - half}ns")
        check(one(path, "SELECT min(end_ns) FROM intervals") >= half, "from before")
        # a finding repeats its task, which may have finished before
        late = f"SELECT count(*) FROM tasks WHERE finished_ns >= {half}"
        check(one(path, late) == sum(e >= half for e in ends), "finished", one(path, late), sum(e >= half for e in ends))
        half_us = (one(path, "SELECT realtime_ns - monotonic_ns FROM process") + half) // 1000 + 1
        moment = datetime.datetime.fromtimestamp(half_us // 10**6, datetime.timezone.utc)
        for zone, text in ((0, "Z"), (2, "+02:00"), (-5, "-05:00")):
            moved = (moment + datetime.timedelta(hours=zone)).strftime("%Y-%m-%dT%H:%M:%S")
            path = recording.export("sqlite", "--since", f"{moved}.{half_us % 10**6:06}{text}")
            check(sum(e >= half + 1000 for e in ends) <= one(path, late) <= sum(e > half for e in ends), moved, text)
        done = recording.world.run_awry("export", recording.trace, "--format", "dot", "-o", "-", "--until",
                                        "2001-01-01T00:00:00Z")
        check(done.returncode == 1 and "--since 0s is not before --until 2001" in done.stderr, done)
        first = min(e["time_ns"] for e in recording.events)
        lost = min(e["time_ns"] for e in recording.events if e["kind"] == "error") - first
        path = recording.export("sqlite", "--since", f"{lost}ns", "--until", "+30ms")
        check(one(path, "SELECT max(time_ns) FROM errors") < first + lost + 30_000_000, "from later")


need("sqlite3")
main(the_shell_counts_the_same, the_examples_of_the_manual_run, a_part_has_what_it_should)
