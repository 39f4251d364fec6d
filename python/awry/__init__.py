# SPDX-License-Identifier: MIT
"""awry: shows where async code goes awry.

Where this package is installed, ``AWRY_DEBUG=1 python app.py`` records the program and prints its findings on stderr, and
``python -m awry`` (or ``awry``) is the program that runs, attaches, replays and reports: see ``awry --help``. A program that cannot be
started with the variable calls ``awry.start()``.
"""
# Nothing else is imported here: awry.pth imports this package into programs as they start.
import os

__all__ = ["findings", "is_recording", "report", "snapshot", "start"]


def start():
    """Begin to record this process.

    Tasks may exist, and loops may run, in any thread. Those that are pending are recorded, without the stack that created them, from the
    next time that their loop waits for events. Does nothing if the process is recorded. AWRY_DEBUG=1 is set in ``os.environ``, so that
    the Python programs that this one starts are recorded, too. Other settings are those of the environment: see awry(7).

    Raises RuntimeError if the process cannot be recorded: this version of CPython has no adapter, or the library cannot be loaded.
    """
    from _awry import startup

    before = os.environ.get("AWRY_DEBUG")
    os.environ["AWRY_DEBUG"] = "1"
    problem = startup.start()
    if problem is not None:
        if before is None:
            del os.environ["AWRY_DEBUG"]
        else:
            os.environ["AWRY_DEBUG"] = before
        raise RuntimeError(f"awry cannot record this process: {problem}")


def is_recording():
    """Whether this process records: from its first event loop on, if recording has begun."""
    try:
        from _awry import agent
    except ImportError:  # this interpreter has no adapter
        return False
    return agent.is_recording()


def _run(*arguments):
    """Run the program awry; returns a subprocess.CompletedProcess, whose stdout and stderr are bytes."""
    import subprocess

    from _awry.places import PROGRAM

    environment = {name: value for name, value in os.environ.items() if name not in ("AWRY_DEBUG", "LD_PRELOAD")}
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, env=environment)


def _ask(*arguments):
    """Run the program awry on this process; returns what it prints.

    Raises RuntimeError with the program's own message if it fails.
    """
    done = _run(*arguments, str(os.getpid()))
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode(errors="replace")


def _ask_json(*arguments):
    import json

    return json.loads(_ask(*arguments)) if is_recording() else {}


def report():
    """The report of this process so far, as a dict: see docs/schema/report-1.json. It is {} if the process does not record.

    It runs the program awry, which takes some 20 ms.
    """
    return _ask_json("report", "--format", "json")


def findings():
    """The findings of this process so far: a list of dicts, see "finding" in docs/schema/report-1.json; [] if the process does not record.

    It runs the program awry, which takes some 20 ms.
    """
    return report().get("findings", [])


def snapshot(as_text=False):
    """The tree of live tasks, with where each waits: a dict, or with `as_text` what ``awry tree`` prints; {} or "" if the process does not record.

    It runs the program awry, which takes some 20 ms.
    """
    if as_text:
        return _ask("tree") if is_recording() else ""
    return _ask_json("tree", "--json")
