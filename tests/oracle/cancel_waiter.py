# SPDX-License-Identifier: MIT
import asyncio

async def leaf(name):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print(f"{name} cancelled")
        raise

async def waiter(task):
    try:
        await task
    except asyncio.CancelledError:
        print("the waiter, too", task.cancelled(), asyncio.current_task().cancelling())
        raise

async def gatherer():
    try:
        await asyncio.gather(leaf("a"), leaf("b"))
    except asyncio.CancelledError:
        print("gather, too")
        raise

async def shielder(inner):
    try:
        await asyncio.shield(inner)
    except asyncio.CancelledError:
        print("shielded:", inner.done())
        raise

async def finish(task):
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())

async def main():
    inner = asyncio.create_task(leaf("leaf"))
    outer = asyncio.create_task(waiter(inner))
    await asyncio.sleep(0.01)
    outer.cancel()
    await finish(outer)

    outer = asyncio.create_task(gatherer())
    await asyncio.sleep(0.01)
    outer.cancel()
    await finish(outer)

    inner = asyncio.create_task(asyncio.sleep(0.05, "kept"))
    outer = asyncio.create_task(shielder(inner))
    await asyncio.sleep(0.01)
    outer.cancel()
    await finish(outer)
    print(await inner)

    inner = asyncio.create_task(leaf("inner"))
    outer = asyncio.create_task(waiter(inner))
    await asyncio.sleep(0.01)
    inner.cancel()
    await finish(outer)

asyncio.run(main())
