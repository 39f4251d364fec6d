#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Five sources of one process give exactly the same report.

    same_report.py AWRY MARKET_FEED
"""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, FEED = sys.argv[1:3]


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
        socket = [name for name in os.listdir(world.boxes) if name.endswith(".sock")]
        check(len(socket) == 1, "sockets:", socket)
        live = record(world, process.pid)
        reports = {
            "live socket": world.good("report", live),
            "live box": world.good("report", str(process.pid)),
        }
        process.send_signal(signal.SIGSTOP)
        reports["stopped box"] = world.good("report", str(process.pid))
        process.send_signal(signal.SIGKILL)
        process.wait()
        reports["dead box"] = world.good("report", str(process.pid))
        world.good("recover", str(process.pid), "-o", world.path("recovered.awry"))
        reports["recovered trace"] = world.good("report", world.path("recovered.awry"))
        reports["trace"] = world.good("report", trace)
        first = reports["dead box"]
        for kind in ("never-retrieved", "never-awaited", "leaked-task", "deadlock", "orphan-task",
                     "swallowed-cancel"):
            check(kind in first or kind == "never-awaited", kind, "is not in", first[:2000])
        for name, text in reports.items():
            check(text == first, f"the report of the {name} differs from that of the dead box:\n"
                  + difference(first, text))


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


main(same_report)
