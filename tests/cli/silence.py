#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""If nothing was recorded, the one line of awry run has the known reason.

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
    check(len(lines) == 1 and reason in lines[0] and lines[0].endswith(" (awry doctor -- CMD checks it)"), command, "says", done.stderr, "and not", reason)


def python_commands():
    with World(AWRY) as world:
        preloaded = "awry's Python part was preloaded"
        if not os.path.exists(os.path.join(os.path.dirname(AWRY), "../../agent/python/awry-python.so")):
            preloaded = "awry-python.so, is not installed"
        for code in "pass", "import asyncio":
            says(world, preloaded, "python3", "-c", code)
        says(world, preloaded, "env", "AWRY_DEBUG=0", "python3", "-c", "import asyncio; asyncio.run(asyncio.sleep(0))")
        says(world, preloaded, "ls", "/usr/bin/python3")
        for command in "python3 -c pass", "cd /;/usr/bin/python3 -c pass", "x=$(python3 -V)":
            says(world, "perhaps the command starts it", "bash", "-c", command)
        says(world, ELSE, "bash", "-c", "true")
        says(world, ELSE, "ls", "/usr/lib/python3/dist-packages")
        says(world, ELSE, "echo", "pythonic things of a python_")
        says(world, ELSE, "true")


def programs_that_load_no_library():
    """A static program, without a dynamic linker: a minimal ELF file that calls exit(0)."""
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


def no_reason_is_given_if_none_is_known():
    """A program may clear its environment, and so not load the agent: then it is not known whether it had tasks."""
    with World(AWRY) as world:
        done = world.run_awry("run", "--", "env", "-i", "/usr/bin/python3", "-c", "pass")
        check("never imported" not in done.stderr and "most likely" not in done.stderr, done.stderr)


def a_path_that_cannot_be_preloaded():
    with World(AWRY) as world:
        part = os.path.join(os.path.dirname(AWRY), "../../agent/python/awry-python.so")
        if not os.path.exists(part):
            print("# built without the Python part")
            return
        for folder in "with space", "with:colon":
            for name in "viewer/cli", "agent/python":
                os.makedirs(world.path(f"{folder}/{name}"))
            awry = shutil.copy(AWRY, world.path(f"{folder}/viewer/cli/awry"))
            shutil.copy(part, world.path(f"{folder}/agent/python/"))
            done = world.call(awry, "run", "--", "python3", "-c", "pass")
            check("was not preloaded: LD_PRELOAD cannot name a path" in done.stderr, done.stderr)


def the_dynamic_linker_as_a_program():
    """The dynamic linker itself names no dynamic linker, but does load libraries."""
    linker = "/lib64/ld-linux-x86-64.so.2"
    if os.path.exists(linker):
        with World(AWRY) as world:
            says(world, ELSE, linker, "/bin/true")


def a_static_program_that_can_be_placed_anywhere():
    with World(AWRY) as world:
        source, path = world.path("static.c"), world.path("static-pie")
        with open(source, "w", encoding="utf-8") as file:
            file.write("int main(void) { return 0; }\n")
        if world.call("cc", "-static-pie", source, "-o", path).returncode == 0:
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
        script = world.path("script")  # the kernel ignores set-user-id bits of scripts
        with open(script, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n")
        os.chown(script, 65534, 65534)
        os.chmod(script, 0o6755)
        says(world, ELSE, script)


main(python_commands, no_reason_is_given_if_none_is_known, a_path_that_cannot_be_preloaded, programs_that_load_no_library,
     the_dynamic_linker_as_a_program, a_static_program_that_can_be_placed_anywhere, programs_of_another_user)
