# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=150
# expect: none
# Tasks hold a lock while they await a task that needs it, but the lock is released meanwhile: by a timer, another task, another thread, a
# callback of a future, a task's done callback; the lock of a failed task is released later; the same with a condition and semaphores
import asyncio
import threading
import time


async def needs(lock):
    async with lock:
        return "had it"


async def takes(lock, give_away):
    await lock.acquire()
    give_away(lock)
    print(await asyncio.create_task(needs(lock)))


async def takes_and_fails(lock, give_away):
    await lock.acquire()
    give_away(lock)
    raise LookupError("after it gave the lock away")


def by_timer(lock):
    asyncio.get_running_loop().call_later(0.6, lock.release)


def by_function(lock):
    asyncio.get_running_loop().call_later(0.6, lambda: lock.release())


others = set()


def by_task(lock):
    async def later():
        await asyncio.sleep(0.6)
        lock.release()

    others.add(asyncio.create_task(later()))


def by_thread(lock):
    loop = asyncio.get_running_loop()

    def later():
        time.sleep(0.6)
        loop.call_soon_threadsafe(lock.release)

    threading.Thread(target=later).start()


def by_future(lock):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    future.add_done_callback(lambda _: lock.release())
    loop.call_later(0.6, future.set_result, None)


def by_done_callback(lock):
    task = asyncio.create_task(asyncio.sleep(0.6))
    others.add(task)
    task.add_done_callback(lambda _: lock.release())


async def keeps_for_one_of_two(first, second, give_away):
    await first.acquire()
    if give_away is None:
        await asyncio.sleep(0.02)
    else:
        give_away(first)
        await asyncio.sleep(0.01)
    await second.acquire()
    second.release()
    if give_away is None:
        first.release()


async def main():
    ways = by_timer, by_function, by_task, by_thread, by_future, by_done_callback
    for kind in asyncio.Lock, asyncio.Condition, asyncio.Semaphore, lambda: asyncio.BoundedSemaphore(1):
        await asyncio.gather(*(takes(kind(), way) for way in ways))
    lock = asyncio.Lock()
    await asyncio.gather(takes_and_fails(lock, by_timer), needs(lock), return_exceptions=True)
    pairs = []
    for way in ways:
        a, b = asyncio.Lock(), asyncio.Lock()
        pairs += [keeps_for_one_of_two(a, b, way), keeps_for_one_of_two(b, a, None)]
    await asyncio.gather(*pairs)


asyncio.run(main())
