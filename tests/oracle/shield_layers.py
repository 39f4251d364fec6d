# SPDX-License-Identifier: MIT
# A group inside a shield inside a gather; a shielded task that is cancelled itself; an outer task that is cancelled and an inner one that fails.
import asyncio
from tell import *

async def leaf(name, ticks):
    try:
        for _ in range(ticks):
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
    print(name, "done")
    return name

async def grouped():
    async with asyncio.TaskGroup() as group:
        group.create_task(leaf("x", 4))
        group.create_task(leaf("y", 6))
    return "group done"

async def shields(task):
    return await asyncio.shield(task)

async def gathers(task):
    return await asyncio.gather(shields(task), leaf("beside", 20))

async def fails(ticks):
    for _ in range(ticks):
        await asyncio.sleep(0)
    raise ValueError("inner")

async def main():
    inner = asyncio.create_task(grouped())
    outer = asyncio.create_task(gathers(inner))
    for _ in range(3):
        await asyncio.sleep(0)
    outer.cancel("the gather")
    await outcome("outer", outer)
    state("inner", inner)
    await outcome("inner", inner)

    inner = asyncio.create_task(leaf("own", 5))
    outer = asyncio.create_task(shields(inner))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    inner.cancel("itself")
    try:
        await outer
    except asyncio.CancelledError as e:
        print("outer", type(e).__name__, e)  # differs: in CPython the shield has a future of its own in between, which has no message
    state("outer", outer)

    inner = asyncio.create_task(fails(4))
    outer = asyncio.create_task(shields(inner))
    await asyncio.sleep(0)
    outer.cancel("left alone")
    await outcome("outer", outer)
    await outcome("inner", inner)

    done = asyncio.create_task(leaf("done before", 0))
    await done
    me = asyncio.current_task()
    me.cancel("at a done shield")
    print(await asyncio.shield(done))
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError as e:
        tell("then", e)

asyncio.run(main())
