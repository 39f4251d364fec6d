#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry attach without a target and without a terminal takes the only live process. (tests/tui tests the list.)

    choose.py AWRY EXAMPLES_FOLDER
"""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]


def start(world):
    process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-n", "1", "-l", "3600",
                          AWRY_STDERR="none")
    process.stdout.readline()
    return process


def without_a_terminal_it_only_says_what_there_is():
    with World(AWRY) as world:
        done = world.run_awry("attach")
        check(done.returncode == 2 and "no debuggable process" in done.stderr, done)
        check(len(done.stderr.splitlines()) == 1, done.stderr)
        one, two = start(world), start(world)
        done = world.run_awry("attach")
        check(done.returncode == 2 and len(done.stderr.splitlines()) == 1, done)
        check(str(one.pid) in done.stderr and str(two.pid) in done.stderr, done.stderr)


def without_a_terminal_the_only_one_is_taken():
    with World(AWRY) as world:
        world.crash(start(world))
        start(world)
        watcher = world.start(AWRY, "attach")
        check(any("never" in watcher.stdout.readline() for _ in range(500)), "a finding is printed as it happens")
        watcher.send_signal(signal.SIGINT)
        out, _ = watcher.communicate(timeout=120)
        check(watcher.returncode == 0 and "finding" in out, (watcher.returncode, out))


main(without_a_terminal_it_only_says_what_there_is, without_a_terminal_the_only_one_is_taken)
