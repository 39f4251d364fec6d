# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# All uses of executors: awaited errors, jobs that are cancelled in their queue, many jobs, jobs of jobs, jobs of other loops and of no loop;
# futures and functions live no longer than without awry
import asyncio
import concurrent.futures
import gc
import queue
import threading
import time
import weakref


class Result:
    pass


def fails(number):
    raise ValueError(number)


async def awaited(loop):
    try:
        await loop.run_in_executor(None, fails, 1)
    except ValueError as error:
        print("caught", error)
    print(await asyncio.gather(*(asyncio.to_thread(fails, i) for i in range(3)), return_exceptions=True))
    future = loop.run_in_executor(None, fails, 2)
    await asyncio.sleep(0.05)
    print("late", repr(future.exception()))


async def cancelled(loop):
    pool = concurrent.futures.ThreadPoolExecutor(1)
    release = threading.Event()
    first = loop.run_in_executor(pool, release.wait)
    others = [loop.run_in_executor(pool, time.sleep, 0) for _ in range(3)]
    others[0].cancel()
    await asyncio.sleep(0.01)
    pool.shutdown(wait=False, cancel_futures=True)
    release.set()
    print(await first, [type(result).__name__ for result in await asyncio.gather(*others, return_exceptions=True)])


async def nothing_is_kept(loop):
    def job():
        result = Result()
        ends.append(weakref.ref(result))
        return result

    ends = []
    result = await loop.run_in_executor(None, job)
    ends.append(weakref.ref(job))
    future = loop.run_in_executor(None, job)
    ends.append(weakref.ref(future))
    await future
    del result, future, job
    # a worker drops its item after it has notified the loop
    until = time.monotonic() + 10
    while any(end() is not None for end in ends) and time.monotonic() < until:
        await asyncio.sleep(0.01)
    print([end() is None for end in ends])


def in_another_loop():
    return asyncio.run(asyncio.wait_for(asyncio.to_thread(max, 1, 2), 10))


def job_of_a_job(pool):
    return pool.submit(pow, 2, 5).result()


async def main():
    loop = asyncio.get_running_loop()
    await awaited(loop)
    await cancelled(loop)
    await nothing_is_kept(loop)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(await loop.run_in_executor(pool, in_another_loop), await loop.run_in_executor(pool, job_of_a_job, pool))
        print(sum(pool.map(abs, range(3000))))
        print(sum(await asyncio.gather(*(loop.run_in_executor(pool, abs, i) for i in range(500)))))
        print(repr(concurrent.futures.wait([pool.submit(fails, 3)]).done.pop().exception()))
    own = queue.SimpleQueue()
    own.put(1)
    print(own.get(), own.empty())
    try:
        own.get_nowait()
    except queue.Empty:
        print("empty")
    try:
        own.get(timeout=-1)
    except ValueError as error:
        print(error)


asyncio.run(main())
with concurrent.futures.ThreadPoolExecutor() as pool:
    print(list(pool.map(str, range(4))))
gc.collect()
print(concurrent.futures.thread._WorkItem.__dict__.keys(), "__del__" in dir(concurrent.futures.thread._WorkItem))
