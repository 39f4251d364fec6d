#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The system calls that awry(7) lists under "UNDER SECCOMP" are enough: a filter that kills at any other call does not kill the program.

    filtered.py AWRY EXAMPLES_FOLDER PROGRAM MANUAL_PAGE
"""
import mmap
import os
import re
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM, PAGE = sys.argv[1:5]
NUMBERS = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
QUIET = {"AWRY_STDERR": "none"}
BLOCKING = {"AWRY_BLOCKED_MS": "50", **QUIET}
STATUS = 7


def read_numbers():
    with open(NUMBERS, encoding="utf-8") as header:
        return {name: number for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", header.read(), re.M)}


def read_page():
    """The lists of the manual page: by the first word or two of each heading, the names below it."""
    with open(PAGE, encoding="utf-8") as page:
        section = page.read().split("# UNDER SECCOMP\n")[1].split("\n# ")[0]
    return {heading: re.split(r",\s+", names.strip())
            for heading, names in re.findall(r"^\*([^*(,]+?)(?:[ ,]*[(,][^*]*)?\*\n((?:\t.*\n)+)", section, re.M)}


CALLS, LISTS = read_numbers(), read_page()
ALWAYS, VIEWERS, STDERR, BLOCKED, END, START = (
    "always", "for viewers and traces", "for findings on stderr", "for the stack of a blocked loop", "at the end", "at a start")


class Filtered:
    """The program in a situation, under the filter of some lists (without the calls that are `missing`)."""

    def __init__(self, world, situation, lists, missing=(), **variables):
        names = {name for one in lists for name in LISTS[one]} - set(missing)
        path = world.path("shared")
        with open(path, "w+b") as file:
            file.truncate(4096)
            self.shared = mmap.mmap(file.fileno(), 4096)
        self.process = world.start(PROGRAM, situation, path, *(CALLS[name] for name in sorted(names)), **variables)
        self.world = world
        if situation != "start":
            self.let_start()
        self.shared[2] = 1
        world.wait_for("the filter", lambda: self.shared[0] == 1 or self.process.poll() is not None)

    def let_start(self):
        """The agent's thread finishes its start after the program's call has returned; it serves viewers when it has."""
        own = os.path.join(self.world.boxes, f"{self.process.pid}-")
        with socket.socket(socket.AF_UNIX) as viewer:
            self.world.wait_for("its socket", lambda: any(viewer.connect_ex(path) == 0 for path in self.world.sockets()
                                                          if path.startswith(own)))
            viewer.shutdown(socket.SHUT_WR)
            while viewer.recv(65536):
                pass

    def wait_for(self, what, condition):
        """Wait for the condition, or for the end of the process: then end() reports it."""
        self.world.wait_for(what, lambda: self.process.poll() is not None or condition())

    def end(self):
        self.shared[1] = 1
        _, err = self.process.communicate(timeout=300)
        return self.process.returncode, err

    def ends_well(self, *words):
        status, err = self.end()
        check(status != -signal.SIGSYS, *words, "was killed for a call that the manual does not list", err)
        check(status == STATUS, *words, "ended with", status, err)


def findings(world, target, kind):
    done = world.run_awry("report", "--format", "json", target)
    found = re.findall(r'"kind": *"([a-z-]+)"', done.stdout) if done.returncode == 0 else []
    return kind in found and done.stdout


def each_name_is_a_system_call():
    check(set(LISTS) == {ALWAYS, VIEWERS, STDERR, BLOCKED, END, START}, sorted(LISTS))
    for heading, names in LISTS.items():
        check(names == sorted(set(names)), heading, "is not sorted", names)
        unknown = [name for name in names if name not in CALLS]
        check(not unknown, heading, "has", unknown)


def doing_nothing():
    with World(AWRY) as world:
        filtered = Filtered(world, "idle", [ALWAYS], **QUIET)
        time.sleep(0.5)  # about twenty rounds of the agent's thread; fewer make the test weaker, not wrong
        filtered.ends_well("idle")


def with_a_viewer():
    with World(AWRY) as world:
        filtered = Filtered(world, "finding", [ALWAYS, VIEWERS], **QUIET)
        pid = str(filtered.process.pid)
        watcher = world.start(AWRY, "attach", pid)
        seen = any("never" in line for line in watcher.stdout)
        filtered.ends_well("with a viewer")
        check(seen, "the viewer is not served", watcher.communicate(timeout=300))


def with_a_trace():
    with World(AWRY) as world:
        trace = world.path("trace.awry")
        filtered = Filtered(world, "finding", [ALWAYS, VIEWERS], AWRY_TRACE=trace, **QUIET)
        filtered.wait_for("the trace", lambda: findings(world, trace, "never-retrieved"))
        filtered.ends_well("with a trace")


def with_a_finding_on_stderr():
    with World(AWRY) as world:
        filtered = Filtered(world, "finding", [ALWAYS, STDERR])
        seen = any("never retrieved" in line for line in filtered.process.stderr)
        filtered.ends_well("a finding on stderr")
        check(seen, "the finding is not printed")


def with_a_blocked_loop():
    with World(AWRY) as world:
        for situation, function in (("running", "run_for_long"), ("asleep", "sleep_for_long")):
            filtered = Filtered(world, situation, [ALWAYS, BLOCKED], **BLOCKING)
            pid = str(filtered.process.pid)
            filtered.wait_for(f"the finding of {situation}", lambda: function in (findings(world, pid, "blocked-loop") or ""))
            filtered.ends_well("a loop that is blocked,", situation)


def at_the_end():
    with World(AWRY) as world:
        filtered = Filtered(world, "end", [ALWAYS, END], **QUIET)
        filtered.ends_well("the end")
        check(os.listdir(world.boxes) == [], "its box is left", os.listdir(world.boxes))


def when_the_agent_starts_under_the_filter():
    with World(AWRY) as world:
        filtered = Filtered(world, "start", [ALWAYS, START, END], **QUIET)
        filtered.wait_for("the box", lambda: any(name.endswith(".box") for name in os.listdir(world.boxes)))
        filtered.ends_well("a start")


def in_a_forked_child():
    with World(AWRY) as world:
        filtered = Filtered(world, "fork", [ALWAYS, START, END], **QUIET)
        filtered.wait_for("the child's box", lambda: sum(name.endswith(".box") for name in os.listdir(world.boxes)) == 2)
        filtered.ends_well("a forked child")


def a_list_that_lacks_calls_is_noticed():
    """The control: with a call missing from the filter, the program is killed."""
    with World(AWRY) as world:
        for situation, lists, missing, variables in (
                ("idle", [ALWAYS], ["futex"], QUIET),
                ("finding", [ALWAYS], [], {}),
                ("finding", [ALWAYS, STDERR], ["newfstatat"], {}),
                ("finding", [ALWAYS], [], {"AWRY_TRACE": world.path("missing.awry"), **QUIET}),
                ("running", [ALWAYS, BLOCKED], ["newfstatat"], BLOCKING),
                ("running", [ALWAYS, BLOCKED], ["clone"], BLOCKING),
                ("asleep", [ALWAYS, BLOCKED], ["process_vm_readv"], BLOCKING),
                ("start", [ALWAYS], [], QUIET)):
            filtered = Filtered(world, situation, lists, missing, **variables)
            world.wait_for("its end", lambda: filtered.process.poll() is not None)
            check(filtered.process.returncode == -signal.SIGSYS, situation, missing, filtered.process.returncode)
        filtered = Filtered(world, "end", [ALWAYS], **QUIET)
        status, _ = filtered.end()
        check(status == -signal.SIGSYS, "the end", status)


main(each_name_is_a_system_call, doing_nothing, with_a_viewer, with_a_trace, with_a_finding_on_stderr, with_a_blocked_loop,
     at_the_end, when_the_agent_starts_under_the_filter, in_a_forked_child, a_list_that_lacks_calls_is_noticed)
