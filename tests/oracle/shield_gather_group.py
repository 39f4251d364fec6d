# SPDX-License-Identifier: MIT
# A gather inside a shield inside a group, and two cancellations: the second arrives during the clean-up of the first.
import asyncio
from tell import *

async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)

async def step(name, delay):
    try:
        await asyncio.sleep(delay)
        print(name, "done")
        return name
    except asyncio.CancelledError as e:
        print(name, "cancelled", e)
        raise

async def inner():
    return await asyncio.gather(step("a", 0.2), step("b", 0.3))

async def member():
    work = asyncio.create_task(inner())
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError as e:
        print("member cancelled once", work.done(), asyncio.current_task().cancelling())
        try:
            await turns(3)
            print("cleaned up")
        except asyncio.CancelledError:
            print("clean-up cancelled", work.done(), asyncio.current_task().cancelling())
            raise
        finally:
            print(*await work)
        raise

async def fails():
    await turns(2)
    raise ValueError("sibling")

async def grouped(with_failure):
    async with asyncio.TaskGroup() as group:
        group.create_task(member())
        if with_failure:
            group.create_task(fails())
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("body cancelled", asyncio.current_task().cancelling())
            raise

async def main():
    for with_failure in False, True:
        for times in 1, 2, 3:
            task = asyncio.create_task(grouped(with_failure))
            await turns(4)
            for i in range(times):
                task.cancel(f"round {i}")
                await turns(2)
            try:
                await task
                print("well")
            except asyncio.CancelledError as e:
                print("cancelled", task.cancelling(), type(e.__context__).__name__)
            except BaseExceptionGroup as e:
                print(type(e).__name__, [type(x).__name__ for x in e.exceptions], task.cancelling())

asyncio.run(main())
