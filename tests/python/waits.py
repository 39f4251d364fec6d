#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each pending task of a Python program is shown with its await chain: running, blocked, stopped, and killed.

    waits.py AWRY PYTHON PRELOAD
"""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, PRELOAD = sys.argv[1:4]

PROGRAM = '''\
import asyncio, sys, time


async def take(queue):
    return await queue.get()


async def worker(queue):
    # the line of the await, not that of the function
    return await take(queue)


async def numbers():
    await asyncio.sleep(1000)
    yield 1


async def consume():
    async for number in numbers():
        print(number)


async def holds(lock):
    async with lock:
        await asyncio.Event().wait()


class Own(asyncio.Task):
    def __del__(self):
        pass  # and not asyncio's


async def kept(future):
    await future


async def main():
    loop = asyncio.get_running_loop()
    queue, lock = asyncio.Queue(), asyncio.Lock()
    tasks = [asyncio.create_task(worker(queue), name="w"), asyncio.create_task(consume(), name="c"),
             asyncio.create_task(holds(lock), name="h"), asyncio.create_task(holds(lock), name="l"),
             Own(kept(loop.create_future()), name="own")]
    await asyncio.sleep(0.05)
    print("waiting", flush=True)
    if sys.argv[1:] == ["block"]:
        time.sleep(1000)
    if sys.argv[1:] == ["spin"]:
        while True:
            await asyncio.sleep(0)
    if sys.argv[1:] == ["churn"]:
        # tasks that end, are cancelled or are dropped while they are in the list of those that wait
        for i in range(3000):
            some = [asyncio.create_task(holds(asyncio.Lock())) for _ in range(10)]
            some += [Own(kept(loop.create_future()), name="own") for _ in range(10)]
            if i % 2:
                await asyncio.sleep(0)
            for task in some[::2]:
                task.cancel()
            del some, task
            if i % 3:
                await asyncio.sleep(0)
        print("churned", flush=True)
        return
    await asyncio.gather(*tasks)


asyncio.run(main())
'''

FORKS = '''\
import asyncio, os, sys, time


def child_blocks():
    time.sleep(1000)


async def in_child():
    child_blocks()


asyncio.run(asyncio.sleep(0.01))
if os.fork() == 0:
    print(os.getpid(), flush=True)
    asyncio.run(in_child())
os.wait()
'''

# the frames of each task, innermost first
CHAINS = {
    "w": ["Queue.get", "take:5", "worker:10"],
    "c": ["sleep", "numbers:14", "consume:19"],
    "h": ["Event.wait", "holds:25"],
    "l": ["Lock.acquire", "_ContextManagerMixin.__aenter__", "holds:24"],
    "own": ["kept:34"],
}


def write(world, text=PROGRAM):
    path = world.path("program.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def start(world, *arguments, **variables):
    process = world.start(PYTHON, write(world), *arguments, LD_PRELOAD=PRELOAD, AWRY_STDERR="none", **variables)
    check(process.stdout.readline() == "waiting\n", "the program said something else")
    return process


def chains(world, process):
    """The chains of all waiting tasks, as in CHAINS."""
    found = {}
    for task in world.json("tree", str(process.pid))["tasks"]:
        found[task["name"]] = [
            f"{frame['function']}:{frame['line']}" if os.path.basename(frame["file"]) == "program.py" else frame["function"]
            for frame in task.get("waits_at", [])]
    return found


def has_chains(world, process):
    found = chains(world, process)
    return all(found.get(name) == chain for name, chain in CHAINS.items())


def a_process_that_runs_is_stopped_and_killed():
    with World(AWRY) as world:
        process = start(world)
        world.wait_for("the chains", lambda: has_chains(world, process))
        check(re.search(r"w  worker  waiting: .*\n.*in Queue.get at .*queues.py:\d+ ← take at .*program.py:5 ← worker at",
                        world.good("tree", str(process.pid))), world.good("tree", str(process.pid)))
        process.send_signal(signal.SIGSTOP)
        check(has_chains(world, process), "stopped", chains(world, process))
        world.crash(process)
        check(has_chains(world, process), "killed", chains(world, process))


def a_process_whose_loop_is_blocked():
    with World(AWRY) as world:
        process = start(world, "block")
        check(has_chains(world, process), chains(world, process))
        world.wait_for("the finding", lambda: world.json("report", str(process.pid))["findings"])
        text = world.good("report", str(process.pid))
        check(re.search(r"nanosleep.*main at \S*program.py:46", text, re.DOTALL), text)
        world.crash(process)
        check(has_chains(world, process), "killed", chains(world, process))


def a_forked_child_whose_loop_is_blocked():
    with World(AWRY) as world:
        process = world.start(PYTHON, write(world, FORKS), LD_PRELOAD=PRELOAD, AWRY_STDERR="none")
        child = process.stdout.readline().strip()
        try:
            world.wait_for("its box", lambda: any(name.startswith(child + "-") for name in os.listdir(world.boxes)))
            world.wait_for("the finding", lambda: world.json("report", child)["findings"])
            text = world.good("report", child)
            check(re.search(r"nanosleep.*child_blocks at \S*program.py:5.*in_child at \S*program.py:9", text, re.DOTALL), text)
        finally:
            os.kill(int(child), signal.SIGKILL)
        process.wait()


def a_loop_that_never_sleeps():
    with World(AWRY) as world:
        process = start(world, "spin")
        world.wait_for("the chains", lambda: has_chains(world, process))
        world.crash(process)


def not_if_it_is_turned_off():
    with World(AWRY) as world:
        process = start(world, AWRY_WAIT_STACKS="0")
        world.wait_for("the tasks", lambda: len(chains(world, process)) == 6)
        check(not any(chains(world, process).values()), chains(world, process))
        world.crash(process)


def tasks_that_come_and_go():
    with World(AWRY) as world:
        process = start(world, "churn")
        out, err = process.communicate(timeout=300)
        check(out == "churned\n" and process.returncode == 0, out, err, process.returncode)


main(a_process_that_runs_is_stopped_and_killed, a_process_whose_loop_is_blocked,
     a_forked_child_whose_loop_is_blocked, a_loop_that_never_sleeps,
     not_if_it_is_turned_off, tasks_that_come_and_go)
