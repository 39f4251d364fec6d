# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, semaphore):
    try:
        await semaphore.acquire()
    except asyncio.CancelledError as error:
        print(name, "cancelled", error, semaphore.locked())
        raise
    print(name, "in", semaphore.locked())
    await asyncio.sleep(0)
    semaphore.release()

async def story(title, *steps):
    """Three waiters; cancel some before or after the release, in the same iteration."""
    print(title)
    semaphore = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(worker(name, semaphore)) for name in "abc"]
    await asyncio.sleep(0)
    for at in steps:
        if at < 0:
            semaphore.release()
        else:
            tasks[at].cancel("abc"[at])
    late = asyncio.create_task(worker("late", semaphore))
    print("locked", semaphore.locked())
    for task in tasks:
        await ended(task)
    await ended(late)
    print("locked", semaphore.locked())
    await semaphore.acquire()
    print("and again", semaphore.locked())

async def main():
    await story("the one that was woken", -1, 0)
    await story("the first, then release", 0, -1)
    await story("the second, then release", 1, -1)
    await story("woken, and the one after it", -1, 0, 1)
    await story("all, after release", -1, 0, 1, 2)
    await story("all, before release", 0, 1, 2, -1)
    await story("two woken, one cancelled", -1, -1, 0)
    await story("three woken, the last cancelled", -1, -1, -1, 2)

asyncio.run(main())
