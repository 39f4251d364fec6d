#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Many findings on stderr: their cost, and the message when not all of them are printed.

    stderr_many.py AWRY EXAMPLES_FOLDER PLACES SENDS_LIBRARY
"""
import os
import re
import select
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, PROGRAM, SENDS = sys.argv[1:5]


def what_was_named_once_is_not_asked_for_again():
    """Each question to awry-symbolize takes two calls of send(): thousands of frames are of a few functions only."""
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


def agents_thread(pid):
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as comm:
            if comm.read() == "awry\n":
                return f"/proc/{pid}/task/{thread}"
    return None


def is_full_and_given_up(process):
    """Whether the pipe is full, and the agent's thread sleeps in its futex instead of waiting for room in poll()."""
    pipe = os.open(f"/proc/{process.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    room = select.select([], [pipe], [], 0)[1]
    os.close(pipe)
    with open(agents_thread(process.pid) + "/wchan", encoding="utf-8") as wchan:
        return not room and "futex" in wchan.read()


def drained(stream):
    """The current contents of the pipe."""
    parts = []
    while select.select([stream], [], [], 0)[0]:
        parts.append(os.read(stream.fileno(), 65536))
    return b"".join(parts).decode(errors="replace")


def what_stderr_had_no_room_for_is_said():
    """The pipe is not read until the agent has given up, which it reports when there is room again."""
    with World(AWRY) as world:
        process = world.start(PROGRAM, "300", "wait")
        check(process.stdout.readline() == "lost\n", "the program failed")
        # the agent also sleeps between two rounds before it has noticed the full pipe: so wait for many rounds
        since = time.monotonic()
        while time.monotonic() - since < 2:
            if not is_full_and_given_up(process):
                since = time.monotonic()
            time.sleep(0.02)
        # drain the pipe before the process ends, which waits for room for 200 ms only, too short on a busy machine
        said = drained(process.stderr)
        said += process.communicate("\n", timeout=300)[1]
        check(process.returncode == 0, process.returncode)
        printed, last = said.count("never retrieved"), said.splitlines()[-1]
        unwritten = re.fullmatch(r"awry: (\d+) findings were not printed, or not whole: stderr had no room for 200 ms", last)
        check(unwritten, last)
        check(0 < printed < 300 and printed + int(unwritten[1]) in (300, 301), printed, "were printed, and", last)
        check("overwritten" not in said, said[-500:])


main(
    what_was_named_once_is_not_asked_for_again,
    what_was_overwritten_is_not_blamed_on_stderr,
    what_stderr_had_no_room_for_is_said,
)
