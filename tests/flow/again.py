#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program of libawry stops recording and starts again: the next recording lists the live tasks as created before it began.

    again.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
BEFORE = "created before recording began"


def run(world, *mode):
    done = world.call(PROGRAM, world.files, *mode)
    check(done.returncode == 0 and done.stdout == "1 2\n", done)


def listed(world, n, at="50ms"):
    """The lines of the tree at that time, by task name."""
    lines = world.good("tree", world.path(f"{n}.awry"), *(["--at", at] if at else [])).splitlines()
    found = {}
    for line in lines:
        name = re.search(r"([\w-]+)  \w+  ", line)
        if name:
            check(name[1] not in found, "listed twice:", lines)
            found[name[1]] = line
    return found


def finding_kinds(world, n):
    return [finding["kind"] for finding in world.report(world.path(f"{n}.awry"))["findings"]]


def tasks_of_before_are_listed_once():
    with World(AWRY) as world:
        run(world)
        for n in range(2):
            tasks = listed(world, n)
            for name in "reader", "sleeper", "parent", "spinner", "group", "gather":
                check(name in tasks and BEFORE in tasks[name], n, name, tasks)
            # also the main task, and members of the group and the gather; not a task that has ended
            check(len(tasks) == 11 + n and "ended" not in tasks, n, tasks)
            check(n == 0 or BEFORE not in tasks["soon"], tasks)
            tree = world.json("tree", world.path(f"{n}.awry"), "--at", "50ms")
            waits = {task["name"]: task.get("wait") for task in tree["tasks"] if task["name"]}
            check((waits["reader"], waits["sleeper"]) == ("future", "sleep"), waits)
        check(finding_kinds(world, 0) == [], finding_kinds(world, 0))
        tasks = listed(world, 1, None)
        check("child" in tasks and BEFORE not in tasks["child"], tasks)
        # the gather holds the error of its failed member, so it is no held-error
        check(finding_kinds(world, 1) == ["swallowed-cancel"], finding_kinds(world, 1))


def stacks_of_an_earlier_recording_are_kept():
    with World(AWRY) as world:
        run(world, "early")
        tasks = listed(world, 0)
        check(all(BEFORE not in line for name, line in tasks.items() if name in ("reader", "group")), tasks)
        tasks = listed(world, 1)
        check(BEFORE in tasks["reader"] and len(tasks) == 12, tasks)
        database = world.path("1.db")
        world.good("export", world.path("1.awry"), "--format", "sqlite", "-o", database)
        functions = sqlite3.connect(database).execute(
            "SELECT function FROM tasks JOIN frames USING (stack) WHERE name = 'reader' AND NOT machinery").fetchall()
        check(("amain",) in functions, functions)


def a_stopped_recording_is_not_begun_by_a_loop():
    with World(AWRY) as world:
        done = world.call(PROGRAM, world.files, "loop", AWRY_DEBUG="1")
        check(done.returncode == 0 and done.stdout == "1 0\n", done)


main(tasks_of_before_are_listed_once, stacks_of_an_earlier_recording_are_kept, a_stopped_recording_is_not_begun_by_a_loop)
