# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# env: AWRY_HELD_S=1
# expect: none
# Tasks wait for several others for long, one of which awaits an event or a future, or goes on: by gather(), wait() and groups, also nested
import asyncio


async def slow(seconds):
    await asyncio.sleep(seconds)
    return seconds


async def fails(seconds):
    await asyncio.sleep(seconds)
    raise LookupError(seconds)


async def locked(lock, seconds):
    async with lock:
        await asyncio.sleep(seconds)


async def has_a_group(lock):
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(locked(lock, 0.2))


async def first(future):
    done, rest = await asyncio.wait([future, asyncio.create_task(slow(1000))], return_when=asyncio.FIRST_COMPLETED)
    rest.pop().cancel()
    return done.pop().result()


async def main():
    lock, future = asyncio.Lock(), asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.7, future.set_result, "now")
    inner = asyncio.gather(slow(0.5), locked(lock, 0.4))
    await asyncio.gather(inner, has_a_group(lock), asyncio.create_task(first(future)), future)
    failed = asyncio.create_task(fails(0.01))
    print(await asyncio.gather(slow(0.5), failed, return_exceptions=True))
    shared = asyncio.create_task(slow(0.5))
    await asyncio.gather(asyncio.wait([shared]), asyncio.gather(shared), asyncio.wait([shared], timeout=0.1))
    try:
        await asyncio.gather(slow(0.6), fails(0.3))
    except LookupError:
        print("failed")


asyncio.run(main())
