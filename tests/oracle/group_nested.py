# SPDX-License-Identifier: MIT
# Nested groups: errors inside and outside, and which tasks are cancelled.
import asyncio
from tell import *

def tree(e, depth=0):
    print("  " * depth + type(e).__name__, e)
    for one in getattr(e, "exceptions", ()):
        tree(one, depth + 1)

async def fails(name, ticks):
    for _ in range(ticks):
        await asyncio.sleep(0)
    raise ValueError(name)

async def waits(name, error=None):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print(name, "cancelled")
        if error:
            raise error
        raise

async def inner(name, *children):
    try:
        async with asyncio.TaskGroup() as group:
            for child in children:
                group.create_task(child)
    except BaseException as e:
        print(name, "ends with", type(e).__name__)
        raise

async def run(*children):
    try:
        async with asyncio.TaskGroup() as group:
            for child in children:
                group.create_task(child)
    except BaseException as e:
        tree(e)

async def main():
    await run(inner("a", fails("deep", 2)), inner("b", waits("b1")))
    await asyncio.create_task(run(inner("a", waits("a1")), fails("outer", 1)))
    await asyncio.create_task(run(inner("a", waits("a1", KeyError("cleanup"))), fails("outer", 1)))
    await asyncio.create_task(run(inner("a", fails("x", 1)), inner("b", fails("y", 1))))

asyncio.run(main())
