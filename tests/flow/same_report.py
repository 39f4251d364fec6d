#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Five sources of one process give exactly the same report, errors and counts, and the same tree of tasks.

    same_report.py AWRY MARKET_FEED FINDINGS
"""
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, FEED, FINDINGS = sys.argv[1:4]


def same_report():
    with World(AWRY) as world:
        trace = world.path("live.awry")
        # on a busy machine, under a sanitizer, any message takes a second: only endless waits may be findings
        process = world.start(FEED, "-m", "1500", "-n", "2", "-l", "3600", AWRY_STDERR="none", AWRY_TRACE=trace, AWRY_ORPHAN_MS="4000",
                              AWRY_STARVED_MS="60000", AWRY_BLOCKED_MS="60000")
        process.stdout.readline()
        # wait for the findings that need time, and then for the trace's ticks
        world.wait_for("what lasts", lambda: {"deadlock", "orphan-task"} <= kinds(world, process)
                       and of_kind(world, process, "orphan-task") == 2)
        time.sleep(0.3)
        reports, counted = ask_all(world, process, trace)
        first = reports["dead box"]
        for kind in ("never-retrieved", "never-awaited", "leaked-task", "deadlock", "orphan-task",
                     "swallowed-cancel"):
            check(kind in first or kind == "never-awaited", kind, "is not in", first[:2000])
        for name, text in reports.items():
            check(text == first, f"the report of the {name} differs from that of the dead box:\n"
                  + difference(first, text))
        same_counts(counted)
        check("retrieved" in counted["dead box"]["errors"], counted["dead box"]["errors"][:2000])


def pending_errors():
    """A task is listed as long as its error is not retrieved: a reader sees its end in the list, and then its event."""
    with World(AWRY) as world:
        trace = world.path("live.awry")
        process = world.start(FINDINGS, "held-for-ever", AWRY_STDERR="none", AWRY_TRACE=trace, AWRY_HELD_S="1000",
                              AWRY_BLOCKED_MS="60000", AWRY_DEADLOCK_MS="60000", AWRY_STARVED_MS="60000", AWRY_LEAKED_S="3600")
        process.stdout.readline()
        world.wait_for("the error in the trace", lambda: "pending" in world.run_awry("errors", trace).stdout)
        _, counted = ask_all(world, process, trace)
        same_counts(counted)
        check("pending" in counted["dead box"]["errors"], counted["dead box"]["errors"])
        check("with an error 1" in counted["dead box"]["stats"], counted["dead box"]["stats"])


def ask_all(world, process, trace):
    """The report of each source, and what errors, tree and stats say of it."""
    reports, counted = {}, {}
    pid = str(process.pid)

    def ask(name, target):
        reports[name] = world.good("report", target)
        counted[name] = {"errors": world.good("errors", target), "errors --json": world.good("errors", target, "--json"),
                         "tree": tree(world.good("tree", target)), "stats": counts(world.good("stats", target))}

    sockets = world.sockets()
    boxes = [os.path.join(world.boxes, name) for name in os.listdir(world.boxes) if name.endswith(".box")]
    check(len(sockets) == 1 and len(boxes) == 1, sockets, boxes)
    ask("live socket", sockets[0])
    ask("recorded socket", record(world, process.pid))
    ask("live box", pid)
    process.send_signal(signal.SIGSTOP)
    ask("stopped box", pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ask("dead box", pid)
    ask("file of the dead box", boxes[0])
    world.good("recover", pid, "-o", world.path("recovered.awry"))
    ask("recovered trace", world.path("recovered.awry"))
    ask("trace", trace)
    # without steps, a trace that the process writes itself has no states of tasks
    counted["trace"].pop("tree")
    return reports, counted


def tree(text):
    """Without how long the tasks have waited."""
    return re.sub(r" for [0-9.]+ ?[a-zµ]+( ?[0-9]+ ?[a-z]+)*", "", text)


def counts(text):
    """The counts of tasks and errors; findings are compared by the report."""
    rows = [" ".join(row.split()) for row in text.splitlines()]
    begin = next(i for i, row in enumerate(rows) if row.startswith("tasks created"))
    end = next(i for i, row in enumerate(rows) if row.startswith("findings"))
    return "\n".join(rows[begin:end])


def same_counts(counted):
    for name, texts in counted.items():
        for command, text in texts.items():
            first = counted["dead box"][command]
            check(text == first, f"awry {command} of the {name} differs from that of the dead box:\n" + difference(first, text))


def of_kind(world, process, kind):
    findings = world.report(str(process.pid))["findings"]
    return sum(finding["count"] for finding in findings if finding["kind"] == kind)


def kinds(world, process):
    return {finding["kind"] for finding in world.report(str(process.pid))["findings"]}


def record(world, pid):
    """The recording of a viewer that attaches late."""
    path = world.path("recorded.awry")
    recorder = subprocess.Popen([AWRY, "record", str(pid), "-o", path], env=world.environment,
                                stderr=subprocess.PIPE)
    world.processes.append(recorder)
    time.sleep(1)
    recorder.send_signal(signal.SIGINT)
    check(recorder.wait(timeout=120) == 0, "record:", recorder.stderr.read())
    return path


def difference(one, other):
    import difflib
    return "\n".join(list(difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=1))[:40])


main(same_report, pending_errors)
