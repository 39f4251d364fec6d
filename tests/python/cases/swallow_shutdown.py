# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: swallowed-cancel x1 task=immortal text~shutdown
# At the end of asyncio.run(), one task cleans up for a moment, and another one ignores the cancellation
import asyncio
import time


async def tidy():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        await asyncio.sleep(0.05)


async def stream(until):
    while time.monotonic() < until:
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            print("not now")


async def main():
    main.tasks = [asyncio.create_task(tidy(), name="tidy"),
                  asyncio.create_task(stream(time.monotonic() + 1.5), name="immortal")]
    await asyncio.sleep(0.05)


asyncio.run(main())
