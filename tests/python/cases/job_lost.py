# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=15 text~"creator": \{[^}]*"name": "Task-1".*submit at THIS.py:19.*main at THIS.py:32.*LookupError.*"name": "Job-\d+ in asyncio_\d"
# expect: never-retrieved x1 line=15 text~"creator": \{[^}]*"name": "saver".*save at THIS.py:24.*main at THIS.py:29.*KeyError.*"name": "Job-\d+ in disk_0"
# Tasks submit jobs to threads and never check the futures: a failed job is reported with the task that submitted it, and where
import asyncio
import concurrent.futures
import functools
import time


def work(error):
    time.sleep(0.01)
    raise error


def submit(loop):
    loop.run_in_executor(None, functools.partial(work, error=LookupError("a")))


async def save(pool):
    # the first job of its pool
    asyncio.get_running_loop().run_in_executor(pool, work, KeyError("b"))
    await asyncio.sleep(0.3)


async def main():
    saver = asyncio.create_task(save(pool), name="saver")
    # the second job of its pool
    await asyncio.to_thread(len, "")
    submit(asyncio.get_running_loop())
    await saver


with concurrent.futures.ThreadPoolExecutor(1, "disk") as pool:
    asyncio.run(main())
