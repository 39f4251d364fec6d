# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# expect: none
# A lock is released, or its task fails, and the next waiter could get it, but the loop is blocked first
import asyncio
import time


async def has_it(lock):
    async with lock:
        return "had it"


async def fails(lock):
    async with lock:
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().call_soon(time.sleep, 1)
        raise ValueError


async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    next_one = asyncio.create_task(has_it(lock))
    await asyncio.sleep(0.05)
    asyncio.get_running_loop().call_soon(time.sleep, 1)
    lock.release()
    print(await next_one)
    print(await asyncio.gather(fails(lock), has_it(lock), return_exceptions=True))


asyncio.run(main())
