# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# expect: none
# Locks that another task releases, or that a separate task acquired; a cancelled acquire(); a lock that is acquired again and again
import asyncio


async def takes(lock):
    await lock.acquire()


async def releases(lock):
    await asyncio.sleep(0.6)
    lock.release()


async def gives_up(lock):
    try:
        async with asyncio.timeout(0.05):
            await lock.acquire()
    except TimeoutError:
        return "gave up"


async def waits_for(lock, task):
    await task
    async with lock:
        return "had it"


async def has_it(lock, seconds):
    async with lock:
        await asyncio.sleep(seconds)


async def main():
    lock, other = asyncio.Lock(), asyncio.Lock()
    await asyncio.create_task(takes(lock))
    later = asyncio.create_task(releases(lock))
    waiter = asyncio.create_task(waits_for(lock, asyncio.create_task(gives_up(lock))))
    await asyncio.create_task(other.acquire())
    third = asyncio.create_task(has_it(other, 0))
    await asyncio.sleep(0.6)
    other.release()
    print(await waiter, await later, await third)
    for seconds in 0.4, 0.1, 0.3:
        await asyncio.gather(has_it(lock, seconds), has_it(lock, 0), has_it(lock, 0.01))


asyncio.run(main())
