# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Suppress(CancelledError) where it belongs: around the await of a task that one has just cancelled
import asyncio
import contextlib


async def serve():
    while True:
        await asyncio.sleep(0.05)


async def close(task):
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.02)
    return "closed"


async def main():
    task = asyncio.create_task(serve(), name="serve")
    await asyncio.sleep(0.02)
    print(await asyncio.create_task(close(task), name="closer"))


asyncio.run(main())
