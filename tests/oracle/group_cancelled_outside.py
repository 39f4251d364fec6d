# SPDX-License-Identifier: MIT
# A group cancelled from outside: in its body, while it waits, with children that clean up, fail or swallow.
import asyncio
from tell import *

async def child(kind, rank):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        # a group cancels its children in no particular order: these yields fix the order
        for _ in range(3 * rank):
            await asyncio.sleep(0)
        print(kind, "cancelled", e, asyncio.current_task().cancelling())
        await asyncio.sleep(0)
        print(kind, "cleaned up")
        if kind == "fails":
            raise ValueError(kind)
        if kind == "swallows":
            return
        raise

def tree(e, depth=0):
    print("  " * depth + type(e).__name__, e)
    for one in getattr(e, "exceptions", ()):
        tree(one, depth + 1)

async def grouped(kinds, in_body):
    async with asyncio.TaskGroup() as group:
        for rank, kind in enumerate(kinds):
            group.create_task(child(kind, rank))
        if in_body:
            await asyncio.sleep(10)

async def main():
    for in_body in True, False:
        for kinds in ["obeys", "swallows"], ["fails", "obeys"], ["fails", "fails"]:
            task = asyncio.create_task(grouped(kinds, in_body))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel("from outside")
            try:
                await task
            except BaseException as e:
                tree(e)
            print(task.cancelled())
    task = asyncio.create_task(grouped(["obeys", "fails"], False))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel("once")
    await asyncio.sleep(0)
    task.cancel("twice")
    try:
        await task
    except BaseException as e:
        tree(e)
    print(task.cancelled())

asyncio.run(main())
