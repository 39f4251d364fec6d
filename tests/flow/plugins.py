#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A plugin that is loaded at the address of an unloaded one has its own names, and so has the unloaded one.

    plugins.py AWRY EXAMPLES_FOLDER PLUGINS FIRST OTHER
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, PLUGINS, FIRST, OTHER = map(os.path.abspath, sys.argv[1:6])


def named(report):
    """For each finding: the coroutine, where its error was raised, and the module of the frame that created its task."""
    errors = {error["id"]: error for error in report["errors"]}
    found = []
    for finding in report["findings"]:
        frames = [frame for frame in finding["stack"][0]["frames"] if frame.get("function") == "start"]
        found.append((finding["coroutine"]["function"], errors[finding["error"]]["site"]["function"],
                      os.path.basename(frames[0]["module"]) if frames else None))
    return found


def each_plugin_keeps_its_names():
    with World(AWRY) as world:
        trace = world.path("t.awry")
        done = world.call(PLUGINS, FIRST, OTHER, FIRST, AWRY_DEBUG="1", AWRY_TRACE=trace)
        places = done.stdout.split()
        check(done.returncode == 0 and len(places) == 3, done)
        check(len(set(places)) == 1, "they were loaded at different places: nothing is tested", places)
        expected = [("first", "first", os.path.basename(FIRST)), ("other", "other", os.path.basename(OTHER)),
                    ("first", "first", os.path.basename(FIRST))]
        found = named(world.report(trace))
        # the third finding equals the first, and is counted with it
        check(sorted(found) in (sorted(expected), sorted(expected[:2])), found)
        for name in ("first", "other"):
            check(f"in {name}\n" in done.stderr, "not printed:", name, done.stderr)


def a_plugin_is_known_by_a_relative_name():
    """awry-symbolize runs in another folder than the program, which may also change its folder."""
    with World(AWRY) as world:
        shutil.copy(FIRST, world.path("first.so"))
        os.chdir(world.files)
        done = world.call(PLUGINS, "./first.so", "first.so", AWRY_DEBUG="1", LD_LIBRARY_PATH=".")
        os.chdir("/")
        check(done.returncode == 0, done)
        check(done.stderr.count("first() done, defined at ") == done.stderr.count("plugin.c:9> ") > 0, done.stderr)
        check(", in start\n" in done.stderr and "first.so+0x" not in done.stderr, done.stderr)


def a_plugin_that_is_found_nowhere_leaves_errno_alone():
    """plugin.c checks errno. A name relative to another folder is looked up when the plugin's first task is created."""
    with World(AWRY) as world:
        shutil.copy(FIRST, world.path("first.so"))
        os.chdir(world.files)
        done = world.call(PLUGINS, "/", "./first.so", AWRY_DEBUG="1")
        os.chdir("/")
        check(done.returncode == 0, done)


main(each_plugin_keeps_its_names, a_plugin_is_known_by_a_relative_name, a_plugin_that_is_found_nowhere_leaves_errno_alone)
