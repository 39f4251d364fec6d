#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Many findings on stderr: what they cost, and what is said when not all of them are printed.

    stderr_many.py AWRY EXAMPLES_FOLDER PLACES SENDS_LIBRARY
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, PROGRAM, SENDS = sys.argv[1:5]


def what_was_named_once_is_not_asked_for_again():
    """awry-symbolize is asked by send(), twice a question: the stacks have thousands of frames, of a few functions."""
    with World(AWRY) as world:
        counted = world.path("sends")
        done = world.call(PROGRAM, "300", AWRY_DEBUG="1", LD_PRELOAD=SENDS, SENDS=counted)
        with open(counted, "rb") as file:
            sends = int.from_bytes(file.read(), sys.byteorder)
        frames = len(re.findall(r"^ +File \".*places\.c\"", done.stderr, re.M))
        check(done.stderr.count("never retrieved") == 300 and "not printed" not in done.stderr, done.stderr[-500:])
        check(frames > 3000, frames)
        check(0 < sends < 600, sends, "calls of send() for", frames, "frames")


def what_was_overwritten_is_not_blamed_on_stderr():
    with World(AWRY) as world:
        done = world.call(PROGRAM, "4000", AWRY_DEBUG="1", AWRY_RING_BYTES="65536")
        last = done.stderr.splitlines()[-1]
        check(re.fullmatch(r"awry: not all findings were printed: they came faster than they could be printed, and up "
                           r"to \d+ records of them were overwritten", last), last)
        check(0 < done.stderr.count("never retrieved") < 4000, "all were printed")


def what_stderr_had_no_room_for_is_said():
    """Nobody reads it until the program has ended; what is in the pipe then is less than was to be printed."""
    with World(AWRY) as world:
        process = subprocess.Popen([PROGRAM, "300"], env=dict(world.environment, AWRY_DEBUG="1"), stderr=subprocess.PIPE)
        world.processes.append(process)
        check(process.wait(timeout=300) == 0, process.returncode)
        said = process.stderr.read().decode()
        check(0 < said.count("never retrieved") < 300, "all were printed")
        check("overwritten" not in said, said[-500:])


main(
    what_was_named_once_is_not_asked_for_again,
    what_was_overwritten_is_not_blamed_on_stderr,
    what_stderr_had_no_room_for_is_said,
)
