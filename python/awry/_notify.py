# SPDX-License-Identifier: MIT
"""Calls a program's callbacks for new findings: see awry.on_finding().

A thread looks at the number of findings, which is one load in the library, and runs the program awry only if it has grown. There is no
thread while there is no callback.
"""
from __future__ import annotations

import atexit
import os
import sys
import threading
import time

import awry

TYPE_CHECKING = False  # as in awry
if TYPE_CHECKING:
    from collections.abc import Callable

    from awry.types import FoundFinding

PERIOD_S = 0.5
LONGEST_REPORT_S = 30.0
LONGEST_END_S = 5.0


class _Subscription:
    """A callback, and what it was called for: the counts of findings, by their id."""

    def __init__(self, callback: Callable[[FoundFinding], object]) -> None:
        self.callback = callback
        self.counts: dict[int, int] = {}


class _Watcher:
    """The callbacks of this process, and their thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # for the three below
        self.subscriptions: list[_Subscription] = []
        self.thread: threading.Thread | None = None
        self.stopped = threading.Event()  # a thread has one of its own
        self.looking = threading.Lock()  # one thread looks at a time
        self.looked_at = 0  # the number of findings at the last look
        self.ended = False

    # ---- who is called ----

    def add(self, callback: Callable[[FoundFinding], object]) -> Callable[[], None]:
        if not callable(callback):
            raise TypeError(f"on_finding() needs a callable, not {type(callback).__name__}")
        subscription = _Subscription(callback)
        for finding in awry.findings() if _count() > 0 else ():  # those are not new
            subscription.counts[finding["id"]] = finding["count"]
        with self.lock:
            self.subscriptions.append(subscription)
            self.start()
        return lambda: self.remove(subscription)

    def remove(self, subscription: _Subscription) -> None:
        with self.lock:
            if subscription in self.subscriptions:
                self.subscriptions.remove(subscription)
            if not self.subscriptions:
                self.stop()

    def start(self) -> None:
        """Start the thread, with the lock held."""
        if self.thread is not None or self.ended:
            return
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(self.stopped,), name="awry-findings", daemon=True)
        self.thread.start()

    def stop(self) -> threading.Thread | None:
        """Let the thread end, with the lock held. Returns it."""
        thread, self.thread = self.thread, None
        self.stopped.set()
        return thread

    # ---- the thread ----

    def run(self, stopped: threading.Event) -> None:
        _only_waits(True)
        while not stopped.wait(PERIOD_S):
            _only_waits(False)  # a callback may wake a loop
            self.look(LONGEST_REPORT_S)
            _only_waits(True)  # each time: recording may begin later
        _only_waits(False)

    def look(self, longest_s: float) -> None:
        """Call the callbacks, if there are new findings."""
        count = _count()
        with self.looking:
            if count == self.looked_at:
                return
            if count < self.looked_at:  # another recording, which numbers its findings anew
                for subscription in self.subscriptions:
                    subscription.counts.clear()
            self.looked_at = count
            try:
                found = awry._with_stacks(awry._ask_json("report", "--format", "json", timeout=longest_s))
            except Exception:  # the process has ceased to record, or the program cannot be started: the next finding is another try
                return
            for finding in found:
                if not _is_own(finding):
                    self.deliver(finding)

    def deliver(self, finding: FoundFinding) -> None:
        with self.lock:
            subscriptions = list(self.subscriptions)
        for subscription in subscriptions:
            if finding["count"] > subscription.counts.get(finding["id"], 0):
                subscription.counts[finding["id"]] = finding["count"]
                _call(subscription.callback, finding)

    # ---- the end of the process, and fork() ----

    def end(self) -> None:
        with self.lock:
            self.ended = True
            thread = self.stop()
        if thread is None:
            return
        until = time.monotonic() + LONGEST_END_S
        thread.join(LONGEST_END_S)
        if not thread.is_alive():
            self.look(max(until - time.monotonic(), 0.1))

    def forked(self) -> None:
        """In a child: the parent's thread is not there, its locks may be held, and its findings are not the child's."""
        subscriptions, had_thread = self.subscriptions, self.thread is not None
        self.__init__()  # type: ignore[misc]
        for subscription in subscriptions:
            subscription.counts = {}
        self.subscriptions = subscriptions
        if had_thread:
            self.start()


def _count() -> int:
    try:
        from _awry import agent
    except ImportError:  # this interpreter has no adapter
        return 0
    count: int = agent.finding_count()
    return count


def _only_waits(waits: bool) -> None:
    """Whether this thread is none that could end a deadlock."""
    try:
        from _awry import agent
    except ImportError:
        return
    agent.wait_for_findings(waits)


def _call(callback: Callable[[FoundFinding], object], finding: FoundFinding) -> None:
    """Findings whose stacks have this function are those of the callback itself: see _is_own()."""
    try:
        callback(finding)
    except BaseException:
        hook = threading.excepthook
        hook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def _is_own(finding: FoundFinding) -> bool:
    frames = [*finding["frames"], *(finding["exception"]["frames"] if finding["exception"] else ())]
    return any(frame["function"] == "_call" and frame["file"] == __file__ for frame in frames)


_watcher = _Watcher()
add = _watcher.add
atexit.register(_watcher.end)
os.register_at_fork(after_in_child=_watcher.forked)
