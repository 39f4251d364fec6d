#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program built with AddressSanitizer gets correct reports of its coroutines, although the library is built without.

    sanitized.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
DEBUG = ({}, {"AWRY_DEBUG": "1", "AWRY_STDERR": "none"})
# The name of each fault, and functions of its stack, in this order.
FAULTS = {
    "leak": ("detected memory leaks", ["lose_memory", "leak"]),
    "freed": ("heap-use-after-free", ["read_freed", "use_freed", "freed by", "use_freed", "allocated by", "use_freed"]),
    "past": ("stack-buffer-overflow", ["write_past", "write_wrongly"]),
}


def run(world, case, options="", **variables):
    return world.call(PROGRAM, case, ASAN_OPTIONS="detect_leaks=1:exitcode=99:" + options, **variables)


def stands_in_order(text, words):
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def a_fault_is_reported_with_its_stack():
    with World(AWRY) as world:
        for case, (name, stack) in FAULTS.items():
            for variables in DEBUG:
                done = run(world, case, **variables)
                check(done.returncode == 99 and name in done.stderr, case, variables, done.returncode, done.stderr)
                check(stands_in_order(done.stderr, [name, *stack]), case, "lacks", stack, done.stderr)
                check("False positive" not in done.stderr, done.stderr)


def a_correct_program_has_no_report():
    with World(AWRY) as world:
        for case in ("clean", "exit"):
            for options in ("", "detect_stack_use_after_return=1"):
                for variables in DEBUG:
                    done = run(world, case, options, **variables)
                    check((done.returncode, done.stderr) == (0, ""), case, options, variables, done.returncode, done.stderr)


main(a_fault_is_reported_with_its_stack, a_correct_program_has_no_report)
