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


def main():
    """Begin to record this interpreter; say so on stderr if it cannot be recorded, or if the variable's value is not allowed."""
    value = os.environ.get("AWRY_DEBUG", "")
    if value != "1":
        if sys.stderr is not None:
            print(f"awry: AWRY_DEBUG={value[:200]!a} is ignored: 1 (on) or 0 (off) are allowed", file=sys.stderr)
        return
    problem = start()
    if problem and sys.stderr is not None:
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"awry: CPython {version}: {problem}: its tasks are not recorded", file=sys.stderr)
