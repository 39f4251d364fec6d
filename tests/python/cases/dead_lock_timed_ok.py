# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# expect: none
# Cycles that timeouts end: by timeout(), by wait_for(), and in a task that is awaited under a timeout; and a lock that passes from task to task
import asyncio


async def by_timeout(first, second):
    async with first:
        await asyncio.sleep(0.01)
        try:
            async with asyncio.timeout(0.8):
                await second.acquire()
        except TimeoutError:
            return
        second.release()


async def by_wait_for(first, second):
    async with first:
        await asyncio.sleep(0.01)
        try:
            await asyncio.wait_for(second.acquire(), 0.8)
        except TimeoutError:
            return
        second.release()


async def in_turn(lock):
    async with lock:
        await asyncio.sleep(0.15)


async def main():
    for way in by_timeout, by_wait_for:
        a, b = asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(way(a, b), way(b, a))
    lock = asyncio.Lock()
    await asyncio.gather(*(in_turn(lock) for _ in range(5)))


asyncio.run(main())
