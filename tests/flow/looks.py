#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The views of a process show what its tasks do, each time: no ended tasks, none missing, and the same after its death.

    looks.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
QUIET = {"AWRY_STDERR": "none"}


def start(world, case, **variables):
    process = world.start(PROGRAM, case, **QUIET, **variables)
    check(process.stdout.readline() == "ready\n", case, "did not start")
    return process, str(process.pid)


def without_times(tree):
    return re.sub(r" for [\d.]+ m?s| since [\d.]+ m?s|for \d+m\d+s|#\d+", "", tree)


def each_task_is_shown_as_what_it_is():
    with World(AWRY) as world:
        _, pid = start(world, "states")
        world.wait_for("the last one's end", lambda: "tell_ready" not in world.good("tree", pid))
        trees = [world.good("tree", pid) for _ in range(3)]
        check(len(set(map(without_times, trees))) == 1, *trees)
        tree = trees[0]
        check("3 live tasks" in tree, tree)
        for task, state in (("Task-1", "waiting: group"), ("thread", "waiting: thread"), ("sleeper", "waiting: sleep")):
            check(re.search(rf"{task}  \S+  {state}", tree), task, "is not", state, tree)
        check("never-started" not in tree, tree)


def a_task_that_has_the_processor_is_running():
    with World(AWRY) as world:
        _, pid = start(world, "blocked")
        tree = world.good("tree", pid)
        check(re.search(r"last  keep_processor  running", tree) and "4 live tasks" in tree, tree)
        check(re.search(r"sleeper  \S+  waiting: sleep", tree), tree)


def a_flood_leaves_no_ended_tasks_in_the_tree():
    with World(AWRY) as world:
        _, pid = start(world, "flood", AWRY_RING_BYTES="64KiB", AWRY_MEMORY_BYTES="4MiB")
        tree = world.good("tree", pid)
        check("4 live tasks" in tree and tree.count("sleep_long  waiting: ") == 3 and "nothing" not in tree, tree)
        stats = world.good("stats", pid)
        check(re.search(r"(?m)^tasks alive +4$", stats), stats)
        check(re.search(r"overwritten|events-lost +[1-9]", stats), "what was lost is not counted:", stats)


def the_dead_waited_as_long_as_they_lived():
    with World(AWRY) as world:
        process, pid = start(world, "hung")
        time.sleep(1)  # the time that must be shown
        shown = re.search(r"waiting: future #\d+ for (\S+ \S+)", world.good("tree", pid))
        check(shown, world.good("tree", pid))
        process.send_signal(signal.SIGKILL)
        process.wait()
        world.good("recover", pid, "-o", world.path("dead.awry"))
        for source in (pid, world.path("dead.awry")):
            tree = world.good("tree", source)
            waited = re.search(r"waiting: future #\d+ for (?:(\d+) ms|([\d.]+) s)", tree)
            check(waited, tree)
            seconds = float(waited[2] or int(waited[1]) / 1000)
            check(seconds >= 0.3, source, "says", tree, "alive it was", shown[1])


main(each_task_is_shown_as_what_it_is, a_task_that_has_the_processor_is_running, a_flood_leaves_no_ended_tasks_in_the_tree,
     the_dead_waited_as_long_as_they_lived)
