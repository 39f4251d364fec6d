#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a debugged program does to itself stays its own affair, and debug mode adds nothing to it.

    untouched.py AWRY EXAMPLES_FOLDER UNTOUCHED
"""
import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, UNTOUCHED = sys.argv[1:4]


def run(world, mode, limit=None, **variables):
    def restrict():
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return subprocess.run([UNTOUCHED, mode], env={**world.environment, "AWRY_DEBUG": "1", **variables},
                          preexec_fn=restrict, capture_output=True, text=True, timeout=60)


def one_that_closes_all_descriptors_has_no_spinning_thread():
    with World(AWRY) as world:
        result = run(world, "close", AWRY_TRACE=world.path("t.awry"), AWRY_STDERR="none")
        check(result.returncode == 0 and int(result.stdout) < 300, result)
        check("the recording ends here" in result.stderr, result)


def one_with_little_memory_is_not_ended():
    with World(AWRY) as world:
        for mebibytes in range(60, 640, 10):
            result = run(world, "lose", limit=mebibytes << 20)
            check(result.returncode == 0 and result.stdout == "done\n", mebibytes, result)


def one_whose_stderr_nobody_reads_comes_to_its_end():
    with World(AWRY) as world:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while True:
                os.write(writing, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writing, True)
        done = subprocess.run([UNTOUCHED, "lose"], env={**world.environment, "AWRY_DEBUG": "1"},
                              stdout=subprocess.PIPE, stderr=writing, text=True, timeout=10)
        check(done.returncode == 0 and done.stdout == "done\n", done)
        os.close(reading)
        os.close(writing)


main(
    one_whose_stderr_nobody_reads_comes_to_its_end,
    one_that_closes_all_descriptors_has_no_spinning_thread,
    one_with_little_memory_is_not_ended,
)
