# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, lock):
    try:
        await lock.acquire()
    except asyncio.CancelledError as error:
        print(name, "cancelled", error, lock.locked())
        raise
    print(name, "has it")
    await asyncio.sleep(0)
    lock.release()

async def story(title, *cancels):
    """Three waiters; cancel some before or after the release, in the same iteration."""
    print(title)
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = [asyncio.create_task(worker(name, lock)) for name in "abc"]
    await asyncio.sleep(0)
    for at in cancels:
        if at < 0:
            lock.release()
        else:
            tasks[at].cancel("abc"[at])
    late = asyncio.create_task(worker("late", lock))
    print("locked", lock.locked())
    for task in tasks:
        await ended(task)
    await ended(late)
    print("locked", lock.locked())

async def main():
    await story("the one that was woken", -1, 0)
    await story("the first, then release", 0, -1)
    await story("the second, then release", 1, -1)
    await story("woken, and the one after it", -1, 0, 1)
    await story("all, after release", -1, 0, 1, 2)
    await story("all, before release", 0, 1, 2, -1)

asyncio.run(main())
