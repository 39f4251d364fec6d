#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program that is started with some of the descriptors 0, 1 and 2 closed runs, with debug mode as without.

    descriptors.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import itertools
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]


def run(world, closed, **variables):
    def close():
        for fd in closed:
            os.close(fd)
    path = world.path("said")
    done = subprocess.run([PROGRAM, path], env=dict(world.environment, AWRY_STDERR="none", **variables), timeout=300,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=close)
    with open(path, encoding="utf-8") as file:
        return done.returncode, file.read(), done.stdout, done.stderr


def each_combination_runs_the_same():
    with World(AWRY) as world:
        for count in range(4):
            for closed in itertools.combinations(range(3), count):
                state = "".join(f"{fd} {'null' if fd in closed else 'kept'}\n" for fd in range(3))
                once = state + "echo hello\nprocess 0 said\n"
                stderr = b"" if 2 in closed else b"heard\n" * 2
                expected = (0, once + once + "again 0\n", b"", stderr)
                for variables in ({}, {"AWRY_DEBUG": "1"}, {"AWRY_DEBUG": "1", "AWRY_TRACE": world.path("%p.awry")}):
                    found = run(world, closed, **variables)
                    check(found == expected, "closed:", closed, variables, "gives", found)


main(each_combination_runs_the_same)
