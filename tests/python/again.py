#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Python program stops recording and starts again: the next recording lists its live loops and tasks.

    again.py AWRY PYTHON PRELOAD AGENT
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, PRELOAD, AGENT = sys.argv[1:5]
BEFORE = "created before recording began"

PROGRAM = '''\
import asyncio, ctypes, os, sys

agent = ctypes.CDLL(sys.argv[1])


async def worker(queue):
    return await queue.get()


async def spins():
    while True:
        await asyncio.sleep(0.001)


async def fails():
    await asyncio.sleep(0.3)
    raise ValueError("gathered")


async def gathers(*awaitables):
    try:
        await asyncio.gather(*awaitables)
    except ValueError:
        pass


async def awaits(task):
    await task


async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(worker(queue), name="w"), asyncio.create_task(spins(), name="s")]
    tasks.append(asyncio.create_task(awaits(tasks[0]), name="a"))
    tasks.append(asyncio.create_task(gathers(fails(), asyncio.sleep(0.6)), name="g"))
    await asyncio.sleep(0.1)
    agent.aw_agent_stop()
    os.rename(sys.argv[2], sys.argv[3])
    between = asyncio.create_task(worker(queue), name="b")
    await asyncio.sleep(0.05)
    assert agent.aw_agent_start(b"again") and agent.aw_agent_epoch() == 2
    after = asyncio.create_task(worker(queue), name="n")
    await asyncio.sleep(0.8)
    print("waiting", flush=True)
    sys.stdin.readline()
    agent.aw_agent_stop()

asyncio.run(main())
'''


def started(world):
    path = world.path("program.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    process = world.start(PYTHON, path, AGENT, world.path("now.awry"), world.path("first.awry"), LD_PRELOAD=PRELOAD,
                          AWRY_TRACE=world.path("now.awry"), AWRY_HELD_S="1")
    line = process.stdout.readline()
    check(line == "waiting\n", line, process.stderr.read() if not line else "")
    return process


def by_name(text):
    found = {}
    for line in text.splitlines():
        name = re.search(r"([\w-]+)  [\w.]+  (\w+.*)", line)
        if name:
            check(name[1] not in found, "listed twice:", text)
            found[name[1]] = name[2]
    return found


def tasks_and_loops_are_listed_again():
    with World(AWRY) as world:
        process = started(world)
        tasks = by_name(world.good("tree", str(process.pid)))
        check(set(tasks) >= {"w", "s", "a", "b", "n"} and "g" not in tasks, tasks)
        check({name for name, line in tasks.items() if BEFORE in line} == {"w", "s", "a", "b"} | ({"Task-1"} & set(tasks)), tasks)
        for name in "w", "b", "n":
            check(tasks[name].startswith("waiting: queue"), name, tasks)
        check(tasks["a"].startswith("waiting: task w"), tasks)
        loops = world.json("stats", str(process.pid))["loops"]
        check(len(loops) == 1 and loops[0]["iterations"]["count"] > 10, loops)
        out, err = process.communicate("\n")
        check(process.returncode == 0, err)
        for trace in "first.awry", "now.awry":
            findings = world.report(world.path(trace))["findings"]
            check(findings == [], trace, findings)
        check(BEFORE not in world.good("tree", world.path("first.awry")), "in the first recording, too")


def creation_stacks_of_the_first_recording_are_kept():
    with World(AWRY) as world:
        process = started(world)
        world.crash(process)
        tree = {task["name"]: task for task in world.json("tree", str(process.pid))["tasks"]}
        check(tree["w"]["before_recording"] and tree["b"]["before_recording"] and "before_recording" not in tree["n"], tree)
        # the creation stack of a task that was created in between is not known
        check(tree["w"]["stack"] != tree["b"]["stack"] and tree["a"]["stack"] != tree["w"]["stack"], tree)


main(tasks_and_loops_are_listed_again, creation_stacks_of_the_first_recording_are_kept)
