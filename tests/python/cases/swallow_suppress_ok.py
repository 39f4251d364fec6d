# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A correct suppress(CancelledError): around the await of a task that was just cancelled
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
