# SPDX-License-Identifier: MIT
# A cancellation and its message pass along a chain of awaiting tasks; and where they stop.
import asyncio
from tell import *

async def leaf(name, stubborn):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(name, "leaf", e, asyncio.current_task().cancelling())
        if stubborn:
            return "leaf stays"
        raise

async def middle(task):
    try:
        return await task
    except asyncio.CancelledError as e:
        if asyncio.current_task().cancelling() == 0:
            print("middle", e, 0)  # differs: CPython gives the error with its message to the first awaiter only, and others an empty one; here the error is shared
        else:
            print("middle", e, asyncio.current_task().cancelling())
        raise

async def main():
    for stubborn in False, True:
        bottom = asyncio.create_task(leaf("chain", stubborn))
        between = asyncio.create_task(middle(bottom))
        top = asyncio.create_task(middle(between))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        top.cancel("from the top")
        await outcome("top", top)
        for name, task in ("bottom", bottom), ("between", between), ("top", top):
            state(name, task)
    bottom = asyncio.create_task(leaf("other", False))
    waiters = [asyncio.create_task(middle(bottom)) for _ in range(2)]
    await asyncio.sleep(0)
    waiters[0].cancel("one waiter")
    await outcome("waiter", waiters[0])
    state("waiter", waiters[0])
    try:
        await waiters[1]
    except asyncio.CancelledError as e:
        print("waiter", type(e).__name__, e)  # differs: as above
    state("waiter", waiters[1])

asyncio.run(main())
