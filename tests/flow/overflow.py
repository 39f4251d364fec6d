#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A stack overflow of a task is reported on stderr and in the box, and changes nothing else.

    overflow.py AWRY EXAMPLES_FOLDER FLOW_OVERFLOW
"""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
SAID = re.compile(r"awry: stack overflow in (.*) \(coroutine (\w+)\): its stack has (\d+) bytes; .*\n")
ON = {"AWRY_DEBUG": "1", "AWRY_BLOCKED_MS": "60000"}


def said(done):
    found = SAID.findall(done.stderr)
    check(len(found) == 1 and 10000 < int(found[0][2]) < 70000, done.returncode, done.stderr)
    return found[0][:2]


def it_is_reported_with_and_without_debug_mode():
    with World(AWRY) as world:
        for variables in ({}, ON):
            for how, who in (("deep", ("the deep one", "recurse")), ("array", ("Task-2", "array")),
                             ("wide", ("Task-2", "wide")),
                             ("thread", ("Task-2", "recurse"))):
                done = world.call(PROGRAM, how, **variables)
                check(done.returncode == -signal.SIGSEGV, how, done.returncode, done.stderr)
                check(said(done) == who and done.stderr.count("\n") == 1, how, variables, done.stderr)


def another_fault_is_no_stack_overflow():
    with World(AWRY) as world:
        for variables in ({}, ON):
            done = world.call(PROGRAM, "null", **variables)
            check(done.returncode == -signal.SIGSEGV and done.stderr == "", done.returncode, done.stderr)


def an_earlier_signal_handler_still_runs():
    with World(AWRY) as world:
        for variables in ({}, ON):
            done = world.call(PROGRAM, "deep", "before", **variables)
            check((done.returncode, done.stdout) == (7, "own handler\n"), done.returncode, done.stdout)
            said(done)
            done = world.call(PROGRAM, "null", "before", **variables)
            check((done.returncode, done.stdout, done.stderr) == (7, "own handler\n", ""), done.stdout, done.stderr)


def a_later_signal_handler_replaces_ours():
    with World(AWRY) as world:
        for variables in ({}, ON):
            done = world.call(PROGRAM, "deep", "after", **variables)
            check((done.returncode, done.stdout, done.stderr) == (7, "own handler\n", ""), done.returncode, done.stderr)


def the_earlier_signal_handler_is_restored():
    with World(AWRY) as world:
        for whose in ("", "before"):
            check(world.call(PROGRAM, "closed", whose).returncode == 0, "kept, with", whose or "nobody", "before")


def overflow(report):
    [finding] = [finding for finding in report["findings"] if finding["kind"] == "stack-overflow"]
    check(finding["task"]["name"] == "the deep one" and 10000 < finding["value"] < 70000, finding)
    functions = [frame["function"] for part in finding["stack"] for frame in part["frames"]]
    check(functions[0] == "dig" and "amain" in functions and "main" in functions, functions)


def the_box_and_a_recording_have_the_finding():
    with World(AWRY) as world:
        process = world.start(PROGRAM, "deep", AWRY_BLOCKED_MS="60000")
        process.communicate(timeout=120)
        overflow(world.report(str(process.pid)))
        text = world.good("report", str(process.pid))
        check("[stack-overflow]" in text and "its stack overflowed here" in text, text)
        trace = world.path("overflow.awry")
        done = world.call(PROGRAM, "deep", AWRY_TRACE=trace, **ON)
        check(done.returncode == -signal.SIGSEGV, done.returncode)
        overflow(world.report(trace))


def run_reports_it():
    with World(AWRY) as world:
        done = world.run_awry("run", "--", PROGRAM, "deep")
        check(done.returncode == -signal.SIGSEGV and "[stack-overflow]" in done.stderr, done.returncode, done.stderr)
        done = world.run_awry("run", "--fail-on", "stack-overflow", "--", PROGRAM, "deep")
        check(done.returncode in (66, -signal.SIGSEGV), done.returncode)


main(it_is_reported_with_and_without_debug_mode, another_fault_is_no_stack_overflow, an_earlier_signal_handler_still_runs,
     a_later_signal_handler_replaces_ours, the_earlier_signal_handler_is_restored, the_box_and_a_recording_have_the_finding, run_reports_it)
