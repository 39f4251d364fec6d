#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A task is reported as destroyed only when nothing can run it any more: in findings, tree, stats and exports.

    destroyed.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
TIMES = 5


def kinds(report):
    """The kinds of the findings, without blocked loops, which happen on a busy machine under a sanitizer."""
    return [finding["kind"] for finding in report["findings"] if finding["kind"] != "blocked-loop"]


def statistics(world, trace):
    """The numbers of created, finished and destroyed tasks; the events; and the ends of tasks in the SQLite export."""
    lines = world.good("stats", trace).splitlines()
    counts = {" ".join(words[:-1]): int(words[-1]) for words in map(str.split, lines)
              if words[:1] == ["tasks"] and words[-1].isdigit()}
    events = [json.loads(line) for line in world.good("export", trace, "--format", "json", "-o", "-").splitlines()]
    done = sum(event.get("kind") == "task-done" for event in events)
    path = world.path("out.sqlite")
    world.good("export", trace, "--format", "sqlite", "-o", path, "--force")
    base = sqlite3.connect(path)
    ends = base.execute("SELECT count(finished_ns) FROM tasks").fetchone()[0]
    base.close()
    return counts["tasks created"], counts["tasks finished"], counts.get("tasks destroyed", 0), done, ends


def run(world, case, **variables):
    done = world.call(PROGRAM, case, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=world.path("x.awry"), **variables)
    check(done.returncode == 0 and done.stderr == "", case, done.returncode, done.stderr)
    return world.path("x.awry")


def a_task_that_can_be_cancelled_is_live():
    for _ in range(TIMES):
        with World(AWRY) as world:
            trace = world.path("lives.awry")
            process = world.start(PROGRAM, "lives", AWRY_STDERR="none", AWRY_TRACE=trace)
            process.stdout.readline()
            pid = str(process.pid)
            world.wait_for("the finding", lambda: kinds(world.report(pid)) == ["leaked-task"],
                           seen=lambda: world.report(pid)["findings"])
            tree = world.good("tree", pid)
            check("Task-2" in tree and "wait_for_it" in tree and "waiting: future" in tree, tree)
            process.communicate("\n", timeout=150)
            check(process.returncode == 0, process.returncode)
            check(kinds(world.report(trace)) == ["leaked-task"], world.report(trace))
            check(statistics(world, trace) == (2, 2, 0, 2, 2), statistics(world, trace))


def a_task_cancelled_at_the_end_is_not_destroyed():
    for _ in range(TIMES):
        with World(AWRY) as world:
            trace = run(world, "shutdown")
            check(kinds(world.report(trace)) == ["leaked-task"], world.report(trace))
            check(statistics(world, trace) == (2, 2, 0, 2, 2), statistics(world, trace))


def a_task_that_can_be_ended_is_no_finding():
    with World(AWRY) as world:
        for case in ("timed", "kept"):
            trace = run(world, case)
            # the task's TimeoutError is never retrieved
            check(set(kinds(world.report(trace))) == ({"never-retrieved"} if case == "timed" else set()), case,
                  kinds(world.report(trace)))
            check(statistics(world, trace) == (2, 2, 0, 2, 2), case, statistics(world, trace))


def a_task_of_a_closed_loop_is_destroyed():
    for _ in range(TIMES):
        with World(AWRY) as world:
            trace = world.path("closed.awry")
            process = world.start(PROGRAM, "closed", AWRY_STDERR="none", AWRY_TRACE=trace)
            process.stdout.readline()
            pid = str(process.pid)
            world.wait_for("the finding", lambda: "destroyed-pending" in kinds(world.report(pid)),
                           seen=lambda: world.report(pid)["findings"])
            check("wait_for_it" not in world.good("tree", pid), world.good("tree", pid))
            process.communicate("\n", timeout=150)
            check(process.returncode == 0, process.returncode)
            check(kinds(world.report(trace)).count("destroyed-pending") == 1, kinds(world.report(trace)))
            created, finished, destroyed, done, ends = statistics(world, trace)
            check((created, finished, destroyed, done, ends) == (1, 0, 1, 1, 1), statistics(world, trace))


main(a_task_that_can_be_cancelled_is_live, a_task_cancelled_at_the_end_is_not_destroyed,
     a_task_that_can_be_ended_is_no_finding, a_task_of_a_closed_loop_is_destroyed)
