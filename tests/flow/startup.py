#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The cost of debug mode for a small program: memory of its box, page faults and instructions of its start.

    startup.py AWRY EXAMPLES_FOLDER FLOOD

No time is measured: the counts are the same on a busy machine.
"""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, FLOOD = map(os.path.abspath, sys.argv[1:4])
MOST_BYTES = 1 << 20
MOST_FAULTS = 600  # in addition to a run without debug mode; rings that are populated at once take 2,400
MOST_INSTRUCTIONS = 3_000_000  # in addition, too: a millisecond


def backed_bytes(world):
    [box] = [name for name in os.listdir(world.boxes) if name.endswith(".box")]
    return os.stat(os.path.join(world.boxes, box)).st_blocks * 512


def a_small_program_takes_little_of_the_tmpfs():
    with World(AWRY) as world:
        process = world.start(FLOOD, "-k", "100", "-s", "60", "0")
        process.stdout.readline()
        check(backed_bytes(world) <= MOST_BYTES, backed_bytes(world), "bytes are backed")


def a_large_one_takes_more():
    with World(AWRY) as world:
        process = world.start(FLOOD, "-k", "10000", "-s", "60", "100000")
        process.stdout.readline()
        check(backed_bytes(world) > 4 * MOST_BYTES, "the ring of events has not grown:", backed_bytes(world))


def faults(world, debug):
    """The smallest count of several runs."""
    counts = []
    for _ in range(5):
        process = subprocess.Popen([FLOOD, "-k", "100", "0"], stdout=subprocess.DEVNULL,
                                   env=dict(world.environment, AWRY_DEBUG=debug))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        check(status == 0, "exited with", status)
        counts.append(usage.ru_minflt)
    return min(counts)


def its_start_touches_few_pages():
    with World(AWRY) as world:
        more = faults(world, "1") - faults(world, "0")
        check(more <= MOST_FAULTS, more, "page faults more than without debug mode")


def instructions(world, debug):
    done = world.call("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", FLOOD, "-k", "100", "0",
                      AWRY_DEBUG=debug)
    check(done.returncode == 0, done.stderr[-500:])
    return int(done.stderr.split("Collected :")[1].split()[0])


def its_start_takes_few_instructions():
    if shutil.which("valgrind") is None:
        print("# there is no valgrind")
        return
    with World(AWRY) as world:
        probe = world.call("valgrind", "--tool=none", FLOOD, "-k", "1", "0", AWRY_DEBUG="0")
        if "debuginfo reader" in probe.stderr:
            print("# this valgrind cannot read this compiler's debug information")
            return
        more = min(instructions(world, "1") for _ in range(3)) - instructions(world, "0")
        check(more <= MOST_INSTRUCTIONS, more, "instructions more than without debug mode")


main(a_small_program_takes_little_of_the_tmpfs, a_large_one_takes_more, its_start_touches_few_pages,
     its_start_takes_few_instructions)
