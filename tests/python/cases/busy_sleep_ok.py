# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BUSY_MS=500
# expect: none
# A task polls with pauses, and a task with much work lets others run in between: the loop sleeps, or tasks take turns
import asyncio
import time


async def take(box):
    while not box:
        await asyncio.sleep(0.01)
    return box.pop()


async def burst():
    for _ in range(20):
        for _ in range(100):
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)


async def main():
    box, end = [], time.monotonic() + 1.5
    others = [asyncio.create_task(burst()) for _ in range(3)]
    waiter = asyncio.create_task(take(box), name="waiter")
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
    box.append("message")
    print(await waiter)
    for other in others:
        await other


asyncio.run(main())
