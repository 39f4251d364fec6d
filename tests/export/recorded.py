# SPDX-License-Identifier: MIT
"""A recording, and its contents as awry reports them, with which the tests of exports are compared."""
import collections
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import Failure, World, check, main  # noqa: E402, F401

AWRY, EXAMPLES = sys.argv[1:3]


class Recording:
    """A recorded run of an example with every step, in its own World; a context manager."""

    def __init__(self, *command, least=500):
        self.command, self.least = command or ("market_feed", "-m", "300", "-n", "3"), least

    def __enter__(self):
        self.world = World(AWRY)
        self.trace = self.world.path("feed.awry")
        self.feed = os.path.join(os.path.abspath(EXAMPLES), self.command[0])
        done = self.world.call(self.feed, *self.command[1:], AWRY_DEBUG="1",
                               AWRY_DETAIL="steps", AWRY_STDERR="none", AWRY_TRACE=self.trace)
        check(done.returncode == 0, done.stderr)
        self.read(self.least)
        return self

    def __exit__(self, *_):
        self.world.__exit__()

    def read(self, least=500):
        lines = [json.loads(line) for line in self.world.good("export", self.trace, "--format", "json", "-o", "-")
                 .splitlines()]
        [self.end_ns] = [line["monotonic_ns"] for line in lines if line["item"] == "goodbye"]
        self.events = [line for line in lines if line["item"] == "event"]
        self.counts = collections.Counter(event["kind"] for event in self.events)
        self.created = {e["subject"]: e for e in self.events if e["kind"] == "task-created"}
        self.done = {e["subject"]: e for e in self.events if e["kind"] == "task-done"}
        self.errors = {e["subject"]: e for e in self.events if e["kind"] == "error"}
        self.definitions = [line for line in lines if line["item"] == "definition"]
        self.strings = {line["id"]: line.get("text", "") for line in lines
                        if line["item"] == "definition" and line["kind"] == "string"}
        self.findings = [e for e in self.events if e["kind"] == "finding"]
        report = json.loads(self.world.good("report", "--json", self.trace))
        check(report["finding_count"] == len(self.findings) > 0, "findings:", len(self.findings))
        check(len(self.created) >= least and len(self.done) == len(self.created), len(self.created))

    def export(self, form, *options, **variables):
        path = self.world.path("out." + form)
        self.world.good("export", self.trace, "--format", form, "-o", path, "--force", *options, **variables)
        return path

    def steps(self):
        """The number of the tasks' intervals (ready, running, waiting), by the events that end them."""
        return sum(self.counts[kind] for kind in ("task-step", "task-wait", "task-woken")) + len(self.done)


def must_fail(what, call, *arguments):
    """The control: the check must fail for a broken file."""
    try:
        call(*arguments)
    except Failure:
        return
    raise Failure(f"{what} went unnoticed")


def cut(path, share=0.5):
    """Make a truncated copy of a file."""
    with open(path, "rb") as file:
        data = file.read()
    with open(path + ".cut", "wb") as file:
        file.write(data[:int(len(data) * share)])
    return path + ".cut"
