#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Findings go only to the file that was stderr at the start, and the agent disturbs neither descriptors nor children.

    stderr_only.py AWRY EXAMPLES_FOLDER STDERR_ONLY
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, PROGRAM = sys.argv[1:4]


def a_data_file_at_descriptor_2_is_not_written_to():
    with World(AWRY) as world:
        done = world.call(PROGRAM, "data", world.path("data"), AWRY_DEBUG="1")
        check(done.returncode == 0, done)
        check(open(world.path("data"), encoding="ascii").read() == "data", done)


def files_at_low_descriptors_stay_the_program_s():
    with World(AWRY) as world:
        done = world.call(PROGRAM, "files", world.files, AWRY_DEBUG="1", AWRY_BLOCKED_MS="50")
        check(done.returncode == 0 and done.stdout == "12\n", done)


def the_symbolizer_is_no_child():
    with World(AWRY) as world:
        done = world.call(PROGRAM, "children", AWRY_DEBUG="1")
        check(done.stdout == "-1 No child processes 0\n", done)
        check("stderr_only.c" in done.stderr, "no symbols", done)


def it_is_none_where_the_program_adopts():
    """The program is a subreaper, so that an orphaned helper would become its child."""
    command = "import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
    with World(AWRY) as world:
        done = world.call(sys.executable, "-c", command, os.path.abspath(PROGRAM), "children", AWRY_DEBUG="1")
        check(done.stdout == "-1 No child processes 0\n", done)
        check("stderr_only.c" in done.stderr, "no symbols", done)


main(
    a_data_file_at_descriptor_2_is_not_written_to,
    files_at_low_descriptors_stay_the_program_s,
    the_symbolizer_is_no_child,
    it_is_none_where_the_program_adopts,
)
