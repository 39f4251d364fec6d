#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Children that were created without pthread_atfork() handlers: they end as without debug mode, and nothing of them is
recorded in their parent's box.

    children.py AWRY EXAMPLES_FOLDER CHILDREN
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, CHILDREN = sys.argv[1:4]


def lost_in(world, recording):
    report = world.report(recording)
    messages = {error["id"]: error["message"] for error in report["errors"]}
    return sorted(messages[finding["error"]] for finding in report["findings"]
                  if finding["kind"] == "never-retrieved")


def run(how, then, expected):
    with World(AWRY) as world:
        plain = world.call(CHILDREN, how, then)
        check(plain.returncode == 0 and plain.stdout == "the child ended well\n", how, then, plain)
        trace = world.path("t.awry")
        debugged = world.call(CHILDREN, how, then, AWRY_DEBUG="1", AWRY_TRACE=trace, AWRY_STDERR="none")
        check((debugged.returncode, debugged.stdout, debugged.stderr) == (0, plain.stdout, plain.stderr),
              how, then, debugged)
        check(lost_in(world, trace) == expected, how, then, lost_in(world, trace))
        # exit() in a child of vfork() runs the exit handlers in its parent's memory, so the parent has none left
        check(how == "vfork" or os.listdir(world.boxes) == [], how, then, "left", os.listdir(world.boxes))


def children_that_no_handler_saw_end_and_leave_the_box_alone():
    for how in ("_Fork", "clone", "namespace"):
        if how == "namespace" and os.geteuid() != 0:
            continue
        for then in ("exit", "leave", "stop", "work"):
            run(how, then, ["lost by the parent"])
    run("vfork", "exit", ["lost by the parent"])


def a_forked_child_may_end_in_each_way():
    for then in ("exit", "leave", "stop"):
        run("fork", then, ["lost by the parent"])


main(
    children_that_no_handler_saw_end_and_leave_the_box_alone,
    a_forked_child_may_end_in_each_way,
)
