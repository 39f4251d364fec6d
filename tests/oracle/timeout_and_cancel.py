# SPDX-License-Identifier: MIT
# A timeout and another cancellation of the same task, in either order and in the same iteration.
import asyncio
from tell import *

async def limited(seconds, name):
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            await asyncio.sleep(10)
    finally:
        print(name, "leaves", scope.expired(), asyncio.current_task().cancelling())

async def main():
    task = asyncio.create_task(limited(10, "cancelled"))
    await asyncio.sleep(0)
    task.cancel("outside")
    await outcome("cancelled", task)

    task = asyncio.create_task(limited(0, "both"))
    await asyncio.sleep(0)
    task.cancel("first")    # the timeout's callback comes after this
    await outcome("both", task)
    state("both", task)

    task = asyncio.create_task(limited(0, "timeout first"))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(task.cancel, "second")
    await outcome("timeout first", task)
    state("timeout first", task)

    async def stubborn():
        async with asyncio.timeout(0.01):
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                print("swallowed")
        return "in spite of the timeout"
    await outcome("stubborn", asyncio.create_task(stubborn()))

    async def fails():
        async with asyncio.timeout(0.01):
            try:
                await asyncio.sleep(10)
            finally:
                raise ValueError("instead")
    task = asyncio.create_task(fails())
    await outcome("fails", task)
    state("fails", task)

asyncio.run(main())
