# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: -14
# expect: deadlock x1 text~(?=.*Queue.get)(?=.*Queue.join)(?=.*Semaphore.acquire)(?=.*nothing is left)
# A queue whose items are never done, workers that wait for items, a semaphore that is never released: one finding with all waiters
import asyncio
import signal


async def worker(queue):
    while True:
        await queue.get()


async def request(slots):
    await slots.acquire()


async def main():
    queue, slots = asyncio.Queue(), asyncio.Semaphore(1)
    queue.put_nowait(1)
    await slots.acquire()
    tasks = [asyncio.create_task(worker(queue), name="worker"), asyncio.create_task(request(slots), name="request")]
    signal.alarm(1)
    await queue.join()
    print(tasks)


asyncio.run(main())
