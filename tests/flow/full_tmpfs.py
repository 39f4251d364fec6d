#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A full tmpfs does not end a program: its box gets no more memory, which is reported once.

    full_tmpfs.py AWRY EXAMPLES_FOLDER FILLER [STEP_KIB]

File systems from 1 to 16 MiB, in steps of STEP_KIB. Needs root, to mount in its own namespace.
"""
import concurrent.futures
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

SKIPPED = 77
AWRY, EXAMPLES, FILLER = map(os.path.abspath, sys.argv[1:4])
STEP = int(sys.argv[4]) if len(sys.argv) > 4 else 3 * 1024
SIZES = range(1024, 16 * 1024 + 1, STEP)
NO_ROOM = ("no room", "No space left")


class Small(World):
    """A World whose boxes lie on a file system of `size` KiB."""

    def __init__(self, size):
        super().__init__(AWRY)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k,mode=700", "awry-test", self.boxes], check=True)

    def __exit__(self, *args):
        for process in self.processes:
            process.kill()
            process.wait()
        subprocess.run(["umount", "-l", self.boxes], check=True)
        super().__exit__(*args)

    def fill(self):
        with open(os.path.join(self.boxes, "full"), "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096) > 0:
                    pass
            except OSError:
                pass


def said(text):
    return [line for line in text.splitlines() if any(words in line for words in NO_ROOM)]


def run(world, size, *arguments, viewer=False):
    """Run the filler, which must end well; returns the messages about room."""
    process = world.start(FILLER, "-w", *arguments, AWRY_BLOCKED_MS="60000", AWRY_STARVED_MS="600000")
    check(process.stdout.readline() == "ready\n", size, "it did not begin:", process.poll())
    watching = None
    if viewer:
        watching = world.start(AWRY, "record", str(process.pid), "-o", world.path("seen.awry"))
        listed = world.run_awry("tree", str(process.pid))
        check(listed.returncode == 0, size, "awry tree exited with", listed.returncode, listed.stderr)
    _, errors = process.communicate("\n", timeout=300)
    check(process.returncode == 0, size, arguments, "exited with", process.returncode, errors[-500:])
    if watching is not None:
        watching.communicate(timeout=300)
        check(watching.returncode >= 0, size, "the viewer exited with", watching.returncode)
    return said(errors)


def with_hardly_room_for_a_header():
    """The task table may have no memory at all when it is read."""
    for size in range(128, 352, 8):
        with Small(size) as world:
            for _ in range(2):
                done = world.call(os.path.join(EXAMPLES, "lost_error"), AWRY_DEBUG="1")
                check(done.returncode == 0, size, "exited with", done.returncode, done.stderr[-500:])


def at_each_size(test):
    """Two sizes at a time: they are independent."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(test, SIZES))


def of_every_size():
    def test(size):
        with Small(size) as world:
            lines = run(world, size, viewer=True)
            check(len(lines) <= 1, size, lines)
            check(len(lines) == 1 or size > 6 * 1024, size, "it needs more than that:", lines)

    at_each_size(test)


def filled_while_it_runs():
    def test(size):
        with Small(size) as world:
            lines = run(world, size, os.path.join(world.boxes, "full"), viewer=size % 2048 == 0)
            check(len(lines) == 1, size, lines)

    at_each_size(test)


def after_fork():
    def test(size):
        with Small(size) as world:
            lines = run(world, size, "-f")
            check(len(lines) <= 2, size, lines)
        with Small(size) as world:
            lines = run(world, size, "-f", os.path.join(world.boxes, "full"))
            check(len(lines) == 2, size, "one line of each process:", lines)

    at_each_size(test)


def full_before_it_starts():
    with Small(1024) as world:
        world.fill()
        lines = run(world, 0)
        check(len(lines) == 1 and "nothing is recorded" in lines[0], lines)


if os.geteuid() != 0 or "AWRY_TEST_MOUNTS" not in os.environ:
    try:
        done = subprocess.run(["unshare", "-m", "--propagation", "private", "true"], capture_output=True, text=True)
    except OSError as error:
        done = subprocess.CompletedProcess([], 1, "", str(error))
    if os.geteuid() != 0 or done.returncode != 0:
        print("skipped: only root may mount:", done.stderr.strip())
        sys.exit(SKIPPED)
    os.execvpe("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv],
               dict(os.environ, AWRY_TEST_MOUNTS="1"))
main(full_before_it_starts, with_hardly_room_for_a_header, of_every_size, filled_while_it_runs, after_fork)
