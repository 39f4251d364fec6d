#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/coming-from-asyncio.md has each name of asyncio, and no name of awry that does not exist.

    check_asyncio_names.py ROOT
"""
import asyncio
import asyncio.subprocess
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "man"))
import headers  # noqa: E402

CLASSES = ("Task", "Future", "Lock", "Event", "Condition", "Semaphore", "Barrier", "Queue", "StreamReader",
           "StreamWriter", "AbstractServer", "AbstractEventLoop", "Runner", "TaskGroup", "Timeout", "Handle",
           "TimerHandle")
INHERITED = {"Task": asyncio.Future, "Condition": asyncio.Lock}


def names_of_asyncio():
    yield from asyncio.__all__
    for name in CLASSES:
        base = dir(INHERITED[name]) if name in INHERITED else ()
        yield from (f"{name}.{attribute}" for attribute in dir(getattr(asyncio, name))
                    if not attribute.startswith("_") and attribute not in base)
    yield from (f"Process.{attribute}" for attribute in dir(asyncio.subprocess.Process)
                if not attribute.startswith("_"))


def main(root):
    with open(os.path.join(root, "docs", "coming-from-asyncio.md")) as file:
        text = file.read()
    told = set(re.findall(r"`([\w.]+)`", text))
    problems = [f"{name} of asyncio is not told of" for name in sorted(set(names_of_asyncio()) - told)]
    ours = {word for header in headers.read_all(os.path.join(root, "include"))
            for word in re.findall(r"\baw_\w+", header.source)}
    ours |= {"aw_" + name for header in headers.read_all(os.path.join(root, "include"))
             for name in re.findall(r"^\s+X\((\w+),", header.source, re.M)}
    named = {name for name in re.findall(r"\baw_\w+[a-z]\b", text) if name != "aw_NAME"}
    problems += [f"{name} is in no header" for name in sorted(named - ours)]
    for problem in problems:
        print("docs/coming-from-asyncio.md:", problem)
    sys.exit(1 if problems or len(told) < 200 else 0)


main(sys.argv[1])
