#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Jobs in threads are shown with the task that submitted them, where, their threads' stacks, and the tasks that await them.

    jobs.py AWRY PYTHON PRELOAD
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, PRELOAD = sys.argv[1:4]

PROGRAM = '''\
import asyncio, concurrent.futures, sys, threading

release = threading.Event()


def inner():
    release.wait()


def compute():
    inner()


async def through(pool):
    await asyncio.get_running_loop().run_in_executor(pool, compute)


async def beats():
    while True:
        await asyncio.sleep(0.01)


async def main():
    loop = asyncio.get_running_loop()
    pool = concurrent.futures.ThreadPoolExecutor(1, "a pool whose name is longer than that of a task")
    first = asyncio.create_task(asyncio.to_thread(compute), name="first")
    await asyncio.sleep(0.01)
    running = asyncio.create_task(through(pool), name="running")
    await asyncio.sleep(0.01)
    queued = asyncio.create_task(through(pool), name="queued")
    beating = asyncio.create_task(beats())
    await asyncio.sleep(0.1)
    print("waiting", flush=True)
    # no poll of the loop's: asyncio's own reader of stdin is a thread
    await asyncio.to_thread(sys.stdin.readline)
    release.set()
    await first, await running, await queued
    await asyncio.sleep(0.05)
    print("ended", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    beating.cancel()


asyncio.run(main())
'''


def start(world, program=PROGRAM, **variables):
    path = world.path("program.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(program)
    process = world.start(PYTHON, path, LD_PRELOAD=PRELOAD, AWRY_STDERR="none", **variables)
    check(process.stdout.readline() == "waiting\n", "the program said something else")
    return process


def tasks(world, process):
    return {task["name"]: task for task in world.json("tree", str(process.pid))["tasks"]}


def jobs(world, process):
    """The state of each job, by its name."""
    return {name: task["state"] for name, task in tasks(world, process).items() if name.startswith("Job-")}


def places(frames):
    return [f"{frame['function']}:{frame['line']}" for frame in frames if os.path.basename(frame.get("file") or "") == "program.py"]


def are_shown(world, process):
    found = tasks(world, process)
    first, running, queued = found["first"], found["running"], found["queued"]
    job, other = found["Job-1 in asyncio_0"], found["Job-2 in …han that of a task_0"]
    return (first["wait"] == running["wait"] == queued["wait"] == "job" and
            first["wait_target"] == job["id"] and running["wait_target"] == other["id"] and
            queued["wait_target"] not in (job["id"], other["id"]) and
            job["creator"] == first["id"] and other["creator"] == running["id"] and
            job["state"] == other["state"] == "running" and job["coroutine"]["function"] == "compute" and
            places(job["runs_at"]) == places(other["runs_at"]) == ["inner:7", "compute:11"])


def jobs_of_a_process_that_runs_and_is_killed():
    with World(AWRY) as world:
        process = start(world)
        world.wait_for("the jobs", lambda: are_shown(world, process))
        text = world.good("tree", str(process.pid))
        check(re.search(r"first  to_thread  waiting: job Job-1 in asyncio_0: compute for .*\n.*\n"
                        r".*Job-1 in asyncio_0  compute  running for .*\n.*  in .*inner at \S*program.py:7 ← compute at \S*program.py:11\n",
                        text), text)
        check("queued  through  waiting: job that has not begun for " in text, text)
        world.crash(process)
        check(are_shown(world, process), "killed", tasks(world, process))


def jobs_that_have_ended_are_gone():
    with World(AWRY) as world:
        process = start(world)
        process.stdin.write("\n")
        process.stdin.flush()
        check(process.stdout.readline() == "ended\n", "the program said something else")
        # the program's thread may not have started to read its stdin
        world.wait_for("the reader of stdin", lambda: any(name.startswith("Job-5 ") for name in jobs(world, process)))
        names = set(jobs(world, process))
        check(len(names) == 1 and re.fullmatch(r"Job-5 in asyncio_\d", *names), names)
        process.stdin.write("\n")
        process.stdin.flush()
        check(process.wait() == 0 and process.stdout.read() == "", "the end")


def no_places_if_they_are_turned_off():
    with World(AWRY) as world:
        process = start(world, AWRY_WAIT_STACKS="0")
        found = tasks(world, process)
        check("runs_at" not in found["Job-1 in asyncio_0"] and found["first"]["wait"] != "job", found)
        world.crash(process)


OTHER_TAKERS = '''\
import asyncio, concurrent.futures, queue, sys, threading


def job(own):
    own.put(1)
    own.get()
    reached.set()
    release.wait()


async def main():
    loop = asyncio.get_running_loop()
    pool = concurrent.futures.ThreadPoolExecutor(1)
    future = loop.run_in_executor(pool, job, queue.SimpleQueue())
    for _ in range(3):
        pool.submit(print, "must not run")
    pool.shutdown(wait=False, cancel_futures=True)
    while not reached.is_set():
        await asyncio.sleep(0.01)
    print("waiting", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    release.set()
    await future


reached, release = threading.Event(), threading.Event()
asyncio.run(main())
'''


def a_job_goes_on_that_has_a_queue_of_its_own_and_cancelled_ones_never_begin():
    with World(AWRY) as world:
        process = start(world, OTHER_TAKERS)
        world.wait_for("the reader of stdin", lambda: "Job-2 in asyncio_0" in jobs(world, process))
        found = jobs(world, process)
        check(found == {"Job-1 in ThreadPoolExecutor-0_0": "running", "Job-2 in asyncio_0": "running"}, found)
        process.stdin.write("\n")
        process.stdin.flush()
        check(process.wait() == 0 and process.stdout.read() == "", "the end")


main(jobs_of_a_process_that_runs_and_is_killed, jobs_that_have_ended_are_gone, no_places_if_they_are_turned_off,
     a_job_goes_on_that_has_a_queue_of_its_own_and_cancelled_ones_never_begin)
