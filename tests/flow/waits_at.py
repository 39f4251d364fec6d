#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The wait stack of each waiting task is known in a process that runs, is stopped, or was killed.

    waits_at.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import json
import os
import re
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
CHAIN = r"reader  reader  waiting: future .*\n *│? *in inner_call at \S*waits_at.c:\d+ ← outer_call at .* ← reader at "


def waiting(world, *arguments, **variables):
    process = world.start(PROGRAM, *arguments, **{"AWRY_STDERR": "none", **variables})
    check(process.stdout.readline() == "waiting\n", "the program said something else")
    return process


def has_chain(world, process):
    return re.search(CHAIN, world.good("tree", str(process.pid))) is not None


def a_process_that_runs_is_stopped_and_killed():
    with World(AWRY) as world:
        process = waiting(world)
        world.wait_for("the stack of the reader", lambda: has_chain(world, process))
        tasks = world.json("tree", str(process.pid))["tasks"]
        frames = [task for task in tasks if task["name"] == "reader"][0]["waits_at"]
        check([frame["function"] for frame in frames[:3]] == ["inner_call", "outer_call", "reader"], frames)
        process.send_signal(signal.SIGSTOP)
        check(has_chain(world, process), "not while it is stopped")
        world.crash(process)
        check(has_chain(world, process), "not after it was killed")


def functions(document, stack):
    """The program's functions of a stack, and of the stacks that it links to."""
    stacks = {one["id"]: one for one in document["stacks"]}
    check(len(stacks) == len(document["stacks"]), "a stack is listed twice")
    found = []
    while stack is not None:
        found += [frame["function"] for frame in stacks[stack]["frames"] if not frame.get("machinery")]
        stack = stacks[stack]["link"]
    return found


def the_tree_has_the_stacks_that_it_names():
    with World(AWRY) as world:
        process = waiting(world)
        world.wait_for("the stack of the reader", lambda: has_chain(world, process))
        document = world.json("tree", str(process.pid))
        tasks = {task["name"]: task for task in document["tasks"]}
        check("amain" in functions(document, tasks["reader"]["stack"]), document)
        check(functions(document, tasks["reader"]["wait_stack"])[:3] == ["inner_call", "outer_call", "reader"], document)
        named = {task.get(key) for task in document["tasks"] for key in ("stack", "wait_stack", "run_stack")}
        named |= {stack["link"] for stack in document["stacks"]}
        check(named - {None} == {stack["id"] for stack in document["stacks"]}, "named, and not listed, or the reverse:", named, document["stacks"])
        world.crash(process)


def a_loop_that_never_sleeps():
    with World(AWRY) as world:
        process = waiting(world, "spins")
        world.wait_for("the stack of the reader", lambda: has_chain(world, process))
        world.crash(process)


def not_if_it_is_turned_off():
    with World(AWRY) as world:
        process = waiting(world, AWRY_WAIT_STACKS="0")
        world.wait_for("the reader", lambda: "reader  reader  waiting: " in world.good("tree", str(process.pid)))
        check("inner_call" not in world.good("tree", str(process.pid)), "a stack")
        check('"waits_at"' not in world.good("tree", str(process.pid), "--json"), "a stack in JSON")
        world.crash(process)


def a_finding_says_where_its_tasks_waited():
    with World(AWRY) as world:
        process = waiting(world, AWRY_DEADLOCK_MS="50", AWRY_STDERR="findings")
        lines = []
        threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")), daemon=True).start()
        process.stdin.write("go on\n")
        process.stdin.flush()
        world.wait_for("the deadlock", lambda: "deadlock" in world.good("report", str(process.pid)))
        text = world.good("report", str(process.pid))
        check(len(re.findall(r"waits here, most recent call first:", text)) >= 1, text)
        report = world.json("report", str(process.pid))
        stacks = {stack["id"]: stack["frames"] for stack in report["stacks"]}
        for member in report["findings"][0]["members"]:
            functions = [frame["function"] for frame in stacks[member["wait_stack"]]]
            check("take_both" in functions, functions)
        world.wait_for("the same on stderr", lambda: re.search(
            r'  waits at \(most recent call last\):\n(  .*\n)*  File ".*waits_at.c", line \d+, in take_both', "".join(lines)))
        world.crash(process)


def a_recording_of_steps_has_them_as_events():
    with World(AWRY) as world:
        trace = world.path("x.awry")
        process = waiting(world, AWRY_TRACE=trace, AWRY_DETAIL="steps")
        process.stdin.close()
        check(process.wait() == 0, "it failed")
        events = [json.loads(line) for line in world.good("export", trace, "--format", "json", "-o", "-").splitlines()]
        check(any(event.get("kind") == "task-waits-at" for event in events), "no event")
        check("in inner_call" in world.good("tree", "--at", "15ms", trace), world.good("tree", "--at", "15ms", trace))


main(a_process_that_runs_is_stopped_and_killed, the_tree_has_the_stacks_that_it_names, a_loop_that_never_sleeps, not_if_it_is_turned_off,
     a_finding_says_where_its_tasks_waited, a_recording_of_steps_has_them_as_events)
