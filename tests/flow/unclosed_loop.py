#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A loop that is not closed when its thread or its program ends is a finding; similar correct cases are not.

    unclosed_loop.py AWRY EXAMPLES_FOLDER FLOW_UNCLOSED_LOOP
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
FINE = ("fine-closed", "fine-thread", "fine-twice", "fine-exit-inside", "fine-fork", "fine-at-exit")


def run(world, case, **variables):
    done = world.call(PROGRAM, case, AWRY_DEBUG="1", **variables)
    check(done.returncode == 0, case, "exited with", done.returncode, done.stderr)
    return done


def each_unclosed_loop_is_found():
    with World(AWRY) as world:
        for case, wanted in (("return", ["open_loop", "forget_loop", "main"]), ("exit", ["forget_loop", "case_exit"]),
                             ("thread", ["open_loop", "forget_loop", "thread"])):
            trace = world.path(case + ".awry")
            done = run(world, case, AWRY_TRACE=trace)
            check(done.stderr.count("ResourceWarning: unclosed event loop <event loop #") == 1, case, done.stderr)
            [found] = world.report(trace)["findings"]
            functions = [frame["function"] for part in found["stack"] for frame in part["frames"]]
            check(found["kind"] == "unclosed-handle" and set(wanted) <= set(functions), case, found)
            text = world.good("report", trace)
            check("unclosed handle  [unclosed-handle]" in text and "event loop #" in text, text)


def similar_correct_cases_have_no_finding():
    """LeakSanitizer's remarks about the threads of a forked child's parent are ignored."""
    with World(AWRY) as world:
        for case in FINE:
            said = re.sub(r"==\d+==Running thread \d+ was not suspended.*\n\s*", "", run(world, case).stderr)
            check(said == "", case, "says", said)


def nothing_is_reported_without_debug_mode():
    with World(AWRY) as world:
        done = world.call(PROGRAM, "return", AWRY_DEBUG="0")
        check(done.returncode == 0 and done.stderr == "", done.returncode, done.stderr)


main(each_unclosed_loop_is_found, similar_correct_cases_have_no_finding, nothing_is_reported_without_debug_mode)
