#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""If any allocation of the agent fails, the program still ends as without debug mode.

    allocations.py AWRY EXAMPLES_FOLDER FAIL_ALLOC
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, FAIL_ALLOC = sys.argv[1:4]
PROGRAMS = ["lost_error", "never_awaited", "task_group"]


def run(world, program, **variables):
    return subprocess.run([os.path.join(EXAMPLES, program)], env={**world.environment, **variables},
                          capture_output=True, text=True, timeout=300)


def every_single_failure(program):
    with World(AWRY) as world:
        off = run(world, program)
        debug = {"AWRY_DEBUG": "1", "AWRY_TRACE": world.path("t.awry"), "LD_PRELOAD": FAIL_ALLOC}
        run(world, program, FAIL_ALLOC_COUNT=world.path("count"), **debug)
        count = int(open(world.path("count"), encoding="ascii").read())
        check(count > 20, count)
        for number in range(1, count + 1):
            on = run(world, program, FAIL_ALLOC=str(number), **debug)
            check((on.returncode, on.stdout) == (off.returncode, off.stdout), program, "allocation", number, "of", count, on)
        for every in (1, 2, 3, 5, 7):
            on = run(world, program, FAIL_ALLOC_EVERY=str(every), **debug)
            check((on.returncode, on.stdout) == (off.returncode, off.stdout), program, "each of", every, on)


def no_single_failure_harms_the_program():
    for program in PROGRAMS:
        every_single_failure(program)


def findings_are_printed_without_symbols():
    """Without awry-symbolize, findings have module and offset, and one line reports that it is missing."""
    with World(AWRY) as world:
        os.mkdir(world.path("lib"))
        for folder, name in (("..", "agent/libawry-agent.so.0"), ("..", "agent/libawry.so.0")):
            source = os.path.join(EXAMPLES, folder, name)
            with open(source, "rb") as file, open(world.path("lib/" + os.path.basename(name)), "wb") as copy:
                copy.write(file.read())
        done = run(world, "lost_error", AWRY_DEBUG="1", LD_PRELOAD=world.path("lib/libawry-agent.so.0") + " " +
                   world.path("lib/libawry.so.0"))
        check(done.returncode == 0 and done.stderr.count("awry-symbolize cannot be started") == 1, done)
        check("Task exception was never retrieved" in done.stderr and "/lost_error+0x" in done.stderr, done)


main(no_single_failure_harms_the_program, findings_are_printed_without_symbols)
