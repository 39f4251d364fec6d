# SPDX-License-Identifier: MIT
# Cancelling a task that awaits a gather(), with and without return_exceptions, and one of the members.
import asyncio
from tell import *

async def child(name, kind):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(name, "cancelled", e)
        if kind == "swallows":
            return name
        if kind == "fails":
            raise ValueError(name)
        raise

async def too_late():
    asyncio.current_task().cancel("too late")
    return 1

async def gathers(children, collect):
    results = await asyncio.gather(*children, return_exceptions=collect)
    print("gathered", *(f"{type(r).__name__}:{r}" for r in results))

async def main():
    for collect in False, True:
        for kinds in ("obeys", "obeys"), ("swallows", "obeys"), ("fails", "swallows"), ("swallows", "swallows"):
            children = [asyncio.create_task(child(f"child {i}", kind)) for i, kind in enumerate(kinds)]
            task = asyncio.create_task(gathers(children, collect))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel("all of you")
            await outcome("task", task)
            await asyncio.sleep(0)
            for one in children:
                state("child", one)
                if not one.cancelled():
                    one.exception()
    children = [asyncio.create_task(child(f"one {i}", "obeys")) for i in range(2)]
    task = asyncio.create_task(gathers(children, True))
    await asyncio.sleep(0)
    children[1].cancel("you alone")
    await asyncio.sleep(0)
    children[0].cancel("and you")
    await outcome("task", task)

    future = asyncio.get_running_loop().create_future()
    late = asyncio.create_task(too_late())
    future.cancel("not yet")
    task = asyncio.create_task(gathers([future, late], True))
    await outcome("task", task)

asyncio.run(main())
