#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where nothing was recorded, awry run says in its one line what is known of the reason.

    silence.py AWRY EXAMPLES_FOLDER
"""
import os
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
ELSE = "no awry runtime or adapter was started in it"


def says(world, reason, *command):
    done = world.run_awry("run", "--", *command)
    lines = [line for line in done.stderr.splitlines() if "nothing was recorded: " in line]
    check(len(lines) == 1 and reason in lines[0], command, "says", done.stderr, "and not", reason)


def python_commands():
    with World(AWRY) as world:
        preloaded = "awry's Python part was preloaded"
        if not os.path.exists(os.path.join(os.path.dirname(AWRY), "../../agent/python/awry-python.so")):
            preloaded = "awry-python.so, is not installed"
        says(world, preloaded, "python3", "-c", "pass")
        says(world, "was not preloaded", "bash", "-c", "python3 -c pass")
        says(world, ELSE, "bash", "-c", "true")
        says(world, ELSE, "true")


def programs_that_load_no_library():
    """A program without a dynamic linker: exit(0) in a few bytes, as the kernel takes it."""
    with World(AWRY) as world:
        code = b"\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05"  # mov $60, %eax; xor %edi, %edi; syscall
        header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
        segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 120 + len(code), 120 + len(code), 4096)
        path = world.path("static")
        with open(path, "wb") as file:
            file.write(header + segment + code)
        os.chmod(path, 0o755)
        if os.uname().machine == "x86_64":
            says(world, "it is statically linked", path)


def programs_of_another_user():
    if os.geteuid() != 0:
        print("# not root: no other user to be")
        return
    with World(AWRY) as world:
        path = shutil.copy("/bin/true", world.path("true"))
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o4755)
        says(world, "set-user-ID", path)
        os.chmod(path, 0o2755)
        says(world, "set-group-ID", path)


main(python_commands, programs_that_load_no_library, programs_of_another_user)
