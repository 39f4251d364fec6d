# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: none
# Tasks that failed long ago are awaited in each possible way, and kept until the process ends
import asyncio
import os

kept = []


async def fail(number):
    raise ValueError(number)


async def by_await(task):
    await task


async def by_wait_for(task):
    await asyncio.wait_for(task, 1)


async def by_gather(task):
    await asyncio.gather(task)


async def by_shield(task):
    await asyncio.shield(task)


async def by_result(task):
    task.result()


async def by_wait(task):
    done, _ = await asyncio.wait([task])
    raise done.pop().exception()


async def by_timeout(task):
    async with asyncio.timeout(1):
        await task


async def main():
    ways = [by_await, by_wait_for, by_gather, by_shield, by_result, by_wait, by_timeout]
    kept.extend(asyncio.create_task(fail(number)) for number in range(len(ways)))
    await asyncio.sleep(1.6)
    for task, way in zip(kept, ways):
        try:
            await way(task)
        except ValueError as error:
            print(way.__name__, error)
    os._exit(0)


asyncio.run(main())
