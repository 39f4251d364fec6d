#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fail when two C files have the same name: a message, a backtrace or an editor shows only that part of a path.

    check_names.py [ROOT]

A header of include/awry may share its name with one header of the code that implements it. All other shared names are
in SHARED below, with the reason. Prints a line for each violation, and exits with 1; with 2 for wrong arguments.
"""
import collections
import os
import pathlib
import sys

ORACLE = "a scenario of the oracle tests bears the name of the runtime's file that it is about"
SEED = "an example bears the name of the runtime's function that it shows"
PROGRAM = "a program of the flow tests bears the name of the file that it is about"

# a name: why several files have it, and the files
SHARED = {
    "app.c": ("a user's program, named as users name theirs", "tests/install/outside/app.c", "viewer/tui/app.c"),
    "error_repr.c": (ORACLE, "agent/runtime/error/error_repr.c", "tests/oracle/error_repr.c"),
    "findings.c": (PROGRAM, "agent/record/findings.c", "tests/flow/findings.c"),
    "gather.c": (SEED, "agent/runtime/compose/gather.c", "examples/seeds/gather.c"),
    "overflow.c": (
        "a stack overflow: the runtime notices it, the recorder records it; " + PROGRAM,
        "agent/record/overflow.c",
        "agent/runtime/task/overflow.c",
        "tests/flow/overflow.c",
    ),
    "own_table.c": (PROGRAM, "agent/stream/own_table.c", "tests/flow/own_table.c"),
    "process_communicate.c": (
        ORACLE,
        "agent/runtime/process/process_communicate.c",
        "tests/oracle/process_communicate.c",
    ),
    "process_stdio.c": (ORACLE, "agent/runtime/process/process_stdio.c", "tests/oracle/process_stdio.c"),
    "retry.c": (SEED, "agent/runtime/resilience/retry.c", "examples/seeds/retry.c"),
    "stack.c": (
        "the frames that the recorder captures; the memory that a coroutine runs on",
        "agent/record/stack.c",
        "agent/runtime/fiber/stack.c",
    ),
    "task_group.c": (
        "the same feature, as the seed document showed it and as an example",
        "examples/seeds/task_group.c",
        "examples/task_group.c",
    ),
    "tls_files.c": (ORACLE, "agent/tls/tls_files.c", "tests/oracle/tls_files.c"),
    "version.c": (
        "a user's program that asks for the version",
        "agent/runtime/loop/version.c",
        "tests/install/outside/version.c",
    ),
}

SUFFIXES = (".c", ".h")
BUILT = ("build",)


def sources(root):
    for folder, names, files in os.walk(root):
        at = pathlib.Path(folder)
        names[:] = sorted(n for n in names if not n.startswith(".") and not (at == root and n in BUILT))
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                yield (at / name).relative_to(root).as_posix()


def is_header_and_its_implementer(name, paths):
    return name.endswith(".h") and len(paths) == 2 and "include/awry/" + name in paths


def check_names(root):
    named = collections.defaultdict(list)
    for path in sources(root):
        named[path.rsplit("/", 1)[-1]].append(path)
    if not named:
        yield "%s: nothing to check: is this the repository?" % root
    for name, paths in sorted(named.items()):
        if len(paths) < 2 or is_header_and_its_implementer(name, paths):
            continue
        for path in paths:
            if path not in SHARED.get(name, ()):
                others = ", ".join(other for other in paths if other != path)
                yield "%s: has the name of %s; choose another, or say why in SHARED of check_names.py" % (path, others)
    for name, (_, *paths) in sorted(SHARED.items()):
        for path in paths:
            if path not in named[name]:
                yield "check_names.py: SHARED names %s, which does not exist" % path


def main(arguments):
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    here = pathlib.Path(__file__).resolve().parents[2]
    root = pathlib.Path(arguments[0]).resolve() if arguments else here
    wrong = [*check_names(root)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
