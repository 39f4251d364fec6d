# SPDX-License-Identifier: MIT
"""Begins recording in this interpreter: awry.pth imports this module at each start of Python with AWRY_DEBUG=1.

It is imported for any other value, too, except 0 and none: then one line says what is allowed, as programs in C do.

It loads the library that ``awry run`` preloads, which waits until the program imports asyncio. Where that library is loaded already,
nothing happens. If the interpreter cannot be recorded, one line on stderr says why, and the program runs as if awry were absent.
"""
import os
import sys


def start():
    """Begin to record this interpreter. Returns None, or a str that says why it cannot be recorded."""
    try:
        from _awry import agent, places
    except ImportError as error:  # a free-threaded interpreter, or another CPU
        return str(error)
    return agent.start(places.LIBRARY)


_said = set()


def _say(line):
    """Print a line on stderr, once: in a venv each .pth file is read twice."""
    if sys.stderr is not None and line not in _said:
        _said.add(line)
        print(line, file=sys.stderr)


def main():
    """Begin to record this interpreter; say so on stderr if it cannot be recorded, or if the variable's value is not allowed."""
    value = os.environ.get("AWRY_DEBUG", "")
    if value != "1":
        _say(f"awry: AWRY_DEBUG={value[:200]!a} is ignored: 1 (on) or 0 (off) are allowed")
        return
    problem = start()
    if problem:
        version = ".".join(map(str, sys.version_info[:3]))
        _say(f"awry: CPython {version}: {problem}: its tasks are not recorded")
