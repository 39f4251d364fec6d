# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"one")(?=.*"other")(?=.*Lock.acquire)
# Two tasks take two locks in opposite order, while the rest of the program goes on
import asyncio


async def both(first, second):
    async with first:
        await asyncio.sleep(0.01)
        async with second:
            return True


async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    tasks = [asyncio.create_task(both(a, b), name="one"), asyncio.create_task(both(b, a), name="other")]
    for _ in range(12):
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
