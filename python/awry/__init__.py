# SPDX-License-Identifier: MIT
"""awry: shows where async code goes awry.

Where this package is installed, ``AWRY_DEBUG=1 python app.py`` records the program and prints its findings on stderr, and
``python -m awry`` (or ``awry``) is the program that runs, attaches, replays and reports: see ``awry --help``. A program that cannot be
started with the variable calls ``awry.start()``.

PYTEST_DONT_REWRITE: a program may import this before pytest, which would warn that it cannot rewrite its assertions.
"""
from __future__ import annotations

# Nothing else is imported here, so that a program that imports this package starts as fast as before.
import os

TYPE_CHECKING = False  # type checkers take it for typing's, and importing that takes time
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from typing import Any, Literal, overload

    from awry.types import FoundFinding, Report, Snapshot

__all__ = ["findings", "is_recording", "on_finding", "report", "snapshot", "start"]


def start() -> None:
    """Begin to record this process.

    Tasks may exist, and loops may run, in any thread. Those that are pending are recorded, without the stack that created them, from the
    next time that their loop waits for events, or runs a task. Does nothing if the process is recorded. AWRY_DEBUG=1 is set in ``os.environ``, so that
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


def is_recording() -> bool:
    """Whether this process records: from its first event loop on, if recording has begun."""
    try:
        from _awry import agent
    except ImportError:  # this interpreter has no adapter
        return False
    recording: bool = agent.is_recording()
    return recording


def _run(*arguments: str, timeout: float | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the program awry; returns a subprocess.CompletedProcess, whose stdout and stderr are bytes."""
    import subprocess

    from _awry.places import PROGRAM

    environment = {name: value for name, value in os.environ.items() if name not in ("AWRY_DEBUG", "LD_PRELOAD")}
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=timeout)


def _ask(*arguments: str, timeout: float | None = None) -> str:
    """Run the program awry on this process; returns what it prints.

    Raises RuntimeError with the program's own message if it fails.
    """
    done = _run(*arguments, str(os.getpid()), timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode(errors="replace")


def _ask_json(*arguments: str, timeout: float | None = None) -> Any:
    import json

    return json.loads(_ask(*arguments, timeout=timeout)) if is_recording() else {}


def _with_stacks(report: Report) -> list[FoundFinding]:
    """The findings of a report, each with the frames and the exception that it names."""
    stacks = {stack["id"]: stack for stack in report.get("stacks", [])}
    errors = {error["id"]: error for error in report.get("errors", [])}

    def frames(at: int | None) -> list[Any]:
        found: list[Any] = []
        passed = set()
        while at is not None and at in stacks and at not in passed:
            found += stacks[at]["frames"]
            passed.add(at)
            at = stacks[at]["link"]
        return found

    def exception(at: int | None) -> Any:
        return {**errors[at], "frames": frames(errors[at]["stack"])} if at is not None and at in errors else None

    return [{**one, "frames": frames(one["stack"]), "exception": exception(one["error"])} for one in report.get("findings", [])]


def report() -> Report:
    """Return the report of this process so far, as a dict: see docs/schema/report-1.json. It is {} if the process does not record.

    It runs the program awry, which takes some 20 ms.
    """
    found: Report = _ask_json("report", "--format", "json")
    return found


def findings() -> list[FoundFinding]:
    """Return the findings of this process so far, as a list of dicts; [] if the process does not record.

    Each is as "finding" in docs/schema/report-1.json, and has the frames of its stacks in "frames", and its error in "exception", or None.
    It runs the program awry, which takes some 20 ms.
    """
    return _with_stacks(report())


def on_finding(callback: Callable[[FoundFinding], object]) -> Callable[[], None]:
    """Call `callback(finding)` for each new finding of this process, with a dict as in findings().

    It is called again if the same happens again at that place, with a higher "count": at most every 0.5 s. A thread of its own, named
    "awry-findings", looks every 0.5 s whether there are new findings, and calls it. It ends with the last callback. At the end of the
    process an atexit function calls it for those that are left, for at most 5 s. A forked child has its own thread, and reports its own
    findings. Findings from the callback's own code are not reported. If the callback fails, threading.excepthook reports that.

    Returns a function that ends it.
    """
    from awry import _notify

    return _notify.add(callback)


if TYPE_CHECKING:
    @overload
    def snapshot(as_text: Literal[False] = False) -> Snapshot: ...
    @overload
    def snapshot(as_text: Literal[True]) -> str: ...
    @overload
    def snapshot(as_text: bool) -> Snapshot | str: ...


def snapshot(as_text: bool = False) -> Snapshot | str:
    """Return the tree of live tasks, with where each waits: a dict, or with `as_text` what ``awry tree`` prints.

    It is {} or "" if the process does not record. It runs the program awry, which takes some 20 ms.
    """
    if as_text:
        return _ask("tree") if is_recording() else ""
    found: Snapshot = _ask_json("tree", "--json")
    return found


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext awry`` in IPython or Jupyter: begin to record the kernel, and define the magic %awry."""
    from awry import ipython

    ipython.load(shell)
