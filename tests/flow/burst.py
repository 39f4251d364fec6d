#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A correct program with a burst of tasks has no finding, however slowly its viewer reads.

    burst.py AWRY EXAMPLES_FOLDER BURST
"""
import multiprocessing
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, BURST = map(os.path.abspath, sys.argv[1:4])
TIMES = 20
TASKS = 40000
# On a busy machine the loop may really be blocked for 0.1 s, which is not tested here.
NOT_BLOCKED = {"AWRY_BLOCKED_MS": "60000", "AWRY_STARVED_MS": "600000", "AWRY_BUSY_MS": "600000"}


def spin():
    while True:
        pass


class Busy:
    """Keeps two processors busy during the test."""

    def __enter__(self):
        self.loops = [multiprocessing.Process(target=spin, daemon=True) for _ in range(2)]
        for loop in self.loops:
            loop.start()

    def __exit__(self, *_):
        for loop in self.loops:
            loop.kill()
            loop.join()


def run_often(world, times, *options, **variables):
    for _ in range(times):
        done = world.run_awry("run", "--fail-on", "any", *options, "--", BURST, str(TASKS), **variables, **NOT_BLOCKED)
        check(done.returncode == 0, "exited with", done.returncode, done.stderr)
        check("lost" not in done.stderr, done.stderr)


def a_burst_is_no_finding():
    with World(AWRY) as world:
        run_often(world, TIMES)
        run_often(world, TIMES, AWRY_RING_BYTES="64KiB")


def a_burst_on_a_busy_machine_is_no_finding():
    with World(AWRY) as world, Busy():
        run_often(world, TIMES)
        run_often(world, TIMES // 4, AWRY_RING_BYTES="64KiB")


def a_recording_lost_nothing_and_says_so():
    with World(AWRY) as world:
        for ring in ("4MiB", "64KiB"):
            trace = world.path(ring + ".awry")
            run_often(world, 1, "-o", trace, AWRY_RING_BYTES=ring)
            statistics = world.json("stats", trace)
            check(statistics["lost_events"] == 0 and statistics["findings"] == {}, statistics)
            check(statistics["tasks"]["created"] == TASKS + 1, statistics["tasks"])


def a_viewer_that_does_not_read_knows_what_it_missed():
    with World(AWRY) as world:
        process = world.start(BURST, str(TASKS), "25", AWRY_RING_BYTES="64KiB", **NOT_BLOCKED)
        world.wait_for("the socket", world.sockets)
        with socket.socket(socket.AF_UNIX) as viewer, open(world.path("seen.awry"), "wb") as trace:
            viewer.connect(world.sockets()[0])
            preamble = viewer.recv(8, socket.MSG_WAITALL)
            viewer.sendall(preamble)
            trace.write(preamble)
            time.sleep(0.3)  # ten times as long as the program needs to fill the socket's buffer
            while chunk := viewer.recv(1 << 16):
                trace.write(chunk)
        check(process.wait() == 0, process.returncode)
        statistics = world.json("stats", trace.name)
        check(statistics["lost_events"] > 10000, "it knows nothing of what it missed:", statistics)
        check(statistics["findings"] == {}, statistics["findings"])


main(a_burst_is_no_finding, a_burst_on_a_busy_machine_is_no_finding, a_recording_lost_nothing_and_says_so,
     a_viewer_that_does_not_read_knows_what_it_missed)
