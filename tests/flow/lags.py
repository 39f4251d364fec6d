#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The durations of a loop's iterations are the same from every source.

    lags.py AWRY EXAMPLES LAGGARD BLOCKER
"""
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, LAGGARD, BLOCKER = sys.argv[1:5]
MS = 1_000_000
SHORT, MIDDLE, LONG = 40, 10, 2  # iterations of 1, 20 and 150 ms, as in laggard.c
JOINED = 6  # at most: if a sleep is over before the loop gets to its poll, two iterations become one


def loop_of(report):
    check(len(report["loops"]) == 1, "loops:", report["loops"])
    return report["loops"][0]


def at_least(buckets, ns):
    """The number of iterations in the bucket of a duration and in all above."""
    end = max((bucket["from_ns"] for bucket in buckets if bucket["from_ns"] <= ns), default=0)
    return sum(bucket["count"] for bucket in buckets if bucket["from_ns"] >= end)


def check_lags(loop):
    """Check the counts. A busy machine makes iterations longer, never shorter, and joins some of them."""
    lags = loop["iterations"]
    buckets = lags["buckets"]
    check(loop["label"] == "laggard", loop)
    check(lags["count"] == sum(bucket["count"] for bucket in buckets), lags)
    check(lags["count"] >= SHORT + MIDDLE + LONG - JOINED, "too few iterations:", lags)
    check(lags["count"] <= 4 * (SHORT + MIDDLE + LONG), "too many iterations:", lags)
    check(at_least(buckets, 1 * MS) >= SHORT + MIDDLE + LONG - JOINED, "of 1 ms:", lags)
    check(at_least(buckets, 20 * MS) >= MIDDLE + LONG - JOINED, "of 20 ms:", lags)
    check(at_least(buckets, 150 * MS) >= LONG - 1, "of 150 ms:", lags)
    check(lags["longest_ns"] >= 150 * MS, "the longest:", lags)
    check(lags["p50_ns"] <= lags["p99_ns"] <= lags["longest_ns"], "quantiles:", lags)
    check(lags["p99_ns"] >= 100 * MS, "the 99th of a hundred:", lags)


def five_sources():
    with World(AWRY) as world:
        trace, live = world.path("trace.awry"), world.path("live.awry")
        process = world.start(LAGGARD, "stay", AWRY_STDERR="none", AWRY_TRACE=trace)
        check(process.stdout.readline() == "done\n", "it does not say done")
        pid = str(process.pid)
        quiet = lambda: loop_of(world.json("report", pid))["iterations"]  # noqa: E731
        expected = quiet()
        check_lags(loop_of(world.json("report", pid)))
        world.wait_for("the trace to tell the same", lambda: loops_of_trace(world, trace) == expected)
        record(world, pid, live)
        told = {"live box": quiet(), "live socket": loop_of(world.json("report", live))["iterations"]}
        process.send_signal(signal.SIGSTOP)
        told["stopped box"] = quiet()
        world.crash(process)
        told["dead box"] = quiet()
        world.good("recover", pid, "-o", world.path("recovered.awry"))
        told["recovered trace"] = loop_of(world.json("report", world.path("recovered.awry")))["iterations"]
        told["trace"] = loop_of(world.json("report", trace))["iterations"]
        for name, lags in told.items():
            check(lags == expected, f"the {name} tells", lags, "and the live box told", expected)


def record(world, pid, path):
    """The iterations that a viewer gets when it attaches late."""
    recorder = subprocess.Popen([AWRY, "record", pid, "-o", path], env=world.environment, stderr=subprocess.PIPE)
    world.processes.append(recorder)
    time.sleep(1)
    recorder.send_signal(signal.SIGINT)
    check(recorder.wait(timeout=120) == 0, "record:", recorder.stderr.read())


def loops_of_trace(world, trace):
    if not os.path.exists(trace) or os.path.getsize(trace) == 0:
        return None
    loops = world.json("report", trace)["loops"]
    return loops[0]["iterations"] if loops else None


def a_closed_loops_lags_are_in_the_recording():
    """The slot of a closed loop is reused, but its iterations are in the recording and its exports."""
    with World(AWRY) as world:
        trace = world.path("trace.awry")
        for _ in range(10):  # on a busy machine the watchdog may miss a block
            done = world.call(LAGGARD, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace)
            check(done.returncode == 0, done.stderr)
            loop = loop_of(world.json("report", trace))
            if loop["blocked"] >= LONG:
                break
        check_lags(loop)
        check(loop["closed"], "the loop is not closed:", loop)
        check(loop["blocked"] >= LONG, "blocked:", loop)
        check(loop_of(world.json("stats", trace)) == loop, "stats tell something else")
        stats = world.good("stats", trace)
        line = [line for line in stats.splitlines() if line.startswith("iterations")]
        check(len(line) == 1 and " of laggard: median " in line[0], "stats:", stats)
        buckets = [(bucket["from_ns"], bucket["count"]) for bucket in loop["iterations"]["buckets"]]
        check_exports(world, trace, buckets)
        world.good("index", trace)
        check(loop_of(world.json("report", trace)) == loop, "with an index it tells something else")


def check_exports(world, trace, buckets):
    database, lines = world.path("lags.db"), world.path("lags.ndjson")
    world.good("export", trace, "--format", "sqlite", "-o", database)
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT from_ns, count FROM lags ORDER BY from_ns").fetchall()
    check(rows == buckets, "SQLite has", rows, "instead of", buckets)
    world.good("export", trace, "--format", "json", "-o", lines)
    with open(lines, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    told = [event["list"] for event in events if event.get("kind") == "loop-lags"]
    check(told and told[-1] == [number for bucket in buckets for number in bucket], "JSON tells", told[-1:])


def blocked(report):
    return [finding for finding in report["findings"] if finding["kind"] == "blocked-loop"]


def on_one_processor(world, others):
    """Run the laggard on a processor that `others` keep busy: returns its stderr and its findings."""
    trace, all_of_them = world.path("crowded.awry"), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    try:
        hogs = [subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]) for _ in range(others)]
        world.processes.extend(hogs)
        done = world.call(LAGGARD, "spin", AWRY_DEBUG="1", AWRY_TRACE=trace)
    finally:
        os.sched_setaffinity(0, all_of_them)
    for hog in hogs:
        hog.kill()
    check(done.returncode == 0, done.stderr)
    return done.stderr, blocked(world.json("report", trace))


def a_wait_for_a_processor_is_no_blocked_loop():
    """The laggard gets a fifth of the processor during its 150 ms."""
    with World(AWRY) as world:
        for _ in range(4):
            stderr, found = on_one_processor(world, 4)
            check(not found and "blocked" not in stderr, "accused of what the machine did:", found, stderr)


def a_blocking_sleep_is_no_wait_for_a_processor():
    with World(AWRY) as world:
        process = world.start(BLOCKER, "1", AWRY_STDERR="none")
        check(process.stdout.readline() == "waiting\n" and process.stdout.readline() == "over\n", "it does not block")
        found = blocked(world.json("report", str(process.pid)))
        check(len(found) == 1 and found[0]["detail"] is None, "found:", found)


main(five_sources, a_closed_loops_lags_are_in_the_recording, a_wait_for_a_processor_is_no_blocked_loop,
     a_blocking_sleep_is_no_wait_for_a_processor)
