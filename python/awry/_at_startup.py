# SPDX-License-Identifier: MIT
"""Begins recording in this interpreter: awry.pth imports this module at each start of Python with AWRY_DEBUG=1.

It loads the library that ``awry run`` preloads, which then waits until the program imports asyncio. Where that library is preloaded
already, nothing happens. If it cannot be loaded, one line on stderr says why, and the program runs as if awry were absent.
"""
import sys


def _start():
    """Load the library. Returns None, or why it cannot be loaded."""
    if "_asyncio" in sys.modules:
        return "asyncio was imported before awry, by another .pth file: use awry run"
    try:
        from awry import _load, _places
    except ImportError as error:  # a free-threaded interpreter, or another CPU
        return str(error)
    return _load.load(_places.LIBRARY)


def _main():
    problem = _start()
    if problem and sys.stderr is not None:
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"awry: CPython {version}: {problem}: its tasks are not recorded", file=sys.stderr)


_main()
