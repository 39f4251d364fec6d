# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BUSY_MS=500
# expect: busy-task x1 line=25 task=waiter
# A task polls with sleep(0): its steps are short, but the loop never sleeps
import asyncio
import time


async def take(box):
    while not box:
        await asyncio.sleep(0)
    return box.pop()


async def tick():
    while True:
        await asyncio.sleep(0.05)


async def main():
    box, end = [], time.monotonic() + 1.5
    ticker = asyncio.create_task(tick())
    waiter = asyncio.create_task(take(box), name="waiter")
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
    box.append("message")
    print(await waiter)
    ticker.cancel()


asyncio.run(main())
