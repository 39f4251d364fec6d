#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program starts the recorder with its own options, whatever the environment says.

    starts.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
LOST = "Task was destroyed but it is pending"


def names(world, trace):
    return [finding["task"]["name"] for finding in world.report(trace)["findings"]]


def options_override_the_environment():
    for debug in {}, {"AWRY_DEBUG": "0"}, {"AWRY_DEBUG": "1", "AWRY_STDERR": "none", "AWRY_TRACE": "/nowhere/x"}:
        with World(AWRY) as world:
            trace = world.path("a.awry")
            done = world.call(PROGRAM, trace, **debug)
            check(done.stdout == "1 1 1 0\n" and done.returncode == 0, debug, done)
            check(LOST in done.stderr and done.stderr.count("awry:") == 0, debug, done.stderr)
            check(names(world, trace) == ["parent"], debug)
            check(not os.path.exists(trace + ".other"), "it changed something")
            text = world.good("report", trace)
            check("runtime first, second, third:" in text, text)
            check(os.listdir(world.boxes) == [], os.listdir(world.boxes))


def a_forked_child_has_the_same_options():
    with World(AWRY) as world:
        trace = world.path("a.awry")
        done = world.call(PROGRAM, trace, "fork")
        check(done.returncode == 0, done)
        others = [name for name in os.listdir(world.files) if name.startswith("a.awry.")]
        check(len(others) == 1, os.listdir(world.files))
        check(names(world, trace) == ["parent"] and names(world, world.path(others[0])) == ["child"], others)


def what_is_not_allowed_is_said_and_changes_nothing():
    with World(AWRY) as world:
        trace = world.path("a.awry")
        done = world.call(PROGRAM, trace, "wrong")
        check(done.stdout == "0 1 1 1 0\n", done)
        lines = [line for line in done.stderr.splitlines() if line.startswith("awry:")]
        check(lines == ["awry: nothing is recorded: aw_agent_start_with(): held_s='8640001': "
                        "1 to 8640000 seconds are allowed"], done.stderr)
        check(names(world, trace) == ["parent"] and not os.path.exists(trace + ".other"), "the wrong ones counted")


def is_open_to_all(path):
    """Whether another user may enter each folder of the path."""
    return path == "/" or (os.stat(path).st_mode & 0o001 and is_open_to_all(os.path.dirname(path)))


def not_for_another_user():
    if os.geteuid() != 0:
        print("# not root: no other user to be")
        return
    if not is_open_to_all(os.path.dirname(os.path.realpath(PROGRAM))):
        print("# another user cannot load the libraries from here")
        return
    for bits in 0o4755, 0o2755:
        with World(AWRY) as world:
            path, trace = shutil.copy(PROGRAM, world.path("starts")), world.path("a.awry")
            os.chmod(world.files, 0o777)
            os.chown(path, 65534, 65534)
            os.chmod(path, bits)
            done = world.call(path, trace)
            if done.stdout.endswith(" 0\n"):
                print("# the kernel ignores such bits here")
                return
            if "LeakSanitizer" in done.stderr:
                print("# a sanitizer cannot look for leaks there")
                return
            check(done.stdout == "0 0 0 1\n" and done.returncode == 0, oct(bits), done)
            said = set(done.stderr.splitlines())
            check(said == {"awry: nothing is recorded: this is a set-user-id or set-group-id program"}, oct(bits), said)
            check(os.listdir(world.boxes) == [] and not os.path.exists(trace), oct(bits), "it was recorded")


main(options_override_the_environment, a_forked_child_has_the_same_options,
     what_is_not_allowed_is_said_and_changes_nothing, not_for_another_user)
